"""Handing an admitted visitor over to the site: where they go, and what they carry.

What belongs here: the four ways (``core/model.py: HandOver``), and turning a one-time code back
into a token. No HTTP. Gates that check tokens are in ``authorizer/``, OpenID Connect clients in
``oidc/``. What must change with it: ``docs/hand-over.md``, ``docs/security.md``.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

import msgspec
import structlog

from waitroom.authorizer import knownuser
from waitroom.clients import KNOWN_USER
from waitroom.codes import codes_of, name_of
from waitroom.core.clients import KnownUser
from waitroom.core.codes import Code
from waitroom.core.model import Event, HandOver, Snapshot
from waitroom.core.returns import lies_in_domain, origin_of
from waitroom.errors import (
    CallerError,
    CodeRefused,
    InvalidField,
    NotYet,
    OperatorError,
    SessionEnded,
    Unavailable,
)
from waitroom.logs import Seldom
from waitroom.queue_ids import QueueIds
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.signing import Tokens

CODE: Final = "waitroom_code"
TOKEN: Final = "waitroom_token"  # noqa: S105 - the name of a parameter
log = structlog.get_logger("waitroom")
_complain = Seldom(log.error)
_PARTS: Final = re.compile(r"([^?#]*)(?:\?([^#]*))?(#.*)?", re.DOTALL)


class Onward(msgspec.Struct, frozen=True):
    """Where an admitted visitor goes on to; empty: nowhere, since nobody said.

    ``expires_in``: seconds for which the visitor is admitted, at least 1. ``cookie``: the value of
    a ``Set-Cookie`` to send along. Both ``location`` and ``cookie`` may hold secrets.
    """

    location: str
    expires_in: int
    cookie: str | None = None

    def __repr__(self) -> str:
        return f"Onward(expires_in={self.expires_in})"


class HandOvers:
    """The ways out of the room. ``public_base``: URL at which visitors reach the public plane."""

    def __init__(self, service: Service, secret: bytes, public_base: str) -> None:
        self._service = service
        self._secret = secret
        self._public_base = public_base
        self._codes = codes_of(secret)
        self._vault = Vault(secret, KNOWN_USER)

    async def onward(self, event_id: str, request_id: str, return_url: str = "") -> Onward:
        """Where a visitor who is being served goes on to. ``return_url`` empty: the event's target.

        Raises ``ReturnUrlRefused``, ``SessionEnded`` (also one that has expired), and as
        ``Service.admit``. Nobody is admitted whom the return URL would stop.
        """
        service = self._service
        goal = await service.return_url(event_id, return_url)
        way = self._way((await service.view(event_id)).snapshot.event, goal)
        if way in {HandOver.TOKEN, HandOver.COOKIE}:
            tokens = await service.admit(event_id, request_id)
            expires_in = tokens.expires_in
        else:
            tokens = None
            expires_in = (await service.take_up(event_id, request_id)).expires_at - service.now()
        if expires_in <= 0:
            raise SessionEnded
        at = (await service.view(event_id)).snapshot  # of after a reset, if there was one
        return self._with(way, at, request_id, goal, expires_in, tokens)

    async def redeem(self, event_id: str, code: str, site_url: str) -> tuple[str, int]:
        """The access token for a one-time ``code``, and for how many seconds it is good.

        ``site_url``: URL of the site whose gate redeems it; its origin counts. A code that was not
        made here costs no look at the store, and one that is refused is not used up.

        Raises ``InvalidField`` (``site_url`` is none), ``CodeRefused``, ``Unavailable``.
        """
        origin = origin_of(site_url)
        if origin is None:
            raise InvalidField("site_url", "wanted the site's URL, such as https://shop.example")
        found = self._codes.open(code, event_id)
        if found is None or not found.is_for("", origin, self._service.now()):
            raise CodeRefused
        try:
            await self._service.session(event_id, found.request_id)
            tokens = await self._service.admit(event_id, found.request_id)
            first = await self._service.redeem(event_id, found.epoch, name_of(code))
        except (CallerError, NotYet):  # of before a reset, completed, abandoned, expired
            raise CodeRefused from None
        if not first:
            raise CodeRefused
        return tokens.access_token, tokens.expires_in

    def _with(
        self,
        way: HandOver,
        at: Snapshot,
        request_id: str,
        goal: str,
        expires_in: int,
        tokens: Tokens | None,
    ) -> Onward:
        """What the visitor is given along. ``tokens``: where the way is to carry one."""
        event = at.event
        if tokens is not None and way is HandOver.COOKIE:
            return Onward(goal, expires_in, self._cookie(event, goal, tokens))
        if not goal:
            return Onward("", expires_in)
        if tokens is not None:
            given = (TOKEN, tokens.access_token)
        elif way is HandOver.KNOWNUSER and event.knownuser is not None:
            made = self._known_user(event, event.knownuser, request_id, expires_in)
            given = (knownuser.PARAMETER, made)
        else:
            given = (CODE, self._code(at, request_id, goal))
        return Onward(with_parameter(goal, *given), expires_in)

    def _way(self, event: Event, goal: str) -> HandOver:
        """The event's way where it can work, else a code: never a token in a URL unasked."""
        way = event.hand_over
        if way is HandOver.COOKIE:
            # Of a host outside the domain, a browser takes no cookie for it (RFC 6265, 5.3).
            hosts = (self._public_base, goal or self._public_base)
            fits = all(lies_in_domain(url, event.cookie_domain) for url in hosts)
            return way if fits else HandOver.CODE
        if way is HandOver.KNOWNUSER and event.knownuser is None:
            return HandOver.CODE
        return way

    def _code(self, at: Snapshot, request_id: str, goal: str) -> str:
        origin = origin_of(goal)
        if origin is None:  # an allowed return URL has one
            raise InvalidField("return_url", "wanted an absolute http(s) URL")
        code = Code(self._service.now(), at.epoch, request_id, origin)
        return self._codes.seal(code, at.event.event_id)

    def _cookie(self, event: Event, goal: str, tokens: Tokens) -> str:
        """The cookie that gates read, for all hosts of the domain.

        ``Secure`` where both ends speak https: set over http, a browser refuses it, and a site of
        http would not be sent it. A site of two labels has no ``__Host-`` (RFC 6265bis, 4.1.3.2).
        """
        schemes = {url.partition(":")[0].lower() for url in (self._public_base, goal) if url}
        secure = "; Secure" if schemes == {"https"} else ""
        return (
            f"waitroom_{event.event_id}={tokens.access_token}; Domain={event.cookie_domain}; Path=/"
            f"; Max-Age={tokens.expires_in}; HttpOnly; SameSite=Lax{secure}"
        )

    def _known_user(self, event: Event, known: KnownUser, request_id: str, expires_in: int) -> str:
        """A Queue-it token. Connectors write its queue ID into cookies and logs, so that is a name
        for the visitor and not the request ID."""
        try:
            key = self._vault.open(bytes.fromhex(known.sealed), event.event_id).decode()
            return knownuser.make(
                known.queue_event_id,
                key,
                queue_id=QueueIds(self._secret, event.event_id).of(request_id),
                now=self._service.now(),
                valid_minutes=max(1, expires_in // 60),
            )
        except (OperatorError, ValueError) as error:
            _complain("no Queue-it token can be made", event_id=event.event_id, detail=str(error))
            raise Unavailable("This event's Queue-it account cannot be used.", 30) from None


def with_parameter(url: str, name: str, value: str) -> str:
    """``url`` with ``name=value`` at the end of its query, before the fragment.

    One of that name that is there already, however it is encoded, is replaced; all else stays
    letter for letter. ``value``: of characters that a query may hold (RFC 3986, section 3.4).
    """
    found = _PARTS.fullmatch(url)
    if found is None:  # the pattern fits any text
        return url
    address, query, fragment = found[1], found[2] or "", found[3] or ""
    parts = query.split("&") if query else []
    kept = [part for part in parts if unquote_plus(part.partition("=")[0]) != name]
    return f"{address}?{'&'.join([*kept, f'{name}={value}'])}{fragment}"
