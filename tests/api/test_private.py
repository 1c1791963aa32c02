"""The private API: what each call does. Who may make which call is in ``test_credentials.py``."""

import time
from typing import Any, Final

import httpx
import pytest

from api.served import Site
from waiting import wait_until_sync
from waitroom.tokens.verify import KeySet, verify

FORGED: Final = "01234567-89ab-cdef-0123-456789abcdef"
TOP: Final = 2**63 - 1
NO_PERIODS: Final[list[object]] = [0, -1, 10**12, 10**400, 1.5, True, "60", []]
NO_ISSUERS: Final[list[object]] = ["", "gate", "javascript:x", 1, "https://a b/", "x" * 9000]


def is_error(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether an answer is the contract's answer to that error; says what it is if not."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    return set(answer.json()) == {"error", "code"}


def call(site: Site, name: str, **asked: Any) -> httpx.Response:
    """A private call with a body."""
    return site.control.post(f"/api/{name}", json=asked)


def counters(site: Site, event: str) -> dict[str, Any]:
    """All that is counted of an event."""
    answer = site.control.get(f"/api/events/{event}/counters")
    assert answer.status_code == 200
    return dict(answer.json())


# --- increment_serving_counter


@pytest.mark.parametrize(
    ("by", "after"),
    [
        (1, 11),
        ("5", 15),
        ("+5", 15),
        ("-3", 7),
        (" 5 ", 15),
        (0, 10),
        ("0", 10),
        (-3, 7),
        (-10, 0),
        (-11, 0),
        ("-999999", 0),
        (-TOP - 1, 0),
        (TOP - 10, TOP),
        (TOP, TOP),
        (str(TOP), TOP),
    ],
)
def test_increments(site: Site, event: str, by: object, after: int) -> None:
    """A whole number within 64 bits or one in a string; the counter stays within 0 and 2^63-1."""
    site.advance(event, 10)
    answer = site.advance(event, by)
    assert (answer.status_code, answer.json()) == (200, {"serving_num": after})


@pytest.mark.parametrize(
    "by",
    [
        1.0,
        1.5,
        True,
        None,
        [],
        {},
        "",
        " ",
        "x",
        "1.0",
        "1e3",
        "0x10",
        "1_000",
        "\u0663",
        "--1",
        "+",
        TOP + 1,
        -TOP - 2,
        str(TOP + 1),
        10**400,
        str(10**400),
        "1 000",
        "\n1",
        "1\x00",
    ],
    ids=lambda by: ascii(by)[:20],
)
def test_increments_that_are_none(site: Site, event: str, by: object) -> None:
    """400 that names the field, and the counter stays."""
    answer = site.advance(event, by)
    assert is_error(answer, 400, "invalid_field")
    assert answer.json()["error"].startswith("increment_by: ")
    assert counters(site, event)["serving_counter"] == 0


def test_a_repeated_increment_counts_once(site: Site, event: str) -> None:
    """With one Idempotency-Key a retry answers where the counter stands and moves nothing."""
    key = {"idempotency-key": "batch-7"}
    assert site.advance(event, 5, **key).json() == {"serving_num": 5}
    assert site.advance(event, 5, **key).json() == {"serving_num": 5}
    assert site.advance(event, 5, **{"idempotency-key": "batch-8"}).json() == {"serving_num": 10}
    other = site.event()
    assert site.advance(other, 5, **key).json() == {"serving_num": 5}


@pytest.mark.parametrize("key", ["", "x" * 129, "a b"])
def test_idempotency_keys_that_are_none(site: Site, event: str, key: str) -> None:
    """400: a key that was cut or emptied on the way must not count as none."""
    answer = site.advance(event, 5, **{"idempotency-key": key})
    assert is_error(answer, 400, "invalid_field")
    assert counters(site, event)["serving_counter"] == 0


# --- generate_token


def test_issuer_and_validity_of_one_token(site: Site, event: str) -> None:
    """They hold for that token alone, and the first to ask decides."""
    place, other = (site.join(event)["api_request_id"] for _ in range(2))
    site.advance(event, 2)
    issuer = "https://gate.example/"
    named = {"event_id": event, "request_id": place}
    answer = call(site, "generate_token", **named, issuer=issuer, validity_period=60)
    assert answer.status_code == 200
    assert 55 <= answer.json()["expires_in"] <= 60
    keys = KeySet.from_jwks(site.public.get(f"/oidc/{event}/.well-known/jwks.json").json())
    now = time.time()
    claims = verify(answer.json()["access_token"], keys, event_id=event, issuer=issuer, now=now)
    assert claims.expires_at - claims.issued_at == 60
    assert site.token(event, place).json()["access_token"] == answer.json()["access_token"]
    plain = call(site, "generate_token", event_id=event, request_id=other).json()
    assert plain["expires_in"] > 3000
    verify(
        plain["access_token"],
        keys,
        event_id=event,
        issuer=f"{site.public_url}/oidc/{event}",
        now=time.time(),
    )


def test_issuer_and_validity_of_an_event(site: Site) -> None:
    """An event may name its issuer and how long its tokens live."""
    event = site.event(issuer="https://id.example/sale", validity_period=120)
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    tokens = site.token(event, place).json()
    assert 115 <= tokens["expires_in"] <= 120
    keys = KeySet.from_jwks(site.public.get(f"/oidc/{event}/.well-known/jwks.json").json())
    now = time.time()
    issuer = "https://id.example/sale"
    assert verify(tokens["access_token"], keys, event_id=event, issuer=issuer, now=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("validity_period", period) for period in NO_PERIODS),
        *(("issuer", issuer) for issuer in NO_ISSUERS),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_chosen_claims_that_are_none(site: Site, event: str, field: str, value: Any) -> None:
    """400 that names the field, and no token is counted."""
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    answer = call(site, "generate_token", event_id=event, request_id=place, **{field: value})
    assert is_error(answer, 400, "invalid_field")
    assert answer.json()["error"].startswith(f"{field}: ")
    assert counters(site, event)["token_counter"] == 0


def test_private_tokens_wait_as_public_ones(site: Site, event: str) -> None:
    """202, 400 and 404 as on the public plane."""
    place = site.join(event)["api_request_id"]
    token = "generate_token"
    assert is_error(call(site, token, event_id=event, request_id=place), 202, "not_served_yet")
    assert is_error(call(site, token, event_id=event, request_id=FORGED), 404, "request_unknown")
    assert is_error(call(site, token, event_id=event, request_id="x"), 400, "invalid_field")
    assert is_error(call(site, token, event_id="nobody", request_id=place), 400, "event_unknown")
    site.advance(event, 1)
    site.control.patch(f"/api/events/{event}", json={"state": "paused"})
    assert is_error(call(site, token, event_id=event, request_id=place), 202, "event_paused")


# --- update_session, num_active_tokens, expired_tokens


@pytest.mark.parametrize("status", [1, -1])
def test_a_session_ends_once(site: Site, event: str, status: int) -> None:
    """The record is answered; a second time is 404, whichever the status; it counts once."""
    place = site.admitted(event)
    answer = call(site, "update_session", event_id=event, request_id=place, status=status)
    record = answer.json()
    assert answer.status_code == 200
    assert (record["event_id"], record["request_id"]) == (event, place)
    assert (record["queue_number"], record["session_status"]) == (1, status)
    assert record["expires"] - record["issued_at"] == 3600
    for again in (1, -1):
        late = call(site, "update_session", event_id=event, request_id=place, status=again)
        assert is_error(late, 404, "session_unknown")
    at = counters(site, event)
    assert (at["completed_sessions"], at["abandoned_sessions"]) == (
        (1, 0) if status == 1 else (0, 1)
    )
    assert at["active_tokens"] == 0


def test_a_session_that_is_none(site: Site, event: str) -> None:
    """404 without a token or for a stranger's request ID; 400 for what is no status."""
    place = site.join(event)["api_request_id"]
    update = "update_session"
    assert is_error(
        call(site, update, event_id=event, request_id=place, status=1), 404, "session_unknown"
    )
    assert is_error(
        call(site, update, event_id=event, request_id=FORGED, status=1), 404, "request_unknown"
    )
    for status in (0, 2, "1", 1.0, True, None):
        answer = call(site, update, event_id=event, request_id=place, status=status)
        assert is_error(answer, 400, "invalid_field")
        assert answer.json()["error"].startswith("status: ")


def test_active_tokens(site: Site, event: str) -> None:
    """Tokens that are neither expired nor ended."""
    places = [site.admitted(event) for _ in range(3)]
    call(site, "update_session", event_id=event, request_id=places[0], status=1)
    answer = site.control.get("/api/num_active_tokens", params={"event_id": event})
    assert answer.json() == {"active_tokens": 2}


def test_expired_tokens_in_pages(site: Site) -> None:
    """Oldest first, none twice; ``after`` goes on behind a request ID."""
    event = site.event(validity_period=1)
    places = [site.admitted(event) for _ in range(5)]
    params: dict[str, str | int] = {"event_id": event}

    def expired() -> list[str]:
        return list(site.control.get("/api/expired_tokens", params=params).json())

    wait_until_sync(lambda: len(expired()) == 5, description="five tokens expire")
    assert expired() == places
    params["limit"] = 2
    assert expired() == places[:2]
    params["after"] = places[1]
    assert expired() == places[2:4]
    params["after"] = places[4]
    assert expired() == []
    assert site.control.get("/api/num_active_tokens", params={"event_id": event}).json() == {
        "active_tokens": 0
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "x"),
        ("limit", "100001"),
        ("limit", "1.5"),
        ("after", ""),
        ("after", "x"),
    ],
)
def test_pages_that_are_none(site: Site, event: str, field: str, value: str) -> None:
    """400 that names the parameter."""
    params = {"event_id": event, field: value}
    answer = site.control.get("/api/expired_tokens", params=params)
    assert is_error(answer, 400, "invalid_field")
    assert answer.json()["error"].startswith(f"{field}: ")


