"""Bringing back a line that this file has lost, or lost the end of: the verb ``restore``.

What belongs here: what a restored line looks like in the tables. What must change with it:
``schema.sql``, and the same verb on the other stores.
"""

from __future__ import annotations

import msgspec

from waitroom.core.model import Snapshot, Step
from waitroom.errors import EventNotFound, InvalidField
from waitroom.store import sqlite_verbs as verbs
from waitroom.store.sqlite_writer import FileConnection

DB = FileConnection


def restore(db: DB, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
    """As ``RecoveryVerbs.restore``; what is gone was deleted, for a file is there as a whole.

    Raises:
        EventNotFound: it was deleted and is to stay so.
        InvalidField: another event has this epoch; two lines would be written into one.
    """
    event_id = line.event.event_id
    at = verbs.find(db, event_id)
    if at is None and unless_deleted:
        raise EventNotFound(event_id)
    if at is None or at.epoch < line.epoch:
        _bring_back(db, at, line, now)
    elif at.epoch == line.epoch:
        _raise_to(db, at, line, now)
    return verbs.snapshots(db, [event_id], now)[event_id]


def _bring_back(db: DB, at: Snapshot | None, line: Snapshot, now: int) -> None:
    put_line(db, at, line)
    serving = line.counters.serving
    if serving:
        called_at = (line.last or Step(now, 0)).issued_at
        db.execute("INSERT INTO servings VALUES (?, ?, ?)", (line.epoch, serving, called_at))
    verbs.note_epoch(db, line.epoch)


def put_line(db: DB, at: Snapshot | None, line: Snapshot) -> None:
    """Put ``line`` in the place of ``at``, the event of its ID; of its rows there are none.

    Raises:
        InvalidField: another event has this epoch.
    """
    event, epoch = line.event, line.epoch
    others = "SELECT 1 FROM events WHERE epoch=? AND event_id!=?"
    if db.execute(others, (epoch, event.event_id)).fetchone():
        raise InvalidField("epoch", "wanted one that no other event has")
    if at is not None:
        verbs.bury(db, at.epoch)
    _clear(db, epoch)
    row = {
        "event_id": event.event_id,
        "definition": verbs.as_json(event),
        "state": event.state.value,
        "pauses": verbs.as_json(line.pauses),
        "epoch": epoch,
        "revision": line.revision,
        **msgspec.structs.asdict(line.counters),
    }
    db.execute(
        "INSERT OR REPLACE INTO events VALUES (:event_id, :definition, :state, :pauses, :epoch,"
        " :queue, :serving, :tokens, :completed, :abandoned, :expired, :expired_up_to, :revision)",
        row,
    )


def _clear(db: DB, epoch: int) -> None:
    """Nothing of an earlier life of this epoch is left, nor is it swept up from under the line."""
    db.execute("DELETE FROM arrivals WHERE epoch=?", (epoch,))
    db.execute("DELETE FROM servings WHERE epoch=?", (epoch,))
    db.execute("DELETE FROM sessions WHERE epoch=?", (epoch,))
    db.execute("DELETE FROM slots WHERE epoch=?", (epoch,))
    db.execute("DELETE FROM dead_epochs WHERE epoch=?", (epoch,))


def _raise_to(db: DB, at: Snapshot, line: Snapshot, now: int) -> None:
    event_id = line.event.event_id
    serving = max(at.counters.serving, line.counters.serving)
    verbs.move_serving(db, event_id, at.epoch, at.counters.serving, serving, now)
    newer = line if line.revision > at.revision else at
    db.execute(
        "UPDATE events SET queue=max(queue, ?), definition=?, state=?, pauses=?, revision=?"
        " WHERE event_id=?",
        (
            line.counters.queue,
            verbs.as_json(newer.event),
            newer.event.state.value,
            verbs.as_json(newer.pauses),
            newer.revision,
            event_id,
        ),
    )
