"""The gate as WSGI middleware (PEP 3333).

What belongs here: turning an ``environ`` into a ``Request`` and a decision into a reply. What is
decided stands in ``decide.py``. What the gate knows of the visitor travels in a key of ``environ``
that no client can write: headers of a request arrive under ``HTTP_...``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from waitroom.authorizer.answers import answer
from waitroom.authorizer.decide import Pass, PassUnprotected
from waitroom.authorizer.facts import Request
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.gatekeeper import Gatekeeper
from waitroom.authorizer.keys import JwksCache
from waitroom.authorizer.redeemer import Redeemer
from waitroom.tokens.verify import Claims

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

CLAIMS = "waitroom.claims"
"""Key of ``environ`` with the claims of an admitted visitor; None where no token is needed."""

_AS_SENT = ("REQUEST_URI", "RAW_URI")  # what servers have over and above PEP 3333


class WaitroomWSGIMiddleware:
    """Let admitted visitors through to ``app``; send the others to the waiting room.

    ``keys``, ``redeem`` and ``clock`` as of ``Gatekeeper``. The claims of an admitted visitor are
    at ``environ["waitroom.claims"]`` (see ``admitted``).
    """

    def __init__(
        self,
        app: App,
        *,
        gate: Gate,
        keys: JwksCache | None = None,
        redeem: Redeemer | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._keeper = Gatekeeper(gate, keys, redeem, clock)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        verdict = self._keeper.ask(_facts(environ))
        if isinstance(verdict, Pass | PassUnprotected):
            _clean(environ, verdict.query)
            environ[CLAIMS] = verdict.claims if isinstance(verdict, Pass) else None
            return self._app(environ, start_response)
        reply = answer(self._keeper.gate, verdict)
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(reply.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]


def admitted(environ: Mapping[str, object]) -> Claims | None:
    """The claims of the visitor behind ``environ``; None on an open path. For use in the site."""
    claims = environ.get(CLAIMS)
    return claims if isinstance(claims, Claims) else None


def _facts(environ: Environ) -> Request:
    routed = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    sent = next((environ[name] for name in _AS_SENT if environ.get(name)), None)
    return Request(
        method=environ["REQUEST_METHOD"],
        path=quote(routed) if sent is None else sent.partition("?")[0],
        routed_path=routed.decode("utf-8", "replace"),
        query=environ.get("QUERY_STRING", ""),
        # Servers join what is sent twice with a comma, which no bearer token has in it.
        authorization=tuple(environ.get("HTTP_AUTHORIZATION", "").split(",")),
        cookies=(environ.get("HTTP_COOKIE", ""),),
        accept=environ.get("HTTP_ACCEPT", ""),
        fetch_mode=environ.get("HTTP_SEC_FETCH_MODE", ""),
        hosts=(environ["HTTP_HOST"],) if "HTTP_HOST" in environ else (),
        user_agent=environ.get("HTTP_USER_AGENT", ""),
    )


def _clean(environ: Environ, query: str) -> None:
    """Take the hand-over out of every place where the query stands."""
    environ["QUERY_STRING"] = query
    for name in _AS_SENT:
        if environ.get(name):
            path = environ[name].partition("?")[0]
            environ[name] = f"{path}?{query}" if query else path
