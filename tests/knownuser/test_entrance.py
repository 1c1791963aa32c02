"""A site whose connectors are led here instead of to Queue-it: the whole way, real processes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.served import Site, served
from ports import free_port

from .running import COOKIE, CUSTOMER, QUEUE_EVENT, SECRET_KEY, ConnectorSite, connector_site

EVENT: Final = "tickets"
FOREIGN_KEY: Final = "the key of another site"


@dataclass
class Town:
    """The room, the shop that trusts it, and a shop that has another key."""

    room: Site
    shop: ConnectorSite
    stranger: ConnectorSite


def make_events(room: Site, shops: list[str]) -> None:
    """The event under test, and a second one that has no Queue-it account."""
    room.event(event_id="plain", target_url=shops[0], return_urls=shops)
    room.event(event_id=EVENT, return_urls=shops)
    account = {"customer_id": CUSTOMER, "queue_event_id": QUEUE_EVENT, "secret_key": SECRET_KEY}
    address = f"/api/events/{EVENT}"
    assert room.control.put(f"{address}/knownuser", json=account).is_success
    assert room.control.patch(address, json={"hand_over": "knownuser"}).is_success


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """All three, up and running."""
    there = tmp_path_factory.mktemp("moved")
    ports = [free_port(), free_port()]
    with served(there / "data", workers=1) as room:
        make_events(room, [f"http://127.0.0.1:{port}/" for port in ports])
        domain = room.settings.public_bind
        log = there / "node.log"
        with (
            connector_site(domain, log, ports[0]) as shop,
            connector_site(domain, there / "other.log", ports[1], key=FOREIGN_KEY) as stranger,
        ):
            yield Town(room, shop, stranger)


def to_the_room(town: Town, location: str) -> str:
    """Connectors always write https; the room of this test speaks http."""
    parts = urlsplit(location)
    assert (parts.scheme, parts.netloc) == ("https", town.room.settings.public_bind)
    return parts._replace(scheme="http").geturl()


def browser() -> httpx.Client:
    """A browser that goes from page to page by hand."""
    navigating = {"sec-fetch-mode": "navigate", "accept": "text/html", "sec-fetch-dest": "document"}
    return httpx.Client(timeout=10, headers=navigating)


def follow(client: httpx.Client, url: str) -> httpx.Response:
    """Ask for ``url`` and expect to be sent on."""
    answer = client.get(url)
    assert answer.is_redirect, answer.text
    return answer


def called(town: Town, visitor: httpx.Client, entrance: str) -> str:
    """Wait at ``entrance`` until it is the visitor's turn; where they are sent on to."""
    for _ in range(20):
        location = follow(visitor, town.room.public_url + entrance).headers["location"]
        if not location.startswith("/room/"):
            return str(location)
        town.room.advance(EVENT, 1)
    raise AssertionError("twenty were let in, and this visitor was not")


def served_place(town: Town, visitor: httpx.Client, path: str) -> str:
    """From the shop to the room, and back to the shop when called; the address with a token."""
    asked = follow(visitor, f"{town.shop.url}{path}").headers["location"]
    entrance = follow(visitor, to_the_room(town, asked)).headers["location"]
    assert entrance.startswith(f"/enter/{EVENT}?return=")
    return called(town, visitor, entrance)


@pytest.mark.parametrize("path", ["/local/tickets?seats=2", "/config/tickets?seats=2"])
def test_there_and_back(town: Town, path: str) -> None:
    """The connector sends a visitor here, the room lets them in, the connector lets them stay."""
    with browser() as visitor:
        back = served_place(town, visitor, path)
        assert back.startswith(f"{town.shop.url}{path}&queueittoken=e_{QUEUE_EVENT}~")
        clean = follow(visitor, back).headers["location"]
        assert clean == f"{town.shop.url}{path}"
        seen = visitor.get(clean).json()
        assert (seen["actionType"], seen["redirectType"]) == ("Queue", "queue")


def test_nothing_secret_is_in_the_token(town: Town) -> None:
    """The queue ID is no request ID: with what a connector writes into logs, nobody gets in."""
    with browser() as visitor:
        back = served_place(town, visitor, "/local/tickets")
        queue_id = parse_qs(urlsplit(back).query)["queueittoken"][0].split("~q_")[1].split("~")[0]
        assert town.room.token(EVENT, queue_id).status_code == 404
        cookies = {cookie.value for cookie in visitor.cookies.jar}
        assert uuid.UUID(queue_id)
        assert queue_id not in cookies


def test_who_is_not_called_waits(town: Town) -> None:
    """The entrance leads to the room's page, with where to return to."""
    with browser() as visitor:
        town.room.join(EVENT)  # somebody in front
        asked = follow(visitor, f"{town.shop.url}/local/tickets").headers["location"]
        entrance = follow(visitor, to_the_room(town, asked)).headers["location"]
        page = follow(visitor, town.room.public_url + entrance).headers["location"]
        parts = urlsplit(page)
        assert parts.path == f"/room/{EVENT}"
        assert parse_qs(parts.query)["return"] == [f"{town.shop.url}/local/tickets"]


