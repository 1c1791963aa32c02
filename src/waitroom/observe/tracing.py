"""Whether there are traces: the one place that loads OpenTelemetry, if a collector is set.

What belongs here: the choice, and ending it in bounded time. Spans are made in ``otel.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from waitroom.errors import DependencyMissing
from waitroom.http import App
from waitroom.store import Store

LAST_SECONDS: Final = 3.0  # s that the last spans get to be sent when a process stops
_NEEDED: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")

Wrap = Callable[[App, frozenset[str]], App]


def check_traceable(endpoint: str) -> None:
    """Pass if traces can be sent to ``endpoint``, or none are to be. Raises ``DependencyMissing``.

    For whoever starts processes: what is wrong is to be said there, and once.
    """
    if endpoint and not all(_is_there(name) for name in _NEEDED):
        raise DependencyMissing(
            "otlp_endpoint needs OpenTelemetry's libraries: pip install 'waitroom[server,otel]'"
        )


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # not even what it lies in
        return False


@contextmanager
def traces(endpoint: str, plane: str, store: Store) -> Iterator[Wrap]:
    """Trace ``store`` and what the result wraps (an application and its routes), meanwhile.

    Without an ``endpoint`` nothing is wrapped and nothing loaded. Raises ``DependencyMissing``.
    """
    check_traceable(endpoint)
    if not endpoint:
        yield lambda app, _routes: app
        return
    from waitroom.observe import otel  # noqa: PLC0415 - an extra, and slow to load

    tracing = otel.Tracing(endpoint, plane)
    otel.traced_store(store, tracing)
    try:
        yield lambda app, routes: otel.traced_requests(app, tracing, routes)
    finally:
        # A collector that does not answer must not hold up the end of a worker.
        last = threading.Thread(target=tracing.close, name="last-spans", daemon=True)
        last.start()
        last.join(LAST_SECONDS)
