"""The WSGI middleware: environs by hand, and a real server with the standard's own checker."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.validate import validator

import httpx
import pytest

from waitroom.authorizer import WaitroomWSGIMiddleware
from waitroom.authorizer.wsgi import Environ, StartResponse, admitted

from . import made
from .doubles import Room

HTML = {"accept": "text/html"}


class Site:
    """A protected site that remembers what reached it."""

    def __init__(self) -> None:
        self.environs: list[Environ] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer 200."""
        self.environs.append(environ)
        start_response("200 OK", [("content-type", "text/plain"), ("content-length", "8")])
        return [b"the site"]


class Quiet(WSGIRequestHandler):
    """A handler that does not write to the terminal."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


@pytest.fixture
def room() -> Room:
    """A room with one key and one code."""
    double = Room("rsa")
    double.codes[made.CODE] = made.token()
    return double


@pytest.fixture
def site() -> Site:
    """The site behind the gate."""
    return Site()


@pytest.fixture
def gated(site: Site, room: Room) -> WaitroomWSGIMiddleware:
    """The site behind its gate, at the time of the tests."""
    gate = made.gate()
    return WaitroomWSGIMiddleware(
        site, gate=gate, keys=room.keys(), redeem=room.redeemer(gate), clock=lambda: made.NOW
    )


@pytest.fixture
def client(gated: WaitroomWSGIMiddleware) -> Iterator[httpx.Client]:
    """A browser in front of a real server; both sides of the gate are checked for PEP 3333."""
    gated._app = validator(gated._app)
    server = make_server("127.0.0.1", 0, validator(gated), WSGIServer, Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", headers=HTML) as client:
        yield client
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_a_visitor_goes_all_the_way(client: httpx.Client, site: Site) -> None:
    """Sent to the room, back with a code, let through: over a real server."""
    sent = client.get("/checkout?a=1")
    assert sent.status_code == 303
    assert sent.headers["location"] == made.to_room(f"{made.SITE}/checkout?a=1")
    back = client.get(f"/checkout?a=1&waitroom_code={made.CODE}")
    assert back.headers["location"] == f"{made.SITE}/checkout?a=1"
    assert site.environs == []
    cookie = back.headers["set-cookie"].partition(";")[0]
    inside = client.get("/checkout?a=1", headers={"cookie": cookie})
    assert inside.text == "the site"
    claims = admitted(site.environs[0])
    assert claims is not None
    assert claims.queue_position == 7


def test_a_body_reaches_the_site(client: httpx.Client, site: Site) -> None:
    """A POST with a code passes with its body, and the site sees no code."""
    reply = client.post(f"/checkout?waitroom_code={made.CODE}&a=1", content=b"seat=12")
    assert reply.status_code == 200
    assert site.environs[0]["QUERY_STRING"] == "a=1"
    assert site.environs[0]["CONTENT_LENGTH"] == "7"


def test_refusals_over_a_real_server(client: httpx.Client) -> None:
    """401 for programs, no body for HEAD, 200 on open paths."""
    assert client.post("/api/search").json()["code"] == "unauthorized"
    head = client.head("/api/search", headers={"accept": "*/*"})
    assert (head.status_code, head.content) == (401, b"")
    assert client.get("/").text == "the site"


def test_names_that_are_not_ascii(client: httpx.Client, site: Site) -> None:
    """Paths are read as UTF-8 and come back as they were."""
    assert client.get("/caf%C3%A9").status_code == 200
    sent = client.get("/checkout/%C3%A9?q=%C3%A9")
    assert sent.headers["location"] == made.to_room(f"{made.SITE}/checkout/%C3%A9?q=%C3%A9")
    assert client.get("/public/%FF").status_code == 303


def environ(path: str = "/checkout", **more: Any) -> Environ:
    """What a server gives, as far as the gate looks at it."""
    return {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path} | more


def ask(app: WaitroomWSGIMiddleware, given: Environ) -> int:
    """The status of the answer."""
    statuses: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        statuses.append(status)

    list(app(given, start_response))
    return int(statuses[0].split()[0])


def test_mounted_sites(gated: WaitroomWSGIMiddleware) -> None:
    """Where the site is mounted counts: the path is that of the whole URL."""
    assert ask(gated, environ("/pay", SCRIPT_NAME="/checkout")) == 401
    assert ask(gated, environ("/checkout", SCRIPT_NAME="/blog")) == 200


@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
def test_the_path_as_sent_counts_too(gated: WaitroomWSGIMiddleware, name: str) -> None:
    """What a server gives beside PATH_INFO is judged as well, and loses the code."""
    for sent in ("/public/../checkout", "/%63heckout", "http://evil.example/public", "*"):
        assert ask(gated, environ("/public", **{name: sent})) == 401
    token = made.token()
    given = environ(
        "/checkout",
        HTTP_AUTHORIZATION=f"Bearer {token}",
        QUERY_STRING=f"a=1&waitroom_code={made.CODE}",
        **{name: f"/checkout?a=1&waitroom_code={made.CODE}"},
    )
    assert ask(gated, given) == 200
    assert given[name] == "/checkout?a=1"


def test_no_client_can_write_the_claims(gated: WaitroomWSGIMiddleware, site: Site) -> None:
    """What is in the environ already is replaced, on open paths too."""
    assert ask(gated, environ("/", **{"waitroom.claims": "forged"})) == 200
    assert site.environs[0]["waitroom.claims"] is None
    assert admitted({"waitroom.claims": "forged"}) is None
