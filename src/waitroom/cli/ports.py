"""Addresses to listen on: is one free, and who answers there.

What belongs here: the sockets that commands open themselves.
"""

from __future__ import annotations

import errno
import http.client
import socket
import time
from ipaddress import ip_address
from typing import Final

from waitroom.errors import PortTaken
from waitroom.settings import address

PATIENCE: Final = 2.0  # s that a predecessor who was killed gets to let go of its port
_GLANCE: Final = 0.1
_WHY: Final = {
    errno.EADDRINUSE: "is taken by another program. Stop that one, or choose another address",
    errno.EACCES: "needs more rights (ports below 1024 do). Choose a port above 1023",
    errno.EADDRNOTAVAIL: "is not an address of this machine. Choose one that is",
}


def resolved(bind: str) -> str:
    """``bind`` with its host as a number, which is all that the HTTP server understands.

    Raises:
        PortTaken: the name is unknown here.
    """
    host, port = address(bind)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise PortTaken(f"{bind}: {host} is no address that is known here ({error}).") from None
    number = str(min(found, key=lambda entry: entry[0] != socket.AF_INET)[4][0])
    return f"[{number}]:{port}" if ":" in number else f"{number}:{port}"


def claim(bind: str, flag: str, patience: float = PATIENCE) -> str:
    """Pass if nobody listens on ``bind``; returns it with the host as a number.

    Our own server shares its port among workers (SO_REUSEPORT), and so would join a stranger's
    unnoticed. This test does not share.

    Raises:
        PortTaken: it stays taken for ``patience`` seconds, or cannot be bound; names ``flag``.
    """
    numeric = resolved(bind)
    deadline = time.monotonic() + patience
    while (error := _bind(numeric)) is not None:
        if error.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
            why = _WHY.get(error.errno or 0, f"cannot be bound: {error.strerror}. Choose another")
            raise PortTaken(f"{bind} {why} with {flag}.")
        time.sleep(_GLANCE)
    return numeric


def _bind(numeric: str) -> OSError | None:
    host, port = address(numeric)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections that ended a moment ago (TIME_WAIT) are no obstacle to the server either.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def reachable(bind: str) -> str:
    """Host and port at which this machine reaches a server that listens on ``bind``."""
    host, port = address(bind)
    try:
        everywhere = ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    if everywhere:
        host = "::1" if ":" in host else "127.0.0.1"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, seen from itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def fetch(bind: str, path: str, timeout: float) -> tuple[int, bytes]:
    """Status and body (its first 4 KiB) of a GET; ``timeout`` in seconds.

    Raises:
        OSError: nobody answers, or nothing that is HTTP.
    """
    host, port = address(reachable(bind))
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(4096)
    except http.client.HTTPException as error:
        raise OSError(errno.EPROTO, f"no HTTP answer ({type(error).__name__})") from None
    finally:
        connection.close()
