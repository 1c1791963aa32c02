"""The client's way: a code, or a refresh token, for tokens.

What belongs here: the use-cases behind ``/token`` (RFC 6749, sections 4.1.3, 5 and 6; OpenID
Connect Core 1.0, sections 3.1.3 and 12). What must change with it: ``docs/oidc.md``.

A code or refresh token that is not ours costs neither a write nor a signature. One that is ours is
marked as used last, when the answer is ready: if the store or the signing fails before, the client
can try again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import msgspec

from waitroom.codes import Sealed, codes_of, name_of
from waitroom.core.clients import OidcClient
from waitroom.core.codes import CODE_LIFETIME, Code, verifier_fits
from waitroom.core.model import Event, Session, SessionStatus
from waitroom.errors import CallerError, NotYet, OidcRefused, SessionUnknown
from waitroom.oidc.clients import authenticate
from waitroom.oidc.id_token import at_hash_of, id_claims
from waitroom.service import Service
from waitroom.signing import Tokens

# A refresh token used this soon (s) changes nothing yet: so that refreshing in a loop makes neither
# writes nor things to remember. Or half of its life, if that is shorter.
SOON: Final = 60


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """Who is at which client, since when. ``epoch`` of the event in which the place was admitted;
    ``auth_time`` in epoch seconds; ``nonce`` as the client sent it, empty on a refresh."""

    client_id: str
    request_id: str
    epoch: int
    auth_time: int
    nonce: str = ""

    def __repr__(self) -> str:
        return f"Visit(client_id={self.client_id!r}, epoch={self.epoch})"


class RefreshToken(msgspec.Struct, frozen=True, array_like=True):
    """What a refresh token of ours stands for; clients get it sealed. Times in epoch seconds.

    It ends with the session as that was at ``issued_at``: one that is over is not extended.
    """

    issued_at: int
    expires_at: int
    visit: Visit

    def is_for(self, client_id: str, now: int) -> bool:
        """Whether that client may use it at ``now``."""
        return self.visit.client_id == client_id and now < self.expires_at

    def is_new(self, now: int) -> bool:
        """Whether it was made a moment ago."""
        return now - self.issued_at < min(SOON, (self.expires_at - self.issued_at) // 2)


class TokenAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the token endpoint answers (RFC 6749, section 5.1). ``expires_in`` in seconds."""

    access_token: str
    expires_in: int
    id_token: str
    token_type: str
    scope: str
    refresh_token: str = ""


