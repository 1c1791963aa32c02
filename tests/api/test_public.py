"""The public API as clients of the old system and browsers meet it: every call, every status."""

import re
from typing import Any

import httpx
import pytest

from api.served import Site
from waiting import wait_until_sync
from waitroom.public.api import CALLS, Call
from waitroom.tokens.verify import KeySet, verify

REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FORGED = "01234567-89ab-cdef-0123-456789abcdef"
ABOUT_EVENTS = ("serving_num", "waiting_num", "status", "public_key")
ABOUT_PLACES = ("queue_num", "queue_pos_expiry", "leave")
NAMES = dict.fromkeys(call.name for call in CALLS)
every_call = pytest.mark.parametrize(
    "call", CALLS, ids=[f"{call.method} {call.name}" for call in CALLS]
)


def ask(site: Site, name: str, event_id: str, request_id: str | None = None) -> httpx.Response:
    """One call by its name, whichever way it takes its input."""
    given = {"event_id": event_id} | ({"request_id": request_id} if request_id else {})
    call = next(call for call in CALLS if call.name == name)
    return site.public.request(call.method, call.path, **_input(call, given))


def _input(call: Call, given: dict[str, str]) -> dict[str, Any]:
    return {"json" if call.method == "POST" else "params": given}


def is_error(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether an answer is the contract's answer to that error; says what it is if not."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    return set(answer.json()) == {"error", "code"} and len(answer.json()["error"]) > 10


# --- what each call answers


def test_joining_gives_a_place(site: Site, event: str) -> None:
    """The first answer holds the place: names and types of the contract, numbers from 1 on."""
    first, second = site.join(event), site.join(event)
    assert set(first) == {"api_request_id", "queue_number", "entry_time", "serving_counter"}
    assert REQUEST_ID.fullmatch(first["api_request_id"])
    assert (first["queue_number"], second["queue_number"]) == (1, 2)
    assert first["serving_counter"] == 0
    assert type(first["entry_time"]) is int


def test_queue_num_reads_the_place(site: Site, event: str) -> None:
    """The place of a request ID is the one that joining answered."""
    place = site.join(event)
    answer = ask(site, "queue_num", event, place["api_request_id"])
    assert answer.json() == {
        "queue_number": place["queue_number"],
        "entry_time": place["entry_time"],
        "event_id": event,
        "status": 1,
    }
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["queue_num", "queue_pos_expiry"])
def test_a_place_is_asked_for_with_a_body_too(site: Site, event: str, name: str) -> None:
    """The same answer, with the request ID in no URL."""
    place = site.join(event)["api_request_id"]
    with_body = site.public.post(
        f"/api/{name}",
        json={"event_id": event, "request_id": place},
        headers={"origin": "http://x"},
    )
    assert with_body.json() == ask(site, name, event, place).json()
    assert with_body.headers["access-control-allow-origin"] == "*"
    assert with_body.headers["cache-control"] == "no-store"


def test_counters_follow(site: Site, event: str) -> None:
    """Serving and waiting numbers are whole numbers that are right within a moment."""
    for _ in range(3):
        site.join(event)
    site.advance(event, 2)
    wait_until_sync(
        lambda: site.shown(event) == {"serving_counter": 2}, description="the serving counter"
    )
    wait_until_sync(
        lambda: site.shown(event, "waiting_num") == {"waiting_num": 3}, description="who waits"
    )


def test_status_has_all_that_the_page_shows(site: Site) -> None:
    """One answer, the same for everybody: names and types."""
    event = site.event(title="Spring sale", message="Doors open at ten.")
    shown = site.shown(event, "status")
    types = {name: type(value) for name, value in shown.items()}
    assert types == {
        "event_id": str,
        "epoch": int,
        "state": str,
        "serving_counter": int,
        "queue_counter": int,
        "waiting_num": int,
        "served_per_second": float,
        "title": str,
        "message": str,
        "message_html": str,
        "opens_at": int,
        "expiry_period": int,
        "validity_period": int,
        "now": int,
        "wait": list,
        "wait_changed": dict,
        "rates": dict,
    }
    assert (shown["title"], shown["message"]) == ("Spring sale", "Doors open at ten.")
    assert shown["state"] == "open"


