"""The public API as a table: each call once, for the lane that answers it and for its description.

What belongs here: names, input, output and statuses of the contract's public table, and one handler
each over ``service.py``. What must change with it: the contract tests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from waitroom.core.estimate import Change, Row
from waitroom.core.rules import served_per_second
from waitroom.endpoints import Endpoint
from waitroom.handover import HandOvers
from waitroom.http import FOR_A_SECOND, FOR_FIVE_MINUTES, Reply, Scope, json_reply
from waitroom.markdown import to_html
from waitroom.service import Service
from waitroom.views import EventView

EntryCheck = Callable[[Scope, str], Awaitable[None]]
"""What stands in front of join: takes the request's ASGI scope and the event ID, and raises (429,
403, ...) to turn the visitor away. Rate limits, challenges and pre-queues go here."""


class ForEvent(msgspec.Struct, frozen=True):
    """Input of the calls about an event."""

    event_id: str


class ForPlace(msgspec.Struct, frozen=True):
    """Input of the calls about a place."""

    event_id: str
    request_id: str


class Assigned(msgspec.Struct, frozen=True):
    """A new place. The request ID is a bearer secret: who holds it holds the place."""

    api_request_id: str
    queue_number: int
    entry_time: int
    serving_counter: int


class QueueNumber(msgspec.Struct, frozen=True):
    """The place of a request ID."""

    queue_number: int
    entry_time: int
    event_id: str
    status: int = 1


class ServingNumber(msgspec.Struct, frozen=True):
    """Up to which position visitors are let in."""

    serving_counter: int


class WaitingNumber(msgspec.Struct, frozen=True):
    """How many are in line."""

    waiting_num: int


class ExpiresIn(msgspec.Struct, frozen=True):
    """Seconds left to take up a place that has been called."""

    expires_in: int


class TokenSet(msgspec.Struct, frozen=True):
    """The tokens of an admitted visitor."""

    access_token: str
    refresh_token: str
    id_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - RFC 6750, not a secret


class Left(msgspec.Struct, frozen=True):
    """A place that was given up."""

    event_id: str
    queue_number: int
    status: str = "left"


class ForHandOver(msgspec.Struct, frozen=True):
    """Input of the call that leads on to the site.

    ``return_url``: where to go on to, empty: the event's target. ``authorization``: what the page
    was opened with if it is an OpenID Connect client that waits for the visitor.
    """

    event_id: str
    request_id: str
    return_url: str = ""
    authorization: str = ""


class HandedOver(msgspec.Struct, frozen=True):
    """Where the visitor goes now; empty: nowhere. May hold a code that is good for a minute."""

    location: str
    expires_in: int


class ForRedeem(msgspec.Struct, frozen=True):
    """Input of the call with which a gate turns a one-time code into a token."""

    event_id: str
    code: str
    site_url: str


class Redeemed(msgspec.Struct, frozen=True):
    """The access token behind a one-time code."""

    access_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - RFC 6750, not a secret


class PublicKey(msgspec.Struct, frozen=True):
    """The signing key as a public JWK (RFC 7517); which members it has depends on ``kty``."""

    kty: str
    alg: str
    kid: str
    n: str | msgspec.UnsetType = msgspec.UNSET
    e: str | msgspec.UnsetType = msgspec.UNSET
    crv: str | msgspec.UnsetType = msgspec.UNSET
    x: str | msgspec.UnsetType = msgspec.UNSET
    y: str | msgspec.UnsetType = msgspec.UNSET


class Status(msgspec.Struct, frozen=True):
    """All that the waiting-room page shows; the same for every visitor.

    ``epoch`` is another number after a reset: pages then know that their place may be void.
    ``wait``: who has ``ahead`` places before them waits ``p50`` seconds in the median, ``p90`` in
    nine cases of ten at most; rows of these three, by rising ``ahead``, with straight lines in
    between. ``rates``: places served a second over the last 60, 300 and 900 seconds.
    ``opens_at``: newcomers get a place from then on (epoch s; 0: from the beginning).
    ``message_html``: the message rendered (``markdown.py``). ``expiry_period``: seconds for which
    a called place is kept (0: for ever); ``validity_period``: for which a token is good.
    """

    event_id: str
    epoch: int
    state: str
    serving_counter: int
    queue_counter: int
    waiting_num: int
    served_per_second: float
    title: str
    message: str
    message_html: str
    opens_at: int
    expiry_period: int
    validity_period: int
    now: int
    wait: tuple[Row, ...]
    wait_changed: Change
    rates: dict[int, float]


# --- replies that all visitors share, built once per snapshot


def _serving(_service: Service, view: EventView) -> object:
    return ServingNumber(view.snapshot.counters.serving)


def _waiting(_service: Service, view: EventView) -> object:
    return WaitingNumber(view.snapshot.counters.waiting)


def status_of(service: Service, view: EventView) -> Status:
    """What ``status`` answers of ``view``."""
    event, counters = view.snapshot.event, view.snapshot.counters
    rate = served_per_second(view.snapshot.anchor, view.snapshot.last, view.seen)
    told = service.estimates.of(view)
    return Status(
        event_id=event.event_id,
        epoch=view.snapshot.epoch,
        state=event.state.value,
        serving_counter=counters.serving,
        queue_counter=counters.queue,
        waiting_num=counters.waiting,
        served_per_second=round(rate, 4),
        title=event.title,
        message=event.message,
        message_html=to_html(event.message),
        opens_at=event.opens_at,
        expiry_period=event.queue_position_expiry_period if event.queue_position_expiry else 0,
        validity_period=event.validity_period,
        now=view.seen,
        wait=told.estimate.wait,
        wait_changed=told.estimate.changed,
        rates=told.rates,
    )


def shared_reply(value: object) -> Reply:
    """A reply that caches may keep for a second, with an entity tag (RFC 9110 section 8.8.3)."""
    tag = blake2b(msgspec.json.encode(value), digest_size=9).hexdigest()
    return json_reply(200, value, FOR_A_SECOND, (b"etag", f'"{tag}"'.encode()))


# --- replies of one visitor


async def _assign(service: Service, asked: ForEvent) -> Reply:
    place = await service.join(asked.event_id)
    return json_reply(
        200, Assigned(place.request_id, place.position, place.entry_time, place.serving)
    )


async def _queue_num(service: Service, asked: ForPlace) -> Reply:
    at = await service.position(asked.event_id, asked.request_id)
    return json_reply(200, QueueNumber(at.queue_number, at.entry_time, at.event_id))


async def _expiry(service: Service, asked: ForPlace) -> Reply:
    return json_reply(200, ExpiresIn(await service.expires_in(asked.event_id, asked.request_id)))


async def _token(service: Service, asked: ForPlace) -> Reply:
    tokens = await service.admit(asked.event_id, asked.request_id)
    return json_reply(200, token_set(tokens))


def token_set(tokens: Any) -> TokenSet:
    """The tokens in the contract's words."""
    return TokenSet(tokens.access_token, tokens.refresh_token, tokens.id_token, tokens.expires_in)


