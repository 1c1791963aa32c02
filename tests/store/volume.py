"""A small disk of its own that a test can fill up and take the right to write from."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

SIZE: Final = 1024 * 1024  # bytes: room for a store and a few hundred commits


class Volume:
    """A mounted tmpfs. Filling it is real: the kernel answers ENOSPC."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self) -> None:
        """Leave not one byte free."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for chunk in (4096, 1):
                try:
                    while ballast.write(b"x" * chunk):
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """Give back what ``fill`` took."""
        self._ballast.unlink()

    def set_writable(self, writable: bool) -> None:
        """Remount. The kernel permits it while no file is open for writing."""
        mode = "rw" if writable else "ro"
        subprocess.run(["mount", "-o", f"remount,{mode}", self.path], check=True)


@contextmanager
def mounted(path: Path) -> Iterator[Volume]:
    """Mount a volume at ``path``; skips the test where that is not permitted.

    With CI set, root must be able to: there a skip would hide the test.
    """
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = f"cannot mount a small disk here: {done.stderr.strip()}"
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(why)
        pytest.skip(why)
    try:
        yield Volume(path)
    finally:
        subprocess.run(["umount", "-l", path], check=True)
