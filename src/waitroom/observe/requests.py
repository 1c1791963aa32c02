"""Counting the requests that the hot lane does not answer itself: pages, panel, health.

What belongs here: the routes of pages, and an ASGI wrapper that counts. What must change with it:
the pages of ``public/app.py`` and ``control/app.py`` (a test asks for each of them).
"""

from __future__ import annotations

from collections.abc import MutableMapping
from time import perf_counter
from typing import Any, Final

from waitroom.http import App, Receive, Scope, Send
from waitroom.observe.meter import OTHER, Meter

PAGES: Final = frozenset(
    {"/", "/session", "/stream", "/docs", "/openapi.json", "/readyz", "/healthz", "/metrics"}
)
_BEGINNINGS: Final = (
    ("/static/", "/static"),
    ("/room/", "/room/{event_id}"),
    ("/theme/", "/theme/{event_id}"),
    ("/enter/", "/enter/{event_id}"),
    ("/verify/", "/verify/{event_id}"),
    ("/oidc/", "/oidc/{event_id}"),
    ("/error/", "/error"),
    ("/cancel/", "/cancel"),
)


def page_of(path: str) -> str:
    """The route of a page; what nobody serves is ``other``, so that strangers add no labels."""
    if path in PAGES:
        return path
    return next((route for start, route in _BEGINNINGS if path.startswith(start)), OTHER)


def counted(pages: App, meter: Meter) -> App:
    """``pages``, with every request entered into ``meter``."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        began, path = perf_counter(), scope.get("path", "")  # what is mounted sees another
        status = 500

        async def watch(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await pages(scope, receive, watch)
        finally:
            if scope["type"] == "http":
                route, method = page_of(path), scope["method"]
                meter.request(route, method, status, perf_counter() - began)

    return app
