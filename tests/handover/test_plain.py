"""``/enter?plain=1``: the waiting room for browsers without JavaScript, request by request."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from handover.scene import BASE, SHOP, Scene
from waitroom.core.clients import OidcClient
from waitroom.core.model import SessionStatus, State
from waitroom.core.theme import Theme
from waitroom.errors import StoreUnavailable, TooManyRequests
from waitroom.oidc.provider import Provider
from waitroom.public import place_cookie
from waitroom.words import speak

pytestmark = pytest.mark.asyncio(loop_scope="module")
BACK = "https://client.example/back"
CLIENT: dict[str, Any] = {
    "client_id": "shop",
    "redirect_uris": (BACK,),
    "secret_digest": "0" * 64,
}
NAVIGATES = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}
OWN = {**NAVIGATES, "sec-fetch-site": "same-origin"}


class Visitor:
    """Somebody without JavaScript: follows redirects within the room, and reads."""

    def __init__(self, scene: Scene, event_id: str) -> None:
        self.browser = scene.browser()
        self.event_id = event_id
        self.start = f"/enter/{event_id}?plain=1"
        self.said = httpx.Response(0)
        self.addresses: list[str] = []

    async def go(self, url: str = "", **headers: str) -> httpx.Response:
        """Open the page, or the one at ``url``; the answer in the end."""
        return await self._follow("GET", url or self.start, NAVIGATES | headers)

    async def look(self) -> httpx.Response:
        """What the page does by itself: its Refresh header."""
        _seconds, _, again = self.said.headers["refresh"].partition("; url=")
        return await self.go(again)

    async def press(self, do: str, **headers: str) -> httpx.Response:
        """Send the form of that name."""
        (action,) = re.findall(rf'<form[^>]* action="([^"]*do={do}[^"]*)"', self.said.text)
        return await self._follow("POST", unescape(action), OWN | headers)

    async def _follow(self, method: str, url: str, headers: dict[str, str]) -> httpx.Response:
        self.said = await self.browser.request(method, url, headers=headers)
        self.addresses += [str(self.said.request.url), self.said.headers.get("location", "")]
        while self.said.headers.get("location", "").startswith("/enter/"):
            self.said = await self.browser.get(self.said.headers["location"], headers=headers)
            self.addresses += [str(self.said.request.url), self.said.headers.get("location", "")]
        return self.said

    @property
    def place(self) -> str:
        """The request ID in the cookie."""
        return self.browser.cookies.get(place_cookie.name(self.event_id, secure=True)) or ""


async def visitor(scene: Scene, **settings: object) -> Visitor:
    """Somebody at the door of a new event that leads to the shop."""
    return Visitor(scene, await scene.event(**{"target_url": f"{SHOP}/", **settings}))


async def test_joins_waits_and_is_passed_on(scene: Scene) -> None:
    """One place over any number of looks, then on to the site by itself, with a code."""
    one = await visitor(scene)
    for _ in range(3):
        await scene.waiting(one.event_id)
    said = await one.go()
    assert said.status_code == 200
    assert "people ahead of you" in said.text
    assert '<dd id="number">4</dd>' in said.text
    place = one.place
    for _ in range(3):
        await one.look()
    assert (one.place, await scene.joined(one.event_id)) == (place, 4)
    await scene.runtime.service.advance(one.event_id, 4)
    await scene.runtime.service.views.newer(one.event_id)
    said = await one.look()
    assert said.status_code == 303
    assert said.headers["location"].startswith(f"{SHOP}/?waitroom_code=")
    assert place not in "".join(one.addresses)


async def test_waiting_costs_the_store_nothing(scene: Scene) -> None:
    """A page that looks again while it waits reads no more than everybody's snapshot."""
    one = await visitor(scene)
    await one.go()
    store = scene.runtime.service.store
    with (
        patch.object(store, "standing", side_effect=AssertionError),
        patch.object(store, "admit", side_effect=AssertionError),
    ):
        assert (await one.look()).status_code == 200


async def test_straight_on_without_a_cookie(scene: Scene) -> None:
    """Where the site has room, even a browser that keeps no cookies gets through."""
    one = await visitor(scene)
    await scene.runtime.service.advance(one.event_id, 1)
    assert (await one.go()).headers["location"].startswith(SHOP)


