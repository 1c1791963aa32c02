"""``waitroom events tail``: watching what happens, live.

What belongs here: the command and how a line looks. What must change with it: ``docs/cli.md``.
"""

from __future__ import annotations

import sys
from contextlib import aclosing, suppress
from typing import Annotated

from cyclopts import App, Parameter

from waitroom.cli.flags import Given, Json
from waitroom.cli.subscriptions import OfTypes, with_events
from waitroom.core.facts import FACT_TYPES
from waitroom.core.model import check_event_id
from waitroom.errors import EventNotFound, InvalidField
from waitroom.events.cloudevent import Message, spelled
from waitroom.events.opened import Events
from waitroom.events.tail import watch
from waitroom.runtime import Runtime

events = App(name="events", help="Watch what happens, live.")


@events.command
def tail(
    event_id: Annotated[str, Parameter(name="EVENT", help="Only of this event.")] = "",
    /,
    *,
    type_: OfTypes = None,
    json: Json = False,
    flags: Given | None = None,
) -> int:
    """Show what happens, live, until Ctrl-C: a line for each event, or its CloudEvent as JSON."""
    types = tuple(type_ or ())
    if unknown := set(types) - set(FACT_TYPES):
        raise InvalidField(
            "--type", f"{min(unknown)[:64]!a}; wanted one of {', '.join(FACT_TYPES)}"
        )

    async def done(runtime: Runtime, events: Events) -> None:
        if event_id and check_event_id(event_id) not in await runtime.store.event_ids():
            raise EventNotFound(event_id)
        clock, made = runtime.service.clock, events.messages.of
        seen = watch(
            runtime.store, events.subscriptions, made, clock, event_id=event_id, types=types
        )
        async with aclosing(seen):
            async for message in seen:
                sys.stdout.write(message.body.decode() + "\n" if json else _line(message))
                sys.stdout.flush()

    with suppress(KeyboardInterrupt):  # that is how it ends
        with_events(flags, done)
    return 0


def _line(message: Message) -> str:
    """One line for people. A request ID is a bearer secret: its beginning tells it apart."""
    parts = [
        f"{name}={str(value)[:8] + '...' if name == 'request_id' else value}"
        for name, value in message.data.items()
        if name != "event_id"
    ]
    return " ".join((spelled(message.at), message.event_id, message.type, *parts)) + "\n"
