"""The store of many machines keeps the promises of every store, on real servers.

The safety gap is off here: it has tests of its own (``test_redis_failover.py``).
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import key_leaks
import pytest
from contract import StoreContract
from redis_servers import Server

from scene import HOUR, NOW, SALE, admit, line_of, open_event, snapshot
from waitroom.core.audit import Deed
from waitroom.core.facts import MAX_FACTS, OUTBOX, DeadLetter
from waitroom.core.inlet_kinds import MaxSize
from waitroom.core.model import Counters, Event, Sample, SessionStatus
from waitroom.errors import PlaceGivenUp, SiteFull
from waitroom.store import LOG_LIFETIME, MAX_LOG, Store, StoreOptions, open_store
from waitroom.store.redis_keys import EVENT_NAMES, event_keys
from waitroom.store.redis_verbs import MAX_LET_GO

NO_GAP: Final = StoreOptions(failover_gap=0)
KEYS: Final = event_keys("waitroom", SALE)
DEED: Final = Deed(by="key-1", source="192.0.2.7", action="increment")


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[str], Store]]:
    """Opens stores by URL, as often as asked, and closes them all in the end."""
    stores: list[Store] = []

    def opener(url: str) -> Store:
        stores.append(open_store(url, NO_GAP))
        return stores[-1]

    yield opener
    for store in stores:
        await store.close()


class TestRedis(StoreContract):
    """The contract, on one server."""

    LEAVES_ROWS = False

    @pytest.fixture
    def url(self, redis_server: Server) -> Iterator[str]:
        """A server with nothing in it; afterwards no key has leaked."""
        redis_server.call("FLUSHALL")
        yield redis_server.url
        key_leaks.check(redis_server)


class TestCluster(StoreContract):
    """The contract, on three primaries."""

    LEAVES_ROWS = False

    @pytest.fixture
    def url(self, redis_cluster: list[Server]) -> Iterator[str]:
        """A cluster with nothing in it; afterwards no key has leaked."""
        for node in redis_cluster:
            node.call("FLUSHALL")
        first, second, _ = redis_cluster
        yield f"redis+cluster://{first.host}:{first.port},{second.host}:{second.port}"
        key_leaks.check(*redis_cluster)


async def use_everything(store: Store) -> None:
    """Leave a trace in every key that an event can have."""
    epoch = await open_event(store, max_active=3)
    await store.note(SALE, {OUTBOX: "1"})
    *places, gone, late = await line_of(store, 6, called=6)
    for place in places[:3]:
        await admit(store, epoch, place)
    with pytest.raises(SiteFull):
        await admit(store, epoch, late)
    await store.give_up(SALE, epoch, gone, NOW)
    await store.finish(SALE, epoch, places[0], SessionStatus.COMPLETED, NOW)
    await store.advance(SALE, 1, NOW, slot="12:00", deed=DEED)
    await store.redeem(SALE, epoch, "code", NOW + 120, NOW)
    await store.seal(SALE, {1: "aa"})
    await store.sample(SALE, epoch, Sample(NOW, 1, 0, 0, 0, 1))
    await store.keep_theme(SALE, "0" * 16, b"{}", NOW)
    lane = await store.take_lane(SALE, "hook", "plane", NOW, 9)
    assert lane is not None
    [fact, *_] = await store.facts(SALE, 0, 1)
    letter = DeadLetter(subscription_id="hook", fact=fact, died_at=NOW, failures=1, error="x")
    await store.keep_lane(SALE, lane, letter)


def names_of(server: Server) -> set[str]:
    """How the keys of the event end that are there."""
    keys = key_leaks.keys_on(server)
    return {key.rpartition(":")[2] for key in keys if "{sale}" in key}


class TestNothingIsLeft:
    """Deleting and resetting."""

    @pytest.fixture
    def url(self, redis_server: Server) -> str:
        """A server with nothing in it."""
        redis_server.call("FLUSHALL")
        return redis_server.url

    async def test_deleting_leaves_only_that_it_was_deleted(
        self, store: Store, redis_server: Server
    ) -> None:
        """For a day, its log for a month, and the highest epoch given out."""
        await use_everything(store)
        assert names_of(redis_server) == set(EVENT_NAMES) - {"deleted"}
        await store.delete_event(SALE)
        assert names_of(redis_server) == {"deleted", "log", "seals"}
        assert len(key_leaks.keys_on(redis_server)) == 4
        key_leaks.check(redis_server)

    async def test_what_is_added_to_a_log_that_is_left_goes_with_it(
        self, store: Store, redis_server: Server
    ) -> None:
        """An entry or a seal does not make it stay for good."""
        await open_event(store)
        await store.advance(SALE, 1, NOW, deed=DEED)
        await store.delete_event(SALE)
        await store.seal(SALE, {1: "aa"})
        for event_id in (SALE, "never"):
            await store.add_entry(event_id, DEED, "null", NOW)
        await store.seal("never", {1: "aa"})
        for key in (KEYS.log, KEYS.seals):
            assert 0 < redis_server.call("TTL", key) <= LOG_LIFETIME
        key_leaks.check(redis_server)
        await open_event(store)
        for key in (KEYS.log, KEYS.seals):
            assert redis_server.call("TTL", key) == -1

    async def test_used_codes_stay_for_the_longest_of_them(
        self, store: Store, redis_server: Server
    ) -> None:
        """One used by a clock that is behind does not let the others go before their time."""
        epoch = await open_event(store)
        await store.redeem(SALE, epoch, "ahead", NOW + 180, NOW + 60)
        await store.redeem(SALE, epoch, "behind", NOW + 1, NOW)
        assert 170 < redis_server.call("TTL", KEYS.used_codes) <= 181

    async def test_resetting_leaves_only_the_event(
        self, store: Store, redis_server: Server
    ) -> None:
        """No curve, no session, no slot, nobody held; what is to be told, and the log."""
        await use_everything(store)
        await store.reset_event(SALE, NOW)
        stay = {"event", "outbox", "lanes", "dead-letters", "log", "seals"}
        stay |= {"themes", "theme-texts"}
        assert names_of(redis_server) == stay

    async def test_another_prefix_is_another_store(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """Two deployments on one server see nothing of each other."""
        await open_event(store)
        other = opened(f"{url}?prefix=other")
        assert await other.event_ids() == []
        await other.claim_secret("other")
        assert not await store.is_claimed()

    async def test_another_database_is_another_store(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """The number in the URL's path chooses it."""
        await open_event(store)
        assert await opened(f"{url}/3").event_ids() == []
        assert await opened(f"{url}/0").event_ids() == [SALE]


