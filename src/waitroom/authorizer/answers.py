"""What a decision looks like in HTTP, for every framework alike.

What belongs here: statuses, headers and bodies of the gate's own replies. What must change with it:
the table in ``docs/authorizer.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from waitroom.authorizer.decide import HandOver, Redirect, Refuse, Tidy
from waitroom.authorizer.gate import Gate
from waitroom.errors import KeysUnavailable, TokenRefused, Unavailable, WaitroomError

RETRY_AFTER = 10
"""Seconds to wait after a 503: the time between two fetches of the keys."""

# A reply of the gate is for one visitor at one moment, and its URL may have held a token.
_PRIVATE = (("cache-control", "no-store"), ("referrer-policy", "no-referrer"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP reply. Header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = b""


def answer(gate: Gate, decision: HandOver | Tidy | Redirect | Refuse) -> Answer:
    """The reply to a request that does not go on to the site."""
    match decision:
        case HandOver():
            cookie = ("set-cookie", _cookie(gate, decision))
            return _see_other(decision.location, cookie)
        case Tidy() | Redirect():
            return _see_other(decision.location)
        case Refuse():
            return _refusal(decision.error)


def _see_other(location: str, *more: tuple[str, str]) -> Answer:
    # 303: go there with GET (RFC 9110, section 15.4.4), whatever this was.
    plain = (("content-type", "text/plain; charset=utf-8"), ("content-length", "0"))
    headers = (("location", location), *more, *_PRIVATE, *plain)
    return Answer(303, headers)


def _cookie(gate: Gate, decision: HandOver) -> str:
    """Lax, not Strict: the visitor comes from the waiting room, which may be another site."""
    secure = "; Secure" if gate.secure else ""
    return (
        f"{gate.cookie_name}={decision.token}; Path=/; Max-Age={decision.max_age}"
        f"; HttpOnly; SameSite=Lax{secure}"
    )


def _refusal(error: WaitroomError) -> Answer:
    body = json.dumps({"error": str(error), "code": error.code}).encode()
    return Answer(
        error.status,
        (
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            *_advice(error),
            *_PRIVATE,
        ),
        body,
    )


def _advice(error: WaitroomError) -> tuple[tuple[str, str], ...]:
    """When to come again, or what for: RFC 6750, section 3.1, has ``invalid_token`` only for those
    who sent a token."""
    if isinstance(error, Unavailable):
        return (("retry-after", str(error.retry_after)),)
    if isinstance(error, KeysUnavailable):
        return (("retry-after", str(RETRY_AFTER)),)
    if error.status != 401:
        return ()
    invalid = ' error="invalid_token"' if isinstance(error, TokenRefused) else ""
    return (("www-authenticate", f"Bearer{invalid}"),)
