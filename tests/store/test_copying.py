"""From any store to any other: all of it, or a plain word about what is missing."""

import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Final

import pytest
from contract_copy import a_running_sale, contents_of, everything, records_of
from redis_servers import Server

from scene import NOW, SALE, line_of, open_event, snapshot
from waitroom.core.model import Event
from waitroom.errors import StoreRefused, StoreUnavailable
from waitroom.store import Store, copying
from waitroom.store.copying import is_same
from waitroom.store.dumpfile import read_dump
from waitroom.store.records import (
    Credential,
    Deployment,
    Line,
    Record,
    RingKey,
    Slots,
)
from waitroom.store.sqlite import SqliteStore
from waitroom.store.tally import KINDS, tally

KINDS_OF_STORE: Final = ("sqlite", "redis", "cluster")
Opened = Callable[[str], Store]


@pytest.fixture
def urls(
    tmp_path: Path, redis_server: Server, redis_cluster: list[Server]
) -> dict[str, Callable[[str], str]]:
    """How to name a store of each kind; all are empty."""
    for server in (redis_server, *redis_cluster):
        server.call("FLUSHALL")
    node = redis_cluster[1]
    return {
        "sqlite": lambda name: f"sqlite://{tmp_path}/{name}.db",
        "redis": lambda name: f"{redis_server.url}?prefix={name}",
        "cluster": lambda name: f"redis+cluster://{node.host}:{node.port}?prefix={name}",
    }


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    """Where to keep a store of its own class."""
    return tmp_path / "special.db"


@pytest.mark.parametrize("target", KINDS_OF_STORE)
@pytest.mark.parametrize("source", KINDS_OF_STORE)
async def test_every_way(
    opened: Opened, urls: dict[str, Callable[[str], str]], source: str, target: str
) -> None:
    """Counts and digest are those of what was put into the first store."""
    here, there = opened(urls[source]("here")), opened(urls[target]("there"))
    await here.put(everything())
    copied = await copying.copy(here, there)
    assert copied.contents == tally(everything()) == await contents_of(there)
    assert set(copied.contents.counts) == set(KINDS)
    assert (copied.fingerprint, copied.moved) == ("f" * 32, ())
    assert await contents_of(here) == copied.contents


@pytest.mark.parametrize("kind", KINDS_OF_STORE)
async def test_by_way_of_a_file(
    opened: Opened, urls: dict[str, Callable[[str], str]], tmp_path: Path, kind: str
) -> None:
    """Dumped and loaded, a store holds what it held; the file is the same from every store."""
    store = opened(urls[kind]("here"))
    await a_running_sale(store)
    before = await contents_of(store)
    dumped = await copying.dump(store, tmp_path / "dump.gz")
    assert dumped.contents == before
    await store.clear()
    assert await copying.load(read_dump(tmp_path / "dump.gz"), store) == dumped
    assert await contents_of(store) == before


async def test_a_full_target_is_left_alone(
    opened: Opened, urls: dict[str, Callable[[str], str]]
) -> None:
    """Unless told to, and then nothing of what was in it stays."""
    here, there = opened(urls["sqlite"]("here")), opened(urls["redis"]("there"))
    await here.put(everything())
    await open_event(there, "other")
    with pytest.raises(StoreRefused, match="--force"):
        await copying.copy(here, there)
    assert await there.event_ids() == ["other"]
    await copying.copy(here, there, force=True)
    assert await records_of(there) == await records_of(here)


async def test_clearing_touches_nothing_else(
    opened: Opened, urls: dict[str, Callable[[str], str]], redis_server: Server
) -> None:
    """Neither other programs' keys, nor those of a deployment whose prefix begins alike."""
    mine = opened(urls["redis"]("line"))
    others = [opened(urls["redis"](name)) for name in ("line2", "line:x", "lin")]
    for store in (mine, *others):
        await store.put(everything())
    redis_server.call("SET", "line:{sale}:cache", "not ours")
    await mine.clear()
    for store in others:
        assert await contents_of(store) == tally(everything())
    assert redis_server.call("KEYS", "line:{*") == ["line:{sale}:cache"]


async def test_the_first_join_after_a_copy_leaves_a_gap(
    opened: Opened, urls: dict[str, Callable[[str], str]]
) -> None:
    """On Redis: the source may have given out more places meanwhile. Once, and at least 100."""
    here, there = opened(urls["sqlite"]("here")), opened(urls["redis"]("there"))
    await open_event(here)
    await line_of(here, 7)
    await here.claim_secret("f" * 32)
    await copying.copy(here, there)
    firsts = [(await there.join(SALE, 1, NOW + n)).first for n in range(2)]
    assert firsts == [108, 109]


