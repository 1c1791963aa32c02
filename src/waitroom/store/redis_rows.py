"""What is in the keys as values of the model, and back.

What belongs here: the texts of ``redis_keys.py``, read and written. What must change with it: the
Lua files that take them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from waitroom.core.audit import Deed
from waitroom.core.model import (
    Arrival,
    Counters,
    Event,
    Pause,
    Place,
    Sample,
    Session,
    SessionStatus,
    Snapshot,
    State,
    Step,
)

COUNTERS: Final = Counters.__struct_fields__
_SETTINGS: Final = tuple(
    name for name in Event.__struct_fields__ if name not in {"event_id", "state"}
)
_PLAIN: Final = Event(event_id="")  # all settings at their defaults


def settings_of(event: Event) -> list[str | bytes]:
    """Names of fields and their JSON, alternating: all settings but ID and state."""
    return changes_of({name: getattr(event, name) for name in _SETTINGS})


def changes_of(changes: Mapping[str, object]) -> list[str | bytes]:
    """The same for some settings."""
    flat: list[str | bytes] = []
    for name, value in changes.items():
        flat += [f"set:{name}", msgspec.json.encode(value)]
    return flat


def with_defaults(changes: Mapping[str, object]) -> list[str | bytes]:
    """Name, JSON and JSON of the default of some settings, the state among them."""
    flat: list[str | bytes] = []
    for name, value in changes.items():
        default = getattr(_PLAIN, name)
        flat += [name, msgspec.json.encode(value), msgspec.json.encode(default)]
    return flat


def pauses_text(pauses: Iterable[Pause]) -> str:
    """``start-end,start-``."""
    return ",".join(f"{p.start}-{'' if p.end is None else p.end}" for p in pauses)


@lru_cache(maxsize=1024)
def _pauses(text: bytes) -> tuple[Pause, ...]:
    parts = (part.split(b"-") for part in text.split(b",")) if text else ()
    return tuple(Pause(int(start), int(end) if end else None) for start, end in parts)


@lru_cache(maxsize=1024)
def _event(event_id: str, state: bytes, settings: tuple[tuple[bytes, bytes], ...]) -> Event:
    pairs = b",".join(b'"%s":%s' % (name, value) for name, value in settings)
    head = msgspec.json.encode({"event_id": event_id, "state": State(state.decode())})
    return msgspec.json.decode(head[:-1] + b"," + pairs + b"}", type=Event)


def snapshot(
    event_id: str, flat: Sequence[bytes], source: str, anchor: bytes = b"", last: bytes = b""
) -> Snapshot:
    """The snapshot that the fields of the event and two servings steps make."""
    fields = dict(zip(flat[::2], flat[1::2], strict=True))
    settings = tuple(
        (name[4:], value) for name, value in sorted(fields.items()) if name.startswith(b"set:")
    )
    # An older version knew fewer counters.
    numbers = {name: int(fields.get(name.encode(), 0)) for name in COUNTERS}
    return Snapshot(
        event=_event(event_id, fields[b"state"], settings),
        epoch=int(fields[b"epoch"]),
        counters=Counters(**numbers),
        pauses=_pauses(fields[b"pauses"]),
        anchor=step(anchor) if anchor else None,
        last=step(last) if last else None,
        revision=int(fields[b"revision"]),
        notes=_notes(fields),
        source=source,
    )


def _notes(fields: Mapping[bytes, bytes]) -> dict[str, str]:
    notes = {name[5:].decode(): text for name, text in fields.items() if name.startswith(b"note:")}
    return {name: text.decode() for name, text in sorted(notes.items())}


def note_words(notes: Mapping[str, str]) -> list[str]:
    """Names and texts of notes, alternating."""
    return [word for pair in notes.items() for word in pair]


def deed_text(deed: Deed | None) -> str:
    """A deed as the middle of a JSON object; empty if there is none."""
    return "" if deed is None else msgspec.json.encode(deed).decode()[1:-1]


def step(member: bytes) -> Step:
    """A member of the servings curve."""
    issued_at, _, serving = member.partition(b":")
    return Step(int(issued_at), int(serving))


def arrivals(flat: Sequence[bytes]) -> list[Arrival]:
    """Members and scores of the arrivals curve, alternating."""
    return [
        Arrival(int(second), int(float(queue)))
        for second, queue in zip(flat[::2], flat[1::2], strict=True)
    ]


def sample(member: bytes) -> Sample:
    """A member of the samples."""
    return Sample(*map(int, member.split(b":")))


def sample_member(taken: Sample) -> str:
    """A sample as a member."""
    return ":".join(map(str, msgspec.structs.astuple(taken)))


def session(member: bytes) -> Session:
    """A member of the sessions."""
    position, entry_time, issued_at, expires_at, status, issuer = member.split(b":", 5)
    return Session(
        Place(int(position), int(entry_time)),
        int(issued_at),
        int(expires_at),
        issuer.decode(),
        SessionStatus(int(status)),
    )


def session_member(session: Session) -> str:
    """A session as a member."""
    place = session.place
    numbers = (
        place.position,
        place.entry_time,
        session.issued_at,
        session.expires_at,
        session.status.value,
    )
    return f"{':'.join(map(str, numbers))}:{session.issuer}"


def padded(position: int) -> str:
    """A position as a member of ``expiry`` and ``ended``."""
    return f"{position:013d}"
