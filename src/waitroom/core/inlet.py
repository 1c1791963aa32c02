"""How the line moves by itself: which steps of an inlet are due.

What belongs here: which slots are due, for a snapshot, the time and the health of the site, and by
how much each moves the line. Nothing is remembered and nothing is done here; ``control/jobs.py``
does each slot with ``store.advance``, which does a slot of one name once, whoever asks and how
often. How a rate is spread over seconds is in ``by_second.py``, how an adaptive rate follows the
site in ``aimd.py``, how many a target calls in ``turnout.py``.

A slot is named for the second at which its step is scheduled, not for the settings that led to it.
So two control planes of which one has not heard of a change yet cannot both make the step of that
second, and a change back and forth does not make it twice. Of two seconds there are two names, so
an inlet that was changed is not held up by the slots of the old one.

Nothing is banked. These steps are left out, for good:

* those scheduled while the event was paused or sold out: nobody could be let in, so the counter
  stood still
  (a closed event goes on: who is in its line is let in);
* those scheduled while a gate held the line, but for one of a periodic inlet that is at most
  ``CATCH_UP`` seconds old when the gate opens (``passed_over``);
* those that would move the counter further ahead of the people in line than ``max_lead``;
* those that nobody could make in time: what may be made late is the step of the present interval,
  and by who knows this inlet any of the last ``CATCH_UP`` seconds. So an outage, however long,
  leaves one step to be made up or ten seconds' worth, and a new inlet begins with one step.

What must change with it: ``core/inlet_kinds.py``, ``docs/inlets.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Final, NamedTuple

from waitroom.core import aimd, by_second, turnout
from waitroom.core.gates import WELL, Health
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import Occupancy, Pause, Snapshot

# Seconds in which the service is to be back after any one fault: steps missed in them are made up,
# so a failover of the store does not cost the line any.
CATCH_UP: Final = 10
# Seconds after which no step is made any more, however long its interval: half of the time for
# which a store remembers slots (``SLOT_LIFETIME``), so a slot that is asked for is still known.
LATEST: Final = 43_200


class Slot(NamedTuple):
    """A step that is due: its name, the same for whoever works it out, and how many to let in.

    ``at``: only if the serving counter stands there (an inlet that counted what is free must not
    act on a line that another has moved meanwhile). ``notes``: what the inlet remembers by it.
    """

    name: str
    by: int
    at: int | None = None
    notes: Mapping[str, str] | None = None


def due(
    at: Snapshot,
    now: int,
    since: int | None = None,
    *,
    health: Health = WELL,
    occupancy: Occupancy | None = None,
) -> list[Slot]:
    """The steps of the event's inlet that are due at ``now``, earliest first.

    While a gate holds the line none moves it: at most a step by 0 that lowers an adaptive rate.
    ``occupancy`` is what a ``Target`` goes by (``needs_occupancy``): without it, none.

    ``since`` is the second up to which the caller has dealt with this inlet; None if never. That
    spares the store repeats and is no more than that: whatever ``since`` is, a slot is done once.
    """
    inlet = at.event.inlet
    if not at.event.state.lets_in:
        return []
    if health.holds:
        return _lowered(at, inlet, now, since, health) if isinstance(inlet, Adaptive) else []
    match inlet:
        case Manual() | MaxSize():
            return []
        case Periodic():
            scheduled = _periodic(inlet, now, since, at.pauses)
        case Rate():
            scheduled = _rate(inlet, now, since, at)
        case Target():
            scheduled = _target(inlet, now, since, at, occupancy)
        case Adaptive():
            scheduled = _adaptive(inlet, now, since, at, health)
    return _capped(scheduled, room(at))


def needs_occupancy(at: Snapshot, now: int, since: int | None, health: Health = WELL) -> bool:
    """Whether ``due`` wants to know how full the site is (at ``turnout.AGES``)."""
    if not isinstance(at.event.inlet, Target) or health.holds or since == now:
        return False
    return at.event.state.lets_in and room(at) > 0


def passed_over(inlet: Inlet, now: int) -> int:
    """The second up to which ``inlet`` is dealt with if a gate holds it at ``now``.

    A periodic step that was due in the last ``CATCH_UP`` seconds may still be made when the gate
    opens, so that one failed check does not cost an hourly inlet its hour. Of short intervals
    none: a site that has just come back is not to get the steps of its illness all at once.
    """
    return now - min(CATCH_UP, inlet.interval - 1) if isinstance(inlet, Periodic) else now


def per_minute(at: Snapshot, now: int, health: Health = WELL) -> float | None:
    """How many the inlet lets in per minute at present, if enough wait.

    By its settings, or by what it remembers; 0 while the line stands still, or the inlet has not
    begun or has ended. None: it does not go by a rate.
    """
    inlet = at.event.inlet
    if isinstance(inlet, Manual | MaxSize | Target):
        return None
    if not at.event.state.lets_in or health.holds:
        return 0.0
    if isinstance(inlet, Adaptive):
        return float(aimd.remembered(at.notes, inlet).per_minute)
    if now < inlet.start or (inlet.end and now >= inlet.end):
        return 0.0
    if isinstance(inlet, Periodic):
        return inlet.increment * 60 / inlet.interval
    return by_second.rate_at(inlet, now, at)


def room(at: Snapshot) -> int:
    """How far the inlet may move the counter: to ``max_lead`` ahead of the places given out."""
    return at.counters.queue - at.counters.serving + lead_of(at.event.inlet)


def lead_of(inlet: Inlet) -> int:
    """How far ``inlet`` may run ahead of the queue: its ``max_lead``, or its kind's default."""
    if isinstance(inlet, Manual):
        return 0
    if inlet.max_lead is not None:
        return inlet.max_lead
    match inlet:
        case Periodic():
            return inlet.increment
        case MaxSize() | Target():
            return inlet.size
        case Rate():
            return -(-inlet.per_minute // 60)
        case Adaptive():
            return -(-inlet.ceiling // 60)


# --- one function per kind


def _periodic(
    inlet: Periodic, now: int, since: int | None, pauses: tuple[Pause, ...]
) -> Iterable[Slot]:
    behind = now - min(inlet.interval, LATEST)
    if since is not None:
        behind = max(min(behind, now - CATCH_UP), since)
    first = max(behind + 1, inlet.start)
    first += (inlet.start - first) % inlet.interval
    seconds = range(first, _last(inlet, now) + 1, inlet.interval)
    return (Slot(f"periodic:{second}", inlet.increment) for second in _open(seconds, pauses))


def _rate(inlet: Rate, now: int, since: int | None, at: Snapshot) -> Iterable[Slot]:
    seconds = range(max(_recent(now, since), inlet.start), _last(inlet, now) + 1)
    return (
        Slot(f"rate:{second}", by_second.in_second(inlet, second, at))
        for second in _open(seconds, at.pauses)
    )


def _target(
    inlet: Target, now: int, since: int | None, at: Snapshot, occupancy: Occupancy | None
) -> Iterable[Slot]:
    if occupancy is None or since == now:
        return ()
    counters = at.counters
    turnover = turnout.turnover(at.notes, counters.tokens - occupancy.active, now)
    ahead = max(0, counters.serving - counters.queue)
    by = turnout.to_call(inlet.size, occupancy, ahead, turnover.per_second)
    if by <= 0:
        return ()
    return (Slot(f"target:{now}", by, counters.serving, turnout.noted(turnover)),)


def _adaptive(
    inlet: Adaptive, now: int, since: int | None, at: Snapshot, health: Health
) -> Iterable[Slot]:
    memory = aimd.remembered(at.notes, inlet)
    adjusted = aimd.adjusted(memory, inlet, now, health, at)
    for second in _open(range(_recent(now, since), now + 1), at.pauses):
        changed = second == now and adjusted != memory
        yield Slot(
            f"adaptive:{second}",
            by_second.evenly(adjusted.per_minute, second),
            notes=aimd.noted(adjusted) if changed else None,
        )


def _lowered(
    at: Snapshot, inlet: Adaptive, now: int, since: int | None, health: Health
) -> list[Slot]:
    """Nobody is let in; but a site in alarm lowers the rate that it comes back to."""
    memory = aimd.remembered(at.notes, inlet)
    adjusted = aimd.adjusted(memory, inlet, now, health, at)
    if since == now or adjusted.per_minute >= memory.per_minute:
        return []
    return [Slot(f"adaptive:{now}", 0, notes=aimd.noted(adjusted))]


def _recent(now: int, since: int | None) -> int:
    """The first second that an inlet of each second may still make."""
    return now if since is None else max(now - CATCH_UP, since) + 1


def _last(inlet: Periodic | Rate, now: int) -> int:
    return min(now, inlet.end - 1) if inlet.end else now


def _open(seconds: range, pauses: tuple[Pause, ...]) -> Iterable[int]:
    """Those in which the line let in."""
    # The last pauses decide: ``seconds`` are recent, and a line may have 200 pauses behind it.
    recent = list(
        takewhile(lambda pause: pause.end is None or pause.end > seconds.start, reversed(pauses))
    )
    return (second for second in seconds if not any(_covers(pause, second) for pause in recent))


def _covers(pause: Pause, second: int) -> bool:
    return pause.start <= second and (pause.end is None or second < pause.end)


def _capped(scheduled: Iterable[Slot], left: int) -> list[Slot]:
    """``scheduled``, as far as there is room; a step by 0 only if something is noted by it."""
    slots: list[Slot] = []
    for slot in scheduled:
        by = max(0, min(slot.by, left))
        if by or slot.notes:
            slots.append(slot._replace(by=by))
            left -= by
    return slots
