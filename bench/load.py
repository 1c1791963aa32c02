"""Load from wrk: one run, its rate, its latencies, and whether it was answered properly.

What belongs here: driving wrk (Debian's package) on the core that is not the server's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import msgspec

from bench.servers import pinned

LOAD_CORE: Final = (os.cpu_count() or 1) - 1
CONNECTIONS: Final = 64
_LUA: Final = Path(__file__).parent / "lua"


class LoadFailed(Exception):
    """A run whose figure would mean nothing: requests were refused or lost."""


class Load(msgspec.Struct, frozen=True):
    """One run of wrk; times in microseconds, counts in requests."""

    requests: int
    microseconds: int
    p50: int
    p99: int
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Requests answered per second."""
        return self.requests * 1e6 / self.microseconds


def run(
    url: str,
    seconds: float,
    *,
    connections: int = CONNECTIONS,
    post: str | None = None,
    bodies: Path | None = None,
    tokens: tuple[Path, str] | None = None,
) -> Load:
    """Load ``url`` for ``seconds`` (whole ones, at least 1) over keep-alive ``connections``.

    ``post`` is a body to send each time; ``bodies`` is a file of bodies to send once each;
    ``tokens`` is a file of tokens to send in turn, and the cookie they are sent in.

    Raises:
        LoadFailed: something was refused (status 400 and above), lost, or sent twice.
    """
    argument = [post] if post is not None else [str(bodies)] if bodies else []
    argument = [str(tokens[0]), tokens[1]] if tokens else argument
    with NamedTemporaryFile("w", suffix=".lua") as script:  # wrk takes one; ours has two parts
        script.write(f"{_script(post, bodies, tokens)}\n{(_LUA / 'result.lua').read_text()}")
        script.flush()
        found = _wrk(url, seconds, connections, script.name, argument)
    if found.refused or found.broken or not found.requests:
        raise LoadFailed(f"{url}: {found}")
    return found


def _script(post: str | None, bodies: Path | None, tokens: tuple[Path, str] | None) -> str:
    if tokens is not None:
        return (_LUA / "tokens.lua").read_text()
    if post is not None:
        return (_LUA / "post.lua").read_text()
    return (_LUA / "bodies.lua").read_text() if bodies else ""


def _wrk(url: str, seconds: float, connections: int, script: str, argument: list[str]) -> Load:
    command = [
        *(shutil.which("wrk") or "wrk", "-t1", f"-c{connections}"),
        *(f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", script, url),
        *(["--", *argument] if argument else []),
    ]
    done = subprocess.run(
        pinned(LOAD_CORE, command),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    return msgspec.json.decode(line.removeprefix("RESULT "), type=Load)
