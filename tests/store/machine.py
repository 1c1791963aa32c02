"""Random verbs on a real store and on the model: results and errors must be alike.

A backend's random test is a subclass with ``open_empty``.
"""

from __future__ import annotations

from typing import Any

import msgspec
from compared import DEEDS, EVENT_IDS, SLOTS, TICKETS, without_source
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from machine_door import DoorRules

from scene import NOW
from waitroom.core.audit import Deed
from waitroom.core.facts import OUTBOX
from waitroom.core.inlet_kinds import Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import Counters, Event, Expiry, Floor, Place, Sample, Snapshot, State
from waitroom.errors import EventExists, EventUnknown

# Mostly open, with periods as short as the ticks: there the rules meet.
STATES = st.sampled_from(
    [State.OPEN, State.OPEN, State.OPEN, State.PAUSED, State.SOLD_OUT, State.CLOSED]
)
VERSIONS = st.integers(0, 7).map(lambda n: f"{n:016x}")
OPENINGS = st.sampled_from([0, 0, NOW, NOW + 1, NOW + 30])
PERIODS = st.sampled_from([1, 5, 20, 60])
CAPS = st.sampled_from([0, 0, 1, 2, 5])
INLETS = st.one_of(
    st.sampled_from([Manual(), Periodic(increment=3), Rate(per_minute=60, ramp_up=5)]),
    st.builds(MaxSize, size=st.integers(1, 9), max_lead=st.none() | st.integers(0, 3)),
    st.builds(Target, size=st.integers(1, 5)),
)
SETTINGS = st.fixed_dictionaries(
    {"queue_position_expiry_period": PERIODS},
    optional={
        "state": STATES,
        "advance_on_expiry": st.booleans(),
        "title": st.text(st.characters(codec="utf-8"), max_size=5),
        "inlet": INLETS,
        "max_active": CAPS,
        "opens_at": OPENINGS,
    },
)
CHANGES = st.one_of(
    st.fixed_dictionaries({"state": STATES}),
    st.fixed_dictionaries({"queue_position_expiry": st.booleans()}),
    st.fixed_dictionaries({"max_active": CAPS}),
    st.fixed_dictionaries({"inlet": INLETS}),
    st.fixed_dictionaries({"theme": VERSIONS | st.just("")}),
    st.fixed_dictionaries({"opens_at": OPENINGS}),
    SETTINGS,
)
NOTES = st.dictionaries(
    st.sampled_from([OUTBOX, OUTBOX, "gate", "rate"]),
    st.none() | st.sampled_from(["1", '{"state": "open"}', ""]),
    max_size=2,
)


