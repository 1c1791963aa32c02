"""The OpenID Connect provider of each event, over HTTP.

What belongs here: methods, headers, statuses and limits of ``/oidc/{event_id}/...`` (RFC 6749 and
6750, OpenID Connect Core and Discovery 1.0, RP-Initiated Logout 1.0). What is decided is in
``waitroom/oidc/``. What must change with it: ``oidc/discovery.py``, ``docs/oidc.md``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, cast

from litestar import MediaType, Response, get, route
from litestar.enums import HttpMethod
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from waitroom.core.model import Event
from waitroom.errors import (
    EventNotFound,
    EventUnknown,
    InvalidBody,
    InvalidField,
    OidcRefused,
    TokenRefused,
    Unavailable,
)
from waitroom.http import Receive, Scope, read_body
from waitroom.oidc.discovery import configuration
from waitroom.oidc.form import MAX_FORM, MAX_QUERY, read_form
from waitroom.oidc.grants import Grants
from waitroom.oidc.id_token import OwnKeys
from waitroom.oidc.provider import Provider
from waitroom.oidc.request import PARAMETERS
from waitroom.oidc.sessions import LOGOUT_PARAMETERS, Sessions
from waitroom.pages import KEEPS_OPENER, AnyRequest
from waitroom.public.entering import is_prefetch, is_visit
from waitroom.public.origins import readable_by
from waitroom.public.place_cookie import candidates, cookies_of
from waitroom.public.sorry import page, sorry
from waitroom.runtime import Runtime
from waitroom.service import Service

Answer = Response[Any]
Json = Response[dict[str, str]]
Told = Answer | Template

ENCODED: Final = "application/x-www-form-urlencoded"
PRIVATE: Final = {  # RFC 6749, section 5.1; the second for caches of HTTP/1.0
    "cache-control": "no-store",
    "pragma": "no-cache",
}
ON_THE_WAY: Final = {**PRIVATE, **KEEPS_OPENER}  # of answers to visitors
SHARED: Final = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
_GET_POST: Final = [HttpMethod.GET, HttpMethod.POST]


def handlers(
    runtime: Runtime, provider: Provider, *, secure: bool
) -> list[ControllerRouterHandler]:
    """All endpoints of all events. ``secure``: visitors reach the public plane over https."""
    service, issuer_of = runtime.service, runtime.settings.issuer
    return [
        *_documents(runtime),
        _authorize(provider, secure=secure),
        _token(service, Grants(service, runtime.secret, issuer_of)),
        *_sessions(service, Sessions(service, issuer_of)),
    ]


# --- for clients, by themselves


def _documents(runtime: Runtime) -> list[ControllerRouterHandler]:
    keys = OwnKeys(runtime.keys)

    @get("/oidc/{event_id:str}/.well-known/openid-configuration")
    async def discovery(request: AnyRequest) -> Response[dict[str, object]]:
        """What the provider says of itself (OpenID Connect Discovery 1.0, section 4)."""
        event = await _event(runtime.service, request)
        told = configuration(event, runtime.settings.issuer(event.event_id), keys.algorithms())
        return Response(told, headers=SHARED)

    @get("/oidc/{event_id:str}/.well-known/jwks.json")
    async def jwks(request: AnyRequest) -> Response[bytes]:
        """The public keys that verify tokens (RFC 7517, section 5)."""
        await _event(runtime.service, request)
        return Response(runtime.keys.jwks, media_type="application/json", headers=SHARED)

    return [discovery, jwks]


def _token(service: Service, grants: Grants) -> ControllerRouterHandler:
    @route("/oidc/{event_id:str}/token", http_method=[HttpMethod.POST, HttpMethod.OPTIONS])
    async def token(request: AnyRequest) -> Answer:
        """Tokens for a code or a refresh token (RFC 6749, section 3.2)."""
        if request.method == "OPTIONS":
            return _preflight("POST", "content-type")
        event = await _event(service, request)
        authorization = _authorization(request)
        readable = _readable_by(event, request)
        try:
            given = read_form(await _form(request, MAX_FORM))
            answer = await grants.answer(event.event_id, given, authorization)
        except OidcRefused as refused:
            return _client_told(refused, readable, basic=bool(authorization))
        except Unavailable as error:
            body = {"error": "temporarily_unavailable", "error_description": str(error)}
            later = {"retry-after": str(error.retry_after)}
            return Response(body, status_code=503, headers={**PRIVATE, **readable, **later})
        return Response(answer, status_code=200, headers={**PRIVATE, **readable})

    return token


def _client_told(refused: OidcRefused, readable: dict[str, str], *, basic: bool) -> Json:
    """An error of the token endpoint (RFC 6749, section 5.2)."""
    unknown = refused.error == "invalid_client" and basic
    scheme = {"www-authenticate": 'Basic realm="waitroom", charset="UTF-8"'} if unknown else {}
    return Response(
        {"error": refused.error, "error_description": refused.description},
        status_code=401 if unknown else 400,
        headers={**PRIVATE, **readable, **scheme},
    )


# --- for visitors, on their way


def _authorize(provider: Provider, *, secure: bool) -> ControllerRouterHandler:
    @route("/oidc/{event_id:str}/authorize", http_method=_GET_POST)
    async def authorize(request: AnyRequest) -> Told:
        """Where a client sends a visitor to (OpenID Connect Core 1.0, section 3.1.2)."""

        async def way() -> Answer:
            given, event_id = await _given(request, PARAMETERS), _event_id(request)
            places: list[str] = []
            if _is_there(request):
                places = candidates(cookies_of(request.scope["headers"]), event_id, secure=secure)
            return _sent_to(await provider.authorize(event_id, given, places))

        return await _told(request, way)

    return authorize


def _is_there(request: AnyRequest) -> bool:
    """Whether a visitor is there to be let in: not for a HEAD, an image or a script. A frame may be
    how a client asks silently."""
    in_a_frame = request.headers.get("sec-fetch-dest") in {"iframe", "frame"}
    return in_a_frame or is_visit(cast("Scope", request.scope))


async def _told(request: AnyRequest, way: Callable[[], Awaitable[Told]]) -> Told:
    """What ``way`` answers, or a page that says why it cannot."""
    # As /enter: a browser that only fetches ahead asks again when the visitor really goes.
    if is_prefetch(cast("Scope", request.scope)):
        return Response("", status_code=503, media_type=MediaType.TEXT, headers=PRIVATE)
    try:
        return await way()
    except OidcRefused as refused:
        return _page(request, 400, refused.description)
    except (EventUnknown, InvalidField) as error:
        return sorry(request, error, ON_THE_WAY)
    except Unavailable as error:
        if request.method == "POST":  # a page cannot send a form again by itself
            raise
        return sorry(request, error, ON_THE_WAY)


def _sessions(service: Service, sessions: Sessions) -> list[ControllerRouterHandler]:
    @route("/oidc/{event_id:str}/end_session", http_method=_GET_POST)
    async def end_session(request: AnyRequest) -> Told:
        """The visit is over (OpenID Connect RP-Initiated Logout 1.0, section 2)."""

        async def way() -> Told:
            given = await _given(request, LOGOUT_PARAMETERS)
            onward = await sessions.end_session(_event_id(request), given)
            return _sent_to(onward) if onward else _page(request, 200, "")

        return await _told(request, way)

    @route("/oidc/{event_id:str}/userInfo", http_method=[*_GET_POST, HttpMethod.OPTIONS])
    async def user_info(request: AnyRequest) -> Answer:
        """Who has this access token (OpenID Connect Core 1.0, section 5.3)."""
        if request.method == "OPTIONS":
            return _preflight("GET, POST", "authorization, content-type")
        event = await _event(service, request)
        readable = _readable_by(event, request)
        try:
            token = await _bearer(request)
            info = await sessions.user_info(event.event_id, token) if token else None
        except OidcRefused as refused:
            return _bearer_told(_Challenge(400, refused.error, refused.description), readable)
        except TokenRefused as refused:
            return _bearer_told(_Challenge(401, "invalid_token", str(refused)), readable)
        if info is None:
            return _bearer_told(_Challenge(401, "", "An access token is needed."), readable)
        return Response(info, status_code=200, headers={**PRIVATE, **readable})

    return [end_session, user_info]


@dataclass(frozen=True)
class _Challenge:
    """Why no bearer token does. ``error``: empty if there is none (RFC 6750, section 3.1)."""

    status: int
    error: str
    description: str


def _bearer_told(why: _Challenge, readable: dict[str, str]) -> Json:
    """An error of a protected resource (RFC 6750, section 3)."""
    scheme = 'Bearer realm="waitroom"'
    body = {"error_description": why.description}
    if why.error:
        # A quotation mark would end the description early.
        plain = why.description.replace('"', "'").replace("\\", "/")
        scheme += f', error="{why.error}", error_description="{plain}"'
        body = {"error": why.error, **body}
    headers = {**PRIVATE, **readable, "www-authenticate": scheme}
    return Response(body, status_code=why.status, headers=headers)


# --- what requests say


def _event_id(request: AnyRequest) -> str:
    return str(request.path_params["event_id"])


async def _event(service: Service, request: AnyRequest) -> Event:
    """The event in the path. Raises ``EventNotFound``."""
    event_id = _event_id(request)
    try:
        return (await service.view(event_id)).snapshot.event
    except (EventUnknown, InvalidField):
        raise EventNotFound(event_id) from None


async def _given(request: AnyRequest, known: Collection[str]) -> dict[str, str]:
    """The parameters of a visitor's request, from its query or its form. ``OidcRefused``."""
    if request.method == "POST":
        return read_form(await _form(request, MAX_QUERY), known)
    query: bytes = request.scope["query_string"]
    if len(query) > MAX_QUERY:
        raise OidcRefused("invalid_request", f"The query is longer than {MAX_QUERY} bytes.")
    return read_form(query, known)


