"""The hot lane: a small pure-ASGI dispatcher in front of the framework, for the public API.

What belongs here: getting from bytes to a handler of ``api.CALLS`` and back with as little as can
be in between: one dictionary look-up for the path, one for the query, a prebuilt reply. CORS,
entity tags and the error body are done here, since every call needs them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import Any, Final

import msgspec
import structlog

from waitroom.errors import MethodNotAllowed, NotFound, StoreUnavailable, WaitroomError
from waitroom.http import (
    ANY_ORIGIN,
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
    read_body,
)
from waitroom.logs import Seldom
from waitroom.observe.meter import OTHER, Meter
from waitroom.observe.trace import about
from waitroom.public.api import CALLS, Call, Desk, EntryCheck, ForEvent, shared_reply
from waitroom.public.origins import readable_by
from waitroom.service import Service
from waitroom.views import EventView

Answer = Callable[[Scope, Receive], Awaitable[Reply]]
Check = Callable[[Scope], Awaitable[Reply]]

CHECKS: Final = "/verify/"
CHECK: Final = "/verify/{event_id}"  # their route
MAX_KNOWN_QUERIES: Final = 4096  # spellings of "event_id=..." remembered; bounds what strangers add

log = structlog.get_logger("waitroom.public")
_warn = Seldom(log.warning)


class Lane:
    """Answers the public API; everything else goes on to ``rest``."""

    def __init__(
        self,
        service: Service,
        rest: App,
        entry_checks: Sequence[EntryCheck] = (),
        meter: Meter | None = None,
        desk: Desk | None = None,
        gate: Check | None = None,
    ) -> None:
        self._service = service
        self._count = (meter or Meter("public")).request
        self._rest = rest
        self._entry_checks = tuple(entry_checks)
        self._queries: dict[bytes, str] = {}
        self._desk = desk
        self._gate = gate
        self._answers: dict[str, dict[str, Answer]] = {}
        for call in CALLS:
            if desk or not call.at_desk:
                self._answers.setdefault(call.path, {}).update(self._methods(call))
        for methods in self._answers.values():
            methods["OPTIONS"] = _preflight(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        began = perf_counter()
        methods = self._answers.get(scope["path"]) if scope["type"] == "http" else None
        if methods is None and not scope.get("path", "").startswith("/api/"):
            await self._beside(scope, receive, send, began)
            return
        try:
            reply = await _choose(methods, scope["method"])(scope, receive)
        except Exception as error:  # noqa: BLE001 - a stranger must never see a stack trace
            reply = _failure(scope, error)
        route = OTHER if methods is None else scope["path"]
        self._count(route, scope["method"], reply.status, perf_counter() - began)
        await send(reply.start)
        await send(reply.body)

    async def _beside(self, scope: Scope, receive: Receive, send: Send, began: float) -> None:
        """The checks of gateways, whatever their method, and what is not ours to answer."""
        if self._gate is None or not scope.get("path", "").startswith(CHECKS):
            await self._rest(scope, receive, send)
            return
        try:
            reply = await self._gate(scope)
        except Exception as error:  # noqa: BLE001 - as in `__call__`
            reply = _failure({**scope, "path": CHECK}, error)  # a visitor's path may be behind it
        self._count(CHECK, scope["method"], reply.status, perf_counter() - began)
        await send(reply.start)
        await send(reply.body)

    def _methods(self, call: Call) -> dict[str, Answer]:
        answer = self._shared(call) if call.shared else self._personal(call)
        return {"GET": answer, "HEAD": answer} if call.method == "GET" else {call.method: answer}

    def _shared(self, call: Call) -> Answer:
        """Answers from the event's snapshot, with bytes that all visitors share."""
        build, name = call.shared, call.name
        service, views, queries = self._service, self._service.views, self._queries
        assert build is not None  # noqa: S101 - `_methods` saw that it is there

        async def answer(scope: Scope, _receive: Receive) -> Reply:
            query = scope["query_string"]
            event_id = queries.get(query) or self._learn(query)
            view = views.peek(event_id) or await service.view(event_id)
            choice = view.replies.get(name)
            if choice is None:
                choice = view.replies[name] = _Shared(view, build(service, view))
            return choice.pick(scope)

        return answer

    def _learn(self, query: bytes) -> str:
        event_id = decode_query(query, ForEvent).event_id
        if len(self._queries) >= MAX_KNOWN_QUERIES:
            self._queries.clear()
        self._queries[query] = event_id
        return event_id

    def _personal(self, call: Call) -> Answer:
        """Answers one visitor."""
        handle, views = self._handler(call), self._service.views
        decoder = msgspec.json.Decoder(call.takes)
        reads_body = call.method == "POST"
        checks = self._entry_checks if call.is_entry else ()

        async def answer(scope: Scope, receive: Receive) -> Reply:
            if reads_body:
                asked = decode_body(await read_body(receive), decoder)
            else:
                asked = decode_query(scope["query_string"], call.takes)
            for check in checks:
                await check(scope, asked.event_id)
            try:
                reply = await handle(asked)
            except WaitroomError as error:
                reply = error_reply(error)
                _note(scope, error, asked.event_id)
            except Exception as error:  # noqa: BLE001 - as in `__call__`, which knows no event
                return _failure(scope, error, asked.event_id)
            view = views.peek(asked.event_id)
            reply.headers.extend(
                await self._origins(asked.event_id, scope)
                if view is None
                else readable_by(view.snapshot.event, scope)
            )
            return reply

        return answer

    def _handler(self, call: Call) -> Callable[[Any], Awaitable[Reply]]:
        if call.at_desk is not None and self._desk is not None:
            return partial(call.at_desk, self._desk)
        assert call.answer is not None  # noqa: S101 - a call is shared or has a handler
        return partial(call.answer, self._service)

    async def _origins(self, event_id: str, scope: Scope) -> Headers:
        """Who may read an answer about this event; a join may be the first that asks for it."""
        try:
            view = await self._service.view(event_id)
        except WaitroomError:
            return [ANY_ORIGIN]
        return readable_by(view.snapshot.event, scope)


