"""What a store promises of the two curves: LineVerbs but the sweep."""

import asyncio

import pytest

from scene import NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Advance, Arrival, Arrivals, State, Step
from waitroom.errors import EventClosed, EventNotFound, EventUnknown, NotYet
from waitroom.store import Store


class LineContract:
    """Join, advance, curves."""

    async def test_places_are_given_out_from_1_on(self, store: Store) -> None:
        """A batch gets neighbours; the next batch goes on behind it."""
        epoch = await open_event(store)
        assert await store.join(SALE, 3, NOW) == Arrivals(epoch, 1, NOW, 0)
        await store.advance(SALE, 2, NOW)
        assert await store.join(SALE, 1, NOW + 1) == Arrivals(epoch, 4, NOW + 1, 2)
        assert (await counters(store)).queue == 4

    async def test_racing_joins_get_different_places(self, store: Store) -> None:
        """`unique`: all positions are given out once, without a gap."""
        await open_event(store)
        batches = [1 + n % 4 for n in range(200)]
        answers = await asyncio.gather(*(store.join(SALE, n, NOW) for n in batches))
        given = [a.first + i for a, n in zip(answers, batches, strict=True) for i in range(n)]
        assert sorted(given) == list(range(1, sum(batches) + 1))

    async def test_an_unknown_event_has_no_line(self, store: Store) -> None:
        """Joining and advancing say that it is unknown; its curves are not found."""
        with pytest.raises(EventUnknown):
            await store.join(SALE, 1, NOW)
        with pytest.raises(EventUnknown):
            await store.advance(SALE, 1, NOW, slot="12:00")
        with pytest.raises(EventNotFound):
            await store.curves(SALE, 0, 10)

    async def test_a_closed_line_takes_nobody_new(self, store: Store) -> None:
        """The request burns no position; those in line go on."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1)
        await store.change_event(SALE, {"state": State.CLOSED}, NOW)
        with pytest.raises(EventClosed):
            await store.join(SALE, 5, NOW)
        await store.advance(SALE, 1, NOW)
        assert (await admit(store, epoch, place)).place == place
        assert (await counters(store)).queue == 1

    async def test_a_paused_line_takes_newcomers(self, store: Store) -> None:
        """They get places as ever."""
        await open_event(store, state=State.PAUSED)
        assert (await store.join(SALE, 2, NOW)).first == 1

    async def test_advance_tells_before_and_after(self, store: Store) -> None:
        """Steps add up; a step of 0 changes nothing."""
        await open_event(store)
        assert await store.advance(SALE, 5, NOW) == Advance(0, 5)
        assert await store.advance(SALE, 0, NOW + 1) == Advance(5, 5)
        assert await store.advance(SALE, 2, NOW + 2) == Advance(5, 7)
        assert (await counters(store)).serving == 7

    @pytest.mark.parametrize("by", [-8, -(2**63), -(10**30)])
    async def test_the_serving_counter_never_falls_below_0(self, store: Store, by: int) -> None:
        """However large the negative step."""
        await open_event(store)
        await store.advance(SALE, 7, NOW)
        assert await store.advance(SALE, by, NOW) == Advance(7, 0)
        assert await store.advance(SALE, by, NOW) == Advance(0, 0)

    @pytest.mark.parametrize("by", [2**63 - 1, 2**63, 10**30])
    async def test_the_serving_counter_stops_at_its_end(self, store: Store, by: int) -> None:
        """It neither wraps nor fails, and can be taken back from there."""
        await open_event(store)
        await store.advance(SALE, 7, NOW)
        assert await store.advance(SALE, by, NOW) == Advance(7, MAX_COUNTER)
        assert await store.advance(SALE, by, NOW) == Advance(MAX_COUNTER, MAX_COUNTER)
        assert await store.advance(SALE, -1, NOW) == Advance(MAX_COUNTER, MAX_COUNTER - 1)

    async def test_a_slot_is_done_once(self, store: Store) -> None:
        """`bounded`: a repeat, of whatever size and whenever, changes nothing and says so."""
        await open_event(store)
        assert await store.advance(SALE, 5, NOW, slot="12:00") == Advance(0, 5)
        assert await store.advance(SALE, 5, NOW, slot="12:00") == Advance(5, 5)
        assert await store.advance(SALE, -3, NOW + 900, slot="12:00") == Advance(5, 5)
        assert await store.advance(SALE, 5, NOW, slot="12:01") == Advance(5, 10)
        assert await store.advance(SALE, 5, NOW) == Advance(10, 15)

    async def test_a_slot_of_0_is_done_too(self, store: Store) -> None:
        """That nobody was let in at that minute is an answer as well."""
        await open_event(store)
        await store.advance(SALE, 0, NOW, slot="12:00")
        assert await store.advance(SALE, 5, NOW, slot="12:00") == Advance(0, 0)

    async def test_a_slot_done_by_many_at_once_counts_once(self, store: Store) -> None:
        """`bounded`: whoever races, the counter moves by one step."""
        await open_event(store)
        done = await asyncio.gather(*(store.advance(SALE, 5, NOW, slot="a") for _ in range(50)))
        assert sorted(step.current - step.previous for step in done) == [0] * 49 + [5]
        assert (await counters(store)).serving == 5

    async def test_curves_have_one_point_a_second(self, store: Store) -> None:
        """The last position given out, and the last position called, in that second."""
        await open_event(store)
        for second, joins, by in [(0, 2, 1), (0, 3, 4), (1, 4, 0), (3, 1, 2)]:
            await store.join(SALE, joins, NOW + second)
            await store.advance(SALE, by, NOW + second)
        assert await store.curves(SALE, NOW, 10) == (
            [Arrival(NOW, 5), Arrival(NOW + 1, 9), Arrival(NOW + 3, 10)],
            [Step(NOW, 5), Step(NOW + 3, 7)],
        )

    async def test_curves_begin_and_end_where_asked(self, store: Store) -> None:
        """From ``since`` on, and at most ``limit`` points of each, the earliest."""
        await open_event(store)
        for second in range(6):
            await store.join(SALE, 1, NOW + second)
            await store.advance(SALE, 1, NOW + second)
        arrivals, steps = await store.curves(SALE, NOW + 2, 3)
        assert arrivals == [Arrival(NOW + 2 + n, 3 + n) for n in range(3)]
        assert steps == [Step(NOW + 2 + n, 3 + n) for n in range(3)]

    async def test_a_snapshot_has_the_steps_that_tell_the_rate(self, store: Store) -> None:
        """The newest step, and the last one from before five minutes ago, or the very first."""
        await open_event(store)
        for second in (0, 100, 200, 400):
            await store.advance(SALE, 10, NOW + second)
        young = await snapshot(store, now=NOW + 299)
        old = await snapshot(store, now=NOW + 450)
        assert (young.anchor, young.last) == (Step(NOW, 10), Step(NOW + 400, 40))
        assert (old.anchor, old.last) == (Step(NOW + 100, 20), Step(NOW + 400, 40))

    async def test_a_negative_step_takes_back(self, store: Store) -> None:
        """Positions above the counter count as not yet called; called again, they begin anew."""
        epoch = await open_event(store)
        places = await line_of(store, 10, called=8)
        await store.advance(SALE, -3, NOW + 50)
        assert (await store.standing(SALE, epoch, places[4], NOW + 50)).called_at == NOW
        assert (await store.standing(SALE, epoch, places[5], NOW + 50)).called_at is None
        with pytest.raises(NotYet):
            await admit(store, epoch, places[5], NOW + 50)
        await store.advance(SALE, 3, NOW + 60)
        assert (await store.standing(SALE, epoch, places[4], NOW + 60)).called_at == NOW
        assert (await store.standing(SALE, epoch, places[5], NOW + 60)).called_at == NOW + 60

    async def test_a_negative_step_cuts_the_curve(self, store: Store) -> None:
        """Whole steps vanish; a step cut in two keeps the time at which it was made."""
        await open_event(store)
        for second in range(4):
            await store.advance(SALE, 10, NOW + second)
        await store.advance(SALE, -15, NOW + 9)
        cut = [Step(NOW, 10), Step(NOW + 1, 20), Step(NOW + 2, 25)]
        assert (await store.curves(SALE, 0, 10))[1] == cut
        assert (await snapshot(store)).last == cut[-1]
        await store.advance(SALE, -5, NOW + 9)
        assert (await store.curves(SALE, 0, 10))[1] == cut[:2]
        await store.advance(SALE, -20, NOW + 9)
        assert (await store.curves(SALE, 0, 10))[1] == []

    async def test_who_was_let_in_stays_in(self, store: Store) -> None:
        """A negative step does not take back a token that was made."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        session = await admit(store, epoch, place)
        await store.advance(SALE, -1, NOW + 1)
        assert await admit(store, epoch, place, NOW + 2) == session
