"""A Python gate on Queue-it's tokens: it and the connectors believe each other's cookies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from waitroom.authorizer.knownuser import make
from waitroom.authorizer.knownuser_gate import Keep, KnownUserGate, Leave, Stay, decide_known_user

from .running import COOKIE, CUSTOMER, QUEUE_EVENT, SECRET_KEY, ConnectorSite, connector_site

QUEUE_ID: Final = "6fe83d41-9a2f-4d8f-9f50-d2d3ef9d4a77"
NOW: Final = int(time.time())
GATE: Final = KnownUserGate(
    customer_id=CUSTOMER,
    queue_event_id=QUEUE_EVENT,
    secret_key=SECRET_KEY,
    room_url="https://queue.example",
    site_url="https://shop.example",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectorSite]:
    """A site behind the published connector."""
    with connector_site("queue.example", tmp_path_factory.mktemp("gate") / "node.log") as site:
        yield site


def token(minutes: int | None = None, now: int = NOW) -> str:
    """A token of ours."""
    return make(QUEUE_EVENT, SECRET_KEY, queue_id=QUEUE_ID, now=now, valid_minutes=minutes)


def come(query: str = "", *cookies: str, now: int = NOW) -> Stay | Keep | Leave:
    """Ask for a page."""
    return decide_known_user(GATE, path="/buy", query=query, cookies=cookies, now=now)


def kept(minutes: int | None = None, now: int = NOW) -> str:
    """The cookie that the gate sets, as a browser sends it back."""
    answer = come(f"a=1&queueittoken={token(minutes, now)}&b=2", now=now)
    assert isinstance(answer, Keep)
    assert answer.location == "https://shop.example/buy?a=1&b=2"
    assert answer.max_age == 60 * (minutes or 20)
    return f"{GATE.cookie_name}={answer.value}"


def test_a_newcomer_goes_to_the_room() -> None:
    """At the address that a connector would have sent them to."""
    answer = come("a=1")
    assert isinstance(answer, Leave)
    parts = urlsplit(answer.location)
    assert (parts.netloc, parts.path) == ("queue.example", "/")
    assert parse_qs(parts.query) == {
        "c": [CUSTOMER],
        "e": [QUEUE_EVENT],
        "t": ["https://shop.example/buy?a=1"],
    }


def test_who_comes_with_a_token_stays() -> None:
    """For as long as the token says, or the gate if it does not."""
    for minutes, ends in ((None, 1200), (5, 300)):
        cookie = kept(minutes)
        assert come("", cookie, now=NOW + ends) == Stay(QUEUE_ID)
        assert isinstance(come("", cookie, now=NOW + ends + 1), Leave)


def test_who_is_in_is_not_turned_out_by_a_bad_token() -> None:
    """The cookie counts first."""
    assert come("queueittoken=bad", f"other=1; {kept()}") == Stay(QUEUE_ID)


@pytest.mark.parametrize(
    ("bad", "path"), [(f"x{token()}", "/error/hash/"), (token(now=1), "/error/timestamp/")]
)
def test_a_bad_token_is_told_to_the_room(bad: str, path: str) -> None:
    """In a connector's words, so that the room shows its page instead of sending back."""
    answer = come(f"queueittoken={bad}")
    assert isinstance(answer, Leave)
    assert urlsplit(answer.location).path == path
    assert "queueittoken" not in answer.location


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (QUEUE_ID, QUEUE_ID.replace("6", "7")),
        ("4a77%26FixedValidityMins%3D5", "4a7%26FixedValidityMins%3D75"),
        ("RedirectType%3Dqueue", "RedirectType%3Dqueu"),
        (QUEUE_EVENT, "autumn"),
        ("Hash%3D", "Hash%3D%C3%A9"),
        ("Hash%3D", "Hash%3D%25C3%25A9"),
    ],
    ids=["who", "moved", "why", "event", "hash", "hash encoded twice"],
)
def test_an_altered_cookie_counts_for_nothing(old: str, new: str) -> None:
    """Also where a digit moves from one value to the next and the hash stays the same."""
    name, _, value = kept(5).partition("=")
    assert old in value
    assert isinstance(come("", f"{name}={value.replace(old, new)}"), Leave)


def test_only_a_few_cookies_are_looked_at() -> None:
    """More of one name are planted."""
    planted = "; ".join(f"{GATE.cookie_name}=x{n}" for n in range(3))
    assert isinstance(come("", f"{planted}; {kept()}"), Leave)


def test_an_empty_key_lets_nobody_in() -> None:
    """The gate shows no key either."""
    assert SECRET_KEY not in repr(GATE)
    with pytest.raises(Exception, match="no secret key"):
        decide_known_user(
            replace(GATE, secret_key=""),
            path="/",
            query=f"queueittoken={token()}",
            cookies=(),
            now=NOW,
        )


def test_the_connector_believes_the_cookie_of_the_gate(site: ConnectorSite) -> None:
    """So that both can stand in front of one site while it moves."""
    with site.visitor() as visitor:
        cookie = kept(5, now=int(time.time()))
        answer = visitor.get("/local/tickets", headers={"cookie": cookie})
        assert answer.json() == {
            "actionType": "Queue",
            "queueId": QUEUE_ID,
            "redirectType": "queue",
        }


def test_the_gate_believes_the_cookie_of_the_connector(site: ConnectorSite) -> None:
    """As the connector wrote it."""
    with site.visitor() as visitor:
        visitor.get(f"/local/tickets?queueittoken={token(5, now=int(time.time()))}")
        cookie = f"{COOKIE}={visitor.cookies[COOKIE]}"
    assert come("", cookie, now=int(time.time())) == Stay(QUEUE_ID)
