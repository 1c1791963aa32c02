"""How much a store holds of what, and a digest of it that is the same for every store.

What belongs here: counting and hashing records. What must change with it: ``VERSION`` in
``records.py``, since the digest stands in dump files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    Deployment,
    Line,
    Record,
    RingKey,
    ServingSteps,
    Sessions,
    Slots,
)

KINDS: Final = (
    "signing_keys",
    "api_keys",
    "events",
    "arrivals",
    "servings",
    "sessions",
    "slots",
)


class Contents(msgspec.Struct, frozen=True):
    """What was read: rows of each of ``KINDS``, and the SHA-256 of all of it in hex."""

    counts: dict[str, int]
    digest: str

    def difference(self, other: Contents) -> str:
        """In which way ``other`` is not the same, for people; empty if it is."""
        unequal = [
            f"{kind}: {self.counts[kind]} and {other.counts.get(kind, 0)}"
            for kind in self.counts
            if self.counts[kind] != other.counts.get(kind, 0)
        ]
        if unequal:
            return ", ".join(unequal)
        return "" if self.digest == other.digest else "as many rows, but another digest"


class Tally:
    """Counts and hashes records in the order they come.

    Each row is hashed as a line of JSON, and a line with kind and event ID goes before the first of
    each kind: so the digest does not depend on how many rows were in a record.
    """

    def __init__(self) -> None:
        self._counts = dict.fromkeys(KINDS, 0)
        self._hash = hashlib.sha256()
        self._encoder = msgspec.json.Encoder()
        self._last = ("", "")

    def add(self, record: Record) -> None:
        """Take in one record."""
        kind, event_id, rows = rows_of(record)
        if not rows:
            return
        if (kind, event_id) != self._last:
            self._last = (kind, event_id)
            self._hash.update(self._encoder.encode_lines([self._last]))
        self._hash.update(self._encoder.encode_lines(rows))
        if kind in self._counts:
            self._counts[kind] += len(rows)

    def contents(self) -> Contents:
        """What was taken in so far."""
        return Contents(dict(self._counts), self._hash.hexdigest())


def tally(records: Iterable[Record]) -> Contents:
    """The contents of ``records``."""
    taken = Tally()
    for record in records:
        taken.add(record)
    return taken.contents()


def rows_of(record: Record) -> tuple[str, str, Sequence[object]]:
    """Kind, event ID (empty: not of an event) and rows of a record."""
    match record:
        case Deployment():
            return "deployment", "", (record,)
        case RingKey():
            return "signing_keys", "", (record.key,)
        case Credential():
            return "api_keys", "", (record.key,)
        case Line():
            return "events", record.line.event.event_id, (record.line,)
        case _:
            kind, rows = _rows_of_event(record)
            return kind, record.event_id, rows


def _rows_of_event(
    record: ArrivalPoints | ServingSteps | Sessions | Slots,
) -> tuple[str, Sequence[object]]:
    match record:
        case ArrivalPoints():
            return "arrivals", record.points
        case ServingSteps():
            return "servings", record.steps
        case Sessions():
            return "sessions", record.sessions
        case Slots():
            return "slots", record.done