@pytest.mark.parametrize("name", ["num_active_tokens", "expired_tokens"])
def test_questions_about_no_event(site: Site, name: str) -> None:
    """400, as on the public plane."""
    answer = site.control.get(f"/api/{name}", params={"event_id": "nobody"})
    assert is_error(answer, 400, "event_unknown")
    assert is_error(site.control.get(f"/api/{name}"), 400, "invalid_field")


@pytest.mark.parametrize("name", ["increment_serving_counter", "reset_initial_state"])
def test_commands_about_no_event(site: Site, name: str) -> None:
    """400, as in the system we replace."""
    assert is_error(call(site, name, event_id="nobody", increment_by=1), 400, "event_unknown")


# --- events


def test_the_life_of_an_event(site: Site) -> None:
    """Created, listed, read, changed, deleted; gone everywhere afterwards."""
    event = site.event(title="One")
    path = f"/api/events/{event}"
    assert site.control.get(path).json()["title"] == "One"
    assert event in [e["event_id"] for e in site.control.get("/api/events").json()]
    changed = site.control.patch(path, json={"title": "Two", "validity_period": 60})
    assert (changed.status_code, changed.json()["title"]) == (200, "Two")
    assert site.control.get(path).json() == changed.json()
    place = site.join(event)["api_request_id"]
    assert site.control.delete(path).status_code == 200
    for method in ("GET", "DELETE"):
        assert is_error(site.control.request(method, path), 404, "event_not_found")
    assert is_error(site.control.patch(path, json={}), 404, "event_not_found")
    wait_until_sync(
        lambda: site.token(event, place).status_code == 400, description="all workers know"
    )


