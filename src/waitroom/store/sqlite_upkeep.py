"""Looking after the embedded store: what nobody needs any more is swept up in small pieces.

What belongs here: which rows go, and when. Each function is inside a transaction of its caller.
What must change with it: ``schema.sql``, when rows hang on something that can go.
"""

from __future__ import annotations

from typing import Final

from waitroom.store import SLOT_LIFETIME
from waitroom.store import sqlite_log as log
from waitroom.store.sqlite_rows import DB

# Tables whose rows hang on an epoch, and their primary keys.
OF_EPOCH: Final = {
    "arrivals": "epoch, second",
    "servings": "epoch, serving",
    "sessions": "epoch, position",
    "slots": "epoch, slot",
    "held": "epoch, position",
    "given_up": "epoch, position",
    "used_codes": "epoch, code",
    "samples": "epoch, second",
}
_PRIMARY_KEY: Final = {**OF_EPOCH, "log": "event_id, seq"}


def ping(db: DB) -> None:
    """Write: a full or read-only disk shows itself only when something goes to it."""
    db.execute("INSERT INTO meta VALUES ('ping', 1) ON CONFLICT (name) DO UPDATE SET value=value+1")


def something_to_purge(db: DB, now: int) -> bool:
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM dead_epochs) OR EXISTS (SELECT 1 FROM slots WHERE done_at<?)"
        " OR EXISTS (SELECT 1 FROM used_codes WHERE until<?)",
        (now - SLOT_LIFETIME, now),
    ).fetchone()[0]
    return bool(found) or bool(log.outlived(db, now))


def purge(db: DB, limit: int, now: int) -> int:
    done = 0
    for (epoch,) in db.execute("SELECT epoch FROM dead_epochs").fetchall():
        for table in OF_EPOCH:
            done += _delete_some(db, table, "epoch=?", epoch, limit - done)
        if done >= limit:
            return done
        db.execute("DELETE FROM dead_epochs WHERE epoch=?", (epoch,))
    for event_id in log.outlived(db, now):
        done += _delete_some(db, "log", "event_id=?", event_id, limit - done)
        if done >= limit:
            return done
        log.revive(db, event_id)
    done += _delete_some(db, "slots", "done_at<?", now - SLOT_LIFETIME, limit - done)
    return done + _delete_some(db, "used_codes", "until<?", now, limit - done)


def _delete_some(db: DB, table: str, condition: str, value: int | str, limit: int) -> int:
    key = _PRIMARY_KEY[table]
    deleted = db.execute(
        f"DELETE FROM {table} WHERE ({key}) IN"
        f" (SELECT {key} FROM {table} WHERE {condition} LIMIT ?)",
        (value, max(limit, 0)),
    )
    return deleted.rowcount
