"""The embedded store as records, read and written: the verbs of ``CopyVerbs``.

What belongs here: which row becomes which record and back. What must change with it:
``schema.sql``, ``records.py``.

Reading is one transaction on a connection and in a thread of its own, so what is read is the store
at one moment however long it takes, and nobody waits for it. Epochs that were reset or deleted are
left behind: nothing leads to them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from waitroom.core.model import Arrival, Place, Session, SessionStatus, Step
from waitroom.errors import EventNotFound, StoreUnavailable
from waitroom.store import sqlite_recovery
from waitroom.store import sqlite_verbs as verbs
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    Deployment,
    Line,
    Record,
    RingKey,
    ServingSteps,
    Sessions,
    Slots,
)
from waitroom.store.sqlite_writer import Connected, FileConnection

T = TypeVar("T")
DB = FileConnection

CHUNK: Final = 1_000  # rows in one record
_CLEARING: Final = (
    "DELETE FROM meta",
    "DELETE FROM events",
    "DELETE FROM arrivals",
    "DELETE FROM servings",
    "DELETE FROM sessions",
    "DELETE FROM slots",
    "DELETE FROM dead_epochs",
    "DELETE FROM signing_keys",
    "DELETE FROM api_keys",
)


async def records(path: Path) -> AsyncIterator[Record]:
    """All there is in the file ``path``, as ``CopyVerbs.records``.

    Raises:
        StoreUnavailable: the file cannot be read.
    """
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="sqlite-copy") as thread:
        reading = _Reading(path)
        try:
            while (record := await loop.run_in_executor(thread, reading.next)) is not None:
                yield record
        finally:
            await loop.run_in_executor(thread, reading.close)


class _Reading:
    """Hands out one record after another; all its methods run in one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connected: Connected | None = None
        self._records: Iterator[Record] = iter(())

    def next(self) -> Record | None:
        """The next record; None at the end."""
        try:
            if self._connected is None:
                self._connected = Connected(self._path)
                self._connected.db.execute("PRAGMA query_only=ON")
                self._connected.db.execute("BEGIN")
                self._records = read(self._connected.db)
            return next(self._records, None)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from None

    def close(self) -> None:
        """Let go of the file."""
        if self._connected is not None:
            self._connected.close()


def read(db: DB) -> Iterator[Record]:
    """All records, within a transaction of the caller."""
    yield _deployment(db)
    for key in sorted(verbs.signing_keys(db), key=lambda key: key.kid):
        yield RingKey(key)
    for credential in sorted(verbs.api_keys(db), key=lambda key: key.key_id):
        yield Credential(credential)
    for event_id in verbs.event_ids(db):
        found = verbs.find(db, event_id)
        if found is not None:
            yield Line(msgspec.structs.replace(found, source=""))
            yield from _read_rows(db, event_id, found.epoch)


def _deployment(db: DB) -> Deployment:
    meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    in_use = db.execute("SELECT max(epoch) FROM events").fetchone()[0]
    return Deployment(
        fingerprint=meta.get("secret_fingerprint", ""),
        last_epoch=max(meta.get("last_epoch", 0), in_use or 0),
    )


def _read_rows(db: DB, event_id: str, epoch: int) -> Iterator[Record]:
    # Never falling: the clock may have been set back before curves were guarded against that.
    curve = (
        "SELECT second, max(queue) OVER (ORDER BY second) FROM arrivals WHERE epoch=?"
        " ORDER BY second"
    )
    for points in _chunks(db, curve, epoch, Arrival):
        yield ArrivalPoints(event_id, points)
    for steps in _chunks(
        db, "SELECT issued_at, serving FROM servings WHERE epoch=? ORDER BY serving", epoch, Step
    ):
        yield ServingSteps(event_id, steps)
    for sessions in _chunks(
        db,
        "SELECT position, entry_time, issued_at, expires_at, issuer, status FROM sessions"
        " WHERE epoch=? ORDER BY position",
        epoch,
        _session,
    ):
        yield Sessions(event_id, sessions)
    for slots in _chunks(
        db, "SELECT slot, done_at FROM slots WHERE epoch=? ORDER BY slot", epoch, _slot
    ):
        yield Slots(event_id, slots)


