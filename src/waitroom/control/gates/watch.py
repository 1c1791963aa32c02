"""What is known of the site of each event, put together from its gates and its probe.

What belongs here: which checks an event needs, whether its line is held, and telling of it: a log
line and the event's note ``gate`` when that begins or ends. What must change with it: the readers
of the note (``docs/gates.md`` has its form).

Each control plane asks for itself. Where two disagree the line moves, since a step needs one of
them: a plane that cannot reach a site that is well must not stop it. Each tells only of what it saw
change itself, so they do not contradict each other every second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal

import msgspec
import structlog

from waitroom.control.gates.alertmanager import state_of
from waitroom.control.gates.asking import Asking
from waitroom.control.gates.check import FORGET, Asked, Check, Checks, Pause
from waitroom.control.gates.finding import Finding, unknown
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
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.logs import Outage

NOTE: Final = "gate"
GLANCE: Final = 1.0  # s between two looks for checks that nobody wants any more
PATIENCE: Final = 5.0  # s that the store gets to take a note
MAX_WORDS: Final = 800  # characters that are noted: they are read with every snapshot

StoreNote = Callable[[str, Mapping[str, str | None]], Awaitable[None]]

log = structlog.get_logger("waitroom.control")


class GateNote(msgspec.Struct, frozen=True):
    """The note ``gate``: whether gates hold the line, since when (epoch s) and which."""

    state: Literal["holds", "open"]
    since: int = 0
    detail: str = ""


class _Line:
    """What a plane remembers of one event: whether it is held, and what is to be written of it."""

    def __init__(self, noted: GateNote | None) -> None:
        # As the note says, so that a plane that was restarted tells nothing anew.
        self.holds = noted is not None and noted.state == "holds"
        self.since = noted.since if noted is not None else 0
        self.unwanted = 0
        self.owed: dict[str, str | None] = {}
        self.writing: asyncio.Task[None] | None = None


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
        self._store_note = store_note
        self._clock = clock
        self._checks = Checks(asking, clock, pause)
        self._lines: dict[str, _Line] = {}
        self._outage = Outage(log, "notes about gates cannot be written")
        # Each message about alerts counts those that are remembered, so one after the other.
        self.one_message = asyncio.Lock()

    def health(self, at: Snapshot, now: int) -> Health:
        """What is known of the event's site at ``now``; to be asked each second while it matters.

        A check that has no finding yet is unknown, and holds if its gate says so for that.
        """
        event = at.event
        if not event.gates and event.probe is None and NOTE not in at.notes:
            return WELL
        held, is_alarm = [], False
        for name, gate, found in self._findings(at, now, self._checks.want):
            is_alarm |= found.state is GateState.ALARM
            if holds(gate, found.state):
                held.append(f"{name}: {found.state}, {found.detail}")
        is_held = self._tell(at, held, now)
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
        for event_id, line in list(self._lines.items()):
            line.unwanted += 1
            if line.unwanted > FORGET and line.writing is None:
                del self._lines[event_id]

    async def stop(self) -> None:
        """End all checks; notes on their way are left to the next plane."""
        writing = [line.writing for line in self._lines.values() if line.writing is not None]
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
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

    def _tell(self, at: Snapshot, held: list[str], now: int) -> bool:
        """Log, and note with the event, that gates begin or cease to hold its line.

        Whether it is held: also while it was, and not all checks have had their time since.
        """
        event_id = at.event.event_id
        line = self._lines.get(event_id)
        if line is None:
            line = self._lines[event_id] = _Line(read_note(at.notes))
        line.unwanted = 0
        if not at.event.gates:
            line.holds = False
            line.owed = {NOTE: None} if NOTE in at.notes else {}
        elif bool(held) != line.holds and self._is_settled(at.event, now):
            line.holds, line.since = bool(held), now
            line.owed = {NOTE: _note(line, held)}
            _say(event_id, held)
        elif line.holds and NOTE not in at.notes and not line.owed:
            # The line was lost and came back without its notes.
            line.owed = {NOTE: _note(line, held)}
        if line.owed and line.writing is None:
            line.writing = asyncio.create_task(self._write(event_id, line), name=f"note-{event_id}")
        return line.holds or bool(held)

    def _is_settled(self, event: Event, now: int) -> bool:
        """Whether every check of a gate has had its time: before that, nothing has changed."""
        return all(
            self._checks.want(gate).is_settled(now)
            for gate in event.gates
            if not isinstance(gate, AlertmanagerGate)
        )

    async def _write(self, event_id: str, line: _Line) -> None:
        """Write what is owed; what fails is owed still, and tried again in a second."""
        owed = line.owed
        try:
            with suppress(EventUnknown):  # deleted meanwhile
                async with asyncio.timeout(PATIENCE):
                    await self._store_note(event_id, owed)
        except (StoreUnavailable, TimeoutError) as error:
            self._outage.goes_on(str(getattr(error, "detail", "it took too long")))
        except Exception as error:  # an error of ours: the next second may be better
            log.exception("a note about gates was not written", error=str(error))
        else:
            self._outage.is_over()
            if line.owed is owed:
                line.owed = {}
        finally:
            line.writing = None


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


def read_note(notes: Mapping[str, str]) -> GateNote | None:
    """The note ``gate``; None if there is none, or one that is not of the form."""
    try:
        return msgspec.json.decode(notes.get(NOTE, "null"), type=GateNote | None)
    except (msgspec.MsgspecError, RecursionError):
        return None


def _note(line: _Line, held: list[str]) -> str:
    state: Literal["holds", "open"] = "holds" if line.holds else "open"
    return msgspec.json.encode(GateNote(state, line.since, _words(held))).decode()


def _say(event_id: str, held: list[str]) -> None:
    if held:
        log.warning("gates hold the line", event_id=event_id, detail=_words(held))
    else:
        log.info("gates let the line go on", event_id=event_id)


def _words(held: list[str]) -> str:
    return "; ".join(held)[:MAX_WORDS]
