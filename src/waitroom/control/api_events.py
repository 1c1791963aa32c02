"""The private API of events: making, changing and removing them, and what is counted of each.

What belongs here: these calls' input, output and handlers over ``service.py``. What must change
with it: the contract tests, ``docs/api.md``, ``docs/events.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
import structlog

from waitroom.control.calls import FOUND, OPERATED, SETTING, Call, Control, Message, Request
from waitroom.control.numbers import EventCounters, counters_of
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Arrival, Event, Step
from waitroom.shown import APART, EventShown, check_not_apart, event_shown

log = structlog.get_logger("waitroom.control")

MAX_CURVE: Final = 10_000


class Since(msgspec.Struct, frozen=True):
    """Which part of the curves."""

    since: Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNTER)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_CURVE)] = MAX_CURVE


class Curves(msgspec.Struct, frozen=True):
    """Arrivals ``[second, last position]`` and servings ``[time, serving counter]``."""

    arrivals: list[Arrival]
    servings: list[Step]


# Every setting of an event, each of which may be left out. Those that have calls of their own are
# taken whatever their type, and refused with a word about those calls.
_APART: Final = {
    name: Annotated[Any, msgspec.Meta(description=f"{name} {how}")] for name, how in APART.items()
}
_SETTINGS: Final = [
    (f.name, _APART.get(f.name, f.type | msgspec.UnsetType), msgspec.UNSET)
    for f in msgspec.structs.fields(Event)
    if f.name != "event_id"
]
EventChanges = msgspec.defstruct("EventChanges", _SETTINGS, frozen=True)
EventWanted = msgspec.defstruct("EventWanted", [("event_id", str), *_SETTINGS], frozen=True)


async def _events(control: Control, _request: Request) -> object:
    return [event_shown(event) for event in await control.service.events()]


async def _create_event(control: Control, request: Request) -> object:
    given = _given(request.asked)
    if request.is_check:
        return event_shown(await control.service.checked_event(Event(**given)))
    event = await control.service.create_event(Event(**given), request.deed("create"))
    log.info("event created", event_id=event.event_id, by=request.caller.key_id)
    return event_shown(event)


async def _event(control: Control, request: Request) -> object:
    return event_shown((await control.service.snapshot(request.path["event_id"])).event)


async def _change_event(control: Control, request: Request) -> object:
    changes = _given(request.asked)
    request.caller.require("operate" if changes.keys() <= OPERATED else "admin")
    event_id = request.path["event_id"]
    if request.is_check:
        return event_shown(await control.service.checked_change(event_id, changes))
    event = await control.service.change_event(event_id, changes, request.deed("change"))
    log.info("event changed", event_id=event_id, fields=sorted(changes), by=request.caller.key_id)
    return event_shown(event)


def _given(asked: msgspec.Struct) -> dict[str, Any]:
    """The settings that a body names. Raises ``InvalidSetting`` as ``check_not_apart``."""
    given = msgspec.structs.asdict(asked)
    named = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    check_not_apart([*named])
    return named


async def _delete_event(control: Control, request: Request) -> object:
    event_id = request.path["event_id"]
    await control.service.delete_event(event_id, request.deed("delete"))
    log.warning("event deleted", event_id=event_id, by=request.caller.key_id)
    return Message(f"The event {event_id} is gone.")


async def _counters(control: Control, request: Request) -> object:
    at, now = await control.service.snapshot(request.path["event_id"]), control.service.now()
    return counters_of(at, await control.service.store.occupancy(at.event.event_id, now, ()), now)


async def _curves(control: Control, request: Request) -> object:
    asked: Since = request.asked
    arrivals, servings = await control.service.store.curves(
        request.path["event_id"], asked.since, asked.limit
    )
    return Curves(arrivals, servings)


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/events",
        summary="All events.",
        gives=list[EventShown],  # type: ignore[valid-type] # made by defstruct
        scope="read",
        answer=_events,
    ),
    Call(
        method="POST",
        path="/api/events",
        summary="Create an event. With `?check=1`: say whether it could be, and do nothing.",
        takes=EventWanted,
        gives=EventShown,
        success=201,
        scope="admin",
        statuses=SETTING | {400: "a field is missing or mistyped", 409: "it exists already"},
        strict="inner",
        may_check=True,
        answer=_create_event,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}",
        summary="One event.",
        gives=EventShown,
        scope="read",
        statuses=FOUND,
        answer=_event,
    ),
    Call(
        method="PATCH",
        path="/api/events/{event_id}",
        summary="Change settings; state, message, inlet with `operate`, the others with `admin`."
        " With `?check=1`: say whether that could be, and change nothing.",
        takes=EventChanges,
        gives=EventShown,
        scope="operate",
        statuses=FOUND | SETTING | {400: "a field is mistyped"},
        strict="inner",
        may_check=True,
        answer=_change_event,
    ),
    Call(
        method="DELETE",
        path="/api/events/{event_id}",
        summary="Remove an event and all of its line.",
        gives=Message,
        scope="admin",
        statuses=FOUND,
        answer=_delete_event,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}/counters",
        summary="All that is counted of an event.",
        gives=EventCounters,
        scope="read",
        statuses=FOUND,
        answer=_counters,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}/curves",
        summary="The arrivals and the servings curve.",
        takes=Since,
        gives=Curves,
        scope="read",
        statuses=FOUND | {400: "a parameter is out of range"},
        answer=_curves,
    ),
)
