"""Several tabs of one browser: one place, one of them asks, and one goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from .bare import begin, heard, show, shows, view
from .conftest import Visitor
from .world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

JOIN = "/api/assign_queue_num"
STATUS = "/api/status"
ADMIT = "/api/hand_over"
CHECK = "/api/queue_num"  # of a place that was found in the browser
# What a tab shows may be from the one that led before it. Each but the leader is in the queue.
LEADS = """async (others) => {
  if (!navigator.locks || !window.BroadcastChannel) return true;
  const { held, pending } = await navigator.locks.query();
  const ours = (locks) => locks.filter(({ name }) => name === "waitroom:launch:poller").length;
  return ours(held) === 1 && ours(pending) === others;
}"""


def tabs_of(context: BrowserContext, number: int) -> list[Page]:
    """So many tabs in line; the last one is shown, the others are not. They have one clock."""
    tabs: list[Page] = []
    context.clock.install()
    for _ in range(number):
        for before in tabs[-1:]:
            show(before, hidden=True)
        tab = context.new_page()
        first = CHECK if tabs else STATUS
        # So that no look is under way when the clock jumps.
        with tab.expect_event("requestfinished", lambda one, first=first: first in one.url):
            begin(tab)
        tabs.append(tab)
        shows(tab, phase="waiting", number=41, ahead=30)
        tabs[-1].wait_for_function(LEADS, arg=len(tabs) - 1, polling=20)
    return tabs


def test_five_tabs_ask_as_one(visitor: Visitor, world: World) -> None:
    """One place, one poller: the others show what it has learned. When it is closed, another one
    goes on at once, without being shown."""
    tabs = tabs_of(visitor(), 5)
    asked = world.count(STATUS)
    world.counters["launch"]["serving"] = 20
    tabs[0].clock.fast_forward(8_000)
    for tab in tabs:
        shows(tab, ahead=20)
    assert world.count(STATUS) == asked + 1
    world.counters["launch"]["serving"] = 30
    for tab in tabs:
        tab.evaluate("dispatchEvent(new Event('online'))")
    tabs[0].clock.fast_forward(1_000)
    for tab in tabs:
        shows(tab, ahead=10)
    assert world.count(STATUS) == asked + 2
    tabs.pop().close()
    world.counters["launch"]["serving"] = 35
    tabs[0].clock.fast_forward(1_000)
    for tab in tabs:
        shows(tab, ahead=5)
    assert world.count(STATUS) <= asked + 4
    assert world.count(JOIN) == 1


def test_a_leader_that_is_hidden(visitor: Visitor, world: World) -> None:
    """Whichever tab is shown asks: browsers slow the others down, or freeze them."""
    first, second = tabs_of(visitor(), 2)
    show(second, hidden=True)
    world.counters["launch"]["serving"] = 20
    show(first, hidden=False)
    first.clock.fast_forward(1_000)
    shows(first, ahead=20)
    shows(second, ahead=20)
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url))
    world.counters["launch"]["serving"] = 30
    first.clock.fast_forward(10_000)
    shows(second, ahead=10)
    assert asked == []
    show(second, hidden=False)  # side by side, for a while
    second.clock.fast_forward(1_000)
    show(second, hidden=True)
    asked.clear()
    world.counters["launch"]["serving"] = 39
    first.clock.fast_forward(1_500)
    shows(second, ahead=1)
    assert asked == []


def test_a_leader_that_says_nothing(visitor: Visitor, world: World) -> None:
    """A tab that was frozen without being hidden does not keep the others waiting."""
    first, second = tabs_of(visitor(), 2)
    second.evaluate("BroadcastChannel.prototype.postMessage = () => {}")
    world.counters["launch"]["serving"] = 20
    first.clock.fast_forward(10_000)
    shows(second, ahead=20)
    assert view(first, "ahead") == 30
    first.clock.fast_forward(20_000)
    first.clock.fast_forward(1_000)
    shows(first, ahead=20)


def test_one_goes_on(visitor: Visitor, world: World) -> None:
    """The tab that is shown is let in; another one only when it is asked to."""
    first, second = tabs_of(visitor(), 2)
    world.counters["launch"]["serving"] = 41
    second.clock.fast_forward(8_000)
    shows(second, phase="admitted", elsewhere=False)
    shows(first, phase="admitted", elsewhere=True)
    assert (len(heard(first, "admitted")), len(heard(second, "admitted"))) == (0, 1)
    show(first, hidden=False)
    first.clock.fast_forward(1_500)
    shows(first, phase="admitted", elsewhere=True)
    assert heard(first, "admitted") == []
    first.evaluate("room.look()")
    first.clock.fast_forward(1_500)
    shows(first, elsewhere=False)
    assert len(heard(first, "admitted")) == 1
    assert 3500 < view(first, "admittedFor") <= 3600


def test_leaving_is_for_all_tabs(visitor: Visitor, world: World) -> None:
    """Who leaves in one tab has left in all, and joins again in all."""
    first, second = tabs_of(visitor(), 2)
    first.evaluate("room.leave()")
    shows(first, phase="gone", reason="left", number=41)
    shows(second, phase="gone", reason="left")
    second.evaluate("room.joinAgain()")
    second.clock.fast_forward(1_500)
    shows(second, phase="waiting", number=42)
    shows(first, phase="waiting", number=42)
    assert world.count(JOIN) == 2


@pytest.mark.parametrize("missing", ["Navigator.prototype locks", "window BroadcastChannel"])
def test_browsers_without_these(visitor: Visitor, world: World, missing: str) -> None:
    """Each tab asks for itself, and they share their place all the same."""
    context = visitor()
    owner, name = missing.split()
    context.add_init_script(
        f"Object.defineProperty({owner}, '{name}', {{ get: () => undefined, configurable: true }})"
    )
    first, second = tabs_of(context, 2)
    world.counters["launch"]["serving"] = 20
    for tab in (first, second):
        tab.clock.fast_forward(60_000)
        shows(tab, ahead=20)
    assert world.count(JOIN) == 1
