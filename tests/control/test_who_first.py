"""The private API asks who is calling before it reads what they send."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import pytest

# botocore carries no annotations.
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from planes import Plane

from waitroom.apikeys import ApiKeys, NewKey
from waitroom.control.calls import Control
from waitroom.control.lane import ControlLane
from waitroom.control.numbers import Observer
from waitroom.core.model import Event
from waitroom.http import MAX_BODY

HOST: Final = "line.example"
THEME: Final = "/api/events/sale/theme"
INCREMENT: Final = "/api/increment_serving_counter"
CREDENTIAL: Final = "Credential=AKWRNOBODY/20261121/eu-west-1/execute-api/aws4_request"
SIGNED: Final = f"AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host, Signature={'a' * 64}"
STRANGERS: Final[Mapping[str, list[tuple[str, str]]]] = {
    "nobody": [],
    "a wrong key": [("authorization", f"Bearer wr_{'a' * 12}_{'b' * 43}")],
    "no key at all": [("authorization", "Bearer")],
    "another scheme": [("authorization", "Basic YTpi")],
    "an unknown access key": [("authorization", SIGNED), ("x-amz-date", "20261121T120000Z")],
    "half a signature": [("authorization", "AWS4-HMAC-SHA256 Credential=x")],
    "two signatures": [("authorization", SIGNED)] * 2,
    "a forged cookie": [("cookie", "waitroom_panel=a.9.b.c"), ("sec-fetch-site", "same-origin")],
    "a cookie and a signature": [("cookie", "waitroom_panel=a.9.b.c"), ("authorization", SIGNED)],
    "what it says of the body": [("content-length", "1"), ("transfer-encoding", "chunked")],
}


class Caller:
    """Somebody who sends a request in pieces, as far as it is read."""

    def __init__(self, lane: ControlLane, *pieces: bytes) -> None:
        self._lane = lane
        self._pieces = list(pieces)
        self.read = 0  # pieces

    async def send(
        self, method: str, path: str, headers: list[tuple[str, str]], query: str = ""
    ) -> tuple[int, Any]:
        """Status and body of the answer."""
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await self._lane(scope, self._receive, send)
        return sent[0]["status"], msgspec.json.decode(sent[1]["body"])

    async def _receive(self) -> dict[str, Any]:
        piece = self._pieces[self.read]
        self.read += 1
        return {
            "type": "http.request",
            "body": piece,
            "more_body": self.read < len(self._pieces),
        }


@pytest.fixture
def keys(plane: Plane, secret: bytes) -> ApiKeys:
    """Those of the plane."""
    return ApiKeys(plane.store, secret, lambda: plane.time)


@pytest.fixture
async def lane(plane: Plane, keys: ApiKeys) -> ControlLane:
    """Its private API, with one event."""
    await plane.service.create_event(Event(event_id="sale"))

    async def rest(*_: Any) -> None:
        raise AssertionError

    return ControlLane(Control(plane.service, keys, Observer(plane.service)), rest, ["*"])


async def made(keys: ApiKeys, *scopes: str, signing: bool = False) -> NewKey:
    """A new key."""
    new = await keys.create("of a test", scopes, signing=signing)
    assert new is not None
    return new


def signature(new: NewKey, body: bytes) -> list[tuple[str, str]]:
    """The headers of a step of the line, signed as of now."""
    request = AWSRequest("POST", f"http://{HOST}{INCREMENT}", data=body)
    known = Credentials(new.access_key_id, new.secret_access_key)
    SigV4Auth(known, "execute-api", "eu-west-1").add_auth(request)
    return [("host", HOST)] + [(name.lower(), text) for name, text in request.headers.items()]


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize(("method", "path"), [("PUT", THEME), ("POST", INCREMENT), ("GET", THEME)])
async def test_of_strangers_nothing_is_read(
    lane: ControlLane, name: str, method: str, path: str
) -> None:
    """Whatever they bring for credentials, and be it a mebibyte that they would send."""
    caller = Caller(lane, *[b"x" * 65_536] * 16)
    status, said = await caller.send(method, path, [("host", HOST), *STRANGERS[name]])
    assert (status, said["code"], caller.read) == (401, "unauthorized", 0)


async def test_of_an_unknown_signature_in_the_query_nothing_is_read(lane: ControlLane) -> None:
    """A signed address is no other way in, whole or in part."""
    whole = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-{CREDENTIAL}&X-Amz-Date=20261121T120000Z"
    whole += f"&X-Amz-SignedHeaders=host&X-Amz-Signature={'a' * 64}"
    for query in (whole, "X-Amz-Signature=x", "X-Amz-Credential=", whole + "&" + whole):
        caller = Caller(lane, b"x" * 65_536)
        status, said = await caller.send("POST", INCREMENT, [("host", HOST)], query)
        assert (status, said["code"], caller.read) == (401, "unauthorized", 0)


async def test_of_who_may_not_nothing_is_read(lane: ControlLane, keys: ApiKeys) -> None:
    """A key that lacks the scope, or was revoked."""
    weak, gone = await made(keys, "read"), await made(keys, "admin")
    await keys.revoke(gone.key_id)
    for new, status in ((weak, 403), (gone, 401)):
        caller = Caller(lane, b"x" * 65_536)
        headers = [("authorization", f"Bearer {new.key}")]
        assert (await caller.send("PUT", THEME, headers))[0] == status
        assert caller.read == 0
    session = keys.open_session(await keys.by_bearer(weak.key))
    for site, status in (("same-origin", 403), ("cross-site", 401)):
        caller = Caller(lane, b"x" * 65_536)
        headers = [("cookie", f"waitroom_panel={session}"), ("sec-fetch-site", site)]
        assert (await caller.send("PUT", THEME, headers))[0] == status
        assert caller.read == 0


async def test_who_may_is_read_and_answered(lane: ControlLane, keys: ApiKeys) -> None:
    """In as many pieces as it comes; more than a call takes is read no further."""
    key = await made(keys, "operate")
    headers = [("authorization", f"Bearer {key.key}")]
    caller = Caller(lane, b'{"event_id": "sale", ', b'"increment_by": 3}')
    assert await caller.send("POST", INCREMENT, headers) == (200, {"serving_num": 3})
    assert caller.read == 2
    caller = Caller(lane, *[b"x" * MAX_BODY] * 16)
    status, said = await caller.send("POST", INCREMENT, headers)
    assert (status, said["code"], caller.read) == (400, "invalid_body", 2)


async def test_a_signature_is_over_the_body(plane: Plane, lane: ControlLane, keys: ApiKeys) -> None:
    """Of a key that there is, the body is read once, and has to be the one that was signed."""
    plane.time = time.time()  # the one that signs goes by it
    body = b'{"event_id": "sale", "increment_by": 3}'
    headers = signature(await made(keys, "operate", signing=True), body)
    caller = Caller(lane, body[:9], body[9:])
    assert await caller.send("POST", INCREMENT, headers) == (200, {"serving_num": 3})
    assert caller.read == 2
    caller = Caller(lane, body.replace(b"3", b"9"))
    assert (await caller.send("POST", INCREMENT, headers))[0] == 401
    headers = signature(await made(keys, "read", signing=True), body)
    caller = Caller(lane, body)
    assert (await caller.send("POST", INCREMENT, headers))[0] == 403
