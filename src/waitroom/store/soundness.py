"""Whether records may go into a store: the values in range, each once, and in order.

What belongs here: what a forged or damaged dump could get wrong. The order of ``records.py`` is
checked because it also shows that nothing comes twice and every row belongs to an event before it.
What must change with it: ``records.py`` and ``core/model.py``, whose ranges these are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from waitroom.core.limits import MAX_COUNTER, MAX_POSITION
from waitroom.core.model import (
    ALGORITHMS,
    ApiKey,
    Arrival,
    Session,
    SigningKey,
    Snapshot,
    State,
    Step,
    check_event,
)
from waitroom.errors import CallerError
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

MAX_TIME: Final = 2**40  # s, the year 36812; also of epochs, which are times (``rules.next_epoch``)
MAX_QUEUE: Final = MAX_POSITION  # of a place beyond, no ticket would open
MAX_NAME: Final = 512  # characters of a key's ID and name, of a scope, of a slot
MAX_ISSUER: Final = 2_048
MAX_SEALED: Final = 65_536  # bytes; an RSA key of 8,192 bits is a tenth of it
MAX_SCOPES: Final = 32
MAX_PAUSES: Final = 200  # as ``rules.pauses_after`` keeps

_RANKS: Final = (ArrivalPoints, ServingSteps, Sessions, Slots)  # within an event


class Soundness:
    """Checks records one after another, as they come."""

    def __init__(self) -> None:
        self._last_epoch = -1  # no Deployment yet
        self._place: tuple[int, str] = (0, "")  # how far: kind of record, and ID of key or event
        self._epochs: set[int] = set()
        self._rank = 0  # within the present event
        self._row: int | str = -1  # the last row of this rank
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
                self._advance(1, record.key.kid)
                _check_signing_key(record.key)
            case Credential():
                self._advance(2, record.key.key_id)
                _check_api_key(record.key)
            case Line():
                self._check_line(record.line)
            case _:
                self._check_rows(record)

    def _check_deployment(self, record: Deployment) -> None:
        if self._last_epoch >= 0:
            raise ValueError("a second record of the deployment")
        _check_text("fingerprint", record.fingerprint, MAX_NAME)
        _check_range("last_epoch", record.last_epoch, 0, MAX_TIME)
        self._last_epoch = record.last_epoch

    def _advance(self, kind: int, name: str) -> None:
        """Pass if a record of ``kind`` and ``name`` may come now."""
        if self._last_epoch < 0:
            raise ValueError("the record of the deployment is not the first")
        _check_text("ID", name, MAX_NAME, least=1)
        if (kind, name) <= self._place:
            raise ValueError(f"{name[:64]!a} comes twice or out of order")
        self._place = (kind, name)

    def _check_line(self, line: Snapshot) -> None:
        self._advance(3, line.event.event_id)
        check_event(line.event)
        _check_range("epoch", line.epoch, 1, self._last_epoch)
        if line.epoch in self._epochs:
            raise ValueError(f"a second event of the epoch {line.epoch}")
        self._epochs.add(line.epoch)
        self._rank, self._row, self._climbed = 0, -1, 0
        _check_range("revision", line.revision, 0, MAX_COUNTER)
        for name, value in msgspec.structs.asdict(line.counters).items():
            _check_range(name, value, 0, MAX_QUEUE if name == "queue" else MAX_COUNTER)
        for step in (line.anchor, line.last):
            if step is not None:
                _check_step(step)
        _check_pauses(line)

    def _check_rows(self, record: ArrivalPoints | ServingSteps | Sessions | Slots) -> None:
        if self._place != (3, record.event_id):
            raise ValueError(f"rows of {record.event_id[:64]!a}, which is not the event before")
        rank = _RANKS.index(type(record))
        if rank < self._rank:
            raise ValueError("rows out of order")
        if rank > self._rank:
            self._rank, self._row = rank, -1
        match record:
            case ArrivalPoints():
                self._ascend(_check_arrival(point) for point in record.points)
                self._climbed = _check_climbs(record.points, self._climbed)
            case ServingSteps():
                self._ascend(_check_step(step) for step in record.steps)
            case Sessions():
                self._ascend(_check_session(session) for session in record.sessions)
            case Slots():
                self._ascend_names(record.done)

    def _ascend(self, keys: Iterable[int]) -> None:
        last = self._row
        for key in keys:
            if key <= last:  # type: ignore[operator] # rows of one rank are of one type
                raise ValueError(f"row {key} comes twice or out of order")
            last = key
        self._row = last

    def _ascend_names(self, slots: Iterable[tuple[str, int]]) -> None:
        last = self._row if isinstance(self._row, str) else ""
        for name, done_at in slots:
            _check_text("slot", name, MAX_NAME, least=1)
            _check_range("done_at", done_at, 0, MAX_TIME)
            if name <= last:
                raise ValueError(f"slot {name[:64]!a} comes twice or out of order")
            last = name
        self._row = last or -1


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name}: wanted {least} to {most}")


def _check_text(name: str, text: str, most: int, least: int = 0) -> None:
    if not least <= len(text) <= most or not text.isprintable():
        raise ValueError(f"{name}: wanted {least} to {most} printable characters")


def _check_sealed(name: str, value: bytes) -> None:
    if len(value) > MAX_SEALED:
        raise ValueError(f"{name}: wanted at most {MAX_SEALED} bytes")


def _check_signing_key(key: SigningKey) -> None:
    if key.algorithm not in ALGORITHMS:
        raise ValueError("algorithm: wanted one of " + ", ".join(ALGORITHMS))
    _check_range("created_at", key.created_at, 0, MAX_TIME)
    _check_sealed("sealed", key.sealed)


def _check_api_key(key: ApiKey) -> None:
    _check_text("name", key.name, MAX_NAME)
    if len(key.scopes) > MAX_SCOPES or any(" " in scope or not scope for scope in key.scopes):
        raise ValueError(f"scopes: wanted at most {MAX_SCOPES} words")
    for scope in key.scopes:
        _check_text("scope", scope, MAX_NAME)
    for value in (key.created_at, 0 if key.revoked_at is None else key.revoked_at):
        _check_range("created_at, revoked_at", value, 0, MAX_TIME)
    _check_sealed("digest", key.digest)
    _check_sealed("sealed", key.sealed)


def _check_pauses(line: Snapshot) -> None:
    if len(line.pauses) > MAX_PAUSES:
        raise ValueError(f"pauses: wanted at most {MAX_PAUSES}")
    for pause in line.pauses:
        _check_range("pause", pause.start, 0, MAX_TIME)
        _check_range("pause", pause.start if pause.end is None else pause.end, 0, MAX_TIME)
    going_on = [pause.end is None for pause in line.pauses]
    paused = line.event.state is State.PAUSED
    if any(going_on[:-1]) or (bool(going_on) and going_on[-1]) != paused:
        raise ValueError("pauses: wanted the last one going on if the event is paused, else none")


def _check_arrival(point: Arrival) -> int:
    _check_range("second", point.second, 0, MAX_TIME)
    _check_range("queue", point.queue, 0, MAX_QUEUE)
    return point.second


def _check_climbs(points: Iterable[Arrival], least: int) -> int:
    """Pass if a curve never falls, also not below ``least``; returns its end."""
    for point in points:
        if point.queue < least:
            raise ValueError(f"queue: wanted at least {least} at second {point.second}")
        least = point.queue
    return least


def _check_step(step: Step) -> int:
    _check_range("issued_at", step.issued_at, 0, MAX_TIME)
    _check_range("serving", step.serving, 0, MAX_COUNTER)
    return step.serving


def _check_session(session: Session) -> int:
    position = session.place.position
    _check_range("position", position, 1, MAX_POSITION)
    _check_range("entry_time", session.place.entry_time, 0, MAX_TIME)
    _check_range("issued_at", session.issued_at, 0, MAX_TIME)
    _check_range("expires_at", session.expires_at, 0, MAX_TIME)
    _check_text("issuer", session.issuer, MAX_ISSUER)
    return position
