"""Messages as entries of an Amazon EventBridge bus, as the system we replace sent them.

What belongs here: PutEvents, and in which region. Credentials are those of the process
(environment, profile, role); the extra ``aws`` brings boto3. What must change with it:
``docs/subscriptions.md``.

EventBridge keeps no order among events: ``Time`` and, in ``Resources``, the message's ID tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from waitroom.errors import DeliveryFailed, DependencyMissing, InvalidField
from waitroom.events.cloudevent import Message
from waitroom.outgoing import apart

SECONDS: Final = 15.0
AT_ONCE: Final = 10  # entries that one PutEvents takes
SOURCE: Final = "custom.waitingroom"  # the source of the old system's events: rules match on it


class EventBridge:
    """A bus by name or ARN; an empty ``region`` is that of the ARN, or of the process."""

    def __init__(self, bus: str, region: str) -> None:
        self._bus = bus
        self._region = region or _region_in(bus)
        self._client: Any = None
        self._turn = asyncio.Lock()

    async def send(self, messages: Sequence[Message]) -> int:
        """As ``Sink``; up to ten at once."""
        entries = [self._entry(message) for message in messages[:AT_ONCE]]
        async with self._turn:  # a client is made once; it is not made by two threads
            try:
                async with asyncio.timeout(SECONDS):
                    answer = await apart(lambda: self._put(entries))
            except TimeoutError:
                raise DeliveryFailed(f"There was no answer within {SECONDS:g} s.") from None
        results = answer.get("Entries", [])
        taken = next((n for n, one in enumerate(results) if one.get("ErrorCode")), len(results))
        if not taken:
            code = results[0]["ErrorCode"] if results else "no entries"
            raise DeliveryFailed(f"EventBridge refused: {code}.")
        return int(taken)

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            self._client.close()

    def _entry(self, message: Message) -> dict[str, Any]:
        return {
            "Time": datetime.fromtimestamp(message.at, UTC),
            "Source": SOURCE,
            "DetailType": message.type,
            "Detail": msgspec.json.encode(message.data).decode(),
            "EventBusName": self._bus,
            "Resources": [message.id],
        }

    def _put(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        from botocore.exceptions import (  # type: ignore[import-untyped] # noqa: PLC0415 - optional
            BotoCoreError,
            ClientError,
        )

        try:
            if self._client is None:
                self._client = _client(self._region)
            return dict(self._client.put_events(Entries=entries))
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            raise DeliveryFailed(f"EventBridge refused: {code}.") from None
        except BotoCoreError as error:  # no credentials, no region, no connection
            raise DeliveryFailed(f"EventBridge: {type(error).__name__}.") from None


def check_region(bus: str, region: str) -> None:
    """Pass if it is known in which region the bus is. Takes a moment: not for the event loop.

    Raises:
        InvalidField: neither ``region`` nor the bus's ARN nor this process names one of the form.
        DependencyMissing: the library is not installed.
    """
    boto3 = _library()
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - optional
    from botocore.utils import validate_region_name  # type: ignore[import-untyped] # noqa: PLC0415

    try:
        found = region or _region_in(bus) or boto3.Session().region_name
        validate_region_name(found)
    except BotoCoreError:  # it is none, or the profile of the process cannot be read
        found = None
    if not found:
        raise InvalidField(
            "region", "wanted one such as eu-central-1: bus, environment and profile name none"
        )


def _region_in(bus: str) -> str:
    """Of ``arn:aws:events:eu-central-1:123456789012:event-bus/name``; of a bare name: empty."""
    parts = bus.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 3 else ""


def _library() -> Any:
    try:
        import boto3  # type: ignore[import-untyped] # noqa: PLC0415 - it takes a second to load
    except ModuleNotFoundError as error:
        raise DependencyMissing(
            f"EventBridge needs the library {error.name}: pip install 'waitroom[server,aws]'"
        ) from None
    return boto3


def _client(region: str) -> Any:
    boto3 = _library()
    from botocore.config import Config  # type: ignore[import-untyped] # noqa: PLC0415

    limits = Config(connect_timeout=5, read_timeout=8, retries={"total_max_attempts": 1})
    return boto3.Session(region_name=region or None).client("events", config=limits)
