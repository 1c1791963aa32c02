"""``GET /stream``: what operators watch, sent as it changes (server-sent events, WHATWG HTML 9.2).

What belongs here: who may listen, one look for all who do, and sending. What is seen stands in
``numbers.py``. What must change with it: ``docs/panel.md``, ``web/static/panel-live.js``.

It is plain ASGI beside the framework, whose responses know neither a listener who is too slow nor a
server that is to stop, and whose time an answer of hours would be counted as.

One task looks at the store, once for all listeners, and only while there are any; what it found is
encoded once. A listener holds no more than the newest of each kind of event: one that falls behind
misses numbers, never grows, and is dropped if a single piece takes longer than ``SLOW``. Every
event says all there is to say of its kind, so that nothing is to be caught up with after a gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, Final

import msgspec
import structlog

from waitroom.apikeys import ApiKeys, Caller
from waitroom.control.auth import by_panel_session
from waitroom.control.numbers import Observer
from waitroom.core.model import check_event_id
from waitroom.errors import (
    EventNotFound,
    Forbidden,
    MethodNotAllowed,
    StoreUnavailable,
    TooManyListeners,
    Unauthorized,
    WaitroomError,
)
from waitroom.http import (
    NO_STORE,
    NOSNIFF,
    App,
    Headers,
    Receive,
    Scope,
    Send,
    decode_query,
    error_reply,
)
from waitroom.logs import Seldom
from waitroom.observe.meter import Meter
from waitroom.stopping import told_to_stop

PATH: Final = "/stream"
SCOPE: Final = "read"
MOST: Final = 100  # listeners of one process: more operators than that are a script gone wrong
TICK: Final = 1.0  # s between two looks
OVERVIEW_EACH: Final = 2  # looks
BEAT: Final = 5.0  # s between two signs of life: proxies cut what is silent, and pages wonder
CHECK: Final = 20.0  # s between two looks whether the session still holds
SLOW: Final = 10.0  # s that sending one piece may take
AGAIN: Final = 2_000  # ms after which browsers come back when the connection broke

_HEADERS: Final[Headers] = [
    (b"content-type", b"text/event-stream"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back until it has a pageful
    NO_STORE,
    NOSNIFF,
]

log = structlog.get_logger("waitroom.control")
_complain = Seldom(log.error)


class Asked(msgspec.Struct, frozen=True):
    """What to listen to: all events at a glance, and one with every number if it is named."""

    event: str = ""


class Listener:
    """What one connection is still to be sent: of each kind of event the newest."""

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.waiting: dict[str, bytes] = {}
        self.wake = asyncio.Event()
        self.is_over = False
        self.is_gone = False

    def put(self, kind: str, piece: bytes) -> None:
        """Send this next, instead of what of its kind was not sent yet."""
        self.waiting[kind] = piece
        self.wake.set()

    def leave(self) -> None:
        """There is nobody to send to any more."""
        self.is_gone = True
        self.end()

    def end(self, kind: str = "", said: object = None) -> None:
        """Nothing more, but for one last event if it has a name."""
        if kind:
            self.put(kind, event(kind, said))
        self.is_over = True
        self.wake.set()

    def take(self) -> bytes:
        """All that is to be sent now."""
        pieces, self.waiting = self.waiting, {}
        self.wake.clear()
        return b"".join(pieces.values())


class Sampler:
    """Looks for all listeners at once, and tells each what is new to it."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._listeners: set[Listener] = set()
        self._last: dict[tuple[str, str], tuple[object, bytes]] = {}
        self._wake = asyncio.Event()
        self._looks = 0
        self._is_troubled = False

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, listener: Listener) -> None:
        """Tell ``listener`` from now on; at once what is known, so that many who come cost one
        look a second as few do."""
        self._listeners.add(listener)
        known = set()
        for (kind, event_id), (_, piece) in self._last.items():
            if event_id in {"", listener.event_id}:
                listener.put(kind, piece)
                known.add(event_id)
        if self._is_troubled:
            listener.put("trouble", _TROUBLE)
        if known < {"", listener.event_id}:
            self._wake.set()

    def remove(self, listener: Listener) -> None:
        """Tell it nothing more."""
        self._listeners.discard(listener)

    def end_all(self) -> None:
        """End every listener: the process is to stop. Their browsers come back by themselves."""
        for listener in self._listeners:
            listener.end()

    async def run(self) -> None:
        """Look each second while somebody listens; for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._listeners:
                await self.look()
            else:
                self._last.clear()  # who comes next is not to see what was
            if self._listeners:
                with suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._wake.wait()
                self._wake.set()

    async def look(self) -> None:
        """Look once, and tell of what has changed."""
        try:
            await self._look()
            self._is_troubled = False
        except (StoreUnavailable, TimeoutError):
            self._tell_trouble()
        except Exception as error:  # noqa: BLE001 - this task must outlive whatever happens
            _complain("what operators watch could not be read", exc_info=error)
            self._tell_trouble()

    async def _look(self) -> None:
        everything = ("overview", "")
        if self._is_troubled or everything not in self._last or self._looks % OVERVIEW_EACH == 0:
            self._tell(*everything, await self._observer.overview())
        self._looks += 1
        watched = {listener.event_id for listener in self._listeners} - {""}
        for event_id in sorted(watched):
            try:
                self._tell("numbers", event_id, await self._observer.numbers(event_id))
            except EventNotFound:
                self._tell("gone", event_id, {"event_id": event_id})
        for key in [key for key in self._last if key[1] not in {"", *watched}]:
            del self._last[key]

    def _tell(self, kind: str, event_id: str, found: object) -> None:
        """Tell those concerned, if it is other news than the last of its kind."""
        said = msgspec.to_builtins(found, str_keys=True)
        news = _without_now(said)
        known = self._last.get((kind, event_id))
        if known is not None and known[0] == news and not self._is_troubled:
            return
        piece = event(kind, said)
        self._last[kind, event_id] = news, piece
        other = {"numbers": "gone", "gone": "numbers"}.get(kind, "")
        self._last.pop((other, event_id), None)
        for listener in self._listeners:
            if event_id in {"", listener.event_id}:
                listener.put(kind, piece)

    def _tell_trouble(self) -> None:
        if not self._is_troubled:
            self._is_troubled = True
            for listener in self._listeners:
                listener.put("trouble", _TROUBLE)


def event(kind: str, said: object) -> bytes:
    """One event as it goes over the wire. JSON has no line breaks of its own."""
    return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(said) + b"\n\n"


_TROUBLE: Final = event("trouble", {"why": "store"})


def _without_now(said: Any) -> Any:
    """What is news in ``said``: that time goes on is none."""
    if not isinstance(said, dict):
        return said
    return {name: _without_now(value) for name, value in said.items() if name != "now"}


class Streams:
    """Answers ``/stream``; everything else goes on to ``rest``."""

    def __init__(self, sampler: Sampler, keys: ApiKeys, observer: Observer, meter: Meter) -> None:
        self._sampler = sampler
        self._keys = keys
        self._observer = observer
        self._meter = meter
        self.is_stopping = False

    def before(self, rest: App) -> App:
        """``rest``, with streams in front of it."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == PATH:
                await self._answer(scope, receive, send)
            else:
                await rest(scope, receive, send)

        return app

    def stop(self) -> None:
        """End all streams, and take no more."""
        self.is_stopping = True
        self._sampler.end_all()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        try:
            listener = await self._admit(scope)
        except WaitroomError as error:
            self._count(scope, error.status, began)
            await error_reply(error)(send)
            return
        self._count(scope, 200, began)  # how long somebody listens says nothing of us
        self._sampler.add(listener)
        gone = asyncio.create_task(_until_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._serve(listener, scope, send)
        finally:
            self._sampler.remove(listener)
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone

    def _count(self, scope: Scope, status: int, began: float) -> None:
        self._meter.request(PATH, scope["method"], status, perf_counter() - began)

    async def _admit(self, scope: Scope) -> Listener:
        if scope["method"] != "GET":
            raise MethodNotAllowed(("GET",))
        await self._caller(scope)
        event_id = decode_query(scope["query_string"], Asked).event
        if event_id:
            await self._observer.check_there(check_event_id(event_id))
        if self.is_stopping or len(self._sampler) >= MOST:
            raise TooManyListeners
        return Listener(event_id)

    async def _caller(self, scope: Scope) -> Caller:
        caller = await by_panel_session(self._keys, scope)
        caller.require(SCOPE)
        return caller

    async def _serve(self, listener: Listener, scope: Scope, send: Send) -> None:
        """Send until it is over, whoever ended it."""
        clock = asyncio.get_running_loop().time
        beat_at, check_at = clock() + BEAT, clock() + CHECK
        await _send(send, b"retry: %d\n\n" % AGAIN)
        try:
            while not listener.is_over:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(min(beat_at, check_at)):
                        await listener.wake.wait()
                if clock() >= check_at:
                    check_at = clock() + CHECK
                    await self._check(listener, scope)
                if clock() >= beat_at:
                    beat_at = clock() + BEAT
                    listener.put("beat", event("beat", {"now": self._observer.now()}))
                if not listener.is_over:
                    await _send(send, listener.take())
            if not listener.is_gone:
                await _send(send, listener.take(), more=False)
        except TimeoutError:  # it does not read; its connection is closed with the answer cut off
            log.info("a listener was too slow and is dropped", waited=SLOW)

    async def _check(self, listener: Listener, scope: Scope) -> None:
        """End it if its session has ended or may no longer read."""
        try:
            await self._caller(scope)
        except (Unauthorized, Forbidden) as error:
            listener.end("bye", {"why": error.code})
        except StoreUnavailable:
            pass  # the next check tells; that the session's time is over is known without a store


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.leave()


async def _send(send: Send, piece: bytes, *, more: bool = True) -> None:
    """Send it. Raises ``TimeoutError`` if the listener does not take it."""
    if piece or not more:
        async with asyncio.timeout(SLOW):
            await send({"type": "http.response.body", "body": piece, "more_body": more})


@asynccontextmanager
async def streaming(observer: Observer, keys: ApiKeys, meter: Meter) -> AsyncIterator[Streams]:
    """Streams that run meanwhile, and end when the process is told to stop."""
    sampler = Sampler(observer)
    streams = Streams(sampler, keys, observer, meter)
    task = asyncio.create_task(sampler.run(), name="stream")
    try:
        with told_to_stop(streams.stop):
            yield streams
    finally:
        streams.stop()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
