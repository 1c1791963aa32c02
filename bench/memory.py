"""What a worker of the public plane takes, at rest and with a long line.

What belongs here: the claim that a waiting visitor costs the server nothing, put to the test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from bench import load, scene
from bench.servers import fetch, waitroom

LONG: Final = 1_000_000  # visitors in the line at the second look; at the first, some ten thousand
_MEBI: Final = 1024 * 1024
_FIRST: Final = 1.0  # s of joins over HTTP before the first look


class Memory(msgspec.Struct, frozen=True):
    """Resident memory of the worker and size of the store, in MiB; visitors in line."""

    at_rest: float
    visitors_before: int
    visitors_after: int
    before: float
    after: float
    store_before: float
    store_after: float

    @property
    def growth(self) -> float:
        """MiB that the worker grew by between the two looks."""
        return self.after - self.before


def measure(data_dir: Path, seconds: float) -> Memory:
    """Start a worker and look at it at rest, with a short line and with a long one.

    Before the first look a second of joins comes over HTTP, before the second ``seconds`` more;
    those that the million lacks then join in bulk.
    """
    scene.prepare(data_dir)
    with waitroom(data_dir) as server:

        def look() -> tuple[float, int, float]:
            fetch(f"{server.url}/api/status?event_id={scene.EVENT}")
            rss = server.worker.memory_info().rss / _MEBI
            return rss, scene.visitors(data_dir), _store(data_dir)

        at_rest, _, _ = look()
        load.run(f"{server.url}/api/assign_queue_num", _FIRST, post=scene.ENTRY)
        before, visitors_before, store_before = look()
        load.run(f"{server.url}/api/assign_queue_num", seconds, post=scene.ENTRY)
        scene.join(data_dir, LONG - scene.visitors(data_dir))
        after, visitors_after, store_after = look()
    return Memory(
        at_rest, visitors_before, visitors_after, before, after, store_before, store_after
    )


def _store(data_dir: Path) -> float:
    return (data_dir / "waitroom.db").stat().st_size / _MEBI
