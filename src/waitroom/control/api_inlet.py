"""The private API of how a line moves by itself: its inlet, and the exit messages of the site.

What belongs here: these calls' input, output and handlers. What must change with it: the contract
tests, ``docs/inlets.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from waitroom.control.calls import EVENT, FOUND, SETTING, Call, Control, Request
from waitroom.control.numbers import InletView
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.limits import MAX_COUNTER
from waitroom.errors import InvalidField

log = structlog.get_logger("waitroom.control")


class ExitMessage(msgspec.Struct, frozen=True):
    """How many visitors left, and whose sessions ended how; each part may be left out."""

    exited: int | None = None
    completed: tuple[str, ...] = ()
    abandoned: tuple[str, ...] = ()


class ExitsDone(msgspec.Struct, frozen=True):
    """Sessions that were marked by the message and those named that were not, and the step."""

    event_id: str
    updated: int
    skipped: int
    increment_by: int
    serving_num: int


async def _inlet(control: Control, request: Request) -> object:
    at, now = await control.service.snapshot(request.path["event_id"]), control.service.now()
    occupancy = await control.service.store.occupancy(at.event.event_id, now, ())
    return control.observer.inlet(at, occupancy, now)


async def _set_inlet(control: Control, request: Request) -> object:
    event_id = request.path["event_id"]
    changes = {"inlet": request.asked}
    await control.service.change_event(event_id, changes, request.deed("change"))
    log.info("event changed", event_id=event_id, fields=["inlet"], by=request.caller.key_id)
    return await _inlet(control, request)


async def _exits(control: Control, request: Request) -> object:
    asked: ExitMessage = request.asked
    if asked.exited is not None and not -MAX_COUNTER - 1 <= asked.exited <= MAX_COUNTER:
        raise InvalidField("exited", "wanted a whole number within 64 bits")
    event_id, key = request.path["event_id"], request.idempotency_key
    await control.service.snapshot(event_id)  # 404, as for every path of an event that is not there
    done = await control.service.exits(
        event_id,
        asked.completed,
        asked.abandoned,
        asked.exited,
        None if key is None else f"exits:{key}",
    )
    return ExitsDone(
        event_id,
        done.updated,
        len(asked.completed) + len(asked.abandoned) - done.updated,
        done.step.current - done.step.previous,
        done.step.current,
    )


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/events/{event_id}/inlet",
        summary="The inlet and what it goes by: gates, probe, rate, how full the site is.",
        gives=InletView,
        scope="read",
        statuses=FOUND,
        answer=_inlet,
    ),
    Call(
        method="PUT",
        path="/api/events/{event_id}/inlet",
        summary="Replace the inlet; what is not said has its default. Unknown fields are refused.",
        takes=Inlet,
        gives=InletView,
        scope="operate",
        statuses=FOUND | SETTING | {400: "a field is missing or mistyped"},
        strict="whole",
        answer=_set_inlet,
    ),
    Call(
        method="POST",
        path="/api/events/{event_id}/exits",
        summary="Visitors left: mark their sessions; a max-size inlet calls as many more.",
        takes=ExitMessage,
        gives=ExitsDone,
        scope="session",
        statuses=EVENT | FOUND,
        answer=_exits,
    ),
)
