"""A gate that is asked as a gateway asks it: the real parts in this process, on a store of its own.

What belongs here: admitting visitors, and putting a gateway's question together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from waitroom.core.model import Event
from waitroom.handover import HandOvers
from waitroom.http import Reply, Scope
from waitroom.public.gate import ForwardAuth
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings

EVENT: Final = "sale"
ROOM: Final = "https://queue.example"
SHOP: Final = "https://shop.example"
GATEWAY: Final = "127.0.0.1"
STRANGER: Final = "203.0.113.9"
ENTER: Final = f"{ROOM}/enter/{EVENT}"

Headers = list[tuple[bytes, bytes]]


@dataclass
class Clock:
    """A clock to be moved; epoch seconds."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@dataclass
class Desk:
    """A gate, and the waiting room behind it."""

    runtime: Runtime
    hand_overs: HandOvers
    gate: ForwardAuth
    clock: Clock

    async def event(self, event_id: str = EVENT, **settings: Any) -> None:
        """An event that leads to the shop."""
        led = {"target_url": f"{SHOP}/", "return_urls": (f"{SHOP}/",)} | settings
        await self.runtime.service.create_event(Event(event_id=event_id, **led))

    async def admit(self, event_id: str = EVENT) -> tuple[str, str]:
        """A new visitor who is let in: request ID and access token."""
        joined = await self.runtime.service.join(event_id)
        await self.runtime.service.advance(event_id, 1)
        tokens = await self.runtime.service.admit(event_id, joined.request_id)
        return joined.request_id, tokens.access_token

    async def code_for(self, request_id: str, path: str = "/checkout", site: str = SHOP) -> str:
        """Path and query with which the room sends that visitor back to the site."""
        onward = await self.hand_overs.onward(EVENT, request_id, f"{site}{path}")
        return onward.location.removeprefix(site)

    async def ask(
        self,
        uri: str | bytes = "/checkout",
        *,
        query: str = "",
        check: str = f"/verify/{EVENT}",
        client: str = GATEWAY,
        method: str = "GET",
        more: Headers | None = None,
        bare: bool = False,
        **told: str,
    ) -> Reply:
        """What the gate says of a page that a visitor asks for; ``cookie``, ``bearer`` in
        ``told``. ``bare``: without the gateway's headers."""
        headers = _headers(uri, method, told, bare=bare) + (more or [])
        scope: Scope = {
            "type": "http",
            "method": "GET" if check.count("/") < 3 else method,
            "path": check,
            "raw_path": check.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "headers": headers,
            "client": (client, "40000"),
        }
        return await self.gate.answer(scope)


def _headers(uri: str | bytes, method: str, told: dict[str, str], *, bare: bool) -> Headers:
    found: Headers = [(b"accept", told.pop("accept", "text/html").encode())]
    if not bare:
        found += [
            (b"x-forwarded-method", method.encode()),
            (b"x-forwarded-proto", told.pop("proto", "https").encode()),
            (b"x-forwarded-host", told.pop("host", "shop.example").encode()),
            (b"x-forwarded-uri", uri if isinstance(uri, bytes) else uri.encode()),
        ]
    if "cookie" in told:
        found.append((b"cookie", f"waitroom_{EVENT}={told['cookie']}".encode()))
    if "bearer" in told:
        found.append((b"authorization", f"Bearer {told['bearer']}".encode()))
    return found


def value(reply: Reply, name: str) -> str:
    """The header ``name`` of a reply; empty if it has none."""
    return next((v.decode() for n, v in reply.headers if n == name.encode()), "")


def returns_to(reply: Reply) -> str:
    """Where the waiting room would send a visitor back to; fails if it is not the room."""
    location = value(reply, "location") or value(reply, "x-waitroom-location")
    assert location == ENTER or location.startswith(f"{ENTER}?"), location
    return parse_qs(urlsplit(location).query).get("return", [""])[0]


def reason(reply: Reply) -> str:
    """Why a token was refused, as the room is told."""
    return parse_qs(urlsplit(value(reply, "location")).query).get("refused", [""])[0]


@asynccontextmanager
async def desk(data_dir: Path, **settings: Any) -> AsyncIterator[Desk]:
    """A gate that believes gateways on this machine; ES256 keys are made in no time."""
    chosen: dict[str, Any] = {
        "data_dir": data_dir,
        "public_url": ROOM,
        "trusted_proxies": ("127.0.0.0/8",),
        "algorithm": "ES256",
    }
    clock = Clock()
    async with open_runtime(Settings(**(chosen | settings)), clock) as runtime, serving(runtime):
        hand_overs = HandOvers(runtime.service, runtime.secret, ROOM)
        made = Desk(runtime, hand_overs, ForwardAuth(runtime, hand_overs), clock)
        await made.event()
        yield made
