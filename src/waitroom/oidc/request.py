"""The authorization request: who asks, where the answer goes, and what is asked for.

What belongs here: OpenID Connect Core 1.0, section 3.1.2.1, RFC 6749, section 4.1.1, RFC 7636,
section 4.3, as rules over text. Two steps, because of who is told of an error: until it is certain
where the answer may go (``addressee``) the visitor, on a page; from then on (``wanted``) the
client, by redirect (RFC 6749, section 4.1.2.1). What must change with it: ``discovery.py``,
``docs/oidc.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from waitroom.core.clients import OidcClient
from waitroom.errors import OidcRefused
from waitroom.oidc.form import bytes_of, is_text, with_query

MAX_STATE: Final = 2_048  # bytes
MAX_STATE_ENCODED: Final = 4_096  # as it stands in an address; proxies take 8 KiB in all
MAX_NONCE: Final = 512  # bytes
MAX_LOCALES: Final = 8  # language tags; more say nothing about a visitor
REQUEST_LIFETIME: Final = 86_400  # seconds between /authorize and coming back from the line
PROMPTS: Final = ("none", "login", "consent", "select_account")
PARAMETERS: Final = frozenset(
    {
        "client_id",
        "redirect_uri",
        "state",
        "response_type",
        "response_mode",
        "scope",
        "nonce",
        "prompt",
        "max_age",
        "ui_locales",
        "login_hint",
        "id_token_hint",
        "code_challenge",
        "code_challenge_method",
        "request",
        "request_uri",
        "registration",
    }
)
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # a SHA-256 in base64url
_SECONDS: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}", re.ASCII)  # RFC 5646
_UNSUPPORTED: Final = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


class Addressee(msgspec.Struct, frozen=True, array_like=True):
    """Where the answer to an authorization request goes. ``state``: as the client sent it."""

    client_id: str
    redirect_uri: str
    state: bytes = b""

    def __repr__(self) -> str:
        return f"Addressee({self.client_id!r})"

    def back(self, issuer: str, **answer: str) -> str:
        """The URL that carries ``answer``, the state and the issuer (RFC 9207) to the client."""
        state = [("state", self.state)] if self.state else []
        return with_query(self.redirect_uri, [*answer.items(), *state, ("iss", issuer)])


class AuthorizationRequest(msgspec.Struct, frozen=True, array_like=True):
    """An authorization request that waits in the line with its visitor, sealed.

    ``asked_at`` in epoch seconds. ``ask``: the visitor is to confirm. ``subject``: the only request
    ID whose holder will do (from an ``id_token_hint``); empty: any.
    """

    to: Addressee
    asked_at: int
    nonce: str = ""
    challenge: str = ""
    ask: bool = False
    subject: str = ""

    def __repr__(self) -> str:
        return f"AuthorizationRequest({self.to!r}, asked_at={self.asked_at})"

    def client_in(self, clients: Iterable[OidcClient], now: int) -> OidcClient | None:
        """The client whom it may still be answered to; None if it is over a day old, or there is no
        such client with this address any more."""
        if now - self.asked_at >= REQUEST_LIFETIME:
            return None
        return next((one for one in clients if self._is_of(one)), None)

    def _is_of(self, client: OidcClient) -> bool:
        return (
            client.client_id == self.to.client_id and self.to.redirect_uri in client.redirect_uris
        )

    def is_forgotten_by(self, client: OidcClient, now: int) -> bool:
        """Whether ``client`` does not remember that it sent this visitor, so that it would turn
        them away with a good code in their hands."""
        return 0 < client.state_lifetime <= now - self.asked_at


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for. ``max_age`` in seconds. ``locales``: language tags with blanks between."""

    nonce: str
    challenge: str
    prompts: frozenset[str]
    max_age: int | None
    locales: str
    hint: str

    @property
    def silent(self) -> bool:
        """Whether the visitor must not be shown anything."""
        return "none" in self.prompts

    @property
    def ask(self) -> bool:
        """Whether the visitor must be shown something. A ``max_age`` of 0 is ``prompt=login``."""
        return bool(self.prompts - {"none"}) or self.max_age == 0

    def is_met_by(self, auth_time: int, now: int) -> bool:
        """Whether a place shown at ``auth_time`` is fresh enough."""
        return not self.ask and (self.max_age is None or now - auth_time <= self.max_age)


