"""The visitor's way through the provider: to the line, and back to the client.

What belongs here: the use-cases behind ``/authorize`` and the room page. The client's own way
(``/token``) is in ``grants.py``, what comes after in ``sessions.py``. What must change with it:
``docs/oidc.md``.

To authenticate means here: to show an admitted place. Silently, by the cookie of the waiting room
(``auth_time`` is then when the place was admitted), or by way of the room page (then it is now).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from waitroom.codes import Sealed, codes_of
from waitroom.core.clients import OidcClient
from waitroom.core.codes import Code
from waitroom.core.model import Event, Session
from waitroom.errors import CallerError, NotYet, OidcRefused, SessionUnknown, Unavailable
from waitroom.oidc.form import with_query
from waitroom.oidc.id_token import OwnKeys, read_hint
from waitroom.oidc.request import Addressee, AuthorizationRequest, Wanted, addressee, wanted
from waitroom.service import Service


class Asked(NamedTuple):
    """What the room page is told of an authorization request: who asks, and where it leads.

    ``ask``: the visitor is to press Continue. ``goes_to``: the origin of the redirect URI.
    """

    client_id: str
    ask: bool
    goes_to: str


class Provider:
    """The providers of all events. ``public_base``: URL of the public plane, no slash at its end;
    an event's issuer is what ``issuer_of`` says, whatever other issuer its access tokens name."""

    def __init__(
        self, service: Service, secret: bytes, issuer_of: Callable[[str], str], public_base: str
    ) -> None:
        self._service = service
        self._issuer_of = issuer_of
        self._public_base = public_base
        self._codes = codes_of(secret)
        self._requests = Sealed(secret, "authorization requests", AuthorizationRequest)
        self._keys = OwnKeys(service.keys)

    async def authorize(
        self, event_id: str, given: Mapping[str, str], places: Sequence[str]
    ) -> str:
        """Where a visitor who brings this request goes: back to the client, or to the room page.

        ``places``: request IDs that the visitor's browser shows. Raises ``EventUnknown``,
        ``InvalidField``, and ``OidcRefused``: for a page, since nobody can be told by redirect.
        """
        event = (await self._service.view(event_id)).snapshot.event
        to, client = addressee(given, event.oidc_clients)
        try:
            return await self._authorize(event, to, wanted(given, client), places)
        except OidcRefused as refused:
            return self._refused(event_id, to, refused)

    async def _authorize(
        self, event: Event, to: Addressee, asked: Wanted, places: Sequence[str]
    ) -> str:
        event_id, now = event.event_id, self._service.now()
        subject = self._subject(event, asked.hint)
        shown = [place for place in places if subject in ("", place)]
        found = await self._admitted(event_id, shown, asked)
        request = AuthorizationRequest(
            to=to,
            asked_at=now,
            nonce=asked.nonce,
            challenge=asked.challenge,
            ask=asked.ask or found is not None,  # whose place is too old to pass silently confirms
            subject=subject,
        )
        if found is not None and asked.is_met_by(found[1].issued_at, now):
            request_id, session = found
            return await self._granted(event_id, request, request_id, session.issued_at)
        if asked.silent:
            raise OidcRefused("login_required", "The visitor has no admitted place to show.")
        return self._room(event_id, request, asked.locales)

    def _room(self, event_id: str, request: AuthorizationRequest, locales: str) -> str:
        query = [("authorization", self._requests.seal(request, event_id))]
        if locales:
            query.append(("ui_locales", locales))
        return with_query(f"{self._public_base}/room/{event_id}", query)

    async def _admitted(
        self, event_id: str, places: Sequence[str], asked: Wanted
    ) -> tuple[str, Session] | None:
        """The first of ``places`` whose session is open; one that is being served is admitted.

        Not for a silent request, which only looks. While the store does not answer, nobody can be
        looked up: the room page tries again by itself.
        """
        try:
            for request_id in places:
                session = await self._session(event_id, request_id, may_admit=not asked.silent)
                if session is not None:
                    return request_id, session
        except Unavailable:
            if asked.silent:
                raise OidcRefused("temporarily_unavailable", "Please try again.") from None
        return None

    async def _session(self, event_id: str, request_id: str, *, may_admit: bool) -> Session | None:
        with suppress(NotYet, CallerError):
            try:
                return await self._service.session(event_id, request_id)
            except SessionUnknown:
                if not may_admit:
                    return None
            await self._service.admit(event_id, request_id)
            return await self._service.session(event_id, request_id)
        return None

    async def resume(self, event_id: str, request_id: str, sealed: str) -> str:
        """Where a visitor goes whose turn has come, and who brought this sealed request.

        After so long a wait that the client has forgotten them: to the event's target, where the
        client asks anew; ``authorize`` then lets them pass. Raises ``OidcRefused`` (it is over a
        day old, not ours, or its client is gone), and as ``Service.admit``, ``Service.session``.
        """
        event = (await self._service.view(event_id)).snapshot.event
        opened = self._opened(event, sealed)
        if opened is None:
            raise OidcRefused("invalid_request", "authorization: too old, or not one of ours")
        request, client = opened
        if request.subject not in ("", request_id):
            other = OidcRefused("login_required", "Another visitor than the one asked for came.")
            return self._refused(event_id, request.to, other)
        await self._service.admit(event_id, request_id)
        await self._service.session(event_id, request_id)  # admit() also names those that expired
        now = self._service.now()
        if event.target_url and request.is_forgotten_by(client, now):
            return event.target_url
        return await self._granted(event_id, request, request_id, now)

    async def look(self, event_id: str, sealed: str) -> Asked | None:
        """What the room page is told of a sealed request; None if it cannot be answered any more.

        Raises ``EventUnknown``, ``InvalidField``.
        """
        event = (await self._service.view(event_id)).snapshot.event
        opened = self._opened(event, sealed)
        if opened is None:
            return None
        request, _client = opened
        parts = urlsplit(request.to.redirect_uri)
        return Asked(request.to.client_id, request.ask, f"{parts.scheme}://{parts.netloc}")

    def _opened(self, event: Event, sealed: str) -> tuple[AuthorizationRequest, OidcClient] | None:
        request = self._requests.open(sealed, event.event_id)
        if request is None:
            return None
        client = request.client_in(event.oidc_clients, self._service.now())
        return None if client is None else (request, client)

    async def _granted(
        self, event_id: str, request: AuthorizationRequest, request_id: str, auth_time: int
    ) -> str:
        code = Code(
            issued_at=self._service.now(),
            epoch=(await self._service.view(event_id)).snapshot.epoch,
            request_id=request_id,
            goes_to=request.to.redirect_uri,
            client_id=request.to.client_id,
            challenge=request.challenge,
            nonce=request.nonce,
            scope="openid",
            auth_time=auth_time,
        )
        return request.to.back(self._issuer_of(event_id), code=self._codes.seal(code, event_id))

    def _refused(self, event_id: str, to: Addressee, refused: OidcRefused) -> str:
        return to.back(
            self._issuer_of(event_id), error=refused.error, error_description=refused.description
        )

    def _subject(self, event: Event, hint: str) -> str:
        """Whose place an ``id_token_hint`` names; empty without one. Raises ``OidcRefused``."""
        if not hint:
            return ""
        issuer = self._issuer_of(event.event_id)
        read = read_hint(hint, self._keys.parsed(), event.oidc_clients, issuer)
        if read is None:
            raise OidcRefused("invalid_request", "id_token_hint: not an ID token of ours.")
        return read[1]
