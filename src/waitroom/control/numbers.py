"""What operators see of events as they are now: all at a glance, or one with every number.

What belongs here: putting together, from the store, the gates and the estimates, what the panel
shows live; the same for who asks once (``api_panel.py``) and for who listens (``stream.py``). What
must change with it: ``docs/api.md``, the panel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Final

import msgspec

from waitroom.control.gates.watch import GateWatch
from waitroom.control.pace import Paces
from waitroom.core.estimate import Row, wait_behind
from waitroom.core.gates import WELL, GateView, Health
from waitroom.core.inlet import per_minute
from waitroom.core.inlet_kinds import Inlet
from waitroom.core.model import Occupancy, Snapshot
from waitroom.core.rules import served_per_second
from waitroom.core.wellbeing import Reason, Seen, Wellbeing, wellbeing
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.estimates import Told
from waitroom.public.api import Status, status_of
from waitroom.service import Service
from waitroom.shown import without_secrets
from waitroom.undo import Difference, Undoable, last_undoable

MOST_READ: Final = 200  # events of one overview whose sessions are counted: a short read each
MOST_WAITS: Final = 100  # and whose waits are told: working one out takes a moment
AT_ONCE: Final = 16  # such reads at once: visitors' reads wait in the same queue
PATIENCE: Final = 3.0  # s for all of them


class EventCounters(msgspec.Struct, frozen=True):
    """All that is counted of an event, at one moment.

    ``active_tokens``: sessions neither expired nor ended; at most ``cap`` (0: no limit). ``held``:
    visitors who came in time and found the site full. ``expired`` counts those ``given_up`` too.
    """

    event_id: str
    state: str
    queue_counter: int
    serving_counter: int
    waiting_num: int
    token_counter: int
    active_tokens: int
    held: int
    cap: int
    completed_sessions: int
    abandoned_sessions: int
    expired: int
    given_up: int
    max_queue_position_expired: int
    served_per_second: float
    now: int


class Measured(msgspec.Struct, frozen=True):
    """What the event's probe found of late: seconds, and a share from 0 to 1; null: not known."""

    latency: float | None
    errors: float | None


class InletView(msgspec.Struct, frozen=True, kw_only=True):
    """The inlet and all that it goes by at present.

    ``holding``: a gate holds it. ``probe``: null if the event has none. ``rate_per_minute``: what
    the inlet releases by its settings and its memory; null if it has no rate. ``held``: visitors
    who came in time and found the site full. ``cap``: how many may be active; 0: no limit.
    """

    event_id: str
    inlet: Inlet
    state: str
    holding: bool
    gates: tuple[GateView, ...]
    probe: Measured | None
    rate_per_minute: float | None
    active: int
    held: int
    cap: int
    served_per_second: float


class EventNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """All that an operator watches of one event. Times in epoch seconds.

    ``wait_p50`` and ``wait_p90``: seconds that somebody who joins now waits, in the median and in
    nine cases of ten at most; null: not known. ``arrivals_per_minute`` and ``served_per_minute``
    are of the last minute. ``undo``: the newest step that can be undone, and what that would do.
    """

    now: int
    epoch: int
    revision: int
    health: str
    why: tuple[Reason, ...]
    counters: EventCounters
    status: Status
    inlet: InletView
    wait_p50: int | None
    wait_p90: int | None
    arrivals_per_minute: float | None
    served_per_minute: float | None
    undo: Undoable | None


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event at a glance. ``waiting``: places neither taken up nor expired. ``active``: null if
    not known at the moment. ``rate_per_minute``: the inlet's, null if it has none."""

    event_id: str
    title: str
    state: str
    health: str
    why: tuple[Reason, ...]
    waiting: int
    serving: int
    arrived: int
    active: int | None
    cap: int
    rate_per_minute: float | None
    served_per_minute: float
    wait_p50: int | None
    opens_at: int


class Overview(msgspec.Struct, frozen=True):
    """All events at a glance, by ID."""

    now: int
    events: tuple[EventRow, ...]


