"""Seals what visitors carry between the waiting room and sites: one-time codes, open requests.

What belongs here: turning a value into text that only this deployment can read or make, bound to
the event and the purpose (AES-256-GCM). Nothing is stored; that a code is used once is the store's
business (``redeem``). What must change with it: ``core/codes.py``, ``docs/security.md``.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, Generic, TypeVar

import msgspec

from waitroom.core.codes import Code
from waitroom.errors import SecretMissing
from waitroom.secret import Vault

T = TypeVar("T")

MAX_SEALED: Final = 8 * 1024  # characters; ours are under 6,000
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_NONCE_TEXT: Final = 16  # characters of base64url that hold the 12 bytes of the nonce


class Sealed(Generic[T]):
    """Seals values of one type for one purpose."""

    def __init__(self, secret: bytes, purpose: str, kind: type[T]) -> None:
        self._vault = Vault(secret, purpose)
        self._decoder = msgspec.msgpack.Decoder(kind)

    def __repr__(self) -> str:
        return "Sealed(...)"

    def seal(self, value: T, event_id: str) -> str:
        """``value`` as text for a URL: 1 to ``MAX_SEALED`` of ``A-Za-z0-9_-``."""
        sealed = self._vault.seal(msgspec.msgpack.encode(value), event_id)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, text: str, event_id: str) -> T | None:
        """What was sealed for ``event_id``; None if it was not, or not here, or is altered."""
        if len(text) > MAX_SEALED or not _BASE64URL.fullmatch(text):
            return None
        try:
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return self._decoder.decode(self._vault.open(sealed, event_id))
        except (SecretMissing, binascii.Error, ValueError, msgspec.MsgspecError):
            return None


def codes_of(secret: bytes) -> Sealed[Code]:
    """One-time codes of the deployment."""
    return Sealed(secret, "one-time codes", Code)


def name_of(code: str) -> str:
    """By what a code that opened is remembered once it is used: its nonce, which is random, and the
    same in every spelling of the code (its last letter may have bits to spare)."""
    return code[:_NONCE_TEXT]
