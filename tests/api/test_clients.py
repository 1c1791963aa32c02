"""OpenID Connect clients and the Queue-it account over HTTP: who may, and what is shown."""

import re
from typing import Any, Final

import httpx
import pytest

from api.served import Site
from api.test_log import bearer, log_of, undo
from api.test_private import is_error

BACK: Final = "https://shop.example/oauth2/idpresponse"
ACCOUNT: Final = {"customer_id": "acme", "queue_event_id": "sale-1", "secret_key": "k" * 72}


def path_of(event: str, *more: str) -> str:
    """Where an event's clients are."""
    return "/".join((f"/api/events/{event}/oidc_clients", *more))


def add(site: Site, event: str, client_id: str = "alb", **more: Any) -> httpx.Response:
    """Add a client."""
    asked = {"client_id": client_id, "redirect_uris": [BACK], **more}
    return site.control.post(path_of(event), json=asked)


def names(answer: httpx.Response, status: int, code: str, field: str) -> bool:
    """Whether it is that error, and says which field it is about."""
    return is_error(answer, status, code) and answer.json()["error"].startswith(f"{field}: ")


def test_a_client_is_added_changed_and_removed(site: Site, event: str) -> None:
    """What is shown is what was asked for; the list is by ID."""
    made = add(
        site, event, post_logout_redirect_uris=["https://shop.example/bye"], state_lifetime=840
    )
    shown = {
        "client_id": "alb",
        "redirect_uris": [BACK],
        "post_logout_redirect_uris": ["https://shop.example/bye"],
        "state_lifetime": 840,
        "public": False,
    }
    assert made.status_code == 201
    assert made.json() == shown | {"client_secret": made.json()["client_secret"]}
    add(site, event, "aaa", public=True)
    listed = site.control.get(path_of(event)).json()
    assert [one["client_id"] for one in listed] == ["aaa", "alb"]
    assert listed[1] == shown
    other = {"redirect_uris": ["https://b.example/x", BACK], "state_lifetime": 0}
    changed = site.control.patch(path_of(event, "alb"), json=other)
    assert (changed.status_code, changed.json()) == (200, shown | other)
    assert site.control.patch(path_of(event, "alb"), json={}).json() == shown | other
    assert site.control.delete(path_of(event, "alb")).status_code == 200
    assert is_error(site.control.delete(path_of(event, "alb")), 404, "client_unknown")
    assert len(site.control.get(path_of(event)).json()) == 1


def test_a_secret_is_shown_once(site: Site, event: str) -> None:
    """256 bits in base64url, another each time, none for a public client; nowhere shown again."""
    first = add(site, event).json()["client_secret"]
    assert add(site, event, "page", public=True).json()["client_secret"] == ""
    renewed = site.control.post(path_of(event, "alb", "secret"))
    assert renewed.status_code == 200
    second = renewed.json()["client_secret"]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in (first, second))
    assert first != second
    assert names(
        site.control.post(path_of(event, "page", "secret")), 422, "invalid_setting", "client_id"
    )
    assert is_error(site.control.post(path_of(event, "no", "secret")), 404, "client_unknown")
    logged = site.log.read_text()
    assert first not in logged
    assert second not in logged


