"""``waitroom log ...``: reading the audit logs, checking that nobody altered them, undoing.

What belongs here: one function per command. What must change with it: ``docs/audit.md``,
``docs/cli.md``.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from waitroom.audit_log import DEPLOYMENT, PAGE
from waitroom.cli.flags import Given, Json, number, on_store
from waitroom.cli.output import moment, say, say_json, say_table
from waitroom.cli.who import deed
from waitroom.core.audit import Broken, LogEntry, Verified
from waitroom.core.model import EVENT_ID
from waitroom.errors import CallerError, InvalidField
from waitroom.runtime import Runtime
from waitroom.shown import without_secrets
from waitroom.undo import undo as undo_entry

logs = App(name="log", help="Read the audit logs, check that nobody altered them, undo.")

MAX_SHOWN = 10_000
ALTERED = 1  # exit code of a log that is not as it was written

LogName = Annotated[
    str, Parameter(name="EVENT", help="The event; nothing for the deployment's own log.")
]


@logs.command(name="list")
def list_entries(
    event_id: LogName = DEPLOYMENT,
    /,
    *,
    after: Annotated[int | None, number("Only entries behind this number.")] = None,
    limit: Annotated[int, number("At most so many; the newest, unless --after is given.")] = 100,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Show what was done to an event, or to the deployment: who, when, from where, what."""
    if not 1 <= limit <= MAX_SHOWN:
        raise InvalidField("--limit", f"wanted 1 to {MAX_SHOWN}")
    found = on_store(flags, lambda runtime: _entries(runtime, event_id, after, limit))
    if json:
        say_json([_facts(entry) for entry in found])
        return
    say_table(
        ("", "when", "who", "from", "what", "before", "after"),
        (
            (e.seq, moment(e.at), e.by, e.source, e.action, _short(e.before), _short(e.after))
            for e in found
        ),
    )


@logs.command
def verify(
    event_id: Annotated[
        str | None, Parameter(name="EVENT", help="The event. All logs if not given.")
    ] = None,
    /,
    *,
    noted: Annotated[
        str, Parameter(help="A seal that was noted earlier and must be in EVENT's log still.")
    ] = "",
    json: Json = False,
    flags: Given | None = None,
) -> int:
    """Check that no log was altered. Note the newest seals elsewhere: they prove later that
    nothing was cut off."""
    if noted and event_id is None:
        raise CallerError("--noted needs the EVENT whose log has it; '' for the deployment's.")
    found = on_store(flags, lambda runtime: _verified(runtime, event_id, noted))
    if json:
        say_json([{"log": name, **_result(one)} for name, one in found.items()])
    else:
        say_table(
            ("log", "", "entries", "newest seal, or what is wrong"),
            ((name or "(the deployment's)", *_row(one)) for name, one in found.items()),
        )
    return ALTERED if any(isinstance(one, Broken) for one in found.values()) else 0


@logs.command
def undo(
    event_id: Annotated[str, Parameter(name="EVENT")],
    seq: Annotated[int, number("The entry's number.", name="SEQ")],
    /,
    *,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Undo a move of the serving counter, once, or put back settings that were changed."""
    done = on_store(
        flags, lambda runtime: undo_entry(runtime.service, event_id, seq, deed(f"undo {seq}"))
    )
    if json:
        say_json(msgspec.structs.replace(done, settings=without_secrets(done.settings)))
    elif done.serving_num is not None:
        say(f"Entry {seq} is undone; event {event_id} is serving up to {done.serving_num}.")
    else:
        say(f"Entry {seq} is undone: {', '.join(done.settings)} of event {event_id} put back.")


async def _entries(
    runtime: Runtime, event_id: str, after: int | None, limit: int
) -> list[LogEntry]:
    audit = runtime.service.audit
    end = await audit.end(event_id)
    if not end and event_id != DEPLOYMENT:
        await runtime.service.snapshot(event_id)
    entries: list[LogEntry] = []
    seq = max(0, end - limit) if after is None else max(0, after)
    while len(entries) < limit:
        page = await audit.entries(event_id, seq, min(PAGE, limit - len(entries)))
        if not page:
            break
        entries += page
        seq = page[-1].seq
    return entries


async def _verified(
    runtime: Runtime, event_id: str | None, noted: str
) -> dict[str, Verified | Broken]:
    audit = runtime.service.audit
    if event_id is not None:
        if event_id != DEPLOYMENT and not await audit.end(event_id):
            await runtime.service.snapshot(event_id)
        return {event_id: await audit.verify(event_id, noted)}
    names = {DEPLOYMENT, *await runtime.store.event_ids(), *await _deleted(runtime)}
    return {name: await audit.verify(name) for name in sorted(names)}


async def _deleted(runtime: Runtime) -> set[str]:
    """Events that were deleted and whose logs are still there, by the deployment's log."""
    audit, names, seq = runtime.service.audit, set(), 0
    while entries := await audit.entries(DEPLOYMENT, seq, PAGE):
        names |= {_event_of(entry) for entry in entries if entry.action == "delete"}
        seq = entries[-1].seq
    return {name for name in names if EVENT_ID.fullmatch(name) and await audit.end(name)}


def _event_of(entry: LogEntry) -> str:
    try:
        return str(msgspec.json.decode(entry.after)["event_id"])
    except (msgspec.DecodeError, KeyError, TypeError):  # altered: that log says so itself
        return ""


def _facts(entry: LogEntry) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(entry)
    return facts | {"before": _read(entry.before), "after": _read(entry.after)}


def _read(text: str) -> Any:
    try:
        return without_secrets(msgspec.json.decode(text))
    except msgspec.DecodeError:  # altered
        return text


def _short(text: str) -> str:
    """The object without its braces, for a table that breaks it between fields; null: nothing."""
    if text == "null":
        return ""
    told = _read(text)
    if told != text:  # it can be read
        text = msgspec.json.encode(told).decode()
    return text.removeprefix("{").removesuffix("}").replace(',"', ', "').replace('"', "")


def _result(found: Verified | Broken) -> dict[str, Any]:
    return {"intact": isinstance(found, Verified), **msgspec.to_builtins(found)}


def _row(found: Verified | Broken) -> tuple[str, str, str]:
    if isinstance(found, Broken):
        return "ALTERED", "", f"entry {found.seq}: {found.why}"
    count = f"{found.sealed}" + f" and {found.unsealed} not yet sealed" * bool(found.unsealed)
    return "intact", count, found.end_seal
