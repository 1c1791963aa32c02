"""Behind the contract, in one process: entry checks, and snapshots of a store that hangs."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from api.served import free_binds
from waiting import wait_until
from waitroom import views as views_module
from waitroom.core.model import Counters, Event, Snapshot
from waitroom.errors import EventUnknown, StoreUnavailable, TooManyRequests
from waitroom.http import App, Scope
from waitroom.public.api import EntryCheck
from waitroom.public.app import public_plane
from waitroom.runtime import open_runtime
from waitroom.settings import Settings
from waitroom.store import Store
from waitroom.views import Seals, Views

NOW = 1_800_000_000


@asynccontextmanager
async def running(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A client of ``app`` between its start-up and its shutdown."""
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan"}, said.get, heard.put))
    await said.put({"type": "lifespan.startup"})
    assert (await heard.get())["type"] == "lifespan.startup.complete"
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://room.example") as client:
        yield client
    await said.put({"type": "lifespan.shutdown"})
    await life


async def test_an_entry_check_turns_visitors_away(tmp_path: Path) -> None:
    """429 with Retry-After from joining alone; the check sees the request and the event."""
    asked: list[tuple[str, str]] = []

    async def check(scope: Scope, event_id: str) -> None:
        asked.append((scope["path"], event_id))
        raise TooManyRequests(7)

    public_bind, control_bind = free_binds(2)
    settings = Settings(data_dir=tmp_path, public_bind=public_bind, control_bind=control_bind)
    async with open_runtime(settings) as runtime:
        await runtime.service.create_event(Event(event_id="sale"))
    checks: tuple[EntryCheck, ...] = (check,)
    async with running(public_plane(settings, entry_checks=checks)) as client:
        answer = await client.post("/api/assign_queue_num", json={"event_id": "sale"})
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert answer.headers["retry-after"] == "7"
        assert answer.headers["access-control-allow-origin"] == "*"
        shown = await client.get("/api/status", params={"event_id": "sale"})
        assert (shown.status_code, shown.json()["queue_counter"]) == (200, 0)
    assert asked == [("/api/assign_queue_num", "sale")]


class Clock:
    """The monotonic clock of a test; it stands until moved."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class SlowStore:
    """The reading part of a store, which a test may let hang or fail."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.answers.set()
        self.broken = False
        self.asked = 0
        self.under_way = 0

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """Every event but those called "nobody"."""
        wanted = list(event_ids)
        self.asked += 1
        self.under_way += 1
        try:
            await self.answers.wait()
        finally:
            self.under_way -= 1
        if self.broken:
            raise StoreUnavailable("broken for the test")
        event = (Event(event_id=name) for name in wanted if not name.startswith("nobody"))
        return {e.event_id: Snapshot(event=e, epoch=1, counters=Counters()) for e in event}


@pytest.fixture
async def slow() -> SlowStore:
    """A store that answers until told not to."""
    return SlowStore()


@pytest.fixture
async def views(
    slow: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Views, Clock]]:
    """Views over it, by a clock of the test's own for the age of snapshots."""
    clock = Clock()
    monkeypatch.setattr(views_module, "monotonic", clock)
    made = Views(cast("Store", slow), Seals(b"x" * 32), lambda: NOW)
    made.start()
    yield made, clock
    await made.stop()


async def test_snapshots_are_shared(slow: SlowStore, views: tuple[Views, Clock]) -> None:
    """A thousand visitors at once cost the store a question or two."""
    answers = await asyncio.gather(*(views[0].get("sale") for _ in range(1000)))
    assert len({id(view) for view in answers}) == 1
    assert slow.asked <= 2


async def test_a_slow_store_is_bridged(
    slow: SlowStore, views: tuple[Views, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the store hangs the last snapshot is shown for two seconds, then it is 503."""
    seen, clock = views
    first = await seen.get("sale")
    slow.answers.clear()
    clock.time = first.taken + 0.2
    assert await seen.get("sale") is first
    clock.time = first.taken + 1.9
    assert await seen.get("sale") is first
    clock.time = first.taken + 2.1
    with monkeypatch.context() as impatient:
        impatient.setattr(views_module, "STALE", 0.05)  # how long one is waited for as well
        with pytest.raises(StoreUnavailable):
            await seen.get("sale")
    slow.answers.set()
    assert await seen.get("sale") is not first


async def test_a_broken_store_recovers(slow: SlowStore, views: tuple[Views, Clock]) -> None:
    """Who asks while reading fails is answered once it works again."""
    seen, _ = views
    slow.broken = True
    asking = asyncio.create_task(seen.get("sale"))
    await wait_until(lambda: slow.asked >= 2, description="the store was asked again")
    slow.broken = False
    assert (await asking).snapshot.event.event_id == "sale"


async def test_a_store_that_never_answers_is_asked_anew(
    slow: SlowStore, views: tuple[Views, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reading at a time: each is given up after a while, however many visitors wait."""
    monkeypatch.setattr(views_module, "STALE", 0.05)
    slow.answers.clear()
    asking = [asyncio.create_task(views[0].newer("sale")) for _ in range(100)]
    await wait_until(lambda: slow.asked >= 3, description="it was asked anew")
    assert slow.under_way <= 1
    slow.answers.set()
    assert len({id(view) for view in await asyncio.gather(*asking)}) == 1


async def test_asking_while_another_is_read(slow: SlowStore, views: tuple[Views, Clock]) -> None:
    """An event that is asked for during a reading of the store is not taken for unknown."""
    seen, clock = views
    await seen.get("sale")
    slow.answers.clear()
    asked = slow.asked
    await wait_until(lambda: slow.asked > asked, description="a reading has begun")
    clock.time += 0.01
    asking = asyncio.create_task(seen.get("other"))
    await asyncio.sleep(0)
    slow.answers.set()
    assert (await asking).snapshot.event.event_id == "other"


async def test_unknown_events_are_forgotten(slow: SlowStore, views: tuple[Views, Clock]) -> None:
    """Strangers who make up event IDs leave nothing behind."""
    seen, clock = views
    for n in range(20):
        clock.time += 0.001
        with pytest.raises(EventUnknown):
            await seen.get(f"nobody-{n}")
    clock.time += 0.001
    await seen.get("sale")
    assert set(seen._asked) == {"sale"}
