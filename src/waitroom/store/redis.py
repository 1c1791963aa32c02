"""The store of many machines: Redis 7 or newer, or Valkey; alone, with Sentinel, or as a cluster.

What belongs here: which function does a verb, and closing. The steps are Lua (``lua/``), their
arguments and answers are in ``redis_verbs.py`` and ``redis_people.py``, keys in ``redis_keys.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Arrivals,
    Event,
    Expiry,
    Floor,
    Place,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    Standing,
    Step,
)
from waitroom.errors import StoreUnavailable
from waitroom.store import StoreOptions, redis_copy, redis_people, redis_verbs
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

    async def create_event(self, event: Event, now: int) -> Snapshot:
        return await self._do(redis_verbs.create_event, event, now)

    async def change_event(
        self, event_id: str, changes: Mapping[str, object], now: int
    ) -> Snapshot:
        return await self._do(redis_verbs.change_event, event_id, changes, now)

    async def delete_event(self, event_id: str) -> None:
        await self._do(redis_verbs.delete_event, event_id)

    async def reset_event(self, event_id: str, now: int) -> Snapshot:
        return await self._do(redis_verbs.reset_event, event_id, now)

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

    async def advance(self, event_id: str, by: int, now: int, slot: str | None = None) -> Advance:
        return await self._do(redis_verbs.advance, event_id, by, now, slot)

    async def expire(self, event_id: str, now: int) -> Expiry:
        return await self._do(redis_verbs.expire, event_id, now)

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        return await self._do(redis_verbs.curves, event_id, since, limit)

    # --- sessions

    async def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        return await self._do(redis_people.admit, event_id, epoch, place, now, issuer, validity)

    async def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        return await self._do(redis_people.standing, event_id, epoch, place, now)

    async def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus
    ) -> Session:
        return await self._do(redis_people.finish, event_id, epoch, place, status)

    async def active_sessions(self, event_id: str, now: int) -> int:
        return await self._do(redis_people.active_sessions, event_id, now)

    async def expired_sessions(
        self, event_id: str, now: int, limit: int, after: Place | None
    ) -> tuple[int, list[Place]]:
        return await self._do(redis_people.expired_sessions, event_id, now, limit, after)

    # --- keys

    async def is_claimed(self) -> bool:
        return await self._do(redis_people.is_claimed)

    async def claim_secret(self, fingerprint: str) -> bool:
        return await self._do(redis_people.claim_secret, fingerprint)

    async def add_signing_key(self, key: SigningKey, *, only_first: bool = False) -> bool:
        return await self._do(redis_people.add_signing_key, key, only_first)

    async def remove_signing_key(self, kid: str) -> None:
        await self._do(redis_people.remove_signing_key, kid)

    async def signing_keys(self) -> list[SigningKey]:
        return await self._do(redis_people.signing_keys)

    async def add_api_key(self, key: ApiKey, *, only_first: bool = False) -> bool:
        return await self._do(redis_people.add_api_key, key, only_first)

    async def revoke_api_key(self, key_id: str, now: int) -> None:
        await self._do(redis_people.revoke_api_key, key_id, now)

    async def api_keys(self) -> list[ApiKey]:
        return await self._do(redis_people.api_keys)

    async def api_key(self, key_id: str) -> ApiKey | None:
        return await self._do(redis_people.api_key, key_id)

    # --- recovery

    async def restore(self, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
        return await self._do(redis_verbs.restore, line, now, unless_deleted)

    async def lost(self, event_ids: Collection[str]) -> set[str]:
        return await self._do(redis_verbs.lost, event_ids)

    # --- copies

    def records(self) -> AsyncIterator[Record]:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return redis_copy.records(self.client)

    async def put(self, records: Sequence[Record]) -> None:
        await self._do(redis_copy.put, records)

    async def is_empty(self) -> bool:
        return await self._do(redis_copy.is_empty)

    async def clear(self) -> None:
        await self._do(redis_copy.clear)

    # --- upkeep

    async def purge(self, limit: int, now: int) -> int:  # noqa: ARG002 - the verb of every store
        """Nothing to do: the server frees what a reset left, old slots go as new ones come."""
        return 0

    async def ping(self) -> None:
        await self._do(redis_people.ping)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        while self._running:
            self._idle.clear()
            await self._idle.wait()
        self.client.close()
