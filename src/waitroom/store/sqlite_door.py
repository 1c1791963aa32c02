"""The door, on the embedded store: who comes in, who gives up, who leaves, how full it is.

What belongs here: SQL, and the order of checks. Each function is inside a transaction of its
caller; it checks first and writes last. What must change with it: ``schema.sql``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from waitroom.core import rules
from waitroom.core.model import (
    Advance,
    Cohort,
    Exits,
    Occupancy,
    Place,
    Session,
    SessionStatus,
    Snapshot,
)
from waitroom.errors import PlaceGivenUp, SiteFull
from waitroom.store import sqlite_line as line
from waitroom.store import sqlite_outbox as outbox
from waitroom.store import sqlite_rows as rows
from waitroom.store import sqlite_sessions as sessions
from waitroom.store.sqlite_rows import DB


def admit(
    db: DB, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
) -> Session | SiteFull:
    """As ``SessionVerbs.admit``; ``SiteFull`` is returned, for what raises here is undone."""
    at = rows.of_epoch(db, event_id, epoch)
    session = sessions.find(db, epoch, place.position)
    if session is not None:
        rules.check_session_active(session)
        return session
    if sessions.is_given_up(db, at, place.position):
        raise PlaceGivenUp
    rules.check_called(at.event, place.position, at.counters.serving)
    called_at, held_at = _since_when(db, epoch, place.position)
    rules.check_not_expired(rules.is_over(at, place, called_at or 0, held_at, now))
    cap = at.event.cap
    if cap and sessions.settle(db, at, now) >= cap:
        _hold(db, at, place, held_at, now)
        return SiteFull()
    if held_at is not None:
        _let_go(db, epoch, place)
    else:
        _bring_back(db, at, place)
    session = Session(place, now, now + validity, issuer)
    sessions.add(db, at, session, now)
    return session


def _since_when(db: DB, epoch: int, position: int) -> tuple[int | None, int | None]:
    """When the place was called, and when its visitor last found the site full."""
    called_at, held_at = db.execute(
        "SELECT (SELECT issued_at FROM servings WHERE epoch=?1 AND serving>=?2"
        " ORDER BY serving LIMIT 1),"
        " (SELECT asked_at FROM held WHERE epoch=?1 AND position=?2)",
        (epoch, position),
    ).fetchone()
    return called_at, held_at


def _hold(db: DB, at: Snapshot, place: Place, held_at: int | None, now: int) -> None:
    """The visitor has come in time: write down when, unless that was done a short while ago."""
    if not rules.asks_anew(held_at, now, at.event.queue_position_expiry_period):
        return
    db.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (at.epoch, place.position, now))
    if held_at is None:
        _bring_back(db, at, place)


def _let_go(db: DB, epoch: int, place: Place) -> None:
    db.execute("DELETE FROM held WHERE epoch=? AND position=?", (epoch, place.position))


def _bring_back(db: DB, at: Snapshot, place: Place) -> None:
    """A place that the sweep had counted as missed comes back when expiry is switched off.

    In a line that was restored it may have had a token, and then the sweep had not counted it.
    """
    if place.position <= at.counters.expired_up_to:
        db.execute(
            "UPDATE events SET expired=max(0, expired-1) WHERE event_id=?", (at.event.event_id,)
        )


def give_up(db: DB, event_id: str, epoch: int, place: Place, now: int) -> bool:
    at, position = rows.of_epoch(db, event_id, epoch), place.position
    session = sessions.find(db, epoch, position)
    if session is not None:
        return _mark(db, at, session, SessionStatus.ABANDONED, now)
    if sessions.is_given_up(db, at, position):
        return False
    is_held = sessions.held_at(db, epoch, position) is not None
    if position <= at.counters.expired_up_to and not is_held:
        return False
    _let_go(db, epoch, place)
    db.execute("INSERT INTO given_up VALUES (?, ?)", (epoch, position))
    db.execute(
        "UPDATE events SET expired=expired+1, given_up=given_up+1 WHERE event_id=?", (event_id,)
    )
    return True


def _mark(db: DB, at: Snapshot, session: Session | None, status: SessionStatus, now: int) -> bool:
    """Mark a session, if there is one and it was not marked before; whether it was."""
    if session is None or session.status is not SessionStatus.ACTIVE:
        return False
    sessions.mark(db, at, session, status, now)
    return True


def exits(
    db: DB,
    event_id: str,
    epoch: int,
    completed: Sequence[Place],
    abandoned: Sequence[Place],
    exited: int | None,
    now: int,
    slot: str | None = None,
) -> Exits:
    at = rows.of_epoch(db, event_id, epoch)
    leaving = [(place, SessionStatus.COMPLETED) for place in completed]
    leaving += [(place, SessionStatus.ABANDONED) for place in abandoned]
    marked = sum(
        _mark(db, at, sessions.find(db, epoch, place.position), status, now)
        for place, status in leaving
    )
    previous = at.counters.serving
    if not rows.take_slot(db, epoch, slot, now):
        return Exits(marked, Advance(previous, previous))
    by = rules.exit_step(at, marked, exited, sessions.settle(db, at, now))
    current = rules.advanced(previous, by)
    line.move_serving(db, at, current, now)
    outbox.tell_move(db, at, current, slot or "", now)
    return Exits(marked, Advance(previous, current))


def occupancy(db: DB, event_id: str, now: int, ages: Sequence[int]) -> tuple[Occupancy, int]:
    """As ``SessionVerbs.occupancy``, and ``lapsed`` as of ``sessions.count_active``."""
    at = rows.known(db, event_id)
    active, lapsed = sessions.count_active(db, at, now)
    all_held, held = _count_held(db, at, now)
    bounds = _bounds(db, at, now, ages)
    young = [
        Cohort(up_to - above, _shown(db, at.epoch, above, up_to))
        for up_to, above in pairwise(bounds)
    ]
    # The oldest are as many as there ever were, less those above: the many are not counted.
    later = _shown(db, at.epoch, bounds[-1], None)
    oldest = Cohort(bounds[-1], at.counters.tokens + all_held - later)
    return Occupancy(active=active, held=held, cohorts=(*young, oldest)), lapsed


def _count_held(db: DB, at: Snapshot, now: int) -> tuple[int, int]:
    """Places that found the site full: all, and those whose visitors have asked in time since."""
    period = at.event.queue_position_expiry_period
    gone = rules.run_out_until(now, period, at.pauses) - rules.held_since(0, period)
    all_held, held = db.execute(
        "SELECT count(*), count(*) FILTER (WHERE asked_at>?) FROM held WHERE epoch=?",
        (gone, at.epoch),
    ).fetchone()
    return all_held, held


def _bounds(db: DB, at: Snapshot, now: int, ages: Sequence[int]) -> list[int]:
    """Up to which position places could be taken up: now, and at each of ``ages`` seconds ago."""
    top = min(at.counters.serving, at.counters.queue)
    bounds = [top]
    for age in ages:
        then = min(line.called_by(db, at, now - age), line.entered_by(db, at, now - age))
        bounds.append(min(bounds[-1], max(then, at.counters.expired_up_to)))
    return bounds


def _shown(db: DB, epoch: int, above: int, up_to: int | None) -> int:
    """Of how many places above ``above`` the visitor has come."""
    within = (epoch, above, 2**63 - 1 if up_to is None else up_to)
    admitted, held = db.execute(
        "SELECT (SELECT count(*) FROM sessions WHERE epoch=? AND position>? AND position<=?),"
        " (SELECT count(*) FROM held WHERE epoch=? AND position>? AND position<=?)",
        within * 2,
    ).fetchone()
    return int(admitted) + int(held)
