"""An HTTP server on loopback that answers as told, in the place of the waiting room."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Loopback:
    """Answers by path. ``asked``: paths in order; ``bodies``: what was posted."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                loopback.asked.append(self.path)
                loopback.answers[self.path](self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                loopback.bodies.append(json.loads(body))
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self, path: str, status: int, body: bytes, **headers: str) -> str:
        """Answer at ``path`` with this; returns the URL."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("content-length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer
        return self.origin + path


@contextmanager
def running() -> Iterator[Loopback]:
    """A server for as long as the block lasts."""
    loopback = Loopback()
    thread = threading.Thread(target=loopback.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield loopback
    finally:
        loopback.server.shutdown()
        thread.join(10)
        loopback.server.server_close()
