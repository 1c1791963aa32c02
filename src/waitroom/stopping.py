"""Hearing that this process is to stop, before anybody waits for what goes on.

What belongs here: one thing. A server that is told to stop takes no more connections, lets the
answers under way come to their end, and only then ends the application (ASGI, "Lifespan"): an
answer that has no end must hear of it by itself, or the stop takes until patience is over.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop(callback: Callable[[], object]) -> Iterator[None]:
    """Have ``callback`` called on the running loop when a signal to stop comes.

    Whoever listens already goes on being told: the handlers there are called as well, and where
    there is none, none is put, since the process ends at once then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}
    ours: dict[signal.Signals, Any] = {}
    for number in SIGNALS:
        handler = signal.getsignal(number)
        if callable(handler):
            before[number], ours[number] = handler, _both(handler, loop, callback)
            signal.signal(number, ours[number])
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is ours[number]:  # nobody came after us
                signal.signal(number, handler)


def _both(
    handler: Callable[..., Any], loop: asyncio.AbstractEventLoop, callback: Callable[[], object]
) -> Callable[..., Any]:
    def told(number: int, frame: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(callback)
        handler(number, frame)

    return told
