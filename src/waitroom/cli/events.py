"""``waitroom event ...`` and ``waitroom advance``: what operators do with events.

What belongs here: one function per command. What must change with it: ``core/model.py: Event`` (a
setting of an event is a flag here) and ``docs/cli.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter, Token

from waitroom.cli import event_theme
from waitroom.cli.events_shown import as_facts, as_rows
from waitroom.cli.flags import Flags, Given, Json, Yes, number, on_store
from waitroom.cli.inlets import InletFlags
from waitroom.cli.output import confirm, say, say_json, say_table
from waitroom.cli.who import deed
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Event, HandOver, Occupancy, Snapshot, State
from waitroom.errors import CallerError, InvalidField
from waitroom.shown import event_shown

if TYPE_CHECKING:
    from waitroom.service import Service
    from waitroom.store import Store

events = App(name="event", help="Create, look at and change events.")
events.command(event_theme.theme)

EventId = Annotated[str, Parameter(name="ID", help="The event: 1 to 64 of A-Z a-z 0-9 . _ -")]


def _help(text: str) -> Parameter:
    return Parameter(help=text)


def _moment(_type: object, tokens: Sequence[Token]) -> int:
    """A time as people write it (RFC 3339), or epoch seconds."""
    given = tokens[0].value
    if given.isascii() and given.isdigit():
        return int(given)
    with suppress(ValueError):
        when = datetime.fromisoformat(given)
        if when.tzinfo is not None:
            return int(when.timestamp())
    raise ValueError(f"wanted a time with its zone, 2026-11-27T10:00+01:00, not {given[:40]!a}")


@dataclass(frozen=True, kw_only=True)
class EventFlags(InletFlags):
    """Settings of an event; None: not given."""

    title: Annotated[str | None, _help("What the waiting-room page is headed with.")] = None
    message: Annotated[str | None, _help("What the page tells those who wait, in Markdown.")] = None
    opens_at: Annotated[
        int | None,
        Parameter(
            help="When the line begins to take people: 2026-11-27T10:00+01:00, or epoch seconds;"
            " 0: from the beginning.",
            converter=_moment,
        ),
    ] = None
    target_url: Annotated[str | None, _help("Where served visitors go.")] = None
    return_url: Annotated[
        list[str] | None, _help("A URL under which visitors may return. Repeatable.")
    ] = None
    allowed_origin: Annotated[
        list[str] | None, _help("An origin whose pages may call the public API, or *. Repeatable.")
    ] = None
    validity_period: Annotated[int | None, number("Seconds for which a token is valid.")] = None
    queue_position_expiry: Annotated[
        bool | None, _help("Whether a place that was called and not taken up expires.")
    ] = None
    queue_position_expiry_period: Annotated[
        int | None, number("Seconds in which a called place is to be taken up.")
    ] = None
    advance_on_expiry: Annotated[
        bool | None, _help("Whether expired places are made up for by calling others.")
    ] = None
    issuer: Annotated[str | None, _help("Issuer in the event's tokens, instead of ours.")] = None
    hand_over: Annotated[
        HandOver | None, _help("How an admitted visitor's token reaches the site.")
    ] = None
    cookie_domain: Annotated[
        str | None, _help("Domain that room and site share, for --hand-over cookie.")
    ] = None
    refresh_period: Annotated[
        int | None, number("Seconds by which refresh tokens may extend a session; 0: not at all.")
    ] = None

    def changes(self) -> dict[str, Any]:
        """What was given, by the names of ``Event``.

        Raises ``CallerError`` and as ``InletFlags.moves``.
        """
        own = {f.name for f in fields(EventFlags)} - {f.name for f in fields(InletFlags)}
        given = {name: getattr(self, name) for name in own}
        given["return_urls"] = given.pop("return_url")
        given["allowed_origins"] = given.pop("allowed_origin")
        return self.moves() | {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
            if value is not None
        }


Options = Annotated[EventFlags, Parameter(name="*")]


@events.command
def create(
    event_id: EventId,
    /,
    *,
    options: Options | None = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Create an event; it is open at once, and lets nobody in until its line is advanced."""
    event = Event(event_id=event_id, **(options.changes() if options else {}))
    made = on_store(
        flags, lambda runtime: runtime.service.create_event(event, deed("create")), may_make=True
    )
    _tell(made, f"Event {event_id} is created.", json)


