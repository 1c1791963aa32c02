"""``waitroom panel``: a one-time link into the control panel.

What belongs here: this command. What a link is worth is in ``panel_links.py``.
"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from waitroom.apikeys import SCOPES
from waitroom.audit_log import DEPLOYMENT
from waitroom.cli.flags import Given, Json, on_store
from waitroom.cli.output import say, say_json
from waitroom.cli.ports import reachable
from waitroom.cli.who import deed
from waitroom.panel_links import LINK_SECONDS, PanelLinks
from waitroom.runtime import Runtime


def panel(
    *,
    scope: Annotated[
        list[str] | None, Parameter(help=f"Repeatable: {', '.join(SCOPES)}. Default: admin.")
    ] = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Print a link into the control panel: good for one log-in within five minutes."""
    url = on_store(flags, lambda runtime: link_into_panel(runtime, scope or ["admin"]))
    if json:
        say_json({"url": url, "expires_in": LINK_SECONDS})
    else:
        say(url)


async def link_into_panel(runtime: Runtime, scopes: list[str]) -> str:
    """A link that logs in once, with ``scopes``; the log says who made it. It is a secret.

    Raises:
        InvalidField: there is no such scope.
    """
    links = PanelLinks(runtime.store, runtime.secret, runtime.service.clock)
    done = deed("panel_link")
    link, code = links.make(scopes, done.by)
    told = {"key_id": link.key_id, "scopes": link.scopes}
    await runtime.service.enter(DEPLOYMENT, done, told)
    return f"http://{reachable(runtime.settings.control_bind)}/#login={code}"
