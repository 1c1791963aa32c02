"""Both kinds of store, empty, and a way to write to each behind our back."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from programs import require
from store import redis_servers
from waitroom.core.audit import LogEntry
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.store import Store, open_store, path_of
from waitroom.tokens.keys import KeyRing

NOW = 1_800_000_000
Burgle = Callable[[str, list[LogEntry]], None]


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_servers.Server]:
    """One server for all; each test empties it."""
    require("redis-server")
    with redis_servers.server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of either kind."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/line.db"
    server: redis_servers.Server = request.getfixturevalue("redis")
    server.call("FLUSHALL")
    return server.url


@pytest.fixture
async def service(url: str, secret: bytes) -> AsyncIterator[Service]:
    """The use-cases on that store, at a time that stands still."""
    store = open_store(url)
    keys = KeyRing(Vault(secret, "signing keys"))
    one = Service(store, keys, secret, issuer_of=lambda _: "https://x/", clock=lambda: NOW)
    one.views.start()
    yield one
    await one.close()
    await store.close()


@pytest.fixture
def burgle(url: str, request: pytest.FixtureRequest) -> Burgle:
    """Puts other entries into the place of a log's, as who can write to the store can."""
    if url.startswith("sqlite"):
        return lambda event_id, entries: _into_file(url, event_id, entries)
    server: redis_servers.Server = request.getfixturevalue("redis")
    return lambda event_id, entries: _into_redis(server, event_id, entries)


def _into_file(url: str, event_id: str, entries: list[LogEntry]) -> None:
    columns = LogEntry.__struct_fields__
    rows = [(event_id, *(getattr(entry, name) for name in columns)) for entry in entries]
    with sqlite3.connect(path_of(url)) as db:
        db.execute("DELETE FROM log WHERE event_id=?", (event_id,))
        db.executemany(
            f"INSERT INTO log (event_id, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",
            rows,
        )
    db.close()


def _into_redis(server: redis_servers.Server, event_id: str, entries: list[LogEntry]) -> None:
    log, seals = (f"waitroom:{{{event_id}}}:{name}" for name in ("log", "seals"))
    server.call("DEL", log, seals)
    for entry in entries:
        text = msgspec.json.encode(msgspec.structs.replace(entry, seal=""))
        server.call("ZADD", log, entry.seq, text.replace(b',"seal":""', b""))
        if entry.seal:
            server.call("HSET", seals, entry.seq, entry.seal)


async def whole_log(store: Store, event_id: str) -> list[LogEntry]:
    """All entries of a log."""
    return await store.log(event_id, 0, 10_000)
