"""``GET /stream``: what operators watch, sent as it changes (server-sent events, WHATWG HTML 9.2).

What belongs here: who may listen, for how long, and sending. What they are told is in
``lookout.py``. What must change with it: ``docs/panel.md``, ``web/static/panel-feed.js``.

It is plain ASGI beside the framework, whose responses know neither a listener who is too slow nor a
server that is to stop, and whose time an answer of hours would be counted as.

Who does not take a single piece within ``SLOW`` is dropped. Every event says all there is to say of
its kind, so that nothing is to be caught up with after a gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Final

import msgspec
import structlog

from waitroom.apikeys import ApiKeys, Caller
from waitroom.control.auth import by_panel_session
from waitroom.control.lookout import Listener, Lookout, event
from waitroom.control.numbers import Observer
from waitroom.core.model import check_event_id
from waitroom.errors import (
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
from waitroom.observe.meter import Meter
from waitroom.stopping import told_to_stop

PATH: Final = "/stream"
SCOPE: Final = "read"
MOST: Final = 100  # listeners of one process: more operators than that are a script gone wrong
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


class Asked(msgspec.Struct, frozen=True):
    """What to listen to: all events at a glance, and one with every number if it is named."""

    event: str = ""


class Streams:
    """Answers ``/stream``; everything else goes on to ``rest``."""

    def __init__(self, lookout: Lookout, keys: ApiKeys, observer: Observer, meter: Meter) -> None:
        self._lookout = lookout
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
        self._lookout.end_all()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        try:
            listener = await self._admit(scope)
        except WaitroomError as error:
            self._count(scope, error.status, began)
            await error_reply(error)(send)
            return
        self._count(scope, 200, began)  # how long somebody listens says nothing of us
        self._lookout.add(listener)
        gone = asyncio.create_task(_until_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._serve(listener, scope, send)
        finally:
            self._lookout.remove(listener)
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
        if self.is_stopping or len(self._lookout) >= MOST:
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
    lookout = Lookout(observer)
    streams = Streams(lookout, keys, observer, meter)
    task = asyncio.create_task(lookout.run(), name="stream")
    try:
        with told_to_stop(streams.stop):
            yield streams
    finally:
        streams.stop()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