@events.command(name="list")
def list_events(*, json: Json = False, flags: Given | None = None) -> None:
    """List all events with their counters."""
    found = on_store(flags, lambda runtime: _snapshots(runtime.store, runtime.service.now()))
    if json:
        say_json([as_facts(snapshot) for snapshot in found])
        return
    say_table(
        ("event", "state", "waiting", "arrived", "serving", "tokens", "title"),
        (
            (
                s.event.event_id,
                s.event.state,
                c.waiting,
                c.queue,
                c.serving,
                c.tokens,
                s.event.title,
            )
            for s in found
            for c in [s.counters]
        ),
    )


@events.command
def show(event_id: EventId, /, *, json: Json = False, flags: Given | None = None) -> None:
    """Show the settings and the counters of an event."""
    snapshot, occupancy = on_store(flags, lambda runtime: _one(runtime.service, event_id))
    if json:
        say_json(as_facts(snapshot, occupancy))
    else:
        say_table(("", event_id), as_rows(as_facts(snapshot, occupancy)))


@events.command(name="set")
def change(
    event_id: EventId,
    /,
    *,
    options: Options | None = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Change settings of an event: those that are given; the others stay."""
    changes = options.changes() if options else {}
    if not changes:
        raise CallerError("Say what to change, for example --title TEXT; --help lists the flags.")
    _change(event_id, changes, "is changed", json, flags)


@events.command(name="open")
def open_line(event_id: EventId, /, *, json: Json = False, flags: Given | None = None) -> None:
    """Open the line: it takes newcomers and lets in."""
    _change(event_id, {"state": State.OPEN}, "is open", json, flags)


@events.command
def pause(event_id: EventId, /, *, json: Json = False, flags: Given | None = None) -> None:
    """Pause: newcomers are taken, nobody is let in, and no place expires meanwhile."""
    _change(event_id, {"state": State.PAUSED}, "is paused", json, flags)


@events.command
def close(event_id: EventId, /, *, json: Json = False, flags: Given | None = None) -> None:
    """Close the line to newcomers; those in it go on."""
    _change(event_id, {"state": State.CLOSED}, "is closed", json, flags)


@events.command(name="sold-out")
def sold_out(event_id: EventId, /, *, json: Json = False, flags: Given | None = None) -> None:
    """Sold out: nobody new, nobody is let in any more, and those in line are told so."""
    _change(event_id, {"state": State.SOLD_OUT}, "is sold out", json, flags)


@events.command
def reset(event_id: EventId, /, *, yes: Yes = False, flags: Given | None = None) -> None:
    """Begin the line anew: counters at 0, and every place given so far is void."""
    confirm(f"Reset {event_id}? Everybody in its line loses their place.", yes)
    on_store(flags, lambda runtime: runtime.service.reset(event_id, deed("reset")))
    say(f"Event {event_id} is reset.")


@events.command
def delete(event_id: EventId, /, *, yes: Yes = False, flags: Given | None = None) -> None:
    """Remove an event with its line."""
    confirm(f"Delete {event_id}? Everybody in its line loses their place.", yes)
    on_store(flags, lambda runtime: runtime.service.delete_event(event_id, deed("delete")))
    say(f"Event {event_id} is deleted.")


def advance(
    event_id: EventId,
    by: Annotated[
        int,
        number("How many to let in.", name="N", allow_leading_hyphen=True),
    ],
    /,
    *,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Let N more in; a negative N takes back those who have not come yet."""
    if abs(by) > MAX_COUNTER:
        raise InvalidField("N", "wanted a number of at most 64 bits")
    step = on_store(
        flags, lambda runtime: runtime.service.advance(event_id, by, deed=deed("increment"))
    )
    if json:
        say_json(step)
    else:
        say(f"Event {event_id} was serving up to {step.previous}, and is up to {step.current} now.")


def _change(
    event_id: str, changes: dict[str, Any], what: str, json: bool, flags: Flags | None
) -> None:
    event = on_store(
        flags, lambda runtime: runtime.service.change_event(event_id, changes, deed("change"))
    )
    _tell(event, f"Event {event_id} {what}.", json)


def _tell(event: Event, sentence: str, json: bool) -> None:
    if json:
        say_json(event_shown(event))
    else:
        say(sentence)


async def _snapshots(store: Store, now: int) -> list[Snapshot]:
    ids = await store.event_ids()
    found = await store.snapshots(ids, now)
    return [found[event_id] for event_id in ids if event_id in found]


async def _one(service: Service, event_id: str) -> tuple[Snapshot, Occupancy]:
    at = await service.snapshot(event_id)
    return at, await service.store.occupancy(event_id, service.now(), ())
