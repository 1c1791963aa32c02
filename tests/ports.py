"""Ports of the loopback for servers that tests start.

They lie below the range from which the kernel takes the near ends of connections (from 32768), and
each test process has a share of its own: between asking for a port and listening on it, neither an
outgoing connection nor a test beside this one can take it.
"""

import itertools
import os
import random
import socket
from collections.abc import Iterator
from typing import Final

LOOPBACK: Final = "127.0.0.1"
_FIRST: Final = 10_000
_LAST: Final = 32_000
_SHARES: Final = 8  # as many processes of one run as have a share of their own


def _share() -> Iterator[int]:
    """The ports of this process, round and round, from one that differs from run to run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    mine = range(_FIRST + int(worker) % _SHARES, _LAST, _SHARES)
    start = random.SystemRandom().randrange(len(mine))
    return itertools.cycle([*mine[start:], *mine[:start]])


_ports: Final = _share()


def free_port(host: str = LOOPBACK) -> int:
    """A port of ``host`` that nobody listens on, and that nobody else is told of for a while."""
    for port in itertools.islice(_ports, 1000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError("a thousand ports in a row are taken")
