"""Where the primary is: fixed, asked of sentinels, or by slot of a cluster.

What belongs here: addresses only. Whoever finds that an address is no good calls ``forget``; the
next question is then asked anew.
"""

from __future__ import annotations

import asyncio
from binascii import crc_hqx
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from waitroom.errors import StoreUnavailable, WaitroomError
from waitroom.store.redis_url import Address, Target
from waitroom.store.redis_wire import CONNECT_SECONDS, Command

SLOTS: Final = 16_384
RECHECK_SECONDS: Final = 2.0  # so long a primary that was cut off from its sentinels can hold us

PAUSE: Final = 0.02  # s between two questions: many may find at once that an address is no good

Ask = Callable[[Address, Command], Awaitable[Any]]  # one command to a sentinel or node


def slot_of(key: str) -> int:
    """The slot of a key of ours; its hash tag is what stands in braces (CRC16/XMODEM)."""
    tag = key[key.index("{") + 1 : key.index("}")]
    return crc_hqx(tag.encode(), 0) % SLOTS


class Routes(Protocol):
    """Says where to ask."""

    async def primary(self, key: str) -> Address:
        """Where ``key`` is written. Raises ``StoreUnavailable``."""

    async def primaries(self) -> list[Address]:
        """All that hold keys. Raises ``StoreUnavailable``."""

    def forget(self) -> None:
        """What was known is no good."""


class Fixed:
    """One server, wherever it is."""

    def __init__(self, address: Address) -> None:
        self._address = address

    async def primary(self, key: str) -> Address:  # noqa: ARG002 - the same for every key
        """The one address."""
        return self._address

    async def primaries(self) -> list[Address]:
        """The one address."""
        return [self._address]

    def forget(self) -> None:
        """There is nothing to forget."""


class Known:
    """A question to the network whose answer is kept; many may ask at the same time."""

    def __init__(self) -> None:
        self._answer: Any = None
        self._asked_at = 0.0
        self._task: asyncio.Task[Any] | None = None

    async def get(self, ask: Callable[[], Awaitable[Any]], keep: float) -> Any:
        """The answer; one older than ``keep`` seconds is still good while it is asked anew."""
        now = asyncio.get_running_loop().time()
        if self._answer is None or now - self._asked_at > keep:
            if self._task is None:
                self._task = asyncio.ensure_future(self._learn(ask))
                self._task.add_done_callback(_retrieved)
            if self._answer is None:
                return await asyncio.shield(self._task)
        return self._answer

    async def _learn(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.sleep(self._asked_at + PAUSE - loop.time())
            self._asked_at = loop.time()
            self._answer = await ask()
        except WaitroomError:
            self._answer = None  # what was true may not be any more
            raise
        finally:
            self._task = None
        return self._answer

    def forget(self) -> None:
        """Ask anew before the next answer."""
        self._answer = None


def _retrieved(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()  # whoever waited has it; nobody may have


class Sentinels:
    """The primary that most recently won an election.

    All are asked at once, and of the answers of a majority the highest configuration epoch wins: a
    sentinel that was cut off together with an old primary goes on naming that one. Without a
    majority nobody can know whether the others have elected another, and two primaries would give
    out the same places: then there is none.
    """

    def __init__(self, target: Target, ask: Ask) -> None:
        self._target = target
        self._ask = ask
        self._known = Known()
        self._why = ""

    async def primary(self, key: str) -> Address:  # noqa: ARG002 - the same for every key
        """Where the sentinels say."""
        address: Address = await self._known.get(self._learn, RECHECK_SECONDS)
        return address

    async def primaries(self) -> list[Address]:
        """The one there is."""
        return [await self.primary("")]

    def forget(self) -> None:
        self._known.forget()

    async def _learn(self) -> Address:
        asked = [asyncio.ensure_future(self._ask_one(at)) for at in self._target.addresses]
        heard: list[tuple[int, Address]] = []
        try:
            for soonest in asyncio.as_completed(asked, timeout=2 * CONNECT_SECONDS):
                if (answer := await soonest) is not None:
                    heard.append(answer)
                if len(heard) > len(asked) // 2:
                    break
        except TimeoutError:
            self._why = "no answer"
        finally:
            for task in asked:
                task.cancel()
        if len(heard) <= len(asked) // 2:
            raise StoreUnavailable(
                f"{len(heard)} of {len(asked)} sentinels of {self._target.shown} name a primary,"
                f" more than half must: {self._why}"
            )
        return max(heard)[1]

    async def _ask_one(self, sentinel: Address) -> tuple[int, Address] | None:
        try:
            flat = await self._ask(sentinel, ("SENTINEL", "MASTER", self._target.service))
            facts = dict(zip(flat[::2], flat[1::2], strict=True))
            address = facts[b"ip"].decode(), int(facts[b"port"])
            return int(facts[b"config-epoch"]), address
        except WaitroomError as error:
            self._why = error.detail if isinstance(error, StoreUnavailable) else str(error)
        except (LookupError, ValueError, TypeError):
            self._why = "one answers what no sentinel does"
        return None  # another may know


class Cluster:
    """The primary of each slot, as some node says."""

    def __init__(self, target: Target, ask: Ask) -> None:
        self._target = target
        self._ask = ask
        self._known = Known()
        self._seen = list(target.addresses)

    async def primary(self, key: str) -> Address:
        """The primary of the key's slot."""
        starts, ends, addresses = await self._slots()
        slot = slot_of(key)
        n = bisect_right(starts, slot) - 1
        if n < 0 or slot > ends[n]:
            raise StoreUnavailable(f"nobody serves slot {slot} of {self._target.shown}")
        return addresses[n]

    async def primaries(self) -> list[Address]:
        """Each primary once, by address."""
        return sorted(set((await self._slots())[2]))

    def forget(self) -> None:
        self._known.forget()
        self._seen.append(self._seen.pop(0))  # another node may know better

    async def _slots(self) -> tuple[list[int], list[int], list[Address]]:
        known: tuple[list[int], list[int], list[Address]]
        known = await self._known.get(self._learn, float("inf"))
        return known

    async def _learn(self) -> tuple[list[int], list[int], list[Address]]:
        for node in list(self._seen):
            try:
                answer = await self._ask(node, ("CLUSTER", "SLOTS"))
                ranges = sorted((int(a), int(b), _node(c, node)) for a, b, c, *_ in answer)
            except (WaitroomError, LookupError, ValueError, TypeError):
                continue  # another may answer
            if ranges:
                starts, ends, addresses = (list(column) for column in zip(*ranges, strict=True))
                self._seen = list(dict.fromkeys([node, *addresses, *self._target.addresses]))
                return starts, ends, addresses
        raise StoreUnavailable(f"no node of {self._target.shown} knows the cluster")


def _node(node: list[Any], asked: Address) -> Address:
    """A node that does not know its own name is meant by the name we asked it under."""
    return (node[0] or b"").decode() or asked[0], int(node[1])


def routes_to(target: Target, ask: Ask) -> Routes:
    """The routes of ``target``."""
    if target.kind == "sentinel":
        return Sentinels(target, ask)
    if target.kind == "cluster":
        return Cluster(target, ask)
    return Fixed(target.addresses[0])
