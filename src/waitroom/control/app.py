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
from waitroom.observe.meter import Meter
from waitroom.observe.requests import counted
from waitroom.observe.tracing import traces
from waitroom.pages import web_app
from waitroom.runtime import open_runtime, serving
from waitroom.settings import Settings
from waitroom.supervisor import die_with_parent, settings_of_process


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
                ) as jobs,
                scraped(runtime, gates, events.delivery.told) as scrape,
            ):
                observer = Observer(runtime.service, gates, lambda: jobs.failed)
                control = Control(
                    runtime.service,
                    runtime.api_keys,
                    observer,
                    gates,
                    events.subscriptions,
                    ClientDirectory(runtime.service, runtime.secret),
                )
                pages = counted(WithMetrics(cast("App", site), scrape, runtime), meter)
                async with streaming(observer, runtime.api_keys, meter) as streams:
                    rest = streams.before(pages)
                    lane = ControlLane(control, rest, settings.control_origins, meter)
                    with traces(settings.otlp_endpoint, "control", runtime.store) as traced:
                        yield traced(lane, frozenset())

    return with_lifespan(opened)


def create_app() -> App:
    """For the server's worker: the control plane on the settings of this process."""
    die_with_parent()
    return control_plane(settings_of_process())
