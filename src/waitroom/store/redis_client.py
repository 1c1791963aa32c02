"""Commands and scripts to the servers of a target, and what their answers mean.

What belongs here: what is sent, and turning every failure into an error of ours.
What must change with it: the words that scripts return (``lua/*.lua``) are in ``_ERRORS``.

A call is sent again only if the server said that it did nothing (it moved, it does not know the
script). Anything else is ``StoreUnavailable``, and whoever asked decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import hiredis

from waitroom.errors import (
    EventChanged,
    EventClosed,
    EventExists,
    EventNotFound,
    EventNotOpen,
    EventPaused,
    EventSoldOut,
    EventUnknown,
    LineSoldOut,
    NotYet,
    PlaceExpired,
    PlaceGivenUp,
    SessionEnded,
    SessionUnknown,
    SiteFull,
    StoreUnavailable,
    TicketUnknown,
    WaitroomError,
)
from waitroom.store import StoreOptions
from waitroom.store.redis_nodes import Node, Nodes
from waitroom.store.redis_scripts import Script, script
from waitroom.store.redis_url import Address, Target, spelled
from waitroom.store.redis_wire import Command, Wire, Word, pack

WAIT_MILLISECONDS: Final = 1_000

_ERRORS: Final[dict[bytes, Callable[[str], WaitroomError]]] = {
    b"UNKNOWN": EventUnknown,
    b"NOT_FOUND": EventNotFound,
    b"EXISTS": EventExists,
    b"CHANGED": EventChanged,
    b"CLOSED": EventClosed,
    b"SOLD_OUT": EventSoldOut,
    b"TICKET": lambda _: TicketUnknown(),
    b"NOT_YET": lambda _: NotYet(),
    b"PAUSED": lambda _: EventPaused(),
    b"SOLD_OUT_IN": lambda _: LineSoldOut(),
    b"EXPIRED": lambda _: PlaceExpired(),
    b"GIVEN_UP": lambda _: PlaceGivenUp(),
    b"FULL": lambda _: SiteFull(),
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


class Client:
    """Runs scripts and commands on a target. Does no I/O before the first."""

    def __init__(self, target: Target, options: StoreOptions) -> None:
        self.target = target
        self._nodes = Nodes(target, options)

    def close(self) -> None:
        """Let go of everything; nothing is under way any more."""
        self._nodes.close()

    # --- scripts

    async def run(self, name: str, keys: Sequence[str], *args: Word, of: str = "") -> Answer:
        """What the script ``lua/NAME.lua`` returns; an error word is raised, about event ``of``.

        Raises:
            StoreUnavailable: it could not be run, or its answer was lost.
        """
        return await self._run(name, keys, args, of)

    async def run_here(
        self, name: str, keys: Sequence[str], *args: Word, of: str, replicas: int = 0
    ) -> Answer:
        """``run`` with one argument more, the run ID of the very server that runs it.

        With ``replicas``, so many of them have what was written when this returns.
        """
        return await self._run(name, keys, args, of, here=True, replicas=replicas)

    async def _run(
        self,
        name: str,
        keys: Sequence[str],
        args: Sequence[Word],
        of: str,
        *,
        here: bool = False,
        replicas: int = 0,
    ) -> Answer:
        behind: list[Command] = [("WAIT", replicas, WAIT_MILLISECONDS)] if replicas else []
        for last in (False, True):
            node = await self._nodes.of(keys[0])
            wire = await (node.join_wire() if replicas else node.wire())
            told = (*args, wire.run_id) if here else args
            answer, *acknowledged = await self._evaluate(wire, script(name), keys, told, behind)
            if last or not _has_moved(answer):
                break
            self._nodes.lose(node)
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

        groups = await self._nodes.by_node([keys[0] for keys in all_keys])
        await asyncio.gather(*(ask(node, which) for node, which in groups.items()))
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
        node = await self._nodes.of(key)
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

        groups = await self._nodes.by_node([key for key, _ in commands])
        await asyncio.gather(*(ask(node, which) for node, which in groups.items()))
        return answers

    async def everywhere(self, *commands: Command) -> dict[Address, list[Any]]:
        """The answers of each primary; an error is an answer here."""
        nodes = await self._nodes.all()
        wires = await asyncio.gather(*(node.wire() for node in nodes))
        heard = await asyncio.gather(*(wire.send(pack(*commands), len(commands)) for wire in wires))
        return {node.address: answers for node, answers in zip(nodes, heard, strict=True)}

    async def ask_at(self, address: Address, command: Command) -> Any:
        """The answer of one primary, of those that ``everywhere`` names."""
        node = self._nodes.at(address)
        wire = await node.wire()
        return self._no_error(node, await wire.send(pack(command), 1))[0]

    # --- answers

    def _checked(self, node: Node, answer: Any, event_id: str) -> list[Any]:
        if isinstance(answer, hiredis.ReplyError):
            self._fail(node, answer)
        word = answer[0] if isinstance(answer, list) and answer else None
        if isinstance(word, bytes) and word in {b"OK", b"STALE"}:
            return list(answer if word == b"STALE" else answer[1:])
        if word == b"NOT_OPEN":
            raise EventNotOpen(event_id, int(answer[1]))
        if not isinstance(word, bytes) or word not in _ERRORS:
            raise StoreUnavailable(f"{spelled(node.address)}: an answer that no script gives")
        raise _ERRORS[word](event_id)

    def _no_error(self, node: Node, answers: list[Any]) -> list[Any]:
        for answer in answers:
            if isinstance(answer, hiredis.ReplyError):
                self._fail(node, answer)
        return answers

    def _fail(self, node: Node, error: hiredis.ReplyError) -> None:
        said = str(error)
        if said.startswith(_ELSEWHERE):
            self._nodes.lose(node)
        raise StoreUnavailable(f"{spelled(node.address)}: {said[:200]}")

    def _check_replicas(self, node: Node, acknowledged: Any, wanted: int) -> None:
        if isinstance(acknowledged, hiredis.ReplyError):
            self._fail(node, acknowledged)
        if acknowledged < wanted:
            self._nodes.lose(node)  # perhaps we talk to a primary that was cut off
            raise StoreUnavailable(
                f"{spelled(node.address)}: {acknowledged} of {wanted} replicas have the join"
            )


def _call(command: str, code: str, keys: Sequence[str], args: Sequence[Word]) -> Command:
    return (command, code, len(keys), *keys, *args)


def _is_unknown(answer: Any) -> bool:
    return isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOSCRIPT")


def _has_moved(answer: Any) -> bool:
    return isinstance(answer, hiredis.ReplyError) and str(answer).startswith("MOVED")
