"""What a change of primary does to the line, and who is answered when replicas are wanted."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import msgspec
import pytest
from redis_servers import (
    SERVICE,
    Server,
    cluster,
    primary_of,
    replica,
    sentinels,
    server,
    until,
    until_in_step,
)

from scene import NOW, SALE, counters, measured, open_event, snapshot
from waitroom.core.model import Floor
from waitroom.errors import StoreUnavailable
from waitroom.store import Store, StoreOptions, open_store

SECONDS: Final = 10
GAP: Final = StoreOptions(failover_gap=SECONDS)
SOON: Final = 10.0  # s within which service is back
Opener = Callable[..., Store]


@pytest.fixture
async def opener() -> AsyncIterator[Opener]:
    """Opens stores and closes them all in the end."""
    stores: list[Store] = []

    def opens(url: str, options: StoreOptions = GAP) -> Store:
        stores.append(open_store(url, options))
        return stores[-1]

    yield opens
    for store in stores:
        await store.close()


@pytest.fixture
def url(redis_server: Server) -> str:
    """A server with nothing in it."""
    redis_server.call("FLUSHALL")
    return redis_server.url


KEY: Final = f"waitroom:{{{SALE}}}:event"


def pretend_failover(redis_server: Server) -> None:
    """Let the event remember another primary."""
    redis_server.call("HSET", KEY, "primary", "another")


class TestSafetyGap:
    """The first join after a change of primary skips what nobody here can have seen."""

    async def test_there_is_none_without_a_change(self, opener: Opener, url: str) -> None:
        """Not for a new event, not after a reset, not on another connection."""
        store = opener(url)
        await open_event(store)
        assert (await store.join(SALE, 5, NOW)).first == 1
        assert (await opener(url).join(SALE, 5, NOW)).first == 6
        await store.reset_event(SALE, NOW)
        assert (await store.join(SALE, 1, NOW)).first == 1

    async def test_it_is_once_and_at_least_100(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """However few came before; the next join goes on behind it."""
        store = opener(url)
        await open_event(store)
        await store.join(SALE, 2, NOW)
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW + 1)).first == 103
        assert (await store.join(SALE, 1, NOW + 1)).first == 104

    async def test_a_server_that_was_primary_before_counts_as_another(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """It was a replica meanwhile: what others gave out then, it may never have heard of."""
        store = opener(url)
        await open_event(store)
        await store.join(SALE, 5, NOW)
        redis_server.call("REPLICAOF", "127.0.0.1", "1")
        redis_server.call("REPLICAOF", "NO", "ONE")
        assert (await store.join(SALE, 1, NOW + 1)).first == 106
        assert (await opener(url).join(SALE, 1, NOW + 1)).first == 107

    async def test_a_new_line_has_one_too(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """The joins of the old primary may be lost altogether, though not the event."""
        store = opener(url)
        await open_event(store)
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW)).first == 101

    async def test_it_is_the_peak_of_the_last_minute_times_its_seconds(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """Of the last 60 points of the curve; what was before does not count."""
        store = opener(url)
        await open_event(store)
        for second in range(70):
            await store.join(SALE, {5: 900, 40: 77}.get(second, 30), NOW + second)
        queue = (await counters(store)).queue
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW + 70)).first == queue + 77 * SECONDS + 1

    async def test_gaps_do_not_grow_on_gaps(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """One after another is as large as the first, until there is a new rate to go by."""
        store = opener(url)
        await open_event(store)
        await store.join(SALE, 50, NOW)
        for second in range(1, 5):
            queue = (await counters(store)).queue
            pretend_failover(redis_server)
            assert (await store.join(SALE, 1, NOW + second)).first == queue + 50 * SECONDS + 1

    async def test_a_floor_is_no_rate(self, opener: Opener, url: str, redis_server: Server) -> None:
        """A queue that was raised to what somebody remembered is not a crowd."""
        store = opener(url)
        epoch = await open_event(store)
        await store.join(SALE, 5, NOW)
        assert (await store.join(SALE, 1, NOW, Floor(epoch, 90_000))).first == 90_001
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW + 1)).first == 90_102

    async def test_a_restored_queue_is_no_rate(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """Not even if it was raised after the first join that followed the failover."""
        store = opener(url)
        await open_event(store)
        await store.join(SALE, 5, NOW)
        line = await snapshot(store)
        counted = msgspec.structs.replace(line.counters, queue=90_000)
        await store.restore(msgspec.structs.replace(line, counters=counted), NOW + 1)
        assert (await store.join(SALE, 1, NOW + 2)).first == 90_001
        assert (await store.join(SALE, 20, NOW + 3)).first == 90_002
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW + 4)).first == 90_022 + 20 * SECONDS

    async def test_it_comes_on_top_of_the_floor(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """What one worker remembers, others may have gone beyond."""
        store = opener(url)
        epoch = await open_event(store)
        await store.join(SALE, 5, NOW)
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW, Floor(epoch, 1_000))).first == 1_101

    async def test_it_can_be_switched_off(
        self, opener: Opener, url: str, redis_server: Server
    ) -> None:
        """With 0 seconds, nothing is skipped."""
        store = opener(url, StoreOptions(failover_gap=0))
        await open_event(store)
        await store.join(SALE, 2, NOW)
        pretend_failover(redis_server)
        assert (await store.join(SALE, 1, NOW)).first == 3

    async def test_a_restart_is_a_change(self, opener: Opener, tmp_path: Path) -> None:
        """The last moments of a server's log may be lost; its copy is another source."""
        with server(tmp_path, {"appendonly": "yes", "appendfsync": "always"}) as one:
            store = opener(one.url)
            await open_event(store)
            await store.join(SALE, 1, NOW)
            before = await snapshot(store)
            assert before.source == one.run_id
            one.kill()
            with pytest.raises(StoreUnavailable):
                await store.join(SALE, 1, NOW)
            one.start()
            assert (await store.join(SALE, 1, NOW)).first == 102
            after = await snapshot(store)
            assert after.source == one.run_id != before.source
            assert after.epoch == before.epoch


