"""What operators listen to: who may, what they hear, and when it ends."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.served import Site, served
from api.test_credentials import log_in
from waitroom.control.stream import MOST

Events = Iterator[tuple[str, Any]]


def events(answer: httpx.Response) -> Events:
    """The events of a stream, as they come."""
    kind = ""
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


@contextmanager
def listening(client: httpx.Client, event: str = "") -> Iterator[Events]:
    """The events of one stream."""
    with client.stream("GET", "/stream", params={"event": event}, timeout=20) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["cache-control"] == "no-store"
        yield events(answer)


def heard(stream: Events, kind: str, **wanted: Any) -> dict[str, Any]:
    """The next event of a kind whose counters are so."""
    for name, said in stream:
        if name == kind and all(said["counters"][key] == value for key, value in wanted.items()):
            return dict(said)
    raise AssertionError(f"the stream ended before {kind} {wanted}")


def test_what_is_heard(site: Site, event: str) -> None:
    """At once all there is, then what changes, within a second or two."""
    with log_in(site, site.key("read")["key"]) as client, listening(client, event) as stream:
        assert event in {one["event_id"] for one in heard(stream, "overview")["events"]}
        first = heard(stream, "numbers", queue_counter=0)
        assert first.keys() == site.control.get(f"/api/events/{event}/numbers").json().keys()
        site.join(event)
        site.advance(event, 1)
        began = time.monotonic()
        heard(stream, "numbers", queue_counter=1, serving_counter=1)
        assert time.monotonic() - began < 5
        site.control.delete(f"/api/events/{event}")
        assert heard(stream, "gone") == {"event_id": event}


def test_many_hear_the_same(site: Site, event: str) -> None:
    """Who comes later is told at once what is known; nobody waits for the next change."""
    with log_in(site, site.admin_key) as client, listening(client, event) as one:
        heard(one, "numbers")
        with listening(client, event) as other:
            assert heard(other, "overview")
            assert heard(other, "numbers")["status"]["event_id"] == event


def test_who_may_listen(site: Site, event: str) -> None:
    """Only a logged-in operator's own page, and who may read; an event that is not there is 404."""
    own = {"sec-fetch-site": "same-origin"}
    url = f"{site.control_url}/stream"
    bearer = {"authorization": f"Bearer {site.admin_key}", **own}
    for headers in (own, bearer, {"cookie": "waitroom_panel=x", **own}):
        assert httpx.get(url, headers=headers).status_code == 401
    with log_in(site, site.key("session")["key"]) as client:
        assert client.get("/stream").status_code == 403
    with log_in(site, site.admin_key) as client:
        assert client.get("/stream", params={"event": "nobody"}).status_code == 404
        assert client.get("/stream", params={"event": "no/body"}).status_code == 400
        assert client.post("/stream").status_code == 405
        other_site = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        assert client.get("/stream", headers=other_site).status_code == 401


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room that these tests fill up and stop."""
    with served(tmp_path_factory.mktemp("streams") / "data", workers=1) as site:
        yield site


def test_no_more_than_there_may_be(own_site: Site) -> None:
    """Beyond the bound 503 with a time to come again; who leaves makes room."""
    limits = httpx.Limits(max_connections=MOST + 10)
    own = {"sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=own_site.control_url, headers=own, limits=limits) as client:
        client.post("/session", json={"key": own_site.admin_key})
        streams = [client.send(client.build_request("GET", "/stream"), stream=True)]
        while streams[-1].status_code == 200 and len(streams) <= MOST:
            streams.append(client.send(client.build_request("GET", "/stream"), stream=True))
        full = streams.pop()
        assert (full.status_code, len(streams)) == (503, MOST)
        assert full.headers["retry-after"] == "30"
        assert json.loads(full.read())["code"] == "too_many_listeners"
        for stream in streams:
            stream.close()
        deadline = time.monotonic() + 10
        while (code := _status(client)) != 200:
            assert code == 503
            assert time.monotonic() < deadline


def _status(client: httpx.Client) -> int:
    with client.stream("GET", "/stream") as answer:
        return answer.status_code


def test_a_stop_is_not_held_up(own_site: Site) -> None:
    """Listeners are let go of at once, with a whole answer, and the process ends as quickly as
    without them."""
    with log_in(own_site, own_site.admin_key) as client, listening(client) as stream:
        heard(stream, "overview")
        began = time.monotonic()
        os.kill(own_site.process.pid, signal.SIGTERM)
        for _ in stream:  # an answer that was cut off would raise
            pass
        assert time.monotonic() - began < 3
        assert own_site.process.wait(10) == 0
        assert time.monotonic() - began < 7  # a worker that has to be killed takes eight


def test_nothing_is_left_in_the_log(own_site: Site) -> None:
    """Neither who left nor the stop is an error."""
    log = Path(own_site.log).read_text(encoding="utf-8")
    assert '"level": "error"' not in log
    assert "Traceback" not in log
