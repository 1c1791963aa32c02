"""Who may make which private call: keys and scopes, signatures, the panel's session."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

import httpx
import pytest

# botocore carries no annotations.
from botocore.auth import SigV4Auth, SigV4QueryAuth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from api.served import Site
from waitroom.apikeys import SCOPES
from waitroom.control.api import CALLS

# A body that each call takes, as far as its input is concerned.
BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "/api/increment_serving_counter": {"increment_by": 0},
    "/api/generate_token": {"request_id": "01234567-89ab-cdef-0123-456789abcdef"},
    "/api/update_session": {"request_id": "01234567-89ab-cdef-0123-456789abcdef", "status": 1},
    "/api/events": {"validity_period": 0},
    "/api/keys": {"scopes": ["nothing"]},
    "/api/events/{event_id}": {"state": "open"},
    "/api/events/{event_id}/session": {"request_id": "01234567-89ab-cdef-0123-456789abcdef"},
    "/api/events/{event_id}/inlet/preview": {"kind": "manual"},
}
INCREMENT: Final = "/api/increment_serving_counter"
CALL_IDS: Final = [f"{call.method} {call.path}" for call in CALLS]


@pytest.fixture(scope="module")
def keys(site: Site) -> dict[str, str]:
    """One bearer key per scope."""
    return {scope: site.key(scope)["key"] for scope in SCOPES}


def send(site: Site, call: Any, headers: Mapping[str, str], event: str) -> httpx.Response:
    """One call of the table, with credentials of the test's own."""
    names = {"key_id": "nobody", "subscription_id": "nobody", "client_id": "nobody"}
    path = call.path.format(event_id=event, seq=1, **names)
    if call.method == "DELETE":  # of something that is not there
        path = path.replace(event, "nobody")
    given = {"event_id": event} | BODIES.get(call.path, {})
    how: dict[str, Any] = {"json": given} if call.takes_body else {"params": {"event_id": event}}
    with httpx.Client(base_url=site.control_url, verify=False) as client:
        return client.request(call.method, path, headers=headers, **how)


def bearer(key: str) -> dict[str, str]:
    """The header that a key is sent in."""
    return {"authorization": f"Bearer {key}"}


# --- keys and scopes


@pytest.mark.parametrize("call", CALLS, ids=CALL_IDS)
def test_every_scope_against_every_call(
    site: Site, keys: dict[str, str], event: str, call: Any
) -> None:
    """403 without the call's scope, and anything but 401 and 403 with it or with admin."""
    for scope, key in keys.items():
        answer = send(site, call, bearer(key), event)
        if scope in {call.scope, "admin"}:
            assert answer.status_code in {200, 201, 202, 400, 404, 409, 422}, answer.text
        else:
            assert answer.status_code == 403
            assert answer.json()["code"] == "forbidden"
            assert call.scope in answer.json()["error"]


@pytest.mark.parametrize("call", CALLS, ids=CALL_IDS)
def test_no_or_bad_credentials(site: Site, event: str, call: Any) -> None:
    """401 from every call, whatever is wrong, and before anything is said about the input."""
    good = site.admin_key
    bad = [
        "Bearer",
        "Bearer x",
        f"Bearer {good}x",
        f"Bearer {good[:-1]}",
        f"Bearer {good.upper()}",
        f"Bearer wr_{'a' * 12}_{'b' * 43}",
        f"Bearer {'x' * 5000}",
        f"Basic {good}",
        good,
        "AWS4-HMAC-SHA256 Credential=x",
    ]
    for headers in ({}, *({"authorization": value} for value in bad)):
        answer = send(site, call, headers, event)
        assert answer.status_code == 401, headers
        assert answer.json()["code"] == "unauthorized"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_revoked_key_is_none(site: Site) -> None:
    """401 from the next call on."""
    made = site.key("read")
    events = site.control_url + "/api/events"
    assert httpx.get(events, headers=bearer(made["key"])).status_code == 200
    site.control.delete(f"/api/keys/{made['key_id']}")
    assert httpx.get(events, headers=bearer(made["key"])).status_code == 401


