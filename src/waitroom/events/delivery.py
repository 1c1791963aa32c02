"""Delivery: which lanes get a turn, on each control plane, without a leader.

What belongs here: finding work cheaply, and keeping endpoints apart. What a turn does is
``turn.py``. Any number of planes run this at once; a lane is one plane's at a time (its lease).

**Finding work.** A fact comes with a change of an event's numbers, which the periodic work of this
plane reads each second anyway: an event whose numbers are as they were a second ago is not asked
for. To be safe (and for metrics, which change no number) each event is looked at every half minute.
With nobody subscribed, all this costs one read of the store a second.

**Apart.** Each subscription has its own courier with a few turns at a time: an endpoint that hangs
holds up its own lanes only. In memory are the names of events with something to tell, and at most
``turn.BATCH`` facts for each turn.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from waitroom.core.facts import OUTBOX, Subscription
from waitroom.core.model import Snapshot
from waitroom.errors import EndpointGone, EventUnknown, StoreUnavailable, WaitroomError
from waitroom.events import outbox
from waitroom.events.cloudevent import Messages
from waitroom.events.sinks import Sink, Sinks
from waitroom.events.subscriptions import end
from waitroom.events.turn import Desk, take_turn
from waitroom.logs import Outage, Seldom
from waitroom.store import Store

TICK: Final = 1.0  # s
PATIENCE: Final = 10.0  # s that the store may take for all that one tick asks of it
FRESH: Final = 3.0  # s for which what the periodic work has read is good enough
TURNS: Final = 4  # of one subscription at once, each of another event
LOOK_WITHIN: Final = 30  # s in which each covered event is looked at, whatever its numbers
METRICS_LOOK: Final = 10  # s between looks at an event that tells its metrics
LOOKS: Final = 200  # at events in one tick: after a start there may be thousands to look at
# Facts stay so long after everybody has them: for tails, which have no lane, and for somebody who
# subscribed a moment ago and whom this plane has not heard of.
KEPT_FOR: Final = 15
TROUBLED: Final = 5  # s until a lane whose turn failed on our side gets another

log = structlog.get_logger("waitroom.events")


class Courier:
    """Carries what one subscription is told."""

    def __init__(
        self,
        subscription: Subscription,
        sink: Sink,
        turn: Callable[[Subscription, Sink, str], Awaitable[int]],
        clock: Callable[[], float],
    ) -> None:
        self.subscription = subscription
        self._sink = sink
        self._turn = turn
        self._clock = clock
        self._due: dict[str, int] = {}  # event -> epoch s from which it may have its turn
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._complain = Seldom(log.error)
        self.is_gone = False

    def wake(self, event_id: str) -> None:
        """There may be something to tell. One that waits to be tried again goes on waiting."""
        self._due.setdefault(event_id, 0)

    def go(self) -> None:
        """Begin the turns that are due, as many as may be at once."""
        now = self._clock()
        for event_id in [name for name, at in self._due.items() if at <= now]:
            if len(self._turns) >= TURNS or self.is_gone:
                return
            if event_id not in self._turns:
                del self._due[event_id]
                task = asyncio.create_task(self._run(event_id), name=f"deliver-{event_id}")
                self._turns[event_id] = task

    async def settle(self) -> None:
        """Return when no turn is running."""
        while self._turns:
            await asyncio.wait(list(self._turns.values()))

    async def stop(self) -> None:
        """End all turns; what was not taken is told later, by whoever has the lane then."""
        self.is_gone = True
        turns = list(self._turns.values())
        for turn in turns:
            turn.cancel()
        await asyncio.gather(*turns, return_exceptions=True)
        await self._sink.close()

    async def _run(self, event_id: str) -> None:
        try:
            again_at = await self._turn(self.subscription, self._sink, event_id)
            if again_at:
                self._due[event_id] = again_at
        except EndpointGone:
            self.is_gone = True
        except EventUnknown:
            self._due.pop(event_id, None)
        except StoreUnavailable:
            self._due[event_id] = int(self._clock()) + TROUBLED
        except Exception as error:  # noqa: BLE001 - one event's trouble is not the others'
            self._complain("a turn of delivery failed", event_id=event_id, exc_info=error)
            self._due[event_id] = int(self._clock()) + TROUBLED
        finally:
            del self._turns[event_id]
        self.go()


class Delivery:
    """The delivery of one control plane."""

    def __init__(
        self, store: Store, sinks: Sinks, messages: Messages, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._sinks = sinks
        self._clock = clock
        self._desk = Desk(store, messages.of, clock, secrets.token_hex(8))
        self._couriers: dict[str, Courier] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._listed_at = float("-inf")
        self._refused: set[str] = set()  # subscriptions that cannot be opened here
        self._found: tuple[float, Mapping[str, Snapshot]] = float("-inf"), {}
        self._is_clean = False  # whether no event is known to have an outbox for nobody
        self._numbers: dict[str, outbox.Numbers] = {}
        self._to_look: dict[str, None] = {}
        self._round: list[str] = []  # events still to be looked at in this half minute

    @property
    def told(self) -> Counter[tuple[str, str]]:
        """Messages so far, by kind of sink and outcome: delivered, failed, dead."""
        return self._desk.told

    def see(self, found: Mapping[str, Snapshot]) -> None:
        """Take note of all events as they were read just now, so that they need not be again."""
        self._found = self._clock(), found

    async def tick(self) -> None:
        """Look who is told what, and begin the turns that are due. Raises ``StoreUnavailable``."""
        now = int(self._clock())
        found, subscriptions = await self._read(now)
        ended = [one for one in subscriptions if one.until and one.until <= now]
        for one in ended:
            await end(self._store, one)
        live = [one for one in subscriptions if one not in ended]
        covered = await outbox.mark(self._store, found, live, now)
        # Known to be clean only once this was seen in a reading of its own.
        self._is_clean = not live and not any(OUTBOX in a.notes for a in found.values())
        await self._match(live, covered)
        self._wake(found, covered, now)
        await self._look()
        for courier in list(self._couriers.values()):
            courier.go()

    async def settle(self) -> None:
        """Return when no turn is running."""
        for courier in list(self._couriers.values()):
            await courier.settle()

    async def stop(self) -> None:
        """End everything; lanes are given back."""
        couriers, self._couriers = list(self._couriers.values()), {}
        await asyncio.gather(*(courier.stop() for courier in couriers), return_exceptions=True)

    async def _read(self, now: int) -> tuple[Mapping[str, Snapshot], list[Subscription]]:
        """All events, and then who is subscribed (in this order: see ``outbox.mark``)."""
        read_at, found = self._found
        if now - read_at <= FRESH:
            return found, await self._store.subscriptions()
        subscriptions = await self._store.subscriptions()
        if not subscriptions and self._is_clean:
            return {}, []
        found = await self._store.snapshots(await self._store.event_ids(), now)
        return found, await self._store.subscriptions()

    async def _match(self, live: list[Subscription], covered: set[str]) -> None:
        """A courier for each subscription, and none besides."""
        self._subscriptions = {one.subscription_id: one for one in live}
        self._listed_at = self._clock()
        for name, courier in list(self._couriers.items()):
            if courier.is_gone:
                await self._end_gone(courier.subscription)
            if courier.is_gone or name not in self._subscriptions:
                del self._couriers[name]
                await courier.stop()
        self._refused &= self._subscriptions.keys()
        for name, one in self._subscriptions.items():
            if one.kind != "tail" and name not in self._couriers and self._open(one):
                self._to_look |= dict.fromkeys([one.event_id] if one.event_id else covered)

    async def _end_gone(self, gone: Subscription) -> None:
        log.warning(
            "an endpoint answered 410 Gone; its subscription is removed",
            subscription_id=gone.subscription_id,
            target=gone.target,
        )
        self._subscriptions.pop(gone.subscription_id, None)
        await end(self._store, gone)

    def _open(self, subscription: Subscription) -> bool:
        name = subscription.subscription_id
        try:
            sink = self._sinks.open(subscription)
        except WaitroomError as error:
            if name not in self._refused:  # said once; what is to be told waits
                log.error(  # noqa: TRY400 - the reason is all there is to know
                    "a subscription cannot be served", subscription_id=name, reason=str(error)
                )
            self._refused.add(name)
            return False
        self._refused.discard(name)
        self._couriers[name] = Courier(subscription, sink, self._take_turn, self._clock)
        return True

    async def _take_turn(self, subscription: Subscription, sink: Sink, event_id: str) -> int:
        again_at = await take_turn(self._desk, subscription, sink, event_id)
        await self._tidy(event_id)
        return again_at

    # --- finding work

    def _wake(self, found: Mapping[str, Snapshot], covered: set[str], now: int) -> None:
        for event_id in covered:
            at = found[event_id]
            numbers = outbox.numbers(at)
            before = self._numbers.get(event_id)
            self._numbers[event_id] = numbers
            if before is None or (at.event.metrics_events and not now % METRICS_LOOK):
                self._to_look[event_id] = None
            elif before != numbers:
                self._wake_couriers(event_id)
        for event_id in self._numbers.keys() - covered:
            del self._numbers[event_id]
        if not self._round:
            self._round = list(covered)
        for _ in range(min(len(self._round), math.ceil(len(covered) / LOOK_WITHIN))):
            self._to_look[self._round.pop()] = None

    def _wake_couriers(self, event_id: str) -> None:
        for courier in self._couriers.values():
            if courier.subscription.event_id in {"", event_id}:
                courier.wake(event_id)

    async def _look(self) -> None:
        """Wake whoever is told of an event that has facts."""
        some = list(self._to_look)[:LOOKS]

        async def look(event_id: str) -> None:
            if await self._store.facts(event_id, 0, 1):
                self._wake_couriers(event_id)
                await self._tidy(event_id)

        await outbox.for_each(some, look)
        for event_id in some:
            self._to_look.pop(event_id, None)

    async def _tidy(self, event_id: str) -> None:
        """Drop the facts that everybody has, and lanes of those who are gone."""
        now = int(self._clock())
        if now - self._listed_at > KEPT_FOR / 2:
            return  # somebody may have subscribed whom we do not know of
        lanes = {lane.subscription_id: lane for lane in await self._store.lanes(event_id)}
        known_by_all = outbox.seq_before(now - KEPT_FOR)
        for name, one in self._subscriptions.items():
            if one.kind != "tail" and one.covers(event_id, now):
                told = lanes[name].cursor if name in lanes else 0
                known_by_all = min(known_by_all, max(told, outbox.seq_before(one.created_at)))
        oldest = await self._store.facts(event_id, 0, 1)
        if oldest and oldest[0].seq <= known_by_all:
            await self._store.drop_facts(event_id, known_by_all)
        if lanes.keys() - self._subscriptions.keys():
            # Read after the lanes: who is not in it has ended, and did not begin just now.
            there = {one.subscription_id for one in await self._store.subscriptions()}
            for name in lanes.keys() - there:
                await self._store.drop_lane(event_id, name)


@asynccontextmanager
async def delivering(delivery: Delivery) -> AsyncIterator[None]:
    """Deliver meanwhile."""
    task = asyncio.create_task(_work(delivery), name="delivery")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await delivery.stop()


async def _work(delivery: Delivery) -> None:
    outage = Outage(log, "delivery waits for the store")
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                await delivery.tick()
            outage.is_over()
        except (StoreUnavailable, TimeoutError) as error:
            outage.goes_on(getattr(error, "detail", "it took too long"))
        except Exception as error:  # this task must outlive whatever happens
            log.exception("delivery failed", error=str(error))
        await asyncio.sleep(TICK)
