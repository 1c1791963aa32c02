"""How events' pages are dressed, on the embedded store: themes by their versions.

What belongs here: SQL. Each function is inside a transaction of its caller. What must change with
it: ``schema.sql``, and the same verbs on the other stores.
"""

from __future__ import annotations

from typing import Final

from waitroom.store import THEMES_KEPT
from waitroom.store import sqlite_rows as rows
from waitroom.store.sqlite_rows import DB

_OUTDATED: Final = (
    "DELETE FROM themes WHERE event_id=?1 AND version!=?2 AND version NOT IN"
    " (SELECT version FROM themes WHERE event_id=?1 ORDER BY kept_at DESC LIMIT ?3)"
)


def keep_theme(db: DB, event_id: str, version: str, theme: bytes, now: int) -> None:
    at = rows.known(db, event_id)
    newest = db.execute("SELECT max(kept_at) FROM themes WHERE event_id=?", (event_id,))
    kept_at = max(now, (newest.fetchone()[0] or 0) + 1)  # so that which are the newest is certain
    put_theme(db, event_id, version, kept_at, theme)
    db.execute(_OUTDATED, (event_id, at.event.theme, THEMES_KEPT))


def put_theme(db: DB, event_id: str, version: str, kept_at: int, theme: bytes) -> None:
    """Add or replace one."""
    row = (event_id, version, kept_at, theme)
    db.execute("INSERT OR REPLACE INTO themes VALUES (?, ?, ?, ?)", row)


def theme(db: DB, event_id: str, version: str) -> bytes | None:
    row = db.execute(
        "SELECT theme FROM themes WHERE event_id=? AND version=?", (event_id, version)
    ).fetchone()
    return None if row is None else bytes(row[0])


def forget(db: DB, event_id: str) -> None:
    """All of an event."""
    db.execute("DELETE FROM themes WHERE event_id=?", (event_id,))
