"""``/enter``: through in one redirect when the site has room, else to the page, with one place."""

from __future__ import annotations

import asyncio
from unittest.mock import patch
from urllib.parse import quote

import httpx
import pytest

from handover.scene import BACK, SHOP, Scene, code_in
from waitroom.core.model import SessionStatus, State
from waitroom.errors import StoreUnavailable, TooManyRequests
from waitroom.public import place_cookie

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAVIGATES = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


async def enter(
    browser: httpx.AsyncClient, event_id: str, back: str = BACK, more: str = "", **headers: str
) -> httpx.Response:
    """A visitor follows the link to the room."""
    url = f"/enter/{event_id}?return={quote(back, safe='')}{more}"
    return await browser.get(url, headers=NAVIGATES | headers)


def place(browser: httpx.AsyncClient, event_id: str) -> str:
    """The request ID that the browser keeps."""
    return browser.cookies.get(place_cookie.name(event_id, secure=True)) or ""


async def test_through_in_one_redirect(scene: Scene) -> None:
    """With room on the site: joined, let in and sent on, with a code that the gate can redeem."""
    event_id, browser = await scene.event(), scene.browser()
    await scene.runtime.service.advance(event_id, 5)
    said = await enter(browser, event_id)
    assert said.status_code == 303
    location = said.headers["location"]
    assert location.startswith(f"{SHOP}/seats?row=1&a=%20+b&waitroom_code=")
    assert said.headers["cache-control"] == "no-store"
    assert said.headers["referrer-policy"] == "no-referrer"
    assert said.headers["x-content-type-options"] == "nosniff"
    assert place(browser, event_id) not in location
    assert (await scene.redeem(event_id, code_in(location))).status_code == 200


async def test_to_the_page_when_there_is_none(scene: Scene) -> None:
    """Without room: the page, which is told where to go on to; the place is in the cookie."""
    event_id, browser = await scene.event(), scene.browser()
    said = await enter(browser, event_id)
    assert said.status_code == 303
    assert said.headers["location"] == f"/room/{event_id}?return={quote(BACK, safe='')}"
    request_id = place(browser, event_id)
    assert (await scene.runtime.service.position(event_id, request_id)).queue_number == 1
    (cookie,) = said.headers.get_list("set-cookie")
    assert cookie == (
        f"__Host-waitroom_place_{event_id}={request_id}; Path=/; Max-Age=604800"
        "; SameSite=Lax; Secure"
    )
    assert await scene.runtime.service.active_tokens(event_id) == 0


async def test_one_place_over_reload_and_tabs(scene: Scene) -> None:
    """Retry, the back button and any number of further tabs at once keep the one place."""
    event_id, browser = await scene.event(), scene.browser()
    await enter(browser, event_id)
    request_id = place(browser, event_id)
    await asyncio.gather(*(enter(browser, event_id) for _ in range(5)))
    assert place(browser, event_id) == request_id
    assert await scene.joined(event_id) == 1
    await scene.runtime.service.advance(event_id, 1)
    said = await enter(browser, event_id)
    assert said.headers["location"].startswith(SHOP)
    assert await scene.joined(event_id) == 1


async def test_the_way_that_the_event_has(scene: Scene) -> None:
    """With hand_over cookie the redirect carries the gate's cookie, and nothing in its URL."""
    there = scene.at("https://queue.shop.example")
    event_id = await there.event(
        hand_over="cookie", cookie_domain="shop.example", target_url=f"{SHOP}/"
    )
    await there.runtime.service.advance(event_id, 1)
    said = await there.http.get(f"/enter/{event_id}")
    assert said.headers["location"] == f"{SHOP}/"
    names = [cookie.partition("=")[0] for cookie in said.headers.get_list("set-cookie")]
    assert f"waitroom_{event_id}" in names


async def test_nowhere_to_go_shows_the_page(scene: Scene) -> None:
    """Served, but nobody said where to: the page says so."""
    event_id = await scene.event()
    await scene.runtime.service.advance(event_id, 1)
    said = await scene.browser().get(f"/enter/{event_id}")
    assert said.headers["location"] == f"/room/{event_id}"


