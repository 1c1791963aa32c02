"""The same worker on Redis: joins, what they and polls cost Redis, and what a waiting visitor does.

What belongs here: starting a redis-server as we recommend it (append-only file, fsync each second)
on the core of the load, since a real one has a machine of its own, and reading its own counts.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from bench import load, scene
from bench.ratios import Ratio, compare
from bench.servers import Server, fetch, free_port, pinned, waitroom

SHORT: Final = 1_000  # visitors in line at the first look at Redis's memory
LONG: Final = 1_000_000
ARRIVING: Final = 600  # s in which they come
_POLL_PAUSE: Final = 0.1  # s between two polls of the lone visitor


class Redis:
    """A running redis-server and what it says of itself."""

    def __init__(self, port: int) -> None:
        self._port = port

    @property
    def url(self) -> str:
        """What ``--store`` takes."""
        return f"redis://127.0.0.1:{self._port}"

    def info(self, section: str) -> dict[str, str]:
        """The fields of ``INFO section``."""
        lines = self._ask(f"INFO {section}").splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def calls(self) -> dict[str, int]:
        """How often each command was called, also from within scripts."""
        stats = self.info("commandstats")
        return {
            name.removeprefix("cmdstat_"): int(value.split(",")[0].removeprefix("calls="))
            for name, value in stats.items()
        }

    def used(self) -> int:
        """Bytes of the data set and its overhead."""
        return int(self.info("memory")["used_memory"])

    def _ask(self, command: str) -> str:
        with socket.create_connection(("127.0.0.1", self._port), timeout=5) as link:
            link.sendall(f"{command}\r\n".encode())
            stream = link.makefile("rb")
            length = int(stream.readline()[1:])
            return stream.read(length).decode()


@contextmanager
def redis_server(work: Path) -> Iterator[Redis]:
    """A redis-server in the folder ``work`` until the block ends."""
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("redis-server is not installed")
    work.mkdir(parents=True)
    port = free_port()
    told = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(work), "--save", ""]
    told += ["--appendonly", "yes", "--appendfsync", "everysec"]
    process = subprocess.Popen(pinned(load.LOAD_CORE, [program, *told]), stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Redis(port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("redis-server did not start within 10 s")


class OnRedis(msgspec.Struct, frozen=True):
    """All that was measured.

    ``joins`` compares a worker on Redis with one on SQLite. ``sent`` and ``done``: commands for
    1,000 joins that the worker sent, and that Redis ran, those within scripts too, by number of
    connections. ``batch_cost``: microseconds of Redis's processor for a batch at 64 of them.
    ``polls``: pairs of polls and commands per second. ``memory``: growth in bytes from 1,000 to
    1,000,000 waiting visitors.
    """

    joins: Ratio
    sent: dict[int, float]
    done: dict[int, float]
    batch_cost: float
    polls: list[tuple[float, float]]
    memory: int


def measure(work: Path, pairs: int, seconds: float) -> OnRedis:
    """Everything, on a server and a store of its own."""
    embedded, shared = work / "on-sqlite", work / "on-redis"
    with redis_server(work / "redis") as redis:
        scene.prepare(embedded)
        scene.prepare(shared, redis.url)
        with waitroom(embedded) as sqlite, waitroom(shared, redis.url) as server:
            joins = compare(lambda: _joins(server, seconds), lambda: _joins(sqlite, seconds), pairs)
            costs = {count: _cost(redis, server, count, seconds) for count in (64, 512)}
            polls = _polls(redis, server, seconds)
    return OnRedis(
        joins=joins,
        sent={count: cost[0] for count, cost in costs.items()},
        done={count: cost[1] for count, cost in costs.items()},
        batch_cost=costs[64][2],
        polls=polls,
        memory=_memory(work / "memory"),
    )


def _joins(server: Server, seconds: float, connections: int = load.CONNECTIONS) -> float:
    url = f"{server.url}/api/assign_queue_num"
    return load.run(url, seconds, connections=connections, post=scene.ENTRY).rate


def _cost(
    redis: Redis, server: Server, connections: int, seconds: float
) -> tuple[float, float, float]:
    """Commands sent and done for 1,000 joins, and microseconds of Redis for one batch."""
    _joins(server, 1, connections)
    before, busy = redis.calls(), _busy(redis)
    url = f"{server.url}/api/assign_queue_num"
    done = load.run(url, seconds, connections=connections, post=scene.ENTRY)
    after = redis.calls()
    calls = {name: after[name] - before.get(name, 0) for name in after}
    batches = calls.get("evalsha", 0)
    per = done.requests / 1_000
    ran = sum(count for name, count in calls.items() if not name.startswith("info"))
    return batches / per, ran / per, 1e6 * (_busy(redis) - busy) / max(1, batches)


def _busy(redis: Redis) -> float:
    """Processor seconds that Redis has used."""
    cpu = redis.info("cpu")
    return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])


def _polls(redis: Redis, server: Server, seconds: float) -> list[tuple[float, float]]:
    """Polls and Redis commands per second: a lone visitor, one connection, as many as it takes."""
    url = f"{server.url}/api/status?event_id={scene.EVENT}"

    def lone() -> float:
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            fetch(url)
            count += 1
            time.sleep(_POLL_PAUSE)
        return count / seconds

    found = []
    for run in (
        lone,
        lambda: load.run(url, seconds, connections=1).rate,
        lambda: load.run(url, seconds).rate,
        lambda: load.run(url, seconds, connections=512).rate,
    ):
        fetch(url)
        before, begun = sum(redis.calls().values()), time.monotonic()
        rate = run()
        spent = time.monotonic() - begun
        found.append((rate, (sum(redis.calls().values()) - before) / spent))
    return found


def _memory(work: Path) -> int:
    """Growth of Redis from 1,000 waiting visitors to a million who came in ten minutes."""
    with redis_server(work / "redis") as redis:
        scene.prepare(work, redis.url)
        scene.arrive(work, SHORT, ARRIVING + 60, 1, redis.url)
        before = redis.used()
        scene.arrive(work, LONG - SHORT, ARRIVING, ARRIVING, redis.url)
        return redis.used() - before
