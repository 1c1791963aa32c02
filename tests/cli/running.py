"""Runs ``waitroom`` as operators do, on free ports and in a directory of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from ports import free_port
from waiting import wait_until_sync

STARTING = 40.0  # s; two cores may be busy with other tests


@dataclass
class Waitroom:
    """One deployment: its directory, its ports, its environment."""

    home: Path
    public: int = field(default_factory=free_port)
    control: int = field(default_factory=free_port)
    shop: int = field(default_factory=free_port)
    environ: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Ours without settings, and with those of this deployment."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith("WAITROOM_")}
        ports = {
            "WAITROOM_PUBLIC_BIND": f"127.0.0.1:{self.public}",
            "WAITROOM_CONTROL_BIND": f"127.0.0.1:{self.control}",
            "WAITROOM_ALGORITHM": "ES256",  # made in no time, unlike RSA keys
        }
        return plain | ports | self.environ

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "waitroom", *arguments],
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STARTING,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """What a command that works prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a server and return when it says that it is ready."""
        out = self.home / f"stdout-{len(self.started)}"
        with out.open("w") as stdout, (self.home / "stderr").open("a") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "waitroom", *arguments],
                cwd=self.home,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
            )
        self.started.append(process)
        wait_until_sync(
            lambda: "is ready" in out.read_text() or process.poll() is not None,
            description="the server is ready",
            timeout=STARTING,
        )
        assert process.poll() is None, (self.home / "stderr").read_text()
        return process

    def said(self) -> str:
        """What the server that was started last has printed."""
        return (self.home / f"stdout-{len(self.started) - 1}").read_text()

    def get(self, port: int, path: str) -> int:
        """Status of a GET; 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def stop(self) -> None:
        """Stop what was started and still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=5)


def workers(server: subprocess.Popen[str], target: str) -> list[psutil.Process]:
    """The workers of the plane whose command line names ``target``."""
    planes = psutil.Process(server.pid).children()
    return next(
        (plane.children() for plane in planes if any(target in a for a in plane.cmdline())), []
    )


def family(server: subprocess.Popen[str]) -> list[psutil.Process]:
    """All processes that the server has started."""
    return psutil.Process(server.pid).children(recursive=True)


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended; one that nobody has collected yet counts as ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
