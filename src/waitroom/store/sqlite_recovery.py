"""Bringing back a line that this file has lost, or lost the end of: the verb ``restore``.

What belongs here: what a restored line looks like in the tables. What must change with it:
``schema.sql``, and the same verb on the other stores.
"""

from __future__ import annotations

import msgspec

from waitroom.core.model import Snapshot, Step
from waitroom.errors import EventNotFound, InvalidField
from waitroom.store import sqlite_line
from waitroom.store import sqlite_log as log
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store.sqlite_rows import COUNTERS, DB, as_json
from waitroom.store.sqlite_upkeep import OF_EPOCH

_COLUMNS = (
    "event_id",
    "definition",
    "state",
    "opens_at",
    "pauses",
    "epoch",
    "revision",
    "notes",
    "facts",
    "last_fact",
)
_PUT = (
    f"INSERT OR REPLACE INTO events ({', '.join((*_COLUMNS, *COUNTERS))})"
    f" VALUES ({', '.join(f':{name}' for name in (*_COLUMNS, *COUNTERS))})"
)


def restore(db: DB, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
    """As ``RecoveryVerbs.restore``; what is gone was deleted, for a file is there as a whole.

    Raises:
        EventNotFound: it was deleted and is to stay so.
        InvalidField: another event has this epoch; two lines would be written into one.
    """
    event_id = line.event.event_id
    at = rows.find(db, event_id)
    if at is None and unless_deleted:
        raise EventNotFound(event_id)
    if at is None or at.epoch < line.epoch:
        _bring_back(db, at, line, now)
    elif at.epoch == line.epoch:
        _raise_to(db, at, line, now)
    return rows.snapshots(db, [event_id], now)[event_id]


def _bring_back(db: DB, at: Snapshot | None, line: Snapshot, now: int) -> None:
    # What is noted tells of the site, not of the line: it is what it is now.
    notes = {} if at is None else at.notes
    put_line(db, at, msgspec.structs.replace(line, notes=notes))
    serving = line.counters.serving
    if serving:
        called_at = (line.last or Step(now, 0)).issued_at
        db.execute("INSERT INTO servings VALUES (?, ?, ?)", (line.epoch, serving, called_at))
    rows.note_epoch(db, line.epoch)


def put_line(db: DB, at: Snapshot | None, line: Snapshot) -> None:
    """Put ``line`` in the place of ``at``, the event of its ID; of its rows there are none.

    What is to be told of the event and its log stay.

    Raises:
        InvalidField: another event has this epoch.
    """
    event, epoch = line.event, line.epoch
    others = "SELECT 1 FROM events WHERE epoch=? AND event_id!=?"
    if db.execute(others, (epoch, event.event_id)).fetchone():
        raise InvalidField("epoch", "wanted one that no other event has")
    if at is not None:
        rows.bury(db, at.epoch)
    _clear(db, epoch)
    kept, last_fact = outbox.kept(db, event.event_id)
    row = {
        "event_id": event.event_id,
        "definition": as_json(event),
        "state": event.state.value,
        "opens_at": event.opens_at,
        "pauses": as_json(line.pauses),
        "epoch": epoch,
        "revision": line.revision,
        "notes": as_json(dict(sorted(line.notes.items()))),
        "facts": kept,
        "last_fact": last_fact,
        **msgspec.structs.asdict(line.counters),
    }
    db.execute(_PUT, row)
    log.revive(db, event.event_id)


def _clear(db: DB, epoch: int) -> None:
    """Nothing of an earlier life of this epoch is left, nor is it swept up from under the line."""
    for table in (*OF_EPOCH, "dead_epochs"):
        db.execute(f"DELETE FROM {table} WHERE epoch=?", (epoch,))


def _raise_to(db: DB, at: Snapshot, line: Snapshot, now: int) -> None:
    event_id = line.event.event_id
    serving = max(at.counters.serving, line.counters.serving)
    sqlite_line.move_serving(db, at, serving, now)
    newer = line if line.revision > at.revision else at
    db.execute(
        "UPDATE events SET queue=max(queue, ?), definition=?, state=?, opens_at=?, pauses=?,"
        " revision=? WHERE event_id=?",
        (
            line.counters.queue,
            as_json(newer.event),
            newer.event.state.value,
            newer.event.opens_at,
            as_json(newer.pauses),
            newer.revision,
            event_id,
        ),
    )