async def _form(request: AnyRequest, limit: int) -> bytes:
    if not _has_form(request):
        raise OidcRefused("invalid_request", f"Content-Type: wanted {ENCODED}.")
    try:
        return await read_body(cast("Receive", request.receive), limit)
    except InvalidBody as error:
        raise OidcRefused("invalid_request", str(error)) from None


def _has_form(request: AnyRequest) -> bool:
    kind = request.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == ENCODED


def _authorization(request: AnyRequest) -> list[str]:
    """Every ``Authorization`` header."""
    headers = request.scope["headers"]
    return [value.decode("latin-1") for name, value in headers if name == b"authorization"]


async def _bearer(request: AnyRequest) -> str:
    """The access token of a request; empty if there is none. Raises ``OidcRefused``.

    In a header, or in a form (RFC 6750, sections 2.1 and 2.2); never in a query, since that ends up
    in logs (RFC 9700, section 4.3.2).
    """
    authorization = _authorization(request)
    schemes = [scheme.lower() for scheme, _, _ in (one.partition(" ") for one in authorization)]
    found = [one.partition(" ")[2].strip(" ") for one in authorization]
    if b"access_token=" in request.scope["query_string"]:
        raise OidcRefused("invalid_request", "An access token does not belong into a query.")
    if request.method == "POST" and _has_form(request):
        sent = read_form(await _form(request, MAX_FORM), {"access_token"})
        found += sent.values()
    if len(found) > 1:
        raise OidcRefused("invalid_request", "The access token is given in more than one way.")
    return "" if schemes not in ([], ["bearer"]) else "".join(found)


# --- answers


def _readable_by(event: Event, request: AnyRequest) -> dict[str, str]:
    found = readable_by(event, cast("Scope", request.scope))
    return {name.decode(): value.decode("latin-1") for name, value in found}


def _preflight(methods: str, headers: str) -> Answer:
    allowed = {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": f"{methods}, OPTIONS",
        "access-control-allow-headers": headers,
        "access-control-max-age": "86400",
    }
    return Response(None, status_code=204, headers=allowed)


def _sent_to(location: str) -> Answer:
    """303, so that a form is not sent on (RFC 9700, section 4.12)."""
    headers = {**ON_THE_WAY, "location": location}
    return Response("", status_code=303, media_type=MediaType.TEXT, headers=headers)


def _page(request: AnyRequest, status: int, why: str) -> Template:
    return page(request, "oidc.html", status, ON_THE_WAY, why=why)
