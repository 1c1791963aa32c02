"""A process whose visitors come in, stay a little and leave, in a race with others for the room.

``python guests.py URL EVENT EPOCH TASKS SEED PLACE...``. Each task asks for a session of its share
of the places until it has it, in a random order, does this and that, and gives the session up in
one of the ways there are. Waits for a line on standard input before it starts. At the end, writes
one JSON array: for each stay, the nanoseconds from which and up to which it was active for sure
(``CLOCK_MONOTONIC`` is the same for all processes).
"""

import asyncio
import json
import random
import sys
import time

from waitroom.core.model import Place, SessionStatus
from waitroom.errors import SiteFull
from waitroom.store import Store, open_store

NOW = 1_800_000_000


class Guests:
    """The tasks of one process."""

    def __init__(self, store: Store, event_id: str, epoch: int, seed: int) -> None:
        self.store = store
        self.event_id = event_id
        self.epoch = epoch
        self.seed = seed
        self.stays: list[tuple[int, int]] = []

    async def run(self, task: int, positions: list[int]) -> None:
        """Until each of ``positions`` was in and has left."""
        chance = random.Random(f"{self.seed} {task}")
        while positions:
            place = Place(positions.pop(chance.randrange(len(positions))), NOW)
            try:
                await self.store.admit(self.event_id, self.epoch, place, NOW, "", 3_600)
            except SiteFull:
                positions.append(place.position)
                continue
            admitted = time.monotonic_ns()
            for _ in range(chance.randrange(3)):
                await self.store.occupancy(self.event_id, NOW, (60,))
                until = NOW + 3_600 + chance.randrange(9)
                await self.store.extend(self.event_id, self.epoch, place, until, NOW)
            self.stays.append((admitted, time.monotonic_ns()))
            await self.leave(place, chance.randrange(3))

    async def leave(self, place: Place, how: int) -> None:
        """In one of three ways."""
        if how == 0:
            await self.store.give_up(self.event_id, self.epoch, place, NOW)
        elif how == 1:
            done = SessionStatus.COMPLETED
            await self.store.finish(self.event_id, self.epoch, place, done, NOW)
        else:
            await self.store.exits(self.event_id, self.epoch, [place], [place], 1, NOW)


async def main(url: str, event_id: str, epoch: int, tasks: int, seed: int, *all_: int) -> None:
    """All tasks, on one store."""
    store = open_store(url)
    guests = Guests(store, event_id, epoch, seed)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    shares = [list(all_[task::tasks]) for task in range(tasks)]
    await asyncio.gather(*(guests.run(task, share) for task, share in enumerate(shares)))
    await store.close()
    json.dump(guests.stays, sys.stdout)


if __name__ == "__main__":
    url, event_id, *numbers = sys.argv[1:]
    asyncio.run(main(url, event_id, *(int(number) for number in numbers)))
