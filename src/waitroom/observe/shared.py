"""The numbers of all processes of one machine, through files in a directory of their own.

What belongs here: that directory and its files. The supervisor makes it (``private_directory``) and
names it to its children in ``VARIABLE``; each writes its numbers there once a second, whole and by
renaming, so that a reader never sees half of them. Whoever reads adds the files up.

A process that died leaves its file, so what it counted stays counted, but for its last second. So
that a worker that dies again and again does not leave a thousand of them, the supervisor puts those
of the dead together (``compact``): into one file that names those it stands for, before they are
removed. Readers read that one last, and leave out what it names: nothing counts twice, or not at
all, whenever they look.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import structlog

from waitroom.observe.meter import Labels, Numbers

VARIABLE: Final = "WAITROOM_PROCESS_METRICS"
PREFIX: Final = "waitroom-metrics-"
LIVELY: Final = 5.0  # s: a process that wrote within them is running
MANY: Final = 32  # files of the dead that are left alone
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - what we make there is ours alone
_OF_PROCESS: Final = ".numbers"
_PAST: Final = "past.dead"
_ENCODER: Final = msgspec.msgpack.Encoder()

log = structlog.get_logger("waitroom")


class Written(msgspec.Struct, kw_only=True):
    """One file: whose numbers, when they were written (epoch s), and which files it stands for."""

    pid: int
    at: float
    numbers: Numbers
    instead_of: tuple[str, ...] = ()


_DECODER: Final = msgspec.msgpack.Decoder(Written)


@contextmanager
def private_directory() -> Iterator[Path | None]:
    """A new directory for the numbers, removed at the end; None if none can be made.

    In memory where there is a place for that: it is written each second, and nothing of it is to
    last. What a supervisor that was killed has left there is removed.
    """
    root = _MEMORY if os.access(_MEMORY, os.W_OK | os.X_OK) else None
    try:
        made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))  # 0700
    except OSError as error:
        log.warning("no directory for metrics: each process tells its own only", error=str(error))
        yield None
        return
    _remove_left(made.parent)
    lock = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # says that we live; goes with us, however we go
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def _remove_left(root: Path) -> None:
    """Directories of supervisors of ours that are gone; made before ours, and locked by nobody."""
    for path in root.glob(PREFIX + "*"):
        with suppress(OSError):
            status = path.lstat()
            old = time.time() - status.st_mtime > 60.0  # a new one may not be locked yet
            if status.st_uid == os.getuid() and old and path.is_dir() and _is_free(path):
                shutil.rmtree(path, ignore_errors=True)


def _is_free(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def directory_of_process() -> Path | None:
    """The directory that this process was told of."""
    told = os.environ.get(VARIABLE)
    return Path(told) if told else None


class OwnFile:
    """The file of this process, under a name that no other process ever has."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._pid = os.getpid()
        self.path = directory / f"{self._pid}-{time.time_ns()}{_OF_PROCESS}"

    def write(self, numbers: Numbers) -> None:
        """Put ``numbers`` in the place of what was there. Raises ``OSError``."""
        written = Written(pid=self._pid, at=self._clock(), numbers=numbers)
        _replace(self.path, written)


def _replace(path: Path, written: Written) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(_ENCODER.encode(written))
    unfinished.replace(path)


def read_all(directory: Path, *, but: Path | None = None, now: float | None = None) -> Numbers:
    """The sum of all files but one; of processes not heard of lately, no gauges."""
    files = {path.name: found for path in _files(directory) if (found := _read(path)) is not None}
    past = _read(directory / _PAST)
    if past is not None:
        files = {name: one for name, one in files.items() if name not in past.instead_of}
        files[_PAST] = past
    moment = time.time() if now is None else now
    every = Numbers()
    for name, written in files.items():
        if but is None or name != but.name:
            if abs(moment - written.at) > LIVELY:
                written.numbers.gauges.clear()
            every.add(written.numbers)
    return every


def compact(directory: Path, most: int = MANY) -> None:
    """Put the files of processes that are gone together if there are more than ``most``."""
    gone = {p.name: w for p in _files(directory) if (w := _read(p)) and not _is_alive(w.pid)}
    if len(gone) <= most:
        return
    past = _read(directory / _PAST) or Written(pid=0, at=0.0, numbers=Numbers())
    for name, written in gone.items():
        if name not in past.instead_of:
            written.numbers.gauges.clear()
            past.numbers.add(written.numbers)
    past.instead_of = tuple(gone)
    _replace(directory / _PAST, past)
    for name in gone:
        (directory / name).unlink(missing_ok=True)


def _files(directory: Path) -> Iterator[Path]:
    return directory.glob(f"*{_OF_PROCESS}")


def _read(path: Path) -> Written | None:
    try:
        return _DECODER.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None  # removed a moment ago


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def gauges_of(values: dict[str, tuple[Labels, float]]) -> Numbers:
    """One value for each gauge named."""
    return Numbers(gauges={name: {labels: value} for name, (labels, value) in values.items()})
