"""What both planes do alike over HTTP: read input strictly, answer in the contract's words.

What belongs here: limits, decoding, the error body, headers. What must change with it: the
"General" part of the HTTP contract.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from waitroom.errors import (
    EventNotOpen,
    InvalidBody,
    InvalidField,
    MethodNotAllowed,
    NotFound,
    SiteFull,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    WaitroomError,
)
from waitroom.wanted import choices, whole_numbers

T = TypeVar("T")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

MAX_BODY: Final = 16 * 1024
MAX_PATH: Final = 255
MAX_QUERY: Final = 4 * 1024
MAX_PARAMETERS: Final = 32
BODY_SECONDS: Final = 10.0  # for the whole body: slower, and the answer is 400
BODY_GLANCE: Final = 1.0  # s between two looks for bodies that take too long

JSON: Final = (b"content-type", b"application/json")
NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
NO_STORE: Final = (b"cache-control", b"no-store")
FOR_A_SECOND: Final = (b"cache-control", b"public, max-age=1")
FOR_FIVE_MINUTES: Final = (b"cache-control", b"public, max-age=300")
ANY_ORIGIN: Final = (b"access-control-allow-origin", b"*")


class Reply:
    """A response ready to be sent, as often as you like."""

    __slots__ = ("body", "content", "headers", "start", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.content = body
        self.start = {"type": "http.response.start", "status": status, "headers": headers}
        self.body = {"type": "http.response.body", "body": body}

    async def __call__(self, send: Send) -> None:
        """Send it."""
        await send(self.start)
        await send(self.body)


def json_reply(status: int, value: object, *headers: tuple[bytes, bytes]) -> Reply:
    """``value`` as JSON, not to be stored unless ``headers`` say otherwise."""
    content = msgspec.json.encode(value)
    if headers and any(name == b"cache-control" for name, _ in headers):
        return Reply(status, [JSON, NOSNIFF, *headers], content)
    return Reply(status, [JSON, NOSNIFF, NO_STORE, *headers], content)


def error_body(error: WaitroomError) -> dict[str, str]:
    """The contract's body of an error."""
    return {"error": str(error), "code": error.code}


def error_headers(error: WaitroomError) -> Headers:
    """Headers that a status calls for (RFC 9110 sections 10.2.1, 10.2.3, 11.6.1)."""
    if isinstance(error, MethodNotAllowed):
        return [(b"allow", ", ".join(error.allowed).encode())]
    if isinstance(error, Unavailable | TooManyRequests | SiteFull | EventNotOpen):
        return [(b"retry-after", str(error.retry_after).encode())]
    if isinstance(error, Unauthorized):
        return [(b"www-authenticate", b"Bearer")]
    return []


def error_reply(error: WaitroomError, *headers: tuple[bytes, bytes]) -> Reply:
    """The contract's answer to an error."""
    return json_reply(error.status, error_body(error), *error_headers(error), *headers)


INTERNAL: Final = json_reply(
    500, {"error": "Something went wrong on our side.", "code": "internal"}, ANY_ORIGIN
)


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header called ``name`` (lower case)."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


