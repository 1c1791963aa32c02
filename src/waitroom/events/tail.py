"""Watching events live: facts read from the store by whoever wants to see them.

What belongs here: a subscription that lives only while it is watched, and reading what it keeps at
hand. It has no lane: planes keep facts for a while after all others have them
(``delivery.KEPT_FOR``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

import structlog

from waitroom.core.facts import Subscription
from waitroom.errors import StoreUnavailable
from waitroom.events import outbox
from waitroom.events.cloudevent import Message, OfFact
from waitroom.events.subscriptions import Subscriptions
from waitroom.logs import Outage
from waitroom.store import Store

GLANCE: Final = 1.0  # s between looks at the store
LOOK: Final = 10  # looks after which every event is asked for, whatever its numbers
RENEWED: Final = 20  # s
LASTS: Final = 60  # s beyond the last renewal, if whoever watches is gone without a word
BATCH: Final = 500

_Read = tuple[int, Message | None]  # a ``seq``, and what is to be shown of it

log = structlog.get_logger("waitroom.events")


class Tail:
    """Reads the facts of ``subscription``, which is a tail."""

    def __init__(
        self,
        store: Store,
        subscription: Subscription,
        message_of: OfFact,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._subscription = subscription
        self._message_of = message_of
        self._clock = clock
        self._seen: dict[str, tuple[outbox.Numbers, int]] = {}  # numbers, and the last ``seq``
        self._looks = 0

    async def look(self) -> AsyncGenerator[Message, None]:
        """What has happened since the last look, in order within each event.

        Raises ``StoreUnavailable``: what was not yielded is in the next look.
        """
        one = self._subscription
        ids = [one.event_id] if one.event_id else await self._store.event_ids()
        everything = self._looks % LOOK == 0
        self._looks += 1
        for event_id, at in (await self._store.snapshots(ids, int(self._clock()))).items():
            numbers = outbox.numbers(at)
            before, cursor = self._seen.get(event_id, ((), outbox.seq_before(one.created_at)))
            if before == numbers and not everything:
                continue
            async with aclosing(self._facts(event_id, cursor)) as facts:
                async for cursor, message in facts:
                    self._seen[event_id] = before, cursor
                    if message is not None:
                        yield message
            self._seen[event_id] = numbers, cursor

    async def _facts(self, event_id: str, cursor: int) -> AsyncGenerator[_Read, None]:
        types = self._subscription.types
        while facts := await self._store.facts(event_id, cursor, BATCH):
            for fact in facts:
                wanted = not types or fact.type in types
                yield fact.seq, self._message_of(event_id, fact) if wanted else None
            cursor = facts[-1].seq


async def watch(
    store: Store,
    subscriptions: Subscriptions,
    message_of: OfFact,
    clock: Callable[[], float],
    *,
    event_id: str = "",
    types: tuple[str, ...] = (),
) -> AsyncGenerator[Message, None]:
    """All that happens from now on, until the caller stops; then nothing of it is left behind.

    Close it (``aclosing``). A store that is out of reach for a while is waited for.
    """
    renew_at = clock() + RENEWED
    subscription = await subscriptions.tail(event_id, types, int(clock()) + LASTS)
    tail = Tail(store, subscription, message_of, clock)
    outage = Outage(log, "waiting for the store")
    try:
        while True:
            try:
                async with aclosing(tail.look()) as found:
                    async for message in found:
                        yield message
                if clock() >= renew_at:
                    await subscriptions.renew(subscription, int(clock()) + LASTS)
                    renew_at = clock() + RENEWED
                outage.is_over()
            except StoreUnavailable as error:
                outage.goes_on(error.detail)
            await asyncio.sleep(GLANCE)
    finally:
        await subscriptions.remove(subscription.subscription_id)