class StoreMachine(DoorRules):
    """Everything that operators, inlets and visitors do."""

    # --- time and events

    @rule(seconds=st.sampled_from([1, 1, 2, 5, 20, 60, 300]))
    def tick(self, seconds: int) -> None:
        self.model.pass_time(self.now, seconds)
        self.now += seconds

    @rule(event_id=EVENT_IDS, seconds=st.sampled_from([1, 5, 20, 60]))
    def pause_for(self, event_id: str, seconds: int) -> None:
        """A pause, begun and ended."""
        self.change(event_id, {"state": State.PAUSED}, None)
        self.tick(seconds)
        self.change(event_id, {"state": State.OPEN}, None)

    @precondition(lambda self: any(line.called for line in self.model.lines.values()))
    @rule(which=TICKETS, offset=st.sampled_from([-1, 0, 1]))
    def come_at_the_last_moment(self, which: int, offset: int) -> None:
        """Just before, at, or just after the moment at which some step runs out."""
        name, line = next(item for item in self.model.lines.items() if item[1].called)
        ends = [step.serving for step in line.steps() if line.swept < step.serving]
        ends = [end for end in ends if end <= len(line.entered)]
        if ends:
            last = ends[which % len(ends)]
            since = max(line.entered_at(last), line.called[last - 1])
            self.tick(max(1, line.left(since, self.now) + offset))
            self.expire(name)
            self.admit_place(name, last)

    @initialize(settings=SETTINGS, people=st.integers(5, 20), called=st.integers(1, 12))
    def open_sale(self, settings: dict[str, Any], people: int, called: int) -> None:
        self.create("sale", settings | {"state": State.OPEN, "opens_at": 0}, None)
        if people % 2:
            self.note("sale", {OUTBOX: "1"})
        self.join("sale", people)
        self.advance("sale", called, None)

    @precondition(lambda self: len(self.model.lines) < 2)
    @rule(event_id=EVENT_IDS, settings=SETTINGS, deed=DEEDS)
    def create(self, event_id: str, settings: dict[str, Any], deed: Deed | None) -> None:
        event = Event(event_id=event_id, **settings)
        try:
            made = self.run(self.store.create_event(event, self.now, deed))
        except EventExists:
            assert event_id in self.model.lines
        else:
            model = self.model.create(event, self.new_epoch(made.epoch), self.now, deed)
            assert without_source(made) == model

    @rule(event_id=EVENT_IDS, changes=CHANGES, deed=DEEDS)
    def change(self, event_id: str, changes: dict[str, Any], deed: Deed | None) -> None:
        self.idle_until.pop(event_id, None)
        self.alike(
            self.store.change_event(event_id, changes, self.now, deed),
            lambda: self.model.change(event_id, changes, self.now, deed),
        )

    @rule(event_id=EVENT_IDS, changes=NOTES)
    def note(self, event_id: str, changes: dict[str, str | None]) -> None:
        self.alike(self.store.note(event_id, changes), lambda: self.model.note(event_id, changes))

    @precondition(lambda self: len(self.given) > 50)
    @rule(event_id=EVENT_IDS)
    def delete(self, event_id: str) -> None:
        self.idle_until.pop(event_id, None)
        self.alike(self.store.delete_event(event_id), lambda: self.model.delete(event_id))

    @precondition(lambda self: len(self.given) > 40)
    @rule(event_id=EVENT_IDS, deed=DEEDS)
    def reset(self, event_id: str, deed: Deed | None) -> None:
        self.idle_until.pop(event_id, None)
        try:
            made = self.run(self.store.reset_event(event_id, self.now, deed))
        except EventUnknown:
            assert event_id not in self.model.lines
        else:
            model = self.model.reset(event_id, self.new_epoch(made.epoch), self.now, deed)
            assert without_source(made) == model

    @rule(limit=st.integers(1, 20))
    def purge(self, limit: int) -> None:
        assert 0 <= self.run(self.store.purge(limit, self.now)) <= limit

    # --- the line

    @rule(event_id=EVENT_IDS, count=st.integers(1, 8))
    def join(self, event_id: str, count: int) -> None:
        self.join_above(event_id, count, None)

    @rule(event_id=EVENT_IDS, other=st.sampled_from([0, 0, 0, -1, 1]), offset=st.integers(-2, 5))
    def join_with_a_floor(self, event_id: str, other: int, offset: int) -> None:
        if event_id in self.model.lines:
            line = self.model.lines[event_id]
            floor = Floor(line.epoch + other, max(0, len(line.entered) + offset))
            self.join_above(event_id, 2, floor)

    def join_above(self, event_id: str, count: int, above: Floor | None) -> None:
        arrivals = self.alike(
            self.store.join(event_id, count, self.now, above),
            lambda: self.model.join(event_id, count, self.now, above),
        )
        for position in range(arrivals.first, arrivals.first + count) if arrivals else ():
            assert (arrivals.epoch, position) not in self.given, "a position was given out twice"
            self.given.add((arrivals.epoch, position))
            self.tickets.append((event_id, arrivals.epoch, Place(position, self.now)))

    @rule(event_id=EVENT_IDS, by=st.integers(-6, 12), slot=SLOTS)
    def advance(self, event_id: str, by: int, slot: str | None) -> None:
        self.taken_back(event_id, by)
        self.alike(
            self.store.advance(event_id, by, self.now, slot),
            lambda: self.model.advance(event_id, by, self.now, slot),
        )

    @rule(
        event_id=EVENT_IDS,
        by=st.integers(-2, 5),
        slot=SLOTS,
        beside=st.sampled_from([None, 0, 0, 0, 1]),
        notes=st.none() | st.dictionaries(st.sampled_from(["rate", "turnover"]), st.just("7")),
        deed=DEEDS,
    )
    def advance_with_more(
        self,
        event_id: str,
        by: int,
        slot: str | None,
        beside: int | None,
        notes: dict[str, str] | None,
        deed: Deed | None,
    ) -> None:
        """As an inlet that counted what is free, or an operator, does it."""
        self.taken_back(event_id, by)
        line = self.model.lines.get(event_id)
        at = None if line is None or beside is None else len(line.called) + beside
        self.alike(
            self.store.advance(event_id, by, self.now, slot, at=at, notes=notes, deed=deed),
            lambda: self.model.advance(event_id, by, self.now, slot, at, notes, deed),
        )

    def taken_back(self, event_id: str, by: int) -> None:
        """What the last sweep said of the next holds unless the line is taken back."""
        if by < 0:
            self.idle_until.pop(event_id, None)

    @rule(event_id=EVENT_IDS)
    def expire(self, event_id: str) -> None:
        swept: Expiry = self.alike(
            self.store.expire(event_id, self.now), lambda: self.model.expire(event_id, self.now)
        )
        if self.now < self.idle_until.get(event_id, 0):
            assert swept.expired == 0, "a sweep found something before it was to"
        self.idle_until[event_id] = swept.next_at or 0

    # --- what is looked at

    @rule(event_id=EVENT_IDS, version=VERSIONS, asked=VERSIONS)
    def keep_theme(self, event_id: str, version: str, asked: str) -> None:
        self.alike(
            self.store.keep_theme(event_id, version, version.encode(), self.now),
            lambda: self.model.keep_theme(event_id, version),
        )
        for one in (version, asked):
            kept = one.encode() if self.model.has_theme(event_id, one) else None
            assert self.run(self.store.theme(event_id, one)) == kept

    @rule(which=TICKETS, back=st.integers(0, 20), tokens=st.integers(0, 9))
    def sample(self, which: int, back: int, tokens: int) -> None:
        event_id, epoch, _place = self.ticket(which)
        taken = Sample(self.now - back, tokens, 1, 2, 3, 4)
        self.run(self.store.sample(event_id, epoch, taken))
        self.model.sample(event_id, epoch, taken)
        since = self.now - 10
        self.alike(
            self.store.samples(event_id, since, 3), lambda: self.model.samples(event_id, since, 3)
        )

    # --- what is told

    @rule(event_id=EVENT_IDS, slot=st.sampled_from(["metrics:1", "metrics:2"]))
    def tell(self, event_id: str, slot: str) -> None:
        data: dict[str, int | str] = {"num_active_tokens": 1}

        def expected() -> bool:
            line = self.model.known(event_id)
            if OUTBOX not in line.notes or slot in line.slots:
                return False
            line.slots.add(slot)
            line.tell("waiting_room_metrics", self.now, data)
            return True

        told = self.store.tell(event_id, "waiting_room_metrics", data, self.now, slot)
        self.alike(told, expected)

    @rule(event_id=EVENT_IDS, some=st.integers(0, 5))
    def drop_facts(self, event_id: str, some: int) -> None:
        facts = self.run(self.store.facts(event_id, 0, some))
        if facts:
            self.run(self.store.drop_facts(event_id, facts[-1].seq))
            del self.model.lines[event_id].told[: len(facts)]

    @rule(event_id=EVENT_IDS, deed=DEEDS)
    def add_entry(self, event_id: str, deed: Deed | None) -> None:
        if deed is not None:
            self.run(self.store.add_entry(event_id, deed, '{"keys": 2}', self.now))
            self.model.enter(event_id, deed, None, {"keys": 2}, self.now)

    # --- recovery

    @rule(event_id=EVENT_IDS)
    def remember(self, event_id: str) -> None:
        self.memories += self.run(self.store.snapshots([event_id], self.now)).values()

    @precondition(lambda self: self.memories)
    @rule(
        which=TICKETS, ahead=st.tuples(*[st.integers(0, 4)] * 3), epoch=st.sampled_from([0, 0, 1])
    )
    def restore(self, which: int, ahead: tuple[int, int, int], epoch: int) -> None:
        """What some worker remembers, which may have seen more than the store knows."""
        line = self.memories[which % len(self.memories)]
        if epoch:  # a reset that the store has lost
            line = msgspec.structs.replace(line, epoch=max(self.epochs) + epoch)
        line = self.seen_further(line, *ahead)
        at = self.model.lines.get(line.event.event_id)
        if at is None or at.epoch < line.epoch:
            self.seen.pop(line.epoch, None)
            self.restored.add(line.epoch)
        self.epochs.add(line.epoch)
        self.idle_until.pop(line.event.event_id, None)
        real = self.run(self.store.restore(line, self.now))
        real = msgspec.structs.replace(real, anchor=None, last=None, source="")
        assert real == self.model.restore(line, self.now)

    def seen_further(self, line: Snapshot, queue: int, serving: int, revision: int) -> Snapshot:
        given = [position for of, position in self.given if of == line.epoch]
        counters = msgspec.structs.replace(
            line.counters,
            queue=max(line.counters.queue, *given, 0) + queue,
            serving=line.counters.serving + serving,
        )
        revision += line.revision
        return msgspec.structs.replace(line, counters=counters, revision=revision)

    @rule(event_id=EVENT_IDS, back=st.integers(0, 100), limit=st.integers(1, 20))
    def curves(self, event_id: str, back: int, limit: int) -> None:
        since = self.now - back

        def expected() -> object:
            line = self.model.found(event_id)
            arrivals = [point for point in line.arrivals() if point.second >= since]
            return arrivals[:limit], [s for s in line.steps() if s.issued_at >= since][:limit]

        self.alike(self.store.curves(event_id, since, limit), expected)

    # --- what holds after every step

    @invariant()
    def the_store_is_as_the_model(self) -> None:
        assert self.run(self.store.event_ids()) == sorted(self.model.lines)
        found = self.run(self.store.snapshots(["sale", "tour"], self.now))
        expected = {name: line.snapshot(self.now) for name, line in self.model.lines.items()}
        assert {name: without_source(at) for name, at in found.items()} == expected
        for at in found.values():
            self.counters_are_sound(at.epoch, at.counters)
        for name in ("sale", "tour"):
            line = self.model.lines.get(name)
            assert self.told(name) == ([] if line is None else line.told)
            assert self.logged(name) == self.model.logs.get(name, [])

    def counters_are_sound(self, epoch: int, now: Counters) -> None:
        before = self.seen.get(epoch, Counters())
        for name in ("queue", "tokens", "completed", "abandoned", "expired_up_to", "given_up"):
            assert getattr(now, name) >= getattr(before, name), f"{name} fell"
        assert now.completed + now.abandoned <= now.tokens
        if epoch not in self.restored:
            assert now.tokens + now.expired + now.waiting == now.queue
        assert now.expired >= 0
        self.seen[epoch] = now