async def until_answered(store: Store) -> None:
    """Until a join is answered again; says how long that took."""
    began = time.monotonic()
    async with asyncio.timeout(SOON):
        while True:
            try:
                await store.join(SALE, 1, NOW)
                break
            except StoreUnavailable:
                await asyncio.sleep(0.02)  # the clock of Redis cannot be injected
    measured("seconds without service", round(time.monotonic() - began, 2))


class World:
    """A primary with a replica and three sentinels."""

    def __init__(self, stack: ExitStack, directory: Path) -> None:
        self.primary = stack.enter_context(server(directory / "primary"))
        self.replica = stack.enter_context(replica(self.primary, directory / "replica"))
        self.sentinels = stack.enter_context(sentinels(self.primary, directory))
        hosts = ",".join(f"{one.host}:{one.port}" for one in self.sentinels)
        self.url = f"redis+sentinel://{hosts}/{SERVICE}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Started, and stopped in the end."""
    with ExitStack() as stack:
        yield World(stack, tmp_path)


@pytest.mark.slow
async def test_sentinels_lead_to_the_new_primary(world: World, opener: Opener) -> None:
    """The primary is killed: service is back by itself, and no place is given out twice."""
    store = opener(world.url)
    await open_event(store)
    before = [(await store.join(SALE, 1, NOW)).first for _ in range(50)]
    until_in_step(world.primary, world.replica)
    world.primary.kill()
    await until_answered(store)
    assert (await store.join(SALE, 1, NOW)).first > max(before) + 90
    assert (await snapshot(store)).source == world.replica.run_id


@pytest.mark.slow
async def test_a_primary_that_hangs_is_left(world: World, opener: Opener) -> None:
    """It keeps connections and answers nothing; then it wakes, demoted, and is not believed."""
    store = opener(world.url)
    await open_event(store)
    before = await store.join(SALE, 50, NOW)
    until_in_step(world.primary, world.replica)
    world.primary.pause()
    await until_answered(store)
    world.primary.resume()
    until(lambda: world.primary.info("replication")["role"] == "slave", "it is demoted")
    assert (await store.join(SALE, 1, NOW)).first > before.first + 50
    assert (await snapshot(store)).source == world.replica.run_id


