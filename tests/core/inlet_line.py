"""What the tests of inlets share: lines as a store would show them, and planes that look at them.

What belongs here: making snapshots, and applying what is due as ``store.advance`` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from waitroom.core.gates import WELL, Health
from waitroom.core.inlet import Slot, due
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.model import Counters, Event, Occupancy, Pause, Snapshot, State

NOW: Final = 1_800_000_000  # a full hour
CROWD: Final = 10**9


def at(
    inlet: Inlet,
    queue: int = CROWD,
    serving: int = 0,
    state: State = State.OPEN,
    pauses: tuple[Pause, ...] = (),
    notes: dict[str, str] | None = None,
) -> Snapshot:
    """A line with that inlet, in which a crowd waits unless something else is said."""
    return Snapshot(
        event=Event(event_id="sale", inlet=inlet, state=state),
        epoch=1,
        counters=Counters(queue=queue, serving=serving),
        pauses=pauses,
        notes=notes or {},
    )


@dataclass
class Line:
    """A line that planes move, each step once; times are seen from ``NOW``."""

    inlet: Inlet
    queue: int = CROWD
    serving: int = 0
    state: State = State.OPEN
    pauses: tuple[Pause, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    steps: dict[int, int] = field(default_factory=dict)  # second -> moved by
    furthest: int = -(10**9)  # ahead of the queue

    def snapshot(self) -> Snapshot:
        return at(self.inlet, self.queue, self.serving, self.state, self.pauses, self.notes)

    def advance(self, slot: Slot, second: int) -> None:
        """As a store does."""
        if slot.name in self.done or slot.at not in {None, self.serving}:
            return
        self.done.add(slot.name)
        self.notes = {**self.notes, **(slot.notes or {})}
        self.serving += slot.by
        self.steps[second] = self.steps.get(second, 0) + slot.by
        if slot.by:
            self.furthest = max(self.furthest, self.serving - self.queue)

    def look(
        self,
        second: int,
        since: int | None = None,
        *,
        health: Health = WELL,
        occupancy: Occupancy | None = None,
        seen: Snapshot | None = None,
    ) -> None:
        """One plane looks and makes what is due, by what it has ``seen`` (else: as it is)."""
        behind = None if since is None else NOW + since
        slots = due(
            seen or self.snapshot(), NOW + second, behind, health=health, occupancy=occupancy
        )
        for slot in slots:
            self.advance(slot, second)

    def each_second(self, seconds: Iterable[int], health: Health = WELL) -> None:
        """A plane that never misses a second."""
        for second in seconds:
            self.look(second, second - 1, health=health)

    def moved(self, first: int, last: int) -> int:
        """By how much it moved in those seconds, both included."""
        return sum(by for second, by in self.steps.items() if first <= second <= last)
