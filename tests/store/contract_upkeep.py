"""What a store promises of being looked after: purge, ping, close."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

import pytest

from scene import NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.model import Advance
from waitroom.errors import StoreUnavailable
from waitroom.store import SLOT_LIFETIME, Store


async def purge_all(store: Store, limit: int, now: int = NOW) -> list[int]:
    """Purge until it is clean; what each call removed."""
    removed = [await store.purge(limit, now)]
    while removed[-1]:
        assert len(removed) < 1_000, "purge does not come to an end"
        removed.append(await store.purge(limit, now))
    return removed


class UpkeepContract:
    """Purge, ping, close and open again."""

    # Whether a reset leaves rows for `purge` to sweep up; a server may free them by itself.
    LEAVES_ROWS: ClassVar = True

    async def test_an_untouched_store_is_clean(self, store: Store) -> None:
        """There is nothing to remove."""
        await open_event(store)
        await line_of(store, 5, called=5)
        assert await store.purge(100, NOW) == 0

    async def test_a_purge_removes_at_most_what_it_may(self, store: Store) -> None:
        """In chunks, to the end, after a reset and after a deletion."""
        epoch = await open_event(store)
        for place in await line_of(store, 20, called=20):
            await admit(store, epoch, place)
        await store.reset_event(SALE, NOW)
        await line_of(store, 3, called=3)
        await store.delete_event(SALE)
        removed = await purge_all(store, 7)
        assert max(removed) <= 7
        assert sum(removed) >= (20 if self.LEAVES_ROWS else 0)
        assert await store.purge(7, NOW) == 0

    async def test_a_purge_leaves_what_is_in_use(self, store: Store) -> None:
        """The present epoch and other events are as they were."""
        old = await open_event(store)
        for place in await line_of(store, 5, called=5):
            await admit(store, old, place)
        epoch = (await store.reset_event(SALE, NOW)).epoch
        [place] = await line_of(store, 1, called=1)
        session = await admit(store, epoch, place)
        await store.advance(SALE, 1, NOW, slot="12:00")
        before, curves = await snapshot(store), await store.curves(SALE, 0, 10)
        await purge_all(store, 100)
        assert (await snapshot(store), await store.curves(SALE, 0, 10)) == (before, curves)
        assert await admit(store, epoch, place) == session
        assert await store.advance(SALE, 1, NOW, slot="12:00") == Advance(2, 2)

    async def test_slots_are_remembered_for_a_day(self, store: Store) -> None:
        """Then they may be forgotten, so that a store does not grow with them."""
        await open_event(store)
        await store.advance(SALE, 5, NOW, slot="12:00")
        day = NOW + SLOT_LIFETIME
        await purge_all(store, 10, day)
        assert await store.advance(SALE, 5, day, slot="12:00") == Advance(5, 5)
        await purge_all(store, 10, day + 1)
        assert await store.advance(SALE, 5, day + 1, slot="12:00") == Advance(5, 10)

    async def test_a_store_in_order_answers_a_ping(self, store: Store) -> None:
        """It returns, and changes nothing that anybody sees."""
        await open_event(store)
        before = await snapshot(store)
        await store.ping()
        assert await snapshot(store) == before

    async def test_what_was_accepted_is_finished_on_closing(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """Joins that were under way are answered, and their places are not given out again."""
        await open_event(store)
        joins = [asyncio.ensure_future(store.join(SALE, 1, NOW)) for _ in range(50)]
        await asyncio.sleep(0)  # each has handed over its request
        await store.close()
        given = {(await join).first for join in joins}
        assert given == set(range(1, 51))
        assert (await opened(url).join(SALE, 1, NOW)).first == 51

    async def test_a_closed_store_takes_no_writes(self, store: Store) -> None:
        """It says that it is out of reach, at once; closing again is no mistake."""
        await open_event(store)
        await store.close()
        await store.close()
        with pytest.raises(StoreUnavailable):
            await store.join(SALE, 1, NOW)
        with pytest.raises(StoreUnavailable):
            await store.event_ids()

    async def test_two_openings_are_one_store(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """What one process writes, the other sees and goes on from."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1)
        other = opened(url)
        assert (await other.join(SALE, 1, NOW)).first == 2
        await other.advance(SALE, 1, NOW, slot="12:00")
        assert await store.advance(SALE, 1, NOW, slot="12:00") == Advance(1, 1)
        assert await admit(other, epoch, place) == await admit(store, epoch, place)
        assert await counters(store) == await counters(other)
