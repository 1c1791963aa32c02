"""The public plane as an ASGI application: the hot lane, and pages behind it.

What belongs here: what visitors' browsers and gates fetch besides the public API, and putting the
plane together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import cast

from litestar import Response, get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from waitroom.errors import (
    CallerError,
    EventNotFound,
    EventUnknown,
    InvalidField,
)
from waitroom.http import App
from waitroom.lifespan import with_lifespan
from waitroom.observe.meter import Meter
from waitroom.observe.requests import counted
from waitroom.observe.tracing import traces
from waitroom.pages import AnyRequest, web_app
from waitroom.public.api import CALLS, EntryCheck
from waitroom.public.lane import Lane
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings
from waitroom.supervisor import die_with_parent, settings_of_process


def handlers(runtime: Runtime) -> list[ControllerRouterHandler]:
    """Pages, health and the key set."""

    @get("/room/{event_id:str}")
    async def room(request: AnyRequest) -> Template:
        """The waiting-room page: the same for every visitor of an event and return address."""
        event_id = str(request.path_params["event_id"])
        try:
            view = await runtime.service.view(event_id)
            return_url = await runtime.service.return_url(
                event_id, request.query_params.get("return", "")
            )
        except CallerError as error:
            return _sorry(error)
        event = view.snapshot.event
        return Template(
            "room.html",
            context={
                "event_id": event_id,
                "title": event.title or event_id,
                "return_url": return_url,
            },
            headers={"cache-control": "public, max-age=5"},
        )

    @get("/oidc/{event_id:str}/.well-known/jwks.json")
    async def jwks(request: AnyRequest) -> Response[bytes]:
        """The public keys that verify tokens (RFC 7517 section 5)."""
        event_id = str(request.path_params["event_id"])
        try:
            await runtime.service.view(event_id)
        except (EventUnknown, InvalidField):
            raise EventNotFound(event_id) from None
        return Response(
            runtime.keys.jwks,
            media_type="application/json",
            headers={"cache-control": "public, max-age=300", "access-control-allow-origin": "*"},
        )

    @get("/readyz", include_in_schema=False)
    async def readyz() -> dict[str, str]:
        """Ready: the store can be written to and a signing key is loaded."""
        await runtime.check_ready()
        return {"status": "ready"}

    return [room, jwks, readyz]


def _sorry(error: CallerError) -> Template:
    status = 404 if isinstance(error, EventUnknown | InvalidField) else error.status
    return Template("sorry.html", context={"code": error.code}, status_code=status)


def public_plane(settings: Settings, entry_checks: tuple[EntryCheck, ...] = ()) -> App:
    """The public plane on ``settings``."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        meter = Meter("public")
        async with open_runtime(settings, meter=meter) as runtime, serving(runtime):
            pages: AbstractAsyncContextManager[None] = (
                site := web_app(handlers(runtime))
            ).lifespan()
            async with pages, runtime.service.estimates.running():
                rest = counted(cast("App", site), meter)
                lane = Lane(runtime.service, rest, entry_checks, meter)
                with traces(settings.otlp_endpoint, "public", runtime.store) as traced:
                    yield traced(lane, frozenset(call.path for call in CALLS))

    return with_lifespan(opened)


def create_app() -> App:
    """For the server's workers: the public plane on the settings of this process."""
    die_with_parent()
    return public_plane(settings_of_process())
