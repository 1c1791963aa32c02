"""Request IDs are sealed tickets: seal places, open request IDs.

What belongs here: the layout of a ticket and the cipher. What must change with it: the version in
the key's info string, and ``docs/security.md``.

A ticket is one AES-128 block, written as 8-4-4-4-12 lower-case hex::

    plaintext = 6 zero bytes (check) | 1 byte kind | 5 bytes position | 4 bytes entry time (epoch s)
    key       = HKDF-SHA256(secret, info="waitroom ticket v1|" + event_id + "|" + epoch)

One block under a keyed permutation with 48 bits of redundancy authenticates (Bellare and Rogaway,
"Encode-then-encipher encryption", ASIACRYPT 2000): a guess passes with probability 2^-48, and the
position can be neither read nor altered. ECB is right here because a ticket *is* one block and no
two places of an epoch are alike.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from waitroom.core.limits import MAX_POSITION
from waitroom.core.model import Kind, Place
from waitroom.errors import InvalidField, Unavailable

REQUEST_ID: Final = re.compile(r"\w{8}-\w{4}-\w{4}-\w{4}-\w{12}", re.ASCII)
# The one spelling that we give out. bytes.fromhex alone would also read blanks and moved dashes.
_SPELLING: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BLOCK: Final = struct.Struct(">IQI")  # zero | two zero bytes, kind, position | entry time
_KIND_SHIFT: Final = 40


def derive(secret: bytes, info: str, length: int = 32) -> bytes:
    """A key for one purpose from the deployment secret (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info.encode()).derive(secret)


def check_request_id(text: str, field: str = "request_id") -> str:
    """Return ``text`` if it has the form of a request ID.

    Raises:
        InvalidField: it has not; names ``field``.
    """
    if not REQUEST_ID.fullmatch(text):
        raise InvalidField(field, "wanted the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
    return text


def _check_fits(position: int) -> None:
    if position > MAX_POSITION:
        raise Unavailable("This line has no places left.", retry_after=3_600)


class TicketSeal:
    """Seals and opens the tickets of one event in one epoch.

    The cipher contexts are made once: building one costs several times what a block does. They are
    not for use from two threads at a time.
    """

    def __init__(self, secret: bytes, event_id: str, epoch: int) -> None:
        key = derive(secret, f"waitroom ticket v1|{event_id}|{epoch}", 16)
        cipher = Cipher(algorithms.AES128(key), modes.ECB())  # noqa: S305 - one block, see above
        self._encrypt = cipher.encryptor().update
        self._decrypt = cipher.decryptor().update

    def __repr__(self) -> str:
        return "TicketSeal(...)"

    def seal(self, places: Sequence[Place]) -> list[str]:
        """Request IDs of ``places``, in order, with one cipher call.

        Raises ``Unavailable``: a position does not fit into a ticket.
        """
        _check_fits(max((p.position for p in places), default=0))
        blocks = b"".join(
            _BLOCK.pack(0, p.kind << _KIND_SHIFT | p.position, p.entry_time) for p in places
        )
        return self._spell(self._encrypt(blocks))

    def seal_run(self, first: int, count: int, entry_time: int) -> list[str]:
        """Request IDs of the first-come positions ``first`` .. ``first + count - 1``.

        Raises ``Unavailable``: they do not fit into a ticket.
        """
        _check_fits(first + count - 1)
        pack = _BLOCK.pack
        blocks = b"".join([pack(0, p, entry_time) for p in range(first, first + count)])
        return self._spell(self._encrypt(blocks))

    @staticmethod
    def _spell(sealed: bytes) -> list[str]:
        text = sealed.hex()
        return [
            f"{text[i : i + 8]}-{text[i + 8 : i + 12]}-{text[i + 12 : i + 16]}"
            f"-{text[i + 16 : i + 20]}-{text[i + 20 : i + 32]}"
            for i in range(0, len(text), 32)
        ]

    def open(self, request_id: str) -> Place | None:
        """The place sealed in ``request_id``, or None if it was not sealed here.

        Only the one spelling that we give out is read, so that a place has one request ID.
        """
        if not _SPELLING.fullmatch(request_id):
            return None
        block = bytes.fromhex(request_id.replace("-", ""))
        zero, middle, entry_time = _BLOCK.unpack(self._decrypt(block))
        position = middle & MAX_POSITION
        kind = middle >> _KIND_SHIFT
        if zero or kind != Kind.FIRST_COME or not position:
            return None
        return Place(position, entry_time)
