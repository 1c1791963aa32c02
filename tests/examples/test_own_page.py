"""The page of somebody else's design, from another origin, in Chromium: it waits, and goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from api.served import Site
from chromium import chromium

from .running import EXAMPLES

WRITTEN: Final = "http://127.0.0.1:8080"  # where the example's files look for the waiting room
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Quiet(SimpleHTTPRequestHandler):
    """Files of a directory, as ``python3 -m http.server`` serves them."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing."""


@pytest.fixture(scope="module")
def site(room: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example's files, on an origin that the event allows; they name this test's room."""
    there = copytree(EXAMPLES / "own_page", tmp_path_factory.mktemp("own") / "page")
    for name in ("index.html", "page.js"):
        file = Path(there) / name
        file.write_text(file.read_text().replace(WRITTEN, room.public_url))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(there))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        room.event(event_id="lanterns", allowed_origins=[url], target_url=f"{url}/inside.html")
        yield url
        server.shutdown()


@pytest.fixture(scope="module")
def page(site: str) -> Iterator[Page]:
    """A page on which nothing goes wrong, and no URL holds a secret."""
    with chromium() as browser:
        page = browser.new_page(base_url=site)
        wrongs: list[str] = []
        page.on("console", lambda said: wrongs.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        yield page
        assert wrongs == []


def test_an_own_page_waits_and_goes_on(room: Site, site: str, page: Page) -> None:
    """Number and wait in its own words, a reload that keeps the place, the turn, the site."""
    first = room.join("lanterns")["api_request_id"]
    page.goto("/")
    expect(page.locator("#figure")).to_have_text("1")
    expect(page.locator("#more")).to_contain_text("You are number 2.")
    page.reload()
    expect(page.locator("#more")).to_contain_text("You are number 2.")
    page.locator("#carry").click()
    expect(page.locator("#link")).to_contain_text(f"{site}/#place=")
    mine = page.locator("#link").inner_text().rpartition("=")[2]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))
    room.advance("lanterns", 2)
    page.wait_for_url(f"{site}/inside.html?waitroom_code=**")
    assert not any(secret in told for secret in (first, mine) for told in asked)
