"""A real store and the plain model side by side, and the clock that both are told.

What belongs here: how the two are compared, and what the rules of the random tests remember.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from line_model import Entered, LineModel
from line_state import Told

from scene import NOW
from waitroom.core.audit import Deed
from waitroom.core.facts import Fact
from waitroom.core.model import Counters, Expiry, Place, Snapshot, Standing
from waitroom.errors import WaitroomError
from waitroom.store import Store

# Mostly one event: there the rules meet.
EVENT_IDS = st.sampled_from(["sale", "sale", "sale", "sale", "tour"])
SLOTS = st.none() | st.sampled_from(["12:00", "12:01", "12:02"])
TICKETS = st.integers(0, 10**6)  # which of those that were given out
DEEDS = st.none() | st.builds(
    Deed,
    by=st.sampled_from(["key-1", "cli:ann"]),
    source=st.sampled_from(["local", "192.0.2.7"]),
    action=st.sampled_from(["increment", "change", "undo 17"]),
)


def without_source(value: Any) -> Any:
    """Where a snapshot was read from, and when it would look again, is the store's own affair."""
    match value:
        case Standing():
            return msgspec.structs.replace(value, snapshot=without_source(value.snapshot))
        case Snapshot():
            return msgspec.structs.replace(value, source="")
        case Expiry():
            return msgspec.structs.replace(value, next_at=None)
    return value


def outcome(verb: Callable[[], Any]) -> tuple[object, ...]:
    """What a verb returned, or which refusal it raised."""
    try:
        return ("returned", verb())
    except WaitroomError as error:
        return ("raised", type(error))


class Compared(RuleBasedStateMachine):
    """One store, its model, and a clock that only ``tick`` moves."""

    def open_empty(self) -> Store:
        """A store with nothing in it."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store = self.open_empty()
        self.model = LineModel()
        self.now = NOW
        self.tickets: list[tuple[str, int, Place]] = [("sale", 10**9, Place(1, NOW))]
        self.epochs: set[int] = set()
        self.given: set[tuple[int, int]] = set()
        self.seen: dict[int, Counters] = {}
        self.memories: list[Snapshot] = []
        self.restored: set[int] = set()  # epochs that have lost sessions
        self.idle_until: dict[str, int] = {}  # as the last sweep said
        self.facts: dict[tuple[str, int], Fact] = {}  # by event and seq

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()

    def run(self, verb: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(verb)

    def alike(self, real: Coroutine[Any, Any, Any], model: Callable[[], Any]) -> Any:
        """Both do it; what came of it must be the same. Returns it unless it was refused."""
        happened, expected = outcome(lambda: self.run(real)), outcome(model)
        shown = (happened[0], without_source(happened[1]))
        assert shown == expected, f"store {shown}, model {expected}"
        return happened[1] if happened[0] == "returned" else None

    def ticket(self, which: int) -> tuple[str, int, Place]:
        return self.tickets[which % len(self.tickets)]

    def new_epoch(self, epoch: int) -> int:
        assert epoch >= self.now, "an epoch does not rise with the time"
        assert epoch > max(self.epochs, default=0), "an epoch was used twice, or after a later one"
        self.epochs.add(epoch)
        return epoch

    def told(self, event_id: str) -> list[Told]:
        """The facts of an event; their numbers rise and are never used for two of them."""
        facts = self.run(self.store.facts(event_id, 0, 10**6))
        numbers = [fact.seq for fact in facts]
        assert numbers == sorted(set(numbers)), "facts out of order"
        for fact in facts:
            assert fact.seq >= fact.at * 1_000_000
            assert self.facts.setdefault((event_id, fact.seq), fact) == fact, "a seq came again"
        assert self.run(self.store.outbox_depth(event_id)) == len(facts)
        return [(fact.type, fact.at, fact.epoch, fact.data) for fact in facts]

    def logged(self, event_id: str) -> list[Entered]:
        """The log of an event; its numbers have no gap."""
        entries = self.run(self.store.log(event_id, 0, 10**6))
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert self.run(self.store.log_end(event_id)) == len(entries)
        return [
            (it.by, it.source, it.action, it.at, json.loads(it.before), json.loads(it.after))
            for it in entries
        ]
