"""Bodies that do not come."""

import asyncio
import socket
import time
from contextlib import suppress
from typing import Any

import pytest

from api.served import Site
from waitroom import http
from waitroom.errors import InvalidBody


async def never() -> dict[str, Any]:
    """A client that sends nothing."""
    await asyncio.Event().wait()
    return {}


async def test_a_body_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up, and the request goes on to its answer like any other."""
    monkeypatch.setattr(http, "BODY_SECONDS", 0.02)
    monkeypatch.setattr(http, "BODY_GLANCE", 0.01)
    with pytest.raises(InvalidBody, match="longer than"):
        await http.read_body(never)
    await asyncio.sleep(0)  # the task itself was not cancelled


async def test_a_caller_who_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that somebody else cancels is cancelled, not refused."""
    reading = asyncio.create_task(http.read_body(never))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


def test_a_slow_client_is_answered(site: Site) -> None:
    """Over the wire: half a body, and within a quarter of a minute a 400 that says so."""
    host, port = site.public.base_url.host, site.public.base_url.port
    assert port is not None
    with socket.create_connection((host, port), timeout=20) as client:
        client.sendall(
            b"POST /api/assign_queue_num HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n{"
        )
        began = time.monotonic()
        answer = client.recv(4096)
        assert time.monotonic() - began < 15
    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("sent", [0, 1_000, 1_048_576])
def test_a_stranger_is_answered_without_a_body(site: Site, event: str, sent: int) -> None:
    """Over the wire: a 401 at once, however much of the mebibyte that was announced has come."""
    host, port = site.control.base_url.host, site.control.base_url.port
    assert port is not None
    with socket.create_connection((host, port), timeout=5) as client:
        client.sendall(
            b"PUT /api/events/%b/theme HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n"
            % event.encode()
        )
        with suppress(ConnectionError):  # it hung up on what it does not want
            client.sendall(b"x" * sent)
        assert client.recv(4096).startswith(b"HTTP/1.1 401")
