"""The published connector and our tokens, both ways: it believes ours, we read what it writes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from waitroom.authorizer.knownuser import make, signature

from .running import COOKIE, CUSTOMER, QUEUE_EVENT, SECRET_KEY, ConnectorSite, connector_site

ROOM: Final = "queue.example"
QUEUE_ID: Final = "6fe83d41-9a2f-4d8f-9f50-d2d3ef9d4a77"
PATHS: Final = ("/local/tickets", "/config/tickets")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectorSite]:
    """A site behind the published connector."""
    with connector_site(ROOM, tmp_path_factory.mktemp("connector") / "node.log") as site:
        yield site


def token(**changes: object) -> str:
    """A token of ours."""
    fine: dict[str, object] = {
        "queue_event_id": QUEUE_EVENT,
        "secret_key": SECRET_KEY,
        "queue_id": QUEUE_ID,
        "now": int(time.time()),
    }
    return make(**{**fine, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("path", PATHS)
def test_the_connector_believes_our_token(site: ConnectorSite, path: str) -> None:
    """It sets its cookie, goes to the address without the token, and lets the visitor stay."""
    with site.visitor() as visitor:
        came = visitor.get(f"{path}?seats=2&queueittoken={token(valid_minutes=9)}")
        assert (came.status_code, came.headers["location"]) == (302, f"{site.url}{path}?seats=2")
        assert "FixedValidityMins%3D9" in came.cookies[COOKIE]
        stays = visitor.get(path)
        assert stays.json() == {"actionType": "Queue", "queueId": QUEUE_ID, "redirectType": "queue"}


def refused(site: ConnectorSite, path: str, bad: str) -> httpx.URL:
    """Where the connector sends somebody with a token it does not believe."""
    with site.visitor() as visitor:
        came = visitor.get(path, params={"queueittoken": bad})
        assert came.status_code == 302
        assert not came.cookies
        return httpx.URL(came.headers["location"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"secret_key": "another key"}, "hash"),
        ({"queue_event_id": "autumn2027"}, "eventid"),
        ({"now": 1_700_000_000}, "timestamp"),
    ],
    ids=["key", "event", "time"],
)
@pytest.mark.parametrize("path", PATHS)
def test_the_connector_refuses_what_is_not_right(
    site: ConnectorSite, path: str, changes: dict[str, object], why: str
) -> None:
    """Another key, another event, an old one: to the room, which is told which."""
    url = refused(site, path, token(**changes))
    assert (url.host, url.path) == (ROOM, f"/error/{why}/")
    assert url.params["t"] == f"{site.url}{path}"


def test_an_altered_token_is_refused(site: ConnectorSite) -> None:
    """One digit of the queue ID."""
    url = refused(site, PATHS[0], token().replace("6fe8", "7fe8"))
    assert url.path == "/error/hash/"


@pytest.mark.parametrize("path", PATHS)
def test_the_connector_sends_newcomers_to_the_room(site: ConnectorSite, path: str) -> None:
    """The address that our entrance has to read."""
    with site.visitor() as visitor:
        location = visitor.get(f"{path}?seats=2&row=a%26b").headers["location"]
    parts = urlsplit(location)
    said = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", ROOM, "/")
    assert (said["c"], said["e"]) == ([CUSTOMER], [QUEUE_EVENT])
    assert said["t"] == [f"{site.url}{path}?seats=2&row=a%26b"]
    assert set(said) == {"c", "e", "ver", "cver", "man", "cid", "l", "t"}


def test_its_signature_is_ours(site: ConnectorSite) -> None:
    """What the connector signs into its own cookie can be checked with our function."""
    with site.visitor() as visitor:
        came = visitor.get(PATHS[0], params={"queueittoken": token()})
        said = {name: values[0] for name, values in parse_qs(_plain(came.cookies[COOKIE])).items()}
    text = QUEUE_EVENT + said["QueueId"] + said["RedirectType"] + said["IssueTime"]
    assert said["Hash"] == signature(SECRET_KEY, text)


def _plain(value: str) -> str:
    return str(httpx.QueryParams(f"v={value}")["v"])
