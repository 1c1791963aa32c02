"""Periodic work of the control plane: the expiry sweep, the inlets, samples, clearing away.

What belongs here: when work is done; what is done stands in the store's verbs, which step of an
inlet is due in ``core/inlet.py``, when a sweep is in ``sweeps.py``, a sample in ``sampling.py``.
Any number of control planes may run, without a leader: a sweep that was done finds nothing, and a
slot that was done is not done again.

**A plane that was stopped and goes on** (SIGSTOP, a suspended machine) works everything out anew,
from the time and a fresh snapshot. A call that was on its way all the while names a slot, and the
others have done that. The store forgets a slot after a day (``SLOT_LIFETIME``), so a plane looks at
the time again right before each call, and drops what it read more than ``FRESH`` seconds ago. What
is left is a plane that stops between that look and the store's receiving the call, microseconds
apart, and stays so for more than half a day (``inlet.LATEST``): its connection is gone by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from time import monotonic
from typing import Final

import structlog

from waitroom.control.sampling import Samples
from waitroom.control.sweeps import Figures, Sweeps
from waitroom.core import inlet
from waitroom.core.gates import WELL, Health
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.model import Snapshot
from waitroom.core.turnout import AGES
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.logs import Outage
from waitroom.patience import PATIENCE
from waitroom.service import Service

TICK: Final = 1.0  # s between two looks at all events
AFTER: Final = 0.01  # s past the whole second: a timer may be a little early, a step must not be
TURN: Final = 2.0  # s that one event's work may take; what is not done then is due again
FRESH: Final = 3.0  # s for which what was read may be acted upon
AT_ONCE: Final = 64  # events worked on at once
DOUBTFUL_AT_ONCE: Final = 8  # of those whose last turn failed: they wait for each other only
PURGED_AT_ONCE: Final = 5_000  # rows removed in one transaction: bounds how long joins wait for it

_CLEARING: Final = ":clearing"  # the name of a turn that is no event's; no event ID has a colon

HealthOf = Callable[[Snapshot, int], Health]

log = structlog.get_logger("waitroom.control")


@asynccontextmanager
async def periodic_work(
    service: Service,
    health: HealthOf = lambda _at, _now: WELL,
    *,
    looked: Callable[[Mapping[str, Snapshot]], None] = lambda _found: None,
    turned: Callable[[float, str], None] = lambda _seconds, _outcome: None,
) -> AsyncIterator[Jobs]:
    """Run the periodic work meanwhile. The parameters are those of ``Jobs``."""
    jobs = Jobs(service, health, looked=looked, turned=turned)
    task = asyncio.create_task(_work(jobs, service.clock), name="periodic-work")
    try:
        yield jobs
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

    ``health`` says how the site of an event is, and is asked for each event each second. ``looked``
    is told what each look at all events found, ``turned`` how many seconds a turn took and what
    came of it ("done", "failed").
    """

    def __init__(
        self,
        service: Service,
        health: HealthOf = lambda _at, _now: WELL,
        *,
        looked: Callable[[Mapping[str, Snapshot]], None] = lambda _found: None,
        turned: Callable[[float, str], None] = lambda _seconds, _outcome: None,
    ) -> None:
        self._service = service
        self._store = service.store
        self._health = health
        self._looked, self._turned = looked, turned
        self._sweeps, self._figures = Sweeps(service.store), Figures(service.store)
        self._samples = Samples(service.store)
        self._known: Collection[str] = ()  # the events there were at the last look at all
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._dealt_with: dict[str, tuple[Inlet, int]] = {}  # up to which second
        self._failed: set[str] = set()
        self._lane = asyncio.Semaphore(AT_ONCE)
        self._doubtful_lane = asyncio.Semaphore(DOUBTFUL_AT_ONCE)

    @property
    def failed(self) -> frozenset[str]:
        """The events whose last turn failed: their lines may not move."""
        return frozenset(self._failed - {_CLEARING})

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
        self._looked(found)
        for event_id, at in found.items():
            if self._needs_turn(at, read_at):
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
        self._sweeps.keep(self._known)
        self._figures.keep(self._known)
        self._samples.keep(self._known)
        self._failed &= {*self._known, _CLEARING}

    def _needs_turn(self, at: Snapshot, read_at: float) -> bool:
        now = int(read_at)
        with suppress(Exception):  # the turn meets it too, and tells of it
            health = self._health(at, now)
            if at.event.event_id in self._turns:
                return False
            since = self._since(at, now)
            if inlet.needs_occupancy(at, now, since, health) or inlet.due(
                at, now, since, health=health
            ):
                return True
            self._has_dealt_with(at, now, health)
            several = self._sweeps, self._figures, self._samples
            return any(one.are_due(at, now) for one in several)
        return True

    def _has_dealt_with(self, at: Snapshot, now: int, health: Health) -> None:
        kind = at.event.inlet
        second = inlet.passed_over(kind, now) if health.holds else now
        second = max(second, self._since(at, now) or 0)
        self._dealt_with[at.event.event_id] = kind, second

    def _since(self, at: Snapshot, now: int) -> int | None:
        """The second up to which this plane has dealt with the inlet; None: it is new to it."""
        dealt_with = self._dealt_with.get(at.event.event_id)
        if dealt_with is None or dealt_with[0] != at.event.inlet:
            return None
        return min(dealt_with[1], now)  # a clock that was put back must not stop the line

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if name not in self._turns:
            self._turns[name] = asyncio.create_task(self._turn(name, work), name=f"turn-{name}")

    async def _turn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` if it takes no longer than a turn may, and remember whether it failed."""
        lane = self._doubtful_lane if name in self._failed else self._lane
        begun = monotonic()
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
            self._turned(monotonic() - begun, "failed" if name in self._failed else "done")

    def _is_news(self, name: str) -> bool:
        """Note that a turn failed. Whether that is news: it is said once, not each second."""
        is_news = name not in self._failed
        self._failed.add(name)
        return is_news

    async def _work_on(self, at: Snapshot, read_at: float) -> None:
        event_id, now = at.event.event_id, int(read_at)
        if self._sweeps.are_due(at, now) and await self._sweeps.sweep(at, self._service.now()):
            # The inlet is to go by where the counter stands now.
            at = (await self._store.snapshots([event_id], now)).get(event_id, at)
        if self._figures.are_due(at, now):
            await self._figures.tell(at, now)
        await self._step(at, read_at)
        if self._samples.are_due(at, now):  # last: a chart can wait, the line cannot
            await self._samples.take(at, now)

    async def _step(self, at: Snapshot, read_at: float) -> None:
        """Make the steps of the event's inlet that are due."""
        event_id, now = at.event.event_id, int(read_at)
        health, since = self._health(at, now), self._since(at, now)
        occupancy = None
        if inlet.needs_occupancy(at, now, since, health):
            occupancy = await self._store.occupancy(event_id, now, AGES)
        for slot in inlet.due(at, now, since, health=health, occupancy=occupancy):
            if not 0 <= self._service.clock() - read_at <= FRESH:
                return  # this process, its clock or the store stood still: work it out anew
            await self._store.advance(
                event_id, slot.by, self._service.now(), slot.name, at=slot.at, notes=slot.notes
            )
        self._has_dealt_with(at, now, health)

    async def _clear(self) -> None:
        await self._store.purge(PURGED_AT_ONCE, self._service.now())


def _detail(error: StoreUnavailable | TimeoutError) -> str:
    return error.detail if isinstance(error, StoreUnavailable) else "it took too long"
