"""Runs the JavaScript programs of this folder. They talk in lines of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from programs import missing, require

HERE = Path(__file__).parent
PATIENCE = 30.0  # s


class Program:
    """A running program: says and hears one JSON value a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def tell(self, value: Any) -> None:
        """One line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The next line from it."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the program ended with {self._process.wait(PATIENCE)}"
        return json.loads(line)


@contextmanager
def node(name: str) -> Iterator[Program]:
    """``name`` of this folder, running; it ends when its input does."""
    program = require("node")
    if not (HERE / "node_modules" / "setup-stamp").exists():
        missing("tests/peers/node_modules is missing: scripts/node makes it")
    with subprocess.Popen(
        [program, str(HERE / name)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE,
    ) as process:
        # Reading blocks; a program that hangs is ended, and reading says so.
        try:
            yield Program(process)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
