"""Redeems one-time codes at the waiting room, a few at a time.

What belongs here: one code, one request, and limits, since anybody can make up codes: a gate must
not be a lever to press the waiting room with. What must change with it: the limits in
``docs/authorizer.md``. How the request is made is ``fetch.py``.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import logging
import threading
import time
from collections.abc import Callable

from waitroom.authorizer.decide import Redeemed
from waitroom.authorizer.fetch import post
from waitroom.authorizer.gate import Gate
from waitroom.errors import CodeRefused, Unavailable
from waitroom.tokens.verify import MAX_TOKEN

log = logging.getLogger("waitroom.authorizer")

Post = Callable[[str, bytes, float], tuple[int, bytes]]

RETRY_AFTER = 2
"""Seconds until a visitor shall come again whose code could not be redeemed. It lives for 60."""

_TOLD_EVERY = 10.0  # seconds between two warnings: a room that is away shall not fill the log


class Redeemer:
    """Redeems the codes of one gate. Thread-safe.

    ``at_most``: requests under way at a time. ``per_second``: requests, with as many at once after
    a quiet while. Codes above either limit are not sent and not lost: ``Unavailable``. ``timeout``
    in seconds. ``clock`` is monotonic; ``post`` is for tests.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        timeout: float = 5,
        at_most: int = 16,
        per_second: float = 100,
        clock: Callable[[], float] = time.monotonic,
        post: Post = post,
    ) -> None:
        self._url, self._said = gate.redeem_url, (gate.event_id, gate.site_url)
        self._timeout, self._clock, self._post = timeout, clock, post
        self._at_most, self._per_second = at_most, per_second
        self._lock = threading.Lock()
        self._under_way = 0
        self._left, self._filled_at = per_second, clock()
        self._told_at = clock() - _TOLD_EVERY

    def redeem(self, code: str) -> Redeemed:
        """What became of ``code``. Blocks for at most about twice ``timeout``; never raises."""
        if not self._begin():
            return Unavailable("Too many codes are being redeemed.", RETRY_AFTER)
        try:
            return self._ask(code)
        finally:
            with self._lock:
                self._under_way -= 1

    async def redeem_async(self, code: str) -> Redeemed:
        """``redeem`` for asyncio, in a thread of its own.

        It goes on if the visitor goes away: a code that is on its way is used.
        """
        became: concurrent.futures.Future[Redeemed] = concurrent.futures.Future()
        became.set_running_or_notify_cancel()
        work = threading.Thread(
            target=lambda: became.set_result(self.redeem(code)), name="waitroom-redeem", daemon=True
        )
        try:
            work.start()
        except RuntimeError:  # no thread can be started
            return Unavailable(retry_after=RETRY_AFTER)
        return await asyncio.wrap_future(became)

    def _begin(self) -> bool:
        """Is there room for one more? A bucket that fills at ``per_second``."""
        with self._lock:
            now = self._clock()
            fresh = (now - self._filled_at) * self._per_second
            self._left = min(self._per_second, self._left + fresh)
            self._filled_at = now
            if self._under_way >= self._at_most or self._left < 1:
                return False
            self._left -= 1
            self._under_way += 1
            return True

    def _ask(self, code: str) -> Redeemed:
        event_id, site_url = self._said
        body = json.dumps({"event_id": event_id, "code": code, "site_url": site_url}).encode()
        try:
            status, answer = self._post(self._url, body, self._timeout)
        except OSError as error:
            return self._away(str(error))
        said = _read(answer)
        token = said.get("access_token")
        if status == 200 and isinstance(token, str) and 0 < len(token) <= MAX_TOKEN:
            return token
        if status == 400 and said.get("code") == CodeRefused.code:
            return CodeRefused()
        return self._away(f"it answered {status}")

    def _away(self, why: str) -> Unavailable:
        """Told in the log now and then; nobody is sent to a room that cannot take codes back."""
        with self._lock:
            now = self._clock()
            due = now - self._told_at >= _TOLD_EVERY
            self._told_at = now if due else self._told_at
        if due:
            log.warning("Codes cannot be redeemed at %s: %s", self._url, why)
        return Unavailable("The waiting room is out of reach for the moment.", RETRY_AFTER)


def _read(answer: bytes) -> dict[str, object]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