def _chunks(db: DB, query: str, epoch: int, make: Callable[..., T]) -> Iterator[tuple[T, ...]]:
    rows = db.execute(query, (epoch,))
    while chunk := rows.fetchmany(CHUNK):
        yield tuple(make(*row) for row in chunk)


def _session(
    position: int, entry_time: int, issued_at: int, expires_at: int, issuer: str, status: int
) -> Session:
    place = Place(position, entry_time)
    return Session(place, issued_at, expires_at, issuer, SessionStatus(status))


def _slot(name: str, done_at: int) -> tuple[str, int]:
    return name, done_at


def put(db: DB, given: Sequence[Record]) -> None:
    """As ``CopyVerbs.put``. A ``Line`` takes the place of its event with all that hung on it.

    Raises:
        EventNotFound: there are rows of an event that is not there.
        InvalidField: another event has the epoch of a ``Line``.
    """
    for record in given:
        match record:
            case Deployment():
                _put_deployment(db, record)
            case RingKey():
                verbs.remove_signing_key(db, record.key.kid)
                verbs.add_signing_key(db, record.key, only_first=False)
            case Credential():
                db.execute("DELETE FROM api_keys WHERE key_id=?", (record.key.key_id,))
                verbs.add_api_key(db, record.key, only_first=False)
            case Line():
                at = verbs.find(db, record.line.event.event_id)
                sqlite_recovery.put_line(db, at, record.line)
            case _:
                _put_rows(db, record)


def _put_deployment(db: DB, record: Deployment) -> None:
    db.execute("DELETE FROM meta WHERE name IN ('secret_fingerprint', 'last_epoch')")
    verbs.note_epoch(db, record.last_epoch)
    if record.fingerprint:
        verbs.claim_secret(db, record.fingerprint)


def _put_rows(db: DB, record: ArrivalPoints | ServingSteps | Sessions | Slots) -> None:
    found = verbs.find(db, record.event_id)
    if found is None:
        raise EventNotFound(record.event_id)
    epoch = found.epoch
    rows: Iterator[tuple[Any, ...]]
    match record:
        case ArrivalPoints():
            insert = "INSERT OR REPLACE INTO arrivals VALUES (?, ?, ?)"
            rows = ((epoch, point.second, point.queue) for point in record.points)
        case ServingSteps():
            insert = "INSERT OR REPLACE INTO servings VALUES (?, ?, ?)"
            rows = ((epoch, step.serving, step.issued_at) for step in record.steps)
        case Sessions():
            insert = "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)"
            rows = ((epoch, *_columns(session)) for session in record.sessions)
        case Slots():
            insert = "INSERT OR REPLACE INTO slots VALUES (?, ?, ?)"
            rows = ((epoch, name, done_at) for name, done_at in record.done)
    db.executemany(insert, rows)


def _columns(session: Session) -> tuple[int, int, int, int, str, int]:
    """In the order of the table."""
    return (
        session.place.position,
        session.place.entry_time,
        session.issued_at,
        session.expires_at,
        session.issuer,
        session.status.value,
    )


def is_empty(db: DB) -> bool:
    """As ``CopyVerbs.is_empty``."""
    return not db.execute(
        "SELECT EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM signing_keys)"
        " OR EXISTS (SELECT 1 FROM api_keys)"
        " OR EXISTS (SELECT 1 FROM meta WHERE name='secret_fingerprint')"
    ).fetchone()[0]


def clear(db: DB) -> None:
    """As ``CopyVerbs.clear``. The file keeps its size; SQLite uses the room again."""
    for statement in _CLEARING:
        db.execute(statement)
