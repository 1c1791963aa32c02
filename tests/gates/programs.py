"""Debian's own Prometheus and Alertmanager on free ports of the loopback.

What belongs here: starting them with next to nothing to do, and stopping them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from api.served import free_binds
from programs import require
from waiting import wait_until_sync

START: Final = 60.0  # s until it answers, on a busy machine
STOP: Final = 15.0


@contextmanager
def prometheus(directory: Path) -> Iterator[str]:
    """A Prometheus that scrapes nothing; its URL."""
    program = require("prometheus")
    (directory / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
    bind = free_binds(1)[0]
    command = [
        program,
        f"--config.file={directory / 'prometheus.yml'}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address={bind}",
    ]
    with _running(command, directory / "prometheus.log", f"http://{bind}/-/ready"):
        yield f"http://{bind}"


@contextmanager
def alertmanager(directory: Path, configuration: str) -> Iterator[str]:
    """An Alertmanager with this configuration, without peers; its URL."""
    program = require("prometheus-alertmanager")
    (directory / "alertmanager.yml").write_text(configuration, encoding="utf-8")
    bind = free_binds(1)[0]
    command = [
        program,
        f"--config.file={directory / 'alertmanager.yml'}",
        f"--storage.path={directory / 'alerts'}",
        f"--web.listen-address={bind}",
        "--cluster.listen-address=",
    ]
    with _running(command, directory / "alertmanager.log", f"http://{bind}/-/ready"):
        yield f"http://{bind}"


@contextmanager
def _running(command: list[str], log: Path, ready: str) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment()
        )
    try:
        wait_until_sync(
            lambda: _answers(ready), description=f"{ready}; {log} may say why not", timeout=START
        )
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
