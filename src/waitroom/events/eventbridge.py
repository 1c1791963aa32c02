"""Messages as entries of an Amazon EventBridge bus, as the system we replace sent them.

What belongs here: PutEvents. Credentials are those of the process (environment, profile, role);
the extra ``aws`` brings boto3. What must change with it: ``docs/subscriptions.md``.

EventBridge keeps no order among events: ``Time`` and, in ``Resources``, the message's ID tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from waitroom.errors import DeliveryFailed, DependencyMissing
from waitroom.events.cloudevent import Message
from waitroom.outgoing import apart

SECONDS: Final = 15.0
AT_ONCE: Final = 10  # entries that one PutEvents takes
SOURCE: Final = "custom.waitingroom"  # the source of the old system's events: rules match on it


class EventBridge:
    """A bus by name or ARN; an empty ``region`` is that of the process."""

    def __init__(self, bus: str, region: str) -> None:
        self._bus = bus
        self._region = region
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


def check_installed() -> None:
    """Pass if the library is there. Raises ``DependencyMissing``."""
    try:
        import boto3  # type: ignore[import-untyped] # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        raise DependencyMissing(
            f"EventBridge needs the library {error.name}: pip install 'waitroom[server,aws]'"
        ) from None


def _client(region: str) -> Any:
    check_installed()
    import boto3  # noqa: PLC0415 - an optional library that takes a second to load
    from botocore.config import Config  # type: ignore[import-untyped] # noqa: PLC0415

    limits = Config(connect_timeout=5, read_timeout=8, retries={"total_max_attempts": 1})
    return boto3.Session(region_name=region or None).client("events", config=limits)
