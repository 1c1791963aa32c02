"""A client that sends what it is told, target and headers as they are, and follows nothing."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ports import LOOPBACK

SHOP: Final = "shop.example"
PATIENCE: Final = 20.0  # seconds
# What browsers send when a person opens a page, and when a script of a page asks.
PAGE: Final = (("Accept", "text/html,*/*;q=0.8"), ("Sec-Fetch-Mode", "navigate"))
SCRIPT: Final = (("Accept", "*/*"), ("Sec-Fetch-Mode", "cors"))
UPGRADE: Final = (
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-Fetch-Mode", "websocket"),
)

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def get(self, name: str) -> str:
        """The header; empty if it is not there. It must not be there twice."""
        found = self.all(name)
        assert len(found) < 2, found
        return found[0] if found else ""

    def all(self, name: str) -> list[str]:
        """All headers of that name (in lower case)."""
        return [value for key, value in self.headers if key == name]


def ask(
    port: int,
    target: str,
    headers: Headers = PAGE,
    *,
    method: str = "GET",
    body: bytes = b"",
    host: str = SHOP,
) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
    try:
        return asked(connection, target, headers, method=method, body=body, host=host)
    finally:
        connection.close()


def asked(
    connection: http.client.HTTPConnection,
    target: str,
    headers: Headers = PAGE,
    *,
    method: str = "GET",
    body: bytes = b"",
    host: str = SHOP,
) -> Answer:
    """One request on ``connection``, which stays open if the other side likes."""
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host)
    for name, value in headers:
        connection.putheader(name, value)
    if body or method == "POST":
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    reply = connection.getresponse()
    pairs = tuple((name.lower(), value) for name, value in reply.getheaders())
    return Answer(reply.status, pairs, reply.read())


def upgraded(
    port: int, headers: Headers, message: bytes, *, to: tuple[str, ...] = ("websocket",)
) -> tuple[int, bytes]:
    """Ask for another protocol; the status, and what comes back of ``message`` if accepted."""
    wanted = [("Upgrade", one) for one in to]
    lines = [f"{name}: {value}" for name, value in (("Host", SHOP), *UPGRADE, *wanted, *headers)]
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE) as wire:
        wire.sendall("\r\n".join(["GET /live?room=1 HTTP/1.1", *lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head and (data := wire.recv(4096)):
            head += data
        status = int(head.split(b" ", 2)[1])
        echo = head.partition(b"\r\n\r\n")[2]
        if status == 101:
            wire.sendall(message)
            while len(echo) < len(message) and (data := wire.recv(4096)):
                echo += data
        return status, echo


def raw(port: int, *lines: str) -> bytes:
    """All that comes back on a connection on which these lines were sent."""
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE) as wire:
        wire.sendall("".join(f"{line}\r\n" for line in lines).encode("latin-1"))
        answers = b""
        try:
            while data := wire.recv(65_536):
                answers += data
        except ConnectionError:
            pass  # closed with something of ours unread
        return answers
