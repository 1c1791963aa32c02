"""What the servers of a Redis or Valkey store say about themselves, for ``waitroom doctor``.

What belongs here: asking each node and each Sentinel, over connections of its own that last as long
as the question. Nothing is judged here; nothing is written. What a server refuses to tell (its ACL
may forbid CONFIG) is None.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import hiredis

from waitroom.errors import BadConfiguration, StoreUnavailable, WaitroomError
from waitroom.store import StoreOptions
from waitroom.store.redis_url import Address, Target, spelled
from waitroom.store.redis_wire import Command, Login, Wire, as_table, dial, pack, refusal

GLANCES: Final = 5  # round trips that are timed; the shortest counts
MOST_NODES: Final = 64  # of a cluster that are asked


@dataclass(frozen=True, kw_only=True)
class NodeFacts:
    """One server. ``clock_ahead`` and ``round_trip`` in seconds; ``appendfsync`` only with AOF."""

    address: str
    server: str  # Redis or Valkey
    version: str
    role: str  # master, slave or sentinel, as INFO spells it
    maxmemory: int  # bytes; 0: no limit
    maxmemory_policy: str
    aof: bool
    appendfsync: str | None
    rdb: bool | None  # whether snapshots are made by themselves
    replicas: int
    min_replicas: int | None
    clock_ahead: float
    round_trip: float


@dataclass(frozen=True, kw_only=True)
class SentinelFacts:
    """One Sentinel: what it says about our primary."""

    address: str
    primary: str
    quorum: int
    others: int  # Sentinels that it knows besides itself
    replicas: int


@dataclass
class Facts:
    """All that answered, and for each address that did not, why."""

    nodes: list[NodeFacts] = field(default_factory=list)
    sentinels: list[SentinelFacts] = field(default_factory=list)
    silent: dict[str, str] = field(default_factory=dict)
    cluster_state: str = ""  # ok or fail; empty: no cluster
    slots: int = 0  # of a cluster, that are served


async def redis_facts(target: Target, options: StoreOptions) -> Facts:
    """Ask every server that ``target`` leads to; takes some seconds for each that is silent.

    Raises:
        BadConfiguration: the file of the authority is none.
    """
    asker = _Asker(target, options)
    if target.kind == "sentinel":
        addresses = await asker.ask_sentinels()
    elif target.kind == "cluster":
        addresses = await asker.ask_cluster()
    else:
        addresses = list(target.addresses)
    for address in addresses[:MOST_NODES]:
        await asker.ask_node(address)
    return asker.facts


class _Asker:
    """Asks one server after the other, each on a connection of its own."""

    def __init__(self, target: Target, options: StoreOptions) -> None:
        self.facts = Facts()
        self._target = target
        tls = _context(options) if target.tls else None
        self._login = Login(target.user, target.password, 0, tls)
        self._sentinel_login = Login(options.sentinel_user, options.sentinel_password, 0, tls)

    @contextmanager
    def _noting(self, address: Address) -> Iterator[None]:
        """If anything goes wrong, the address is noted as silent."""
        try:
            yield
        except WaitroomError as error:
            why = error.detail if isinstance(error, StoreUnavailable) else str(error)
            self.facts.silent[spelled(address)] = why.removeprefix(spelled(address)).lstrip(": ")
        except (LookupError, ValueError, TypeError) as error:
            why = f"it answers what no Redis does ({type(error).__name__})"
            self.facts.silent[spelled(address)] = why

    async def ask_node(self, address: Address) -> None:
        """Note what a server says."""
        if spelled(address) in self.facts.silent:
            return
        with self._noting(address):
            async with _wire(address, self._login) as wire:
                [info] = await _answers(wire, address, ("INFO", "everything"))
                self.facts.nodes.append(await _node(wire, spelled(address), as_table(info)))

    async def ask_sentinels(self) -> list[Address]:
        """Note what each Sentinel says; the primaries that they name, mostly one."""
        for address in self._target.addresses:
            with self._noting(address):
                async with _wire(address, self._sentinel_login) as wire:
                    ask = ("SENTINEL", "MASTER", self._target.service)
                    [flat] = await _answers(wire, address, ask)
                told = dict(zip(_texts(flat[::2]), _texts(flat[1::2]), strict=True))
                self.facts.sentinels.append(_sentinel(spelled(address), told))
        return [_parsed(at) for at in sorted({s.primary for s in self.facts.sentinels})]

    async def ask_cluster(self) -> list[Address]:
        """Note what the first node that answers says of the cluster; its primaries."""
        for address in self._target.addresses:
            with self._noting(address):
                async with _wire(address, self._login) as wire:
                    asked = ("CLUSTER", "INFO"), ("CLUSTER", "SLOTS")
                    info, slots = await _answers(wire, address, *asked)
                table = as_table(info)
                self.facts.cluster_state = table["cluster_state"]
                self.facts.slots = int(table["cluster_slots_ok"])
                nodes = {(node[0].decode() or address[0], int(node[1])) for _, _, node, *_ in slots}
                return sorted(nodes)
        return []


@asynccontextmanager
async def _wire(address: Address, login: Login) -> AsyncIterator[Wire]:
    wire = await dial(address, login)
    try:
        yield wire
    finally:
        wire.abort("everything was asked")


def _context(options: StoreOptions) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=options.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise BadConfiguration(
            f"store_ca_file: wanted a PEM file of certificates ({type(error).__name__})"
        ) from None


async def _answers(wire: Wire, address: Address, *commands: Command) -> list[Any]:
    """Raises ``WaitroomError`` if any was refused."""
    answers = await wire.send(pack(*commands), len(commands))
    for answer in answers:
        if isinstance(answer, hiredis.ReplyError):
            raise refusal(answer, address)
    return answers


def _texts(words: list[bytes]) -> list[str]:
    return [word.decode(errors="replace") for word in words]


async def _node(wire: Wire, address: str, info: Mapping[str, str]) -> NodeFacts:
    aof = info.get("aof_enabled") == "1"
    saves = await _setting(wire, "save")
    fewest = await _setting(wire, "min-replicas-to-write")
    round_trip, ahead = await _clock(wire)
    return NodeFacts(
        address=address,
        server="Valkey" if info.get("server_name") == "valkey" else "Redis",
        version=info.get("valkey_version") or info["redis_version"],
        role=info["role"],
        maxmemory=int(info.get("maxmemory", 0)),
        maxmemory_policy=info.get("maxmemory_policy", ""),
        aof=aof,
        appendfsync=await _setting(wire, "appendfsync") if aof else None,
        rdb=None if saves is None else bool(saves),
        replicas=int(info.get("connected_slaves", 0)),
        min_replicas=None if fewest is None else int(fewest),
        clock_ahead=ahead,
        round_trip=round_trip,
    )


async def _setting(wire: Wire, name: str) -> str | None:
    [found] = await wire.send(pack(("CONFIG", "GET", name)), 1)
    if isinstance(found, hiredis.ReplyError):  # the ACL forbids it, or a provider has renamed it
        return None
    return found[1].decode(errors="replace") if found else None


async def _clock(wire: Wire) -> tuple[float, float]:
    """The shortest round trip, and by how much the server's clock is ahead of ours; seconds.

    A server that may not be asked for the time counts as right.
    """
    looks = []
    for _ in range(GLANCES):
        began, then = time.perf_counter(), time.time()
        [told] = await wire.send(pack(("TIME",)), 1)
        took = time.perf_counter() - began
        ahead = 0.0
        if not isinstance(told, hiredis.ReplyError):
            ahead = int(told[0]) + int(told[1]) / 1e6 - (then + took / 2)
        looks.append((took, ahead))
    return min(looks)


def _sentinel(address: str, told: Mapping[str, str]) -> SentinelFacts:
    return SentinelFacts(
        address=address,
        primary=spelled((told["ip"], int(told["port"]))),
        quorum=int(told["quorum"]),
        others=int(told["num-other-sentinels"]),
        replicas=int(told["num-slaves"]),
    )


def _parsed(address: str) -> Address:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