def test_an_event_of_the_same_name_later(site: Site) -> None:
    """Request IDs of the deleted event open nothing in the new one."""
    event = site.event()
    place = site.admitted(event)
    site.control.delete(f"/api/events/{event}")
    site.event(event_id=event)
    assert counters(site, event)["queue_counter"] == 0
    wait_until_sync(
        lambda: site.token(event, place).status_code == 404, description="all workers know"
    )


def test_an_event_that_exists(site: Site, event: str) -> None:
    """409, and the one there is stays as it is."""
    again = site.control.post("/api/events", json={"event_id": event, "title": "Another"})
    assert is_error(again, 409, "event_exists")
    assert site.control.get(f"/api/events/{event}").json()["title"] == ""


BAD_SETTINGS: Final[list[tuple[str, object, int]]] = [
    ("validity_period", 0, 422),
    ("validity_period", 10**12, 422),
    ("queue_position_expiry_period", -1, 422),
    ("title", "x" * 3000, 422),
    ("title", "a\x00b", 422),
    ("message", "\x1b[31m", 422),
    ("issuer", "not a url", 422),
    ("target_url", "javascript:alert(1)", 422),
    ("return_urls", ["//evil.example"], 422),
    ("return_urls", ["https://a.example"] * 51, 422),
    ("allowed_origins", ["https://a.example/path"], 422),
    ("allowed_origins", ["null"], 422),
    ("validity_period", "60", 400),
    ("validity_period", 1.5, 400),
    ("validity_period", True, 400),
    ("validity_period", 10**400, 422),
    ("queue_position_expiry", "true", 400),
    ("queue_position_expiry", 1, 400),
    ("state", "gone", 400),
    ("state", None, 400),
    ("title", None, 400),
    ("return_urls", "https://a.example", 400),
    ("allowed_origins", [1], 400),
]


