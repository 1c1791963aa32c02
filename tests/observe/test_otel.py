"""Traces: sent to a real receiver on loopback when asked for, and nothing of them otherwise."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from cli.running import Waitroom
from waiting import wait_until_sync
from waitroom.errors import DependencyMissing
from waitroom.observe import tracing

pytest.importorskip("opentelemetry.proto")
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = f"00-{TRACE}-00f067aa0ba902b7-01"


class Collector:
    """Takes traces as OTLP over HTTP says: POST /v1/traces, protobuf, perhaps gzipped."""

    def __init__(self) -> None:
        self.received: list[ExportTraceServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                assert self.path == "/v1/traces"
                collector.received.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_said: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def spans(self) -> dict[str, list[Span]]:
        """All spans so far, by name."""
        found: dict[str, list[Span]] = {}
        for request in list(self.received):
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        found.setdefault(span.name, []).append(span)
        return found

    def services(self) -> set[str]:
        """The names under which processes sent something."""
        return {
            attribute.value.string_value
            for request in self.received
            for resource in request.resource_spans
            for attribute in resource.resource.attributes
            if attribute.key == "service.name"
        }

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector of our own."""
    made = Collector()
    yield made
    made.close()


def attributes(span: Span) -> dict[str, object]:
    """Its attributes; numbers and texts."""
    return {
        a.key: a.value.int_value if a.value.HasField("int_value") else a.value.string_value
        for a in span.attributes
    }


@pytest.mark.slow
def test_requests_and_steps_of_the_store_are_one_trace(
    tmp_path: Path, collector: Collector
) -> None:
    """A caller's trace goes on in ours, down to the store; no place and no key is in any span."""
    waitroom = Waitroom(tmp_path)
    waitroom.environ |= {
        "WAITROOM_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",  # ms
    }
    try:
        waitroom.start("serve")
        key = re.search(r"wr_\w{12}_[\w-]+", waitroom.said())
        assert key is not None
        headers = {"traceparent": CALLER, "authorization": f"Bearer {key[0]}"}
        control = f"http://127.0.0.1:{waitroom.control}/api/events"
        made = httpx.post(control, json={"event_id": "sale"}, headers=headers)
        assert made.status_code == 201
        public = f"http://127.0.0.1:{waitroom.public}/api"
        place = httpx.post(
            f"{public}/assign_queue_num",
            json={"event_id": "sale"},
            headers={"traceparent": CALLER},
        ).json()["api_request_id"]
        asked = {"event_id": "sale", "request_id": place}
        assert httpx.get(f"{public}/queue_num", params=asked).status_code == 200
        wanted = {"POST /api/assign_queue_num", "POST /api/events", "GET /api/queue_num"}
        wanted |= {"store join", "store create_event"}
        wait_until_sync(lambda: wanted <= collector.spans().keys(), description="spans arrive")
    finally:
        waitroom.stop()
    spans = collector.spans()
    [joined] = spans["POST /api/assign_queue_num"]
    assert joined.trace_id.hex() == TRACE
    assert joined.parent_span_id.hex() == CALLER[36:52]
    assert attributes(joined) == {
        "http.request.method": "POST",
        "http.route": "/api/assign_queue_num",
        "http.response.status_code": 200,
    }
    [created] = spans["POST /api/events"]
    [step] = spans["store create_event"]
    assert (step.trace_id, step.parent_span_id) == (created.trace_id, created.span_id)
    assert spans["GET /api/queue_num"][0].trace_id.hex() != TRACE
    assert {"waitroom-public", "waitroom-control"} <= collector.services()
    alone = [name for name, some in spans.items() for span in some if not span.parent_span_id]
    assert not [name for name in alone if name.startswith("store ")], "background work is silent"
    sent = b"".join(request.SerializeToString() for request in collector.received)
    assert place.encode() not in sent
    assert key[0].encode() not in sent


@pytest.mark.slow
def test_a_collector_that_is_away_is_nobody_elses_trouble(tmp_path: Path) -> None:
    """Requests are answered as ever, and stopping takes no longer than it may."""
    waitroom = Waitroom(tmp_path)
    waitroom.environ["WAITROOM_OTLP_ENDPOINT"] = "http://127.0.0.1:9"
    try:
        server = waitroom.start("serve")
        for _ in range(20):
            assert waitroom.get(waitroom.public, "/healthz") == 200
        server.terminate()
        assert server.wait(timeout=11) == 0
    finally:
        waitroom.stop()


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    """The libraries of an extra that nobody asked for are on nobody's way."""
    code = (
        "import sys, waitroom.public.app, waitroom.control.app, waitroom.observe.tracing as t\n"
        "with t.traces('', 'public', None) as traced:\n"
        "    assert traced(print, frozenset()) is print\n"
        "assert not [m for m in sys.modules if m.startswith('opentelemetry')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_is_missing_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to install."""
    monkeypatch.setattr(tracing, "_NEEDED", ("opentelemetry_that_is_not_there.sdk",))
    tracing.check_traceable("")
    with pytest.raises(DependencyMissing, match=r"waitroom\[server,otel\]"):
        tracing.check_traceable("http://127.0.0.1:4318")
