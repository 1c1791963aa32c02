"""What visitors are told about their wait: a range by position, and why it changed.

What belongs here: which tempo to go by, the table that a page reads its own wait off, the words for
a change. How a tempo is read is in ``core/tempo.py``. What must change with it: ``public/api.py:
Status``, ``web/static/pace.js``, ``docs/estimates.md``.

An estimate is made as if the line could move now: in a pause, it is the wait from its end on.
Nothing is invented: a line of which too little is known has no table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from waitroom.core.by_second import gate_note
from waitroom.core.course import LOOK_BACK, Course, course
from waitroom.core.inlet_kinds import Adaptive
from waitroom.core.model import Arrival, Pause, Snapshot, Step
from waitroom.core.tempo import (
    CORNERS,
    SUSPICION,
    Hazard,
    Tempo,
    drift_of,
    of_the_past,
    of_the_plan,
    pauses_to_come,
)

MAX_WAIT: Final = 86_400  # seconds; a longer wait is not told apart from this
WINDOWS: Final = (60, 300, 900)  # seconds over which the rate is told
MOST_ROWS: Final = 40
CHANGED_BY: Final = 1.25  # what a rate must change by to be worth a word
ENOUGH: Final = 6  # steps that a rate must rest on to be compared
TOLD_FOR: Final = 300  # seconds for which a change is said
KEPT_TO: Final = 0.8  # of a plan's steps that must have been made for it to be believed


class Row(NamedTuple):
    """Who has ``ahead`` places before them waits ``p50`` seconds in the median, and up to ``p90``
    in nine cases of ten."""

    ahead: int
    p50: int
    p90: int


class Change(msgspec.Struct, frozen=True):
    """Why the wait is not what it was, and since when (epoch s); ``why`` is empty if it is.

    ``paused`` (also of an event that is sold out); ``held``: the site has slowed the line;
    ``faster``, ``slower``: it moves so.
    """

    why: str = ""
    since: int = 0


NO_CHANGE: Final = Change()


class Estimate(msgspec.Struct, frozen=True):
    """What is told at one time. ``tempo``: places a second it goes by, 0 if none; ``usual``: the
    tempo that a change is measured against, and since when that is it."""

    wait: tuple[Row, ...] = ()
    changed: Change = NO_CHANGE
    tempo: float = 0.0
    usual: float = 0.0
    usual_since: int = 0


class Curve(NamedTuple):
    """What is known of a line's recent past.

    ``steps``: servings steps, oldest first, the first one from where to count. ``crowded_since``:
    since when people wait; before that, the counter could not go on for lack of them.
    ``inlet_since``: since when the inlet is what it is. Both epoch s, 0 if from before.
    """

    steps: Sequence[Step]
    crowded_since: int = 0
    inlet_since: int = 0


def estimate(at: Snapshot, curve: Curve, now: int, before: Estimate | None = None) -> Estimate:
    """What to tell of the line ``at``; ``before`` is what was told last."""
    held_since = _held_since(at)
    stops = _stops(at.pauses, held_since)
    newest = curve.steps[-1].issued_at if curve.steps else now
    since = max(newest - LOOK_BACK, curve.crowded_since)
    seen = course(_from(curve.steps, since), now, stops)
    tempo = _tempo(at, curve, seen, now, stops)
    if tempo is None:
        return Estimate(changed=_standing(at, held_since) or NO_CHANGE)
    ahead = max(0, at.counters.queue - at.counters.serving - 1)
    hazard = pauses_to_come(at.pauses, now)
    rows = tuple(_row(tempo, one, hazard) for one in _table(tempo, ahead))
    return _with_change(at, Estimate(rows, tempo=tempo.rate), now, before, held_since, tempo)


def rates(steps: Sequence[Step], now: int) -> dict[int, float]:
    """Places served a second over each of ``WINDOWS`` up to ``now``; 0 where nothing was."""
    return {window: _grown(steps, now - window) / window for window in WINDOWS}


def crowded_since(arrivals: Sequence[Arrival], steps: Sequence[Step], now: int) -> int:
    """Since when people wait, as far as both curves tell: until then, all who came were called."""
    since = queue = serving = 0
    moves = [(one.second, one.queue, 0) for one in arrivals]
    moves += [(one.issued_at, 0, one.serving) for one in steps]
    for second, came, called in sorted(moves):
        if 0 < queue <= serving:
            since = second
        queue, serving = max(queue, came), max(serving, called)
    return now if 0 < queue <= serving else since


# --- which tempo


def _stops(pauses: tuple[Pause, ...], held_since: int) -> list[Pause]:
    """When the line could not move: pauses, and what a gate holds beyond them."""
    if not held_since:
        return list(pauses)
    free = max([held_since, *(one.end for one in pauses if one.end is not None)])
    under_way = any(one.end is None for one in pauses)
    return [*pauses] if under_way else [*pauses, Pause(free)]


def _from(steps: Sequence[Step], since: int) -> list[Step]:
    """Those of ``steps`` from ``since`` on, with the one before it to count from."""
    first = sum(1 for step in steps if step.issued_at < since)
    kept = list(steps[first:])
    if first:
        kept.insert(0, Step(since, steps[first - 1].serving))
    return kept


def _tempo(
    at: Snapshot, curve: Curve, seen: Course, now: int, stops: Sequence[Pause]
) -> Tempo | None:
    """By the inlet's plan where it is kept to, else by what has happened."""
    past = of_the_past(seen)
    going = max((one.end or now for one in at.pauses), default=0)
    if (gate := gate_note(at.notes)).state == "open":
        going = max(going, gate.since)
    plan = of_the_plan(at.event.inlet, now, seen.age, going)
    if plan is None:
        return past
    since = max(now - LOOK_BACK, curve.crowded_since, curve.inlet_since, going)
    lately = course(_from(curve.steps, since), now, stops)
    due = plan.rate * lately.span - plan.rate * plan.gap
    if plan.ramp[1] or due < max(1.0, plan.rate * max(60.0, 2 * plan.gap)):
        return plan  # not for long enough to have been seen to be kept to
    share = _grown(curve.steps, since) / (plan.rate * lately.span)
    if share < KEPT_TO:
        return past
    drift = drift_of(seen, 0.0)
    if share < 1.1 or past is None:
        return plan._replace(drift=drift)
    # Others move the line as well.
    return plan._replace(
        rate=plan.rate * share, lump=plan.lump * share, noise=past.noise, drift=drift
    )