class Forgetful(SqliteStore):
    """A store that loses the slots that are put into it."""

    async def put(self, records: Sequence[Record]) -> None:
        await super().put([record for record in records if not isinstance(record, Slots)])


async def test_a_copy_that_is_not_one_is_noticed(opened: Opened, a_file: Path) -> None:
    """Reading back finds what is missing, and names it."""
    here, there = opened(f"sqlite://{a_file}-here"), Forgetful(a_file)
    await here.put(everything())
    try:
        with pytest.raises(StoreRefused, match="slots: 2501 and 0"):
            await copying.copy(here, there)
    finally:
        await there.close()


class Full(SqliteStore):
    """A store that takes nothing."""

    async def put(self, _records: Sequence[Record]) -> None:
        raise StoreUnavailable("the disk is full")


async def test_who_fails_halfway_lets_go_of_what_was_read(opened: Opened, a_file: Path) -> None:
    """Of the dump file, and of the source with its open transaction, at once."""
    here, there = opened(f"sqlite://{a_file}-here"), Full(a_file)
    await here.put(everything())
    dumped = a_file.with_suffix(".jsonl")
    await copying.dump(here, dumped)
    threads = {one.name for one in threading.enumerate()}
    try:
        found = read_dump(dumped)
        with pytest.raises(StoreUnavailable):
            await copying.load(found, there)
        assert next(found, None) is None
        with pytest.raises(StoreUnavailable):
            await copying.copy(here, there)
        assert {one.name for one in threading.enumerate()} <= threads
    finally:
        await there.close()


class Busy(SqliteStore):
    """A store in which somebody joins, and an event is added, while it is read."""

    async def records(self) -> AsyncGenerator[Record, None]:
        async for record in super().records():
            yield record
            if isinstance(record, Line) and record.line.event.event_id == SALE:
                await self.join(SALE, 2, NOW)
                await self.create_event(Event(event_id="added"), NOW)


async def test_a_source_that_goes_on_is_told_of(opened: Opened, a_file: Path) -> None:
    """The copy is of the moment when reading began; the events that moved are named."""
    here, there = Busy(a_file), opened(f"sqlite://{a_file}-there")
    await a_running_sale(here)
    await open_event(here, "quiet")
    try:
        copied = await copying.copy(here, there)
    finally:
        await here.close()
    assert copied.moved == ("added", SALE)
    assert (await snapshot(there)).counters.queue == 20
    assert await there.event_ids() == ["quiet", SALE]


async def test_a_line_that_is_reset_while_it_is_read(
    opened: Opened, urls: dict[str, Callable[[str], str]]
) -> None:
    """On Redis, which is read piece by piece: no copy of two half lines is made."""
    store = opened(urls["redis"]("here"))
    await a_running_sale(store)

    async def read() -> None:
        async for record in store.records():
            if isinstance(record, Line):
                await store.reset_event(SALE, NOW)

    with pytest.raises(StoreUnavailable) as refused:
        await read()
    assert "reset or deleted while it was read" in refused.value.detail


class Unsound(SqliteStore):
    """A store that holds what none of ours can."""

    async def records(self) -> AsyncGenerator[Record, None]:
        yield Deployment("f", 5)
        for record in everything():
            if isinstance(record, Credential | RingKey):
                yield record
                yield record


async def test_nonsense_is_not_passed_on(opened: Opened, a_file: Path) -> None:
    """What a store should never hold is named, and not written anywhere."""
    here, there = Unsound(a_file), opened(f"sqlite://{a_file}-there")
    try:
        with pytest.raises(StoreRefused, match="comes twice"):
            await copying.copy(here, there)
        with pytest.raises(StoreRefused, match="comes twice"):
            await copying.dump(here, a_file.with_name("dump"))
    finally:
        await here.close()
    assert await there.is_empty()


async def test_one_store_by_two_names(
    opened: Opened, redis_server: Server, redis_cluster: list[Server], a_file: Path
) -> None:
    """Known as one: through a link, another name of the host, another node of the cluster."""
    a_link = a_file.with_name("link.db")
    a_link.symlink_to(a_file)
    one, two, _ = (f"redis+cluster://127.0.0.1:{node.port}" for node in redis_cluster)
    by_name = f"redis://localhost:{redis_server.port}"
    same = [
        (f"sqlite://{a_file}", f"sqlite://{a_link}"),
        (redis_server.url, by_name),
        (one, two),
    ]
    different = [
        (f"sqlite://{a_file}", f"sqlite://{a_file}-2"),
        (f"sqlite://{a_file}", by_name),
        (by_name, one),
        (by_name, f"{by_name}?prefix=other"),
        (by_name, f"{by_name}/1"),
    ]
    for wanted, pairs in ((True, same), (False, different)):
        for first, second in pairs:
            found = await is_same(first, opened(first), second, opened(second))
            assert found is wanted, (first, second)
