"""The public plane as an ASGI application: the hot lane, and pages behind it.

What belongs here: what visitors' browsers and gates fetch besides the public API, and putting the
plane together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import cast

from litestar import get
from litestar.types import ControllerRouterHandler

from waitroom.handover import HandOvers
from waitroom.http import App, pass_on
from waitroom.lifespan import with_lifespan
from waitroom.observe.meter import Meter
from waitroom.observe.requests import counted
from waitroom.observe.tracing import traces
from waitroom.oidc.provider import Provider
from waitroom.pages import web_app
from waitroom.public import oidc, queueit, room, themes
from waitroom.public.api import CALLS, Desk, EntryCheck
from waitroom.public.enter import Entrance
from waitroom.public.gate import ForwardAuth
from waitroom.public.lane import Lane
from waitroom.public.plain import PlainRoom
from waitroom.public.plain_page import Pages
from waitroom.public.themes import Themes
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings
from waitroom.supervisor import die_with_parent, settings_of_process


def handlers(
    runtime: Runtime, provider: Provider, dresses: Themes
) -> list[ControllerRouterHandler]:
    """Pages, the OpenID Connect endpoints and health."""

    @get("/readyz", include_in_schema=False)
    async def readyz() -> dict[str, str]:
        """Ready: the store can be written to and a signing key is loaded."""
        await runtime.check_ready()
        return {"status": "ready"}

    secure = _is_secure(runtime.settings)
    return [
        *room.handlers(runtime.service, provider, dresses, secure=secure),
        *oidc.handlers(runtime, provider, secure=secure),
        *themes.handlers(dresses),
        readyz,
        *queueit.handlers(runtime),
    ]


def _is_secure(settings: Settings) -> bool:
    return settings.public_base.lower().startswith("https://")


def public_plane(settings: Settings, entry_checks: tuple[EntryCheck, ...] = ()) -> App:
    """The public plane on ``settings``."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        meter = Meter("public")
        async with open_runtime(settings, meter=meter) as runtime, serving(runtime):
            service, secret = runtime.service, runtime.secret
            provider = Provider(service, secret, settings.issuer, settings.public_base)
            dresses = Themes(runtime.store)
            site = web_app(handlers(runtime, provider, dresses))
            pages: AbstractAsyncContextManager[None] = site.lifespan()
            async with pages, service.estimates.running():
                hand_overs = HandOvers(service, secret, settings.public_base)
                framework = partial(pass_on, cast("App", site))
                secure, base = _is_secure(settings), settings.public_base
                plain = PlainRoom(
                    service, hand_overs, provider, Pages(dresses), entry_checks, public_base=base
                )
                entrance = Entrance(
                    service, hand_overs, framework, entry_checks, plain=plain, secure=secure
                )
                desk = Desk(service, hand_overs, provider.resume)
                gate = ForwardAuth(runtime, hand_overs).answer
                lane = Lane(service, counted(entrance, meter), entry_checks, meter, desk, gate)
                with traces(settings.otlp_endpoint, "public", runtime.store) as traced:
                    yield traced(lane, frozenset(call.path for call in CALLS))

    return with_lifespan(opened)


def create_app() -> App:
    """For the server's workers: the public plane on the settings of this process."""
    die_with_parent()
    return public_plane(settings_of_process())
