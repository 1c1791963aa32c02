"""Everything in a store as records that any store can write out and take in.

What belongs here: the records and their order. What must change with it: ``schema.sql`` and
``redis_keys.py`` when a store keeps something new; ``VERSION`` when a record changes.

Order: ``Deployment``, signing keys by ID, API keys by ID, subscriptions by ID, the entries of the
deployment's log; then the events by ID, each as its ``Line`` followed by its arrivals by second,
servings by position, sessions by position, slots by name, held places by position, places given up
by position, used codes by name, samples by second, themes by when they were kept, facts by ``seq``,
lanes by subscription ID, dead letters by ``seq`` and subscription ID and log entries by ``seq``; at
last the logs of deleted events, by event ID. So two stores that hold the same have the same digest
(``digest``), whatever they are.
"""

from __future__ import annotations

from typing import Final

import msgspec

from waitroom.core.audit import LogEntry
from waitroom.core.facts import DeadLetter, Fact, Lane, Subscription
from waitroom.core.model import ApiKey, Arrival, Sample, Session, SigningKey, Snapshot, Step

# 1 had neither held and given up places nor facts, subscriptions and logs; 2 neither used codes nor
# clients of OpenID Connect; 3 neither samples nor themes.
VERSION: Final = 4


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


class Subscribed(msgspec.Struct, frozen=True, tag="subscription"):
    """Who is told of events; what is secret in it is sealed with the deployment secret."""

    subscription: Subscription


class Held(msgspec.Struct, frozen=True, tag="held"):
    """Places whose visitors found the site full: position, and when they last asked (epoch s)."""

    event_id: str
    places: tuple[tuple[int, int], ...]


class GivenUp(msgspec.Struct, frozen=True, tag="given_up"):
    """Positions that their visitors gave up and no sweep has passed."""

    event_id: str
    positions: tuple[int, ...]


class UsedCodes(msgspec.Struct, frozen=True, tag="used_codes"):
    """One-time codes that were used: name, and up to when that is remembered (epoch s).

    So a code that was used just before the store was copied is not good for the copy.
    """

    event_id: str
    codes: tuple[tuple[str, int], ...]


class Samples(msgspec.Struct, frozen=True, tag="samples"):
    """Some of an event's counters as they were."""

    event_id: str
    samples: tuple[Sample, ...]


class KeptTheme(msgspec.Struct, frozen=True, array_like=True):
    """One theme: its version, when it was kept (epoch s, rising), and its JSON."""

    version: str
    kept_at: int
    theme: bytes


class Themes(msgspec.Struct, frozen=True, tag="themes"):
    """Some of what an event's page is dressed with."""

    event_id: str
    themes: tuple[KeptTheme, ...]


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """Some of an event's outbox."""

    event_id: str
    facts: tuple[Fact, ...]


class Lanes(msgspec.Struct, frozen=True, tag="lanes"):
    """How far subscriptions have been told of an event; copied without owner and lease."""

    event_id: str
    lanes: tuple[Lane, ...]


class DeadLetters(msgspec.Struct, frozen=True, tag="dead_letters"):
    """What could not be delivered."""

    event_id: str
    letters: tuple[DeadLetter, ...]


class LogEntries(msgspec.Struct, frozen=True, tag="log"):
    """Some of a log: that of an event, or (no event ID) the deployment's."""

    event_id: str
    entries: tuple[LogEntry, ...]


RowsOfEvent = (
    ArrivalPoints
    | ServingSteps
    | Sessions
    | Slots
    | Held
    | GivenUp
    | UsedCodes
    | Samples
    | Themes
    | Facts
    | Lanes
    | DeadLetters
    | LogEntries
)
Record = Deployment | RingKey | Credential | Subscribed | Line | RowsOfEvent
