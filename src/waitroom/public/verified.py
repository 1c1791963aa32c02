"""Tokens that were verified a moment ago, so that a page with fifty assets costs one signature.

What belongs here: remembering what ``tokens/verify.py`` said, and what only the waiting room knows
about a token beside its signature: whether it is from before a reset. What must change with it:
``docs/forward-auth.md``, ``docs/performance.md``.

Refusals are not remembered: who sends garbage sends another one each time, and most of it is
refused without a signature being looked at.
"""

from __future__ import annotations

from typing import Final

import msgspec

from waitroom.core.ticket import TicketSeal
from waitroom.errors import KeysUnavailable, TokenRefused
from waitroom.http import NO_STORE, Reply
from waitroom.tokens.keys import KeyRing
from waitroom.tokens.verify import Claims, KeySet, verify
from waitroom.views import EventView

MAX_VERIFIED: Final = 8_192  # tokens, about 2.5 KB each
_DOUBT: Final = 5  # s by which the clocks of two machines of a deployment may differ


class Verified:
    """A token that held. ``seal``: with which its request ID was opened the last time."""

    __slots__ = ("claims", "reply", "seal")

    def __init__(self, claims: Claims) -> None:
        self.claims = claims
        self.seal: TicketSeal | None = None
        self.reply = Reply(
            200,
            [
                (b"x-waitroom-event-id", claims.event_id.encode()),
                (b"x-waitroom-request-id", claims.request_id.encode()),
                (b"x-waitroom-queue-position", str(claims.queue_position).encode()),
                (b"x-waitroom-expires-at", str(claims.expires_at).encode()),
                NO_STORE,
            ],
            b"",
        )


class Memory:
    """What was verified with the keys of ``ring`` as it is now."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._jwks = b""
        self._keys: KeySet | None = None
        # A token is found by the hash of the whole of it, which is keyed anew in each process: how
        # long that takes tells nothing about the tokens that are there.
        self._verified: dict[str, Verified] = {}

    def keys(self) -> KeySet | None:
        """The keys that verify now; None if there are none. What older ones verified is dropped."""
        if self._ring.jwks is not self._jwks:
            self._jwks = self._ring.jwks
            self._verified.clear()
            try:
                self._keys = KeySet.from_jwks(msgspec.json.decode(self._jwks))
            except KeysUnavailable:
                self._keys = None
        return self._keys

    def find(self, token: str) -> Verified | None:
        """What ``token`` says, if it was verified before."""
        return self._verified.get(token)

    def keep(self, token: str, claims: Claims) -> Verified:
        """Remember that ``token`` held."""
        if len(self._verified) >= MAX_VERIFIED:
            del self._verified[next(iter(self._verified))]
        found = self._verified[token] = Verified(claims)
        return found


class Judge:
    """Judges the tokens of one request (``authorizer/decide.py: Believe``) about one event.

    After a decision in somebody's favour ``verified`` is what the token said. ``behind``: a token
    was refused for its epoch that may be of one that this process has not heard of yet.
    ``ended``: tokens that hold and do not count, since their session is over.
    """

    __slots__ = ("_memory", "_view", "behind", "ended", "token", "verified")

    def __init__(self, memory: Memory, view: EventView) -> None:
        self._memory = memory
        self._view = view
        self.behind = False
        self.ended: tuple[str, ...] = ()
        self.token = ""
        self.verified: Verified | None = None

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
        """The claims of ``token``. Raises ``TokenRefused``."""
        found = self._memory.find(token)
        if found is None or not _still(found.claims, event_id, issuer, now, nbf_leeway):
            claims = verify(
                token, keys, event_id=event_id, issuer=issuer, now=now, nbf_leeway=nbf_leeway
            )
            found = self._memory.keep(token, claims)
        if found.seal is not self._view.seal:
            self._check_epoch(found)
        if token in self.ended:
            raise TokenRefused("session_ended", "The session of this token has ended.")
        self.token, self.verified = token, found
        return found.claims

    def _check_epoch(self, found: Verified) -> None:
        """Opening the request ID takes 2 us, and once for each token and epoch."""
        seal = self._view.seal
        if seal.open(found.claims.request_id) is None:
            self.behind |= found.claims.issued_at >= self._view.seen - _DOUBT
            raise TokenRefused("reset", "The token is from before a reset of the line.")
        found.seal = seal


def _still(claims: Claims, event_id: str, issuer: str, now: float, nbf_leeway: float) -> bool:
    return (
        claims.event_id == event_id
        and claims.issuer == issuer
        and claims.issued_at - nbf_leeway <= now < claims.expires_at
    )