async def pass_on(pages: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to the framework, which gives some paths to the file system.

    A NUL, or a name longer than there can be, is nothing that could be there. HEAD becomes GET,
    whose headers it asks for (RFC 9110 section 9.3.2), and stays in the scope as ``asked_method``;
    the HTTP server leaves out the body.
    """
    path = scope.get("path", "")
    if "\0" in path or len(path) > MAX_PATH:
        await error_reply(NotFound())(send)
        return
    if scope.get("method") == "HEAD":
        scope = {**scope, "method": "GET", "asked_method": "HEAD"}
    await pages(scope, receive, send)


class _SlowBodies:
    """Ends requests whose body does not come, so that their connections are not held for ever.

    One look a second for all of them: a timer for each would take as long as reading its body.
    """

    def __init__(self) -> None:
        self._begun: dict[asyncio.Task[Any], float] = {}
        self._overdue: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.AbstractEventLoop | None = None

    def begin(self, task: asyncio.Task[Any]) -> None:
        loop = task.get_loop()
        self._begun[task] = loop.time()
        if self._watching is not loop:
            self._watching = loop
            loop.call_later(BODY_GLANCE, self._look, loop)

    def end(self, task: asyncio.Task[Any]) -> None:
        del self._begun[task]

    def was_ended(self, task: asyncio.Task[Any]) -> bool:
        """Whether it was us who cancelled ``task``, which then need not be cancelled any more."""
        if task not in self._overdue:
            return False
        self._overdue.discard(task)
        task.uncancel()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        deadline = loop.time() - BODY_SECONDS
        for task in [task for task, begun in self._begun.items() if begun < deadline]:
            if task not in self._overdue and task.get_loop() is loop:
                self._overdue.add(task)
                task.cancel()
        if self._begun:
            loop.call_later(BODY_GLANCE, self._look, loop)
        else:
            self._watching = None


_slow_bodies = _SlowBodies()


async def read_body(receive: Receive, limit: int = MAX_BODY) -> bytes:
    """The whole body, at most ``limit`` bytes.

    Raises:
        InvalidBody: it is larger, took too long, or ended too early. Who only stopped sending
            still reads the answer; to leave without one would be a 500 of the HTTP server's own.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine that awaits is in a task
    _slow_bodies.begin(task)
    try:
        message = await receive()
        body: bytes = message.get("body", b"")
        while message.get("more_body", False) and len(body) <= limit:
            message = await receive()
            body += message.get("body", b"")
    except asyncio.CancelledError:
        if _slow_bodies.was_ended(task):
            raise InvalidBody(f"The body took longer than {BODY_SECONDS:.0f} s.") from None
        raise
    finally:
        _slow_bodies.end(task)
    if message["type"] == "http.disconnect":
        raise InvalidBody("The body ended too early.")
    if len(body) > limit:
        raise InvalidBody(f"The body is larger than {limit} bytes.")
    return body


_MISSING: Final = re.compile(r"missing required field `([^`]*)`(?: - at `\$\.?(.*)`)?")
_AT: Final = re.compile(r"(?P<wanted>.*) - at `(?:key in )?\$\.?(?P<field>.*)`", re.DOTALL)


def decode_body(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """``body`` as what ``decoder`` wants; unknown fields are ignored.

    Raises:
        InvalidBody: it is not a JSON object.
        InvalidField: a field is missing or of the wrong type; names it.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid_field(error, decoder.type) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidBody("The body is not JSON.") from None


def invalid_field(error: msgspec.ValidationError, kind: Any) -> InvalidField | InvalidBody:
    """Our words for what msgspec found on decoding a ``kind``: the field, and what was wanted."""
    text = str(error)
    missing = _MISSING.search(text)
    if missing:
        parent = f"{missing[2]}." if missing[2] else ""
        return InvalidField(parent + missing[1], "missing")
    at = _AT.match(text)
    if at and at["field"]:
        return InvalidField(at["field"], _wanted(at["wanted"], kind, at["field"]))
    return InvalidBody("The body is not a JSON object.")


_WORDS: Final = {"int": "a whole number", "str": "text", "bool": "true or false", "array": "a list"}


def _wanted(complaint: str, kind: Any, field: str) -> str:
    """What was wanted, from a complaint such as "Expected `int`, got `str`"."""
    if complaint.startswith(("Invalid enum value", "Invalid value")):
        given = complaint.removeprefix("Invalid ").removeprefix("enum ").removeprefix("value ")[:64]
        return f"{given} is none of {choices(kind, field) or 'the accepted values'}"
    if not complaint.startswith("Expected "):  # "Number out of range"
        return complaint[:1].lower() + complaint[1:80]
    if complaint.startswith("Expected `int` ") and (numbers := whole_numbers(kind, field)):
        return f"wanted {numbers}"
    wanted = complaint.replace("`", "").removeprefix("Expected ").partition(", got")[0]
    parts = [_WORDS.get(part, part) for part in wanted[:120].split(" | ")]
    return "wanted " + " or ".join(parts)


def decode_query(query: bytes, wanted: type[T], limit: int = MAX_QUERY) -> T:
    """The query string of at most ``limit`` bytes as ``wanted``; unknown parameters are ignored.

    Raises:
        InvalidField: a parameter is missing, of the wrong form, or given twice; names it.
    """
    if len(query) > limit:
        raise InvalidField("query", f"wanted at most {limit} bytes")
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:  # UnicodeDecodeError is one
        raise InvalidField("query", "wanted percent-encoded UTF-8, 32 parameters at most") from None
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidField(twice[:64], "given more than once")
    try:
        return msgspec.convert(values, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise invalid_field(error, wanted) from None