def addressee(
    given: Mapping[str, str], clients: Iterable[OidcClient]
) -> tuple[Addressee, OidcClient]:
    """Where the answer may go. Raises ``OidcRefused``, for a page."""
    client_id = given.get("client_id", "")
    client = next((one for one in clients if one.client_id == client_id), None)
    if client is None:
        raise OidcRefused("invalid_request", "client_id: this event has no client of that name.")
    uri = given.get("redirect_uri", "")
    if uri not in client.redirect_uris:
        raise OidcRefused(
            "invalid_request", "redirect_uri: not one that is registered, letter by letter."
        )
    return Addressee(client_id, uri, state_in(given)), client


def state_in(given: Mapping[str, str]) -> bytes:
    """The state, as it was sent. Raises ``OidcRefused``, for a page."""
    state = bytes_of(given.get("state", ""))
    if len(state) > MAX_STATE or len(quote(state, safe="")) > MAX_STATE_ENCODED:
        raise OidcRefused(
            "invalid_request",
            f"state: wanted at most {MAX_STATE} bytes, {MAX_STATE_ENCODED} when encoded.",
        )
    return state


def wanted(given: Mapping[str, str], client: OidcClient) -> Wanted:
    """What ``client`` asks for. Raises ``OidcRefused``, for the client."""
    for name, error in _UNSUPPORTED.items():
        if name in given:
            raise OidcRefused(error, f"The parameter {name} is not supported.")
    _check_response(given)
    nonce = given.get("nonce", "")
    if not is_text(nonce) or len(bytes_of(nonce)) > MAX_NONCE:
        raise OidcRefused("invalid_request", f"nonce: wanted at most {MAX_NONCE} bytes of UTF-8.")
    return Wanted(
        nonce=nonce,
        challenge=_challenge(given, client),
        prompts=_prompts(given.get("prompt", "")),
        max_age=_max_age(given.get("max_age")),
        locales=_locales(given.get("ui_locales", "")),
        hint=given.get("id_token_hint", ""),
    )


def _check_response(given: Mapping[str, str]) -> None:
    if "response_type" not in given:
        raise OidcRefused("invalid_request", "response_type: missing.")
    if given["response_type"] != "code":
        raise OidcRefused("unsupported_response_type", "response_type: wanted code.")
    if given.get("response_mode", "query") != "query":
        raise OidcRefused("invalid_request", "response_mode: wanted query.")
    if "openid" not in given.get("scope", "").split(" "):
        raise OidcRefused("invalid_scope", "scope: wanted openid among others.")


def _challenge(given: Mapping[str, str], client: OidcClient) -> str:
    """The PKCE challenge; empty if there is none and the client can do without."""
    challenge = given.get("code_challenge", "")
    if not challenge and "code_challenge_method" not in given:
        if client.is_public:
            raise OidcRefused("invalid_request", "code_challenge: a public client needs PKCE.")
        return ""
    if given.get("code_challenge_method") != "S256":  # left out, it would be "plain"
        raise OidcRefused("invalid_request", "code_challenge_method: wanted S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise OidcRefused("invalid_request", "code_challenge: wanted 43 characters of base64url.")
    return challenge


def _prompts(text: str) -> frozenset[str]:
    prompts = frozenset(text.split(" ")) - {""}
    if prompts - set(PROMPTS):
        raise OidcRefused("invalid_request", f"prompt: wanted some of {', '.join(PROMPTS)}.")
    if "none" in prompts and len(prompts) > 1:
        raise OidcRefused("invalid_request", "prompt: none goes with no other.")
    return prompts


def _max_age(text: str | None) -> int | None:
    if text is not None and not _SECONDS.fullmatch(text):
        raise OidcRefused("invalid_request", "max_age: wanted seconds.")
    return None if text is None else int(text)


def _locales(text: str) -> str:
    """The language tags in ``text``; it is a wish, so what is none is passed over."""
    tags = [tag for tag in text.split(" ") if _LANGUAGE.fullmatch(tag)]
    return " ".join(tags[:MAX_LOCALES])