def test_tokens_of_a_called_place(site: Site, event: str) -> None:
    """Three tokens that the published keys verify, each of its use, with the contract's claims."""
    place = site.join(event)
    site.advance(event, 1)
    answer = site.token(event, place["api_request_id"])
    tokens = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert tokens["token_type"] == "Bearer"
    assert 3595 <= tokens["expires_in"] <= 3600
    keys = KeySet.from_jwks(site.public.get(f"/oidc/{event}/.well-known/jwks.json").json())
    for use in ("access", "refresh", "id"):
        claims = verify(
            tokens[f"{use}_token"],
            keys,
            event_id=event,
            issuer=f"{site.public_url}/oidc/{event}",
            now=place["entry_time"] + 5,
            token_use=use,
        )
        assert claims.request_id == place["api_request_id"]
        assert claims.queue_position == place["queue_number"]
        assert claims.expires_at - claims.issued_at == 3600


def test_tokens_asked_for_again_are_the_same(site: Site, event: str) -> None:
    """RS256 is deterministic: the same claims are the same bytes."""
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    first, second = (site.token(event, place).json() for _ in range(2))
    assert first["access_token"] == second["access_token"]
    assert second["expires_in"] <= first["expires_in"]


def test_public_key_is_the_one_that_signs(site: Site, event: str) -> None:
    """A public JWK, nothing private in it, named in the head of every token."""
    answer = ask(site, "public_key", event)
    assert set(answer.json()) == {"kty", "alg", "kid", "n", "e"}
    assert (answer.json()["kty"], answer.json()["alg"]) == ("RSA", "RS256")
    assert answer.headers["cache-control"] == "public, max-age=300"
    jwks = site.public.get(f"/oidc/{event}/.well-known/jwks.json")
    assert jwks.headers["cache-control"] == "public, max-age=300"
    assert jwks.headers["access-control-allow-origin"] == "*"
    [key] = jwks.json()["keys"]
    assert key["kid"] == answer.json()["kid"]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)


def test_expiry_counts_down_from_the_call(site: Site, event: str) -> None:
    """202 before the place is called, then what is left of the period."""
    place = site.join(event)["api_request_id"]
    assert is_error(ask(site, "queue_pos_expiry", event, place), 202, "not_served_yet")
    site.advance(event, 1)
    left = ask(site, "queue_pos_expiry", event, place).json()["expires_in"]
    assert 895 <= left <= 900


def test_expiry_that_is_off(site: Site) -> None:
    """202 with a code of its own for an event whose places do not expire."""
    event = site.event(queue_position_expiry=False)
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    assert is_error(ask(site, "queue_pos_expiry", event, place), 202, "expiry_disabled")


def test_a_place_not_taken_up_expires(site: Site) -> None:
    """410 from both calls, and the place no longer counts as waiting."""
    event = site.event(queue_position_expiry_period=1)
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    wait_until_sync(
        lambda: ask(site, "queue_pos_expiry", event, place).status_code == 410,
        description="the place expires",
    )
    assert is_error(ask(site, "queue_pos_expiry", event, place), 410, "place_expired")
    assert is_error(site.token(event, place), 410, "place_expired")
    wait_until_sync(
        lambda: site.shown(event, "waiting_num")["waiting_num"] == 0, description="the sweep"
    )


def test_too_early_for_a_token(site: Site, event: str) -> None:
    """202, before the counter moved and when it stands one short."""
    site.join(event)
    second = site.join(event)["api_request_id"]
    assert is_error(site.token(event, second), 202, "not_served_yet")
    site.advance(event, 1)
    assert is_error(site.token(event, second), 202, "not_served_yet")


