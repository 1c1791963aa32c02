"""Two things measured in turns, and how the first compares with the second.

Absolute figures of a shared machine change from minute to minute; what two neighbouring runs say
about each other changes far less. So runs alternate A B A B, each pair gives a ratio, and the
median of those is the result.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import msgspec


class Ratio(msgspec.Struct, frozen=True):
    """The outcome: ``ours`` and ``theirs`` per second (medians), and the ratios of the pairs."""

    ours: float
    theirs: float
    middle: float
    least: float
    most: float


def compare(ours: Callable[[], float], theirs: Callable[[], float], pairs: int) -> Ratio:
    """Measure both ``pairs`` times (at least 1) in turns, after one run of each to warm up."""
    ours()
    theirs()
    rates = [(ours(), theirs()) for _ in range(pairs)]
    ratios = [a / b for a, b in rates]
    return Ratio(
        ours=median(a for a, _ in rates),
        theirs=median(b for _, b in rates),
        middle=median(ratios),
        least=min(ratios),
        most=max(ratios),
    )
