"""The audit logs of a deployment: entering, sealing, reading and verifying them.

What belongs here: which log is looked at when, over the store's verbs and the arithmetic of
``core/audit.py``. Undoing what an entry tells of is in ``undo.py``. What must change with it:
``docs/audit.md``.

Every process that enters something marks that log, and a control plane seals what is marked each
second (a command seals before it ends). What a process entered that was killed right then is found
by the rounds: each log is looked at once in ``ROUND`` seconds, a few each second, so that a
thousand events cost next to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import msgspec
import structlog

from waitroom.core.audit import (
    NOTHING,
    Broken,
    Deed,
    LogEntry,
    Verified,
    check_beginning,
    log_key,
    seal_run,
    verify,
)
from waitroom.errors import StoreUnavailable
from waitroom.logs import Outage
from waitroom.store import MAX_LOG, LogVerbs

DEPLOYMENT: Final = ""  # the name of the deployment's own log
TICK: Final = 1.0  # s between two looks at what was marked
ROUND: Final = 60  # looks in which every log has its turn
PAGE: Final = 100  # entries read and sealed in one step; one can be tens of KB
MAX_PAGES: Final = 50  # of one log at a time, so that a long one does not keep the others waiting
PATIENCE: Final = 5.0  # s that sealing one log may take
AT_THE_END: Final = 2.0  # s that all of it may take when the process ends

log = structlog.get_logger("waitroom.audit")


class AuditLog:
    """The audit logs in one store. ``secret`` is the deployment's."""

    def __init__(self, store: LogVerbs, secret: bytes) -> None:
        self._store = store
        self._secret = secret
        self._marked: set[str] = set()
        self._newest: dict[str, tuple[int, str]] = {}  # the last seal that was seen: seq, seal

    def mark(self, event_id: str) -> None:
        """Something was entered into this log and is to be sealed soon."""
        self._marked.add(event_id)

    async def enter(self, event_id: str, deed: Deed, after: object, now: int) -> None:
        """Enter what no other verb of the store enters; ``after`` is what JSON can say."""
        await self._store.add_entry(event_id, deed, msgspec.json.encode(after).decode(), now)
        self.mark(event_id)

    async def entries(self, event_id: str, after: int, limit: int) -> list[LogEntry]:
        """Entries behind the ``seq`` ``after``, oldest first; of a log that is not there: none."""
        return await self._store.log(event_id, after, limit)

    async def end(self, event_id: str) -> int:
        """The ``seq`` of the newest entry; 0: there is none."""
        return await self._store.log_end(event_id)

    # --- sealing

    async def seal_marked(self) -> None:
        """Seal the logs that were marked; those that could not be stay marked."""
        for event_id in sorted(self._marked):
            await self.seal_new((event_id,))

    async def seal_new(self, event_ids: Iterable[str]) -> int:
        """Lay the seals that are missing on these logs; how many were laid.

        Any process may do it at any time: all come to the same seals, and the store keeps the first
        of each. Of a long log one call does ``PAGE * MAX_PAGES`` entries.
        """
        laid = 0
        for event_id in event_ids:
            self._marked.discard(event_id)
            try:
                async with asyncio.timeout(PATIENCE):
                    laid += await self._seal(event_id)
            except BaseException:
                self._marked.add(event_id)
                raise
        return laid

    def forget_all_but(self, event_ids: Iterable[str]) -> None:
        """Forget the last seals of logs whose events are gone: another may take the name."""
        for event_id in self._newest.keys() - {DEPLOYMENT, *event_ids}:
            del self._newest[event_id]

    async def _seal(self, event_id: str) -> int:
        key, laid = log_key(self._secret, event_id), 0
        await self._compare(event_id)
        for _page in range(MAX_PAGES):
            first = await self._store.unsealed(event_id)
            if not first:
                return laid
            # One before it comes along: its seal is the one to follow on.
            entries = await self._store.log(event_id, max(0, first - 2), PAGE + 1)
            previous = entries.pop(0) if entries and entries[0].seq < first else None
            if not entries:
                return laid
            seals = seal_run(key, previous.seal if previous else "", entries)
            await self._store.seal(event_id, seals)
            self._newest[event_id] = entries[-1].seq, seals[entries[-1].seq]
            laid += len(seals)
        self._marked.add(event_id)
        return laid

    async def _compare(self, event_id: str) -> None:
        """Say so, once, if the last entry that was sealed here is gone or has another seal.

        Whoever can write to the store can take seals away, and new ones would be laid over what
        they altered; by another process too, or nothing is entered any more: so this is asked in
        each round. The same is seen when a store has lost its end.
        """
        seq, seal = self._newest.get(event_id, (0, ""))
        found = await self._store.log(event_id, seq - 1, 1) if seq else []
        if not seq or (found and (found[0].seq, found[0].seal) == (seq, seal)):
            return
        end = await self.end(event_id)
        if end >= seq + MAX_LOG:
            return  # dropped by now, as the oldest are
        first = await self._store.unsealed(event_id)
        log.error(
            "the audit log was altered or has lost its end",
            event_id=event_id,
            was_sealed_up_to=seq,
            seal=seal,
            is_sealed_up_to=first - 1 if first else end,
        )
        self._newest.pop(event_id, None)

    # --- verifying

    async def verify(self, event_id: str, noted: str = "") -> Verified | Broken:
        """Whether the log is as it was written, from its oldest entry to its newest.

        ``noted``: a seal that was noted earlier, which must be there still.
        """
        found = await self._verify(event_id, noted)
        # Seals that were laid while it was read look like entries without one between others.
        return await self._verify(event_id, noted) if isinstance(found, Broken) else found

    async def _verify(self, event_id: str, noted: str) -> Verified | Broken:
        key, end = log_key(self._secret, event_id), await self.end(event_id)
        found: Verified | Broken = NOTHING
        is_there = not noted
        while isinstance(found, Verified) and found.last < end:
            entries = await self.entries(event_id, found.last, PAGE)
            if not entries:
                break  # the log of an event that is gone was cleared away meanwhile
            is_there = is_there or any(entry.seal == noted for entry in entries)
            found = verify(key, entries, found)
        if isinstance(found, Verified) and not is_there:
            return Broken(seq=found.last, why="the seal that was noted is not in this log")
        return check_beginning(found, MAX_LOG) if isinstance(found, Verified) else found


