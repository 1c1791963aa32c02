"""Queue IDs: what a Queue-it connector calls a visitor by, instead of the request ID.

What belongs here: turning one into the other. A connector writes its queue ID into cookies, URLs
and logs, and a request ID is a secret that yields tokens, so it gets another name, which only this
deployment can turn back (when the site cancels the visitor's session). What must change with it:
``docs/queue-it.md``.

A request ID is 16 bytes that no two visitors share, so one AES block under a key of the event's own
is a name that fits the form and cannot be read.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from waitroom.core.ticket import check_request_id, derive

_SPELLING: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class QueueIds:
    """The queue IDs of one event."""

    def __init__(self, secret: bytes, event_id: str) -> None:
        key = derive(secret, f"waitroom queue id v1|{event_id}", 16)
        self._cipher = Cipher(algorithms.AES128(key), modes.ECB())  # noqa: S305 - one block

    def __repr__(self) -> str:
        return "QueueIds(...)"

    def of(self, request_id: str) -> str:
        """The queue ID of ``request_id``. Raises ``InvalidField`` if that is not one."""
        block = UUID(check_request_id(request_id)).bytes
        return str(UUID(bytes=self._cipher.encryptor().update(block)))

    def opened(self, queue_id: str) -> str | None:
        """The request ID behind ``queue_id``, or None if it has not the form.

        Made up ones open too, to request IDs that are no place in any line.
        """
        if not _SPELLING.fullmatch(queue_id):
            return None
        return str(UUID(bytes=self._cipher.decryptor().update(UUID(queue_id).bytes)))
