"""What a store promises of what it keeps for people to look at: themes, samples."""

import asyncio

import pytest

from scene import NOW, SALE, open_event
from waitroom.core.limits import MAX_COUNTER, MAX_THEME
from waitroom.core.model import Sample
from waitroom.errors import EventNotFound, EventUnknown
from waitroom.store import MAX_SAMPLES, THEMES_KEPT, Store
from waitroom.store.records import Samples


def version(n: int) -> str:
    """The n-th of some versions."""
    return f"{n:016x}"


def sample(second: int, tokens: int = 1) -> Sample:
    """What was counted at ``second``."""
    return Sample(second, tokens, MAX_COUNTER, 3, 4, 5)


async def there(store: Store, *numbers: int) -> list[int]:
    """Those of the versions that are kept."""
    return [n for n in numbers if await store.theme(SALE, version(n)) is not None]


class LookContract:
    """Keep and read themes and samples."""

    async def test_a_theme_is_kept_as_it_is(self, store: Store) -> None:
        """Byte by byte, as large as it may be; of another version or event there is none."""
        await open_event(store)
        await open_event(store, "tour")
        theme = bytes(range(256)) * (MAX_THEME // 256)
        await store.keep_theme(SALE, version(1), theme, NOW)
        assert await store.theme(SALE, version(1)) == theme
        assert await store.theme(SALE, version(2)) is None
        assert await store.theme("tour", version(1)) is None
        assert await store.theme("nobody", version(1)) is None

    async def test_a_theme_needs_its_event(self, store: Store) -> None:
        """Of an event that is not there nothing is kept."""
        with pytest.raises(EventUnknown):
            await store.keep_theme(SALE, version(1), b"{}", NOW)
        await open_event(store)
        assert await there(store, 1) == []

    async def test_the_newest_themes_stay(self, store: Store) -> None:
        """Also if they are all of one second, or the clock went back; one kept again is new."""
        await open_event(store)
        for n in range(1, THEMES_KEPT + 1):
            await store.keep_theme(SALE, version(n), b"%d" % n, NOW - n)
        await store.keep_theme(SALE, version(1), b"1", NOW - 99)
        await store.keep_theme(SALE, version(9), b"9", NOW - 99)
        assert await there(store, 1, 2, 3, 4, 9) == [1, 3, 4, 9]

    async def test_the_theme_that_an_event_wears_stays(self, store: Store) -> None:
        """However many came after it; once it is taken off, it is one of the others."""
        await open_event(store)
        await store.keep_theme(SALE, version(1), b"1", NOW)
        await store.change_event(SALE, {"theme": version(1)}, NOW)
        for n in range(2, 9):
            await store.keep_theme(SALE, version(n), b"n", NOW)
        assert await there(store, *range(1, 9)) == [1, 5, 6, 7, 8]
        await store.change_event(SALE, {"theme": ""}, NOW)
        await store.keep_theme(SALE, version(9), b"n", NOW)
        assert await there(store, *range(1, 10)) == [6, 7, 8, 9]

    async def test_racing_themes_are_kept(self, store: Store) -> None:
        """As many as there may be, whoever comes first."""
        await open_event(store)
        keeping = (store.keep_theme(SALE, version(n), b"n", NOW) for n in range(20))
        await asyncio.gather(*keeping)
        assert len(await there(store, *range(20))) == THEMES_KEPT

    async def test_themes_go_with_their_event_and_stay_over_a_reset(self, store: Store) -> None:
        """An event made anew under the ID has none of them."""
        await open_event(store)
        await store.keep_theme(SALE, version(1), b"1", NOW)
        await store.reset_event(SALE, NOW)
        assert await there(store, 1) == [1]
        await store.delete_event(SALE)
        assert await there(store, 1) == []
        await open_event(store)
        assert await there(store, 1) == []

    async def test_a_store_that_was_cleared_has_neither(self, store: Store) -> None:
        """An event of the same name, in the same second, begins with nothing."""
        epoch = await open_event(store)
        await store.keep_theme(SALE, version(1), b"1", NOW)
        await store.sample(SALE, epoch, sample(NOW))
        await store.clear()
        assert await open_event(store) == epoch
        assert await there(store, 1) == []
        assert await store.samples(SALE, 0, 9) == []

    async def test_a_theme_is_no_change_of_the_event(self, store: Store) -> None:
        """The revision stays: who reads an event to change it is not disturbed."""
        await open_event(store)
        await store.keep_theme(SALE, version(1), b"1", NOW)
        assert (await store.change_event(SALE, {"title": "x"}, NOW, at=0)).revision == 1

    async def test_samples_are_read_in_order(self, store: Store) -> None:
        """From a second on, the oldest first, at most as many as asked for."""
        epoch = await open_event(store)
        for second in (NOW + 30, NOW, NOW + 15):
            await store.sample(SALE, epoch, sample(second))
        assert await store.samples(SALE, 0, 9) == [sample(NOW + n) for n in (0, 15, 30)]
        assert await store.samples(SALE, NOW + 1, 1) == [sample(NOW + 15)]
        assert await store.samples(SALE, NOW + 31, 9) == []
        assert await store.samples(SALE, 0, 0) == []

    async def test_a_second_has_one_sample(self, store: Store) -> None:
        """The last one: two control planes count alike, or the later knows more."""
        epoch = await open_event(store)
        for tokens in (7, 8, 8):
            await store.sample(SALE, epoch, sample(NOW, tokens))
        assert await store.samples(SALE, 0, 9) == [sample(NOW, 8)]

    async def test_samples_hang_on_the_epoch(self, store: Store) -> None:
        """A reset begins without; one of another epoch, or of no event, is left out silently."""
        epoch = await open_event(store)
        await store.sample(SALE, epoch, sample(NOW))
        fresh = (await store.reset_event(SALE, NOW)).epoch
        await store.sample(SALE, epoch, sample(NOW + 1))
        await store.sample("nobody", epoch, sample(NOW + 1))
        assert await store.samples(SALE, 0, 9) == []
        await store.sample(SALE, fresh, sample(NOW + 2))
        assert await store.samples(SALE, 0, 9) == [sample(NOW + 2)]
        with pytest.raises(EventNotFound):
            await store.samples("nobody", 0, 9)

    async def test_the_newest_samples_stay(self, store: Store) -> None:
        """As many as there may be; an older one than all of those goes at once."""
        epoch = await open_event(store)
        some = [sample(NOW + n) for n in range(MAX_SAMPLES + 3)]
        await store.put([Samples(SALE, tuple(some[:MAX_SAMPLES]))])
        for one in some[MAX_SAMPLES:]:
            await store.sample(SALE, epoch, one)
        assert await store.samples(SALE, 0, 2 * MAX_SAMPLES) == some[3:]
        await store.sample(SALE, epoch, sample(NOW + 1))
        assert await store.samples(SALE, 0, 2 * MAX_SAMPLES) == some[3:]
