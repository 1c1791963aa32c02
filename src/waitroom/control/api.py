"""The private API as a table: each call once, for the lane that answers it and for its description.

What belongs here: names, input, output, statuses and scopes of the contract's private table, and
one handler each over ``service.py``; the ``api_*.py`` beside it have tables of one subject each,
which are put together here. What must change with it: the contract tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
import structlog

from waitroom.audit_log import DEPLOYMENT
from waitroom.control import (
    api_clients,
    api_gates,
    api_inlet,
    api_log,
    api_panel,
    api_subscriptions,
    api_theme,
)
from waitroom.control.calls import (
    EVENT,
    FOUND,
    OPERATED,
    PLACE,
    SETTING,
    Call,
    Control,
    Request,
)
from waitroom.control.numbers import EventCounters, counters_of
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Arrival, Event, SessionStatus, Step
from waitroom.core.ticket import REQUEST_ID
from waitroom.errors import InvalidField
from waitroom.public.api import ForEvent, TokenSet, token_set
from waitroom.service import MAX_EXPIRED_LISTED
from waitroom.shown import APART, EventShown, check_not_apart, event_shown

log = structlog.get_logger("waitroom.control")

MAX_CURVE: Final = 10_000
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)


class Increment(msgspec.Struct, frozen=True):
    """How far to move the serving counter: a whole number, or one in a string."""

    event_id: str
    increment_by: int | str


class Served(msgspec.Struct, frozen=True):
    """The serving counter after a step."""

    serving_num: int


class TokenFor(msgspec.Struct, frozen=True):
    """A place, and what shall hold for its tokens alone."""

    event_id: str
    request_id: str
    issuer: str | None = None
    validity_period: int | None = None


class Update(msgspec.Struct, frozen=True):
    """1 completed, -1 abandoned."""

    event_id: str
    request_id: str
    status: Literal[1, -1]


class SessionRecord(msgspec.Struct, frozen=True):
    """The record of an admitted visitor."""

    event_id: str
    request_id: str
    queue_number: int
    entry_time: int
    issued_at: int
    expires: int
    issuer: str
    session_status: int


class ActiveTokens(msgspec.Struct, frozen=True):
    """Tokens not expired whose session is neither completed nor abandoned."""

    active_tokens: int


class Expired(msgspec.Struct, frozen=True):
    """Which expired tokens to list: at most ``limit``, behind the request ID ``after``."""

    event_id: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_EXPIRED_LISTED)] = MAX_EXPIRED_LISTED
    after: str | None = None


class Message(msgspec.Struct, frozen=True):
    """A plain sentence."""

    message: str


class Since(msgspec.Struct, frozen=True):
    """Which part of the curves."""

    since: Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNTER)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_CURVE)] = MAX_CURVE


class Curves(msgspec.Struct, frozen=True):
    """Arrivals ``[second, last position]`` and servings ``[time, serving counter]``."""

    arrivals: list[Arrival]
    servings: list[Step]


class KeyRequest(msgspec.Struct, frozen=True):
    """What a new credential shall be."""

    scopes: list[str]
    name: str = ""
    sigv4: bool = False


class KeyShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new credential; what is secret in it is never shown again."""

    key_id: str
    scopes: tuple[str, ...]
    key: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""


