"""What the measurements need in a store: an event with a line, and tickets of it.

What belongs here: preparing through the store's own verbs, beside whatever server is running.
``store`` is a store's URL; without one, it is the embedded store in ``data_dir``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from waitroom.core.model import Event
from waitroom.runtime import Runtime, open_runtime
from waitroom.settings import Settings
from waitroom.views import Seals

T = TypeVar("T")

EVENT: Final = "bench"
ENTRY: Final = f'{{"event_id":"{EVENT}"}}'  # the body of assign_queue_num
_BULK: Final = 10_000  # places in one step of a bulk join


def prepare(data_dir: Path, store: str = "") -> None:
    """A store with the event of the measurements and a signing key."""

    async def work(runtime: Runtime) -> None:
        event = Event(event_id=EVENT, title="Bench", target_url="https://shop.example/")
        await runtime.service.create_event(event)

    _with_runtime(data_dir, store, work)


def join(data_dir: Path, visitors: int, store: str = "") -> None:
    """Put ``visitors`` into the line, in bulk."""

    async def work(runtime: Runtime) -> None:
        for begun in range(0, visitors, _BULK):
            await runtime.store.join(EVENT, min(_BULK, visitors - begun), int(time.time()))

    _with_runtime(data_dir, store, work)


def arrive(data_dir: Path, visitors: int, since: int, seconds: int, store: str) -> None:
    """Let ``visitors`` join evenly over ``seconds``, beginning ``since`` seconds ago."""

    async def work(runtime: Runtime) -> None:
        now = int(time.time())
        for second in range(seconds):
            count = visitors * (second + 1) // seconds - visitors * second // seconds
            if count:
                await runtime.store.join(EVENT, count, now - since + second)

    _with_runtime(data_dir, store, work)


def call_in(data_dir: Path, visitors: int) -> list[str]:
    """Join ``visitors`` and let all in; the body of each one's ``generate_token``."""

    async def work(runtime: Runtime) -> list[str]:
        now = int(time.time())
        given = await runtime.store.join(EVENT, visitors, now)
        await runtime.store.advance(EVENT, given.first + visitors, now)
        return Seals(runtime.secret).get(EVENT, given.epoch).seal_run(given.first, visitors, now)

    tickets = _with_runtime(data_dir, "", work)
    return [f'{{"event_id":"{EVENT}","request_id":"{ticket}"}}' for ticket in tickets]


def visitors(data_dir: Path, store: str = "") -> int:
    """How many have joined."""

    async def work(runtime: Runtime) -> int:
        return (await runtime.service.snapshot(EVENT)).counters.queue

    return _with_runtime(data_dir, store, work)


def commits(data_dir: Path) -> int:
    """Transactions since the store was opened, modulo 2**32: ``iChange`` in the header of the
    WAL index (sqlite.org/walformat.html, section 2.1)."""
    with (data_dir / "waitroom.db-shm").open("rb") as index:
        index.seek(8)
        return int.from_bytes(index.read(4), "little")


def _with_runtime(data_dir: Path, store: str, work: Callable[[Runtime], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_runtime(Settings(data_dir=data_dir, store=store)) as runtime:
            return await work(runtime)

    return asyncio.run(opened())
