"""The listener of ``metrics_bind``: metrics without a key, on an address of its own.

What belongs here: a tiny application beside the planes, and the way from it to the control plane.
It is for a network that only Prometheus is in: whoever reaches it sees event IDs and numbers.

The numbers of all processes are in files that it adds up. What only the control plane knows (the
events, gates, subscriptions) it asks for through a socket in that same directory, which nobody but
this user can enter; without a control plane on this machine, or while it is away, the rest is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from waitroom.errors import MethodNotAllowed, NotFound
from waitroom.http import (
    NO_STORE,
    App,
    Receive,
    Reply,
    Scope,
    Send,
    error_reply,
    header,
    json_reply,
)
from waitroom.lifespan import with_lifespan
from waitroom.observe.exposition import Scrape
from waitroom.observe.shared import directory_of_process
from waitroom.supervisor import die_with_parent

SOCKET: Final = "control.socket"
PATIENCE: Final = 6.0  # s: the control plane gives up on its store before that
MAX_ACCEPT: Final = 512  # bytes of the header
LONGEST: Final = 64 * 1024 * 1024  # bytes of an answer

log = structlog.get_logger("waitroom")


def accept_of(scope: Scope) -> str:
    """The formats that a request asks for; of a header that is no list of formats, none."""
    told = header(scope, b"accept") or b""
    return told.decode("latin-1") if len(told) <= MAX_ACCEPT and told.isascii() else ""


def metrics_reply(body: bytes, content_type: str) -> Reply:
    """The answer to a scrape."""
    return Reply(200, [(b"content-type", content_type.encode()), NO_STORE], body)


@asynccontextmanager
async def open_door(directory: Path | None, scrape: Scrape) -> AsyncIterator[None]:
    """On the control plane: answer the listener of this machine meanwhile."""
    if directory is None:
        yield
        return

    answering: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, TimeoutError, ValueError):
                async with asyncio.timeout(PATIENCE):
                    accept = (await reader.readline()).decode().strip()
                    body, content_type = await scrape.answer(accept)
                    writer.write(content_type.encode() + b"\n" + body)
                    await writer.drain()
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(answer(reader, writer), name="metrics-door")
        answering.add(task)
        task.add_done_callback(answering.discard)

    path = directory / SOCKET
    path.unlink(missing_ok=True)  # of a worker before this one
    server = await asyncio.start_unix_server(begin, path)
    try:
        yield
    finally:
        server.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


async def ask_control(directory: Path, accept: str) -> tuple[bytes, str] | None:
    """What the control plane of this machine answers; None if there is none that does."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(directory / SOCKET)
            try:
                writer.write(accept.encode() + b"\n")
                content_type, _, body = (await _to_the_end(reader)).partition(b"\n")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    return (body, content_type.decode()) if body else None


async def _to_the_end(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := await reader.read(1 << 16):
        size += len(part)
        if size > LONGEST:
            raise OSError("an answer without end")
        parts.append(part)
    return b"".join(parts)


class MetricsApp:
    """``/metrics``, ``/healthz`` and ``/readyz``, and nothing else."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._files = Scrape(directory)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "http":
            await (await self._reply(scope))(send)

    async def _reply(self, scope: Scope) -> Reply:
        if scope["path"] not in {"/metrics", "/healthz", "/readyz"}:
            return error_reply(NotFound())
        if scope["method"] not in {"GET", "HEAD"}:
            return error_reply(MethodNotAllowed(("GET", "HEAD")))
        if scope["path"] != "/metrics":
            return json_reply(200, {"status": "ok"})
        accept = accept_of(scope)
        told = await ask_control(self._directory, accept) if self._directory is not None else None
        return metrics_reply(*(told or await self._files.answer(accept)))


def create_app() -> App:
    """For the server's worker: the listener of this machine."""
    die_with_parent()
    directory = directory_of_process()

    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        yield MetricsApp(directory)

    return with_lifespan(opened)
