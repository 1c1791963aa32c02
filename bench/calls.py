"""The hot calls, each against its yardstick on the same core.

What belongs here: which two things are measured in turns, and by what limit they are judged.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from bench import load, scene
from bench.bare import Recorded
from bench.ratios import Ratio, compare
from bench.servers import SERVER_CORE, Server, bare, fetch, pinned

TOKENS_AT_MOST: Final = 2_000  # a second: more than one core can sign three of
_JSON: Final = {"Content-Type": "application/json"}


def shared(server: Server, path: str, work: Path, pairs: int, seconds: float) -> Ratio:
    """A call that answers everybody alike, against the same bytes from a bare application."""
    target = f"{path}?event_id={scene.EVENT}"
    with bare(record(server.url + target, work)) as yardstick:
        return compare(
            lambda: load.run(server.url + target, seconds).rate,
            lambda: load.run(yardstick.url + target, seconds).rate,
            pairs,
        )


def assign(server: Server, work: Path, pairs: int, seconds: float) -> Ratio:
    """Durable joins, against a bare application that reads the same POST."""
    path = "/api/assign_queue_num"
    with bare(record(server.url + path, work, scene.ENTRY)) as yardstick:
        return compare(
            lambda: load.run(server.url + path, seconds, post=scene.ENTRY).rate,
            lambda: load.run(yardstick.url + path, seconds, post=scene.ENTRY).rate,
            pairs,
        )


def tokens(server: Server, data_dir: Path, work: Path, pairs: int, seconds: float) -> Ratio:
    """Three tokens for each of ever new visitors, against what the core can sign."""
    each = round(TOKENS_AT_MOST * seconds)
    bodies = iter(scene.call_in(data_dir, each * (pairs + 1)))

    def ours() -> float:
        file = work / "bodies"
        file.write_text("\n".join(itertools.islice(bodies, each)))
        done = load.run(f"{server.url}/api/generate_token", seconds, bodies=file)
        if done.requests > each:
            raise load.LoadFailed(f"{done.requests} requests, but only {each} request IDs")
        return done.rate

    return compare(ours, lambda: signatures(seconds) / 3, pairs)


def signatures(seconds: float) -> float:
    """RSA-2048 signatures per second of one process of OpenSSL on the server's core."""
    command = ["openssl", "speed", "-mr", "-seconds", str(max(1, round(seconds))), "rsa2048"]
    command = pinned(SERVER_CORE, command)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    # The line F2 has the number of the test, the bits, signatures per second, verifications per
    # second (OpenSSL, apps/speed.c).
    line = next(line for line in done.stdout.splitlines() if line.startswith("+F2:"))
    return float(line.split(":")[3])


def record(
    url: str, work: Path, post: str | None = None, headers: Mapping[str, str] = _JSON
) -> Path:
    """The answer of ``url``, written down for the bare application."""
    status, found, content = fetch(url, post.encode() if post else None, headers)
    file = work / "reply.json"
    file.write_bytes(msgspec.json.encode(Recorded(status, found, content.decode())))
    return file
