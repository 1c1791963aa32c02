"""A Redis that forgets, is full, hangs, goes and comes back: 503, and no step is done twice."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis_servers import Server, replica, server, until

from scene import NOW, SALE, counters, open_event, snapshot
from waiting import wait_until
from waitroom.errors import StoreRefused, StoreUnavailable
from waitroom.store import Store, StoreOptions, open_store, redis_wire
from waitroom.store.redis import RedisStore
from waitroom.store.redis_routes import PAUSE, Known

NO_GAP = StoreOptions(failover_gap=0)
REPLICATED = StoreOptions(failover_gap=0, join_durability="replicated")

Opened = Callable[[str], Store]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server for one test alone, which keeps what was written when it is killed."""
    with server(tmp_path / "own", {"appendonly": "yes", "appendfsync": "always"}) as one:
        yield one


@pytest.fixture
async def store(own: Server) -> AsyncIterator[RedisStore]:
    """A store on it."""
    found = open_store(own.url, NO_GAP)
    assert isinstance(found, RedisStore)
    yield found
    await found.close()


async def refused(store: Store) -> StoreUnavailable:
    """What a join hears."""
    with pytest.raises(StoreUnavailable) as error:
        await store.join(SALE, 1, NOW)
    return error.value


async def test_scripts_that_the_server_forgot_are_told_again(
    store: RedisStore, own: Server
) -> None:
    """Singly and in a pipeline; nobody notices."""
    names = [SALE, "a", "b"]
    for name in names:
        own.call("SCRIPT", "FLUSH")
        await open_event(store, name)
    own.call("SCRIPT", "FLUSH")
    assert set(await store.snapshots(names, NOW)) == set(names)
    own.call("SCRIPT", "FLUSH")
    assert (await store.join(SALE, 2, NOW)).first == 1
    assert (await store.join(SALE, 1, NOW)).first == 3


async def test_scripts_are_told_again_before_waiting_for_replicas(
    own: Server, tmp_path: Path
) -> None:
    """The wait counts for what the script wrote, not for its failure."""
    with replica(own, tmp_path / "replica") as other:
        store = open_store(own.url, REPLICATED)
        await open_event(store)
        for n in range(1, 20):
            own.call("SCRIPT", "FLUSH")
            assert (await store.join(SALE, 1, NOW)).first == n
            assert int(other.call("HGET", f"waitroom:{{{SALE}}}:event", "queue")) == n
        await store.close()


async def test_a_server_that_comes_back_is_found(store: RedisStore, own: Server) -> None:
    """At once out of reach, then in order by itself, and the line goes on."""
    await open_event(store)
    await store.join(SALE, 5, NOW)
    own.kill()
    before = time.monotonic()
    for _ in range(3):
        await refused(store)
    assert time.monotonic() - before < 1
    own.start()
    assert (await store.join(SALE, 1, NOW)).first == 6


async def test_a_server_that_hangs_does_not_hold_us(store: RedisStore, own: Server) -> None:
    """Who waits hears it after two seconds; what was sent is done once, not again."""
    await open_event(store)
    await store.join(SALE, 1, NOW)
    own.pause()
    before = time.monotonic()
    answers = await asyncio.gather(
        *(store.join(SALE, 1, NOW) for _ in range(5)), return_exceptions=True
    )
    took = time.monotonic() - before
    own.resume()
    assert all(isinstance(answer, StoreUnavailable) for answer in answers)
    assert redis_wire.ANSWER_SECONDS <= took < redis_wire.ANSWER_SECONDS + 1
    until(lambda: own.call("PING"), "it answers again")
    given = (await store.join(SALE, 1, NOW)).first
    assert given <= 7, "a step was sent twice"
    assert (await counters(store)).queue == given


async def test_a_full_server_refuses_writes_and_answers_reads(
    store: RedisStore, own: Server
) -> None:
    """The detail says why; with room again, it works again."""
    await open_event(store)
    own.call("CONFIG", "SET", "maxmemory-policy", "noeviction")
    own.call("CONFIG", "SET", "maxmemory", 1)
    with pytest.raises(StoreUnavailable) as error:
        await store.ping()
    assert "OOM" in error.value.detail
    await refused(store)
    assert (await snapshot(store)).counters.queue == 0
    own.call("CONFIG", "SET", "maxmemory", 0)
    assert (await store.join(SALE, 1, NOW)).first == 1


async def test_a_server_that_became_a_replica_is_not_believed(
    store: RedisStore, own: Server
) -> None:
    """It is read-only; made a primary again, it works again, and the line goes on.

    Nobody listens where its primary is said to be, so that nothing is copied from there.
    """
    await open_event(store)
    await store.join(SALE, 1, NOW)
    own.call("REPLICAOF", "127.0.0.1", 1)
    for _ in range(2):
        await refused(store)
    own.call("REPLICAOF", "NO", "ONE")
    await store.ping()
    assert (await store.join(SALE, 1, NOW)).first == 2


