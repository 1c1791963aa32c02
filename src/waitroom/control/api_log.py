"""The private API of the audit logs: reading them, and undoing what an entry tells of.

What belongs here: these calls' input, output and handlers. What must change with it: the contract
tests, ``docs/audit.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
import structlog

from waitroom.audit_log import DEPLOYMENT
from waitroom.control.calls import FOUND, OPERATED, SETTING, Call, Control, Request
from waitroom.core.audit import LogEntry
from waitroom.core.limits import MAX_COUNTER
from waitroom.errors import EntryUnknown
from waitroom.shown import without_secrets
from waitroom.undo import Undone, entry, settings_in, undo

log = structlog.get_logger("waitroom.control")

MAX_ENTRIES: Final = 200  # in one answer; an entry can be tens of KB


class LogPage(msgspec.Struct, frozen=True):
    """Which entries: at most ``limit``, behind the number ``after``."""

    after: Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNTER)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_ENTRIES)] = 100


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: who did what, when and from where, what was so before and after, and its seal."""

    seq: int
    at: int
    by: str
    source: str
    action: str
    before: Any
    after: Any
    seal: str


class Log(msgspec.Struct, frozen=True):
    """Entries, oldest first, and the number of the newest one there is."""

    event_id: str
    entries: list[Told]
    end: int


async def _log(control: Control, request: Request) -> object:
    asked, event_id = request.asked, request.path.get("event_id", DEPLOYMENT)
    audit = control.service.audit
    end = await audit.end(event_id)
    if not end and event_id != DEPLOYMENT:
        await control.service.snapshot(event_id)  # 404 if there is no such event, and was none
    entries = await audit.entries(event_id, asked.after, asked.limit)
    return Log(event_id, [told(one) for one in entries], max(end, *(e.seq for e in entries), 0))


def told(one: LogEntry) -> Told:
    """An entry as it is shown: without what is secret in settings."""
    return Told(
        seq=one.seq,
        at=one.at,
        by=one.by,
        source=one.source,
        action=one.action,
        before=without_secrets(msgspec.json.decode(one.before)),
        after=without_secrets(msgspec.json.decode(one.after)),
        seal=one.seal,
    )


async def _undo(control: Control, request: Request) -> object:
    event_id, text, service = request.path["event_id"], request.path["seq"], control.service
    await service.snapshot(event_id)  # 404 if there is no such event
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise EntryUnknown(ascii(text[:20]))
    seq = int(text)
    settings = settings_in(await entry(service, event_id, seq))
    request.caller.require("operate" if settings.keys() <= OPERATED else "admin")
    done = await undo(service, event_id, seq, request.deed(f"undo {seq}"))
    log.warning("undone", event_id=event_id, entry=seq, by=request.caller.key_id)
    return msgspec.structs.replace(done, settings=without_secrets(done.settings))


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/log",
        summary="The deployment's audit log: events made and removed, keys, subscriptions.",
        takes=LogPage,
        gives=Log,
        scope="admin",
        statuses={400: "a parameter is out of range"},
        answer=_log,
    ),
    Call(
        method="GET",
        path="/api/events/{event_id}/log",
        summary="An event's audit log; that of a deleted event stays for thirty days.",
        takes=LogPage,
        gives=Log,
        scope="read",
        statuses=FOUND | {400: "a parameter is out of range"},
        answer=_log,
    ),
    Call(
        method="POST",
        path="/api/events/{event_id}/log/{seq}/undo",
        summary="Undo a move of the serving counter or a change of settings; `operate` or `admin`,"
        " as what is undone needs.",
        takes=None,
        gives=Undone,
        scope="operate",
        statuses=SETTING
        | {
            404: "there is no such event or entry",
            409: "it cannot be undone, was undone, or something else was set since",
        },
        answer=_undo,
    ),
)
