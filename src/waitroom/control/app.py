"""The control plane as an ASGI application: the private API, the panel, streams, periodic work.

What belongs here: putting the plane together, and in which order its parts begin and end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from waitroom.audit_log import sealing
from waitroom.clients import ClientDirectory
from waitroom.control.calls import Control
from waitroom.control.gates.watch import gate_watch
from waitroom.control.jobs import periodic_work
from waitroom.control.lane import ControlLane
from waitroom.control.metrics import WithMetrics, scraped, turn_counter
from waitroom.control.numbers import Observer
from waitroom.control.panel import handlers
from waitroom.control.stream import streaming
from waitroom.events.delivery import delivering
from waitroom.events.opened import open_events
from waitroom.http import App
from waitroom.lifespan import with_lifespan
from waitroom.observe.exposition import Scrape
from waitroom.observe.meter import Meter
from waitroom.observe.requests import counted
from waitroom.observe.tracing import traces
from waitroom.pages import web_app
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings
from waitroom.supervisor import die_with_parent, settings_of_process


def control_plane(settings: Settings) -> App:
    """The control plane on ``settings``."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        meter = Meter("control")
        opening = open_runtime(settings, meter=meter)
        async with (
            opening as runtime,
            serving(runtime, everything=True),
            _working(runtime, meter) as (control, scrape),
            streaming(control.observer, runtime.api_keys, meter) as streams,
        ):
            site = web_app(handlers(runtime))
            async with site.lifespan():
                pages = counted(WithMetrics(cast("App", site), scrape, runtime), meter)
                rest = streams.before(pages)
                lane = ControlLane(control, rest, settings.control_origins, meter)
                with traces(settings.otlp_endpoint, "control", runtime.store) as traced:
                    yield traced(lane, frozenset())

    return with_lifespan(opened)


@asynccontextmanager
async def _working(runtime: Runtime, meter: Meter) -> AsyncIterator[tuple[Control, Scrape]]:
    """What this plane does by itself, and what its calls and metrics need of that."""
    service, store, settings = runtime.service, runtime.store, runtime.settings
    async with (
        sealing(service.audit, store),
        gate_watch(store.note, service.clock) as gates,
        open_events(
            store,
            runtime.secret,
            service.clock,
            public_base=settings.public_base,
            networks=settings.delivery_networks,
        ) as events,
        delivering(events.delivery),
        periodic_work(
            service, gates.health, looked=events.delivery.see, turned=turn_counter(meter)
        ) as jobs,
        scraped(runtime, gates, events.delivery.told) as scrape,
    ):
        observer = Observer(service, gates, lambda: jobs.failed)
        clients = ClientDirectory(service, runtime.secret)
        keys, subscriptions = runtime.api_keys, events.subscriptions
        yield Control(service, keys, observer, gates, subscriptions, clients), scrape


def create_app() -> App:
    """For the server's worker: the control plane on the settings of this process."""
    die_with_parent()
    return control_plane(settings_of_process())