@pytest.mark.parametrize("why", ["expired", "given up", "completed", "over", "reset", "foreign"])
async def test_a_place_that_is_gone_makes_way(scene: Scene, why: str) -> None:
    """Who comes back with a place that is none any more gets a new one."""
    service, browser = scene.runtime.service, scene.browser()
    event_id = await scene.event(queue_position_expiry_period=10, validity_period=20)
    await enter(browser, event_id)
    old = place(browser, event_id)
    if why == "expired":
        await service.advance(event_id, 1)
        scene.clock.now += 11
    elif why == "given up":
        await service.give_up(event_id, old)
    elif why in {"completed", "over"}:
        await service.advance(event_id, 1)
        await service.admit(event_id, old)
        scene.clock.now += 20
    if why == "completed":
        await service.finish(event_id, old, SessionStatus.COMPLETED)
    elif why == "reset":
        await service.reset(event_id)
    elif why == "foreign":
        other = await scene.event()
        browser.cookies.clear()
        old = await scene.waiting(other)
        browser.cookies.set(place_cookie.name(event_id, secure=True), old)
    said = await enter(browser, event_id)
    assert said.headers["location"].startswith(f"/room/{event_id}?")
    new = said.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert new != old
    assert (await service.position(event_id, new)).queue_number >= 1


async def test_planted_cookies_lock_nobody_out(scene: Scene) -> None:
    """A bad cookie in front of the good one costs nothing; on https the bare name is not read."""
    event_id = await scene.event()
    good = await scene.waiting(event_id)
    planted = await scene.waiting(event_id)
    name = place_cookie.name(event_id, secure=True)
    bad = "0" * 8 + "-0000" * 3 + "-" + "0" * 12
    odd = bad.replace("0", "z")
    cookie = (
        f"{name}=x; {name}={bad}; {name}={odd}; {name}={good}; waitroom_place_{event_id}={planted}"
    )
    said = await enter(scene.browser(), event_id, cookie=cookie)
    assert f"{name}={good};" in said.headers["set-cookie"]
    said = await enter(scene.browser(), event_id, cookie=f"waitroom_place_{event_id}={planted}")
    assert planted not in said.headers["set-cookie"]


async def test_a_refused_visitor_sees_the_page(scene: Scene) -> None:
    """Who a gate sent back is not sent there again by itself, served or not; the reason goes on."""
    event_id, browser = await scene.event(), scene.browser()
    await scene.runtime.service.advance(event_id, 1)
    said = await enter(browser, event_id, more="&refused=signature")
    assert said.headers["location"].endswith("&refused=signature")
    said = await enter(browser, event_id, more="&refused=%0d%0aset-cookie:a%26b" + "c" * 200)
    assert "\r" not in said.headers["location"]
    assert len(said.headers["location"]) < 250


async def test_no_circles(scene: Scene) -> None:
    """A site that keeps no cookie gets a visitor three times a minute; then the page shows."""
    event_id, browser = await scene.event(), scene.browser()
    await scene.runtime.service.advance(event_id, 1)
    ways = [(await enter(browser, event_id)).headers["location"] for _ in range(4)]
    assert [way.startswith(SHOP) for way in ways] == [True, True, True, False]
    assert await scene.joined(event_id) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x-moz": "prefetch"},
    ],
    ids=lambda headers: "-".join(headers.values()),
)
async def test_fetching_ahead_joins_nobody(scene: Scene, headers: dict[str, str]) -> None:
    """A browser that prefetches is turned away, so that it asks again when the visitor goes."""
    event_id = await scene.event()
    await scene.runtime.service.advance(event_id, 1)
    said = await enter(scene.browser(), event_id, **headers)
    assert (said.status_code, said.headers["cache-control"]) == (503, "no-store")
    assert "set-cookie" not in said.headers
    assert await scene.joined(event_id) == 0


@pytest.mark.parametrize("destination", ["empty", "image", "iframe", "script"])
async def test_pages_of_others_join_nobody(scene: Scene, destination: str) -> None:
    """An image, a frame or a script of another page takes no place; nor does a HEAD."""
    event_id = await scene.event()
    browser = scene.browser()
    said = await enter(browser, event_id, **{"sec-fetch-dest": destination})
    head = await browser.head(f"/enter/{event_id}")
    assert said.headers["location"].startswith(f"/room/{event_id}?")
    assert head.headers["location"] == f"/room/{event_id}"
    assert not browser.cookies
    assert await scene.joined(event_id) == 0


async def test_who_sends_no_metadata_is_believed(scene: Scene) -> None:
    """Old browsers send no Sec-Fetch headers; they join all the same."""
    event_id, browser = await scene.event(), scene.browser()
    await browser.get(f"/enter/{event_id}")
    assert place(browser, event_id)


