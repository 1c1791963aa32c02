"""Durable joins at several numbers of connections: rate, latency, and how well they batch."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from bench import load, scene
from bench.servers import Server

CONNECTIONS: Final = (1, 64, 512)


class Joining(msgspec.Struct, frozen=True):
    """One row: joins per second, latencies in microseconds, joins in one commit."""

    connections: int
    rate: float
    p50: int
    p99: int
    batch: float


def measure(server: Server, data_dir: Path, seconds: float) -> list[Joining]:
    """One row for each number of connections, each after a second to warm up."""
    return [_row(server, data_dir, connections, seconds) for connections in CONNECTIONS]


def _row(server: Server, data_dir: Path, connections: int, seconds: float) -> Joining:
    url = f"{server.url}/api/assign_queue_num"
    load.run(url, 1, connections=connections, post=scene.ENTRY)
    before = scene.commits(data_dir)
    done = load.run(url, seconds, connections=connections, post=scene.ENTRY)
    commits = (scene.commits(data_dir) - before) % 2**32
    batch = done.requests / max(1, commits)
    return Joining(connections, done.rate, done.p50, done.p99, batch)