def test_a_refused_token_goes_round_once(town: Town) -> None:
    """A shop with another key sends everybody back; the room shows its page instead of circling."""
    with browser() as visitor:
        asked = follow(visitor, f"{town.stranger.url}/local/x").headers["location"]
        entrance = follow(visitor, to_the_room(town, asked)).headers["location"]
        error = follow(visitor, called(town, visitor, entrance)).headers["location"]
        assert "/error/hash/" in error
        entrance = follow(visitor, to_the_room(town, error)).headers["location"]
        said = parse_qs(urlsplit(entrance).query)
        assert said == {"return": [f"{town.stranger.url}/local/x"], "refused": ["signature"]}
        page = follow(visitor, town.room.public_url + entrance).headers["location"]
        assert urlsplit(page).path == f"/room/{EVENT}"


def test_the_site_ends_a_session(town: Town) -> None:
    """The connector's Cancel action: the session is completed here, the visitor goes back."""
    with browser() as visitor:
        follow(visitor, served_place(town, visitor, "/config/tickets"))
        assert COOKIE in visitor.cookies
        cancel = follow(visitor, f"{town.shop.url}/done").headers["location"]
        assert "/cancel/multiple/" in cancel
        done = follow(visitor, to_the_room(town, cancel)).headers["location"]
        assert done == f"{town.shop.url}/done"
        place = visitor.cookies[f"waitroom_place_{EVENT}"]
        assert town.room.token(EVENT, place).json()["code"] == "session_ended"


def entrance(town: Town, path: str, **query: str) -> httpx.Response:
    """What the room answers at an address of Queue-it's."""
    return town.room.public.get(path, params=query)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", {"c": "another", "e": QUEUE_EVENT}),
        ("/", {"c": CUSTOMER, "e": "another"}),
        ("/", {"c": CUSTOMER, "e": "plain"}),
        ("/", {"c": "", "e": ""}),
        ("/error/hash/", {"c": CUSTOMER, "e": "another"}),
        ("/cancel/multiple/another", {"wrl": QUEUE_EVENT}),
        (f"/cancel/{CUSTOMER}/another/", {"r": "https://evil.example/"}),
        (f"/cancel/multiple/{CUSTOMER}", {}),
    ],
)
def test_another_account_is_shown_a_page(town: Town, path: str, query: dict[str, str]) -> None:
    """Wrong customer, wrong event, an event without an account: 404 and a sentence."""
    answer = entrance(town, path, **query)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert "There is no such waiting room" in answer.text


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_is_no_open_redirect(town: Town, evil: str) -> None:
    """Whatever ``t`` and ``r`` say, nobody is sent to an address the event does not allow."""
    asked = entrance(town, "/", c=CUSTOMER, e=QUEUE_EVENT, t=evil)
    assert asked.headers["location"].startswith(f"/enter/{EVENT}?return=")
    refused = town.room.public.get(asked.headers["location"])
    assert refused.status_code == 400
    for path in (f"/cancel/{CUSTOMER}/{QUEUE_EVENT}/", f"/cancel/multiple/{CUSTOMER}"):
        answer = entrance(town, path, wrl=QUEUE_EVENT, r=evil)
        assert answer.status_code == 400
        assert "We cannot send you on" in answer.text


def test_a_long_address_is_refused(town: Town) -> None:
    """Before anything is made of it."""
    answer = entrance(town, "/", c=CUSTOMER, e=QUEUE_EVENT, t="https://a.example/" + "x" * 2048)
    assert answer.status_code == 400


def test_a_token_from_before_is_left_out(town: Town) -> None:
    """Sites that return to an address with the old token would otherwise never see the new one."""
    old = f"{town.shop.url}/local?queueittoken=e_x&a=1"
    asked = entrance(town, "/", c=CUSTOMER, e=QUEUE_EVENT, t=old)
    assert asked.headers["cache-control"] == "no-store"
    assert parse_qs(urlsplit(asked.headers["location"]).query)["return"] == [
        f"{town.shop.url}/local?a=1"
    ]


def test_the_older_connectors_cancel_too(town: Town) -> None:
    """Their address has the event in the path; a made-up queue ID ends nobody's session."""
    made_up = f"/cancel/{CUSTOMER}/{QUEUE_EVENT}/{uuid.UUID(int=7)}"
    for path in (f"/cancel/{CUSTOMER}/{QUEUE_EVENT}/", made_up):
        answer = entrance(town, path, r=f"{town.shop.url}/done")
        assert answer.headers["location"] == f"{town.shop.url}/done"


def test_so_many_at_once_are_cancelled_and_no_more(town: Town) -> None:
    """Each may be a write; what is named after the twentieth is not read."""
    for others, status in ((19, 303), (20, 404)):
        rooms = "_".join(["no-such-event~x"] * others + [QUEUE_EVENT])
        asked = {"wrl": rooms, "r": f"{town.shop.url}/done"}
        assert entrance(town, f"/cancel/multiple/{CUSTOMER}", **asked).status_code == status


def test_the_root_is_nothing_else(town: Town) -> None:
    """Without an account's names it is as before."""
    assert entrance(town, "/").json()["code"] == "not_found"
