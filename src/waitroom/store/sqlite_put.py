"""Records taken into the embedded store: what ``CopyVerbs`` writes.

What belongs here: which record becomes which row. Each function is inside a transaction of its
caller. What must change with it: ``schema.sql``, ``records.py``, ``sqlite_copy.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from waitroom.core.model import Session
from waitroom.errors import EventNotFound
from waitroom.store import sqlite_keys as keys
from waitroom.store import sqlite_log as log
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_recovery, sqlite_themes
from waitroom.store import sqlite_rows as rows
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    DeadLetters,
    Deployment,
    Facts,
    GivenUp,
    Held,
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
from waitroom.store.sqlite_rows import DB, as_json
from waitroom.store.sqlite_upkeep import OF_EPOCH

_TABLES: Final = (
    *OF_EPOCH,
    "meta",
    "events",
    "dead_epochs",
    "signing_keys",
    "api_keys",
    "outbox",
    "lanes",
    "dead_letters",
    "subscriptions",
    "themes",
    "log",
    "dead_logs",
)

# Records whose rows are columns of a table that hangs on the epoch, and no more.
_Plain = ArrivalPoints | ServingSteps | Slots | Held | GivenUp | UsedCodes | Samples
_OfLife = Themes | Facts | Lanes | DeadLetters
_NAMED: Final[dict[type[Slots | Held | UsedCodes], str]] = {
    Slots: "slots",
    Held: "held",
    UsedCodes: "used_codes",
}
_ACTIVE: Final = (
    "SELECT count(*) FROM sessions WHERE epoch=? AND position BETWEEN ? AND ? AND status=0"
    " AND expires_at>?"
)


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
                keys.remove_signing_key(db, record.key.kid)
                keys.add_signing_key(db, record.key, only_first=False)
            case Credential():
                db.execute("DELETE FROM api_keys WHERE key_id=?", (record.key.key_id,))
                keys.add_api_key(db, record.key, only_first=False)
            case Subscribed():
                outbox.add_subscription(db, record.subscription)
            case Line():
                _put_line(db, record)
            case LogEntries():
                _put_log(db, record)
            case _:
                _put_rows(db, record)


def _put_deployment(db: DB, record: Deployment) -> None:
    db.execute("DELETE FROM meta WHERE name IN ('secret_fingerprint', 'last_epoch')")
    rows.note_epoch(db, record.last_epoch)
    if record.fingerprint:
        keys.claim_secret(db, record.fingerprint)


def _put_line(db: DB, record: Line) -> None:
    event_id = record.line.event.event_id
    outbox.clear(db, event_id)
    sqlite_themes.forget(db, event_id)
    db.execute("DELETE FROM log WHERE event_id=?", (event_id,))
    sqlite_recovery.put_line(db, rows.find(db, event_id), record.line)


def _put_log(db: DB, record: LogEntries) -> None:
    """The log of an event that is not there is that of one that was deleted."""
    event_id = record.event_id
    db.executemany(
        "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (event_id, it.seq, it.at, it.by, it.source, it.action, it.before, it.after, it.seal)
            for it in record.entries
        ),
    )
    if event_id and rows.find(db, event_id) is None:
        log.bury(db, event_id)


def _put_rows(db: DB, record: _Plain | Sessions | _OfLife) -> None:
    found = rows.find(db, record.event_id)
    if found is None:
        raise EventNotFound(record.event_id)
    match record:
        case Sessions():
            _put_sessions(db, record.event_id, found.epoch, record.sessions)
        case Themes():
            for kept in record.themes:
                sqlite_themes.put_theme(db, record.event_id, kept.version, kept.kept_at, kept.theme)
        case Facts():
            _put_facts(db, record)
        case Lanes():
            _put_lanes(db, record)
        case DeadLetters():
            for letter in record.letters:
                outbox.put_letter(db, record.event_id, letter)
        case _:
            table, columns = _columns(record)
            marks = ", ".join("?" * (1 + len(columns[0]))) if columns else "?"
            db.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES ({marks})",
                ((found.epoch, *row) for row in columns),
            )


def _columns(record: _Plain) -> tuple[str, Sequence[tuple[int | str, ...]]]:
    """The table, and its rows without the epoch."""
    match record:
        case ArrivalPoints():
            return "arrivals", [(point.second, point.queue) for point in record.points]
        case ServingSteps():
            return "servings", [(step.serving, step.issued_at) for step in record.steps]
        case Samples():
            return "samples", [msgspec.structs.astuple(sample) for sample in record.samples]
        case GivenUp():
            return "given_up", [(position,) for position in record.positions]
        case Slots() | Held() | UsedCodes():
            return _NAMED[type(record)], msgspec.structs.astuple(record)[1]


def _put_sessions(db: DB, event_id: str, epoch: int, sessions: Sequence[Session]) -> None:
    """Add or replace; and so the count of those that are active."""
    if not sessions:
        return
    lapsed_at = db.execute("SELECT lapsed_at FROM events WHERE event_id=?", (event_id,))
    within = (epoch, sessions[0].place.position, sessions[-1].place.position)
    counted = (*within, lapsed_at.fetchone()[0])
    before = db.execute(_ACTIVE, counted).fetchone()[0]
    db.executemany(
        "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", _rows(epoch, sessions)
    )
    after = db.execute(_ACTIVE, counted).fetchone()[0]
    db.execute("UPDATE events SET active=active+? WHERE event_id=?", (after - before, event_id))


def _rows(epoch: int, sessions: Sequence[Session]) -> Iterator[tuple[Any, ...]]:
    """In the order of the table."""
    for session in sessions:
        place = session.place
        yield (
            epoch,
            place.position,
            place.entry_time,
            session.issued_at,
            session.expires_at,
            session.issuer,
            session.status.value,
        )


def _put_facts(db: DB, record: Facts) -> None:
    if not record.facts:
        return
    event_id, last = record.event_id, record.facts[-1].seq
    within = (event_id, record.facts[0].seq, last)
    counting = "SELECT count(*) FROM outbox WHERE event_id=? AND seq BETWEEN ? AND ?"
    before = db.execute(counting, within).fetchone()[0]
    db.executemany(
        "INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?)",
        ((event_id, it.seq, it.at, it.type, it.epoch, as_json(it.data)) for it in record.facts),
    )
    after = db.execute(counting, within).fetchone()[0]
    db.execute(
        "UPDATE events SET facts=facts+?, last_fact=max(last_fact, ?) WHERE event_id=?",
        (after - before, last, event_id),
    )


def _put_lanes(db: DB, record: Lanes) -> None:
    """What a subscription has been told may be gone from the outbox: its ``seq`` is used up."""
    for lane in record.lanes:
        outbox.put_lane(db, record.event_id, lane)
        db.execute(
            "UPDATE events SET last_fact=max(last_fact, ?) WHERE event_id=?",
            (lane.cursor, record.event_id),
        )


def is_empty(db: DB) -> bool:
    """As ``CopyVerbs.is_empty``."""
    return not db.execute(
        "SELECT EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM signing_keys)"
        " OR EXISTS (SELECT 1 FROM api_keys)"
        " OR EXISTS (SELECT 1 FROM subscriptions)"
        " OR EXISTS (SELECT 1 FROM meta WHERE name='secret_fingerprint')"
    ).fetchone()[0]


def clear(db: DB) -> None:
    """As ``CopyVerbs.clear``. The file keeps its size; SQLite uses the room again."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")
