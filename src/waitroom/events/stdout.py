"""Messages as lines of JSON on the control plane's standard output; its log goes to stderr.

What belongs here: writing without ever holding up the plane, for a pipe that nobody reads blocks.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Final

from waitroom.errors import DeliveryFailed
from waitroom.events.cloudevent import Message
from waitroom.outgoing import apart

SECONDS: Final = 10.0  # for a pipe to take some lines


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class Stdout:
    """Standard output of this process, or whatever ``write`` writes to."""

    def __init__(self, write: Callable[[str], None] = _write) -> None:
        self._write = write
        self._turn = asyncio.Lock()  # events are told at the same time, lines are whole
        self._writing: asyncio.Future[None] | None = None

    async def send(self, messages: Sequence[Message]) -> int:
        """As ``Sink``; several at once."""
        text = "".join(message.body.decode() + "\n" for message in messages)
        async with self._turn:
            if self._writing is not None and not self._writing.done():
                # Those lines may yet be read, and these are not to stand between them.
                raise DeliveryFailed("Nobody reads the standard output.")
            self._writing = asyncio.ensure_future(apart(lambda: self._write(text)))
            await self._written(self._writing)
        return len(messages)

    async def _written(self, writing: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await asyncio.shield(writing)
        except TimeoutError:
            raise DeliveryFailed("Nobody reads the standard output.") from None
        except (OSError, ValueError) as error:  # the latter if it is closed
            raise DeliveryFailed(f"Standard output: {type(error).__name__}.") from None

    async def close(self) -> None:
        """Nothing of its own is open."""
        if self._writing is not None:
            self._writing.cancel()
