"""The waiting room with JavaScript switched off, in a real browser at a real public plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from api.served import Site, served
from axe import faults
from chromium import PATIENCE
from waitroom.words import RIGHT_TO_LEFT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDE: Final = ("de", "fr", "pl", "tr", "ar", "he", "hi", "ja")  # the others are no wider
Arrive = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room."""
    with served(tmp_path_factory.mktemp("plain") / "data", workers=1) as site:
        yield site


@pytest.fixture
def arrive(site: Site, browser: Browser) -> Iterator[Arrive]:
    """Visitors with a browser each, watched for what no page of ours may do."""
    contexts: list[BrowserContext] = []
    wrongs: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(site.public_url):
            wrongs.append(request.url)

    def one(*, scripts: bool = False, **options: Any) -> Page:
        options = {"viewport": {"width": 390, "height": 844}, "locale": "en-US"} | options
        context = browser.new_context(
            base_url=site.public_url, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("request", note)
        context.on("console", lambda told: wrongs.append(told.text) if is_ours(told) else None)
        return context.new_page()

    yield one
    for context in contexts:
        context.close()
    assert wrongs == []


def is_ours(told: ConsoleMessage) -> bool:
    """Whether a complaint is about a page: Chromium itself notes each answer of 404."""
    return "Failed to load resource" not in told.text


def shop(site: Site) -> str:
    """Where visitors are led to: any page that is there."""
    return f"{site.public_url}/healthz"


def crowded(site: Site, **settings: Any) -> str:
    """An event with two people in line."""
    event_id = site.event(target_url=shop(site), title="The launch", **settings)
    for _ in range(2):
        site.join(event_id)
    return event_id


def test_the_whole_way(site: Site, arrive: Arrive) -> None:
    """In by the usual link, through the room to the page without JavaScript, one place all along;
    the page passes on by itself when it is time. The place is in no address and no Referer."""
    event_id = crowded(site)
    page = arrive()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(f"{one.url} {one.headers.get('referer', '')}"))
    page.goto(f"/enter/{event_id}")
    expect(page.locator("#number")).to_have_text("3")
    expect(page.get_by_text("people ahead of you")).to_be_visible()
    expect(page).to_have_title("2 · The launch")
    page.reload()
    page.goto(f"/room/{event_id}")
    expect(page.locator("#number")).to_have_text("3")
    page.go_back()
    expect(page.locator("#number")).to_have_text("3")
    assert site.shown(event_id, "waiting_num")["waiting_num"] == 3
    (cookie,) = page.context.cookies(site.public_url)
    site.advance(event_id, 3)
    page.wait_for_url(f"{shop(site)}?waitroom_code=*", timeout=40_000)
    assert asked
    assert not [one for one in asked if cookie["value"][:8] in one]


def test_leaving_and_coming_back(site: Site, arrive: Arrive) -> None:
    """By keyboard alone: Leave asks, Stay stays, Leave leaves, and a button joins again."""
    event_id = crowded(site)
    page = arrive()
    page.goto(f"/enter/{event_id}?plain=1")
    page.get_by_role("link", name="Leave the line").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Leave the line?")).to_be_visible()
    page.get_by_role("link", name="Stay in line").press("Enter")
    expect(page.locator("#number")).to_have_text("3")
    page.get_by_role("link", name="Leave the line").press("Enter")
    page.get_by_role("button", name="Give up my place").press("Enter")
    expect(page.get_by_role("heading", name="You left the line")).to_be_visible()
    page.get_by_role("button", name="Join the line again").press("Enter")
    expect(page.locator("#number")).to_have_text("4")


def test_the_visitor_may_stop_it(site: Site, arrive: Arrive) -> None:
    """Who reads slowly can stop the page from looking again by itself (WCAG 2.2, 2.2.1)."""
    page = arrive()
    page.goto(f"/enter/{crowded(site)}?plain=1")
    page.get_by_role("link", name="Stop looking by itself").click()
    expect(page.get_by_text("This page no longer looks again by itself.")).to_be_visible()
    assert "refresh" not in page.reload().headers  # type: ignore[union-attr]
    page.get_by_role("link", name="Look by itself again").click()
    assert "refresh" in page.reload().headers  # type: ignore[union-attr]


def test_languages_fit(site: Site, arrive: Arrive) -> None:
    """At 320 px, each in its own direction; chosen by the browser's language, or by a link."""
    event_id = crowded(site)
    page = arrive(scripts=True, viewport={"width": 320, "height": 640})
    for code in WIDE:
        page.goto(f"/enter/{event_id}?plain=1&lang={code}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, code
        root = page.locator("html")
        assert root.get_attribute("lang") == code
        assert root.get_attribute("dir") == ("rtl" if code in RIGHT_TO_LEFT else "ltr")
    arabic = arrive(locale="ar-EG")
    arabic.goto(f"/enter/{event_id}?plain=1")
    expect(arabic.locator("#room")).to_have_css("direction", "rtl")
    expect(arabic.get_by_text("أشخاص أمامك")).to_be_visible()
    arabic.locator("summary").click()
    arabic.get_by_role("link", name="Deutsch").click()
    expect(arabic.get_by_text("Personen vor Ihnen")).to_be_visible()
    expect(arabic.locator("#number")).to_have_text("4")


def test_axe_finds_nothing(site: Site, arrive: Arrive) -> None:
    """In its states, light and dark, left to right and right to left. The page has no script; axe
    brings its own."""
    waits = crowded(site, message="**We are sorry.**\n\n* [News](https://shop.example/news)")
    closed = site.event(state="closed", title="The launch")
    page = arrive(scripts=True)
    for scheme, address in (
        ("light", f"/enter/{waits}?plain=1&still=1"),
        ("dark", f"/enter/{waits}?plain=1&tried=1&lang=ar"),
        ("light", f"/enter/{waits}?plain=1&tried=1&do=leave&lang=he"),
        ("dark", f"/enter/{closed}?plain=1&do=left"),
        ("light", f"/enter/{closed}?plain=1&tried=1"),
        ("dark", "/enter/no-such-event"),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(address)
        assert faults(page) == [], address


def test_no_page_tells_a_place(site: Site) -> None:
    """The waiting-room page is the same for everybody, and no page has a request ID in it."""
    event_id = crowded(site)
    rooms, pages, places = set(), [], []
    for _ in range(2):
        with httpx.Client(base_url=site.public_url, follow_redirects=True) as visitor:
            plain = visitor.get(f"/enter/{event_id}?plain=1")
            room = visitor.get(f"/room/{event_id}")
            places.append(visitor.cookies[f"waitroom_place_{event_id}"])
        assert (plain.status_code, room.status_code) == (200, 200)
        rooms.add(room.text)
        pages.append(plain.text)
    assert len(rooms) == 1
    assert len(set(places)) == 2
    assert not [place for place in places for page in (*rooms, *pages) if place[:8] in page]
