"""Where a visitor stands, in one word, for an operator who was given their request ID.

What belongs here: reading that off what decides about a place. Pure. What must change with it:
``control/api_panel.py: session``, the panel's look-up.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from waitroom.core import rules
from waitroom.core.model import Place, SessionStatus, Standing


class Whereabouts(StrEnum):
    """``waiting``: not called yet. ``called``: may come in, and has not. ``active``: is on the
    site. ``completed``, ``abandoned``: was there, and has ended. ``expired``: did not come in time,
    or the session has run out. ``given_up``: the visitor left the line."""

    WAITING = "waiting"
    CALLED = "called"
    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    GIVEN_UP = "given_up"


class Found(msgspec.Struct, frozen=True):
    """Where a visitor stands, and until when (epoch s): a session, or a place that was called and
    is kept so long; None: there is no such time."""

    state: Whereabouts
    until: int | None


def whereabouts(place: Place, at: Standing, now: int) -> Found:
    """Where the visitor of ``place`` stands at ``now``."""
    if at.session is not None:
        until = at.session.expires_at
        if at.session.status is SessionStatus.COMPLETED:
            return Found(Whereabouts.COMPLETED, until)
        if at.session.status is SessionStatus.ABANDONED:
            return Found(Whereabouts.ABANDONED, until)
        return Found(Whereabouts.ACTIVE if now < until else Whereabouts.EXPIRED, until)
    if at.given_up:
        return Found(Whereabouts.GIVEN_UP, None)
    if at.called_at is None:
        return Found(Whereabouts.WAITING, None)
    return _called(place, at, at.called_at, now)


def _called(place: Place, at: Standing, called_at: int, now: int) -> Found:
    if not at.snapshot.event.queue_position_expiry:
        return Found(Whereabouts.CALLED, None)
    called = at.snapshot, place, called_at, at.held_at, now
    state = Whereabouts.EXPIRED if rules.is_over(*called) else Whereabouts.CALLED
    return Found(state, now + rules.time_left(*called))