async def _leave(service: Service, asked: ForPlace) -> Reply:
    at = await service.give_up(asked.event_id, asked.request_id)
    return json_reply(200, Left(at.event_id, at.queue_number))


async def _public_key(service: Service, asked: ForEvent) -> Reply:
    await service.view(asked.event_id)
    jwk = service.keys.signing(service.now()).public_jwk
    return json_reply(200, msgspec.convert(jwk, PublicKey), FOR_FIVE_MINUTES)


# --- on the way out


class Desk(NamedTuple):
    """What the calls that lead out of the room work with.

    ``resume``: from event ID, request ID and a sealed authorization request to the URL at which
    the OpenID Connect client waits.
    """

    service: Service
    hand_overs: HandOvers
    resume: Callable[[str, str, str], Awaitable[str]]


async def _hand_over(desk: Desk, asked: ForHandOver) -> Reply:
    """Pages of any origin may read the answer, as with ``generate_token``, and the code in it is
    no more than the request ID that they had to send: who has that is the visitor. The cookie of
    ``hand_over: cookie`` is dropped by browsers from an answer to another origin."""
    if asked.authorization:
        location = await desk.resume(asked.event_id, asked.request_id, asked.authorization)
        tokens = await desk.service.admit(asked.event_id, asked.request_id)
        return json_reply(200, HandedOver(location, tokens.expires_in))
    onward = await desk.hand_overs.onward(asked.event_id, asked.request_id, asked.return_url)
    reply = json_reply(200, HandedOver(onward.location, onward.expires_in))
    if onward.cookie is not None:
        reply.headers.append((b"set-cookie", onward.cookie.encode("ascii")))
    return reply


async def _redeem(desk: Desk, asked: ForRedeem) -> Reply:
    token, expires_in = await desk.hand_overs.redeem(asked.event_id, asked.code, asked.site_url)
    return json_reply(200, Redeemed(token, expires_in))


# --- the table

