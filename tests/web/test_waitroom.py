"""The visitor's module: what it does before the opening and when nothing is left, with places that
are given up, and with places that come along from another device."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from waiting import wait_until_sync
from waitroom.static_files import WEB

from .bare import begin, heard, shows, until, view
from .conftest import Visitor, Watch
from .double import Server
from .world import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

JOIN = "/api/assign_queue_num"
STATUS = "/api/status"
ADMIT = "/api/hand_over"
AHEAD = "11111111-1111-1111-1111-111111111111"
BEHIND = "22222222-2222-2222-2222-222222222222"
FORGED = "33333333-3333-3333-3333-333333333333"


@pytest.fixture
def clocked(page: Page) -> Page:
    """A page whose clock is in our hands, and a day off."""
    page.clock.install(time=NOW + 86_400)
    return page


# --- before the opening, and when nothing is left ------------------------------------------------


def test_joins_by_itself_at_the_opening(clocked: Page, world: World) -> None:
    """Long before, the server is asked rarely; then everybody joins within some seconds. The
    visitor's clock, which is a day off, does not matter."""
    world.events["launch"]["opens_at"] = NOW + 600
    begin(clocked)
    shows(clocked, phase="early", number=None)
    until(clocked, "room.view.opensIn !== null")
    assert 590 < view(clocked, "opensIn") <= 600
    joins = world.count(JOIN)
    for minute in range(1, 6):
        world.now = NOW + 60 * minute
        clocked.clock.fast_forward(60_000)
        clocked.wait_for_timeout(300)  # so that a look that is due can come in
    assert world.count(JOIN) == joins
    assert 2 <= world.count(STATUS) <= 8
    world.now = NOW + 599
    clocked.clock.fast_forward(298_500)
    shows(clocked, phase="early")
    world.now = NOW + 604
    clocked.clock.fast_forward(5_000)
    shows(clocked, phase="waiting", number=41, opensIn=None)
    assert world.count(JOIN) == joins + 1


def test_a_tab_that_sleeps_stops_nobody(clocked: Page, world: World) -> None:
    """A tab that was put to sleep while it got a place does not keep the others from one."""
    clocked.goto("/shop")
    clocked.evaluate(
        """void navigator.locks
            .request("waitroom:launch", () => new Promise(() => {}))
            .catch(() => {})"""
    )
    begin(clocked, address="")
    wait_until_sync(lambda: world.count(STATUS) == 1, description="a look at the line")
    clocked.clock.fast_forward(10_000)
    shows(clocked, phase="joining")
    clocked.clock.fast_forward(6_000)
    shows(clocked, phase="waiting", number=41)


def test_reloading_at_the_opening_is_of_no_use(clocked: Page, world: World) -> None:
    """Who comes in the seconds over which the crowd joins waits for a moment of them, too."""
    clocked.add_init_script("Math.random = () => 0.9")
    world.events["launch"]["opens_at"] = NOW - 1
    begin(clocked)
    shows(clocked, phase="early", opensIn=0)
    assert world.count(JOIN) == 0
    world.now = NOW + 2
    clocked.clock.fast_forward(2_000)
    shows(clocked, phase="waiting", number=41)


def test_nobody_is_sent_on_in_vain_all_the_time(clocked: Page, world: World) -> None:
    """Called, but not to be sent on: it is tried again, as seldom as the page says."""
    world.failing[ADMIT] = (400, {})
    world.failing_code = "return_url_refused"
    world.counters["launch"]["serving"] = 41
    begin(clocked)
    shows(clocked, phase="astray")
    asked, tries = world.count(STATUS), world.count(ADMIT)
    clocked.clock.fast_forward(17_000)
    shows(clocked, phase="astray")
    assert (world.count(STATUS), world.count(ADMIT)) == (asked, tries)
    world.failing.clear()
    clocked.clock.fast_forward(14_000)
    shows(clocked, phase="admitted")


