"""The yardstick: an ASGI application that does nothing but answer.

Run as ``python -m bench.bare PORT REPLY.json``. It reads a POST's body and throws it away; its
answer is always the one in the file, so that the two servers of a comparison send the same bytes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from waitroom.supervisor import serve

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Recorded(msgspec.Struct, frozen=True):
    """An answer to give: status, headers, content."""

    status: int
    headers: list[tuple[str, str]]
    content: str


def create_app() -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """The application, on the answer in the file that ``BENCH_REPLY`` names."""
    reply = msgspec.json.decode(Path(os.environ["BENCH_REPLY"]).read_bytes(), type=Recorded)
    headers = [(name.encode(), value.encode()) for name, value in reply.headers]
    start = {"type": "http.response.start", "status": reply.status, "headers": headers}
    body = {"type": "http.response.body", "body": reply.content.encode()}

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        if scope["method"] == "POST":
            message = await receive()
            while message.get("more_body"):
                message = await receive()
        await send(start)
        await send(body)

    return app


def main() -> None:
    """Serve with the options that the public plane is served with."""
    port, os.environ["BENCH_REPLY"] = sys.argv[1:]
    serve("bench.bare:create_app", f"127.0.0.1:{port}", 1, "json")


if __name__ == "__main__":
    main()
