"""Periodic work of the control plane: the expiry sweep, the inlets, clearing away what is left.

What belongs here: when work is done; what is done stands in the store's verbs, and which step of an
inlet is due in ``core/inlet.py``. Any number of control planes may run, without a leader: a sweep
that was done finds nothing, and a slot that was done is not done again.

**A plane that was stopped and goes on** (SIGSTOP, a suspended machine) works everything out anew,
from the time and a fresh snapshot. A call that was on its way all the while names a slot, and the
others have done that. The store forgets a slot after a day (``SLOT_LIFETIME``), so a plane looks at
the time again right before each call, and drops what it read more than ``FRESH`` seconds ago. What
is left is a plane that stops between that look and the store's receiving the call, microseconds
apart, and stays so for more than half a day (``inlet.LATEST``): its connection is gone by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

import structlog

from waitroom.core.inlet import Slot, due
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.model import Snapshot, State
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.logs import Outage
from waitroom.service import PATIENCE, Service

TICK: Final = 1.0  # s between two looks at all events
AFTER: Final = 0.01  # s past the whole second: a timer may be a little early, a step must not be
TURN: Final = 2.0  # s that one event's work may take; what is not done then is due again
FRESH: Final = 3.0  # s for which what was read may be acted upon
AT_ONCE: Final = 64  # events worked on at once
DOUBTFUL_AT_ONCE: Final = 8  # of those whose last turn failed: they wait for each other only
PURGED_AT_ONCE: Final = 5_000  # rows removed in one transaction: bounds how long joins wait for it

_CLEARING: Final = ":clearing"  # the name of a turn that is no event's; no event ID has a colon

log = structlog.get_logger("waitroom.control")


@asynccontextmanager
async def periodic_work(service: Service) -> AsyncIterator[None]:
    """Run the periodic work meanwhile."""
    jobs = Jobs(service)
    task = asyncio.create_task(_work(jobs, service.clock), name="periodic-work")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await jobs.stop()


async def _work(jobs: Jobs, clock: Callable[[], float]) -> None:
    outage = Outage(log, "periodic work waits for the store")
    while True:
        # Right after the whole second, so that each step of an inlet is made in its own second.
        await asyncio.sleep(TICK - clock() % TICK + AFTER)
        try:
            await jobs.tick()
            outage.is_over()
        except (StoreUnavailable, TimeoutError) as error:
            outage.goes_on(_detail(error))
        except Exception as error:  # this task must outlive whatever happens
            log.exception("periodic work failed", error=str(error))


class Jobs:
    """The work of one control plane: a turn for each event that needs one, each second.

    An event's turn waits for no other event's. One whose turn of a second ago still runs gets none.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store
        self._known: Collection[str] = ()  # the events there were at the last look at all
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._dealt_with: dict[str, tuple[Inlet, int]] = {}  # up to which second
        self._failed: set[str] = set()
        self._lane = asyncio.Semaphore(AT_ONCE)
        self._doubtful_lane = asyncio.Semaphore(DOUBTFUL_AT_ONCE)

    async def tick(self) -> None:
        """Look at all events at once, and begin a turn for each that needs one.

        If that fails, each event gets a turn to be looked at by itself: a part of the store may be
        out of reach, and the lines in the others are to move.

        Raises ``StoreUnavailable``, ``TimeoutError``: the look at all of them failed.
        """
        read_at = self._service.clock()
        try:
            found = await self._look(int(read_at))
        except (StoreUnavailable, TimeoutError):
            for event_id in self._known:
                self._begin(event_id, partial(self._look_alone, event_id))
            raise
        self._known = found.keys()
        self._forget_others()
        for event_id, at in found.items():
            if event_id not in self._turns and self._needs_turn(at, read_at):
                self._begin(event_id, partial(self._work_on, at, read_at))
        self._begin(_CLEARING, self._clear)

    async def settle(self) -> None:
        """Return when no turn is running."""
        while self._turns:
            await asyncio.wait(list(self._turns.values()))

    async def stop(self) -> None:
        """End the turns that are running; what they have not done is due again."""
        turns = list(self._turns.values())
        for turn in turns:
            turn.cancel()
        await asyncio.gather(*turns, return_exceptions=True)

    async def _look(self, now: int) -> dict[str, Snapshot]:
        async with asyncio.timeout(PATIENCE):
            return await self._store.snapshots(await self._store.event_ids(), now)

    async def _look_alone(self, event_id: str) -> None:
        read_at = self._service.clock()
        found = await self._store.snapshots([event_id], int(read_at))
        if event_id in found:
            await self._work_on(found[event_id], read_at)

    def _forget_others(self) -> None:
        for event_id in self._dealt_with.keys() - self._known:
            del self._dealt_with[event_id]
        self._failed &= {*self._known, _CLEARING}

    def _needs_turn(self, at: Snapshot, read_at: float) -> bool:
        if self._due(at, read_at):
            return True
        self._has_dealt_with(at, read_at)
        return may_expire(at)

    def _due(self, at: Snapshot, read_at: float) -> list[Slot]:
        now = int(read_at)
        return due(at, now, self._since(at.event.event_id, at.event.inlet, now))

    def _has_dealt_with(self, at: Snapshot, read_at: float) -> None:
        self._dealt_with[at.event.event_id] = at.event.inlet, int(read_at)

    def _since(self, event_id: str, inlet: Inlet, now: int) -> int | None:
        """The second up to which this plane has dealt with ``inlet``; None: it is new to it."""
        dealt_with = self._dealt_with.get(event_id)
        if dealt_with is None or dealt_with[0] != inlet:
            return None
        return min(dealt_with[1], now)  # a clock that was put back must not stop the line

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if name not in self._turns:
            self._turns[name] = asyncio.create_task(self._turn(name, work), name=f"turn-{name}")

    async def _turn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` if it takes no longer than a turn may, and remember whether it failed."""
        lane = self._doubtful_lane if name in self._failed else self._lane
        try:
            async with lane, asyncio.timeout(TURN):
                await work()
        except EventUnknown:
            pass  # deleted meanwhile
        except (StoreUnavailable, TimeoutError) as error:
            if self._is_news(name):
                log.warning("a turn of the periodic work failed", turn=name, detail=_detail(error))
        except Exception as error:  # one event's trouble is not the others'
            if self._is_news(name):
                log.exception("a turn of the periodic work failed", turn=name, error=str(error))
        else:
            self._failed.discard(name)
        finally:
            del self._turns[name]

    def _is_news(self, name: str) -> bool:
        """Note that a turn failed. Whether that is news: it is said once, not each second."""
        is_news = name not in self._failed
        self._failed.add(name)
        return is_news

    async def _work_on(self, at: Snapshot, read_at: float) -> None:
        event_id = at.event.event_id
        if may_expire(at):
            await self._sweep(event_id)
        for slot in self._due(at, read_at):
            if not 0 <= self._service.clock() - read_at <= FRESH:
                return  # this process, its clock or the store stood still: work it out anew
            await self._store.advance(event_id, slot.by, self._service.now(), slot=slot.name)
        self._has_dealt_with(at, read_at)

    async def _sweep(self, event_id: str) -> None:
        swept = await self._store.expire(event_id, self._service.now())
        if swept.expired or swept.advanced_by:
            log.info(
                "places expired",
                event_id=event_id,
                expired=swept.expired,
                advanced_by=swept.advanced_by,
            )

    async def _clear(self) -> None:
        await self._store.purge(PURGED_AT_ONCE, self._service.now())


def may_expire(at: Snapshot) -> bool:
    """Whether places of the event can have run out since the last sweep; the store knows better.

    Not if expiry is off or stands still, nor if all that were called and given out are swept.
    """
    event, counters = at.event, at.counters
    if not event.queue_position_expiry or event.state is State.PAUSED:
        return False
    return counters.expired_up_to < min(counters.serving, counters.queue)


def _detail(error: StoreUnavailable | TimeoutError) -> str:
    return error.detail if isinstance(error, StoreUnavailable) else "it took too long"
