"""The waiting room without JavaScript: ``/enter/{event_id}?plain=1``.

What belongs here: who keeps the place they have, who gets one, who is passed on, and which page
everybody else sees; it loads itself again. What the pages show is in ``plain_view.py``. What must
change with it: ``docs/hand-over.md``, ``web/templates/plain-main.html``.

The place is in its cookie and nowhere else: never in an address, nor in the page. A browser that
does not send it back is noticed by ``tried=1`` in the address that a new place leads to, and told
so, instead of being given one place after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from waitroom.core.model import Event, State
from waitroom.core.returns import origin_of
from waitroom.errors import (
    EventClosed,
    EventNotOpen,
    EventPaused,
    EventSoldOut,
    LineSoldOut,
    NotYet,
    OidcRefused,
    PlaceExpired,
    PlaceGivenUp,
    SessionEnded,
    SiteFull,
)
from waitroom.handover import HandOvers, Onward
from waitroom.http import Reply, Scope
from waitroom.oidc.provider import Provider
from waitroom.public import place_cookie, plain_view
from waitroom.public.api import EntryCheck
from waitroom.public.entering import (
    BEGINS,
    GONE,
    Asked,
    is_own_form,
    see_other,
    sent_on,
    went_round,
)
from waitroom.public.plain_page import Links, Pages
from waitroom.public.plain_view import Shown
from waitroom.public.sorry import words_of
from waitroom.service import Service
from waitroom.views import EventView
from waitroom.words import LANGUAGES, Words

WHY: Final = {PlaceExpired: "expired", PlaceGivenUp: "left", SessionEnded: "ended"}
LATER: Final = (EventClosed, EventSoldOut, EventNotOpen)


class Visit(msgspec.Struct, frozen=True):
    """One request, read. ``goal``: where to go on to, empty: nowhere, or to the client that
    ``asked.authorization`` names. ``ask``: the visitor is to press Continue."""

    asked: Asked
    view: EventView
    words: Words
    cookies: Sequence[str]
    goal: str
    ask: bool

    @property
    def event(self) -> Event:
        """The event."""
        return self.view.snapshot.event

    @property
    def event_id(self) -> str:
        """Its ID."""
        return self.view.snapshot.event.event_id

    def address(self, **more: str) -> str:
        """The page's own address, with ``more`` in its query; nothing that is empty."""
        kept = {
            "plain": "1",
            "return": self.asked.return_url,
            "authorization": self.asked.authorization,
            "lang": self.words.lang if self.asked.lang or self.asked.ui_locales else "",
            "still": "1" if self.asked.still else "",
        }
        given = {name: value for name, value in (kept | more).items() if value}
        return f"{BEGINS}{self.event_id}?{urlencode(given, quote_via=quote)}"

    def links(self, *, placed: bool) -> Links:
        """Where its page leads. ``placed``: the visitor has a place, and so a cookie."""
        rests = bool(self.asked.still)
        tried = "1" if placed else ""
        told = [(code, self.address(tried=tried, lang=code)) for code in LANGUAGES]
        return Links(
            look=self.address(tried=tried),
            turn=self.address(tried=tried, still="" if rests else "1"),
            rests=rests,
            leave=self.address(tried=tried, do="leave"),
            again=self.address(do="again"),
            anew=self.address(),
            languages=tuple((code, LANGUAGES[code], where) for code, where in told),
        )


class Standing(msgspec.Struct, frozen=True):
    """A place as it is found: ``refused`` says why it does not lead ``onward``, and ``gone`` why it
    is none any more: ``reset``, ``expired``, ``left`` or ``ended``."""

    request_id: str
    number: int
    onward: Onward | None = None
    refused: NotYet | None = None
    gone: str = ""


