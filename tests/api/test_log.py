"""The audit logs over HTTP: who is entered for what, reading in pages, undoing."""

from typing import Any, Final

import httpx
import pytest

from api.served import Site
from api.test_private import counters, is_error
from waiting import wait_until_sync


def log_of(site: Site, event: str, **asked: int) -> list[dict[str, Any]]:
    """An event's log."""
    answer = site.control.get(f"/api/events/{event}/log", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["entries"])


def undo(site: Site, event: str, seq: object, **headers: str) -> httpx.Response:
    """Undo an entry."""
    return site.control.post(f"/api/events/{event}/log/{seq}/undo", headers=headers)


def bearer(key: str) -> dict[str, str]:
    """The header that a key is sent in."""
    return {"authorization": f"Bearer {key}"}


def test_every_deed_is_entered(site: Site) -> None:
    """Who, from where, what, before and after; sealed within seconds. Reading is no deed."""
    event = site.event(title="One")
    key = site.key("operate")
    path = f"/api/events/{event}"
    site.control.patch(path, json={"title": "Two", "validity_period": 60})
    site.advance(event, 5)
    site.advance(event, 5, **{"idempotency-key": "a"})
    site.advance(event, 5, **{"idempotency-key": "a"})  # the same: nothing is done
    site.advance(event, 1.5)  # refused
    site.control.put(
        path + "/inlet", json={"kind": "target", "size": 9}, headers=bearer(key["key"])
    )
    site.control.post("/api/reset_initial_state", json={"event_id": event})
    entries = log_of(site, event)
    admin = entries[0]["by"]
    told = [(e["seq"], e["action"], e["by"], e["source"]) for e in entries]
    assert told == [
        (1, "create", admin, "127.0.0.1"),
        (2, "change", admin, "127.0.0.1"),
        (3, "increment", admin, "127.0.0.1"),
        (4, "increment", admin, "127.0.0.1"),
        (5, "change", key["key_id"], "127.0.0.1"),
        (6, "reset", admin, "127.0.0.1"),
    ]
    assert entries[0]["before"] is None
    assert entries[0]["after"]["title"] == "One"
    assert entries[1]["before"] == {"title": "One", "validity_period": 3600}
    assert entries[1]["after"] == {"title": "Two", "validity_period": 60}
    assert (entries[3]["before"], entries[3]["after"]) == (
        {"serving_counter": 5},
        {"serving_counter": 10},
    )
    assert entries[4]["after"] == {"inlet": {"kind": "target", "size": 9, "max_lead": None}}
    wait_until_sync(
        lambda: all(len(e["seal"]) == 64 for e in log_of(site, event)), description="it is sealed"
    )


def test_where_from_is_not_what_a_header_says(site: Site, event: str) -> None:
    """The address of the connection is entered; forwarding headers are anybody's to send."""
    spoofed = {"x-forwarded-for": "6.6.6.6", "forwarded": "for=6.6.6.6", "x-real-ip": "6.6.6.6"}
    site.advance(event, 1, **spoofed)
    assert log_of(site, event)[-1]["source"] == "127.0.0.1"


def test_the_deployment_s_log(site: Site) -> None:
    """Events made and removed, keys made and revoked; no secret is in it."""
    event = site.event()
    made = site.key("read")
    site.control.delete(f"/api/keys/{made['key_id']}")
    site.control.delete("/api/keys/nobody")
    site.control.delete(f"/api/events/{event}")
    site.control.delete(f"/api/events/{event}")
    end = site.control.get("/api/log").json()["end"]
    answer = site.control.get("/api/log", params={"after": max(0, end - 50)})
    entries = answer.json()["entries"]
    ours = [e for e in entries if e["after"].get("event_id") == event]
    assert [e["action"] for e in ours] == ["create", "delete"]
    assert ours[1]["after"]["was"]["title"] == ""
    keys = [e for e in entries if e["after"].get("key_id") == made["key_id"]]
    assert [e["action"] for e in keys] == ["create_key", "revoke_key"]
    assert made["key"].split("_", 2)[2] not in answer.text
    assert not [e for e in entries if e["after"].get("key_id") == "nobody"]


