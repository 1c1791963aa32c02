"""``waitroom config`` and ``waitroom healthcheck``: what is set, and whether it runs.

What belongs here: commands that look and change nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from waitroom.cli.flags import Given, Json, loaded
from waitroom.cli.output import say, say_json, say_table
from waitroom.cli.ports import fetch, reachable

PATIENCE = 3.0  # s for an answer: container platforms give a health check about this long

PlaneName = Literal["public", "control"]


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
    json: Json = False,
    flags: Given | None = None,
) -> int:
    """Ask a plane on this machine whether it is ready; exit code 0 if so, else 1."""
    settings = loaded(flags).settings
    bind = settings.public_bind if plane == "public" else settings.control_bind
    why = _why_not_ready(bind)
    if json:
        say_json({"plane": plane, "address": reachable(bind), "ready": not why, "why": why})
    elif why:
        say(f"The {plane} plane at {reachable(bind)} is not ready: {why}")
    else:
        say(f"The {plane} plane at {reachable(bind)} is ready.")
    return int(bool(why))


def _why_not_ready(bind: str) -> str:
    """Empty if what listens on ``bind`` says that it is ready."""
    try:
        status, body = fetch(bind, "/readyz", PATIENCE)
    except OSError as error:
        return error.strerror or "no answer in time"
    return "" if status == 200 else f"status {status} {body[:200].decode(errors='replace')}"