class TestOlderEvents:
    """An event that a version without caps, notes and logs has made; both may run for a while."""

    @pytest.fixture
    async def store(self, redis_server: Server, opened: Callable[[str], Store]) -> Store:
        """With such an event in it."""
        redis_server.call("FLUSHALL")
        store = opened(redis_server.url)
        await store.create_event(Event(event_id=SALE), NOW)
        new = ("max_active", "gates", "probe", "metrics_events", "opens_at", "theme")
        fields = [f"set:{name}" for name in new]
        redis_server.call("HDEL", KEYS.event, "given_up", "facts", *fields)
        return store

    async def test_it_is_read_with_defaults(self, store: Store) -> None:
        """What was not known of it is 0, off or empty."""
        at = await snapshot(store)
        assert (at.event, at.counters, at.notes) == (Event(event_id=SALE), Counters(), {})

    async def test_it_does_all_that_a_new_one_does(self, store: Store) -> None:
        """Admit, hold, give up, exits, sweep, tell, log, and be dressed."""
        epoch = (await snapshot(store)).epoch
        first, second, third, _ = await line_of(store, 4, called=3)
        await admit(store, epoch, first)
        await store.note(SALE, {OUTBOX: "1"})
        await store.change_event(SALE, {"max_active": 1, "inlet": MaxSize(size=9)}, NOW, DEED)
        [entry] = await store.log(SALE, 0, 9)
        assert entry.before == '{"max_active":0,"inlet":{"kind":"manual"}}'
        with pytest.raises(SiteFull):
            await admit(store, epoch, second)
        await store.keep_theme(SALE, "0" * 16, b"{}", NOW)
        assert await store.give_up(SALE, epoch, third, NOW)
        with pytest.raises(PlaceGivenUp):
            await admit(store, epoch, third)
        assert (await store.exits(SALE, epoch, [first], [], None, NOW)).updated == 1
        await store.expire(SALE, NOW + HOUR)
        after = await snapshot(store)
        assert (after.counters.expired, after.counters.given_up) == (3, 1)
        assert [fact.type for fact in await store.facts(SALE, 0, 9)] == [
            "session_updated",
            "serving_counter_changed",
        ]


