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
        self._waiting: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._complain = Seldom(log.error)

    def start(self) -> None:
        """Begin refreshing, on the running loop."""
        self._task = asyncio.create_task(self._keep_fresh(), name="views")

    async def stop(self) -> None:
        """End refreshing."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

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
        if len(self._waiting) >= MAX_WAITING:
            raise StoreUnavailable("too many requests wait for a snapshot")
        self._asked[event_id] = monotonic()
        refreshed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(refreshed)
        self._wake.set()
        await refreshed
        view = self._views.get(event_id)
        if view is None:
            raise EventUnknown(event_id)
        return view

    async def _keep_fresh(self) -> None:
        while True:
            if not self._asked:
                await self._wake.wait()
            waiting, self._waiting = self._waiting, []
            self._wake.clear()
            try:
                await self._refresh()
            except Exception as error:  # noqa: BLE001 - this task must outlive whatever happens
                if not isinstance(error, StoreUnavailable | TimeoutError):
                    self._complain("snapshots could not be read", exc_info=error)
                self._waiting = waiting + self._waiting  # they wait on, as long as they care to
                await asyncio.sleep(INTERVAL)
                self._forget(before=monotonic() - INTEREST)
                self._waiting = [future for future in self._waiting if not future.done()]
                continue
            for future in waiting:
                if not future.done():
                    future.set_result(None)
            await self._pause()

    def _forget(self, before: float) -> None:
        self._asked = {event_id: at for event_id, at in self._asked.items() if at > before}

    async def _pause(self) -> None:
        await asyncio.sleep(PROMPT)
        with suppress(TimeoutError):
            async with asyncio.timeout(INTERVAL - PROMPT):
                await self._wake.wait()

    async def _refresh(self) -> None:
        taken = monotonic()
        wanted = [event_id for event_id, asked in self._asked.items() if asked > taken - INTEREST]
        seen = int(self._clock())
        async with asyncio.timeout(STALE):  # a store that hangs is asked anew, one look at a time
            found = await self._store.snapshots(wanted, seen)
        # Who asked while the store was being read is not in the answer yet, and stays.
        self._asked = {
            event_id: at for event_id, at in self._asked.items() if event_id in found or at >= taken
        }
        self._views = {
            event_id: EventView(snapshot, self._seals.get(event_id, snapshot.epoch), seen, taken)
            for event_id, snapshot in found.items()
        }
