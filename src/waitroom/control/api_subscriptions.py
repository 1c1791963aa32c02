"""Calls about who is told of events: subscriptions, and what could not be delivered.

What belongs here: input, output and statuses of these calls, over ``events/subscriptions.py``. What
must change with it: ``docs/subscriptions.md``, ``docs/api.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
import structlog

from waitroom.control.calls import Call, Control, Request
from waitroom.core.facts import DeadLetter, Subscription
from waitroom.core.limits import MAX_COUNTER
from waitroom.errors import NotFound
from waitroom.events.subscriptions import MAX_LETTERS, Subscriptions, Wanted

log = structlog.get_logger("waitroom.control")

_UNKNOWN: Final = {404: "there is no such subscription"}
_REFUSED: Final = {
    400: "a field is missing or not of the form",
    404: "there is no such event",
    422: "the address may not be reached, there are too many, or a field is unknown",
}


class SubscriptionShown(msgspec.Struct, frozen=True):
    """A subscription without its secrets. ``event_id`` and ``types``: empty for all."""

    subscription_id: str
    kind: str
    target: str
    event_id: str
    types: tuple[str, ...]
    created_at: int
    until: int


class SubscriptionMade(SubscriptionShown, frozen=True):
    """A new one; ``secret`` (of a webhook) signs its messages and is never shown again."""

    secret: str = ""


class DeadLetterShown(msgspec.Struct, frozen=True):
    """What could not be delivered; ``seq`` names it among those of its event."""

    event_id: str
    seq: int
    type: str
    at: int
    died_at: int
    failures: int
    error: str


class Letters(msgspec.Struct, frozen=True):
    """How many to list, oldest first in each event."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_LETTERS)] = 1_000


class Replay(msgspec.Struct, frozen=True):
    """Which dead letter."""

    event_id: str
    seq: Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNTER)]


class Ended(msgspec.Struct, frozen=True):
    """A plain sentence."""

    message: str


def shown(one: Subscription) -> SubscriptionShown:
    """What anybody with the scope may see of it."""
    return SubscriptionShown(*(getattr(one, f) for f in SubscriptionShown.__struct_fields__))


def letter_shown(event_id: str, letter: DeadLetter) -> DeadLetterShown:
    """A dead letter without what happened, in which there may be a visitor's request ID."""
    fact = letter.fact
    return DeadLetterShown(
        event_id, fact.seq, fact.type, fact.at, letter.died_at, letter.failures, letter.error
    )


def _of(control: Control) -> Subscriptions:
    if control.subscriptions is None:  # a control plane put together without delivery
        raise NotFound
    return control.subscriptions


async def _list(control: Control, _request: Request) -> object:
    return [shown(one) for one in await _of(control).every()]


async def _add(control: Control, request: Request) -> object:
    made = await _of(control).add(request.asked)
    seen = shown(made.subscription)
    await control.service.enter("", request.deed("subscribe"), seen)
    log.info(
        "subscription added",
        subscription_id=seen.subscription_id,
        kind=seen.kind,
        target=seen.target,
        by=request.caller.key_id,
    )
    return SubscriptionMade(**msgspec.structs.asdict(seen), secret=made.secret)


async def _remove(control: Control, request: Request) -> object:
    name = request.path["subscription_id"]
    gone = await _of(control).remove(name)
    await control.service.enter("", request.deed("unsubscribe"), shown(gone))
    log.info("subscription removed", subscription_id=name, by=request.caller.key_id)
    return Ended(f"The subscription {name} is removed.")


async def _letters(control: Control, request: Request) -> object:
    asked: Letters = request.asked
    found = await _of(control).dead_letters(request.path["subscription_id"])
    return [letter_shown(*one) for one in found[: asked.limit]]


async def _replay(control: Control, request: Request) -> object:
    asked, name = request.asked, request.path["subscription_id"]
    letter = await _of(control).replay(name, asked.event_id, asked.seq)
    seen = letter_shown(asked.event_id, letter)
    after = {"subscription_id": name, "seq": seen.seq, "type": seen.type}
    await control.service.enter(asked.event_id, request.deed("replay"), after)
    return Ended("It is delivered, and dead no longer.")


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/subscriptions",
        summary="Who is told of events, without secrets.",
        gives=list[SubscriptionShown],
        scope="admin",
        answer=_list,
    ),
    Call(
        method="POST",
        path="/api/subscriptions",
        summary="Tell a webhook, Redis stream, EventBridge bus or stdout of all from now on.",
        takes=Wanted,
        gives=SubscriptionMade,
        success=201,
        scope="admin",
        statuses=_REFUSED,
        strict="whole",
        answer=_add,
    ),
    Call(
        method="DELETE",
        path="/api/subscriptions/{subscription_id}",
        summary="End a subscription; its dead letters go with it.",
        gives=Ended,
        scope="admin",
        statuses=_UNKNOWN,
        answer=_remove,
    ),
    Call(
        method="GET",
        path="/api/subscriptions/{subscription_id}/dead_letters",
        summary="What could not be delivered within 24 hours.",
        takes=Letters,
        gives=list[DeadLetterShown],
        scope="admin",
        statuses=_UNKNOWN | {400: "the limit is out of range"},
        answer=_letters,
    ),
    Call(
        method="POST",
        path="/api/subscriptions/{subscription_id}/replay",
        summary="Send a dead letter once more, now; if it is taken, it is dead no longer.",
        takes=Replay,
        gives=Ended,
        scope="admin",
        statuses={
            400: "a field is missing or not of the form",
            404: "there is no such subscription or dead letter",
            502: "it was not taken; it stays",
        },
        answer=_replay,
    ),
)
