"""W3C Trace Context: which trace a request belongs to, for the log and for whom we call.

What belongs here: reading and handing on ``traceparent``. Making spans of our own is ``otel.py``.

Strict, as the standard asks (Trace Context, section 3.2): what is not of the form is as if it were
not there. The hot path does not look at the header; only an answer that fails does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

HEADER: Final = b"traceparent"
_FORM: Final = re.compile(
    rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?", re.DOTALL
)
_LONGEST: Final = 512  # bytes: a later version may add fields; nobody needs more of them

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def read(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The ``traceparent`` of a request; None if it has none, two, or one that is not of the form.

    Of a version above 00, only the fields that are known are handed on (section 4.3).
    """
    found = [value for name, value in headers if name == HEADER]
    if len(found) != 1 or len(found[0]) > _LONGEST:
        return None
    match = _FORM.fullmatch(found[0])
    if match is None or match[1] == b"ff" or (match[1] == b"00" and match[4]):
        return None
    if not match[2].strip(b"0") or not match[3].strip(b"0"):
        return None
    return (b"00" + found[0][2:55]).decode()


def current_traceparent() -> str | None:
    """The ``traceparent`` to send along with what is done on behalf of this request, if any."""
    return _current.get()


@contextmanager
def bound(traceparent: str | None) -> Iterator[None]:
    """Within the block, ``current_traceparent`` is this one."""
    token = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(token)


def trace_id(traceparent: str) -> str:
    """The 32 hexadecimal digits that all parts of a trace share."""
    return traceparent[3:35]


def about(
    scope: Mapping[str, Any], status: int, *, route: str = "", event_id: str = ""
) -> dict[str, object]:
    """What a log line says of a request that failed. Nothing in it is secret: no query, no body."""
    traceparent = _current.get() or read(scope.get("headers", ()))
    known = {
        "route": route,
        "event_id": event_id[:64],
        "trace_id": trace_id(traceparent) if traceparent else "",
    }
    facts: dict[str, object] = {"path": scope["path"], "status": status}
    return facts | {name: value for name, value in known.items() if value}
