"""What operators' browsers fetch besides the private API: the panel, its session, documentation.

What belongs here: these pages, and logging in and out. Who a session stands for is in ``auth.py``,
what the panel shows live in ``stream.py``. What must change with it: ``docs/panel.md``.
"""

from __future__ import annotations

from typing import Any, Final, cast

import msgspec
import structlog
from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from waitroom import __version__
from waitroom.apikeys import SESSION_SECONDS, ApiKeys, Caller
from waitroom.audit_log import DEPLOYMENT
from waitroom.control import api
from waitroom.control.auth import PANEL_COOKIE, by_panel_session, is_same_origin, panel_cookie
from waitroom.control.preview import preview
from waitroom.core.audit import Deed
from waitroom.endpoints import openapi
from waitroom.errors import InvalidField, StoreUnavailable, Unauthorized
from waitroom.http import Receive, Scope, decode_body, read_body
from waitroom.pages import CONTENT_SECURITY_POLICY, AnyRequest
from waitroom.panel_links import PanelLinks
from waitroom.public.api import CALLS as PUBLIC_CALLS
from waitroom.runtime import Runtime
from waitroom.settings import Settings
from waitroom.static_files import imports_of

# The API documentation's library sets styles from script.
DOCS_POLICY: Final = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
# The panel shows what a theme looks like, in frames of its own.
PANEL_POLICY: Final = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
_NO_STORE: Final = {"cache-control": "no-store"}

log = structlog.get_logger("waitroom.control")


class Login(msgspec.Struct, frozen=True):
    """What the panel logs in with: an API key, or the code of a one-time link."""

    key: str = ""
    link: str = ""


class LoggedIn(msgspec.Struct, frozen=True):
    """Whose session it is, what they may, and when it ends (epoch s)."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    expires_at: int


_LOGIN: Final = msgspec.json.Decoder(Login)


def handlers(runtime: Runtime) -> list[ControllerRouterHandler]:
    """The panel, its session, documentation, readiness."""
    return [*_pages(runtime), preview, *_session(runtime)]


def _pages(runtime: Runtime) -> list[ControllerRouterHandler]:
    told = {"public_url": runtime.settings.public_base, "modules": imports_of("panel.js")}

    @get("/")
    async def panel() -> Template:
        """The control panel: the same page for everybody; what it shows needs a session."""
        return Template(
            "panel.html",
            context=told,
            headers={"content-security-policy": PANEL_POLICY},
        )

    @get("/docs")
    async def docs() -> Template:
        """The API documentation, readable."""
        return Template("docs.html", headers={"content-security-policy": DOCS_POLICY})

    document = msgspec.json.encode(describe(runtime.settings))

    @get("/openapi.json")
    async def description() -> Response[bytes]:
        """The API documentation of both planes for programs (OpenAPI 3.1)."""
        return Response(document, media_type="application/json")

    @get("/readyz")
    async def readyz() -> dict[str, str]:
        """Ready: the store can be written to and a signing key is loaded."""
        await runtime.check_ready()
        return {"status": "ready"}

    return [panel, docs, description, readyz]


def _session(runtime: Runtime) -> list[ControllerRouterHandler]:
    links = PanelLinks(runtime.store, runtime.secret, runtime.service.clock)
    keys = runtime.api_keys

    def who(caller: Caller, cookie: str) -> LoggedIn:
        name, ends = caller.name or caller.key_id, keys.session_ends(cookie)
        return LoggedIn(caller.key_id, name, caller.scopes, ends)

    @get("/session")
    async def session(request: AnyRequest) -> Response[LoggedIn]:
        """Who is logged in."""
        caller = await by_panel_session(keys, _scope(request))
        return Response(who(caller, panel_cookie(_scope(request))), headers=_NO_STORE)

    @post("/session", status_code=200)
    async def login(request: AnyRequest) -> Response[LoggedIn]:
        """Log in with an API key or a one-time link; the session lasts twelve hours."""
        if not is_same_origin(_scope(request)):
            raise Unauthorized("Log in from the control panel itself.")
        asked = decode_body(await read_body(cast("Receive", request.receive)), _LOGIN)
        if bool(asked.key) == bool(asked.link):
            raise InvalidField("key", "wanted this or link")
        if asked.key:
            caller = await keys.by_bearer(asked.key.strip())
        else:
            caller = await links.take(asked.link)
            await _note_login(runtime, caller, request)
        cookie = keys.open_session(caller)
        cookies = [_cookie(request, cookie, SESSION_SECONDS)]
        return Response(who(caller, cookie), cookies=cookies, headers=_NO_STORE)

    @delete("/session", status_code=200)
    async def logout(request: AnyRequest) -> Response[dict[str, Any]]:
        """Log out: the session ends, and with it whatever else has its cookie."""
        if not is_same_origin(_scope(request)):
            raise Unauthorized("Log out from the control panel itself.")
        await _end(keys, panel_cookie(_scope(request)))
        cookies = [_cookie(request, "", 0)]
        return Response({"message": "Logged out."}, cookies=cookies, headers=_NO_STORE)

    return [session, login, logout]


async def _end(keys: ApiKeys, cookie: str) -> None:
    try:
        await keys.end_session(cookie)
    except Unauthorized:
        pass  # there is none, or its time is over
    except StoreUnavailable as error:  # who leaves this browser is to leave it all the same
        log.warning("a session was not ended, its cookie is dropped", detail=error.detail)


async def _note_login(runtime: Runtime, caller: Caller, request: AnyRequest) -> None:
    """A link is a credential that nobody was given by name: its use is in the audit log."""
    source = request.client.host if request.client else ""
    deed = Deed(by=caller.key_id, source=source, action="panel_login")
    told = {"key_id": caller.key_id, "name": caller.name, "scopes": caller.scopes}
    await runtime.service.enter(DEPLOYMENT, deed, told)
    log.info("one-time link used", key_id=caller.key_id, scopes=caller.scopes)


def describe(settings: Settings) -> dict[str, object]:
    """The OpenAPI document of both planes."""
    return openapi(
        {
            "public": (settings.public_base, PUBLIC_CALLS),
            "private": (f"http://{settings.control_bind}", api.CALLS),
        },
        title="Waitroom",
        version=__version__,
    )


def _scope(request: Request[Any, Any, Any]) -> Scope:
    return cast("Scope", request.scope)  # the framework's name for the same dictionary


def _cookie(request: AnyRequest, value: str, max_age: int) -> Cookie:
    return Cookie(
        key=PANEL_COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict",
    )
