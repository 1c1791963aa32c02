"""Where the log goes and what it looks like: lines for people or JSON for machines, to stderr.

What belongs here: setting up structlog and the standard library's logging, once for every process
of ours, its server included. What must change with it: ``log_format`` in ``settings.py``.
"""

from __future__ import annotations

import logging.config
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import structlog
from structlog.typing import Processor

_SHARED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class Seldom:
    """Says the same thing once a second at the most, and how often it would have been said.

    For what happens to each of a crowd at once: an outage must not fill the disk with its log.
    """

    def __init__(self, say: Callable[..., object], clock: Callable[[], float] = monotonic) -> None:
        self._say = say
        self._clock = clock
        self._said_at = float("-inf")
        self._times = 0

    def __call__(self, event: str, **facts: object) -> None:
        """Log ``event``, or count it in for the next time."""
        self._times += 1
        now = self._clock()
        if now - self._said_at >= 1.0:
            self._say(event, times=self._times, **facts)
            self._said_at, self._times = now, 0


class Outage:
    """Says that something has begun to fail, once a minute that it still does, and that it is over.

    For what is tried again and again: an operator wants to read when it began and when it ended.
    """

    def __init__(
        self, log: structlog.stdlib.BoundLogger, what: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._log = log
        self._what = what
        self._clock = clock
        self._began: float | None = None
        self._said_at = float("-inf")

    def goes_on(self, detail: str) -> None:
        """It failed just now."""
        now = self._clock()
        if self._began is None:
            self._began = now
        if now - self._said_at >= 60.0:
            self._log.warning(self._what, detail=detail, seconds=round(now - self._began))
            self._said_at = now

    def is_over(self) -> None:
        """It worked just now."""
        if self._began is not None:
            seconds = round(self._clock() - self._began)
            self._log.warning(f"over: {self._what}", seconds=seconds)
            self._began, self._said_at = None, float("-inf")


def set_up(log_format: str) -> None:
    """Log to stderr from now on, in ``log_format``: json, console, or auto."""
    logging.config.dictConfig(logging_config(log_format))
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_config(log_format: str) -> dict[str, Any]:
    """The configuration for ``logging.config.dictConfig``; the HTTP server takes the same.

    The server tells of every worker that comes and goes; only its warnings are of interest.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "ours": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_renderers(log_format),
                ],
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "ours",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"_granian": {"level": "WARNING"}},
    }


def _renderers(log_format: str) -> list[Processor]:
    on_terminal = sys.stderr.isatty()
    if log_format == "console" or (log_format == "auto" and on_terminal):
        # The default shows the local variables of a traceback, and secrets are among them.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=on_terminal, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
