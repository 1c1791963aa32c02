"""A real waiting room for the panel, with a line that has an hour behind it, and pages signed in.

What belongs here: one server for all files of this directory; the browser and its watching are
those of the directory above.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api.served import Site, served
from chromium import PATIENCE
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Event
from waitroom.settings import Settings
from web.conftest import Visitor, Watch

from .past import Past, give


@dataclass
class Stage:
    """The waiting room; ``active``: request IDs of people who are on the site of ``launch``."""

    site: Site
    active: list[str]
    made: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The control plane, as the browser knows it."""
        return self.site.control_url

    def line(self, people: int = 3, **settings: object) -> str:
        """An event of a test's own with people in line; its ID."""
        event_id = self.site.event(**settings)
        self.made.append(event_id)
        for _ in range(people):
            self.site.join(event_id)
        return event_id

    def clear(self) -> None:
        """Remove the events of a test."""
        while self.made:
            self.site.control.delete(f"/api/events/{self.made.pop()}")


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A waiting room with the event ``launch``, in whose line hundreds wait."""
    where = tmp_path_factory.mktemp("panel") / "data"
    launch = Event(event_id="launch", title="The launch", inlet=Rate(per_minute=60))
    settings = Settings(data_dir=where, algorithm="ES256")
    active = asyncio.run(give(settings, launch, Past(60, 14, 30), int(time.time())))
    with served(where, workers=1, algorithm="ES256") as site:
        yield Stage(site, active)


@pytest.fixture
def server(stage: Stage) -> Iterator[Stage]:
    """What the browser's pages are of: the control plane in place of the double."""
    yield stage
    stage.clear()


def sign_in(context: BrowserContext, key: str, url: str) -> None:
    """A session without the form; that is tested once."""
    answer = context.request.post("/session", data={"key": key}, headers={"Origin": url})
    assert answer.status == 200


@pytest.fixture(scope="module")
def desk(browser: Browser, stage: Stage) -> Iterator[BrowserContext]:
    """The admin's browser, signed in; with a cache that is filled once."""
    context = browser.new_context(base_url=stage.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, stage.site.admin_key, stage.url)
    yield context
    context.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(desk: BrowserContext, visitor: Visitor, stage: Stage, watch: Watch) -> Iterator[Open]:
    """Opens the panel at an address, signed in by the admin's key or one of some scopes."""
    pages: list[Page] = []

    def open_at(where: str, *scopes: str) -> Page:
        context = desk
        if scopes:
            context = visitor()
            sign_in(context, stage.site.key(*scopes)["key"], stage.url)
        page = context.new_page()
        watch.follow(page)
        pages.append(page)
        page.goto(f"/{where}")
        expect(page.locator("[data-link=live]")).to_be_visible()
        return page

    yield open_at
    for page in pages:
        page.close()


def number(page: Page, name: str) -> Locator:
    """One of the big numbers."""
    return page.locator(f"[data-num={name}]:visible")
