"""The verbs of sessions, as scripts and what they return.

What belongs here: as in ``redis_verbs.py``, for visitors who are called, admitted, and leave.
"""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.core.model import (
    Advance,
    Cohort,
    Exits,
    Occupancy,
    Place,
    Session,
    SessionStatus,
    Standing,
)
from waitroom.core.rules import RATE_WINDOW
from waitroom.store import SLOT_LIFETIME, redis_rows
from waitroom.store.redis_client import Client
from waitroom.store.redis_verbs import keys_of


async def admit(
    client: Client, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
) -> Session:
    admitted = await client.run(
        "admit",
        keys_of(client, event_id),
        epoch,
        place.position,
        redis_rows.padded(place.position),
        place.entry_time,
        now,
        now + validity,
        issuer,
        of=event_id,
    )
    return redis_rows.session(admitted.values[0])


async def standing(client: Client, event_id: str, epoch: int, place: Place, now: int) -> Standing:
    keys = keys_of(client, event_id)
    position, padded = place.position, redis_rows.padded(place.position)
    found = await client.run(
        "standing", keys, epoch, position, padded, now - RATE_WINDOW, of=event_id
    )
    fields, anchor, last, called, session, given_up, held_at = found.values
    snapshot = redis_rows.snapshot(event_id, fields, found.source, anchor, last)
    is_called = called and position <= snapshot.counters.serving
    return Standing(
        snapshot,
        redis_rows.step(called).issued_at if is_called else None,
        redis_rows.session(session) if session else None,
        given_up=bool(given_up),
        held_at=int(held_at) if held_at else None,
    )


async def finish(
    client: Client, event_id: str, epoch: int, place: Place, status: SessionStatus, now: int
) -> Session:
    counter = "completed" if status is SessionStatus.COMPLETED else "abandoned"
    marked = await client.run(
        "finish",
        keys_of(client, event_id),
        epoch,
        place.position,
        redis_rows.padded(place.position),
        status.value,
        counter,
        now,
        of=event_id,
    )
    return redis_rows.session(marked.values[0])


async def extend(
    client: Client, event_id: str, epoch: int, place: Place, until: int, now: int
) -> Session:
    padded = redis_rows.padded(place.position)
    keys = keys_of(client, event_id)
    extended = await client.run(
        "extend", keys, epoch, place.position, padded, until, now, of=event_id
    )
    return redis_rows.session(extended.values[0])


async def redeem(
    client: Client, event_id: str, epoch: int, code: str, until: int, now: int
) -> bool:
    keys = keys_of(client, event_id)
    used = await client.run("redeem", keys, epoch, code, until, now, of=event_id)
    return bool(used.values[0])


async def give_up(client: Client, event_id: str, epoch: int, place: Place, now: int) -> bool:
    padded = redis_rows.padded(place.position)
    given = await client.run(
        "give_up", keys_of(client, event_id), epoch, place.position, padded, now, of=event_id
    )
    return bool(given.values[0])


async def exits(
    client: Client,
    event_id: str,
    epoch: int,
    completed: Sequence[Place],
    abandoned: Sequence[Place],
    exited: int | None,
    now: int,
    slot: str | None,
) -> Exits:
    done = await client.run(
        "exits",
        keys_of(client, event_id),
        epoch,
        now,
        SLOT_LIFETIME,
        "" if exited is None else exited,
        int(slot is not None),
        slot or "",
        len(completed),
        *(place.position for place in [*completed, *abandoned]),
        of=event_id,
    )
    marked, previous, current = map(int, done.values)
    return Exits(marked, Advance(previous, current))


async def occupancy(client: Client, event_id: str, now: int, ages: Sequence[int]) -> Occupancy:
    found = await client.run("occupancy", keys_of(client, event_id), now, *ages, of=event_id)
    active, held, *flat = map(int, found.values)
    cohorts = tuple(map(Cohort, flat[::2], flat[1::2]))
    return Occupancy(active=active, held=held, cohorts=cohorts)


async def active_sessions(client: Client, event_id: str, now: int) -> int:
    counted = await client.run("active_sessions", keys_of(client, event_id), now, of=event_id)
    return int(counted.values[0])


async def expired_sessions(
    client: Client, event_id: str, now: int, limit: int, after: Place | None
) -> tuple[int, list[Place]]:
    behind = "" if after is None else redis_rows.padded(after.position)
    keys = keys_of(client, event_id)
    found = await client.run("expired_sessions", keys, now, limit, behind, of=event_id)
    epoch, members = found.values
    return int(epoch), [redis_rows.session(member).place for member in members]