async def test_a_browser_without_cookies_is_told(scene: Scene) -> None:
    """One place is given, not one at each look; the page says what is wrong."""
    one = await visitor(scene)
    first = await one.browser.get(one.start, headers=NAVIGATES)
    for _ in range(3):
        one.browser.cookies.clear()
        said = await one.go(first.headers["location"])
        assert "This browser keeps no cookies" in said.text
        assert "refresh" not in said.headers
    assert await scene.joined(one.event_id) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"state": State.CLOSED}, "This line is closed"),
        ({"state": State.SOLD_OUT}, "Sold out"),
        ({"opens_at": 1_800_000_000 + 7200}, "That is in about 2 hours."),
    ],
    ids=["closed", "sold out", "early"],
)
async def test_a_line_that_takes_nobody(
    scene: Scene, settings: dict[str, object], words: str
) -> None:
    """Says why, looks again at a calm pace, and joins nobody; ``/enter`` leads to the room."""
    now, scene.clock.now = scene.clock.now, 1_800_000_000
    try:
        one = await visitor(scene, **settings)
        said = await one.go()
        assert (said.status_code, words in said.text) == (200, True)
        assert 20 <= int(said.headers["refresh"].partition(";")[0]) <= 40
        assert "tried" not in said.headers["refresh"]
        room = await one.browser.get(f"/enter/{one.event_id}", headers=NAVIGATES)
        assert room.headers["location"] == f"/room/{one.event_id}"
        assert (one.place, await scene.joined(one.event_id)) == ("", 0)
    finally:
        scene.clock.now = now


async def test_the_opening_is_not_missed(scene: Scene) -> None:
    """Shortly before it, the page comes back right after it, and joins."""
    one = await visitor(scene, opens_at=scene.clock.now + 60)
    said = await one.go()
    assert 60 <= int(said.headers["refresh"].partition(";")[0]) <= 65
    scene.clock.now += 60
    await scene.runtime.service.views.newer(one.event_id)
    said = await one.look()
    assert "Nobody is ahead of you." in said.text
    assert await scene.joined(one.event_id) == 1


async def test_in_line_while_the_state_changes(scene: Scene) -> None:
    """Paused, closed, sold out: the place is kept, and the page says what that means."""
    one = await visitor(scene)
    await scene.waiting(one.event_id)
    await one.go()
    service, place = scene.runtime.service, one.place
    for state, words in [
        (State.PAUSED, "The line is on hold for a moment."),
        (State.CLOSED, "The line takes nobody new. You keep your place."),
        (State.SOLD_OUT, "You keep your number 2, in case that changes."),
    ]:
        await service.change_event(one.event_id, {"state": state})
        await service.views.newer(one.event_id)
        assert words in (await one.look()).text
    await service.change_event(one.event_id, {"state": State.PAUSED})
    await service.advance(one.event_id, 2)
    await service.views.newer(one.event_id)
    assert "You’re at the door" in (await one.look()).text
    assert one.place == place


async def test_a_full_site(scene: Scene) -> None:
    """Who is called while the site is full stands at the door, and looks again soon."""
    one = await visitor(scene, max_active=1)
    await scene.waiting(one.event_id)
    await one.go()
    other = await scene.called(one.event_id)
    await scene.runtime.service.advance(one.event_id, 5)
    await scene.runtime.service.admit(one.event_id, other)
    await scene.runtime.service.views.newer(one.event_id)
    said = await one.look()
    assert "the site is full for a moment" in said.text
    assert 5 <= int(said.headers["refresh"].partition(";")[0]) <= 15


@pytest.mark.parametrize("why", ["expired", "given up", "completed", "reset"])
async def test_a_place_that_is_gone(scene: Scene, why: str) -> None:
    """The page says what happened; a button gets a new place, one however often it is pressed."""
    service = scene.runtime.service
    one = await visitor(scene, queue_position_expiry_period=120)
    await scene.waiting(one.event_id)
    await one.go()
    if why == "expired":
        await service.advance(one.event_id, 2)
        scene.clock.now += 121
    elif why == "given up":
        await service.advance(one.event_id, 2)
        await service.give_up(one.event_id, one.place)
    elif why == "completed":
        await service.advance(one.event_id, 2)
        await service.admit(one.event_id, one.place)
        await service.finish(one.event_id, one.place, SessionStatus.COMPLETED)
    else:
        await service.reset(one.event_id)
    await service.views.newer(one.event_id)
    old, joined = one.place, await scene.joined(one.event_id)
    words = {
        "expired": "Your number 2 was called and kept for 2 minutes",
        "given up": "You left the line",
        "completed": "Your visit has ended",
        "reset": "The line was started anew",
    }[why]
    page = await one.look()
    assert words in page.text
    assert "refresh" not in page.headers
    said = await one.press("again")
    assert said.status_code in {200, 303}
    assert one.place != old
    one.said = page
    await one.press("again")
    assert await scene.joined(one.event_id) == joined + 1


