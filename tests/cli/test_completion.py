"""What `waitroom completion` prints does complete, in a real shell."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.running import Waitroom
from programs import require
from waitroom.cli import main

TRY = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_waitroom
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash."""
    require("bash")
    home = tmp_path_factory.mktemp("completion")
    done = Waitroom(home).run("completion", "bash")
    assert done.returncode == 0, done.stderr
    (home / "waitroom.bash").write_text(done.stdout)
    return home / "waitroom.bash"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("waitroom wat", {"watch"}),
        ("waitroom event sold", {"sold-out"}),
        ("waitroom watch sale --inter", {"--interval"}),
        ("waitroom event create sale --inlet ma", {"manual", "max_size"}),
        ("waitroom completion z", {"zsh"}),
    ],
)
def test_bash_completes(script: Path, line: str, wanted: set[str]) -> None:
    """Commands, their flags, and the values of a flag that has a choice."""
    done = subprocess.run(
        ["bash", "-c", TRY, "try", str(script), *line.split()],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert set(done.stdout.split()) == wanted


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_theirs(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    """The script for another shell is one; where the shell is there, it finds no fault with it."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "sold-out" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, timeout=20, check=True)
