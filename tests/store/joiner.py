"""A process that joins as fast as it can until it is killed, and keeps a log of every answer.

``python joiner.py URL EVENT LOG TASKS SEED``. Each answered range is one line in LOG, written right
after the answer: nanoseconds before the request, after the answer (``CLOCK_MONOTONIC`` is the same
for all processes), first position, count. Refusals are lines that begin with "refused".
"""

import asyncio
import os
import random
import sys
import time

from waitroom.errors import StoreUnavailable
from waitroom.store import Store, open_store

NOW = 1_800_000_000


async def join_for_ever(store: Store, event_id: str, log: int, chance: random.Random) -> None:
    """One task: ask, write down, ask again."""
    while True:
        count = chance.randint(1, 9)
        asked = time.monotonic_ns()
        try:
            arrivals = await store.join(event_id, count, NOW)
        except StoreUnavailable as error:
            os.write(log, f"refused {error.detail}\n".encode())
            continue
        answered = time.monotonic_ns()
        os.write(log, f"{asked} {answered} {arrivals.first} {count}\n".encode())


async def main(url: str, event_id: str, path: str, tasks: int, seed: int) -> None:
    """All tasks, on one store."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    store = open_store(url)
    chance = random.Random(seed)
    await asyncio.gather(*(join_for_ever(store, event_id, log, chance) for _ in range(tasks)))


if __name__ == "__main__":
    url, event_id, path, tasks, seed = sys.argv[1:]
    asyncio.run(main(url, event_id, path, int(tasks), int(seed)))
