"""The verbs of facts, lanes and subscriptions, as scripts and commands.

What belongs here: as in ``redis_verbs.py``, for what is told to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from waitroom.core.facts import DeadLetter, Fact, Lane, Subscription
from waitroom.store import SLOT_LIFETIME
from waitroom.store.redis_client import Client
from waitroom.store.redis_verbs import deployment_of, keys_of

_FACT: Final = msgspec.json.Decoder(Fact)
_LANE: Final = msgspec.json.Decoder(Lane)
_LETTER: Final = msgspec.json.Decoder(DeadLetter)
_SUBSCRIPTION: Final = msgspec.json.Decoder(Subscription)

# --- facts


async def tell(
    client: Client, event_id: str, type_: str, data: Mapping[str, int | str], now: int, slot: str
) -> bool:
    text = msgspec.json.encode(dict(data))
    keys = keys_of(client, event_id)
    told = await client.run("tell", keys, type_, text, now, SLOT_LIFETIME, slot, of=event_id)
    return bool(told.values[0])


async def facts(client: Client, event_id: str, after: int, limit: int) -> list[Fact]:
    key = keys_of(client, event_id).outbox
    behind = f"({after}"
    found = await client.ask(
        key, "ZRANGE", key, behind, "+inf", "BYSCORE", "LIMIT", 0, max(0, limit)
    )
    return [_FACT.decode(text) for text in found]


async def drop_facts(client: Client, event_id: str, up_to: int) -> None:
    key = keys_of(client, event_id).outbox
    await client.ask(key, "ZREMRANGEBYSCORE", key, "-inf", up_to)


async def outbox_depth(client: Client, event_id: str) -> int:
    key = keys_of(client, event_id).outbox
    return int(await client.ask(key, "ZCARD", key))


# --- lanes


def lane_text(lane: Lane) -> bytes:
    """A lane without who has it and for how long, which stand beside it."""
    return msgspec.json.encode(msgspec.structs.replace(lane, owner="", leased_until=0))


def lane(text: bytes) -> Lane:
    """A lane from the text that is kept of it."""
    lease, _, body = text.rpartition(b"\n")
    until, _, owner = lease.partition(b" ")
    found = _LANE.decode(body)
    return msgspec.structs.replace(found, owner=owner.decode(), leased_until=int(until))


async def take_lane(
    client: Client, event_id: str, subscription_id: str, owner: str, now: int, seconds: int
) -> Lane | None:
    new = lane_text(Lane(subscription_id=subscription_id))
    keys, until = keys_of(client, event_id), now + seconds
    taken = await client.run(
        "take_lane", keys, subscription_id, owner, now, until, new, of=event_id
    )
    [text] = taken.values
    if not text:
        return None
    return msgspec.structs.replace(_LANE.decode(text), owner=owner, leased_until=until)


async def keep_lane(
    client: Client, event_id: str, lane: Lane, dead: DeadLetter | None = None
) -> bool:
    kept = await client.run(
        "keep_lane",
        keys_of(client, event_id),
        lane.subscription_id,
        lane.owner,
        lane.leased_until,
        lane_text(lane),
        *(() if dead is None else (dead.fact.seq, msgspec.json.encode(dead))),
    )
    return bool(kept.values[0])


async def lanes(client: Client, event_id: str) -> list[Lane]:
    key = keys_of(client, event_id).lanes
    found = map(lane, await client.ask(key, "HVALS", key))
    return sorted(found, key=lambda one: one.subscription_id)


async def drop_lane(client: Client, event_id: str, subscription_id: str) -> None:
    await client.run("drop_lane", keys_of(client, event_id), subscription_id)


# --- dead letters


def letter(member: bytes) -> DeadLetter:
    """A dead letter from the member that it is kept as."""
    return _LETTER.decode(member.partition(b"\n")[2])


def letter_member(letter: DeadLetter) -> bytes:
    """A dead letter as a member: they lie by ``seq`` and subscription ID."""
    return letter.subscription_id.encode() + b"\n" + msgspec.json.encode(letter)


async def dead_letters(client: Client, event_id: str, limit: int) -> list[DeadLetter]:
    key = keys_of(client, event_id).dead_letters
    if limit < 1:
        return []
    return [letter(member) for member in await client.ask(key, "ZRANGE", key, 0, limit - 1)]


async def drop_letter(client: Client, event_id: str, subscription_id: str, seq: int) -> bool:
    dropped = await client.run("drop_letter", keys_of(client, event_id), subscription_id, seq)
    return bool(dropped.values[0])


# --- subscriptions


async def add_subscription(client: Client, subscription: Subscription) -> None:
    key = deployment_of(client).subscriptions
    text = msgspec.json.encode(subscription)
    await client.ask(key, "HSET", key, subscription.subscription_id, text)


async def remove_subscription(client: Client, subscription_id: str) -> bool:
    key = deployment_of(client).subscriptions
    return bool(await client.ask(key, "HDEL", key, subscription_id))


async def subscriptions(client: Client) -> list[Subscription]:
    key = deployment_of(client).subscriptions
    found: Sequence[bytes] = await client.ask(key, "HVALS", key)
    return sorted(map(_SUBSCRIPTION.decode, found), key=lambda one: one.subscription_id)
