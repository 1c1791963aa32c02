"""A site that lets in who is "logged in", with the waiting room as the place to log in.

Run it from the directory ``examples``, in one process (sessions are in its memory)::

    pip install authlib
    granian --interface asgi --factory oidc.app:create_app --port 8095
"""

from __future__ import annotations

import os
import secrets
import time
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc.errors import JoseError
from litestar import Litestar, Request, Response, get
from litestar.datastructures import Cookie
from litestar.response import Redirect

from oidc.relying_party import RelyingParty

AWAY, SESSION = "away", "session"
LONGEST_WAIT = 24 * 3600  # s; the state has to outlive the wait in line
MAX_SESSIONS = 10_000
Asked = Request[Any, Any, Any]


def _cookie(name: str, value: str, max_age: int) -> Cookie:
    # Lax, since the visitor comes back from another site by a link.
    secure = os.environ["SITE_URL"].startswith("https://")
    return Cookie(name, value=value, max_age=max_age, httponly=True, samesite="lax", secure=secure)


def create_app() -> Litestar:
    """The site at ``SITE_URL``: ``ISSUER``, ``CLIENT_ID`` and ``CLIENT_SECRET`` as registered."""
    redirect_uri = f"{os.environ['SITE_URL']}/callback"
    client = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
    party = RelyingParty(os.environ["ISSUER"], *client, redirect_uri)
    sessions: dict[str, dict[str, Any]] = {}

    @get(["/", "/{path:path}"], media_type="text/plain")
    async def page(request: Asked) -> Response[str] | Redirect:
        """Any page, for who has a session; anybody else is sent to get one."""
        session = sessions.get(request.cookies.get(SESSION, ""))
        if session and time.time() < session["exp"]:
            return Response(f"Welcome, visitor number {session['queue_position']}.\n")
        url, state = await party.send_away(request.url.path)
        return Redirect(url, status_code=303, cookies=[_cookie(AWAY, state, LONGEST_WAIT)])

    @get("/callback", media_type="text/plain")
    async def callback(request: Asked) -> Response[str] | Redirect:
        """Where the waiting room sends visitors back to."""
        state, code = (request.query_params.get(name, "") for name in ("state", "code"))
        # The state must be this browser's own, or somebody could plant their session on it.
        if not state or not secrets.compare_digest(state, request.cookies.get(AWAY, "")):
            return Response("This did not begin here.\n", status_code=400)
        try:
            claims, back_to = await party.take_back(state, code)
        except (KeyError, ValueError, AuthlibBaseError, JoseError, httpx.HTTPError):
            return Response("That did not work; please begin again.\n", status_code=400)
        while len(sessions) >= MAX_SESSIONS:
            sessions.pop(next(iter(sessions)))
        sessions[name := secrets.token_urlsafe(32)] = claims
        lasts = max(1, int(claims["exp"] - time.time()))
        cookies = [_cookie(SESSION, name, lasts), _cookie(AWAY, "", 0)]
        return Redirect(back_to, status_code=303, cookies=cookies)

    return Litestar([page, callback], openapi_config=None)
