"""A real waiting room for the panel, with a line that has an hour behind it, and pages signed in.

What belongs here: one server for all files of this directory; the browser and its watching are
those of the directory above.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from api.served import Site, served
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Event
from waitroom.settings import Settings

from ..conftest import Visitor
from .past import Past, give


@dataclass
class Stage:
    """The waiting room; ``active``: request IDs of people who are on the site of ``launch``."""

    site: Site
    active: list[str]

    @property
    def url(self) -> str:
        """The control plane, as the browser knows it."""
        return self.site.control_url

    def line(self, people: int = 3, **settings: object) -> str:
        """An event of a test's own with people in line; its ID."""
        event_id = self.site.event(**settings)
        for _ in range(people):
            self.site.join(event_id)
        return event_id


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A waiting room with the event ``launch``, in whose line hundreds wait."""
    where = tmp_path_factory.mktemp("panel") / "data"
    launch = Event(event_id="launch", title="The launch", inlet=Rate(per_minute=30))
    settings = Settings(data_dir=where, algorithm="ES256")
    active = asyncio.run(give(settings, launch, Past(40, 7, 60), int(time.time())))
    with served(where, workers=1, algorithm="ES256") as site:
        yield Stage(site, active)


@pytest.fixture
def server(stage: Stage) -> Stage:
    """What the browser's pages are of: the control plane in place of the double."""
    return stage


def sign_in(context: BrowserContext, key: str, url: str) -> None:
    """A session without the form; that is tested once."""
    answer = context.request.post("/session", data={"key": key}, headers={"Origin": url})
    assert answer.status == 200


Open = Callable[..., Page]


@pytest.fixture
def opened(visitor: Visitor, stage: Stage) -> Open:
    """Opens the panel at an address, signed in by the admin's key or one of some scopes."""

    def open_at(where: str, *scopes: str, context: BrowserContext | None = None) -> Page:
        context = context or visitor()
        key = stage.site.key(*scopes)["key"] if scopes else stage.site.admin_key
        sign_in(context, key, stage.url)
        page = context.new_page()
        page.goto(f"/{where}")
        expect(page.get_by_text("Live", exact=True).first).to_be_visible()
        return page

    return open_at


def number(page: Page, name: str) -> Locator:
    """One of the big numbers."""
    return page.locator(f"[data-num={name}]:visible")
