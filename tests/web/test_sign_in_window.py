"""Sign-in in a window of its own: a site opens one, and waits for word from it.

What must change with it: "In a window of its own" in ``docs/oidc.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api.served import Site, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHOP: Final = "http://localhost:3999"  # another site than the room; the browser is told its pages
PAGES: Final = {
    "/": "<p id=heard></p><script>onmessage = ({data}) => { heard.textContent = data }</script>",
    "/back": "<script>opener.postMessage(location.search, '*'); close()</script>",
}
CLIENT: Final = {"client_id": "shop", "redirect_uri": f"{SHOP}/back"}
REQUEST: Final = CLIENT | {
    "response_type": "code",
    "scope": "openid",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room."""
    with served(tmp_path_factory.mktemp("window") / "data", workers=1) as site:
        yield site


def sign_in(shop: Page, site: Site, event_id: str) -> Page:
    """The shop opens a window in which the visitor signs in; that window."""
    where = f"{site.public_url}/oidc/{event_id}/authorize?{urlencode(REQUEST)}"
    shop.evaluate("heard.textContent = ''")
    with shop.expect_popup() as opened:
        shop.evaluate("where => void open(where, 'sign-in', 'popup')", where)
    return opened.value


def answer(route: Route) -> None:
    """A page of the shop."""
    path = route.request.url.removeprefix(SHOP).partition("?")[0]
    route.fulfill(body=PAGES.get(path, ""), content_type="text/html")


def test_the_window_that_opened_it_hears_of_it(site: Site, browser: Browser) -> None:
    """By way of the line, and straight on: the way through the room cuts no site off from the
    window that it has opened."""
    event_id = site.event()
    added = site.control.post(
        f"/api/events/{event_id}/oidc_clients",
        json={"client_id": "shop", "redirect_uris": [CLIENT["redirect_uri"]], "public": True},
    )
    assert added.status_code == 201, added.text
    context = browser.new_context()
    context.route(f"{SHOP}/**", answer)
    shop = context.new_page()
    shop.goto(f"{SHOP}/")
    window = sign_in(shop, site, event_id)
    expect(window.locator("#number")).to_have_text("1")
    site.advance(event_id, 1)
    expect(shop.locator("#heard")).to_have_text(re.compile(r"^\?code="))
    sign_in(shop, site, event_id)
    expect(shop.locator("#heard")).to_have_text(re.compile(r"^\?code="))
    context.close()
