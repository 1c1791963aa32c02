"""The whole journey, as people see it: shop, waiting room, control panel, receipt.

Runs what ``make run`` runs, and drives it in Debian's Chromium at phone and desktop width.
Screenshots go to tests/screenshots/, for people to look at.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from axe import faults
from chromium import PATIENCE, chromium
from ports import free_port

SHOTS = Path(__file__).parents[1] / "screenshots"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser-journey")]


@dataclass(frozen=True)
class Demo:
    """A running demo: where its three parts are, and the admin key it printed."""

    room: str
    control: str
    shop: str
    key: str


def status_of(url: str) -> int:
    """The status of a GET; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            code: int = reply.status
            return code
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`waitroom demo` on free ports, stopped by a signal at the end."""
    room, control, shop = (f"127.0.0.1:{free_port()}" for _ in range(3))
    where = tmp_path_factory.mktemp("demo")
    out = where / "out"
    command = [sys.executable, "-m", "waitroom", "demo", "--data-dir", str(where / "data")]
    command += ["--public-bind", room, "--control-bind", control, "--shop-bind", shop]
    with out.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        urls = [f"http://{room}/readyz", f"http://{control}/readyz", f"http://{shop}/"]
        deadline = time.monotonic() + 60
        while [status_of(url) for url in urls] != [200, 200, 200]:
            assert process.poll() is None, out.read_text()
            assert time.monotonic() < deadline, out.read_text()
            time.sleep(0.2)
        key = re.search(r"wr_[0-9a-f]{12}_[\w-]+", out.read_text())
        assert key, out.read_text()
        by_name = shop.replace("127.0.0.1", "localhost")  # another host than the room's
        yield Demo(f"http://{room}", f"http://{control}", f"http://{by_name}", key[0])
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    """Phone or desktop."""
    return str(request.param)


def opened(browser: Browser, size: str, scheme: str = "light") -> BrowserContext:
    """A visitor's browser of their own."""
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type] # a TypedDict of the same shape
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=size == "phone",
    )
    context.set_default_timeout(PATIENCE)
    return context


def shoot(page: Page, name: str) -> None:
    """A picture for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"journey-{name}.png")


def check_access(page: Page) -> None:
    """axe-core finds nothing on this page of the shop, and nothing sticks out of it."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def read_story(page: Page, size: str) -> str:
    """What the shop tells its developer beside the page; on a phone the drawer is shut at first."""
    steps = page.locator(".story-steps")
    if size == "phone":
        expect(steps).to_be_hidden()
        page.get_by_text("What just happened", exact=True).click()
    expect(steps).to_be_visible()
    check_access(page)
    return page.locator(".story").inner_text()


def log_in(page: Page, demo: Demo) -> None:
    """The operator opens the panel and chooses the sample event."""
    page.goto(demo.control)
    page.get_by_label("API key").fill(demo.key)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="sample").click()
    expect(page.get_by_role("heading", name="Sample sale")).to_be_visible()


def second_tab(visitor: BrowserContext, demo: Demo) -> None:
    """Another tab, its back button and its reload: in the shop, with the place there is."""
    before = counters(demo)["queue_counter"]
    tab = visitor.new_page()
    tab.goto(f"{demo.room}/enter/sample?return={demo.shop}/search")  # even without the cookie
    tab.wait_for_url(f"{demo.shop}/search")
    tab.goto(f"{demo.shop}/")
    tab.go_back()
    tab.reload()
    assert tab.url == f"{demo.shop}/search"
    visitor.clear_cookies(name="waitroom_sample")  # the shop's, so that it sends to the room again
    tab.reload()
    tab.wait_for_url(f"{demo.shop}/search")
    assert counters(demo)["queue_counter"] == before
    tab.close()


def counters(demo: Demo) -> dict[str, int]:
    """The counters of the sample event, over the private API."""
    request = urllib.request.Request(f"{demo.control}/api/events/sample/counters")
    request.add_header("Authorization", f"Bearer {demo.key}")
    with urllib.request.urlopen(request, timeout=5) as reply:
        found: dict[str, int] = json.load(reply)
        return found


