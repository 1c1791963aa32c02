"""The public keys of the waiting room, fetched when needed and kept.

What belongs here: when to fetch and what to answer meanwhile. How a set is fetched is ``fetch.py``,
what counts as a key ``tokens/verify.py``. What must change with it: the times in
``docs/authorizer.md``.

Two calls: ``cached`` never waits and is all that a request needs as a rule; ``newer`` waits for a
fetch, and is for the first request and for a ``kid`` that is not known yet. All callers share one
fetch, and whatever they ask, fetches start at least ``floor`` seconds apart: ten thousand made-up
``kid``s cost the waiting room one request.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable

from waitroom.authorizer.fetch import check_url, fetch
from waitroom.errors import KeysUnavailable
from waitroom.tokens.verify import KeySet

log = logging.getLogger("waitroom.authorizer")

Fetch = Callable[[str, float], bytes]
Start = Callable[[Callable[[], None]], None]


def _in_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="waitroom-jwks", daemon=True).start()


class JwksCache:
    """Keys of one JWKS URL. Thread-safe; one per process is right, shared by all gates.

    Times are seconds. ``max_age``: older keys are renewed in the background while they go on being
    used. ``floor``: least time between the starts of two fetches. ``stale_limit``: keys that could
    not be renewed for so long are no longer used. ``timeout``: of one fetch. ``clock`` is
    monotonic; ``fetch`` and ``start`` (runs a piece of work beside the caller) are for tests and
    for places without threads. Raises ``BadConfiguration`` on a URL that is not http or https.
    Nothing is fetched before the first call.
    """

    def __init__(
        self,
        url: str,
        *,
        max_age: float = 300,
        floor: float = 10,
        stale_limit: float = 86400,
        timeout: float = 5,
        clock: Callable[[], float] = time.monotonic,
        fetch: Fetch = fetch,
        start: Start = _in_thread,
    ) -> None:
        check_url(url)
        self.url = url
        self._max_age, self._floor, self._stale_limit = max_age, floor, stale_limit
        self._timeout, self._clock, self._fetch, self._start = timeout, clock, fetch, start
        # A fetch ends by itself after twice its timeout; name look-ups have a timeout of their own.
        self._patience = 2 * timeout + 1
        self._lock = threading.Lock()
        self._held: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._under_way: concurrent.futures.Future[None] | None = None

    def cached(self) -> KeySet | None:
        """The keys at hand, without waiting; None if there are none fit for use.

        Starts a renewal in the background if they are older than ``max_age``.
        """
        keys = self._usable()
        if keys is not None and self._age() >= self._max_age:
            self._join()
        return keys

    def newer(self) -> KeySet | None:
        """The keys after a fetch, if it is time for one or one is under way; else as ``cached``.

        Blocks for up to about twice ``timeout``. None if there are no keys fit for use.
        """
        under_way = self._join()
        if under_way is not None:
            with contextlib.suppress(TimeoutError):
                under_way.result(self._patience)
        return self._usable()

    async def newer_async(self) -> KeySet | None:
        """``newer`` for asyncio: the fetch runs in its thread and waiting costs none."""
        under_way = self._join()
        if under_way is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.wrap_future(under_way), self._patience)
        return self._usable()

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _usable(self) -> KeySet | None:
        with self._lock:
            return self._held if self._age() < self._stale_limit else None

    def _join(self) -> concurrent.futures.Future[None] | None:
        """The fetch to wait for, started now if it is time; None if the last is too recent."""
        with self._lock:
            if self._under_way is not None:
                return self._under_way
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < self._floor:
                return None
            self._tried_at = now
            under_way: concurrent.futures.Future[None] = concurrent.futures.Future()
            self._under_way = under_way
        # From here on one waiter that gives up cannot cancel it for the others.
        under_way.set_running_or_notify_cancel()
        try:
            self._start(lambda: self._renew(under_way))
        except RuntimeError as error:  # no thread can be started
            self._settle(under_way, None, error)
        return under_way

    def _renew(self, under_way: concurrent.futures.Future[None]) -> None:
        try:
            keys = KeySet.from_jwks(json.loads(self._fetch(self.url, self._timeout)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, those waiting must be told
            self._settle(under_way, None, error)
        else:
            self._settle(under_way, keys, None)

    def _settle(
        self,
        under_way: concurrent.futures.Future[None],
        keys: KeySet | None,
        error: Exception | None,
    ) -> None:
        with self._lock:
            self._under_way = None
            if keys is not None:
                self._held, self._fetched_at = keys, self._clock()
            held = self._held is not None
        if error is not None:
            why = str(error) if isinstance(error, KeysUnavailable) else repr(error)
            using = "the keys fetched before stay in use" if held else "nobody can be let through"
            log.warning("Keys not renewed from %s: %s; %s", self.url, why, using)
        under_way.set_result(None)
