"""Records taken in by the Redis store: the verb ``put`` of ``CopyVerbs``.

What belongs here: which record becomes which keys; the way back of ``redis_copy.py``, with which it
must change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from waitroom.core.model import ApiKey, Session, SigningKey, Snapshot
from waitroom.errors import EventNotFound
from waitroom.store import LOG_LIFETIME, SLOT_LIFETIME, redis_log, redis_outbox, redis_rows
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    DeadLetters,
    Deployment,
    Facts,
    GivenUp,
    Held,
    Lanes,
    Line,
    LogEntries,
    Record,
    RingKey,
    RowsOfEvent,
    Samples,
    ServingSteps,
    Sessions,
    Slots,
    Subscribed,
    Themes,
    UsedCodes,
)
from waitroom.store.redis_client import Client
from waitroom.store.redis_copy import CHUNK
from waitroom.store.redis_keys import EventKeys
from waitroom.store.redis_verbs import deployment_of, keys_of
from waitroom.store.redis_wire import Command, Word


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
            case Subscribed():
                await redis_outbox.add_subscription(client, record.subscription)
            case Line():
                await _put_line(client, record.line)
            case LogEntries():
                await _put_log(client, record)
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
    settings = redis_rows.settings_of(line.event)
    notes = redis_rows.note_words({f"note:{name}": text for name, text in line.notes.items()})
    flat = [word for pair in fields.items() for word in pair]
    await client.ask_all(
        keys.event,
        [
            ("UNLINK", *keys),
            ("HSET", keys.event, *flat, *settings, *notes),
        ],
    )
    await client.run("note_epoch", deployment_of(client), event_id, line.epoch)


async def _put_rows(client: Client, record: RowsOfEvent) -> None:
    keys = keys_of(client, record.event_id)
    if not await client.ask(keys.event, "EXISTS", keys.event):
        raise EventNotFound(record.event_id)
    commands = list(_commands(keys, record))
    if used := _numbers_used(record):
        known = await client.ask(keys.event, "HGET", keys.event, "facts")
        commands.append(("HSET", keys.event, "facts", max(used, int(known or 0))))
    await client.ask_all(keys.event, commands)


def _numbers_used(record: RowsOfEvent) -> int:
    """The highest ``seq`` that may not come again: of a fact, or of one that was told and went."""
    match record:
        case Facts():
            return max((fact.seq for fact in record.facts), default=0)
        case Lanes():
            return max((lane.cursor for lane in record.lanes), default=0)
    return 0


def _commands(keys: EventKeys, record: RowsOfEvent) -> Iterator[Command]:
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
        case Held():
            padded = redis_rows.padded
            yield from _added(keys.held, [(place, padded(place)) for place, _ in record.places])
            yield from _added(keys.asked, [(at, padded(place)) for place, at in record.places])
        case GivenUp():
            yield from _added(keys.given_up, [(place, place) for place in record.positions])
        case UsedCodes():
            yield from _added(keys.used_codes, [(until, name) for name, until in record.codes])
            # Longer than they need: what is copied is read once more before it is in use.
            yield "EXPIRE", keys.used_codes, 2 * SLOT_LIFETIME
        case _:
            yield from _told(keys, record)


def _told(keys: EventKeys, record: RowsOfEvent) -> Iterator[Command]:
    match record:
        case Samples():
            members = [(s.second, redis_rows.sample_member(s)) for s in record.samples]
            yield from _added(keys.samples, members)
        case Themes():
            for kept in record.themes:
                yield "ZADD", keys.themes, kept.kept_at, kept.version
                yield "HSET", keys.theme_texts, kept.version, kept.theme
        case Facts():
            facts = [(fact.seq, msgspec.json.encode(fact)) for fact in record.facts]
            yield from _added(keys.outbox, facts)
        case Lanes():
            for lane in record.lanes:
                text = b"0 \n" + redis_outbox.lane_text(lane)
                yield "HSET", keys.lanes, lane.subscription_id, text
        case DeadLetters():
            letters = [(at.fact.seq, redis_outbox.letter_member(at)) for at in record.letters]
            yield from _added(keys.dead_letters, letters)


async def _put_log(client: Client, record: LogEntries) -> None:
    """What lies between the first and the last of these entries is replaced by them."""
    if not record.entries:
        return
    keys = redis_log.log_keys(client, record.event_id)
    bare = msgspec.structs.replace
    entries = [(e.seq, msgspec.json.encode(bare(e, seal=""))) for e in record.entries]
    seals = [word for e in record.entries if e.seal for word in (e.seq, e.seal)]
    commands: list[Command] = [
        ("ZREMRANGEBYSCORE", keys.log, entries[0][0], entries[-1][0]),
        ("HDEL", keys.seals, *(seq for seq, _ in entries)),
        *_added(keys.log, entries),
    ]
    if seals:
        commands.append(("HSET", keys.seals, *seals))
    if record.event_id and not await client.ask(keys.event, "EXISTS", keys.event):
        commands += [("EXPIRE", key, LOG_LIFETIME) for key in (keys.log, keys.seals)]
    await client.ask_all(keys.log, commands)


def _added_sessions(keys: EventKeys, sessions: Sequence[Session]) -> Iterator[Command]:
    members = [(s.place.position, redis_rows.session_member(s)) for s in sessions]
    ends = [(s.expires_at, redis_rows.padded(s.place.position)) for s in sessions]
    yield from _added(keys.sessions, members)
    yield from _added(keys.expiry, ends)
    marked = [end for end, session in zip(ends, sessions, strict=True) if session.status.value]
    yield from _added(keys.ended, marked)


def _added(key: str, scored: Sequence[tuple[int, Word]]) -> Iterator[Command]:
    for start in range(0, len(scored), CHUNK):
        yield "ZADD", key, *(word for pair in scored[start : start + CHUNK] for word in pair)
