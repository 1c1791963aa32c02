"""When an event is swept, and when its figures are told: what a turn does beside the inlet.

What belongs here: work of the control plane that is the same for every event, and what this plane
remembers so as not to ask the store in vain. Losing that memory costs a call, no more. What must
change with it: ``control/jobs.py``, which gives the turns.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import structlog

from waitroom.core.facts import OUTBOX
from waitroom.core.model import Event, Expiry, Pause, Snapshot
from waitroom.store import Store

# s after which an event is swept whatever is remembered of it. A sweep cannot tell what becomes of
# the line: a step that was cut by hand and made up again between two looks may run out earlier.
AT_LEAST_EACH: Final = 30
MINUTE: Final = 60  # s between two facts ``waiting_room_metrics``, and between two lines of the log

log = structlog.get_logger("waitroom.control")


class _Nothing(NamedTuple):
    """What a sweep found: nothing before ``until`` (epoch s), as long as the rest stays so."""

    event: Event
    epoch: int
    source: str
    pauses: tuple[Pause, ...]
    serving: int
    until: int

    def holds(self, at: Snapshot, now: int) -> bool:
        return (
            now < self.until <= now + AT_LEAST_EACH
            and self.serving <= at.counters.serving
            and (self.epoch, self.source, self.pauses) == (at.epoch, at.source, at.pauses)
            and self.event == at.event
        )


class _Unsaid(NamedTuple):
    """What expired since the log told of it, at ``at`` (epoch s)."""

    at: int = -MINUTE
    expired: int = 0
    advanced_by: int = 0


class Sweeps:
    """The expiry sweeps of one control plane: none where none can find anything."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, _Nothing] = {}
        self._unsaid: dict[str, _Unsaid] = {}

    def are_due(self, at: Snapshot, now: int) -> bool:
        """Whether a sweep may find something."""
        nothing = self._found.get(at.event.event_id)
        return may_expire(at) and not (nothing is not None and nothing.holds(at, now))

    async def sweep(self, at: Snapshot, now: int) -> bool:
        """Sweep the event of ``at``; whether the serving counter moved by it."""
        event_id = at.event.event_id
        swept = await self._store.expire(event_id, now)
        self._say(event_id, swept, now)
        if swept.next_at is not None:
            self._found[event_id] = _Nothing(
                at.event,
                at.epoch,
                at.source,
                at.pauses,
                at.counters.serving,
                min(swept.next_at, now + AT_LEAST_EACH),
            )
        else:
            self._found.pop(event_id, None)
        return swept.advanced_by > 0

    def keep(self, known: Collection[str]) -> None:
        """Forget all but these events."""
        for event_id in self._found.keys() - known:
            del self._found[event_id]
        for event_id in self._unsaid.keys() - known:
            del self._unsaid[event_id]

    def _say(self, event_id: str, swept: Expiry, now: int) -> None:
        """Log what expired: at once, then once a minute what it came to.

        In a line that moves each second, no-shows expire each second.
        """
        said = self._unsaid.get(event_id, _Unsaid())
        expired, advanced_by = said.expired + swept.expired, said.advanced_by + swept.advanced_by
        if (expired or advanced_by) and not said.at <= now < said.at + MINUTE:
            log.info("places expired", event_id=event_id, expired=expired, advanced_by=advanced_by)
            self._unsaid[event_id] = _Unsaid(now)
        elif expired or advanced_by:
            self._unsaid[event_id] = _Unsaid(said.at, expired, advanced_by)


class Figures:
    """The fact ``waiting_room_metrics`` of each minute, for events that want it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[str, int] = {}  # the minute (epoch s) that was told last

    def are_due(self, at: Snapshot, now: int) -> bool:
        """Whether this minute is still to be told, and somebody to hear it."""
        event = at.event
        if not event.metrics_events or OUTBOX not in at.notes:
            return False
        return self._told.get(event.event_id) != now - now % MINUTE

    async def tell(self, at: Snapshot, now: int) -> None:
        """Tell it. The slot is the minute's: of several planes one does."""
        event_id, minute, counters = at.event.event_id, now - now % MINUTE, at.counters
        data = {
            "num_active_tokens": await self._store.active_sessions(event_id, now),
            "total_num_tokens": counters.tokens,
            "queue_counter": counters.queue,
            "serving_number": counters.serving,
            "completed_sessions": counters.completed,
            "abandoned_sessions": counters.abandoned,
        }
        slot = f"metrics:{minute}"
        await self._store.tell(event_id, "waiting_room_metrics", data, now, slot)
        self._told[event_id] = minute

    def keep(self, known: Collection[str]) -> None:
        """Forget all but these events."""
        for event_id in self._told.keys() - known:
            del self._told[event_id]


def may_expire(at: Snapshot) -> bool:
    """Whether places of the event can have run out since the last sweep; the store knows better.

    Not if expiry is off or stands still, nor if nobody was called. When all who were are swept,
    there may still be some who found the site full, which no counter tells.
    """
    event, counters = at.event, at.counters
    if not event.queue_position_expiry or not event.state.lets_in:
        return False
    return min(counters.serving, counters.queue) > 0
