"""``waitroom serve``, ``public`` and ``control``: everything is checked first, then it is started.

What belongs here: what happens before a process is spawned, and what the operator is told. The life
of the processes is ``supervisor.py``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from waitroom.apikeys import NewKey
from waitroom.audit_log import DEPLOYMENT
from waitroom.cli.flags import Given, loaded, which_store
from waitroom.cli.output import say, say_boxed
from waitroom.cli.ports import claim, fetch, reachable
from waitroom.cli.who import deed
from waitroom.observe.tracing import check_traceable
from waitroom.runtime import Runtime, open_runtime
from waitroom.settings import Settings
from waitroom.supervisor import Part, Supervisor, settings_for_children

FIRST_KEY: Final = "first admin key"
LOOK_EVERY: Final = 0.1  # s between two looks whether the planes are ready
SLOW_START: Final = 30.0  # s after which we say that something takes long

log = structlog.get_logger("waitroom")


@dataclass(frozen=True)
class Plane:
    """What is particular about a plane."""

    name: str
    target: str
    flag: str

    def bind(self, settings: Settings) -> str:
        """Where it listens."""
        bind: str = getattr(settings, f"{self.name}_bind")
        return bind

    def workers(self, settings: Settings) -> int:
        """How many processes it has. The control plane's load does not grow with the crowd."""
        return settings.workers if self.name == "public" else 1


PUBLIC: Final = Plane("public", "waitroom.public.app:create_app", "--public-bind")
CONTROL: Final = Plane("control", "waitroom.control.app:create_app", "--control-bind")
# No plane, but a process like theirs: gives the numbers of this machine without a key.
METRICS: Final = Plane("metrics", "waitroom.observe.door:create_app", "--metrics-bind")


def serve(*, flags: Given | None = None) -> None:
    """Run both planes on this machine, until Ctrl-C or SIGTERM."""
    run_planes(loaded(flags).settings, (PUBLIC, CONTROL))


def public(*, flags: Given | None = None) -> None:
    """Run the public plane only: visitors, gates, OIDC clients."""
    run_planes(loaded(flags).settings, (PUBLIC,))


def control(*, flags: Given | None = None) -> None:
    """Run the control plane only: private API, control panel, API documentation."""
    run_planes(loaded(flags).settings, (CONTROL,))


def run_planes(settings: Settings, planes: Collection[Plane]) -> None:
    """Check, then serve until told to stop.

    Raises:
        OperatorError, Unavailable: what is wrong, before anything was started.
    """
    check_traceable(settings.otlp_endpoint)
    parts = plane_parts(settings, planes)
    first_key = asyncio.run(prepare(settings))
    if first_key is not None:
        show_first_key(first_key, settings)
    supervise(settings, parts, lambda: show_links(settings, planes))


def plane_parts(settings: Settings, planes: Collection[Plane]) -> list[Part]:
    """The planes as processes, and the listener for metrics if there is to be one.

    Their ports are free. Raises ``PortTaken``.
    """
    wanted = [*planes, METRICS] if settings.metrics_bind else planes
    environ = {**bare_environment(), **settings_for_children(settings)}
    return [
        Part(
            name=plane.name,
            target=plane.target,
            bind=claim(plane.bind(settings), plane.flag),
            workers=plane.workers(settings),
            environ=environ,
        )
        for plane in wanted
    ]


def bare_environment() -> Mapping[str, str]:
    """Our environment without settings: children have theirs from us, a secret not twice."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WAITROOM_")}


async def prepare(settings: Settings) -> NewKey | None:
    """Open the store once, so that what is wrong is said here; the first admin key, if made."""
    async with open_runtime(settings) as runtime:
        return await first_admin_key(runtime)


async def first_admin_key(runtime: Runtime) -> NewKey | None:
    """A key for the control panel if the store has no credentials at all, else None."""
    await runtime.service.check_store()
    made = await runtime.api_keys.create(FIRST_KEY, ["admin"], only_first=True)
    if made is not None:
        shown = {"key_id": made.key_id, "name": FIRST_KEY, "scopes": made.scopes}
        await runtime.service.enter(DEPLOYMENT, deed("create_key"), shown)
    return made


def show_first_key(made: NewKey, settings: Settings) -> None:
    """Print the key to stdout; it goes into no log, and never again anywhere."""
    say_boxed(
        "Admin key",
        [
            made.key,
            "",
            "Log in to the control panel with it. It is shown this once: keep it safe.",
            f"To make another: waitroom keys create --scope admin{which_store(settings)}",
        ],
    )


def show_links(settings: Settings, planes: Collection[Plane]) -> None:
    """Say that it runs, and where."""
    lines = ["Waitroom is ready."]
    if PUBLIC in planes:
        lines.append(f"  Public plane   {public_link(settings)}")
    if CONTROL in planes:
        lines.append(f"  Control panel  {control_link(settings)}/")
        lines.append(f"  API docs       {control_link(settings)}/docs")
    if settings.metrics_bind:
        lines.append(f"  Metrics        http://{reachable(settings.metrics_bind)}/metrics")
    say(*lines)


def public_link(settings: Settings) -> str:
    """Where the operator's browser finds the public plane; no slash at the end."""
    return settings.public_url.rstrip("/") or f"http://{reachable(settings.public_bind)}"


def control_link(settings: Settings) -> str:
    """Where the operator's browser, on this machine, finds the control plane."""
    return f"http://{reachable(settings.control_bind)}"


def supervise(settings: Settings, parts: Sequence[Part], once_ready: Callable[[], None]) -> None:
    """Run ``parts`` until a signal; call ``once_ready`` when all of them answer."""

    async def told() -> None:
        await asyncio.gather(*(_until_ready(part) for part in parts))
        once_ready()

    async def running() -> None:
        await Supervisor(parts, settings.log_format).run(told)

    asyncio.run(running())


async def _until_ready(part: Part) -> None:
    looks = 0
    while not await asyncio.to_thread(is_ready, part):
        await asyncio.sleep(LOOK_EVERY)
        looks += 1
        if looks == SLOW_START / LOOK_EVERY:
            log.warning("still not ready; the lines above may say why", part=part.name)


def is_ready(part: Part) -> bool:
    """Whether ``part`` says that it can do its work."""
    try:
        status, _ = fetch(part.bind, part.ready_path, timeout=1.0)
    except OSError:
        return False
    return status == 200
