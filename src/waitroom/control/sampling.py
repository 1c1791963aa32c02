"""Keeping the counters that the two curves do not tell, so that there is a chart of them later.

What belongs here: when a sample is taken. What must change with it: ``control/jobs.py``, which
gives the turns; ``store/__init__.py`` (``MAX_SAMPLES``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from waitroom.core.model import Sample, Snapshot
from waitroom.store import Store

EACH: Final = 15  # s between two samples in which something changed


class _Taken(NamedTuple):
    """The last sample of an event, and the slot (epoch s) up to which this plane has looked."""

    epoch: int
    slot: int
    sample: Sample


class Samples:
    """The samples of one control plane.

    They bear the second at which their slot begins, so several planes write the same ones over each
    other. While nothing changes none is taken: what is between two samples is as the first says.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken: dict[str, _Taken] = {}

    def are_due(self, at: Snapshot, now: int) -> bool:
        """Whether a sample of this slot may be worth taking."""
        known, slot = self._taken.get(at.event.event_id), _slot(now)
        if known is None or known.epoch != at.epoch:
            return at.counters.tokens > 0 or at.counters.expired > 0
        # Sessions run out and no other counter tells: while there are some, they are counted.
        return known.slot != slot and (
            known.sample.active > 0 or _of(at, slot, known.sample.active) != _at(known.sample, slot)
        )

    async def take(self, at: Snapshot, now: int) -> None:
        """Take it, unless nothing has changed. Raises ``EventUnknown``, ``StoreUnavailable``."""
        event_id, slot = at.event.event_id, _slot(now)
        sample = _of(at, slot, await self._store.active_sessions(event_id, now))
        known = self._taken.get(event_id)
        if known is None or known.epoch != at.epoch or _at(known.sample, slot) != sample:
            await self._store.sample(event_id, at.epoch, sample)
        self._taken[event_id] = _Taken(at.epoch, slot, sample)

    def keep(self, known: Collection[str]) -> None:
        """Forget all but these events."""
        for event_id in self._taken.keys() - known:
            del self._taken[event_id]


def _slot(now: int) -> int:
    return now - now % EACH


def _of(at: Snapshot, second: int, active: int) -> Sample:
    counters = at.counters
    return Sample(
        second, counters.tokens, counters.completed, counters.abandoned, counters.expired, active
    )


def _at(sample: Sample, second: int) -> Sample:
    return Sample(
        second, sample.tokens, sample.completed, sample.abandoned, sample.expired, sample.active
    )
