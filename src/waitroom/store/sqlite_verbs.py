"""The verbs of the store as functions of a connection, each inside a transaction of its caller.

What belongs here: SQL, and the order of checks. An operation checks first and writes last. What
must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

import msgspec

from waitroom.core import rules
from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Arrivals,
    Counters,
    Event,
    Expiry,
    Floor,
    Pause,
    Place,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    Standing,
    State,
    Step,
)
from waitroom.errors import (
    EventClosed,
    EventExists,
    EventNotFound,
    EventUnknown,
    KeyUnknown,
    SessionUnknown,
    TicketUnknown,
)
from waitroom.store import SLOT_LIFETIME
from waitroom.store.sqlite_writer import FileConnection

DB = FileConnection

_MAX_SWEPT_STEPS = 1_000  # per sweep and event, so that one sweep is short
_COLUMNS = (
    "event_id, definition, state, pauses, epoch,"
    " queue, serving, tokens, completed, abandoned, expired, expired_up_to, revision"
)
_EPOCH_TABLES = ("arrivals", "servings", "sessions", "slots")


# --- reading a row of events


@lru_cache(maxsize=1024)
def _event(definition: str, state: str) -> Event:
    return msgspec.structs.replace(msgspec.json.decode(definition, type=Event), state=State(state))


@lru_cache(maxsize=1024)
def _pauses(text: str) -> tuple[Pause, ...]:
    return msgspec.json.decode(text, type=tuple[Pause, ...])


def _snapshot(row: tuple[object, ...], source: str) -> Snapshot:
    _id, definition, state, pauses, epoch, *numbers = row
    queue, serving, tokens, completed, abandoned, expired, expired_up_to, revision = numbers
    counters = {
        "queue": queue,
        "serving": serving,
        "tokens": tokens,
        "completed": completed,
        "abandoned": abandoned,
        "expired": expired,
        "expired_up_to": expired_up_to,
    }
    return Snapshot(
        event=_event(str(definition), str(state)),
        epoch=epoch,  # type: ignore[arg-type] # columns of a STRICT table are what they say
        counters=Counters(**counters),  # type: ignore[arg-type]
        pauses=_pauses(str(pauses)),
        revision=revision,  # type: ignore[arg-type]
        source=source,
    )


def find(db: DB, event_id: str) -> Snapshot | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM events WHERE event_id=?", (event_id,)).fetchone()
    return None if row is None else _snapshot(row, db.source)


def _known(db: DB, event_id: str) -> Snapshot:
    found = find(db, event_id)
    if found is None:
        raise EventUnknown(event_id)
    return found


def _found(db: DB, event_id: str) -> Snapshot:
    found = find(db, event_id)
    if found is None:
        raise EventNotFound(event_id)
    return found


def _of_epoch(db: DB, event_id: str, epoch: int) -> Snapshot:
    found = _known(db, event_id)
    if found.epoch != epoch:
        raise TicketUnknown
    return found


# --- events


def create_event(db: DB, event: Event, now: int) -> Snapshot:
    if find(db, event.event_id) is not None:
        raise EventExists(event.event_id)
    pauses = rules.pauses_after((), State.OPEN, event.state, now)
    db.execute(
        "INSERT INTO events (event_id, definition, state, pauses, epoch) VALUES (?, ?, ?, ?, ?)",
        (
            event.event_id,
            as_json(event),
            event.state.value,
            as_json(pauses),
            _next_epoch(db, now),
        ),
    )
    return _found(db, event.event_id)


def change_event(db: DB, event_id: str, changes: Mapping[str, object], now: int) -> Snapshot:
    old = _found(db, event_id)
    new = msgspec.structs.replace(old.event, **changes)
    pauses = rules.pauses_after(old.pauses, old.event.state, new.state, now)
    db.execute(
        "UPDATE events SET definition=?, state=?, pauses=?, revision=revision+1 WHERE event_id=?",
        (as_json(new), new.state.value, as_json(pauses), event_id),
    )
    return _found(db, event_id)


def delete_event(db: DB, event_id: str) -> None:
    old = _found(db, event_id)
    db.execute("DELETE FROM events WHERE event_id=?", (event_id,))
    bury(db, old.epoch)


def reset_event(db: DB, event_id: str, now: int) -> Snapshot:
    old = _known(db, event_id)
    pauses = rules.pauses_after((), State.OPEN, old.event.state, now)
    db.execute(
        "UPDATE events SET epoch=?, pauses=?, queue=0, serving=0, tokens=0, completed=0,"
        " abandoned=0, expired=0, expired_up_to=0, revision=revision+1 WHERE event_id=?",
        (_next_epoch(db, now), as_json(pauses), event_id),
    )
    bury(db, old.epoch)
    return _known(db, event_id)


def event_ids(db: DB) -> list[str]:
    return [row[0] for row in db.execute("SELECT event_id FROM events ORDER BY event_id")]


def snapshots(db: DB, wanted: Collection[str], now: int) -> dict[str, Snapshot]:
    found = ((event_id, find(db, event_id)) for event_id in wanted)
    return {
        event_id: _with_steps(db, snapshot, now)
        for event_id, snapshot in found
        if snapshot is not None
    }


def _with_steps(db: DB, snapshot: Snapshot, now: int) -> Snapshot:
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


def _next_epoch(db: DB, now: int) -> int:
    """An epoch that no event ever had, so that no old request ID can come back to life."""
    row = db.execute("SELECT value FROM meta WHERE name='last_epoch'").fetchone()
    epoch = rules.next_epoch(0 if row is None else int(row[0]), now)
    note_epoch(db, epoch)
    return epoch


def note_epoch(db: DB, epoch: int) -> None:
    db.execute(
        "INSERT INTO meta VALUES ('last_epoch', ?)"
        " ON CONFLICT (name) DO UPDATE SET value=max(value, excluded.value)",
        (epoch,),
    )


def bury(db: DB, epoch: int) -> None:
    db.execute("INSERT INTO dead_epochs VALUES (?)", (epoch,))


# --- the line


def join(db: DB, event_id: str, count: int, now: int, above: Floor | None = None) -> Arrivals:
    floor = above or Floor(epoch=0, position=0)
    row = db.execute(
        "UPDATE events SET queue=max(queue, iif(epoch=?, ?, 0))+?"
        " WHERE event_id=? AND state!='closed' RETURNING epoch, queue, serving",
        (floor.epoch, floor.position, count, event_id),
    ).fetchone()
    if row is None:
        _known(db, event_id)
        raise EventClosed(event_id)
    epoch, queue, serving = row
    # Never earlier than the newest point: another process's clock may be ahead of ours.
    entry_time = db.execute(
        "INSERT INTO arrivals SELECT ?1, max(?2, coalesce(max(second), 0)), ?3"
        " FROM arrivals WHERE epoch=?1"
        " ON CONFLICT (epoch, second) DO UPDATE SET queue=excluded.queue RETURNING second",
        (epoch, now, queue),
    ).fetchone()[0]
    return Arrivals(epoch, queue - count + 1, entry_time, serving)


def advance(db: DB, event_id: str, by: int, now: int, slot: str | None) -> Advance:
    at = _known(db, event_id)
    previous = at.counters.serving
    if slot is not None and not _take_slot(db, at.epoch, slot, now):
        return Advance(previous, previous)
    current = rules.advanced(previous, by)
    move_serving(db, event_id, at.epoch, previous, current, now)
    return Advance(previous, current)


def _take_slot(db: DB, epoch: int, slot: str, now: int) -> bool:
    done = db.execute("INSERT OR IGNORE INTO slots VALUES (?, ?, ?)", (epoch, slot, now))
    return done.rowcount == 1


def move_serving(db: DB, event_id: str, epoch: int, previous: int, current: int, now: int) -> None:
    if current == previous:
        return
    db.execute(
        "UPDATE events SET serving=?, revision=revision+1 WHERE event_id=?", (current, event_id)
    )
    if current < previous:
        _take_back(db, epoch, current)
        return
    same_second = db.execute(
        "UPDATE servings SET serving=? WHERE epoch=? AND serving=? AND issued_at>=?",
        (current, epoch, previous, now),  # later than now: by a clock that is ahead of ours
    )
    if same_second.rowcount == 0:
        db.execute("INSERT INTO servings VALUES (?, ?, ?)", (epoch, current, now))


def _take_back(db: DB, epoch: int, current: int) -> None:
    """Cut the servings curve at ``current``; what stays called keeps the time it was called."""
    cut = db.execute(
        "SELECT issued_at FROM servings WHERE epoch=? AND serving>=? ORDER BY serving LIMIT 1",
        (epoch, current),
    ).fetchone()
    db.execute("DELETE FROM servings WHERE epoch=? AND serving>=?", (epoch, current))
    if current and cut is not None:
        db.execute("INSERT INTO servings VALUES (?, ?, ?)", (epoch, current, cut[0]))


def curves(db: DB, event_id: str, since: int, limit: int) -> tuple[list[Arrival], list[Step]]:
    epoch = _found(db, event_id).epoch
    arrivals = db.execute(
        "SELECT second, queue FROM arrivals WHERE epoch=? AND second>=? ORDER BY second LIMIT ?",
        (epoch, since, limit),
    )
    servings = db.execute(
        "SELECT issued_at, serving FROM servings WHERE epoch=? AND issued_at>=?"
        " ORDER BY serving LIMIT ?",
        (epoch, since, limit),
    )
    return [Arrival(*row) for row in arrivals], [Step(*row) for row in servings]


# --- expiry


def something_expires(db: DB, event_id: str, now: int) -> bool:
    at = find(db, event_id)
    return at is not None and bool(_run_out(db, at, now, limit=1))


def expire(db: DB, event_id: str, now: int) -> Expiry:
    at = find(db, event_id)
    steps = [] if at is None else _run_out(db, at, now, limit=_MAX_SWEPT_STEPS)
    if at is None or not steps:
        return Expiry()
    below, up_to = at.counters.expired_up_to, steps[-1].serving
    taken = db.execute(
        "SELECT count(*) FROM sessions WHERE epoch=? AND position>? AND position<=?",
        (at.epoch, below, up_to),
    ).fetchone()[0]
    missed = up_to - below - taken
    db.execute(
        "UPDATE events SET expired=expired+?, expired_up_to=? WHERE event_id=?",
        (missed, up_to, event_id),
    )
    if not at.event.advance_on_expiry:
        return Expiry(missed)
    previous = at.counters.serving
    current = rules.advanced(previous, missed)
    move_serving(db, event_id, at.epoch, previous, current, now)
    return Expiry(missed, current - previous)


def _run_out(db: DB, at: Snapshot, now: int, limit: int) -> list[Step]:
    """Servings steps beyond the watermark whose last position may no longer be taken up."""
    if not at.event.queue_position_expiry or at.event.state is State.PAUSED:
        return []
    steps = db.execute(
        "SELECT issued_at, serving FROM servings WHERE epoch=? AND serving>? AND serving<=?"
        " ORDER BY serving LIMIT ?",
        (at.epoch, at.counters.expired_up_to, at.counters.queue, limit),
    )
    gone: list[Step] = []
    for step in (Step(*row) for row in steps):
        since = rules.eligible_since(_entry_time(db, at.epoch, step.serving), step.issued_at)
        period = at.event.queue_position_expiry_period
        if rules.remaining(since, now, period, at.pauses) > 0:
            break
        gone.append(step)
    return gone


def _entry_time(db: DB, epoch: int, position: int) -> int:
    row = db.execute(
        "SELECT second FROM arrivals WHERE epoch=? AND queue>=? ORDER BY queue LIMIT 1",
        (epoch, position),
    ).fetchone()
    return 0 if row is None else int(row[0])


# --- sessions

_SESSION = "entry_time, issued_at, expires_at, issuer, status"


def _session(db: DB, epoch: int, position: int) -> Session | None:
    row = db.execute(
        f"SELECT {_SESSION} FROM sessions WHERE epoch=? AND position=?", (epoch, position)
    ).fetchone()
    if row is None:
        return None
    entry_time, issued_at, expires_at, issuer, status = row
    return Session(
        Place(position, entry_time), issued_at, expires_at, issuer, SessionStatus(status)
    )


def _called_at(db: DB, epoch: int, position: int) -> int | None:
    row = db.execute(
        "SELECT issued_at FROM servings WHERE epoch=? AND serving>=? ORDER BY serving LIMIT 1",
        (epoch, position),
    ).fetchone()
    return None if row is None else int(row[0])


def admit(
    db: DB, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
) -> Session:
    at = _of_epoch(db, event_id, epoch)
    session = _session(db, epoch, place.position)
    if session is not None:
        rules.check_session_active(session)
        return session
    rules.check_called(at.event, place.position, at.counters.serving)
    rules.check_not_expired(_place_expired(db, at, place, now))
    session = Session(place, now, now + validity, issuer)
    db.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, 0)",
        (epoch, place.position, place.entry_time, now, now + validity, issuer),
    )
    # A place that the sweep had counted as missed can come back when expiry is switched off. In a
    # line that was restored it may have had a token, and then the sweep had not counted it.
    db.execute(
        "UPDATE events SET tokens=tokens+1, expired=max(0, expired-(?<=expired_up_to))"
        " WHERE event_id=?",
        (place.position, event_id),
    )
    return session


def _place_expired(db: DB, at: Snapshot, place: Place, now: int) -> bool:
    called_at = _called_at(db, at.epoch, place.position) or 0
    return rules.has_expired(
        at.event,
        place.position,
        rules.eligible_since(place.entry_time, called_at),
        now,
        pauses=at.pauses,
        expired_up_to=at.counters.expired_up_to,
    )


def standing(db: DB, event_id: str, epoch: int, place: Place, now: int) -> Standing:
    at = _of_epoch(db, event_id, epoch)
    called_at = _called_at(db, epoch, place.position)
    if place.position > at.counters.serving:
        called_at = None
    return Standing(_with_steps(db, at, now), called_at, _session(db, epoch, place.position))


def finish(db: DB, event_id: str, epoch: int, place: Place, status: SessionStatus) -> Session:
    _of_epoch(db, event_id, epoch)
    session = _session(db, epoch, place.position)
    if session is None:
        raise SessionUnknown("request_id: no token was made for it")
    if session.status is not SessionStatus.ACTIVE:
        raise SessionUnknown("request_id: its session was marked before")
    db.execute(
        "UPDATE sessions SET status=? WHERE epoch=? AND position=?",
        (status.value, epoch, place.position),
    )
    counter = "completed" if status is SessionStatus.COMPLETED else "abandoned"
    db.execute(f"UPDATE events SET {counter}={counter}+1 WHERE event_id=?", (event_id,))
    return msgspec.structs.replace(session, status=status)


def active_sessions(db: DB, event_id: str, now: int) -> int:
    epoch = _known(db, event_id).epoch
    row = db.execute(
        "SELECT count(*) FROM sessions WHERE epoch=? AND expires_at>? AND status=0", (epoch, now)
    ).fetchone()
    return int(row[0])


def expired_sessions(
    db: DB, event_id: str, now: int, limit: int, after: Place | None
) -> tuple[int, list[Place]]:
    epoch = _known(db, event_id).epoch
    behind = (0, 0)
    if after is not None and (session := _session(db, epoch, after.position)) is not None:
        behind = (session.expires_at, after.position)
    rows = db.execute(
        "SELECT position, entry_time FROM sessions WHERE epoch=? AND expires_at<=?"
        " AND (expires_at, position)>(?, ?) ORDER BY expires_at, position LIMIT ?",
        (epoch, now, *behind, limit),
    )
    return epoch, [Place(*row) for row in rows]


# --- keys


def is_claimed(db: DB) -> bool:
    return bool(db.execute("SELECT 1 FROM meta WHERE name='secret_fingerprint'").fetchone())


def claim_secret(db: DB, fingerprint: str) -> bool:
    db.execute("INSERT OR IGNORE INTO meta VALUES ('secret_fingerprint', ?)", (fingerprint,))
    row = db.execute("SELECT value FROM meta WHERE name='secret_fingerprint'").fetchone()
    return bool(row[0] == fingerprint)


def add_signing_key(db: DB, key: SigningKey, only_first: bool) -> bool:
    if only_first and db.execute("SELECT 1 FROM signing_keys").fetchone():
        return False
    added = db.execute(
        "INSERT INTO signing_keys VALUES (?, ?, ?, ?) ON CONFLICT (kid) DO NOTHING",
        (key.kid, key.algorithm, key.created_at, key.sealed),
    )
    return added.rowcount == 1


def remove_signing_key(db: DB, kid: str) -> None:
    db.execute("DELETE FROM signing_keys WHERE kid=?", (kid,))


def signing_keys(db: DB) -> list[SigningKey]:
    rows = db.execute(
        "SELECT kid, algorithm, created_at, sealed FROM signing_keys"
        " ORDER BY created_at DESC, kid DESC"
    )
    return [
        SigningKey(kid=kid, algorithm=algorithm, created_at=created_at, sealed=sealed)
        for kid, algorithm, created_at, sealed in rows
    ]


_API_KEY = "SELECT key_id, name, scopes, created_at, revoked_at, digest, sealed FROM api_keys"


def _api_key(row: tuple[str, str, str, int, int | None, bytes, bytes]) -> ApiKey:
    key_id, name, scopes, created_at, revoked_at, digest, sealed = row
    return ApiKey(
        key_id=key_id,
        name=name,
        scopes=tuple(scopes.split()),
        created_at=created_at,
        revoked_at=revoked_at,
        digest=digest,
        sealed=sealed,
    )


def add_api_key(db: DB, key: ApiKey, only_first: bool) -> bool:
    if only_first and db.execute("SELECT 1 FROM api_keys").fetchone():
        return False
    added = db.execute(
        "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key_id) DO NOTHING",
        (
            key.key_id,
            key.name,
            " ".join(key.scopes),
            key.created_at,
            key.revoked_at,
            key.digest,
            key.sealed,
        ),
    )
    return added.rowcount == 1


def revoke_api_key(db: DB, key_id: str, now: int) -> None:
    done = db.execute(
        "UPDATE api_keys SET revoked_at=coalesce(revoked_at, ?) WHERE key_id=?", (now, key_id)
    )
    if done.rowcount == 0:
        raise KeyUnknown(key_id)


def api_keys(db: DB) -> list[ApiKey]:
    return [_api_key(row) for row in db.execute(f"{_API_KEY} ORDER BY created_at, key_id")]


def api_key(db: DB, key_id: str) -> ApiKey | None:
    row = db.execute(f"{_API_KEY} WHERE key_id=?", (key_id,)).fetchone()
    return None if row is None else _api_key(row)


# --- upkeep


def ping(db: DB) -> None:
    """Write: a full or read-only disk shows itself only when something goes to it."""
    db.execute("INSERT INTO meta VALUES ('ping', 1) ON CONFLICT (name) DO UPDATE SET value=value+1")


def something_to_purge(db: DB, now: int) -> bool:
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM dead_epochs)"
            " OR EXISTS (SELECT 1 FROM slots WHERE done_at<?)",
            (now - SLOT_LIFETIME,),
        ).fetchone()[0]
    )


def purge(db: DB, limit: int, now: int) -> int:
    done = 0
    for (epoch,) in db.execute("SELECT epoch FROM dead_epochs").fetchall():
        for table in _EPOCH_TABLES:
            done += _delete_some(db, table, "epoch=?", epoch, limit - done)
        if done >= limit:
            return done
        db.execute("DELETE FROM dead_epochs WHERE epoch=?", (epoch,))
    return done + _delete_some(db, "slots", "done_at<?", now - SLOT_LIFETIME, limit - done)


_PRIMARY_KEY = {
    "arrivals": "epoch, second",
    "servings": "epoch, serving",
    "sessions": "epoch, position",
    "slots": "epoch, slot",
}


def _delete_some(db: DB, table: str, condition: str, value: int, limit: int) -> int:
    key = _PRIMARY_KEY[table]
    deleted = db.execute(
        f"DELETE FROM {table} WHERE ({key}) IN"
        f" (SELECT {key} FROM {table} WHERE {condition} LIMIT ?)",
        (value, max(limit, 0)),
    )
    return deleted.rowcount
