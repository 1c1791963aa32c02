"""What the well-known name points to: a front door that sends everybody to the waiting room.

It keeps nothing and asks nobody, so it bears any crowd; two lines of a web server or a rule at a
CDN do the same (``docs/pattern-upstream.md``). Run it from the directory ``examples``::

    granian --interface asgi --factory upstream.front:create_app --port 8091
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from litestar import Litestar, Request, get
from litestar.response import Redirect


def create_app() -> Litestar:
    """The front door of ``SITE_URL``, whose waiting room is ``ROOM_URL`` and event ``EVENT_ID``."""
    room, event, site = (os.environ[name] for name in ("ROOM_URL", "EVENT_ID", "SITE_URL"))

    @get(["/", "/{path:path}"])
    async def through_the_room(request: Request[Any, Any, Any]) -> Redirect:
        """The same page of the site, by way of the room, which decides whether it may be that."""
        query = f"?{request.url.query}" if request.url.query else ""
        wanted = f"{site}{quote(request.url.path)}{query}"
        entrance = f"{room}/enter/{event}?return={quote(wanted, safe='')}"
        return Redirect(entrance, status_code=303, headers={"cache-control": "no-store"})

    return Litestar([through_the_room], openapi_config=None)
