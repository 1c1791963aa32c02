"""A browser, the double, and pages that are watched while they are driven."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from chromium import PATIENCE, chromium

from .double import Server
from .world import World

Visitor = Callable[..., BrowserContext]


# One browser a file, not one a session: the synchronous driver keeps a loop running in this thread,
# which the asynchronous tests of other files would run into.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def world() -> World:
    """What the double remembers: one event with people in line before us."""
    world = World()
    world.add("launch", title="The launch")
    world.counters["launch"].update(queue=40, serving=10, rate=0.5)
    return world


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    """The double, up and running."""
    server = Server(world)
    yield server
    server.stop()


class Watch:
    """Notes what no page of ours may do: complain, break the policy, ask another origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.wrongs: list[str] = []
        self.addresses: list[str] = []

    def follow(self, page: Page) -> None:
        """Watch ``page`` from now on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrongs.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("framenavigated", lambda frame: self.addresses.append(frame.url))

    def _heard(self, message: ConsoleMessage) -> None:
        # Chromium itself notes each answer that is not a success; those are meant here.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrongs.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith(self.origin + "/"):
            self.wrongs.append(f"asked {url}")


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    """Watches every page of the test, and speaks up in the end."""
    watch = Watch(server.url)
    yield watch
    assert watch.wrongs == []


@pytest.fixture
def visitor(browser: Browser, server: Server, watch: Watch) -> Iterator[Visitor]:
    """Browsers of their own, each with an empty storage."""
    contexts: list[BrowserContext] = []

    def arrive(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 390, "height": 844}, **options}
        context = browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.follow)
        contexts.append(context)
        return context

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page of a visitor who has just come."""
    return visitor().new_page()
