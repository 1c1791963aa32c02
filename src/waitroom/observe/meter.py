"""What a process counts: plain numbers, so cheap that the hot path can afford it.

What belongs here: counting, and putting the numbers of several processes together. Which metrics
there are stands in ``catalogue.py``. Nothing here waits, locks or looks at a clock.

A request costs one look-up, one bisection and two additions. Each meter belongs to one event loop:
whoever counts from another thread takes ``count`` and accepts that two additions at the very same
moment may count once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

Labels = tuple[str, ...]

# Upper bounds in seconds; a join at its quickest takes some hundred microseconds, and two seconds
# are all that a visitor waits for one.
SECONDS: Final = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
)
SIZES: Final = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 4000.0)
BOUNDS: Final[Mapping[str, tuple[float, ...]]] = {"waitroom_join_batch_size": SIZES}
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"  # whatever a stranger made up: a label of its own would be for ever

# Of a histogram: how many in each bucket, the last without bound, then the sum of all values.
Cell = list[float]


class Numbers(msgspec.Struct, kw_only=True):
    """The numbers of one or several processes, by metric and labels."""

    counters: dict[str, dict[Labels, float]] = msgspec.field(default_factory=dict)
    histograms: dict[str, dict[Labels, Cell]] = msgspec.field(default_factory=dict)
    gauges: dict[str, dict[Labels, float]] = msgspec.field(default_factory=dict)

    def add(self, other: Numbers) -> None:
        """Count ``other`` in: everything is summed, gauges too."""
        for mine, theirs in ((self.counters, other.counters), (self.gauges, other.gauges)):
            for name, values in theirs.items():
                into = mine.setdefault(name, {})
                for labels, value in values.items():
                    into[labels] = into.get(labels, 0) + value
        for name, cells in other.histograms.items():
            there = self.histograms.setdefault(name, {})
            for labels, cell in cells.items():
                there[labels] = _sum(there.get(labels), cell)


def _sum(one: Cell | None, other: Cell) -> Cell:
    return list(other) if one is None else [a + b for a, b in zip(one, other, strict=True)]


class Meter:
    """Counts for one process. ``plane`` is what it is a process of: public, control."""

    def __init__(self, plane: str = "") -> None:
        self.plane = plane
        self.requests: dict[tuple[str, str, int], Cell] = {}
        self._counters: dict[str, dict[Labels, float]] = {}
        self._histograms: dict[str, dict[Labels, Cell]] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request was answered. ``route`` is one of a table, never what was asked for."""
        cell = self.requests.get((route, method, status))
        if cell is None:
            cell = self._cell_of(route, method, status)
        cell[bisect_left(SECONDS, seconds)] += 1
        cell[-1] += seconds

    def _cell_of(self, route: str, method: str, status: int) -> Cell:
        known = method if method in METHODS else OTHER
        return self.requests.setdefault((route, known, status), _empty(SECONDS))

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Let the counter ``name`` grow."""
        counter = self._counters.setdefault(name, {})
        counter[labels] = counter.get(labels, 0) + by

    def observe(self, name: str, value: float, *labels: str) -> None:
        """Enter ``value`` into the histogram ``name``."""
        bounds = BOUNDS.get(name, SECONDS)
        cells = self._histograms.setdefault(name, {})
        cell = cells.get(labels)
        if cell is None:
            cell = cells[labels] = _empty(bounds)
        cell[bisect_left(bounds, value)] += 1
        cell[-1] += value

    def numbers(self) -> Numbers:
        """All that was counted so far; a copy."""
        found = Numbers()
        found.add(Numbers(counters=self._counters, histograms=self._histograms))
        found.add(self._of_requests())
        return found

    def _of_requests(self) -> Numbers:
        answered: dict[Labels, float] = {}
        took: dict[Labels, Cell] = {}
        for (route, method, status), cell in self.requests.items():
            answered[self.plane, route, method, str(status)] = total(cell)
            took[self.plane, route] = _sum(took.get((self.plane, route)), cell)
        return Numbers(
            counters={"waitroom_http_requests": answered},
            histograms={"waitroom_http_request_duration_seconds": took},
        )


def _empty(bounds: tuple[float, ...]) -> Cell:
    return [0.0] * (len(bounds) + 2)


def total(cell: Cell) -> float:
    """How many values were entered."""
    return sum(cell[:-1])


def cumulative(name: str, cell: Cell) -> Iterable[tuple[str, float]]:
    """The buckets of a histogram as Prometheus wants them: upper bound, and how many up to it."""
    reached = 0.0
    for bound, many in zip((*BOUNDS.get(name, SECONDS), float("inf")), cell, strict=False):
        reached += many
        yield ("+Inf" if bound == float("inf") else repr(bound)), reached
