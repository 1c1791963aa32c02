"""Who came in while the site was calm stays in: a signed cookie with an end.

It is a promise of this site and no token of the waiting room: the room does not know these visitors
and does not count them, so leave room for them (``docs/pattern-downstream.md``).
"""

from __future__ import annotations

import hashlib
import hmac

from waitroom.authorizer.facts import cookies_named

COOKIE = "came_in_directly"


class Insiders:
    """Makes and checks the cookie. ``lasts``: seconds from the visitor's last request on."""

    def __init__(self, key: bytes, lasts: int) -> None:
        self._key = key
        self.lasts = lasts

    def cookie(self, now: float) -> str:
        """A ``Set-Cookie`` that is good from ``now`` on."""
        ends = str(int(now) + self.lasts)
        value = f"{ends}.{self._sign(ends)}"
        return f"{COOKIE}={value}; Max-Age={self.lasts}; Path=/; HttpOnly; SameSite=Lax"

    def knows(self, header: str, now: float) -> bool:
        """Whether a ``Cookie`` header has one that is ours and not over."""
        return any(self._holds(value, now) for value in cookies_named(COOKIE, [header]))

    def _holds(self, value: str, now: float) -> bool:
        ends, _, sign = value.partition(".")
        genuine = hmac.compare_digest(self._sign(ends).encode(), sign.encode())
        return genuine and now < int(ends)

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
