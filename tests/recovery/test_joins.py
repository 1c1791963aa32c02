"""Joining while the store is in order, slow, gone, or has forgotten places that were given out."""

import asyncio
from collections.abc import Callable

import pytest
from faulty import NOW, SALE, FaultyStore
from structlog.testing import capture_logs

from waiting import wait_until
from waitroom import joins as joins_module
from waitroom.core.model import Arrivals, Event, Floor, Place, State
from waitroom.errors import EventClosed, EventUnknown, StoreUnavailable
from waitroom.joins import Joined, Joins
from waitroom.recovery import Recovery
from waitroom.store import Store
from waitroom.views import Seals

Empty = Callable[[str], Store]
Joining = asyncio.Task[Joined]


class Clock:
    """The monotonic clock of a test; it stands until moved."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The one that joins wait by."""
    clock = Clock()
    monkeypatch.setattr(joins_module, "monotonic", clock)
    return clock


@pytest.fixture
def seals(secret: bytes) -> Seals:
    """The deployment's."""
    return Seals(secret)


@pytest.fixture
async def joins(faulty: FaultyStore, recovery: Recovery, seals: Seals, clock: Clock) -> Joins:
    """Joins of one worker, for an event that is there."""
    await faulty.inner.create_event(Event(event_id=SALE), NOW)
    return Joins(faulty.store, recovery, seals, lambda: NOW)


async def crowd(joins: Joins, people: int) -> list[Joining]:
    """Visitors who have just asked."""
    joining = [asyncio.create_task(joins.join(SALE)) for _ in range(people)]
    await asyncio.sleep(0)
    return joining


async def positions(joining: list[Joining]) -> list[int]:
    """What they got."""
    return [joined.position for joined in await asyncio.gather(*joining)]


async def refusals(joining: list[Joining]) -> set[type]:
    """Why they got nothing."""
    told = await asyncio.gather(*joining, return_exceptions=True)
    return {type(one) for one in told}


async def test_a_crowd_shares_round_trips(joins: Joins, faulty: FaultyStore, seals: Seals) -> None:
    """Everybody gets a place of their own in the order they came, sealed, in a few steps."""
    joining = await crowd(joins, 1_000)
    assert await positions(joining) == list(range(1, 1_001))
    assert faulty.asked["join"] <= 2
    joined = joining[6].result()
    seal = seals.get(SALE, (await faulty.line()).epoch)
    assert seal.open(joined.request_id) == Place(7, joined.entry_time)


async def test_what_was_given_out_is_remembered(joins: Joins, recovery: Recovery) -> None:
    """The next batch asks for places above it."""
    given = await joins.join(SALE)
    floor = recovery.seen.floor(SALE)
    assert floor is not None
    assert floor.position == given.position


# --- a store that is away


async def test_a_store_that_comes_back_in_time(joins: Joins, faulty: FaultyStore) -> None:
    """Nobody notices; one flight at a time had asked for all."""
    faulty.fails = {"join"}
    joining = await crowd(joins, 50)
    await wait_until(lambda: faulty.asked["join"] >= 2, description="it was asked again")
    joining += await crowd(joins, 50)
    faulty.fails = set()
    assert await positions(joining) == list(range(1, 101))


async def test_a_store_that_stays_away(joins: Joins, faulty: FaultyStore, clock: Clock) -> None:
    """Each visitor waits for two seconds from when they asked, and no longer."""
    faulty.fails = {"join"}
    early = await crowd(joins, 20)
    await wait_until(lambda: faulty.asked["join"] >= 1, description="it was asked")
    clock.time += 1.5
    late = await crowd(joins, 20)
    clock.time += 0.6
    assert await refusals(early) == {StoreUnavailable}
    assert not any(joining.done() for joining in late)
    clock.time += 1.5
    assert await refusals(late) == {StoreUnavailable}
    await wait_until(lambda: not joins._lines, description="nobody waits any more")
    asked = faulty.asked["join"]
    faulty.fails = set()
    assert (await joins.join(SALE)).position == 1
    assert faulty.asked["join"] == asked + 1


async def test_a_store_that_hangs(joins: Joins, faulty: FaultyStore, clock: Clock) -> None:
    """One question is on its way, however many come; an answer that comes late is a gap."""
    faulty.answers.clear()
    early = await crowd(joins, 20)
    await wait_until(lambda: faulty.asked["join"] == 1, description="it was asked")
    clock.time += 1.9
    late = await crowd(joins, 5)
    clock.time += 0.2
    assert await refusals(early) == {StoreUnavailable}
    assert faulty.asked["join"] == 1
    faulty.answers.set()
    assert await positions(late) == [21, 22, 23, 24, 25]


async def test_a_question_that_is_never_answered(
    joins: Joins, faulty: FaultyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up, and asked again for those who wait."""
    faulty.answers.clear()
    with monkeypatch.context() as impatient:
        impatient.setattr(joins_module, "PATIENCE", 0.05)
        joining = await crowd(joins, 3)
        await wait_until(lambda: faulty.asked["join"] >= 2, description="it was asked again")
    asked = faulty.asked["join"]
    await wait_until(lambda: faulty.asked["join"] > asked, description="with all the time it has")
    faulty.answers.set()
    assert await positions(joining) == [1, 2, 3]


async def test_the_crowd_at_the_door_has_a_bound(
    joins: Joins, faulty: FaultyStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes on top is refused at once, for one event and for all of them."""
    monkeypatch.setattr(joins_module, "MAX_WAITING", 10)
    monkeypatch.setattr(joins_module, "MAX_LINES", 2)
    faulty.answers.clear()
    waiting = await crowd(joins, 5)
    await wait_until(lambda: faulty.asked["join"] == 1, description="the first are on their way")
    waiting += await crowd(joins, 10)
    assert await refusals(await crowd(joins, 5)) == {StoreUnavailable}
    waiting.append(asyncio.create_task(joins.join("second")))
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable):
        await joins.join("third")
    clock.time += 2.1
    assert await refusals(waiting) == {StoreUnavailable}
    faulty.answers.set()


