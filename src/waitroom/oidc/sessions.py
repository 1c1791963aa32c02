"""What comes after the tokens: who has one, and the end of a session.

What belongs here: the use-cases behind ``/userInfo`` and ``/end_session``. What must change with
it: ``docs/oidc.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import msgspec

from waitroom.core.model import SessionStatus
from waitroom.errors import (
    CallerError,
    OidcRefused,
    SessionUnknown,
    TicketUnknown,
    TokenRefused,
)
from waitroom.oidc.form import with_query
from waitroom.oidc.id_token import OwnKeys, read_hint, unverified
from waitroom.oidc.request import state_in
from waitroom.service import Service
from waitroom.tokens.verify import verify

LOGOUT_PARAMETERS: Final = frozenset(
    {"id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"}
)


class UserInfo(msgspec.Struct, frozen=True):
    """The claims about a visitor whose session is open (OpenID Connect Core 1.0, section 5.3.2).

    Times in epoch seconds; ``exp`` is when the session ends.
    """

    sub: str
    event_id: str
    queue_position: int
    iat: int
    exp: int
    iss: str


class Sessions:
    """The sessions of visitors, as clients see them. ``issuer_of``: the issuer of ID tokens."""

    def __init__(self, service: Service, issuer_of: Callable[[str], str]) -> None:
        self._service = service
        self._issuer_of = issuer_of
        self._keys = OwnKeys(service.keys)

    async def user_info(self, event_id: str, token: str) -> UserInfo:
        """The claims about the visitor whose access token this is.

        A token that we did not sign costs no look at the store. Raises ``TokenRefused``,
        ``EventUnknown``, ``InvalidField``.
        """
        await self._service.view(event_id)
        issuer = unverified(token).get("iss")  # sessions may name another issuer; checked below
        said = verify(
            token,
            self._keys.parsed(),
            event_id=event_id,
            issuer=issuer if isinstance(issuer, str) else self._issuer_of(event_id),
            now=self._service.now(),
        )
        try:
            session = await self._service.session(event_id, said.request_id)
        except CallerError:  # ended, or from before a reset
            raise TokenRefused("expired", "The session of this token has ended.") from None
        if session.issuer != said.issuer:
            raise TokenRefused("issuer", "The token is from another issuer.")
        return UserInfo(
            sub=said.request_id,
            event_id=event_id,
            queue_position=session.place.position,
            iat=session.issued_at,
            exp=session.expires_at,
            iss=session.issuer,
        )

    async def end_session(self, event_id: str, given: Mapping[str, str]) -> str:
        """Complete the session that an ID token names (RP-Initiated Logout 1.0).

        Where to send the visitor then; empty: nowhere. One that has ended already is fine. Raises
        ``OidcRefused`` (for a page; nothing was done), ``EventUnknown``, ``InvalidField``.
        """
        event = (await self._service.view(event_id)).snapshot.event
        issuer = self._issuer_of(event_id)
        read = read_hint(
            given.get("id_token_hint", ""), self._keys.parsed(), event.oidc_clients, issuer
        )
        if read is None:
            raise OidcRefused("invalid_request", "id_token_hint: wanted an ID token of ours.")
        client, request_id = read
        if given.get("client_id", client.client_id) != client.client_id:
            raise OidcRefused("invalid_request", "client_id: not the one of the ID token.")
        uri = given.get("post_logout_redirect_uri", "")
        if uri and uri not in client.post_logout_redirect_uris:
            raise OidcRefused(
                "invalid_request",
                "post_logout_redirect_uri: not one that is registered, letter by letter.",
            )
        state = state_in(given)
        with suppress(SessionUnknown, TicketUnknown):
            await self._service.finish(event_id, request_id, SessionStatus.COMPLETED)
        return with_query(uri, [("state", state)]) if uri and state else uri