def test_operators_change_state_and_message_only(
    site: Site, keys: dict[str, str], event: str
) -> None:
    """With ``operate`` an event is paused and its message set; any other field needs admin."""
    url = f"{site.control_url}/api/events/{event}"
    operator = bearer(keys["operate"])
    for good in ({"state": "paused"}, {"message": "Soon"}, {"state": "open", "message": ""}):
        assert httpx.patch(url, json=good, headers=operator).status_code == 200
    for field, value in (
        ("title", "x"),
        ("validity_period", 9),
        ("issuer", "https://a.example"),
        ("return_urls", ["https://a.example"]),
        ("allowed_origins", ["https://a.example"]),
        ("queue_position_expiry", False),
    ):
        answer = httpx.patch(url, json={"state": "paused", field: value}, headers=operator)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert site.control.get(f"/api/events/{event}").json()["state"] == "open"


# --- AWS Signature Version 4


class Signer:
    """A client of the old system: botocore, with an access key of ours."""

    def __init__(self, site: Site, *scopes: str) -> None:
        made = site.key(*scopes, sigv4=True)
        assert set(made) == {"key_id", "scopes", "access_key_id", "secret_access_key"}
        self.key_id = made["key_id"]
        self.base = site.control_url
        self._known = Credentials(made["access_key_id"], made["secret_access_key"])

    def signed(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        in_query: bool = False,
        skew: int = 0,
        region: str = "eu-west-1",
        service: str = "execute-api",
    ) -> Any:
        """The request as botocore signs it, by a clock that is ``skew`` seconds ahead."""
        made = AWSRequest(method, self.base + path, data=body)
        auth = SigV4QueryAuth if in_query else SigV4Auth
        when = datetime.now(UTC) + timedelta(seconds=skew)
        with patch("botocore.auth.get_current_datetime", return_value=when):
            auth(self._known, service, region).add_auth(made)
        return made

    def send(self, method: str, path: str, body: bytes = b"", **how: Any) -> httpx.Response:
        """Sign and send."""
        return deliver(self.signed(method, path, body, **how))


def deliver(made: Any, **changed: Any) -> httpx.Response:
    """Send a signed request, perhaps with something about it changed."""
    what = {"method": made.method, "url": made.url, "content": made.data}
    with httpx.Client(verify=False) as client:
        return client.request(headers=dict(made.headers), **(what | changed))


@pytest.fixture(scope="module")
def signer(site: Site) -> Signer:
    """A signing client that may operate and read."""
    return Signer(site, "operate", "read")


