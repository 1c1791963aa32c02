"""Redeeming over real HTTP: what counts as an answer, and how much a stranger can cause."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from waitroom.authorizer import Redeemer
from waitroom.authorizer.fetch import MAX_REPLY
from waitroom.errors import CodeRefused, Unavailable

from . import made
from .loopback import Loopback, running


@pytest.fixture
def room() -> Iterator[Loopback]:
    """The waiting room as far as a gate calls it."""
    with running() as server:
        yield server


def redeemer(room: Loopback, *, timeout: float = 5, at_most: int = 16) -> Redeemer:
    """Redeems at ``room``."""
    gate = made.gate(redeem_url=f"{room.origin}/api/redeem")
    return Redeemer(gate, timeout=timeout, at_most=at_most)


def test_a_code_is_redeemed_over_http(room: Loopback) -> None:
    """Event, code and the site's origin go out, the access token comes back."""
    room.serve("/api/redeem", 200, b'{"access_token": "a.b.c", "token_type": "Bearer"}')
    assert redeemer(room).redeem(made.CODE) == "a.b.c"
    assert room.bodies == [{"event_id": made.EVENT, "code": made.CODE, "site_url": made.SITE}]


async def test_a_code_is_redeemed_without_blocking(room: Loopback) -> None:
    """The same for asyncio."""
    room.serve("/api/redeem", 200, b'{"access_token": "a.b.c"}')
    assert await redeemer(room).redeem_async(made.CODE) == "a.b.c"


def test_a_refused_code(room: Loopback) -> None:
    """400 with the code ``code_refused`` is the room's word on the code."""
    room.serve("/api/redeem", 400, b'{"error": "code: ...", "code": "code_refused"}')
    assert isinstance(redeemer(room).redeem(made.CODE), CodeRefused)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"code": "event_unknown"}'),
        (400, b"no JSON"),
        (404, b"{}"),
        (429, b'{"code": "rate_limited"}'),
        (500, b""),
        (503, b'{"code": "code_refused"}'),
        (200, b"{}"),
        (200, b"[]"),
        (200, b'{"access_token": 1}'),
        (200, b'{"access_token": ""}'),
        (200, b'{"access_token": "' + b"x" * 8193 + b'"}'),
        (200, b" " * (MAX_REPLY + 1)),
        (200, b"[" * 5000),
        (204, b""),
    ],
)
def test_anything_else_is_no_answer(room: Loopback, status: int, body: bytes) -> None:
    """Whatever a wrong or broken server says, the code was not refused: try again later."""
    room.serve("/api/redeem", status, body)
    assert isinstance(redeemer(room).redeem(made.CODE), Unavailable)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(room: Loopback, status: int) -> None:
    """The code is for the configured URL alone, on the same server too."""
    room.serve("/elsewhere", 200, b'{"access_token": "a.b.c"}')
    room.serve("/api/redeem", status, b"", location="/elsewhere")
    assert isinstance(redeemer(room).redeem(made.CODE), Unavailable)
    assert room.asked == ["/api/redeem"]


def test_proxies_of_the_environment_are_not_used(
    room: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment cannot have codes sent elsewhere."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    room.serve("/api/redeem", 200, b'{"access_token": "a.b.c"}')
    assert redeemer(room).redeem(made.CODE) == "a.b.c"


def test_a_silent_room_times_out(room: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    """A room that says nothing is given up; the log tells of it once, and not of the code."""
    done = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        done.wait(10)

    room.answers["/api/redeem"] = silent
    gate = redeemer(room, timeout=0.1)
    with caplog.at_level(logging.WARNING):
        assert isinstance(gate.redeem(made.CODE), Unavailable)
        assert isinstance(gate.redeem(made.CODE), Unavailable)
    done.set()
    assert len(caplog.records) == 1
    assert made.CODE not in caplog.text


async def test_made_up_codes_do_not_press_the_room(room: Loopback) -> None:
    """Of a hundred codes at once only ``at_most`` are under way; the others are told to wait."""
    let_go = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        let_go.wait(10)
        body = json.dumps({"code": "code_refused"}).encode()
        handler.send_response(400)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    room.answers["/api/redeem"] = slow
    gate = redeemer(room, at_most=3)
    under_way = [asyncio.create_task(gate.redeem_async(made.CODE)) for _ in range(100)]
    finished = asyncio.as_completed(under_way, timeout=8)
    assert all([isinstance(await next(finished), Unavailable) for _ in range(97)])
    let_go.set()
    became = await asyncio.gather(*under_way)
    assert sum(isinstance(one, CodeRefused) for one in became) == len(room.asked) == 3


def test_the_rate_is_bounded() -> None:
    """``per_second`` codes at once, then as many each second, whatever comes."""
    now = [0.0]
    sent: list[bytes] = []

    def post(url: str, body: bytes, timeout: float) -> tuple[int, bytes]:
        sent.append(body)
        return 400, b'{"code": "code_refused"}'

    gate = Redeemer(made.gate(), per_second=5, clock=lambda: now[0], post=post)
    for _ in range(50):
        gate.redeem(made.CODE)
    assert len(sent) == 5
    now[0] += 0.6
    for _ in range(50):
        gate.redeem(made.CODE)
    assert len(sent) == 8
    now[0] += 1000
    for _ in range(50):
        gate.redeem(made.CODE)
    assert len(sent) == 13


def test_a_failure_frees_its_place() -> None:
    """A room that was away for a while does not use up the places."""

    def post(url: str, body: bytes, timeout: float) -> tuple[int, bytes]:
        raise OSError("down")

    gate = Redeemer(made.gate(), at_most=1, post=post)
    for _ in range(3):
        assert isinstance(gate.redeem(made.CODE), Unavailable)
    gate._post = lambda url, body, timeout: (200, b'{"access_token": "a.b.c"}')
    assert gate.redeem(made.CODE) == "a.b.c"
