"""Upstream, downstream and OpenID Connect, walked through over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.served import Site
from ports import free_port
from waiting import wait_until_sync

from .running import example, goes_to, visitor, walk


@dataclass
class Upstream:
    """The well-known name and the site behind it."""

    front: str
    site: str


def settings_of(room: Site, event: str, port: int) -> dict[str, str]:
    """What the examples are told by their environment."""
    return {"ROOM_URL": room.public_url, "EVENT_ID": event, "SITE_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture(scope="module")
def upstream(room: Site, there: Path) -> Iterator[Upstream]:
    """Both parts of the example."""
    ports = [free_port(), free_port()]
    settings = settings_of(room, "upstream", ports[1])
    site = settings["SITE_URL"]
    room.event(event_id="upstream", return_urls=[site], target_url=site)
    with ExitStack() as stack:
        start = [
            stack.enter_context(example(factory, port, settings, there / "upstream.log"))
            for factory, port in zip(
                ("upstream.front:create_app", "upstream.site:create_app"), ports, strict=True
            )
        ]
        yield Upstream(*start)


@pytest.fixture(scope="module")
def downstream(room: Site, there: Path) -> Iterator[str]:
    """A site that is busy with three requests at once and calm after a second."""
    port = free_port()
    settings = settings_of(room, "downstream", port)
    room.event(event_id="downstream", return_urls=[settings["SITE_URL"]])
    load = {"SITE_HIGH": "3", "SITE_LOW": "0", "SITE_CALM_FOR": "1", "SITE_WORK": "0.4"}
    log = there / "downstream.log"
    with example("downstream.app:create_app", port, {**settings, **load}, log) as url:
        yield url


@pytest.fixture(scope="module")
def oidc(room: Site, there: Path) -> Iterator[str]:
    """A site that takes the waiting room for its login."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    room.event(event_id="oidc")
    asked = {"client_id": "shop", "redirect_uris": [f"{site}/callback"]}
    made = room.control.post("/api/events/oidc/oidc_clients", json=asked)
    assert made.status_code == 201, made.text
    settings = {
        "ISSUER": f"{room.public_url}/oidc/oidc",
        "SITE_URL": site,
        "CLIENT_ID": "shop",
        "CLIENT_SECRET": made.json()["client_secret"],
    }
    with example("oidc.app:create_app", port, settings, there / "oidc.log") as url:
        yield url


def test_upstream_lets_the_first_pass_and_the_next_wait(room: Site, upstream: Upstream) -> None:
    """Who has a place that is called sees the page at once; who has not, the room."""
    room.advance("upstream", 1)
    with visitor() as first, visitor() as second:
        seen = walk(first, f"{upstream.front}/tickets?row=7&seat=a%26b")
        assert seen.text == "Welcome to /tickets, visitor number 1.\n"
        assert str(seen.url) == f"{upstream.site}/tickets?row=7&seat=a%26b"
        waits = walk(second, f"{upstream.front}/tickets")
        assert waits.url.path == "/room/upstream"
        room.advance("upstream", 1)
        seen = walk(second, f"{upstream.front}/tickets")
        assert seen.text == "Welcome to /tickets, visitor number 2.\n"


def test_upstream_cannot_be_walked_round(upstream: Upstream) -> None:
    """Whoever finds the site behind the room is sent to the room; a script is refused."""
    with visitor() as client:
        assert "/enter/upstream?return=" in goes_to(client, f"{upstream.site}/tickets")
    assert httpx.get(f"{upstream.site}/tickets").status_code == 401
    assert httpx.get(f"{upstream.site}/healthz").text == "ok\n"


def crowd(url: str, people: int, done: threading.Event) -> None:
    """So many people at once, again and again until ``done``."""

    def one() -> None:
        with visitor() as client:
            while not done.is_set():
                client.get(url)

    with ThreadPoolExecutor(people) as pool:
        for _ in range(people):
            pool.submit(one)


def test_downstream_goes_by_its_load(room: Site, downstream: str) -> None:
    """Calm: straight in. Busy: newcomers to the room, who is in stays. Calm again: straight in."""
    with visitor() as early, visitor() as late:
        assert early.get(downstream).text == "Here you are.\n"
        done = threading.Event()
        rush = threading.Thread(target=crowd, args=(downstream, 5, done))
        rush.start()
        try:
            wait_until_sync(
                lambda: httpx.get(downstream).status_code == 401, description="it is busy"
            )
            assert early.get(downstream).text == "Here you are.\n"
            assert walk(late, downstream).url.path == "/room/downstream"
        finally:
            done.set()
            rush.join()
        # As long as somebody waits, nobody is let in past them.
        room.advance("downstream", 1)
        assert walk(late, downstream).text == "Here you are.\n"
        wait_until_sync(lambda: httpx.get(downstream).status_code == 200, description="it is calm")


def test_oidc_from_the_site_to_the_room_and_back(room: Site, oidc: str) -> None:
    """A page asked for, a place in line, and the page; the next request needs no more."""
    with visitor() as client:
        assert walk(client, f"{oidc}/tickets").url.path == "/room/oidc"
        goes_to(client, f"{room.public_url}/enter/oidc")  # a place, as the room's page gets one
        room.advance("oidc", 1)
        seen = walk(client, f"{oidc}/tickets")
        assert (seen.url.path, seen.text) == ("/tickets", "Welcome, visitor number 1.\n")
        assert client.get(f"{oidc}/other").text == "Welcome, visitor number 1.\n"


def test_oidc_takes_nobody_who_did_not_begin_there(oidc: str) -> None:
    """A state that is not the browser's own, and a code that is made up."""
    with visitor() as client:
        assert client.get(f"{oidc}/callback?state=x&code=y").status_code == 400
        goes_to(client, f"{oidc}/tickets")
        state = client.cookies["away"]
        assert client.get(f"{oidc}/callback?state={state}&code=made-up").status_code == 400
