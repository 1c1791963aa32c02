"""Micro-batched joins: while one round trip to the store is in flight, arrivals collect.

What belongs here: turning many joins into few store operations. The next round trip takes all who
came meanwhile with one increment by n; each is answered when the increment is durable. The batch
sizes itself: the slower the store or the larger the crowd, the larger the batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from waitroom.errors import StoreUnavailable, Unavailable, WaitroomError
from waitroom.store import Store
from waitroom.views import Seals

MAX_BATCH: Final = 4_000  # places in one increment: bounds the time one batch takes to seal
MAX_WAITING: Final = 20_000  # visitors of one event waiting to join in this process; beyond it 503
PATIENCE: Final = 5.0  # s a batch may take before those in it are told to come again


class Joined(msgspec.Struct, frozen=True):
    """A place just given out."""

    request_id: str
    position: int
    entry_time: int
    serving: int


class Joins:
    """Batches the joins of each event."""

    def __init__(self, store: Store, seals: Seals, clock: Callable[[], float]) -> None:
        self._store = store
        self._seals = seals
        self._clock = clock
        self._waiting: dict[str, list[asyncio.Future[Joined]]] = {}
        self._flights: dict[str, asyncio.Task[None]] = {}

    async def join(self, event_id: str) -> Joined:
        """A place in the line of ``event_id``.

        Raises:
            EventUnknown, EventClosed: as the store says.
            StoreUnavailable: it could not be made durable in time; a place may have gone to waste.
        """
        waiting = self._waiting.setdefault(event_id, [])
        if len(waiting) >= MAX_WAITING:
            raise StoreUnavailable("too many visitors are joining at once")
        place: asyncio.Future[Joined] = asyncio.get_running_loop().create_future()
        waiting.append(place)
        if event_id not in self._flights:
            self._flights[event_id] = asyncio.create_task(self._fly(event_id))
        return await place

    async def _fly(self, event_id: str) -> None:
        try:
            while batch := self._waiting[event_id][:MAX_BATCH]:
                del self._waiting[event_id][:MAX_BATCH]
                await self._board(event_id, batch)
        finally:
            del self._flights[event_id]
            _refuse(self._waiting.pop(event_id), Unavailable())  # none, unless we were stopped

    async def _board(self, event_id: str, batch: list[asyncio.Future[Joined]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                given = await self._store.join(event_id, len(batch), int(self._clock()))
        except TimeoutError:
            _refuse(batch, StoreUnavailable("a batch of joins took too long"))
        except WaitroomError as error:
            _refuse(batch, error)
        except BaseException:
            _refuse(batch, Unavailable())
            raise
        else:
            seal = self._seals.get(event_id, given.epoch)
            tickets = seal.seal_run(given.first, len(batch), given.entry_time)
            for position, (place, ticket) in enumerate(
                zip(batch, tickets, strict=True), start=given.first
            ):
                if not place.done():  # else the visitor has hung up: a gap, later a no-show
                    place.set_result(Joined(ticket, position, given.entry_time, given.serving))


def _refuse(batch: list[asyncio.Future[Joined]], error: WaitroomError) -> None:
    for place in batch:
        if not place.done():
            place.set_exception(error)
