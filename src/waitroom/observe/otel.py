"""Traces to a collector, for deployments that ask for them with ``otlp_endpoint``.

What belongs here: spans of requests and of the store's steps, sent by OpenTelemetry's own exporter
(OTLP over HTTP, protobuf). Its libraries are an extra and are loaded only when a collector is set;
without one, nothing of this is on the way of a request.

Names and attributes follow the semantic conventions (HTTP server spans, database client spans).
Headers, a time-out or a certificate for the collector are set as OpenTelemetry says, by
``OTEL_EXPORTER_OTLP_HEADERS`` and its like in the environment. Request IDs, tokens and keys are in
no span: paths and queries are not, only routes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import wraps
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from waitroom import __version__
from waitroom.errors import Unavailable, WaitroomError
from waitroom.http import App, Receive, Scope, Send
from waitroom.observe import trace
from waitroom.observe.meter import METHODS, OTHER
from waitroom.observe.requests import page_of
from waitroom.observe.stores import VERBS
from waitroom.store import Store

PATH: Final = "/v1/traces"  # where a collector takes them, below its URL (OTLP specification)


class Tracing:
    """Makes spans and sends them, until closed."""

    def __init__(self, endpoint: str, plane: str) -> None:
        about = {"service.name": f"waitroom-{plane}", "service.version": __version__}
        self._provider = TracerProvider(resource=Resource.create(about))
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self.tracer = self._provider.get_tracer("waitroom", __version__)

    def close(self) -> None:
        """Send what is left; takes as long as the collector does."""
        self._provider.shutdown()


def traced_requests(app: App, tracing: Tracing, routes: frozenset[str]) -> App:
    """``app`` with a span for each request, whose trace is the caller's if it named one."""
    propagator = TraceContextTextMapPropagator()

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else OTHER
        told = trace.read(scope["headers"])
        context = propagator.extract({"traceparent": told} if told else {})
        with tracing.tracer.start_as_current_span(
            method, context=context, kind=SpanKind.SERVER
        ) as span:

            async def watch(message: MutableMapping[str, Any]) -> None:
                if "status" in message:
                    _say_answer(span, scope, method, message["status"], routes)
                await send(message)

            sent: dict[str, str] = {}
            propagator.inject(sent)
            with trace.bound(sent.get("traceparent")):
                await app(scope, receive, watch)

    return answered


def _say_answer(span: Span, scope: Scope, method: str, status: int, routes: frozenset[str]) -> None:
    path = scope["path"]
    route = scope.get("route") or (path if path in routes else page_of(path))
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def traced_store(store: Store, tracing: Tracing) -> Store:
    """``store`` itself; from now on each step of it for a request is a span (see ``stores.py``).

    The background work, which looks at the store many times a second, makes none.
    """
    for name in VERBS:
        setattr(store, name, _spanned(name, getattr(store, name), tracing))
    return store


def _spanned(
    name: str, verb: Callable[..., Awaitable[Any]], tracing: Tracing
) -> Callable[..., Awaitable[Any]]:
    @wraps(verb)
    async def spanned(*args: Any, **kwargs: Any) -> Any:
        if not get_current_span().get_span_context().is_valid:
            return await verb(*args, **kwargs)
        with tracing.tracer.start_as_current_span(
            f"store {name}",
            kind=SpanKind.CLIENT,
            attributes={"db.operation.name": name},
            record_exception=False,  # its text may name what is not for others
            set_status_on_exception=False,
        ) as span:
            try:
                return await verb(*args, **kwargs)
            except WaitroomError as error:
                span.set_attribute("error.type", error.code)
                if isinstance(error, Unavailable):
                    span.set_status(StatusCode.ERROR)
                raise

    return spanned