class Grants:
    """The token endpoints of all events. ``issuer_of``: the issuer of an event's ID tokens."""

    def __init__(self, service: Service, secret: bytes, issuer_of: Callable[[str], str]) -> None:
        self._service = service
        self._issuer_of = issuer_of
        self._codes = codes_of(secret)
        self._refresh_tokens = Sealed(secret, "refresh tokens", RefreshToken)

    async def answer(
        self, event_id: str, given: Mapping[str, str], authorization: Sequence[str]
    ) -> TokenAnswer:
        """The tokens for a token request: its form and its ``Authorization`` headers.

        Raises ``OidcRefused`` with an error of RFC 6749, section 5.2; ``EventUnknown``,
        ``InvalidField``, ``Unavailable``.
        """
        event = (await self._service.view(event_id)).snapshot.event
        client = authenticate(event.oidc_clients, authorization, given)
        grant = given.get("grant_type", "")
        if grant == "authorization_code":
            return await self._exchange(event, client, given)
        if grant == "refresh_token" and event.refresh_period:
            return await self._refresh(event, client, given)
        if not grant:
            raise OidcRefused("invalid_request", "grant_type: missing.")
        raise OidcRefused("unsupported_grant_type", "This event does not give tokens for that.")

    async def _exchange(
        self, event: Event, client: OidcClient, given: Mapping[str, str]
    ) -> TokenAnswer:
        event_id, text = event.event_id, _needed(given, "code")
        goes_to, verifier = _needed(given, "redirect_uri"), given.get("code_verifier", "")
        code = self._codes.open(text, event_id)
        if code is None or not _is_bound(code, client, goes_to, verifier, self._service.now()):
            raise _not_good("code")
        visit = Visit(client.client_id, code.request_id, code.epoch, code.auth_time, code.nonce)
        with _not_good_if_ended("code"):
            session = await self._service.session(event_id, visit.request_id)
            tokens = await self._service.admit(event_id, visit.request_id)
            answer = await self._answer(event, visit, session, tokens)
            await self._use(event_id, visit, text)
        return answer

    async def _refresh(
        self, event: Event, client: OidcClient, given: Mapping[str, str]
    ) -> TokenAnswer:
        event_id, text = event.event_id, _needed(given, "refresh_token")
        if set(given.get("scope", "openid").split(" ")) != {"openid"}:
            raise OidcRefused("invalid_scope", "scope: not more than was granted, openid.")
        token, now = self._refresh_tokens.open(text, event_id), self._service.now()
        if token is None or not token.is_for(client.client_id, now):
            raise _not_good("refresh_token")
        visit = token.visit
        with _not_good_if_ended("refresh_token"):
            session = await self._service.session(event_id, visit.request_id)
            if token.is_new(now):
                tokens = await self._service.admit(event_id, visit.request_id)
                return await self._answer(event, visit, session, tokens, kept=text)
            tokens = await self._service.extend(event_id, visit.request_id)
            session = await self._service.session(event_id, visit.request_id)
            answer = await self._answer(event, visit, session, tokens)
            if client.is_public:  # nothing else proves whose it is (RFC 9700, section 4.14.2)
                until = token.expires_at + CODE_LIFETIME  # clocks may differ
                await self._use(event_id, visit, text, until)
        return answer

    async def _use(self, event_id: str, visit: Visit, text: str, until: int | None = None) -> None:
        """Mark a code or refresh token as used. Twice by its rightful client means that somebody
        else has it: the session ends (RFC 6749, section 4.1.2; RFC 9700, section 4.14.2)."""
        if await self._service.redeem(event_id, visit.epoch, name_of(text), until=until):
            return
        with suppress(SessionUnknown):
            await self._service.finish(event_id, visit.request_id, SessionStatus.ABANDONED)
        raise OidcRefused("invalid_grant", "It was used before; the session has been ended.")

    async def _answer(
        self, event: Event, visit: Visit, session: Session, tokens: Tokens, *, kept: str = ""
    ) -> TokenAnswer:
        """``tokens`` with an ID token; with the refresh token ``kept``, or else a new one."""
        now = self._service.now()

        def claims(algorithm: str) -> dict[str, int | str]:
            return id_claims(
                issuer=self._issuer_of(event.event_id),
                client_id=visit.client_id,
                request_id=visit.request_id,
                session=session,
                auth_time=visit.auth_time,
                now=now,
                at_hash=at_hash_of(tokens.access_token, algorithm),
                nonce=visit.nonce,
            )

        refresh = ""
        if event.refresh_period:
            made = RefreshToken(now, session.expires_at, msgspec.structs.replace(visit, nonce=""))
            refresh = kept or self._refresh_tokens.seal(made, event.event_id)
        return TokenAnswer(
            access_token=tokens.access_token,
            expires_in=tokens.expires_in,
            id_token=await self._service.sign(claims),
            token_type="Bearer",  # noqa: S106 - RFC 6750, not a secret
            scope="openid",
            refresh_token=refresh,
        )


def _is_bound(code: Code, client: OidcClient, goes_to: str, verifier: str, now: int) -> bool:
    """Whether ``client`` may redeem ``code``. One without a secret must have used PKCE."""
    return (
        code.is_for(client.client_id, goes_to, now)
        and verifier_fits(code.challenge, verifier)
        and bool(code.challenge or not client.is_public)
    )


def _needed(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise OidcRefused("invalid_request", f"{name}: missing.")
    return given[name]


def _not_good(name: str) -> OidcRefused:
    """Forged, of another client, event or address, too old, or a verifier that does not fit: which
    of them is not said."""
    return OidcRefused("invalid_grant", f"{name}: not one that this client may use now.")


@contextmanager
def _not_good_if_ended(name: str) -> Iterator[None]:
    """What the store says of a visitor whose session is over, or whose line was begun anew, in the
    words of the token endpoint."""
    try:
        yield
    except OidcRefused:
        raise
    except (NotYet, CallerError):
        raise _not_good(name) from None
