"""Facts, lanes, dead letters and subscriptions on the embedded store: ``OutboxVerbs``.

What belongs here: SQL; what the values mean is in ``core/facts.py``. Each function is inside a
transaction of its caller. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from waitroom.core import facts
from waitroom.core.facts import DeadLetter, Fact, Lane, Subscription
from waitroom.core.model import Snapshot
from waitroom.store import sqlite_rows as rows
from waitroom.store.sqlite_rows import DB, as_json


def tell(db: DB, at: Snapshot, type_: str, data: Mapping[str, int | str], now: int) -> bool:
    """Append a fact, if the event has an outbox; whether it has. Beyond the limit the oldest go."""
    if facts.OUTBOX not in at.notes:
        return False
    event_id = at.event.event_id
    seq, kept = db.execute(
        "UPDATE events SET last_fact=max(last_fact+1, ?), facts=facts+1 WHERE event_id=?"
        " RETURNING last_fact, facts",
        (now * facts.SEQ_PER_SECOND, event_id),
    ).fetchone()
    db.execute(
        "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?)",
        (event_id, seq, now, type_, at.epoch, as_json(data)),
    )
    if kept > facts.MAX_FACTS:
        oldest = "SELECT seq FROM outbox WHERE event_id=? ORDER BY seq LIMIT 1 OFFSET ?"
        last = db.execute(oldest, (event_id, kept - facts.MAX_FACTS - 1)).fetchone()[0]
        drop_facts(db, event_id, last)
    return True


def tell_once(
    db: DB, event_id: str, type_: str, data: Mapping[str, int | str], now: int, slot: str
) -> bool:
    at = rows.known(db, event_id)
    if facts.OUTBOX not in at.notes or not rows.take_slot(db, at.epoch, slot, now):
        return False
    return tell(db, at, type_, data, now)


def tell_move(db: DB, at: Snapshot, current: int, slot: str, now: int) -> None:
    """Append the fact that the serving counter moved, if it did."""
    previous = at.counters.serving
    if current != previous:
        told: dict[str, int | str] = {"previous": previous, "current": current, "slot": slot}
        tell(db, at, "serving_counter_changed", told, now)


def list_facts(db: DB, event_id: str, after: int, limit: int) -> list[Fact]:
    found = db.execute(
        "SELECT seq, at, type, epoch, data FROM outbox WHERE event_id=? AND seq>?"
        " ORDER BY seq LIMIT ?",
        (event_id, after, limit),
    )
    return [fact(*row) for row in found]


def fact(seq: int, at: int, type_: str, epoch: int, data: str) -> Fact:
    """A row as a value; in the order of the table."""
    told = msgspec.json.decode(data, type=dict[str, int | str])
    return Fact(seq=seq, at=at, type=type_, epoch=epoch, data=told)


def drop_facts(db: DB, event_id: str, up_to: int) -> None:
    gone = db.execute("DELETE FROM outbox WHERE event_id=? AND seq<=?", (event_id, up_to))
    if gone.rowcount:
        db.execute("UPDATE events SET facts=facts-? WHERE event_id=?", (gone.rowcount, event_id))


def kept(db: DB, event_id: str) -> tuple[int, int]:
    """How many facts are kept of an event, and the highest ``seq`` that may not come again."""
    row = db.execute("SELECT facts, last_fact FROM events WHERE event_id=?", (event_id,)).fetchone()
    return (0, last_of_deleted(db)) if row is None else (row[0], row[1])


def forget(db: DB, event_id: str) -> None:
    """The event goes: nobody is told any more. No later event of its ID uses a ``seq`` again."""
    row = db.execute("SELECT last_fact FROM events WHERE event_id=?", (event_id,)).fetchone()
    if row[0]:
        rows.raise_meta(db, "last_fact", row[0])
    clear(db, event_id)


def clear(db: DB, event_id: str) -> None:
    """Nothing is to be told of an event."""
    for table in ("outbox", "lanes", "dead_letters"):
        db.execute(f"DELETE FROM {table} WHERE event_id=?", (event_id,))
    db.execute("UPDATE events SET facts=0 WHERE event_id=?", (event_id,))


def last_of_deleted(db: DB) -> int:
    """The highest ``seq`` of a fact of an event that was deleted; 0 if there was none."""
    row = db.execute("SELECT value FROM meta WHERE name='last_fact'").fetchone()
    return 0 if row is None else int(row[0])


# --- lanes and dead letters


def take_lane(
    db: DB, event_id: str, subscription_id: str, owner: str, now: int, seconds: int
) -> Lane | None:
    rows.known(db, event_id)
    lane = _lane(db, event_id, subscription_id) or Lane(subscription_id=subscription_id)
    if lane.owner not in {"", owner} and lane.leased_until > now:
        return None
    lane = msgspec.structs.replace(lane, owner=owner, leased_until=now + seconds)
    put_lane(db, event_id, lane)
    return lane


def keep_lane(db: DB, event_id: str, lane: Lane, dead: DeadLetter | None) -> bool:
    there = _lane(db, event_id, lane.subscription_id)
    if there is None or there.owner != lane.owner:
        return False
    put_lane(db, event_id, lane)
    if dead is not None:
        put_letter(db, event_id, dead)
    return True


def _lane(db: DB, event_id: str, subscription_id: str) -> Lane | None:
    row = db.execute(
        "SELECT lane FROM lanes WHERE event_id=? AND subscription_id=?",
        (event_id, subscription_id),
    ).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Lane)


def put_lane(db: DB, event_id: str, lane: Lane) -> None:
    db.execute(
        "INSERT OR REPLACE INTO lanes VALUES (?, ?, ?)",
        (event_id, lane.subscription_id, as_json(lane)),
    )


def put_letter(db: DB, event_id: str, dead: DeadLetter) -> None:
    db.execute(
        "INSERT OR REPLACE INTO dead_letters VALUES (?, ?, ?, ?)",
        (event_id, dead.fact.seq, dead.subscription_id, as_json(dead)),
    )


def lanes(db: DB, event_id: str) -> list[Lane]:
    found = db.execute(
        "SELECT lane FROM lanes WHERE event_id=? ORDER BY subscription_id", (event_id,)
    )
    return [msgspec.json.decode(row[0], type=Lane) for row in found]


def drop_lane(db: DB, event_id: str, subscription_id: str) -> None:
    for table in ("lanes", "dead_letters"):
        db.execute(
            f"DELETE FROM {table} WHERE event_id=? AND subscription_id=?",
            (event_id, subscription_id),
        )


def dead_letters(db: DB, event_id: str, limit: int) -> list[DeadLetter]:
    found = db.execute(
        "SELECT letter FROM dead_letters WHERE event_id=? ORDER BY seq, subscription_id LIMIT ?",
        (event_id, limit),
    )
    return [msgspec.json.decode(row[0], type=DeadLetter) for row in found]


def drop_letter(db: DB, event_id: str, subscription_id: str, seq: int) -> bool:
    gone = db.execute(
        "DELETE FROM dead_letters WHERE event_id=? AND subscription_id=? AND seq=?",
        (event_id, subscription_id, seq),
    )
    return gone.rowcount == 1


# --- subscriptions


def add_subscription(db: DB, subscription: Subscription) -> None:
    db.execute(
        "INSERT OR REPLACE INTO subscriptions VALUES (?, ?)",
        (subscription.subscription_id, as_json(subscription)),
    )


def remove_subscription(db: DB, subscription_id: str) -> bool:
    gone = db.execute("DELETE FROM subscriptions WHERE subscription_id=?", (subscription_id,))
    return gone.rowcount == 1


def subscriptions(db: DB) -> list[Subscription]:
    found = db.execute("SELECT subscription FROM subscriptions ORDER BY subscription_id")
    return [msgspec.json.decode(row[0], type=Subscription) for row in found]
