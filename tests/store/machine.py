"""Random verbs on a real store and on the model: results and errors must be alike.

A backend's random test is a subclass with ``open_empty``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from line_model import LineModel

from scene import ISSUER, NOW
from waitroom.core.model import (
    Counters,
    Event,
    Floor,
    Place,
    SessionStatus,
    Snapshot,
    Standing,
    State,
)
from waitroom.errors import EventExists, EventUnknown, WaitroomError
from waitroom.store import Store

# Mostly one event, mostly open, with periods as short as the ticks: there the rules meet.
EVENT_IDS = st.sampled_from(["sale", "sale", "sale", "sale", "tour"])
STATES = st.sampled_from([State.OPEN, State.OPEN, State.PAUSED, State.CLOSED])
PERIODS = st.sampled_from([1, 5, 20, 60])
SETTINGS = st.fixed_dictionaries(
    {"queue_position_expiry_period": PERIODS},
    optional={
        "state": STATES,
        "advance_on_expiry": st.booleans(),
        "title": st.text(st.characters(codec="utf-8"), max_size=5),
    },
)
CHANGES = st.one_of(
    st.fixed_dictionaries({"state": STATES}),
    st.fixed_dictionaries({"queue_position_expiry": st.booleans()}),
    SETTINGS,
)
SLOTS = st.none() | st.sampled_from(["12:00", "12:01", "12:02"])
TICKETS = st.integers(0, 10**6)  # which of those that were given out
AHEAD = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))  # queue, serving, rev.


def without_source(value: Any) -> Any:
    """Where a snapshot was read from is the store's own affair."""
    if isinstance(value, Standing):
        return msgspec.structs.replace(value, snapshot=without_source(value.snapshot))
    return msgspec.structs.replace(value, source="") if isinstance(value, Snapshot) else value


def outcome(verb: Callable[[], Any]) -> tuple[object, ...]:
    """What a verb returned, or which refusal it raised."""
    try:
        return ("returned", without_source(verb()))
    except WaitroomError as error:
        return ("raised", type(error))


