"""Webhooks: each message a POST, signed so that its receiver can tell that it is ours.

What belongs here: the request and the signature of Standard Webhooks, and which answers count. What
must change with it: ``docs/subscriptions.md``.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from waitroom.errors import DeliveryFailed, EndpointGone, InvalidField, NoAnswer
from waitroom.events.cloudevent import CONTENT_TYPE, Message
from waitroom.outgoing import Outgoing

SECONDS: Final = 15.0  # for an answer; the specification recommends 15 to 30
# Of an answer's body nothing is used; so much is read that a short one leaves its connection whole.
MAX_ANSWER: Final = 16 * 1024
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32  # of a new secret; the specification wants 24 to 64
_SHORTEST, _LONGEST = 24, 64


def new_secret() -> str:
    """A secret for a new endpoint: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that are signed with.

    Raises:
        InvalidField: not ``whsec_`` and the base64 of 24 to 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):  # the latter if it is not ASCII
        key = b""
    if not secret.startswith(PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise InvalidField("secret", "wanted whsec_ and the base64 of 24 to 64 random bytes")
    return key


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: version 1, HMAC-SHA256 of ID, time and body."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


class Webhook:
    """An endpoint. Any 2xx says that it has the message; it may say so of one twice."""

    def __init__(
        self,
        url: str,
        secret: str,
        outgoing: Outgoing,
        clock: Callable[[], float],
        trace: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._url = url
        self._key = key_of(secret)
        self._outgoing = outgoing
        self._clock = clock
        self._trace = trace

    def __repr__(self) -> str:
        return "Webhook(...)"

    async def send(self, messages: Sequence[Message]) -> int:
        """As ``Sink``; one at a time, so that an endpoint never has to put them in order."""
        message = messages[0]
        timestamp = int(self._clock())  # of this try: receivers refuse what is minutes old
        headers = {
            "content-type": CONTENT_TYPE,
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._key, message.id, timestamp, message.body),
            **self._trace(),
        }
        try:
            heard = await self._outgoing.request(
                "POST",
                self._url,
                headers=headers,
                content=message.body,
                seconds=SECONDS,
                max_bytes=MAX_ANSWER,
            )
        except NoAnswer as error:
            raise DeliveryFailed(str(error)) from None
        if heard.status == 410:
            raise EndpointGone
        if not 200 <= heard.status < 300:
            raise DeliveryFailed(f"The endpoint answered {heard.status}.")
        return 1

    async def close(self) -> None:
        """Nothing of its own is open."""
