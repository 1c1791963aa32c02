"""Real stores behind a switch: they fail, hang, or are another one of a sudden."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, cast

from waitroom.core.model import Snapshot
from waitroom.errors import StoreUnavailable
from waitroom.store import Store

NOW: Final = 1_800_000_000
SALE: Final = "sale"


class FaultyStore:
    """Every verb of ``inner``, which a test may exchange for another store at any time.

    It loses events, as a shared store may: what neither is there nor was ``deleted``.
    """

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.fails: set[str] = set()  # verbs; "all" for all
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked: Counter[str] = Counter()
        self.deleted: set[str] = set()
        self.instead: dict[str, Callable[..., Awaitable[Any]]] = {}

    @property
    def store(self) -> Store:
        """Itself, for whoever wants a store."""
        return cast("Store", self)

    def __getattr__(self, verb: str) -> Callable[..., Awaitable[Any]]:
        async def ask(*values: object, **named: object) -> Any:
            self.asked[verb] += 1
            await self.answers.wait()
            if self.fails & {verb, "all"}:
                raise StoreUnavailable("as the test wants it")
            if verb in self.instead:
                return await self.instead[verb](*values, **named)
            return await getattr(self.inner, verb)(*values, **named)

        return ask

    async def lost(self, event_ids: Collection[str]) -> set[str]:
        """As a store that keeps a note of what was deleted."""
        self.asked["lost"] += 1
        there = await self.inner.snapshots(event_ids, NOW)
        return set(event_ids) - there.keys() - self.deleted

    async def restore(self, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
        """As such a store: an embedded one takes all that is gone for deleted."""
        stays_away = unless_deleted and line.event.event_id in self.deleted
        at: Snapshot = await self.__getattr__("restore")(line, now, unless_deleted=stays_away)
        return at

    async def line(self, event_id: str = SALE) -> Snapshot:
        """The event as ``inner`` has it, without anybody in between."""
        return (await self.inner.snapshots([event_id], NOW))[event_id]
