"""What both planes' web pages share: the framework's set-up, headers, errors, health.

What belongs here: Litestar configuration. The hot lane knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import structlog
from litestar import Litestar, Request, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from litestar.types import ControllerRouterHandler

from waitroom.errors import NotFound, WaitroomError
from waitroom.http import NO_STORE, NOSNIFF, Headers, error_body, error_headers
from waitroom.observe.requests import page_of
from waitroom.observe.trace import about

WEB: Final = Path(str(files("waitroom").joinpath("web")))

# Nothing from elsewhere, nothing inline, in nobody's frame (CSP Level 3).
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}

log = structlog.get_logger("waitroom")
AnyRequest = Request[Any, Any, Any]


def answer_error(_request: AnyRequest, error: WaitroomError) -> Response[dict[str, str]]:
    """The contract's body for an error of ours."""
    headers = _plain([NOSNIFF, NO_STORE, *error_headers(error)])
    return Response(error_body(error), status_code=error.status, headers=headers)


def answer_http_error(request: AnyRequest, error: HTTPException) -> Response[dict[str, str]]:
    """The contract's body for an error of the framework: no such path, no such method."""
    if error.status_code == 404:
        return answer_error(request, NotFound())
    body = {"error": error.detail, "code": f"http_{error.status_code}"}
    if error.status_code == 405:
        body = {"error": "This path does not take that method.", "code": "method_not_allowed"}
    headers = {**(error.headers or {}), **_plain([NOSNIFF, NO_STORE])}
    return Response(body, status_code=error.status_code, headers=headers)


def _plain(headers: Headers) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}


def answer_bug(request: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    """An error that nobody foresaw: logged whole, told in one plain sentence."""
    facts = about(request.scope, 500, route=page_of(request.url.path))
    log.error("unexpected error", exc_info=error, **facts)
    return answer_error(request, WaitroomError("Something went wrong on our side."))


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def healthz() -> dict[str, str]:
    """Alive: this process answers."""
    return {"status": "ok"}


def web_app(handlers: Sequence[ControllerRouterHandler]) -> Litestar:
    """A Litestar application with our templates, static files, headers and errors."""
    static = create_static_files_router(
        path="/static",
        directories=[WEB / "static", WEB / "vendor"],
        cache_control=CacheControlHeader(public=True, max_age=300),
    )
    return Litestar(
        route_handlers=[*handlers, healthz, static],
        openapi_config=None,
        template_config=TemplateConfig(directory=WEB / "templates", engine=JinjaTemplateEngine),
        exception_handlers={
            WaitroomError: answer_error,
            HTTPException: answer_http_error,
            Exception: answer_bug,
        },
        response_headers=PAGE_HEADERS,
        logging_config=None,
    )