async def test_a_closed_line(scene: Scene) -> None:
    """Newcomers get the page, which says so and waits, and no place; who has one goes on."""
    event_id, browser = await scene.event(), scene.browser()
    await enter(browser, event_id)
    closed = await scene.event(state=State.CLOSED)
    said = await enter(scene.browser(), closed)
    assert said.headers["location"].startswith(f"/room/{closed}?return=")
    assert "set-cookie" not in said.headers
    await scene.runtime.service.change_event(event_id, {"state": State.CLOSED})
    assert (await enter(browser, event_id)).status_code == 303


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/enter/no-such-event", 404, "There is no such waiting room"),
        ("/enter/", 404, "There is no such waiting room"),
        ("/enter/%2e%2e", 404, "There is no such waiting room"),
        ("/enter/a/b", 404, "There is no such waiting room"),
        ("/enter/{event}?return=https://evil.example/", 400, "We cannot send you on from here"),
        ("/enter/{event}?return=//evil.example", 400, "We cannot send you on from here"),
        ("/enter/{event}?return=%5C%5Cevil.example", 400, "We cannot send you on from here"),
        ("/enter/{event}?return=javascript:alert(1)", 400, "We cannot send you on from here"),
        ("/enter/{event}?return=https://shop.example/%00", 400, "We cannot send you on"),
        ("/enter/{event}?return=https://shop.example@evil.example", 400, "We cannot send you on"),
        ("/enter/{event}?return=a&return=b", 404, "Please check the link"),
        ("/enter/{event}?return={long}", 404, "Please check the link"),
        ("/enter/{event}?return=%ff", 404, "Please check the link"),
    ],
)
async def test_a_bad_link_is_a_page(scene: Scene, path: str, status: int, words: str) -> None:
    """What leads nowhere is said in words, without a loop, and takes no place."""
    event_id = await scene.event()
    await scene.runtime.service.advance(event_id, 1)
    url = path.replace("{event}", event_id).replace("{long}", "a" * 9_000)
    said = await scene.browser().get(url, headers=NAVIGATES)
    assert (said.status_code, words in said.text) == (status, True)
    assert said.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in said.headers["content-security-policy"]
    assert "refresh" not in said.headers
    assert await scene.joined(event_id) == 0


async def test_a_long_return_url_comes_through(scene: Scene) -> None:
    """2,048 characters, each of them encoded as gates do, fit."""
    event_id = await scene.event()
    long = f"{SHOP}/?q=" + "%20" * 670
    said = await enter(scene.browser(), event_id, back=long)
    assert said.headers["location"] == f"/room/{event_id}?return={quote(long, safe='')}"


async def test_the_store_is_away(scene: Scene) -> None:
    """503, and a page that tries again by itself without asking for JavaScript."""
    event_id = await scene.event()
    away = StoreUnavailable("a test pulled the plug")
    with patch.object(scene.runtime.service, "join", side_effect=away):
        said = await enter(scene.browser(), event_id)
    assert said.status_code == 503
    after = said.headers["retry-after"]
    assert said.headers["refresh"] == after
    assert 5 <= int(after) <= 15
    assert "set-cookie" not in said.headers


async def test_a_fault_of_ours_is_told_plainly(scene: Scene) -> None:
    """Nobody sees a stack trace."""
    event_id = await scene.event()
    with patch.object(scene.runtime.service, "join", side_effect=RuntimeError("secret")):
        said = await enter(scene.browser(), event_id)
    assert (said.status_code, said.json()["code"]) == (500, "internal")
    assert "secret" not in said.text


async def test_entry_checks_stand_in_front_of_joining(scene: Scene) -> None:
    """A visitor who is turned away takes no place; who has one is not asked again."""
    event_id, browser = await scene.event(), scene.browser()
    scene.door.refusal = TooManyRequests(7)
    try:
        said = await enter(browser, event_id)
        assert said.status_code == 429
        assert int(said.headers["retry-after"]) >= 7
        assert await scene.joined(event_id) == 0
        scene.door.refusal = None
        await enter(browser, event_id)
        scene.door.refusal = TooManyRequests(7)
        assert (await enter(browser, event_id)).status_code == 303
    finally:
        scene.door.refusal = None
    assert scene.door.asked.count(event_id) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods(scene: Scene, method: str) -> None:
    """405 with what it takes."""
    said = await scene.browser().request(method, f"/enter/{await scene.event()}")
    assert (said.status_code, said.headers["allow"]) == (405, "GET, HEAD")
