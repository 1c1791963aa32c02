"""The control plane as an ASGI application: the private API, the panel, the API documentation.

What belongs here: what operators' browsers fetch besides the private API, and putting the plane
together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from waitroom import __version__
from waitroom.apikeys import SESSION_SECONDS, Caller
from waitroom.audit_log import sealing
from waitroom.clients import ClientDirectory
from waitroom.control import api
from waitroom.control.auth import PANEL_COOKIE, is_same_origin, panel_cookie
from waitroom.control.calls import Control
from waitroom.control.gates.watch import gate_watch
from waitroom.control.jobs import periodic_work
from waitroom.control.lane import ControlLane
from waitroom.control.metrics import WithMetrics, scraped, turn_counter
from waitroom.endpoints import openapi
from waitroom.errors import Unauthorized
from waitroom.events.delivery import delivering
from waitroom.events.opened import open_events
from waitroom.http import App, Receive, Scope, decode_body, read_body
from waitroom.lifespan import with_lifespan
from waitroom.observe.meter import Meter
from waitroom.observe.requests import counted
from waitroom.observe.tracing import traces
from waitroom.pages import CONTENT_SECURITY_POLICY, AnyRequest, web_app
from waitroom.public.api import CALLS as PUBLIC_CALLS
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings
from waitroom.supervisor import die_with_parent, settings_of_process

# The API documentation's library sets styles from script.
DOCS_POLICY: Final = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)


class Login(msgspec.Struct, frozen=True):
    """What the panel logs in with."""

    key: str


_LOGIN: Final = msgspec.json.Decoder(Login)


def handlers(runtime: Runtime) -> list[ControllerRouterHandler]:
    """The panel, its session, documentation, readiness."""

    @get("/")
    async def panel() -> Template:
        """The control panel: the same page for everybody; what it shows needs a session."""
        return Template("panel.html", context={"public_url": runtime.settings.public_base})

    @get("/session")
    async def session(request: AnyRequest) -> dict[str, Any]:
        """Who is logged in."""
        return _who(await _logged_in(runtime, request))

    @post("/session", status_code=200)
    async def login(request: AnyRequest) -> Response[dict[str, Any]]:
        """Log in with an API key; the session lasts twelve hours."""
        if not is_same_origin(_scope(request)):
            raise Unauthorized("Log in from the control panel itself.")
        asked = decode_body(await read_body(cast("Receive", request.receive)), _LOGIN)
        caller = await runtime.api_keys.by_bearer(asked.key.strip())
        cookie = runtime.api_keys.open_session(caller)
        return Response(_who(caller), cookies=[_cookie(request, cookie, SESSION_SECONDS)])

    @delete("/session", status_code=200)
    async def logout(request: AnyRequest) -> Response[dict[str, Any]]:
        """Log out."""
        return Response({"message": "Logged out."}, cookies=[_cookie(request, "", 0)])

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

    return [panel, session, login, logout, docs, description, readyz]


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


def _who(caller: Caller) -> dict[str, Any]:
    return {"name": caller.name or caller.key_id, "scopes": list(caller.scopes)}


async def _logged_in(runtime: Runtime, request: Request[Any, Any, Any]) -> Caller:
    cookie = panel_cookie(_scope(request))
    if not cookie or not is_same_origin(_scope(request)):
        raise Unauthorized("Log in with an API key.")
    return await runtime.api_keys.by_session(cookie)


def _scope(request: AnyRequest) -> Scope:
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


def control_plane(settings: Settings) -> App:
    """The control plane on ``settings``."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        meter = Meter("control")
        opening = open_runtime(settings, meter=meter)
        async with opening as runtime, serving(runtime, everything=True):
            site = web_app(handlers(runtime))
            sealed = sealing(runtime.service.audit, runtime.store)
            watch = gate_watch(runtime.store.note, runtime.service.clock)
            opened_events = open_events(
                runtime.store,
                runtime.secret,
                runtime.service.clock,
                public_base=settings.public_base,
                networks=settings.delivery_networks,
            )
            async with (
                site.lifespan(),
                sealed,
                watch as gates,
                opened_events as events,
                delivering(events.delivery),
                periodic_work(
                    runtime.service,
                    gates.health,
                    looked=events.delivery.see,
                    turned=turn_counter(meter),
                ),
                scraped(runtime, gates, events.delivery.told) as scrape,
            ):
                control = Control(
                    runtime.service,
                    runtime.api_keys,
                    gates,
                    events.subscriptions,
                    ClientDirectory(runtime.service, runtime.secret),
                )
                pages = counted(WithMetrics(cast("App", site), scrape, runtime), meter)
                lane = ControlLane(control, pages, settings.control_origins, meter)
                with traces(settings.otlp_endpoint, "control", runtime.store) as traced:
                    yield traced(lane, frozenset())

    return with_lifespan(opened)


def create_app() -> App:
    """For the server's worker: the control plane on the settings of this process."""
    die_with_parent()
    return control_plane(settings_of_process())