async def test_too_few_replicas_for_the_server_itself(store: RedisStore, own: Server) -> None:
    """Its own limit (min-replicas-to-write) is out of reach as well."""
    await open_event(store)
    own.call("CONFIG", "SET", "min-replicas-to-write", 1)
    assert "NOREPLICAS" in (await refused(store)).detail
    own.call("CONFIG", "SET", "min-replicas-to-write", 0)
    assert (await store.join(SALE, 1, NOW)).first == 1


async def test_who_gives_up_does_not_shift_the_answers(store: RedisStore, own: Server) -> None:
    """Of calls under way on one connection, some are cancelled; the others get their own."""
    await open_event(store)
    for name in ("a", "b", "c"):
        await open_event(store, name)
    await store.join(SALE, 1, NOW)  # the server knows the script
    own.pause()
    joins = [asyncio.create_task(store.join("abc"[n % 3], n, NOW)) for n in range(1, 31)]
    await wait_until(lambda: _under_way(store) == 30, description="all are sent")
    for join in joins[::2]:
        join.cancel()
    own.resume()
    answers = await asyncio.gather(*joins, return_exceptions=True)
    last: dict[int, int] = {}
    for n, answer in enumerate(answers, start=1):
        before = last.get(n % 3, 0)
        last[n % 3] = before + n
        if n % 2 == 0:
            assert not isinstance(answer, BaseException)
            assert answer.first == before + 1


def _under_way(store: RedisStore) -> int:
    [node] = store.client._nodes._nodes.values()
    return node._shared.load if node._shared is not None else 0


async def test_nothing_piles_up(
    store: RedisStore, own: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what a connection may have under way, the answer is 503 at once."""
    monkeypatch.setattr(redis_wire, "MAX_PENDING", 10)
    await open_event(store)
    own.pause()
    joins = [asyncio.create_task(store.join(SALE, 1, NOW)) for _ in range(10)]
    await wait_until(lambda: _under_way(store) == 10, description="all are sent")
    assert "too many" in (await refused(store)).detail
    own.resume()
    assert sorted(arrivals.first for arrivals in await asyncio.gather(*joins)) == [*range(1, 11)]


async def test_closing_does_not_wait_for_a_server_that_hangs(
    store: RedisStore, own: Server
) -> None:
    """Those under way hear that it is out of reach, as soon as they would have anyway."""
    await open_event(store)
    own.pause()
    join = asyncio.create_task(store.join(SALE, 1, NOW))
    await wait_until(lambda: _under_way(store) == 1, description="it is sent")
    async with asyncio.timeout(redis_wire.ANSWER_SECONDS + 1):
        await store.close()
    with pytest.raises(StoreUnavailable):
        await join
    own.resume()


async def test_sentinels_are_not_stormed() -> None:
    """However often somebody finds that the address is no good, they are asked now and then."""
    known, asked = Known(), 0

    async def ask() -> None:
        nonlocal asked
        asked += 1
        raise StoreUnavailable("no sentinel names a primary")

    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(4):
        for outcome in await asyncio.gather(
            *(known.get(ask, 1) for _ in range(9)), return_exceptions=True
        ):
            assert isinstance(outcome, StoreUnavailable)
        known.forget()
    assert asked == 4
    assert loop.time() - began >= 3 * PAUSE


async def test_a_name_with_an_address_that_is_silent(
    own: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next address of the name is tried, within the time there is for one connection."""
    loop = asyncio.get_running_loop()

    async def both(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        found = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*found, (host, port)) for host in ("127.0.0.2", own.host)]

    with ExitStack() as stack:
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.2", own.port))
        silent.listen(0)
        for _ in range(4):  # its queue is full: nobody else is answered
            waits = stack.enter_context(socket.socket())
            waits.setblocking(False)
            waits.connect_ex(("127.0.0.2", own.port))
        monkeypatch.setattr(loop, "getaddrinfo", both)
        wire = await redis_wire.dial(("redis.test", own.port), redis_wire.Login())
        assert await wire.send(redis_wire.pack(("PING",)), 1) == [b"PONG"]
        wire.abort("done")


@pytest.mark.parametrize(
    "to_hello", [b"$-1", b"*0", b":5", b"$30\r\nredis_version:7.0\r\nrole:master"]
)
@pytest.mark.parametrize("to_scripts", [b"$-1", b"*0", b":5", b"*1\r\n*0", b"*1\r\n$4\r\nWHAT"])
async def test_a_server_that_talks_nonsense(to_hello: bytes, to_scripts: bytes) -> None:
    """Out of reach, not a failure of ours."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(99_999):
            hello = b"INFO" in said
            writer.write(b"%b\r\n%b\r\n" % (to_hello, to_hello) if hello else to_scripts + b"\r\n")
            if not hello:
                break
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        nonsense = open_store(f"redis://127.0.0.1:{port}?prefix=p", NO_GAP)
        with pytest.raises((StoreUnavailable, StoreRefused)):
            await nonsense.snapshots([SALE], NOW)
        await nonsense.close()


async def test_many_who_come_at_once_share_one_connection(store: RedisStore, own: Server) -> None:
    """A crowd of callers is no crowd of connections."""
    await open_event(store)
    await asyncio.gather(*(store.join(SALE, 1, NOW) for _ in range(500)))
    assert int(own.info("clients")["connected_clients"]) == 2  # ours, and the one that asks
