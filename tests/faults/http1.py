"""A visitor's connection: HTTP/1.1 (RFC 9112) as far as our own servers speak it.

What belongs here: one request at a time on a connection that the caller can tell from others.
A connection is to one worker, so what is said on it is said by one worker: no pool can show that.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final, NamedTuple

PATIENCE: Final = 6.0  # s; a browser would wait longer, but a test wants to see the hang


class Answer(NamedTuple):
    """Status, and the JSON of the body (None if it is none)."""

    status: int
    body: Any


class Connection:
    """A connection to one address, opened when it is first used."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the next request goes to the worker that answered the last one."""
        return self._streams is not None and not self._streams[0].at_eof()

    async def ask(
        self, method: str, path: str, body: object = None, *, bearer: str = "", slot: str = ""
    ) -> Answer:
        """One exchange. Raises ``OSError`` (``TimeoutError`` too), and closes."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._exchange(_request(method, path, body, bearer, slot))
        except asyncio.IncompleteReadError:
            self.close()
            raise ConnectionResetError("the server closed the connection") from None
        except BaseException:
            self.close()
            raise

    async def _exchange(self, request: bytes) -> Answer:
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        content = await reader.readexactly(length)
        return Answer(status, json.loads(content) if content else None)

    def close(self) -> None:
        """Hang up; the next request opens a connection anew."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _request(method: str, path: str, body: object, bearer: str, slot: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: room.example", f"content-length: {len(content)}"]
    if bearer:
        lines.append(f"authorization: Bearer {bearer}")
    if slot:
        lines.append(f"idempotency-key: {slot}")
    return "\r\n".join([*lines, "", ""]).encode() + content
