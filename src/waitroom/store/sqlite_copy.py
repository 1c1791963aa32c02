"""The embedded store read as records: ``CopyVerbs.records``.

What belongs here: which row becomes which record. What must change with it: ``schema.sql``,
``records.py``, ``sqlite_put.py``.

Reading is one transaction on a connection and in a thread of its own, so what is read is the store
at one moment however long it takes, and nobody waits for it. Epochs that were reset or deleted are
left behind: nothing leads to them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from waitroom.core.facts import DeadLetter, Lane
from waitroom.core.model import Arrival, Place, Sample, Session, SessionStatus, Step
from waitroom.errors import StoreUnavailable
from waitroom.store import sqlite_keys as keys
from waitroom.store import sqlite_log as log
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    DeadLetters,
    Deployment,
    Facts,
    GivenUp,
    Held,
    KeptTheme,
    Lanes,
    Line,
    LogEntries,
    Record,
    RingKey,
    Samples,
    ServingSteps,
    Sessions,
    Slots,
    Subscribed,
    Themes,
    UsedCodes,
)
from waitroom.store.sqlite_rows import DB
from waitroom.store.sqlite_writer import Connected

T = TypeVar("T")

CHUNK: Final = 1_000  # rows in one record
LOG_CHUNK: Final = 100  # entries: one may have all settings of a large event in it, twice


async def records(path: Path) -> AsyncGenerator[Record, None]:
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
    for key in sorted(keys.signing_keys(db), key=lambda key: key.kid):
        yield RingKey(key)
    for credential in sorted(keys.api_keys(db), key=lambda key: key.key_id):
        yield Credential(credential)
    for subscription in outbox.subscriptions(db):
        yield Subscribed(subscription)
    yield from _read_log(db, "")
    for event_id in rows.event_ids(db):
        found = rows.find(db, event_id)
        if found is not None:
            yield Line(msgspec.structs.replace(found, source=""))
            yield from _read_run(db, event_id, found.epoch)
            yield from _read_life(db, event_id)
    for (event_id,) in db.execute("SELECT event_id FROM dead_logs ORDER BY event_id").fetchall():
        yield from _read_log(db, event_id)


def _deployment(db: DB) -> Deployment:
    meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    in_use = db.execute("SELECT max(epoch) FROM events").fetchone()[0]
    return Deployment(
        fingerprint=meta.get("secret_fingerprint", ""),
        last_epoch=max(meta.get("last_epoch", 0), in_use or 0),
    )


# What hangs on the epoch. The curve of arrivals never falls: the clock may have been set back
# before curves were guarded against that.
_ARRIVALS: Final = (
    "SELECT second, max(queue) OVER (ORDER BY second) FROM arrivals WHERE epoch=? ORDER BY second"
)
_SERVINGS: Final = "SELECT issued_at, serving FROM servings WHERE epoch=? ORDER BY serving"
_SESSIONS: Final = (
    "SELECT position, entry_time, issued_at, expires_at, issuer, status FROM sessions"
    " WHERE epoch=? ORDER BY position"
)
_SLOTS: Final = "SELECT slot, done_at FROM slots WHERE epoch=? ORDER BY slot"
_HELD: Final = "SELECT position, asked_at FROM held WHERE epoch=? ORDER BY position"
_GIVEN_UP: Final = "SELECT position FROM given_up WHERE epoch=? ORDER BY position"
_SAMPLES: Final = (
    "SELECT second, tokens, completed, abandoned, expired, active FROM samples"
    " WHERE epoch=? ORDER BY second"
)
_USED_CODES: Final = "SELECT code, until FROM used_codes WHERE epoch=? ORDER BY code"


def _read_run(db: DB, event_id: str, epoch: int) -> Iterator[Record]:
    for points in _chunks(db, _ARRIVALS, epoch, Arrival):
        yield ArrivalPoints(event_id, points)
    for steps in _chunks(db, _SERVINGS, epoch, Step):
        yield ServingSteps(event_id, steps)
    for sessions in _chunks(db, _SESSIONS, epoch, _session):
        yield Sessions(event_id, sessions)
    for slots in _chunks(db, _SLOTS, epoch, _named):
        yield Slots(event_id, slots)
    for held in _chunks(db, _HELD, epoch, _held):
        yield Held(event_id, held)
    for positions in _chunks(db, _GIVEN_UP, epoch, int):
        yield GivenUp(event_id, positions)
    for codes in _chunks(db, _USED_CODES, epoch, _named):
        yield UsedCodes(event_id, codes)
    for samples in _chunks(db, _SAMPLES, epoch, Sample):
        yield Samples(event_id, samples)


# What hangs on the event, whatever its epoch.
_THEMES: Final = "SELECT version, kept_at, theme FROM themes WHERE event_id=? ORDER BY kept_at"
_FACTS: Final = "SELECT seq, at, type, epoch, data FROM outbox WHERE event_id=? ORDER BY seq"
_LETTERS: Final = "SELECT letter FROM dead_letters WHERE event_id=? ORDER BY seq, subscription_id"
_LOG: Final = (
    "SELECT seq, at, by, source, action, before, after, seal FROM log WHERE event_id=? ORDER BY seq"
)


def _read_life(db: DB, event_id: str) -> Iterator[Record]:
    for themes in _chunks(db, _THEMES, event_id, KeptTheme, 1):  # one may be half a megabyte
        yield Themes(event_id, themes)
    for facts in _chunks(db, _FACTS, event_id, outbox.fact):
        yield Facts(event_id, facts)
    if lanes := outbox.lanes(db, event_id):
        yield Lanes(event_id, tuple(_free(lane) for lane in lanes))
    for letters in _chunks(db, _LETTERS, event_id, _letter):
        yield DeadLetters(event_id, letters)
    yield from _read_log(db, event_id)


def _read_log(db: DB, event_id: str) -> Iterator[Record]:
    for entries in _chunks(db, _LOG, event_id, log.entry, LOG_CHUNK):
        yield LogEntries(event_id, entries)


def _chunks(
    db: DB, query: str, of: int | str, make: Callable[..., T], size: int = CHUNK
) -> Iterator[tuple[T, ...]]:
    found = db.execute(query, (of,))
    while chunk := found.fetchmany(size):
        yield tuple(make(*row) for row in chunk)


def _session(
    position: int, entry_time: int, issued_at: int, expires_at: int, issuer: str, status: int
) -> Session:
    place = Place(position, entry_time)
    return Session(place, issued_at, expires_at, issuer, SessionStatus(status))


def _named(name: str, time: int) -> tuple[str, int]:
    return name, time


def _held(position: int, asked_at: int) -> tuple[int, int]:
    return position, asked_at


def _letter(text: str) -> DeadLetter:
    return msgspec.json.decode(text, type=DeadLetter)


def _free(lane: Lane) -> Lane:
    """Who has it now has it in this store alone."""
    return msgspec.structs.replace(lane, owner="", leased_until=0)
