"""Ten people in ten browsers at one real waiting room: fair to each, and discreet about all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from api.served import Site, served
from chromium import PATIENCE, chromium

SHOP = "https://shop.example/"
PEOPLE = 10

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-journey")]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room of several workers."""
    with served(tmp_path_factory.mktemp("ten") / "data", workers=2) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as browser:
        yield browser


@dataclass
class Crowd:
    """People with a browser each; what all of them asked for, and where they were."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def one(self) -> Page:
        """One more of them."""
        context = self.browser.new_context(viewport={"width": 390, "height": 844})
        context.set_default_timeout(PATIENCE)
        context.route(f"{SHOP}**", self._shop)
        context.on("request", self._note)
        self.contexts.append(context)
        page = context.new_page()
        page.on("framenavigated", lambda frame: self.told.append(frame.url))
        return page

    def _note(self, request: Request) -> None:
        sent = {name: value for name, value in request.headers.items() if name != "cookie"}
        self.told += [request.url, *sent.values()]

    def _shop(self, route: Route) -> None:
        route.fulfill(content_type="text/html", body="<title>The shop</title>")


@pytest.fixture
def crowd(browser: Browser) -> Iterator[Crowd]:
    """Nobody yet."""
    crowd = Crowd(browser)
    yield crowd
    for context in crowd.contexts:
        context.close()


def number(page: Page) -> int:
    """The place that a page shows."""
    shown = page.locator("#number")
    expect(shown).to_have_text(re.compile(r"\d"))
    return int(shown.inner_text())


def request_id(page: Page, event: str) -> str:
    """The secret that a browser keeps."""
    kept = json.loads(page.evaluate("key => localStorage.getItem(key)", f"waitroom:{event}"))
    return str(kept["requestId"])


def test_ten_people_pass_in_order(room: Site, crowd: Crowd) -> None:
    """All at once they get ten different places; called one after another, they go in in that
    order; no secret of theirs is in an address, a header or the log."""
    event = room.event(target_url=SHOP)
    pages = [crowd.one() for _ in range(PEOPLE)]
    for page in pages:  # does not wait for the page, so all of them load at once
        page.evaluate("url => { location.href = url }", f"{room.public_url}/room/{event}")
    by_number = {number(page): page for page in pages}
    assert sorted(by_number) == list(range(1, PEOPLE + 1))
    secrets = [request_id(page, event) for page in pages]
    assert len(set(secrets)) == PEOPLE
    for done, called in ((0, 4), (4, 6)):
        room.advance(event, called)
        for place in range(done + 1, done + called + 1):
            by_number[place].wait_for_url(f"{SHOP}?waitroom_code=**")
        behind = [by_number[place].url for place in range(done + called + 1, PEOPLE + 1)]
        assert not any(url.startswith(SHOP) for url in behind)
    told = "\n".join([*crowd.told, room.log.read_text()])
    assert [secret[:8] for secret in secrets if secret[:8] in told] == []


def test_a_place_moves_to_a_phone(room: Site, crowd: Crowd) -> None:
    """The link is all that the other device needs; it leaves no trace there, nor at the server."""
    event = room.event(target_url=SHOP)
    here, there = crowd.one(), crowd.one()
    here.goto(f"{room.public_url}/room/{event}")
    assert number(here) == 1
    secret = request_id(here, event)
    there.goto(f"{room.public_url}/room/{event}#place={secret}")
    assert number(there) == 1
    assert there.url == f"{room.public_url}/room/{event}"
    room.advance(event, 1)
    for page in (here, there):
        page.wait_for_url(f"{SHOP}?waitroom_code=**")
    asked = [one for one in crowd.told if "#place=" not in one]
    assert not any(secret[:8] in one for one in [*asked, room.log.read_text()])
