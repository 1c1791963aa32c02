"""The store of many machines: Redis 7 or newer, or Valkey; alone, with Sentinel, or as a cluster.

What belongs here: which function does a verb, and closing. The steps are Lua (``lua/``), their
arguments and answers are in ``redis_verbs.py``, ``redis_people.py``, ``redis_outbox.py``,
``redis_log.py`` and ``redis_rings.py``, keys in ``redis_keys.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from waitroom.core.audit import Deed, LogEntry
from waitroom.core.facts import DeadLetter, Fact, Lane, Subscription
from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Arrivals,
    Event,
    Exits,
    Expiry,
    Floor,
    Occupancy,
    Place,
    Sample,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    Standing,
    Step,
)
from waitroom.errors import StoreUnavailable
from waitroom.store import (
    StoreOptions,
    redis_copy,
    redis_log,
    redis_outbox,
    redis_people,
    redis_put,
    redis_rings,
    redis_verbs,
)
from waitroom.store.records import Record
from waitroom.store.redis_client import Client
from waitroom.store.redis_url import Target

P = ParamSpec("P")
T = TypeVar("T")


class RedisStore:
    """``Store`` on ``target``. Nothing is asked before the first verb, whose loop it stays on.

    The first verb also raises ``StoreRefused`` (too old a server) and ``BadConfiguration`` (its
    certificate or our password is refused).
    """

    def __init__(self, target: Target, options: StoreOptions) -> None:
        self.client = Client(target, options)
        self._gap = options.failover_gap
        self._replicas = options.join_replicas if options.join_durability == "replicated" else 0
        self._running = 0
        self._idle = asyncio.Event()
        self._closed = False

    def __repr__(self) -> str:
        return f"RedisStore({self.client.target.shown!r})"

    async def _do(
        self,
        verb: Callable[Concatenate[Client, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        self._check_open()
        self._running += 1
        try:
            return await verb(self.client, *args, **kwargs)
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")

    # --- events

    async def create_event(self, event: Event, now: int, deed: Deed | None = None) -> Snapshot:
        return await self._do(redis_verbs.create_event, event, now, deed)

    async def change_event(
        self,
        event_id: str,
        changes: Mapping[str, object],
        now: int,
        deed: Deed | None = None,
        *,
        at: int | None = None,
    ) -> Snapshot:
        return await self._do(redis_verbs.change_event, event_id, changes, now, deed, at)

    async def delete_event(self, event_id: str) -> None:
        await self._do(redis_verbs.delete_event, event_id)

    async def reset_event(self, event_id: str, now: int, deed: Deed | None = None) -> Snapshot:
        return await self._do(redis_verbs.reset_event, event_id, now, deed)

    async def note(self, event_id: str, changes: Mapping[str, str | None]) -> None:
        await self._do(redis_verbs.note, event_id, changes)

    async def keep_theme(self, event_id: str, version: str, theme: bytes, now: int) -> None:
        await self._do(redis_verbs.keep_theme, event_id, version, theme, now)

    async def theme(self, event_id: str, version: str) -> bytes | None:
        return await self._do(redis_verbs.theme, event_id, version)

    async def event_ids(self) -> list[str]:
        return await self._do(redis_verbs.event_ids)

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        return await self._do(redis_verbs.snapshots, event_ids, now)

    # --- the line

    async def join(
        self, event_id: str, count: int, now: int, above: Floor | None = None
    ) -> Arrivals:
        gap, replicas = self._gap, self._replicas
        return await self._do(redis_verbs.join, event_id, count, now, above, gap, replicas)

    async def advance(
        self,
        event_id: str,
        by: int,
        now: int,
        slot: str | None = None,
        *,
        at: int | None = None,
        notes: Mapping[str, str] | None = None,
        deed: Deed | None = None,
    ) -> Advance:
        return await self._do(
            redis_verbs.advance, event_id, by, now, slot, at=at, notes=notes, deed=deed
        )

    async def expire(self, event_id: str, now: int) -> Expiry:
        return await self._do(redis_verbs.expire, event_id, now)

    async def give_up(self, event_id: str, epoch: int, place: Place, now: int) -> bool:
        return await self._do(redis_people.give_up, event_id, epoch, place, now)

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        return await self._do(redis_verbs.curves, event_id, since, limit)

    async def sample(self, event_id: str, epoch: int, sample: Sample) -> None:
        await self._do(redis_verbs.sample, event_id, epoch, sample)

    async def samples(self, event_id: str, since: int, limit: int) -> list[Sample]:
        return await self._do(redis_verbs.samples, event_id, since, limit)

    # --- sessions

    async def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        return await self._do(redis_people.admit, event_id, epoch, place, now, issuer, validity)

    async def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        return await self._do(redis_people.standing, event_id, epoch, place, now)

    async def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus, now: int
    ) -> Session:
        return await self._do(redis_people.finish, event_id, epoch, place, status, now)

    async def extend(
        self, event_id: str, epoch: int, place: Place, until: int, now: int
    ) -> Session:
        return await self._do(redis_people.extend, event_id, epoch, place, until, now)

    async def redeem(self, event_id: str, epoch: int, code: str, until: int, now: int) -> bool:
        return await self._do(redis_people.redeem, event_id, epoch, code, until, now)

    async def exits(
        self,
        event_id: str,
        epoch: int,
        completed: Sequence[Place],
        abandoned: Sequence[Place],
        exited: int | None,
        now: int,
        slot: str | None = None,
    ) -> Exits:
        return await self._do(
            redis_people.exits, event_id, epoch, completed, abandoned, exited, now, slot
        )

    async def occupancy(self, event_id: str, now: int, ages: Sequence[int]) -> Occupancy:
        return await self._do(redis_people.occupancy, event_id, now, ages)

    async def active_sessions(self, event_id: str, now: int) -> int:
        return await self._do(redis_people.active_sessions, event_id, now)

    async def expired_sessions(
        self, event_id: str, now: int, limit: int, after: Place | None
    ) -> tuple[int, list[Place]]:
        return await self._do(redis_people.expired_sessions, event_id, now, limit, after)

    # --- keys

    async def is_claimed(self) -> bool:
        return await self._do(redis_rings.is_claimed)

    async def claim_secret(self, fingerprint: str) -> bool:
        return await self._do(redis_rings.claim_secret, fingerprint)

    async def add_signing_key(self, key: SigningKey, *, only_first: bool = False) -> bool:
        return await self._do(redis_rings.add_signing_key, key, only_first)

    async def remove_signing_key(self, kid: str) -> None:
        await self._do(redis_rings.remove_signing_key, kid)

    async def signing_keys(self) -> list[SigningKey]:
        return await self._do(redis_rings.signing_keys)

    async def add_api_key(self, key: ApiKey, *, only_first: bool = False) -> bool:
        return await self._do(redis_rings.add_api_key, key, only_first)

    async def revoke_api_key(self, key_id: str, now: int) -> None:
        await self._do(redis_rings.revoke_api_key, key_id, now)

    async def remove_api_key(self, key_id: str) -> None:
        await self._do(redis_rings.remove_api_key, key_id)

    async def api_keys(self) -> list[ApiKey]:
        return await self._do(redis_rings.api_keys)

    async def api_key(self, key_id: str) -> ApiKey | None:
        return await self._do(redis_rings.api_key, key_id)

    # --- facts

    async def tell(
        self, event_id: str, type_: str, data: Mapping[str, int | str], now: int, slot: str
    ) -> bool:
        return await self._do(redis_outbox.tell, event_id, type_, data, now, slot)

    async def facts(self, event_id: str, after: int, limit: int) -> list[Fact]:
        return await self._do(redis_outbox.facts, event_id, after, limit)

    async def drop_facts(self, event_id: str, up_to: int) -> None:
        await self._do(redis_outbox.drop_facts, event_id, up_to)

    async def outbox_depth(self, event_id: str) -> int:
        return await self._do(redis_outbox.outbox_depth, event_id)

    async def take_lane(
        self, event_id: str, subscription_id: str, owner: str, now: int, seconds: int
    ) -> Lane | None:
        return await self._do(
            redis_outbox.take_lane, event_id, subscription_id, owner, now, seconds
        )

    async def keep_lane(self, event_id: str, lane: Lane, dead: DeadLetter | None = None) -> bool:
        return await self._do(redis_outbox.keep_lane, event_id, lane, dead)

    async def lanes(self, event_id: str) -> list[Lane]:
        return await self._do(redis_outbox.lanes, event_id)

    async def drop_lane(self, event_id: str, subscription_id: str) -> None:
        await self._do(redis_outbox.drop_lane, event_id, subscription_id)

    async def dead_letters(self, event_id: str, limit: int) -> list[DeadLetter]:
        return await self._do(redis_outbox.dead_letters, event_id, limit)

    async def drop_letter(self, event_id: str, subscription_id: str, seq: int) -> bool:
        return await self._do(redis_outbox.drop_letter, event_id, subscription_id, seq)

    async def add_subscription(self, subscription: Subscription) -> None:
        await self._do(redis_outbox.add_subscription, subscription)

    async def remove_subscription(self, subscription_id: str) -> bool:
        return await self._do(redis_outbox.remove_subscription, subscription_id)

    async def subscriptions(self) -> list[Subscription]:
        return await self._do(redis_outbox.subscriptions)

    # --- logs

    async def add_entry(self, event_id: str, deed: Deed, after: str, now: int) -> None:
        await self._do(redis_log.add_entry, event_id, deed, after, now)

    async def log(self, event_id: str, after: int, limit: int) -> list[LogEntry]:
        return await self._do(redis_log.log, event_id, after, limit)

    async def log_end(self, event_id: str) -> int:
        return await self._do(redis_log.log_end, event_id)

    async def unsealed(self, event_id: str) -> int:
        return await self._do(redis_log.unsealed, event_id)

    async def seal(self, event_id: str, seals: Mapping[int, str]) -> None:
        await self._do(redis_log.seal, event_id, seals)

    # --- recovery

    async def restore(self, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
        return await self._do(redis_verbs.restore, line, now, unless_deleted)

    async def lost(self, event_ids: Collection[str]) -> set[str]:
        return await self._do(redis_verbs.lost, event_ids)

    # --- copies

    def records(self) -> AsyncGenerator[Record, None]:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return redis_copy.records(self.client)

    async def put(self, records: Sequence[Record]) -> None:
        await self._do(redis_put.put, records)

    async def is_empty(self) -> bool:
        return await self._do(redis_copy.is_empty)

    async def clear(self) -> None:
        await self._do(redis_copy.clear)

    # --- upkeep

    async def purge(self, limit: int, now: int) -> int:  # noqa: ARG002 - the verb of every store
        """Nothing to do: the server frees what a reset left, old slots go as new ones come."""
        return 0

    async def ping(self) -> None:
        await self._do(redis_rings.ping)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        while self._running:
            self._idle.clear()
            await self._idle.wait()
        self.client.close()
