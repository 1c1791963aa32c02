"""Gates against a real waiting room: the Node example, and the library's own gatekeeper."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.served import Site, served
from ports import free_port
from programs import missing, require
from waiting import wait_until_sync
from waitroom.authorizer import Gate, Gatekeeper, Request
from waitroom.authorizer.decide import HandOver, Pass, Redirect

from . import made
from .loopback import Loopback, running

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "tests" / "peers" / "node_modules"
EXAMPLE = ROOT / "examples" / "express" / "site.js"
HTML = {"accept": "text/html", "sec-fetch-mode": "navigate"}
EVENT = "express"
ELSEWHERE = "http://127.0.0.1:9"  # another site that the event allows


@pytest.fixture(scope="module")
def waitroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`waitroom serve` with one worker."""
    with served(tmp_path_factory.mktemp("express") / "data", workers=1) as site:
        yield site


def site_of(client: httpx.Client) -> str:
    """The origin that the example is served at."""
    return str(client.base_url).rstrip("/")


def is_up(url: str) -> bool:
    """Does the site answer?"""
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def example(waitroom_url: str, log: Path) -> Iterator[httpx.Client]:
    """The example on a free port, as its README says, stopped by its process."""
    node = require("node")
    if not (MODULES / "express").is_dir():
        missing("tests/peers/node_modules is not installed")
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    environ = {
        "PATH": os.environ["PATH"],
        "NODE_PATH": str(MODULES),
        "WAITROOM_URL": waitroom_url,
        "WAITROOM_EVENT_ID": EVENT,
        "SITE_URL": origin,
        "PORT": str(port),
    }
    with log.open("wb") as output:
        process = subprocess.Popen([node, str(EXAMPLE)], env=environ, stdout=output, stderr=output)
    try:
        wait_until_sync(lambda: is_up(f"{origin}/"), description=f"the example is up, see {log}")
        with httpx.Client(base_url=origin, headers=HTML, timeout=15) as client:
            yield client
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def shop(waitroom: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A browser that looks at the example; the event allows going back to it."""
    with example(waitroom.public_url, tmp_path_factory.mktemp("node") / "log") as client:
        origin = site_of(client)
        allowed = [f"{origin}/", f"{ELSEWHERE}/"]
        waitroom.event(event_id=EVENT, target_url=f"{origin}/", return_urls=allowed)
        yield client


@pytest.fixture
def request_id(waitroom: Site, shop: httpx.Client) -> str:
    """A visitor who has been called and admitted."""
    shop.cookies.clear()
    return waitroom.admitted(EVENT)


def handed_over(waitroom: Site, request_id: str, return_url: str) -> str:
    """Where the room page sends the visitor: the return URL with a code."""
    asked = {"event_id": EVENT, "request_id": request_id, "return_url": return_url}
    answer = waitroom.public.post("/api/hand_over", json=asked)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["location"])


def access_token(waitroom: Site, request_id: str) -> str:
    """The visitor's access token."""
    return str(waitroom.token(EVENT, request_id).json()["access_token"])


def test_a_visitor_goes_all_the_way(waitroom: Site, shop: httpx.Client, request_id: str) -> None:
    """To the room, back with a code, in with the cookie; a reload needs no code."""
    origin = site_of(shop)
    sent = shop.get("/checkout?a=%7e&b=1+2")
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"{waitroom.public_url}/enter/{EVENT}?return=")
    back = parse_qs(urlsplit(sent.headers["location"]).query)["return"][0]
    assert back == f"{origin}/checkout?a=%7e&b=1+2"
    location = handed_over(waitroom, request_id, back)
    assert "waitroom_code=" in location
    arrived = shop.get(location)
    assert (arrived.status_code, arrived.headers["location"]) == (303, back)
    kept = arrived.headers["set-cookie"]
    assert kept.startswith(f"waitroom_{EVENT}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(kept.split("; "))
    assert arrived.headers["cache-control"] == "no-store"
    inside = shop.get(arrived.headers["location"])
    assert inside.status_code == 200
    assert inside.text.endswith("it is your turn. /checkout?a=%7e&b=1+2")
    again = shop.get(location)
    assert (again.status_code, again.headers["location"]) == (303, back)
    assert "set-cookie" not in again.headers


def test_a_code_works_once(waitroom: Site, shop: httpx.Client, request_id: str) -> None:
    """Who comes with a used code and no cookie goes to the room, with the reason."""
    location = handed_over(waitroom, request_id, f"{site_of(shop)}/checkout")
    assert "set-cookie" in shop.get(location).headers
    shop.cookies.clear()
    again = shop.get(location)
    assert again.headers["location"].endswith("&refused=code_refused")
    assert "waitroom_code" not in again.headers["location"]


def test_a_code_of_another_site_is_refused(
    waitroom: Site, shop: httpx.Client, request_id: str
) -> None:
    """A code is bound to the origin it was made for."""
    elsewhere = handed_over(waitroom, request_id, f"{ELSEWHERE}/checkout")
    code = urlsplit(elsewhere).query
    refused = shop.get(f"/checkout?{code}")
    assert refused.headers["location"].endswith("&refused=code_refused")


def test_a_code_with_a_body_passes(waitroom: Site, shop: httpx.Client, request_id: str) -> None:
    """A POST is not redirected, and the site sees no code."""
    location = handed_over(waitroom, request_id, f"{site_of(shop)}/checkout?a=1")
    reply = shop.post(location, content=b"seat=12")
    assert reply.status_code == 200
    assert reply.text.endswith("/checkout?a=1")


def test_the_librarys_gatekeeper_takes_the_same_codes(
    waitroom: Site, shop: httpx.Client, request_id: str
) -> None:
    """`Gate.of_event` knows where everything is: keys, codes, once; then the cookie is enough."""
    gate = Gate.of_event(EVENT, waitroom_url=waitroom.public_url, site_url=f"{ELSEWHERE}/")
    keeper = Gatekeeper(gate)
    back = urlsplit(handed_over(waitroom, request_id, f"{ELSEWHERE}/checkout?a=1"))
    coming = Request("GET", back.path, back.path, query=back.query, accept="text/html")
    arrived = keeper.ask(coming)
    assert isinstance(arrived, HandOver)
    assert arrived.location == f"{ELSEWHERE}/checkout?a=1"
    assert arrived.claims.request_id == request_id
    again = keeper.ask(coming)
    assert isinstance(again, Redirect)
    assert again.reason == "code_refused"
    cookie = f"waitroom_{EVENT}={arrived.token}"
    assert isinstance(keeper.ask(Request("GET", "/checkout", "/checkout", cookies=(cookie,))), Pass)


@pytest.mark.parametrize("where", ["bearer", "cookie", "query"])
def test_tokens_of_the_room_get_in(
    waitroom: Site, shop: httpx.Client, request_id: str, where: str
) -> None:
    """A token in the header, the cookie or the query; the last is moved into the cookie."""
    token = access_token(waitroom, request_id)
    headers = {
        "bearer": {"authorization": f"Bearer {token}"},
        "cookie": {"cookie": f"waitroom_{EVENT}=bad; waitroom_{EVENT}={token}"},
        "query": {},
    }[where]
    query = f"waitroom_token={token}&" if where == "query" else ""
    reply = shop.get(f"/api/seats?{query}a=1", headers=headers)
    if where == "query":
        assert reply.headers["location"] == f"{site_of(shop)}/api/seats?a=1"
        reply = shop.get(reply.headers["location"])
    assert reply.json() == {"seats": 12, "query": {"a": "1"}}


def test_bad_tokens_stay_out(waitroom: Site, shop: httpx.Client, request_id: str) -> None:
    """Refresh and ID tokens, altered ones, alg none, HS256 with the public key's name: 401."""
    tokens = waitroom.token(EVENT, request_id).json()
    head, payload, signature = tokens["access_token"].split(".")
    bad = [
        tokens["refresh_token"],
        tokens["id_token"],
        f"{head}.{payload}.{signature[:-4]}AAAA",
        made.b64('{"alg":"none"}') + f".{payload}.",
        made.b64('{"alg":"HS256"}') + f".{payload}.{signature}",
        made.b64('{"alg":"RS256","kid":"x"}') + f".{payload}.{signature}",
        f"{head}.{payload}",
        "x",
    ]
    for token in bad:
        headers = {"authorization": f"Bearer {token}", "accept": "*/*", "sec-fetch-mode": "cors"}
        reply = shop.get("/api/seats", headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (401, "token_refused"), token
        reply = shop.get("/checkout", headers={"cookie": f"waitroom_{EVENT}={token}"})
        assert reply.headers["location"].endswith("&refused=token_refused")


@pytest.mark.parametrize("path", ["/Checkout", "/checkout/", "/CHECKOUT", "/%63heckout"])
def test_spellings_that_express_takes_are_protected(shop: httpx.Client, path: str) -> None:
    """The gate goes by Express's own routing: no spelling leads past it to the page."""
    shop.cookies.clear()
    assert shop.get(path).status_code in {303, 404}


def test_return_urls_stay_on_the_site(shop: httpx.Client) -> None:
    """Neither the Host header nor a path with two slashes leads elsewhere."""
    shop.cookies.clear()
    for path in ("/checkout//evil.example", "/checkout/@evil.example", "/checkout?u=//evil"):
        sent = shop.get(path, headers={"host": "evil.example"})
        back = parse_qs(urlsplit(sent.headers["location"]).query)["return"][0]
        assert back == f"{site_of(shop)}{path}"


@pytest.fixture(scope="module")
def shop_of_keys(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, Loopback]]:
    """The example before a server that has keys and counts who asks for them."""
    log = tmp_path_factory.mktemp("node") / "log"
    with running() as room, example(room.origin, log) as client:
        room.serve(
            f"/oidc/{EVENT}/.well-known/jwks.json", 200, json.dumps(made.jwks("rsa")).encode()
        )
        yield client, room


def signed(room: Loopback, **changed: Any) -> str:
    """A token of this minute."""
    now = int(time.time())
    of_now: dict[str, Any] = {"iat": now, "nbf": now, "exp": now + 60}
    said: dict[str, Any] = {"aud": EVENT, "iss": f"{room.origin}/oidc/{EVENT}", **of_now}
    return made.token(**(said | changed))


def status(client: httpx.Client, token: str) -> int:
    """What a page answers who has this token in the cookie."""
    return client.get("/checkout", headers={"cookie": f"waitroom_{EVENT}={token}"}).status_code


def test_made_up_kids_cost_one_fetch(shop_of_keys: tuple[httpx.Client, Loopback]) -> None:
    """Whatever keys tokens name, the keys are fetched once within the floor; good ones pass on."""
    client, room = shop_of_keys
    rest = signed(room).partition(".")[2]
    for number in range(300):
        header = made.b64(json.dumps({"alg": "RS256", "kid": f"made-up-{number}"}))
        assert status(client, f"{header}.{rest}") == 303
    assert status(client, signed(room)) == 200
    assert len(room.asked) == 1


@pytest.mark.parametrize("answer", [500, 200])
def test_a_room_without_keys_is_asked_once(tmp_path: Path, answer: int) -> None:
    """While keys cannot be had every token is 503, and the floor holds after a failed fetch too."""
    with running() as room, example(room.origin, tmp_path / "log") as client:
        room.serve(f"/oidc/{EVENT}/.well-known/jwks.json", answer, b"no keys")
        for _ in range(20):
            assert status(client, signed(room)) == 503
        assert len(room.asked) == 1


def test_the_leeway_is_for_the_beginning_only(
    shop_of_keys: tuple[httpx.Client, Loopback],
) -> None:
    """A token ends at its very second; one that begins in a moment may be of a clock ahead."""
    client, room = shop_of_keys
    now = int(time.time())
    assert status(client, signed(room, exp=now)) == 303
    assert status(client, signed(room, nbf=now + 3)) == 200
    assert status(client, signed(room, nbf=now + 60)) == 303
    assert status(client, signed(room, aud=[EVENT])) == 303


def test_a_room_that_is_away_is_503(tmp_path: Path) -> None:
    """Tokens and codes that cannot be checked: 503 with Retry-After, never in, never in circles."""
    with example(f"http://127.0.0.1:{free_port()}", tmp_path / "log") as client:
        for query, headers in (
            (f"?waitroom_code={made.CODE}", {}),
            ("", {"cookie": f"waitroom_{EVENT}={made.token()}"}),
        ):
            reply = client.get(f"/checkout{query}", headers=headers)
            assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
        assert client.get("/checkout").status_code == 303
