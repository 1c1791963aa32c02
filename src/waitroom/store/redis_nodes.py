"""The servers of a target, the connections to them, and getting in.

What belongs here: which server a key is on, and when to look for it anew. One connection to each
server is shared by all calls; joins that wait for replicas have some more.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import hiredis

from waitroom.errors import BadConfiguration, OperatorError, StoreUnavailable, WaitroomError
from waitroom.store import StoreOptions
from waitroom.store.redis_routes import routes_to
from waitroom.store.redis_url import Address, Target, spelled
from waitroom.store.redis_wire import Command, Login, Wire, dial, greet, pack, refusal

MAX_JOIN_WIRES: Final = 16  # connections to a node that wait for its replicas


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
        self._given_up = False

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
        if self._given_up:
            raise StoreUnavailable("the connection was given up")
        task = self._dialing.get(purpose)
        if task is None:
            task = self._dialing[purpose] = asyncio.ensure_future(self._connect(self.address))
            task.add_done_callback(lambda task: self._dialed(purpose, task))
        return await asyncio.shield(task)

    def _dialed(self, purpose: str, task: asyncio.Task[Wire]) -> None:
        del self._dialing[purpose]
        if task.cancelled() or task.exception():  # whoever waited has it; nobody may have
            return
        if self._given_up:
            task.result().abort("the connection was given up")

    def retire(self) -> None:
        """Let go of the connections as soon as what is under way is answered."""
        self._given_up = True
        wires, self._joins = self._joins, []
        if self._shared is not None:
            wires, self._shared = [*wires, self._shared], None
        for wire in wires:
            wire.retire()


class Nodes:
    """The servers of a target. Does no I/O before the first question."""

    def __init__(self, target: Target, options: StoreOptions) -> None:
        self._target = target
        self._options = options
        self._routes = routes_to(target, self._ask_bare)
        self._nodes: dict[Address, Node] = {}
        self._tls: ssl.SSLContext | None = None
        self._was_accepted = False

    async def all(self) -> list[Node]:
        """Each primary. Raises ``StoreUnavailable``."""
        return [self.at(address) for address in await self._routes.primaries()]

    def close(self) -> None:
        """Let go of everything; nothing is under way any more."""
        for node in self._nodes.values():
            node.retire()
        self._nodes.clear()

    async def of(self, key: str) -> Node:
        """The one that ``key`` is written to. Raises ``StoreUnavailable``."""
        return self.at(await self._routes.primary(key))

    def at(self, address: Address) -> Node:
        """The one at this address."""
        node = self._nodes.get(address)
        if node is None:
            if self._target.kind == "sentinel":  # there is one primary; the one before is none now
                self.close()
            node = self._nodes[address] = Node(address, self._connect)
        return node

    async def by_node(self, keys: Sequence[str]) -> dict[Node, list[int]]:
        """Which of ``keys`` are written to which."""
        groups: dict[Node, list[int]] = {}
        for n, key in enumerate(keys):
            groups.setdefault(await self.of(key), []).append(n)
        return groups

    def lose(self, node: Node) -> None:
        """Look for the primary again, and connect again."""
        self._routes.forget()
        node.retire()
        if self._nodes.get(node.address) is node:  # else somebody was faster
            del self._nodes[node.address]

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
        wire.lost.add_done_callback(lambda _: self._lost(wire))
        return wire

    def _lost(self, wire: Wire) -> None:
        if not wire.is_retired:
            self._routes.forget()  # perhaps somebody else is the primary by now

    async def _greeted(self, address: Address) -> Wire:
        target = self._target
        tls = self._context()
        wire = await dial(address, Login(target.user, target.password, target.database, tls))
        try:
            await greet(wire, address)
        except BaseException:
            wire.abort("the connection was given up")
            raise
        try:
            self._check_kind(wire, address)
        except WaitroomError:
            wire.abort("the connection was given up")
            raise
        return wire

    def _check_kind(self, wire: Wire, address: Address) -> None:
        if wire.is_of_cluster and self._target.kind != "cluster":  # it has some of the slots only
            raise BadConfiguration(
                f"{spelled(address)} is part of a cluster. Use its URL with +cluster, such as"
                f" redis+cluster://{spelled(address)}"
            )
        if not wire.is_primary:
            raise StoreUnavailable(f"{spelled(address)} is a replica")

    def _context(self) -> ssl.SSLContext | None:
        if self._target.tls and self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self._options.ca_file or None)
            except (OSError, ssl.SSLError) as error:
                raise BadConfiguration(
                    f"store_ca_file: wanted a PEM file of certificates ({type(error).__name__})"
                ) from None
        return self._tls

    async def _ask_bare(self, address: Address, command: Command) -> Any:
        """One command to a sentinel or a node, on a connection of its own."""
        options, target = self._options, self._target
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
