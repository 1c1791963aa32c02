"""The ranges of what is in a record: what a forged or damaged dump could get wrong in one value.

What belongs here: one function for each kind of row, which returns by what its rows are in order.
The order itself is in ``soundness.py``. What must change with it: ``records.py`` and ``core/``,
whose ranges these are.

All raise ``ValueError``, or an error of ``core/model.py``, if a value is out of its range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from waitroom.core.audit import LogEntry
from waitroom.core.facts import FACT_TYPES, DeadLetter, Fact, Lane, Subscription
from waitroom.core.limits import MAX_COUNTER, MAX_POSITION, MAX_THEME
from waitroom.core.model import (
    ALGORITHMS,
    ApiKey,
    Arrival,
    Sample,
    Session,
    SigningKey,
    Snapshot,
    Step,
    check_event_id,
)
from waitroom.core.theme import decode_theme, version_of
from waitroom.store.records import KeptTheme

MAX_TIME: Final = 2**40  # s, the year 36812; also of epochs, which are times (``rules.next_epoch``)
MAX_QUEUE: Final = MAX_POSITION  # of a place beyond, no ticket would open
MAX_NAME: Final = 512  # characters of a key's ID and name, of a scope, of a slot
MAX_ISSUER: Final = 2_048
MAX_SEALED: Final = 65_536  # bytes; an RSA key of 8,192 bits is a tenth of it
MAX_SCOPES: Final = 32
MAX_TYPES: Final = len(FACT_TYPES)
MAX_NOTES: Final = 1_000
MAX_DATA: Final = 65_536  # characters of a note, of a fact's value, of what an error said
MAX_TOLD: Final = 1_048_576  # characters of what an entry of a log says was before or after
MAX_SEQ: Final = 2**53 - 1  # what a double holds
MAX_PAUSES: Final = 200  # as ``rules.pauses_after`` keeps


def check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name}: wanted {least} to {most}")


def check_text(name: str, text: str, most: int, least: int = 0) -> None:
    if not least <= len(text) <= most or not text.isprintable():
        raise ValueError(f"{name}: wanted {least} to {most} printable characters")


def check_sealed(name: str, value: bytes, most: int = MAX_SEALED) -> None:
    if len(value) > most:
        raise ValueError(f"{name}: wanted at most {most} bytes")


def check_length(name: str, text: str, most: int) -> None:
    """Of text that others wrote: anything may be in it."""
    if len(text) > most:
        raise ValueError(f"{name}: wanted at most {most} characters")


def check_signing_key(key: SigningKey) -> None:
    if key.algorithm not in ALGORITHMS:
        raise ValueError("algorithm: wanted one of " + ", ".join(ALGORITHMS))
    check_range("created_at", key.created_at, 0, MAX_TIME)
    check_sealed("sealed", key.sealed)


def check_api_key(key: ApiKey) -> None:
    check_text("name", key.name, MAX_NAME)
    if len(key.scopes) > MAX_SCOPES or any(" " in scope or not scope for scope in key.scopes):
        raise ValueError(f"scopes: wanted at most {MAX_SCOPES} words")
    for scope in key.scopes:
        check_text("scope", scope, MAX_NAME)
    for value in (key.created_at, 0 if key.revoked_at is None else key.revoked_at):
        check_range("created_at, revoked_at", value, 0, MAX_TIME)
    check_sealed("digest", key.digest)
    check_sealed("sealed", key.sealed)


def check_pauses(line: Snapshot) -> None:
    if len(line.pauses) > MAX_PAUSES:
        raise ValueError(f"pauses: wanted at most {MAX_PAUSES}")
    for pause in line.pauses:
        check_range("pause", pause.start, 0, MAX_TIME)
        check_range("pause", pause.start if pause.end is None else pause.end, 0, MAX_TIME)
    going_on = [pause.end is None for pause in line.pauses]
    stands = not line.event.state.lets_in
    if any(going_on[:-1]) or (bool(going_on) and going_on[-1]) != stands:
        raise ValueError("pauses: wanted the last one going on if nobody is let in, else none")


def check_arrival(point: Arrival) -> int:
    check_range("second", point.second, 0, MAX_TIME)
    check_range("queue", point.queue, 0, MAX_QUEUE)
    return point.second


def check_climbs(points: Iterable[Arrival], least: int) -> int:
    """Pass if a curve never falls, also not below ``least``; returns its end."""
    for point in points:
        if point.queue < least:
            raise ValueError(f"queue: wanted at least {least} at second {point.second}")
        least = point.queue
    return least


def check_step(step: Step) -> int:
    check_range("issued_at", step.issued_at, 0, MAX_TIME)
    check_range("serving", step.serving, 0, MAX_COUNTER)
    return step.serving


def check_session(session: Session) -> int:
    position = check_position(session.place.position)
    check_range("entry_time", session.place.entry_time, 0, MAX_TIME)
    check_range("issued_at", session.issued_at, 0, MAX_TIME)
    check_range("expires_at", session.expires_at, 0, MAX_TIME)
    check_text("issuer", session.issuer, MAX_ISSUER)
    return position


def check_position(position: int) -> int:
    check_range("position", position, 1, MAX_POSITION)
    return position


def check_slot(name: str, done_at: int) -> str:
    check_text("slot", name, MAX_NAME, least=1)
    check_range("done_at", done_at, 0, MAX_TIME)
    return name


def check_held(position: int, asked_at: int) -> int:
    check_range("asked_at", asked_at, 0, MAX_TIME)
    return check_position(position)


def check_used_code(name: str, until: int) -> str:
    check_text("code", name, MAX_NAME, least=1)
    check_range("until", until, 0, MAX_TIME)
    return name


def check_sample(sample: Sample) -> int:
    check_range("second", sample.second, 0, MAX_TIME)
    for name in ("tokens", "completed", "abandoned", "expired", "active"):
        check_range(name, getattr(sample, name), 0, MAX_COUNTER)
    return sample.second


def check_theme(kept: KeptTheme) -> int:
    """Its colours are not looked at: what was acceptable once may be copied for ever."""
    check_range("kept_at", kept.kept_at, 0, MAX_TIME)
    check_sealed("theme", kept.theme, MAX_THEME)
    if version_of(kept.theme) != kept.version:
        raise ValueError("version: wanted that of the theme")
    decode_theme(kept.theme)
    return kept.kept_at


def check_notes(notes: Mapping[str, str]) -> None:
    if len(notes) > MAX_NOTES or list(notes) != sorted(notes):
        raise ValueError(f"notes: wanted at most {MAX_NOTES}, in order")
    for name, text in notes.items():
        check_text("note", name, MAX_NAME, least=1)
        check_length("note", text, MAX_DATA)


def check_subscription(subscription: Subscription) -> None:
    check_length("target", subscription.target, MAX_DATA)
    if subscription.event_id:
        check_event_id(subscription.event_id)
    if len(subscription.types) > MAX_TYPES or not set(subscription.types) <= set(FACT_TYPES):
        raise ValueError("types: wanted types of events")
    check_range("created_at", subscription.created_at, 0, MAX_TIME)
    check_range("until", subscription.until, 0, MAX_TIME)
    check_sealed("sealed", subscription.sealed)


def check_fact(fact: Fact) -> int:
    check_range("seq", fact.seq, 1, MAX_SEQ)
    check_range("at", fact.at, 0, MAX_TIME)
    check_range("epoch", fact.epoch, 1, MAX_TIME)
    if fact.type not in FACT_TYPES:
        raise ValueError("type: wanted a type of events")
    for name, value in fact.data.items():
        check_text("data", name, MAX_NAME)
        if isinstance(value, str):
            check_length("data", value, MAX_DATA)
        else:
            check_range("data", value, -MAX_COUNTER, MAX_COUNTER)
    return fact.seq


def check_lane(lane: Lane) -> str:
    check_text("subscription_id", lane.subscription_id, MAX_NAME, least=1)
    check_range("cursor", lane.cursor, 0, MAX_SEQ)
    for value in (lane.failures, lane.failed_at, lane.retry_at):
        check_range("failures, failed_at, retry_at", value, 0, MAX_TIME)
    check_length("error", lane.error, MAX_DATA)
    if lane.owner or lane.leased_until:
        raise ValueError("owner: wanted a lane that nobody has")
    return lane.subscription_id


def check_letter(letter: DeadLetter) -> tuple[int, str]:
    check_text("subscription_id", letter.subscription_id, MAX_NAME, least=1)
    check_range("died_at, failures", letter.died_at, 0, MAX_TIME)
    check_range("died_at, failures", letter.failures, 0, MAX_TIME)
    check_length("error", letter.error, MAX_DATA)
    return check_fact(letter.fact), letter.subscription_id


def check_entry(entry: LogEntry) -> int:
    check_range("seq", entry.seq, 1, MAX_SEQ)
    check_range("at", entry.at, 0, MAX_TIME)
    for text in (entry.by, entry.source, entry.action, entry.seal):
        check_length("by, source, action, seal", text, MAX_NAME)
    for told in (entry.before, entry.after):
        check_length("before, after", told, MAX_TOLD)
    return entry.seq
