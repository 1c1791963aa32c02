"""Numbers in the formats that Prometheus reads, and the one answer to whoever scrapes.

What belongs here: from ``Numbers`` to bytes (text format 0.0.4 and 1.0.0, OpenMetrics 1.0), and
which numbers are added up for an answer.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from waitroom import __version__
from waitroom.observe import catalogue
from waitroom.observe.meter import Numbers, cumulative
from waitroom.observe.process import OwnNumbers
from waitroom.observe.shared import read_all

KEPT: Final = 1.0  # s for which an answer is given again: anybody may ask as often as they like
FORMATS: Final = 8  # kinds of answer kept: a stranger may spell many versions in Accept


class _Collected(Collector):
    """``numbers`` as metric families, in the order of the catalogue."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        for metric in catalogue.METRICS:
            match metric.kind:
                case "counter":
                    yield self._counter(metric)
                case "gauge":
                    yield self._gauge(metric)
                case "histogram":
                    yield self._histogram(metric)

    def _counter(self, metric: catalogue.Metric) -> Metric:
        family = CounterMetricFamily(metric.name, metric.text, labels=metric.labels)
        for labels, value in self._numbers.counters.get(metric.name, {}).items():
            family.add_metric(labels, value)
        return family

    def _gauge(self, metric: catalogue.Metric) -> Metric:
        family = GaugeMetricFamily(metric.name, metric.text, labels=metric.labels)
        for labels, value in self._numbers.gauges.get(metric.name, {}).items():
            family.add_metric(labels, value)
        return family

    def _histogram(self, metric: catalogue.Metric) -> Metric:
        family = HistogramMetricFamily(metric.name, metric.text, labels=metric.labels)
        for labels, cell in self._numbers.histograms.get(metric.name, {}).items():
            family.add_metric(labels, list(cumulative(metric.name, cell)), sum_value=cell[-1])
        return family


def render(numbers: Numbers, accept: str) -> tuple[bytes, str]:
    """``numbers`` in the format that an ``Accept`` header asks for, and its content type."""
    encode, content_type = choose_encoder(accept)
    return encode(_Collected(numbers)), content_type


class Scrape:
    """Answers whoever scrapes: all processes of this machine and, on a control plane, the events.

    ``directory``: where the processes' files are; None: only ``own`` is known. ``events`` reads the
    gauges of events; None on a machine without a control plane.
    """

    def __init__(
        self,
        directory: Path | None,
        own: OwnNumbers | None = None,
        events: Callable[[], Awaitable[Numbers]] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._directory = directory
        self._own = own
        self._events = events
        self._clock = clock
        self._kept: dict[str, tuple[float, tuple[bytes, str]]] = {}
        self._busy = asyncio.Lock()

    async def answer(self, accept: str) -> tuple[bytes, str]:
        """Body and content type; no older than a second. Never raises for want of a store."""
        async with self._busy:
            kept = self._kept.get(accept)
            if kept is not None and self._clock() - kept[0] < KEPT:
                return kept[1]
            numbers = await self._events() if self._events is not None else Numbers()
            # Some 100 ms for a thousand events: not on the loop that answers requests.
            made = await asyncio.to_thread(self._render, numbers, accept)
            if len(self._kept) >= FORMATS:
                self._kept.clear()
            self._kept[accept] = self._clock(), made
            return made

    def _render(self, numbers: Numbers, accept: str) -> tuple[bytes, str]:
        own_file = self._own.file.path if self._own and self._own.file else None
        if self._directory is not None:
            numbers.add(read_all(self._directory, but=own_file))
        if self._own is not None:
            numbers.add(self._own.numbers())
        about = (__version__, platform.python_version())
        numbers.gauges["waitroom_build_info"] = {about: 1.0}
        return render(numbers, accept)
