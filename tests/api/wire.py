"""A small HTTP client over asyncio streams: many connections, kept alive, fast enough for a crowd.

What belongs here: just enough of HTTP/1.1 (RFC 9112) to talk to our own servers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit


class Wire:
    """One connection that is kept alive. For one task at a time."""

    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._host = host
        self._reader = reader
        self.writer = writer

    async def get(self, path: str, **params: str) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        return await self._ask("GET", f"{path}?{urlencode(params)}", b"", {})

    async def post(
        self, path: str, asked: object, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of a POST."""
        return await self._ask("POST", path, json.dumps(asked).encode(), headers or {})

    async def _ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        lines = [f"{method} {target} HTTP/1.1", f"host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        self.writer.write("\r\n".join(lines).encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return int(head[9:12]), json.loads(await self._reader.readexactly(length))


@asynccontextmanager
async def wires(url: str, count: int) -> AsyncIterator[list[Wire]]:
    """``count`` open connections to the server at ``url``; they spread over its workers."""
    parts = urlsplit(url)
    opened: list[Wire] = []
    try:
        for _ in range(count):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            opened.append(Wire(parts.netloc, reader, writer))
        yield opened
    finally:
        for wire in opened:
            wire.writer.close()
            await wire.writer.wait_closed()
