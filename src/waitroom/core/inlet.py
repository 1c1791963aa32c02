"""How the line moves by itself: which steps of an inlet are due.

What belongs here: one function per kind of inlet, of a snapshot and the time, that says which slots
are due and by how much. Nothing is remembered and nothing is done here; ``control/jobs.py`` does
each slot with ``store.advance``, which does a slot of one name once, whoever asks and how often.

A slot is named for the second at which its step is scheduled, not for the settings that led to it.
So two control planes of which one has not heard of a change yet cannot both make the step of that
second, and a change back and forth does not make it twice. Of two seconds there are two names, so
an inlet that was changed is not held up by the slots of the old one.

Nothing is banked. These steps are left out, for good:

* those scheduled while the event was paused: nobody could be let in, so the counter stood still
  (a closed event goes on: who is in its line is let in);
* those that would move the counter further ahead of the people in line than one step's worth;
* those that nobody could make in time: what may be made late is the step of the present interval,
  and by who knows this inlet any of the last ``CATCH_UP`` seconds. So an outage, however long,
  leaves one step to be made up or ten seconds' worth, and a new inlet begins with one step.

What must change with it: ``core/model.py: Inlet``, ``docs/events.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from waitroom.core.gates import WELL, Health
from waitroom.core.inlet_kinds import Inlet, Manual, Periodic
from waitroom.core.model import Occupancy, Pause, Snapshot, State

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

    None while a gate holds the line. ``occupancy`` is what a ``Target`` goes by: without it, none.

    ``since`` is the second up to which the caller has dealt with this inlet; None if never. That
    spares the store repeats and is no more than that: whatever ``since`` is, a slot is done once.
    """
    if at.event.state is State.PAUSED or health.holds:
        return []
    room = at.counters.queue - at.counters.serving
    return _capped(_scheduled(at.event.inlet, now, since, at.pauses), room)


def _scheduled(
    inlet: Inlet, now: int, since: int | None, pauses: tuple[Pause, ...]
) -> Iterable[Slot]:
    match inlet:
        case Manual():
            return ()
        case Periodic():
            return (
                Slot(f"periodic:{second}", inlet.increment)
                for second in _seconds(inlet, now, since)
                if not any(_covers(pause, second) for pause in pauses)
            )


def _seconds(inlet: Periodic, now: int, since: int | None) -> range:
    """The scheduled seconds behind ``since``, up to ``now``, that are not too late."""
    behind = now - min(inlet.interval, LATEST)
    if since is not None:
        behind = max(min(behind, now - CATCH_UP), since)
    first = max(behind + 1, inlet.start)
    first += (inlet.start - first) % inlet.interval
    last = min(now, inlet.end - 1) if inlet.end else now
    return range(first, last + 1, inlet.interval)


def _covers(pause: Pause, second: int) -> bool:
    return pause.start <= second and (pause.end is None or second < pause.end)


def _capped(scheduled: Iterable[Slot], room: int) -> list[Slot]:
    """``scheduled``, as far as the counter stays within a step's worth of the ``room`` there is."""
    slots: list[Slot] = []
    for slot in scheduled:
        by = min(slot.by, room + slot.by)
        if by <= 0:
            break
        slots.append(Slot(slot.name, by))
        room -= by
    return slots
