"""Whether records may go into a store: the values in range, each once, and in order.

What belongs here: what a forged or damaged dump could get wrong. The order of ``records.py`` is
checked because it also shows that nothing comes twice and every row belongs to an event before it.
What must change with it: ``records.py``; the ranges are in ``soundness_values.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Snapshot, check_event
from waitroom.errors import CallerError
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
from waitroom.store.soundness_values import (
    MAX_NAME,
    MAX_QUEUE,
    MAX_TIME,
    check_api_key,
    check_arrival,
    check_climbs,
    check_entry,
    check_fact,
    check_held,
    check_lane,
    check_letter,
    check_notes,
    check_pauses,
    check_position,
    check_range,
    check_sample,
    check_session,
    check_signing_key,
    check_slot,
    check_step,
    check_subscription,
    check_text,
    check_theme,
    check_used_code,
)

# In this order: records that stand alone, and those within an event.
_SIGNING, _API, _SUBSCRIBED, _LOG, _EVENT, _LOG_LEFT = range(1, 7)
_RANKS: Final = (
    ArrivalPoints,
    ServingSteps,
    Sessions,
    Slots,
    Held,
    GivenUp,
    UsedCodes,
    Samples,
    Themes,
    Facts,
    Lanes,
    DeadLetters,
    LogEntries,
)


class Soundness:
    """Checks records one after another, as they come."""

    def __init__(self) -> None:
        self._last_epoch = -1  # no Deployment yet
        self._place: tuple[int, str] = (0, "")  # how far: kind of record, and ID of key or event
        self._epochs: set[int] = set()
        self._events: set[str] = set()
        self._rank = 0  # within the present event
        self._row: int | str | tuple[int, str] | None = None  # the last row of this rank
        self._climbed = 0  # how far the curve of arrivals

    def check(self, record: Record) -> None:
        """Pass if ``record`` may follow those before it.

        Raises:
            ValueError: it may not; says why in a few words.
        """
        try:
            self._check(record)
        except CallerError as error:
            raise ValueError(str(error)) from None

    def finish(self) -> None:
        """Pass if the records may end here. Raises ``ValueError``."""
        if self._last_epoch < 0:
            raise ValueError("there is no record of the deployment")

    def _check(self, record: Record) -> None:
        match record:
            case Deployment():
                self._check_deployment(record)
            case RingKey():
                self._advance(_SIGNING, record.key.kid)
                check_signing_key(record.key)
            case Credential():
                self._advance(_API, record.key.key_id)
                check_api_key(record.key)
            case Subscribed():
                self._advance(_SUBSCRIBED, record.subscription.subscription_id)
                check_subscription(record.subscription)
            case Line():
                self._check_line(record.line)
            case LogEntries() if self._place != (_EVENT, record.event_id):
                self._check_log_alone(record)
            case _:
                self._check_rows(record)

    def _check_deployment(self, record: Deployment) -> None:
        if self._last_epoch >= 0:
            raise ValueError("a second record of the deployment")
        check_text("fingerprint", record.fingerprint, MAX_NAME)
        check_range("last_epoch", record.last_epoch, 0, MAX_TIME)
        self._last_epoch = record.last_epoch

    def _advance(self, kind: int, name: str) -> None:
        """Pass if a record of ``kind`` and ``name`` may come now."""
        if self._last_epoch < 0:
            raise ValueError("the record of the deployment is not the first")
        if kind != _LOG:
            check_text("ID", name, MAX_NAME, least=1)
        if (kind, name) <= self._place:
            raise ValueError(f"{name[:64]!a} comes twice or out of order")
        self._place = (kind, name)

    def _check_line(self, line: Snapshot) -> None:
        self._advance(_EVENT, line.event.event_id)
        check_event(line.event)
        check_range("epoch", line.epoch, 1, self._last_epoch)
        if line.epoch in self._epochs:
            raise ValueError(f"a second event of the epoch {line.epoch}")
        self._epochs.add(line.epoch)
        self._events.add(line.event.event_id)
        self._rank, self._row, self._climbed = 0, None, 0
        check_range("revision", line.revision, 0, MAX_COUNTER)
        for name, value in msgspec.structs.asdict(line.counters).items():
            check_range(name, value, 0, MAX_QUEUE if name == "queue" else MAX_COUNTER)
        for step in (line.anchor, line.last):
            if step is not None:
                check_step(step)
        check_pauses(line)
        check_notes(line.notes)

    def _check_log_alone(self, record: LogEntries) -> None:
        """That of the deployment, or of an event that is not there any more."""
        kind = _LOG_LEFT if record.event_id else _LOG
        if self._place != (kind, record.event_id):
            self._advance(kind, record.event_id)
            self._row = None
        if record.event_id in self._events:
            raise ValueError(f"a log of {record.event_id[:64]!a} that is not behind its event")
        self._ascend(check_entry(entry) for entry in record.entries)

    def _check_rows(self, record: RowsOfEvent) -> None:
        if self._place != (_EVENT, record.event_id):
            raise ValueError(f"rows of {record.event_id[:64]!a}, which is not the event before")
        rank = _RANKS.index(type(record))
        if rank < self._rank:
            raise ValueError("rows out of order")
        if rank > self._rank:
            self._rank, self._row = rank, None
        match record:
            case ArrivalPoints():
                self._ascend(check_arrival(point) for point in record.points)
                self._climbed = check_climbs(record.points, self._climbed)
            case ServingSteps():
                self._ascend(check_step(step) for step in record.steps)
            case Sessions():
                self._ascend(check_session(session) for session in record.sessions)
            case Slots():
                self._ascend(check_slot(name, done_at) for name, done_at in record.done)
            case Held():
                self._ascend(check_held(place, asked_at) for place, asked_at in record.places)
            case GivenUp():
                self._ascend(check_position(place) for place in record.positions)
            case _:
                self._check_told(record)

    def _check_told(self, record: RowsOfEvent) -> None:
        match record:
            case UsedCodes():
                self._ascend(check_used_code(name, until) for name, until in record.codes)
            case Samples():
                self._ascend(check_sample(sample) for sample in record.samples)
            case Themes():
                self._ascend(check_theme(theme) for theme in record.themes)
            case Facts():
                self._ascend(check_fact(fact) for fact in record.facts)
            case Lanes():
                self._ascend(check_lane(lane) for lane in record.lanes)
            case DeadLetters():
                self._ascend(check_letter(letter) for letter in record.letters)
            case LogEntries():
                self._ascend(check_entry(entry) for entry in record.entries)

    def _ascend(self, keys: Iterable[int] | Iterable[str] | Iterable[tuple[int, str]]) -> None:
        last = self._row
        for key in keys:
            if last is not None and key <= last:  # type: ignore[operator] # of one type in a rank
                raise ValueError(f"row {str(key)[:64]!a} comes twice or out of order")
            last = key
        self._row = last
