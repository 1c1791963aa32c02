"""``waitroom config`` and ``waitroom healthcheck``: what is set, and whether it runs.

What belongs here: commands that look and change nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from waitroom.cli.flags import Given, Json, loaded
from waitroom.cli.output import say, say_json, say_table
from waitroom.cli.ports import fetch, reachable

PATIENCE = 3.0  # s for an answer: container platforms give a health check about this long

PlaneName = Literal["public", "control"]


def add_to(app: App) -> None:
    """Add these commands to ``app``."""
    app.command(config)
    app.command(healthcheck)


def config(*, json: Json = False, flags: Given | None = None) -> None:
    """Show the settings in effect and where each came from; secrets are not shown."""
    rows = loaded(flags).shown()
    if json:
        say_json({name: {"value": value, "source": source} for name, value, source in rows})
    else:
        say_table(("setting", "value", "source"), rows)


def healthcheck(
    *,
    plane: Annotated[PlaneName, Parameter(help="Which plane to ask.")] = "public",
    flags: Given | None = None,
) -> int:
    """Ask a plane on this machine whether it is ready; exit code 0 if so, else 1."""
    settings = loaded(flags).settings
    bind = settings.public_bind if plane == "public" else settings.control_bind
    try:
        status, body = fetch(bind, "/readyz", PATIENCE)
    except OSError as error:
        why = error.strerror or "no answer in time"
    else:
        why = f"status {status} {body[:200].decode(errors='replace')}"
        if status == 200:
            say(f"The {plane} plane at {reachable(bind)} is ready.")
            return 0
    say(f"The {plane} plane at {reachable(bind)} is not ready: {why}")
    return 1
