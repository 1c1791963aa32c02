"""``waitroom subscription ...``: who is told of events, and what could not be delivered.

What belongs here: one function per command. What must change with it: ``docs/cli.md``,
``docs/subscriptions.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from cyclopts import App, Parameter

from waitroom.audit_log import DEPLOYMENT
from waitroom.cli.flags import Flags, Given, Json, number, on_store
from waitroom.cli.output import moment, say, say_json, say_table
from waitroom.cli.who import deed
from waitroom.core.facts import FACT_TYPES, DeadLetter, Subscription
from waitroom.errors import CallerError, DeliveryFailed, LetterUnknown
from waitroom.events.opened import Events, open_events
from waitroom.events.subscriptions import Kind, Made, Wanted
from waitroom.runtime import Runtime

T = TypeVar("T")

subscription = App(name="subscription", help="Who is told of events: webhooks, streams, buses.")
add = App(name="add", help="Tell somebody of all that happens from now on.")
subscription.command(add)

_LONGEST: Final = 4_096  # characters of a URL or a secret that is read

SubscriptionId = Annotated[str, Parameter(name="ID", help="As in `subscription list`.")]
OfEvent = Annotated[str, Parameter(name="--event", help="Only of this event; otherwise of all.")]
OfTypes = Annotated[
    list[str] | None,
    Parameter(name="--type", help=f"Only this type. Repeatable: {', '.join(FACT_TYPES)}."),
]


@add.command
def webhook(
    url: Annotated[str, Parameter(name="URL", help="Where to POST; - reads it from stdin.")],
    /,
    *,
    event: OfEvent = "",
    type_: OfTypes = None,
    secret_file: Annotated[
        Path | None,
        Parameter(help="File with the secret to sign with (whsec_...); otherwise one is made."),
    ] = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """POST each event to a URL, signed as Standard Webhooks has it. Shows the secret once."""
    secret = _first_line(secret_file) if secret_file else ""
    _add("webhook", flags, json, event, type_, url=_given(url), secret=secret)


@add.command(name="redis-stream")
def redis_stream(
    url: Annotated[
        str, Parameter(name="URL", help="redis://... of the server; - reads it from stdin.")
    ],
    /,
    *,
    stream: Annotated[str, Parameter(help="Key of the stream.")] = "waitroom",
    event: OfEvent = "",
    type_: OfTypes = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Add each event to a stream of a Redis or Valkey server."""
    _add("redis_stream", flags, json, event, type_, url=_given(url), stream=stream)


