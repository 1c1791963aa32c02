"""``GET /metrics`` on the control plane, for a key that may read.

What belongs here: who may, and which numbers a control plane has. The numbers themselves are
``waitroom.observe``'s.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, cast

from waitroom.control.auth import authenticate
from waitroom.control.gates.watch import GateWatch
from waitroom.errors import MethodNotAllowed, StoreUnavailable, WaitroomError
from waitroom.http import App, Receive, Reply, Scope, Send, error_reply, header
from waitroom.observe.door import accept_of, metrics_reply, open_door
from waitroom.observe.events import Events
from waitroom.observe.exposition import Scrape
from waitroom.observe.meter import Meter, Numbers
from waitroom.observe.shared import directory_of_process
from waitroom.runtime import Runtime
from waitroom.store import is_embedded

if TYPE_CHECKING:
    from waitroom.store.redis import RedisStore

PATH: Final = "/metrics"
SCOPE: Final = "read"
TRUSTED: Final = 600.0  # s for which who was let in is let in while the store cannot be asked
MOST_TRUSTED: Final = 16  # of those who scrape


@asynccontextmanager
async def scraped(
    runtime: Runtime, gates: GateWatch, delivered: Mapping[tuple[str, str], int]
) -> AsyncIterator[Scrape]:
    """What this control plane tells whoever scrapes; the listener of this machine may ask too.

    ``delivered``: how many deliveries there were by kind of subscription and what came of them.
    """

    async def ahead() -> float | None:
        return await clock_ahead(runtime)

    events = Events(runtime.service, ahead=ahead, views=gates.views, probe=gates.probe)

    async def numbers() -> Numbers:
        found = await events()
        found.counters["waitroom_deliveries"] = {k: float(n) for k, n in delivered.items()}
        return found

    directory = directory_of_process()
    scrape = Scrape(directory, runtime.own_numbers, numbers)
    async with runtime.service.estimates.running(), open_door(directory, scrape):
        yield scrape


def turn_counter(meter: Meter) -> Callable[[float, str], None]:
    """For ``Jobs``: enters each turn of the periodic work."""

    def turned(seconds: float, outcome: str) -> None:
        meter.observe("waitroom_jobs_turn_duration_seconds", seconds, outcome)

    return turned


class WithMetrics:
    """``pages``, and the numbers at ``/metrics``.

    While the store is away nobody's key can be looked up, and that is when the numbers are needed:
    who was let in a few minutes ago still is.
    """

    def __init__(
        self,
        pages: App,
        scrape: Scrape,
        runtime: Runtime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages = pages
        self._clock = clock
        self._scrape = scrape
        self._runtime = runtime
        self._trusted: dict[bytes, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "http" and scope["path"] == PATH:
            await (await self._answer(scope))(send)
        else:
            await self._pages(scope, receive, send)

    async def _answer(self, scope: Scope) -> Reply:
        try:
            if scope["method"] not in {"GET", "HEAD"}:
                raise MethodNotAllowed(("GET", "HEAD"))
            await self._check(scope)
        except WaitroomError as error:
            return error_reply(error)
        return metrics_reply(*await self._scrape.answer(accept_of(scope)))

    async def _check(self, scope: Scope) -> None:
        told = hashlib.sha256(header(scope, b"authorization") or b"").digest()
        try:
            clock = self._runtime.service.clock
            caller = await authenticate(self._runtime.api_keys, scope, _no_body, clock)
            caller.require(SCOPE)
        except StoreUnavailable:
            if self._clock() > self._trusted.get(told, float("-inf")):
                raise
        except WaitroomError:
            self._trusted.pop(told, None)
            raise
        else:
            if len(self._trusted) >= MOST_TRUSTED:
                self._trusted.clear()
            self._trusted[told] = self._clock() + TRUSTED


async def _no_body() -> bytes:
    return b""


async def clock_ahead(runtime: Runtime) -> float | None:
    """How many seconds the store's server is ahead of this machine; None: it has no clock of its
    own. Of a cluster, the server that is furthest off. Raises ``StoreUnavailable``.
    """
    if is_embedded(runtime.settings.store_url):
        return None
    client = cast("RedisStore", runtime.store).client
    asked = time.time()
    heard = await client.everywhere(("TIME",))
    ours = (asked + time.time()) / 2  # it looked at its clock about half way
    apart = [_seconds(told[0]) - ours for told in heard.values() if isinstance(told[0], list)]
    return max(apart, key=abs, default=None)


def _seconds(told: list[bytes]) -> float:
    return int(told[0]) + int(told[1]) / 1e6
