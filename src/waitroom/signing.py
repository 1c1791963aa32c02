"""The tokens of admitted visitors, signed in threads and kept at hand.

What belongs here: how many are signed at once, and not signing the same ones twice. What a token
says is in ``core/claims.py``, how it is signed in ``tokens/sign.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

import msgspec

from waitroom.core.claims import token_claims
from waitroom.core.model import Session
from waitroom.errors import Unavailable
from waitroom.tokens.keys import KeyRing
from waitroom.tokens.sign import sign_claims, sign_tokens

T = TypeVar("T")

# Threads that sign; OpenSSL lets go of the GIL. More than there are cores, so that one takes up
# the next visitor while another waits for it: on one core 4 make 6 % more tokens than 2, as do 8.
SIGNERS: Final = 4
MAX_SIGNING: Final = 2_000  # visitors waiting for a signature in this process; beyond it 503
MAX_SIGNED: Final = 4_096  # admitted visitors whose tokens are kept at hand, about 2 KB each


class Tokens(msgspec.Struct, frozen=True):
    """The three tokens of an admitted visitor; ``expires_in`` in seconds, at least 0."""

    access_token: str
    refresh_token: str
    id_token: str
    expires_in: int


class Signed(NamedTuple):
    """Tokens as they were signed: for which session, with which key."""

    session: Session
    kid: str
    parts: tuple[str, str, str]

    def tokens(self, now: int) -> Tokens:
        """As they are given out at ``now`` (epoch s)."""
        return Tokens(*self.parts, max(0, self.session.expires_at - now))


class Signing:
    """Signs with the newest key of ``keys``; ``now`` is the time in whole epoch seconds."""

    def __init__(self, keys: KeyRing, now: Callable[[], int]) -> None:
        self._keys = keys
        self._now = now
        self._threads = ThreadPoolExecutor(SIGNERS, thread_name_prefix="signer")
        self._waiting = 0
        self._signed: dict[tuple[str, str], Signed] = {}

    def recall(self, event_id: str, request_id: str) -> Signed | None:
        """What was signed for this place here before, if the key is still the one that signs."""
        signed = self._signed.get((event_id, request_id))
        if signed is None or signed.kid != self._keys.signing(self._now()).kid:
            return None
        return signed

    async def sign(self, event_id: str, request_id: str, session: Session) -> Tokens:
        """The tokens of ``session``. Raises ``Unavailable``: too many wait for theirs."""
        claims = token_claims(event_id, request_id, session)
        key = self._keys.signing(self._now())
        parts = await self._in_threads(sign_tokens, key, claims)
        if len(self._signed) >= MAX_SIGNED:
            del self._signed[next(iter(self._signed))]
        signed = self._signed[event_id, request_id] = Signed(session, key.kid, parts)
        return signed.tokens(self._now())

    async def sign_one(self, claims_for: Callable[[str], Mapping[str, object]]) -> str:
        """One JWT, not kept. ``claims_for`` is given the algorithm that will sign (``at_hash``
        hangs on it: OpenID Connect Core, section 3.1.3.6). Raises as ``sign``."""
        key = self._keys.signing(self._now())
        return await self._in_threads(sign_claims, key, claims_for(key.algorithm))

    async def _in_threads(self, sign: Callable[..., T], *values: object) -> T:
        if self._waiting >= MAX_SIGNING:
            raise Unavailable("Too many tokens are being signed at once.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, sign, *values)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()
