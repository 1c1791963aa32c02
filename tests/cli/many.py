"""Runs one command after another in one process: for tests of many commands that end at once.

``python many.py`` reads a line of JSON for each command, ``[arguments, standard input]``, and
answers with one, ``[exit code, stdout, stderr]``. A process for each costs most of a second.
"""

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from waitroom.cli import main


class Shell:
    """The other end: a process that is asked."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([arguments, stdin]) + "\n")
        self._process.stdin.flush()
        code, out, err = json.loads(self._process.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out, err)

    def json(self, *arguments: str) -> Any:
        """What a command that works prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=10)


@contextlib.contextmanager
def shell(home: Path, environment: dict[str, str]) -> Iterator[Shell]:
    """A process for as long as the block lasts."""
    one = Shell(home, environment)
    try:
        yield one
    finally:
        one.close()


def answer(arguments: list[str], given: str) -> tuple[int, str, str]:
    """Run one command here."""
    out, err, stdin = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(given)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
    finally:
        sys.stdin = stdin
    return code, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(*json.loads(line))) + "\n")
        sys.stdout.flush()
