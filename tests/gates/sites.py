"""A server on the loopback that answers well, badly, slowly, for ever or not at all.

What belongs here: one function per way to answer. It speaks HTTP by hand, since most of them are
ways in which no HTTP server library would.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

Answer = Callable[[asyncio.StreamWriter], Coroutine[Any, Any, None]]

LARGE: Final = 10 * 1024 * 1024  # bytes of a body that nobody should read


class LoopbackSite:
    """Answers by path; what was asked is in ``asked``, with its headers in ``heads``."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.at_once = 0

    def at(self, path: str, answer: Answer) -> str:
        """Answer so at ``path``; the URL."""
        self.answers[path] = answer
        return self.origin + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        self.at_once += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                target = head.split(" ", 2)[1]
                self.asked.append(target)
                self.heads.append(head)
                await _unless_left(reader, self.answers[target.partition("?")[0]](writer))
        finally:
            self.at_once -= 1
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()


async def _unless_left(reader: asyncio.StreamReader, answering: Coroutine[Any, Any, None]) -> None:
    """Answer to the end, or until the other side has hung up."""
    answer = asyncio.ensure_future(answering)
    left = asyncio.ensure_future(reader.read())
    try:
        await asyncio.wait([answer, left], return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
    finally:
        for task in (answer, left):
            task.cancel()
        await asyncio.gather(answer, left, return_exceptions=True)


@asynccontextmanager
async def loopback_site(tls: ssl.SSLContext | None = None) -> AsyncIterator[LoopbackSite]:
    """A site for as long as the block lasts; whoever still waits for an answer gets none."""
    site = LoopbackSite("")
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            with suppress(asyncio.CancelledError):  # the end of the test
                await site.serve(reader, writer)
        finally:
            connections.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    site.origin = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield site
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer as it should be."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, {"content_length": str(len(body)), **headers}) + body)
        await writer.drain()

    return answer


def in_turn(*answers: Answer) -> Answer:
    """The first time the first, and so on; the last for good."""
    left = list(answers)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(writer)

    return answer


def raw(data: bytes) -> Answer:
    """Whatever this is."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return answer


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await asyncio.Event().wait()


async def drips(writer: asyncio.StreamWriter) -> None:
    """Begins well, and sends a byte of its body now and then, for ever."""
    writer.write(_head(200, {"content-length": "1000000"}))
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drips_headers(writer: asyncio.StreamWriter) -> None:
    """Never comes to the end of its headers."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-more: of the same\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def closes(writer: asyncio.StreamWriter) -> None:
    """Hangs up without a word."""


class Flood:
    """Ten megabytes, and how many of them went into the wire."""

    def __init__(self) -> None:
        self.sent = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, {"content_length": str(LARGE)}))
        piece = b"." * 16_384
        while self.sent < LARGE:
            writer.write(piece)
            await writer.drain()
            self.sent += len(piece)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    named = (f"{name.replace('_', '-')}: {value}" for name, value in headers.items())
    return "\r\n".join([f"HTTP/1.1 {status} Whatever", *named, "", ""]).encode()
