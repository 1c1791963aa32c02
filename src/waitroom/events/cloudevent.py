"""A fact as it is told to others: a CloudEvents 1.0 message in JSON, structured mode.

What belongs here: the shape of a message, whichever way it goes. What must change with it:
``docs/subscriptions.md``, and ``core/facts.py`` for what there is to be told.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from waitroom.core.facts import Fact
from waitroom.core.model import Place
from waitroom.views import Seals

CONTENT_TYPE: Final = "application/cloudevents+json"
# The contract gives this one no event ID; the message's subject has it all the same.
_WITHOUT_EVENT_ID: Final = frozenset({"automatic_serving_counter_incr"})


class Message(NamedTuple):
    """One fact ready to be sent: ``body`` is the whole CloudEvent, ``data`` only what happened."""

    id: str
    type: str
    event_id: str
    at: int
    source: str
    data: dict[str, Any]
    body: bytes

    def __repr__(self) -> str:
        return f"Message({self.id})"  # in its data is a request ID


class Messages:
    """Makes messages of facts.

    ``seals`` turn places back into the request IDs that their visitors hold. ``public_base`` is the
    public plane's URL without a slash at the end: with the event's ID, the source of its messages.
    """

    def __init__(self, seals: Seals, public_base: str) -> None:
        self._seals = seals
        self._public_base = public_base

    def of(self, event_id: str, fact: Fact) -> Message:
        """``fact`` of an event; the same fact always makes the same message."""
        data = self._data(event_id, fact)
        message_id, source = f"{event_id}-{fact.seq}", f"{self._public_base}/events/{event_id}"
        body = {
            "specversion": "1.0",
            "id": message_id,
            "source": source,
            "type": fact.type,
            "subject": event_id,
            "time": spelled(fact.at),
            "datacontenttype": "application/json",
            "data": data,
        }
        return Message(
            message_id, fact.type, event_id, fact.at, source, data, msgspec.json.encode(body)
        )

    def _data(self, event_id: str, fact: Fact) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if fact.type not in _WITHOUT_EVENT_ID:
            data["event_id"] = event_id
        for name, value in fact.data.items():
            if name == "position":
                place = Place(int(value), int(fact.data["entry_time"]))
                [data["request_id"]] = self._seals.get(event_id, fact.epoch).seal([place])
            elif name != "entry_time":
                data[name] = value
        return data


def spelled(seconds: int) -> str:
    """Epoch seconds as RFC 3339 has them."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


OfFact = Callable[[str, Fact], Message]
