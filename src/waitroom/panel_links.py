"""One-time links into the control panel: for who sits at the server's command line, without a key.

What belongs here: making and taking them. What must change with it: ``docs/panel.md``,
``docs/security.md``, ``cli/panel.py``.

A link is a short-lived sealed value, so making one stores nothing. Taking one adds a credential of
the link's own name to the store, which adds each name once: so a link works once, wherever it is
taken. The credential opens nothing by itself, having neither digest nor secret; the session of
whoever took the link stands for it, and ends when it is revoked.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Final

import msgspec

from waitroom.apikeys import LINK_PREFIX, Caller, check_scopes, leave_behind
from waitroom.codes import Sealed
from waitroom.core.model import ApiKey
from waitroom.errors import Unauthorized
from waitroom.store import KeyVerbs

LINK_SECONDS: Final = 300  # for which a link can be taken
_SKEW: Final = 60  # s that the clock of the machine it was made on may be ahead
_LABEL: Final = "panel"


class PanelLink(msgspec.Struct, frozen=True, array_like=True):
    """What a link stands for. ``made_at`` in epoch seconds, ``by``: who made it."""

    key_id: str
    scopes: tuple[str, ...]
    by: str
    made_at: int


class PanelLinks:
    """Makes and takes links."""

    def __init__(self, store: KeyVerbs, secret: bytes, clock: Callable[[], float]) -> None:
        self._store = store
        self._sealed = Sealed(secret, "panel links", PanelLink)
        self._clock = clock

    def make(self, scopes: Collection[str], by: str) -> tuple[PanelLink, str]:
        """A new link, and its code. Raises ``InvalidField``: a scope is unknown, or none given."""
        key_id = LINK_PREFIX + secrets.token_hex(6)
        link = PanelLink(key_id, check_scopes(scopes), by, int(self._clock()))
        return link, self._sealed.seal(link, _LABEL)

    async def take(self, code: str) -> Caller:
        """Whoever brings ``code`` first. Raises ``Unauthorized``."""
        link, now = self._sealed.open(code, _LABEL), int(self._clock())
        if link is None or not -_SKEW <= now - link.made_at < LINK_SECONDS:
            raise Unauthorized("This link is not valid any more. Make another: waitroom panel.")
        name = f"one-time link of {link.by}"
        stored = ApiKey(key_id=link.key_id, name=name, scopes=link.scopes, created_at=now)
        if not await leave_behind(self._store, stored):
            raise Unauthorized("This link has been used. Make another: waitroom panel.")
        return Caller(link.key_id, name, link.scopes)