class TestBounds:
    """What is kept of one event is bounded, and no step takes long."""

    @pytest.fixture
    def url(self, redis_server: Server) -> str:
        """A server with nothing in it."""
        redis_server.call("FLUSHALL")
        return redis_server.url

    @pytest.mark.slow
    async def test_the_oldest_facts_go(self, store: Store, redis_server: Server) -> None:
        """If nobody fetches them: the newest million stay."""
        await open_event(store)
        await store.note(SALE, {OUTBOX: "1"})
        fill = "for i = 1, ARGV[1] do redis.call('ZADD', KEYS[1], i, i) end"
        redis_server.call("EVAL", fill, 1, KEYS.outbox, MAX_FACTS)
        await store.advance(SALE, 1, NOW)
        assert await store.outbox_depth(SALE) == MAX_FACTS
        assert redis_server.call("ZRANGE", KEYS.outbox, 0, 0) == ["2"]

    async def test_the_oldest_entries_go(self, store: Store, redis_server: Server) -> None:
        """And their seals with them."""
        await open_event(store)
        fill = (
            "for i = 1, ARGV[1] do redis.call('ZADD', KEYS[1], i, i);"
            " redis.call('HSET', KEYS[2], i, 'aa') end"
        )
        redis_server.call("EVAL", fill, 2, KEYS.log, KEYS.seals, MAX_LOG)
        await store.advance(SALE, 1, NOW, deed=DEED)
        assert redis_server.call("ZRANGE", KEYS.log, 0, 0) == ["2"]
        assert redis_server.call("ZCARD", KEYS.log) == MAX_LOG
        assert redis_server.call("HLEN", KEYS.seals) == MAX_LOG - 1
        assert await store.unsealed(SALE) == await store.log_end(SALE) == MAX_LOG + 1

    async def test_a_crowd_that_left_the_door_is_let_go_bit_by_bit(
        self, store: Store, redis_server: Server
    ) -> None:
        """One sweep takes some milliseconds; in the end all are counted, each once."""
        people = 2 * MAX_LET_GO + 5
        await open_event(store, queue_position_expiry_period=60)
        await line_of(store, people, called=people)
        fill = (
            "for i = 1, ARGV[1] do local padded = string.format('%013d', i);"
            " redis.call('ZADD', KEYS[1], i, padded);"
            " redis.call('ZADD', KEYS[2], ARGV[2], padded) end"
        )
        redis_server.call("EVAL", fill, 2, KEYS.held, KEYS.asked, people, NOW)
        expired = [(await store.expire(SALE, NOW + 66)).expired for _ in range(4)]
        assert expired == [MAX_LET_GO, MAX_LET_GO, 5, 0]
        assert (await snapshot(store)).counters.expired == people
        assert (await store.expire(SALE, NOW + 66)).next_at == NOW + 126
