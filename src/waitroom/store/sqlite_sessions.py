"""The records of admitted visitors, on the embedded store: ``SessionVerbs`` but the door.

What belongs here: SQL, and the order of checks. Each function is inside a transaction of its
caller; it checks first and writes last. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from waitroom.core import rules
from waitroom.core.model import Place, Session, SessionStatus, Snapshot, Standing
from waitroom.errors import SessionEnded, SessionUnknown
from waitroom.store import sqlite_line as line
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store.sqlite_rows import DB

_COUNTER: Final = {SessionStatus.COMPLETED: "completed", SessionStatus.ABANDONED: "abandoned"}


def find(db: DB, epoch: int, position: int) -> Session | None:
    row = db.execute(
        "SELECT entry_time, issued_at, expires_at, issuer, status FROM sessions"
        " WHERE epoch=? AND position=?",
        (epoch, position),
    ).fetchone()
    if row is None:
        return None
    entry_time, issued_at, expires_at, issuer, status = row
    return Session(
        Place(position, entry_time), issued_at, expires_at, issuer, SessionStatus(status)
    )


def add(db: DB, at: Snapshot, session: Session, now: int) -> None:
    """Add a new session and count it as a token."""
    place, expires_at = session.place, session.expires_at
    db.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, 0)",
        (
            at.epoch,
            place.position,
            place.entry_time,
            session.issued_at,
            expires_at,
            session.issuer,
        ),
    )
    db.execute(
        "UPDATE events SET tokens=tokens+1, active=active+(?>lapsed_at) WHERE event_id=?",
        (expires_at, at.event.event_id),
    )
    told = {"position": place.position, "entry_time": place.entry_time}
    outbox.tell(db, at, "token_generated", told, now)


def finish(
    db: DB, event_id: str, epoch: int, place: Place, status: SessionStatus, now: int
) -> Session:
    at = rows.of_epoch(db, event_id, epoch)
    session = find(db, epoch, place.position)
    if session is None:
        raise SessionUnknown("request_id: no token was made for it")
    if session.status is not SessionStatus.ACTIVE:
        raise SessionUnknown("request_id: its session was marked before")
    return mark(db, at, session, status, now)


def mark(db: DB, at: Snapshot, session: Session, status: SessionStatus, now: int) -> Session:
    """Mark a session that was not marked before, even one whose token has expired."""
    place, counter = session.place, _COUNTER[status]
    db.execute(
        "UPDATE sessions SET status=? WHERE epoch=? AND position=?",
        (status.value, at.epoch, place.position),
    )
    db.execute(
        f"UPDATE events SET {counter}={counter}+1, active=active-(?>lapsed_at) WHERE event_id=?",
        (session.expires_at, at.event.event_id),
    )
    told: dict[str, int | str] = {
        "position": place.position,
        "entry_time": place.entry_time,
        "status": counter,
    }
    outbox.tell(db, at, "session_updated", told, now)
    return msgspec.structs.replace(session, status=status)


def extend(db: DB, event_id: str, epoch: int, place: Place, until: int, now: int) -> Session:
    """As ``SessionVerbs.extend``. ``events.active`` stays: who counts goes on counting."""
    rows.of_epoch(db, event_id, epoch)
    session = find(db, epoch, place.position)
    if session is None:
        raise SessionUnknown("request_id: no token was made for it")
    rules.check_session_active(session)
    lapsed_at = db.execute("SELECT lapsed_at FROM events WHERE event_id=?", (event_id,))
    if session.expires_at <= max(now, lapsed_at.fetchone()[0]):
        raise SessionEnded
    if until <= session.expires_at:
        return session
    db.execute(
        "UPDATE sessions SET expires_at=? WHERE epoch=? AND position=?",
        (until, epoch, place.position),
    )
    return msgspec.structs.replace(session, expires_at=until)


def redeem(db: DB, event_id: str, epoch: int, code: str, until: int, now: int) -> bool:
    """As ``SessionVerbs.redeem``; a code that is past its time counts as forgotten."""
    rows.of_epoch(db, event_id, epoch)
    used = db.execute(
        "INSERT INTO used_codes VALUES (?, ?, ?) ON CONFLICT (epoch, code)"
        " DO UPDATE SET until=excluded.until WHERE until<?",
        (epoch, code, until, now),
    )
    return used.rowcount == 1


def standing(db: DB, event_id: str, epoch: int, place: Place, now: int) -> Standing:
    at, position = rows.of_epoch(db, event_id, epoch), place.position
    called_at = line.called_at(db, epoch, position)
    if position > at.counters.serving:
        called_at = None
    session = find(db, epoch, position)
    given_up, asked_at = is_given_up(db, at, position), held_at(db, epoch, position)
    return Standing(rows.with_steps(db, at, now), called_at, session, given_up, asked_at)


def is_given_up(db: DB, at: Snapshot, position: int) -> bool:
    """Whether the visitor gave the place up, and no sweep has passed it since."""
    if not at.counters.given_up:
        return False
    found = "SELECT 1 FROM given_up WHERE epoch=? AND position=?"
    return db.execute(found, (at.epoch, position)).fetchone() is not None


def held_at(db: DB, epoch: int, position: int) -> int | None:
    """When it was last written down that the visitor found the site full; None if never."""
    row = db.execute(
        "SELECT asked_at FROM held WHERE epoch=? AND position=?", (epoch, position)
    ).fetchone()
    return None if row is None else int(row[0])


# --- how many, and which


def active_sessions(db: DB, event_id: str, now: int) -> tuple[int, int]:
    """Sessions that are active, and ``lapsed`` as of ``count_active``."""
    return count_active(db, rows.known(db, event_id), now)


def count_active(db: DB, at: Snapshot, now: int) -> tuple[int, int]:
    """Sessions active at ``now``, and how many lapsed since the count was last brought up to date.

    Exact by any clock: one that is behind ``lapsed_at`` counts in what had not lapsed for it.
    """
    active, lapsed_at = db.execute(
        "SELECT active, lapsed_at FROM events WHERE event_id=?", (at.event.event_id,)
    ).fetchone()
    between = db.execute(
        "SELECT count(*) FROM sessions WHERE epoch=? AND expires_at>? AND expires_at<=?"
        " AND status=0",
        (at.epoch, min(now, lapsed_at), max(now, lapsed_at)),
    ).fetchone()[0]
    return (active - between, between) if now >= lapsed_at else (active + between, 0)


def settle(db: DB, at: Snapshot, now: int) -> int:
    """As ``count_active``; and bring the count up to date, so that the next counting is short."""
    active, lapsed = count_active(db, at, now)
    if lapsed:
        db.execute(
            "UPDATE events SET active=?, lapsed_at=? WHERE event_id=?",
            (active, now, at.event.event_id),
        )
    return active


def expired_sessions(
    db: DB, event_id: str, now: int, limit: int, after: Place | None
) -> tuple[int, list[Place]]:
    epoch = rows.known(db, event_id).epoch
    behind = (0, 0)
    if after is not None and (session := find(db, epoch, after.position)) is not None:
        behind = (session.expires_at, after.position)
    found = db.execute(
        "SELECT position, entry_time FROM sessions WHERE epoch=? AND expires_at<=?"
        " AND (expires_at, position)>(?, ?) ORDER BY expires_at, position LIMIT ?",
        (epoch, now, *behind, limit),
    )
    return epoch, [Place(*row) for row in found]