def _grown(steps: Sequence[Step], since: int) -> int:
    """Places served after ``since``, as far as ``steps`` go back."""
    if not steps:
        return 0
    before = steps[0].serving
    for step in steps:
        if step.issued_at <= since:
            before = step.serving
    return steps[-1].serving - before


# --- the table


def _table(tempo: Tempo, furthest: int) -> list[int]:
    """For how many places ahead there is a row: 0, 1, 2, 5, 10, ... and the corners of lumps."""
    rows = {0, furthest}
    for power in range(13):
        rows |= {digit * 10**power for digit in (1, 2, 5)}
    if tempo.lump >= 2:
        lump = tempo.lump
        corners = [round(number * lump) for number in range(1, CORNERS + 1)]
        rows |= {corner - 1 for corner in corners} | set(corners)
    return sorted(one for one in rows if 0 <= one <= furthest)[:MOST_ROWS]


def _row(tempo: Tempo, ahead: int, hazard: Hazard) -> Row:
    p50, p90 = tempo.wait(ahead + 1)
    more50, more90 = hazard.more(p50)
    return Row(ahead, _seconds(p50 + more50), _seconds(p90 + more90))


def _seconds(wait: float) -> int:
    return min(MAX_WAIT, max(0, math.ceil(wait - 0.5)))


# --- why it changed


def _held_since(at: Snapshot) -> int:
    """Since when gates hold the line (epoch s); 0 if none does."""
    gate = gate_note(at.notes)
    return gate.since if gate.state == "holds" and at.event.gates else 0


def _standing(at: Snapshot, held_since: int) -> Change | None:
    if not at.event.state.lets_in:
        return Change("paused", at.pauses[-1].start if at.pauses else 0)
    return Change("held", held_since) if held_since else None


def _with_change(
    at: Snapshot, new: Estimate, now: int, before: Estimate | None, held_since: int, tempo: Tempo
) -> Estimate:
    """``new`` with the reason why it is not what was told before."""
    usual, since = (before.usual, before.usual_since) if before else (0.0, 0)
    told = before.changed if before else NO_CHANGE
    standing = _standing(at, held_since)
    if standing is not None:
        return msgspec.structs.replace(new, changed=standing, usual=usual, usual_since=since)
    if told.why not in {"faster", "slower", "held"} or now - told.since >= TOLD_FOR:
        told = NO_CHANGE
    if told.why == "held" and not isinstance(at.event.inlet, Adaptive):
        told = NO_CHANGE  # the gate that held is open
    if tempo.seen >= ENOUGH:
        enough = CHANGED_BY * math.exp(SUSPICION * tempo.noise / math.sqrt(tempo.seen))
        is_other = bool(usual) and not usual / enough <= tempo.rate <= usual * enough
        if is_other:
            slow = "held" if isinstance(at.event.inlet, Adaptive) else "slower"
            told = Change("faster" if tempo.rate > usual else slow, now)
        if is_other or not usual or now - since >= TOLD_FOR:
            usual, since = tempo.rate, now
    return msgspec.structs.replace(new, changed=told, usual=usual, usual_since=since)


# --- reading the table


def wait_behind(rows: Sequence[Row], ahead: int) -> tuple[int, int] | None:
    """Seconds (median, nine in ten) with ``ahead`` places before one; None if nothing is known.

    Between two rows, and behind the last, in a straight line; as ``waitRange`` of ``pace.js``.
    """
    if not rows:
        return None
    index = next((i for i, row in enumerate(rows) if row.ahead >= ahead), -1)
    above = rows[index]
    if index == 0 or above.ahead == ahead:
        return above.p50, above.p90
    below = rows[index - 1] if index > 0 else Row(0, 0, 0)
    share = (ahead - below.ahead) / max(1, above.ahead - below.ahead)
    p50 = below.p50 + share * (above.p50 - below.p50)
    p90 = below.p90 + share * (above.p90 - below.p90)
    return min(MAX_WAIT, round(p50)), min(MAX_WAIT, round(p90))
