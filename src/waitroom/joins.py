"""Micro-batched joins: while one round trip to the store is in flight, arrivals collect.

What belongs here: turning many joins into few store operations. The next round trip takes all who
came meanwhile with one increment by n; each is answered when the increment is durable. The batch
sizes itself: the slower the store or the larger the crowd, the larger the batch.

**A store that fails or hangs** is tried again, by one flight at a time for each event, for as long
as somebody waits; each visitor waits for two seconds at the most, then is told to come again. What
was answered late to nobody is a gap in the positions, and those are allowed.

**A store that has forgotten** places is noticed by what this process gave out itself: each batch
asks for places above those, and an answer that is not above them is handed to nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final

import msgspec
import structlog

from waitroom.core.model import Arrivals, Floor
from waitroom.errors import EventUnknown, StoreUnavailable, Unavailable, WaitroomError
from waitroom.logs import Seldom
from waitroom.recovery import Recovery
from waitroom.store import Store
from waitroom.views import Seals

MAX_BATCH: Final = 4_000  # places in one increment: bounds the time one batch takes to seal
MAX_WAITING: Final = 20_000  # visitors of one event waiting to join in this process; beyond it 503
MAX_LINES: Final = 1_000  # events being joined at once, beyond which only known ones are
PATIENCE: Final = 2.0  # s from asking until a visitor is told to come again
GLANCE: Final = 0.05  # s between looks for those who have waited that long
FIRST_PAUSE: Final = 0.02  # s before a store that failed is asked again; each pause is longer
LONGEST_PAUSE: Final = 0.25

log = structlog.get_logger("waitroom.joins")


class Joined(msgspec.Struct, frozen=True):
    """A place just given out."""

    request_id: str
    position: int
    entry_time: int
    serving: int


# A plain pair of the place and when it was asked for: one is made for each join.
_Visitor = tuple[asyncio.Future[Joined], float]


class _Line:
    """Those who wait to join one event: ``waiting``, and those ``boarding`` the flight."""

    __slots__ = ("boarding", "flight", "waiting")

    def __init__(self) -> None:
        self.waiting: list[_Visitor] = []
        self.boarding: list[_Visitor] = []
        self.flight: asyncio.Task[None] | None = None

    def board(self) -> list[_Visitor]:
        """Those who go with the next flight: who could not go with the last one first."""
        left = [visitor for visitor in self.boarding if not visitor[0].done()]
        room = MAX_BATCH - len(left)
        self.boarding = left + self.waiting[:room]
        del self.waiting[:room]
        return self.boarding

    def refuse(self, error: WaitroomError, *, asked_before: float = float("inf")) -> None:
        """Tell those who asked before that time."""
        for queue in (self.boarding, self.waiting):
            for place, asked_at in queue:
                if asked_at > asked_before:
                    break  # the others came later
                if not place.done():
                    place.set_exception(error)
        if self.waiting and self.waiting[0][0].done():
            self.waiting = [visitor for visitor in self.waiting if not visitor[0].done()]


class Joins:
    """Batches the joins of each event."""

    def __init__(
        self, store: Store, recovery: Recovery, seals: Seals, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._recovery = recovery
        self._seen = recovery.seen
        self._seals = seals
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._glance: asyncio.TimerHandle | None = None
        self._complain = Seldom(log.warning)

    async def join(self, event_id: str) -> Joined:
        """A place in the line of ``event_id``.

        Raises:
            EventUnknown, EventClosed, EventSoldOut, EventNotOpen: as the store says.
            StoreUnavailable: it could not be made durable in time; a place may have gone to waste.
        """
        line = self._lines.get(event_id)
        if line is None:
            # Those that are known to exist may always: strangers ask for any ID.
            if len(self._lines) >= MAX_LINES and event_id not in self._seen:
                raise StoreUnavailable("too many events are being joined at once")
            line = self._lines[event_id] = _Line()
        elif len(line.waiting) >= MAX_WAITING:
            raise StoreUnavailable("too many visitors are joining at once")
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Joined] = loop.create_future()
        line.waiting.append((place, monotonic()))
        if line.flight is None:
            line.flight = loop.create_task(self._fly(event_id, line))
            if self._glance is None:  # one timer for all: one for each request costs 3 % of joins
                self._glance = loop.call_later(GLANCE, self._refuse_the_late)
        return await place

    def _refuse_the_late(self) -> None:
        late = monotonic() - PATIENCE
        for line in self._lines.values():
            line.refuse(StoreUnavailable("no join could be made in time"), asked_before=late)
        loop = asyncio.get_running_loop()
        self._glance = loop.call_later(GLANCE, self._refuse_the_late) if self._lines else None

    async def _fly(self, event_id: str, line: _Line) -> None:
        pause = FIRST_PAUSE
        try:
            while batch := line.board():
                if await self._give_out(event_id, line, batch):
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            del self._lines[event_id]
            line.refuse(Unavailable())  # nobody, unless we were stopped

    async def _give_out(self, event_id: str, line: _Line, batch: list[_Visitor]) -> bool:
        """Whether those of ``batch`` were answered; else the store is to be asked again."""
        try:
            given = await self._ask(event_id, len(batch))
            self._seat(event_id, given, batch)
        except StoreUnavailable as error:
            self._complain("joins wait for the store", event_id=event_id, detail=error.detail)
            return False
        except WaitroomError as error:
            for place, _asked_at in batch:
                if not place.done():
                    place.set_exception(error)
        line.boarding = []
        return True

    async def _ask(self, event_id: str, count: int) -> Arrivals:
        """New places, above all that are known here.

        Raises ``StoreUnavailable`` also if the store has forgotten some, and what it lacked was put
        back in this very moment.
        """
        floor = self._seen.floor(event_id)  # before: what is learned meanwhile proves nothing
        now = int(self._clock())
        try:
            async with asyncio.timeout(PATIENCE):
                given = await self._store.join(event_id, count, now, floor)
        except TimeoutError:
            raise StoreUnavailable("a batch of joins took too long") from None
        except EventUnknown:
            if floor is None or not await self._recovered(event_id):
                raise
            raise StoreUnavailable("the store had lost the event") from None
        if floor is not None and not _is_above(given, floor):
            await self._recovered(event_id)
            raise StoreUnavailable("the store had lost places that were given out")
        last = Floor(given.epoch, given.first + count - 1)
        self._seen.given_out(event_id, last, now)
        return given

    async def _recovered(self, event_id: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._recovery.look(event_id)
        except TimeoutError:
            raise StoreUnavailable("a look at the line took too long") from None

    def _seat(self, event_id: str, given: Arrivals, batch: list[_Visitor]) -> None:
        seal = self._seals.get(event_id, given.epoch)
        tickets = seal.seal_run(given.first, len(batch), given.entry_time)
        for position, ((place, _asked_at), ticket) in enumerate(
            zip(batch, tickets, strict=True), start=given.first
        ):
            if not place.done():  # else they hung up or were refused: a gap, a no-show
                place.set_result(Joined(ticket, position, given.entry_time, given.serving))


def _is_above(given: Arrivals, floor: Floor) -> bool:
    if given.epoch == floor.epoch:
        return given.first > floor.position
    return given.epoch > floor.epoch
