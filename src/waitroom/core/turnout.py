"""How many a target calls: those it has room for, and more by the share of those who do not come.

What belongs here: reading off an occupancy how many of those called are still to be expected, and
how many will have left by the time that they come. What must change with it: ``docs/inlets.md``,
the simulation (``tests/simulation``).

It is the order-up-to rule of stock-keeping (Arrow, Harris and Marschak, "Optimal inventory policy",
1951): what is here and on its way is brought up to what is wanted here, and what will be used up
until it comes. Called too many, visitors wait at the door for a moment (``site_full``); never is
anyone let in beyond the size, which ``admit`` itself sees to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, sqrt
from typing import Final

import msgspec

from waitroom.core.model import Cohort, Occupancy

# Seconds: the bounds of the cohorts that are asked for. The first ones are as narrow as people who
# watch the page are quick; after the last, whoever has not come is not waited for any more.
AGES: Final = (5, 10, 20, 40, 60, 120, 300, 900)
NOTE: Final = "turnover"

# The evidence of the share that comes: cohorts from an age on, the least share that they may speak
# for. The younger, the less: those who are slow may yet come.
_EVIDENCE: Final = ((60, 0.6), (120, 0.4), (300, 0.2))
_PRIOR: Final = 20  # as if so many more had been called before, and come as is believed so far
_SMOOTH: Final = 60.0  # s over which the number of those who leave is averaged
_QUICK: Final = 60  # s; until then a cohort is expected in full, chance or not
_MOST_TURNOVER: Final = 1.0  # of the size: however many leave, no more than it are called for them


class Turnover(msgspec.Struct, frozen=True):
    """How many sessions had ended by the second ``at``, and how fast they did of late."""

    ended: int
    at: int
    per_second: float = 0.0


def turnover(notes: Mapping[str, str], ended: int, now: int) -> Turnover:
    """What is known at ``now`` when ``ended`` sessions have ended, from what was noted before.

    A moving average whose weights fall by 1/e in ``_SMOOTH`` seconds. It begins at 0 when nothing
    is noted, what is noted cannot be read, or belongs to a line from before a reset. A slight fall
    is none: tokens and sessions are counted a moment apart, and some come in between.
    """
    try:
        before = msgspec.json.decode(notes.get(NOTE, ""), type=Turnover)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Turnover(ended, now)
    elapsed = now - before.at
    if elapsed <= 0 or 4 * ended < 3 * before.ended or not 0 <= before.per_second <= ended:
        return Turnover(ended, now)
    ended = max(ended, before.ended)
    kept = exp(-elapsed / _SMOOTH)
    recent = (ended - before.ended) / elapsed
    return Turnover(ended, now, before.per_second * kept + recent * (1 - kept))


def noted(known: Turnover) -> dict[str, str]:
    """The note that says it."""
    return {NOTE: msgspec.json.encode(known).decode()}


def to_call(size: int, occupancy: Occupancy, ahead: int, leaving: float) -> int:
    """How many to call now, so that ``size`` are active when those called have come.

    ``ahead``: places called that nobody has been given yet; their visitors will come at once.
    ``leaving``: sessions that end per second.
    """
    share = expected_share(occupancy.cohorts)
    recent = list(zip(occupancy.cohorts, AGES, strict=False))
    # When many were called and not one came, they may not be able to: all are waited for.
    patient = sum(c.called for c, _ in recent) >= _PRIOR and not any(c.shown for c, _ in recent)
    coming = ahead + sum(_still_to_come(c, share, 0 if patient else old) for c, old in recent)
    used_up = min(leaving * _delay(occupancy.cohorts, share), size * _MOST_TURNOVER)
    # What is used up varies by about its root: so many may stand at the door, lest a place be free.
    wanted = size + used_up + sqrt(used_up)
    return round(wanted - occupancy.active - occupancy.held - coming)


def expected_share(cohorts: Sequence[Cohort]) -> float:
    """The share of those called who come, sooner or later: above 0, at most 1.

    As if all came until it is known otherwise: each kind of evidence, from the least to the most
    telling, corrects what was believed before by as much as it weighs.
    """
    share = _corrected(1.0, cohorts[len(AGES) :])  # all of the time before
    for age, least in _EVIDENCE:
        first = AGES.index(age) + 1
        share = max(least, _corrected(share, cohorts[first : len(AGES)]))
    return share


def _corrected(share: float, cohorts: Sequence[Cohort]) -> float:
    called = sum(cohort.called for cohort in cohorts)
    shown = sum(min(cohort.shown, cohort.called) for cohort in cohorts)
    return (shown + _PRIOR * share) / (called + _PRIOR)


def _still_to_come(cohort: Cohort, share: float, oldest: int) -> float:
    """How many of a cohort, at most ``oldest`` seconds old, are expected yet.

    Of an older one, what chance explains is not waited for; nor is all of the rest, since who has
    not come for minutes mostly does not come at all.
    """
    missing = max(0.0, share * cohort.called - cohort.shown)
    if oldest <= _QUICK:
        return missing
    chance = sqrt(cohort.called * share * (1 - share))
    return max(0.0, missing - chance) * _QUICK / oldest


def _delay(cohorts: Sequence[Cohort], share: float) -> float:
    """Seconds from being called to coming, on average of those who come.

    The area above the curve of those who have come by age; of older cohorts, what chance explains
    counts as come. Where nobody was called, nothing is added: too short a time only means that
    fewer are called.
    """
    seconds, younger, come = 0.0, 0, 0.0
    for cohort, oldest in zip(cohorts, AGES, strict=False):
        if cohort.called:
            chance = sqrt(share * (1 - share) / cohort.called) if oldest > _QUICK else 0.0
            come = max(come, min(1.0, (cohort.shown / cohort.called + chance) / share))
            seconds += (oldest - younger) * (1 - come)
        younger = oldest
    return seconds
