"""What a store promises of places that are called and not taken up: the sweep."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from scene import NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.model import Counters, Expiry, State, Step
from waitroom.errors import EventPaused, PlaceExpired, SiteFull
from waitroom.store import Store

PERIOD = 60


async def swept(store: Store, now: int) -> Expiry:
    """What a sweep did, without when the next has something to do."""
    return msgspec.structs.replace(await store.expire(SALE, now), next_at=None)


class ExpiryContract:
    """Expire, and what it does to admit."""

    async def test_a_place_expires_when_its_period_is_over(self, store: Store) -> None:
        """Up to the last second it can be taken up, swept or not; then never again."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        early, late, _ = await line_of(store, 3, called=3)
        assert (await admit(store, epoch, early, NOW + PERIOD - 1)).place == early
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, late, NOW + PERIOD)

    async def test_a_period_begins_when_both_are_there(self, store: Store) -> None:
        """Who joins a line that has room has the period from entry on, not from the call on."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        await store.advance(SALE, 5, NOW)
        places = await line_of(store, 5, now=NOW + 50)
        assert await swept(store, NOW + PERIOD) == Expiry()
        assert (await admit(store, epoch, places[0], NOW + PERIOD + 49)).place == places[0]
        assert await swept(store, NOW + PERIOD + 50) == Expiry(expired=4)

    async def test_a_session_outlives_the_period(self, store: Store) -> None:
        """Who took the place up in time gets the same token ever after."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        [place] = await line_of(store, 1, called=1)
        session = await admit(store, epoch, place)
        assert await swept(store, NOW + PERIOD) == Expiry()
        assert await admit(store, epoch, place, NOW + 9 * PERIOD) == session

    async def test_a_sweep_moves_over_whole_steps(self, store: Store) -> None:
        """A step is swept when its last position has run out, not before."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 9, called=4)
        await store.advance(SALE, 3, NOW + 10)
        assert await swept(store, NOW + PERIOD - 1) == Expiry()
        assert await swept(store, NOW + PERIOD) == Expiry(expired=4)
        assert await swept(store, NOW + PERIOD + 9) == Expiry()
        assert await swept(store, NOW + PERIOD + 10) == Expiry(expired=3)
        after = Counters(queue=9, serving=7, expired=7, expired_up_to=7)
        assert await counters(store) == after
        assert after.waiting == 2

    async def test_a_step_that_is_not_full_is_not_swept(self, store: Store) -> None:
        """Its last position was given to nobody yet, so it cannot have run out."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 3, called=4)
        assert await swept(store, NOW + PERIOD) == Expiry()
        await line_of(store, 1, now=NOW + PERIOD)
        assert await swept(store, NOW + 2 * PERIOD) == Expiry(expired=4)

    async def test_places_that_were_taken_up_do_not_count_as_expired(self, store: Store) -> None:
        """Whether their session still runs or has ended."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        places = await line_of(store, 5, called=5)
        for place in places[1:3]:
            await admit(store, epoch, place, validity=1)
        assert await swept(store, NOW + PERIOD) == Expiry(expired=3)
        assert (await counters(store)).waiting == 0

    async def test_the_line_moves_up_for_who_did_not_come(self, store: Store) -> None:
        """With ``advance_on_expiry``: by places missed, once, and that is a servings step."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD, advance_on_expiry=True)
        places = await line_of(store, 20, called=4)
        await admit(store, epoch, places[0])
        due = NOW + PERIOD
        assert await swept(store, due) == Expiry(expired=3, advanced_by=3)
        assert await swept(store, due) == Expiry()
        assert (await store.curves(SALE, 0, 9))[1] == [Step(NOW, 4), Step(due, 7)]
        assert await swept(store, due + PERIOD) == Expiry(expired=3, advanced_by=3)
        assert (await counters(store)).serving == 10

    async def test_sweeps_that_race_move_the_line_once(
        self, store: Store, url: str, opened: Callable[[str], Store]
    ) -> None:
        """Of any number of control planes, one counts what has run out; the others find nothing."""
        await open_event(store, queue_position_expiry_period=PERIOD, advance_on_expiry=True)
        await line_of(store, 50, called=4)
        planes = [store, opened(url)]
        swept = await asyncio.gather(*(one.expire(SALE, NOW + PERIOD) for one in planes * 10))
        assert sum(sweep.expired for sweep in swept) == 4
        assert sum(sweep.advanced_by for sweep in swept) == 4
        assert await store.curves(SALE, NOW + 1, 9) == ([], [Step(NOW + PERIOD, 8)])

    async def test_time_stands_still_while_paused(self, store: Store) -> None:
        """Nobody is let in, nothing is swept; then each place has what it had left."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        first, second, _ = await line_of(store, 3, called=3)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + 20)
        with pytest.raises(EventPaused):
            await admit(store, epoch, first, NOW + 30)
        assert await swept(store, NOW + 10_000) == Expiry()
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 1_020)
        assert await swept(store, NOW + 1_059) == Expiry()
        assert (await admit(store, epoch, first, NOW + 1_059)).issued_at == NOW + 1_059
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, second, NOW + 1_060)
        assert await swept(store, NOW + 1_060) == Expiry(expired=2)

    async def test_nothing_is_swept_while_paused(self, store: Store) -> None:
        """Not even what had run out before; that waits for the end of the pause."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 3, called=3)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + PERIOD + 1)
        assert await swept(store, NOW + PERIOD + 2) == Expiry()
        await store.change_event(SALE, {"state": State.OPEN}, NOW + PERIOD + 3)
        assert await swept(store, NOW + PERIOD + 3) == Expiry(expired=3)

    async def test_places_that_do_not_expire_are_left_alone(self, store: Store) -> None:
        """With ``queue_position_expiry`` off, a place can be taken up years later."""
        epoch = await open_event(
            store, queue_position_expiry=False, queue_position_expiry_period=PERIOD
        )
        [place] = await line_of(store, 1, called=1)
        assert await swept(store, NOW + 10**8) == Expiry()
        assert (await admit(store, epoch, place, NOW + 10**8)).place == place

    async def test_sweeping_nothing_is_nothing(self, store: Store) -> None:
        """An event that is gone or has no steps: no error, nothing done."""
        assert await swept(store, NOW) == Expiry()
        await open_event(store)
        assert await swept(store, NOW + 10**6) == Expiry()

    async def test_what_was_swept_stays_expired(self, store: Store) -> None:
        """A longer period later, or a line that was taken back and moved on, changes nothing."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        places = await line_of(store, 6, called=4)
        await store.expire(SALE, NOW + PERIOD)
        await store.change_event(SALE, {"queue_position_expiry_period": 10**6}, NOW + PERIOD)
        await store.advance(SALE, -4, NOW + PERIOD)
        await store.advance(SALE, 6, NOW + PERIOD)
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, places[3], NOW + PERIOD)
        assert (await admit(store, epoch, places[4], NOW + PERIOD)).place == places[4]

    async def test_the_watermark_never_falls(self, store: Store) -> None:
        """After a step back below it, nothing at or below it is counted a second time."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 10, called=6)
        await store.expire(SALE, NOW + PERIOD)
        await store.advance(SALE, -4, NOW + PERIOD)
        await store.advance(SALE, 2, NOW + PERIOD)
        assert await swept(store, NOW + 3 * PERIOD) == Expiry()
        await store.advance(SALE, 4, NOW + 3 * PERIOD)
        assert await swept(store, NOW + 5 * PERIOD) == Expiry(expired=2)
        assert (await counters(store)).expired_up_to == 8

    async def test_who_comes_back_when_expiry_is_off_is_not_counted_twice(
        self, store: Store
    ) -> None:
        """A swept place that is taken up after all moves from expired to tokens."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        place, *_ = await line_of(store, 5, called=2)
        await store.expire(SALE, NOW + PERIOD)
        await store.change_event(SALE, {"queue_position_expiry": False}, NOW + PERIOD)
        await admit(store, epoch, place, NOW + PERIOD)
        after = await counters(store)
        assert (after.tokens, after.expired, after.waiting) == (1, 1, 3)

    async def test_a_sweep_says_when_the_next_has_something_to_do(self, store: Store) -> None:
        """The next step runs out, whose period began when both were there; else in a period."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 9, called=4)
        assert (await store.expire(SALE, NOW)).next_at == NOW + PERIOD
        await store.advance(SALE, 5, NOW + 10)
        assert (await store.expire(SALE, NOW + 20)).next_at == NOW + PERIOD
        assert (await store.expire(SALE, NOW + PERIOD)).next_at == NOW + PERIOD + 10
        at = NOW + PERIOD + 10
        assert await store.expire(SALE, at) == Expiry(expired=5, next_at=at + PERIOD)
        await store.advance(SALE, 2, at)  # to places that are not given out yet
        assert (await store.expire(SALE, at + 30)).next_at == at + 30 + PERIOD

    async def test_a_pause_puts_the_next_sweep_off(self, store: Store) -> None:
        """By the time it took; while it goes on, and where nothing expires, nobody knows."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 4, called=4)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + 5)
        assert (await store.expire(SALE, NOW + 6)).next_at is None
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 1_005)
        assert (await store.expire(SALE, NOW + 1_010)).next_at == NOW + 1_000 + PERIOD
        await store.change_event(SALE, {"queue_position_expiry": False}, NOW + 1_010)
        assert (await store.expire(SALE, NOW + 9_999)).next_at is None

    async def test_the_next_sweep_looks_after_who_is_held(self, store: Store) -> None:
        """Who found the site full runs out before the next step does."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD, max_active=1)
        inside, held = await line_of(store, 2, called=2)
        await admit(store, epoch, inside)
        with pytest.raises(SiteFull):
            await admit(store, epoch, held, NOW + 30)
        due = NOW + 30 + PERIOD + PERIOD // 10
        assert await store.expire(SALE, NOW + PERIOD) == Expiry(next_at=due)
        assert await swept(store, due - 1) == Expiry()
        assert await swept(store, due) == Expiry(expired=1)

    async def test_one_sweep_goes_over_any_number_of_steps(self, store: Store) -> None:
        """After hours in which nobody swept, too."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 1_300)
        for n in range(1_200):
            await store.advance(SALE, 1, NOW + n)
        assert await swept(store, NOW + 1_150 + PERIOD) == Expiry(expired=1_151)
        assert await swept(store, NOW + 9_999) == Expiry(expired=49)

    async def test_two_steps_of_which_the_first_waits(self, store: Store) -> None:
        """A step behind one that has time left is not swept before it."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await store.advance(SALE, 4, NOW)
        await store.advance(SALE, 4, NOW + 1)
        await line_of(store, 8, now=NOW + 40)
        assert await store.expire(SALE, NOW + PERIOD + 39) == Expiry(next_at=NOW + PERIOD + 40)
        assert await swept(store, NOW + PERIOD + 40) == Expiry(expired=8)

    async def test_a_line_that_was_brought_back_by_a_clock_behind(self, store: Store) -> None:
        """Places that no arrival tells of count with those before them, and none beyond."""
        await open_event(store, queue_position_expiry_period=PERIOD)
        await line_of(store, 5, now=NOW + 50)
        at = await snapshot(store)
        seen = msgspec.structs.replace(at.counters, queue=10, serving=8)
        await store.restore(msgspec.structs.replace(at, counters=seen), NOW)
        await store.advance(SALE, 20, NOW + 1)
        assert await swept(store, NOW + PERIOD + 2) == Expiry()
        assert (await counters(store)).expired_up_to == 0
        assert await swept(store, NOW + PERIOD + 50) == Expiry(expired=8)