def test_an_opening_that_the_server_sees_later(clocked: Page, world: World) -> None:
    """Whoever is told that the line is not open asks again when the server has said, not before."""
    world.failing[JOIN] = (403, {"Retry-After": "30"})
    world.failing_code = "event_not_open"
    begin(clocked)
    shows(clocked, phase="early")
    joins = world.count(JOIN)
    clocked.clock.fast_forward(25_000)
    world.failing.clear()
    shows(clocked, phase="early")
    assert world.count(JOIN) == joins
    clocked.clock.fast_forward(10_000)
    shows(clocked, phase="waiting")


def test_sold_out_and_not_any_more(clocked: Page, world: World) -> None:
    """Without a place and with one: it is said, looked at slowly, and all goes on when it can."""
    event = world.events["launch"]
    event["state"] = "sold_out"
    begin(clocked)
    shows(clocked, phase="soldout", soldOut=True, number=None)
    asked = world.count(STATUS)
    clocked.clock.fast_forward(17_000)
    assert world.count(STATUS) == asked
    event["state"] = "open"
    clocked.clock.fast_forward(15_000)
    shows(clocked, phase="waiting", soldOut=False, number=41)
    event["state"] = "sold_out"
    clocked.clock.fast_forward(8_000)
    shows(clocked, phase="soldout", soldOut=True, number=41)
    event["state"] = "open"
    clocked.clock.fast_forward(31_000)
    shows(clocked, phase="waiting", soldOut=False, number=41)
    assert heard(clocked, "error") == []


def test_sold_out_when_called(clocked: Page, world: World) -> None:
    """A called place is kept, and taken up if there is something again; it does not run out."""
    world.counters["launch"]["serving"] = 41
    world.events["launch"]["state"] = "sold_out"
    world.places[AHEAD] = 35
    clocked.goto(f"/shop#place={AHEAD}")
    begin(clocked, address="")
    shows(clocked, phase="soldout", number=35, takeBy=None)
    tries = world.count(ADMIT)
    clocked.clock.fast_forward(35_000)
    assert world.count(ADMIT) == tries
    world.events["launch"]["state"] = "open"
    clocked.clock.fast_forward(35_000)
    shows(clocked, phase="admitted")


def test_the_time_to_take_a_place_up(clocked: Page, world: World) -> None:
    """Counted down from the last look at which the place was not called, never too generously."""
    begin(clocked)
    shows(clocked, phase="waiting", takeBy=None)
    asked = world.count(STATUS)
    clocked.clock.fast_forward(60_000)
    wait_until_sync(lambda: world.count(STATUS) > asked, description="another look")
    shows(clocked, phase="waiting", trouble="")
    world.failing[ADMIT] = (503, {"Retry-After": "60"})
    world.counters["launch"]["serving"] = 41
    clocked.clock.fast_forward(8_000)
    shows(clocked, phase="turn")
    assert 885 < view(clocked, "takeBy") <= 892
    clocked.clock.fast_forward(10_000)
    assert 875 < view(clocked, "takeBy") <= 882


# --- giving a place up ---------------------------------------------------------------------------


def test_leaving_that_fails(clocked: Page, world: World) -> None:
    """The place is kept, and whoever wanted to leave is told."""
    begin(clocked)
    shows(clocked, phase="waiting")
    world.failing["/api/leave"] = (503, {})
    said = clocked.evaluate("room.leave().catch((error) => error.status)")
    assert said == 503
    shows(clocked, phase="waiting", number=41)
    world.failing.clear()
    clocked.evaluate("room.leave()")
    shows(clocked, phase="gone", reason="left", number=41)
    assert clocked.evaluate("localStorage.getItem('waitroom:launch')") is None
    assert clocked.evaluate("room.carryLink()") == ""


# --- from one device to another ------------------------------------------------------------------


def test_a_place_goes_to_another_device(
    visitor: Visitor, world: World, server: Server, watch: Watch
) -> None:
    """The link holds the place in its fragment, which is gone from the address at once."""
    here, there = visitor().new_page(), visitor().new_page()
    begin(here, "/shop?return=x")
    shows(here, phase="waiting")
    link = here.evaluate("room.carryLink()")
    request_id = next(iter(world.places))
    assert link == f"{server.url}/shop?return=x#place={request_id}"
    begin(there, link)
    assert there.url == f"{server.url}/shop?return=x"
    shows(there, phase="waiting", number=41, notice="carried")
    assert world.count(JOIN) == 1
    assert not any(request_id in asked.path + str(asked.query) for asked in world.asked)


