"""What the control plane tells of each event, read when somebody scrapes and not before.

What belongs here: from the store, the gates and the subscriptions to gauges. A scrape of a thousand
events takes some three thousand short reads; it ends after ``PATIENCE`` whatever the store does,
with what was read by then. What must change with it: ``catalogue.py``.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from waitroom.core.facts import OUTBOX
from waitroom.core.gates import GateState, GateView, Health
from waitroom.core.inlet import per_minute
from waitroom.core.model import Snapshot, State
from waitroom.core.rules import served_per_second
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.observe.meter import Labels, Numbers
from waitroom.service import Service

MOST_EVENTS: Final = 1_000  # told of one by one; of the others, that there are some
MOST_WAITS: Final = 100  # of those, whose waits are told: working one out takes a moment
MOST_LETTERS: Final = 1_000  # dead letters of an event that are counted
AT_ONCE: Final = 16  # events read at once: visitors' reads wait in the same queue
PATIENCE: Final = 4.0  # s for all of it; Prometheus waits ten for its answer
DEPLOYMENT: Final = ""  # the name of the deployment's own log

Probed = tuple[float | None, float | None]


class Gauges:
    """Gauges in the making."""

    def __init__(self) -> None:
        self.numbers = Numbers()

    def set(self, name: str, value: float | None, *labels: str) -> None:
        """Set ``waitroom_NAME``; nothing if there is no value."""
        if value is not None:
            of: dict[Labels, float] = self.numbers.gauges.setdefault(f"waitroom_{name}", {})
            of[labels] = float(value)

    def choice(self, name: str, chosen: str, every: type[State | GateState], *labels: str) -> None:
        """One gauge for each word there is: 1 for the one that is so, else 0."""
        for word in every:
            self.set(name, word == chosen, *labels, word.value)


class Events:
    """Reads the gauges of all events.

    ``views`` and ``probe`` tell of an event's gates (``GateWatch``), ``ahead`` how far the store's
    own clock is ahead of ours. What newcomers wait is what visitors are told (``estimates.py``).
    """

    def __init__(
        self,
        service: Service,
        *,
        views: Callable[[Snapshot, int], tuple[GateView, ...]] = lambda _at, _now: (),
        probe: Callable[[Snapshot], Probed] = lambda _at: (None, None),
        ahead: Callable[[], Awaitable[float | None]] | None = None,
    ) -> None:
        self._service = service
        self._store = service.store
        self._views = views
        self._probe = probe
        self._ahead = ahead
        self._lane = asyncio.Semaphore(AT_ONCE)

    async def __call__(self) -> Numbers:
        """The gauges as of now; never raises for want of a store."""
        gauges = Gauges()
        gauges.set("store_up", 0)
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._read(gauges)
        return gauges.numbers

    async def _read(self, gauges: Gauges) -> None:
        now = self._service.now()
        every = await self._store.snapshots(await self._store.event_ids(), now)
        gauges.set("store_up", 1)
        states = Counter(at.event.state for at in every.values())
        for state in State:
            gauges.set("events", states[state], state.value)
        _tell_clock(gauges, every, now)
        listed = sorted(every.values(), key=lambda at: (-at.counters.waiting, at.event.event_id))
        gauges.set("events_unlisted", max(0, len(listed) - MOST_EVENTS))
        for at in listed[:MOST_EVENTS]:
            _tell_line(gauges, at, now)
            held = self._tell_gates(gauges, at, now)
            released = per_minute(at, now, Health(holds=held))
            gauges.set("event_release_per_minute", released, at.event.event_id)
        for at in listed[:MOST_WAITS]:
            self._tell_wait(gauges, at)
        await self._tell_deployment(gauges)
        await asyncio.gather(*(self._tell_more(gauges, at, now) for at in listed[:MOST_EVENTS]))

    def _tell_gates(self, gauges: Gauges, at: Snapshot, now: int) -> bool:
        """Tell them; whether any of them holds the line."""
        event_id, views = at.event.event_id, self._views(at, now)
        for view in views:
            gauges.choice("gate_state", view.state, GateState, event_id, view.name)
            gauges.set("gate_holds", view.holds, event_id, view.name)
        latency, errors = self._probe(at)
        gauges.set("probe_latency_seconds", latency, event_id)
        gauges.set("probe_errors_ratio", errors, event_id)
        return any(view.holds for view in views)

    async def _tell_deployment(self, gauges: Gauges) -> None:
        for kind, many in Counter(one.kind for one in await self._store.subscriptions()).items():
            gauges.set("subscriptions", many, kind)
        gauges.set("audit_unsealed_entries", await self._unsealed(DEPLOYMENT), DEPLOYMENT)
        if self._ahead is not None:
            gauges.set("clock_skew_seconds", await self._ahead(), "server")

    async def _tell_more(self, gauges: Gauges, at: Snapshot, now: int) -> None:
        """What takes a read of its own; of an event that is gone or out of reach, nothing."""
        event_id = at.event.event_id
        async with self._lane:
            with suppress(EventUnknown, StoreUnavailable):
                full = await self._store.occupancy(event_id, now, ())
                gauges.set("event_active", full.active, event_id)
                gauges.set("event_held", full.held, event_id)
                gauges.set("audit_unsealed_entries", await self._unsealed(event_id), event_id)
                if at.notes.get(OUTBOX) == "1":
                    await self._tell_delivery(gauges, event_id, now)

    def _tell_wait(self, gauges: Gauges, at: Snapshot) -> None:
        """Of who is last in line. Asking is what has it worked out: at the first scrape of an event
        there is nothing yet."""
        event_id = at.event.event_id
        rows = self._service.estimates.of(self._service.view_of(at)).estimate.wait
        if rows:
            gauges.set("event_wait_seconds", rows[-1].p50, event_id, "0.5")
            gauges.set("event_wait_seconds", rows[-1].p90, event_id, "0.9")

    async def _tell_delivery(self, gauges: Gauges, event_id: str, now: int) -> None:
        gauges.set("outbox_facts", await self._store.outbox_depth(event_id), event_id)
        letters = await self._store.dead_letters(event_id, MOST_LETTERS)
        gauges.set("dead_letters", len(letters), event_id)
        for lane in await self._store.lanes(event_id):
            names = event_id, lane.subscription_id
            ahead = await self._store.facts(event_id, lane.cursor, 1)
            gauges.set("delivery_lag_seconds", max(0, now - ahead[0].at) if ahead else 0, *names)
            gauges.set("delivery_failures", lane.failures, *names)

    async def _unsealed(self, event_id: str) -> int:
        oldest = await self._store.unsealed(event_id)
        return await self._store.log_end(event_id) - oldest + 1 if oldest else 0


def _tell_line(gauges: Gauges, at: Snapshot, now: int) -> None:
    event, counters = at.event, at.counters
    name = event.event_id
    gauges.choice("event_state", event.state, State, name)
    gauges.set("event_inlet", 1, name, str(event.inlet.__struct_config__.tag))
    for counter in ("queue", "serving", "waiting", "tokens", "completed", "abandoned", "expired"):
        gauges.set(f"event_{counter}", getattr(counters, counter), name)
    gauges.set("event_given_up", counters.given_up, name)
    gauges.set("event_cap", event.cap or None, name)
    gauges.set("event_served_per_second", served_per_second(at.anchor, at.last, now), name)


def _tell_clock(gauges: Gauges, every: Mapping[str, Snapshot], now: int) -> None:
    """Another plane's clock shows in what it wrote: an entry from the future is one of a clock
    that is ahead of ours. One that is behind ours shows at that plane."""
    newest = max((at.last.issued_at for at in every.values() if at.last is not None), default=now)
    gauges.set("clock_skew_seconds", max(0, newest - now), "entries")