class StoreMachine(RuleBasedStateMachine):
    """One store, its model, and a clock that only the ``tick`` rule moves."""

    def open_empty(self) -> Store:
        """A store with nothing in it."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store = self.open_empty()
        self.model = LineModel()
        self.now = NOW
        self.tickets: list[tuple[str, int, Place]] = [("sale", 10**9, Place(1, NOW))]
        self.epochs: set[int] = set()
        self.given: set[tuple[int, int]] = set()
        self.seen: dict[int, Counters] = {}
        self.memories: list[Snapshot] = []
        self.restored: set[int] = set()  # epochs that have lost sessions

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()

    def run(self, verb: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(verb)

    def alike(self, real: Coroutine[Any, Any, Any], model: Callable[[], Any]) -> Any:
        """Both do it; what came of it must be the same. Returns it unless it was refused."""
        happened, expected = outcome(lambda: self.run(real)), outcome(model)
        assert happened == expected, f"store {happened}, model {expected}"
        return happened[1] if happened[0] == "returned" else None

    def ticket(self, which: int) -> tuple[str, int, Place]:
        return self.tickets[which % len(self.tickets)]

    def new_epoch(self, epoch: int) -> int:
        assert epoch >= self.now, "an epoch does not rise with the time"
        assert epoch > max(self.epochs, default=0), "an epoch was used twice, or after a later one"
        self.epochs.add(epoch)
        return epoch

    # --- time and events

    @rule(seconds=st.sampled_from([1, 1, 2, 5, 20, 60, 300]))
    def tick(self, seconds: int) -> None:
        self.model.pass_time(self.now, seconds)
        self.now += seconds

    @rule(event_id=EVENT_IDS, seconds=st.sampled_from([1, 5, 20, 60]))
    def pause_for(self, event_id: str, seconds: int) -> None:
        """A pause, begun and ended."""
        self.change(event_id, {"state": State.PAUSED})
        self.tick(seconds)
        self.change(event_id, {"state": State.OPEN})

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
        self.create("sale", settings | {"state": State.OPEN})
        self.join("sale", people)
        self.advance("sale", called, None)

    @precondition(lambda self: len(self.model.lines) < 2)
    @rule(event_id=EVENT_IDS, settings=SETTINGS)
    def create(self, event_id: str, settings: dict[str, Any]) -> None:
        event = Event(event_id=event_id, **settings)
        try:
            made = self.run(self.store.create_event(event, self.now))
        except EventExists:
            assert event_id in self.model.lines
        else:
            model = self.model.create(event, self.new_epoch(made.epoch), self.now)
            assert without_source(made) == model

    @rule(event_id=EVENT_IDS, changes=CHANGES)
    def change(self, event_id: str, changes: dict[str, Any]) -> None:
        self.alike(
            self.store.change_event(event_id, changes, self.now),
            lambda: self.model.change(event_id, changes, self.now),
        )

    @precondition(lambda self: len(self.given) > 50)
    @rule(event_id=EVENT_IDS)
    def delete(self, event_id: str) -> None:
        self.alike(self.store.delete_event(event_id), lambda: self.model.delete(event_id))

    @precondition(lambda self: len(self.given) > 40)
    @rule(event_id=EVENT_IDS)
    def reset(self, event_id: str) -> None:
        try:
            made = self.run(self.store.reset_event(event_id, self.now))
        except EventUnknown:
            assert event_id not in self.model.lines
        else:
            model = self.model.reset(event_id, self.new_epoch(made.epoch), self.now)
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
        self.alike(
            self.store.advance(event_id, by, self.now, slot),
            lambda: self.model.advance(event_id, by, self.now, slot),
        )

    @rule(event_id=EVENT_IDS)
    def expire(self, event_id: str) -> None:
        self.alike(
            self.store.expire(event_id, self.now), lambda: self.model.expire(event_id, self.now)
        )

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

    # --- sessions

    @rule(which=TICKETS, validity=st.integers(1, 100), issuer=st.sampled_from([ISSUER, "other"]))
    def admit(self, which: int, validity: int, issuer: str) -> None:
        event_id, epoch, place = self.ticket(which)
        self.alike(
            self.store.admit(event_id, epoch, place, self.now, issuer, validity),
            lambda: self.model.admit(event_id, epoch, place, self.now, issuer, validity),
        )

    @rule(event_id=EVENT_IDS, offset=st.integers(-3, 3))
    def admit_around_the_counter(self, event_id: str, offset: int) -> None:
        if event_id in self.model.lines:
            self.admit_place(event_id, len(self.model.lines[event_id].called) + offset)

    def admit_place(self, event_id: str, position: int) -> None:
        line = self.model.lines[event_id]
        if 1 <= position <= len(line.entered):
            place = line.place(position)
            self.alike(
                self.store.admit(event_id, line.epoch, place, self.now, ISSUER, 50),
                lambda: self.model.admit(event_id, line.epoch, place, self.now, ISSUER, 50),
            )

    @rule(which=TICKETS)
    def standing(self, which: int) -> None:
        event_id, epoch, place = self.ticket(which)
        self.alike(
            self.store.standing(event_id, epoch, place, self.now),
            lambda: self.model.standing(event_id, epoch, place, self.now),
        )

    @rule(which=TICKETS, status=st.sampled_from([SessionStatus.COMPLETED, SessionStatus.ABANDONED]))
    def finish(self, which: int, status: SessionStatus) -> None:
        event_id, epoch, place = self.ticket(which)
        self.alike(
            self.store.finish(event_id, epoch, place, status),
            lambda: self.model.finish(event_id, epoch, place, status),
        )

    @rule(event_id=EVENT_IDS, limit=st.integers(1, 5), data=st.data())
    def lists(self, event_id: str, limit: int, data: st.DataObject) -> None:
        self.alike(
            self.store.active_sessions(event_id, self.now),
            lambda: self.model.active(event_id, self.now),
        )
        line = self.model.lines.get(event_id)
        behind: list[Place | None] = [None]
        if line is not None:
            behind += self.model.expired(event_id, self.now, 99, None)
        after = data.draw(st.sampled_from(behind))
        self.alike(
            self.store.expired_sessions(event_id, self.now, limit, after),
            lambda: (
                self.model.known(event_id).epoch,
                self.model.expired(event_id, self.now, limit, after),
            ),
        )

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

    def counters_are_sound(self, epoch: int, now: Counters) -> None:
        before = self.seen.get(epoch, Counters())
        for name in ("queue", "tokens", "completed", "abandoned", "expired_up_to"):
            assert getattr(now, name) >= getattr(before, name), f"{name} fell"
        assert now.completed + now.abandoned <= now.tokens
        if epoch not in self.restored:
            assert now.tokens + now.expired + now.waiting == now.queue
        assert now.expired >= 0
        self.seen[epoch] = now
