"""What one process has seen of each line, and when that lies ahead of what a store now says.

A store that fails over, or is put back from a backup, forgets its last writes; one that is emptied
forgets all. Every process remembers what it was told, and puts back what it finds missing. Nobody
leads: each brings a store up to what it knows itself, a store only ever goes up in ``restore``, and
so they all end at the highest of what they knew, whoever comes first.

The rules, and why each holds:

* **A lower epoch** is a reset that was lost: epochs only rise (``rules.next_epoch``).
* **A queue below the floor** is lost joins. The floor is the highest position that a store gave out
  through this process, showed to it, or that a visitor's ticket proves: a ticket opens only if it
  was sealed with the deployment secret for this event and epoch.
* **A lower revision** is a lost change of settings or move of the serving counter; each adds 1.
* **A lower serving counter from another source** is lost moves, even if as many new ones have been
  made as were lost. From the same source it is an operator's negative step and stays. The price: a
  negative step made around a failover, unseen here, may be taken for a loss and undone, and has to
  be made again. Letting people in and then calling them back would be worse.
* **An event that is gone without having been deleted** is lost whole. What others gave out since
  this process last heard of it is not known here, so its queue comes back raised by a safety gap.

Only a reading that began after something was learned can show that it was lost: while a reading is
on its way, others join. So callers recall what is known first, then read, then compare.

What belongs here: these rules, and memory with a bound. What must change with it:
``docs/how-it-works.md``, ``RecoveryVerbs`` in ``store/__init__.py``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from waitroom.core import rules
from waitroom.core.model import Counters, Floor, Snapshot, State

MAX_EVENTS: Final = 4_096  # remembered by a process; beyond it the one longest not heard of goes
MAX_AGE: Final = 12 * 3_600  # s; older is not used: stores know for a day what was deleted
LEAST_GAP: Final = 100  # positions: a line with no rush has joins on their way as well
_PERIOD: Final = 60  # s: the peak is that of the present minute or the one before


class Growth(msgspec.Struct, frozen=True, array_like=True):
    """How fast a queue grew, in places per second, of the present minute and the one before.

    The peak is the second highest of a minute: a rush lasts longer than one look, and the gap after
    an earlier loss, which is a jump in a single look, must not make the next gap larger still.
    """

    second: int
    queue: int
    since: int
    highest: float = 0.0
    next_highest: float = 0.0
    earlier: float = 0.0

    @property
    def peak(self) -> float:
        """Places per second."""
        return max(self.next_highest, self.earlier)

    def seen(self, queue: int, now: int) -> Growth:
        """With the queue as it is ``now``; looked at once a second."""
        if now <= self.second:
            return self
        rate = max(0, queue - self.queue) / (now - self.second)
        minutes = (now - self.since) // _PERIOD
        if minutes:
            earlier = self.next_highest if minutes == 1 else 0.0
            return Growth(now, queue, now, rate, 0.0, earlier)
        _least, next_highest, highest = sorted((rate, self.highest, self.next_highest))
        return Growth(now, queue, self.since, highest, next_highest, self.earlier)


class Recollection(msgspec.Struct, frozen=True, kw_only=True):
    """One event as this process knows it. ``line`` is of ``epoch``; None until it was read.

    ``at``: when the line was last heard of (epoch seconds).
    """

    epoch: int
    floor: int
    at: int
    line: Snapshot | None = None
    growth: Growth | None = None

    def behind(self, seen: Snapshot, now: int) -> Snapshot | None:
        """What to restore if ``seen`` is behind this; else None.

        ``seen`` must come from a reading that began after this was learned.
        """
        if now - self.at > MAX_AGE or seen.epoch > self.epoch:
            return None
        if seen.epoch < self.epoch:
            return self._lost_reset(seen)
        lost_revision = self.line is not None and seen.revision < self.line.revision
        lost_moves = lost_revision or self._lost_moves(seen)
        if not lost_moves and seen.counters.queue >= self.floor:
            return None
        line = self.line if self.line is not None and lost_revision else seen
        serving = seen.counters.serving
        if self.line is not None and lost_moves:
            serving = max(serving, self.line.counters.serving)
        return _counting(line, max(self.floor, seen.counters.queue), serving)

    def if_lost(self, failover_gap: int, now: int) -> Snapshot | None:
        """What to restore if the store has lost the event; None if too little is known.

        ``failover_gap``: seconds of arrivals at the peak rate by which the queue is raised.
        """
        if self.line is None or now - self.at > MAX_AGE:
            return None
        queue = self.floor + self.gap(failover_gap)
        return _counting(self.line, queue, self.line.counters.serving)

    def gap(self, failover_gap: int) -> int:
        """Positions that others may have given out unseen; 0 if ``failover_gap`` is 0."""
        if failover_gap == 0:
            return 0
        peak = 0.0 if self.growth is None else self.growth.peak
        return max(LEAST_GAP, math.ceil(peak * failover_gap))

    def with_floor(self, floor: Floor) -> Recollection:
        """With a position that is known to have been given out; a later epoch begins anew."""
        if floor.epoch > self.epoch:
            return Recollection(epoch=floor.epoch, floor=floor.position, at=self.at)
        if floor.epoch < self.epoch or floor.position <= self.floor:
            return self
        return msgspec.structs.replace(self, floor=floor.position)

    def with_line(self, seen: Snapshot, now: int) -> Recollection:
        """With what was read; what is behind of it does not take the place of what is known."""
        if seen.epoch < self.epoch:
            return self
        if seen.epoch > self.epoch:
            return first_seen(seen, now)
        floor = max(self.floor, seen.counters.queue)
        line, at = seen, now
        if self.line is not None and (seen.revision < self.line.revision or self._lost_moves(seen)):
            line, at = self.line, self.at
        growth = self.growth or Growth(now, seen.counters.queue, now)
        return Recollection(
            epoch=self.epoch, floor=floor, at=at, line=line, growth=growth.seen(floor, now)
        )

    def _lost_moves(self, seen: Snapshot) -> bool:
        if self.line is None or seen.source == self.line.source:
            return False
        return seen.counters.serving < self.line.counters.serving

    def _lost_reset(self, seen: Snapshot) -> Snapshot:
        if self.line is not None:
            return _counting(self.line, self.floor, self.line.counters.serving)
        # Only places of the new epoch are known here: the event as it is, begun anew.
        return msgspec.structs.replace(
            seen,
            epoch=self.epoch,
            counters=Counters(queue=self.floor),
            pauses=rules.pauses_after((), State.OPEN, seen.event.state, self.at),
            anchor=None,
            last=None,
            revision=seen.revision + 1,
        )


def first_seen(line: Snapshot, now: int) -> Recollection:
    """What is known of an event after its first reading in an epoch."""
    queue = line.counters.queue
    return Recollection(
        epoch=line.epoch, floor=queue, at=now, line=line, growth=Growth(now, queue, now)
    )


def _counting(line: Snapshot, queue: int, serving: int) -> Snapshot:
    counters = msgspec.structs.replace(line.counters, queue=queue, serving=serving)
    return msgspec.structs.replace(line, counters=counters)


class Recollections:
    """All events that this process knows; the oldest goes when there are too many."""

    def __init__(self, most: int = MAX_EVENTS) -> None:
        self._most = most
        self._known: dict[str, Recollection] = {}

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._known

    def event_ids(self) -> list[str]:
        """The events that are known, the one longest not heard of first."""
        return list(self._known)

    def lines(self, failover_gap: int, now: int) -> list[Snapshot]:
        """Every line as ``if_lost`` has it, by event ID."""
        lines = [self._known[one].if_lost(failover_gap, now) for one in sorted(self._known)]
        return [line for line in lines if line is not None]

    def recall(self, event_ids: Collection[str]) -> Mapping[str, Recollection]:
        """What is known of ``event_ids`` at this moment."""
        return {one: self._known[one] for one in event_ids if one in self._known}

    def floor(self, event_id: str) -> Floor | None:
        """The highest position that is known to have been given out."""
        known = self._known.get(event_id)
        return None if known is None else Floor(known.epoch, known.floor)

    def given_out(self, event_id: str, floor: Floor, now: int) -> None:
        """Note a position that was given out, or that a ticket proves to have been."""
        known = self._known.get(event_id)
        if known is None:
            self._keep(event_id, Recollection(epoch=floor.epoch, floor=floor.position, at=now))
        else:
            self._known[event_id] = known.with_floor(floor)

    def witness(self, line: Snapshot, now: int) -> None:
        """Note what was read."""
        event_id = line.event.event_id
        known = self._known.pop(event_id, None)  # to its end, as the one last heard of
        self._keep(event_id, first_seen(line, now) if known is None else known.with_line(line, now))

    def forget(self, event_id: str) -> None:
        """The event was deleted."""
        self._known.pop(event_id, None)

    def _keep(self, event_id: str, known: Recollection) -> None:
        while len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[event_id] = known
