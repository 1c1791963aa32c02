"""One table of attacks, through every wrapper: ASGI, WSGI and the Lambda authorizer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from waitroom.authorizer import WaitroomMiddleware, WaitroomWSGIMiddleware
from waitroom.authorizer.aws_lambda import LambdaAuthorizer, Unauthorized

from . import made
from .attacks import Raw, inside, outside
from .doubles import Room

Enter = Callable[[Raw], Awaitable[bool]]
"""Sends a request through a wrapper: did it reach the site?"""

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abcdef123/prod/GET/checkout"


async def by_asgi(raw: Raw) -> bool:
    """A scope as servers make it: the path decoded, and as sent beside it."""
    reached: list[object] = []

    async def site(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)

    async def nothing(*_: object) -> Any:
        return {}

    app = WaitroomMiddleware(
        site, gate=made.gate(), keys=Room("rsa").keys(), clock=lambda: made.NOW
    )
    await app(
        {
            "type": "http",
            "method": raw.method,
            "path": unquote_to_bytes(raw.path).decode("utf-8", "replace"),
            "raw_path": raw.path.encode(),
            "query_string": raw.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in raw.headers],
        },
        nothing,
        nothing,
    )
    return bool(reached)


async def by_wsgi(raw: Raw) -> bool:
    """An environ as PEP 3333 has it: headers that came twice joined with a comma."""
    reached: list[object] = []

    def site(environ: Any, start_response: Any) -> list[bytes]:
        reached.append(environ)
        return []

    environ: dict[str, Any] = {
        "REQUEST_METHOD": raw.method,
        "PATH_INFO": unquote_to_bytes(raw.path).decode("latin-1"),
        "QUERY_STRING": raw.query,
    }
    for name, value in raw.headers:
        key = f"HTTP_{name.upper().replace('-', '_')}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    app = WaitroomWSGIMiddleware(
        site, gate=made.gate(), keys=Room("rsa").keys(), clock=lambda: made.NOW
    )
    app(environ, lambda *_: None)
    return bool(reached)


def allows(event: dict[str, Any]) -> bool:
    """What the Lambda authorizer makes of an event."""
    keys = Room("rsa").keys()
    authorizer = LambdaAuthorizer(made.EVENT, made.ISSUER, keys=keys, clock=lambda: made.NOW)
    try:
        said = authorizer.answer(event)
    except Unauthorized:
        return False
    return bool(said["policyDocument"]["Statement"][0]["Effect"] == "Allow")


async def by_lambda_1(raw: Raw) -> bool:
    """REQUEST, payload format 1.0: maps of what came once and of all values."""
    several: dict[str, list[str]] = {}
    for name, value in raw.headers:
        several.setdefault(name, []).append(value)
    pairs = [part.partition("=") for part in raw.query.split("&") if part]
    return allows(
        {
            "type": "REQUEST",
            "methodArn": ARN,
            "httpMethod": raw.method,
            "path": raw.path,
            "headers": {name: values[-1] for name, values in several.items()},
            "multiValueHeaders": several,
            "queryStringParameters": {name: value for name, _, value in pairs} or None,
            "multiValueQueryStringParameters": {name: [value] for name, _, value in pairs} or None,
        }
    )


async def by_lambda_2(raw: Raw) -> bool:
    """REQUEST, payload format 2.0: cookies apart, the rest joined."""
    headers: dict[str, str] = {}
    for name, value in raw.headers:
        if name.lower() != "cookie":
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    cookies = [value for name, value in raw.headers if name.lower() == "cookie"]
    return allows(
        {
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": ARN,
            "rawPath": raw.path,
            "rawQueryString": raw.query,
            "cookies": [one.strip() for line in cookies for one in line.split(";")],
            "headers": headers,
            "requestContext": {"http": {"method": raw.method, "path": raw.path}},
        }
    )


WRAPPERS = {"asgi": by_asgi, "wsgi": by_wsgi, "lambda-1": by_lambda_1, "lambda-2": by_lambda_2}


@pytest.fixture(params=list(WRAPPERS))
def wrapper(request: pytest.FixtureRequest) -> str:
    """Every wrapper in turn."""
    return str(request.param)


@pytest.mark.parametrize("name", list(outside()))
async def test_nobody_gets_past(wrapper: str, name: str) -> None:
    """No row of the table reaches the site, whichever wrapper is in front of it."""
    raw = outside()[name]
    enter: Enter = WRAPPERS[wrapper]
    assert not await enter(raw)


@pytest.mark.parametrize("name", list(inside()))
async def test_visitors_get_in(wrapper: str, name: str) -> None:
    """Admitted visitors pass all of them."""
    enter: Enter = WRAPPERS[wrapper]
    assert await enter(inside()[name])
