"""The recent past of a line's servings curve, as far as it tells how the line moves.

What belongs here: a stretch of the curve without the time in which nothing could move, and which of
its points need not be kept. What is read off it is in ``core/tempo.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from waitroom.core.model import Pause, Step

LOOK_BACK: Final = 1_800  # seconds of the servings curve that are looked at
GRAIN: Final = 5  # seconds: steps closer together than this are taken as one
FINE: Final = 120  # seconds in which each step is looked at, to see how close they come together


class Course(NamedTuple):
    """A stretch of the servings curve with the time cut out in which nothing could move.

    ``gaps`` and ``gains``: seconds and places from each step to the next, oldest first. ``age``:
    seconds since the last step. ``span``: seconds that the stretch takes up, ``age`` included.
    ``dense``: of late, steps came so close together that they were put together.
    """

    gaps: list[float]
    gains: list[float]
    age: float
    span: float
    dense: bool

    @property
    def growth(self) -> float:
        """Places served in it."""
        return sum(self.gains)


def course(steps: Sequence[Step], now: int, pauses: Iterable[Pause]) -> Course:
    """The ``steps`` (oldest first; the first is where to count from) as they look at ``now``."""
    points = [
        step
        for step, before in zip(steps, [None, *steps], strict=False)
        if before is None or step.serving > before.serving
    ]
    if not points:
        return Course([], [], 0.0, 0.0, dense=False)
    begin = points[0].issued_at
    stops = _stops(pauses, begin, now)
    times = [_moving(point.issued_at, stops) for point in points]
    gaps: list[float] = []
    gains: list[float] = []
    last, late, blocks = 0, 0, 0
    for index, point in enumerate(points):
        is_late = times[index] > times[-1] - FINE
        late += is_late
        if times[index] - times[last] >= GRAIN:
            gaps.append(times[index] - times[last])
            gains.append(point.serving - points[last].serving)
            last, blocks = index, blocks + is_late
    end = _moving(now, stops)
    return Course(gaps, gains, max(0.0, end - times[-1]), end - times[0], late >= 2 * blocks > 0)


def _stops(pauses: Iterable[Pause], begin: int, now: int) -> list[tuple[int, int]]:
    """Those between ``begin`` and ``now``; where clocks differed, none overlaps another."""
    stops: list[tuple[int, int]] = []
    for one in pauses:
        start = max(begin, one.start)
        end = now if one.end is None else min(one.end, now)
        if end > start:
            stops.append((start, end))
            begin = end
    return stops


def thinned(steps: Sequence[Step]) -> list[Step]:
    """``steps`` without those that ``course`` would pass over, and those too old for it.

    Old is what was long before the newest step: a line that stood still is to go on as it did.
    """
    newest = steps[-1].issued_at if steps else 0
    kept: list[Step] = []
    for step in steps:
        if step.issued_at < newest - LOOK_BACK:
            continue
        near = kept and step.issued_at - kept[-1].issued_at < GRAIN
        if not near or step.issued_at > newest - FINE:
            kept.append(step)
    return kept


def _moving(time: int, stops: Sequence[tuple[int, int]]) -> float:
    """``time`` on a clock that stands still in ``stops``."""
    if not stops:
        return float(time)
    return float(time - sum(max(0, min(time, end) - start) for start, end in stops))
