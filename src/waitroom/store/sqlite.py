"""The embedded store: one SQLite file in WAL mode, shared by the processes of one machine.

What belongs here: which verb is a write and which a read. The SQL is in ``sqlite_verbs``. Writes go
through the writer thread (``sqlite_writer``), reads through a thread and a connection of their own,
so that neither waits for the other.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Arrivals,
    Event,
    Expiry,
    Floor,
    Place,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    Standing,
    Step,
)
from waitroom.errors import StoreUnavailable
from waitroom.store import (
    sqlite_copy,
    sqlite_file,
    sqlite_recovery,
    sqlite_verbs,
    sqlite_writer,
)
from waitroom.store.records import Record
from waitroom.store.sqlite_writer import Connected, FileConnection, Writer

T = TypeVar("T")


class SqliteStore:
    """``Store`` on the file ``path``, which is made and migrated if need be.

    Raises:
        StoreRefused: the file is corrupt, of a newer version or not ours.
        DirectoryUnwritable: it cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        sqlite_file.prepare(path)
        self._path = path
        self._writer = Writer(path)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="sqlite-reader")
        self._reading: Connected | None = None
        self._reads = 0
        self._closed = False

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._path)!r})"

    async def _read(self, query: Callable[[FileConnection], T]) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._reads >= sqlite_writer.MAX_PENDING:
            raise StoreUnavailable("too many reads are waiting")
        self._reads += 1
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._reader, self._query, query)
        reading.add_done_callback(self._has_read)
        # Whoever gives up leaves the reading in the thread's queue, and it counts until it is done.
        return await asyncio.shield(reading)

    def _has_read(self, _reading: object) -> None:
        self._reads -= 1

    def _query(self, query: Callable[[FileConnection], T]) -> T:
        try:
            if self._reading is not None and self._reading.is_elsewhere():
                self._stop_reading()  # a file that was put in its place is what counts
            if self._reading is None:
                self._reading = Connected(self._path)
                self._reading.db.execute("PRAGMA query_only=ON")
            db = self._reading.db
            db.execute("BEGIN")  # all of one query sees one moment
            try:
                return query(db)
            finally:
                db.execute("COMMIT")
        except sqlite3.Error as error:
            self._stop_reading()
            raise StoreUnavailable(str(error)) from None

    # --- events

    async def create_event(self, event: Event, now: int) -> Snapshot:
        return await self._writer.run(lambda db: sqlite_verbs.create_event(db, event, now))

    async def change_event(
        self, event_id: str, changes: Mapping[str, object], now: int
    ) -> Snapshot:
        return await self._writer.run(
            lambda db: sqlite_verbs.change_event(db, event_id, changes, now)
        )

    async def delete_event(self, event_id: str) -> None:
        await self._writer.run(lambda db: sqlite_verbs.delete_event(db, event_id))

    async def reset_event(self, event_id: str, now: int) -> Snapshot:
        return await self._writer.run(lambda db: sqlite_verbs.reset_event(db, event_id, now))

    async def event_ids(self) -> list[str]:
        return await self._read(sqlite_verbs.event_ids)

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        return await self._read(lambda db: sqlite_verbs.snapshots(db, event_ids, now))

    # --- the line

    async def join(
        self, event_id: str, count: int, now: int, above: Floor | None = None
    ) -> Arrivals:
        return await self._writer.run(lambda db: sqlite_verbs.join(db, event_id, count, now, above))

    async def advance(self, event_id: str, by: int, now: int, slot: str | None = None) -> Advance:
        return await self._writer.run(lambda db: sqlite_verbs.advance(db, event_id, by, now, slot))

    async def expire(self, event_id: str, now: int) -> Expiry:
        if not await self._read(lambda db: sqlite_verbs.something_expires(db, event_id, now)):
            return Expiry()
        return await self._writer.run(lambda db: sqlite_verbs.expire(db, event_id, now))

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        return await self._read(lambda db: sqlite_verbs.curves(db, event_id, since, limit))

    # --- sessions

    async def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        return await self._writer.run(
            lambda db: sqlite_verbs.admit(db, event_id, epoch, place, now, issuer, validity)
        )

    async def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        return await self._read(lambda db: sqlite_verbs.standing(db, event_id, epoch, place, now))

    async def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus
    ) -> Session:
        return await self._writer.run(
            lambda db: sqlite_verbs.finish(db, event_id, epoch, place, status)
        )

    async def active_sessions(self, event_id: str, now: int) -> int:
        return await self._read(lambda db: sqlite_verbs.active_sessions(db, event_id, now))

    async def expired_sessions(
        self, event_id: str, now: int, limit: int, after: Place | None
    ) -> tuple[int, list[Place]]:
        return await self._read(
            lambda db: sqlite_verbs.expired_sessions(db, event_id, now, limit, after)
        )

    # --- keys

    async def is_claimed(self) -> bool:
        return await self._read(sqlite_verbs.is_claimed)

    async def claim_secret(self, fingerprint: str) -> bool:
        return await self._writer.run(lambda db: sqlite_verbs.claim_secret(db, fingerprint))

    async def add_signing_key(self, key: SigningKey, *, only_first: bool = False) -> bool:
        return await self._writer.run(lambda db: sqlite_verbs.add_signing_key(db, key, only_first))

    async def remove_signing_key(self, kid: str) -> None:
        await self._writer.run(lambda db: sqlite_verbs.remove_signing_key(db, kid))

    async def signing_keys(self) -> list[SigningKey]:
        return await self._read(sqlite_verbs.signing_keys)

    async def add_api_key(self, key: ApiKey, *, only_first: bool = False) -> bool:
        return await self._writer.run(lambda db: sqlite_verbs.add_api_key(db, key, only_first))

    async def revoke_api_key(self, key_id: str, now: int) -> None:
        await self._writer.run(lambda db: sqlite_verbs.revoke_api_key(db, key_id, now))

    async def api_keys(self) -> list[ApiKey]:
        return await self._read(sqlite_verbs.api_keys)

    async def api_key(self, key_id: str) -> ApiKey | None:
        return await self._read(lambda db: sqlite_verbs.api_key(db, key_id))

    # --- recovery

    async def restore(self, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
        return await self._writer.run(
            lambda db: sqlite_recovery.restore(db, line, now, unless_deleted=unless_deleted)
        )

    async def lost(self, event_ids: Collection[str]) -> set[str]:  # noqa: ARG002 - as the verb asks
        """None: a file is there as a whole, or it is another file."""
        return set()

    # --- copying

    def records(self) -> AsyncIterator[Record]:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return sqlite_copy.records(self._path)

    async def put(self, records: Sequence[Record]) -> None:
        await self._writer.run(lambda db: sqlite_copy.put(db, records))

    async def is_empty(self) -> bool:
        return await self._read(sqlite_copy.is_empty)

    async def clear(self) -> None:
        await self._writer.run(sqlite_copy.clear)

    # --- upkeep

    async def purge(self, limit: int, now: int) -> int:
        if not await self._read(lambda db: sqlite_verbs.something_to_purge(db, now)):
            return 0
        return await self._writer.run(lambda db: sqlite_verbs.purge(db, limit, now))

    async def ping(self) -> None:
        await self._writer.run(sqlite_verbs.ping)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._writer.close()
        await asyncio.get_running_loop().run_in_executor(self._reader, self._stop_reading)
        self._reader.shutdown()

    def _stop_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.close()
