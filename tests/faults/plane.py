"""``waitroom public`` or ``waitroom control``, as a process on one host.

What belongs here: starting it, asking whether it is ready, killing it with all of its family.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil

from faults.network import Network


class Plane:
    """``waitroom public`` or ``waitroom control`` on one host."""

    def __init__(self, host: str, name: str, bind: tuple[str, int], home: Path) -> None:
        self.host = host
        self.name = name
        self.address, self.port = bind
        self.log = home / f"{host}-{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, network: Network, environ: dict[str, str]) -> None:
        """Start it; ``is_ready`` says when it can be used."""
        command = [sys.executable, "-m", "waitroom", self.name]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                network.command(self.host, command),
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether it says that it can do its work."""
        url = f"http://{self.address}:{self.port}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def workers(self) -> list[psutil.Process]:
        """The processes that answer: children of the server, which is a child of the command."""
        assert self.process is not None
        servers = psutil.Process(self.process.pid).children()
        return [worker for server in servers for worker in server.children() if _serves(worker)]

    def kill(self) -> None:
        """SIGKILL to all of its processes, as when a machine loses its power."""
        process, self.process = self.process, None
        if process is None:
            return
        family = [psutil.Process(process.pid)] if process.poll() is None else []
        family += [child for parent in family for child in parent.children(recursive=True)]
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue  # its parent's death has taken it along
        process.wait(10)


def _serves(process: psutil.Process) -> bool:
    """Not the resource tracker, which multiprocessing starts beside the workers."""
    return "resource_tracker" not in " ".join(process.cmdline())