class PlainRoom:
    """Answers visitors without JavaScript. ``public_base``: URL at which they reach it."""

    def __init__(
        self,
        service: Service,
        hand_overs: HandOvers,
        provider: Provider,
        pages: Pages,
        entry_checks: Sequence[EntryCheck] = (),
        *,
        public_base: str,
    ) -> None:
        self._service = service
        self._hand_overs = hand_overs
        self._provider = provider
        self._pages = pages
        self._entry_checks = tuple(entry_checks)
        self._origin = origin_of(public_base) or ""
        self._secure = self._origin.startswith("https://")

    async def answer(self, scope: Scope, event_id: str, asked: Asked) -> Reply:
        """The page, or the way on. Raises ``WaitroomError``: then there is no line to be in, or it
        cannot be told now."""
        visit = await self._visit(scope, event_id, asked)
        if scope["method"] == "POST":
            return await self._pressed(scope, visit)
        at = await self._standing(visit)
        if at is not None and not at.gone:
            return await self._placed(visit, at)
        shown = self._without(visit, at)
        if shown is None:
            return await self._newcomer(scope, visit)
        return await self._page(visit, shown)

    def _without(self, visit: Visit, gone: Standing | None) -> Shown | None:
        """What who has no place is told; None: nothing, they may have one. A place that is not of
        this line counts only for those who have seen the page before: so the line was reset."""
        words, asked = visit.words, visit.asked
        if asked.do == "left":
            return plain_view.gone(words, "left", visit.event)
        if gone is not None and (gone.gone != "reset" or asked.tried):
            return plain_view.gone(words, gone.gone, visit.event, gone.number)
        return plain_view.no_cookies(words) if asked.tried and gone is None else None

    async def _visit(self, scope: Scope, event_id: str, asked: Asked) -> Visit:
        view, ask = await self._service.view(event_id), False
        if asked.authorization:
            client = await self._provider.look(event_id, asked.authorization)
            if client is None:
                raise OidcRefused("invalid_request", "authorization: not one of ours, or too old")
            goal, ask = client.goes_to, client.ask
        else:
            goal = await self._service.return_url(event_id, asked.return_url)
        cookies = place_cookie.cookies_of(scope["headers"])
        return Visit(asked, view, words_of(scope), cookies, goal, ask)

    # --- whose place it is

    async def _standing(self, visit: Visit) -> Standing | None:
        """The place that the browser has; one that is gone if it has no other."""
        gone = None
        for request_id in self._candidates(visit):
            at = await self._found(visit, request_id)
            if not at.gone:
                return at
            gone = gone or at
        return gone

    def _candidates(self, visit: Visit) -> list[str]:
        return place_cookie.candidates(visit.cookies, visit.event_id, secure=self._secure)

    async def _found(self, visit: Visit, request_id: str) -> Standing:
        """One place. While it waits, a page that loads itself again costs the store nothing."""
        number = 0
        try:
            number = (await self._service.position(visit.event_id, request_id)).queue_number
            if visit.asked.tried and number > visit.view.snapshot.counters.serving:
                return Standing(request_id, number)
            return Standing(request_id, number, await self._onward(visit, request_id))
        except NotYet as refused:
            return Standing(request_id, number, refused=refused)
        except GONE as error:
            return Standing(request_id, number, gone=WHY.get(type(error), "reset"))

    async def _onward(self, visit: Visit, request_id: str) -> Onward:
        event_id, sealed = visit.event_id, visit.asked.authorization
        if not sealed:
            return await self._hand_overs.onward(event_id, request_id, visit.goal)
        location = await self._provider.resume(event_id, request_id, sealed)
        tokens = await self._service.admit(event_id, request_id)
        return Onward(location, tokens.expires_in)

    # --- what they get

    async def _placed(self, visit: Visit, at: Standing) -> Reply:
        """Who has a place: the way on, or where they stand."""
        kept = place_cookie.set_cookie(visit.event_id, at.request_id, secure=self._secure)
        onward = at.onward
        if visit.asked.do == "leave" and onward is None:
            return await self._page(visit, plain_view.leaving(visit.words, at.number), kept)
        if onward is None:
            return await self._page(visit, self._where(visit, at), kept)
        held = visit.ask or visit.asked.refused or went_round(visit.cookies, visit.event_id)
        if onward.location and not held:
            return sent_on(visit.event_id, onward, visit.cookies, kept)
        shown = plain_view.admitted(visit.words, onward.location)
        more = () if onward.cookie is None else (onward.cookie,)
        return await self._page(visit, shown, kept, *more)

    def _where(self, visit: Visit, at: Standing) -> Shown:
        """Where somebody stands who is not let in yet."""
        words, snapshot = visit.words, visit.view.snapshot
        if isinstance(at.refused, LineSoldOut) or snapshot.event.state is State.SOLD_OUT:
            return plain_view.sold_out(words, at.number)
        if isinstance(at.refused, SiteFull):
            after = at.refused.retry_after
            return plain_view.at_the_door(words, snapshot, at.number, full=True, after=after)
        if isinstance(at.refused, EventPaused) and at.number <= snapshot.counters.serving:
            return plain_view.at_the_door(words, snapshot, at.number, full=False, after=0)
        told = self._service.estimates.of(visit.view).estimate
        return plain_view.waiting(words, snapshot, at.number, told, goal=bool(visit.goal))

    async def _newcomer(self, scope: Scope, visit: Visit) -> Reply:
        """Who has no place: a new one if the line takes anybody."""
        words, event, now = visit.words, visit.event, self._service.now()
        if event.opens_at > now and event.state.takes:
            return await self._page(visit, plain_view.early(words, event, now))
        try:
            return await self._join(scope, visit)
        except EventNotOpen as early:  # by the store's clock
            late = msgspec.structs.replace(event, opens_at=now + early.retry_after)
            return await self._page(visit, plain_view.early(words, late, now))
        except LATER as shut:
            phase = "soldout" if isinstance(shut, EventSoldOut) else "closed"
            return await self._page(visit, plain_view.none(words, phase))

    async def _join(self, scope: Scope, visit: Visit) -> Reply:
        """A new place: straight on if it is being served, so that this does without a cookie."""
        for check in self._entry_checks:
            await check(scope, visit.event_id)
        place = await self._service.join(visit.event_id)
        kept = place_cookie.set_cookie(visit.event_id, place.request_id, secure=self._secure)
        if place.position <= place.serving:
            at = await self._found(visit, place.request_id)
            if at.onward is not None:
                return await self._placed(visit, at)
        return see_other(visit.address(tried="1"), kept)

    # --- what they press

    async def _pressed(self, scope: Scope, visit: Visit) -> Reply:
        """A form of the page was sent. Of another page's, nothing is done."""
        own = is_own_form(scope, self._origin)
        if own and visit.asked.do == "leave":
            return await self._leave(visit)
        if own and visit.asked.do == "again":
            return await self._again(scope, visit)
        return see_other(visit.address())

    async def _leave(self, visit: Visit) -> Reply:
        for request_id in self._candidates(visit):
            try:
                await self._service.give_up(visit.event_id, request_id)
            except GONE:
                continue
        dropped = place_cookie.drop_cookie(visit.event_id, secure=self._secure)
        return see_other(visit.address(do="left"), dropped)

    async def _again(self, scope: Scope, visit: Visit) -> Reply:
        """A new place for one that is gone. Pressed twice: still one."""
        at = await self._standing(visit)
        if at is not None and not at.gone:
            return see_other(visit.address(tried="1"))
        try:
            return await self._join(scope, visit)
        except LATER:  # the page says so
            dropped = place_cookie.drop_cookie(visit.event_id, secure=self._secure)
            return see_other(visit.address(), dropped)

    async def _page(self, visit: Visit, shown: Shown, *cookies: str) -> Reply:
        links = visit.links(placed=bool(cookies))
        return await self._pages.reply(visit.event, visit.words, shown, links, cookies)