@add.command
def eventbridge(
    *,
    bus: Annotated[str, Parameter(help="Name or ARN of the bus.")] = "default",
    region: Annotated[
        str, Parameter(help="Of the bus; otherwise that of its ARN, or the planes' own.")
    ] = "",
    event: OfEvent = "",
    type_: OfTypes = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Put each event on an Amazon EventBridge bus, with the credentials of the planes."""
    _add("eventbridge", flags, json, event, type_, bus=bus, region=region)


@add.command
def stdout(
    *,
    event: OfEvent = "",
    type_: OfTypes = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Print each event as a line of JSON on a control plane's standard output."""
    _add("stdout", flags, json, event, type_)


def _add(
    kind: Kind,
    flags: Flags | None,
    json: bool,
    event_id: str,
    types: list[str] | None,
    **its: str,
) -> None:
    wanted = Wanted(kind=kind, event_id=event_id, types=types or [], **its)

    async def done(runtime: Runtime, events: Events) -> Made:
        made = await events.subscriptions.add(wanted)
        await runtime.service.enter(DEPLOYMENT, deed("subscribe"), _facts(made.subscription))
        return made

    made = with_events(flags, done)
    if json:
        say_json(_facts(made.subscription) | ({"secret": made.secret} if made.secret else {}))
        return
    name = made.subscription.subscription_id
    say(f"Subscription {name}: {made.subscription.target} is told from now on.")
    if made.secret:
        say(f"It is signed with this secret, which is shown this once: {made.secret}")


@subscription.command(name="list")
def list_subscriptions(*, json: Json = False, flags: Given | None = None) -> None:
    """List who is told of events."""
    found = with_events(flags, lambda _, events: events.subscriptions.every())
    if json:
        say_json([_facts(one) for one in found])
        return
    say_table(
        ("subscription", "kind", "target", "event", "types", "since"),
        (
            (
                one.subscription_id,
                one.kind,
                one.target,
                one.event_id or "all",
                ", ".join(one.types) or "all",
                moment(one.created_at),
            )
            for one in found
        ),
    )


@subscription.command
def remove(subscription_id: SubscriptionId, /, *, flags: Given | None = None) -> None:
    """Tell it nothing more. Its dead letters go with it."""

    async def done(runtime: Runtime, events: Events) -> None:
        gone = await events.subscriptions.remove(subscription_id)
        await runtime.service.enter(DEPLOYMENT, deed("unsubscribe"), _facts(gone))

    with_events(flags, done)
    say(f"Subscription {subscription_id} is removed.")


@subscription.command(name="dead-letters")
def dead_letters(
    subscription_id: SubscriptionId, /, *, json: Json = False, flags: Given | None = None
) -> None:
    """List what could not be delivered within 24 hours."""
    found = _letters(flags, subscription_id)
    if json:
        say_json([_letter(*one) for one in found])
        return
    say_table(
        ("event", "seq", "type", "happened", "given up", "tries", "why"),
        (
            (
                event_id,
                one.fact.seq,
                one.fact.type,
                moment(one.fact.at),
                moment(one.died_at),
                one.failures,
                one.error,
            )
            for event_id, one in found
        ),
    )


@subscription.command
def replay(
    subscription_id: SubscriptionId,
    event_id: Annotated[str, Parameter(name="EVENT", help="Whose dead letter.")] = "",
    seq: Annotated[int, number("Which one.", name="SEQ")] = 0,
    /,
    *,
    all_: Annotated[
        bool, Parameter(name="--all", negative="", help="All of them, in order.")
    ] = False,
    flags: Given | None = None,
) -> None:
    """Deliver a dead letter once more, now. What is taken is dead no longer."""
    if all_ == bool(event_id and seq):
        raise CallerError("Say which dead letter, EVENT and SEQ, or --all.")
    chosen = [
        (where, one.fact.seq)
        for where, one in _letters(flags, subscription_id)
        if all_ or (where, one.fact.seq) == (event_id, seq)
    ]
    if not chosen and not all_:
        raise LetterUnknown

    async def done(runtime: Runtime, events: Events) -> int:
        for index, (where, which) in enumerate(chosen):
            try:
                await events.subscriptions.replay(subscription_id, where, which)
            except DeliveryFailed as error:
                left = len(chosen) - index
                raise DeliveryFailed(f"{error} {index} were delivered, {left} stay.") from None
            after = {"subscription_id": subscription_id, "seq": which}
            await runtime.service.enter(where, deed("replay"), after)
        return len(chosen)

    say(f"{with_events(flags, done)} delivered.")


def with_events(flags: Flags | None, work: Callable[[Runtime, Events], Awaitable[T]]) -> T:
    async def done(runtime: Runtime) -> T:
        settings = runtime.settings
        async with open_events(
            runtime.store,
            runtime.secret,
            runtime.service.clock,
            public_base=settings.public_base,
            networks=settings.delivery_networks,
        ) as events:
            return await work(runtime, events)

    return on_store(flags, done)


def _letters(flags: Flags | None, subscription_id: str) -> list[tuple[str, DeadLetter]]:
    return with_events(flags, lambda _, events: events.subscriptions.dead_letters(subscription_id))


def _given(text: str) -> str:
    return sys.stdin.readline(_LONGEST).strip() if text == "-" else text


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline(_LONGEST).strip()


def _facts(one: Subscription) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(one)
    del facts["sealed"]
    return facts


def _letter(event_id: str, one: DeadLetter) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(one)
    fact = facts.pop("fact")
    shown = {name: fact[name] for name in ("seq", "type", "at")}
    return {"event_id": event_id, **shown, **facts}
