"""``GET /enter/{event_id}``: join and be let in on the server's side, without a page in between.

What belongs here: who keeps the place they have, who gets a new one, and where they are sent: on to
the site when it has room for them, else to the waiting-room page, with their place in a cookie. It
stands in front of the framework, since a crowd comes through here. What must change with it:
``docs/hand-over.md``, ``observe/requests.py`` (its route).

A place is kept over reloads, the back button and other tabs by the place cookie. Only of two tabs
whose *first* requests are under way at once does nobody know that they are one browser: each gets a
place, the cookie that comes last is the browser's, and the other place is a no-show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import msgspec
import structlog

from waitroom.errors import (
    EventClosed,
    EventNotOpen,
    EventSoldOut,
    MethodNotAllowed,
    NotYet,
    StoreUnavailable,
    TooManyRequests,
    Unavailable,
    WaitroomError,
)
from waitroom.handover import HandOvers, Onward
from waitroom.http import (
    INTERNAL,
    NO_STORE,
    App,
    Headers,
    Receive,
    Reply,
    Scope,
    Send,
    decode_query,
    error_headers,
    error_reply,
)
from waitroom.logs import Seldom
from waitroom.observe.trace import about
from waitroom.pages import PAGE_HEADERS, templates
from waitroom.public import place_cookie
from waitroom.public.api import EntryCheck
from waitroom.public.entering import (
    BEGINS,
    GONE,
    Asked,
    is_prefetch,
    is_visit,
    see_other,
    sent_on,
    went_round,
)
from waitroom.public.plain import PlainRoom
from waitroom.public.sorry import seconds_until_retry, status_of, words_of
from waitroom.service import Service

ROUTE: Final = "/enter/{event_id}"
MAX_QUERY: Final = 8 * 1024  # bytes; a return URL of 2,048 characters that is encoded throughout
MAX_SEALED: Final = 16 * 1024  # bytes of a query with a sealed request of an OpenID Connect client

# The page says so, and joins when it may.
NOT_NOW: Final = (EventClosed, EventSoldOut, EventNotOpen)
# Browsers drop a prefetch that fails, and ask again when the visitor really goes.
IGNORED: Final = Reply(503, [NO_STORE, (b"content-length", b"0")], b"")
NOT_SO: Final = error_reply(MethodNotAllowed(("GET", "HEAD")))

log = structlog.get_logger("waitroom.public")
_warn = Seldom(log.warning)


class Found(msgspec.Struct, frozen=True):
    """The visitor's place; with ``onward`` they are being served."""

    request_id: str
    onward: Onward | None


