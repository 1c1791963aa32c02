"""What operators do with events, on the embedded store: ``EventVerbs``.

What belongs here: SQL, and the order of checks. Each function is inside a transaction of its
caller; it checks first and writes last. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from waitroom.core import rules
from waitroom.core.audit import Deed
from waitroom.core.model import Event, Snapshot, State
from waitroom.errors import EventChanged, EventExists
from waitroom.store import sqlite_log as log
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store import sqlite_themes as themes
from waitroom.store.sqlite_rows import DB, as_json

_NEW_LINE = (
    "UPDATE events SET epoch=?, pauses=?, queue=0, serving=0, tokens=0, completed=0, abandoned=0,"
    " expired=0, expired_up_to=0, given_up=0, active=0, lapsed_at=0, revision=revision+1"
    " WHERE event_id=?"
)


def create_event(db: DB, event: Event, now: int, deed: Deed | None = None) -> Snapshot:
    event_id = event.event_id
    if rows.find(db, event_id) is not None:
        raise EventExists(event_id)
    pauses = rules.pauses_after((), State.OPEN, event.state, now)
    db.execute(
        "INSERT INTO events (event_id, definition, state, opens_at, pauses, epoch, last_fact)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event_id,
            as_json(event),
            event.state.value,
            event.opens_at,
            as_json(pauses),
            rows.next_epoch(db, now),
            outbox.last_of_deleted(db),
        ),
    )
    log.revive(db, event_id)
    log.enter(db, event_id, deed, None, event, now)
    return rows.found(db, event_id)


def change_event(
    db: DB,
    event_id: str,
    changes: Mapping[str, object],
    now: int,
    deed: Deed | None = None,
    at: int | None = None,
) -> Snapshot:
    old = rows.found(db, event_id)
    if at is not None and old.revision != at:
        raise EventChanged(event_id)
    new = msgspec.structs.replace(old.event, **changes)
    pauses = rules.pauses_after(old.pauses, old.event.state, new.state, now)
    db.execute(
        "UPDATE events SET definition=?, state=?, opens_at=?, pauses=?, revision=revision+1"
        " WHERE event_id=?",
        (as_json(new), new.state.value, new.opens_at, as_json(pauses), event_id),
    )
    if new.state is not old.event.state:
        told = {"previous": old.event.state.value, "state": new.state.value}
        outbox.tell(db, old, "event_state_changed", told, now)
    before, after = ({name: getattr(of, name) for name in changes} for of in (old.event, new))
    log.enter(db, event_id, deed, before, after, now)
    return rows.found(db, event_id)


def delete_event(db: DB, event_id: str) -> None:
    old = rows.found(db, event_id)
    outbox.forget(db, event_id)
    themes.forget(db, event_id)
    db.execute("DELETE FROM events WHERE event_id=?", (event_id,))
    rows.bury(db, old.epoch)
    log.bury(db, event_id)


def reset_event(db: DB, event_id: str, now: int, deed: Deed | None = None) -> Snapshot:
    old = rows.known(db, event_id)
    pauses = rules.pauses_after((), State.OPEN, old.event.state, now)
    db.execute(_NEW_LINE, (rows.next_epoch(db, now), as_json(pauses), event_id))
    rows.bury(db, old.epoch)
    new = rows.known(db, event_id)
    outbox.tell(db, new, "event_reset", {}, now)
    log.enter(db, event_id, deed, _where(old), _where(new), now)
    return new


def _where(at: Snapshot) -> dict[str, int]:
    return {"epoch": at.epoch, "queue": at.counters.queue, "serving": at.counters.serving}


def note(db: DB, event_id: str, changes: Mapping[str, str | None]) -> None:
    set_notes(db, rows.known(db, event_id), changes)


def set_notes(db: DB, at: Snapshot, changes: Mapping[str, str | None]) -> None:
    """Set or remove notes; nothing is written if that changes nothing. They stand by name."""
    merged = {**at.notes, **changes}
    notes = {name: text for name, text in sorted(merged.items()) if text is not None}
    if notes != at.notes:
        db.execute(
            "UPDATE events SET notes=? WHERE event_id=?", (as_json(notes), at.event.event_id)
        )
