"""The waiting-room page, and the page for those to whom it cannot be shown.

What belongs here: which of the two a visitor gets, and what the first is told: where it leads on
to, or which OpenID Connect client waits. What it does then is in ``web/static/room.js``.
"""

from __future__ import annotations

from litestar import get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from waitroom.errors import CallerError, EventUnknown, InvalidField, OidcRefused
from waitroom.oidc.provider import Provider
from waitroom.pages import AnyRequest
from waitroom.public import place_cookie
from waitroom.service import Service


def handlers(
    service: Service, provider: Provider, *, secure: bool
) -> list[ControllerRouterHandler]:
    """The page. ``secure``: visitors reach the public plane over https."""

    @get("/room/{event_id:str}")
    async def room(request: AnyRequest) -> Template:
        """The waiting-room page: the same for every visitor of an event and return address."""
        event_id = str(request.path_params["event_id"])
        sealed = request.query_params.get("authorization", "")
        try:
            event = (await service.view(event_id)).snapshot.event
            return_url, ask = "", False
            if sealed:
                return_url, ask = await _client(provider, event_id, sealed)
            else:
                asked = request.query_params.get("return", "")
                return_url = await service.return_url(event_id, asked)
        except CallerError as error:
            return sorry(error)
        return Template(
            "room.html",
            context={
                "event_id": event_id,
                "title": event.title or event_id,
                "return_url": return_url,
                "authorization": sealed,
                "ask": "1" if ask else "",
                "place_cookie": place_cookie.name(event_id, secure=secure),
                "place_max_age": place_cookie.MAX_AGE,
            },
            headers={"cache-control": "no-store" if sealed else "public, max-age=5"},
        )

    return [room]


async def _client(provider: Provider, event_id: str, sealed: str) -> tuple[str, bool]:
    """Where the client waits, and whether the visitor is asked before going there."""
    found = await provider.look(event_id, sealed)
    if found is None:
        raise OidcRefused("invalid_request", "authorization: too old, or not one of ours")
    return found.goes_to, found.ask


def sorry(error: CallerError) -> Template:
    """The page that says why there is no room."""
    status = 404 if isinstance(error, EventUnknown | InvalidField) else error.status
    return Template("sorry.html", context={"code": error.code}, status_code=status)
