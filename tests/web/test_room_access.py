"""The waiting-room page for everybody: screen readers, keyboards, old browsers, hostile texts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from axe import faults

from .conftest import Visitor
from .world import Refusal, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Each change of the live region, and each time the focus falls back to the page itself.
LISTEN = """
window.spoken = [];
window.fallen = 0;
addEventListener("DOMContentLoaded", () => {
  const region = document.getElementById("spoken");
  new MutationObserver(() => spoken.push(region.textContent)).observe(
    region, { childList: true, subtree: true, characterData: true });
});
addEventListener("focusout", ({ relatedTarget }) => { if (!relatedTarget) fallen += 1; });
"""
FIVE_SECONDS_LATER = """() => {
  for (const one of document.getAnimations()) if (one.animationName === "appear") one.finish();
}"""
EVIL = """<script>document.title = "taken"</script>
<img src=x onerror="document.title='taken'"> [press](javascript:alert(1)) **bold**
[go](https://example.org/)"""


def test_axe_finds_nothing(page: Page, world: World) -> None:
    """In line with every panel open in turn, and where a place is gone."""
    world.events["launch"]["message"] = EVIL
    page.goto("/room/launch")
    expect(page.locator("#tools")).to_be_visible()
    for name in ("call", "device", "leave"):
        page.locator(f"#{name}-button").click()
        expect(page.locator(f"#{name}-panel")).to_be_visible()
        assert faults(page) == []
    world.admission = Refusal(410, "place_expired")
    world.counters["launch"]["serving"] = 41
    expect(page.locator("#again")).to_be_visible()
    assert faults(page) == []


def test_a_long_message_by_keyboard(page: Page, world: World) -> None:
    """What does not fit can be come to and scrolled; what fits is no stop on the way."""
    world.events["launch"]["message"] = "A line.\n\n" * 50
    page.goto("/room/launch")
    message = page.locator("#message-text")
    expect(message).to_have_attribute("tabindex", "0")
    world.events["launch"]["message"] = "A line."
    expect(message).not_to_have_attribute("tabindex", "0")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called ``name`` has the focus; it must be seen to have it."""
    for _ in range(12):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and name in (here.inner_text() or here.get_attribute("id") or ""):
            assert here.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
            return
    raise AssertionError(f"no way to {name!r} with the Tab key")


def test_by_keyboard_alone(page: Page, world: World) -> None:
    """Every panel opens, closes with Escape, and gives the focus back; a place can be given up."""
    page.goto("/room/launch")
    expect(page.locator("#tools")).to_be_visible()
    for name in ("Tell me when", "another device"):
        tab_to(page, name)
        page.keyboard.press("Enter")
        expect(page.locator(".panel:visible")).to_have_count(1)
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(page.locator(".panel:visible")).to_have_count(0)
        assert name in page.locator(":focus").inner_text()
    tab_to(page, "Leave the line")
    page.keyboard.press("Space")
    tab_to(page, "Give up my place")
    page.keyboard.press("Enter")
    expect(page.locator("#headline")).to_be_focused()
    tab_to(page, "Join the line again")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_have_text("42")
    expect(page.locator("#hero")).to_be_focused()


def test_spoken_on_change_and_focus_kept(visitor: Visitor, world: World) -> None:
    """While the line moves nothing takes the focus, and only what matters is read out."""
    context = visitor()
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.clock.install()
    page.goto("/room/launch")
    expect(page.locator("#tools")).to_be_visible()
    page.locator("#call-button").focus()
    heard = page.evaluate("spoken.length")
    for serving in (11, 12, 13):
        world.counters["launch"]["serving"] = serving
        page.clock.fast_forward(8_000)
        expect(page.locator("#ahead")).to_have_text(str(40 - serving))
    assert page.evaluate("spoken.length") == heard
    world.counters["launch"]["serving"] = 38
    page.clock.fast_forward(8_000)
    expect(page.get_by_role("status")).to_contain_text("Fewer than 5 people ahead of you.")
    expect(page.locator("#call-button")).to_be_focused()
    world.counters["launch"]["serving"] = 41
    page.clock.fast_forward(8_000)
    expect(page.locator("#headline")).to_be_focused()  # the button is gone; the page's top is not
    expect(page.get_by_role("status")).to_contain_text("You are admitted.")


def test_the_operators_message_can_do_nothing(page: Page, world: World) -> None:
    """Its Markdown is shown; scripts, images and addresses that run something are not."""
    world.events["launch"]["message"] = EVIL
    page.goto("/room/launch?lang=en")
    expect(page.locator("#message strong")).to_have_text("bold")
    expect(page.get_by_role("link", name="go")).to_have_attribute("rel", "noopener nofollow")
    expect(page.locator("#message :is(script, img, a[href^='javascript'])")).to_have_count(0)
    expect(page).to_have_title("30 · The launch")


def test_a_browser_that_cannot_run_the_page(visitor: Visitor, watch: Any) -> None:
    """It finds the way to the simple page after a few seconds; without scripts it goes there."""
    page = visitor().new_page()
    page.route("**/room.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto("/room/launch")
    link = page.locator("#plain a")
    expect(link).to_be_hidden()
    page.evaluate(FIVE_SECONDS_LATER)
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "/enter/launch?plain=1"
    bare = visitor(java_script_enabled=False).new_page()
    bare.goto("/room/launch", wait_until="commit")
    bare.wait_for_url("**/enter/launch?plain=1")


def test_it_fits_whatever_is_shown(page: Page, world: World) -> None:
    """At 320 pixels, and with letters of twice the size, nothing hangs out to the side."""
    world.events["launch"]["title"] = "Donaudampfschifffahrtsgesellschaftskapitänsmützenverkauf"
    world.counters["launch"].update(queue=123_456_788, serving=9)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/room/launch")
    page.locator("#device-button").click()
    for size in ("16px", "32px"):
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
