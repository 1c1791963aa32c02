"""What a store promises of the door: the cap, those who found it full, give up, or leave."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from scene import HOUR, NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.inlet_kinds import MaxSize, Target
from waitroom.core.model import (
    Advance,
    Cohort,
    Exits,
    Expiry,
    Occupancy,
    Place,
    SessionStatus,
    State,
    Step,
)
from waitroom.errors import (
    EventPaused,
    EventUnknown,
    NotYet,
    PlaceExpired,
    PlaceGivenUp,
    SessionEnded,
    SiteFull,
    TicketUnknown,
)
from waitroom.store import Store
from waitroom.store.records import Sessions

PERIOD = 100  # a tenth of it, 10 s, is what may go by before an asking is written down again
TENTH = 10


async def knock(store: Store, epoch: int, place: Place, now: int = NOW) -> bool:
    """Whether ``place`` gets a session; else the site is full."""
    try:
        await admit(store, epoch, place, now)
    except SiteFull:
        return False
    return True


async def swept(store: Store, now: int) -> Expiry:
    """What a sweep did, without when the next has something to do."""
    return msgspec.structs.replace(await store.expire(SALE, now), next_at=None)


async def exits(
    store: Store,
    epoch: int,
    completed: list[Place],
    abandoned: list[Place],
    exited: int | None = None,
    slot: str | None = None,
) -> Exits:
    """An exit message at ``NOW``."""
    return await store.exits(SALE, epoch, completed, abandoned, exited, NOW, slot)


class CapContract:
    """Never more than so many at once."""

    async def test_the_door_keeps_the_cap(self, store: Store) -> None:
        """As many as the cap get in; the next hears ``site_full``, and is not counted."""
        epoch = await open_event(store, max_active=2)
        places = await line_of(store, 4, called=4)
        assert [await knock(store, epoch, place) for place in places] == [True, True, False, False]
        assert (await counters(store)).tokens == 2
        assert await store.active_sessions(SALE, NOW) == 2

    async def test_the_smallest_cap_holds(self, store: Store) -> None:
        """That of the inlet or that beside it; 0 is none."""
        epoch = await open_event(store, inlet=Target(size=2), max_active=1)
        places = await line_of(store, 4, called=4)
        assert [await knock(store, epoch, place) for place in places[:2]] == [True, False]
        await store.change_event(SALE, {"max_active": 0}, NOW)
        assert [await knock(store, epoch, place) for place in places[1:3]] == [True, False]
        await store.change_event(SALE, {"inlet": MaxSize(size=3)}, NOW)
        assert [await knock(store, epoch, place) for place in places[2:]] == [True, False]

    async def test_who_is_in_stays_in(self, store: Store) -> None:
        """A full site gives out the tokens again that it gave out; so does a lowered cap."""
        epoch = await open_event(store, max_active=2)
        places = await line_of(store, 3, called=3)
        session = await admit(store, epoch, places[0])
        await admit(store, epoch, places[1])
        await store.change_event(SALE, {"max_active": 1}, NOW)
        assert await admit(store, epoch, places[0], NOW + 5) == session
        assert not await knock(store, epoch, places[2])

    async def test_a_session_that_ends_makes_room(self, store: Store) -> None:
        """Marked or expired, at the very second; each makes room for one."""
        epoch = await open_event(store, max_active=2)
        places = await line_of(store, 5, called=5)
        await admit(store, epoch, places[0], validity=50)
        await admit(store, epoch, places[1], validity=HOUR)
        assert not await knock(store, epoch, places[2], NOW + 49)
        assert await knock(store, epoch, places[2], NOW + 50)
        assert not await knock(store, epoch, places[3], NOW + 50)
        await store.finish(SALE, epoch, places[1], SessionStatus.COMPLETED, NOW + 50)
        assert await knock(store, epoch, places[3], NOW + 50)
        assert not await knock(store, epoch, places[4], NOW + 50)

    async def test_a_session_that_lapsed_makes_room_once(self, store: Store) -> None:
        """Marking it after it expired does not make room again."""
        epoch = await open_event(store, max_active=1)
        places = await line_of(store, 3, called=3)
        await admit(store, epoch, places[0], validity=10)
        assert await knock(store, epoch, places[1], NOW + 10)
        await store.finish(SALE, epoch, places[0], SessionStatus.COMPLETED, NOW + 10)
        assert not await knock(store, epoch, places[2], NOW + 10)
        assert await store.active_sessions(SALE, NOW + 10) == 1

    async def test_clocks_that_disagree_keep_the_cap(self, store: Store) -> None:
        """What is active is so by the clock of who asks, one behind the others too."""
        epoch = await open_event(store, max_active=2)
        places = await line_of(store, 6, called=6)
        await admit(store, epoch, places[0], NOW, validity=20)
        assert await knock(store, epoch, places[1], NOW + 30)  # for this clock the first is gone
        assert not await knock(store, epoch, places[2], NOW + 5)  # for this one it is not
        assert await store.active_sessions(SALE, NOW + 5) == 2
        await admit(store, epoch, places[3], NOW + 25, validity=1)  # gone before it began, to some
        assert not await knock(store, epoch, places[4], NOW + 25)
        assert await knock(store, epoch, places[4], NOW + 30)
        assert await store.active_sessions(SALE, NOW + 30) == 2

    async def test_a_cap_that_is_set_late_counts_who_is_in(self, store: Store) -> None:
        """Sessions from before there was one count, those that ended do not."""
        epoch = await open_event(store)
        places = await line_of(store, 6, called=6)
        for place, validity in zip(places, (5, HOUR, HOUR, HOUR), strict=False):
            await admit(store, epoch, place, validity=validity)
        await store.finish(SALE, epoch, places[1], SessionStatus.ABANDONED, NOW)
        await store.change_event(SALE, {"max_active": 3}, NOW)
        assert await knock(store, epoch, places[4], NOW + 5)
        assert not await knock(store, epoch, places[5], NOW + 5)

    async def test_a_reset_empties_the_site(self, store: Store) -> None:
        """Sessions of before the reset take no room."""
        before = await open_event(store, max_active=1)
        [place] = await line_of(store, 1, called=1)
        await admit(store, before, place)
        epoch = (await store.reset_event(SALE, NOW)).epoch
        places = await line_of(store, 2, called=2)
        assert [await knock(store, epoch, place) for place in places] == [True, False]

    async def test_a_copied_site_is_as_full_as_it_was(self, store: Store) -> None:
        """Who is in takes room in the copy, too; put twice, they take it once."""
        epoch = await open_event(store, max_active=2)
        places = await line_of(store, 5, called=5)
        for place, validity in zip(places[:2], (50, HOUR), strict=True):
            await admit(store, epoch, place, validity=validity)
        assert not await knock(store, epoch, places[2], NOW + 5)
        records = [record async for record in store.records()]
        await store.clear()
        await store.put(records)
        await store.put([record for record in records if isinstance(record, Sessions)])
        assert not await knock(store, epoch, places[3], NOW + 49)
        assert await knock(store, epoch, places[2], NOW + 50)
        assert not await knock(store, epoch, places[3], NOW + 50)
        assert await store.active_sessions(SALE, NOW + 50) == 2

    async def test_racing_admits_keep_the_cap(
        self, store: Store, url: str, opened: Callable[[str], Store]
    ) -> None:
        """`never more`: of fifty who knock at once at two doors, as many get in as fit."""
        epoch = await open_event(store, max_active=7)
        places = await line_of(store, 50, called=50)
        doors = (store, opened(url))
        knocks = [knock(doors[n % 2], epoch, place) for n, place in enumerate(places)]
        assert sum(await asyncio.gather(*knocks)) == 7
        assert await store.active_sessions(SALE, NOW) == 7

    async def test_the_order_of_checks(self, store: Store) -> None:
        """Session, given up, called, paused, expired, full."""
        epoch = await open_event(store, max_active=1, queue_position_expiry_period=PERIOD)
        inside, left, full, late = await line_of(store, 4, called=3)
        session = await admit(store, epoch, inside)
        await store.give_up(SALE, epoch, left, NOW)
        await store.give_up(SALE, epoch, late, NOW)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW)
        assert await admit(store, epoch, inside) == session
        for place, refusal in (
            (left, PlaceGivenUp),
            (late, PlaceGivenUp),
            (full, EventPaused),
            (Place(5, NOW), NotYet),
        ):
            with pytest.raises(refusal) as raised:
                await admit(store, epoch, place)
            assert type(raised.value) is refusal
        await store.change_event(SALE, {"state": State.OPEN}, NOW)
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, full, NOW + PERIOD)


class HeldContract:
    """Who came in time and found the site full."""

    async def test_the_period_counts_from_the_last_asking(self, store: Store) -> None:
        """Not less than the period, not a tenth more; swept or not, asked of any clock."""
        epoch = await open_event(store, max_active=1, queue_position_expiry_period=PERIOD)
        places = await line_of(store, 4, called=4)
        await admit(store, epoch, places[0])
        for place in places[1:]:
            assert not await knock(store, epoch, place, NOW + 60)
        await store.finish(SALE, epoch, places[0], SessionStatus.COMPLETED, NOW + 60)
        assert await knock(store, epoch, places[1], NOW + 60 + PERIOD - 1)
        await store.change_event(SALE, {"max_active": 9}, NOW)
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, places[2], NOW + 60 + PERIOD + TENTH)

    async def test_asking_again_and_again_keeps_the_place(self, store: Store) -> None:
        """Whatever the pace, up to the period; the sweep comes in between."""
        epoch = await open_event(store, max_active=1, queue_position_expiry_period=PERIOD)
        inside, patient, *_ = await line_of(store, 3, called=2)
        await admit(store, epoch, inside, validity=20 * PERIOD)
        now = NOW
        for pause in (1, 5, 10, 11, 1, 99, 99, 10, 99, 3, 99, 11, 99):
            now += pause
            await store.expire(SALE, now)
            assert not await knock(store, epoch, patient, now)
        assert (await counters(store)).expired == 0
        assert (await counters(store)).expired_up_to == 2

    async def test_asking_is_not_written_each_time(self, store: Store) -> None:
        """When a visitor asked stands there to a tenth of the period."""
        epoch = await open_event(store, max_active=1, queue_position_expiry_period=PERIOD)
        inside, patient = await line_of(store, 2, called=2)
        await admit(store, epoch, inside)
        asked = []
        for second in range(25):
            assert not await knock(store, epoch, patient, NOW + second)
            asked.append((await store.standing(SALE, epoch, patient, NOW + second)).held_at)
        assert asked == [NOW] * 11 + [NOW + 11] * 11 + [NOW + 22] * 3

    async def test_a_sweep_passes_over_who_is_held(self, store: Store) -> None:
        """They count as expired when their own time is over, and move the line up then."""
        epoch = await open_event(
            store, max_active=1, queue_position_expiry_period=PERIOD, advance_on_expiry=True
        )
        inside, held, *_ = await line_of(store, 9, called=3)
        await admit(store, epoch, inside)
        assert not await knock(store, epoch, held, NOW + 50)
        assert await swept(store, NOW + PERIOD) == Expiry(expired=1, advanced_by=1)
        after = await counters(store)
        assert (after.expired, after.expired_up_to, after.waiting) == (1, 3, 7)
        assert await swept(store, NOW + 50 + PERIOD + TENTH - 1) == Expiry()
        assert await swept(store, NOW + 50 + PERIOD + TENTH) == Expiry(expired=1, advanced_by=1)
        assert (await counters(store)).expired == 2
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, held, NOW + 50 + PERIOD + TENTH)

    async def test_who_is_held_gets_in_when_there_is_room(self, store: Store) -> None:
        """After the sweep has passed too; then nothing is held any more, nothing had expired."""
        epoch = await open_event(store, max_active=1, queue_position_expiry_period=PERIOD)
        inside, held = await line_of(store, 2, called=2)
        await admit(store, epoch, inside, validity=PERIOD + 5)
        assert not await knock(store, epoch, held, NOW + 99)
        assert await swept(store, NOW + PERIOD) == Expiry()
        assert await knock(store, epoch, held, NOW + PERIOD + 5)
        after = await counters(store)
        assert (after.tokens, after.expired, after.waiting) == (2, 0, 0)
        assert (await store.occupancy(SALE, NOW + PERIOD + 5, ())).held == 0
        assert await swept(store, NOW + 9 * PERIOD) == Expiry()

    async def test_held_places_are_not_swept_in_a_pause(self, store: Store) -> None:
        """Time stands still for them as for all."""
        epoch = await open_event(store, max_active=1, queue_position_expiry_period=PERIOD)
        inside, held = await line_of(store, 2, called=2)
        await admit(store, epoch, inside)
        assert not await knock(store, epoch, held)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + 50)
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 1_050)
        assert await swept(store, NOW + 1_000 + PERIOD + TENTH - 1) == Expiry()
        assert await swept(store, NOW + 1_000 + PERIOD + TENTH) == Expiry(expired=1)

    async def test_who_has_not_asked_for_a_period_is_not_counted(self, store: Store) -> None:
        """They are not at the door any more, whether or not their places expire; they have come."""
        epoch = await open_event(
            store, max_active=1, queue_position_expiry=False, queue_position_expiry_period=PERIOD
        )
        inside, *held = await line_of(store, 3, called=3)
        await admit(store, epoch, inside, validity=9 * PERIOD)
        for place in held:
            assert not await knock(store, epoch, place, NOW + 20)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + 30)
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 50)
        assert not await knock(store, epoch, held[0], NOW + 60)
        gone = NOW + 20 + 20 + PERIOD + TENTH
        found = [await store.occupancy(SALE, now, ()) for now in (gone - 1, gone)]
        assert [at.held for at in found] == [2, 1]
        assert [at.cohorts for at in found] == [(Cohort(3, 3),)] * 2

    async def test_a_reset_forgets_who_was_held_and_who_left(self, store: Store) -> None:
        """The same positions of the new line are other people's."""
        before = await open_event(store, max_active=1)
        inside, held, left = await line_of(store, 3, called=3)
        await admit(store, before, inside)
        assert not await knock(store, before, held)
        await store.give_up(SALE, before, left, NOW)
        epoch = (await store.reset_event(SALE, NOW)).epoch
        _, second, third = await line_of(store, 3, called=3)
        of = [await store.standing(SALE, epoch, place, NOW) for place in (second, third)]
        assert [(at.held_at, at.given_up) for at in of] == [(None, False)] * 2
        assert await store.occupancy(SALE, NOW, ()) == Occupancy(
            active=0, held=0, cohorts=(Cohort(3, 0),)
        )
        assert await knock(store, epoch, third)

    async def test_standing_tells_of_it(self, store: Store) -> None:
        """Since when it is held, and whether it was given up; nothing of other places."""
        epoch = await open_event(store, max_active=1)
        inside, held, left = await line_of(store, 3, called=3)
        await admit(store, epoch, inside)
        assert not await knock(store, epoch, held, NOW + 3)
        await store.give_up(SALE, epoch, left, NOW)
        of = [await store.standing(SALE, epoch, place, NOW) for place in (inside, held, left)]
        assert [at.held_at for at in of] == [None, NOW + 3, None]
        assert [at.given_up for at in of] == [False, False, True]