@pytest.mark.slow
async def test_a_switch_while_the_old_one_lives(world: World, opener: Opener) -> None:
    """An operator's failover: nothing breaks, but the store follows."""
    store = opener(world.url)
    await open_event(store)
    await store.join(SALE, 5, NOW)
    until_in_step(world.primary, world.replica)
    world.sentinels[0].call("SENTINEL", "FAILOVER", SERVICE)
    until(lambda: primary_of(world.sentinels[0])[1] == world.replica.port, "they agree")
    new = world.replica.run_id
    async with asyncio.timeout(SOON):
        while True:
            with suppress(StoreUnavailable):
                await store.join(SALE, 1, NOW)
                if (await snapshot(store)).source == new:
                    break
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_a_cluster_gets_over_the_loss_of_a_primary(tmp_path: Path, opener: Opener) -> None:
    """Its replica takes over; the events on other nodes notice nothing."""
    with cluster(tmp_path, replicas=1) as nodes:
        store = opener(f"redis+cluster://{nodes[0].host}:{nodes[0].port}")
        await open_event(store)
        given = await store.join(SALE, 5, NOW)
        source = (await snapshot(store)).source
        n, home = next(item for item in enumerate(nodes) if item[1].run_id == source)
        until_in_step(home, nodes[n + 3])
        home.kill()
        await until_answered(store)
        assert (await store.join(SALE, 1, NOW)).first > given.first + 100
        assert (await snapshot(store)).source != source


class TestReplicated:
    """``join_durability=replicated``."""

    OPTIONS = StoreOptions(join_durability="replicated", join_replicas=1, failover_gap=0)

    async def test_a_join_that_is_answered_is_on_the_replica(
        self, tmp_path: Path, opener: Opener
    ) -> None:
        """At that moment, not some time later."""
        with server(tmp_path / "a") as one, replica(one, tmp_path / "b") as two:
            store = opener(one.url, self.OPTIONS)
            await open_event(store)
            for n in range(1, 100):
                await store.join(SALE, 1, NOW)
                assert int(two.call("HGET", KEY, "queue")) == n

    async def test_joins_of_many_events_at_once(self, tmp_path: Path, opener: Opener) -> None:
        """They wait for the replica side by side, over a bounded number of connections."""
        with server(tmp_path / "a") as one, replica(one, tmp_path / "b"):
            store = opener(one.url, self.OPTIONS)
            names = [f"sale-{n}" for n in range(40)]
            for name in names:
                await open_event(store, name)
            given = await asyncio.gather(*(store.join(name, 3, NOW) for name in names * 5))
            assert sorted(arrivals.first for arrivals in given) == sorted([1, 4, 7, 10, 13] * 40)
            assert int(one.info("clients")["connected_clients"]) <= 20

    async def test_without_enough_replicas_nobody_is_answered(
        self, tmp_path: Path, opener: Opener
    ) -> None:
        """Out of reach; the places are gaps. With the replica back, so is the service."""
        with server(tmp_path / "a") as one, replica(one, tmp_path / "b") as two:
            store = opener(one.url, self.OPTIONS)
            await open_event(store)
            await store.join(SALE, 1, NOW)
            two.kill()
            with pytest.raises(StoreUnavailable) as refused:
                await store.join(SALE, 1, NOW)
            assert "0 of 1 replicas" in refused.value.detail
            assert (await snapshot(store)).counters.queue == 2
            two.start()
            await until_answered(store)

    @pytest.mark.slow
    async def test_in_a_cluster(self, tmp_path: Path, opener: Opener) -> None:
        """The replica of the event's own primary is what counts."""
        with cluster(tmp_path, replicas=1) as nodes:
            store = opener(f"redis+cluster://{nodes[0].host}:{nodes[0].port}", self.OPTIONS)
            for name in ("a", "b", "c", "d", "e"):
                await open_event(store, name)
                assert (await store.join(name, 2, NOW)).first == 1
            for node in nodes[3:]:
                node.kill()
            with pytest.raises(StoreUnavailable):
                await store.join("a", 1, NOW)


async def test_sentinels_that_know_nothing(tmp_path: Path, opener: Opener) -> None:
    """The detail says what one of them said; one that is gone does not matter."""
    with server(tmp_path / "a") as one, replica(one, tmp_path / "b"):
        with sentinels(one, tmp_path) as three:
            three[0].kill()
            hosts = ",".join(f"{each.host}:{each.port}" for each in three)
            await opener(f"redis+sentinel://{hosts}/{SERVICE}").ping()
            with pytest.raises(StoreUnavailable) as refused:
                await opener(f"redis+sentinel://{hosts}/other").ping()
            assert "No such master" in refused.value.detail
        with pytest.raises(StoreUnavailable) as refused:
            await opener(f"redis+sentinel://{hosts}/{SERVICE}").ping()
        assert "cannot be reached" in refused.value.detail
