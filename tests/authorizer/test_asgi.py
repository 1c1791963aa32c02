"""The middleware: real scopes in, the site's or the gate's replies out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from waitroom.authorizer import JwksCache, WaitroomMiddleware, admitted
from waitroom.authorizer.asgi import Message, Receive, Scope, Send

from . import made

COOKIE = f"waitroom_{made.EVENT}"


class Site:
    """A protected site that remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200."""
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the site"})


class Source:
    """Where keys come from; counts fetches."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.fetches = 0
        self.now = 0.0

    def fetch(self, url: str, timeout: float) -> bytes:
        """Answer one fetch."""
        self.fetches += 1
        if not self.kinds:
            raise OSError("down")
        return json.dumps(made.jwks(*self.kinds)).encode()

    def cache(self) -> JwksCache:
        """A cache of it."""
        return JwksCache(
            made.ISSUER, fetch=self.fetch, start=lambda work: work(), clock=lambda: self.now
        )


@pytest.fixture
def site() -> Site:
    """The site behind the gate."""
    return Site()


@pytest.fixture
def source() -> Source:
    """A source of one key."""
    return Source("rsa")


@pytest.fixture
def gated(site: Site, source: Source) -> WaitroomMiddleware:
    """The site behind its gate, at the time of the tests."""
    return WaitroomMiddleware(site, gate=made.gate(), keys=source.cache(), clock=lambda: made.NOW)


async def ask(app: Any, path: str, method: str = "GET", **more: Any) -> httpx.Response:
    """Send one request through the middleware."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://other.example") as client:
        return await client.request(method, path, **more)


HTML = {"accept": "text/html"}


async def test_a_visitor_goes_all_the_way(gated: WaitroomMiddleware, site: Site) -> None:
    """Sent to the room, handed over, let through: the journey of a browser."""
    sent = await ask(gated, "/checkout?a=1", headers=HTML)
    assert sent.status_code == 303
    assert sent.headers["location"] == made.to_room(f"{made.SITE}/checkout?a=1")
    token = made.token()
    back = await ask(gated, f"/checkout?a=1&waitroom_token={token}", headers=HTML)
    assert back.status_code == 303
    assert back.headers["location"] == f"{made.SITE}/checkout?a=1"
    assert site.scopes == []
    cookie = back.headers["set-cookie"].partition(";")[0]
    inside = await ask(gated, "/checkout?a=1", headers={**HTML, "cookie": cookie})
    assert inside.text == "the site"
    claims = admitted(site.scopes[0])
    assert claims is not None
    assert (claims.event_id, claims.request_id, claims.queue_position) == (
        made.EVENT,
        made.REQUEST_ID,
        7,
    )


async def test_open_paths_ask_for_no_keys(
    gated: WaitroomMiddleware, site: Site, source: Source
) -> None:
    """An open path passes without claims and without a fetch."""
    assert (await ask(gated, "/")).status_code == 200
    assert admitted(site.scopes[0]) is None
    assert source.fetches == 0


async def test_the_site_never_sees_the_hand_over(gated: WaitroomMiddleware, site: Site) -> None:
    """Where the request passes, the parameter is gone from the query and the rest is as sent."""
    headers = {"authorization": f"Bearer {made.token()}"}
    await ask(gated, "/checkout?b=%7e&waitroom_token=bad&a=+", headers=headers)
    assert site.scopes[0]["query_string"] == b"b=%7e&a=+"


async def test_programs_are_told_401(gated: WaitroomMiddleware, site: Site) -> None:
    """A call of the API without a token is 401 JSON; a HEAD has no body."""
    reply = await ask(gated, "/api/search", "POST")
    assert reply.status_code == 401
    assert reply.json()["code"] == "unauthorized"
    assert reply.headers["www-authenticate"] == "Bearer"
    assert (await ask(gated, "/api/search", "HEAD")).content == b""
    assert site.scopes == []


@pytest.mark.parametrize("path", ["//checkout", "/%63heckout", "/x/../checkout", "/checkout;x"])
async def test_no_way_around(gated: WaitroomMiddleware, site: Site, path: str) -> None:
    """The tricks of test_paths do not get past the middleware either."""
    scope = http_scope(path)
    assert (await talk(gated, scope))[0]["status"] == 401
    assert site.scopes == []


async def test_keys_down_is_503(site: Site) -> None:
    """Without keys nobody with a token passes; without a token the room is the way as ever."""
    app = WaitroomMiddleware(site, gate=made.gate(), keys=Source().cache(), clock=lambda: made.NOW)
    reply = await ask(app, "/checkout", headers={"cookie": f"{COOKIE}={made.token()}"})
    assert reply.status_code == 503
    assert reply.json()["code"] == "keys_unavailable"
    assert (await ask(app, "/checkout", headers=HTML)).status_code == 303
    assert site.scopes == []


async def test_rotation_is_followed(gated: WaitroomMiddleware, source: Source) -> None:
    """A token of a key made since the last fetch passes after one more fetch."""
    old = {"cookie": f"{COOKIE}={made.token()}"}
    new = {"cookie": f"{COOKIE}={made.token('rsa-other')}"}
    assert (await ask(gated, "/checkout", headers=old)).status_code == 200
    source.kinds = ("rsa", "rsa-other")
    assert (await ask(gated, "/checkout", headers=new)).status_code == 401
    source.now += 10
    assert (await ask(gated, "/checkout", headers=new)).status_code == 200
    assert source.fetches == 2


async def test_random_kids_do_not_hammer_the_room(
    gated: WaitroomMiddleware, source: Source
) -> None:
    """Thousands of made-up kids cause one fetch within the floor."""
    start = made.token().split(".", 1)[1]
    for number in range(10_000):
        header = json.dumps({"alg": "RS256", "kid": f"made-up-{number}"}).encode()
        scope = http_scope("/checkout", [(b"cookie", _cookie(header, start))])
        assert (await talk(gated, scope))[0]["status"] == 401
    assert source.fetches == 1


async def test_split_cookie_headers(gated: WaitroomMiddleware) -> None:
    """HTTP/2 may split cookies over several headers (RFC 9113, 8.2.3); all are read."""
    headers = [(b"cookie", b"a=b"), (b"Cookie", f"{COOKIE}={made.token()}".encode())]
    assert (await talk(gated, http_scope("/checkout", headers)))[0]["status"] == 200


async def test_repeated_authorization_does_not_count(gated: WaitroomMiddleware) -> None:
    """Two Authorization headers admit nobody, in whichever order."""
    headers = [(b"authorization", f"Bearer {made.token()}".encode())] * 2
    assert (await talk(gated, http_scope("/checkout", headers)))[0]["status"] == 401


async def test_websockets(gated: WaitroomMiddleware, site: Site) -> None:
    """A websocket without a token is closed with 1008 before it is accepted; with one it passes."""
    scope = http_scope("/api/live") | {"type": "websocket"}
    del scope["method"]
    (sent,) = await talk(gated, scope)
    assert (sent["type"], sent["code"]) == ("websocket.close", 1008)
    assert site.scopes == []
    scope["query_string"] = f"waitroom_token={made.token()}".encode()
    await talk(gated, scope)
    assert admitted(site.scopes[0]) is not None
    assert site.scopes[0]["query_string"] == b""


async def test_lifespan_passes(gated: WaitroomMiddleware, site: Site) -> None:
    """The site's start and stop are its own affair."""
    await talk(gated, {"type": "lifespan"})
    assert site.scopes == [{"type": "lifespan"}]


