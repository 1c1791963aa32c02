"""What nobody meant to send: made-up requests by the thousand, and bytes that are no HTTP.

The requests come from the OpenAPI document itself, valid and broken ones alike. Whatever arrives,
the answer is never a 5xx, an error has the contract's body, and the server goes on.
"""

import json
import socket
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from api.served import Site
from waitroom.control.panel import describe
from waitroom.settings import Settings


def operations_of(schema: Any) -> list[Any]:
    """All calls of a document; a call that cannot be read fails the test."""
    return [result.ok() for result in schema.get_all_operations()]


EXAMPLES: Final = 25  # for each call and kind of request
DOCUMENT: Final = schemathesis.openapi.from_dict(json.loads(json.dumps(describe(Settings()))))
OPERATIONS: Final[list[Any]] = operations_of(DOCUMENT)
NAMES: Final = [operation.definition.raw["operationId"] for operation in OPERATIONS]

GARBAGE: Final[list[bytes]] = [
    b"\x00" * 1000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 200,
    b"GET\r\n\r\n",
    b"GET /api/status HTTP/9.9\r\n\r\n",
    b"GET /api/status?event_id=\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * 1_000_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
    b"POST /api/assign_queue_num HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    b"POST /api/assign_queue_num HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999\r\n\r\n{}",
    b"POST /api/assign_queue_num HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"POST /api/assign_queue_num HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n"
    b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET http://evil.example/api/status HTTP/1.1\r\nhost: x\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 500,
]


def plane_of(site: Site, operation: Any) -> str:
    """The base URL of the plane that an operation is on."""
    return site.public_url if operation.definition.raw["tags"] == ["public"] else site.control_url


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_made_up_requests(site: Site, operation: Any, mode: GenerationMode) -> None:
    """Requests from the call's own description, valid or broken, with the rights to do anything."""
    strategy = operation.as_strategy(generation_mode=mode)
    base = plane_of(site, operation)

    @seed(20_261_121)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case: Any) -> None:
        headers = {"Authorization": f"Bearer {site.admin_key}"}
        answer = case.call(base_url=base, headers=headers, timeout=10)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and case.method != "HEAD":
            said = json.loads(answer.content)
            assert set(said) == {"error", "code"}
            assert len(answer.content) < 1000

    send()
    assert httpx.get(f"{base}/healthz", verify=False).status_code == 200


@pytest.mark.parametrize("number", range(len(GARBAGE)))
def test_bytes_that_are_no_request(site: Site, event: str, number: int) -> None:
    """Refused or hung up on, and everybody else is served as before."""
    for bind in (site.settings.public_bind, site.settings.control_bind):
        host, _, port = bind.partition(":")
        with socket.create_connection((host, int(port)), timeout=1) as line:
            try:
                line.sendall(GARBAGE[number])
                line.shutdown(socket.SHUT_WR)
                said = line.recv(4096)
            except OSError:  # it hung up, or waits for the rest that never comes
                continue
            assert not said.startswith(b"HTTP/1.1 5"), said
    assert site.join(event)["queue_number"] == 1
    assert site.control.get("/healthz").status_code == 200


def test_clients_that_hang_up(site: Site, event: str) -> None:
    """A body that ends too early is nobody's place, and no line in the log."""
    host, _, port = site.settings.public_bind.partition(":")
    before = len(site.log.read_text().splitlines())
    for _ in range(20):
        with socket.create_connection((host, int(port)), timeout=1) as line:
            head = b"POST /api/assign_queue_num HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n"
            line.sendall(head + b'{"event_id": "' + event.encode())
    assert site.join(event)["queue_number"] == 1
    new = site.log.read_text().splitlines()[before:]
    assert [line for line in new if '"level": "info"' not in line] == []


def test_the_document_is_openapi(site: Site) -> None:
    """Both planes' calls are in what the running server publishes, and it can be loaded."""
    document = site.control.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    loaded = schemathesis.openapi.from_dict(document)
    loaded.validate()
    assert sorted(NAMES) == sorted(
        operation.definition.raw["operationId"] for operation in operations_of(loaded)
    )
    assert site.control.get("/docs").status_code == 200
