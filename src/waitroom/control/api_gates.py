"""The call with which Alertmanager tells of alerts (its receiver ``webhook_configs``).

What belongs here: taking a message and entering it into the event's notes. What the notes mean is
in ``gates/alertmanager.py``. What must change with it: ``docs/gates.md``.

A message is taken whether or not the event has a gate that goes by alerts: one that is added later
knows what is firing already. The same message again does nothing new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from waitroom.control.calls import FOUND, Call, Control, Request
from waitroom.control.gates.alertmanager import (
    FINGERPRINT,
    MORE,
    PREFIX,
    AlertMessage,
    enter,
)
from waitroom.errors import EventNotFound, EventUnknown, InvalidField, StoreUnavailable
from waitroom.patience import PATIENCE

log = structlog.get_logger("waitroom.control")

# A message tells of a whole group of alerts, each with its labels and annotations.
MAX_MESSAGE: Final = 256 * 1024  # bytes


class Taken(msgspec.Struct, frozen=True):
    """How many alerts are remembered as firing; ``more``: there are others besides."""

    event_id: str
    firing: int
    more: bool


async def _alerts(control: Control, request: Request) -> object:
    message: AlertMessage = request.asked
    for index, alert in enumerate(message.alerts):
        if not FINGERPRINT.fullmatch(alert.fingerprint):
            raise InvalidField(f"alerts[{index}].fingerprint", "wanted 1 to 64 of 0-9 a-f")
    assert control.gates is not None  # noqa: S101 - a control plane that is served has one
    event_id = request.path["event_id"]
    try:
        async with asyncio.timeout(PATIENCE), control.gates.one_message:
            return await _enter(control, event_id, message)
    except TimeoutError:
        raise StoreUnavailable("the store took too long") from None
    except EventUnknown:  # deleted between the look and the note
        raise EventNotFound(event_id) from None


async def _enter(control: Control, event_id: str, message: AlertMessage) -> Taken:
    at = await control.service.snapshot(event_id)
    changes = enter(message, at.notes, control.service.now())
    await control.service.store.note(event_id, changes)
    notes = {name for name in at.notes if changes.get(name, "") is not None} | {
        name for name, text in changes.items() if text is not None
    }
    firing = sum(name.startswith(PREFIX) and name != MORE for name in notes)
    taken = Taken(event_id, firing, MORE in notes)
    log.info("alerts taken", event_id=event_id, firing=firing, more=taken.more)
    return taken


CALLS: Final[Sequence[Call]] = (
    Call(
        method="POST",
        path="/api/events/{event_id}/alerts",
        summary="Take a message of Alertmanager (webhook version 4, up to 256 KiB).",
        takes=AlertMessage,
        gives=Taken,
        scope="operate",
        statuses=FOUND | {400: "a field is missing or mistyped"},
        max_body=MAX_MESSAGE,
        answer=_alerts,
    ),
)
