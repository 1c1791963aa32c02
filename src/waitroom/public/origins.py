"""Which pages of other origins may read an answer about an event (Fetch standard, CORS protocol).

What belongs here: what an answer says about that. Preflights are answered where the methods are
known. What must change with it: ``allowed_origins`` in ``docs/events.md``.
"""

from __future__ import annotations

from waitroom.core.model import Event
from waitroom.http import ANY_ORIGIN, Headers, Scope, header


def readable_by(event: Event, scope: Scope) -> Headers:
    """The headers that let the page which sent a request read the answer, if it may."""
    if "*" in event.allowed_origins:
        return [ANY_ORIGIN]
    origin = header(scope, b"origin")
    if origin is not None and origin.decode("latin-1") in event.allowed_origins:
        return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
    return [(b"vary", b"origin")]