@pytest.mark.parametrize("status", [1, -1])
def test_an_ended_session_yields_no_token(site: Site, event: str, status: int) -> None:
    """410 after update_session, whether completed or abandoned."""
    place = site.admitted(event)
    asked = {"event_id": event, "request_id": place, "status": status}
    assert site.control.post("/api/update_session", json=asked).status_code == 200
    assert is_error(site.token(event, place), 410, "session_ended")


def test_a_paused_event_lets_nobody_in(site: Site, event: str) -> None:
    """202 with a code of its own; newcomers still get a place; the time of the called stops."""
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    site.control.patch(f"/api/events/{event}", json={"state": "paused"})
    assert is_error(site.token(event, place), 202, "event_paused")
    assert site.join(event)["queue_number"] == 2
    left = [ask(site, "queue_pos_expiry", event, place).json()["expires_in"]]
    now = site.shown(event, "status")["now"]
    wait_until_sync(
        lambda: site.shown(event, "status")["now"] >= now + 2, description="two seconds pass"
    )
    left.append(ask(site, "queue_pos_expiry", event, place).json()["expires_in"])
    assert left[0] == left[1]
    site.control.patch(f"/api/events/{event}", json={"state": "open"})
    assert site.token(event, place).status_code == 200


def test_a_closed_event_takes_nobody_new(site: Site, event: str) -> None:
    """403 for newcomers; those in line go on to their token."""
    place = site.join(event)["api_request_id"]
    site.control.patch(f"/api/events/{event}", json={"state": "closed"})
    assert is_error(ask(site, "assign_queue_num", event), 403, "event_closed")
    assert ask(site, "queue_num", event, place).status_code == 200
    site.advance(event, 1)
    assert site.token(event, place).status_code == 200
    wait_until_sync(
        lambda: site.shown(event, "status")["state"] == "closed", description="the state is shown"
    )


def test_a_sold_out_event_takes_and_lets_in_nobody(site: Site, event: str) -> None:
    """403 for newcomers, 202 for the called, whose time stops; sessions go on; it can be undone."""
    inside = site.admitted(event)
    place = site.join(event)["api_request_id"]
    site.advance(event, 1)
    site.control.patch(f"/api/events/{event}", json={"state": "sold_out"})
    assert is_error(ask(site, "assign_queue_num", event), 403, "event_sold_out")
    assert is_error(site.token(event, place), 202, "event_sold_out")
    asked = {"event_id": event, "request_id": place, "return_url": ""}
    handed = site.public.post("/api/hand_over", json=asked)
    assert is_error(handed, 202, "event_sold_out")
    assert site.token(event, inside).status_code == 200
    wait_until_sync(
        lambda: site.shown(event, "status")["state"] == "sold_out", description="the state is shown"
    )
    site.control.patch(f"/api/events/{event}", json={"state": "open"})
    assert site.token(event, place).status_code == 200


def test_an_event_opens_in_its_time(site: Site) -> None:
    """403 before, with the seconds until then; who was in line before it was moved goes on."""
    event = site.event()
    place = site.join(event)["api_request_id"]
    opens_at = site.shown(event, "status")["now"] + 600
    site.control.patch(f"/api/events/{event}", json={"opens_at": opens_at})
    refused = ask(site, "assign_queue_num", event)
    assert is_error(refused, 403, "event_not_open")
    assert 590 <= int(refused.headers["retry-after"]) <= 600
    site.advance(event, 1)
    assert site.token(event, place).status_code == 200
    site.control.patch(f"/api/events/{event}", json={"opens_at": opens_at - 601})
    assert site.join(event)["queue_number"] == 2


# --- errors


# A code for an event that is not there is a code that was not made here.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "redeem"])
def test_an_event_that_is_not_there(site: Site, name: str) -> None:
    """400 from every call, not 404: clients of the old system look for it."""
    assert is_error(ask(site, name, "no-such-event", FORGED), 400, "event_unknown")


