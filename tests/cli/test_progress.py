"""How far long work has come is said to people at a terminal, and to nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from waitroom.cli.progress import counting

WORK = """
from waitroom.cli.progress import counting
with counting("Copying", "records", {total}) as passed:
    for _ in range(1234):
        passed()
print("done")
"""


@pytest.mark.parametrize("total", [None, 2_000])
def test_it_counts_on_a_terminal(tmp_path: Path, total: int | None) -> None:
    """What is done, of what, and how many; nothing of it gets into the results."""
    ours, its = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", WORK.format(total=total)],
        stdout=subprocess.PIPE,
        stderr=its,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        cwd=tmp_path,
        text=True,
        timeout=60,
        check=True,
    )
    os.close(its)
    seen = os.read(ours, 65_536).decode()
    os.close(ours)
    assert done.stdout == "done\n"
    assert "Copying" in seen
    assert "1,200 records" in seen


def test_it_is_silent_elsewhere(capfd: pytest.CaptureFixture[str]) -> None:
    """The log of a backup is not full of it."""
    with counting("Copying", "records") as passed:
        for _ in range(1_000):
            passed()
    assert capfd.readouterr() == ("", "")
