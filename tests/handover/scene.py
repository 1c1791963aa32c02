"""A public plane in this process with a clock that tests set, and what visitors and gates do there.

What belongs here: one call a step. Real store, real keys, the real lane; only the socket and the
framework's pages are left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from waitroom.core.model import Event
from waitroom.errors import NotFound, WaitroomError
from waitroom.handover import HandOvers
from waitroom.http import Scope, error_reply
from waitroom.oidc.provider import Provider
from waitroom.public.api import Desk
from waitroom.public.enter import Entrance
from waitroom.public.lane import Lane
from waitroom.public.plain import PlainRoom
from waitroom.public.plain_page import Pages
from waitroom.public.themes import Themes
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings

BASE: Final = "https://queue.example"
SHOP: Final = "https://shop.example"
NUMBERS: Final = count(1)
BACK: Final = f"{SHOP}/seats?row=1&a=%20+b#top"


class Clock:
    """The time, as the test has it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000

    def __call__(self) -> float:
        return float(self.now)


class Door:
    """An entry check that a test may shut; it notes whom it was asked about."""

    def __init__(self) -> None:
        self.refusal: WaitroomError | None = None
        self.asked: list[str] = []

    async def __call__(self, _scope: Scope, event_id: str) -> None:
        self.asked.append(event_id)
        if self.refusal is not None:
            raise self.refusal


@dataclass
class Scene:
    """The plane, and who is at it."""

    runtime: Runtime
    clock: Clock
    door: Door
    hand_overs: HandOvers
    resumed: list[tuple[str, str, str]] = field(default_factory=list)
    base: str = BASE

    def __post_init__(self) -> None:
        service = self.runtime.service
        secure = self.base.startswith("https")
        plain = PlainRoom(
            service,
            self.hand_overs,
            Provider(service, self.runtime.secret, lambda event_id: event_id, self.base),
            Pages(Themes(self.runtime.store)),
            (self.door,),
            public_base=self.base,
        )
        entrance = Entrance(
            service, self.hand_overs, nothing, (self.door,), plain=plain, secure=secure
        )
        self.lane = Lane(service, entrance, desk=Desk(service, self.hand_overs, self.resume))
        self.http = self.browser()

    def at(self, base: str) -> Scene:
        """The same plane where visitors reach it at ``base``."""
        hand_overs = HandOvers(self.runtime.service, self.runtime.secret, base)
        return Scene(self.runtime, self.clock, self.door, hand_overs, base=base)

    def browser(self) -> httpx.AsyncClient:
        """Somebody's browser, with cookies of its own, that does not follow redirects."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.lane), base_url=self.base)

    async def resume(self, event_id: str, request_id: str, sealed: str) -> str:
        """What an OpenID Connect client would wait for."""
        self.resumed.append((event_id, request_id, sealed))
        return "https://client.example/back?code=c"

    async def event(self, **settings: Any) -> str:
        """A new event that leads to the shop; its ID."""
        known = {"event_id": f"sale-{next(NUMBERS)}", "return_urls": (SHOP,), **settings}
        event = await self.runtime.service.create_event(Event(**known))
        return event.event_id

    async def waiting(self, event_id: str) -> str:
        """The request ID of somebody in line."""
        return (await self.runtime.service.join(event_id)).request_id

    async def called(self, event_id: str) -> str:
        """The request ID of somebody whose turn it is."""
        request_id = await self.waiting(event_id)
        await self.runtime.service.advance(event_id, 1)
        return request_id

    async def hand_over(self, event_id: str, request_id: str, **more: str) -> httpx.Response:
        """What the page asks."""
        asked = {"event_id": event_id, "request_id": request_id, **more}
        return await self.http.post("/api/hand_over", json=asked)

    async def redeem(self, event_id: str, code: str, site: str = SHOP) -> httpx.Response:
        """What a gate asks."""
        asked = {"event_id": event_id, "code": code, "site_url": site}
        return await self.http.post("/api/redeem", json=asked)

    async def code(self, event_id: str, back: str = BACK) -> str:
        """A code for somebody who was let in just now."""
        said = await self.hand_over(event_id, await self.called(event_id), return_url=back)
        return code_in(said.json()["location"])

    async def joined(self, event_id: str) -> int:
        """How many places were given out."""
        return (await self.runtime.service.snapshot(event_id)).counters.queue


def code_in(location: str) -> str:
    """The code that a redirect carries."""
    (code,) = parse_qs(urlsplit(location).query)["waitroom_code"]
    return code


async def nothing(_scope: Any, _receive: Any, send: Any) -> None:
    """In place of the framework."""
    await error_reply(NotFound())(send)


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[Scene]:
    """A plane for as long as the block lasts."""
    clock = Clock()
    settings = Settings(data_dir=data_dir, public_url=BASE)
    async with open_runtime(settings, clock) as runtime, serving(runtime):
        hand_overs = HandOvers(runtime.service, runtime.secret, BASE)
        yield Scene(runtime, clock, Door(), hand_overs)
