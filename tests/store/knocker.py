"""A process that knocks at the door of a site with a cap, in a race with others.

``python knocker.py URL EVENT EPOCH PEOPLE TASKS SEED``. Each task asks for a session of one place
after the other in a random order; who gets in leaves again after a while, by being marked, by an
exit message or by giving the place up. Waits for a line on standard input before it starts; writes
a line for each ten who got in, and ends when all have been in, here or in another process.
"""

import asyncio
import random
import sys

from waitroom.core.model import Place, SessionStatus
from waitroom.errors import SessionEnded, SessionUnknown, SiteFull
from waitroom.store import Store, open_store

NOW = 1_800_000_000
HOUR = 3_600


class Knocker:
    """The tasks of one process."""

    def __init__(self, store: Store, event_id: str, epoch: int, people: int, seed: int) -> None:
        self.store = store
        self.event_id = event_id
        self.epoch = epoch
        self.people = people
        self.seed = seed
        self.inside: list[Place] = []
        self.came = 0

    async def run(self, task: int) -> None:
        """Until each place has been inside."""
        chance = random.Random(f"{self.seed} {task}")
        waiting = [Place(position, NOW) for position in range(1, self.people + 1)]
        while waiting:
            place = waiting.pop(chance.randrange(len(waiting)))
            if not await self.knock(place):
                waiting.append(place)
                await self.leave(chance)

    async def knock(self, place: Place) -> bool:
        """Whether it has been inside: now, or before."""
        try:
            await self.store.admit(self.event_id, self.epoch, place, NOW, "issuer", HOUR)
        except SiteFull:
            return False
        except SessionEnded:
            return True
        self.inside.append(place)
        self.came += 1
        if self.came % 10 == 0:
            sys.stdout.write("ten\n")
            sys.stdout.flush()
        return True

    async def leave(self, chance: random.Random) -> None:
        """One of those inside goes, in one of the three ways there are."""
        if not self.inside:
            return
        place = self.inside.pop(chance.randrange(len(self.inside)))
        match chance.randrange(3):
            case 0:
                await self.mark(place)
            case 1:
                await self.store.exits(self.event_id, self.epoch, [place], [], None, NOW)
            case _:
                await self.store.give_up(self.event_id, self.epoch, place, NOW)

    async def mark(self, place: Place) -> None:
        """Another process may have been faster."""
        try:
            await self.store.finish(self.event_id, self.epoch, place, SessionStatus.COMPLETED, NOW)
        except SessionUnknown:
            return


async def main(url: str, event_id: str, epoch: int, people: int, tasks: int, seed: int) -> None:
    """All tasks, on one store."""
    store = open_store(url)
    knocker = Knocker(store, event_id, epoch, people, seed)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    await asyncio.gather(*(knocker.run(task) for task in range(tasks)))
    for place in knocker.inside:
        await store.give_up(event_id, epoch, place, NOW)
    await store.close()


if __name__ == "__main__":
    url, event_id, *numbers = sys.argv[1:]
    asyncio.run(main(url, event_id, *(int(number) for number in numbers)))
