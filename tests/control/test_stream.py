"""The streams of one process: one look for all who listen, and none who stay too long."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from planes import NOW, Plane

from waiting import wait_until
from waitroom.apikeys import SESSION_SECONDS, ApiKeys, NewKey
from waitroom.control import lookout, stream
from waitroom.control.numbers import Observer
from waitroom.control.stream import Streams, streaming
from waitroom.core.model import Event
from waitroom.http import App, Receive, Scope, Send
from waitroom.observe.meter import Meter


class Control:
    """What listens on one plane, and a key to log in with."""

    def __init__(self, plane: Plane, secret: bytes) -> None:
        self.plane = plane
        self.keys = ApiKeys(plane.store, secret, lambda: plane.time)
        self.meter = Meter("control")
        self.key: NewKey | None = None
        self.streams: Streams | None = None

    @asynccontextmanager
    async def running(self, *scopes: str) -> AsyncIterator[App]:
        """The streams' application, for a key with those scopes."""
        self.key = await self.keys.create("operator", scopes)
        async with streaming(Observer(self.plane.service), self.keys, self.meter) as streams:
            self.streams = streams
            yield streams.before(_nothing)

    async def cookie(self) -> str:
        """The cookie of a session."""
        assert self.key is not None
        return self.keys.open_session(await self.keys.by_bearer(self.key.key))


