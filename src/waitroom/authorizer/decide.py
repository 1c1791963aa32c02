"""The decision: may this request pass, and if not, what is it told?

What belongs here: one pure function of the gate, the facts of a request, the keys at hand and the
time. No I/O, no clock, no framework: ``asgi.py`` and its kin turn what they are given into a
``Request`` and a decision into a reply (``answers.py``). What must change with it: the table in
``docs/authorizer.md``.

A token is looked for in three places: ``Authorization: Bearer``, the hand-over query parameter, the
cookie. Any that holds lets the request pass; one that does not is as good as absent, so a bad
parameter or a cookie planted by a sibling domain locks nobody out who also has a good token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from waitroom.authorizer.gate import Gate
from waitroom.authorizer.paths import is_protected
from waitroom.authorizer.urls import return_url, room_url, site_url, without
from waitroom.errors import KeysUnavailable, TokenRefused, Unauthorized, WaitroomError
from waitroom.tokens.verify import Claims, KeySet, verify

MAX_COOKIES = 3
"""Cookies of our name that are looked at. More than one means that somebody plants them."""

MAX_COOKIE_VALUE = 3800
"""Browsers drop a cookie over 4096 characters with its name and attributes (RFC 6265, 6.1)."""

_SAFE_METHODS = ("GET", "HEAD")
Source = Literal["bearer", "handover", "cookie"]


@dataclass(frozen=True, slots=True)
class Request:
    """The facts of a request that count. Strings hold the bytes as received (latin-1).

    ``path`` as sent, still percent-encoded; ``routed_path`` as the site's router will see it.
    ``query`` without the ``?``. ``authorization`` and ``cookies``: every header of that name.
    ``fetch_mode`` is ``Sec-Fetch-Mode``. What can hold a token is not shown in ``repr``.
    """

    method: str
    path: str
    routed_path: str
    query: str = field(default="", repr=False)
    authorization: tuple[str, ...] = field(default=(), repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)
    accept: str = ""
    fetch_mode: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """Let it through; ``query`` is what the site should see (without the hand-over parameter)."""

    claims: Claims
    query: str = field(repr=False)
    newer_keys_may_help: Literal[False] = False


@dataclass(frozen=True, slots=True)
class PassUnprotected:
    """Let it through; the path is not behind the gate."""

    query: str = field(repr=False)
    newer_keys_may_help: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """Keep ``token`` in the cookie for ``max_age`` seconds and go to ``location`` (303)."""

    claims: Claims
    token: str = field(repr=False)
    location: str = field(repr=False)
    max_age: int
    newer_keys_may_help: Literal[False] = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the browser to the waiting room at ``location`` (303)."""

    location: str = field(repr=False)
    reason: str
    newer_keys_may_help: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer 401 (or 503 for ``KeysUnavailable``) with the ``error``."""

    error: WaitroomError
    newer_keys_may_help: bool = False


Decision = Pass | PassUnprotected | HandOver | Redirect | Refuse


class _Offer(NamedTuple):
    source: Source
    token: str


def decide(gate: Gate, request: Request, keys: KeySet | None, now: float) -> Decision:
    """Decide on one request. ``keys`` None: none were fetched so far. ``now``: epoch seconds.

    ``newer_keys_may_help`` on the answer says that a token could not be judged with these keys
    (none, or its ``kid`` is not among them): fetch, if it is time, and decide again.
    """
    token, query = without(gate.parameter, request.query)
    handed = (_Offer("handover", token),) if token else ()
    if _open(gate, request):
        offers = handed if request.method in _SAFE_METHODS else ()
        return _decide_open(gate, request, keys, now, offers, query)
    offers = (*_bearer(request), *handed, *_cookies(gate, request))
    refusals: list[WaitroomError] = []
    for offer in offers:
        believed = _judge(gate, offer, keys, now)
        if isinstance(believed, Claims):
            return _admit(gate, request, offer, believed, query, now)
        refusals.append(believed)
    return _turn_away(gate, request, refusals, query)


def _open(gate: Gate, request: Request) -> bool:
    """Both paths must be open: the one in the URL and the one the site's router goes by."""
    return not (
        is_protected(request.routed_path, gate.protected, gate.exempt)
        or is_protected(request.path, gate.protected, gate.exempt)
    )