class Entrance:
    """Answers ``/enter/...``; everything else goes on to ``rest``.

    ``plain``: where those are answered who want the page without JavaScript; None: nobody is.
    ``secure``: visitors reach the public plane over https.
    """

    def __init__(
        self,
        service: Service,
        hand_overs: HandOvers,
        rest: App,
        entry_checks: Sequence[EntryCheck] = (),
        *,
        plain: PlainRoom | None = None,
        secure: bool,
    ) -> None:
        self._service = service
        self._hand_overs = hand_overs
        self._rest = rest
        self._plain = plain
        self._entry_checks = tuple(entry_checks)
        self._secure = secure
        self._sorry = templates().get_template("sorry.html")
        self._page_headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            NO_STORE,
            *((name.encode(), value.encode()) for name, value in PAGE_HEADERS.items()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http" or not scope["path"].startswith(BEGINS):
            await self._rest(scope, receive, send)
            return
        event_id = scope["path"].removeprefix(BEGINS)
        try:
            reply = await self._answer(scope, event_id)
        except Exception:  # a stranger must never see a stack trace
            facts = about(scope, 500, route=ROUTE, event_id=event_id)
            log.exception("unexpected error", **facts)
            reply = INTERNAL
        await reply(send)

    async def _answer(self, scope: Scope, event_id: str) -> Reply:
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return NOT_SO
        asked = Asked()
        try:
            query = scope["query_string"]
            limit = MAX_SEALED if b"authorization=" in query else MAX_QUERY
            asked = decode_query(query, Asked, limit)
            if self._plain is not None and asked.plain:
                return await self._without_script(self._plain, scope, event_id, asked)
            if scope["method"] == "POST":
                return NOT_SO
            return await self._visited(scope, event_id, asked)
        except NOT_NOW:
            return self._to_room(event_id, asked)
        except WaitroomError as error:
            return self._refuse(scope, event_id, error)

    async def _visited(self, scope: Scope, event_id: str, asked: Asked) -> Reply:
        goal = await self._service.return_url(event_id, asked.return_url)
        if is_prefetch(scope):
            return IGNORED
        if not is_visit(scope):
            return self._to_room(event_id, asked)
        return await self._enter(scope, event_id, asked, goal)

    async def _without_script(
        self, plain: PlainRoom, scope: Scope, event_id: str, asked: Asked
    ) -> Reply:
        if is_prefetch(scope):
            return IGNORED
        if not is_visit(scope):
            await self._service.view(event_id)  # what names no event comes into no address
            return self._to_room(event_id, asked)
        return await plain.answer(scope, event_id, asked)

    async def _enter(self, scope: Scope, event_id: str, asked: Asked, goal: str) -> Reply:
        cookies = place_cookie.cookies_of(scope["headers"])
        found = await self._kept(event_id, goal, cookies)
        if found is None:
            for check in self._entry_checks:
                await check(scope, event_id)
            found = await self._joined(event_id, goal)
        kept = place_cookie.set_cookie(event_id, found.request_id, secure=self._secure)
        onward = found.onward
        held = asked.refused or went_round(cookies, event_id)
        if onward is None or not onward.location or held:
            return self._to_room(event_id, asked, kept)
        return sent_on(event_id, onward, cookies, kept)

    async def _kept(self, event_id: str, goal: str, cookies: Sequence[str]) -> Found | None:
        """The place that the browser has, if it is still one."""
        for request_id in place_cookie.candidates(cookies, event_id, secure=self._secure):
            try:
                return Found(request_id, await self._onward(event_id, request_id, goal))
            except GONE:
                continue
        return None

    async def _joined(self, event_id: str, goal: str) -> Found:
        """A new place. Raises as ``Service.join``."""
        place = await self._service.join(event_id)
        if place.position > place.serving:  # so the crowd costs the store a join and no more
            return Found(place.request_id, None)
        try:
            return Found(place.request_id, await self._onward(event_id, place.request_id, goal))
        except GONE:  # the line was reset at this very moment; the page finds out
            return Found(place.request_id, None)

    async def _onward(self, event_id: str, request_id: str, goal: str) -> Onward | None:
        try:
            return await self._hand_overs.onward(event_id, request_id, goal)
        except NotYet:
            return None

    def _to_room(self, event_id: str, asked: Asked, *cookies: str) -> Reply:
        """To the page, on whatever host the visitor is."""
        query = f"?return={quote(asked.return_url, safe='')}" if asked.return_url else ""
        if asked.refused:
            mark = "&" if query else "?"
            query += f"{mark}refused={quote(asked.refused[:64], safe='')}"
        return see_other(f"/room/{event_id}{query}", *cookies)

    def _refuse(self, scope: Scope, event_id: str, error: WaitroomError) -> Reply:
        """A page that says so. Of those that time heals, one that loads itself again."""
        if isinstance(error, StoreUnavailable):
            facts = about(scope, error.status, route=ROUTE, event_id=event_id)
            _warn("answered 503", detail=error.detail, **facts)
        headers, retry = list(self._page_headers), 0
        if isinstance(error, Unavailable | TooManyRequests):
            retry = seconds_until_retry(error)
            after = str(retry).encode()
            headers += [(b"retry-after", after), (b"refresh", after)]
        else:
            headers.extend(error_headers(error))
        words = words_of(scope)
        body = self._sorry.render(words=words, code=error.code, retry=retry).encode()
        length = (b"content-length", str(len(body)).encode())
        return Reply(status_of(error), [*headers, length], body)
