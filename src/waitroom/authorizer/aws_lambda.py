"""The gate as a Lambda authorizer of Amazon API Gateway. The function's handler is ``handler``.

What belongs here: turning an event of API Gateway (TOKEN, and REQUEST in the payload formats 1.0
and 2.0) into a ``Request`` and a verdict into a policy. What is decided stands in ``decide.py``.
What must change with it: ``docs/authorizer.md`` and ``examples/aws_lambda``.

API Gateway keeps an answer for a token and goes by it for every method that uses the authorizer, so
an answer is for the whole API or it would be wrong for the next call. Which methods need a token is
said in API Gateway, not here. No event is logged: each holds a token.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from waitroom.authorizer.decide import Pass, Refuse, Verdict
from waitroom.authorizer.facts import Request
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.gatekeeper import Gatekeeper
from waitroom.authorizer.keys import JwksCache
from waitroom.errors import BadConfiguration, KeysUnavailable, TokenRefused
from waitroom.tokens.verify import Claims

Event = Mapping[str, Any]
Answer = dict[str, Any]

# Such a token may be good in a moment, and a code is for a site: no answer about it must be kept.
_PASSING = {"unknown_key", "not_yet_valid", "code_refused"}
_TOLD = ("event_id", "request_id", "queue_position", "issued_at", "expires_at")
_NOWHERE = "https://nowhere.invalid"  # an authorizer cannot send anybody anywhere


class Unauthorized(Exception):
    """API Gateway answers 401 and keeps nothing if the message of an error is this very word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class LambdaAuthorizer:
    """Answers events of API Gateway for one event of the waiting room.

    ``event_id``, ``issuer``, ``cookie_name`` as of ``Gate``; ``keys`` and ``clock`` as of
    ``Gatekeeper``.
    """

    def __init__(
        self,
        event_id: str,
        issuer: str,
        *,
        cookie_name: str = "",
        keys: JwksCache | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        gate = Gate(
            event_id=event_id,
            issuer=issuer,
            room_url=_NOWHERE,
            site_url=_NOWHERE,
            cookie_name=cookie_name,
        )
        keys = keys or keys_of(f"{issuer}/.well-known/jwks.json")
        self._keeper = Gatekeeper(gate, keys, clock=clock)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> LambdaAuthorizer:
        """Made of ``WAITROOM_EVENT_ID``, ``WAITROOM_ISSUER`` and what is optional.

        Raises ``BadConfiguration`` with the name of what is missing or wrong.
        """
        url = environment.get("WAITROOM_JWKS_URL")
        return cls(
            _set(environment, "WAITROOM_EVENT_ID"),
            _set(environment, "WAITROOM_ISSUER"),
            cookie_name=environment.get("WAITROOM_COOKIE_NAME", ""),
            keys=keys_of(url) if url else None,
        )

    def answer(self, event: Event) -> Answer:
        """The policy for this event.

        Raises ``Unauthorized`` (API Gateway: 401) if it has no token, or one that may be good in a
        moment, and ``KeysUnavailable`` (500) if no token can be checked.
        """
        arn = event.get("methodArn") or event.get("routeArn")
        if not isinstance(arn, str) or not arn.startswith("arn:"):
            raise Unauthorized
        return _policy(_believed(self._keeper.ask(_facts(event))), arn)


@cache
def _authorizer() -> LambdaAuthorizer:
    return LambdaAuthorizer.of(os.environ)


def handler(event: Event, context: object) -> Answer:  # noqa: ARG001 - Lambda passes it
    """Entry point of the function. Settings are read and keys fetched when it first runs."""
    return _authorizer().answer(event)


def keys_of(url: str) -> JwksCache:
    """Between two events a function is frozen: no thread beside it, and a clock that goes on."""
    return JwksCache(url, timeout=2, clock=time.time, start=lambda work: work())


def _set(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise BadConfiguration(f"{name} is not set")
    return environment[name]


def _facts(event: Event) -> Request:
    """As a POST to ``/``: nothing here can be a redirect, and paths are API Gateway's business."""
    if event.get("type") != "REQUEST":
        token = str(event.get("authorizationToken") or "")
        # The authorizer of before took the token alone.
        value = token if " " in token else f"Bearer {token}"
        return Request("POST", "/", "/", authorization=tuple(value.split(",")))
    # API Gateway joins what is sent twice with a comma, which no bearer token has in it.
    sent = tuple(",".join(_header(event, "authorization")).split(","))
    cookies = tuple(event.get("cookies") or _header(event, "cookie"))
    return Request("POST", "/", "/", _query(event), authorization=sent, cookies=cookies)


def _query(event: Event) -> str:
    if "rawQueryString" in event:
        return str(event["rawQueryString"])
    several = event.get("multiValueQueryStringParameters") or event.get("queryStringParameters")
    return urlencode(several or {}, doseq=True)


def _header(event: Event, name: str) -> Iterable[str]:
    """Every value of a header; REST APIs have a map of its own for those that came twice."""
    headers: Mapping[str, Any] = event.get("multiValueHeaders") or event.get("headers") or {}
    for key, value in headers.items():
        if key.lower() == name:
            yield from [value] if isinstance(value, str) else value


def _believed(verdict: Verdict) -> Claims | None:
    """The claims; None for a token that will never be good, which may be kept against it."""
    if isinstance(verdict, Pass):
        return verdict.claims
    error = verdict.error if isinstance(verdict, Refuse) else None
    if isinstance(error, KeysUnavailable):
        raise error
    if isinstance(error, TokenRefused) and error.reason not in _PASSING:
        return None
    raise Unauthorized


def _policy(claims: Claims | None, arn: str) -> Answer:
    """For every stage, method and path of the API, since it is kept for all of them."""
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if claims else "Deny",
        "Resource": f"{arn.partition('/')[0]}/*",
    }
    return {
        "principalId": claims.request_id if claims else "denied",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        # Strings and numbers: API Gateway takes nothing nested.
        "context": {name: getattr(claims, name) for name in _TOLD} if claims else {},
    }