_EVENT: Final = {400: "the event is unknown, or `event_id` is missing or not of the form"}
_PLACE: Final = {
    400: "the event is unknown, or a parameter is missing or not of the form",
    404: "the request ID is not of this event, or from before a reset",
}
_EXPIRY: Final = _PLACE | {
    202: "not served yet, or expiry is off",
    410: "the place has expired or was given up",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Endpoint):
    """A public call: ``answer`` per visitor, ``at_desk`` on the way out, or ``shared`` from the
    event's snapshot."""

    answer: Callable[[Service, Any], Awaitable[Reply]] | None = None
    at_desk: Callable[[Desk, Any], Awaitable[Reply]] | None = None
    shared: Callable[[Service, EventView], object] | None = None
    is_entry: bool = False

    @property
    def name(self) -> str:
        """The contract's name."""
        return self.path.removeprefix("/api/")


CALLS: Final[Sequence[Call]] = (
    Call(
        method="POST",
        path="/api/assign_queue_num",
        summary="Join the line: the answer holds the place, and is durable when it arrives.",
        takes=ForEvent,
        gives=Assigned,
        answer=_assign,
        statuses=_EVENT
        | {
            403: "the line is closed, sold out, or opens later (then with `Retry-After`)",
            429: "asked too often",
        },
        is_entry=True,
    ),
    Call(
        method="GET",
        path="/api/queue_num",
        summary="As the `POST`, for clients that put the ID into a URL, where logs keep it.",
        takes=ForPlace,
        gives=QueueNumber,
        answer=_queue_num,
        statuses=_PLACE,
    ),
    Call(
        method="POST",
        path="/api/queue_num",
        summary="The place of a request ID.",
        takes=ForPlace,
        gives=QueueNumber,
        answer=_queue_num,
        statuses=_PLACE,
    ),
    Call(
        method="GET",
        path="/api/serving_num",
        summary="Up to which position visitors are let in.",
        takes=ForEvent,
        gives=ServingNumber,
        shared=_serving,
        statuses=_EVENT,
    ),
    Call(
        method="GET",
        path="/api/waiting_num",
        summary="How many are in line.",
        takes=ForEvent,
        gives=WaitingNumber,
        shared=_waiting,
        statuses=_EVENT,
    ),
    Call(
        method="GET",
        path="/api/status",
        summary="All that a waiting-room page shows, in one answer that caches well.",
        takes=ForEvent,
        gives=Status,
        shared=status_of,
        statuses=_EVENT,
    ),
    Call(
        method="GET",
        path="/api/queue_pos_expiry",
        summary="As the `POST`, for clients that put the ID into a URL, where logs keep it.",
        takes=ForPlace,
        gives=ExpiresIn,
        answer=_expiry,
        statuses=_EXPIRY,
    ),
    Call(
        method="POST",
        path="/api/queue_pos_expiry",
        summary="Seconds left to take up a place that has been called.",
        takes=ForPlace,
        gives=ExpiresIn,
        answer=_expiry,
        statuses=_EXPIRY,
    ),
    Call(
        method="POST",
        path="/api/generate_token",
        summary="The tokens of a place that is being served; the same whenever asked.",
        takes=ForPlace,
        gives=TokenSet,
        answer=_token,
        statuses=_PLACE
        | {
            202: "not served yet, the event is paused or sold out, or the site is full (ask at"
            " `Retry-After`)",
            410: "the place has expired or was given up, or its session has ended",
        },
    ),
    Call(
        method="POST",
        path="/api/hand_over",
        summary="Where a visitor who is being served goes on to, with what the site lets in.",
        takes=ForHandOver,
        gives=HandedOver,
        at_desk=_hand_over,
        statuses={
            400: "as `generate_token`, or the return URL is not one that the event allows",
            404: _PLACE[404],
            202: "not served yet, the event is paused or sold out, or the site is full (ask at"
            " `Retry-After`)",
            410: "the place has expired or was given up, or its session has ended",
        },
    ),
    Call(
        method="POST",
        path="/api/redeem",
        summary="For gates: the access token behind a one-time code. A code works once.",
        takes=ForRedeem,
        gives=Redeemed,
        at_desk=_redeem,
        statuses={400: "the code is forged, used, older than a minute, or for another site"},
    ),
    Call(
        method="POST",
        path="/api/leave",
        summary="Give a place up, served or not; the next in line moves up for it. Idempotent.",
        takes=ForPlace,
        gives=Left,
        answer=_leave,
        statuses=_PLACE,
    ),
    Call(
        method="GET",
        path="/api/public_key",
        summary="The key that signs, as a public JWK.",
        takes=ForEvent,
        gives=PublicKey,
        answer=_public_key,
        statuses=_EVENT,
    ),
)
