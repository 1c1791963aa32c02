"""What a worker shows while only a part of the store can be read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest

from waiting import wait_until
from waitroom.core.model import Counters, Event, Snapshot
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.views import FRESH, MAX_ALONE, EventView, Seals, Views

HERE = [f"here-{n}" for n in range(3)]
AWAY = [f"away-{n}" for n in range(3)]


class PartlyAway:
    """Events on two nodes of which one may be down or hang; each reading counts up."""

    def __init__(self) -> None:
        self.readings = 0
        self.together: set[str] = set()
        self.is_away = False
        self.hangs = False

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        self.readings += 1
        self.together = set(event_ids)
        if self.is_away and any(one.startswith("away") for one in event_ids):
            if self.hangs:
                await asyncio.Event().wait()
            raise StoreUnavailable("a node is down")
        counters = Counters(queue=self.readings)
        return {
            one: Snapshot(event=Event(event_id=one), epoch=1, counters=counters)
            for one in event_ids
            if one in HERE + AWAY
        }


@pytest.fixture
def store() -> PartlyAway:
    return PartlyAway()


@pytest.fixture
async def views(store: PartlyAway, secret: bytes) -> AsyncIterator[Views]:
    views = Views(store, Seals(secret), lambda: 1_800_000_000)
    views.start()
    for event_id in HERE + AWAY:
        await views.get(event_id)
    yield views
    await views.stop()


@pytest.mark.parametrize("hangs", [False, True])
async def test_events_of_a_part_in_order_stay_fresh(
    views: Views, store: PartlyAway, hangs: bool
) -> None:
    """While a node is down or hangs, the events of the others are shown as ever."""
    store.is_away, store.hangs = True, hangs
    loop = asyncio.get_running_loop()
    with pytest.raises(StoreUnavailable):
        await _until_refused(views, AWAY[0])
    end = loop.time() + 4 * FRESH
    while loop.time() < end:
        for event_id in HERE:
            assert await _soon(views, event_id) is not None
        await asyncio.sleep(0)


async def _soon(views: Views, event_id: str) -> EventView:
    """As if no node were away. Asked again once: if not the view but this process stood still."""
    try:
        return await asyncio.wait_for(views.get(event_id), FRESH)
    except TimeoutError:
        return await asyncio.wait_for(views.get(event_id), FRESH)


async def _until_refused(views: Views, event_id: str) -> None:
    while True:
        await views.get(event_id)
        await asyncio.sleep(0.01)


async def test_the_other_part_comes_back_by_itself(views: Views, store: PartlyAway) -> None:
    """Once the node answers again, its events are shown, and all are read in one go again."""
    store.is_away = True
    with pytest.raises(StoreUnavailable):
        await _until_refused(views, AWAY[0])
    store.is_away = False
    before = store.readings
    assert (await views.get(AWAY[0])).snapshot.counters.queue > before
    await wait_until(lambda: store.together == {*HERE, *AWAY}, description="one reading for all")


async def test_strangers_do_not_crowd_out_an_event(views: Views, store: PartlyAway) -> None:
    """Thousands of made-up IDs asked for in an outage do not keep a real event from being read."""
    store.is_away = True
    odd = [asyncio.ensure_future(views.get(f"away-stranger-{n}")) for n in range(20 * MAX_ALONE)]
    await asyncio.sleep(0)
    for _ in range(5):
        assert (await asyncio.wait_for(views.newer(HERE[0]), 1)).snapshot.event.event_id == HERE[0]
    outcomes = await asyncio.gather(*odd, return_exceptions=True)
    assert {type(one) for one in outcomes} <= {StoreUnavailable, EventUnknown}