class GiveUpContract:
    """Visitors who leave."""

    async def test_a_place_that_was_given_up_yields_no_token(self, store: Store) -> None:
        """Called or not; it has left the line, once."""
        epoch = await open_event(store)
        called, waiting, *_ = await line_of(store, 5, called=1)
        assert [await store.give_up(SALE, epoch, called, NOW) for _ in range(2)] == [True, False]
        assert await store.give_up(SALE, epoch, waiting, NOW)
        await store.advance(SALE, 4, NOW)
        for place in (called, waiting):
            with pytest.raises(PlaceGivenUp):
                await admit(store, epoch, place)
        after = await counters(store)
        assert (after.given_up, after.expired, after.waiting) == (2, 2, 3)

    async def test_it_is_compensated_like_a_no_show(self, store: Store) -> None:
        """By the sweep that passes its step; it is not counted as expired a second time."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD, advance_on_expiry=True)
        places = await line_of(store, 20, called=4)
        await admit(store, epoch, places[0])
        await store.give_up(SALE, epoch, places[1], NOW)
        assert await swept(store, NOW + PERIOD) == Expiry(expired=2, advanced_by=3)
        after = await counters(store)
        assert (after.expired, after.given_up, after.serving, after.waiting) == (3, 1, 7, 16)
        assert not await store.give_up(SALE, epoch, places[1], NOW + PERIOD)
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, places[1], NOW + PERIOD)

    async def test_a_step_of_places_given_up_is_compensated(self, store: Store) -> None:
        """Even if nothing expires in it."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD, advance_on_expiry=True)
        for place in (await line_of(store, 9, called=2))[:2]:
            await store.give_up(SALE, epoch, place, NOW)
        assert await swept(store, NOW + PERIOD) == Expiry(expired=0, advanced_by=2)
        assert (await store.curves(SALE, 0, 9))[1] == [Step(NOW, 2), Step(NOW + PERIOD, 4)]

    async def test_a_session_is_abandoned(self, store: Store) -> None:
        """Once; what had ended stays as it was."""
        epoch = await open_event(store)
        active, done = await line_of(store, 2, called=2)
        for place in (active, done):
            await admit(store, epoch, place)
        await store.finish(SALE, epoch, done, SessionStatus.COMPLETED, NOW)
        of = [await store.give_up(SALE, epoch, place, NOW) for place in (active, active, done)]
        assert of == [True, False, False]
        with pytest.raises(SessionEnded):
            await admit(store, epoch, active)
        after = await counters(store)
        assert (after.completed, after.abandoned, after.expired, after.given_up) == (1, 1, 0, 0)

    async def test_what_has_expired_cannot_be_given_up(self, store: Store) -> None:
        """Once it was swept; before, it can."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        one, other = await line_of(store, 2, called=2)
        assert await store.give_up(SALE, epoch, one, NOW + PERIOD)
        assert await swept(store, NOW + PERIOD) == Expiry(expired=1)
        assert not await store.give_up(SALE, epoch, other, NOW + PERIOD)
        assert (await counters(store)).expired == 2

    async def test_who_was_held_gives_up(self, store: Store) -> None:
        """Also when the sweep has passed; the next one makes up for it."""
        epoch = await open_event(
            store, max_active=1, queue_position_expiry_period=PERIOD, advance_on_expiry=True
        )
        inside, held, *_ = await line_of(store, 9, called=2)
        await admit(store, epoch, inside, validity=9 * PERIOD)
        assert not await knock(store, epoch, held, NOW + 99)
        assert await swept(store, NOW + PERIOD) == Expiry()
        assert await store.give_up(SALE, epoch, held, NOW + PERIOD)
        with pytest.raises(PlaceGivenUp):
            await admit(store, epoch, held, NOW + PERIOD)
        assert (await store.occupancy(SALE, NOW, ())).held == 0
        assert await swept(store, NOW + PERIOD) == Expiry(expired=0, advanced_by=1)
        after = await counters(store)
        assert (after.expired, after.given_up, after.serving) == (1, 1, 3)

    async def test_places_of_another_line(self, store: Store) -> None:
        """The event is unknown; of one that is known, the ticket is."""
        place = Place(1, NOW)
        for wanted, epoch in ((EventUnknown, 1), (TicketUnknown, 10**9)):
            with pytest.raises(wanted):
                await store.give_up(SALE, epoch, place, NOW)
            with pytest.raises(wanted):
                await exits(store, epoch, [place], [])
            if wanted is EventUnknown:
                with pytest.raises(wanted):
                    await store.occupancy(SALE, NOW, ())
                await open_event(store)


class ExitContract:
    """Exit messages, and the inlet that goes by them."""

    async def test_who_left_lets_others_in(self, store: Store) -> None:
        """As many sessions as could be marked; those passed over do not count."""
        epoch = await open_event(store, inlet=MaxSize(size=3))
        places = await line_of(store, 9, called=3)
        for place in places[:2]:
            await admit(store, epoch, place)
        told = await exits(store, epoch, [places[0], places[0]], [places[1], places[2], places[8]])
        assert told == Exits(2, Advance(3, 5))
        after = await counters(store)
        assert (after.completed, after.abandoned, after.serving) == (1, 1, 5)
        assert (await store.curves(SALE, 0, 9))[1] == [Step(NOW, 5)]

    async def test_no_more_than_there_is_room(self, store: Store) -> None:
        """However many are said to have left: the size less those who are in, after the marking."""
        epoch = await open_event(store, inlet=MaxSize(size=3))
        places = await line_of(store, 9, called=3)
        for place in places[:3]:
            await admit(store, epoch, place)
        assert await exits(store, epoch, [], [], exited=5) == Exits(0, Advance(3, 3))
        assert await exits(store, epoch, places[:1], [], exited=5) == Exits(1, Advance(3, 4))
        assert await exits(store, epoch, places[1:2], [], exited=0) == Exits(1, Advance(4, 4))

    @pytest.mark.parametrize(("lead", "moved"), [(None, 3), (0, 0), (2, 2)])
    async def test_no_further_ahead_than_its_lead(
        self, store: Store, lead: int | None, moved: int
    ) -> None:
        """Nobody waits: the counter may run ahead by ``max_lead``, the size if it does not say."""
        epoch = await open_event(store, inlet=MaxSize(size=3, max_lead=lead))
        await line_of(store, 1, called=1)
        assert await exits(store, epoch, [], [], exited=9) == Exits(0, Advance(1, 1 + moved))

    async def test_never_back(self, store: Store) -> None:
        """More are in than the size says, or the counter is further ahead: it stays."""
        epoch = await open_event(store, inlet=MaxSize(size=5, max_lead=0))
        places = await line_of(store, 3, called=9)
        for place in places:
            await admit(store, epoch, place)
        assert await exits(store, epoch, places[:1], []) == Exits(1, Advance(9, 9))
        await store.change_event(SALE, {"inlet": MaxSize(size=1, max_lead=99)}, NOW)
        assert await exits(store, epoch, [], [], exited=1) == Exits(0, Advance(9, 9))

    async def test_a_message_moves_the_line_once(self, store: Store) -> None:
        """A slot that was done does not move it again; what it marks is marked."""
        epoch = await open_event(store, inlet=MaxSize(size=3))
        places = await line_of(store, 9, called=2)
        for place in places[:2]:
            await admit(store, epoch, place)
        first = await exits(store, epoch, places[:1], [], exited=1, slot="m1")
        assert first == Exits(1, Advance(2, 3))
        again = await exits(store, epoch, places[:2], [], exited=1, slot="m1")
        assert again == Exits(1, Advance(3, 3))

    async def test_the_line_stands_still_while_paused(self, store: Store) -> None:
        """Sessions are marked; the message is done for good."""
        epoch = await open_event(store, inlet=MaxSize(size=3))
        [place] = await line_of(store, 1, called=1)
        await admit(store, epoch, place)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW)
        assert await exits(store, epoch, [place], [], slot="m1") == Exits(1, Advance(1, 1))
        await store.change_event(SALE, {"state": State.OPEN}, NOW)
        told = await exits(store, epoch, [place], [], exited=1, slot="m1")
        assert told == Exits(0, Advance(1, 1))

    async def test_other_inlets_do_not_move_by_it(self, store: Store) -> None:
        """Sessions are marked, that is all."""
        epoch = await open_event(store, inlet=Target(size=9))
        [place] = await line_of(store, 1, called=1)
        await admit(store, epoch, place)
        assert await exits(store, epoch, [], [place], exited=4) == Exits(1, Advance(1, 1))

    async def test_a_move_is_a_change_of_the_event(self, store: Store) -> None:
        """As any move of the counter, it counts in the revision."""
        epoch = await open_event(store, inlet=MaxSize(size=3))
        before = (await snapshot(store)).revision
        await exits(store, epoch, [], [], exited=2)
        assert (await snapshot(store)).revision == before + 1
        await exits(store, epoch, [], [], exited=0)
        assert (await snapshot(store)).revision == before + 1


class OccupancyContract:
    """How full it is, and who came."""

    async def test_who_is_in_and_who_is_held(self, store: Store) -> None:
        """By the clock that is given."""
        epoch = await open_event(store, max_active=2)
        places = await line_of(store, 5, called=5)
        await admit(store, epoch, places[0], validity=10)
        for place in places[1:4]:
            await knock(store, epoch, place)
        at = await store.occupancy(SALE, NOW, ())
        assert at == Occupancy(active=2, held=2, cohorts=(Cohort(5, 4),))
        assert (await store.occupancy(SALE, NOW + 10, ())).active == 1

    async def test_cohorts_are_by_when_a_place_could_be_taken_up(self, store: Store) -> None:
        """Called and given out, whichever came later; each place is in one cohort."""
        epoch = await open_event(store)
        first = await line_of(store, 4, called=3)
        await store.advance(SALE, 5, NOW + 10)  # the fourth, and four that are not there yet
        second = await line_of(store, 2, now=NOW + 20)
        for place in (first[0], first[1], second[1]):
            await admit(store, epoch, place, NOW + 20)
        at = await store.occupancy(SALE, NOW + 20, (1, 10, 11, 20, 21, 99))
        # ages 0; 1-9; 10; 11-19; 20; 21-98; all before
        assert at.cohorts == tuple(
            Cohort(*of) for of in ((2, 1), (0, 0), (1, 0), (0, 0), (3, 2), (0, 0), (0, 0))
        )

    async def test_what_was_swept_is_of_the_past(self, store: Store) -> None:
        """Positions up to the watermark are in the last cohort, whatever their age."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        places = await line_of(store, 4, called=2)
        await admit(store, epoch, places[0])
        await store.expire(SALE, NOW + PERIOD)
        await store.advance(SALE, 2, NOW + PERIOD)
        at = await store.occupancy(SALE, NOW + PERIOD, (50, 10**6))
        assert at.cohorts == (Cohort(2, 0), Cohort(0, 0), Cohort(2, 1))

    async def test_who_gave_up_has_not_come(self, store: Store) -> None:
        """Unless they had been admitted."""
        epoch = await open_event(store)
        admitted, left = await line_of(store, 2, called=2)
        await admit(store, epoch, admitted)
        for place in (admitted, left):
            await store.give_up(SALE, epoch, place, NOW)
        at = await store.occupancy(SALE, NOW, (60,))
        assert at == Occupancy(active=0, held=0, cohorts=(Cohort(2, 1), Cohort(0, 0)))

    async def test_an_empty_line(self, store: Store) -> None:
        """Nobody is anywhere."""
        await open_event(store)
        at = await store.occupancy(SALE, NOW, (60,))
        assert at == Occupancy(active=0, held=0, cohorts=(Cohort(0, 0),) * 2)


class DoorContract(CapContract, HeldContract, GiveUpContract, ExitContract, OccupancyContract):
    """All of them."""
