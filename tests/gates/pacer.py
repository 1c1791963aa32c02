"""Time for checks: it passes when the test says so."""

from __future__ import annotations

import asyncio

from waiting import wait_until


class Pacer:
    """Stands in for sleeping between two askings, and is the clock as well."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.pauses: list[float] = []
        self._waiting: list[asyncio.Future[None]] = []

    def clock(self) -> float:
        """Epoch seconds."""
        return self.now

    async def pause(self, seconds: float) -> None:
        """Wait for the next ``go_on``."""
        self.pauses.append(seconds)
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    async def rest(self, checks: int) -> None:
        """Return when that many checks have asked and wait for their next turn."""
        await wait_until(
            lambda: sum(not f.done() for f in self._waiting) == checks,
            description=f"{checks} checks have asked",
        )

    async def go_on(self, seconds: float = 0.0) -> None:
        """Let ``seconds`` pass and all checks ask once more."""
        self.now += seconds
        waiting, self._waiting = [f for f in self._waiting if not f.done()], []
        for future in waiting:
            future.set_result(None)
        await self.rest(len(waiting))