def test_no_answer_has_a_digest_or_what_is_sealed(site: Site, event: str) -> None:
    """Not the event in any form, not its log, not what undoing says, not that of the deployment."""
    add(site, event)
    set_ = site.control.put(f"/api/events/{event}/knownuser", json=ACCOUNT)
    assert set_.json() == {"customer_id": "acme", "queue_event_id": "sale-1"}
    site.control.post(path_of(event, "alb", "secret"))
    answers = [
        set_,
        site.control.get(f"/api/events/{event}"),
        site.control.get("/api/events"),
        site.control.patch(f"/api/events/{event}", json={"title": "x"}),
        site.control.get(path_of(event)),
        site.control.get(f"/api/events/{event}/log"),
        undo(site, event, 4),
        undo(site, event, 3),
        site.control.delete(f"/api/events/{event}"),
        site.control.get(f"/api/events/{event}/log"),
        site.control.get("/api/log", params={"limit": 200}),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        for secret in ("secret_digest", "sealed", ACCOUNT["secret_key"]):
            assert secret not in answer.text, f"{answer.request.url}"
    [client] = answers[1].json()["oidc_clients"]
    assert client["public"] is False
    assert answers[1].json()["knownuser"] == {"customer_id": "acme", "queue_event_id": "sale-1"}
    assert answers[6].json()["settings"]["oidc_clients"][0]["public"] is False
    assert answers[7].json()["settings"] == {"knownuser": None}


def test_each_deed_is_entered_and_undone(site: Site, event: str) -> None:
    """Under names of their own; a client that was removed by mistake is back with its secret."""
    add(site, event)
    site.control.patch(path_of(event, "alb"), json={"redirect_uris": ["https://b.example/"]})
    site.control.post(path_of(event, "alb", "secret"))
    site.control.delete(path_of(event, "alb"))
    site.control.put(f"/api/events/{event}/knownuser", json=ACCOUNT)
    site.control.delete(f"/api/events/{event}/knownuser")
    assert [one["action"] for one in log_of(site, event)] == [
        "create",
        "add_client",
        "change_client",
        "rotate_client_secret",
        "remove_client",
        "set_knownuser",
        "clear_knownuser",
    ]
    operator = site.key("operate")["key"]
    assert is_error(undo(site, event, 5, **bearer(operator)), 403, "forbidden")
    assert undo(site, event, 5).status_code == 200
    assert [one["client_id"] for one in site.control.get(path_of(event)).json()] == ["alb"]


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("client_id", {"client_id": "a b"}),
        ("client_id", {"client_id": "x" * 65}),
        ("redirect_uris", {"redirect_uris": []}),
        ("redirect_uris", {"redirect_uris": ["http://shop.example/"]}),
        ("redirect_uris", {"redirect_uris": ["https://shop.example/#part"]}),
        ("redirect_uris", {"redirect_uris": ["javascript:alert(1)"]}),
        ("redirect_uris", {"redirect_uris": ["https://user@shop.example/"]}),
        ("redirect_uris", {"redirect_uris": [BACK] * 51}),
        ("redirect_uris", {"redirect_uris": ["https://shop.example/" + "x" * 1_004]}),
        ("post_logout_redirect_uris", {"post_logout_redirect_uris": ["//evil.example/"]}),
        ("secret_digest", {"secret_digest": "0" * 64}),
        ("redirect_uri", {"redirect_uri": BACK}),
        ("state_lifetime", {"state_lifetime": 86_401}),
        ("state_lifetime", {"state_lifetime": -1}),
    ],
)
def test_a_client_that_is_none(site: Site, event: str, field: str, asked: dict[str, Any]) -> None:
    """422 names the field, one that nobody knows too; nothing is added."""
    assert names(add(site, event, **asked), 422, "invalid_setting", field)
    assert site.control.get(path_of(event)).json() == []


def test_a_change_that_is_none(site: Site, event: str) -> None:
    """Neither an address where codes may not go, nor a field that is not changed like this."""
    add(site, event)
    path = path_of(event, "alb")
    for field, asked in [
        ("redirect_uris", {"redirect_uris": []}),
        ("post_logout_redirect_uris", {"post_logout_redirect_uris": ["ftp://x.example/"]}),
        ("public", {"public": True}),
        ("client_id", {"client_id": "other"}),
    ]:
        assert names(site.control.patch(path, json=asked), 422, "invalid_setting", field)
    mistyped = site.control.patch(path, json={"redirect_uris": BACK})
    assert names(mistyped, 400, "invalid_field", "redirect_uris")
    assert site.control.get(path_of(event)).json()[0]["redirect_uris"] == [BACK]


def test_what_is_there_and_what_is_not(site: Site, event: str) -> None:
    """409 for a client of the same ID, 404 for an event or client that nobody knows."""
    add(site, event)
    assert is_error(add(site, event, public=True), 409, "client_exists")
    assert is_error(add(site, "no-such-event"), 404, "event_not_found")
    nowhere = "/api/events/no-such-event/knownuser"
    for answer in (
        site.control.get(path_of("no-such-event")),
        site.control.put(nowhere, json=ACCOUNT),
        site.control.delete(nowhere),
    ):
        assert is_error(answer, 404, "event_not_found")
    assert is_error(
        site.control.patch(path_of(event, "no"), json={"redirect_uris": [BACK]}),
        404,
        "client_unknown",
    )