def _decide_open(
    gate: Gate,
    request: Request,
    keys: KeySet | None,
    now: float,
    offers: tuple[_Offer, ...],
    query: str,
) -> PassUnprotected | HandOver:
    """An open page may be where the room returns to: take the token, never insist on it."""
    may_help = False
    for offer in offers:
        believed = _judge(gate, offer, keys, now)
        if isinstance(believed, Claims):
            return _hand_over(gate, request, offer, believed, query, now)
        may_help = may_help or _may_help(believed)
    return PassUnprotected(query, may_help)


def _judge(gate: Gate, offer: _Offer, keys: KeySet | None, now: float) -> Claims | WaitroomError:
    if keys is None:
        return KeysUnavailable("Tokens cannot be checked for the moment.")
    if offer.source == "handover" and len(offer.token) > MAX_COOKIE_VALUE:
        # The browser would drop the cookie and the room would send the visitor again, for ever.
        return TokenRefused("malformed", "The token is too long for a cookie.")
    try:
        return verify(
            offer.token,
            keys,
            event_id=gate.event_id,
            issuer=gate.issuer,
            now=now,
            nbf_leeway=gate.nbf_leeway,
        )
    except TokenRefused as refusal:
        return refusal


def _admit(
    gate: Gate, request: Request, offer: _Offer, claims: Claims, query: str, now: float
) -> Pass | HandOver:
    # A redirect would lose the body of a POST; its token counts for this one request.
    if offer.source == "handover" and request.method in _SAFE_METHODS:
        return _hand_over(gate, request, offer, claims, query, now)
    return Pass(claims, query)


def _hand_over(
    gate: Gate, request: Request, offer: _Offer, claims: Claims, query: str, now: float
) -> HandOver:
    location = site_url(gate.site_url, request.path, query)
    return HandOver(claims, offer.token, location, max(1, int(claims.expires_at - now)))


def _turn_away(
    gate: Gate, request: Request, refusals: list[WaitroomError], query: str
) -> Redirect | Refuse:
    may_help = any(_may_help(refusal) for refusal in refusals)
    error = refusals[0] if refusals else Unauthorized("This needs a token of the waiting room.")
    if isinstance(error, KeysUnavailable) or not _navigates(request):
        return Refuse(error, may_help)
    reason = error.reason if isinstance(error, TokenRefused) else ""
    back = return_url(gate.site_url, request.path, query)
    return Redirect(room_url(gate.room_url, back, reason), reason or "no_token", may_help)


def _may_help(error: WaitroomError) -> bool:
    return isinstance(error, KeysUnavailable) or (
        isinstance(error, TokenRefused) and error.reason == "unknown_key"
    )


def _navigates(request: Request) -> bool:
    """Is a person waiting for a page? Browsers say so; without their word ``Accept`` has to do."""
    if request.method not in _SAFE_METHODS:
        return False
    if request.fetch_mode:
        return request.fetch_mode.strip().lower() == "navigate"
    return "text/html" in request.accept.lower()


def _bearer(request: Request) -> Iterator[_Offer]:
    """The bearer token (RFC 6750, section 2.1), unless the header is there twice.

    Authorization may not be repeated (RFC 9110, section 5.3); proxies differ on which one counts.
    """
    if len(request.authorization) == 1:
        scheme, _, token = request.authorization[0].strip().partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            yield _Offer("bearer", token.strip())


def _cookies(gate: Gate, request: Request) -> Iterator[_Offer]:
    """Cookies of our name, each value once, in the order sent."""
    seen: set[str] = set()
    for header in request.cookies:
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            token = value.strip().strip('"')
            if name == gate.cookie_name and token and token not in seen:
                seen.add(token)
                yield _Offer("cookie", token)
                if len(seen) == MAX_COOKIES:
                    return
