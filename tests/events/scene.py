"""What the tests of delivery share: a clock to turn, endpoints that behave, planes on one store.

What belongs here: real servers on loopback, stopped at the end. No clock but the injected one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from waitroom.core.model import Event, Place
from waitroom.events.opened import Events, open_events
from waitroom.events.subscriptions import Made, Wanted
from waitroom.store import Store

NOW: Final = 1_800_000_000
SALE: Final = "sale"
BASE: Final = "https://line.example"
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
OK: Final = b"HTTP/1.1 204 No Content\r\n\r\n"


class Clock:
    """Stands still until it is turned."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


Answer = Callable[["Received", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent in it."""
        event: dict[str, Any] = json.loads(self.body)
        return event


async def good(_: Received, writer: asyncio.StreamWriter) -> None:
    """Takes it."""
    writer.write(OK)


def status(code: int, *headers: str) -> Answer:
    """Answers with this status."""

    async def answer(_: Received, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} As Told", "Content-Length: 0", *headers]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    return answer


async def hang(_: Received, writer: asyncio.StreamWriter) -> None:
    """Never answers, and goes when the other side has gone."""
    await writer.wait_closed()


@dataclass
class Endpoint:
    """A server on loopback. ``answer`` may be changed at any time; all that came is kept."""

    answer: Answer = good
    received: list[Received] = field(default_factory=list)
    port: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        """IDs of the messages that came, in order."""
        return [one.headers["webhook-id"] for one in self.received]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            while True:
                request = await _read(reader)
                self.received.append(request)
                await self.answer(request, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def end(self) -> None:
        """Close all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(first.split(" ")[1], headers, body)


@asynccontextmanager
async def endpoint(answer: Answer = good) -> AsyncIterator[Endpoint]:
    """An endpoint for as long as the block lasts."""
    one = Endpoint(answer)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        await one.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()


class Scene:
    """A store with an event, and control planes that deliver."""

    def __init__(self, store: Store, clock: Clock, secret: bytes, stack: AsyncExitStack) -> None:
        self.store = store
        self.clock = clock
        self.secret = secret
        self._stack = stack
        self.planes: list[Events] = []

    async def plane(self) -> Events:
        """One plane more."""
        opened = open_events(
            self.store, self.secret, self.clock, public_base=BASE, networks=LOOPBACK
        )
        events = await self._stack.enter_async_context(opened)
        self._stack.push_async_callback(events.delivery.stop)
        self.planes.append(events)
        return events

    async def endpoint(self, answer: Answer = good) -> Endpoint:
        """One endpoint more."""
        return await self._stack.enter_async_context(endpoint(answer))

    async def webhook(self, url: str, **wanted: Any) -> Made:
        """Subscribe it."""
        return await self.planes[0].subscriptions.add(Wanted(kind="webhook", url=url, **wanted))

    async def deliver(self, seconds: int = 0, step: int = 1) -> None:
        """Let every plane do its work now, and each ``step`` of the ``seconds`` that follow."""
        for n in range(0, seconds + 1, step):
            self.clock.now += step if n else 0
            for plane in self.planes:
                await plane.delivery.tick()
            for plane in self.planes:
                await plane.delivery.settle()

    async def happen(self, times: int = 1, event_id: str = SALE) -> list[str]:
        """So many facts; the IDs of their messages."""
        before = {fact.seq for fact in await self.store.facts(event_id, 0, 10_000)}
        for _ in range(times):
            await self.store.advance(event_id, 1, int(self.clock()))
        after = await self.store.facts(event_id, 0, 10_000)
        return [f"{event_id}-{fact.seq}" for fact in after if fact.seq not in before]

    async def admit(self, event_id: str = SALE) -> Place:
        """Somebody joins, is called and let in."""
        now = int(self.clock())
        given = await self.store.join(event_id, 1, now)
        await self.store.advance(event_id, given.first, now)
        place = Place(given.first, given.entry_time)
        await self.store.admit(event_id, given.epoch, place, now, "https://i.example", 60)
        return place


@asynccontextmanager
async def scene(store: Store, secret: bytes, *, planes: int = 1) -> AsyncIterator[Scene]:
    """A scene with the event ``SALE`` and so many planes."""
    clock = Clock()
    await store.create_event(Event(event_id=SALE), NOW)
    async with AsyncExitStack() as stack:
        made = Scene(store, clock, secret, stack)
        for _ in range(planes):
            await made.plane()
        yield made
