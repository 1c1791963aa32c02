"""Places that were called and not taken up, on the embedded store: the sweep.

What belongs here: SQL of the verb ``expire``, in time that grows with the logarithm of places and
steps; what it says is in ``core/rules.py`` and the docstring of the verb. What must change with it:
``schema.sql``, and the same verb on the other stores.
"""

from __future__ import annotations

from typing import NamedTuple

from waitroom.core import rules
from waitroom.core.model import Expiry, Snapshot
from waitroom.store import sqlite_line as line
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store.sqlite_rows import DB

_WITHIN = "epoch=? AND position>? AND position<=?"
SWEPT = "expiry"  # stands for the slot in the fact of a move that the sweep made


class _Sweep(NamedTuple):
    """What is to be swept: positions above ``below`` up to ``up_to``, whoever found the site full
    and has not asked since ``asked_by``, and what was given up."""

    below: int
    up_to: int
    asked_by: int
    is_due: bool


def look(db: DB, event_id: str, now: int) -> Expiry | None:
    """What a sweep would find that has nothing to do; None if it has."""
    at = rows.find(db, event_id)
    if at is None or not _is_swept(at):
        return Expiry()
    sweep = _due(db, at, now)
    return None if sweep.is_due else Expiry(next_at=_next_at(db, at, sweep.up_to, now))


def expire(db: DB, event_id: str, now: int) -> Expiry:
    at = rows.find(db, event_id)
    if at is None or not _is_swept(at):
        return Expiry()
    sweep = _due(db, at, now)
    if not sweep.is_due:
        return Expiry(next_at=_next_at(db, at, sweep.up_to, now))
    missed = _let_go(db, at.epoch, sweep) + _count(db, at.epoch, sweep)
    given_up = db.execute(
        "DELETE FROM given_up WHERE epoch=? AND position<=?", (at.epoch, sweep.up_to)
    ).rowcount
    db.execute(
        "UPDATE events SET expired=expired+?, expired_up_to=? WHERE event_id=?",
        (missed, sweep.up_to, event_id),
    )
    by = _compensate(db, at, missed + given_up, now) if at.event.advance_on_expiry else 0
    return Expiry(missed, by, _next_at(db, at, sweep.up_to, now))


def _is_swept(at: Snapshot) -> bool:
    return at.event.queue_position_expiry and at.event.state.lets_in


def _due(db: DB, at: Snapshot, now: int) -> _Sweep:
    period, below = at.event.queue_position_expiry_period, at.counters.expired_up_to
    run_out = rules.run_out_until(now, period, at.pauses)
    up_to = max(below, _last_step(db, at, run_out))
    asked_by = run_out - rules.held_since(0, period)
    waiting = db.execute(
        "SELECT EXISTS (SELECT 1 FROM held WHERE epoch=? AND asked_at<=?)"
        " OR EXISTS (SELECT 1 FROM given_up WHERE epoch=? AND position<=?)",
        (at.epoch, asked_by, at.epoch, up_to),
    ).fetchone()[0]
    return _Sweep(below, up_to, asked_by, is_due=up_to > below or bool(waiting))


def _last_step(db: DB, at: Snapshot, run_out: int) -> int:
    """The last position of the last step that was made, for places given out, by ``run_out``.

    Steps rise with their time, so all before it were too.
    """
    reached = line.called_by(db, at, run_out)
    entered = line.entered_by(db, at, run_out)
    if reached <= entered:
        return reached
    row = db.execute(
        "SELECT max(serving) FROM servings WHERE epoch=? AND serving<=?", (at.epoch, entered)
    ).fetchone()
    return row[0] or 0


def _let_go(db: DB, epoch: int, sweep: _Sweep) -> int:
    """Who has not asked in time is not held any more; how many an earlier sweep had spared."""
    gone = "epoch=? AND asked_at<=?"
    spared = db.execute(
        f"SELECT count(*) FROM held WHERE {gone} AND position<=?",
        (epoch, sweep.asked_by, sweep.below),
    ).fetchone()[0]
    db.execute(f"DELETE FROM held WHERE {gone}", (epoch, sweep.asked_by))
    return int(spared)


def _count(db: DB, epoch: int, sweep: _Sweep) -> int:
    """Places of the steps that are swept: neither taken up, nor given up, nor held."""
    within = (epoch, sweep.below, sweep.up_to)
    taken = db.execute(
        f"SELECT (SELECT count(*) FROM sessions WHERE {_WITHIN})"
        f" + (SELECT count(*) FROM held WHERE {_WITHIN})"
        f" + (SELECT count(*) FROM given_up WHERE {_WITHIN})",
        within * 3,
    ).fetchone()[0]
    return sweep.up_to - sweep.below - int(taken)


def _compensate(db: DB, at: Snapshot, places: int, now: int) -> int:
    """Move the line for places that nobody takes up; by how much it moved."""
    previous = at.counters.serving
    current = rules.advanced(previous, places)
    if current == previous:
        return 0
    line.move_serving(db, at, current, now)
    told = {
        "previous_serving_counter_position": previous,
        "increment_by": current - previous,
        "current_serving_counter_position": current,
    }
    outbox.tell(db, at, "automatic_serving_counter_incr", told, now)
    outbox.tell_move(db, at, current, SWEPT, now)
    return current - previous


def _next_at(db: DB, at: Snapshot, up_to: int, now: int) -> int:
    """Before when no sweep finds anything more (``Expiry.next_at``)."""
    epoch, period = at.epoch, at.event.queue_position_expiry_period
    sinces = [now]  # a step that is made or filled from now on has all of its period before it
    step = db.execute(
        "SELECT issued_at, serving FROM servings WHERE epoch=? AND serving>?"
        " ORDER BY serving LIMIT 1",
        (epoch, up_to),
    ).fetchone()
    if step is not None and step[1] <= at.counters.queue:
        sinces.append(rules.eligible_since(line.entry_time(db, epoch, step[1]), step[0]))
    oldest = db.execute(
        "SELECT asked_at FROM held WHERE epoch=? ORDER BY asked_at LIMIT 1", (epoch,)
    ).fetchone()
    if oldest is not None:
        sinces.append(rules.held_since(oldest[0], period))
    return now + rules.remaining(min(sinces), now, period, at.pauses)
