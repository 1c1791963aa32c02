"""Messages as entries of a Redis or Valkey stream, on a server of its own URL.

What belongs here: one connection, and XADD over it. Not the store's client: this one goes to an
address that the guard has let pass, and to a single server. What must change with it:
``docs/subscriptions.md``.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import hiredis

from waitroom.errors import BadConfiguration, DeliveryFailed, InvalidField, NoAnswer
from waitroom.events.cloudevent import Message
from waitroom.outgoing import Guard
from waitroom.store import StoreOptions
from waitroom.store.redis_url import Target, parse
from waitroom.store.redis_wire import Command, pack

SECONDS: Final = 10.0  # for connecting, sending and all answers together
MAX_LENGTH: Final = 100_000  # entries, or a few more: XADD trims whole nodes only
SCHEMES: Final = frozenset({"redis", "rediss", "valkey", "valkeys"})
_MOST_READ: Final = 256 * 1024  # bytes of answers to one call; an answer has some 20


def target_of(url: str) -> Target:
    """The server that ``url`` names.

    Raises:
        InvalidField: it is not the URL of a single server.
    """
    wanted = "wanted redis://HOST or rediss://HOST, or valkey: a single server"
    if url.partition("://")[0] not in SCHEMES:
        raise InvalidField("url", wanted)
    try:
        target = parse(url, StoreOptions())
    except BadConfiguration as error:
        raise InvalidField("url", str(error).removeprefix("store: ")) from None
    if target.kind != "single":
        raise InvalidField("url", wanted)
    return target


class RedisStream:
    """The stream ``key`` of the server at ``url``."""

    def __init__(self, url: str, key: str, guard: Guard) -> None:
        self._target = target_of(url)
        self._key = key
        self._guard = guard
        self._wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return "RedisStream(...)"

    async def send(self, messages: Sequence[Message]) -> int:
        """As ``Sink``; all in one round trip. Entries: id, type, event_id and the event as JSON."""
        try:
            async with asyncio.timeout(SECONDS), self._turn:
                answers = await self._asked([self._entry(message) for message in messages])
        except TimeoutError:
            self._drop()
            raise DeliveryFailed(f"There was no answer within {SECONDS:g} s.") from None
        except (OSError, EOFError, hiredis.ProtocolError) as error:
            self._drop()
            raise DeliveryFailed(f"The connection broke: {type(error).__name__}.") from None
        except BaseException:  # cancelled half-way: the next answer would be another's
            self._drop()
            raise
        taken = next((n for n, one in enumerate(answers) if _is_error(one)), len(answers))
        if not taken:
            # The first word is the error's code; what follows may repeat what was sent.
            raise DeliveryFailed(f"The server refused: {str(answers[0]).split(' ', 1)[0][:40]}.")
        return taken

    async def close(self) -> None:
        """Close the connection."""
        self._drop()

    def _entry(self, message: Message) -> Command:
        return (
            *("XADD", self._key, "MAXLEN", "~", MAX_LENGTH, "*"),
            *("id", message.id, "type", message.type, "event_id", message.event_id),
            *("event", message.body),
        )

    async def _asked(self, commands: Sequence[Command]) -> list[Any]:
        if self._wire is None:
            self._wire = await self._connected()
            await self._log_in(self._wire)
        return await _answers(self._wire, commands)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        [(host, port)] = self._target.addresses
        try:
            addresses = await self._guard.addresses(host, port)
        except NoAnswer as error:
            raise DeliveryFailed(str(error)) from None
        tls = ssl.create_default_context() if self._target.tls else None
        try:
            return await asyncio.open_connection(
                addresses[0], port, ssl=tls, server_hostname=host if tls else None
            )
        except ssl.SSLError:
            raise DeliveryFailed("The certificate is not good, or there is no TLS.") from None
        except OSError:
            raise DeliveryFailed("Nobody answers at that address and port.") from None

    async def _log_in(self, wire: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        target = self._target
        words: list[Command] = []
        if target.password:
            words.append(("AUTH", target.user or "default", target.password))
        if target.database:
            words.append(("SELECT", target.database))
        answers = await _answers(wire, words)
        if any(map(_is_error, answers)):
            self._drop()
            raise DeliveryFailed("The server refused the user, the password or the database.")

    def _drop(self) -> None:
        if self._wire is not None:
            with suppress(RuntimeError):  # the loop is closed already
                self._wire[1].transport.abort()
            self._wire = None


async def _answers(
    wire: tuple[asyncio.StreamReader, asyncio.StreamWriter], commands: Sequence[Command]
) -> list[Any]:
    """As many as there are commands; errors are answers too."""
    reader, writer = wire
    parser, read = hiredis.Reader(notEnoughData=...), 0
    found: list[Any] = []
    writer.write(pack(*commands))
    await writer.drain()
    while len(found) < len(commands):
        answer = parser.gets()
        if answer is not ...:
            found.append(answer)
            continue
        data = await reader.read(16 * 1024)
        read += len(data)
        if not data or read > _MOST_READ:
            raise EOFError
        parser.feed(data)
    return found


def _is_error(answer: object) -> bool:
    return isinstance(answer, hiredis.ReplyError)
