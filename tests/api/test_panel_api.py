"""What operators watch and try out, over HTTP: overview, numbers, course, preview, undo."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from api.served import Site
from waiting import wait_until_sync


def asked(site: Site, path: str, **params: Any) -> dict[str, Any]:
    """A GET of the private API."""
    answer = site.control.get(f"/api/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def row(site: Site, event: str) -> dict[str, Any]:
    """An event in the overview."""
    [found] = [one for one in asked(site, "overview")["events"] if one["event_id"] == event]
    return dict(found)


def test_the_overview(site: Site) -> None:
    """Each event with its numbers, how it does, and why."""
    event = site.event(title="The sale", max_active=5)
    site.admitted(event)
    for _ in range(3):
        site.join(event)
    found = row(site, event)
    assert (found["title"], found["state"], found["cap"]) == ("The sale", "open", 5)
    assert (found["arrived"], found["serving"], found["waiting"]) == (4, 1, 3)
    assert (found["active"], found["opens_at"], found["health"]) == (1, 0, "good")
    assert found["why"] == []
    site.control.patch(f"/api/events/{event}", json={"state": "paused"})
    found = row(site, event)
    assert (found["state"], found["health"]) == ("paused", "warn")
    assert [one["code"] for one in found["why"]] == ["paused"]
    assert found["why"][0]["text"].startswith("Paused for ")


def test_the_numbers(site: Site) -> None:
    """All of one event in one answer; each part as the call that it is of answers."""
    event = site.event(title="T", message="**Hi**", inlet={"kind": "rate", "per_minute": 6})
    site.admitted(event)
    site.join(event)
    found = asked(site, f"events/{event}/numbers")
    for part, call in (
        ("counters", site.control.get(f"/api/events/{event}/counters")),
        ("inlet", site.control.get(f"/api/events/{event}/inlet")),
        ("status", site.public.get("/api/status", params={"event_id": event})),
    ):
        assert found[part].keys() == call.json().keys()
    assert found["counters"]["active_tokens"] == 1
    assert found["inlet"]["rate_per_minute"] == 6
    assert found["status"]["message"] == "**Hi**"
    assert found["undo"]["action"] == "increment"
    assert found["epoch"] == found["status"]["epoch"]
    answer = site.control.get("/api/events/nobody/numbers")
    assert (answer.status_code, answer.json()["code"]) == (404, "event_not_found")


def test_rates_and_waits_of_the_last_minute(site: Site) -> None:
    """Who joins now learns nothing false: a wait that is not known is null, none is 0."""
    event = site.event()
    assert asked(site, f"events/{event}/numbers")["wait_p50"] is None
    site.advance(event, 5)
    found = asked(site, f"events/{event}/numbers")
    assert (found["wait_p50"], found["wait_p90"]) == (0, 0)
    for _ in range(4):
        site.join(event)

    def pace() -> Any:
        return asked(site, f"events/{event}/numbers")["arrivals_per_minute"]

    wait_until_sync(lambda: (pace() or 0) > 0, description="arrivals are counted")


def test_the_course(site: Site) -> None:
    """Arrivals and servings as few points, both ends kept; samples come of themselves."""
    event = site.event()
    site.admitted(event)
    site.join(event)
    found = asked(site, f"events/{event}/curve")
    assert found["arrivals"][-1][1] == 2
    assert found["servings"][-1][1] == 1
    assert time.time() + 2 > found["now"] >= found["servings"][-1][0]
    samples: list[list[int]] = []

    def is_sampled() -> bool:
        samples[:] = asked(site, f"events/{event}/curve")["samples"]
        return bool(samples)

    wait_until_sync(is_sampled, description="a sample was taken")
    second, *rest = samples[0]
    assert second % 15 == 0
    assert rest == [1, 0, 0, 0, 1]  # tokens, completed, abandoned, expired, active
    later = asked(site, f"events/{event}/curve", since=int(time.time()) + 60)
    assert later["arrivals"] == later["servings"] == later["samples"] == []


@pytest.mark.parametrize("params", [{"points": 9}, {"points": 2001}, {"since": -1}])
def test_courses_that_cannot_be(site: Site, event: str, params: dict[str, int]) -> None:
    """400 that names the parameter."""
    answer = site.control.get(f"/api/events/{event}/curve", params=params)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(next(iter(params)))


def test_looking_a_visitor_up(site: Site, event: str) -> None:
    """From joining to the end, by the request ID, which goes in the body and nowhere else."""

    def found(request_id: str) -> dict[str, Any]:
        answer = site.control.post(f"/api/events/{event}/session", json={"request_id": request_id})
        assert answer.status_code == 200, answer.text
        assert request_id not in str(answer.request.url)
        return dict(answer.json())

    place = site.join(event)
    held = place["api_request_id"]
    was = found(held)
    assert (was["position"], was["entry_time"]) == (1, place["entry_time"])
    assert (was["state"], was["called_at"], was["issued_at"]) == ("waiting", None, None)
    site.advance(event, 1)
    assert found(held)["state"] == "called"
    assert 890 <= found(held)["expires_at"] - time.time() <= 901
    assert site.token(event, held).status_code == 200
    is_ = found(held)
    assert is_["state"] == "active"
    assert is_["expires_at"] - is_["issued_at"] == 3600
    site.control.post(
        "/api/update_session", json={"event_id": event, "request_id": held, "status": 1}
    )
    assert found(held)["state"] == "completed"
    stranger = "01234567-89ab-cdef-0123-456789abcdef"
    answer = site.control.post(f"/api/events/{event}/session", json={"request_id": stranger})
    assert answer.status_code == 404


def test_a_preview(site: Site, event: str) -> None:
    """What an inlet would do to the line, checked as if it were set; and nothing is set."""
    for _ in range(3):
        site.join(event)
    url = f"/api/events/{event}/inlet/preview"
    before = time.time()
    found = site.control.post(url, json={"kind": "rate", "per_minute": 60}).json()
    assert before + 2 <= found["empty_at"] <= time.time() + 5
    assert [found["steps"][0][1], found["steps"][-1][1]] == [0, 3]
    assert site.control.post(url, json={"kind": "manual"}).json()["why"] == "manual"
    bad = site.control.post(url, json={"kind": "rate", "per_minute": 0})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_setting")
    unknown = site.control.post(url, json={"kind": "rate", "per_minute": 5, "speed": 1})
    assert unknown.status_code == 422
    assert site.control.get(f"/api/events/{event}").json()["inlet"] == {"kind": "manual"}
    assert site.shown(event)["serving_counter"] == 0


def test_checking_a_change(site: Site, event: str) -> None:
    """With ``check=1``: the same answers and errors, the same scopes, and nothing is changed."""
    url = f"/api/events/{event}"
    before = site.control.get(url).json()
    end = site.control.get(f"{url}/log").json()["end"]
    would = site.control.patch(f"{url}?check=1", json={"title": "New", "validity_period": 60})
    assert would.status_code == 200
    assert would.json() == {**before, "title": "New", "validity_period": 60}
    bad = site.control.patch(f"{url}?check=1", json={"validity_period": 0})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_setting")
    assert bad.json()["error"].startswith("validity_period: ")
    operator = {"authorization": f"Bearer {site.key('operate')['key']}"}
    for body, status in (({"title": "x"}, 403), ({"message": "x"}, 200)):
        answer = httpx.patch(f"{site.control_url}{url}?check=1", json=body, headers=operator)
        assert answer.status_code == status
    assert site.control.patch(f"{url}?check=maybe", json={}).status_code == 400
    assert site.control.get(url).json() == before
    assert site.control.get(f"{url}/log").json()["end"] == end


def test_checking_a_new_event(site: Site, event: str) -> None:
    """Whether it could be made: 409 if there is one, 422 if a setting is off, else nothing is."""
    check = "/api/events?check=1"
    assert site.control.post(check, json={"event_id": event}).status_code == 409
    assert site.control.post(check, json={"event_id": "x", "max_active": -1}).status_code == 422
    made = site.control.post(check, json={"event_id": "only-checked"})
    assert (made.status_code, made.json()["event_id"]) == (200, "only-checked")
    assert site.control.get("/api/events/only-checked").status_code == 404


def test_undoing_the_last_step(site: Site, event: str) -> None:
    """What it would do is told before; it is done once, however often it is sent."""

    def last() -> Any:
        return asked(site, f"events/{event}/undo")["undo"]

    assert last() is None
    site.advance(event, 20)
    site.control.patch(f"/api/events/{event}", json={"message": "Soon"})
    told = last()
    assert told["settings"] == {"message": {"now": "Soon", "then": ""}}
    assert told["serving_num"] is None
    undo = f"/api/events/{event}/log/{told['seq']}/undo"
    assert site.control.post(undo).status_code == 200
    again = site.control.post(undo)
    assert (again.status_code, again.json()["code"]) == (409, "not_undoable")
    told = last()
    assert told["serving_num"] == {"now": 20, "then": 0}
    undo = f"/api/events/{event}/log/{told['seq']}/undo"
    answers = [site.control.post(undo).status_code for _ in range(3)]
    assert answers == [200, 409, 409]
    assert site.shown(event)["serving_counter"] == 0
    assert last() is None


@pytest.mark.parametrize("name", ["Ada", ""])
def test_whose_the_last_step_was(site: Site, event: str, name: str) -> None:
    """The key's ID and its name, also when it has been revoked since; with or without a name."""
    made = site.control.post("/api/keys", json={"scopes": ["operate"], "name": name}).json()
    site.advance(event, 5, authorization=f"Bearer {made['key']}")
    site.control.delete(f"/api/keys/{made['key_id']}")
    for undo in (f"events/{event}/undo", f"events/{event}/numbers"):
        told = asked(site, undo)["undo"]
        assert (told["by"], told["by_name"]) == (made["key_id"], name)