class Browser:
    """One listener: what it was sent, and how it leaves or stops reading."""

    def __init__(self, app: App, cookie: str, query: str = "") -> None:
        self.status = 0
        self.sent = b""
        self.is_whole = False
        self.reads = asyncio.Event()
        self.reads.set()
        self._left = asyncio.Event()
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": "/stream",
            "query_string": query.encode(),
            "headers": [
                (b"cookie", f"waitroom_panel={cookie}".encode()),
                (b"sec-fetch-site", b"same-origin"),
            ],
        }
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))

    def heard(self, kind: str) -> list[Any]:
        """The events of a kind, so far."""
        found = re.findall(rf"event: {kind}\ndata: (.*)\n\n", self.sent.decode())
        return [json.loads(one) for one in found]

    async def hears(self, kind: str, times: int = 1) -> Any:
        """Return the last of a kind when there are so many."""
        await wait_until(lambda: len(self.heard(kind)) >= times, description=f"{times} {kind}")
        return self.heard(kind)[-1]

    async def hears_queue(self, queue: int) -> None:
        """Return when the newest numbers say that so many places were given out."""
        await wait_until(
            lambda: self.heard("numbers")[-1]["counters"]["queue_counter"] == queue,
            description=f"a queue of {queue} is heard",
        )

    async def leave(self) -> None:
        """Close the connection."""
        self._left.set()
        await self.task

    async def _receive(self) -> MutableMapping[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        await self.reads.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.sent += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise AssertionError("only streams are asked for")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds are hundredths."""
    for module, name in ((lookout, "TICK"), (stream, "BEAT"), (stream, "CHECK"), (stream, "SLOW")):
        monkeypatch.setattr(module, name, getattr(module, name) / 100)


@pytest.fixture
async def control(tmp_path: Path, secret: bytes) -> AsyncIterator[Control]:
    """A plane with an event in whose line people wait."""
    plane = Plane(tmp_path / "store.db", secret)
    await plane.crowd(people=10)
    yield Control(plane, secret)
    await plane.close()


async def test_one_look_for_all(control: Control) -> None:
    """Twenty listeners cost the store what one does, and nobody none at all."""
    asked = control.plane.store.asked
    async with control.running("read") as app:
        await asyncio.sleep(0)
        asked.clear()
        cookie = await control.cookie()
        listeners = [Browser(app, cookie) for _ in range(20)]
        for one in listeners:
            await one.hears("overview")
        lists = asked["event_ids"]
        assert lists <= 3
        for one in listeners:
            await one.leave()
        await asyncio.sleep(0)
        asked.clear()
        late = asyncio.get_running_loop().time() + 10 * lookout.TICK
        await wait_until(
            lambda: asyncio.get_running_loop().time() > late, description="looks would be due"
        )
        assert asked["event_ids"] == 0


async def test_who_comes_when_the_last_has_left(control: Control) -> None:
    """They hear how it is, and go on hearing, at whatever moment of a look the last one left."""
    async with control.running("read") as app:
        cookie = await control.cookie()
        for turn in range(30):
            last = Browser(app, cookie, "event=sale")
            if turn % 3:
                await last.hears("overview" if turn % 3 == 1 else "numbers")
            await last.leave()
        one = Browser(app, cookie, "event=sale")
        await one.hears("numbers")
        for place in range(3):
            await control.plane.store.join("sale", 1, NOW)
            await one.hears_queue(11 + place)
        await one.leave()


async def test_only_what_changes_is_sent(control: Control) -> None:
    """No event for a look that found the same, though time goes on."""
    async with control.running("read") as app:
        one = Browser(app, await control.cookie(), "event=sale")
        await one.hears("numbers")
        for beats in range(1, 7):
            control.plane.time += 1
            await one.hears("beat", beats)
        before = len(one.heard("numbers"))
        assert before <= 2  # the second once a pace is known
        await control.plane.store.join("sale", 5, NOW)
        said = await one.hears("numbers", before + 1)
        assert said["counters"]["queue_counter"] == 15
        await one.leave()
        assert not one.is_whole  # nothing is sent to who has left


async def test_who_does_not_read_is_dropped(control: Control) -> None:
    """It holds up neither the others nor the memory, and its stream ends."""
    async with control.running("read") as app:
        cookie = await control.cookie()
        slow, other = Browser(app, cookie, "event=sale"), Browser(app, cookie, "event=sale")
        await slow.hears("numbers")
        slow.reads.clear()
        for place in range(3):
            await control.plane.store.join("sale", 1, NOW)
            await other.hears("numbers", place + 2)
        await asyncio.wait_for(slow.task, 5)
        assert not slow.is_whole  # cut off, so its browser comes back
        assert not other.task.done()
        await other.leave()


@pytest.mark.parametrize("why", ["revoked", "over"])
async def test_a_session_that_ends(control: Control, why: str) -> None:
    """Its stream says so and ends soon, when the key is revoked or the twelve hours are over."""
    async with control.running("read") as app:
        assert control.key is not None
        one = Browser(app, await control.cookie())
        await one.hears("overview")
        if why == "revoked":
            await control.keys.revoke(control.key.key_id)
        else:
            control.plane.time += SESSION_SECONDS
        assert await one.hears("bye") == {"why": "unauthorized"}
        await asyncio.wait_for(one.task, 5)
        assert one.is_whole


async def test_a_store_that_is_away(control: Control) -> None:
    """Listeners are told once, stay, and hear how it is when it is back."""
    async with control.running("read") as app:
        one = Browser(app, await control.cookie())
        await one.hears("overview")
        control.plane.store.away.add("the list")
        assert await one.hears("trouble") == {"why": "store"}
        late = Browser(app, await control.cookie())
        await late.hears("trouble")
        await one.hears("beat")
        assert len(one.heard("trouble")) == 1
        before = len(one.heard("overview"))
        control.plane.store.away.clear()
        await one.hears("overview", before + 1)
        await late.hears("overview")
        await one.leave()
        await late.leave()


async def test_an_event_that_comes_and_goes(control: Control) -> None:
    """Its listeners hear that it is gone, and hear of it again if it is made anew."""
    async with control.running("admin") as app:
        one = Browser(app, await control.cookie(), "event=sale")
        await one.hears("numbers")
        await control.plane.store.delete_event("sale")
        assert await one.hears("gone") == {"event_id": "sale"}
        before = len(one.heard("numbers"))
        await control.plane.store.create_event(Event(event_id="sale"), NOW)
        said = await one.hears("numbers", before + 1)
        assert said["counters"]["queue_counter"] == 0
        await one.leave()


async def test_the_end_of_the_process(control: Control) -> None:
    """All streams end at once and whole, without a last word; none is begun any more."""
    async with control.running("read") as app:
        cookie = await control.cookie()
        listeners = [Browser(app, cookie) for _ in range(3)]
        for one in listeners:
            await one.hears("overview")
        assert control.streams is not None
        control.streams.stop()
        for one in listeners:
            await asyncio.wait_for(one.task, 5)
            assert one.is_whole
            assert not one.heard("bye")
        late = Browser(app, cookie)
        await late.task
        assert late.status == 503


async def test_how_long_somebody_listens_is_no_slow_answer(control: Control) -> None:
    """A stream is counted when it begins."""
    async with control.running("read") as app:
        one = Browser(app, await control.cookie())
        await one.hears("beat")
        assert control.meter.requests.keys() == {("/stream", "GET", 200)}
        await one.leave()
        assert len(control.meter.requests) == 1
