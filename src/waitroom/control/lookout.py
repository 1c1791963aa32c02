"""What operators watch, looked at once for all who listen to it.

What belongs here: when to look, what is news, and what each listener is still to be told. What is
seen stands in ``numbers.py``, who listens and how it is sent in ``stream.py``.

One task looks at the store, and only while there are listeners; what it found is encoded once. A
listener holds no more than the newest of each kind of event: one that falls behind misses numbers,
and never grows.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

import msgspec
import structlog

from waitroom.control.numbers import Observer
from waitroom.errors import EventNotFound, StoreUnavailable
from waitroom.logs import Seldom

TICK: Final = 1.0  # s between two looks
OVERVIEW_EACH: Final = 2  # looks

_complain = Seldom(structlog.get_logger("waitroom.control").error)


class Listener:
    """What one connection is still to be sent: of each kind of event the newest."""

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.waiting: dict[str, bytes] = {}
        self.wake = asyncio.Event()
        self.is_over = False
        self.is_gone = False

    def put(self, kind: str, piece: bytes) -> None:
        """Send this next, instead of what of its kind was not sent yet."""
        self.waiting[kind] = piece
        self.wake.set()

    def leave(self) -> None:
        """There is nobody to send to any more."""
        self.is_gone = True
        self.end()

    def end(self, kind: str = "", said: object = None) -> None:
        """Nothing more, but for one last event if it has a name."""
        if kind:
            self.put(kind, event(kind, said))
        self.is_over = True
        self.wake.set()

    def take(self) -> bytes:
        """All that is to be sent now."""
        pieces, self.waiting = self.waiting, {}
        self.wake.clear()
        return b"".join(pieces.values())


class Lookout:
    """Looks for all listeners at once, and tells each what is new to it."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._listeners: set[Listener] = set()
        self._last: dict[tuple[str, str], tuple[object, bytes]] = {}
        self._wake = asyncio.Event()
        self._looks = 0
        self._is_troubled = False

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, listener: Listener) -> None:
        """Tell ``listener`` from now on; at once what is known, so that many who come cost one
        look a second as few do."""
        self._listeners.add(listener)
        known = set()
        for (kind, event_id), (_, piece) in self._last.items():
            if event_id in {"", listener.event_id}:
                listener.put(kind, piece)
                known.add(event_id)
        if self._is_troubled:
            listener.put("trouble", _TROUBLE)
        if known < {"", listener.event_id}:
            self._wake.set()

    def remove(self, listener: Listener) -> None:
        """Tell it nothing more."""
        self._listeners.discard(listener)

    def end_all(self) -> None:
        """End every listener: the process is to stop. Their browsers come back by themselves."""
        for listener in self._listeners:
            listener.end()

    async def run(self) -> None:
        """Look each second while somebody listens; for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._listeners:
                await self.look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._wake.wait()
                self._wake.clear()
            # Nothing is awaited between seeing that nobody listens and forgetting: whoever comes
            # next finds nothing known, does not see what was, and wakes this task.
            self._last.clear()
            self._is_troubled = False

    async def look(self) -> None:
        """Look once, and tell of what has changed."""
        try:
            await self._look()
            self._is_troubled = False
        except (StoreUnavailable, TimeoutError):
            self._tell_trouble()
        except Exception as error:  # noqa: BLE001 - this task must outlive whatever happens
            _complain("what operators watch could not be read", exc_info=error)
            self._tell_trouble()

    async def _look(self) -> None:
        everything = ("overview", "")
        if self._is_troubled or everything not in self._last or self._looks % OVERVIEW_EACH == 0:
            self._tell(*everything, await self._observer.overview())
        self._looks += 1
        watched = {listener.event_id for listener in self._listeners} - {""}
        for event_id in sorted(watched):
            try:
                self._tell("numbers", event_id, await self._observer.numbers(event_id))
            except EventNotFound:
                self._tell("gone", event_id, {"event_id": event_id})
        for key in [key for key in self._last if key[1] not in {"", *watched}]:
            del self._last[key]

    def _tell(self, kind: str, event_id: str, found: object) -> None:
        """Tell those concerned, if it is other news than the last of its kind."""
        said = msgspec.to_builtins(found, str_keys=True)
        news = _without_now(said)
        known = self._last.get((kind, event_id))
        if known is not None and known[0] == news and not self._is_troubled:
            return
        piece = event(kind, said)
        self._last[kind, event_id] = news, piece
        other = {"numbers": "gone", "gone": "numbers"}.get(kind, "")
        self._last.pop((other, event_id), None)
        for listener in self._listeners:
            if event_id in {"", listener.event_id}:
                listener.put(kind, piece)

    def _tell_trouble(self) -> None:
        if not self._is_troubled:
            self._is_troubled = True
            for listener in self._listeners:
                listener.put("trouble", _TROUBLE)


def event(kind: str, said: object) -> bytes:
    """One event as it goes over the wire. JSON has no line breaks of its own."""
    return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(said) + b"\n\n"


_TROUBLE: Final = event("trouble", {"why": "store"})


def _without_now(said: Any) -> Any:
    """What is news in ``said``: that time goes on is none."""
    if not isinstance(said, dict):
        return said
    return {name: _without_now(value) for name, value in said.items() if name != "now"}