def test_in_pages(site: Site, event: str) -> None:
    """``after`` goes on behind a number; ``end`` says how far there is."""
    for _ in range(4):
        site.advance(event, 1)
    assert [e["seq"] for e in log_of(site, event, limit=2)] == [1, 2]
    assert [e["seq"] for e in log_of(site, event, after=2, limit=2)] == [3, 4]
    assert log_of(site, event, after=5) == []
    page = site.control.get(f"/api/events/{event}/log", params={"after": 99}).json()
    assert (page["event_id"], page["entries"], page["end"]) == (event, [], 5)


@pytest.mark.parametrize(
    "asked",
    [{"after": "-1"}, {"after": "x"}, {"limit": "0"}, {"limit": "201"}, {"after": "9" * 30}],
)
def test_pages_that_are_none(site: Site, event: str, asked: dict[str, str]) -> None:
    """400 that names the parameter."""
    for path in (f"/api/events/{event}/log", "/api/log"):
        answer = site.control.get(path, params=asked)
        assert is_error(answer, 400, "invalid_field")
        assert answer.json()["error"].startswith(next(iter(asked)))


def test_logs_of_events_that_are_gone(site: Site, event: str) -> None:
    """The log of a deleted event can still be read; there is none of one that never was."""
    site.control.delete(f"/api/events/{event}")
    assert [e["action"] for e in log_of(site, event)] == ["create", "delete"]
    assert is_error(undo(site, event, 1), 404, "event_not_found")
    answer = site.control.get("/api/events/nobody/log")
    assert is_error(answer, 404, "event_not_found")


def test_undoing(site: Site, event: str) -> None:
    """A move once, settings while they hold; each undo is an entry."""
    site.advance(event, 50)
    site.control.patch(f"/api/events/{event}", json={"title": "B"})
    moved = undo(site, event, 2)
    assert (moved.status_code, moved.json()["serving_num"]) == (200, 0)
    assert is_error(undo(site, event, 2), 409, "not_undoable")
    changed = undo(site, event, 3).json()
    assert changed == {
        "event_id": event,
        "undone": 3,
        "serving_num": None,
        "settings": {"title": ""},
    }
    assert is_error(undo(site, event, 3), 409, "not_undoable")
    assert is_error(undo(site, event, 1), 409, "not_undoable")
    assert [e["action"] for e in log_of(site, event, after=3)] == ["undo 2", "undo 3"]
    assert counters(site, event)["serving_counter"] == 0


def test_undoing_needs_what_doing_needs(site: Site, event: str) -> None:
    """An operator undoes moves, state, message and inlet; other settings need ``admin``."""
    operator = bearer(site.key("operate")["key"])
    site.advance(event, 5)
    site.control.patch(f"/api/events/{event}", json={"message": "Soon", "state": "paused"})
    site.control.patch(f"/api/events/{event}", json={"title": "B", "message": "Sooner"})
    assert is_error(undo(site, event, 4, **operator), 403, "forbidden")
    assert undo(site, event, 4).status_code == 200
    assert undo(site, event, 3, **operator).status_code == 200
    assert undo(site, event, 2, **operator).status_code == 200
    reader = bearer(site.key("read", "session")["key"])
    assert is_error(undo(site, event, 2, **reader), 403, "forbidden")


NO_ENTRIES: Final = ["0", "2", "-1", "x", "1.0", "9" * 19, "9" * 60, "%F0%9F%8E%9F", "\u0661"]


@pytest.mark.parametrize("seq", NO_ENTRIES, ids=ascii)
def test_entries_that_are_none(site: Site, event: str, seq: str) -> None:
    """404, and what was asked for is named."""
    answer = undo(site, event, seq)
    assert is_error(answer, 404, "entry_unknown")
    assert seq[:9] in answer.json()["error"] or not seq.isascii() or "%" in seq
    assert is_error(undo(site, "nobody", seq), 404, "event_not_found")
