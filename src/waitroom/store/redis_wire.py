"""One connection to a server: commands out, answers in, in the order they were sent.

What belongs here: bytes, deadlines, and getting in (TLS, password, version, role). Nothing is ever
sent twice by itself: a step whose answer was lost may have been done.

Many calls share a connection; an answer is matched to its call by order. A join costs the worker 41
us of processor time this way, 18 with eight of them under way; with redis-py's client 76 and 62.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from typing import Any, Final, NamedTuple

import hiredis

from waitroom.errors import BadConfiguration, StoreRefused, StoreUnavailable
from waitroom.store.redis_url import Address, spelled

CONNECT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 2.0  # a server is one thread: if this call hangs, the next one would too
MAX_PENDING: Final = 10_000  # calls under way; beyond it the answer is 503, not a longer queue
OLDEST: Final = (7, 0)

_MORE: Final = object()  # "the answer is not complete yet"
_LOGIN_REFUSALS: Final = ("WRONGPASS", "NOAUTH", "NOPERM", "ERR AUTH", "ERR invalid password")

Word = str | bytes | int
Command = tuple[Word, ...]


class Login(NamedTuple):
    """How to get in. ``database`` 0 needs no SELECT."""

    user: str = ""
    password: str = ""
    database: int = 0
    tls: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return "Login()"  # the password hides itself


class Call:
    """Answers that somebody waits for; a pipeline is one call."""

    __slots__ = ("answers", "future", "sent_at", "wanted")

    def __init__(self, wanted: int, sent_at: float, future: asyncio.Future[list[Any]]) -> None:
        self.wanted = wanted
        self.sent_at = sent_at
        self.future = future
        self.answers: list[Any] = []


class Wire(asyncio.Protocol):
    """A connection. ``run_id`` is that of the server process on its other end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.run_id = ""
        self.is_primary = False
        self.is_of_cluster = False
        self._loop = loop
        self._reader = hiredis.Reader(notEnoughData=_MORE)
        self._pending: deque[Call] = deque()
        self._transport: asyncio.Transport | None = None
        self._watch: asyncio.TimerHandle | None = None
        self.is_retired = False
        self.lost: asyncio.Future[None] = loop.create_future()

    @property
    def is_usable(self) -> bool:
        """Whether a new call may be sent on it."""
        return not self.is_retired and not self.lost.done()

    @property
    def load(self) -> int:
        """Calls under way."""
        return len(self._pending)

    def send(self, packed: bytes, wanted: int) -> asyncio.Future[list[Any]]:
        """The ``wanted`` answers to the commands in ``packed``; errors are answers too.

        Raises:
            StoreUnavailable: now, if too much is under way; by the future, if no answer came.
        """
        if self._transport is None or self.lost.done():
            raise StoreUnavailable("the connection is closed")
        if len(self._pending) >= MAX_PENDING:
            raise StoreUnavailable("too many calls are under way")
        call = Call(wanted, self._loop.time(), self._loop.create_future())
        self._pending.append(call)
        if self._watch is None:
            self._watch = self._loop.call_later(ANSWER_SECONDS, self._look)
        self._transport.write(packed)
        return call.future

    def retire(self) -> None:
        """Take no new calls; close when those under way are answered."""
        self.is_retired = True
        if not self._pending:
            self.abort("the connection was given up")

    def abort(self, why: str) -> None:
        """Close at once; whoever waits hears ``why``."""
        if self._transport is not None:
            self._transport.abort()
        self._end(why)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # a stream's transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(f"the connection was lost: {type(exc).__name__ if exc else 'closed by server'}")

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (answer := self._reader.gets()) is not _MORE:
                self._take(answer)
        except (hiredis.ProtocolError, IndexError):
            self.abort("the server's answer is not of the protocol")

    def _take(self, answer: Any) -> None:
        call = self._pending[0]
        call.answers.append(answer)
        if len(call.answers) < call.wanted:
            return
        self._pending.popleft()
        if not call.future.done():  # else whoever waited has given up
            call.future.set_result(call.answers)
        if self.is_retired and not self._pending:
            self.abort("the connection was given up")

    def _look(self) -> None:
        """Whether the oldest call has waited for too long."""
        self._watch = None
        if not self._pending:
            return
        left = self._pending[0].sent_at + ANSWER_SECONDS - self._loop.time()
        if left <= 0:
            self.abort(f"no answer within {ANSWER_SECONDS} s")
        else:
            self._watch = self._loop.call_later(left, self._look)

    def _end(self, why: str) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if not self.lost.done():
            self.lost.set_result(None)
        while self._pending:
            call = self._pending.popleft()
            if not call.future.done():
                call.future.set_exception(StoreUnavailable(why))