@every_call
def test_input_that_is_missing(site: Site, call: Call) -> None:
    """400 that names the field."""
    answer = site.public.request(call.method, call.path, **_input(call, {}))
    assert is_error(answer, 400, "invalid_field")
    assert answer.json()["error"] == "event_id: missing"


@pytest.mark.parametrize("name", [*ABOUT_PLACES, "generate_token"])
def test_request_ids_of_nobody(site: Site, event: str, name: str) -> None:
    """404 for a forged one and for one of another event; 400 for what has not the form."""
    stranger = site.join(site.event())["api_request_id"]
    for unknown in (FORGED, stranger, stranger.upper(), "_" * 8 + FORGED[8:]):
        assert is_error(ask(site, name, event, unknown), 404, "request_unknown")
    for bad in ("x", FORGED + "0", FORGED + "\n", FORGED.replace("-", ""), "é" * 36, "\u0660" * 8):
        assert is_error(ask(site, name, event, bad), 400, "invalid_field")


@pytest.mark.parametrize("name", ["queue_num", "queue_pos_expiry", "generate_token"])
def test_a_place_without_its_request_id(site: Site, event: str, name: str) -> None:
    """400 that names the request ID."""
    answer = ask(site, name, event)
    assert is_error(answer, 400, "invalid_field")
    assert answer.json()["error"].startswith("request_id: ")


def test_event_ids_match_as_a_whole(site: Site) -> None:
    """Neither a prefix nor something longer is the event."""
    event = site.event()
    for other in (event[:-1], event + "x", event.upper()):
        assert is_error(ask(site, "serving_num", other), 400, "event_unknown")
        assert is_error(ask(site, "assign_queue_num", other), 400, "event_unknown")


def test_unknown_paths(site: Site) -> None:
    """404 with the error body and, below /api, readable by any page."""
    for path in ("/api/", "/api/nothing", "/api/serving_num/", "/api//serving_num", "/api/%ff"):
        assert is_error(site.public.get(path), 404, "not_found")
    assert site.public.get("/nothing").json()["code"] == "not_found"


