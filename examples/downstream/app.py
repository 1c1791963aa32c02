"""A site that measures its own load and puts its gate up only while it is busy.

Run it from the directory ``examples``, in one process (each would measure only its own load)::

    granian --interface asgi --factory downstream.app:create_app --port 8093
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import httpx
from litestar import Litestar, get

from downstream.insiders import Insiders
from downstream.pressure import Pressure
from waitroom.authorizer import Gate, WaitroomMiddleware
from waitroom.authorizer.asgi import App

log = logging.getLogger("downstream")
LOOK = 1.0  # s between two looks at the room's line


@get(["/", "/{path:path}"], media_type="text/plain")
async def page() -> str:
    """A page that takes its time."""
    await asyncio.sleep(float(os.environ.get("SITE_WORK", "0.2")))
    return "Here you are.\n"


class Line:
    """How many wait in the room, as of the last look. Nobody could be asked yet: 0."""

    def __init__(self, room: str, event: str) -> None:
        self._url = f"{room}/api/waiting_num?event_id={event}"
        self.waiting = 0

    async def watch(self, pressure: Pressure) -> None:
        """Look again and again. While the room is out of reach, the last answer counts."""
        async with httpx.AsyncClient(timeout=LOOK) as client:
            while True:
                try:
                    self.waiting = int((await client.get(self._url)).json()["waiting_num"])
                except (httpx.HTTPError, ValueError, KeyError) as error:
                    log.warning("the room's line could not be read: %s", error)
                pressure.look(time.time(), self.waiting)  # it may be calm because nobody comes
                await asyncio.sleep(LOOK)


def counted(site: App, pressure: Pressure) -> App:
    """``site``, with what is under way counted: of those let in directly and of those with a token,
    but not the redirects of the gate, which cost nothing."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await site(scope, receive, send)
            return
        pressure.under_way += 1
        try:
            await site(scope, receive, send)
        finally:
            pressure.under_way -= 1

    return app


class Downstream:
    """``site`` with its gate up while it is busy (ASGI 3)."""

    def __init__(self, site: App, gated: App, line: Line, pressure: Pressure) -> None:
        self._site = site
        self._gated = gated
        self._line = line
        self._pressure = pressure
        self._insiders = Insiders(secrets.token_bytes(32), lasts=900)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let in directly, or leave it to the gate."""
        if scope["type"] == "lifespan":
            await self._site(scope, receive, send)
            return
        now = time.time()
        cookies = [v.decode("latin-1") for k, v in scope["headers"] if k == b"cookie"]
        inside = any(self._insiders.knows(header, now) for header in cookies)
        if self._pressure.look(now, self._line.waiting) and not inside:
            await self._gated(scope, receive, send)
        else:
            await self._site(scope, receive, self._stamped(send, now))

    def _stamped(self, send: Any, now: float) -> Any:
        async def stamped(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                cookie = self._insiders.cookie(now).encode()
                message["headers"] = [*message.get("headers", []), (b"set-cookie", cookie)]
            await send(message)

        return stamped


def create_app() -> App:
    """The site at ``SITE_URL``, whose waiting room is ``ROOM_URL`` and event ``EVENT_ID``."""
    room, event = os.environ["ROOM_URL"], os.environ["EVENT_ID"]
    line = Line(room, event)
    gate = Gate.of_event(event, waitroom_url=room, site_url=os.environ["SITE_URL"])
    pressure = Pressure(
        high=int(os.environ.get("SITE_HIGH", "20")),
        low=int(os.environ.get("SITE_LOW", "5")),
        calm_for=float(os.environ.get("SITE_CALM_FOR", "30")),
    )

    @asynccontextmanager
    async def watching(_app: Litestar) -> AsyncIterator[None]:
        watch = asyncio.create_task(line.watch(pressure))
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    site = counted(
        cast("App", Litestar([page], lifespan=[watching], openapi_config=None)), pressure
    )
    return Downstream(site, WaitroomMiddleware(site, gate=gate), line, pressure)