class Observer:
    """Looks at events for operators.

    ``failing`` names the events whose lines may not move because work on them failed. What is
    remembered from look to look is of use only, and forgotten with the event.
    """

    def __init__(
        self,
        service: Service,
        gates: GateWatch | None = None,
        failing: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._service = service
        self._gates = gates
        self._failing = failing
        self._paces = Paces(service.store)
        self._full_since: dict[str, int] = {}
        self._undo: dict[str, tuple[int, int, Undoable | None]] = {}
        self._lane = asyncio.Semaphore(AT_ONCE)

    def now(self) -> int:
        """The time in whole epoch seconds."""
        return self._service.now()

    async def check_there(self, event_id: str) -> None:
        """Pass if there is such an event. Raises ``EventNotFound``, ``StoreUnavailable``."""
        await self._service.snapshot(event_id)

    # --- all events

    async def overview(self) -> Overview:
        """All events at a glance. Raises ``StoreUnavailable``."""
        found, now = await self._service.snapshots(), self._service.now()
        busiest = sorted(found.values(), key=lambda at: -at.counters.waiting)
        told = {at.event.event_id: self._told(at) for at in busiest[:MOST_WAITS]}
        active = await self._count_active(busiest[:MOST_READ], now)
        self._forget_all_but(found)
        rows = (
            self._row(found[one], active.get(one), told.get(one, Told()), now)
            for one in sorted(found)
        )
        return Overview(now, tuple(rows))

    async def _count_active(self, some: Iterable[Snapshot], now: int) -> dict[str, int]:
        """Active sessions by event; of one that is gone or cannot be read, nothing."""
        active: dict[str, int] = {}

        async def count(event_id: str) -> None:
            async with self._lane:
                with suppress(EventUnknown, StoreUnavailable):
                    active[event_id] = await self._service.store.active_sessions(event_id, now)

        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                counted = []
                for at in some:
                    counters, event_id = at.counters, at.event.event_id
                    if counters.tokens > counters.completed + counters.abandoned:
                        counted.append(count(event_id))
                    else:
                        active[event_id] = 0
                await asyncio.gather(*counted)
        return active

    def _row(self, at: Snapshot, active: int | None, told: Told, now: int) -> EventRow:
        event, counters = at.event, at.counters
        gates, health = self._site(at, now)
        how = self._wellbeing(at, gates, active, told, now)
        wait = _wait_of_newcomer(at, told.estimate.wait)
        return EventRow(
            event_id=event.event_id,
            title=event.title,
            state=event.state.value,
            health=how.health.value,
            why=how.why,
            waiting=counters.waiting,
            serving=counters.serving,
            arrived=counters.queue,
            active=active,
            cap=event.cap,
            rate_per_minute=per_minute(at, now, health),
            served_per_minute=round(60 * served_per_second(at.anchor, at.last, now), 1),
            wait_p50=wait and wait[0],
            opens_at=event.opens_at,
        )

    # --- one event

    async def numbers(self, event_id: str) -> EventNumbers:
        """All of one event. Raises ``EventNotFound``, ``StoreUnavailable``."""
        at, now = await self._service.snapshot(event_id), self._service.now()
        occupancy = await self._service.store.occupancy(event_id, now, ())
        gates, _ = self._site(at, now)
        told = self._told(at)
        how = self._wellbeing(at, gates, occupancy.active, told, now)
        wait = _wait_of_newcomer(at, told.estimate.wait)
        pace = await self._paces.of(at, now)
        return EventNumbers(
            now=now,
            epoch=at.epoch,
            revision=at.revision,
            health=how.health.value,
            why=how.why,
            counters=counters_of(at, occupancy, now),
            status=status_of(self._service, self._service.view_of(at)),
            inlet=self.inlet(at, occupancy, now),
            wait_p50=wait and wait[0],
            wait_p90=wait and wait[1],
            arrivals_per_minute=pace.arrivals,
            served_per_minute=pace.served,
            undo=await self._last_undoable(at),
        )

    def inlet(self, at: Snapshot, occupancy: Occupancy, now: int) -> InletView:
        """The inlet of one event and what it goes by."""
        event = at.event
        gates, health = self._site(at, now)
        probed = event.probe is not None
        return InletView(
            event_id=event.event_id,
            inlet=event.inlet,
            state=event.state.value,
            holding=health.holds,
            gates=gates,
            probe=Measured(health.latency, health.errors) if probed else None,
            rate_per_minute=per_minute(at, now, health),
            active=occupancy.active,
            held=occupancy.held,
            cap=event.cap,
            served_per_second=round(served_per_second(at.anchor, at.last, now), 4),
        )

    def site(self, at: Snapshot, now: int) -> Health:
        """How the site of an event is."""
        return self._site(at, now)[1]

    def _site(self, at: Snapshot, now: int) -> tuple[tuple[GateView, ...], Health]:
        if self._gates is None:
            return (), WELL
        return self._gates.views(at, now), self._gates.health(at, now)

    def _told(self, at: Snapshot) -> Told:
        """What visitors are told. Asking is what has it worked out: at first there is nothing."""
        return self._service.estimates.of(self._service.view_of(at))

    def _wellbeing(
        self, at: Snapshot, gates: tuple[GateView, ...], active: int | None, told: Told, now: int
    ) -> Wellbeing:
        event_id, cap = at.event.event_id, at.event.cap
        if cap and active is not None and active >= cap:
            self._full_since.setdefault(event_id, now)
        elif active is not None:
            self._full_since.pop(event_id, None)
        seen = Seen(
            gates=gates,
            changed=told.estimate.changed,
            active=active,
            full_since=self._full_since.get(event_id, 0),
            failed=event_id in self._failing(),
        )
        return wellbeing(at, seen, now)

    async def _last_undoable(self, at: Snapshot) -> Undoable | None:
        """Read again when the log or the event has changed: inlets move the counter each second,
        and where it would go back to is counted from there."""
        event_id = at.event.event_id
        end = await self._service.audit.end(event_id)
        known = self._undo.get(event_id)
        if known is None or known[:2] != (end, at.revision):
            shown = await shown_undoable(self._service, event_id)
            self._undo[event_id] = known = end, at.revision, shown
        return known[2]

    def _forget_all_but(self, known: Collection[str]) -> None:
        for memory in (self._full_since, self._undo):
            for event_id in memory.keys() - set(known):
                del memory[event_id]
        self._paces.keep(known)


def counters_of(at: Snapshot, occupancy: Occupancy, now: int) -> EventCounters:
    """The counters of one event."""
    counters = at.counters
    return EventCounters(
        event_id=at.event.event_id,
        state=at.event.state.value,
        queue_counter=counters.queue,
        serving_counter=counters.serving,
        waiting_num=counters.waiting,
        token_counter=counters.tokens,
        active_tokens=occupancy.active,
        held=occupancy.held,
        cap=at.event.cap,
        completed_sessions=counters.completed,
        abandoned_sessions=counters.abandoned,
        expired=counters.expired,
        given_up=counters.given_up,
        max_queue_position_expired=counters.expired_up_to,
        served_per_second=round(served_per_second(at.anchor, at.last, now), 4),
        now=now,
    )


async def shown_undoable(service: Service, event_id: str) -> Undoable | None:
    """The newest step that can be undone, without what is secret in settings, and whose it was.

    Raises ``EventNotFound``, ``StoreUnavailable``.
    """
    if (found := await last_undoable(service, event_id)) is None:
        return None
    key = await service.store.api_key(found.by)
    now = without_secrets({name: one.now for name, one in found.settings.items()})
    then = without_secrets({name: one.then for name, one in found.settings.items()})
    settings = {name: Difference(now[name], then[name]) for name in found.settings}
    return msgspec.structs.replace(found, settings=settings, by_name=key.name if key else "")


def _wait_of_newcomer(at: Snapshot, rows: tuple[Row, ...]) -> tuple[int, int] | None:
    """Of who joins now; null: not known. Whoever is called at once waits for nothing."""
    ahead = at.counters.queue - at.counters.serving
    if ahead < 0:
        return 0, 0
    return wait_behind(rows, ahead)
