"""Long curves as few points, so that a chart of a whole day is a small answer.

What belongs here: which points of a curve over time are kept. Pure. What must change with it:
``control/api_panel.py: curve``, the panel's chart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def thinned(points: Sequence[T], most: int, second: Callable[[T], int]) -> list[T]:
    """At most ``most`` (at least 4) of ``points``, which are sorted by ``second``; both ends stay.

    The time is cut into even slices, and of each the first and the last point are kept. The curves
    of a line grow (but for a hand that takes back), so between those two lies all that the slice
    holds: the steps stand where they stood, and no rise is drawn as a slope that was none.
    """
    if len(points) <= most:
        return list(points)
    slices = (most - 2) // 2
    begin, length = second(points[0]), second(points[-1]) - second(points[0])
    kept: list[int] = []
    first = 0
    for number in range(1, slices + 1):
        edge = begin + -(-length * number // slices)
        end = bisect_left(points, edge, lo=first, key=second) if number < slices else len(points)
        if first < end:
            kept += [first, end - 1]
            first = end
    return [points[index] for index in dict.fromkeys(kept)]
