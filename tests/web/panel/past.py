"""An hour that a line has behind it, written into the store before the server starts.

What belongs here: a crowd that comes with a rush and ebbs away, a line that moves at a steady rate
but for a time in which it is held, sessions that end or run out. What must change with it: nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from waitroom.core.model import Event, Place, Sample, SessionStatus, Snapshot, State
from waitroom.runtime import Runtime, open_runtime
from waitroom.settings import Settings
from waitroom.views import Seals

STEP: Final = 45  # s between two points
STAY: Final = 6  # steps that people stay on the site
HELD: Final = (0.45, 0.53)  # the share of the time in which nobody is called


@dataclass
class Past:
    """How a line went, for ``steps`` points up to now: ``crowd`` people at the height of the rush
    in one step, ``called`` in each."""

    crowd: int
    called: int
    steps: int = 240

    def arriving(self, step: int) -> int:
        """How many come in a step: few, then a rush, then fewer and fewer."""
        since = step - self.steps // 4
        if since < 0:
            return max(1, self.crowd // 25)
        return max(self.crowd // 12, int(self.crowd * 0.93**since))


async def give(settings: Settings, event: Event, past: Past, now: int) -> list[str]:
    """Make ``event`` with ``past`` behind it at ``now``; request IDs of its last ten sessions."""
    async with open_runtime(settings) as runtime:
        began = now - past.steps * STEP
        at = await runtime.store.create_event(structs.replace(event, state=State.OPEN), began)
        called: list[Place] = []
        arrived = 0
        for step in range(past.steps):
            moment = began + (step + 1) * STEP
            coming = past.arriving(step)
            await runtime.store.join(event.event_id, coming, moment)
            arrived += coming
            more = (
                0
                if HELD[0] < step / past.steps < HELD[1]
                else min(past.called, arrived - len(called))
            )
            if more > 0:
                await runtime.store.advance(event.event_id, more, moment)
            fresh = [Place(len(called) + n + 1, moment - STEP) for n in range(more)]
            called += fresh
            await _come_and_go(runtime, at, called, more, moment)
        await runtime.store.change_event(event.event_id, {"state": event.state}, now)
        return Seals(runtime.secret).get(event.event_id, at.epoch).seal(called[-10:])


async def _come_and_go(
    runtime: Runtime, at: Snapshot, called: list[Place], fresh: int, moment: int
) -> None:
    """Nine in ten of those called come in; of those, four in five buy and one in ten leaves."""
    store, event_id = runtime.store, at.event.event_id
    coming = [place for place in called[len(called) - fresh :] if place.position % 10]
    await asyncio.gather(
        *(store.admit(event_id, at.epoch, place, moment, "", 3600) for place in coming)
    )
    entered = moment - (STAY + 1) * STEP
    leaving = [p for p in called if p.entry_time == entered and p.position % 10 not in {0, 9}]
    await asyncio.gather(
        *(store.finish(event_id, at.epoch, place, _end_of(place), moment) for place in leaving)
    )
    c = (await store.snapshots([event_id], moment))[event_id].counters
    active = await store.active_sessions(event_id, moment)
    await store.sample(
        event_id, at.epoch, Sample(moment, c.tokens, c.completed, c.abandoned, c.expired, active)
    )


def _end_of(place: Place) -> SessionStatus:
    return SessionStatus.ABANDONED if place.position % 10 == 8 else SessionStatus.COMPLETED
