"""Starting an example by the command of its README, and stopping it by pid."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from waiting import wait_until_sync

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
NAVIGATING: Final = {"accept": "text/html", "sec-fetch-mode": "navigate"}


@contextmanager
def example(factory: str, port: int, settings: Mapping[str, str], log: Path) -> Iterator[str]:
    """The application ``factory`` on ``port`` for as long as the block lasts; its URL."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", factory]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=EXAMPLES,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_sync(
            lambda: _answers(url), description=f"{factory} answers; see {log}", timeout=60
        )
        yield url
    finally:
        process.terminate()
        process.wait(15)


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz")
    except httpx.TransportError:
        return False
    return True


def visitor() -> httpx.Client:
    """A browser with cookies of its own that is followed step by step."""
    return httpx.Client(headers=NAVIGATING, timeout=15)


def goes_to(client: httpx.Client, url: str) -> str:
    """Ask for ``url``; where it leads."""
    answer = client.get(url)
    assert answer.status_code == 303, f"{url}: {answer.status_code} {answer.text}"
    return str(httpx.URL(url).join(answer.headers["location"]))


def walk(client: httpx.Client, url: str) -> httpx.Response:
    """Follow redirects to the page at their end; no more than ten."""
    for _ in range(10):
        answer = client.get(url)
        if not answer.is_redirect:
            return answer
        url = str(httpx.URL(url).join(answer.headers["location"]))
    raise AssertionError(f"in circles, at last at {url}")