@pytest.mark.parametrize(
    ("field", "value", "status"), BAD_SETTINGS, ids=lambda value: ascii(value)[:20]
)
def test_settings_that_are_refused(
    site: Site, event: str, field: str, value: object, status: int
) -> None:
    """422 for a value that is not acceptable, 400 for the wrong type; both name the field."""
    code = {422: "invalid_setting", 400: "invalid_field"}[status]
    before = site.control.get(f"/api/events/{event}").json()
    for answer in (
        site.control.patch(f"/api/events/{event}", json={field: value}),
        site.control.post("/api/events", json={"event_id": event + "-new", field: value}),
    ):
        assert is_error(answer, status, code)
        assert answer.json()["error"].startswith(field)
    assert site.control.get(f"/api/events/{event}").json() == before
    assert site.control.get(f"/api/events/{event}-new").status_code == 404


def test_text_of_any_script(site: Site) -> None:
    """Titles and messages come back as they were written, right to left as well."""
    title = "\u0628\u064a\u0639 \u202eabc\u202c \U0001f39f é"
    event = site.event(title=title, message="\u05de\u05db\u05d9\u05e8\u05d4\nx")
    assert site.shown(event, "status")["title"] == title
    assert title[:5] in site.public.get(f"/room/{event}").text


def test_names_that_are_none(site: Site) -> None:
    """An event with a bad ID is 400 on creation and 404 in a path."""
    assert is_error(
        site.control.post("/api/events", json={"event_id": "a b"}), 400, "invalid_field"
    )
    for name in ("a%20b", "%00", "%ff", "%ed%a0%80", "x" * 100):
        for method in ("GET", "PATCH", "DELETE"):
            body = b"{}" if method == "PATCH" else None
            answer = site.control.request(method, f"/api/events/{name}", content=body)
            assert is_error(answer, 404, "event_not_found")
    assert is_error(site.control.get("/api/events/a%2Fb"), 404, "not_found")


