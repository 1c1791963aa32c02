"""What a store promises of telling others: facts in the step that they tell of, and lanes."""

import asyncio
from itertools import pairwise

import pytest

from scene import HOUR, NOW, SALE, admit, line_of, open_event, snapshot
from waitroom.core.facts import OUTBOX, DeadLetter, Fact, Lane, Subscription
from waitroom.core.inlet_kinds import MaxSize
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Event, Place, SessionStatus, State
from waitroom.errors import EventUnknown, SessionUnknown, SiteFull
from waitroom.store import Store

PERIOD = 60
HOOK = "hook-1"


async def open_with_outbox(store: Store, **settings: object) -> int:
    """An event that somebody is subscribed to; its epoch."""
    epoch = await open_event(store, SALE, **settings)
    await store.note(SALE, {OUTBOX: "1"})
    return epoch


async def all_facts(store: Store) -> list[Fact]:
    """Everything in the outbox."""
    return await store.facts(SALE, 0, 10_000)


async def told(store: Store) -> list[tuple[str, dict[str, int | str]]]:
    """Type and data of everything in the outbox."""
    return [(fact.type, fact.data) for fact in await all_facts(store)]


def moved(previous: int, current: int, slot: str = "") -> tuple[str, dict[str, int | str]]:
    """The fact of a move."""
    return "serving_counter_changed", {"previous": previous, "current": current, "slot": slot}


def marked(place: Place, status: str) -> tuple[str, dict[str, int | str]]:
    """The fact of a mark."""
    data: dict[str, int | str] = {
        "position": place.position,
        "entry_time": place.entry_time,
        "status": status,
    }
    return "session_updated", data


async def everything_happens(store: Store) -> None:
    """One of each verb that tells something."""
    epoch = (await snapshot(store)).epoch
    first, second, *_ = await line_of(store, 9, called=4)
    await admit(store, epoch, first)
    await admit(store, epoch, second)
    await store.finish(SALE, epoch, first, SessionStatus.COMPLETED, NOW)
    await store.give_up(SALE, epoch, second, NOW)
    await store.expire(SALE, NOW + PERIOD)
    await store.change_event(SALE, {"state": State.PAUSED}, NOW + PERIOD)
    await store.reset_event(SALE, NOW + PERIOD)
    await store.tell(SALE, "waiting_room_metrics", {"queue_counter": 9}, NOW + PERIOD, "m")


def dead(seq: int, subscription_id: str = HOOK, error: str = "500") -> DeadLetter:
    """A letter about the fact ``seq``."""
    fact = Fact(seq=seq, at=NOW, type="token_generated", epoch=1, data={"position": 1})
    return DeadLetter(
        subscription_id=subscription_id, fact=fact, died_at=NOW + 9, failures=3, error=error
    )


