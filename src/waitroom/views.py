"""What a worker knows of each event: a snapshot no older than 250 ms, refreshed in the background.

What belongs here: freshness. Reading costs the store nothing per visitor, since one read of the
store serves everybody who asks within a tenth of a second. One refresh is in flight at a time; if
the store is slow, the last snapshot is shown for up to 2 s, then the answer is 503. What must
change with it: the `reset` promise in ``docs/how-it-works.md`` and its test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from itertools import chain
from time import monotonic
from typing import Any, Final, Protocol

import structlog

from waitroom.core.model import Snapshot
from waitroom.core.ticket import TicketSeal
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.logs import Seldom

FRESH: Final = 0.25  # s: up to this age a snapshot is answered from without asking
STALE: Final = 2.0  # s: up to this age it is answered from when the store does not answer
INTERVAL: Final = 0.1  # s between refreshes of what is being asked for
PROMPT: Final = 0.02  # s between refreshes when somebody waits for one: bounds what strangers cause
GRACE: Final = 0.1  # s to wait for a refresh before showing a snapshot that is not fresh
INTEREST: Final = 10.0  # s for which an event is kept fresh after it was last asked for
MAX_WAITING: Final = 10_000  # requests waiting for a refresh; beyond it 503
AT_ONCE: Final = 500  # events in one reading: bounds how long it keeps the process busy
MAX_ALONE: Final = 64  # events looked at by themselves at once

log = structlog.get_logger("waitroom.views")


class Reader(Protocol):
    """Where snapshots are read: the store, or something that looks at them on the way."""

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """As the store's verb (``store/__init__.py``)."""


class EventView:
    """One event as this worker sees it. ``replies`` holds what was built from it, by name."""

    __slots__ = ("replies", "seal", "seen", "snapshot", "taken")

    def __init__(self, snapshot: Snapshot, seal: TicketSeal, seen: int, taken: float) -> None:
        self.snapshot = snapshot
        self.seal = seal
        self.seen = seen  # epoch seconds
        self.taken = taken  # monotonic seconds, from before the store was asked
        self.replies: dict[str, Any] = {}


class Seals:
    """The ticket seals of the epochs in use; deriving one costs tens of microseconds."""

    def __init__(self, secret: bytes, most: int = 4096) -> None:
        self._secret = secret
        self._most = most
        self._seals: dict[tuple[str, int], TicketSeal] = {}

    def get(self, event_id: str, epoch: int) -> TicketSeal:
        """The seal of one event in one epoch."""
        seal = self._seals.get((event_id, epoch))
        if seal is None:
            if len(self._seals) >= self._most:
                self._seals.pop(next(iter(self._seals)))
            seal = self._seals[event_id, epoch] = TicketSeal(self._secret, event_id, epoch)
        return seal


