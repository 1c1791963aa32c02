"""May it be admitted, has it expired, how fast does the line move.

What belongs here: decisions that follow from numbers alone. Each store applies them inside its own
atomic step, so there is one text of each rule. What must change with it: ``docs/how-it-works.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Event, Pause, Session, SessionStatus, State, Step
from waitroom.errors import EventPaused, NotYet, PlaceExpired, SessionEnded

RATE_WINDOW: Final = 300  # seconds of the servings curve that the shown rate looks back on
_MIN_SPAN: Final = 10  # seconds: a single step just made must not look like a fast line


def eligible_since(entry_time: int, step_issued_at: int) -> int:
    """From when on a place could be taken up: it had been given, and the counter had reached it."""
    return max(entry_time, step_issued_at)


def remaining(since: int, now: int, period: int, pauses: Iterable[Pause]) -> int:
    """Seconds left to take a called place up; 0 or less when it has expired.

    Time in which the event was paused does not count: nobody could have come in.
    """
    paused = sum(
        max(0, min(now, now if pause.end is None else pause.end) - max(since, pause.start))
        for pause in pauses
    )
    return period - (now - since - paused)


def has_expired(
    event: Event,
    position: int,
    since: int,
    now: int,
    *,
    pauses: Iterable[Pause],
    expired_up_to: int,
) -> bool:
    """Whether a place that was called and not taken up may no longer be."""
    if not event.queue_position_expiry:
        return False
    if position <= expired_up_to:
        return True
    return remaining(since, now, event.queue_position_expiry_period, pauses) <= 0


def check_called(event: Event, position: int, serving: int) -> None:
    """Pass if a new token may be made for ``position``.

    Raises:
        NotYet: the serving counter has not reached it.
        EventPaused: it has, but nobody is let in for the moment.
    """
    if position > serving:
        raise NotYet
    if event.state is State.PAUSED:
        raise EventPaused


def check_session_active(session: Session) -> None:
    """Pass if the token of ``session`` may be given out again.

    Raises:
        SessionEnded: it was completed or abandoned.
    """
    if session.status is not SessionStatus.ACTIVE:
        raise SessionEnded


def check_not_expired(expired: bool) -> None:
    """Pass unless ``expired``.

    Raises:
        PlaceExpired: it is.
    """
    if expired:
        raise PlaceExpired


def next_epoch(last: int, now: int) -> int:
    """The epoch after ``last``, the highest that was ever given out.

    Never below the time, so that epochs go on rising in a store that has lost everything: a request
    ID from before does not come to life in another line.
    """
    return max(last + 1, now)


def advanced(serving: int, by: int) -> int:
    """The serving counter after an increment: never below 0, never beyond what a store holds."""
    return min(max(serving + by, 0), MAX_COUNTER)


def served_per_second(anchor: Step | None, last: Step | None, now: int) -> float:
    """How fast the serving counter grew over the last ``RATE_WINDOW`` seconds; 0 if it did not.

    ``anchor`` is the last servings step from before the window, or the very first step if the line
    is younger than the window; ``last`` is the newest step.
    """
    if anchor is None or last is None:
        return 0.0
    if anchor.issued_at <= now - RATE_WINDOW:
        return max(0.0, (last.serving - anchor.serving) / RATE_WINDOW)
    return last.serving / max(now - anchor.issued_at, _MIN_SPAN)


def pauses_after(pauses: tuple[Pause, ...], old: State, new: State, now: int) -> tuple[Pause, ...]:
    """The record of pauses after a change of state. The last 200 are kept."""
    if old is State.PAUSED and new is not State.PAUSED and pauses:
        return (*pauses[:-1], Pause(pauses[-1].start, now))
    if new is State.PAUSED and old is not State.PAUSED:
        return (*pauses[-199:], Pause(now))
    return pauses