def test_signed_calls(signer: Signer, event: str) -> None:
    """Accepted for any region, within the key's scopes."""
    asked = f'{{"event_id": "{event}", "increment_by": 3}}'.encode()
    answer = signer.send("POST", INCREMENT, asked, region="us-east-1")
    assert answer.json() == {"serving_num": 3}
    answer = signer.send("POST", "/api/reset_initial_state", asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("in_query", [False, True], ids=["header", "query"])
def test_signed_questions(signer: Signer, event: str, in_query: bool) -> None:
    """Both forms are accepted; 401 with another query, path or method than was signed."""
    path = f"/api/num_active_tokens?event_id={event}"
    made = signer.signed("GET", path, in_query=in_query)
    assert deliver(made).json() == {"active_tokens": 0}
    for url in (
        made.url + "&x=1",
        made.url.replace(event, event[:-1]),
        made.url.replace("num_active_tokens", "expired_tokens"),
    ):
        assert deliver(made, url=url).status_code == 401
    assert deliver(made, method="HEAD").status_code == 401
    assert deliver(made, content=b"{}").status_code == 401
    assert signer.send("GET", path, in_query=in_query, service="s3").status_code == 401


def test_signed_for_something_else(signer: Signer, event: str) -> None:
    """401 for another body or path than what was signed; nothing has happened by then."""
    asked = f'{{"event_id": "{event}", "increment_by": 3}}'.encode()
    made = signer.signed("POST", INCREMENT, asked)
    for content in (asked.replace(b"3", b"9"), b"", asked + b" "):
        assert deliver(made, content=content).status_code == 401
    reset = made.url.replace("increment_serving_counter", "update_session")
    assert deliver(made, url=reset).status_code == 401
    assert deliver(made).json() == {"serving_num": 3}


def test_clocks_that_differ(signer: Signer) -> None:
    """Up to five minutes are forgiven in either direction, no more."""
    for skew, status in ((-290, 200), (290, 200), (-310, 401), (310, 401), (-86400, 401)):
        assert signer.send("GET", "/api/events", skew=skew).status_code == status


def test_a_revoked_access_key(site: Site) -> None:
    """401 from the next call on."""
    signer = Signer(site, "read")
    assert signer.send("GET", "/api/events").status_code == 200
    site.control.delete(f"/api/keys/{signer.key_id}")
    assert signer.send("GET", "/api/events").status_code == 401


# --- the panel's session


@contextmanager
def log_in(site: Site, key: str) -> Iterator[httpx.Client]:
    """A browser whose panel is logged in."""
    own_page = {"sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=site.control_url, headers=own_page) as client:
        answer = client.post("/session", json={"key": key})
        assert answer.status_code == 200, answer.text
        yield client


def test_the_cookie(site: Site) -> None:
    """Out of scripts' reach, for this site alone, for twelve hours; the key is not in it."""
    made = site.key("read")
    with log_in(site, made["key"]) as client:
        again = client.post("/session", json={"key": made["key"]})
        cookie = again.headers["set-cookie"]
        for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"):
            assert part in cookie.lower()
        assert made["key"] not in cookie
        assert made["key"].split("_", 2)[2] not in cookie
        who = client.get("/session").json()
        assert (who["name"], who["scopes"]) == ("of a test", ["read"])
        assert 0 <= time.time() + 43_200 - who["expires_at"] < 60
        assert client.get("/api/events").status_code == 200
        assert client.get("/api/keys").status_code == 403


def test_a_cookie_counts_only_for_our_own_pages(site: Site, event: str) -> None:
    """401 when another site's page uses the browser, by what browsers say of themselves."""
    with log_in(site, site.admin_key) as client:
        [cookie] = [f"{name}={value}" for name, value in client.cookies.items()]
    url = f"{site.control_url}/api/events/{event}"
    origin = {"origin": site.control_url}
    foreign: list[dict[str, str]] = [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": site.control_url + ".evil.example"},
        {"origin": site.public_url},  # the same machine, another port
        {"origin": site.control_url, "sec-fetch-site": "same-site"},
        {},
    ]
    for headers in foreign:
        answer = httpx.patch(url, json={"title": "x"}, headers={"cookie": cookie, **headers})
        assert answer.status_code == 401, headers
        login = httpx.post(
            f"{site.control_url}/session", json={"key": site.admin_key}, headers=headers
        )
        assert login.status_code == 401, headers
    for headers in ({"sec-fetch-site": "same-origin"}, origin):
        answer = httpx.patch(url, json={"title": "y"}, headers={"cookie": cookie, **headers})
        assert answer.status_code == 200
    cross = {"cookie": cookie, "sec-fetch-site": "cross-site"}
    for path in ("/session", "/stream", "/api/events"):
        assert httpx.get(site.control_url + path, headers=cross).status_code == 401
    assert httpx.delete(f"{site.control_url}/session", headers=cross).status_code == 401
    assert site.control.get(f"/api/events/{event}").json()["title"] == "y"


@pytest.mark.parametrize(
    "jar",
    [
        'prefs={"a": 1}; {ours}',
        "{ours}; prefs=a b, c",
        'q="; {ours}; =; ;x',
        "waitroom_panel2=x; {ours}",
        "\xff\xfe=\xe9;{ours}",
    ],
)
def test_cookies_of_other_programs(site: Site, jar: str) -> None:
    """All ports of a machine share one jar: what others put there locks nobody out."""
    with log_in(site, site.admin_key) as client:
        [(name, value)] = client.cookies.items()
    cookie = jar.replace("{ours}", f"{name}={value}").encode("latin-1")
    headers = {b"cookie": cookie, b"sec-fetch-site": b"same-origin"}
    assert httpx.get(f"{site.control_url}/session", headers=headers).status_code == 200


def test_a_form_of_another_site(site: Site, event: str) -> None:
    """What a page anywhere can have a browser send without asking: it does nothing."""
    with log_in(site, site.admin_key) as client:
        [cookie] = [f"{name}={value}" for name, value in client.cookies.items()]
    asked = f'{{"event_id": "{event}", "increment_by": 1, "x": "="}}'
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        for origin in ("https://evil.example", "null", site.public_url):
            headers = {"cookie": cookie, "origin": origin, "content-type": kind}
            answer = httpx.post(site.control_url + INCREMENT, content=asked, headers=headers)
            assert answer.status_code == 401
        # Browsers that say nothing of the origin are too old to be trusted with a change.
        headers = {"cookie": cookie, "content-type": kind}
        answer = httpx.post(site.control_url + INCREMENT, content=asked, headers=headers)
        assert answer.status_code == 401
    assert site.shown(event)["serving_counter"] == 0


def test_sessions_end(site: Site) -> None:
    """By logging out, also for whoever has a copy of the cookie; all of a key by revoking it."""
    made = site.key("read")
    with log_in(site, made["key"]) as client:
        copied = dict(client.cookies)
        assert client.delete("/session").status_code == 200
        assert client.get("/session").status_code == 401
        client.cookies.update(copied)
        for path in ("/session", "/stream", "/api/events"):
            assert client.get(path).status_code == 401
        again = client.delete("/session")
        assert (again.status_code, "max-age=0" in again.headers["set-cookie"].lower()) == (
            200,
            True,
        )
    with log_in(site, made["key"]) as client:
        assert client.get("/session").status_code == 200
        site.control.delete(f"/api/keys/{made['key_id']}")
        assert client.get("/session").status_code == 401
        assert client.get("/api/events").status_code == 401


@pytest.mark.parametrize(
    "cookie",
    [
        "waitroom_panel=x",
        "waitroom_panel=a.9999999999.b",
        "waitroom_panel=",
        "waitroom_panel=..",
        "waitroom_panel=" + "x" * 3000,
        'waitroom_panel="\\377\\000"',
        "=;;=\xff",
        "waitroom_panel=a.9999999999." + "A" * 43,
    ],
)
def test_cookies_that_are_forged(site: Site, cookie: str) -> None:
    """401, whatever is in the jar."""
    headers = {b"cookie": cookie.encode("latin-1"), b"sec-fetch-site": b"same-origin"}
    for path in ("/session", "/api/events"):
        assert httpx.get(site.control_url + path, headers=headers).status_code == 401


def test_a_session_whose_time_was_altered(site: Site) -> None:
    """The time of its end is under the signature."""
    with log_in(site, site.admin_key) as client:
        [(name, value)] = client.cookies.items()
    key_id, ends, name, mac = value.split(".")
    for forged in (
        f"{key_id}.{int(ends) + 9}.{name}.{mac}",
        f"{key_id[:-1]}0.{ends}.{name}.{mac[::-1]}",
        f"{key_id}.{ends}.{name[::-1]}.{mac}",
        f"{key_id}.{ends}.{mac}",
    ):
        headers = {"cookie": f"{name}={forged}", "sec-fetch-site": "same-origin"}
        assert httpx.get(f"{site.control_url}/session", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 400), (b"", 400), (b'{"key": 1}', 400), (b'{"key": "x"}', 401), (b"x" * 20_000, 400)],
)
def test_logins_that_fail(site: Site, body: bytes, status: int) -> None:
    """400 for what is no login, 401 for a wrong key; no cookie either way."""
    answer = httpx.post(
        f"{site.control_url}/session", content=body, headers={"sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "code"}
    assert "set-cookie" not in answer.headers
