"""The private API of the line: moving it, tokens and sessions, resetting it.

What belongs here: these calls' input, output and handlers over ``service.py``; they are those of
the system we replace. What must change with it: the contract tests, ``docs/api.md``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec
import structlog

from waitroom.control.calls import EVENT, PLACE, Call, Control, Message, Request
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import SessionStatus
from waitroom.core.ticket import REQUEST_ID
from waitroom.errors import InvalidField
from waitroom.public.api import ForEvent, TokenSet, token_set
from waitroom.service import MAX_EXPIRED_LISTED

log = structlog.get_logger("waitroom.control")

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
)