def test_a_visitor_waits_is_let_in_and_buys(demo: Demo, browser: Browser, size: str) -> None:
    """Shop, room, number, the operator raises the counter, checkout, receipt: all by clicking."""
    scheme = "dark" if size == "desktop" else "light"
    visitor, operator = opened(browser, size, scheme), opened(browser, size, scheme)
    page, panel = visitor.new_page(), operator.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: asked.append(r.url))
    panel.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    page.goto(demo.shop)
    check_access(page)
    shoot(page, f"{size}-1-shop")
    page.get_by_role("link", name="Get tickets").click()
    page.wait_for_url(f"{demo.room}/room/sample?**")
    before = counters(demo)
    expect(page.locator("#headline")).to_contain_text(re.compile("ahead|next"))
    shoot(page, f"{size}-2-waiting")
    page.reload()
    expect(page.locator("#headline")).to_contain_text(re.compile("ahead|next"))
    assert counters(demo)["queue_counter"] == before["queue_counter"] or before["waiting_num"] == 0

    log_in(panel, demo)
    expect(panel.locator("[data-num=waiting]")).to_have_text(re.compile(r"\d"))
    shoot(panel, f"{size}-3-panel")
    panel.get_by_label("Number of people").fill("1")
    panel.get_by_role("button", name="Let in", exact=True).click()

    page.wait_for_url(f"{demo.shop}/search")
    check_access(page)
    shoot(page, f"{size}-4-admitted")
    assert sum(url.startswith(f"{demo.shop}/search?waitroom_code=") for url in asked) == 1
    assert not [url for url in asked if "waitroom_token" in url or "ey" in url.partition("?")[2]]
    second_tab(visitor, demo)
    cookie = next(c for c in visitor.cookies(demo.shop) if c["name"] == "waitroom_sample")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "waitroom_place_sample" not in {c["name"] for c in visitor.cookies(demo.shop)}
    page.get_by_role("button", name="Reserve").click()
    page.get_by_role("button", name="Buy tickets").click()
    page.wait_for_url(f"{demo.shop}/receipt")
    expect(page.locator("#order")).not_to_be_empty()
    shoot(page, f"{size}-5-receipt")

    done = before["completed_sessions"] + 1
    deadline = time.monotonic() + 10
    while counters(demo)["completed_sessions"] < done:
        assert time.monotonic() < deadline, "the shop did not mark the session completed"
        time.sleep(0.1)
    panel.wait_for_timeout(1500)
    shoot(panel, f"{size}-6-panel-after")
    page.reload()  # the shop tells the room after it has answered
    told = read_story(page, size)
    assert "back with a one-time code" in told
    assert "your session is complete" in told
    assert cookie["value"] not in page.content()
    shoot(page, f"{size}-5-story")
    assert not [text for text in complaints if "401" not in text], complaints
    visitor.close()
    operator.close()


def test_who_walks_around_the_line_is_refused(demo: Demo, browser: Browser) -> None:
    """The shop's protected API answers 401 to a direct call, its pages send to the room."""
    assert status_of(f"{demo.shop}/api/checkout") == 401
    assert status_of(f"{demo.shop}//api/checkout") == 401
    context = opened(browser, "phone")
    page = context.new_page()
    page.goto(f"{demo.shop}/checkout")
    page.wait_for_url(f"{demo.room}/room/sample?**")
    for forged in ("waitroom_token=ey.forged.token", f"waitroom_code={'A' * 120}"):
        page.goto(f"{demo.shop}/checkout?{forged}")
        page.wait_for_url(f"{demo.room}/room/sample?**refused=**")
    context.close()


def test_the_panel_pauses_and_resets(demo: Demo, browser: Browser) -> None:
    """Paused visitors are told so and not let in; a reset needs the event's ID typed."""
    visitor, operator = opened(browser, "phone"), opened(browser, "desktop")
    page, panel = visitor.new_page(), operator.new_page()
    log_in(panel, demo)
    panel.get_by_role("button", name="Pause").click()
    page.goto(f"{demo.room}/room/sample")
    panel.get_by_label("Number of people").fill("5")
    panel.get_by_role("button", name="Let in", exact=True).click()
    expect(page.locator("#explanation")).to_contain_text("Nobody is let in for the moment")
    shoot(page, "phone-7-paused")

    panel.get_by_role("tab", name="End").click()
    panel.get_by_role("button", name="Reset the line…").click()
    dialog = panel.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("sample")
    shoot(panel, "desktop-8-reset")
    dialog.get_by_role("button", name=re.compile("Reset")).click()
    expect(page.locator("#headline")).to_have_text("The line was started anew")
    panel.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="Join the line again").click()
    expect(page.locator("#headline")).to_contain_text("next")
    visitor.close()
    operator.close()
