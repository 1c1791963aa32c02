"""What strangers may send: read strictly, refused in one plain sentence, never a 500."""

import sqlite3
from contextlib import closing
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from api.served import Site

JOIN: Final = "/api/assign_queue_num"
NEST: Final = 8_000
BIG: Final = 10**400

# What is no JSON object at all, or too large.
NO_BODY: Final[dict[str, bytes]] = {
    "nothing": b"",
    "cut short": b'{"event_id": "sam',
    "not json": b"event_id=sample",
    "two values": b'{"event_id": "a"} {}',
    "text": b'"sample"',
    "list": b'["event_id"]',
    "number": b"1",
    "null": b"null",
    "invalid utf-8": b'{"event_id": "\xff\xfe"}',
    "utf-16": '{"event_id": "a"}'.encode("utf-16"),
    "lone surrogate": rb'{"event_id": "\ud800"}',
    "raw control character": b'{"event_id": "a\x00"}',
    "not a number": b'{"event_id": NaN}',
    "deep list": b'{"x": ' + b"[" * NEST + b"]" * NEST + b"}",
    "deep and open": b'{"x": ' + b"[" * NEST,
    "comment": b'{"event_id": "a" /* */}',
    "one byte too many": b'{"event_id": "a"}'.ljust(16 * 1024 + 1),
    "far too many": b"x" * 100_000,
}
# What stands for the event's ID and is none.
NO_ID: Final[list[Any]] = [
    1,
    1.5,
    True,
    None,
    [],
    {},
    BIG,
    "",
    " ",
    "a" * 65,
    "a b",
    "a/b",
    "a\x00",
    "a\n",
    "\u202eelpmas",
    "\u0645\u062b",
    "é",
    "\u0663",
    "..",
    ".",
    "%41",
    "\U0001f39f",
    str(BIG),
]


def refused(answer: httpx.Response, *codes: str) -> bool:
    """Whether this is a 400 in the contract's words."""
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"error", "code"}
    assert len(answer.content) < 500
    return answer.json()["code"] in codes


@pytest.mark.parametrize("body", NO_BODY.values(), ids=NO_BODY.keys())
def test_bodies_that_are_none(site: Site, body: bytes) -> None:
    """400 from both planes, readable by the page that sent it."""
    for plane, path in ((site.public, JOIN), (site.control, "/api/reset_initial_state")):
        answer = plane.post(path, content=body)
        assert refused(answer, "invalid_body")
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("value", NO_ID, ids=lambda value: ascii(value)[:20])
def test_event_ids_that_are_none(site: Site, value: object) -> None:
    """400 that names the field, in a body and in a query."""
    answer = site.public.post(JOIN, json={"event_id": value})
    assert refused(answer, "invalid_field")
    assert answer.json()["error"].startswith("event_id: ")
    if isinstance(value, str):
        answer = site.public.get("/api/status", params={"event_id": value})
        assert refused(answer, "invalid_field")


def test_a_body_of_exactly_the_limit(site: Site, event: str) -> None:
    """16 KiB are accepted; whether the length was announced or not."""
    body = f'{{"event_id": "{event}"}}'.encode().ljust(16 * 1024)
    assert site.public.post(JOIN, content=body).status_code == 200
    chunked = (body[at : at + 1000] for at in range(0, len(body), 1000))
    assert site.public.post(JOIN, content=chunked).status_code == 200
    too_long = (b" " * 1000 for _ in range(17))
    assert refused(site.public.post(JOIN, content=too_long), "invalid_body")


@pytest.mark.parametrize("kind", ["text/plain", "text/plain;charset=UTF-8", "", "application/xml"])
def test_json_by_any_name(site: Site, event: str, kind: str) -> None:
    """Old clients send JSON as text/plain; what it is called does not matter."""
    body = f'{{"event_id": "{event}"}}'
    answer = site.public.post(JOIN, content=body, headers={"content-type": kind} if kind else {})
    assert answer.status_code == 200


