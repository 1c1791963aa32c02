"""The waiting-room page when things go wrong: networks, servers, storage, clocks, resets."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from .bare import show
from .conftest import Visitor
from .double import Server
from .world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

JOIN = "/api/assign_queue_num"
STATUS = "/api/status"


# As the developer tools of Chromium have it; in bytes a second and milliseconds.
THIRD_GENERATION = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 90_000,
    "uploadThroughput": 40_000,
}
COUNT_CALLS = """
const ask = window.fetch;
window.calls = 0;
window.fetch = async (...what) => {
  window.calls += 1;
  try { return await ask(...what); } finally { window.calls -= 1; }
};
"""
SETTLE = """async () => {
  const look = () => fetch('/static/icon.svg').then((got) => got.text()).catch(() => '');
  for (let quiet = 0; quiet < 2; quiet = window.calls ? 0 : quiet + 1) await look();
}"""


def waiting(page: Page) -> Page:
    """The page, in line, with its clock in our hands."""
    page.clock.install()
    page.add_init_script(COUNT_CALLS)
    page.goto("/room/launch")
    expect(page.locator("#number")).to_have_text("41")
    expect(page.locator("#freshness")).to_have_text("Updated just now")
    return page


def later(page: Page, seconds: int) -> None:
    """Let time pass, in steps shorter than a call may take, each with room for a look."""
    for _ in range(-(-seconds // 8)):
        page.clock.fast_forward(8_000)
        settle(page)


def settle(page: Page) -> None:
    """Wait until the calls that the page makes now, one after another, have been answered."""
    page.evaluate(SETTLE)


def test_offline_and_back(page: Page, world: World) -> None:
    """Losing the network is said at once, coming back is noticed at once, the place is kept."""
    waiting(page)
    page.context.set_offline(True)
    expect(page.locator("#freshness")).to_have_text(
        "Connection lost. Your place is safe. Trying again…"
    )
    expect(page.get_by_role("status")).to_contain_text("Your place is safe.")
    later(page, 64)
    expect(page.locator("#number")).to_have_text("41")
    expect(page.locator("#ahead")).to_have_text("30")
    world.counters["launch"]["serving"] = 39
    page.context.set_offline(False)
    page.clock.fast_forward(2_000)
    expect(page.locator("#ahead")).to_have_text("1")
    expect(page.locator("#freshness")).to_contain_text("Updated")
    assert world.count(JOIN) == 1


def test_a_server_that_restarts(page: Page, world: World, server: Server) -> None:
    """While the server is away the place is kept and shown; when it is back, all goes on."""
    waiting(page)
    server.stop()
    later(page, 70)
    expect(page.locator("#number")).to_have_text("41")
    expect(page.locator("#freshness")).to_contain_text("Connection lost")
    world.counters["launch"]["serving"] = 39
    again = Server(world, server.server_port)
    later(page, 61)
    expect(page.locator("#ahead")).to_have_text("1")
    again.stop()
    assert world.count(JOIN) == 1


def test_retry_after_is_honoured(page: Page, world: World) -> None:
    """A server that wants to be left alone for a while is, even if the visitor comes and goes."""
    waiting(page)
    world.failing[STATUS] = (503, {"Retry-After": "30"})
    with page.expect_response("**/api/status?**"):
        page.clock.fast_forward(8_000)
    settle(page)
    asked = world.count(STATUS)
    for _ in range(5):
        page.evaluate("dispatchEvent(new Event('online'))")
        page.clock.fast_forward(5_000)
    settle(page)
    assert world.count(STATUS) == asked
    world.failing.clear()
    with page.expect_response("**/api/status?**"):
        page.clock.fast_forward(22_000)


def test_never_faster_than_once_a_second(page: Page, world: World) -> None:
    """However often the tab is shown and hidden, the server is not asked more often for it."""
    waiting(page)
    asked = world.count(STATUS)
    for _ in range(10):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.clock.fast_forward(90)
    settle(page)
    assert world.count(STATUS) <= asked + 1


def test_a_reset_is_noticed(page: Page, world: World) -> None:
    """Counters that begin anew make the page ask, and say that the place no longer counts."""
    waiting(page)
    world.reset("launch")
    later(page, 24)
    expect(page.locator("#headline")).to_have_text("The line was started anew")
    page.get_by_role("button", name="Join the line again").click()
    page.clock.fast_forward(2_000)
    expect(page.locator("#number")).to_have_text("1")


def test_a_lost_store_loses_no_place(page: Page, world: World) -> None:
    """Counters that fall back while the place is still good change nothing for the visitor."""
    waiting(page)
    world.counters["launch"].update(queue=0, serving=0, rate=1)
    later(page, 48)
    expect(page.locator("#number")).to_have_text("41")
    expect(page.locator("#ahead")).to_have_text("40")
    assert world.count("/api/queue_num") == 1


def test_a_portal_in_between_loses_no_place(page: Page, world: World) -> None:
    """Pages of a hotel's network, with whatever status, are not taken for the server's word."""
    waiting(page)

    def portal(route: Route) -> None:
        route.fulfill(status=404, content_type="text/html", body="<h1>Pay for the network</h1>")

    page.route("**/api/**", portal)
    later(page, 70)
    expect(page.locator("#freshness")).to_contain_text("Your place is safe.")
    page.unroute("**/api/**", portal)
    later(page, 61)
    expect(page.locator("#freshness")).to_have_text("Updated just now")
    expect(page.locator("#number")).to_have_text("41")


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_a_clock_that_is_set_changes_nothing(page: Page, world: World, jump: int) -> None:
    """A device whose date jumps by a day, either way, neither loses the place nor floods the
    server; its expected wait and the age of what it shows stay what they are."""
    waiting(page)
    asked = world.count("/api/queue_num")
    page.clock.set_system_time(page.evaluate("Date.now()") + 1_000 * jump)
    page.clock.run_for(1_000)
    expect(page.locator("#freshness")).to_have_text("Updated just now")
    with page.expect_response("**/api/status?**"):
        page.clock.fast_forward(8_000)
    expect(page.locator("#freshness")).to_have_text("Updated just now")
    assert world.count("/api/queue_num") == asked


STORES = ("window localStorage", "window sessionStorage")
COOKIES = ("Document.prototype cookie",)


@pytest.mark.parametrize(
    "blocked",
    [COOKIES, STORES[:1], STORES, STORES + COOKIES],
    ids=["cookies", "local storage", "storage", "all"],
)
def test_storage_that_is_blocked(visitor: Visitor, world: World, blocked: tuple[str, ...]) -> None:
    """Without cookies or storage there is still a place, and the page says how long it is kept."""
    context = visitor()
    for store in blocked:
        owner, name = store.split()
        context.add_init_script(
            f"Object.defineProperty({owner}, '{name}', {{ get() {{ throw new Error('no') }},"
            " set() { throw new Error('no') } })"
        )
    page = context.new_page()
    page.goto("/room/launch")
    expect(page.locator("#number")).to_have_text("41")
    page.reload()
    fragile = blocked == STORES + COOKIES
    expect(page.locator("#number")).to_have_text("42" if fragile else "41")
    expect(page.locator("#next")).to_contain_text("loses your place" if fragile else "kept in")
    assert world.count(JOIN) == (2 if fragile else 1)


def test_site_data_that_is_cleared(page: Page, world: World) -> None:
    """Who clears the site's data finds nothing stored again; the page that is open goes on with its
    place, and says that it alone has it now."""
    page.goto("/room/launch")
    expect(page.locator("#next")).to_contain_text("kept in")
    page.context.clear_cookies()
    page.evaluate("localStorage.clear()")
    expect(page.locator("#next")).to_contain_text("loses your place")
    world.counters["launch"]["serving"] = 20
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#ahead")).to_have_text("20")
    expect(page.locator("#number")).to_have_text("41")
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_on_a_slow_network(visitor: Visitor, world: World, server: Server) -> None:
    """On 3G the page is there in seconds, holds a place, and passes on when it is time."""
    page = visitor().new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.emulateNetworkConditions", THIRD_GENERATION)
    page.goto(f"/room/launch?return={server.url}/shop")
    expect(page.locator("#number")).to_have_text("41")
    world.counters["launch"]["serving"] = 41
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url(f"{server.url}/shop?**")
    assert world.count(JOIN) == 1


def test_a_tab_that_is_hidden(page: Page, world: World) -> None:
    """It looks rarely while nobody looks at it, and at once when somebody does."""
    waiting(page)
    show(page, hidden=True)
    page.clock.fast_forward(8_000)
    settle(page)
    asked = world.count(STATUS)
    later(page, 48)
    assert world.count(STATUS) - asked <= 5
    world.counters["launch"]["serving"] = 20
    show(page, hidden=False)
    page.clock.fast_forward(1_000)
    expect(page.locator("#ahead")).to_have_text("20")


def test_a_spoilt_store_is_no_place(page: Page, world: World) -> None:
    """What does not read as a place of ours is not sent to the server."""
    page.goto("/shop")
    for spoilt in ("{", "[]", '{"requestId": "../../x", "number": 1, "start": 0}'):
        page.context.clear_cookies()
        page.evaluate("text => localStorage.setItem('waitroom:launch', text)", spoilt)
        page.goto("/room/launch")
        expect(page.locator("#freshness")).to_have_text("Updated just now")
    assert world.count(JOIN) == 3
    assert world.count("/api/queue_num") == 0
