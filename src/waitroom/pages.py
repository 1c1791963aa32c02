"""What both planes' web pages share: the framework's set-up, headers, errors, health.

What belongs here: Litestar configuration. The hot lane knows nothing of it. Which files pages load,
and how they are kept, is in ``static_files.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import structlog
from jinja2 import Environment, FileSystemLoader
from litestar import Litestar, Request, Response, asgi, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException
from litestar.handlers import ASGIRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from litestar.types import ControllerRouterHandler
from litestar.types import Receive as LitestarReceive
from litestar.types import Scope as LitestarScope
from litestar.types import Send as LitestarSend

from waitroom.errors import NotFound, WaitroomError
from waitroom.http import NO_STORE, NOSNIFF, Headers, Scope, Send, error_body, error_headers
from waitroom.observe.requests import page_of
from waitroom.observe.trace import about
from waitroom.static_files import ROOT, WEB, StaticFiles, static

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
# On a visitor's way from an OpenID Connect client and back: where that is in a window which the
# site has opened, the browser would otherwise cut the two apart for good (HTML, section 7.1.3).
KEEPS_OPENER: Final = {"cross-origin-opener-policy": "unsafe-none"}

_UNPACKED: Final = ["^/(?!$|room/|docs$)"]  # all but these paths

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


def templates() -> Environment:
    """Our templates. ``static`` in them is what stands before the name of a static file."""
    found = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True)
    found.globals["static"] = static()
    return found


def _static_handler() -> ASGIRouteHandler:
    served = StaticFiles([(name.encode(), value.encode()) for name, value in PAGE_HEADERS.items()])

    @asgi(ROOT, is_mount=True, copy_scope=True)
    async def files(scope: LitestarScope, receive: LitestarReceive, send: LitestarSend) -> None:
        path = scope["path"].removeprefix(ROOT).strip("/")  # a mount puts slashes around it
        del receive  # the framework wants all three by name
        await (await served.answer(cast("Scope", scope), path))(cast("Send", send))

    return files


def web_app(handlers: Sequence[ControllerRouterHandler]) -> Litestar:
    """A Litestar application with our templates, static files, headers and errors."""
    return Litestar(
        route_handlers=[*handlers, healthz, _static_handler()],
        openapi_config=None,
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(templates()),
        ),
        # Of the pages; static files are packed once for all, and the rest is small.
        compression_config=CompressionConfig(backend="gzip", exclude=_UNPACKED),
        exception_handlers={
            WaitroomError: answer_error,
            HTTPException: answer_http_error,
            Exception: answer_bug,
        },
        response_headers=PAGE_HEADERS,
        logging_config=None,
    )
