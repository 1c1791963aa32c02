"""What a worker tells of the waits: the recent past of the events that are being asked for.

What belongs here: when the servings curve is read and for which events. What follows from it is in
``core/estimate.py``. One read of the store serves every visitor of an event for two seconds, and
none is made for an event that nobody asks for or whose line stands still; while the store is away,
what was known last is told. Nothing here is waited for by a request.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from time import monotonic, thread_time
from typing import Final, Protocol

import msgspec
import structlog

from waitroom.core.course import LOOK_BACK, thinned
from waitroom.core.estimate import Curve, Estimate, crowded_since, estimate, rates
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.model import Arrival, Step
from waitroom.errors import StoreUnavailable, WaitroomError
from waitroom.logs import Seldom
from waitroom.views import EventView, Reader

EVERY: Final = 2.0  # s between two looks at an event
SHARE: Final = 0.1  # of one core that estimates may take; with many events, looks become rarer
INTEREST: Final = 60.0  # s for which an event is kept up to date after it was last asked for
MEMORY: Final = 600.0  # s after which it is forgotten
MAX_EVENTS: Final = 1_000  # known at once: about 50 KB each at the most
MAX_POINTS: Final = 2 * LOOK_BACK  # of each curve in one read: they have one a second at most
AT_FIRST: Final = 0.05  # s after which an event is looked at that nobody had asked for
AT_ONCE: Final = 500  # events in one reading
PATIENCE: Final = 2.0  # s that one read may take
REST: Final = 10.0  # s for which an event that could not be read is left alone

log = structlog.get_logger("waitroom.estimates")


class Curves(Protocol):
    """Where curves are read: the store."""

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        """As the store's verb (``store/__init__.py``)."""


class Told(msgspec.Struct, frozen=True):
    """What there is to tell of an event: the estimate, and the rates by seconds looked back on."""

    estimate: Estimate = Estimate()
    rates: dict[int, float] = msgspec.field(default_factory=dict)


NOTHING: Final = Told()


class _Known:
    """One event as it was brought up to date last."""

    __slots__ = (
        "asked", "at", "crowded_since", "epoch", "inlet", "inlet_since", "steps", "taken", "told"
    )  # fmt: skip

    def __init__(self, view: EventView) -> None:
        self.at = view.snapshot
        self.taken = view.taken  # monotonic s, as is ``asked``
        self.asked = view.taken
        self.epoch = 0  # nothing was read yet
        self.steps: list[Step] = []
        self.crowded_since = 0
        self.inlet: Inlet | None = None
        self.inlet_since = 0
        self.told = NOTHING

    def is_behind(self) -> bool:
        """Whether the store has steps that are not here."""
        at = self.at
        if self.epoch != at.epoch:
            return True
        return at.last is not None and (not self.steps or self.steps[-1] != at.last)

    def was_taken_back(self) -> bool:
        """Whether what is here is of another line, or of one that went on from further back."""
        fell = bool(self.steps) and self.at.counters.serving < self.steps[-1].serving
        return self.epoch != self.at.epoch or fell


