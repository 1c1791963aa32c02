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
from random import randint
from typing import Final
from urllib.parse import quote

import msgspec
import structlog
from jinja2 import Environment, FileSystemLoader

from waitroom.errors import (
    EventClosed,
    EventUnknown,
    InvalidField,
    MethodNotAllowed,
    NotYet,
    PlaceExpired,
    PlaceGivenUp,
    SessionEnded,
    StoreUnavailable,
    TicketUnknown,
    TooManyRequests,
    Unavailable,
    WaitroomError,
)
from waitroom.handover import HandOvers, Onward
from waitroom.http import (
    INTERNAL,
    NO_STORE,
    NOSNIFF,
    App,
    Headers,
    Receive,
    Reply,
    Scope,
    Send,
    decode_query,
    error_headers,
    error_reply,
    header,
)
from waitroom.logs import Seldom
from waitroom.observe.trace import about
from waitroom.pages import PAGE_HEADERS, WEB
from waitroom.public import place_cookie
from waitroom.public.api import EntryCheck
from waitroom.service import Service

BEGINS: Final = "/enter/"
ROUTE: Final = "/enter/{event_id}"
MAX_QUERY: Final = 8 * 1024  # bytes; a return URL of 2,048 characters that is encoded throughout
ROUNDS: Final = 3  # straight passes of one browser within ROUNDS_SECONDS; beyond it, the page
ROUNDS_SECONDS: Final = 60
RETRY: Final = (5, 15)  # s after which the page of a 503 tries again: a crowd spreads out

GONE: Final = (TicketUnknown, PlaceExpired, PlaceGivenUp, SessionEnded)

log = structlog.get_logger("waitroom.public")
_warn = Seldom(log.warning)


class Asked(msgspec.Struct, frozen=True):
    """What stands in the query. ``refused``: why a gate sent the visitor back with a token."""

    return_url: str = msgspec.field(default="", name="return")
    refused: str = ""


class Found(msgspec.Struct, frozen=True):
    """The visitor's place; with ``onward`` they are being served."""

    request_id: str
    onward: Onward | None


class Entrance:
    """Answers ``/enter/...``; everything else goes on to ``rest``.

    ``secure``: visitors reach the public plane over https.
    """

    def __init__(
        self,
        service: Service,
        hand_overs: HandOvers,
        rest: App,
        entry_checks: Sequence[EntryCheck] = (),
        *,
        secure: bool,
    ) -> None:
        self._service = service
        self._hand_overs = hand_overs
        self._rest = rest
        self._entry_checks = tuple(entry_checks)
        self._secure = secure
        pages = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True)
        self._sorry = pages.get_template("sorry.html")
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
        if scope["method"] not in {"GET", "HEAD"}:
            return error_reply(MethodNotAllowed(("GET", "HEAD")))
        asked = Asked()
        try:
            asked = decode_query(scope["query_string"], Asked, MAX_QUERY)
            goal = await self._service.return_url(event_id, asked.return_url)
            if is_prefetch(scope):
                # Browsers drop a prefetch that fails, and ask again when the visitor really goes.
                return Reply(503, [NO_STORE, (b"content-length", b"0")], b"")
            if not is_visit(scope):
                return self._to_room(event_id, asked)
            return await self._enter(scope, event_id, asked, goal)
        except EventClosed:  # the page says so, and joins when it opens
            return self._to_room(event_id, asked)
        except WaitroomError as error:
            return self._refuse(scope, event_id, error)

    async def _enter(self, scope: Scope, event_id: str, asked: Asked, goal: str) -> Reply:
        cookies = place_cookie.cookies_of(scope["headers"])
        found = await self._kept(event_id, goal, cookies)
        if found is None:
            for check in self._entry_checks:
                await check(scope, event_id)
            found = await self._joined(event_id, goal)
        kept = place_cookie.set_cookie(event_id, found.request_id, secure=self._secure)
        rounds = _rounds(cookies, event_id)
        onward = found.onward
        if onward is None or not onward.location or asked.refused or rounds >= ROUNDS:
            return self._to_room(event_id, asked, kept)
        more = () if onward.cookie is None else (onward.cookie,)
        counted = f"{_rounds_cookie(event_id)}={rounds + 1}"
        limits = f"; Path={BEGINS}{event_id}; Max-Age={ROUNDS_SECONDS}; HttpOnly; SameSite=Lax"
        return _see_other(onward.location, kept, counted + limits, *more)

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
        return _see_other(f"/room/{event_id}{query}", *cookies)

    def _refuse(self, scope: Scope, event_id: str, error: WaitroomError) -> Reply:
        """A page that says so. Of those that time heals, one that loads itself again."""
        if isinstance(error, StoreUnavailable):
            facts = about(scope, error.status, route=ROUTE, event_id=event_id)
            _warn("answered 503", detail=error.detail, **facts)
        headers, retry = list(self._page_headers), 0
        if isinstance(error, Unavailable | TooManyRequests):
            retry = max(error.retry_after, randint(*RETRY))  # noqa: S311 - only spreads a crowd
            headers.append((b"retry-after", str(retry).encode()))
        else:
            headers.extend(error_headers(error))
        status = 404 if isinstance(error, EventUnknown | InvalidField) else error.status
        body = self._sorry.render(code=error.code, retry=retry).encode()
        return Reply(status, [*headers, (b"content-length", str(len(body)).encode())], body)


def is_prefetch(scope: Scope) -> bool:
    """Whether the browser only fetches ahead, and the visitor may never come.

    ``Sec-Purpose`` (Fetch standard) and its forerunners.
    """
    asked = (header(scope, name) for name in (b"sec-purpose", b"purpose", b"x-moz"))
    return any(value is not None and b"prefetch" in value.lower() for value in asked)


def is_visit(scope: Scope) -> bool:
    """Whether somebody goes here, rather than a page fetching or framing it, or a HEAD looking.

    ``Sec-Fetch-Dest`` (Fetch Metadata, section 2.1); who does not send it is believed.
    """
    looks = scope.get("asked_method", scope["method"]) == "HEAD"  # http.py: pass_on
    return not looks and header(scope, b"sec-fetch-dest") in {None, b"document"}


def _rounds_cookie(event_id: str) -> str:
    return f"waitroom_rounds_{event_id}"


def _rounds(cookies: Sequence[str], event_id: str) -> int:
    """How often of late this browser was sent straight on.

    A site that keeps no cookie sends its visitors back for ever; after some rounds the page shows,
    where going on is the visitor's to decide.
    """
    wanted = _rounds_cookie(event_id) + "="
    pairs = [pair.strip() for pair in "; ".join(cookies).split(";")]
    values = [pair.removeprefix(wanted) for pair in pairs if pair.startswith(wanted)]
    return max((int(v) for v in values if len(v) == 1 and v in "0123456789"), default=0)


def _see_other(location: str, *cookies: str) -> Reply:
    """303: go there with GET (RFC 9110, section 15.4.4). The location is ASCII: it was checked."""
    headers: Headers = [
        (b"location", location.encode("ascii")),
        *((b"set-cookie", cookie.encode("ascii")) for cookie in cookies),
        NO_STORE,
        NOSNIFF,
        (b"referrer-policy", b"no-referrer"),
        (b"content-length", b"0"),
    ]
    return Reply(303, headers, b"")