class KeyListed(msgspec.Struct, frozen=True):
    """A credential without its secret."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None
    sigv4: bool


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


async def _increment(control: Control, request: Request) -> object:
    asked: Increment = request.asked
    slot = None if request.idempotency_key is None else f"key:{request.idempotency_key}"
    step = await control.service.advance(
        asked.event_id, whole(asked.increment_by), slot, deed=request.deed("increment")
    )
    log.info(
        "serving counter moved",
        event_id=asked.event_id,
        previous=step.previous,
        current=step.current,
        by=request.caller.key_id,
    )
    return Served(step.current)


def whole(number: int | str) -> int:
    """An increment: within 64 bits, as a number or a numeric string.

    Raises:
        InvalidField: it is anything else.
    """
    if isinstance(number, str) and _INTEGER.fullmatch(number.strip(" ")):
        number = int(number)
    if not isinstance(number, int) or not -MAX_COUNTER - 1 <= number <= MAX_COUNTER:
        raise InvalidField("increment_by", "wanted a whole number within 64 bits")
    return number


async def _token(control: Control, request: Request) -> object:
    asked: TokenFor = request.asked
    return token_set(
        await control.service.admit(
            asked.event_id,
            asked.request_id,
            issuer=asked.issuer,
            validity_period=asked.validity_period,
        )
    )


async def _update(control: Control, request: Request) -> object:
    asked: Update = request.asked
    session = await control.service.finish(
        asked.event_id, asked.request_id, SessionStatus(asked.status)
    )
    return SessionRecord(
        event_id=asked.event_id,
        request_id=asked.request_id,
        queue_number=session.place.position,
        entry_time=session.place.entry_time,
        issued_at=session.issued_at,
        expires=session.expires_at,
        issuer=session.issuer,
        session_status=session.status.value,
    )


async def _active(control: Control, request: Request) -> object:
    return ActiveTokens(await control.service.active_tokens(request.asked.event_id))


async def _expired(control: Control, request: Request) -> object:
    asked: Expired = request.asked
    if asked.after is not None and not REQUEST_ID.fullmatch(asked.after):
        raise InvalidField("after", "wanted a request ID")
    return await control.service.expired_tokens(asked.event_id, asked.limit, asked.after)


async def _reset(control: Control, request: Request) -> object:
    event_id = request.asked.event_id
    await control.service.reset(event_id, request.deed("reset"))
    log.warning("event reset", event_id=event_id, by=request.caller.key_id)
    return Message(f"The line of {event_id} begins anew. Request IDs given out before are void.")


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


async def _keys(control: Control, _request: Request) -> object:
    return [
        KeyListed(k.key_id, k.name, k.scopes, k.created_at, k.revoked_at, k.is_sigv4)
        for k in await control.api_keys.list()
    ]


async def _create_key(control: Control, request: Request) -> object:
    asked: KeyRequest = request.asked
    new = await control.api_keys.create(asked.name, asked.scopes, signing=asked.sigv4)
    assert new is not None  # noqa: S101 - only a "first key" may be None
    made = {"key_id": new.key_id, "name": asked.name, "scopes": new.scopes}
    await control.service.enter(DEPLOYMENT, request.deed("create_key"), made)
    log.info("API key created", key_id=new.key_id, scopes=new.scopes, by=request.caller.key_id)
    return KeyShown(new.key_id, new.scopes, **new.shown())


async def _revoke_key(control: Control, request: Request) -> object:
    key_id = request.path["key_id"]
    await control.api_keys.check_known(key_id)
    await control.service.enter(DEPLOYMENT, request.deed("revoke_key"), {"key_id": key_id})
    await control.api_keys.revoke(key_id)
    log.info("API key revoked", key_id=key_id, by=request.caller.key_id)
    return Message(f"The key {key_id} is revoked.")


# --- the table

CALLS: Final[Sequence[Call]] = (
    Call(
        method="POST",
        path="/api/increment_serving_counter",
        summary="Move the serving counter; once for an `Idempotency-Key` header, if one is sent.",
        takes=Increment,
        gives=Served,
        scope="operate",
        statuses=EVENT,
        answer=_increment,
    ),
    Call(
        method="POST",
        path="/api/generate_token",
        summary="The tokens of a place that is being served; issuer and validity may be chosen.",
        takes=TokenFor,
        gives=TokenSet,
        scope="session",
        statuses=PLACE | {202: "not served yet", 410: "expired, or the session has ended"},
        answer=_token,
    ),
    Call(
        method="POST",
        path="/api/update_session",
        summary="Mark a session completed (1) or abandoned (-1), once.",
        takes=Update,
        gives=SessionRecord,
        scope="session",
        statuses=EVENT | {404: "no token was made for it, or its status is set already"},
        answer=_update,
    ),
    Call(
        method="GET",
        path="/api/num_active_tokens",
        summary="How many tokens are neither expired nor completed nor abandoned.",
        takes=ForEvent,
        gives=ActiveTokens,
        scope="read",
        statuses=EVENT,
        answer=_active,
    ),
    Call(
        method="GET",
        path="/api/expired_tokens",
        summary="Request IDs whose tokens have expired, oldest first.",
        takes=Expired,
        gives=list[str],
        scope="read",
        statuses=PLACE,
        answer=_expired,
    ),
    Call(
        method="POST",
        path="/api/expired_tokens",
        summary="The same, with the request ID to go on behind in the body and in no address.",
        takes=Expired,
        gives=list[str],
        scope="read",
        statuses=PLACE,
        answer=_expired,
    ),
    Call(
        method="POST",
        path="/api/reset_initial_state",
        summary="Begin the line anew: all counters at 0, every earlier request ID void.",
        takes=ForEvent,
        gives=Message,
        scope="admin",
        statuses=EVENT,
        answer=_reset,
    ),
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
    Call(
        method="GET",
        path="/api/keys",
        summary="All API keys, without their secrets.",
        gives=list[KeyListed],
        scope="admin",
        answer=_keys,
    ),
    Call(
        method="POST",
        path="/api/keys",
        summary="Create an API key. Its secret is shown once, here.",
        takes=KeyRequest,
        gives=KeyShown,
        success=201,
        scope="admin",
        statuses={400: "a scope is unknown, or the name too long"},
        answer=_create_key,
    ),
    Call(
        method="DELETE",
        path="/api/keys/{key_id}",
        summary="Revoke an API key for good.",
        gives=Message,
        scope="admin",
        statuses={404: "there is no such key"},
        answer=_revoke_key,
    ),
    *api_clients.CALLS,
    *api_inlet.CALLS,
    *api_gates.CALLS,
    *api_log.CALLS,
    *api_panel.CALLS,
    *api_subscriptions.CALLS,
    *api_theme.CALLS,
)
