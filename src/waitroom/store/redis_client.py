"""Commands and scripts to the servers of a target, and what their answers mean.

What belongs here: which connection a call takes, and turning every failure into an error of ours.
What must change with it: the words that scripts return (``lua/*.lua``) are in ``_ERRORS``.

A call is sent again only if the server said that it did nothing (it moved, it does not know the
script). Anything else is ``StoreUnavailable``, and whoever asked decides.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, NamedTuple

import hiredis

from waitroom.errors import (
    BadConfiguration,
    EventClosed,
    EventExists,
    EventNotFound,
    EventPaused,
    EventUnknown,
    NotYet,
    OperatorError,
    PlaceExpired,
    SessionEnded,
    SessionUnknown,
    StoreUnavailable,
    TicketUnknown,
    WaitroomError,
)
from waitroom.store import StoreOptions
from waitroom.store.redis_routes import routes_to
from waitroom.store.redis_scripts import Script, script
from waitroom.store.redis_url import Address, Target, spelled
from waitroom.store.redis_wire import Command, Login, Wire, Word, dial, greet, pack, refusal

MAX_JOIN_WIRES: Final = 16  # connections to a node that wait for its replicas
WAIT_MILLISECONDS: Final = 1_000

_ERRORS: Final[dict[bytes, Callable[[str], WaitroomError]]] = {
    b"UNKNOWN": EventUnknown,
    b"NOT_FOUND": EventNotFound,
    b"EXISTS": EventExists,
    b"CLOSED": EventClosed,
    b"TICKET": lambda _: TicketUnknown(),
    b"NOT_YET": lambda _: NotYet(),
    b"PAUSED": lambda _: EventPaused(),
    b"EXPIRED": lambda _: PlaceExpired(),
    b"ENDED": lambda _: SessionEnded(),
    b"NO_SESSION": lambda _: SessionUnknown("request_id: no token was made for it"),
    b"MARKED": lambda _: SessionUnknown("request_id: its session was marked before"),
}
# This server is not, or not now, the one to ask: look for the primary again.
_ELSEWHERE: Final = (
    "MOVED",
    "ASK",
    "TRYAGAIN",
    "CLUSTERDOWN",
    "READONLY",
    "LOADING",
    "MASTERDOWN",
    "NOREPLICAS",
    "NOAUTH",
)


class Answer(NamedTuple):
    """What a script returned after its OK, and the run ID of the server that ran it."""

    values: list[Any]
    source: str


class Node:
    """A server that holds keys, and the connections to it."""

    def __init__(
        self, address: Address, connect: Callable[[Address], Coroutine[Any, Any, Wire]]
    ) -> None:
        self.address = address
        self._connect = connect
        self._shared: Wire | None = None
        self._joins: list[Wire] = []
        self._dialing: dict[str, asyncio.Task[Wire]] = {}

    async def wire(self) -> Wire:
        """The connection that everything goes over which does not wait for replicas."""
        while self._shared is None or not self._shared.is_usable:
            self._shared = await self._dial("shared")
        return self._shared

    async def join_wire(self) -> Wire:
        """An idle connection, for WAIT holds up what is sent behind it."""
        while True:
            self._joins = [wire for wire in self._joins if wire.is_usable]
            least = min(self._joins, key=lambda wire: wire.load, default=None)
            if least is not None and (not least.load or len(self._joins) >= MAX_JOIN_WIRES):
                return least
            wire = await self._dial("join")
            if wire not in self._joins:
                self._joins.append(wire)

    async def _dial(self, purpose: str) -> Wire:
        """A new connection; whoever asks for one meanwhile gets the same, or the same error."""
        task = self._dialing.get(purpose)
        if task is None:
            task = self._dialing[purpose] = asyncio.ensure_future(self._connect(self.address))
            task.add_done_callback(lambda task: self._dialed(purpose, task))
        return await asyncio.shield(task)

    def _dialed(self, purpose: str, task: asyncio.Task[Wire]) -> None:
        del self._dialing[purpose]
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody may have

    def retire(self) -> None:
        """Let go of the connections as soon as what is under way is answered."""
        wires, self._joins = self._joins, []
        if self._shared is not None:
            wires, self._shared = [*wires, self._shared], None
        for wire in wires:
            wire.retire()


class Client:
    """Runs scripts and commands on a target. Does no I/O before the first."""

    def __init__(self, target: Target, options: StoreOptions) -> None:
        self.target = target
        self._options = options
        self._routes = routes_to(target, self._ask_bare)
        self._nodes: dict[Address, Node] = {}
        self._tls: ssl.SSLContext | None = None
        self._was_accepted = False

    # --- scripts

    async def run(self, name: str, keys: Sequence[str], *args: Word, of: str = "") -> Answer:
        """What the script ``lua/NAME.lua`` returns; an error word is raised, about event ``of``.

        Raises:
            StoreUnavailable: it could not be run, or its answer was lost.
        """
        for last in (False, True):
            node = await self._node(keys[0])
            wire = await node.wire()
            [answer] = await self._evaluate(wire, script(name), keys, args)
            if last or not _has_moved(answer):
                break
            self._lose(node)
        return Answer(self._checked(node, answer, of), wire.run_id)

    async def run_here(
        self, name: str, keys: Sequence[str], *args: Word, of: str, replicas: int = 0
    ) -> Answer:
        """``run`` with one argument more, the run ID of the very server that runs it.

        With ``replicas``, so many of them have what was written when this returns.
        """
        for last in (False, True):
            node = await self._node(keys[0])
            wire = await (node.join_wire() if replicas else node.wire())
            behind: list[Command] = [("WAIT", replicas, WAIT_MILLISECONDS)] if replicas else []
            answer, *acknowledged = await self._evaluate(
                wire, script(name), keys, (*args, wire.run_id), behind
            )
            if last or not _has_moved(answer):
                break
            self._lose(node)
        values = self._checked(node, answer, of)
        if replicas:
            self._check_replicas(node, acknowledged[0], replicas)
        return Answer(values, wire.run_id)

    async def run_each(
        self, name: str, all_keys: Sequence[Sequence[str]], *args: Word
    ) -> list[Answer | WaitroomError]:
        """The script for each of ``all_keys``, one round trip to each node; in that order."""
        code = script(name)
        answers: list[Answer | WaitroomError] = [StoreUnavailable("")] * len(all_keys)

        async def ask(node: Node, which: list[int]) -> None:
            wire = await node.wire()
            calls = [_call("EVALSHA", code.digest, all_keys[n], args) for n in which]
            for n, answer in zip(which, await wire.send(pack(*calls), len(calls)), strict=True):
                answers[n] = await self._settled(wire, node, answer, name, all_keys[n], args)

        await asyncio.gather(
            *(ask(node, which) for node, which in (await self._by_node(all_keys)).items())
        )
        return answers

    async def _settled(
        self,
        wire: Wire,
        node: Node,
        answer: Any,
        name: str,
        keys: Sequence[str],
        args: Sequence[Word],
    ) -> Answer | WaitroomError:
        try:
            if _is_unknown(answer) or _has_moved(answer):  # nothing was done: singly, once more
                return await self.run(name, keys, *args)
            return Answer(self._checked(node, answer, ""), wire.run_id)
        except StoreUnavailable:
            raise
        except WaitroomError as error:
            return error

    async def _evaluate(
        self,
        wire: Wire,
        code: Script,
        keys: Sequence[str],
        args: Sequence[Word],
        behind: Sequence[Command] = (),
    ) -> list[Any]:
        """The answers to the script and to what is sent behind it, on one connection."""
        wanted = 1 + len(behind)
        call = _call("EVALSHA", code.digest, keys, args)
        answers = await wire.send(pack(call, *behind), wanted)
        if _is_unknown(answers[0]):  # a new server, or SCRIPT FLUSH; EVAL makes it known
            call = _call("EVAL", code.text, keys, args)
            answers = await wire.send(pack(call, *behind), wanted)
        return answers

    # --- plain commands

    async def ask(self, key: str, *words: Word) -> Any:
        """The answer to one command about ``key``."""
        return (await self.ask_all(key, [words]))[0]

    async def ask_all(self, key: str, commands: Sequence[Command]) -> list[Any]:
        """The answers to commands about keys in the slot of ``key``, in one round trip.

        Raises:
            StoreUnavailable: any of them failed; those after it may have been done.
        """
        node = await self._node(key)
        wire = await node.wire()
        return self._no_error(node, await wire.send(pack(*commands), len(commands)))

    async def ask_each(self, commands: Sequence[tuple[str, Command]]) -> list[Any]:
        """The answers to commands, each about the key beside it; one round trip to each node."""
        answers: list[Any] = [None] * len(commands)

        async def ask(node: Node, which: list[int]) -> None:
            wire = await node.wire()
            words = [commands[n][1] for n in which]
            heard = self._no_error(node, await wire.send(pack(*words), len(words)))
            for n, answer in zip(which, heard, strict=True):
                answers[n] = answer

        groups = await self._by_node([(key,) for key, _ in commands])
        await asyncio.gather(*(ask(node, which) for node, which in groups.items()))
        return answers

    async def everywhere(self, *commands: Command) -> dict[Address, list[Any]]:
        """The answers of each primary; an error is an answer here."""
        nodes = [self._at(address) for address in await self._routes.primaries()]
        wires = await asyncio.gather(*(node.wire() for node in nodes))
        heard = await asyncio.gather(*(wire.send(pack(*commands), len(commands)) for wire in wires))
        return {node.address: answers for node, answers in zip(nodes, heard, strict=True)}

    async def ask_at(self, address: Address, command: Command) -> Any:
        """The answer of one primary, of those that ``everywhere`` names."""
        node = self._at(address)
        wire = await node.wire()
        return self._no_error(node, await wire.send(pack(command), 1))[0]

    # --- connections

    def close(self) -> None:
        """Let go of everything; nothing is under way any more."""
        for node in self._nodes.values():
            node.retire()
        self._nodes.clear()

    async def _node(self, key: str) -> Node:
        return self._at(await self._routes.primary(key))

    def _at(self, address: Address) -> Node:
        node = self._nodes.get(address)
        if node is None:
            if self.target.kind == "sentinel":  # there is one primary; the one before is none now
                self.close()
            node = self._nodes[address] = Node(address, self._connect)
        return node

    async def _by_node(self, all_keys: Sequence[Sequence[str]]) -> dict[Node, list[int]]:
        groups: dict[Node, list[int]] = {}
        for n, keys in enumerate(all_keys):
            groups.setdefault(await self._node(keys[0]), []).append(n)
        return groups

    def _lose(self, node: Node) -> None:
        """Look for the primary again, and connect again."""
        self._routes.forget()
        node.retire()
        self._nodes.pop(node.address, None)

    async def _connect(self, address: Address) -> Wire:
        try:
            wire = await self._greeted(address)
        except OperatorError as error:
            self._routes.forget()
            if self._was_accepted:  # it worked before: somebody is changing it, that may pass
                raise StoreUnavailable(str(error)) from None
            raise
        except WaitroomError:
            self._routes.forget()
            raise
        self._was_accepted = True
        wire.lost.add_done_callback(lambda _: wire.is_retired or self._routes.forget())
        return wire

    async def _greeted(self, address: Address) -> Wire:
        target = self.target
        tls = self._context()
        wire = await dial(address, Login(target.user, target.password, target.database, tls))
        try:
            await greet(wire, address)
        except BaseException:
            wire.abort("the connection was given up")
            raise
        if not wire.is_primary:
            wire.abort("the connection was given up")
            raise StoreUnavailable(f"{spelled(address)} is a replica")
        return wire

    def _context(self) -> ssl.SSLContext | None:
        if self.target.tls and self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self._options.ca_file or None)
            except (OSError, ssl.SSLError) as error:
                raise BadConfiguration(
                    f"store_ca_file: wanted a PEM file of certificates ({type(error).__name__})"
                ) from None
        return self._tls

    async def _ask_bare(self, address: Address, command: Command) -> Any:
        """One command to a sentinel or a node, on a connection of its own."""
        options, target = self._options, self.target
        if target.kind == "sentinel":
            login = Login(options.sentinel_user, options.sentinel_password, 0, self._context())
        else:
            login = Login(target.user, target.password, 0, self._context())
        wire = await dial(address, login)
        try:
            [answer] = await wire.send(pack(command), 1)
        finally:
            wire.abort("done")
        if isinstance(answer, hiredis.ReplyError):
            raise refusal(answer, address)
        return answer

    # --- answers

    def _checked(self, node: Node, answer: Any, event_id: str) -> list[Any]:
        if isinstance(answer, hiredis.ReplyError):
            self._fail(node, answer)
        word = answer[0]
        if word in {b"OK", b"STALE"}:
            return list(answer if word == b"STALE" else answer[1:])
        raise _ERRORS[word](event_id)

    def _no_error(self, node: Node, answers: list[Any]) -> list[Any]:
        for answer in answers:
            if isinstance(answer, hiredis.ReplyError):
                self._fail(node, answer)
        return answers

    def _fail(self, node: Node, error: hiredis.ReplyError) -> None:
        said = str(error)
        if said.startswith(_ELSEWHERE):
            self._lose(node)
        raise StoreUnavailable(f"{spelled(node.address)}: {said[:200]}")

    def _check_replicas(self, node: Node, acknowledged: Any, wanted: int) -> None:
        if isinstance(acknowledged, hiredis.ReplyError):
            self._fail(node, acknowledged)
        if acknowledged < wanted:
            self._lose(node)  # perhaps we talk to a primary that was cut off
            raise StoreUnavailable(
                f"{spelled(node.address)}: {acknowledged} of {wanted} replicas have the join"
            )


def _call(command: str, code: str, keys: Sequence[str], args: Sequence[Word]) -> Command:
    return (command, code, len(keys), *keys, *args)


def _is_unknown(answer: Any) -> bool:
    return isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOSCRIPT")


def _has_moved(answer: Any) -> bool:
    return isinstance(answer, hiredis.ReplyError) and str(answer).startswith("MOVED")
