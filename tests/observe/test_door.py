"""The listener that gives metrics without a key."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from waitroom.observe.door import SOCKET, MetricsApp, ask_control, open_door
from waitroom.observe.exposition import Scrape
from waitroom.observe.meter import Numbers
from waitroom.observe.shared import OwnFile


async def get(
    app: MetricsApp, path: str, method: str = "GET", accept: bytes = b""
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of one request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("it has no body")

    scope = {"type": "http", "path": path, "method": method, "headers": [(b"accept", accept)]}
    await app(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def known(value: float) -> Scrape:
    """What a control plane tells that knows of an event."""

    async def events() -> Numbers:
        return Numbers(gauges={"waitroom_event_queue": {("sale",): value}})

    return Scrape(None, events=events)


async def test_a_machine_without_a_control_plane_tells_its_processes(tmp_path: Path) -> None:
    """The sum of what they wrote down."""
    OwnFile(tmp_path).write(Numbers(counters={"waitroom_joins": {(): 3}}))
    status, headers, body = await get(MetricsApp(tmp_path), "/metrics")
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/plain")
    assert b"waitroom_joins_total 3.0\n" in body
    assert b"waitroom_event_queue{" not in body


async def test_the_control_plane_is_asked(tmp_path: Path) -> None:
    """In the format that was asked for; when it is gone, the processes are told without it."""
    app = MetricsApp(tmp_path)
    async with open_door(tmp_path, known(7)):
        _, headers, body = await get(app, "/metrics", accept=b"application/openmetrics-text")
        assert headers[b"content-type"].startswith(b"application/openmetrics-text")
        assert b'waitroom_event_queue{event_id="sale"} 7.0\n' in body
        assert body.endswith(b"# EOF\n")
    _, _, body = await get(app, "/metrics")
    assert b"waitroom_event_queue{" not in body
    assert b"waitroom_build_info{" in body


async def test_a_new_control_plane_takes_the_door_over(tmp_path: Path) -> None:
    """The socket of one that was killed is in nobody's way."""
    (tmp_path / SOCKET).write_text("left behind")
    async with open_door(tmp_path, known(1)):
        assert await ask_control(tmp_path, "") is not None


async def test_who_says_nothing_at_the_door_holds_nobody_up(tmp_path: Path) -> None:
    """Another is answered meanwhile; a stranger cannot get in at all (the directory is 0700)."""
    async with open_door(tmp_path, known(1)):
        _reader, silent = await asyncio.open_unix_connection(tmp_path / SOCKET)
        assert await ask_control(tmp_path, "") is not None
        silent.close()
        await silent.wait_closed()


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/healthz", "GET", 200),
        ("/readyz", "GET", 200),
        ("/metrics", "HEAD", 200),
        ("/metrics", "POST", 405),
        ("/", "GET", 404),
        ("/api/events", "GET", 404),
    ],
)
async def test_there_is_nothing_else(tmp_path: Path, path: str, method: str, status: int) -> None:
    """Three paths, to be read."""
    assert (await get(MetricsApp(tmp_path), path, method))[0] == status


@pytest.mark.parametrize(
    "accept", [b"\xff\xfe", b"text/plain;" + b"x" * 5000, b"a;b;c,,;;=", b"\n"]
)
async def test_a_strange_accept_header_gets_plain_text(tmp_path: Path, accept: bytes) -> None:
    """Never an error."""
    async with open_door(tmp_path, known(1)):
        status, headers, body = await get(MetricsApp(tmp_path), "/metrics", accept=accept)
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/plain")
    assert b"waitroom_build_info{" in body