class Views:
    """The events that are being asked for, kept fresh by one task."""

    def __init__(self, store: Reader, seals: Seals, clock: Callable[[], float]) -> None:
        self._store = store
        self._seals = seals
        self._clock = clock
        self._views: dict[str, EventView] = {}
        self._asked: dict[str, float] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._waiters = 0
        self._doubtful: set[str] = set()  # events that could not be read the last time
        self._alone: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._complain = Seldom(log.error)

    def start(self) -> None:
        """Begin refreshing, on the running loop."""
        self._task = asyncio.create_task(self._keep_fresh(), name="views")

    async def stop(self) -> None:
        """End refreshing."""
        if self._task is not None:
            tasks = [self._task, *self._alone.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def peek(self, event_id: str) -> EventView | None:
        """The view of an event if it is fresh; costs no waiting."""
        view = self._views.get(event_id)
        now = monotonic()
        if view is None or now - view.taken > FRESH:
            return None
        self._asked[event_id] = now
        return view

    async def get(self, event_id: str) -> EventView:
        """The view of an event: fresh, or at most 2 s old if the store is slow.

        Raises:
            EventUnknown: the store has no such event.
            StoreUnavailable: nothing fresh enough is to be had.
        """
        view = self.peek(event_id)
        if view is not None:
            return view
        view = self._views.get(event_id)
        usable = view is not None and monotonic() - view.taken <= STALE
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE if usable else STALE):
                return await self.newer(event_id)
        if view is not None and monotonic() - view.taken <= STALE:
            return view
        raise StoreUnavailable("no snapshot could be read in time")

    async def newer(self, event_id: str) -> EventView:
        """A view that the store was asked for after this call. Raises as ``get``."""
        if self._waiters >= MAX_WAITING:
            raise StoreUnavailable("too many requests wait for a snapshot")
        self._asked[event_id] = monotonic()
        refreshed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(event_id, []).append(refreshed)
        self._waiters += 1
        self._wake.set()
        try:
            await refreshed
        finally:
            self._waiters -= 1
        view = self._views.get(event_id)
        if view is None:
            raise EventUnknown(event_id)
        return view

    async def _keep_fresh(self) -> None:
        while True:
            if not self._asked:
                await self._wake.wait()
            self._wake.clear()
            self._forget()
            for event_id in sorted(self._doubtful, key=self._is_strange):
                self._look_alone(event_id)
            together = sorted(self._asked.keys() - self._doubtful, key=self._is_strange)
            for start in range(0, len(together), AT_ONCE):
                await self._look(together[start : start + AT_ONCE])
            await self._pause()

    def _is_strange(self, event_id: str) -> bool:
        """Not known to exist: strangers may ask for any ID, and wait behind the others."""
        return event_id not in self._views

    def _forget(self) -> None:
        """What nobody asks for any more."""
        now = monotonic()
        self._asked = {one: at for one, at in self._asked.items() if at > now - INTEREST}
        self._views = {
            one: view
            for one, view in self._views.items()
            if one in self._asked or now - view.taken <= STALE
        }
        self._doubtful &= self._asked.keys()
        self._waiting = {one: some for one, some in self._waiting.items() if one in self._asked}

    async def _pause(self) -> None:
        await asyncio.sleep(PROMPT)
        with suppress(TimeoutError):
            async with asyncio.timeout(INTERVAL - PROMPT):
                await self._wake.wait()

    def _look_alone(self, event_id: str) -> None:
        """Look at one event without waiting for it, unless that is being done."""
        if event_id not in self._alone and len(self._alone) < MAX_ALONE:
            task = asyncio.create_task(self._look_and_rest(event_id))
            self._alone[event_id] = task
            task.add_done_callback(lambda _: self._alone.pop(event_id))

    async def _look_and_rest(self, event_id: str) -> None:
        if not await self._look([event_id]):
            await asyncio.sleep(INTERVAL)

    async def _look(self, event_ids: list[str]) -> bool:
        """Whether they could be read. If not, each is looked at by itself from then on.

        A part of the store may be out of reach; the events in the others are to stay fresh.
        """
        waiting = {one: self._waiting.pop(one, []) for one in event_ids}
        taken, seen = monotonic(), int(self._clock())
        try:
            async with asyncio.timeout(STALE):  # a store that hangs is asked anew
                found = await self._store.snapshots(event_ids, seen)
        except Exception as error:  # noqa: BLE001 - the task must outlive whatever happens
            if not isinstance(error, StoreUnavailable | TimeoutError):
                self._complain("snapshots could not be read", exc_info=error)
            known = [one for one in event_ids if one in self._views]
            self._doubtful.update(known or event_ids[:MAX_ALONE])
            for one, futures in waiting.items():  # they wait on, as long as they care to
                still = [future for future in futures if not future.done()]
                self._waiting[one] = still + self._waiting.get(one, [])
            return False
        self._doubtful.difference_update(event_ids)
        for one in event_ids:
            self._show(one, found.get(one), seen, taken)
        for future in chain.from_iterable(waiting.values()):
            if not future.done():
                future.set_result(None)
        return True

    def _show(self, event_id: str, snapshot: Snapshot | None, seen: int, taken: float) -> None:
        if snapshot is not None:
            seal = self._seals.get(event_id, snapshot.epoch)
            self._views[event_id] = EventView(snapshot, seal, seen, taken)
            return
        self._views.pop(event_id, None)
        # Who asked while the store was being read is not answered by it, and waits for the next.
        if self._asked.get(event_id, taken) < taken:
            del self._asked[event_id]
