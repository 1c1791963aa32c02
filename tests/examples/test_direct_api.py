"""Direct API integration, in Chromium: the shop's own page waits, and buys with the token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from api.served import Site
from chromium import chromium
from ports import free_port

from .running import example

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def shop(room: Site, there: Path) -> Iterator[str]:
    """The shop, whose page alone may call the room for this event."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    room.event(event_id="direct", allowed_origins=[url])
    settings = {"ROOM_URL": room.public_url, "EVENT_ID": "direct", "SITE_URL": url}
    with example("direct_api.app:create_app", port, settings, there / "direct.log"):
        yield url


def test_the_page_waits_and_buys(room: Site, shop: str) -> None:
    """A number, a reload that keeps it, the turn, the purchase; the address never changes."""
    assert httpx.post(f"{shop}/api/checkout").status_code == 401
    with chromium() as browser:
        page = browser.new_page()
        wrongs: list[str] = []
        page.on("console", lambda said: wrongs.append(said.text) if said.type == "error" else None)
        page.goto(shop)
        said = page.locator("#said")
        expect(said).to_have_text("You are number 1; 0 in front of you.")
        page.reload()
        expect(said).to_have_text("You are number 1; 0 in front of you.")
        expect(page.locator("#buy")).to_be_hidden()
        room.advance("direct", 1)
        page.reload()
        page.locator("#buy").click()
        expect(said).to_have_text("You have bought one ticket.")
        assert (page.url, wrongs) == (f"{shop}/", [])
