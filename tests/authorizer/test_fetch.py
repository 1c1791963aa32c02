"""Fetching a key set over real HTTP: bounded in size, time and direction."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from waitroom.authorizer import JwksCache
from waitroom.authorizer.fetch import MAX_BYTES, fetch
from waitroom.errors import KeysUnavailable

from . import made
from .loopback import Loopback, running


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A server that stops with the test."""
    with running() as server:
        yield server


def test_keys_come_over_http(loopback: Loopback) -> None:
    """A cache fetches a key set from a real server, in its own thread."""
    url = loopback.serve("/jwks", 200, json.dumps(made.jwks("rsa")).encode())
    cache = JwksCache(url)
    keys = cache.newer()
    assert keys is not None
    assert keys.kids == {"rsa"}
    assert loopback.asked == ["/jwks"]


async def test_keys_come_over_http_to_asyncio(loopback: Loopback) -> None:
    """The same without blocking the event loop."""
    cache = JwksCache(loopback.serve("/jwks", 200, json.dumps(made.jwks("rsa")).encode()))
    assert await cache.newer_async() is cache.cached() is not None


def test_redirects_on_the_same_origin_are_followed(loopback: Loopback) -> None:
    """A key set that moved within its server is found."""
    loopback.serve("/jwks", 200, b"{}")
    assert fetch(loopback.serve("/old", 302, b"", location="/jwks"), 5) == b"{}"


@pytest.mark.parametrize(
    "target", ["http://localhost:{port}/jwks", "file:///etc/passwd", "//[", ""]
)
def test_other_redirects_are_refused(loopback: Loopback, target: str) -> None:
    """A redirect to another host, scheme or nowhere is no key set, and is not followed."""
    loopback.serve("/jwks", 200, b"{}")
    location = target.format(port=loopback.server.server_port)
    url = loopback.serve("/old", 302, b"", location=location)
    with pytest.raises(KeysUnavailable):
        fetch(url, 5)
    assert "/jwks" not in loopback.asked


def test_redirects_in_a_circle_end(loopback: Loopback) -> None:
    """A server that redirects to itself is given up."""
    with pytest.raises(KeysUnavailable):
        fetch(loopback.serve("/circle", 302, b"", location="/circle"), 5)
    assert len(loopback.asked) <= 12


@pytest.mark.parametrize("status", [204, 206, 304, 400, 404, 500, 503])
def test_only_200_is_an_answer(loopback: Loopback, status: int) -> None:
    """Any other status is no key set."""
    with pytest.raises(KeysUnavailable):
        fetch(loopback.serve("/jwks", status, b""), 5)


def test_size_is_bounded(loopback: Loopback) -> None:
    """64 KiB are read, one byte more is refused."""
    assert len(fetch(loopback.serve("/a", 200, b" " * MAX_BYTES), 5)) == MAX_BYTES
    with pytest.raises(KeysUnavailable, match="larger"):
        fetch(loopback.serve("/b", 200, b" " * (MAX_BYTES + 1)), 5)


def test_a_dripping_server_is_cut_off(loopback: Loopback) -> None:
    """A server that sends a byte now and then does not hold the fetch beyond its time."""
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not done.wait(0.02):
                handler.wfile.write(b" ")
        except OSError:
            pass

    loopback.answers["/drip"] = drip
    with pytest.raises(KeysUnavailable, match="long"):
        fetch(loopback.origin + "/drip", 0.2)
    done.set()


def test_a_silent_server_times_out(loopback: Loopback) -> None:
    """A server that says nothing is given up after the timeout."""
    done = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        done.wait(10)

    loopback.answers["/silent"] = silent
    with pytest.raises(KeysUnavailable):
        fetch(loopback.origin + "/silent", 0.1)
    done.set()


def test_nobody_there() -> None:
    """A refused connection is KeysUnavailable."""
    with pytest.raises(KeysUnavailable):
        fetch("http://127.0.0.1:1/jwks", 1)


def test_proxies_of_the_environment_are_not_used(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment cannot redirect the fetch."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert fetch(loopback.serve("/jwks", 200, b"{}"), 5) == b"{}"
