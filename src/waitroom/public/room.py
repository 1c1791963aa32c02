"""The waiting-room page, and the page for those to whom it cannot be shown.

What belongs here: which of the two a visitor gets, in whose frame, and what the first is told:
where it leads on to, or which OpenID Connect client waits. What it does then is in
``web/static/room.js``. What must change with it: ``docs/room-page.md``, ``docs/theming.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from litestar import MediaType, Response, get
from litestar.types import ControllerRouterHandler

from waitroom.core.theme import VARIABLE
from waitroom.errors import CallerError, OidcRefused, Unavailable
from waitroom.frames import fill, new_nonce, policy
from waitroom.oidc.provider import Provider
from waitroom.pages import KEEPS_OPENER, AnyRequest, templates
from waitroom.public import place_cookie
from waitroom.public.sorry import sorry
from waitroom.public.themes import Dress, Themes
from waitroom.service import Service
from waitroom.static_files import imports_of

KEPT: Final = "public, max-age=5"  # the page is the same for all; what changes, it asks for itself
NOT_KEPT: Final = "no-store"
LANGUAGE: Final = "en"  # of the page as it is served, which has hardly a word; room.js sets it

_ENTRY: Final = "room.js"
_LANGUAGES: Final = ("lang", "ui_locales")  # in the query; the page without JavaScript reads them

Answer = Response[Any]


def handlers(
    service: Service, provider: Provider, dresses: Themes, *, secure: bool
) -> list[ControllerRouterHandler]:
    """The page. ``secure``: visitors reach the public plane over https."""
    page = _Page()

    @get("/room/{event_id:str}")
    async def room(request: AnyRequest) -> Answer:
        """The waiting-room page: the same for every visitor of an event and return address."""
        event_id = str(request.path_params["event_id"])
        sealed = request.query_params.get("authorization", "")
        asked = request.query_params.get("return", "")
        try:
            event = (await service.view(event_id)).snapshot.event
            return_url, ask = "", False
            if sealed:
                return_url, ask = await _client(provider, event_id, sealed)
            else:
                return_url = await service.return_url(event_id, asked)
        except (CallerError, Unavailable) as error:
            return sorry(request, error)
        dress = await dresses.of(event)
        told = {
            "event_id": event_id,
            "title": event.title or event_id,
            "name": dress.name,
            "logo": dress.logo,
            "stylesheet": dress.stylesheet,
            "return_url": return_url,
            "authorization": sealed,
            "ask": "1" if ask else "",
            "place_cookie": place_cookie.name(event_id, secure=secure),
            "place_max_age": str(place_cookie.MAX_AGE),
            "plain": _plain(event_id, request.query_params, sealed, asked),
        }
        if sealed:
            return page.answer(told, dress, {"cache-control": NOT_KEPT, **KEEPS_OPENER})
        return page.answer(told, dress, {"cache-control": KEPT})

    return [room]


class _Page:
    """Makes the page, in our frame or in the operator's."""

    def __init__(self) -> None:
        found = templates()
        found.globals["preloads"] = preloads()
        self._whole = found.get_template("room.html")
        self._head = found.get_template("room-head.html")
        self._main = found.get_template("room-main.html")

    def answer(self, told: Mapping[str, str], dress: Dress, headers: dict[str, str]) -> Answer:
        """The page that is ``told`` these."""
        if dress.template is None:
            return _html(self._whole.render(told), headers)
        values = {**told, "lang": LANGUAGE}
        if "nonce" in VARIABLE.findall(dress.template):
            nonce = values["nonce"] = new_nonce()
            secured = {"cache-control": NOT_KEPT, "content-security-policy": policy(nonce)}
            headers = headers | secured
        head, main = self._head.render(told), self._main.render(told)
        return _html(fill(dress.template, values, head=head, room=main), headers)


def _html(content: str, headers: dict[str, str]) -> Answer:
    return Response(content, media_type=MediaType.HTML, headers=headers)


def preloads() -> list[str]:
    """The modules that ``room.js`` imports, directly and through others, in that order."""
    return imports_of(_ENTRY)


def _plain(event_id: str, query: Mapping[str, str], sealed: str, asked: str) -> str:
    """Where the page without JavaScript is, with the same way on and in the same language."""
    onward = {"authorization": sealed} if sealed else {"return": asked} if asked else {}
    language = {name: query[name] for name in _LANGUAGES if query.get(name)}
    return f"/enter/{event_id}?{urlencode({'plain': '1', **onward, **language})}"


async def _client(provider: Provider, event_id: str, sealed: str) -> tuple[str, bool]:
    """Where the client waits, and whether the visitor is asked before going there."""
    found = await provider.look(event_id, sealed)
    if found is None:
        raise OidcRefused("invalid_request", "authorization: too old, or not one of ours")
    return found.goes_to, found.ask
