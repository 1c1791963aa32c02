"""The Redis store as records, read; and emptying it: verbs of ``CopyVerbs``.

What belongs here: which key becomes which record. What must change with it: ``redis_put.py``, which
is the way back, ``redis_keys.py``, ``records.py``.

Reading goes event by event in pieces of 1,000 rows; the server answers others in between. So of a
line that goes on meanwhile, the parts are of different moments; one that is reset or deleted
meanwhile ends the reading.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator
from typing import Any, Final, TypeVar

import msgspec

from waitroom.errors import StoreUnavailable
from waitroom.store import redis_log, redis_outbox, redis_rings, redis_rows, redis_verbs
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    DeadLetters,
    Deployment,
    Facts,
    GivenUp,
    Held,
    KeptTheme,
    Lanes,
    Line,
    LogEntries,
    Record,
    RingKey,
    Samples,
    ServingSteps,
    Sessions,
    Slots,
    Subscribed,
    Themes,
    UsedCodes,
)
from waitroom.store.redis_client import Client
from waitroom.store.redis_keys import DEPLOYMENT_NAMES, DEPLOYMENT_TAG, EVENT_NAMES, EventKeys
from waitroom.store.redis_verbs import deployment_of, keys_of
from waitroom.store.redis_wire import Command, as_table

T = TypeVar("T")

CHUNK: Final = 1_000  # rows in one record and in one command
LOG_CHUNK: Final = 100  # entries of a log: one may say what all settings of an event were
_ENDINGS: Final = "|".join([*EVENT_NAMES, *DEPLOYMENT_NAMES])

# --- reading


async def records(client: Client) -> AsyncGenerator[Record, None]:
    """All there is, as ``CopyVerbs.records``.

    Raises:
        StoreUnavailable: out of reach, or an event was reset or deleted while it was read.
    """
    event_ids = await redis_verbs.event_ids(client)
    epochs = [await _epoch(client, event_id) for event_id in event_ids]
    yield await _deployment(client, max(epochs, default=0))
    for key in sorted(await redis_rings.signing_keys(client), key=lambda key: key.kid):
        yield RingKey(key)
    for credential in sorted(await redis_rings.api_keys(client), key=lambda key: key.key_id):
        yield Credential(credential)
    for subscription in await redis_outbox.subscriptions(client):
        yield Subscribed(subscription)
    async for entries in _log(client, ""):
        yield entries
    for event_id, epoch in zip(event_ids, epochs, strict=True):
        async for record in _read_event(client, event_id):
            yield record
        if await _epoch(client, event_id) != epoch:
            raise _changed(event_id)
    for event_id in await _logs_left(client, event_ids):
        async for entries in _log(client, event_id):
            yield entries


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
    async for record in _read_run(client, event_id, keys):
        yield record
    async for record in _read_life(client, event_id, keys):
        yield record


async def _read_run(client: Client, event_id: str, keys: EventKeys) -> AsyncIterator[Record]:
    """What hangs on the epoch."""
    async for flat in _by_rank(client, keys.arrivals, "WITHSCORES"):
        yield ArrivalPoints(event_id, tuple(redis_rows.arrivals(flat)))
    async for members in _by_rank(client, keys.servings):
        yield ServingSteps(event_id, tuple(map(redis_rows.step, members)))
    async for members in _by_position(client, keys.sessions):
        yield Sessions(event_id, tuple(map(redis_rows.session, members)))
    for done in _chunks(await _named(client, keys.slots)):
        yield Slots(event_id, done)
    # Those who find the site full are as many as wait at the door, not as are in line.
    places = await client.ask(keys.asked, "ZRANGE", keys.asked, 0, -1, "WITHSCORES")
    for held in _chunks(sorted(_scored(places))):
        yield Held(event_id, held)
    async for members in _by_position(client, keys.given_up):
        yield GivenUp(event_id, tuple(map(int, members)))
    for codes in _chunks(await _named(client, keys.used_codes)):
        yield UsedCodes(event_id, codes)
    async for members in _by_position(client, keys.samples):  # their second is the score
        yield Samples(event_id, tuple(map(redis_rows.sample, members)))


async def _read_life(client: Client, event_id: str, keys: EventKeys) -> AsyncIterator[Record]:
    """What hangs on the event, whatever its epoch."""
    async for theme in _themes(client, event_id, keys):
        yield theme
    after = 0
    while facts := await redis_outbox.facts(client, event_id, after, CHUNK):
        yield Facts(event_id, tuple(facts))
        after = facts[-1].seq
    for lanes in _chunks(await redis_outbox.lanes(client, event_id)):
        # Who has it now has it in this store alone.
        free = (msgspec.structs.replace(lane, owner="", leased_until=0) for lane in lanes)
        yield Lanes(event_id, tuple(free))
    async for members in _by_rank(client, keys.dead_letters):
        yield DeadLetters(event_id, tuple(map(redis_outbox.letter, members)))
    async for entries in _log(client, event_id):
        yield entries


async def _themes(client: Client, event_id: str, keys: EventKeys) -> AsyncIterator[Themes]:
    flat = await client.ask(keys.themes, "ZRANGE", keys.themes, 0, -1, "WITHSCORES")
    for version, kept_at in zip(flat[::2], flat[1::2], strict=True):
        text = await redis_verbs.theme(client, event_id, version.decode())
        if text is not None:  # else another took its place just now
            yield Themes(event_id, (KeptTheme(version.decode(), int(float(kept_at)), text),))


async def _log(client: Client, event_id: str) -> AsyncIterator[LogEntries]:
    after = 0
    while entries := await redis_log.log(client, event_id, after, LOG_CHUNK):
        yield LogEntries(event_id, tuple(entries))
        after = entries[-1].seq


async def _logs_left(client: Client, event_ids: Collection[str]) -> list[str]:
    """The events of which nothing is there but a log."""
    ours = re.compile(rf"{re.escape(client.target.prefix)}:\{{([^{{}}]+)\}}:log")
    found = {
        match[1] async for keys in _scan(client) for key in keys if (match := ours.fullmatch(key))
    }
    return sorted(found - set(event_ids) - {DEPLOYMENT_TAG})


def _chunks(rows: list[T]) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(rows), CHUNK):
        yield tuple(rows[start : start + CHUNK])


def _scored(flat: list[bytes]) -> Iterator[tuple[int, int]]:
    """Members and scores, alternating, as numbers."""
    for member, score in zip(flat[::2], flat[1::2], strict=True):
        yield int(member), int(float(score))


async def _by_rank(client: Client, key: str, *options: str) -> AsyncIterator[list[bytes]]:
    """A curve in pieces; it grows at its end only, so ranks stay what they are."""
    start = 0
    while answer := await client.ask(key, "ZRANGE", key, start, start + CHUNK - 1, *options):
        yield answer
        start += CHUNK


async def _by_position(client: Client, key: str) -> AsyncIterator[list[bytes]]:
    """By position, which is the score: a place behind may be taken up while we read on."""
    start = "-inf"
    while flat := await client.ask(
        key, "ZRANGE", key, start, "+inf", "BYSCORE", "LIMIT", 0, CHUNK, "WITHSCORES"
    ):
        yield flat[::2]
        start = f"({flat[-1].decode()}"


async def _named(client: Client, key: str) -> list[tuple[str, int]]:
    """Slots or used codes by name; they lie by time, and old ones go meanwhile.

    There are only the slots of two days, and the codes of two minutes.
    """
    found: dict[str, int] = {}
    cursor = b"0"
    while True:
        cursor, flat = await client.ask(key, "ZSCAN", key, cursor, "COUNT", CHUNK)
        for name, time in zip(flat[::2], flat[1::2], strict=True):
            found[name.decode()] = int(float(time))
        if cursor == b"0":
            return sorted(found.items())


# --- emptying


async def is_empty(client: Client) -> bool:
    """As ``CopyVerbs.is_empty``."""
    keys = deployment_of(client)
    claimed = await redis_rings.is_claimed(client)
    kept = keys.signing_keys, keys.api_keys, keys.subscriptions
    rings = await client.ask(keys.deployment, "EXISTS", *kept)
    return not claimed and not rings and not await redis_verbs.event_ids(client)


async def clear(client: Client) -> None:
    """As ``CopyVerbs.clear``. Keys of others, also with a prefix that begins alike, stay."""
    prefix = re.escape(client.target.prefix)
    ours = re.compile(rf"{prefix}:\{{[^{{}}]+\}}:(?:{_ENDINGS})")
    async for found in _scan(client):
        keys = [key for key in found if ours.fullmatch(key)]
        await client.ask_each([(key, ("UNLINK", key)) for key in keys])


async def _scan(client: Client) -> AsyncIterator[list[str]]:
    """All keys that may be ours, some at a time; one may come twice."""
    for address in await client.everywhere(("PING",)):
        cursor = b"0"
        while True:
            scan: Command = ("SCAN", cursor, "MATCH", f"{client.target.prefix}:{{*", "COUNT", CHUNK)
            cursor, found = await client.ask_at(address, scan)
            yield [key.decode(errors="replace") for key in found]
            if cursor == b"0":
                break


async def identity(client: Client) -> tuple[Any, ...]:
    """What two ways to the same keys have in common, however their URLs name the servers."""
    heard = await client.everywhere(("INFO", "server"))
    run_ids = sorted(as_table(answers[0])["run_id"] for answers in heard.values())
    return client.target.prefix, client.target.database, *run_ids
