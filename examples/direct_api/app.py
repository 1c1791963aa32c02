"""A shop whose own page waits in line, and whose API wants the token that the wait is worth.

Run it from the directory ``examples``::

    granian --interface asgi --factory direct_api.app:create_app --port 8094
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from litestar import Litestar, MediaType, Request, Response, get, post

from waitroom.authorizer import Gate, WaitroomMiddleware, admitted
from waitroom.authorizer.asgi import App

HERE = Path(__file__).parent


@get("/", media_type=MediaType.HTML, sync_to_thread=False)
def page() -> Response[str]:
    """The page; its script may talk to this shop and to the waiting room, and to nobody else."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none';"
        f" connect-src 'self' {os.environ['ROOM_URL']}; frame-ancestors 'none'"
    )
    text = (HERE / "page.html").read_text(encoding="utf-8")
    settings = {"@ROOM@": os.environ["ROOM_URL"], "@EVENT@": os.environ["EVENT_ID"]}
    for name, value in settings.items():
        text = text.replace(name, value)
    return Response(text, headers={"content-security-policy": policy})


@get("/line.js", media_type="text/javascript", sync_to_thread=False)
def script() -> str:
    """The page's script."""
    return (HERE / "line.js").read_text(encoding="utf-8")


@post("/api/checkout", status_code=200)
async def checkout(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What the crowd came for. The gate has checked the token already."""
    visitor = admitted(request.scope)
    assert visitor is not None  # noqa: S101 - the gate protects /api
    return {"bought": "one ticket", "queue_position": visitor.queue_position}


def create_app() -> App:
    """The shop at ``SITE_URL``, whose waiting room is ``ROOM_URL`` and event ``EVENT_ID``."""
    gate = Gate.of_event(
        os.environ["EVENT_ID"],
        waitroom_url=os.environ["ROOM_URL"],
        site_url=os.environ["SITE_URL"],
        protected=("/api",),
    )
    shop = Litestar([page, script, checkout], openapi_config=None)
    return WaitroomMiddleware(cast("App", shop), gate=gate)