def pack(*commands: Command) -> bytes:
    """Commands as they go over the wire."""
    return b"".join(map(hiredis.pack_command, commands))  # type: ignore[arg-type] # its stub is off


async def dial(address: Address, login: Login) -> Wire:
    """A connection on which commands of this login are answered.

    Raises:
        StoreUnavailable: nobody answers there.
        BadConfiguration: its certificate or our password is refused.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            wire = await _connected(address, login.tls)
    except ssl.SSLCertVerificationError as error:
        raise BadConfiguration(
            f"The certificate of {spelled(address)} is not good: {error.verify_message}."
            " Name the authority that signed it with --store-ca-file."
        ) from None
    except (OSError, TimeoutError, UnicodeError) as error:
        why = str(error) or type(error).__name__
        raise StoreUnavailable(f"{spelled(address)} cannot be reached: {why}") from None
    try:
        await _log_in(wire, address, login)
    except BaseException:
        wire.abort("the connection was refused")
        raise
    return wire


async def _connected(address: Address, tls: ssl.SSLContext | None) -> Wire:
    """To the first of the host's addresses that answers; a silent one does not use up the time."""
    loop = asyncio.get_running_loop()
    host, port = address
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    name = host if tls else None
    for left in range(len(ips), 0, -1):
        try:
            async with asyncio.timeout(CONNECT_SECONDS / len(ips)):
                _, wire = await loop.create_connection(
                    lambda: Wire(loop), ips[-left], port, ssl=tls, server_hostname=name
                )
                return wire
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, TimeoutError):
            if left == 1:
                raise
    raise OSError("the name has no address")


async def _log_in(wire: Wire, address: Address, login: Login) -> None:
    words: list[Command] = []
    if login.password:
        words.append(("AUTH", login.user or "default", login.password))
    if login.database:
        words.append(("SELECT", login.database))
    if not words:
        return
    for answer in await wire.send(pack(*words), len(words)):
        if isinstance(answer, hiredis.ReplyError):
            raise refusal(answer, address)


def refusal(error: hiredis.ReplyError, address: Address) -> BadConfiguration | StoreUnavailable:
    """What the server's refusal means; of a refused login only that, for it may repeat words."""
    said = str(error)
    if said.startswith(_LOGIN_REFUSALS):
        return BadConfiguration(
            f"{spelled(address)} refused the user or password ({said.split(maxsplit=1)[0]})."
            " Check --store-user and --store-password-file."
        )
    return StoreUnavailable(f"{spelled(address)}: {said[:200]}")


async def greet(wire: Wire, address: Address) -> None:
    """Learn who is there: run ID, role, version, whether it is part of a cluster.

    Raises:
        StoreRefused: it is too old, or not a Redis or Valkey.
        StoreUnavailable, BadConfiguration: it does not say.
    """
    answers = await wire.send(pack(("INFO", "server"), ("INFO", "replication")), 2)
    for answer in answers:
        if isinstance(answer, hiredis.ReplyError):
            raise refusal(answer, address)
        if not isinstance(answer, bytes):
            raise StoreUnavailable(f"{spelled(address)}: an answer that no server gives")
    facts = as_table(answers[0]) | as_table(answers[1])
    version = facts.get("redis_version", "")
    numbers = [int(part) if part.isdecimal() else 0 for part in version.split(".")]
    if tuple(numbers) < OLDEST:
        raise StoreRefused(
            f"{spelled(address)} is Redis {version[:20] or 'of no version'}; Waitroom needs Redis"
            " 7.0 or newer, or any Valkey."
        )
    wire.run_id = facts.get("run_id", "")
    wire.is_primary = facts.get("role") == "master"
    wire.is_of_cluster = facts.get("redis_mode") == "cluster"


def as_table(info: bytes) -> dict[str, str]:
    """The answer to INFO."""
    lines = (line.partition(":") for line in info.decode(errors="replace").splitlines())
    return {name: value.strip() for name, colon, value in lines if colon}
