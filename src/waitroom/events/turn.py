"""One turn of a lane: facts of one event told to one subscription, in order, until none is left.

What belongs here: what is told when, what a failure means for what comes behind it, and how the
store hears how far it went. Which lanes get a turn is ``delivery.py``. What must change with it:
"Guarantees" in ``docs/subscriptions.md``.

**At least once, in order.** The cursor is written down after what it says was taken, so a plane
that dies in between leaves something to be told again, by whoever takes the lane next. A fact that
is not taken holds up those behind it: that is what order means.

**For a day.** A fact becomes a dead letter when its endpoint has taken nothing for 24 hours and the
fact is as old. The next one is tried at once: perhaps it was only this one that was not liked. If
that is not taken either, it is the endpoint, and all that have waited for a day are dead.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog
from msgspec.structs import replace

from waitroom.core.facts import DeadLetter, Fact, Lane, Subscription
from waitroom.errors import DeliveryFailed, EndpointGone, StoreUnavailable
from waitroom.events.cloudevent import OfFact
from waitroom.events.outbox import seq_before
from waitroom.events.sinks import Sink
from waitroom.events.subscriptions import MAX_LETTERS
from waitroom.store import Store

LEASE: Final = 30  # s for which a lane is ours; longer than a sink may take for one message
ASK_AGAIN: Final = 10  # s until a lane that another plane has is asked for again
TURN: Final = 10.0  # s after which others get their turn
BATCH: Final = 100  # facts in memory for one turn
AT_ONCE: Final = 10  # messages given to a sink at once
KEEP_EVERY: Final = 20  # messages, or each second: how often the cursor is written down
FIRST_DELAY: Final = 1.0  # s until a failed message is tried again; doubled each time
LONGEST_DELAY: Final = 3_600.0
TRY_FOR: Final = 86_400  # s, then it is a dead letter

log = structlog.get_logger("waitroom.events")


class LaneLost(Exception):
    """Another plane has the lane by now; what it says counts."""


@dataclass(frozen=True)
class Desk:
    """What a turn works with. ``owner``: this process. ``told``: counts by kind and outcome."""

    store: Store
    message_of: OfFact
    clock: Callable[[], float]
    owner: str
    told: Counter[tuple[str, str]] = field(default_factory=Counter)


def delay(failures: int) -> float:
    """Seconds until the next try: about 1, 2, 4 ... up to an hour.

    Spread by a quarter to either side, so that lanes that failed together do not come together.
    """
    doubled = FIRST_DELAY * 2.0 ** min(failures - 1, 20)
    return min(LONGEST_DELAY, doubled) * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret


async def take_turn(desk: Desk, subscription: Subscription, sink: Sink, event_id: str) -> int:
    """Tell what there is to tell. When to come again (epoch s); 0: when there is something new.

    Raises ``StoreUnavailable``, ``EventUnknown``, and ``EndpointGone``: nothing more is wanted.
    """
    now = int(desk.clock())
    name = subscription.subscription_id
    lane = await desk.store.take_lane(event_id, name, desk.owner, now, LEASE)
    if lane is None:
        return now + ASK_AGAIN
    turn = _Turn(desk, subscription, sink, event_id, lane)
    try:
        return await turn.run()
    except LaneLost:
        return int(desk.clock()) + ASK_AGAIN
    finally:
        await turn.leave()


class _Turn:
    def __init__(
        self, desk: Desk, subscription: Subscription, sink: Sink, event_id: str, lane: Lane
    ) -> None:
        self._desk = desk
        self._subscription = subscription
        self._sink = sink
        self._event_id = event_id
        self._lane = lane
        self._has_lane = True
        self._kept_at = desk.clock()
        self._unkept = 0  # messages taken since
        self._died = 0  # dead letters in a row

    async def run(self) -> int:
        now = self._desk.clock()
        if self._lane.retry_at > now:
            return self._lane.retry_at
        # What happened before somebody subscribed is not for them.
        before = seq_before(self._subscription.created_at)
        while self._desk.clock() < now + TURN:
            behind = max(self._lane.cursor, before)
            facts = await self._desk.store.facts(self._event_id, behind, BATCH)
            if not facts:
                return 0
            if not await self._tell(facts):
                return self._lane.retry_at
        return int(self._desk.clock())

    async def leave(self) -> None:
        """Give the lane back, with what was done; if the store cannot be told, the lease ends."""
        if self._has_lane:
            with suppress(StoreUnavailable, LaneLost):
                await self._keep(replace(self._lane, leased_until=0))

    async def _tell(self, facts: Sequence[Fact]) -> bool:
        """Whether all ``facts`` are dealt with; if not, the lane says when to go on."""
        types = self._subscription.types
        left = [fact for fact in facts if not types or fact.type in types]
        while left:
            messages = [self._desk.message_of(self._event_id, f) for f in left[:AT_ONCE]]
            try:
                taken = await self._sink.send(messages)
            except EndpointGone:
                raise
            except DeliveryFailed as error:
                dead = await self._fail(left, str(error))
                if not dead:
                    return False
                del left[:dead]
            else:
                await self._go_on(left[taken - 1].seq, taken)
                del left[:taken]
        self._lane = replace(self._lane, cursor=facts[-1].seq)
        return True

    async def _go_on(self, seq: int, taken: int) -> None:
        self._count("delivered", taken)
        self._died = 0
        if self._lane.failures:
            log.info("delivered again", **self._names())
        self._lane = replace(self._lane, cursor=seq, failures=0, failed_at=0, retry_at=0, error="")
        self._unkept += taken
        if self._unkept >= KEEP_EVERY or self._desk.clock() >= self._kept_at + 1:
            await self._keep(self._lane)

    async def _fail(self, left: Sequence[Fact], why: str) -> int:
        """The first of ``left`` was not taken: how many are dead now; 0: it is tried again."""
        now = int(self._desk.clock())
        self._count("failed", 1)
        if not self._lane.failures:
            log.warning("a delivery failed", reason=why, **self._names())
        failures, since = self._lane.failures + 1, self._lane.failed_at or now
        self._lane = replace(
            self._lane,
            failures=failures,
            failed_at=since,
            retry_at=now + max(1, round(delay(failures))),
            error=why,
        )
        too_old = now - TRY_FOR
        if since > too_old or left[0].at > too_old:
            await self._keep(self._lane)
            return 0
        dead = left[:1] if not self._died else [fact for fact in left if fact.at <= too_old]
        await self._bury(dead, now)
        return len(dead)

    async def _bury(self, dead: Sequence[Fact], now: int) -> None:
        lane = self._lane
        for fact in dead:
            letter = DeadLetter(
                subscription_id=lane.subscription_id,
                fact=fact,
                died_at=now,
                failures=lane.failures,
                error=lane.error,
            )
            self._lane = replace(lane, cursor=fact.seq)
            await self._keep(self._lane, letter)
        self._died += len(dead)
        self._count("dead", len(dead))
        log.error("could not be delivered", facts=len(dead), reason=lane.error, **self._names())
        await self._drop_oldest_letters()

    async def _drop_oldest_letters(self) -> None:
        store, event_id = self._desk.store, self._event_id
        letters = await store.dead_letters(event_id, MAX_LETTERS + BATCH)
        for letter in letters[: max(0, len(letters) - MAX_LETTERS)]:
            await store.drop_letter(event_id, letter.subscription_id, letter.fact.seq)

    async def _keep(self, lane: Lane, dead: DeadLetter | None = None) -> None:
        """Write the lane down, ours for another while unless it is being left."""
        now = self._desk.clock()
        if lane.leased_until:
            lane = replace(lane, leased_until=int(now) + LEASE)
        if not await self._desk.store.keep_lane(self._event_id, lane, dead):
            self._has_lane = False
            raise LaneLost
        self._kept_at, self._unkept = now, 0

    def _count(self, outcome: str, number: int) -> None:
        self._desk.told[self._subscription.kind, outcome] += number

    def _names(self) -> dict[str, str]:
        return {
            "subscription_id": self._subscription.subscription_id,
            "target": self._subscription.target,
            "event_id": self._event_id,
        }