class Estimates:
    """Keeps estimates of the events that are being asked for, in one task."""

    def __init__(self, store: Curves, reader: Reader, clock: Callable[[], float]) -> None:
        self._store = store
        self._reader = reader
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._resting: dict[str, float] = {}  # until when (monotonic s)
        self._wake = asyncio.Event()
        self._complain = Seldom(log.error)

    def of(self, view: EventView) -> Told:
        """What there is to tell of ``view``'s event; asking keeps it up to date from now on."""
        event_id = view.snapshot.event.event_id
        known = self._known.get(event_id)
        if known is None:
            known = self._known[event_id] = _Known(view)
            self._wake.set()
        known.at, known.taken = view.snapshot, view.taken
        known.asked = view.taken
        return known.told if known.epoch == view.snapshot.epoch else NOTHING

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep them up to date meanwhile."""
        task = asyncio.create_task(self._keep_up(), name="estimates")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_up(self) -> None:
        while True:
            took = await self.look()
            until = monotonic() + max(EVERY, took / SHARE)
            while (left := until - monotonic()) > 0:
                self._wake.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._wake.wait()
                        await asyncio.sleep(AT_FIRST)
                        await self.look(only_new=True)

    async def look(self, *, only_new: bool = False) -> float:
        """Bring what is asked for up to date; the seconds of this core that it took."""
        self._forget()
        asked = self._asked_for(only_new=only_new)
        await self._refresh(asked)
        took = 0.0
        for event_id, known in asked.items():
            await self._read(event_id, known)
            began = thread_time()
            try:
                self._work_out(known)
            except Exception as error:  # noqa: BLE001 - the task must outlive whatever happens
                self._complain("an estimate failed", event_id=event_id, exc_info=error)
            took += thread_time() - began
            await asyncio.sleep(0)  # visitors first
        return took

    def _asked_for(self, *, only_new: bool) -> dict[str, _Known]:
        now = monotonic()
        return {
            event_id: known
            for event_id, known in self._known.items()
            if known.asked > now - INTEREST
            and self._resting.get(event_id, 0.0) <= now
            and not (only_new and known.epoch)
        }

    async def _refresh(self, asked: dict[str, _Known]) -> None:
        """Look anew at events that so few ask for that no worker keeps them fresh (``views``)."""
        taken = monotonic()
        stale = [one for one, known in asked.items() if known.taken < taken - EVERY]
        for start in range(0, len(stale), AT_ONCE):
            some = stale[start : start + AT_ONCE]
            try:
                async with asyncio.timeout(PATIENCE):
                    found = await self._reader.snapshots(some, int(self._clock()))
            except (StoreUnavailable, TimeoutError):
                self._resting |= dict.fromkeys(some, monotonic() + REST)
                continue
            for one in some:
                if one in found:
                    asked[one].at, asked[one].taken = found[one], taken
                else:
                    self._known.pop(one, None)

    def _forget(self) -> None:
        """What nobody has asked for in a long time, and beyond ``MAX_EVENTS`` the longest ago."""
        now = monotonic()
        fresh = sorted(self._known.items(), key=lambda one: -one[1].asked)[:MAX_EVENTS]
        self._known = {one: known for one, known in fresh if known.asked > now - MEMORY}
        self._resting = {one: until for one, until in self._resting.items() if until > now}

    async def _read(self, event_id: str, known: _Known) -> None:
        """Read what is new of the curve; all of it, if what is known is of another line."""
        if not known.is_behind():
            return
        now, anew, epoch = int(self._clock()), known.was_taken_back(), known.at.epoch
        if anew or not known.steps:
            newest = known.at.last.issued_at if known.at.last is not None else now
            since = newest - LOOK_BACK
        else:
            since = known.steps[-1].issued_at
        try:
            async with asyncio.timeout(PATIENCE):
                arrivals, steps = await self._store.curves(event_id, since, MAX_POINTS)
        except (WaitroomError, TimeoutError):  # out of reach, or deleted a moment ago
            self._resting[event_id] = monotonic() + REST
            return
        if anew:
            known.steps, known.told, known.epoch = [], NOTHING, epoch
            known.crowded_since = crowded_since(arrivals, steps, now)
        known.steps = thinned(_joined(known.steps, steps))

    def _work_out(self, known: _Known) -> None:
        at, now = known.at, int(self._clock())
        if known.inlet != at.event.inlet:
            known.inlet, known.inlet_since = at.event.inlet, now
        if at.counters.queue <= at.counters.serving:
            known.crowded_since = now
        curve = Curve(known.steps, known.crowded_since, known.inlet_since)
        if known.epoch == at.epoch:
            new = estimate(at, curve, now, known.told.estimate)
            known.told = Told(new, _rounded(rates(known.steps, now)))


def _joined(old: list[Step], new: Iterable[Step]) -> list[Step]:
    """``old`` with ``new`` behind it; a second that is in both is as the new one has it."""
    new = list(new)
    if not new:
        return old
    return [step for step in old if step.issued_at < new[0].issued_at] + new


def _rounded(found: dict[int, float]) -> dict[int, float]:
    return {window: round(rate, 3) for window, rate in found.items()}
