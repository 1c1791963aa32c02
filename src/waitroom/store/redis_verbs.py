"""The verbs of events, of the line and of recovery, as scripts and what they return.

What belongs here: which script, which arguments, and in which order where a verb takes two steps.
What must change with it: ``lua/*.lua``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from waitroom.core.audit import Deed
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import (
    Advance,
    Arrival,
    Arrivals,
    Event,
    Expiry,
    Floor,
    Sample,
    Snapshot,
    Step,
)
from waitroom.core.rules import RATE_WINDOW
from waitroom.errors import EventExists, EventNotFound, WaitroomError
from waitroom.store import (
    LOG_LIFETIME,
    MAX_SAMPLES,
    SLOT_LIFETIME,
    THEMES_KEPT,
    redis_rows,
)
from waitroom.store.redis_client import Client
from waitroom.store.redis_keys import DeploymentKeys, EventKeys, deployment_keys, event_keys

TOMBSTONE_LIFETIME: Final = 86_400  # seconds for which an event is known to have been deleted
MAX_LET_GO: Final = 10_000  # held places per sweep and event: some milliseconds of the server's
_NO_FLOOR: Final = Floor(epoch=0, position=0)


def keys_of(client: Client, event_id: str) -> EventKeys:
    """The keys of an event of this store."""
    return event_keys(client.target.prefix, event_id)


def deployment_of(client: Client) -> DeploymentKeys:
    """The keys of this store that are not of one event."""
    return deployment_keys(client.target.prefix)


# --- events


async def create_event(
    client: Client, event: Event, now: int, deed: Deed | None = None
) -> Snapshot:
    event_id = event.event_id
    keys = keys_of(client, event_id)
    if await client.ask(keys.event, "EXISTS", keys.event):
        raise EventExists(event_id)
    # On the list first: an event that is on no list would never be found again.
    epoch = await _enlist(client, event_id, now)
    settings = redis_rows.settings_of(event)
    made = await client.run_here(
        "create_event",
        keys,
        epoch,
        now,
        event.state.value,
        redis_rows.deed_text(deed),
        msgspec.json.encode(event),
        *settings,
        of=event_id,
    )
    return redis_rows.snapshot(event_id, made.values[0], made.source)


async def _enlist(client: Client, event_id: str, now: int, above: int = 0) -> int:
    answer = await client.run("enlist", deployment_of(client), event_id, now, above)
    return int(answer.values[0])


async def change_event(
    client: Client,
    event_id: str,
    changes: Mapping[str, object],
    now: int,
    deed: Deed | None = None,
    at: int | None = None,
) -> Snapshot:
    changed = await client.run(
        "change_event",
        keys_of(client, event_id),
        now,
        redis_rows.deed_text(deed),
        msgspec.json.encode(dict(changes)),
        "" if at is None else at,
        *redis_rows.with_defaults(changes),
        of=event_id,
    )
    return redis_rows.snapshot(event_id, changed.values[0], changed.source)


async def delete_event(client: Client, event_id: str) -> None:
    keys = keys_of(client, event_id)
    gone = await client.run("delete_event", keys, TOMBSTONE_LIFETIME, LOG_LIFETIME, of=event_id)
    await client.run("unlist", deployment_of(client), event_id, gone.values[0])


async def reset_event(
    client: Client, event_id: str, now: int, deed: Deed | None = None
) -> Snapshot:
    keys, above = keys_of(client, event_id), 0
    entry = redis_rows.deed_text(deed)
    while True:  # a second time if another reset came between, or the list was lost
        epoch = await _enlist(client, "", now, above)
        reset = await client.run_here("reset_event", keys, epoch, now, entry, of=event_id)
        if reset.values[0] != b"STALE":
            return redis_rows.snapshot(event_id, reset.values[0], reset.source)
        above = int(reset.values[1])


async def note(client: Client, event_id: str, changes: Mapping[str, str | None]) -> None:
    noted = {name: text for name, text in changes.items() if text is not None}
    words = redis_rows.note_words(noted)
    removed = [name for name, text in changes.items() if text is None]
    keys = keys_of(client, event_id)
    await client.run("note", keys, len(words), *words, *removed, of=event_id)


async def keep_theme(client: Client, event_id: str, version: str, theme: bytes, now: int) -> None:
    keys = keys_of(client, event_id)
    await client.run("keep_theme", keys, version, theme, now, THEMES_KEPT, of=event_id)


async def theme(client: Client, event_id: str, version: str) -> bytes | None:
    key = keys_of(client, event_id).theme_texts
    text: bytes | None = await client.ask(key, "HGET", key, version)
    return text


async def event_ids(client: Client) -> list[str]:
    events = deployment_of(client).events
    listed = [name.decode() for name in await client.ask(events, "ZRANGE", events, 0, -1)]
    keys = [keys_of(client, event_id).event for event_id in listed]
    there = await client.ask_each([(key, ("EXISTS", key)) for key in keys])
    return sorted(event_id for event_id, is_there in zip(listed, there, strict=True) if is_there)


async def snapshots(client: Client, wanted: Collection[str], now: int) -> dict[str, Snapshot]:
    asked = list(wanted)
    keys = [keys_of(client, event_id) for event_id in asked]
    found: dict[str, Snapshot] = {}
    for event_id, answer in zip(
        asked, await client.run_each("snapshot", keys, now - RATE_WINDOW), strict=True
    ):
        if isinstance(answer, EventNotFound):
            continue
        if isinstance(answer, WaitroomError):
            raise answer
        fields, anchor, last = answer.values
        found[event_id] = redis_rows.snapshot(event_id, fields, answer.source, anchor, last)
    return found


# --- the line


async def join(
    client: Client,
    event_id: str,
    count: int,
    now: int,
    above: Floor | None,
    failover_gap: int,
    replicas: int,
) -> Arrivals:
    floor = above or _NO_FLOOR
    keys = keys_of(client, event_id)[:2]  # all that it touches
    given = await client.run_here(
        "join",
        keys,
        count,
        now,
        floor.epoch,
        floor.position,
        failover_gap,
        of=event_id,
        replicas=replicas,
    )
    epoch, last, second, serving = given.values
    return Arrivals(int(epoch), last - count + 1, second, int(serving))


async def advance(
    client: Client,
    event_id: str,
    by: int,
    now: int,
    slot: str | None,
    *,
    at: int | None = None,
    notes: Mapping[str, str] | None = None,
    deed: Deed | None = None,
) -> Advance:
    by = max(-MAX_COUNTER, min(by, MAX_COUNTER))
    words = redis_rows.note_words(notes or {})
    done = await client.run(
        "advance",
        keys_of(client, event_id),
        by,
        now,
        SLOT_LIFETIME,
        "" if at is None else at,
        redis_rows.deed_text(deed),
        len(words),
        *words,
        *(() if slot is None else (slot,)),
        of=event_id,
    )
    return Advance(*map(int, done.values))


async def expire(client: Client, event_id: str, now: int) -> Expiry:
    swept = await client.run("expire", keys_of(client, event_id), now, MAX_LET_GO)
    missed, previous, current, again = swept.values
    next_at = int(again) if again else None
    return Expiry(int(missed), int(current) - int(previous), next_at)


async def curves(
    client: Client, event_id: str, since: int, limit: int
) -> tuple[list[Arrival], list[Step]]:
    found = await client.run("curves", keys_of(client, event_id), since, limit, of=event_id)
    come, called = found.values
    return redis_rows.arrivals(come), [redis_rows.step(member) for member in called]


async def sample(client: Client, event_id: str, epoch: int, taken: Sample) -> None:
    member = redis_rows.sample_member(taken)
    keys = keys_of(client, event_id)
    await client.run("sample", keys, epoch, taken.second, member, MAX_SAMPLES, of=event_id)


async def samples(client: Client, event_id: str, since: int, limit: int) -> list[Sample]:
    keys = keys_of(client, event_id)
    found = await client.run("samples", keys, since, max(0, limit), of=event_id)
    return [redis_rows.sample(member) for member in found.values[0]]


# --- recovery


async def restore(client: Client, line: Snapshot, now: int, unless_deleted: bool) -> Snapshot:
    """The line first, then the list: whoever sees the event sees it whole."""
    event_id, counters = line.event.event_id, line.counters
    restored = await client.run(
        "restore",
        keys_of(client, event_id),
        line.epoch,
        line.revision,
        line.event.state.value,
        redis_rows.pauses_text(line.pauses),
        *(getattr(counters, name) for name in redis_rows.COUNTERS),
        now if line.last is None else line.last.issued_at,
        now,
        now - RATE_WINDOW,
        int(unless_deleted),
        *redis_rows.settings_of(line.event),
        of=event_id,
    )
    fields, anchor, last = restored.values
    found = redis_rows.snapshot(event_id, fields, restored.source, anchor, last)
    await client.run("note_epoch", deployment_of(client), event_id, found.epoch)
    return found


async def lost(client: Client, event_ids: Collection[str]) -> set[str]:
    asked = list(event_ids)
    keys = [keys_of(client, event_id) for event_id in asked]
    there = await client.ask_each([(of.event, ("EXISTS", of.event, of.deleted)) for of in keys])
    return {event_id for event_id, known in zip(asked, there, strict=True) if not known}
