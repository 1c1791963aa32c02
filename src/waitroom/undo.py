"""Undoing what an entry of an event's audit log tells of.

What belongs here: what can be undone, and when no more. What must change with it:
``docs/audit.md``.

A move of the serving counter is undone by a move back by as much, once: it has a slot of its own,
and where the store has forgotten that, the log itself says that it was done. Settings are undone by
putting the old ones back, if the new ones still hold: whoever changed them again meant that.
Undoing is itself an entry, and can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from waitroom.audit_log import PAGE
from waitroom.changes import change_what_is
from waitroom.core.audit import Deed, LogEntry
from waitroom.core.model import Event, Snapshot
from waitroom.errors import EntryUnknown, NotUndoable
from waitroom.service import Service

_MOVED: Final = "serving_counter"
_BEGINS: Final = frozenset({"create", "reset", "delete", "restore"})  # what makes another line
_TYPES: Final = {f.name: f.type for f in msgspec.structs.fields(Event) if f.name != "event_id"}


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """What undoing an entry did: where the counter stands, or the settings that were put back."""

    event_id: str
    undone: int
    serving_num: int | None = None
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class Difference(msgspec.Struct, frozen=True):
    """What a value is, and what it would be."""

    now: Any
    then: Any


class Undoable(msgspec.Struct, frozen=True, kw_only=True):
    """What undoing entry ``seq`` would do: move the counter, or put settings back.

    ``by``: whose step it was, as the log says it. ``by_name``: what that key is called; empty if it
    has none, is gone, or was none. The log does not say it: ``control/numbers.py`` looks it up.
    """

    seq: int
    at: int
    by: str
    by_name: str = ""
    source: str
    action: str
    serving_num: Difference | None = None
    settings: dict[str, Difference] = msgspec.field(default_factory=dict)


async def last_undoable(service: Service, event_id: str) -> Undoable | None:
    """The newest step that can be undone, among the last ``PAGE`` entries of the log.

    Raises:
        EventNotFound: there is no such event.
    """
    at = await service.snapshot(event_id)
    end = await service.audit.end(event_id)
    entries = await service.audit.entries(event_id, max(0, end - PAGE), PAGE)
    return newest_undoable(at, entries)


def newest_undoable(at: Snapshot, entries: Sequence[LogEntry]) -> Undoable | None:
    """As ``last_undoable``, from the end of the log and the event as it is.

    What undid something is passed over, as is what was undone: so going back step by step works.
    """
    undone: set[str] = set()
    for told in reversed(entries):
        word, _, number = told.action.partition(" ")
        if word == "undo":
            undone.add(number)
        elif told.action in _BEGINS:
            return None
        elif str(told.seq) not in undone and (found := _undoable(at, told)) is not None:
            return found
    return None


def _undoable(at: Snapshot, told: LogEntry) -> Undoable | None:
    serving = _counter_back(at, told)
    changes = {} if serving is not None else _settings_back(at, told)
    if serving is None and not changes:
        return None
    return Undoable(
        seq=told.seq,
        at=told.at,
        by=told.by,
        source=told.source,
        action=told.action,
        serving_num=serving,
        settings=changes,
    )


def _counter_back(at: Snapshot, told: LogEntry) -> Difference | None:
    """Where the counter would go; None if ``told`` did not move it, or it cannot go back."""
    moved, stood = _read(told.after).get(_MOVED), _read(told.before).get(_MOVED)
    if not isinstance(moved, int) or not isinstance(stood, int):
        return None
    present = at.counters.serving
    back = max(0, present + stood - moved)
    return Difference(present, back) if back != present else None


def _settings_back(at: Snapshot, told: LogEntry) -> dict[str, Difference]:
    """The settings that would change, if those that ``told`` left still hold; else nothing."""
    before, after = _read(told.before), _read(told.after)
    try:
        settings = settings_in(told)
        if any(getattr(at.event, name) != _typed(told, name, after[name]) for name in settings):
            return {}  # whoever changed them again meant that
    except NotUndoable:
        return {}
    return {name: Difference(after[name], before[name]) for name in settings}


async def entry(service: Service, event_id: str, seq: int) -> LogEntry:
    """One entry of an event's log. Raises ``EntryUnknown``."""
    if 1 <= seq <= await service.audit.end(event_id):
        found = await service.audit.entries(event_id, seq - 1, 1)
        if found and found[0].seq == seq:
            return found[0]
    raise EntryUnknown(seq)