def test_only_administrators(site: Site, event: str) -> None:
    """Not who reads, marks sessions or operates; not even to look."""
    calls = [
        ("GET", path_of(event), None),
        ("POST", path_of(event), {"client_id": "a", "redirect_uris": [BACK]}),
        ("PATCH", path_of(event, "a"), {}),
        ("DELETE", path_of(event, "a"), None),
        ("POST", path_of(event, "a", "secret"), None),
        ("PUT", f"/api/events/{event}/knownuser", ACCOUNT),
        ("DELETE", f"/api/events/{event}/knownuser", None),
    ]
    headers = bearer(site.key("read", "session", "operate")["key"])
    for method, path, body in calls:
        answer = site.control.request(method, path, json=body, headers=headers)
        assert is_error(answer, 403, "forbidden")
        nobody = httpx.request(method, site.control_url + path, json=body)
        assert is_error(nobody, 401, "unauthorized")


@pytest.mark.parametrize("name", ["oidc_clients", "knownuser"])
@pytest.mark.parametrize("value", [[], None, "x", [{"client_id": "a", "redirect_uris": [BACK]}]])
def test_they_are_not_set_with_other_settings(
    site: Site, event: str, name: str, value: object
) -> None:
    """Whatever is sent: 422 that names the call for it, and nothing of the request is done."""
    body = {"title": "not to be set", name: value}
    refused = site.control.patch(f"/api/events/{event}", json=body)
    assert names(refused, 422, "invalid_setting", name)
    assert f"/api/events/{{event_id}}/{name}" in refused.json()["error"]
    made = site.control.post("/api/events", json={"event_id": f"{event}-2", name: value})
    assert names(made, 422, "invalid_setting", name)
    assert site.control.get(f"/api/events/{event}-2").status_code == 404
    assert site.control.get(f"/api/events/{event}").json()["title"] == ""


def test_how_visitors_are_handed_over(site: Site) -> None:
    """Set as any other setting, when an event is made and later."""
    event = site.event(hand_over="cookie", cookie_domain="shop.example", refresh_period=60)
    shown = site.control.get(f"/api/events/{event}").json()
    set_ = (shown["hand_over"], shown["cookie_domain"], shown["refresh_period"])
    assert set_ == ("cookie", "shop.example", 60)
    changed = site.control.patch(f"/api/events/{event}", json={"hand_over": "token"})
    assert changed.json()["hand_over"] == "token"
    operator = bearer(site.key("operate")["key"])
    refused = site.control.patch(
        f"/api/events/{event}", json={"refresh_period": 9}, headers=operator
    )
    assert is_error(refused, 403, "forbidden")


@pytest.mark.parametrize(
    ("status", "field", "settings"),
    [
        (400, "hand_over", {"hand_over": "pigeon"}),
        (422, "hand_over", {"hand_over": "cookie"}),
        (422, "hand_over", {"hand_over": "knownuser"}),
        (422, "cookie_domain", {"cookie_domain": "shop example"}),
        (422, "cookie_domain", {"cookie_domain": "com"}),
        (422, "cookie_domain", {"cookie_domain": "a.example; Path=/"}),
        (422, "refresh_period", {"refresh_period": -1}),
        (422, "refresh_period", {"refresh_period": 10**10}),
        (400, "refresh_period", {"refresh_period": "60"}),
    ],
)
def test_how_visitors_cannot_be_handed_over(
    site: Site, event: str, status: int, field: str, settings: dict[str, Any]
) -> None:
    """The setting is named, in a change and for a new event."""
    code = "invalid_field" if status == 400 else "invalid_setting"
    changed = site.control.patch(f"/api/events/{event}", json=settings)
    assert names(changed, status, code, field)
    made = site.control.post("/api/events", json={"event_id": f"{event}-2", **settings})
    assert names(made, status, code, field)


def test_an_account_for_the_hand_over(site: Site, event: str) -> None:
    """First the account, then the way; the other way round when it goes."""
    path = f"/api/events/{event}"
    assert site.control.put(f"{path}/knownuser", json=ACCOUNT).status_code == 200
    assert site.control.patch(path, json={"hand_over": "knownuser"}).status_code == 200
    kept = site.control.delete(f"{path}/knownuser")
    assert names(kept, 422, "invalid_setting", "hand_over")
    site.control.patch(path, json={"hand_over": "code"})
    assert site.control.delete(f"{path}/knownuser").status_code == 200
    assert site.control.get(path).json()["knownuser"] is None
    unknown = site.control.put(f"{path}/knownuser", json={**ACCOUNT, "queue": 1})
    assert names(unknown, 422, "invalid_setting", "queue")
    empty = site.control.put(f"{path}/knownuser", json={**ACCOUNT, "secret_key": ""})
    assert names(empty, 422, "invalid_setting", "secret_key")
