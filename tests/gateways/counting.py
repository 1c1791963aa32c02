"""A wire between a cache and the waiting room that counts what is asked over it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from ports import LOOPBACK, free_port

# Not at the beginning of a line: the body of a request before it may end without one.
_FIRST_LINE: Final = re.compile(rb"(?:GET|HEAD|POST|OPTIONS) (/\S*) HTTP/1\.[01]\r\n")
_PIECE: Final = 65_536


@dataclass
class Wire:
    """What was asked: the targets of the requests, in the order they came."""

    port: int
    to: int
    asked: list[str] = field(default_factory=list)

    def count(self, beginning: str) -> int:
        """Requests whose target begins so."""
        return sum(target.startswith(beginning) for target in self.asked)


@contextmanager
def wire(to: int) -> Iterator[Wire]:
    """A wire to port ``to`` of the loopback."""
    one = Wire(free_port(), to)
    with socket.create_server((LOOPBACK, one.port), backlog=256) as listener:
        threading.Thread(target=_accept, args=(one, listener), daemon=True).start()
        try:
            yield one
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept


def _accept(one: Wire, listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            near = listener.accept()[0]
            far = socket.create_connection((LOOPBACK, one.to))
            for ends in ((near, far, one.asked), (far, near, None)):
                threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket, asked: list[str] | None) -> None:
    rest = b""
    with suppress(OSError):
        while data := source.recv(_PIECE):
            if asked is not None:
                rest = _note(rest + data, asked)
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def _note(data: bytes, asked: list[str]) -> bytes:
    """Note the first lines in ``data``; what may be half of one is kept for the next time."""
    whole, _, rest = data.rpartition(b"\n")
    asked.extend(found[1].decode("latin-1") for found in _FIRST_LINE.finditer(whole + b"\n"))
    return rest[-_PIECE:]