def settings_in(told: LogEntry) -> dict[str, Any]:
    """The settings that undoing an entry would put back, by name; nothing if it is of no change.

    Raises:
        NotUndoable: they are not settings that this version knows.
    """
    before, after = _read(told.before), _read(told.after)
    if not before or _MOVED in before or before.keys() != after.keys():
        return {}
    return {name: _typed(told, name, value) for name, value in before.items()}


async def undo(service: Service, event_id: str, seq: int, deed: Deed) -> Undone:
    """Undo what entry ``seq`` of an event's log tells of; ``deed`` is entered.

    Raises:
        EventNotFound, EntryUnknown: there is no such event, or entry.
        NotUndoable: it is nothing that can be undone, was undone, or the line or the settings are
            no longer those that it left.
        InvalidSetting: the old settings are no longer acceptable beside the others.
        EventChanged: as ``change_what_is``.
    """
    await service.snapshot(event_id)
    told = await entry(service, event_id, seq)
    await _check_still_holds(service, event_id, told)
    if settings := settings_in(told):
        await _put_back(service, event_id, told, settings, deed)
        return Undone(event_id=event_id, undone=seq, settings=_read(told.before))
    return await _move_back(service, event_id, told, deed)


async def _put_back(
    service: Service, event_id: str, told: LogEntry, settings: dict[str, Any], deed: Deed
) -> None:
    """In one step with the look at what holds: what somebody sets in between is not lost."""
    after = _read(told.after)

    def old(event: Event) -> dict[str, Any]:
        for name in settings:
            if getattr(event, name) != _typed(told, name, after[name]):
                raise NotUndoable(told.seq, f"{name} was changed again since")
        return settings

    version = settings.get("theme")  # of earlier themes, a few are kept
    if version and await service.store.theme(event_id, version) is None:
        raise NotUndoable(told.seq, "the theme of then is kept no more")
    await change_what_is(service, event_id, old, deed)


async def _move_back(service: Service, event_id: str, told: LogEntry, deed: Deed) -> Undone:
    before, after = _read(told.before).get(_MOVED), _read(told.after).get(_MOVED)
    if not isinstance(before, int) or not isinstance(after, int) or before == after:
        raise NotUndoable(told.seq, f"it is of nothing that could be put back ({told.action})")
    step = await service.advance(event_id, before - after, f"undo:{told.seq}", deed=deed)
    if step.previous == step.current > 0:  # who stands at 0 cannot go back, and has tried
        raise NotUndoable(told.seq, "it was undone already")
    return Undone(event_id=event_id, undone=told.seq, serving_num=step.current)


async def _check_still_holds(service: Service, event_id: str, told: LogEntry) -> None:
    """Pass if no later entry ended the line that ``told`` is of, or undid it.

    Settings may be undone as often as they hold again.
    """
    if told.action in _BEGINS:
        raise NotUndoable(told.seq, f"a {told.action} is for good")
    moved, seq = _MOVED in _read(told.after), told.seq
    while entries := await service.audit.entries(event_id, seq, PAGE):
        for later in entries:
            if moved and later.action in _BEGINS:
                raise NotUndoable(told.seq, f"the line began anew since (entry {later.seq})")
            if moved and later.action == f"undo {told.seq}":
                raise NotUndoable(told.seq, f"it was undone already (entry {later.seq})")
        seq = entries[-1].seq


def _read(text: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _typed(told: LogEntry, name: str, value: object) -> Any:
    try:
        return msgspec.convert(value, _TYPES[name])
    except (KeyError, msgspec.ValidationError):
        raise NotUndoable(told.seq, f"this version knows no such {name}") from None
