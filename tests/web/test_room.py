"""The waiting-room page from joining to being passed on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, Watch
from .double import Server
from .world import Refusal, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

JOIN = "/api/assign_queue_num"
ADMIT = "/api/hand_over"
NEXT = "You\u2019re next"
YOUR_TURN = "It\u2019s your turn"
AT_THE_DOOR = "You\u2019re at the door"


def test_shows_the_place_and_the_line(page: Page, world: World) -> None:
    """Number, now serving, people ahead and a calm phrase for the wait are there."""
    page.goto("/room/launch")
    expect(page.locator("#ahead")).to_have_text("30")
    expect(page.locator("#ahead-label")).to_have_text("people ahead of you")
    expect(page.locator("#number")).to_have_text("41")
    expect(page.locator("#serving")).to_have_text("10")
    expect(page.locator("#wait")).to_have_text("about 1 to 2 minutes")
    expect(page.get_by_role("status")).to_contain_text("You are number 41 in line.")
    expect(page).to_have_title("30 · The launch")
    assert world.count(JOIN) == 1


def test_the_line_moves(page: Page, world: World) -> None:
    """Without anything being done, the page shows how the line moves, and who is next."""
    page.clock.install()
    page.goto("/room/launch")
    expect(page.locator("#freshness")).to_have_text("Updated just now")
    expect(page.locator("#ahead")).to_have_text("30")
    world.counters["launch"]["serving"] = 39
    page.clock.fast_forward(8_000)
    expect(page.locator("#ahead")).to_have_text("1")
    expect(page.locator("#ahead-label")).to_have_text("person ahead of you")
    world.counters["launch"]["serving"] = 40
    page.clock.fast_forward(3_000)
    expect(page.locator("#ahead")).to_have_text(NEXT)


def test_a_reload_keeps_the_place(page: Page, world: World) -> None:
    """Reloading joins nobody anew; the place is checked once."""
    page.goto("/room/launch")
    expect(page.locator("#number")).to_have_text("41")
    page.reload()
    expect(page.locator("#number")).to_have_text("41")
    expect(page.locator("#freshness")).to_contain_text("Updated")
    assert world.count(JOIN) == 1
    assert world.count("/api/queue_num") == 1


@pytest.mark.parametrize("locks", [True, False], ids=["web-locks", "storage-claim"])
def test_two_tabs_at_once_join_once(
    visitor: Visitor, world: World, server: Server, locks: bool
) -> None:
    """Tabs of one browser share one place, in and outside of secure contexts."""
    context = visitor()
    if not locks:
        context.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })"
        )
    tabs = [context.new_page() for _ in range(3)]
    for tab in tabs:  # does not wait for the page, so all of them load at once
        tab.evaluate("url => { location.href = url }", f"{server.url}/room/launch")
    for tab in tabs:
        expect(tab.locator("#number")).to_have_text("41")
    assert world.count(JOIN) == 1


def test_passes_on_by_itself(page: Page, world: World, server: Server, watch: Watch) -> None:
    """When called, the visitor goes where the server says, which is told the return address."""
    world.counters["launch"]["serving"] = 41
    page.goto(f"/room/launch?return={server.url}/shop%3Fa%3D1%26waitroom_code%3Dold%23top")
    page.wait_for_url(f"{server.url}/shop?**")
    assert page.url == f"{server.url}/shop?a=1&waitroom_code=code-1#top"
    assert not any(request_id in url for request_id in world.places for url in watch.addresses)
    assert world.count("/api/generate_token") == 0


def test_says_so_without_a_return_address(page: Page, world: World, watch: Watch) -> None:
    """Nowhere to go on to: the page says whose turn it is and for how long, and shows no secret."""
    world.counters["launch"]["serving"] = 41
    page.goto("/room/launch")
    expect(page.locator("#headline")).to_have_text(YOUR_TURN)
    expect(page.locator("#explanation")).to_have_text("You are admitted.")
    expect(page.locator("#clock")).to_contain_text("Your admission is valid for")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"1:00:00|59:\d\d"))
    expect(page.get_by_role("button")).to_have_count(0)
    assert "head.body" not in page.content()
    assert all("token" not in url for url in watch.addresses)


def test_a_bad_return_address_is_never_followed(page: Page, world: World) -> None:
    """Even if one slipped past the server, only http(s) addresses are gone to."""
    world.counters["launch"]["serving"] = 41
    page.goto("/room/launch?return=javascript:document.title='taken'")
    expect(page.locator("#explanation")).to_have_text("You are admitted.")
    expect(page).to_have_title(f"{YOUR_TURN} · The launch")


def test_does_not_go_in_circles(page: Page, world: World, server: Server) -> None:
    """A gate that sends us back again and again is not run into for ever: a click is wanted."""
    world.counters["launch"]["serving"] = 41
    for _ in range(3):
        page.goto(f"/room/launch?return={server.url}/shop")
        page.wait_for_url(f"{server.url}/shop?**")
    page.goto(f"/room/launch?return={server.url}/shop")
    expect(page.locator("#explanation")).to_have_text("Press Continue to go on.")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{server.url}/shop?waitroom_code=code-5")  # a new one: 4 may be too old


def test_a_client_that_wants_the_visitor_asked(page: Page, world: World, server: Server) -> None:
    """An OpenID Connect client that asks for it gets a visitor who has pressed Continue."""
    world.client = f"{server.url}/shop"
    world.counters["launch"]["serving"] = 41
    page.goto("/room/launch?authorization=sealed&ask=1")
    expect(page.locator("#explanation")).to_have_text("Press Continue to go on.")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{server.url}/shop?waitroom_code=code-2")
    bodies = [asked.body for asked in world.asked if asked.path == ADMIT]
    assert [body["authorization"] for body in bodies] == ["sealed"] * 2
    assert not any("return_url" in body for body in bodies)


def test_a_client_that_only_waits_is_gone_to(page: Page, world: World, server: Server) -> None:
    """Otherwise the page goes back to the client by itself."""
    world.client = f"{server.url}/shop"
    world.counters["launch"]["serving"] = 41
    page.goto("/room/launch?authorization=sealed")
    page.wait_for_url(f"{server.url}/shop?waitroom_code=code-1")


@pytest.mark.parametrize("code", ["return_url_refused", "oidc_refused"])
def test_nowhere_to_go_any_more(page: Page, world: World, server: Server, code: str) -> None:
    """What the server does not lead to any more is said, and the place is kept."""
    world.counters["launch"]["serving"] = 41
    world.admission = Refusal(400, code)
    page.goto(f"/room/launch?return={server.url}/shop")
    expect(page.locator("#headline")).to_have_text("We cannot send you on from here")
    expect(page.get_by_role("button")).to_have_count(0)
    assert world.count(JOIN) == 1


def test_a_busy_server_is_asked_again(page: Page, world: World, server: Server) -> None:
    """While the way out cannot be asked for, the page says so and asks with growing pauses."""
    page.clock.install()
    world.counters["launch"]["serving"] = 41
    world.failing[ADMIT] = (503, {"Retry-After": "5"})
    page.goto(f"/room/launch?return={server.url}/shop")
    expect(page.locator("#headline")).to_have_text(YOUR_TURN)
    page.clock.fast_forward(8_000)
    expect(page.locator("#freshness")).to_contain_text("Very busy right now. Your place is safe.")
    world.failing.clear()
    page.clock.fast_forward(60_000)
    page.wait_for_url(f"{server.url}/shop?**")
    assert world.count(JOIN) == 1


def test_a_place_in_the_cookie_is_taken_up(page: Page, world: World) -> None:
    """What /enter has set counts, over an older place in the storage too; nobody joins anew."""
    world.places["11111111-1111-1111-1111-111111111111"] = 35
    world.places["22222222-2222-2222-2222-222222222222"] = 38
    for request_id, number in world.places.copy().items():
        keep(page, request_id)
        page.goto("/room/launch")
        expect(page.locator("#number")).to_have_text(str(number))
    assert "2222" in page.evaluate("localStorage.getItem('waitroom:launch')")
    assert world.count(JOIN) == 0


def test_a_cookie_of_another_line_is_no_place(page: Page, world: World) -> None:
    """A place of before a reset, or none at all, makes way for a new one, in the cookie too."""
    for request_id in ("11111111-1111-1111-1111-111111111111", "nonsense"):
        keep(page, request_id)
        page.goto("/room/launch")
        expect(page.locator("#number")).to_have_text("41")
        kept = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
        assert world.places[kept["waitroom_place_launch"]] == 41
    assert world.count(JOIN) == 1


def test_the_cookie_is_for_the_server_alone(page: Page, world: World) -> None:
    """The page writes its place where /enter finds it, for this host and not for other sites."""
    page.goto("/room/launch")
    expect(page.locator("#number")).to_have_text("41")
    (cookie,) = page.context.cookies()
    assert cookie["name"] == "waitroom_place_launch"
    assert world.places == {cookie["value"]: 41}
    assert (cookie["path"], cookie["sameSite"]) == ("/", "Lax")


def keep(page: Page, request_id: str) -> None:
    """Set the cookie as /enter does."""
    page.goto("/shop")
    cookie = {"name": "waitroom_place_launch", "value": request_id}
    page.context.add_cookies([{**cookie, "url": page.url}])  # type: ignore[typeddict-item]


def test_paused_with_the_operators_message(page: Page, world: World) -> None:
    """A pause is explained, and over as soon as the operator ends it."""
    page.clock.install()
    world.events["launch"].update(state="paused", message="Back at noon.\nSorry!")
    page.goto("/room/launch")
    expect(page.locator("#state")).to_contain_text("on hold")
    expect(page.locator("#wait")).to_have_text("on hold")
    expect(page.locator("#message-text")).to_have_text("Back at noon.\nSorry!")
    world.counters["launch"]["serving"] = 60
    page.clock.fast_forward(8_000)
    expect(page.locator("#headline")).to_have_text(AT_THE_DOOR)
    world.events["launch"]["state"] = "open"
    page.clock.fast_forward(6_000)
    expect(page.locator("#headline")).to_have_text(YOUR_TURN)


@pytest.mark.parametrize(
    ("refusal", "headline"),
    [
        (Refusal(410, "place_expired"), "Your place has expired"),
        (Refusal(410, "place_given_up"), "You left the line"),
        (Refusal(410, "session_ended"), "Your visit has ended"),
        (Refusal(404, "request_unknown"), "The line was started anew"),
    ],
    ids=lambda value: value.answer[1]["code"] if isinstance(value, Refusal) else "",
)
def test_a_place_that_is_gone(page: Page, world: World, refusal: Refusal, headline: str) -> None:
    """Why the place is gone is said, and a new one is got by an explicit click only."""
    world.counters["launch"]["serving"] = 41
    world.admission = refusal
    page.goto("/room/launch")
    expect(page.locator("#headline")).to_have_text(headline)
    page.reload()
    expect(page.locator("#headline")).to_have_text(headline)
    assert world.count(JOIN) == 1
    world.admission = None
    page.get_by_role("button", name="Join the line again").click()
    expect(page.locator("#number")).to_have_text("42")
    assert world.count(JOIN) == 2


def test_an_admission_that_has_run_out(page: Page, world: World, server: Server) -> None:
    """A token with no time left is not carried to the gate, which would only send it back."""
    world.counters["launch"]["serving"] = 41
    world.expires_in = 0
    page.goto(f"/room/launch?return={server.url}/shop")
    expect(page.locator("#headline")).to_have_text("Your admission has run out")
    expect(page.get_by_role("button", name="Join the line again")).to_be_visible()


@pytest.mark.parametrize(
    ("why", "words"),
    [("held", "The site is busy"), ("slower", "more slowly"), ("faster", "moves faster")],
)
def test_why_the_wait_changed(page: Page, world: World, why: str, words: str) -> None:
    """A wait that is another than before is explained in a calm sentence, and read out."""
    page.clock.install()
    world.changed = why
    page.goto("/room/launch")
    expect(page.locator("#state")).to_contain_text(words)
    expect(page.get_by_role("status")).to_contain_text(words)
    world.changed = ""
    page.clock.fast_forward(12_000)
    expect(page.locator("#state")).to_be_hidden()


def test_no_estimate_is_no_invention(page: Page, world: World) -> None:
    """While nothing is known of the wait, that is what is said."""
    world.counters["launch"]["rate"] = 0
    page.goto("/room/launch")
    expect(page.locator("#wait")).to_have_text("not known yet")


def test_a_full_site_is_waited_for(page: Page, world: World) -> None:
    """Called while the site is full: the page stays, asks again when told to, and goes in."""
    page.clock.install()
    world.counters["launch"]["serving"] = 41
    world.admission = Refusal(202, "site_full", retry_after=20)
    page.goto("/room/launch")
    expect(page.locator("#headline")).to_have_text(AT_THE_DOOR)
    expect(page.locator("#explanation")).to_contain_text("the site is full for a moment")
    expect(page.locator("#wait")).to_have_text("until there is room")
    asked = world.count(ADMIT)
    for _ in range(3):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.clock.fast_forward(6_000)
    assert world.count(ADMIT) == asked == 1
    world.admission = None
    page.clock.fast_forward(13_000)
    expect(page.locator("#headline")).to_have_text(YOUR_TURN)
    assert world.count(JOIN) == 1


def test_a_closed_line_is_joined_when_it_opens(page: Page, world: World) -> None:
    """Newcomers of a closed line are told so, and get a place once it opens."""
    page.clock.install()
    world.events["launch"]["state"] = "closed"
    page.goto("/room/launch")
    expect(page.locator("#headline")).to_have_text("This line is closed")
    world.events["launch"]["state"] = "open"
    page.clock.fast_forward(31_000)
    expect(page.locator("#number")).to_have_text("41")


def test_an_unknown_event(page: Page) -> None:
    """An address that leads nowhere is said to."""
    page.goto("/room/nothing")
    expect(page.locator("#headline")).to_have_text("There is no line here")


def test_texts_of_the_operator_stay_texts(page: Page, world: World) -> None:
    """Markup in a title is shown, never run; nor is it in a message that comes without HTML."""
    evil = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
    world.events["launch"].update(title=evil, message=evil)
    page.goto("/room/launch")
    expect(page.locator("#message-text")).to_have_text(evil)
    expect(page.locator("#title")).to_have_text(evil)
    expect(page.locator("#room script, #room img")).to_have_count(0)


def test_before_the_opening(visitor: Visitor, world: World) -> None:
    """A countdown, and when it is over here, in this time zone; at the opening, a place comes."""
    context = visitor(timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.clock.install()
    world.events["launch"]["opens_at"] = world.now + 3_700
    page.goto("/room/launch")
    expect(page.locator("#headline")).to_have_text("The line is not open yet")
    expect(page.locator("#explanation")).to_contain_text("November 15 at 8:15 AM GMT+9")
    expect(page.get_by_role("timer")).to_contain_text("01hour")
    assert world.places == {}
    world.now += 3_700
    with page.expect_response("**/api/status?**"):
        page.clock.fast_forward(3_701_000)
    expect(page.locator("#headline")).to_have_text("The line is opening")
    world.now += 4
    page.clock.fast_forward(4_000)
    expect(page.locator("#number")).to_have_text("41")


def test_sold_out_is_said_to_those_in_line(page: Page, world: World) -> None:
    """Those in line are told, keep their number, and go on should there be more after all."""
    page.clock.install()
    page.goto("/room/launch")
    expect(page.locator("#ahead")).to_have_text("30")
    world.events["launch"]["state"] = "sold_out"
    page.clock.fast_forward(12_000)
    expect(page.locator("#headline")).to_have_text("Sold out")
    expect(page.locator("#explanation")).to_contain_text("You keep your number 41")
    world.events["launch"]["state"] = "open"
    page.clock.fast_forward(31_000)
    expect(page.locator("#ahead")).to_have_text("30")
