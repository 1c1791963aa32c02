"""The site behind the room: every page wants a token, whoever finds out where it lives.

Run it from the directory ``examples``::

    granian --interface asgi --factory upstream.site:create_app --port 8092
"""

from __future__ import annotations

import os
from typing import Any, cast

from litestar import Litestar, Request, get

from waitroom.authorizer import Gate, WaitroomMiddleware, admitted
from waitroom.authorizer.asgi import App


@get(["/", "/{path:path}"], media_type="text/plain")
async def page(request: Request[Any, Any, Any]) -> str:
    """Any page; it knows who is in, since nobody else gets here."""
    visitor = admitted(request.scope)
    assert visitor is not None  # noqa: S101 - the gate protects every path
    return f"Welcome to {request.url.path}, visitor number {visitor.queue_position}.\n"


@get("/healthz", media_type="text/plain")
async def healthz() -> str:
    """For the load balancer, which has no token."""
    return "ok\n"


def create_app() -> App:
    """The site at ``SITE_URL``, whose waiting room is ``ROOM_URL`` and event ``EVENT_ID``."""
    gate = Gate.of_event(
        os.environ["EVENT_ID"],
        waitroom_url=os.environ["ROOM_URL"],
        site_url=os.environ["SITE_URL"],
        health_checks=("/healthz",),
    )
    site = Litestar([page, healthz], openapi_config=None)
    return WaitroomMiddleware(cast("App", site), gate=gate)
