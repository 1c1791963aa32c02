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
    DeadLetters,
    Deployment,
    Facts,
    GivenUp,
    Held,
    Lanes,
    Line,
    LogEntries,
    Record,
    RingKey,
    RowsOfEvent,
    Samples,
    ServingSteps,
    Sessions,
    Slots,
    Subscribed,
    Themes,
    UsedCodes,
)

KINDS: Final = (
    "signing_keys",
    "api_keys",
    "subscriptions",
    "events",
    "arrivals",
    "servings",
    "sessions",
    "slots",
    "held",
    "given_up",
    "used_codes",
    "samples",
    "themes",
    "facts",
    "lanes",
    "dead_letters",
    "log",
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

    def add(self, record: Record, written: msgspec.Raw | None = None) -> None:
        """Take in one record; ``written`` is its one row, if that stands in a file otherwise."""
        kind, event_id, rows = rows_of(record)
        if written is not None:
            rows = (written,)
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
        case Subscribed():
            return "subscriptions", "", (record.subscription,)
        case Line():
            return "events", record.line.event.event_id, (record.line,)
        case _:
            return _rows_of_event(record)


# Kind and field of the rows of each record that has some of an event's.
_ROWS: Final[dict[type[RowsOfEvent], tuple[str, str]]] = {
    ArrivalPoints: ("arrivals", "points"),
    ServingSteps: ("servings", "steps"),
    Sessions: ("sessions", "sessions"),
    Slots: ("slots", "done"),
    Held: ("held", "places"),
    GivenUp: ("given_up", "positions"),
    UsedCodes: ("used_codes", "codes"),
    Samples: ("samples", "samples"),
    Themes: ("themes", "themes"),
    Facts: ("facts", "facts"),
    Lanes: ("lanes", "lanes"),
    DeadLetters: ("dead_letters", "letters"),
    LogEntries: ("log", "entries"),
}


def _rows_of_event(record: RowsOfEvent) -> tuple[str, str, Sequence[object]]:
    kind, field = _ROWS[type(record)]
    return kind, record.event_id, getattr(record, field)
