"""The gate as a Lambda authorizer of Amazon API Gateway. The function's handler is ``handler``.

What belongs here: turning an event of API Gateway (TOKEN, and REQUEST in the payload formats 1.0
and 2.0) into a ``Request`` and a verdict into a policy. What is decided stands in ``decide.py``.
What must change with it: ``docs/authorizer.md`` and ``examples/aws_lambda``.

API Gateway keeps an answer for a token and goes by it for every method that uses the authorizer, so
an answer is for the whole API or it would be wrong for the next call; which methods are protected
is said in API Gateway, not here. No event is logged: each holds a token.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from waitroom.authorizer.decide import HandOver, Pass, Refuse, Tidy, Verdict
from waitroom.authorizer.facts import Request
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.gatekeeper import Gatekeeper
from waitroom.authorizer.keys import JwksCache
from waitroom.errors import BadConfiguration, KeysUnavailable, TokenRefused, WaitroomError
from waitroom.tokens.verify import Claims

Event = Mapping[str, Any]
Answer = dict[str, Any]

# The same token may be good in a moment: these must not be kept against it.
_PASSING = {"unknown_key", "not_yet_valid"}
_NOBODY = "https://lambda.invalid"  # an authorizer sends nobody anywhere


class Unauthorized(Exception):
    """API Gateway answers 401, and keeps nothing, when the message is this very word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class LambdaAuthorizer:
    """Answers events of API Gateway. ``simple``: answer payload 2.0 with ``isAuthorized``.

    ``keys`` and ``clock`` as of ``Gatekeeper``.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        simple: bool = False,
        keys: JwksCache | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keeper = Gatekeeper(gate, keys or _keys(f"{gate.issuer}/.well-known/jwks.json"), None, clock)
        self._simple = simple

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> LambdaAuthorizer:
        """Made of the settings in ``environment``, see ``docs/authorizer.md``.

        Raises ``BadConfiguration`` with the name of what is missing or wrong.
        """
        issuer = _set(environment, "WAITROOM_ISSUER")
        gate = Gate(
            event_id=_set(environment, "WAITROOM_EVENT_ID"),
            issuer=issuer,
            room_url=_NOBODY,
            site_url=_NOBODY,
            cookie_name=environment.get("WAITROOM_COOKIE_NAME", ""),
        )
        simple = environment.get("WAITROOM_SIMPLE_RESPONSES", "false").lower()
        if simple not in {"true", "false"}:
            raise BadConfiguration("WAITROOM_SIMPLE_RESPONSES: wanted true or false")
        url = environment.get("WAITROOM_JWKS_URL") or f"{issuer}/.well-known/jwks.json"
        return cls(gate, simple=simple == "true", keys=_keys(url))

    def answer(self, event: Event) -> Answer:
        """The policy for this event, or the simple response.

        Raises ``Unauthorized`` (API Gateway: 401) if there is no token or one that may be good in a
        moment, ``KeysUnavailable`` (500) if none can be checked. Neither is kept by API Gateway.
        """
        simple = self._simple and event.get("version") == "2.0"
        verdict = self._keeper.ask(_facts(event))
        claims = None if isinstance(verdict, Refuse) else _claims(verdict)
        if claims is None:
            _raise_what_passes(verdict)
        return _simple(claims) if simple else _policy(claims, _arn(event))


@cache
def _authorizer() -> LambdaAuthorizer:
    return LambdaAuthorizer.of(os.environ)


def handler(event: Event, context: object) -> Answer:  # noqa: ARG001 - Lambda passes it
    """Entry point of the Lambda function. Settings are read and keys fetched when it first runs."""
    return _authorizer().answer(event)


def _keys(url: str) -> JwksCache:
    """Between two events a function is frozen: no thread of its own, and a clock that goes on."""
    return JwksCache(url, timeout=2, clock=time.time, start=lambda work: work())
