"""One-time codes: what they stand for, and what must hold when one is redeemed.

A code takes an admitted visitor from the waiting room to a site without a token in a URL. It is
bound to where it goes, is good for a minute and for one use. What belongs here: its contents and
its rules. How it is sealed is in ``codes.py`` above, that it is used once is the store's to say.
What must change with it: ``docs/security.md``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

import msgspec

CODE_LIFETIME: Final = 60  # seconds; RFC 6749, section 4.1.2, recommends at most 10 minutes
USED_FOR: Final = 2 * CODE_LIFETIME  # seconds a code is remembered as used: clocks may differ
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)  # RFC 7636, section 4.1


class Code(msgspec.Struct, frozen=True, array_like=True):
    """What a one-time code stands for. Times in epoch seconds.

    ``client_id``: the OpenID Connect client it is for; empty: a gate. ``goes_to``: the redirect URI
    it was sent to, or the origin of the gate's site. ``epoch`` of the event in which
    ``request_id`` was admitted. ``challenge``: PKCE S256, empty if the client sent none. ``nonce``
    and ``scope`` as the client sent them. ``auth_time``: when the visitor last showed the place.
    """

    issued_at: int
    epoch: int
    request_id: str
    goes_to: str
    client_id: str = ""
    challenge: str = ""
    nonce: str = ""
    scope: str = ""
    auth_time: int = 0

    def __repr__(self) -> str:
        return f"Code(client_id={self.client_id!r}, issued_at={self.issued_at})"

    def is_for(self, client_id: str, goes_to: str, now: int) -> bool:
        """Whether it may be redeemed by that client (empty: a gate) for that address at ``now``.

        Not from the future either, but for clocks that differ by as much as a code lives.
        """
        return (
            self.client_id == client_id
            and self.goes_to == goes_to
            and -CODE_LIFETIME <= now - self.issued_at < CODE_LIFETIME
        )


def verifier_fits(challenge: str, verifier: str) -> bool:
    """PKCE with S256 (RFC 7636, section 4.6). Without a challenge there must be no verifier either,
    or an attacker could strip the challenge (RFC 9700, section 2.1.1)."""
    if not challenge or not verifier:
        return not challenge and not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)
