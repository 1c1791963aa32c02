"""A line, its visitors and the site behind it, second by second: a day passes in a few seconds.

What belongs here: a plain model of what the stores promise of admission (the cap at the door,
expiry, exits, occupancy), of people, and of a control plane that ticks. The inlets are the real
ones. What must change with it: ``store/__init__.py``, of which ``test_world.py`` checks that a real
store says the same as this model.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import msgspec

from waitroom.core import inlet
from waitroom.core.gates import WELL, Health
from waitroom.core.model import Cohort, Counters, Event, Occupancy, Snapshot
from waitroom.core.turnout import AGES

NOW = 1_800_000_000
RETRY = 5  # s after which who found the site full asks again


@dataclass(frozen=True)
class People:
    """What visitors do, drawn for each: seconds; None is never.

    ``shows_after``: from being called (or from joining, if called ahead) to asking for a token.
    ``stays_for``: from then on, until the site tells of the exit; beyond the validity it is over.
    """

    shows_after: Callable[[random.Random], float | None]
    stays_for: Callable[[random.Random], float]


@dataclass
class Cohorts:
    """How many were called and came, by the second of the call, summed up by age."""

    period: int
    ages: tuple[int, ...] = AGES
    called: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    shown: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sums: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.sums = [[0, 0] for _ in range(len(self.ages) + 1)]

    def of(self, age: int) -> int:
        """Which cohort; what has run out is in the last."""
        if age >= self.period:
            return len(self.ages)
        return next((i for i, bound in enumerate(self.ages) if age < bound), len(self.ages))

    def call(self, now: int, count: int) -> None:
        self.called[now] += count
        self.sums[0][0] += count

    def show(self, called_at: int, now: int) -> None:
        self.shown[called_at] += 1
        self.sums[self.of(now - called_at)][1] += 1

    def pass_second(self, now: int) -> None:
        """Those who reach a bound at ``now`` change over."""
        for bound in {*self.ages, self.period}:
            before, after = self.of(bound - 1), self.of(bound)
            moved = self.called.get(now - bound, 0), self.shown.get(now - bound, 0)
            if before != after and moved[0]:
                for which in (0, 1):
                    self.sums[before][which] -= moved[which]
                    self.sums[after][which] += moved[which]


class Site:
    """One event with everything around it. ``run`` lets seconds pass."""

    def __init__(self, event: Event, people: People, *, waiting: int = 0, seed: int = 1) -> None:
        self.event = event
        self.people = people
        self.random = random.Random(seed)
        self.now = NOW
        self.queue = waiting
        self.serving = 0
        self.tokens = self.ended = self.expired = self.expired_up_to = 0
        self.active = 0
        self.held: set[int] = set()
        self.notes: dict[str, str] = {}
        self.slots: set[str] = set()
        period = event.queue_position_expiry_period
        self.period = period if event.queue_position_expiry else 10**9
        self.cohorts = Cohorts(self.period)
        self.since: int | None = None
        self.outstanding: dict[int, int] = {}  # position called, not come -> since when it could
        self.steps: deque[tuple[int, int]] = deque()  # second, last position; not swept yet
        self.happenings: list[tuple[float, int, str, int]] = []
        self.counter = 0
        self.calls: list[int] = []  # how many were called in each second

    # --- what a store does

    def snapshot(self) -> Snapshot:
        return Snapshot(
            event=self.event,
            epoch=1,
            counters=Counters(
                queue=self.queue,
                serving=self.serving,
                tokens=self.tokens,
                expired=self.expired,
                expired_up_to=self.expired_up_to,
            ),
            notes=self.notes,
        )

    def occupancy(self) -> Occupancy:
        cohorts = tuple(Cohort(called, shown) for called, shown in self.cohorts.sums)
        return Occupancy(active=self.active, held=len(self.held), cohorts=cohorts)

    def advance(self, slot: inlet.Slot) -> None:
        if slot.name in self.slots or (slot.at is not None and slot.at != self.serving):
            return
        self.slots.add(slot.name)
        self.notes = {**self.notes, **(slot.notes or {})}
        self.move(slot.by)

    def move(self, by: int) -> None:
        before, self.serving = self.serving, self.serving + by
        self.call(before + 1, min(self.serving, self.queue))
        if by:
            self.steps.append((self.now, self.serving))

    def join(self, count: int) -> None:
        before, self.queue = self.queue, self.queue + count
        self.call(before + 1, min(self.serving, self.queue))

    def call(self, first: int, last: int) -> None:
        if last < first:
            return
        self.cohorts.call(self.now, last - first + 1)
        for position in range(first, last + 1):
            self.outstanding[position] = self.now
            after = self.people.shows_after(self.random)
            if after is not None:
                self.happen(self.now + after, "ask", position)

    def expire(self) -> None:
        missed = 0
        while self.steps and self.steps[0][0] <= self.now - self.period:
            _, last = self.steps[0]
            if last > self.queue:
                break
            if self.outstanding.get(last, 0) > self.now - self.period:
                break  # it was given out later than it was called
            self.steps.popleft()
            for position in range(self.expired_up_to + 1, last + 1):
                missed += self.outstanding.pop(position, None) is not None
            self.expired_up_to = max(self.expired_up_to, last)
        self.expired += missed
        if missed and self.event.advance_on_expiry:
            self.move(missed)

    # --- what visitors do

    def happen(self, at: float, what: str, position: int) -> None:
        self.counter += 1
        heappush(self.happenings, (at, self.counter, what, position))

    def ask(self, position: int) -> None:
        since = self.outstanding.get(position)
        if position not in self.held:
            if since is None or since <= self.now - self.period:
                return  # come too late
            self.cohorts.show(since, self.now)
        if self.event.cap and self.active >= self.event.cap:
            self.held.add(position)
            self.outstanding.pop(position, None)
            self.happen(self.now + RETRY, "ask", position)
            return
        self.held.discard(position)
        self.outstanding.pop(position, None)
        self.active += 1
        self.tokens += 1
        stay, validity = self.people.stays_for(self.random), self.event.validity_period
        if stay <= validity - 1:
            self.happen(self.now + stay, "end", position)
        else:  # over with the second in which it lapses, before anybody asks in it
            self.happen(self.now + validity - 1 + 1e-6, "lapse", position)

    def end(self, position: int, *, lapsed: bool) -> None:
        self.active -= 1
        self.ended += 1

    # --- time

    def second(self, joining: int = 0, health: Health = WELL) -> None:
        """One second: people come and go, then the control plane ticks."""
        self.now += 1
        self.cohorts.pass_second(self.now)
        while self.happenings and self.happenings[0][0] <= self.now:
            _, _, what, position = heappop(self.happenings)
            if what == "ask":
                self.ask(position)
            else:
                self.end(position, lapsed=what == "lapse")
        self.join(joining)
        before = self.serving
        self.expire()
        at = self.snapshot()
        occupancy = None
        if inlet.needs_occupancy(at, self.now, self.since, health):
            occupancy = self.occupancy()
        slots = inlet.due(at, self.now, self.since, health=health, occupancy=occupancy)
        for slot in slots:
            self.advance(slot)
        self.since = inlet.passed_over(self.event.inlet, self.now) if health.holds else self.now
        self.calls.append(self.serving - before)

    def change(self, **settings: object) -> None:
        """As an operator does."""
        self.event = msgspec.structs.replace(self.event, **settings)
