"""From a request to the private API to a handler of ``api.CALLS``, and back.

What belongs here: routing, authorisation, decoding, CORS and the error body. Order matters: the
credentials are checked before the body is read, so that strangers learn nothing from errors and
send nothing that we keep. A signature is over the body: there, it is the key that is checked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Final

import msgspec
import structlog

from waitroom.control.api import CALLS
from waitroom.control.auth import authenticate
from waitroom.control.calls import Call, Control, Request
from waitroom.control.strict import check_known
from waitroom.errors import (
    InvalidField,
    MethodNotAllowed,
    NotFound,
    StoreUnavailable,
    WaitroomError,
)
from waitroom.http import (
    INTERNAL,
    App,
    Headers,
    Receive,
    Reply,
    Scope,
    Send,
    decode_body,
    decode_query,
    error_reply,
    header,
    json_reply,
    pass_on,
    read_body,
)
from waitroom.logs import Seldom
from waitroom.observe import trace
from waitroom.observe.meter import OTHER, Meter

ALLOWED_HEADERS: Final = (
    b"authorization, content-type, x-amz-date, x-amz-security-token, idempotency-key"
)
_IDEMPOTENCY_KEY: Final = re.compile(rb"[\x21-\x7e]{1,128}")

log = structlog.get_logger("waitroom.control")
_warn = Seldom(log.warning)


class Checked(msgspec.Struct, frozen=True):
    """Whether a call is only to be checked, of those that can be."""

    check: bool = False


class _Body:
    """A request's body: read when it is first asked for, and once."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit = receive, limit
        self._read: bytes | None = None

    async def __call__(self) -> bytes:
        if self._read is None:
            self._read = await read_body(self._receive, self._limit)
        return self._read


class ControlLane:
    """Answers ``/api`` on the control plane; everything else goes on to ``rest``."""

    def __init__(
        self, control: Control, rest: App, origins: Iterable[str], meter: Meter | None = None
    ) -> None:
        self._control = control
        self._meter = meter or Meter("control")
        self._rest = rest
        self._origins = frozenset(origins)
        self._routes = [(_pattern(path), calls) for path, calls in _by_path().items()]
        self._decoders = {
            call: msgspec.json.Decoder(call.takes)
            for call in CALLS
            if call.takes_body and call.takes is not None
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await pass_on(self._rest, scope, receive, send)
            return
        began = perf_counter()
        with trace.bound(trace.current_traceparent() or trace.read(scope["headers"])):
            try:
                reply = await self._reply(scope, receive)
            except Exception as error:  # noqa: BLE001 - nobody must ever see a stack trace
                reply = _failure(scope, error)
        seconds, route = perf_counter() - began, scope.get("route", OTHER)
        self._meter.request(route, scope["method"], reply.status, seconds)
        await Reply(reply.status, [*reply.headers, *self._cors(scope)], reply.content)(send)

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        calls, path = self._route(scope["path"])
        scope["route"] = next(iter(calls.values())).path
        scope["event_id"] = path.get("event_id", "")
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method == "OPTIONS":
            return _preflight(calls)
        if method not in calls:
            raise MethodNotAllowed((*calls, "OPTIONS"))
        call = calls[method]
        body = _Body(receive, call.max_body)
        service = self._control.service
        caller = await authenticate(self._control.api_keys, scope, body, service.clock)
        caller.require(call.scope)
        asked = self._asked(call, scope, await body())
        client = scope.get("client")
        source = client[0] if client else ""
        is_check = call.may_check and decode_query(scope["query_string"], Checked).check
        request = Request(caller, asked, path, _idempotency_key(scope), source, is_check)
        success = 200 if is_check else call.success
        return json_reply(success, await call.answer(self._control, request))

    def _route(self, path: str) -> tuple[Mapping[str, Call], Mapping[str, str]]:
        for pattern, calls in self._routes:
            if match := pattern.fullmatch(path):
                return calls, match.groupdict()
        raise NotFound

    def _asked(self, call: Call, scope: Scope, body: bytes) -> object:
        if call in self._decoders:
            asked = decode_body(body, self._decoders[call])
            if call.strict:
                check_known(body, asked, whole=call.strict == "whole")
            return asked
        return None if call.takes is None else decode_query(scope["query_string"], call.takes)

    def _cors(self, scope: Scope) -> Headers:
        if "*" in self._origins:
            return [(b"access-control-allow-origin", b"*")]
        origin = header(scope, b"origin")
        if origin is not None and origin.decode("latin-1") in self._origins:
            return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        return [(b"vary", b"origin")]


def _by_path() -> dict[str, dict[str, Call]]:
    paths: dict[str, dict[str, Call]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = call
    return paths


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]{1,128})", path))


def _preflight(calls: Mapping[str, Call]) -> Reply:
    methods = ", ".join((*calls, "OPTIONS")).encode()
    return Reply(
        204,
        [
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", ALLOWED_HEADERS),
            (b"access-control-max-age", b"86400"),
        ],
        b"",
    )


def _idempotency_key(scope: Scope) -> str | None:
    """A caller's name for a step, so that a retry is not a second one."""
    key = header(scope, b"idempotency-key")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidField("Idempotency-Key", "wanted 1 to 128 visible ASCII characters")
    return key.decode()


def _failure(scope: Scope, error: Exception) -> Reply:
    if not isinstance(error, WaitroomError):
        log.error("unexpected error", exc_info=error, **_about(scope, 500))
        return Reply(500, INTERNAL.headers[:-1], INTERNAL.content)
    if isinstance(error, StoreUnavailable):
        _warn("answered 503", detail=error.detail, **_about(scope, error.status))
    return error_reply(error)


def _about(scope: Scope, status: int) -> dict[str, object]:
    route, event_id = scope.get("route", OTHER), scope.get("event_id", "")
    return trace.about(scope, status, route=route, event_id=event_id)
