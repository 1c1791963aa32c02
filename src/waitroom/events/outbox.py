"""Whose facts are kept: the note ``outbox`` of each event that somebody is subscribed to.

What belongs here: setting and removing that note, and bringing a store's calls about many events
into a bounded number at once. What must change with it: ``core/facts.py: OUTBOX``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Final

from waitroom.core.facts import OUTBOX, SEQ_PER_SECOND, Subscription
from waitroom.core.model import Snapshot
from waitroom.errors import EventUnknown
from waitroom.store import Store

Numbers = tuple[int, ...]

AT_ONCE: Final = 64  # events of which the store is asked at once


async def for_each(names: Iterable[str], work: Callable[[str], Awaitable[object]]) -> None:
    """``work`` on each of ``names``, some at once; an event that is gone meanwhile is passed over.

    Raises what ``work`` raises, after the others at work then have ended.
    """
    free = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> None:
        async with free:
            with suppress(EventUnknown):
                await work(name)

    done = await asyncio.gather(*map(one, names), return_exceptions=True)
    for outcome in done:
        if isinstance(outcome, BaseException):
            raise outcome


def covered(
    event_ids: Collection[str], subscriptions: Collection[Subscription], now: int
) -> set[str]:
    """Those events that at least one subscription is for."""
    live = [one for one in subscriptions if one.covers(one.event_id, now)]
    if any(not one.event_id for one in live):
        return set(event_ids)
    return {one.event_id for one in live} & set(event_ids)


async def mark(
    store: Store, found: Mapping[str, Snapshot], subscriptions: Collection[Subscription], now: int
) -> set[str]:
    """Set the note where it is missing, remove it where nobody is subscribed; the events covered.

    ``found`` was read before ``subscriptions``, and both not before ``now``: so a note in it that
    nobody wants is not one that was set for somebody who subscribed this moment. Costs the store
    nothing where all is as it should be.
    """
    wanted = covered(found.keys(), subscriptions, now)
    differing = [
        event_id for event_id, at in found.items() if (OUTBOX in at.notes) != (event_id in wanted)
    ]

    async def correct(event_id: str) -> None:
        if event_id in wanted:
            await store.note(event_id, {OUTBOX: "1"})
            return
        await store.note(event_id, {OUTBOX: None})
        await store.drop_facts(event_id, seq_before(now))

    await for_each(differing, correct)
    return wanted


async def cover(store: Store, event_id: str, now: int) -> None:
    """Set the note of an event that was made just now, if somebody is subscribed to it."""
    if covered([event_id], await store.subscriptions(), now):
        await store.note(event_id, {OUTBOX: "1"})


def seq_before(second: int) -> int:
    """All facts up to this ``seq`` are older than ``second`` (a ``seq`` is at least the time)."""
    return second * SEQ_PER_SECOND - 1


def numbers(at: Snapshot) -> Numbers:
    """What changes with each fact but metrics: where it is as it was, there is nothing to tell."""
    counters = at.counters
    return (
        at.epoch,
        at.revision,
        counters.serving,
        counters.tokens,
        counters.completed,
        counters.abandoned,
    )
