"""What moves the two curves, on the embedded store: ``LineVerbs`` but the sweep.

What belongs here: SQL, and the order of checks. Each function is inside a transaction of its
caller; it checks first and writes last. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from waitroom.core import rules
from waitroom.core.audit import Deed
from waitroom.core.model import Advance, Arrival, Arrivals, Floor, Sample, Snapshot, Step
from waitroom.errors import StoreUnavailable
from waitroom.store import MAX_SAMPLES
from waitroom.store import sqlite_events as events
from waitroom.store import sqlite_log as log
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store.sqlite_rows import DB


def join(db: DB, event_id: str, count: int, now: int, above: Floor | None = None) -> Arrivals:
    floor = above or Floor(epoch=0, position=0)
    row = db.execute(
        "UPDATE events SET queue=max(queue, iif(epoch=?, ?, 0))+?"
        " WHERE event_id=? AND state IN ('open', 'paused') AND opens_at<=?"
        " RETURNING epoch, queue, serving",
        (floor.epoch, floor.position, count, event_id, now),
    ).fetchone()
    if row is None:
        rules.check_takes(rows.known(db, event_id).event, now)
        raise StoreUnavailable("the row of an event is not as its settings are")
    epoch, queue, serving = row
    # Never earlier than the newest point: another process's clock may be ahead of ours.
    entry_time = db.execute(
        "INSERT INTO arrivals SELECT ?1, max(?2, coalesce(max(second), 0)), ?3"
        " FROM arrivals WHERE epoch=?1"
        " ON CONFLICT (epoch, second) DO UPDATE SET queue=excluded.queue RETURNING second",
        (epoch, now, queue),
    ).fetchone()[0]
    return Arrivals(epoch, queue - count + 1, entry_time, serving)


def advance(
    db: DB,
    event_id: str,
    by: int,
    now: int,
    slot: str | None = None,
    *,
    at: int | None = None,
    notes: Mapping[str, str] | None = None,
    deed: Deed | None = None,
) -> Advance:
    line = rows.known(db, event_id)
    previous = line.counters.serving
    if at not in {None, previous} or not rows.take_slot(db, line.epoch, slot, now):
        return Advance(previous, previous)
    current = rules.advanced(previous, by)
    if notes:
        events.set_notes(db, line, notes)
    move_serving(db, line, current, now)
    outbox.tell_move(db, line, current, slot or "", now)
    log.enter(db, event_id, deed, {"serving_counter": previous}, {"serving_counter": current}, now)
    return Advance(previous, current)


def move_serving(db: DB, at: Snapshot, current: int, now: int) -> None:
    """Move the serving counter from where ``at`` saw it to ``current``."""
    epoch, previous = at.epoch, at.counters.serving
    if current == previous:
        return
    db.execute(
        "UPDATE events SET serving=?, revision=revision+1 WHERE event_id=?",
        (current, at.event.event_id),
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
    epoch = rows.found(db, event_id).epoch
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


def sample(db: DB, event_id: str, epoch: int, taken: Sample) -> None:
    at = rows.find(db, event_id)
    if at is None or at.epoch != epoch:
        return
    db.execute(
        "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)",
        (epoch, *msgspec.structs.astuple(taken)),
    )
    db.execute(
        "DELETE FROM samples WHERE epoch=?1 AND second<"
        "(SELECT second FROM samples WHERE epoch=?1 ORDER BY second DESC LIMIT 1 OFFSET ?2)",
        (epoch, MAX_SAMPLES - 1),
    )


def samples(db: DB, event_id: str, since: int, limit: int) -> list[Sample]:
    epoch = rows.found(db, event_id).epoch
    found = db.execute(
        "SELECT second, tokens, completed, abandoned, expired, active FROM samples"
        " WHERE epoch=? AND second>=? ORDER BY second LIMIT ?",
        (epoch, since, limit),
    )
    return [Sample(*row) for row in found]


# --- one point of a curve


def called_at(db: DB, epoch: int, position: int) -> int | None:
    """When the serving counter reached ``position``; None if it never did."""
    row = db.execute(
        "SELECT issued_at FROM servings WHERE epoch=? AND serving>=? ORDER BY serving LIMIT 1",
        (epoch, position),
    ).fetchone()
    return None if row is None else int(row[0])


def entry_time(db: DB, epoch: int, position: int) -> int:
    """When ``position`` was given out; 0 if the curve does not tell, after a restore."""
    row = db.execute(
        "SELECT second FROM arrivals WHERE epoch=? AND queue>=? ORDER BY queue LIMIT 1",
        (epoch, position),
    ).fetchone()
    return 0 if row is None else int(row[0])


def entered_by(db: DB, at: Snapshot, moment: int) -> int:
    """Up to which position places had been given out at ``moment``.

    All, if nobody joined later: after a restore the curve does not reach up to the queue.
    """
    points = "SELECT queue FROM arrivals WHERE epoch=? AND second"
    if not db.execute(f"{points}>? LIMIT 1", (at.epoch, moment)).fetchone():
        return at.counters.queue
    row = db.execute(f"{points}<=? ORDER BY second DESC LIMIT 1", (at.epoch, moment)).fetchone()
    return 0 if row is None else int(row[0])


def called_by(db: DB, at: Snapshot, moment: int) -> int:
    """Where the serving counter stood at ``moment``."""
    row = db.execute(
        "SELECT serving FROM servings WHERE epoch=? AND issued_at<=?"
        " ORDER BY issued_at DESC, serving DESC LIMIT 1",
        (at.epoch, moment),
    ).fetchone()
    return 0 if row is None else int(row[0])