def test_counters_and_curves(site: Site, event: str) -> None:
    """The numbers of an event and its two curves, which end where the counters stand."""
    for _ in range(3):
        site.join(event)
    site.advance(event, 2)
    at = counters(site, event)
    assert (at["queue_counter"], at["serving_counter"], at["waiting_num"]) == (3, 2, 3)
    assert at["state"] == "open"
    curves = site.control.get(f"/api/events/{event}/curves").json()
    assert curves["arrivals"][-1][1] == 3
    assert curves["servings"][-1][1] == 2
    late = site.control.get(f"/api/events/{event}/curves", params={"since": at["now"] + 60})
    assert late.json()["arrivals"] == []
    for bad in ({"since": "x"}, {"since": "-1"}, {"limit": "0"}, {"limit": "10001"}):
        answer = site.control.get(f"/api/events/{event}/curves", params=bad)
        assert is_error(answer, 400, "invalid_field")
    for path in ("counters", "curves"):
        answer = site.control.get(f"/api/events/nobody/{path}")
        assert is_error(answer, 404, "event_not_found")


# --- reset


def test_a_reset_voids_what_was(site: Site, event: str) -> None:
    """Counters at 0, old request IDs 404 on every worker for every call, new places from 1 on."""
    place, waiting = site.admitted(event), site.join(event)["api_request_id"]
    answer = call(site, "reset_initial_state", event_id=event)
    assert answer.status_code == 200
    assert event in answer.json()["message"]
    assert counters(site, event)["queue_counter"] == 0
    for old in (place, waiting):
        assert is_error(site.token(event, old), 404, "request_unknown")
        late = call(site, "update_session", event_id=event, request_id=old, status=1)
        assert is_error(late, 404, "request_unknown")
    assert site.join(event)["queue_number"] == 1


# --- paths, methods, CORS


def test_paths_and_methods(site: Site) -> None:
    """404 for what is not there, 405 with Allow for what is."""
    for path in ("/api/", "/api/nothing", "/api/events/", "/api/events/a/b/c", "/api/keys/"):
        assert is_error(site.control.get(path), 404, "not_found")
    for method, path, allowed in (
        ("GET", "/api/update_session", "POST, OPTIONS"),
        ("PUT", "/api/events", "GET, POST, OPTIONS"),
        ("POST", "/api/events/x", "GET, PATCH, DELETE, OPTIONS"),
    ):
        answer = site.control.request(method, path)
        assert is_error(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == allowed


def test_preflights(site: Site) -> None:
    """Answered without credentials, with every method of the path and the headers of both ways."""
    answer = httpx.options(
        f"{site.control_url}/api/events/x",
        headers={"origin": "https://ops.example", "access-control-request-method": "PATCH"},
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"]
    for name in ("authorization", "content-type", "x-amz-date", "x-amz-security-token"):
        assert name in allowed
    assert "access-control-allow-credentials" not in answer.headers


# --- keys


def test_the_life_of_a_key(site: Site) -> None:
    """Shown once, listed without its secret, revoked for good."""
    made = site.key("operate", "read")
    assert set(made) == {"key_id", "scopes", "key"}
    listing = site.control.get("/api/keys")
    assert made["key"] not in listing.text
    [listed] = [k for k in listing.json() if k["key_id"] == made["key_id"]]
    assert listed["scopes"] == ["read", "operate"]
    assert (listed["revoked_at"], listed["sigv4"]) == (None, False)
    path = f"/api/keys/{made['key_id']}"
    assert site.control.delete(path).status_code == 200
    assert is_error(site.control.delete("/api/keys/nobody"), 404, "key_unknown")
    [listed] = [k for k in site.control.get("/api/keys").json() if k["key_id"] == made["key_id"]]
    assert listed["revoked_at"] is not None


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"scopes": []},
        {"scopes": ["root"]},
        {"scopes": "admin"},
        {"scopes": ["read"], "name": "x" * 101},
        {"scopes": ["read"], "name": "a\nb"},
        {"scopes": ["read"], "sigv4": "yes"},
    ],
)
def test_keys_that_are_refused(site: Site, asked: dict[str, Any]) -> None:
    """400 that names the field."""
    assert is_error(site.control.post("/api/keys", json=asked), 400, "invalid_field")
