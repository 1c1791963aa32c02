"""One writer thread per process: queue in, future out, many operations per commit.

What belongs here: group commit and getting over a full disk, a read-only file, a lost file. While
one commit waits for the disk, operations collect; the next transaction takes them all, so that the
cost of durability (``synchronous=FULL``: one fsync a commit) is shared by whoever came meanwhile.

An operation is a function of the connection. It runs inside a savepoint: if it raises, what it
wrote is undone and the others are not touched. Its future is settled after the commit, not before.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

import structlog

from waitroom.errors import StoreUnavailable

T = TypeVar("T")


class FileConnection(sqlite3.Connection):
    """A connection that knows which file it has open, by device and inode."""

    source: str = ""


Operation = Callable[[FileConnection], Any]

MAX_GROUP: Final = 512  # operations in one transaction: bounds how long the first of them waits
MAX_PENDING: Final = 10_000  # operations waiting; beyond it the answer is 503, not a longer queue
TURN_SECONDS: Final = 1.0  # how long to wait for one's turn among the processes of this machine
TURN_GLANCE: Final = 0.0005  # s between two looks whether it has come
BUSY_SECONDS: Final = 5.0  # how long to wait for another process's transaction
ANSWER_SECONDS: Final = 10.0  # how long a caller waits, e.g. for a disk that does not answer

# What an operation alone is to blame for. Other errors of SQLite are about the disk or the file;
# "malformed" and "not a database" are a bare DatabaseError.
_OWN_FAULTS: Final = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)

log = structlog.get_logger("waitroom.store")


def connect(path: Path) -> FileConnection:
    """A connection to an existing file; changes nothing about it."""
    return sqlite3.connect(
        f"file:{_quoted(path)}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=FileConnection,
    )


class Connected:
    """A connection to a Waitroom store, with the pragmas that the promises rest on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _identity(path)
        self._turn: int | None = None
        self.db = connect(path)
        if self._file is not None:
            self.db.source = "{:x}:{:x}".format(*self._file)
        try:
            _use_wal(self.db)
            self.db.execute("PRAGMA synchronous=FULL")  # fsync before commit returns: `durable`
            self.db.execute("PRAGMA journal_size_limit=16777216")
        except sqlite3.Error:
            self.db.close()
            raise

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this process's turn to write.

        SQLite's own waiting polls with growing pauses: with four busy processes a commit then took
        up to 700 ms. Looking every half a millisecond, it takes about 10 ms. A courtesy only: that
        nobody writes at the same time is SQLite's affair, so whoever waited ``TURN_SECONDS`` in
        vain (a stopped process may hold the turn) goes on without.
        """
        held = self._take_turn()
        try:
            yield
        finally:
            if held and self._turn is not None:
                fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _take_turn(self) -> bool:
        deadline = time.monotonic() + TURN_SECONDS
        try:
            if self._turn is None:  # a file of its own, for our user alone
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                self._turn = os.open(f"{self._path}-turn", flags, 0o600)
            while time.monotonic() < deadline:
                with suppress(BlockingIOError):
                    fcntl.flock(self._turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return True
                time.sleep(TURN_GLANCE)
        except OSError:
            pass  # a full or read-only disk, or no such locks: then without
        return False

    def close(self) -> None:
        """Let go of the file."""
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None
        self.db.close()

    def is_elsewhere(self) -> bool:
        """Whether the path now leads to another file than this connection, or to none.

        SQLite goes on with a file that was deleted or moved away, and what is written there is
        lost as soon as the process ends.
        """
        return _identity(self._path) != self._file


def _use_wal(db: sqlite3.Connection) -> None:
    """Switch to WAL mode, which lasts; nothing happens if that was done before.

    SQLite does not wait for the lock that switching takes (its busy timeout does not hold there),
    so of several processes that make a new file at once all but one would fail.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the rest says why
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


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
        self._connected: Connected | None = None
        self._failing = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, operation: Callable[[FileConnection], T]) -> T:
        """The result of ``operation``, once it is on the disk.

        Raises:
            StoreUnavailable: it could not be written, too much is waiting already, or it took
                longer than ``ANSWER_SECONDS``; what had not been begun by then is left undone.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._jobs.qsize() >= MAX_PENDING:
            raise StoreUnavailable("too many writes are waiting")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(operation, future))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except TimeoutError:
            raise StoreUnavailable("the write was not done in time") from None

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
            written = self._transact(group)
        except sqlite3.Error as error:
            self._note_failure(error)
            for job in group:
                job.outcome = StoreUnavailable(str(error))
        else:
            if written:  # an empty transaction succeeds on a full disk too
                self._note_success()

    def _transact(self, group: list[_Job]) -> bool:
        """Run ``group`` in one transaction; whether that wrote anything."""
        if self._connected is None:
            self._connected = Connected(self._path)
        db = self._connected.db
        before = db.total_changes
        with self._connected.turn():
            db.execute("BEGIN IMMEDIATE")
            for job in group:
                if not job.future.done():  # else its caller was told 503: do nothing behind it
                    job.outcome = _attempt(db, job.operation)
            db.execute("COMMIT")
        if self._connected.is_elsewhere():
            raise sqlite3.OperationalError("the file was deleted, moved away or replaced")
        return db.total_changes != before

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
        connected, self._connected = self._connected, None
        if connected is None:
            return
        try:
            if connected.db.in_transaction:
                connected.db.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # the file is gone or the transaction was rolled back for us
        finally:
            connected.close()


def _attempt(db: FileConnection, operation: Operation) -> Any:
    """The outcome of one operation: its result, or the exception that undid it."""
    db.execute("SAVEPOINT operation")
    try:
        result = operation(db)
    except Exception as error:
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, _OWN_FAULTS):
            raise  # the disk or the file: concerns the whole group
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
