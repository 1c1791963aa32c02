"""The control panel's other tabs: what axe-core says of them, and whether they fit a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from axe import faults

from .conftest import Open, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def settings(page: Page) -> None:
    """A wrong field, and everything opened."""
    page.get_by_label("Title as visitors").fill("Mine")
    page.get_by_label("Target URL the site").fill("shop.example")
    page.get_by_text("Health gates and probe").click()
    page.get_by_text("For programs").click()
    expect(page.get_by_label("Target URL the site")).to_have_attribute("aria-invalid", "true")


def look(page: Page) -> None:
    """A colour that will not do, and everything opened."""
    page.get_by_text("On dark screens").click()
    page.get_by_text("Your own CSS and page").click()
    page.locator("#look-accent").fill("#ff8800")
    expect(page.get_by_role("button", name="Use #b46000")).to_be_visible()


def connect(page: Page) -> None:
    """Another gate, and both forms."""
    page.get_by_label("What stands in front").select_option("haproxy")
    page.get_by_text("Add a client", exact=True).click()
    page.get_by_text("Set the account", exact=True).click()
    page.locator("summary", has_text="shop").click()


def log(page: Page) -> None:
    """What an entry changed, the seals, and the question before undoing."""
    page.get_by_text("What changed").first.click()
    page.get_by_text("Can it be altered?").click()
    page.get_by_role("button", name=re.compile("^Undo entry")).first.click()


def end(page: Page) -> None:
    """The list is there, and the question before a reset."""
    expect(page.get_by_text(re.compile("No token has run out|page 1"))).to_be_visible()
    page.get_by_role("button", name="Reset the line…").click()


def deployment(page: Page) -> None:
    """The keys and the log are there."""
    expect(page.get_by_role("rowheader", name=re.compile("you are signed in"))).to_be_visible()
    expect(page.locator(".entries > li:visible").first).to_be_visible()


TABS = {"settings": settings, "look": look, "connect": connect, "log": log, "end": end}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_for_everybody(opened: Open, stage: Stage, width: int, scheme: str) -> None:
    """Every tab with what can be opened in it, narrow and dark, wide and light: axe-core finds
    nothing, and nothing is wider than the screen."""
    event_id = stage.line(1, title="A sale", target_url="https://shop.example/")
    stage.site.control.patch(f"/api/events/{event_id}", json={"message": "Hello"})
    client = {"client_id": "shop", "redirect_uris": ["https://shop.example/back"]}
    stage.site.control.post(f"/api/events/{event_id}/oidc_clients", json=client)
    page = opened(f"#event/{event_id}/settings")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name, fill in [*TABS.items(), ("deployment", deployment)]:
        page.goto("/#deployment" if name == "deployment" else f"/#event/{event_id}/{name}")
        fill(page)
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if (dialog := page.get_by_role("dialog")).is_visible():
            dialog.get_by_role("button", name="Cancel").click()
