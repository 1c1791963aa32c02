"""Servers under test: the real command and a bare application, each alone on its core.

What belongs here: starting, waiting for readiness, finding the worker, stopping by process ID.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

SERVER_CORE: Final = 0
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
# Added by the server or about one moment: not what an application says.
_OF_THE_SERVER: Final = {"date", "server", "content-length", "connection", "transfer-encoding"}


class NotStarted(Exception):
    """A server ended, or did not answer in time."""


class Server:
    """A running server; ``process`` is the one we started, ``worker`` the one that answers."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    @property
    def worker(self) -> psutil.Process:
        """The process that answers: the one at the end of the line of those we started."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return next(member for member in family if not member.children())


def free_port() -> int:
    """A TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """``command``, to run on ``core`` alone (taskset of util-linux becomes the command)."""
    return ["taskset", "-c", str(core), *command]


@contextmanager
def waitroom(data_dir: Path, store: str = "") -> Iterator[Server]:
    """The public plane as a user starts it, one worker; without ``store`` on the embedded one."""
    port = free_port()
    command = [*(sys.executable, "-m", "waitroom", "public"), *("--data-dir", str(data_dir))]
    command += ["--store", store] if store else []
    command += ["--public-bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--trusted-proxies", "127.0.0.1"]
    with started(command, f"http://127.0.0.1:{port}", "/readyz") as server:
        yield server


@contextmanager
def bare(reply: Path) -> Iterator[Server]:
    """A bare ASGI application on the same HTTP server that answers ``reply`` to all."""
    port = free_port()
    command = [sys.executable, "-m", "bench.bare", str(port), str(reply)]
    with started(command, f"http://127.0.0.1:{port}", "/") as server:
        yield server


@contextmanager
def started(
    command: Sequence[str], url: str, ready_path: str, core: int = SERVER_CORE
) -> Iterator[Server]:
    """``command`` on ``core`` from the moment it answers ``ready_path`` until the block ends.

    Raises:
        NotStarted: it ended, or did not answer within 30 s.
    """
    process = subprocess.Popen(
        pinned(core, command),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(url + ready_path, process, START_SECONDS)
        yield Server(process, url)
    finally:
        stop(process)


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    """Return once ``url`` answers 200.

    Raises:
        NotStarted: ``process`` ended first, or ``seconds`` went by.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NotStarted(f"{process.args!r} ended with {process.returncode}")
        try:
            fetch(url)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotStarted(f"{url} did not answer within {seconds:.0f} s")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End ``process`` and all it started, politely first."""
    if process.poll() is not None:  # its children end with it
        return
    parent = psutil.Process(process.pid)
    family = [parent, *parent.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for straggler in alive:
        straggler.kill()
    process.wait()


def fetch(
    url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, the application's headers and content of one answer. Raises ``OSError``."""
    asked = urllib.request.Request(url, data=body, headers=dict(headers or {}))
    with urllib.request.urlopen(asked, timeout=5) as answer:
        kept = [
            (name.lower(), value)
            for name, value in answer.headers.items()
            if name.lower() not in _OF_THE_SERVER
        ]
        return answer.status, kept, answer.read()
