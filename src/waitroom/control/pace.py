"""How many came, and how many were called, in the last minute.

What belongs here: the two rates an operator watches, read off the curves once and off the counters
from then on. Nothing else changes with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple, Protocol

from waitroom.core.model import Arrival, Snapshot, Step

MINUTE: Final = 60  # s that a rate is counted over
LOOK_BACK: Final = 600  # s of the curves read to learn what was so a minute ago
MAX_POINTS: Final = LOOK_BACK + 1  # a curve has one point a second at most


class Pace(NamedTuple):
    """Per minute; None: not known yet."""

    arrivals: float | None
    served: float | None


class Curves(Protocol):
    """Where curves are read: the store."""

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        """As the store's verb (``store/__init__.py``)."""


class _Past:
    """One counter at the seconds of about the last minute."""

    def __init__(self, curve: Sequence[tuple[int, int]], present: int, then: int) -> None:
        """``curve``: its recent points. One without any has stood where the counter stands."""
        before = [value for second, value in curve if second <= then] or [present]
        # One whose points are all newer began with them, or long before: counted from there.
        begins_later = bool(curve) and curve[0][0] > then
        self._points = deque([curve[0] if begins_later else (then, before[-1])])

    def add(self, second: int, value: int) -> None:
        """The counter at ``second``, which is the newest."""
        points = self._points
        while len(points) > 1 and points[-1][0] >= second:
            points.pop()
        points.append((second, value))
        while len(points) > 1 and points[1][0] <= second - MINUTE:
            points.popleft()

    def per_minute(self) -> float | None:
        """How much it grew; None: that is not known yet."""
        (begin, first), (end, last) = self._points[0], self._points[-1]
        return round(max(0, last - first) * 60 / (end - begin), 1) if end > begin else None


class _Known(NamedTuple):
    """What is known of one event in one epoch, and when it was looked at last."""

    epoch: int
    at: int
    arrivals: _Past
    served: _Past


class Paces:
    """The paces of the events that are looked at."""

    def __init__(self, store: Curves) -> None:
        self._store = store
        self._known: dict[str, _Known] = {}

    async def of(self, at: Snapshot, now: int) -> Pace:
        """The pace of one event. Raises ``EventNotFound``, ``StoreUnavailable``."""
        event_id = at.event.event_id
        known = self._known.get(event_id)
        if known is None or known.epoch != at.epoch or not 0 <= now - known.at <= MINUTE:
            known = await self._read(at, now)
        known.arrivals.add(now, at.counters.queue)
        known.served.add(now, at.counters.serving)
        self._known[event_id] = known._replace(at=now)
        return Pace(known.arrivals.per_minute(), known.served.per_minute())

    async def _read(self, at: Snapshot, now: int) -> _Known:
        event_id, counters, then = at.event.event_id, at.counters, now - MINUTE
        arrivals, steps = await self._store.curves(event_id, now - LOOK_BACK, MAX_POINTS)
        came = [(one.second, one.queue) for one in arrivals]
        called = [(one.issued_at, one.serving) for one in steps]
        return _Known(
            at.epoch,
            now,
            _Past(came, counters.queue, then),
            _Past(called, counters.serving, then),
        )

    def keep(self, known: Collection[str]) -> None:
        """Forget all but these events."""
        for event_id in self._known.keys() - set(known):
            del self._known[event_id]