async def test_strangers_do_not_crowd_out_an_event(
    joins: Joins, faulty: FaultyStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While made-up IDs hang on a part of the store that is down, a real line is joined."""
    monkeypatch.setattr(joins_module, "MAX_LINES", 2)
    assert await positions(await crowd(joins, 1)) == [1]

    async def is_partly_down(event_id: str, *values: object) -> Arrivals:
        if event_id != SALE:
            raise StoreUnavailable("a node is down")
        return await faulty.inner.join(event_id, *values)  # type: ignore[arg-type]

    faulty.instead["join"] = is_partly_down
    strangers = [asyncio.create_task(joins.join(f"made-up-{n}")) for n in range(5)]
    await asyncio.sleep(0)
    assert await positions(await crowd(joins, 2)) == [2, 3]
    clock.time += 2.1
    assert await refusals(strangers) == {StoreUnavailable}


async def test_an_outage_does_not_fill_the_log(joins: Joins, faulty: FaultyStore) -> None:
    """It is said once a second that joins wait, not for each try or each visitor."""
    faulty.fails = {"join"}
    with capture_logs() as said:
        joining = await crowd(joins, 100)
        await wait_until(lambda: faulty.asked["join"] >= 4, description="several tries")
        faulty.fails = set()
        await positions(joining)
    assert len(said) == 1
    assert said[0]["event_id"] == SALE


async def test_a_refusal_is_no_outage(joins: Joins, faulty: FaultyStore) -> None:
    """Closed and unknown events are told at once, to each who asked."""
    with pytest.raises(EventUnknown):
        await joins.join("nobody")
    await faulty.inner.change_event(SALE, {"state": State.CLOSED}, NOW)
    assert await refusals(await crowd(joins, 3)) == {EventClosed}
    assert (faulty.asked["join"], faulty.asked["lost"]) == (2, 0)


async def test_who_hangs_up_leaves_a_gap(joins: Joins, faulty: FaultyStore) -> None:
    """The others have their places."""
    faulty.answers.clear()
    joining = await crowd(joins, 3)
    await wait_until(lambda: faulty.asked["join"] == 1, description="they are on their way")
    joining[1].cancel()
    faulty.answers.set()
    assert await positions([joining[0], joining[2]]) == [1, 3]


# --- a store that has forgotten


async def test_places_are_above_all_that_were_given_out(
    joins: Joins, faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """After a failover that lost the last joins, whether or not anybody read the event since."""
    replica = empty("replica")
    await replica.restore(await faulty.line(), NOW)
    assert await positions(await crowd(joins, 30)) == list(range(1, 31))
    faulty.inner = replica
    asked = faulty.asked["join"]
    assert await positions(await crowd(joins, 3)) == [31, 32, 33]
    assert (faulty.asked["join"], faulty.asked["restore"]) == (asked + 1, 0)


async def test_an_answer_that_is_not_above_is_handed_to_nobody(
    joins: Joins, faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """A store that does not keep to the floor is asked again once its counter was raised."""
    await recovery.snapshots([SALE], NOW)
    replica = empty("replica")
    await replica.restore(await faulty.line(), NOW)
    assert await positions(await crowd(joins, 30)) == list(range(1, 31))
    faulty.inner = replica

    async def forgetful(event_id: str, count: int, now: int, _above: Floor | None) -> Arrivals:
        return await replica.join(event_id, count, now)

    faulty.instead["join"] = forgetful
    given = await positions(await crowd(joins, 3))
    assert min(given) > 30
    assert len(set(given)) == 3


async def test_an_answer_from_before_a_reset_is_handed_to_nobody(
    joins: Joins, faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """The reset that the store has lost is done again first."""
    replica = empty("replica")
    await replica.restore(await faulty.line(), NOW)
    epoch = (await faulty.inner.reset_event(SALE, NOW)).epoch
    await recovery.snapshots([SALE], NOW)
    assert await positions(await crowd(joins, 2)) == [1, 2]
    faulty.inner = replica
    assert await positions(await crowd(joins, 2)) == [3, 4]
    assert (await faulty.line()).epoch == epoch


async def test_a_line_that_was_lost_whole(
    joins: Joins, faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """Who joins at that moment waits until it is back, and comes behind all others."""
    await recovery.snapshots([SALE], NOW)
    assert await positions(await crowd(joins, 30)) == list(range(1, 31))
    faulty.inner = empty("second")
    given = await positions(await crowd(joins, 3))
    assert min(given) > 30
    assert (await faulty.line()).counters.queue == max(given)


async def test_a_line_that_was_deleted(
    joins: Joins, faulty: FaultyStore, recovery: Recovery
) -> None:
    """It is unknown from then on."""
    await joins.join(SALE)
    await recovery.snapshots([SALE], NOW)
    await faulty.inner.delete_event(SALE)
    faulty.deleted.add(SALE)
    with pytest.raises(EventUnknown):
        await joins.join(SALE)
