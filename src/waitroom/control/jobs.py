"""Periodic work of the control plane: the expiry sweep, and clearing away what resets left.

What belongs here: when work is done; what it does stands in the store's verbs. Every step is
idempotent, so any number of control planes may run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from waitroom.errors import StoreUnavailable
from waitroom.service import Service

SWEEP: Final = 1.0  # s between looks at places that may have expired
PURGED_AT_ONCE: Final = 5_000  # rows removed in one transaction: bounds how long joins wait for it

log = structlog.get_logger("waitroom.control")


@asynccontextmanager
async def periodic_work(service: Service) -> AsyncIterator[None]:
    """Run the periodic work meanwhile."""
    task = asyncio.create_task(_work(service), name="periodic-work")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _work(service: Service) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        try:
            await sweep(service)
        except StoreUnavailable as error:
            log.warning("periodic work waits for the store", detail=error.detail)
        except Exception as error:  # this task must outlive whatever happens
            log.exception("periodic work failed", error=str(error))


async def sweep(service: Service) -> None:
    """One round: expire places of every event, then remove some of what no event needs."""
    store = service.store
    for event_id in await store.event_ids():
        swept = await store.expire(event_id, service.now())
        if swept.expired or swept.advanced_by:
            log.info(
                "places expired",
                event_id=event_id,
                expired=swept.expired,
                advanced_by=swept.advanced_by,
            )
    await store.purge(PURGED_AT_ONCE, service.now())
