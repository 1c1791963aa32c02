"""The sweep on the embedded store takes as long for a million places as for a few."""

import sqlite3
import time
from pathlib import Path
from typing import Final

from scene import NOW, SALE, measured, open_event
from waitroom.core.model import Expiry
from waitroom.store import Store, open_store

PLACES: Final = 1_000_000
STEPS: Final = 7_200  # two hours, one a second
PERIOD: Final = 900
LIMIT: Final = 0.1  # seconds; 20 ms are promised, on a machine that does nothing else


def call_a_million(path: Path, epoch: int) -> None:
    """A line that was called second by second, and to which nobody came."""
    db = sqlite3.connect(path)
    with db:
        for curve in ("arrivals (second, queue", "servings (issued_at, serving"):
            db.execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?1)"
                f" INSERT INTO {curve}, epoch) SELECT ?2+i, i*?3/?1, ?4 FROM n",
                (STEPS, NOW, PLACES, epoch),
            )
        db.execute("UPDATE events SET queue=?1, serving=?1", (PLACES,))
    db.close()


async def timed(store: Store, what: str, now: int) -> Expiry:
    """What a sweep found, in no more than the time there is."""
    before = time.perf_counter()
    swept = await store.expire(SALE, now)
    took = time.perf_counter() - before
    measured(f"sweep of {what}_ms", took * 1_000)
    assert took < LIMIT
    return swept


async def test_a_sweep_of_a_million_places(tmp_path: Path) -> None:
    """Whether nothing has run out, one step, or all: an index look-up each."""
    store = open_store(f"sqlite://{tmp_path}/store.db")
    epoch = await open_event(store, queue_position_expiry_period=PERIOD)
    call_a_million(tmp_path / "store.db", epoch)
    first = NOW + 1 + PERIOD
    assert await timed(store, "nothing", first - 1) == Expiry(next_at=first)
    assert await timed(store, "one", first) == Expiry(PLACES // STEPS, next_at=first + 1)
    rest = PLACES - PLACES // STEPS
    at = NOW + STEPS + PERIOD
    assert await timed(store, "all", at) == Expiry(rest, next_at=at + PERIOD)
    await store.close()