class _Shared:
    """The replies that one snapshot gives to all who ask the same thing."""

    __slots__ = ("_event", "_full", "_open", "_tag", "_unchanged")

    def __init__(self, view: EventView, value: object) -> None:
        self._event = view.snapshot.event
        self._open = "*" in self._event.allowed_origins
        self._full = shared_reply(value)
        if self._open:
            self._full.headers.append(ANY_ORIGIN)
        self._tag = next(v for name, v in self._full.headers if name == b"etag")
        # RFC 9110 section 15.4.5: the headers of the full answer but those of its content.
        kept = [pair for pair in self._full.headers if pair[0] != b"content-type"]
        self._unchanged = Reply(304, kept, b"")

    def pick(self, scope: Scope) -> Reply:
        reply = self._full
        for name, value in scope["headers"]:
            if name == b"if-none-match" and (self._tag in value or value == b"*"):
                reply = self._unchanged
        if self._open:
            return reply
        headers = [*reply.headers, *readable_by(self._event, scope)]
        return Reply(reply.status, headers, reply.content)


def _preflight(methods: Iterable[str]) -> Answer:
    """Which event is meant stands in the request to come; its answer says who may read it."""
    allowed = [method for method in methods if method != "HEAD"]
    reply = Reply(
        204,
        [
            ANY_ORIGIN,
            (b"access-control-allow-methods", ", ".join([*allowed, "OPTIONS"]).encode()),
            (b"access-control-allow-headers", b"content-type"),
            (b"access-control-max-age", b"86400"),
        ],
        b"",
    )

    async def answer(_scope: Scope, _receive: Receive) -> Reply:
        return reply

    return answer


def _choose(methods: Mapping[str, Answer] | None, method: str) -> Answer:
    if methods is None:
        raise NotFound
    if method not in methods:
        raise MethodNotAllowed(tuple(methods))
    return methods[method]


def _note(scope: Scope, error: WaitroomError, event_id: str = "") -> None:
    if isinstance(error, StoreUnavailable):
        facts = about(scope, error.status, route=scope["path"], event_id=event_id)
        _warn("answered 503", detail=error.detail, **facts)


def _failure(scope: Scope, error: Exception, event_id: str = "") -> Reply:
    if not isinstance(error, WaitroomError):
        facts = about(scope, 500, route=scope["path"], event_id=event_id)
        log.error("unexpected error", exc_info=error, **facts)
        return INTERNAL
    _note(scope, error, event_id)
    return error_reply(error, ANY_ORIGIN)