async def test_unknown_connections_stay_out(gated: WaitroomMiddleware, site: Site) -> None:
    """A kind of connection that the gate does not know is an error, not a way in."""
    with pytest.raises(ValueError, match="webtransport"):
        await talk(gated, {"type": "webtransport", "path": "/checkout"})
    assert site.scopes == []


async def test_the_servers_state_is_kept_and_not_changed(
    gated: WaitroomMiddleware, site: Site
) -> None:
    """What lifespan put into the state is there, and the shared mapping stays as it was."""
    shared = {"pool": 1, "waitroom": "spoofed"}
    await talk(gated, http_scope("/") | {"state": shared})
    assert site.scopes[0]["state"] == {"pool": 1, "waitroom": None}
    assert shared["waitroom"] == "spoofed"


async def test_servers_that_differ_on_raw_path(gated: WaitroomMiddleware, site: Site) -> None:
    """No raw_path, or one with the query left in it, makes no difference."""
    for raw in (None, b"/caf%C3%A9?a=1", b"/caf%C3%A9"):
        scope = http_scope("/café", [(b"accept", b"text/html")]) | {"raw_path": raw}
        assert (await talk(gated, scope))[0]["status"] == 200
    scope = http_scope("/checkout/é", [(b"accept", b"text/html")]) | {"raw_path": None}
    headers = dict((await talk(gated, scope))[0]["headers"])
    assert headers[b"location"] == made.to_room(f"{made.SITE}/checkout/%C3%A9").encode()


async def test_defaults_to_the_keys_of_the_issuer(site: Site) -> None:
    """Without a cache of its own the middleware uses the JWKS of the gate's issuer."""
    app = WaitroomMiddleware(site, gate=made.gate())
    assert app._keeper.keys.url == f"{made.ISSUER}/.well-known/jwks.json"


def http_scope(path: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> dict[str, Any]:
    """A scope as a server makes it that passes the path on as it is."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
    }


async def talk(app: WaitroomMiddleware, scope: Scope) -> list[Message]:
    """Call the app with this scope and return what it sent."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def _cookie(header: bytes, rest: str) -> bytes:
    encoded = made.b64(header)
    return f"{COOKIE}={encoded}.{rest}".encode()
