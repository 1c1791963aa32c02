"""How an event does, at a glance: well, to be looked at, or bad, and why.

What belongs here: the rules by which an operator is told that something wants their eye, and the
sentence that says it. Pure. What must change with it: ``docs/panel.md``, the panel's overview.

A rule speaks only of what an operator can change or must know. A line that is long is not bad: that
is what it is for. A line that nobody moves is.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from waitroom.core.by_second import gate_note
from waitroom.core.estimate import NO_CHANGE, Change
from waitroom.core.gates import GateState, GateView
from waitroom.core.inlet_kinds import Inlet, Manual, MaxSize, Periodic, Rate
from waitroom.core.model import Snapshot, State

QUIET: Final = 120  # s without a call while people wait, beyond what the inlet plans: worth a word
FULL_FOR: Final = 300  # s of a full site while people wait: sessions may be longer than thought
SOON: Final = 3_600  # s before an opening in which it is told


class Health(StrEnum):
    """At a glance; in this order, the worst of an event's reasons counts."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Reason(msgspec.Struct, frozen=True):
    """Why an event is not simply well: a code that stays the same, and a short sentence."""

    code: str
    text: str


class Wellbeing(msgspec.Struct, frozen=True):
    """How an event does, and the reasons, the worst first. ``good`` may have some: news."""

    health: Health
    why: tuple[Reason, ...] = ()


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules go by besides the snapshot.

    ``active``: sessions; None: not known. ``full_since``: since when as many are active as may be
    (epoch s, as far as was watched; 0: they are not). ``failed``: the last work on its line failed,
    for want of the store mostly.
    """

    gates: tuple[GateView, ...] = ()
    changed: Change = NO_CHANGE
    active: int | None = None
    full_since: int = 0
    failed: bool = False


def wellbeing(at: Snapshot, seen: Seen, now: int) -> Wellbeing:
    """How the event of ``at`` does at ``now``."""
    found = sorted(_reasons(at, seen, now), key=lambda one: -_RANK[one[0]])
    health = found[0][0] if found else Health.GOOD
    return Wellbeing(health, tuple(Reason(code, text) for _, code, text in found))


_RANK: Final = {health: rank for rank, health in enumerate(Health)}
_Found = tuple[Health, str, str]


def _reasons(at: Snapshot, seen: Seen, now: int) -> Iterator[_Found]:
    if seen.failed:
        yield Health.BAD, "store", "The last work on this line failed; the log says why."
    yield from _of_state(at, now)
    yield from _of_gates(at, seen, now)
    if at.event.state.lets_in and _uncalled(at):
        yield from _of_the_line(at, seen, now)


def _uncalled(at: Snapshot) -> int:
    """People who have a place and were not called."""
    return max(0, at.counters.queue - at.counters.serving)


def _of_state(at: Snapshot, now: int) -> Iterator[_Found]:
    event = at.event
    if event.state is State.PAUSED and at.counters.waiting:
        since = at.pauses[-1].start if at.pauses else now
        yield Health.WARN, "paused", f"Paused for {span(now - since)}, and people wait."
    if event.state is State.SOLD_OUT:
        yield Health.GOOD, "sold_out", "Sold out: nobody is let in."
    if now < event.opens_at <= now + SOON:
        left = span(event.opens_at - now)
        if event.state.takes:
            yield Health.GOOD, "opens_soon", f"Opens in {left}."
        else:
            yield Health.WARN, "opens_closed", f"Is to open in {left}, and is not open by state."


def _of_gates(at: Snapshot, seen: Seen, now: int) -> Iterator[_Found]:
    holding = [gate for gate in seen.gates if gate.holds]
    if holding:
        since = gate_note(at.notes).since or max(gate.since for gate in holding) or now
        names = ", ".join(gate.name for gate in holding)
        health = Health.BAD if _uncalled(at) else Health.WARN
        yield health, "held", f"The line is held for {span(now - since)} by {names}."
    unknown = [g.name for g in seen.gates if g.state is GateState.UNKNOWN and not g.holds]
    if unknown:
        yield Health.WARN, "gate_unknown", f"Nothing is known of {', '.join(unknown)}."


def _of_the_line(at: Snapshot, seen: Seen, now: int) -> Iterator[_Found]:
    cap, is_held = at.event.cap, any(gate.holds for gate in seen.gates)
    is_full = bool(cap) and seen.active is not None and seen.active >= cap
    if is_full and seen.full_since and now - seen.full_since >= FULL_FOR:
        for_long = span(now - seen.full_since)
        yield Health.WARN, "full", f"The site has been full ({cap} people) for {for_long}."
    quiet = now - _moved_at(at)
    if not is_held and not is_full and quiet > QUIET + _planned_gap(at.event.inlet, now):
        by_itself = not isinstance(at.event.inlet, Manual | MaxSize)
        health = Health.BAD if by_itself else Health.WARN
        since = "yet" if at.last is None else f"for {span(quiet)}"
        left = "1 is" if _uncalled(at) == 1 else f"{_uncalled(at)} are"
        yield health, "nobody_called", f"Nobody was called {since}; {left} still to be called."
    if seen.changed.why in {"slower", "held"} and not is_held:
        yield Health.WARN, "slower", f"Waits have grown: the line slowed {_ago(seen, now)}."


def _ago(seen: Seen, now: int) -> str:
    return f"{span(now - seen.changed.since)} ago"


def _moved_at(at: Snapshot) -> int:
    """When the line moved last, or could begin to move again after it stood still on purpose."""
    ends = [pause.end for pause in at.pauses[-1:] if pause.end is not None]
    gate = gate_note(at.notes)
    if gate.state == "open":
        ends.append(gate.since)
    return max([at.last.issued_at if at.last is not None else 0, *ends])


def _planned_gap(inlet: Inlet, now: int) -> int:
    """Seconds for which the inlet means to stand still, from its last step on."""
    if isinstance(inlet, Periodic | Rate) and now < inlet.start:
        return now  # it has not begun: whenever the last step was
    if isinstance(inlet, Periodic):
        return inlet.interval
    if isinstance(inlet, Rate):
        return -(-60 // inlet.per_minute) + inlet.ramp_up
    return 0


def span(seconds: int) -> str:
    """A length of time in words, rounded down: ``45 s``, ``12 min``, ``3 h 5 min``, ``2 days``."""
    seconds = max(0, seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3_600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86_400:
        hours, minutes = seconds // 3_600, seconds % 3_600 // 60
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{seconds // 86_400} days"