def test_unknown_fields_and_parameters(site: Site, event: str) -> None:
    """Ignored, whatever they hold."""
    body = {"event_id": event, "x": BIG, "constructor": {"__proto__": [1.5, None, "\x00"]}}
    assert site.public.post(JOIN, json=body).status_code == 200
    for extra in ("x=1", "x", "x=%00", "x=1&y=2", "=", "&&&", "x[]=1", "_=1795236920"):
        answer = site.public.get(f"/api/serving_num?event_id={event}&{extra}")
        assert answer.status_code == 200, extra


@pytest.mark.parametrize(
    "query",
    [
        "event_id={0}&event_id={0}",
        "event_id={0}&event_id=other",
        "event_id={0}&x=1&x=2",
        "event_id={0}%00",
        "event_id={0}%0a",
        "event_id={0}%20",
        "event_id={0}+",
        "event_id=+{0}",
        "event_id={0}%2e%2e%2f",
        "event_id=%ff",
        "event_id=%ed%a0%80",
        "event_id={0}%",
        "event_id={0}%zz",
        "event_id=%2565",
        "event_id={0};x=1",
        "event_id",
        "event_id=",
        "EVENT_ID={0}",
        "event_id[]={0}",
        "event_id%00={0}",
        "",
    ],
)
def test_tricks_with_queries(site: Site, event: str, query: str) -> None:
    """400: nothing is cut off, decoded twice or chosen among two."""
    for name in ("serving_num", "status", "queue_num", "public_key"):
        answer = site.public.get(f"/api/{name}?" + query.format(event))
        assert refused(answer, "invalid_field")


def test_queries_without_end(site: Site, event: str) -> None:
    """400 beyond 4 KiB and beyond 32 parameters."""
    for extra in ("x" * 5000, "x=" + "%41" * 3000, "&".join(f"p{i}=1" for i in range(40))):
        answer = site.public.get(f"/api/serving_num?event_id={event}&{extra}")
        assert answer.status_code in {400, 414, 431}
    many = "&".join(f"p{i}=1" for i in range(31))
    assert site.public.get(f"/api/serving_num?event_id={event}&{many}").status_code == 200


def test_percent_encoding_is_undone_once(site: Site, event: str) -> None:
    """A client may encode any character of the ID."""
    spelled = "".join(f"%{ord(c):02x}" for c in event)
    assert site.public.get(f"/api/serving_num?event_id={spelled}").status_code == 200
    assert refused(site.public.get(f"/api/serving_num?event_id={quote(spelled)}"), "invalid_field")


@pytest.mark.parametrize("value", [1, True, None, [], 1.5, BIG, "", "x" * 36, "\x00" * 36])
def test_request_ids_that_are_none(site: Site, event: str, value: object) -> None:
    """400 that names the field."""
    asked = {"event_id": event, "request_id": value}
    answer = site.public.post("/api/generate_token", json=asked)
    assert refused(answer, "invalid_field")
    assert answer.json()["error"].startswith("request_id: ")


@pytest.mark.parametrize("path", ["%00", "a" * 5_000, "..%2f..%2fsecret", "%2e%2e/secret"])
def test_files_that_cannot_be(site: Site, path: str) -> None:
    """A static file of an impossible name is not there, on both planes; nothing else leaks."""
    for plane in (site.public, site.control):
        answer = plane.get(f"/static/{path}")
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("origin", ["http://[", "null", "http://", "//"])
def test_origins_that_are_none(site: Site, origin: str) -> None:
    """An origin that cannot be read is not ours: no log-in, no session, no 500."""
    headers = {"Origin": origin}
    cookie = {**headers, "Cookie": "waitroom_panel=x"}
    with httpx.Client(base_url=site.control.base_url) as stranger:
        assert stranger.post("/session", headers=headers, json={"key": "x"}).status_code == 401
        assert stranger.get("/api/events", headers=cookie).status_code == 401


def test_being_ready_is_asked_of_the_store_once_a_second(site: Site) -> None:
    """Whoever asks for /readyz again and again does not cause a write each time."""

    def writes() -> int:
        with closing(sqlite3.connect(site.settings.data_dir / "waitroom.db")) as db:
            row = db.execute("SELECT value FROM meta WHERE name='ping'").fetchone()
            return int(row[0])

    site.public.get("/readyz")
    before = writes()
    for _ in range(200):
        assert site.public.get("/readyz").status_code == 200
    assert writes() - before < 50