def test_two_places_meet(clocked: Page, world: World) -> None:
    """The one that is ahead counts, unless it has run out; a link in a tab that was here already is
    taken up too."""
    begin(clocked)
    shows(clocked, phase="waiting", number=41)
    world.places |= {BEHIND: 60, AHEAD: 35}
    links = ((FORGED, "carry_refused", 41), (BEHIND, "carry_behind", 41), (AHEAD, "carried", 35))
    for link, notice, number in links:
        clocked.evaluate("id => { location.hash = `#place=${id}`; }", link)
        until(clocked, "location.hash === ''")
        clocked.clock.fast_forward(1_500)
        shows(clocked, notice=notice, number=number, phase="waiting")
    world.expired.append(AHEAD)
    clocked.evaluate("id => { location.hash = `#place=${id}`; }", BEHIND)
    clocked.clock.fast_forward(1_500)
    shows(clocked, notice="carried", number=60)


def test_a_link_that_is_none(clocked: Page, world: World) -> None:
    """What is no place, or one that has run out, takes nobody's own place away."""
    begin(clocked, "/shop#place=<script>")
    assert clocked.url.endswith("/shop")
    shows(clocked, phase="waiting", number=41, notice="carry_refused")
    world.places[AHEAD] = 3
    world.expired.append(AHEAD)
    clocked.goto("about:blank")
    clocked.goto(f"/shop#place={AHEAD}")
    begin(clocked, address="")
    shows(clocked, phase="waiting", number=41, notice="carry_refused")
    assert world.count(JOIN) == 1


# --- what it tells -------------------------------------------------------------------------------


def test_listeners_come_and_go(clocked: Page, world: World) -> None:
    """`place` once, `error` with what the server said, and nothing after `off` and `stop`."""
    begin(clocked)
    shows(clocked, phase="waiting")
    world.failing[STATUS] = (503, {"Retry-After": "2"})
    clocked.clock.fast_forward(8_000)
    until(clocked, "heard.some(([type]) => type === 'error')")
    (place,) = heard(clocked, "place")
    assert place == {"number": 41, "requestId": next(iter(world.places))}
    assert heard(clocked, "error")[0] == {
        "code": "unavailable",
        "status": 503,
        "message": "Try later.",
        "retryAfter": 2,
    }
    world.failing.clear()
    clocked.evaluate("updates = 0, window.off = room.on('update', () => { updates += 1; }), 0")
    clocked.clock.fast_forward(4_000)
    until(clocked, "updates > 0")
    clocked.evaluate("off(); updates = 0; room.stop()")
    asked = world.count(STATUS)
    clocked.clock.fast_forward(60_000)
    assert world.count(STATUS) == asked
    assert clocked.evaluate("updates") == 0


def test_a_page_that_was_left_and_comes_back(page: Page, world: World) -> None:
    """Back in the history is back in line, with a look at once."""
    begin(page)
    shows(page, phase="waiting")
    world.counters["launch"]["serving"] = 20
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    shows(page, ahead=20)
    assert world.count(JOIN) == 1


def members(kind: str) -> set[str]:
    """What ``waitroom.d.ts`` declares in an interface or class."""
    text = (WEB / "static" / "waitroom.d.ts").read_text()
    body = re.search(rf"export (?:interface|class) {kind} {{\n(.*?)\n}}", text, re.DOTALL)
    assert body, kind
    return set(re.findall(r"^  (?:readonly )?(\w+)[?(:<]", body[1], re.MULTILINE))


def test_the_types_say_what_there_is(page: Page, world: World) -> None:
    """Fields of the view and of what is told, and the methods, are those of waitroom.d.ts."""
    world.counters["launch"]["serving"] = 41
    begin(page)
    shows(page, phase="admitted")
    assert set(page.evaluate("Object.keys(room.view)")) == members("View")
    methods = page.evaluate("Object.getOwnPropertyNames(Object.getPrototypeOf(room))")
    assert set(methods) == members("Waitroom")
    assert set(heard(page, "place")[0]) == members("Placed")
    assert set(heard(page, "admitted")[0]) == members("Admission")
