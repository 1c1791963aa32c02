"""What is known of the site of each event, put together from its gates and its probe.

What belongs here: which checks an event needs, and whether its line is held. Telling of it is in
``telling.py``.

Each control plane asks for itself. Where two disagree the line moves, since a step needs one of
them: a plane that cannot reach a site that is well must not stop it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from waitroom.control.gates.alertmanager import state_of
from waitroom.control.gates.asking import Asking
from waitroom.control.gates.check import Asked, Check, Checks, Pause
from waitroom.control.gates.finding import Finding, unknown
from waitroom.control.gates.telling import StoreNote, Telling
from waitroom.core.by_second import GATE_NOTE
from waitroom.core.gates import (
    WELL,
    AlertmanagerGate,
    Gate,
    GateState,
    GateView,
    Health,
    gate_name,
    holds,
)
from waitroom.core.model import Event, Snapshot

GLANCE: Final = 1.0  # s between two looks for checks that nobody wants any more


class GateWatch:
    """The health of every event, from checks that run in the background while it is asked for.

    ``store_note`` is the store's verb ``note``; ``clock`` gives epoch seconds. An event that is not
    asked for any more is forgotten after ten seconds, with its checks.
    """

    def __init__(
        self,
        store_note: StoreNote,
        clock: Callable[[], float],
        asking: Asking,
        *,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._telling = Telling(store_note)
        self._clock = clock
        self._checks = Checks(asking, clock, pause)
        # Each message about alerts counts those that are remembered, so one after the other.
        self.one_message = asyncio.Lock()

    def health(self, at: Snapshot, now: int) -> Health:
        """What is known of the event's site at ``now``; to be asked each second while it matters.

        A check that has no finding yet is unknown, and holds if its gate says so for that.
        """
        event = at.event
        if not event.gates and event.probe is None and GATE_NOTE not in at.notes:
            return WELL
        held, is_alarm = [], False
        for name, gate, found in self._findings(at, now, self._checks.want):
            is_alarm |= found.state is GateState.ALARM
            if holds(gate, found.state):
                held.append(f"{name}: {found.state}, {found.detail}")
        is_held = self._telling.tell(at, held, now, lambda: self._is_settled(event, now))
        if event.probe is None:
            return Health(holds=is_held, alarm=is_alarm)
        measured = self._checks.want(event.probe).found(now)
        return Health(
            holds=is_held, alarm=is_alarm, latency=measured.latency, errors=measured.errors
        )

    def views(self, at: Snapshot, now: int) -> tuple[GateView, ...]:
        """The event's gates as they are shown."""
        return tuple(
            GateView(
                name=name,
                state=found.state,
                holds=holds(gate, found.state),
                detail=found.detail,
                since=found.since,
            )
            for name, gate, found in self._findings(at, now, self._checks.get)
        )

    def probe(self, at: Snapshot) -> tuple[float | None, float | None]:
        """What the event's probe measures: latency (s) and share of errors (0 to 1)."""
        check = None if at.event.probe is None else self._checks.get(at.event.probe)
        if check is None:
            return None, None
        measured = check.found(self._clock())
        return measured.latency, measured.errors

    def look_round(self) -> None:
        """To be called each second: forgets what nobody asks for any more."""
        self._checks.look_round()
        self._telling.look_round()

    async def stop(self) -> None:
        """End all checks."""
        await self._telling.stop()
        await self._checks.stop()

    def _findings(
        self, at: Snapshot, now: int, check_of: Callable[[Asked], Check | None]
    ) -> Iterator[tuple[str, Gate, Finding]]:
        for index, gate in enumerate(at.event.gates):
            if isinstance(gate, AlertmanagerGate):
                found = state_of(gate, at.notes)
            else:
                check = check_of(gate)
                found = unknown("not asked yet") if check is None else check.found(now)
            yield gate_name(index, gate), gate, found

    def _is_settled(self, event: Event, now: int) -> bool:
        """Whether every check of a gate has had its time: before that, nothing has changed."""
        return all(
            self._checks.want(gate).is_settled(now)
            for gate in event.gates
            if not isinstance(gate, AlertmanagerGate)
        )


@asynccontextmanager
async def gate_watch(store_note: StoreNote, clock: Callable[[], float]) -> AsyncIterator[GateWatch]:
    """A watch that runs meanwhile."""
    async with Asking() as asking:
        watch = GateWatch(store_note, clock, asking)
        janitor = asyncio.create_task(_look_round(watch), name="gate-watch")
        try:
            yield watch
        finally:
            janitor.cancel()
            with suppress(asyncio.CancelledError):
                await janitor
            await watch.stop()


async def _look_round(watch: GateWatch) -> None:
    while True:
        await asyncio.sleep(GLANCE)
        watch.look_round()
