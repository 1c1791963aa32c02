"""What the embedded store does when the disk or the file fails it while it runs.

Each fault is a real one. The promise is always the same: whoever asks hears that the store is out
of reach, the log says so once, and when the fault is gone it goes on by itself, without a position
given out twice.
"""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from volume import Volume, mounted

from scene import NOW, SALE, counters, open_event
from waiting import wait_until
from waitroom.errors import EventUnknown, StoreRefused, StoreUnavailable
from waitroom.store import Store, sqlite_writer

Opened = Callable[[str], Store]
Entry = MutableMapping[str, Any]


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Volume]:
    """A small disk."""
    with mounted(tmp_path / "volume") as volume:
        yield volume


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store of a test lies that needs no disk of its own."""
    return tmp_path / "store.db"


@pytest.fixture
def url(path: Path) -> str:
    """The same as a URL."""
    return f"sqlite://{path}"


async def refused_join(store: Store) -> StoreUnavailable:
    """The refusal of a join; it must not leak more than a plain sentence."""
    with pytest.raises(StoreUnavailable) as refusal:
        await store.join(SALE, 1, NOW)
    assert str(refusal.value) == "The store is out of reach for the moment."
    assert refusal.value.detail
    return refusal.value


async def joins_until_refused(store: Store) -> list[int]:
    """The positions that were still given out: the room inside the file is used up first."""
    answered: list[int] = []
    for _ in range(2_000):
        try:
            answered.append((await store.join(SALE, 1, NOW)).first)
        except StoreUnavailable:
            return answered
    pytest.fail("the disk is full and joins go on and on")


def remove(path: Path) -> None:
    """Delete the file and what SQLite keeps beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink()


