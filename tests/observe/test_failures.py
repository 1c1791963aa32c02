"""What a request that fails leaves behind: one count, one line, nothing secret."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from waitroom.control.calls import Control
from waitroom.control.lane import ControlLane
from waitroom.control.numbers import Observer
from waitroom.core.model import Event
from waitroom.errors import NotFound, StoreUnavailable
from waitroom.http import App, Send, error_reply
from waitroom.observe.meter import Meter
from waitroom.observe.requests import counted
from waitroom.oidc.provider import Provider
from waitroom.pages import web_app
from waitroom.public import lane as public_lane
from waitroom.public.app import handlers
from waitroom.public.lane import Lane
from waitroom.public.themes import Themes
from waitroom.runtime import Runtime, open_runtime, serving
from waitroom.settings import Settings

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REQUESTS = "waitroom_http_requests"
SECRET = "wr_secret_of_somebody"


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    """A deployment with one event."""
    settings = Settings(data_dir=tmp_path, algorithm="ES256")
    async with open_runtime(settings) as opened, serving(opened):
        await opened.service.create_event(Event(event_id="sale"))
        yield opened


async def ask(
    app: App, method: str, path: str, *, key: str = SECRET, query: str = "", **body: str
) -> tuple[int, Any]:
    """Status and body of a request that is part of a trace and has a key with it."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "query_string": query.encode(),
        "headers": [
            (b"host", b"localhost"),
            (b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode()),
            (b"authorization", f"Bearer {key}".encode()),
        ],
        "client": ("192.0.2.1", 1234),
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], answer


async def nothing(_scope: object, _receive: object, send: Send) -> None:
    """No pages."""
    await error_reply(NotFound())(send)


def broken(error: Exception) -> Any:
    """A use-case that fails."""

    async def fails(*_args: object, **_kwargs: object) -> None:
        raise error

    return fails


def said(logs: list[Any], event: str) -> dict[str, Any]:
    """The one line of that name."""
    [line] = [one for one in logs if one["event"] == event]
    return dict(line)


async def test_an_unexpected_error_of_the_hot_lane(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names route, status, event and trace; the visitor hears nothing of it."""
    monkeypatch.setattr(runtime.service, "join", broken(ZeroDivisionError("boom")))
    meter = Meter("public")
    lane = Lane(runtime.service, nothing, (), meter)
    with capture_logs() as logs:
        status, answer = await ask(lane, "POST", "/api/assign_queue_num", event_id="sale")
    assert status == 500
    assert msgspec.json.decode(answer)["code"] == "internal"
    line = said(logs, "unexpected error")
    assert isinstance(line.pop("exc_info"), ZeroDivisionError)
    assert line == {
        "event": "unexpected error",
        "log_level": "error",
        "path": "/api/assign_queue_num",
        "route": "/api/assign_queue_num",
        "status": 500,
        "event_id": "sale",
        "trace_id": TRACE,
    }
    counts = meter.numbers().counters[REQUESTS]
    assert counts == {("public", "/api/assign_queue_num", "POST", "500"): 1}


async def test_a_store_that_is_away(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with its reason, and no request ID in the line."""
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(public_lane, "_warn", lambda event, **facts: lines.append(facts))
    monkeypatch.setattr(runtime.service, "admit", broken(StoreUnavailable("gone")))
    lane = Lane(runtime.service, nothing)
    place = "0123abcd-0123-0123-0123-0123456789ab"
    status, _ = await ask(lane, "POST", "/api/generate_token", event_id="sale", request_id=place)
    assert status == 503
    assert lines == [
        {
            "detail": "gone",
            "path": "/api/generate_token",
            "route": "/api/generate_token",
            "status": 503,
            "event_id": "sale",
            "trace_id": TRACE,
        }
    ]


async def test_the_control_plane(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its routes have places for IDs, so that an event is no label; the key is in no line."""
    made = await runtime.api_keys.create("of a test", ["admin"])
    assert made is not None
    monkeypatch.setattr(runtime.service, "snapshot", broken(ZeroDivisionError("boom")))
    meter = Meter("control")
    lane = ControlLane(_control(runtime), nothing, ["*"], meter)
    with capture_logs() as logs:
        status, _ = await ask(lane, "GET", "/api/events/sale", key=made.key, query="x=" + SECRET)
    assert status == 500
    line = said(logs, "unexpected error")
    assert line["route"] == "/api/events/{event_id}"
    assert (line["event_id"], line["trace_id"], line["status"]) == ("sale", TRACE, 500)
    assert made.key not in str(logs)
    assert SECRET not in str(logs)
    assert meter.numbers().counters[REQUESTS] == {
        ("control", "/api/events/{event_id}", "GET", "500"): 1
    }


async def test_what_nobody_serves_is_one_label(runtime: Runtime) -> None:
    """However many paths a stranger makes up, on either plane."""
    public, control = Meter("public"), Meter("control")
    lanes: list[App] = [
        Lane(runtime.service, counted(nothing, public), (), public),
        ControlLane(_control(runtime), counted(nothing, control), ["*"], control),
    ]
    for lane in lanes:
        for n in range(5):
            await ask(lane, f"M{n}", f"/api/made-up-{n}")
            await ask(lane, "GET", f"/elsewhere/{n}")
    for meter in (public, control):
        routes = {labels[1:3] for labels in meter.numbers().counters[REQUESTS]}
        assert routes == {("other", "other"), ("other", "GET")}


async def test_pages_are_counted_by_route(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that fail unforeseen."""
    meter = Meter("public")
    service, settings = runtime.service, runtime.settings
    provider = Provider(service, runtime.secret, settings.issuer, settings.public_base)
    site: Any = web_app(handlers(runtime, provider, Themes(runtime.store)))
    pages = counted(site, meter)
    async with site.lifespan():
        await ask(pages, "GET", "/room/sale")
        await ask(pages, "GET", "/room/other")
        await ask(pages, "GET", "/oidc/sale/.well-known/jwks.json")
        await ask(pages, "GET", "/readyz")
        await ask(pages, "GET", "/static/none.js")
        monkeypatch.setattr(runtime.service, "view", broken(ZeroDivisionError("boom")))
        with capture_logs() as logs:
            await ask(pages, "GET", "/room/sale", query="return=" + SECRET)
    line = said(logs, "unexpected error")
    assert (line["route"], line["status"]) == ("/room/{event_id}", 500)
    assert SECRET not in str({k: v for k, v in line.items() if k != "exc_info"})
    assert meter.numbers().counters[REQUESTS] == {
        ("public", "/room/{event_id}", "GET", "200"): 1,
        ("public", "/room/{event_id}", "GET", "404"): 1,
        ("public", "/room/{event_id}", "GET", "500"): 1,
        ("public", "/oidc/{event_id}", "GET", "200"): 1,
        ("public", "/readyz", "GET", "200"): 1,
        ("public", "/static", "GET", "404"): 1,
    }


def _control(runtime: Runtime) -> Control:
    return Control(runtime.service, runtime.api_keys, Observer(runtime.service))