class Events(Protocol):
    """What the rounds ask of a store: which logs there are beside the deployment's."""

    async def event_ids(self) -> list[str]:
        """All event IDs."""


class Rounds:
    """Which logs are looked at in which second: those that were marked, and a share of all."""

    def __init__(self, audit: AuditLog, store: Events) -> None:
        self._audit = audit
        self._store = store
        self._waiting: list[str] = []  # those whose turn is still to come in this round
        self._share = 1

    async def look(self) -> None:
        """One look. Raises ``StoreUnavailable``, ``TimeoutError``; the rest has its turn later."""
        await self._audit.seal_marked()
        if not self._waiting:
            ids = await self._store.event_ids()
            self._audit.forget_all_but(ids)
            self._waiting = [*reversed(ids), DEPLOYMENT]
            self._share = -(-len(self._waiting) // ROUND)
        for _ in range(min(self._share, len(self._waiting))):
            await self._audit.seal_new((self._waiting.pop(),))


@asynccontextmanager
async def sealing(audit: AuditLog, store: Events) -> AsyncIterator[None]:
    """Seal what is entered meanwhile; what is left at the end is sealed then."""
    task = asyncio.create_task(_keep_sealing(Rounds(audit, store)), name="sealing")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(AT_THE_END):
                await audit.seal_marked()


async def _keep_sealing(rounds: Rounds) -> None:
    outage = Outage(log, "sealing the audit log waits for the store")
    while True:
        await asyncio.sleep(TICK)
        try:
            await rounds.look()
            outage.is_over()
        except StoreUnavailable as error:
            outage.goes_on(error.detail)
        except TimeoutError:
            outage.goes_on("it took too long")
        except Exception as error:  # this task must outlive whatever happens
            log.exception("sealing the audit log failed", error=str(error))