async def test_leaving_asks_first(scene: Scene) -> None:
    """A page of its own asks; Stay leads back, Leave gives the place up and says so."""
    one = await visitor(scene)
    await scene.waiting(one.event_id)
    await one.go()
    place = one.place
    said = await one.go(f"{one.start}&tried=1&do=leave")
    assert "Your number 2 is then given up for good." in said.text
    assert "refresh" not in said.headers
    assert (await scene.runtime.service.snapshot(one.event_id)).counters.given_up == 0
    said = await one.press("leave")
    assert "You left the line" in said.text
    assert one.place == ""
    assert (await scene.runtime.service.snapshot(one.event_id)).counters.given_up == 1
    assert place not in "".join(one.addresses)
    assert '<dd id="number">3</dd>' in (await one.press("again")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"{BASE}.evil.example"},
        {"origin": "http://["},
    ],
    ids=str,
)
async def test_no_other_page_can_make_anybody_leave(scene: Scene, headers: dict[str, str]) -> None:
    """A form of another site does nothing, nor does a link."""
    one = await visitor(scene)
    await scene.waiting(one.event_id)
    await one.go()
    for do in ("leave", "again"):
        said = await one.browser.post(f"{one.start}&do={do}", headers=NAVIGATES | headers)
        assert said.headers["location"] == one.start
    await one.go(f"{one.start}&do=leave")
    counters = (await scene.runtime.service.snapshot(one.event_id)).counters
    assert (counters.given_up, counters.queue) == (0, 2)


async def test_old_browsers_may_leave(scene: Scene) -> None:
    """Who sends an Origin and no metadata is known by it; who sends neither is believed."""
    for headers in ({"origin": BASE}, {}):
        one = await visitor(scene)
        await one.go()
        said = await one.browser.post(f"{one.start}&do=leave", headers=headers)
        assert said.headers["location"].endswith("do=left")


async def test_what_the_answer_says_to_browsers(scene: Scene) -> None:
    """Not to be stored, no script, no frame, nothing from elsewhere; no request ID in the page."""
    one = await visitor(scene, title='<script>alert("x")</script>', message="<b>x</b> **bold**")
    said = await one.go()
    assert said.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in said.headers["content-security-policy"]
    assert said.headers["referrer-policy"] == "same-origin"
    assert said.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in said.text
    assert "<strong>bold</strong>" in said.text
    assert one.place
    assert one.place not in said.text


async def test_other_requests_change_nothing(scene: Scene) -> None:
    """Prefetching, frames, HEAD and other methods join nobody."""
    one = await visitor(scene)
    ahead = await one.browser.get(one.start, headers={"sec-purpose": "prefetch"})
    assert ahead.status_code == 503
    framed = await one.browser.get(one.start, headers={"sec-fetch-dest": "iframe"})
    assert framed.headers["location"].startswith("/room/")
    assert (await one.browser.head(one.start)).status_code == 303
    assert (await one.browser.put(one.start)).status_code == 405
    assert await scene.joined(one.event_id) == 0


@pytest.mark.parametrize("name", ["%C3%A9", "x%0d%0aset-cookie:%20a=b", "no-such-event", "/x"])
async def test_only_an_event_comes_into_an_address(scene: Scene, name: str) -> None:
    """Who does not visit is sent to the room of an event, never to what a stranger wrote."""
    headers = {"sec-fetch-dest": "empty"}
    said = await scene.browser().get(f"/enter/{name}?plain=1", headers=headers)
    assert said.status_code == 404
    assert not {"location", "set-cookie"} & set(said.headers)


async def test_no_circles(scene: Scene) -> None:
    """A site that sends its visitors back three times a minute: then they press Continue."""
    one = await visitor(scene)
    await scene.runtime.service.advance(one.event_id, 1)
    ways = [(await one.go()).status_code for _ in range(4)]
    assert ways == [303, 303, 303, 200]
    (link,) = re.findall(r'<a class="button" href="([^"]*)"', one.said.text)
    assert unescape(link).startswith(f"{SHOP}/?waitroom_code=")