class OutboxContract:
    """Facts, in the order in which they happened."""

    async def test_nothing_is_kept_while_nobody_is_subscribed(self, store: Store) -> None:
        """The note of the event decides, at the moment of the step."""
        await open_event(store, queue_position_expiry_period=PERIOD, advance_on_expiry=True)
        await everything_happens(store)
        assert await all_facts(store) == []
        assert await store.outbox_depth(SALE) == 0
        await store.note(SALE, {OUTBOX: "1"})
        await store.advance(SALE, 1, NOW)
        await store.note(SALE, {OUTBOX: None})
        await store.advance(SALE, 1, NOW)
        assert await told(store) == [moved(0, 1)]

    async def test_everything_is_told_in_order(self, store: Store) -> None:
        """Each verb tells its facts, with the epoch and the time of the step."""
        epoch = await open_with_outbox(
            store, queue_position_expiry_period=PERIOD, advance_on_expiry=True
        )
        await everything_happens(store)
        found = await all_facts(store)
        after = (await snapshot(store)).epoch
        assert [(fact.type, fact.at - NOW, fact.epoch == after) for fact in found] == [
            ("serving_counter_changed", 0, False),
            ("token_generated", 0, False),
            ("token_generated", 0, False),
            ("session_updated", 0, False),
            ("session_updated", 0, False),
            ("automatic_serving_counter_incr", PERIOD, False),
            ("serving_counter_changed", PERIOD, False),
            ("event_state_changed", PERIOD, False),
            ("event_reset", PERIOD, True),
            ("waiting_room_metrics", PERIOD, True),
        ]
        assert {fact.epoch for fact in found} == {epoch, after}

    async def test_numbers_rise_with_the_time(self, store: Store) -> None:
        """Each is above the one before, and at least the time in microseconds."""
        await open_with_outbox(store)
        for now in (NOW, NOW, NOW + 1, NOW + 1, NOW, NOW + 90):
            await store.advance(SALE, 1, now)
        found = await all_facts(store)
        assert all(one.seq < other.seq for one, other in pairwise(found))
        assert all(fact.seq >= fact.at * 1_000_000 for fact in found)
        assert found[0].seq == NOW * 1_000_000

    async def test_a_number_never_comes_again(self, store: Store) -> None:
        """Not after facts were dropped, nor in an event made anew within the second."""
        await open_with_outbox(store)
        for _ in range(1_500):
            await store.advance(SALE, 1, NOW)
        last = (await all_facts(store))[-1].seq
        await store.drop_facts(SALE, last)
        await store.advance(SALE, 1, NOW)
        [fact] = await all_facts(store)
        assert fact.seq > last
        await store.delete_event(SALE)
        await open_with_outbox(store)
        assert await all_facts(store) == []
        await store.advance(SALE, 1, NOW)
        [again] = await all_facts(store)
        assert again.seq > fact.seq

    async def test_many_facts_do_not_run_ahead_of_the_time(self, store: Store) -> None:
        """So a store that has lost its end gives none of their numbers out again a second later."""
        await open_with_outbox(store)
        for _ in range(2_500):
            await store.advance(SALE, 1, NOW)
        lost = (await all_facts(store))[-1].seq
        await store.advance(SALE, 1, NOW + 1)
        assert (await all_facts(store))[-1].seq == (NOW + 1) * 1_000_000 > lost

    async def test_moves_are_told_with_their_slot(self, store: Store) -> None:
        """A real move only: not one by nothing, one that was done, or one that was refused."""
        await open_with_outbox(store)
        await store.advance(SALE, 5, NOW)
        await store.advance(SALE, 2, NOW, 'key "ä"\n')
        await store.advance(SALE, 2, NOW, 'key "ä"\n')
        await store.advance(SALE, 0, NOW, "b")
        await store.advance(SALE, 1, NOW, "c", at=1)
        await store.advance(SALE, -99, NOW)
        await store.advance(SALE, -1, NOW)
        await store.advance(SALE, 2**63, NOW)
        assert await told(store) == [
            moved(0, 5),
            moved(5, 7, 'key "ä"\n'),
            moved(7, 0),
            moved(0, MAX_COUNTER),
        ]

    async def test_a_token_is_told_once(self, store: Store) -> None:
        """When it is made, with the place; not when it is asked for again or refused."""
        epoch = await open_with_outbox(store, max_active=1)
        first, second, _ = await line_of(store, 3, called=2)
        for _ in range(3):
            await admit(store, epoch, first)
        with pytest.raises(SiteFull):
            await admit(store, epoch, second)
        data = {"position": first.position, "entry_time": first.entry_time}
        assert await told(store) == [moved(0, 2), ("token_generated", data)]

    async def test_a_mark_is_told_once(self, store: Store) -> None:
        """Completed, abandoned, or by leaving; not a place without a session."""
        epoch = await open_with_outbox(store)
        places = await line_of(store, 4, called=4)
        for place in places[:3]:
            await admit(store, epoch, place)
        await store.finish(SALE, epoch, places[0], SessionStatus.COMPLETED, NOW)
        await store.finish(SALE, epoch, places[1], SessionStatus.ABANDONED, NOW)
        with pytest.raises(SessionUnknown):
            await store.finish(SALE, epoch, places[1], SessionStatus.COMPLETED, NOW)
        await store.give_up(SALE, epoch, places[2], NOW)
        await store.give_up(SALE, epoch, places[2], NOW)
        await store.give_up(SALE, epoch, places[3], NOW)
        assert (await told(store))[4:] == [
            marked(places[0], "completed"),
            marked(places[1], "abandoned"),
            marked(places[2], "abandoned"),
        ]

    async def test_a_sweep_tells_of_its_own_move(self, store: Store) -> None:
        """How far it was, how far it is; nothing if the line does not move for it."""
        epoch = await open_with_outbox(
            store, queue_position_expiry_period=PERIOD, advance_on_expiry=True
        )
        places = await line_of(store, 9, called=4)
        await admit(store, epoch, places[0])
        await store.give_up(SALE, epoch, places[1], NOW)
        await store.expire(SALE, NOW + PERIOD - 1)
        assert len(await all_facts(store)) == 2
        await store.expire(SALE, NOW + PERIOD)
        incr = {
            "previous_serving_counter_position": 4,
            "increment_by": 3,
            "current_serving_counter_position": 7,
        }
        wanted = [("automatic_serving_counter_incr", incr), moved(4, 7, "expiry")]
        assert (await told(store))[2:] == wanted
        await store.change_event(SALE, {"advance_on_expiry": False}, NOW + PERIOD)
        assert (await store.expire(SALE, NOW + 3 * PERIOD)).expired == 3
        assert (await told(store))[2:] == wanted

    async def test_a_change_of_state_is_told(self, store: Store) -> None:
        """Other settings are not, nor a state that stays."""
        await open_with_outbox(store)
        for state in (State.PAUSED, State.PAUSED, State.CLOSED):
            await store.change_event(SALE, {"state": state, "title": "x"}, NOW)
        await store.change_event(SALE, {"title": "y"}, NOW)
        assert await told(store) == [
            ("event_state_changed", {"previous": "open", "state": "paused"}),
            ("event_state_changed", {"previous": "paused", "state": "closed"}),
        ]

    async def test_exits_are_told_one_by_one(self, store: Store) -> None:
        """Completed before abandoned, then the move; a place that does not count is left out."""
        epoch = await open_with_outbox(store, inlet=MaxSize(size=5))
        places = await line_of(store, 20, called=5)
        for place in places[:3]:
            await admit(store, epoch, place)
        before = len(await all_facts(store))
        completed, abandoned = [places[1], places[9], places[1]], [places[0], places[1]]
        await store.exits(SALE, epoch, completed, abandoned, None, NOW, "x")
        assert (await told(store))[before:] == [
            marked(places[1], "completed"),
            marked(places[0], "abandoned"),
            moved(5, 7, "x"),
        ]

    async def test_a_reset_leaves_facts(self, store: Store) -> None:
        """And lanes and dead letters: what was done is still to be told."""
        await open_with_outbox(store)
        await store.advance(SALE, 1, NOW)
        lane = await store.take_lane(SALE, HOOK, "a", NOW, 9)
        assert lane is not None
        await store.keep_lane(SALE, lane, dead(1))
        await store.reset_event(SALE, NOW)
        assert [fact.type for fact in await all_facts(store)] == [
            "serving_counter_changed",
            "event_reset",
        ]
        assert await store.lanes(SALE) == [lane]
        assert await store.dead_letters(SALE, 9) == [dead(1)]

    async def test_a_deletion_takes_facts_along(self, store: Store) -> None:
        """And lanes and dead letters; nothing is to be delivered of an event that is gone."""
        await open_with_outbox(store)
        await store.advance(SALE, 1, NOW)
        lane = await store.take_lane(SALE, HOOK, "a", NOW, 9)
        assert lane is not None
        await store.keep_lane(SALE, lane, dead(1))
        await store.delete_event(SALE)
        for _ in range(2):  # gone, and made anew
            assert await all_facts(store) == []
            assert await store.outbox_depth(SALE) == 0
            assert await store.lanes(SALE) == []
            assert await store.dead_letters(SALE, 9) == []
            await store.drop_facts(SALE, 10**15)
            await store.drop_lane(SALE, HOOK)
            assert not await store.keep_lane(SALE, lane)
            assert not await store.drop_letter(SALE, HOOK, 1)
            if not await store.event_ids():
                await store.create_event(Event(event_id=SALE), NOW)

    async def test_facts_can_be_paged_through_and_dropped(self, store: Store) -> None:
        """Behind one, so many at most; up to one they go."""
        await open_with_outbox(store)
        for _ in range(7):
            await store.advance(SALE, 1, NOW)
        found = await all_facts(store)
        assert await store.facts(SALE, found[1].seq, 3) == found[2:5]
        assert await store.facts(SALE, found[6].seq, 3) == []
        assert await store.facts(SALE, 0, 0) == []
        assert await store.outbox_depth(SALE) == 7
        await store.drop_facts(SALE, found[3].seq)
        assert await all_facts(store) == found[4:]
        assert await store.outbox_depth(SALE) == 3

    async def test_steps_that_race_are_told_in_the_order_they_were_made(self, store: Store) -> None:
        """Each fact begins where the one before ended."""
        await open_with_outbox(store)
        await asyncio.gather(*(store.advance(SALE, 1 + n % 3, NOW) for n in range(40)))
        found = [data for _, data in await told(store)]
        assert len(found) == 40
        assert all(one["current"] == other["previous"] for one, other in pairwise(found))

    async def test_what_is_told_by_itself_is_told_once(self, store: Store) -> None:
        """For a slot; and only where there is an outbox, which takes no slot away."""
        await open_event(store)
        data: dict[str, int | str] = {"queue_counter": 5, "note": 'ä "x"'}
        assert not await store.tell(SALE, "waiting_room_metrics", data, NOW, "m:1")
        await store.note(SALE, {OUTBOX: "1"})
        racing = (store.tell(SALE, "waiting_room_metrics", data, NOW, "m:1") for _ in range(9))
        assert sorted(await asyncio.gather(*racing)) == [False] * 8 + [True]
        assert await store.tell(SALE, "waiting_room_metrics", data, NOW + 60, "m:2")
        assert await told(store) == [("waiting_room_metrics", data)] * 2
        with pytest.raises(EventUnknown):
            await store.tell("nobody", "waiting_room_metrics", data, NOW, "m:1")

    # --- lanes

    async def test_a_lane_has_one_owner(self, store: Store) -> None:
        """Until the lease is over; who has it may take it again."""
        await open_event(store)
        new = Lane(subscription_id=HOOK, owner="a", leased_until=NOW + 10)
        assert await store.take_lane(SALE, HOOK, "a", NOW, 10) == new
        assert await store.take_lane(SALE, HOOK, "b", NOW + 9, 10) is None
        again = await store.take_lane(SALE, HOOK, "a", NOW + 5, 10)
        assert again == Lane(subscription_id=HOOK, owner="a", leased_until=NOW + 15)
        assert await store.take_lane(SALE, HOOK, "b", NOW + 14, 10) is None
        taken = await store.take_lane(SALE, HOOK, "b", NOW + 15, 10)
        assert taken == Lane(subscription_id=HOOK, owner="b", leased_until=NOW + 25)
        assert await store.take_lane(SALE, HOOK, "a", NOW + 15, 10) is None

    async def test_racing_owners_do_not_share_a_lane(self, store: Store) -> None:
        """One has it, whoever asks at the same time."""
        await open_event(store)
        asked = (store.take_lane(SALE, HOOK, f"plane {n}", NOW, 10) for n in range(20))
        lanes = [lane for lane in await asyncio.gather(*asked) if lane is not None]
        assert len(lanes) == 1

    async def test_a_lane_is_kept_by_who_has_it(self, store: Store) -> None:
        """All of it is written; whoever takes it next finds it so."""
        await open_event(store)
        await store.take_lane(SALE, HOOK, "a b", NOW, 10)
        kept = Lane(
            subscription_id=HOOK,
            cursor=2**53 - 1,
            failures=3,
            failed_at=NOW + 1,
            retry_at=NOW + 20,
            error='500 "ä"\n{}',
            owner="a b",
            leased_until=NOW + 12,
        )
        assert await store.keep_lane(SALE, kept)
        assert await store.lanes(SALE) == [kept]
        taken = await store.take_lane(SALE, HOOK, "c", NOW + 12, 10)
        assert taken is not None
        assert (taken.cursor, taken.error, taken.retry_at) == (kept.cursor, kept.error, NOW + 20)

    async def test_a_lane_that_was_lost_is_not_written(self, store: Store) -> None:
        """Nor its dead letter; a lease that is over but that nobody took is still theirs."""
        await open_event(store)
        first = await store.take_lane(SALE, HOOK, "a", NOW, 10)
        assert first is not None
        assert await store.keep_lane(SALE, first)  # at whatever time: nobody else took it
        second = await store.take_lane(SALE, HOOK, "b", NOW + 10, 10)
        assert second is not None
        assert not await store.keep_lane(SALE, first, dead(1))
        assert await store.lanes(SALE) == [second]
        assert await store.dead_letters(SALE, 9) == []

    async def test_lanes_need_an_event(self, store: Store) -> None:
        """Of an unknown one none can be taken; of one that is gone there are none."""
        with pytest.raises(EventUnknown):
            await store.take_lane(SALE, HOOK, "a", NOW, 10)
        assert not await store.keep_lane(SALE, Lane(subscription_id=HOOK, owner="a"))
        assert await store.lanes(SALE) == []

    async def test_a_subscription_that_ended_leaves_nothing(self, store: Store) -> None:
        """Its lane and its dead letters of the event go, those of others stay."""
        await open_event(store)
        for name in (HOOK, "hook-11", "a"):
            lane = await store.take_lane(SALE, name, "x", NOW, 10)
            assert lane is not None
            for seq in (1, 2):
                await store.keep_lane(SALE, lane, dead(seq, name))
        await store.drop_lane(SALE, HOOK)
        assert [lane.subscription_id for lane in await store.lanes(SALE)] == ["a", "hook-11"]
        left = [(at.fact.seq, at.subscription_id) for at in await store.dead_letters(SALE, 99)]
        assert left == [(1, "a"), (1, "hook-11"), (2, "a"), (2, "hook-11")]
        await store.drop_lane(SALE, HOOK)

    # --- dead letters

    async def test_dead_letters_come_oldest_first(self, store: Store) -> None:
        """By number of the fact, then by subscription; so many at most."""
        await open_event(store)
        for name in ("b", "a", "a-b"):
            lane = await store.take_lane(SALE, name, "x", NOW, HOUR)
            assert lane is not None
            for seq in (1_800_000_000_002, 9, 10):
                await store.keep_lane(SALE, lane, dead(seq, name))
        found = await store.dead_letters(SALE, 99)
        assert [(at.fact.seq, at.subscription_id) for at in found] == [
            (seq, name) for seq in (9, 10, 1_800_000_000_002) for name in ("a", "a-b", "b")
        ]
        assert await store.dead_letters(SALE, 4) == found[:4]
        assert await store.dead_letters(SALE, 0) == []

    async def test_a_fact_dies_once_for_a_subscription(self, store: Store) -> None:
        """The last word about it is what is kept."""
        await open_event(store)
        lane = await store.take_lane(SALE, HOOK, "x", NOW, 10)
        assert lane is not None
        for error in ("timeout", 'ä "x"\n'):
            await store.keep_lane(SALE, lane, dead(5, error=error))
        assert await store.dead_letters(SALE, 9) == [dead(5, error='ä "x"\n')]

    async def test_a_dead_letter_can_be_forgotten(self, store: Store) -> None:
        """Once; those of other subscriptions and other facts stay."""
        await open_event(store)
        for name in (HOOK, "other"):
            lane = await store.take_lane(SALE, name, "x", NOW, 10)
            assert lane is not None
            for seq in (5, 6):
                await store.keep_lane(SALE, lane, dead(seq, name))
        assert await store.drop_letter(SALE, HOOK, 5)
        assert not await store.drop_letter(SALE, HOOK, 5)
        assert not await store.drop_letter(SALE, "nobody", 6)
        left = await store.dead_letters(SALE, 9)
        assert left == [dead(5, "other"), dead(6), dead(6, "other")]

    # --- subscriptions

    async def test_subscriptions_are_kept(self, store: Store) -> None:
        """With all they have, by ID; one of the same ID is replaced."""
        one = Subscription(
            subscription_id="s2",
            kind="webhook",
            target="https://hook.example/ä",
            event_id=SALE,
            types=("token_generated", "event_reset"),
            created_at=NOW,
            until=NOW + 60,
            sealed=b"\x00\xff sealed",
        )
        other = Subscription(subscription_id="s1", kind="stdout", target="")
        assert await store.subscriptions() == []
        await store.add_subscription(one)
        await store.add_subscription(other)
        assert await store.subscriptions() == [other, one]
        changed = Subscription(subscription_id="s2", kind="tail", target="x", until=NOW + 99)
        await store.add_subscription(changed)
        assert await store.subscriptions() == [other, changed]

    async def test_a_subscription_can_be_removed_once(self, store: Store) -> None:
        """Whether it was there is the answer."""
        await store.add_subscription(Subscription(subscription_id="s", kind="tail", target=""))
        assert await store.remove_subscription("s")
        assert not await store.remove_subscription("s")
        assert await store.subscriptions() == []
