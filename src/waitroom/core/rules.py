"""May it be admitted, has it expired, how fast does the line move.

What belongs here: decisions that follow from numbers alone. Each store applies them inside its own
atomic step, so there is one text of each rule. What must change with it: ``docs/how-it-works.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from waitroom.core.inlet_kinds import MaxSize
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Event, Pause, Place, Session, SessionStatus, Snapshot, State, Step
from waitroom.errors import (
    EventClosed,
    EventNotOpen,
    EventPaused,
    EventSoldOut,
    LineSoldOut,
    NotYet,
    PlaceExpired,
    SessionEnded,
)

RATE_WINDOW: Final = 300  # seconds of the servings curve that the shown rate looks back on
_MIN_SPAN: Final = 10  # seconds: a single step just made must not look like a fast line


def eligible_since(entry_time: int, step_issued_at: int) -> int:
    """From when on a place could be taken up: it had been given, and the counter had reached it."""
    return max(entry_time, step_issued_at)


def remaining(since: int, now: int, period: int, pauses: Iterable[Pause]) -> int:
    """Seconds left to take a called place up; 0 or less when it has expired.

    Time in which the event was paused or sold out does not count: nobody could have come in.
    """
    paused = sum(
        max(0, min(now, now if pause.end is None else pause.end) - max(since, pause.start))
        for pause in pauses
    )
    return period - (now - since - paused)


def run_out_until(now: int, period: int, pauses: Iterable[Pause]) -> int:
    """The latest ``since`` of which nothing is left at ``now``: ``remaining(since, ...) <= 0``.

    All earlier ones have run out too. So a sweep need not look at each servings step: those that
    were made up to here, for places that were given out up to here, are the ones.
    """
    end = now  # of the time that is still to be looked through, backwards
    for pause in sorted(pauses, key=lambda pause: pause.start, reverse=True):
        resumed = min(end, now if pause.end is None else pause.end)
        if end - resumed >= period:
            break
        if resumed > pause.start:
            period -= end - resumed
            end = pause.start
    return end - period


def held_since(asked_at: int, period: int) -> int:
    """From when on the period counts for a visitor who found the site full.

    When they asked is written down again only once a tenth of the period has gone by
    (``asks_anew``), so that their asking is not a write each time. So they may have asked up to
    that tenth later than what stands there, and are given it.
    """
    return asked_at + period // 10


def asks_anew(asked_at: int | None, now: int, period: int) -> bool:
    """Whether it is to be written down that a visitor found the site full at ``now``."""
    return asked_at is None or now - asked_at > period // 10


def takeable_since(event: Event, entry_time: int, called_at: int, held_at: int | None) -> int:
    """From when on the period of a place counts: it could be taken up, or found the site full."""
    since = eligible_since(entry_time, called_at)
    if held_at is None:
        return since
    return max(since, held_since(held_at, event.queue_position_expiry_period))


def has_expired(
    event: Event,
    position: int,
    since: int,
    now: int,
    *,
    pauses: Iterable[Pause],
    expired_up_to: int,
    held_at: int | None = None,
) -> bool:
    """Whether a place that was called and not taken up may no longer be.

    ``since``: as ``takeable_since``. A place that found the site full (``held_at``) is not expired
    by a sweep that went over it, but by its own time.
    """
    if not event.queue_position_expiry:
        return False
    if position <= expired_up_to and held_at is None:
        return True
    return remaining(since, now, event.queue_position_expiry_period, pauses) <= 0


def is_over(at: Snapshot, place: Place, called_at: int, held_at: int | None, now: int) -> bool:
    """``has_expired`` of a place that was called, by ``Standing.called_at`` and ``held_at``."""
    return has_expired(
        at.event,
        place.position,
        takeable_since(at.event, place.entry_time, called_at, held_at),
        now,
        pauses=at.pauses,
        expired_up_to=at.counters.expired_up_to,
        held_at=held_at,
    )


def time_left(at: Snapshot, place: Place, called_at: int, held_at: int | None, now: int) -> int:
    """``remaining`` of such a place, if places expire at all."""
    since = takeable_since(at.event, place.entry_time, called_at, held_at)
    return remaining(since, now, at.event.queue_position_expiry_period, at.pauses)


def check_takes(event: Event, now: int) -> None:
    """Pass if newcomers get a place at ``now``.

    Raises:
        EventClosed, EventSoldOut: by the event's state.
        EventNotOpen: its line opens later.
    """
    if event.state is State.SOLD_OUT:
        raise EventSoldOut(event.event_id)
    if not event.state.takes:
        raise EventClosed(event.event_id)
    if now < event.opens_at:
        raise EventNotOpen(event.event_id, event.opens_at - now)


def check_called(event: Event, position: int, serving: int) -> None:
    """Pass if a new token may be made for ``position``.

    Raises:
        NotYet: the serving counter has not reached it.
        EventPaused: it has, but nobody is let in for the moment.
        LineSoldOut: it has, but there is nothing left to let anybody in for.
    """
    if position > serving:
        raise NotYet
    if event.state is State.SOLD_OUT:
        raise LineSoldOut
    if not event.state.lets_in:
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


def exit_step(at: Snapshot, marked: int, exited: int | None, active: int) -> int:
    """By how much an exit message moves the line: ``MaxSize`` alone is moved by it.

    By as many as left (``exited``; if they were not counted, by the sessions that were ``marked``),
    no more than there is room (``active``: sessions after the marking), no further than
    ``max_lead`` ahead of the queue, and never back. Source of the rule: the contract.
    """
    inlet = at.event.inlet
    if not isinstance(inlet, MaxSize) or not at.event.state.lets_in:
        return 0
    lead = inlet.size if inlet.max_lead is None else inlet.max_lead
    ahead = at.counters.serving - at.counters.queue
    left = marked if exited is None else exited
    return max(0, min(left, inlet.size - active, lead - ahead))


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
    """The record of pauses after a change of state. The last 200 are kept.

    A pause is any time in which nobody was let in (``State.lets_in``), whatever the state was
    called: one that is paused and then sold out has one pause that goes on.
    """
    if new.lets_in and not old.lets_in and pauses:
        return (*pauses[:-1], Pause(pauses[-1].start, now))
    if old.lets_in and not new.lets_in:
        return (*pauses[-199:], Pause(now))
    return pauses
