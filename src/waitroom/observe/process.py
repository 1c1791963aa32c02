"""The once-a-second look that a process takes at itself, and writing down what it counted.

What belongs here: what a process can say of itself: memory, CPU time, how late it is, what it
warned of. It runs beside the requests and costs them nothing.
"""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from waitroom.observe.meter import Meter, Numbers
from waitroom.observe.shared import OwnFile, gauges_of

EVERY: Final = 1.0  # s between two looks
LEVELS: Final = ("warning", "error", "critical")
_PAGE: Final = resource.getpagesize()

log = structlog.get_logger("waitroom")


class LogLines(logging.Handler):
    """Counts what is logged from warning on, from whichever thread."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(logging.WARNING)
        self._meter = meter
        for level in LEVELS:  # all there will ever be, so that no thread adds one later
            meter.count("waitroom_log_lines", meter.plane, level, by=0)

    def emit(self, record: logging.LogRecord) -> None:
        """Count one line."""
        level = record.levelname.lower()
        if level in LEVELS:
            self._meter.count("waitroom_log_lines", self._meter.plane, level)


class OwnNumbers:
    """This process, as it shows itself to those who add all of them up."""

    def __init__(self, meter: Meter, directory: Path | None) -> None:
        self._meter = meter
        self.file = OwnFile(directory) if directory is not None else None
        self._unwritable = False

    def numbers(self) -> Numbers:
        """What it counted, and how it is."""
        plane = (self._meter.plane,)
        found = self._meter.numbers()
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = used.ru_utime + used.ru_stime
        found.add(Numbers(counters={"waitroom_process_cpu_seconds": {plane: cpu}}))
        found.add(
            gauges_of(
                {
                    "waitroom_processes": (plane, 1.0),
                    "waitroom_process_resident_memory_bytes": (plane, float(_resident())),
                }
            )
        )
        return found

    def write(self) -> None:
        """Write it down; a disk that is full costs numbers, nothing else."""
        if self.file is None:
            return
        try:
            self.file.write(self.numbers())
            self._unwritable = False
        except OSError as error:
            if not self._unwritable:
                self._unwritable = True
                log.warning("metrics cannot be written down", error=str(error))


def _resident() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
    except (OSError, IndexError, ValueError):  # not Linux
        return 0
    return pages * _PAGE


@asynccontextmanager
async def watched(process: OwnNumbers, meter: Meter) -> AsyncIterator[None]:
    """Count log lines and write the numbers down each second, meanwhile and at the end."""
    lines = LogLines(meter)
    logging.getLogger().addHandler(lines)
    task = asyncio.create_task(_look(process, meter), name="metrics")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        logging.getLogger().removeHandler(lines)
        process.write()


async def _look(process: OwnNumbers, meter: Meter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY
        await asyncio.sleep(EVERY)
        late = max(0.0, loop.time() - due)
        meter.observe("waitroom_event_loop_lag_seconds", late, meter.plane)
        process.write()