async def test_the_way_back_and_the_language_stay(scene: Scene) -> None:
    """Whatever the page is told stays in its own addresses; nothing else gets in."""
    one = await visitor(scene)
    await scene.waiting(one.event_id)
    back = f"{SHOP}/seats?row=1&a=b"
    said = await one.browser.get(
        one.start, params={"plain": "1", "return": back, "lang": "de", "evil": "x"}
    )
    said = await one.go(said.headers["location"])
    assert '<html lang="de" dir="ltr">' in said.text
    asked = parse_qs(urlsplit(said.headers["refresh"].partition("url=")[2]).query)
    assert asked == {"plain": ["1"], "return": [back], "lang": ["de"], "tried": ["1"]}
    rests = await one.go(f"{one.start}&tried=1&still=1", **{"accept-language": "ar"})
    assert "refresh" not in rests.headers
    assert speak("ar").say("next-goes-on") in (await one.go(f"{one.start}&tried=1&lang=ar")).text
    assert speak("ar").say("next-goes-on") not in rests.text
    assert '<html lang="ar" dir="rtl">' in rests.text


async def test_the_store_is_away(scene: Scene) -> None:
    """503 in the visitor's language, which loads itself again; the place is not lost for it."""
    one = await visitor(scene)
    with patch.object(scene.runtime.service, "join", side_effect=StoreUnavailable("a test")):
        said = await one.go(**{"accept-language": "fr"})
    assert (said.status_code, said.headers["refresh"]) == (503, said.headers["retry-after"])
    assert "Un instant" in said.text
    scene.door.refusal = TooManyRequests(7)
    try:
        assert (await one.go()).status_code == 429
    finally:
        scene.door.refusal = None
    assert "Nobody is ahead of you." in (await one.go()).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("plain=1&return=https://evil.example/", 400),
        ("plain=1&authorization=made-up", 400),
        ("plain=1&authorization=" + "A" * 12_000, 400),
        ("plain=1&do=" + "x" * 9_000, 404),
        ("plain=1&plain=1", 404),
        ("plain=1&lang=%00&tried=%0d%0aset-cookie:a", 200),
    ],
    ids=["return", "authorization", "long authorization", "too long", "twice", "control"],
)
async def test_a_bad_link(scene: Scene, query: str, status: int) -> None:
    """Leads nowhere, joins nobody, and puts nothing of its own into the answer's headers."""
    event_id = await scene.event()
    said = await scene.browser().get(f"/enter/{event_id}?{query}", headers=NAVIGATES)
    assert said.status_code == status
    assert "a" not in {name.partition("=")[0] for name in said.headers.get_list("set-cookie")}
    assert await scene.joined(event_id) == 0


async def test_in_the_operator_s_own_page(scene: Scene) -> None:
    """An event's theme holds here too: its name and logo, its template, its nonce."""
    one = await visitor(scene, title="The <launch>")
    await scene.waiting(one.event_id)
    own = "<!doctype html><html lang='{{ lang }}'><head>{{ head }}</head><body>{{ room }}</body>"
    theme = Theme(name="Shop & Co", accent="#0f6a5b", template=f"{own}<i id='{{{{ nonce }}}}'></i>")
    await scene.runtime.service.set_theme(one.event_id, theme)
    await scene.runtime.service.views.newer(one.event_id)
    said = await one.go(**{"accept-language": "nl"})
    assert "<html lang='nl'>" in said.text
    assert "Shop &amp; Co" in said.text
    assert "The &lt;launch&gt;" in said.text
    assert "persoon voor u" in said.text
    (nonce,) = re.findall(r"<i id='([^']+)'>", said.text)
    assert f"style-src 'self' 'nonce-{nonce}'" in said.headers["content-security-policy"]
    assert said.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("prompt", ["", "login"])
async def test_sign_in_by_way_of_the_room(scene: Scene, prompt: str) -> None:
    """A client's visitor waits here and goes back with a code; some are to press Continue."""
    one = await visitor(scene, oidc_clients=(OidcClient(**CLIENT),))
    await scene.waiting(one.event_id)
    provider = Provider(scene.runtime.service, scene.runtime.secret, lambda _: BASE, BASE)
    asked = {
        "response_type": "code",
        "client_id": "shop",
        "redirect_uri": BACK,
        "scope": "openid",
        "state": "s",
        "ui_locales": "de",
    }
    room = await provider.authorize(
        one.event_id, asked | ({"prompt": prompt} if prompt else {}), []
    )
    one.start += "&" + urlsplit(room).query
    assert "Person vor Ihnen" in (await one.go()).text
    await scene.runtime.service.advance(one.event_id, 2)
    await scene.runtime.service.views.newer(one.event_id)
    said = await one.look()
    way = said.headers.get("location", "")
    if prompt:
        (link,) = re.findall(r'<a class="button" href="([^"]*)">Weiter<', said.text)
        way = unescape(link)
    assert way.startswith(f"{BACK}?")
    assert parse_qs(urlsplit(way).query)["state"] == ["s"]
    assert one.place not in "".join([*one.addresses, way])
