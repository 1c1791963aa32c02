"""Waiting for something to be so, instead of sleeping and hoping."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 15.0  # seconds; far beyond what anything here takes, even on a busy machine
_GLANCE: Final = 0.005  # seconds between two looks


async def wait_until(
    predicate: Callable[[], object], *, description: str, timeout: float = PATIENCE
) -> None:
    """Return as soon as ``predicate()`` is true.

    Raises:
        AssertionError: it was not within ``timeout`` seconds; says what was waited for.
    """
    deadline = time.monotonic() + timeout
    while not predicate():
        assert time.monotonic() < deadline, f"waited {timeout} s in vain: {description}"
        await asyncio.sleep(_GLANCE)


def wait_until_sync(
    predicate: Callable[[], object], *, description: str, timeout: float = PATIENCE
) -> None:
    """``wait_until`` for a test that has no event loop."""
    deadline = time.monotonic() + timeout
    nothing = threading.Event()
    while not predicate():
        assert time.monotonic() < deadline, f"waited {timeout} s in vain: {description}"
        nothing.wait(_GLANCE)
