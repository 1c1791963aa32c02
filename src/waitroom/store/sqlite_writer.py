"""One writer thread per process: queue in, future out, many operations per commit.

What belongs here: group commit and getting over a full disk, a read-only file, a lost file. While
one commit waits for the disk, operations collect; the next transaction takes them all, so that the
cost of durability (``synchronous=FULL``: one fsync a commit) is shared by whoever came meanwhile.

An operation is a function of the connection. It runs inside a savepoint: if it raises, what it
wrote is undone and the others are not touched. Its future is settled after the commit, not before.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

import structlog

from waitroom.errors import StoreUnavailable

T = TypeVar("T")
Operation = Callable[[sqlite3.Connection], Any]

MAX_GROUP: Final = 512  # operations in one transaction: bounds how long the first of them waits
MAX_PENDING: Final = 10_000  # operations waiting; beyond it the answer is 503, not a longer queue
BUSY_SECONDS: Final = 5.0  # how long to wait for another process's transaction

log = structlog.get_logger("waitroom.store")


def connect(path: Path) -> sqlite3.Connection:
    """A connection to an existing file, with the pragmas that the promises rest on."""
    db = sqlite3.connect(
        f"file:{_quoted(path)}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")  # fsync before each commit returns: `durable`
    db.execute("PRAGMA journal_size_limit=16777216")
    return db


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class _Job:
    __slots__ = ("future", "operation", "outcome")

    def __init__(self, operation: Operation, future: asyncio.Future[Any]) -> None:
        self.operation = operation
        self.future = future
        self.outcome: Any = None

    def settle(self) -> None:
        if self.future.done():  # whoever waited has given up
            return
        if isinstance(self.outcome, BaseException):
            self.future.set_exception(self.outcome)
        else:
            self.future.set_result(self.outcome)


class Writer:
    """Runs operations on the file ``path`` in the order they came, in shared transactions."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._db: sqlite3.Connection | None = None
        self._failing = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """The result of ``operation``, once it is on the disk.

        Raises:
            StoreUnavailable: it could not be written, or too much is waiting already.
        """
        if self._closed or self._jobs.qsize() >= MAX_PENDING:
            raise StoreUnavailable("too many writes are waiting")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(operation, future))
        return await future

    async def close(self) -> None:
        """Finish what was accepted, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            self._commit(group)
            _settle(group)
        self._disconnect()

    def _next_group(self) -> list[_Job] | None:
        job = self._jobs.get()
        if job is None:
            return None
        group = [job]
        while len(group) < MAX_GROUP:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:  # closing: this group is the last
                self._jobs.put(None)
                break
            group.append(job)
        return group

    def _commit(self, group: list[_Job]) -> None:
        try:
            if self._db is None:
                self._db = connect(self._path)
            self._db.execute("BEGIN IMMEDIATE")
            for job in group:
                job.outcome = _attempt(self._db, job.operation)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._note_failure(error)
            for job in group:
                job.outcome = StoreUnavailable(str(error))
        else:
            self._note_success()

    def _note_failure(self, error: sqlite3.Error) -> None:
        """Undo, and let go of the file: a fresh connection is what recovers by itself."""
        self._disconnect()
        if not self._failing:
            self._failing = True
            log.error(
                "store cannot be written; answering 503 until it can",
                path=str(self._path),
                error=str(error),
                reason=getattr(error, "sqlite_errorname", "unknown"),
            )

    def _note_success(self) -> None:
        if self._failing:
            self._failing = False
            log.warning("store can be written again", path=str(self._path))

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db is None:
            return
        try:
            if db.in_transaction:
                db.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # the file is gone or the transaction was rolled back for us
        finally:
            db.close()


def _attempt(db: sqlite3.Connection, operation: Operation) -> Any:
    """The outcome of one operation: its result, or the exception that undid it."""
    db.execute("SAVEPOINT operation")
    try:
        result = operation(db)
    except sqlite3.OperationalError:
        raise  # the disk or the file: concerns the whole group
    except Exception as error:  # noqa: BLE001 - goes to whoever asked; the thread must live on
        db.execute("ROLLBACK TO operation")
        db.execute("RELEASE operation")
        return error
    db.execute("RELEASE operation")
    return result


def _settle(group: list[_Job]) -> None:
    """Settle the futures, each on its own loop, with one wake-up per loop."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Job]] = defaultdict(list)
    for job in group:
        by_loop[job.future.get_loop()].append(job)
    for loop, jobs in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed; nobody waits there any more
            loop.call_soon_threadsafe(_settle_here, jobs)


def _settle_here(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()
