"""Telling that gates begin or cease to hold an event's line: in the log, and in the event's notes.

What belongs here: when there is something to tell, and writing it until the store has taken it.
What must change with it: ``core/by_second.py: GateNote``, which is what is written.

Each control plane tells only of what it saw change itself, so that two which disagree do not
contradict each other every second. One that was restarted goes on from the note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from waitroom.control.gates.check import FORGET
from waitroom.core.by_second import GATE_NOTE, GateNote, gate_note
from waitroom.core.model import Snapshot
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.logs import Outage

PATIENCE: Final = 5.0  # s that the store gets to take a note
MAX_WORDS: Final = 800  # characters that are noted: they are read with every snapshot

StoreNote = Callable[[str, Mapping[str, str | None]], Awaitable[None]]

log = structlog.get_logger("waitroom.control")


class _Line:
    """What a plane remembers of one event: whether it is held, and what is to be written of it."""

    def __init__(self, noted: GateNote) -> None:
        # As the note says, so that a plane that was restarted tells nothing anew.
        self.holds = noted.state == "holds"
        self.since = noted.since
        self.unwanted = 0
        self.owed: dict[str, str | None] = {}
        self.writing: asyncio.Task[None] | None = None


class Telling:
    """What one control plane has told of every event, and has still to tell.

    ``store_note`` is the store's verb ``note``.
    """

    def __init__(self, store_note: StoreNote) -> None:
        self._store_note = store_note
        self._lines: dict[str, _Line] = {}
        self._outage = Outage(log, "notes about gates cannot be written")

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def is_writing(self) -> bool:
        """Whether a note is on its way to the store."""
        return any(line.writing for line in self._lines.values())

    def tell(self, at: Snapshot, held: list[str], now: int, is_settled: Callable[[], bool]) -> bool:
        """Whether the line is held, after telling of it if that is news.

        ``held``: what each gate that holds says. ``is_settled``: whether every check has had its
        time; before that nothing has changed, and a line that was held stays so.
        """
        line = self._line(at)
        if not at.event.gates:
            line.holds = False
            line.owed = {GATE_NOTE: None} if GATE_NOTE in at.notes else {}
        elif bool(held) != line.holds and is_settled():
            line.holds, line.since = bool(held), now
            line.owed = {GATE_NOTE: _note(line, held)}
            _say(at.event.event_id, held)
        elif line.holds and GATE_NOTE not in at.notes and not line.owed:
            # The line was lost and came back without its notes.
            line.owed = {GATE_NOTE: _note(line, held)}
        if line.owed and line.writing is None:
            line.writing = asyncio.create_task(self._write(at.event.event_id, line))
        return line.holds or bool(held)

    def look_round(self) -> None:
        """To be called each second: forgets events that nobody asks for any more."""
        for event_id, line in list(self._lines.items()):
            line.unwanted += 1
            if line.unwanted > FORGET and line.writing is None:
                del self._lines[event_id]

    async def stop(self) -> None:
        """Notes on their way are left to the next plane."""
        writing = [line.writing for line in self._lines.values() if line.writing is not None]
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)

    def _line(self, at: Snapshot) -> _Line:
        line = self._lines.get(at.event.event_id)
        if line is None:
            line = self._lines[at.event.event_id] = _Line(gate_note(at.notes))
        line.unwanted = 0
        return line

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


def _note(line: _Line, held: list[str]) -> str:
    note = GateNote("holds" if line.holds else "open", line.since, _words(held))
    return msgspec.json.encode(note).decode()


def _say(event_id: str, held: list[str]) -> None:
    if held:
        log.warning("gates hold the line", event_id=event_id, detail=_words(held))
    else:
        log.info("gates let the line go on", event_id=event_id)


def _words(held: list[str]) -> str:
    return "; ".join(held)[:MAX_WORDS]
