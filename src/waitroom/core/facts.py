"""What happened, and who is told: facts, subscriptions, and how far each has been told.

What belongs here: frozen values that stores keep and ``waitroom.events`` delivers. What must change
with it: both stores, ``records.py``, ``docs/subscriptions.md``.

A store appends a fact in the same atomic step as what it tells of, if the event has the note
``outbox`` (``OUTBOX``); the control plane sets that note while somebody is subscribed.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

OUTBOX: Final = "outbox"  # the note of an event whose facts are kept
# What ``seq`` grows by in a second at least: more than a store can tell in one, so that it does not
# run ahead of the time, and what is told after a store lost its end has numbers of its own.
SEQ_PER_SECOND: Final = 1_000_000
MAX_FACTS: Final = 1_000_000  # kept of one event; beyond it the oldest are dropped

FactType = Literal[
    "token_generated",
    "session_updated",
    "automatic_serving_counter_incr",
    "serving_counter_changed",
    "event_state_changed",
    "event_reset",
    "waiting_room_metrics",
]
FACT_TYPES: Final[tuple[str, ...]] = FactType.__args__  # type: ignore[attr-defined] # of a Literal


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to an event.

    ``seq`` grows within an event and is never used twice, not even after the store lost its end:
    it is at least the time in microseconds. ``at`` in epoch seconds. ``epoch`` is that of the line.
    ``data`` is as the contract says, but for a place (``position``, ``entry_time``) where that
    names a ``request_id``: stores know no request IDs.

    | type | data |
    |---|---|
    | token_generated | position, entry_time |
    | session_updated | position, entry_time, status ("completed", "abandoned") |
    | automatic_serving_counter_incr | previous_serving_counter_position, increment_by,
      current_serving_counter_position |
    | serving_counter_changed | previous, current, slot ("" if moved by hand) |
    | event_state_changed | previous, state |
    | event_reset | (nothing; ``epoch`` is the new one) |
    | waiting_room_metrics | as the contract, without event_id |
    """

    seq: int
    at: int
    type: str
    epoch: int
    data: dict[str, int | str]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told. ``sealed`` holds what is secret (JSON), encrypted with the deployment secret.

    ``event_id``: empty for all events. ``types``: empty for all. ``until`` (epoch s): when it ends
    by itself; 0: never. ``target`` is fit to be shown: no credential is in it.
    """

    subscription_id: str
    kind: Literal["webhook", "redis_stream", "eventbridge", "stdout", "tail"]
    target: str
    event_id: str = ""
    types: tuple[str, ...] = ()
    created_at: int = 0
    until: int = 0
    sealed: bytes = b""

    def covers(self, event_id: str, now: int) -> bool:
        """Whether facts of ``event_id`` are for it at ``now``."""
        return self.event_id in {"", event_id} and (not self.until or now < self.until)


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """How far one subscription has been told of one event.

    ``cursor``: all facts up to that ``seq`` are dealt with. ``failures`` in a row of the next one,
    the first at ``failed_at``; not tried again before ``retry_at``; ``error`` says why, for people.
    ``owner`` has it until ``leased_until``: the one process that delivers.
    """

    subscription_id: str
    cursor: int = 0
    failures: int = 0
    failed_at: int = 0
    retry_at: int = 0
    error: str = ""
    owner: str = ""
    leased_until: int = 0


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that could not be delivered to a subscription in the time there is for it."""

    subscription_id: str
    fact: Fact
    died_at: int
    failures: int
    error: str
