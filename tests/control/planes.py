"""A control plane's periodic work on a store that is watched, with a clock that the tests move."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from waitroom.control.jobs import Jobs
from waitroom.core.audit import Deed
from waitroom.core.gates import WELL, Health
from waitroom.core.model import Advance, Event, Expiry, Occupancy, Snapshot, Step
from waitroom.errors import StoreUnavailable
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.store.sqlite import SqliteStore
from waitroom.tokens.keys import KeyRing

NOW: Final = 1_800_000_000


class WatchedStore(SqliteStore):
    """The embedded store; what a plane asks of it is counted, and can be held up or refused."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked: Counter[str] = Counter()
        self.read: Callable[[], None] = lambda: None  # called when snapshots were read
        self.held: dict[str, asyncio.Event] = {}  # events whose steps wait on their way
        self.sick: set[str] = set()  # events that it cannot move
        self.away: set[str] = set()  # events, or the list of all, that it cannot read

    async def event_ids(self) -> list[str]:
        self.asked["event_ids"] += 1
        self.reach(["the list"])
        return await super().event_ids()

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        self.asked["snapshots"] += 1
        self.reach(event_ids)
        found = await super().snapshots(event_ids, now)
        self.read()
        return found

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
        self.asked["advance"] += 1
        if event_id in self.sick:
            raise StoreUnavailable("the event cannot be moved")
        if event_id in self.held:
            await self.held[event_id].wait()
        return await super().advance(event_id, by, now, slot, at=at, notes=notes, deed=deed)

    async def occupancy(self, event_id: str, now: int, ages: Sequence[int]) -> Occupancy:
        self.asked["occupancy"] += 1
        return await super().occupancy(event_id, now, ages)

    async def expire(self, event_id: str, now: int) -> Expiry:
        self.asked["expire"] += 1
        return await super().expire(event_id, now)

    def reach(self, wanted: Collection[str]) -> None:
        """As of a cluster of which a part is gone."""
        if not self.away.isdisjoint(wanted):
            raise StoreUnavailable("a part of the store is out of reach")


class Plane:
    """One control plane's periodic work, with a store connection and a clock of its own."""

    def __init__(self, path: Path, secret: bytes) -> None:
        self.time = float(NOW)
        self.store = WatchedStore(path)
        self.service = Service(
            self.store,
            KeyRing(Vault(secret, "signing keys")),
            secret,
            issuer_of=lambda event_id: f"https://line.example/oidc/{event_id}",
            clock=lambda: self.time,
        )
        self.health: Health | Exception = WELL
        self.looked: list[Collection[str]] = []  # the events of each look
        self.turns: list[str] = []  # what came of each turn
        self.jobs = Jobs(
            self.service,
            self.healthy,
            looked=lambda found: self.looked.append(found.keys()),
            turned=lambda _seconds, outcome: self.turns.append(outcome),
        )

    def healthy(self, _at: Snapshot, _now: int) -> Health:
        """How the site is, as the test says."""
        if isinstance(self.health, Exception):
            raise self.health
        return self.health

    async def look(self, second: int) -> None:
        """One round at that second, to its end."""
        await self.begin(second)
        await self.jobs.settle()

    async def begin(self, second: int) -> None:
        """One round at that second; its turns go on."""
        self.time = NOW + second + 0.01
        await self.jobs.tick()

    async def serving(self, event_id: str = "sale") -> int:
        return (await self.service.snapshot(event_id)).counters.serving

    async def steps(self, event_id: str = "sale") -> list[Step]:
        """The servings curve; times seen from ``NOW``."""
        _, steps = await self.store.curves(event_id, 0, 1_000)
        return [Step(step.issued_at - NOW, step.serving) for step in steps]

    async def crowd(self, event_id: str = "sale", people: int = 1_000, **settings: object) -> None:
        """An event in whose line ``people`` wait."""
        await self.store.create_event(Event(event_id=event_id, **settings), NOW)  # type: ignore[arg-type]
        await self.store.join(event_id, people, NOW)

    async def close(self) -> None:
        await self.jobs.stop()
        await self.service.close()
        await self.store.close()
