"""What a visitor can do while in line: be called, go on elsewhere, leave, choose a language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from waiting import wait_until_sync

from .conftest import Visitor, Watch
from .double import Server
from .world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

JOIN = "/api/assign_queue_num"
LEAVE = "/api/leave"
LISTEN = """
window.called = [];
const { start } = OscillatorNode.prototype;
OscillatorNode.prototype.start = function (...when) {
  called.push("sound");
  start.apply(this, when);
};
navigator.vibrate = () => called.push("vibration");
"""
SHOWN = """async () => {
  const workers = await navigator.serviceWorker.getRegistrations();
  const shown = await Promise.all(workers.map((worker) => worker.getNotifications()));
  return shown.flat().map(({ title, body }) => [title, body]);
}"""
SAME_CODE = """async () => {
  const { encode } = await import("/static/uqr/uqr.js");
  const path = document.querySelector("#device-code path");
  const { data } = encode(document.getElementById("device-link").value, { ecc: "M", border: 0 });
  return data.every((row, y) =>
    row.every((dark, x) => path.isPointInFill(new DOMPoint(x + 0.5, y + 0.5)) === dark));
}"""


def waiting(page: Page, address: str = "/room/launch") -> Page:
    """The page of a visitor who is in line."""
    page.goto(address)
    expect(page.locator("#tools")).to_be_visible()
    return page


def test_calls_as_it_was_asked_to(visitor: Visitor, world: World) -> None:
    """Nothing before a press; then sound, vibration and a notification at the visitor's turn."""
    context = visitor(permissions=["notifications"])
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.clock.install()
    waiting(page)
    page.get_by_role("button", name="Tell me when it").click()
    expect(page.get_by_label("Play a sound")).to_be_checked()
    page.get_by_label("Show a notification").click()
    expect(page.get_by_label("Show a notification")).to_be_checked()
    assert page.evaluate("called") == []
    world.counters["launch"]["serving"] = 41
    page.clock.fast_forward(8_000)
    expect(page.locator("#headline")).to_have_text("It\u2019s your turn")
    page.wait_for_function("called.length > 0")
    assert set(page.evaluate("called")) == {"sound", "vibration"}
    notice = ["It\u2019s your turn", "The launch: you are being let in."]
    wait_until_sync(lambda: page.evaluate(SHOWN) == [notice], description="it is shown")


def test_a_call_that_hangs_holds_nobody_up(page: Page, world: World, server: Server) -> None:
    """Whatever becomes of the sound, the visitor is passed on."""
    page.clock.install()
    waiting(page, f"/room/launch?return={server.url}/shop")
    page.get_by_role("button", name="Tell me when it").click()
    expect(page.get_by_label("Play a sound")).to_be_checked()
    page.evaluate("() => { AudioContext.prototype.resume = () => new Promise(() => {}); }")
    world.counters["launch"]["serving"] = 41
    page.clock.fast_forward(8_000)
    expect(page.locator("#explanation")).to_have_text("Taking you there now…")
    page.clock.fast_forward(3_000)
    page.wait_for_url(f"{server.url}/shop?**")


def test_what_the_browser_refuses_is_said(page: Page) -> None:
    """A notification that is not allowed is not promised."""
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    waiting(page)
    page.get_by_role("button", name="Tell me when it").click()
    page.get_by_label("Show a notification").click()
    expect(page.locator("#call-refused")).to_contain_text("does not let this page show")
    expect(page.get_by_label("Show a notification")).not_to_be_checked()
    expect(page.get_by_role("status")).to_contain_text("does not let this page show")


def test_a_place_goes_along_to_another_device(
    visitor: Visitor, world: World, server: Server, watch: Watch
) -> None:
    """The link gives another browser the same place, by its fragment alone; so does the code."""
    page = waiting(visitor().new_page(), f"/room/launch?return={server.url}/shop")
    page.get_by_role("button", name="another device").click()
    expect(page.locator("#device-code svg")).to_be_visible()
    expect(page.get_by_text("Whoever has this link has your place.")).to_be_visible()
    link = page.get_by_role("textbox", name="Link to your place").input_value()
    assert page.evaluate(SAME_CODE)
    other = visitor().new_page()
    other.goto(link)
    expect(other.locator("#number")).to_have_text("41")
    expect(other.locator("#state")).to_contain_text("come along from your other device")
    assert other.url == f"{server.url}/room/launch?return={server.url}/shop"
    assert world.count(JOIN) == 1
    (request_id,) = world.places
    assert not any(request_id in str(asked.query) + asked.path for asked in world.asked)
    page.keyboard.press("Escape")
    assert request_id not in page.content() + page.locator("#device-link").input_value()


def test_the_link_is_copied(visitor: Visitor) -> None:
    """Copied where the browser allows it, else selected; either is said."""
    context = visitor(permissions=["clipboard-read", "clipboard-write"])
    page = waiting(context.new_page())
    page.get_by_role("button", name="another device").click()
    page.locator("#device-copy").click()
    expect(page.locator("#device-copy")).to_have_text("Copied")
    expect(page.get_by_role("status")).to_have_text("Copied")
    link = page.get_by_role("textbox", name="Link to your place").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.locator("#device-copy").click()
    expect(page.get_by_role("status")).to_contain_text("copy it from here")
    assert page.evaluate("getSelection().toString() || document.activeElement.value") == link


def test_leaving_asks_first(page: Page, world: World) -> None:
    """A place is given up on the second press only, and a failure leaves the visitor in line."""
    waiting(page)
    page.get_by_role("button", name="Leave the line").click()
    expect(page.locator("#leave-headline")).to_be_focused()
    expect(page.locator("#leave-explanation")).to_contain_text("Your number 41")
    page.get_by_role("button", name="Stay in line").click()
    expect(page.get_by_role("button", name="Leave the line")).to_be_focused()
    assert world.count(LEAVE) == 0
    world.failing[LEAVE] = (503, {})
    page.get_by_role("button", name="Leave the line").click()
    page.get_by_role("button", name="Give up my place").click()
    expect(page.locator("#leave-failed")).to_contain_text("you are still in line")
    world.failing.clear()
    page.get_by_role("button", name="Give up my place").click()
    expect(page.locator("#headline")).to_have_text("You left the line")
    expect(page.locator("#headline")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("You left the line")
    expect(page.get_by_role("status")).not_to_contain_text("did not work")
    assert len(world.left) == 1
    page.reload()
    expect(page.locator("#number")).to_have_text("42")


def test_a_language_that_cannot_be_had(page: Page, world: World) -> None:
    """Without its texts the page stays as it is, and so does the list."""
    waiting(page, "/room/launch?lang=de")
    expect(page.get_by_role("button", name="Warteschlange verlassen")).to_be_visible()
    page.route("**/words/fr.ftl", lambda route: route.abort())
    page.get_by_role("combobox").select_option("fr")
    expect(page.get_by_role("combobox")).to_have_value("fr")
    expect(page.get_by_role("combobox")).to_have_value("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_another_language_at_once_and_for_good(page: Page, world: World) -> None:
    """The whole page, its direction and its numbers follow the list; a reload stays with it."""
    world.counters["launch"].update(queue=123_455, serving=0)
    waiting(page)
    expect(page.locator("#number")).to_have_text("123,456")
    page.get_by_role("combobox", name="Language").select_option("de")
    expect(page.locator("#number")).to_have_text("123.456")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("combobox").select_option("he")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.reload()
    expect(page.get_by_role("combobox")).to_have_value("he")
    page.goto("/room/launch?lang=en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
