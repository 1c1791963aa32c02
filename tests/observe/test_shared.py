"""The numbers of several processes, through their files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from waitroom.observe import shared
from waitroom.observe.meter import Meter, Numbers
from waitroom.observe.shared import (
    LIVELY,
    OwnFile,
    Written,
    compact,
    private_directory,
    read_all,
)

JOINS = "waitroom_joins"
PROCESSES = "waitroom_processes"


def joined(many: int) -> Numbers:
    """What a process tells that gave out so many places."""
    return Numbers(counters={JOINS: {(): many}}, gauges={PROCESSES: {("public",): 1}})


def dead_pid() -> int:
    """Of a process that has ended and was collected."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=30)
    return child.pid


def leave(directory: Path, pid: int, many: int) -> Path:
    """The file of a process ``pid`` that gave out ``many`` places."""
    file = OwnFile(directory)
    file.path = directory / f"{pid}-{many}.numbers"
    file._pid = pid
    file.write(joined(many))
    return file.path


def joins(directory: Path, **which: object) -> float:
    """The sum over all files."""
    found: float = read_all(directory, **which).counters.get(JOINS, {}).get((), 0)  # type: ignore[arg-type]
    return found


def test_all_processes_are_added_up(tmp_path: Path) -> None:
    """Each by its last word; the reader's own file is left out if it knows better itself."""
    one, other = OwnFile(tmp_path), OwnFile(tmp_path)
    one.write(joined(1))
    one.write(joined(3))
    other.write(joined(40))
    assert joins(tmp_path) == 43
    assert joins(tmp_path, but=one.path) == 40


def test_what_a_dead_process_counted_stays(tmp_path: Path) -> None:
    """Counters never fall; but it is running no more, and has no memory."""
    file = OwnFile(tmp_path, clock=lambda: 100.0)
    file.write(joined(7))
    alive = read_all(tmp_path, now=100.0 + LIVELY)
    assert alive.gauges[PROCESSES]["public",] == 1
    later = read_all(tmp_path, now=101.0 + LIVELY)
    assert later.counters[JOINS][()] == 7
    assert not later.gauges


def test_a_file_is_never_seen_half_written(tmp_path: Path) -> None:
    """A reader that looks all the time sees whole files only, and a sum that never falls."""
    file, stop = OwnFile(tmp_path), threading.Event()
    file.write(joined(0))

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            file.write(joined(n))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [joins(tmp_path) for _ in range(300)]
    finally:
        stop.set()
        writer.join()
    assert seen == sorted(seen)
    assert seen[-1] > 0


def test_a_foreign_or_broken_file_is_passed_over(tmp_path: Path) -> None:
    """Nothing that lies there stops the others from being told."""
    (tmp_path / "1-1.numbers").write_bytes(b"\x00garbage")
    (tmp_path / "control.socket").write_text("")
    OwnFile(tmp_path).write(joined(5))
    assert joins(tmp_path) == 5


def test_files_of_the_dead_are_put_together(tmp_path: Path) -> None:
    """The sum is the same before and after, again and again; the living keep theirs."""
    gone = dead_pid()
    mine = OwnFile(tmp_path)
    mine.write(joined(1000))
    for many in (1, 2, 3):
        leave(tmp_path, gone, many)
    assert joins(tmp_path) == 1006
    compact(tmp_path, most=2)
    assert joins(tmp_path) == 1006
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".dead", ".numbers"]
    for many in (10, 20, 30):
        leave(tmp_path, gone, many)
    compact(tmp_path, most=2)
    assert joins(tmp_path) == 1066


def test_a_few_files_of_the_dead_are_left_alone(tmp_path: Path) -> None:
    """There is no need to hurry."""
    leave(tmp_path, dead_pid(), 1)
    compact(tmp_path, most=1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".numbers"]


def test_nothing_counts_twice_while_they_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if the supervisor dies after writing the sum and before removing what is in it."""
    gone = dead_pid()
    for many in (1, 2, 3):
        leave(tmp_path, gone, many)

    def dies(_path: Path, *, missing_ok: bool = False) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", dies)
        with pytest.raises(KeyboardInterrupt):
            compact(tmp_path, most=0)
    assert len(list(tmp_path.iterdir())) == 4
    assert joins(tmp_path) == 6
    compact(tmp_path, most=0)
    assert joins(tmp_path) == 6
    assert len(list(tmp_path.iterdir())) == 1


def test_the_directory_is_ours_alone_and_goes() -> None:
    """0700 while it is there; nothing is left."""
    with private_directory() as made:
        assert made is not None
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        OwnFile(made).write(joined(1))
    assert not made.exists()


def test_what_a_killed_supervisor_left_is_removed() -> None:
    """By the next one, and never that of one that lives."""
    with private_directory() as living:
        assert living is not None
        os.utime(living, (0, 0))
        left = living.parent / f"{shared.PREFIX}of-a-test-{os.getpid()}"
        left.mkdir(mode=0o700)
        (left / "x").touch()
        os.utime(left, (0, 0))
        with private_directory():
            assert not left.exists()
            assert living.exists()


def test_without_a_place_for_it_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only machine serves all the same."""

    def refuse(**_how: object) -> str:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with private_directory() as made:
        assert made is None


def test_written_numbers_are_read_as_they_were(tmp_path: Path) -> None:
    """Labels, buckets and all."""
    meter = Meter("public")
    meter.request("/api/status", "GET", 200, 0.01)
    meter.observe("waitroom_join_batch_size", 7)
    file = OwnFile(tmp_path)
    file.write(meter.numbers())
    assert read_all(tmp_path) == meter.numbers()
    assert Written(pid=1, at=1.0, numbers=Numbers()).instead_of == ()
