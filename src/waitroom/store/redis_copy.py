"""The Redis store as records, read and written: the verbs of ``CopyVerbs``.

What belongs here: which key becomes which record and back. What must change with it:
``redis_keys.py``, ``records.py``.

Reading goes event by event in pieces of 1,000 rows; the server answers others in between. So of a
line that goes on meanwhile, the parts are of different moments; one that is reset or deleted
meanwhile ends the reading.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from waitroom.core.model import ApiKey, Session, SigningKey, Snapshot
from waitroom.errors import EventNotFound, StoreUnavailable
from waitroom.store import SLOT_LIFETIME, redis_people, redis_rows, redis_verbs
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    Deployment,
    Line,
    Record,
    RingKey,
    ServingSteps,
    Sessions,
    Slots,
)
from waitroom.store.redis_client import Client
from waitroom.store.redis_keys import DeploymentKeys, EventKeys
from waitroom.store.redis_verbs import deployment_of, keys_of
from waitroom.store.redis_wire import Command, as_table

CHUNK: Final = 1_000  # rows in one record and in one command
_ENDINGS: Final = "|".join(
    [*EventKeys._fields, *(name.replace("_", "-") for name in DeploymentKeys._fields)]
)

# --- reading


async def records(client: Client) -> AsyncIterator[Record]:
    """All there is, as ``CopyVerbs.records``.

    Raises:
        StoreUnavailable: out of reach, or an event was reset or deleted while it was read.
    """
    event_ids = await redis_verbs.event_ids(client)
    epochs = [await _epoch(client, event_id) for event_id in event_ids]
    yield await _deployment(client, max(epochs, default=0))
    for key in sorted(await redis_people.signing_keys(client), key=lambda key: key.kid):
        yield RingKey(key)
    for credential in sorted(await redis_people.api_keys(client), key=lambda key: key.key_id):
        yield Credential(credential)
    for event_id, epoch in zip(event_ids, epochs, strict=True):
        async for record in _read_event(client, event_id):
            yield record
        if await _epoch(client, event_id) != epoch:
            raise _changed(event_id)


def _changed(event_id: str) -> StoreUnavailable:
    return StoreUnavailable(f"event {event_id} was reset or deleted while it was read")


async def _epoch(client: Client, event_id: str) -> int:
    key = keys_of(client, event_id).event
    epoch = await client.ask(key, "HGET", key, "epoch")
    if epoch is None:
        raise _changed(event_id)
    return int(epoch)


async def _deployment(client: Client, in_use: int) -> Deployment:
    key = deployment_of(client).deployment
    fingerprint, last_epoch = await client.ask(key, "HMGET", key, "fingerprint", "last_epoch")
    # The count of epochs may be on a server that has lost it, and the events on another.
    return Deployment((fingerprint or b"").decode(), max(int(last_epoch or 0), in_use))


async def _read_event(client: Client, event_id: str) -> AsyncIterator[Record]:
    keys = keys_of(client, event_id)
    fields = await client.ask(keys.event, "HGETALL", keys.event)
    if not fields:
        raise _changed(event_id)
    yield Line(redis_rows.snapshot(event_id, fields, ""))
    async for flat in _by_rank(client, keys.arrivals, "WITHSCORES"):
        yield ArrivalPoints(event_id, tuple(redis_rows.arrivals(flat)))
    async for members in _by_rank(client, keys.servings):
        yield ServingSteps(event_id, tuple(map(redis_rows.step, members)))
    async for sessions in _sessions(client, keys.sessions):
        yield Sessions(event_id, sessions)
    slots = iter(await _slots(client, keys.slots))
    while chunk := tuple(islice(slots, CHUNK)):
        yield Slots(event_id, chunk)


async def _by_rank(client: Client, key: str, *options: str) -> AsyncIterator[list[bytes]]:
    """A curve in pieces; it grows at its end only, so ranks stay what they are."""
    start = 0
    while answer := await client.ask(key, "ZRANGE", key, start, start + CHUNK - 1, *options):
        yield answer
        start += CHUNK


async def _sessions(client: Client, key: str) -> AsyncIterator[tuple[Session, ...]]:
    """By position, which is the score: a place behind may be taken up while we read on."""
    start = "-inf"
    while members := await client.ask(
        key, "ZRANGE", key, start, "+inf", "BYSCORE", "LIMIT", 0, CHUNK
    ):
        sessions = tuple(map(redis_rows.session, members))
        yield sessions
        start = f"({sessions[-1].place.position}"


async def _slots(client: Client, key: str) -> list[tuple[str, int]]:
    """By name; they lie by time, and old ones go meanwhile. There are only those of two days."""
    found: dict[str, int] = {}
    cursor = b"0"
    while True:
        cursor, flat = await client.ask(key, "ZSCAN", key, cursor, "COUNT", CHUNK)
        for name, done_at in zip(flat[::2], flat[1::2], strict=True):
            found[name.decode()] = int(float(done_at))
        if cursor == b"0":
            return sorted(found.items())


# --- writing


async def put(client: Client, given: Sequence[Record]) -> None:
    """As ``CopyVerbs.put``. A ``Line`` takes the place of its event with all that hung on it.

    Raises:
        EventNotFound: there are rows of an event that is not there.
    """
    for record in given:
        match record:
            case Deployment():
                await _put_deployment(client, record)
            case RingKey():
                await _put_key(client, deployment_of(client).signing_keys, record.key)
            case Credential():
                await _put_key(client, deployment_of(client).api_keys, record.key)
            case Line():
                await _put_line(client, record.line)
            case _:
                await _put_rows(client, record)


async def _put_deployment(client: Client, record: Deployment) -> None:
    key = deployment_of(client).deployment
    commands: list[Command] = [
        ("HDEL", key, "fingerprint"),
        ("HSET", key, "last_epoch", record.last_epoch),
    ]
    if record.fingerprint:
        commands.append(("HSET", key, "fingerprint", record.fingerprint))
    await client.ask_all(key, commands)


async def _put_key(client: Client, ring: str, key: SigningKey | ApiKey) -> None:
    name = key.kid if isinstance(key, SigningKey) else key.key_id
    await client.ask(ring, "HSET", ring, name, msgspec.json.encode(key))


async def _put_line(client: Client, line: Snapshot) -> None:
    """Without ``primary``: the source may have gone on, so the first join skips a safety gap."""
    event_id = line.event.event_id
    keys = keys_of(client, event_id)
    numbers = {name: getattr(line.counters, name) for name in redis_rows.COUNTERS}
    fields = {
        "state": line.event.state.value,
        "pauses": redis_rows.pauses_text(line.pauses),
        "epoch": line.epoch,
        "revision": line.revision,
        **numbers,
    }
    flat = [word for pair in fields.items() for word in pair]
    await client.ask_all(
        keys.event,
        [
            ("UNLINK", *keys),
            ("HSET", keys.event, *flat, *redis_rows.settings_of(line.event)),
        ],
    )
    await client.run("note_epoch", deployment_of(client), event_id, line.epoch)


async def _put_rows(
    client: Client, record: ArrivalPoints | ServingSteps | Sessions | Slots
) -> None:
    keys = keys_of(client, record.event_id)
    if not await client.ask(keys.event, "EXISTS", keys.event):
        raise EventNotFound(record.event_id)
    await client.ask_all(keys.event, list(_commands(keys, record)))


def _commands(
    keys: EventKeys, record: ArrivalPoints | ServingSteps | Sessions | Slots
) -> Iterator[Command]:
    match record:
        case ArrivalPoints():
            yield from _added(keys.arrivals, [(p.queue, p.second) for p in record.points])
            newest = max((point.second for point in record.points), default=0)
            yield "HSET", keys.event, "last_arrival", newest
        case ServingSteps():
            steps = [(s.serving, f"{s.issued_at}:{s.serving}") for s in record.steps]
            yield from _added(keys.servings, steps)
        case Sessions():
            yield from _added_sessions(keys, record.sessions)
        case Slots():
            yield from _added(keys.slots, [(done_at, name) for name, done_at in record.done])
            yield "EXPIRE", keys.slots, 2 * SLOT_LIFETIME


def _added_sessions(keys: EventKeys, sessions: Sequence[Session]) -> Iterator[Command]:
    members = [(s.place.position, redis_rows.session_member(s)) for s in sessions]
    ends = [(s.expires_at, redis_rows.padded(s.place.position)) for s in sessions]
    yield from _added(keys.sessions, members)
    yield from _added(keys.expiry, ends)
    marked = [end for end, session in zip(ends, sessions, strict=True) if session.status.value]
    yield from _added(keys.ended, marked)


def _added(key: str, scored: Sequence[tuple[int, str | int]]) -> Iterator[Command]:
    for start in range(0, len(scored), CHUNK):
        yield "ZADD", key, *(word for pair in scored[start : start + CHUNK] for word in pair)


async def is_empty(client: Client) -> bool:
    """As ``CopyVerbs.is_empty``."""
    keys = deployment_of(client)
    claimed = await redis_people.is_claimed(client)
    rings = await client.ask(keys.deployment, "EXISTS", keys.signing_keys, keys.api_keys)
    return not claimed and not rings and not await redis_verbs.event_ids(client)


async def clear(client: Client) -> None:
    """As ``CopyVerbs.clear``. Keys of others, also with a prefix that begins alike, stay."""
    prefix = client.target.prefix
    ours = re.compile(rf"{re.escape(prefix)}:\{{[^{{}}]+\}}:(?:{_ENDINGS})".encode())
    for address in await client.everywhere(("PING",)):
        cursor = b"0"
        while True:
            scan: Command = ("SCAN", cursor, "MATCH", f"{prefix}:{{*", "COUNT", CHUNK)
            cursor, found = await client.ask_at(address, scan)
            keys = [key.decode() for key in found if ours.fullmatch(key)]
            await client.ask_each([(key, ("UNLINK", key)) for key in keys])
            if cursor == b"0":
                break


async def identity(client: Client) -> tuple[Any, ...]:
    """What two ways to the same keys have in common, however their URLs name the servers."""
    heard = await client.everywhere(("INFO", "server"))
    run_ids = sorted(as_table(answers[0])["run_id"] for answers in heard.values())
    return client.target.prefix, client.target.database, *run_ids
