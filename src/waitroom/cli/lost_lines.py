"""What is known of lines that a store has lost: numbers, a request ID, a file.

What belongs here: from what the operator says to lines as they were; nothing here touches a store.
What must change with it: ``docs/cli.md``, ``store/records.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from waitroom.core.facts import Subscription
from waitroom.core.model import ApiKey, Counters, Event, Place, SigningKey, Snapshot
from waitroom.core.ticket import TicketSeal
from waitroom.errors import CallerError, InvalidField, SecretMissing
from waitroom.secret import fingerprint
from waitroom.store.dumpfile import read_dump
from waitroom.store.records import Credential, Deployment, Line, RingKey, Subscribed

SEARCHED: Final = 30 * 86_400  # seconds back; about a second of work for each day
AHEAD: Final = 3_600  # epochs run ahead of the time when many events are made in one second


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the operator said. ``event_id`` None: all lines of ``file``."""

    event_id: str | None = None
    epoch: int | None = None
    queue: int = 0
    serving: int = 0
    request_id: str = field(default="", repr=False)
    file: Path | None = None


@dataclass(frozen=True)
class Kept:
    """What a file knows."""

    lines: dict[str, Snapshot] = field(default_factory=dict)
    ring: list[SigningKey] = field(default_factory=list)
    credentials: list[ApiKey] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)


def read_kept(path: Path, secret: bytes) -> Kept:
    """What the dump file ``path`` holds beside curves and sessions.

    Raises:
        SecretMissing: it is of another deployment secret.
        StoreRefused: as ``read_dump``.
    """
    kept = Kept()
    for record in read_dump(path):
        match record:
            case Deployment() if record.fingerprint:
                if not compare_digest(record.fingerprint.encode(), fingerprint(secret).encode()):
                    raise SecretMissing(
                        f"{path} was written under another deployment secret than the one here:"
                        " no request ID of its lines would open. Bring that secret back first."
                    )
            case RingKey():
                kept.ring.append(record.key)
            case Credential():
                kept.credentials.append(record.key)
            case Subscribed() if record.subscription.kind != "tail":
                kept.subscriptions.append(record.subscription)
            case Line():
                kept.lines[record.line.event.event_id] = record.line
    return kept


@dataclass(frozen=True)
class Found:
    """What a request ID proves: its place was given out in that epoch."""

    epoch: int
    place: Place


def find_place(
    secret: bytes,
    wanted: Wanted,
    kept: Kept,
    now: int,
    known: Iterable[int],
    tried: Callable[[], None],
) -> Found | None:
    """The epoch and the place of the request ID; None if there is none to look at.

    ``tried`` is called for each epoch that is not the right one.

    Each epoch is a time (``rules.next_epoch``) and has a key of its own; a wrong one opens a
    ticket once in 2^56, so the first that does is the right one.

    Raises:
        InvalidField: none that may be meant opens it.
    """
    if not wanted.request_id or wanted.event_id is None:
        return None
    of_file = [kept.lines[wanted.event_id].epoch] if wanted.event_id in kept.lines else []
    times = range(now + AHEAD, max(0, now - SEARCHED), -1)
    epochs = chain(of_file, known, times) if wanted.epoch is None else [wanted.epoch]
    for epoch in epochs:
        place = TicketSeal(secret, wanted.event_id, epoch).open(wanted.request_id)
        if place is not None:
            return Found(epoch, place)
        tried()
    if wanted.epoch is not None:
        raise InvalidField("--request-id", f"not of the epoch {wanted.epoch} of {wanted.event_id}")
    raise InvalidField(
        "--request-id",
        f"no line of {wanted.event_id} that began in the last {SEARCHED // 86_400} days gave it"
        " out, under this deployment secret; if it began before that, say when with --epoch",
    )


def event_ids(wanted: Wanted, kept: Kept) -> list[str]:
    """The events that are meant."""
    return sorted(kept.lines) if wanted.event_id is None else [wanted.event_id]


def lines_of(
    wanted: Wanted, kept: Kept, there: Mapping[str, Snapshot], found: Found | None
) -> list[Snapshot]:
    """What the store is to have at least; ``there`` is what it has.

    Raises:
        CallerError: too little was said, or it contradicts the file.
    """
    return [_line(one, wanted, kept, there.get(one), found) for one in event_ids(wanted, kept)]


def _line(
    event_id: str, wanted: Wanted, kept: Kept, there: Snapshot | None, found: Found | None
) -> Snapshot:
    start = kept.lines.get(event_id)
    epoch = wanted.epoch if found is None else found.epoch
    if wanted.file:
        if start is None:
            raise CallerError(f"{wanted.file} has no event {event_id!a}.")
        if epoch not in {None, start.epoch}:
            raise InvalidField("--epoch", f"the file has this event in epoch {start.epoch}")
    elif there is not None and epoch in {None, there.epoch}:
        start = there
    position = 0 if found is None else found.place.position
    queue = max(wanted.queue, position)
    if start is None:
        start = _begun(event_id, epoch, queue, there)
    counters = start.counters
    queue, serving = max(counters.queue, queue), max(counters.serving, wanted.serving)
    return replace(start, counters=replace(counters, queue=queue, serving=serving))


def _begun(event_id: str, epoch: int | None, queue: int, there: Snapshot | None) -> Snapshot:
    """An event in an epoch of which nothing is known but what was said."""
    if epoch is None:
        raise CallerError(
            f"There is no event {event_id!a}. Its line comes back with --from FILE, with"
            " --request-id, or with --epoch and --queue."
        )
    if not queue:
        raise InvalidField(
            "--queue", "wanted at least as many places as were given out: others get the next ones"
        )
    if there is None:
        return Snapshot(event=Event(event_id=event_id), epoch=epoch, counters=Counters())
    return replace(there, epoch=epoch, counters=Counters(), revision=0)
