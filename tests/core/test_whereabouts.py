"""Where a visitor stands, in one word."""

from __future__ import annotations

import msgspec
import pytest

from waitroom.core.model import (
    Counters,
    Event,
    Pause,
    Place,
    Session,
    SessionStatus,
    Snapshot,
    Standing,
)
from waitroom.core.whereabouts import Found, Whereabouts, whereabouts

NOW = 1_800_000_000
PLACE = Place(5, NOW - 1_000)
EVENT = Event(event_id="sale", queue_position_expiry_period=600)


def standing(
    called_at: int | None = None,
    session: Session | None = None,
    *,
    event: Event = EVENT,
    pauses: tuple[Pause, ...] = (),
    given_up: bool = False,
) -> Standing:
    """What a store says of the place."""
    at = Snapshot(event=event, epoch=1, counters=Counters(queue=9, serving=9), pauses=pauses)
    return Standing(at, called_at, session, given_up)


def session(status: SessionStatus, expires_at: int = NOW + 60) -> Session:
    """A session of the place."""
    return Session(PLACE, NOW - 100, expires_at, "https://line.example", status)


@pytest.mark.parametrize(
    ("at", "state", "until"),
    [
        (standing(), Whereabouts.WAITING, None),
        (standing(NOW - 10), Whereabouts.CALLED, NOW + 590),
        (standing(NOW - 599), Whereabouts.CALLED, NOW + 1),
        (standing(NOW - 600), Whereabouts.EXPIRED, NOW),
        (standing(NOW - 10, given_up=True), Whereabouts.GIVEN_UP, None),
        (standing(NOW - 600, pauses=(Pause(NOW - 60),)), Whereabouts.CALLED, NOW + 60),
        (standing(NOW, session(SessionStatus.ACTIVE)), Whereabouts.ACTIVE, NOW + 60),
        (standing(NOW, session(SessionStatus.ACTIVE, NOW)), Whereabouts.EXPIRED, NOW),
        (standing(NOW, session(SessionStatus.COMPLETED)), Whereabouts.COMPLETED, NOW + 60),
        (standing(NOW, session(SessionStatus.ABANDONED)), Whereabouts.ABANDONED, NOW + 60),
    ],
)
def test_where(at: Standing, state: Whereabouts, until: int | None) -> None:
    """A session counts before all else, then what became of the place."""
    assert whereabouts(PLACE, at, NOW) == Found(state, until)


def test_places_that_do_not_expire() -> None:
    """They are kept without end."""
    event = msgspec.structs.replace(EVENT, queue_position_expiry=False)
    found = whereabouts(PLACE, standing(NOW - 9_999, event=event), NOW)
    assert found == Found(Whereabouts.CALLED, None)
