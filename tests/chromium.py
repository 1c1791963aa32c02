"""Debian's Chromium, as every test in a browser starts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

from programs import require

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE: Final = 30_000  # ms; no promise: machines that run tests are slow at times


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as the block lasts.

    How long ``expect`` waits holds for the whole process, so it is one and the same for all tests,
    whichever of them comes first.
    """
    require(CHROMIUM)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
