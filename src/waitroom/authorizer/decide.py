"""The decision: may this request pass, and if not, what is it told?

What belongs here: one pure function of the gate, the facts of a request, the keys at hand and the
time. No I/O, no clock, no framework: ``gatekeeper.py`` fetches what a decision asks for, and
``asgi.py`` and its kin turn what they are given into a ``Request`` (``facts.py``) and a decision
into a reply (``answers.py``). What must change with it: the table in ``docs/authorizer.md``.

A token is looked for in three places: ``Authorization: Bearer``, the hand-over query parameter, the
cookie. Any that holds lets the request pass; one that does not is as good as absent, so a bad
parameter or a cookie planted by a sibling domain locks nobody out who also has a good token. A
one-time code counts last: it is redeemed only for who has no good token, and asked for only where
the keys are at hand to judge the token it yields, since it works once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from waitroom.authorizer.facts import (
    SAFE_METHODS,
    Offer,
    Request,
    bearer,
    cookies,
    has_code_form,
    is_for_this_site,
    is_health_check,
    is_open,
    navigates,
)
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.urls import return_url, room_url, site_url, without
from waitroom.errors import (
    CodeRefused,
    InvalidField,
    KeysUnavailable,
    TokenRefused,
    Unauthorized,
    Unavailable,
    WaitroomError,
)
from waitroom.tokens.verify import Claims, KeySet, verify

MAX_COOKIE_VALUE = 3800
"""Browsers drop a cookie over 4096 characters with its name and attributes (RFC 6265, 6.1)."""

Redeemed = str | CodeRefused | Unavailable
"""What became of a code: the access token, refused, or the room could not be asked."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Let it through; ``query`` is what the site should see (without the hand-over parameters)."""

    claims: Claims
    query: str = field(repr=False)
    newer_keys_may_help: Literal[False] = False


@dataclass(frozen=True, slots=True)
class PassUnprotected:
    """Let it through; it is not behind the gate."""

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
class Tidy:
    """Go to ``location`` (303): who has a good cookie needs no code, and it shall not stay."""

    claims: Claims
    location: str = field(repr=False)
    newer_keys_may_help: Literal[False] = False


@dataclass(frozen=True, slots=True)
class Redeem:
    """Redeem ``code`` for the site ``gate.site_url`` and decide again with what became of it.

    If ``newer_keys_may_help``, try those first: a token that came along may be good after all.
    """

    code: str = field(repr=False)
    newer_keys_may_help: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the browser to the waiting room at ``location`` (303)."""

    location: str = field(repr=False)
    reason: str
    newer_keys_may_help: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with the ``error``: 401, 503 where the room is out of reach, 400 for a bad Host."""

    error: WaitroomError
    newer_keys_may_help: bool = False


Verdict = Pass | PassUnprotected | HandOver | Tidy | Redirect | Refuse
"""A decision that needs nothing more."""

Decision = Verdict | Redeem


class Believe(Protocol):
    """Who judges a token: ``verify``, or what puts a memory before it."""

    def __call__(
        self,
        token: str,
        keys: KeySet,
        *,
        event_id: str,
        issuer: str,
        now: float,
        nbf_leeway: float,
    ) -> Claims:
        """Return the token's claims or raise ``TokenRefused``."""
        ...


class _Case(NamedTuple):
    """One request before the gate. ``query`` is without the hand-over parameters."""

    gate: Gate
    request: Request
    keys: KeySet | None
    now: float
    token: str
    code: str
    query: str
    redeemed: Redeemed | None
    believe: Believe


def decide(
    gate: Gate,
    request: Request,
    keys: KeySet | None,
    now: float,
    redeemed: Redeemed | None = None,
    believe: Believe = verify,
) -> Decision:
    """Decide on one request. ``keys`` None: none were fetched so far. ``now``: epoch seconds.

    ``newer_keys_may_help`` on the answer says that a token could not be judged with these keys
    (none, or its ``kid`` is not among them): fetch, if it is time, and decide again. On ``Redeem``
    redeem and decide again with ``redeemed``; ``Redeem`` is never the answer to that.
    """
    token, query = without(gate.parameter, request.query)
    code, query = without(gate.code_parameter, query)
    if is_health_check(gate, request):
        return PassUnprotected(query)
    if not is_for_this_site(gate, request):
        return Refuse(InvalidField("Host", "exactly one, and a name of this site"))
    free = is_open(gate, request)
    if free and not ((token or code) and request.method in SAFE_METHODS):
        return PassUnprotected(query)
    case = _Case(gate, request, keys, now, token, code, query, redeemed, believe)
    return _decide_open(case) if free else _decide_protected(case)


