"""One GET of another server on behalf of a gate or a probe.

What belongs here: how ``outgoing.py`` is used for that, and telling a server that does not answer
from one that could not be asked. Private addresses may be asked: the site is usually at one, and
who may set gates (scope ``admin``) is trusted with that. Each request has a connection of its own,
as a new visitor's has.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from waitroom import __version__
from waitroom.control.gates.finding import excerpt
from waitroom.errors import NoAnswer
from waitroom.outgoing import Heard, Outgoing, networks_of

MAX_BODY: Final = 64 * 1024  # bytes of an answer that are read
STALL: Final = 1.0  # s beyond its time after which it was this process that stood still
CONNECTIONS: Final = 100  # above the checks that run at once (``check.AT_ONCE``)

ANYWHERE: Final = ("0.0.0.0/0", "::/0")
_HEADERS: Final = {
    "accept": "*/*",
    "connection": "close",
    "user-agent": f"waitroom/{__version__} (health check)",
}


class Silence(Exception):
    """The server gave no answer, or none in time (``is_late``). ``str()`` is fit to show."""

    def __init__(self, why: str, *, is_late: bool) -> None:
        super().__init__(why)
        self.is_late = is_late


class NotAsked(Exception):
    """The fault is on our side, so that it tells nothing about the server."""


class Asking:
    """Asks over HTTP. For TLS the system's authorities are trusted (``SSL_CERT_FILE``)."""

    def __init__(self) -> None:
        self._outgoing = Outgoing(networks_of(ANYWHERE), connections=CONNECTIONS)

    async def get(self, url: str, seconds: float) -> Heard:
        """The answer of ``url``, all of it (or its first 64 KiB) within ``seconds``.

        Raises:
            Silence: there was none.
            NotAsked: it could not be asked, or this process stood still meanwhile.
        """
        begun = time.monotonic()
        try:
            return await self._outgoing.request(
                "GET", url, headers=_HEADERS, seconds=seconds, max_bytes=MAX_BODY
            )
        except NoAnswer as none:
            words = excerpt(str(none))
            if none.reason in {"url", "address"}:
                raise NotAsked(words) from none
            if time.monotonic() - begun > seconds + STALL:
                raise NotAsked("This server stood still while it asked.") from none
            raise Silence(words, is_late=none.reason == "timeout") from none

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._outgoing.aclose()


def shown(url: str) -> str:
    """``url`` without what may be secret in it: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
