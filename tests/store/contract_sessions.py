"""What a store promises of visitors who are served: SessionVerbs."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from scene import HOUR, ISSUER, NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.model import Place, Session, SessionStatus, State
from waitroom.errors import (
    EventPaused,
    EventUnknown,
    NotYet,
    SessionEnded,
    SessionUnknown,
    TicketUnknown,
)
from waitroom.store import Store

COMPLETED, ABANDONED = SessionStatus.COMPLETED, SessionStatus.ABANDONED


class SessionContract:
    """Admit, standing, finish, and the two lists."""

    async def test_a_called_place_gets_a_session(self, store: Store) -> None:
        """Made now, valid as long as asked, by the issuer asked for; one token is counted."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        session = await store.admit(SALE, epoch, place, NOW + 5, ISSUER, 77)
        assert session == Session(place, NOW + 5, NOW + 82, ISSUER)
        assert (await counters(store)).tokens == 1

    async def test_a_repeat_gets_the_same_session(self, store: Store) -> None:
        """`once`: same times and issuer whatever the repeat asks for; it counts once."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        session = await admit(store, epoch, place)
        again = await store.admit(SALE, epoch, place, NOW + 9, "https://else.example", 1)
        assert again == session
        assert (await counters(store)).tokens == 1

    async def test_racing_admits_make_one_session(self, store: Store) -> None:
        """`once`: whoever asks at the same time gets the same identity."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        calls = (store.admit(SALE, epoch, place, NOW + n, f"i{n}", 60 + n) for n in range(50))
        assert len({repr(session) for session in await asyncio.gather(*calls)}) == 1
        assert (await counters(store)).tokens == 1

    async def test_nobody_above_the_serving_counter_gets_in(self, store: Store) -> None:
        """`exact`: the last called position does, the next does not, and nothing is counted."""
        epoch = await open_event(store)
        places = await line_of(store, 4, called=2)
        assert (await admit(store, epoch, places[1])).place.position == 2
        for place in (places[2], places[3], Place(2**40 - 1, NOW)):
            with pytest.raises(NotYet) as refusal:
                await admit(store, epoch, place)
            assert type(refusal.value) is NotYet
        assert (await counters(store)).tokens == 1

    async def test_racing_admits_and_steps_are_exact(self, store: Store) -> None:
        """`exact`: as many get in as the counter says, exactly those at or below it."""
        epoch = await open_event(store)
        places = await line_of(store, 60)
        calls: list[Coroutine[Any, Any, object]] = []
        for n, place in enumerate(reversed(places)):
            calls.append(admit(store, epoch, place))
            if n % 3 == 0:
                calls.append(store.advance(SALE, 1, NOW))
        answers = await asyncio.gather(*calls, return_exceptions=True)
        admitted = [answer for answer in answers if isinstance(answer, Session)]
        assert all(session.place.position <= 20 for session in admitted)
        assert (await counters(store)).tokens == len(admitted)

    async def test_paused_means_nobody_new(self, store: Store) -> None:
        """Who is not called hears that first; who is in gets the same token on request."""
        epoch = await open_event(store)
        inside, called, waiting = await line_of(store, 3, called=2)
        session = await admit(store, epoch, inside)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW)
        assert await admit(store, epoch, inside) == session
        with pytest.raises(EventPaused):
            await admit(store, epoch, called)
        with pytest.raises(NotYet) as refusal:
            await admit(store, epoch, waiting)
        assert type(refusal.value) is NotYet

    async def test_sessions_of_an_unknown_event_or_epoch(self, store: Store) -> None:
        """The event is unknown; of an event that is known, the ticket is."""
        place = Place(1, NOW)
        for wanted, epoch in ((EventUnknown, 1), (TicketUnknown, 10**9)):
            with pytest.raises(wanted):
                await admit(store, epoch, place)
            with pytest.raises(wanted):
                await store.standing(SALE, epoch, place, NOW)
            with pytest.raises(wanted):
                await store.finish(SALE, epoch, place, COMPLETED, NOW)
            if wanted is EventUnknown:
                await open_event(store)

    async def test_lists_of_an_unknown_event(self, store: Store) -> None:
        """There are none: the event is unknown."""
        with pytest.raises(EventUnknown):
            await store.active_sessions(SALE, NOW)
        with pytest.raises(EventUnknown):
            await store.expired_sessions(SALE, NOW, 10, None)

    async def test_standing_is_all_that_decides(self, store: Store) -> None:
        """The snapshot, when the place was called, and its session; None for what is not."""
        epoch = await open_event(store)
        inside, called, waiting = await line_of(store, 3, called=2)
        session = await admit(store, epoch, inside)
        now = await snapshot(store)
        assert now.last is not None
        for place, called_at, its in [
            (inside, NOW, session),
            (called, NOW, None),
            (waiting, None, None),
        ]:
            standing = await store.standing(SALE, epoch, place, NOW)
            assert (standing.called_at, standing.session) == (called_at, its)
            assert standing.snapshot == now

    @pytest.mark.parametrize("status", [COMPLETED, ABANDONED])
    async def test_a_session_is_marked_once(self, store: Store, status: SessionStatus) -> None:
        """It is counted, yields no token any more, and cannot be marked again."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        await admit(store, epoch, place)
        marked = await store.finish(SALE, epoch, place, status, NOW)
        assert marked == Session(place, NOW, NOW + HOUR, ISSUER, status)
        with pytest.raises(SessionEnded):
            await admit(store, epoch, place)
        for again in (COMPLETED, ABANDONED):
            with pytest.raises(SessionUnknown):
                await store.finish(SALE, epoch, place, again, NOW)
        after = await counters(store)
        wanted = (1, int(status is COMPLETED), int(status is ABANDONED))
        assert (after.tokens, after.completed, after.abandoned) == wanted

    async def test_racing_marks_count_once(self, store: Store) -> None:
        """One is taken, the others hear that there is no session."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        await admit(store, epoch, place)
        marks = (
            store.finish(SALE, epoch, place, (COMPLETED, ABANDONED)[n % 2], NOW) for n in range(20)
        )
        answers = await asyncio.gather(*marks, return_exceptions=True)
        assert sum(isinstance(answer, SessionUnknown) for answer in answers) == 19
        after = await counters(store)
        assert after.completed + after.abandoned == 1

    async def test_a_place_without_token_has_no_session_to_mark(self, store: Store) -> None:
        """Nothing is counted."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        with pytest.raises(SessionUnknown):
            await store.finish(SALE, epoch, place, COMPLETED, NOW)
        assert (await counters(store)).completed == 0

    async def test_active_sessions_are_neither_expired_nor_marked(self, store: Store) -> None:
        """A token is active up to the second before it expires."""
        epoch = await open_event(store)
        places = await line_of(store, 4, called=4)
        for place, validity in zip(places, (10, 10, 20, 30), strict=True):
            await admit(store, epoch, place, validity=validity)
        await store.finish(SALE, epoch, places[3], ABANDONED, NOW)
        active = [await store.active_sessions(SALE, NOW + at) for at in (0, 9, 10, 19, 20)]
        assert active == [3, 3, 1, 1, 0]

    async def test_expired_sessions_come_oldest_first(self, store: Store) -> None:
        """By expiry, then by position; marked ones too; not those that still run."""
        epoch = await open_event(store)
        places = await line_of(store, 5, called=5)
        for place, validity in zip(places, (30, 10, 20, 10, 99), strict=True):
            await admit(store, epoch, place, validity=validity)
        await store.finish(SALE, epoch, places[1], COMPLETED, NOW)
        found = await store.expired_sessions(SALE, NOW + 30, 10, None)
        assert found == (epoch, [places[n] for n in (1, 3, 2, 0)])
        assert await store.expired_sessions(SALE, NOW + 9, 10, None) == (epoch, [])

    async def test_expired_sessions_can_be_paged_through(self, store: Store) -> None:
        """Each page goes on behind the last place of the one before; nobody twice or never."""
        epoch = await open_event(store)
        places = await line_of(store, 11, called=11)
        for place in places:
            await admit(store, epoch, place, validity=10 + place.position % 3)
        pages: list[Place] = []
        after: Place | None = None
        while page := (await store.expired_sessions(SALE, NOW + 99, 4, after))[1]:
            assert len(page) <= 4
            pages += page
            after = page[-1]
        assert pages == sorted(places, key=lambda place: (place.position % 3, place.position))