def _decide_protected(case: _Case) -> Decision:
    refusals: list[WaitroomError] = []
    for offer in (*_handed_by_code(case), *bearer(case.request), *_handed(case), *_kept(case)):
        believed = _judge(case, offer)
        if isinstance(believed, Claims):
            return _admit(case, offer, believed)
        refusals.append(believed)
    return _by_code(case, refusals) or _turn_away(case, refusals)


def _decide_open(case: _Case) -> Decision:
    """An open page may be where the room returns to: take what it hands over, never insist."""
    refusals: list[WaitroomError] = []
    kept = _kept(case) if case.code else ()
    for offer in (*_handed_by_code(case), *_handed(case), *kept):
        believed = _judge(case, offer)
        if isinstance(believed, Claims):
            return _admit(case, offer, believed)
        refusals.append(believed)
    decision = _by_code(case, refusals)
    if isinstance(decision, Redeem):
        return decision
    may_help = decision.newer_keys_may_help if decision else any(map(_may_help, refusals))
    return PassUnprotected(case.query, may_help)


def _handed_by_code(case: _Case) -> tuple[Offer, ...]:
    return (Offer("handover", case.redeemed),) if isinstance(case.redeemed, str) else ()


def _handed(case: _Case) -> tuple[Offer, ...]:
    return (Offer("handover", case.token),) if case.token else ()


def _kept(case: _Case) -> list[Offer]:
    return cookies(case.gate, case.request)


def _judge(case: _Case, offer: Offer) -> Claims | WaitroomError:
    if case.keys is None:
        return _no_keys()
    if offer.source == "handover" and len(offer.token) > MAX_COOKIE_VALUE:
        # The browser would drop the cookie and the room would send the visitor again, for ever.
        return TokenRefused("malformed", "The token is too long for a cookie.")
    try:
        return case.believe(
            offer.token,
            case.keys,
            event_id=case.gate.event_id,
            issuer=case.gate.issuer,
            now=case.now,
            nbf_leeway=case.gate.nbf_leeway,
        )
    except TokenRefused as refusal:
        return refusal


def _no_keys() -> KeysUnavailable:
    return KeysUnavailable("Tokens cannot be checked for the moment.")


def _admit(case: _Case, offer: Offer, claims: Claims) -> Pass | HandOver | Tidy:
    # A redirect would lose the body of a POST; its token counts for this one request.
    kept = offer.source == "cookie" and not case.code
    if kept or offer.source == "bearer" or case.request.method not in SAFE_METHODS:
        return Pass(claims, case.query)
    location = site_url(case.gate.site_url, case.request.path, case.query)
    if offer.source == "handover":
        return HandOver(claims, offer.token, location, max(1, int(claims.expires_at - case.now)))
    return Tidy(claims, location)


def _by_code(case: _Case, refusals: list[WaitroomError]) -> Redeem | Refuse | None:
    """What there is to do about a code, now that no token holds; None: nothing (more)."""
    if isinstance(case.redeemed, Unavailable):
        return Refuse(case.redeemed)
    if not case.code or isinstance(case.redeemed, str):
        return None
    if case.redeemed is not None or not case.gate.redeem_url or not has_code_form(case.code):
        refusals.append(TokenRefused("code_refused", "The one-time code was not accepted."))
        return None
    if case.keys is None:
        return Refuse(_no_keys(), newer_keys_may_help=True)
    return Redeem(case.code, any(map(_may_help, refusals)))


def _turn_away(case: _Case, refusals: list[WaitroomError]) -> Redirect | Refuse:
    may_help = any(map(_may_help, refusals))
    error = refusals[0] if refusals else Unauthorized("This needs a token of the waiting room.")
    if isinstance(error, KeysUnavailable) or not navigates(case.request):
        return Refuse(error, may_help)
    reason = error.reason if isinstance(error, TokenRefused) else ""
    back = return_url(case.gate.site_url, case.request.path, case.query)
    return Redirect(room_url(case.gate.room_url, back, reason), reason or "no_token", may_help)


def _may_help(error: WaitroomError) -> bool:
    return isinstance(error, KeysUnavailable) or (
        isinstance(error, TokenRefused) and error.reason == "unknown_key"
    )
