"""A row of the table of events, read as a snapshot; and the epochs that rows hang on.

What belongs here: what every verb on the embedded store begins with. All functions are inside a
transaction of their caller. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

import msgspec

from waitroom.core import rules
from waitroom.core.model import Counters, Event, Pause, Snapshot, State, Step
from waitroom.errors import EventNotFound, EventUnknown, TicketUnknown
from waitroom.store.sqlite_writer import FileConnection

DB = FileConnection

COUNTERS: Final = Counters.__struct_fields__  # the columns have the names of the fields
_COLUMNS: Final = ", ".join(
    ("event_id", "definition", "state", "pauses", "epoch", "revision", "notes", *COUNTERS)
)
_NOTES: Final = msgspec.json.Decoder(dict[str, str])


@lru_cache(maxsize=1024)
def _event(definition: str, state: str) -> Event:
    return msgspec.structs.replace(msgspec.json.decode(definition, type=Event), state=State(state))


@lru_cache(maxsize=1024)
def _pauses(text: str) -> tuple[Pause, ...]:
    return msgspec.json.decode(text, type=tuple[Pause, ...])


def _snapshot(row: tuple[object, ...], source: str) -> Snapshot:
    _id, definition, state, pauses, epoch, revision, notes, *numbers = row
    return Snapshot(
        event=_event(str(definition), str(state)),
        epoch=epoch,  # type: ignore[arg-type] # columns of a STRICT table are what they say
        counters=Counters(**dict(zip(COUNTERS, numbers, strict=True))),  # type: ignore[arg-type]
        pauses=_pauses(str(pauses)),
        revision=revision,  # type: ignore[arg-type]
        notes={} if notes == "{}" else _NOTES.decode(str(notes)),
        source=source,
    )


def find(db: DB, event_id: str) -> Snapshot | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM events WHERE event_id=?", (event_id,)).fetchone()
    return None if row is None else _snapshot(row, db.source)


def known(db: DB, event_id: str) -> Snapshot:
    """The event that a call names in its body. Raises ``EventUnknown``."""
    at = find(db, event_id)
    if at is None:
        raise EventUnknown(event_id)
    return at


def found(db: DB, event_id: str) -> Snapshot:
    """The event that a path names. Raises ``EventNotFound``."""
    at = find(db, event_id)
    if at is None:
        raise EventNotFound(event_id)
    return at


def of_epoch(db: DB, event_id: str, epoch: int) -> Snapshot:
    """The event, if its run is that of the ticket. Raises ``EventUnknown``, ``TicketUnknown``."""
    at = known(db, event_id)
    if at.epoch != epoch:
        raise TicketUnknown
    return at


def event_ids(db: DB) -> list[str]:
    return [row[0] for row in db.execute("SELECT event_id FROM events ORDER BY event_id")]


def snapshots(db: DB, wanted: Collection[str], now: int) -> dict[str, Snapshot]:
    rows = ((event_id, find(db, event_id)) for event_id in wanted)
    return {event_id: with_steps(db, at, now) for event_id, at in rows if at is not None}


def with_steps(db: DB, snapshot: Snapshot, now: int) -> Snapshot:
    """The snapshot with the two servings steps that tell the rate."""
    epoch, start = snapshot.epoch, now - rules.RATE_WINDOW
    columns = "SELECT issued_at, serving FROM servings WHERE epoch=?"
    last = db.execute(f"{columns} ORDER BY serving DESC LIMIT 1", (epoch,)).fetchone()
    if last is None:
        return snapshot
    anchor = db.execute(
        f"{columns} AND issued_at<=? ORDER BY issued_at DESC LIMIT 1", (epoch, start)
    ).fetchone()
    if anchor is None:
        anchor = db.execute(f"{columns} ORDER BY serving LIMIT 1", (epoch,)).fetchone()
    return msgspec.structs.replace(snapshot, anchor=Step(*anchor), last=Step(*last))


def as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


# --- epochs


def next_epoch(db: DB, now: int) -> int:
    """An epoch that no event ever had, so that no old request ID can come back to life."""
    row = db.execute("SELECT value FROM meta WHERE name='last_epoch'").fetchone()
    epoch = rules.next_epoch(0 if row is None else int(row[0]), now)
    note_epoch(db, epoch)
    return epoch


def note_epoch(db: DB, epoch: int) -> None:
    raise_meta(db, "last_epoch", epoch)


def raise_meta(db: DB, name: str, value: int) -> None:
    """Note ``value`` under ``name``, if it is higher than what stands there."""
    db.execute(
        "INSERT INTO meta VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value=max(value, excluded.value)",
        (name, value),
    )


def bury(db: DB, epoch: int) -> None:
    """What hangs on ``epoch`` is swept up later."""
    db.execute("INSERT INTO dead_epochs VALUES (?)", (epoch,))


def take_slot(db: DB, epoch: int, slot: str | None, now: int) -> bool:
    """Whether what is named ``slot`` is still to be done; from now on it is not. None: it is."""
    if slot is None:
        return True
    done = db.execute("INSERT OR IGNORE INTO slots VALUES (?, ?, ?)", (epoch, slot, now))
    return done.rowcount == 1