def spoil(path: Path) -> None:
    """Overwrite all of the file but its first page."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def levels(entries: list[Entry]) -> list[str]:
    """The levels of what was logged, in order."""
    return [entry["log_level"] for entry in entries]


async def test_a_full_disk(volume: Volume, opened: Opened) -> None:
    """Joins are refused, reads go on, one line is logged; then it goes on by itself."""
    store = opened(f"sqlite://{volume.path}/store.db")
    await open_event(store)
    answered = [(await store.join(SALE, 1, NOW)).first for _ in range(5)]
    await counters(store)  # a reader keeps the log, so that refusals do not free the room it took
    with capture_logs() as entries:
        volume.fill()
        answered += await joins_until_refused(store)
        for _ in range(20):
            await refused_join(store)
        assert (await counters(store)).queue >= len(answered)
        volume.free()
        answered.append((await store.join(SALE, 1, NOW)).first)
    assert answered == sorted(set(answered))
    assert levels(entries) == ["error", "warning"]
    assert entries[0]["path"].endswith("store.db")
    assert entries[0]["error"]
    assert entries[0]["reason"].startswith("SQLITE_")


async def test_a_full_disk_is_not_forgotten_meanwhile(volume: Volume, opened: Opened) -> None:
    """A ping tells the truth; neither it nor a bad request makes the log say that all is well."""
    store = opened(f"sqlite://{volume.path}/store.db")
    await open_event(store)
    await counters(store)
    volume.fill()
    with capture_logs() as entries:
        await joins_until_refused(store)
        for _ in range(5):
            with pytest.raises(StoreUnavailable):
                await store.ping()
            with pytest.raises((StoreUnavailable, EventUnknown)):
                await store.join("nobody", 1, NOW)
            await refused_join(store)
    assert levels(entries) == ["error"]
    volume.free()
    await store.ping()


async def test_a_disk_that_fills_under_load(volume: Volume, opened: Opened) -> None:
    """Of many joins at once some are answered and the rest refused; no place is lost or doubled."""
    store = opened(f"sqlite://{volume.path}/store.db")
    await open_event(store)
    volume.fill()
    answered: list[int] = []
    for _ in range(4):
        calls = (store.join(SALE, 1, NOW) for _ in range(300))
        for answer in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(answer, StoreUnavailable):
                continue
            assert not isinstance(answer, BaseException)
            answered.append(answer.first)
        volume.free()
        answered.append((await store.join(SALE, 1, NOW)).first)
        volume.fill()
    assert len(set(answered)) == len(answered)
    volume.free()
    assert (await store.join(SALE, 1, NOW)).first == max(answered) + 1


async def test_a_disk_that_may_not_be_written(volume: Volume, opened: Opened) -> None:
    """Remounted read-only before the first write: refused, logged once, and back by itself."""
    url = f"sqlite://{volume.path}/store.db"
    first = opened(url)
    await open_event(first)
    await first.close()
    store = opened(url)
    with capture_logs() as entries:
        volume.set_writable(False)
        for _ in range(3):
            await refused_join(store)
            with pytest.raises(StoreUnavailable):
                await store.ping()
        volume.set_writable(True)
        assert (await store.join(SALE, 1, NOW)).first == 1
    assert levels(entries) == ["error", "warning"]


async def test_a_file_that_was_deleted(path: Path, store: Store) -> None:
    """No place is given out on a file that nobody will ever find again; nor is it read."""
    await open_event(store)
    await store.join(SALE, 1, NOW)
    await counters(store)
    with capture_logs() as entries:
        remove(path)
        for _ in range(3):
            await refused_join(store)
            with pytest.raises(StoreUnavailable):
                await store.snapshots([SALE], NOW)
    assert levels(entries) == ["error"]


async def test_a_file_that_was_put_back(path: Path, store: Store) -> None:
    """A backup that is moved into place is read and written from then on."""
    await open_event(store)
    await store.join(SALE, 7, NOW)
    await counters(store)
    backup = path.with_name("backup.db")
    with sqlite3.connect(path) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    await store.join(SALE, 100, NOW)
    remove(path)
    await refused_join(store)
    backup.rename(path)
    assert (await store.join(SALE, 1, NOW)).first == 8
    assert (await counters(store)).queue == 8


async def test_a_file_that_breaks_while_in_use(path: Path, url: str, opened: Opened) -> None:
    """Writing and reading say that the store is out of reach, not what SQLite calls it."""
    whole = opened(url)
    await open_event(whole)
    await whole.close()
    store = opened(url)
    spoil(path)
    await refused_join(store)
    with pytest.raises(StoreUnavailable):
        await store.snapshots([SALE], NOW)
    with pytest.raises(StoreRefused):
        opened(url)


async def test_a_file_locked_by_another_program(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the patience of ``BUSY_SECONDS`` the answer is a refusal, until the lock is gone."""
    monkeypatch.setattr(sqlite_writer, "BUSY_SECONDS", 0.05)
    await open_event(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refusal = await refused_join(store)
    assert "locked" in refusal.detail
    other.execute("ROLLBACK")
    other.close()
    assert (await store.join(SALE, 1, NOW)).first == 1


async def test_too_many_writes_waiting(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond ``MAX_PENDING`` the answer is a refusal at once; those that wait are answered."""
    monkeypatch.setattr(sqlite_writer, "MAX_PENDING", 40)
    await open_event(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    joins = [asyncio.ensure_future(store.join(SALE, 1, NOW))]
    jobs = store._writer._jobs  # type: ignore[attr-defined]
    await asyncio.sleep(0)  # the join is handed over
    await wait_until(lambda: jobs.qsize() == 0, description="the writer holds the first in hand")
    joins += [asyncio.ensure_future(store.join(SALE, 1, NOW)) for _ in range(200)]
    refused = [join for join in joins if await _refused_at_once(join)]
    assert len(refused) == 160
    other.execute("ROLLBACK")
    other.close()
    answers = [(await join).first for join in joins if join not in refused]
    assert answers == list(range(1, len(joins) - len(refused) + 1))


async def test_too_many_reads_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of reads, also if those who wait give up; it goes on when the disk answers."""
    monkeypatch.setattr(sqlite_writer, "MAX_PENDING", 40)
    await open_event(store)
    disk = threading.Event()
    store._reader._thread.submit(disk.wait)  # type: ignore[attr-defined]
    reads = [asyncio.ensure_future(counters(store)) for _ in range(100)]
    refused = [read for read in reads if await _refused_at_once(read)]
    assert len(refused) == 60
    for read in reads:
        read.cancel()
    with pytest.raises(StoreUnavailable):
        await counters(store)
    disk.set()
    await wait_until(lambda: store._reader._waiting == 0, description="the reader is done")  # type: ignore[attr-defined]
    assert (await counters(store)).queue == 0


async def _refused_at_once(join: asyncio.Future[Any]) -> bool:
    await asyncio.sleep(0)
    return join.done() and isinstance(join.exception(), StoreUnavailable)


async def test_an_answer_that_nobody_waits_for(store: Store) -> None:
    """A caller who gives up harms neither the writer nor the others of the same commit."""
    await open_event(store)
    joins = [asyncio.ensure_future(store.join(SALE, 1, NOW)) for _ in range(20)]
    await asyncio.sleep(0)
    for join in joins[::2]:
        join.cancel()
    answers = await asyncio.gather(*joins, return_exceptions=True)
    given = [answer.first for answer in answers if not isinstance(answer, BaseException)]
    assert len(set(given)) == 10
    assert (await store.join(SALE, 1, NOW)).first > max(given)


def test_the_store_is_for_its_owner_alone(path: Path, url: str, opened: Opened) -> None:
    """The file holds sealed keys and digests; group and others may not read it."""
    opened(url)
    assert os.stat(path).st_mode & 0o077 == 0  # noqa: PTH116
