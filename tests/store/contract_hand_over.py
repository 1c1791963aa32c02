"""What a store promises of sessions that go on and codes that are used once: extend, redeem."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from contract_copy import records_of

from scene import HOUR, ISSUER, NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.facts import OUTBOX
from waitroom.core.inlet_kinds import MaxSize
from waitroom.core.model import Place, Session, SessionStatus
from waitroom.errors import EventUnknown, SessionEnded, SessionUnknown, SiteFull, TicketUnknown
from waitroom.store import Store
from waitroom.store.records import UsedCodes

COMPLETED = SessionStatus.COMPLETED


async def one_inside(store: Store, validity: int = 10) -> tuple[int, Place]:
    """The epoch, and a place with a session that ends ``validity`` seconds from now."""
    epoch = await open_event(store)
    [place] = await line_of(store, 1, called=1)
    await admit(store, epoch, place, validity=validity)
    return epoch, place


class HandOverContract:
    """Extend and redeem."""

    async def test_an_extended_session_ends_later(self, store: Store) -> None:
        """Nothing else of it changes, and whoever asks for it from then on hears the same."""
        epoch, place = await one_inside(store)
        extended = await store.extend(SALE, epoch, place, NOW + 60, NOW + 9)
        assert extended == Session(place, NOW, NOW + 60, ISSUER)
        assert (await store.standing(SALE, epoch, place, NOW + 9)).session == extended
        assert await admit(store, epoch, place, NOW + 9) == extended

    async def test_an_extended_session_never_ends_sooner(self, store: Store) -> None:
        """Of two that extend at once, the later end holds."""
        epoch, place = await one_inside(store)
        for until in (NOW + 10, NOW + 5, NOW - 5):
            same = await store.extend(SALE, epoch, place, until, NOW + 5)
            assert same == Session(place, NOW, NOW + 10, ISSUER)
        ends = [NOW + 20 + n for n in range(20)]
        await asyncio.gather(*(store.extend(SALE, epoch, place, at, NOW) for at in ends[::-1]))
        assert (await admit(store, epoch, place)).expires_at == ends[-1]

    async def test_an_extended_session_counts_for_as_long_as_it_runs(self, store: Store) -> None:
        """As active to its new end, and from then on as expired, in the order of the ends."""
        epoch = await open_event(store)
        first, second = await line_of(store, 2, called=2)
        await admit(store, epoch, first, validity=10)
        await admit(store, epoch, second, validity=20)
        await store.extend(SALE, epoch, first, NOW + 30, NOW + 9)
        active = [await store.active_sessions(SALE, NOW + at) for at in (9, 10, 19, 20, 29, 30)]
        assert active == [2, 2, 2, 1, 1, 0]
        assert await store.expired_sessions(SALE, NOW + 20, 9, None) == (epoch, [second])
        assert await store.expired_sessions(SALE, NOW + 30, 9, None) == (epoch, [second, first])

    async def test_the_cap_counts_an_extended_session(self, store: Store) -> None:
        """Nobody else comes in before its new end, or before it is marked."""
        epoch = await open_event(store, max_active=1)
        inside, other, third = await line_of(store, 3, called=3)
        await admit(store, epoch, inside, validity=10)
        await store.extend(SALE, epoch, inside, NOW + 30, NOW + 9)
        for age in (10, 29):
            with pytest.raises(SiteFull):
                await admit(store, epoch, other, NOW + age)
        await admit(store, epoch, other, NOW + 30)
        await store.extend(SALE, epoch, other, NOW + 9 * HOUR, NOW + 31)
        await store.finish(SALE, epoch, other, COMPLETED, NOW + 32)
        assert await store.active_sessions(SALE, NOW + 32) == 0
        assert (await admit(store, epoch, third, NOW + 32)).place == third

    async def test_a_session_that_has_ended_is_not_brought_back(self, store: Store) -> None:
        """Marked, or expired: from the second on in which its token is not valid any more."""
        epoch, place = await one_inside(store)
        for now in (NOW + 10, NOW + 11, NOW + HOUR):
            with pytest.raises(SessionEnded):
                await store.extend(SALE, epoch, place, NOW + 2 * HOUR, now)
        await store.extend(SALE, epoch, place, NOW + 20, NOW + 9)
        await store.finish(SALE, epoch, place, COMPLETED, NOW + 9)
        with pytest.raises(SessionEnded):
            await store.extend(SALE, epoch, place, NOW + 30, NOW + 9)
        assert (await store.standing(SALE, epoch, place, NOW + 9)).session == Session(
            place, NOW, NOW + 20, ISSUER, COMPLETED
        )

    async def test_a_place_that_was_given_away_is_not_taken_back(self, store: Store) -> None:
        """By the clock of who let another in, it had expired; ours is behind."""
        epoch = await open_event(store, max_active=1)
        late, other = await line_of(store, 2, called=2)
        await admit(store, epoch, late, validity=10)
        await admit(store, epoch, other, NOW + 10)
        with pytest.raises(SessionEnded):
            await store.extend(SALE, epoch, late, NOW + 60, NOW + 9)
        active = [await store.active_sessions(SALE, NOW + at) for at in (10, 11, 59)]
        assert active == [1, 1, 1]

    async def test_an_exit_message_takes_expired_sessions_for_gone(self, store: Store) -> None:
        """It has called others for them; whose clock is behind does not bring them back."""
        epoch = await open_event(store, inlet=MaxSize(size=1, max_lead=9))
        late, other = await line_of(store, 2, called=1)
        await admit(store, epoch, late, validity=10)
        moved = await store.exits(SALE, epoch, [], [], 1, NOW + 20)
        assert moved.step.current == 2
        with pytest.raises(SessionEnded):
            await store.extend(SALE, epoch, late, NOW + 60, NOW + 9)
        await admit(store, epoch, other, NOW + 15, validity=10)
        extended = await store.extend(SALE, epoch, other, NOW + 60, NOW + 19)
        assert extended.expires_at == NOW + 60
        assert await store.active_sessions(SALE, NOW + 30) == 1

    async def test_extending_tells_nobody_and_counts_nothing(self, store: Store) -> None:
        """No fact, no revision, no token more."""
        epoch, place = await one_inside(store)
        await store.note(SALE, {OUTBOX: "1"})
        before = await snapshot(store)
        await store.extend(SALE, epoch, place, NOW + 60, NOW)
        assert await snapshot(store) == before
        assert await store.facts(SALE, 0, 9) == []

    async def test_extending_and_finishing_at_once(self, store: Store) -> None:
        """It is marked in the end, counts as one, and is not active however late it ends."""
        epoch, place = await one_inside(store)
        calls = [store.extend(SALE, epoch, place, NOW + 60 + n, NOW) for n in range(10)]
        finish = store.finish(SALE, epoch, place, COMPLETED, NOW)
        answers = await asyncio.gather(*calls[:5], finish, *calls[5:], return_exceptions=True)
        assert {type(answer) for answer in answers} <= {Session, SessionEnded}
        assert (await counters(store)).completed == 1
        active = [await store.active_sessions(SALE, NOW + at) for at in (0, 10, 59, 65)]
        assert active == [0, 0, 0, 0]

    async def test_extending_and_being_let_in_at_once(self, store: Store) -> None:
        """At the second in which a session ends: it goes on, or another comes in; never both."""
        epoch = await open_event(store, max_active=5)
        places = await line_of(store, 10, called=10)
        for place in places[:5]:
            await admit(store, epoch, place, validity=10)
        longer = (store.extend(SALE, epoch, one, NOW + 60, NOW + 9) for one in places[:5])
        newer = (admit(store, epoch, one, NOW + 10) for one in places[5:])
        pairs = zip(longer, newer, strict=True)
        await asyncio.gather(*(verb for pair in pairs for verb in pair), return_exceptions=True)
        assert await store.active_sessions(SALE, NOW + 10) == 5

    async def test_who_has_no_session_cannot_extend_it(self, store: Store) -> None:
        """Nor in an unknown event or epoch; it is the same with codes."""
        place = Place(1, NOW)
        with pytest.raises(EventUnknown):
            await store.extend(SALE, 1, place, NOW + 60, NOW)
        with pytest.raises(EventUnknown):
            await store.redeem(SALE, 1, "code", NOW + 60, NOW)
        epoch = await open_event(store)
        await line_of(store, 1, called=1)
        with pytest.raises(TicketUnknown):
            await store.extend(SALE, epoch + 1, place, NOW + 60, NOW)
        with pytest.raises(TicketUnknown):
            await store.redeem(SALE, epoch + 1, "code", NOW + 60, NOW)
        with pytest.raises(SessionUnknown):
            await store.extend(SALE, epoch, place, NOW + 60, NOW)

    async def test_a_code_is_used_once(self, store: Store) -> None:
        """Until its time is over, to the second; each code on its own, in each event on its own."""
        epoch, other = await open_event(store), await open_event(store, "tour")
        assert await store.redeem(SALE, epoch, "a", NOW + 120, NOW)
        assert await store.redeem(SALE, epoch, "b", NOW + 120, NOW)
        assert await store.redeem("tour", other, "a", NOW + 120, NOW)
        for now in (NOW, NOW + 60, NOW + 120):
            assert not await store.redeem(SALE, epoch, "a", now + 120, now)
        assert await store.redeem(SALE, epoch, "a", NOW + 241, NOW + 121)
        assert not await store.redeem(SALE, epoch, "a", NOW + 300, NOW + 241)

    async def test_a_code_is_remembered_beside_a_clock_that_is_behind(self, store: Store) -> None:
        """What is used later with less time left does not shorten what was used before."""
        epoch = await open_event(store)
        assert await store.redeem(SALE, epoch, "ahead", NOW + 180, NOW + 60)
        assert await store.redeem(SALE, epoch, "behind", NOW + 1, NOW)
        assert not await store.redeem(SALE, epoch, "ahead", NOW + 300, NOW + 180)

    @pytest.mark.parametrize("count", [50])
    async def test_racing_redeems_of_one_code(
        self, url: str, opened: Callable[[str], Store], store: Store, count: int
    ) -> None:
        """Through two openings of the store: exactly one is the first."""
        epoch = await open_event(store)
        stores = [store, opened(url)]
        for code in ("a", "b", "c"):
            uses = (stores[n % 2].redeem(SALE, epoch, code, NOW + 120, NOW) for n in range(count))
            assert sum(await asyncio.gather(*uses)) == 1

    async def test_a_used_code_ends_with_its_line(self, store: Store) -> None:
        """Of the line that a reset began, it is none; nothing of it is left in a copy."""
        epoch = await open_event(store)
        await store.redeem(SALE, epoch, "a", NOW + 120, NOW)
        await store.reset_event(SALE, NOW)
        with pytest.raises(TicketUnknown):
            await store.redeem(SALE, epoch, "a", NOW + 120, NOW)
        assert not [one for one in await records_of(store) if isinstance(one, UsedCodes)]

    async def test_used_codes_are_purged_when_their_time_is_over(self, store: Store) -> None:
        """So a store does not grow with them; those that are remembered stay."""
        epoch = await open_event(store)
        for n in range(20):
            await store.redeem(SALE, epoch, f"code {n:02}", NOW + n, NOW)
        while await store.purge(3, NOW + 10):
            pass
        assert await store.redeem(SALE, epoch, "new", NOW + 120, NOW + 10)
        [codes] = [one.codes for one in await records_of(store) if isinstance(one, UsedCodes)]
        assert [name for name, _ in codes] == [*(f"code {n}" for n in range(10, 20)), "new"]

    async def test_a_code_used_before_a_copy_is_used_after(
        self, store: Store, opened: Callable[[str], Store], tmp_path: Path
    ) -> None:
        """There and back; an extended session ends there when it ends here."""
        epoch, place = await one_inside(store)
        await store.extend(SALE, epoch, place, NOW + 60, NOW)
        await store.redeem(SALE, epoch, "a", NOW + 120, NOW)
        other = opened(f"sqlite://{tmp_path}/other.db")
        await other.put(await records_of(store))
        await store.clear()
        await store.put(await records_of(other))
        for copy in (other, store):
            assert not await copy.redeem(SALE, epoch, "a", NOW + 120, NOW + 1)
            assert await copy.redeem(SALE, epoch, "b", NOW + 120, NOW + 1)
            assert (await copy.extend(SALE, epoch, place, NOW, NOW)).expires_at == NOW + 60
            assert [await copy.active_sessions(SALE, NOW + at) for at in (59, 60)] == [1, 0]
