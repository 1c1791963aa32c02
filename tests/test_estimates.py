"""How a worker keeps its estimates: what it reads of the store, for whom, and what it forgets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

from waiting import wait_until
from waitroom.core.model import Arrival, Event, Snapshot, Step
from waitroom.core.ticket import TicketSeal
from waitroom.errors import StoreUnavailable
from waitroom.estimates import EVERY, INTEREST, MAX_EVENTS, NOTHING, Estimates, Told
from waitroom.store import Store, open_store
from waitroom.views import EventView

START: Final = 1_700_000_000


class Reads:
    """A store that is read through here: what was read is counted, and it can be cut off."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.curves_since: list[int] = []
        self.looked_at: list[str] = []
        self.is_away = False

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        """As the store's verb."""
        self.curves_since.append(since)
        if self.is_away:
            raise StoreUnavailable("cut off")
        return await self.store.curves(event_id, since, limit)

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """As the store's verb."""
        self.looked_at += event_ids
        if self.is_away:
            raise StoreUnavailable("cut off")
        return await self.store.snapshots(event_ids, now)


class Room:
    """One event ``e`` that is served by hand, a worker's estimates, and the clock of both."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads = Reads(store)
        self.now = START
        self.estimates = Estimates(self.reads, self.reads, lambda: self.now)

    async def serve(self, steps: int, by: int = 10, gap: int = 10) -> None:
        """So many steps, one each ``gap`` seconds, ending now."""
        for _ in range(steps):
            self.now += gap
            await self.store.advance("e", by, self.now)

    async def view(self, *, age: float = 0.0) -> EventView:
        """The event as it is shown, seen ``age`` seconds ago."""
        at = (await self.store.snapshots(["e"], self.now))["e"]
        return EventView(at, TicketSeal(bytes(32), "e", at.epoch), self.now, monotonic() - age)

    async def told(self) -> Told:
        """What a visitor is told who asks now, after a look."""
        self.estimates.of(await self.view())
        await self.estimates.look()
        return self.estimates.of(await self.view())


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A room with a thousand people in line."""
    store = open_store(f"sqlite://{tmp_path / 'store.db'}")
    await store.create_event(Event(event_id="e"), START)
    await store.join("e", 1_000, START)
    yield Room(store)
    await store.close()


async def test_who_asks_is_told(room: Room) -> None:
    """Nothing at first; after a look, the wait by position and the rates."""
    await room.serve(30)
    assert room.estimates.of(await room.view()) is NOTHING
    told = await room.told()
    last = told.estimate.wait[-1]
    assert last.ahead == 699
    assert last.p50 == pytest.approx(700, rel=0.1)
    assert told.rates[300] == pytest.approx(1, rel=0.1)


async def test_visitors_cost_no_reads(room: Room) -> None:
    """A thousand who ask are one read; while the line stands still, there is none."""
    await room.serve(5)
    view = await room.view()
    for _ in range(1_000):
        room.estimates.of(view)
    await room.estimates.look()
    assert len(room.reads.curves_since) == 1
    for _ in range(3):
        await room.told()
    assert len(room.reads.curves_since) == 1


async def test_only_what_is_new_is_read(room: Room) -> None:
    """The second read begins where the first one ended, and both together tell the whole."""
    await room.serve(5)
    await room.told()
    first = room.now
    await room.serve(5)
    told = await room.told()
    assert room.reads.curves_since[1:] == [first]
    assert told.rates[300] == pytest.approx(90 / 300, abs=0.01)


async def test_what_nobody_asks_for_costs_nothing(room: Room) -> None:
    """An event that was last asked for a minute ago is not read."""
    await room.serve(5)
    room.estimates.of(await room.view(age=INTEREST + 1))
    await room.estimates.look()
    assert not room.reads.curves_since
    assert not room.reads.looked_at


async def test_one_who_asks_seldom_is_told_of_now(room: Room) -> None:
    """An event that hardly anybody asks for is looked at anew all the same."""
    await room.serve(5)
    await room.told()
    room.estimates.of(await room.view(age=EVERY + 1))
    await room.serve(10, by=40)
    await room.estimates.look()
    assert room.reads.looked_at == ["e"]
    assert room.estimates.of(await room.view()).rates[60] == pytest.approx(4, rel=0.1)


async def test_a_reset_ends_what_was_told(room: Room) -> None:
    """Of a line that began anew, nothing of the old one is told, from the first moment on."""
    await room.serve(30)
    assert (await room.told()).estimate.wait
    await room.store.reset_event("e", room.now)
    assert room.estimates.of(await room.view()) is NOTHING
    assert (await room.told()).estimate.wait == ()


async def test_a_step_back_is_followed(room: Room) -> None:
    """Positions taken back by an operator were not served: the curve is read anew."""
    await room.serve(10)
    await room.told()
    await room.store.advance("e", -60, room.now)
    told = await room.told()
    assert told.rates[300] == pytest.approx(30 / 300, abs=0.01)
    assert told.estimate.wait[-1].ahead == 959


async def test_a_store_that_is_away(room: Room) -> None:
    """What was known last is told on, and no event is asked for again at once."""
    await room.serve(10)
    before = await room.told()
    await room.serve(1)
    room.reads.is_away = True
    told = await room.told()
    assert [row.ahead for row in told.estimate.wait[:-1]] == [
        row.ahead for row in before.estimate.wait[:-1]
    ]
    tried = len(room.reads.curves_since)
    await room.told()
    assert len(room.reads.curves_since) == tried


async def test_memory_is_bounded(room: Room) -> None:
    """However many events are asked for, only so many are known: those asked for last."""
    at = (await room.view()).snapshot
    seal = TicketSeal(bytes(32), "e", at.epoch)
    began = monotonic()
    for number in range(MAX_EVENTS + 50):
        event = Event(event_id=f"e{number}")
        one = Snapshot(event=event, epoch=at.epoch, counters=at.counters)
        room.estimates.of(EventView(one, seal, room.now, began + number / 1e6))
    room.reads.is_away = True
    await room.estimates.look()
    assert len(room.reads.curves_since) == MAX_EVENTS


async def test_it_runs_by_itself(room: Room) -> None:
    """Whoever is first to ask for an event is told a moment later."""
    await room.serve(10)
    view = await room.view()
    async with room.estimates.running():
        room.estimates.of(view)
        await wait_until(lambda: room.estimates.of(view) is not NOTHING, description="an estimate")
    assert room.estimates.of(view).estimate.wait
