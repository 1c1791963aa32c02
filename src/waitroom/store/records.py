"""Everything in a store as records that any store can write out and take in.

What belongs here: the records and their order. What must change with it: ``schema.sql`` and
``redis_keys.py`` when a store keeps something new; ``VERSION`` when a record changes.

Order: ``Deployment``, signing keys by ID, API keys by ID, then the events by ID, each as its
``Line`` followed by its arrivals by second, servings by position, sessions by position and slots by
name. So two stores that hold the same have the same digest (``digest``), whatever they are.
"""

from __future__ import annotations

from typing import Final

import msgspec

from waitroom.core.model import ApiKey, Arrival, Session, SigningKey, Snapshot, Step

VERSION: Final = 1


class Deployment(msgspec.Struct, frozen=True, tag="deployment"):
    """Whose store it is (``claim_secret``; empty: nobody's), and the highest epoch given out."""

    fingerprint: str
    last_epoch: int


class RingKey(msgspec.Struct, frozen=True, tag="signing_key"):
    """A key of the ring; its private part is sealed with the deployment secret."""

    key: SigningKey


class Credential(msgspec.Struct, frozen=True, tag="api_key"):
    """A credential of the control plane: hashed, or sealed with the deployment secret."""

    key: ApiKey


class Line(msgspec.Struct, frozen=True, tag="line"):
    """An event with its counters; ``anchor``, ``last`` and ``source`` are left empty."""

    line: Snapshot


class ArrivalPoints(msgspec.Struct, frozen=True, tag="arrivals"):
    """Some of an event's arrivals curve."""

    event_id: str
    points: tuple[Arrival, ...]


class ServingSteps(msgspec.Struct, frozen=True, tag="servings"):
    """Some of an event's servings curve."""

    event_id: str
    steps: tuple[Step, ...]


class Sessions(msgspec.Struct, frozen=True, tag="sessions"):
    """Some of an event's admitted visitors."""

    event_id: str
    sessions: tuple[Session, ...]


class Slots(msgspec.Struct, frozen=True, tag="slots"):
    """Some of an event's steps that were done: name, and when (epoch s)."""

    event_id: str
    done: tuple[tuple[str, int], ...]


Record = Deployment | RingKey | Credential | Line | ArrivalPoints | ServingSteps | Sessions | Slots
