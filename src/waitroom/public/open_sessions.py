"""Whether admitted visitors' sessions are still open, asked once a second each at the most.

What belongs here: sparing the store. A page with fifty assets is fifty checks at once; they share
one read. What must change with it: the second in ``docs/forward-auth.md``.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final, Literal

from waitroom.errors import CallerError, Unavailable
from waitroom.service import Service

HELD: Final = 1.0  # s for which an answer counts
PATIENCE: Final = 1.0  # s that the store gets to answer
MAX_HELD: Final = 8_192

Standing = Literal["open", "ended", "unknown"]


class OpenSessions:
    """Sessions as the store said lately."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._asked: dict[tuple[str, int, str], tuple[float, asyncio.Task[Standing]]] = {}

    async def standing(self, event_id: str, epoch: int, request_id: str) -> Standing:
        """``ended``: completed, abandoned, expired, or never begun; ``unknown``: no answer."""
        place = (event_id, epoch, request_id)
        now = monotonic()
        asked = self._asked.get(place)
        if asked is None or now - asked[0] > HELD:
            self._asked.pop(place, None)  # so that the oldest stay first
            if len(self._asked) >= MAX_HELD:
                del self._asked[next(iter(self._asked))]
            task = asyncio.create_task(self._ask(event_id, request_id), name="open-session")
            asked = self._asked[place] = (now, task)
        # Who gives up must not take the answer from those who wait on.
        return await asyncio.shield(asked[1])

    async def _ask(self, event_id: str, request_id: str) -> Standing:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._service.session(event_id, request_id)
        except CallerError:
            return "ended"
        except (Unavailable, TimeoutError):
            return "unknown"
        return "open"
