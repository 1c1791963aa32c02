"""A public plane in this process with a clock that tests set, and what clients and visitors do.

What belongs here: the way through the provider as one call a step, so that a test changes the one
thing it is about. Real store, real keys, real HTTP layers; only the socket is left out.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlsplit

import httpx

from waitroom.core.clients import OidcClient
from waitroom.core.model import Event
from waitroom.http import App, Receive, Scope, Send, pass_on
from waitroom.oidc.provider import Provider
from waitroom.pages import web_app
from waitroom.public.app import handlers
from waitroom.public.place_cookie import name
from waitroom.public.themes import Themes
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings
from waitroom.tokens.sign import sign_claims

BASE: Final = "https://queue.example"
BACK: Final = "https://shop.example/oidc/back?from=queue"
OUT: Final = "https://shop.example/bye"
OTHER_BACK: Final = "https://other.example/cb"
OTHER_OUT: Final = "https://other.example/bye"
APP_BACK: Final = "http://127.0.0.1:3999/cb"
SECRET: Final = "s" * 43
VERIFIER: Final = "v" * 43
CHALLENGE: Final = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
FORM: Final = "application/x-www-form-urlencoded"


def digest(secret: str) -> str:
    """What is stored of a client secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


SHOP: Final = OidcClient(
    client_id="shop",
    redirect_uris=(BACK, "https://shop.example/cb"),
    post_logout_redirect_uris=(OUT,),
    secret_digest=digest(SECRET),
)
OTHER: Final = OidcClient(
    client_id="other",
    redirect_uris=(OTHER_BACK, BACK),
    post_logout_redirect_uris=(OTHER_OUT,),
    secret_digest=digest("o" * 43),
)
APP: Final = OidcClient(client_id="app", redirect_uris=(APP_BACK,))
CLIENTS: Final = (SHOP, OTHER, APP)


class Clock:
    """The time, as the test has it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000

    def __call__(self) -> float:
        return float(self.now)


def answer_in(location: str) -> dict[str, str]:
    """The parameters that a redirect carries."""
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def payload(token: str) -> dict[str, Any]:
    """What a JWT says, unverified."""
    part = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def basic(client_id: str, secret: str) -> str:
    """An ``Authorization`` header."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@dataclass
class Scene:
    """The plane, and who is at it."""

    runtime: Runtime
    provider: Provider
    clock: Clock
    http: httpx.AsyncClient
    made: int = 0

    async def event(self, **settings: Any) -> str:
        """A new event with the three clients; its ID."""
        self.made += 1
        event_id = f"sale-{self.made}"
        await self.runtime.service.create_event(
            Event(event_id=event_id, **({"oidc_clients": CLIENTS} | settings))
        )
        return event_id

    async def waiting(self, event_id: str) -> str:
        """The request ID of somebody in line."""
        return (await self.runtime.service.join(event_id)).request_id

    async def called(self, event_id: str) -> str:
        """The request ID of somebody whose turn it is, and who has no token yet."""
        request_id = await self.waiting(event_id)
        await self.runtime.service.advance(event_id, 1)
        return request_id

    async def admitted(self, event_id: str) -> str:
        """The request ID of somebody who has been admitted."""
        request_id = await self.called(event_id)
        await self.runtime.service.admit(event_id, request_id)
        return request_id

    async def authorize(
        self, event_id: str, *places: str, method: str = "GET", **changed: str | None
    ) -> httpx.Response:
        """A visitor with ``places`` in the cookie brings an authorization request of the shop.

        ``changed``: parameters; None leaves one out.
        """
        given = {
            "response_type": "code",
            "client_id": "shop",
            "redirect_uri": BACK,
            "scope": "openid",
            "state": "the state",
            "nonce": "the nonce",
        } | changed
        query = {key: value for key, value in given.items() if value is not None}
        cookie = "; ".join(f"{name(event_id, secure=True)}={one}" for one in places)
        where = f"/oidc/{event_id}/authorize"
        headers = {"cookie": cookie} if cookie else {}
        if method == "POST":
            return await self.http.post(where, data=query, headers=headers)
        return await self.http.get(where, params=query, headers=headers)

    async def code(self, event_id: str, request_id: str, **changed: str) -> str:
        """The code that an admitted visitor brings back."""
        answer = await self.authorize(event_id, request_id, **changed)
        assert answer.status_code == 303, answer.text
        return answer_in(answer.headers["location"])["code"]

    async def exchange(
        self, event_id: str, code: str, *, auth: str | None = "", **changed: str | None
    ) -> httpx.Response:
        """The shop redeems ``code``. ``auth``: another header; None: none."""
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK} | changed
        return await self.token(event_id, auth=auth, **given)

    async def token(
        self, event_id: str, *, auth: str | None = "", **given: str | None
    ) -> httpx.Response:
        """A token request of the shop with just these parameters."""
        form = {key: value for key, value in given.items() if value is not None}
        headers = {} if auth is None else {"authorization": auth or basic("shop", SECRET)}
        return await self.http.post(f"/oidc/{event_id}/token", data=form, headers=headers)

    async def tokens(self, event_id: str, request_id: str) -> dict[str, Any]:
        """All the way: the answer of the token endpoint for an admitted visitor."""
        answer = await self.exchange(event_id, await self.code(event_id, request_id))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def user_info(self, event_id: str, token: str) -> httpx.Response:
        """Who has this access token."""
        headers = {"authorization": f"Bearer {token}"}
        return await self.http.get(f"/oidc/{event_id}/userInfo", headers=headers)

    async def is_open(self, event_id: str, request_id: str) -> bool:
        """Whether the visitor's session goes on."""
        standing = await self.runtime.service.store.standing(
            event_id,
            (await self.runtime.service.snapshot(event_id)).epoch,
            (await self.runtime.service.view(event_id)).seal.open(request_id),  # type: ignore[arg-type]
            self.clock.now,
        )
        return standing.session is not None and standing.session.status == 0

    def signed(self, said: dict[str, Any]) -> str:
        """A token with our own signature that says just this."""
        return sign_claims(self.runtime.keys.signing(self.clock.now), said)


@asynccontextmanager
async def opened(data_dir: Path, **settings: Any) -> AsyncIterator[Scene]:
    """A plane for as long as the block lasts."""
    clock = Clock()
    told = Settings(data_dir=data_dir, public_url=BASE, **({"algorithm": "ES256"} | settings))
    async with open_runtime(told, clock) as runtime, serving(runtime):
        provider = Provider(runtime.service, runtime.secret, told.issuer, told.public_base)
        site = cast("App", web_app(handlers(runtime, provider, Themes(runtime.store))))

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await pass_on(site, scope, receive, send)

        transport = httpx.ASGITransport(app=cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
            yield Scene(runtime, provider, clock, http)
