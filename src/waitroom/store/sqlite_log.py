"""The audit logs on the embedded store: ``LogVerbs``, and what other verbs enter in their step.

What belongs here: SQL; what an entry means is in ``core/audit.py``. Each function is inside a
transaction of its caller. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Mapping

from waitroom import store
from waitroom.core.audit import Deed, LogEntry
from waitroom.store.sqlite_rows import DB, as_json

_ENTRY = "SELECT seq, at, by, source, action, before, after, seal FROM log"


def enter(
    db: DB, event_id: str, deed: Deed | None, before: object, after: object, now: int
) -> None:
    """Enter a deed with what was before and after it; without a deed, nothing."""
    if deed is not None:
        _append(db, event_id, deed, as_json(before), as_json(after), now)


def add_entry(db: DB, event_id: str, deed: Deed, after: str, now: int) -> None:
    _append(db, event_id, deed, "null", after, now)
    if event_id and not db.execute("SELECT 1 FROM events WHERE event_id=?", (event_id,)).fetchone():
        bury(db, event_id)


def _append(db: DB, event_id: str, deed: Deed, before: str, after: str, now: int) -> None:
    seq = log_end(db, event_id) + 1
    db.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
        (event_id, seq, now, deed.by, deed.source, deed.action, before, after),
    )
    oldest = seq - store.MAX_LOG
    if oldest > 0:
        db.execute("DELETE FROM log WHERE event_id=? AND seq<=?", (event_id, oldest))


def log(db: DB, event_id: str, after: int, limit: int) -> list[LogEntry]:
    found = db.execute(
        f"{_ENTRY} WHERE event_id=? AND seq>? ORDER BY seq LIMIT ?", (event_id, after, limit)
    )
    return [entry(*row) for row in found]


def entry(
    seq: int, at: int, by: str, source: str, action: str, before: str, after: str, seal: str
) -> LogEntry:
    """A row as a value; in the order of the table."""
    return LogEntry(
        seq=seq,
        at=at,
        by=by,
        source=source,
        action=action,
        before=before,
        after=after,
        seal=seal,
    )


def log_end(db: DB, event_id: str) -> int:
    row = db.execute("SELECT max(seq) FROM log WHERE event_id=?", (event_id,)).fetchone()
    return row[0] or 0


def unsealed(db: DB, event_id: str) -> int:
    row = db.execute(
        "SELECT min(seq) FROM log WHERE event_id=? AND seal=''", (event_id,)
    ).fetchone()
    return row[0] or 0


def seal(db: DB, event_id: str, seals: Mapping[int, str]) -> None:
    db.executemany(
        "UPDATE log SET seal=? WHERE event_id=? AND seq=? AND seal=''",
        [(text, event_id, seq) for seq, text in seals.items()],
    )


# --- logs of events that are gone


def bury(db: DB, event_id: str) -> None:
    """The event is gone: its log goes too, after a while."""
    db.execute("INSERT OR IGNORE INTO dead_logs VALUES (?)", (event_id,))


def revive(db: DB, event_id: str) -> None:
    """The event is there (again); a log that is left of its name goes on."""
    db.execute("DELETE FROM dead_logs WHERE event_id=?", (event_id,))


def outlived(db: DB, now: int) -> list[str]:
    """IDs of events that are gone and whose newest entry is older than ``LOG_LIFETIME``."""
    found = db.execute(
        "SELECT event_id FROM dead_logs WHERE coalesce((SELECT at FROM log"
        " WHERE log.event_id=dead_logs.event_id ORDER BY seq DESC LIMIT 1), 0)<?",
        (now - store.LOG_LIFETIME,),
    )
    return [row[0] for row in found]
