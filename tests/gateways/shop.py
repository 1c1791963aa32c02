"""The protected site: it keeps what it was sent, byte for byte, and answers as it is told.

What belongs here: a server of the standard library that changes nothing on the way in. Its answer
to ``/status/418`` is 418; a websocket's handshake is accepted, and what comes then is sent back.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from ports import LOOPBACK, free_port

SAYS: Final = b"the shop"
_STATUS: Final = re.compile(r"/status/(\d{3})")
_WEBSOCKET: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


@dataclass(frozen=True)
class Seen:
    """A request as it came. ``target`` is the path and query of its first line."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Values of the headers that a site may take for ``name``: case and "_" do not count."""
        wanted = name.lower().replace("_", "-")
        return [v for n, v in self.headers if n.lower().replace("_", "-") == wanted]


@dataclass
class Shop:
    """What reached the site. ``extra``: headers of its answers; ``answers``: how many it gave."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    extra: list[tuple[str, str]] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew."""
        self.seen.clear()
        self.extra.clear()

    @property
    def only(self) -> Seen:
        """The one request that came."""
        assert len(self.seen) == 1, self.seen
        return self.seen[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    shop: Shop


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_one_request(self) -> None:
        """As the parent does, but for any method."""
        try:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._take()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        # ``path`` would not do: the parent makes one slash of two.
        target = self.requestline.split(" ")[1]
        shop = self.server.shop
        shop.seen.append(Seen(self.command, target, tuple(self.headers.items()), body))
        if self.headers.get("upgrade", "").lower() == "websocket":
            self._echo()
            return
        asked = _STATUS.match(target)
        self.send_response(int(asked[1]) if asked else 200)
        content = f"{SAYS.decode()}, answer {len(shop.seen)}".encode()
        for name, value in [*shop.extra, ("Content-Length", str(len(content)))]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _echo(self) -> None:
        key = self.headers["sec-websocket-key"] + _WEBSOCKET
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept.decode())
        self.end_headers()
        while data := self.connection.recv(4096):
            self.connection.sendall(data)
        self.close_connection = True


@contextmanager
def shop() -> Iterator[Shop]:
    """The site, for as long as the block lasts."""
    port = free_port()
    server = _Server((LOOPBACK, port), _Handler)
    server.shop = Shop(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
