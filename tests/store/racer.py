"""A process that admits and advances in a race with others.

``python racer.py URL EVENT EPOCH PEOPLE TASKS SEED``. Each task asks for a session of each place in
a random order, again and again until it has it; in between it moves the serving counter by small
steps, now and then back. Waits for a line on standard input before it starts. At the end, writes
one JSON object: position -> list of the distinct [issued_at, expires_at, issuer] it was given.
"""

import asyncio
import json
import random
import sys
from collections import defaultdict

from waitroom.core.model import Place
from waitroom.errors import NotYet
from waitroom.store import Store, open_store

NOW = 1_800_000_000


class Racer:
    """The tasks of one process."""

    def __init__(self, store: Store, event_id: str, epoch: int, people: int, seed: int) -> None:
        self.store = store
        self.event_id = event_id
        self.epoch = epoch
        self.people = people
        self.seed = seed
        self.given: defaultdict[int, set[tuple[int, int, str]]] = defaultdict(set)

    async def run(self, task: int) -> None:
        """Until this task has a session for each place."""
        chance = random.Random(f"{self.seed} {task}")
        missing = list(range(1, self.people + 1))
        while missing:
            chance.shuffle(missing)
            missing = [n for n in missing[:20] if not await self.admit(n, task)] + missing[20:]
            by = chance.choice([-1, 1, 1, 2])
            await self.store.advance(self.event_id, by, NOW)
            await self.store.advance(self.event_id, 1, NOW, slot=f"{chance.randint(1, 30)}")

    async def admit(self, position: int, task: int) -> bool:
        """Whether it is served; every call asks for other times and another issuer."""
        now, issuer = NOW + task, f"issuer {self.seed}.{task}"
        place = Place(position, NOW)
        try:
            session = await self.store.admit(
                self.event_id, self.epoch, place, now, issuer, 600 + task
            )
        except NotYet:
            return False
        self.given[position].add((session.issued_at, session.expires_at, session.issuer))
        return True


async def main(url: str, event_id: str, epoch: int, people: int, tasks: int, seed: int) -> None:
    """All tasks, on one store."""
    store = open_store(url)
    racer = Racer(store, event_id, epoch, people, seed)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    await asyncio.gather(*(racer.run(task) for task in range(tasks)))
    await store.close()
    json.dump({position: sorted(given) for position, given in racer.given.items()}, sys.stdout)


if __name__ == "__main__":
    url, event_id, *numbers = sys.argv[1:]
    asyncio.run(main(url, event_id, *(int(number) for number in numbers)))
