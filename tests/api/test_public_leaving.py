"""Leaving the line, a site that is full, and the wait that ``status`` tells."""

from typing import Any

import httpx
import pytest

from api.served import Site
from waiting import wait_until_sync


def leave(site: Site, event_id: str, request_id: str) -> httpx.Response:
    """Give a place up."""
    asked = {"event_id": event_id, "request_id": request_id}
    return site.public.post("/api/leave", json=asked)


def expiry(site: Site, event_id: str, request_id: str) -> httpx.Response:
    """How long a called place can still be taken up."""
    asked = {"event_id": event_id, "request_id": request_id}
    return site.public.get("/api/queue_pos_expiry", params=asked)


def status(site: Site, event_id: str) -> dict[str, Any]:
    """What the waiting page shows."""
    return site.shown(event_id, "status")


# --- leaving


def test_leaving_gives_the_place_up(site: Site, event: str) -> None:
    """Whoever leaves waits no longer, and the place yields no token any more."""
    place, _other = site.join(event)["api_request_id"], site.join(event)
    answer = leave(site, event, place)
    assert answer.status_code == 200
    assert answer.json() == {"event_id": event, "queue_number": 1, "status": "left"}
    assert answer.headers["cache-control"] == "no-store"
    wait_until_sync(
        lambda: site.shown(event, "waiting_num")["waiting_num"] == 1, description="one is gone"
    )
    site.advance(event, 2)
    for asked in (site.token(event, place), expiry(site, event, place)):
        assert (asked.status_code, asked.json()["code"]) == (410, "place_given_up")


def test_leaving_twice_is_leaving_once(site: Site, event: str) -> None:
    """The same answer again, and it counts once."""
    place, _other = site.join(event)["api_request_id"], site.join(event)
    answers = [leave(site, event, place) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    wait_until_sync(
        lambda: site.shown(event, "waiting_num")["waiting_num"] == 1, description="one is gone"
    )


def test_leaving_before_being_called_is_said(site: Site, event: str) -> None:
    """A place that was given up is not "not served yet": no page need go on waiting for it."""
    place = site.join(event)["api_request_id"]
    leave(site, event, place)
    assert site.token(event, place).json()["code"] == "place_given_up"
    assert expiry(site, event, place).json()["code"] == "place_given_up"


def test_leaving_ends_a_session(site: Site, event: str) -> None:
    """Who was let in and leaves makes room: the session counts as abandoned."""
    place = site.admitted(event)
    assert leave(site, event, place).status_code == 200
    answer = site.control.get("/api/num_active_tokens", params={"event_id": event})
    assert answer.json()["active_tokens"] == 0
    assert site.token(event, place).json()["code"] == "session_ended"


def test_nobody_leaves_for_another(site: Site, event: str) -> None:
    """Only who holds the request ID can give its place up, and only in its own event."""
    mine, other = site.join(event), site.event()
    assert leave(site, other, mine["api_request_id"]).status_code == 404
    site.advance(event, 1)
    assert site.token(event, mine["api_request_id"]).status_code == 200


# --- a full site


def test_a_full_site_keeps_the_place(site: Site) -> None:
    """202 with when to ask again; in, as soon as somebody has left."""
    event = site.event(max_active=1)
    first, second = site.join(event)["api_request_id"], site.join(event)["api_request_id"]
    site.advance(event, 2)
    assert site.token(event, first).status_code == 200
    answer = site.token(event, second)
    assert (answer.status_code, answer.json()["code"]) == (202, "site_full")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    leave(site, event, first)
    assert site.token(event, second).status_code == 200


def test_a_full_site_lets_a_visitor_in_again(site: Site) -> None:
    """Who is in already gets their tokens, however full the site is."""
    event = site.event(max_active=1)
    first = site.admitted(event)
    second = site.join(event)["api_request_id"]
    site.advance(event, 1)
    assert site.token(event, second).status_code == 202
    assert site.token(event, first).status_code == 200


def test_a_place_at_a_full_site_does_not_run_out(site: Site) -> None:
    """Its time counts from when its visitor last asked, not from when it was called."""
    event = site.event(max_active=1, queue_position_expiry_period=2)
    first, second, third = (site.join(event)["api_request_id"] for _ in range(3))
    site.advance(event, 3)
    assert site.token(event, first).status_code == 200

    def third_is_gone() -> bool:
        assert site.token(event, second).status_code == 202
        return expiry(site, event, third).status_code == 410

    wait_until_sync(third_is_gone, description="the place of one who never asked runs out")
    assert 1 <= expiry(site, event, second).json()["expires_in"] <= 3
    leave(site, event, first)
    assert site.token(event, second).status_code == 200


# --- the wait


def test_nothing_is_told_of_a_line_that_never_moved(site: Site, event: str) -> None:
    """No table, no reason, and rates of 0 once it was looked at."""
    site.join(event)
    wait_until_sync(lambda: status(site, event)["rates"] != {}, description="a look at the curve")
    shown = status(site, event)
    assert shown["wait"] == []
    assert shown["wait_changed"] == {"why": "", "since": 0}
    assert shown["rates"] == {"60": 0.0, "300": 0.0, "900": 0.0}


@pytest.mark.parametrize("inlet", [{"kind": "rate", "per_minute": 6}])
def test_the_wait_by_position(site: Site, inlet: dict[str, Any]) -> None:
    """Rows of three whole numbers, from who is next to who came last, by the inlet's plan."""
    event = site.event(inlet=inlet)
    for _ in range(30):
        site.join(event)
    wait_until_sync(
        lambda: len(status(site, event)["wait"]) > 3, description="the wait of everybody"
    )
    rows = status(site, event)["wait"]
    assert rows == sorted(rows)
    assert all(len(row) == 3 and type(number) is int for row in rows for number in row)
    assert rows[0][0] == 0
    assert 20 <= rows[-1][0] <= 29
    assert rows[-1][1] == pytest.approx(10 * rows[-1][0], abs=20)


def test_a_pause_is_told(site: Site, event: str) -> None:
    """Why the wait changed, and since when: the pause's beginning."""
    site.join(event)
    before = status(site, event)["now"]
    site.control.patch(f"/api/events/{event}", json={"state": "paused"})
    wait_until_sync(
        lambda: status(site, event)["wait_changed"]["why"] == "paused", description="the pause"
    )
    since = status(site, event)["wait_changed"]["since"]
    assert before <= since <= status(site, event)["now"]
    site.control.patch(f"/api/events/{event}", json={"state": "open"})
    wait_until_sync(
        lambda: status(site, event)["wait_changed"]["why"] == "", description="the end of it"
    )


def test_the_answer_is_steady(site: Site, event: str) -> None:
    """What is told of the wait changes every two seconds at most: in one of them it is the same."""
    site.join(event)
    wait_until_sync(lambda: status(site, event)["rates"] != {}, description="a look at the curve")
    told = [status(site, event) for _ in range(20)]
    by_second: dict[int, set[str]] = {shown["now"]: set() for shown in told}
    for shown in told:
        by_second[shown["now"]].add(str((shown["wait"], shown["wait_changed"])))
    assert all(len(different) <= 2 for different in by_second.values())
