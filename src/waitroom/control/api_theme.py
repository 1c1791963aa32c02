"""Calls about how an event's waiting-room page is dressed.

What belongs here: input, output and statuses of these calls, over ``service.py``. What must change
with it: ``docs/api.md``, ``docs/theming.md``, the contract tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from waitroom.control.calls import FOUND, SETTING, Call, Control, Request
from waitroom.core.limits import MAX_THEME
from waitroom.core.theme import PLAIN, Theme, check_theme, stylesheet

log = structlog.get_logger("waitroom.control")

_BODY: Final = 2 * MAX_THEME  # bytes: others escape more in JSON than we do


class ThemeShown(Theme, frozen=True, kw_only=True):
    """A theme with its version ("": our own looks, or not kept), and what pages load for it:
    ``stylesheet``, its colours as custom properties and its CSS behind them."""

    version: str = ""
    stylesheet: str = ""


def _shown(theme: Theme, version: str) -> ThemeShown:
    fields = msgspec.structs.asdict(theme)
    return ThemeShown(**fields, version=version, stylesheet=stylesheet(theme))


async def _get(control: Control, request: Request) -> object:
    event_id = request.path["event_id"]
    theme = await control.service.theme(event_id)
    version = (await control.service.snapshot(event_id)).event.theme
    return _shown(theme, "" if theme == PLAIN else version)


async def _put(control: Control, request: Request) -> object:
    event_id, theme = request.path["event_id"], check_theme(request.asked)
    if request.is_check:
        await control.service.snapshot(event_id)
        return _shown(theme, "")
    event = await control.service.set_theme(event_id, theme, request.deed("theme"))
    _tell(request, event.theme)
    return _shown(theme, event.theme)


async def _delete(control: Control, request: Request) -> object:
    await control.service.set_theme(request.path["event_id"], PLAIN, request.deed("theme"))
    _tell(request, "")
    return _shown(PLAIN, "")


def _tell(request: Request, version: str) -> None:
    event_id, by = request.path["event_id"], request.caller.key_id
    log.info("theme set" if version else "theme taken off", event_id=event_id, by=by)


CALLS: Final[Sequence[Call]] = (
    Call(
        method="GET",
        path="/api/events/{event_id}/theme",
        summary="How the event's waiting-room page is dressed.",
        gives=ThemeShown,
        scope="read",
        statuses=FOUND,
        answer=_get,
    ),
    Call(
        method="PUT",
        path="/api/events/{event_id}/theme",
        summary="Dress the event's waiting-room page: the whole theme; what is left out is empty."
        " With `?check=1`: say whether it would do, and change nothing.",
        takes=Theme,
        gives=ThemeShown,
        scope="admin",
        statuses=FOUND | SETTING | {400: "a field is mistyped, or the body too large"},
        strict="whole",
        max_body=_BODY,
        may_check=True,
        answer=_put,
    ),
    Call(
        method="DELETE",
        path="/api/events/{event_id}/theme",
        summary="Take the theme off: our own looks.",
        gives=ThemeShown,
        scope="admin",
        statuses=FOUND,
        answer=_delete,
    ),
)
