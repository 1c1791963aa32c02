"""What a control plane's periodic work costs: a sweep of a long line, inlets of a thousand events.

What belongs here: both on both stores, measured in this process: what is counted is its own
processor time (the thread that writes SQLite is of this process, Redis is not).
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

import msgspec

from bench.redis import redis_server
from waitroom.control.jobs import periodic_work
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Event
from waitroom.runtime import Runtime, open_runtime
from waitroom.settings import Settings
from waitroom.store import Store

PLACES: Final = 1_000_000  # called and not taken up
STEPS: Final = 7_200  # in which they were called, one a second
SWEEPS: Final = 30  # that are measured, each with one step that has run out
EVENTS: Final = 1_000
_PEOPLE: Final = 1_000_000  # in line of each event
_LONG: Final = "long"


class Upkeep(msgspec.Struct, frozen=True):
    """On one store: ms of a sweep (median, worst), share of a core, share of steps made in time."""

    store: str
    sweep: float
    worst: float
    core: float
    made: float


def measure(work: Path, seconds: int) -> list[Upkeep]:
    """SQLite, then Redis."""
    work.mkdir(parents=True)
    with redis_server(work / "redis") as redis:
        return [
            asyncio.run(_on_store(name, work / name, url, seconds))
            for name, url in (("SQLite", ""), ("Redis", redis.url))
        ]


async def _on_store(name: str, data_dir: Path, url: str, seconds: int) -> Upkeep:
    async with open_runtime(Settings(data_dir=data_dir, store=url)) as runtime:
        sweeps = sorted(await _sweeps(runtime.store))
        await runtime.store.delete_event(_LONG)
        core, made = await _inlets(runtime, seconds)
        return Upkeep(name, sweeps[len(sweeps) // 2], sweeps[-1], core, made)


async def _sweeps(store: Store) -> list[float]:
    """Milliseconds of each sweep of a line in which a million have not come yet."""
    begun = int(time.time()) - 2 * STEPS
    event = Event(event_id=_LONG, queue_position_expiry_period=STEPS, advance_on_expiry=True)
    await store.create_event(event, begun)
    for second in range(STEPS):
        people = PLACES * (second + 1) // STEPS - PLACES * second // STEPS
        await store.join(_LONG, people, begun + second)
        await store.advance(_LONG, people, begun + second)
    await store.join(_LONG, PLACES, begun + STEPS - 1)
    found = []
    for second in range(SWEEPS):
        before = time.perf_counter()
        swept = await store.expire(_LONG, begun + STEPS + second)
        found.append(1_000 * (time.perf_counter() - before))
        if not swept.expired:
            raise RuntimeError("a step that had run out was not swept")
    return found


async def _inlets(runtime: Runtime, seconds: int) -> tuple[float, float]:
    """Share of a core that as many events take as there are, and share of their steps made."""
    store, now = runtime.store, int(time.time())
    names = [f"e{number}" for number in range(EVENTS)]
    for name in names:
        await store.create_event(Event(event_id=name, inlet=Rate(per_minute=60)), now)
        await store.join(name, _PEOPLE, now)
    async with periodic_work(runtime.service):
        await asyncio.sleep(2)  # until each has made its first step
        moved, busy, begun = await _served(store), time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        spent, busy = time.monotonic() - begun, time.process_time() - busy
        moved = await _served(store) - moved
    return busy / spent, moved / (EVENTS * spent)


async def _served(store: Store) -> int:
    found = await store.snapshots(await store.event_ids(), int(time.time()))
    return sum(at.counters.serving for at in found.values())
