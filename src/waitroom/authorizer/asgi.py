"""The gate as ASGI middleware.

What belongs here: turning a scope into a ``Request`` and a decision into messages. What is decided
stands in ``decide.py``. The gate sets no request headers that a visitor could forge, so it has none
to strip: what it knows of the visitor travels in the scope, which no client can write.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

from waitroom.authorizer.answers import Answer, answer
from waitroom.authorizer.decide import Pass, PassUnprotected, Verdict
from waitroom.authorizer.facts import Request
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.gatekeeper import Gatekeeper
from waitroom.authorizer.keys import JwksCache
from waitroom.authorizer.redeemer import Redeemer
from waitroom.tokens.verify import Claims

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1


class WaitroomMiddleware:
    """Let admitted visitors through to ``app``; send the others to the waiting room.

    ``keys``, ``redeem`` and ``clock`` as of ``Gatekeeper``. The claims of an admitted visitor are
    at ``scope["state"]["waitroom"]`` (see ``admitted``); the key is None where no token is needed.
    A websocket without a token is closed before it is accepted (servers answer 403).
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:
            await self._act(await self._keeper.ask_async(_facts(scope)), scope, receive, send)

    async def _act(self, decision: Verdict, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(decision, Pass | PassUnprotected):
            claims = decision.claims if isinstance(decision, Pass) else None
            state = {**scope.get("state", {}), "waitroom": claims}
            query = decision.query.encode("latin-1")
            await self._app({**scope, "query_string": query, "state": state}, receive, send)
        elif scope["type"] == "websocket":
            await receive()  # websocket.connect
            reason = "Come through the waiting room."
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": reason})
        else:
            await _reply(answer(self._keeper.gate, decision), scope["method"], send)


def admitted(scope: Mapping[str, object]) -> Claims | None:
    """The claims of the visitor behind ``scope``; None on an open path. For use in the site."""
    state = scope.get("state")
    claims = state.get("waitroom") if isinstance(state, Mapping) else None
    return claims if isinstance(claims, Claims) else None


def _facts(scope: Scope) -> Request:
    """Read a scope of type ``http`` or ``websocket``; any other raises ``ValueError``."""
    if scope["type"] not in {"http", "websocket"}:
        # Unknown ways in stay shut, rather than open until somebody thinks of them.
        raise ValueError(f"The waiting room's gate does not know {scope['type']!a} connections.")
    found: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value.decode("latin-1"))
    # Some servers leave the query in raw_path, some give no raw_path at all.
    raw = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    return Request(
        method=scope.get("method", "WEBSOCKET"),
        path=raw.partition(b"?")[0].decode("latin-1"),
        routed_path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        authorization=tuple(found.get(b"authorization", ())),
        cookies=tuple(found.get(b"cookie", ())),
        accept=",".join(found.get(b"accept", ())),
        fetch_mode=",".join(found.get(b"sec-fetch-mode", ())),
        hosts=tuple(found.get(b"host", ())),
        user_agent=",".join(found.get(b"user-agent", ())),
    )


async def _reply(reply: Answer, method: str, send: Send) -> None:
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if method == "HEAD" else reply.body
    await send({"type": "http.response.body", "body": body})