@pytest.mark.parametrize("name", NAMES)
def test_wrong_methods(site: Site, name: str) -> None:
    """405 that says which methods are right."""
    takes = [call.method for call in CALLS if call.name == name]
    right = [one for one in ("GET", "HEAD", "POST") if one.replace("HEAD", "GET") in takes]
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "BREW"} - set(right):
        answer = site.public.request(method, f"/api/{name}")
        assert is_error(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == ", ".join([*right, "OPTIONS"])


def test_pages_refuse_wrong_methods_too(site: Site) -> None:
    """405 with Allow outside of the API as well."""
    answer = site.public.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["code"] == "method_not_allowed"


# --- caching


@pytest.mark.parametrize("name", ["serving_num", "waiting_num", "status"])
def test_shared_answers_have_an_entity_tag(site: Site, event: str, name: str) -> None:
    """Cached for a second; 304 without a body for who has it; HEAD has the same headers."""
    params = {"event_id": event}
    full = site.public.get(f"/api/{name}", params=params)
    assert full.headers["cache-control"] == "public, max-age=1"
    tag = full.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]+"', tag)
    head = site.public.head(f"/api/{name}", params=params)
    assert head.content == b""
    assert head.headers["content-length"] == str(len(full.content))
    if name == "status":  # it holds the time, so its tag may have changed meanwhile
        return
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = site.public.get(f"/api/{name}", params=params, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "public, max-age=1"
        assert again.headers["access-control-allow-origin"] == "*"
    other = site.public.get(f"/api/{name}", params=params, headers={"if-none-match": '"x"'})
    assert other.status_code == 200


def test_the_same_bytes_for_all(site: Site, event: str) -> None:
    """What caches keep does not depend on who asks."""
    one = site.public.get("/api/serving_num", params={"event_id": event})
    other = site.public.get(
        "/api/serving_num",
        params={"event_id": event},
        headers={"cookie": "a=b", "origin": "https://shop.example", "accept-language": "fr"},
    )
    assert one.content == other.content
    assert one.headers["etag"] == other.headers["etag"]
    assert "vary" not in other.headers
    assert "set-cookie" not in other.headers


# --- CORS


@every_call
def test_preflights(site: Site, call: Call) -> None:
    """Answered with the method and content-type, never with credentials."""
    answer = site.public.options(
        call.path,
        headers={
            "origin": "https://shop.example",
            "access-control-request-method": call.method,
            "access-control-request-headers": "content-type",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert call.method in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_only_the_origins_that_the_event_names(site: Site) -> None:
    """Each of a list is answered by name and no other; caches are told that it varies."""
    event = site.event(allowed_origins=["https://shop.example", "https://www.shop.example"])
    good, evil = "https://shop.example", "https://shop.example.evil.example"
    for _ in range(4):  # whichever worker answers, also as the first thing it is asked
        fresh = site.event(allowed_origins=["https://shop.example"])
        answer = site.public.post(
            "/api/assign_queue_num", json={"event_id": fresh}, headers={"origin": evil}
        )
        assert "access-control-allow-origin" not in answer.headers
    for name in ("serving_num", "status", "queue_num"):
        for origin, allowed in ((good, good), (evil, None), (None, None)):
            answer = site.public.get(
                f"/api/{name}",
                params={"event_id": event, "request_id": FORGED},
                headers={"origin": origin} if origin else {},
            )
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert answer.headers["vary"] == "origin"
            assert "access-control-allow-credentials" not in answer.headers


# --- pages


def test_the_room(site: Site) -> None:
    """The page, for the event's target and for return URLs under those that it allows."""
    event = site.event(
        title="A <b>sale</b>",
        target_url="https://shop.example/go",
        return_urls=["https://shop.example/tickets"],
    )
    page = site.public.get(f"/room/{event}")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "A &lt;b&gt;sale&lt;/b&gt;" in page.text
    assert 'data-return-url="https://shop.example/go"' in page.text
    good = "https://shop.example/tickets/7?seat=1"
    page = site.public.get(f"/room/{event}", params={"return": good})
    assert f'data-return-url="{good}"' in page.text


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "javascript:alert(1)",
        "//evil.example",
        "https://shop.example.evil.example/tickets",
        "https://shop.example@evil.example/tickets",
        "https://shop.example/tickets/../admin",
        "https://shop.example/tickets\\@evil.example",
        "https://shop.example/ticketsx",
        "http://shop.example/tickets",
        "https://shop.example/tickets\r\nset-cookie: a=b",
        "a" * 3000,
    ],
)
def test_the_room_sends_nobody_astray(site: Site, evil: str) -> None:
    """400 with a page for people, which does not lead there."""
    event = site.event(return_urls=["https://shop.example/tickets"])
    page = site.public.get(f"/room/{event}", params={"return": evil})
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("text/html")
    assert evil[:40] not in page.text


@pytest.mark.parametrize("name", ["nobody", "%00", "%ff", "a%20b", "x" * 200, "..%2f..%2fsecret"])
def test_rooms_that_are_not_there(site: Site, name: str) -> None:
    """404, and nothing of what was asked comes back."""
    page = site.public.get(f"/room/{name}")
    assert page.status_code == 404


def test_headers_of_pages(site: Site, event: str) -> None:
    """Nothing from elsewhere, nothing inline, in nobody's frame, and no referrer."""
    page = site.public.get(f"/room/{event}")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"


def test_health(site: Site) -> None:
    """Alive and ready, for GET and for HEAD, on both planes."""
    for plane in (site.public, site.control):
        for path in ("/healthz", "/readyz"):
            assert plane.get(path).status_code == 200
            assert plane.head(path).status_code == 200


def test_keys_of_no_event(site: Site) -> None:
    """404, not an empty set that a gate might keep."""
    for name in ("nobody", "a%20b"):
        answer = site.public.get(f"/oidc/{name}/.well-known/jwks.json")
        assert (answer.status_code, answer.json()["code"]) == (404, "event_not_found")
