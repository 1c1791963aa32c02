"""``last-seen.jsonl``: what a control plane remembers, on its own disk.

For the day on which the store is lost and every process with it. It is a dump (``store/dumpfile``)
without curves and sessions; ``waitroom restore-counters --from`` reads it. Nothing in here restores
anything: whether a store that is empty was lost, or is meant to be new, an operator knows.

What belongs here: when the file is written, and that a useful one is not written over. What must
change with it: ``docs/how-it-works.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec
import structlog

from waitroom.core.model import Snapshot
from waitroom.errors import DirectoryUnwritable, StoreRefused
from waitroom.recovery import Belongings
from waitroom.store.dumpfile import read_dump, write_dump
from waitroom.store.records import (
    Credential,
    Deployment,
    Line,
    Record,
    RingKey,
    Subscribed,
)

NAME: Final = "last-seen.jsonl"

log = structlog.get_logger("waitroom.recovery")


class LastSeen:
    """The file in the data directory ``directory``."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / NAME
        self._written: list[Record] = []
        self._failing = False

    async def set_aside_unless(self, there: Collection[str]) -> None:
        """Keep a file of events that are not all ``there`` from being written over; say so.

        For the start: afterwards, this process knows which events were deleted.
        """
        try:
            kept = await asyncio.to_thread(self._set_aside_unless, frozenset(there))
        except OSError as error:
            log.warning("the file of what was last seen stays where it is", reason=error.strerror)
            return
        if kept is not None:
            log.warning(
                "events that were here are not in the store; if they were not deleted but lost,"
                f" bring them back with: waitroom restore-counters --from {kept}",
                file=str(kept),
            )

    def _set_aside_unless(self, there: frozenset[str]) -> Path | None:
        if not self.path.exists():
            return None
        try:
            lines = [one.line for one in read_dump(self.path) if isinstance(one, Line)]
        except StoreRefused as error:
            log.warning("the file of what was last seen cannot be read", reason=str(error))
        else:
            if {line.event.event_id for line in lines} <= there:
                return None
        kept = self.path.with_name(f"last-seen-{int(self.path.stat().st_mtime)}.jsonl")
        self.path.rename(kept)
        return kept

    async def write(self, belongings: Belongings, lines: Collection[Snapshot]) -> None:
        """Write it all down if any of it is new since the last time."""
        records = _records(belongings, lines)
        if records == self._written:
            return
        try:
            await asyncio.to_thread(self._write, records)
        except (OSError, DirectoryUnwritable, StoreRefused) as error:
            if not self._failing:
                log.warning("what was last seen cannot be written down", reason=str(error))
            self._failing = True
        else:
            self._written, self._failing = records, False

    def _write(self, records: list[Record]) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_dump(self.path, records)


def _records(belongings: Belongings, lines: Collection[Snapshot]) -> list[Record]:
    """In the order of ``store/records.py``."""
    last_epoch = max((line.epoch for line in lines), default=0)
    ordered = sorted(lines, key=lambda line: line.event.event_id)
    return [
        Deployment(belongings.fingerprint, last_epoch),
        *(RingKey(key) for _, key in sorted(belongings.ring.items())),
        *(Credential(key) for _, key in sorted(belongings.credentials.items())),
        *(Subscribed(one) for _, one in sorted(belongings.subscriptions.items())),
        *(
            Line(msgspec.structs.replace(line, anchor=None, last=None, source=""))
            for line in ordered
        ),
    ]
