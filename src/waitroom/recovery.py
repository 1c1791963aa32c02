"""Puts back what a store has lost, from what this process remembers (``core/recollection.py``).

What belongs here: when to compare, what to restore then, and what is said about it. Every process
compares each snapshot it reads before anybody is shown it, and looks every two seconds at all lines
it knows. Control planes know all events, and also what the deployment itself rests on: the signing
keys, the credentials and the subscriptions. What must change with it: ``docs/how-it-works.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

import structlog

from waitroom.apikeys import is_mark
from waitroom.core.facts import Subscription
from waitroom.core.model import ApiKey, SigningKey, Snapshot
from waitroom.core.recollection import Recollection, Recollections
from waitroom.errors import CallerError, EventNotFound, StoreUnavailable
from waitroom.store import Store

LOOKS: Final = 4  # at a line until it is in order: others bring it back at the same time
WRITTEN_AHEAD: Final = 10  # s of arrivals, at the least, by which a file is ahead: it is never new
AT_ONCE: Final = 500  # events read in one go: bounds what one reading asks of the store

log = structlog.get_logger("waitroom.recovery")


class Recovery:
    """Reads events; what is behind of what this process knows is restored before it is shown.

    ``failover_gap``: as in ``StoreOptions``; by what a line comes back that was lost whole.
    """

    def __init__(self, store: Store, clock: Callable[[], float], failover_gap: int) -> None:
        self.seen = Recollections()
        self.knows_all = False  # whether all events there are have been looked at
        self._store = store
        self._clock = clock
        self._failover_gap = failover_gap
        self._looks: dict[str, asyncio.Task[bool]] = {}
        self._said: dict[str, Snapshot] = {}

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """As the store's verb of that name, but never behind what is known here.

        Raises ``StoreUnavailable``: also if the store can be read, and what it lacks not restored.
        """
        # Before it is read: what is learned meanwhile proves nothing.
        known = dict(self.seen.recall(event_ids))
        found = await self._store.snapshots(event_ids, now)
        for _ in range(LOOKS):
            behind = await self._behind(known, found, now)
            if not behind:
                break
            for event_id, line in behind.items():
                if not await self._restore(line, found.pop(event_id, None), now):
                    del known[event_id]
            found |= await self._store.snapshots(behind, now)
        else:
            raise StoreUnavailable("a line is still behind what is known of it")
        for line in found.values():
            self.seen.witness(line, now)
        return found

    def lines(self) -> list[Snapshot]:
        """All that is known here, as it is to come back from a file if it is lost later."""
        gap = max(self._failover_gap, WRITTEN_AHEAD)
        return self.seen.lines(gap, int(self._clock()))

    async def look(self, event_id: str) -> bool:
        """Whether there is such an event, once what was lost of it is back.

        For whoever the store told that there is none. Of many at once, one asks the store.
        """
        task = self._looks.get(event_id)
        if task is None:
            task = self._looks[event_id] = asyncio.create_task(self._look(event_id))
            task.add_done_callback(lambda done: self._looked(event_id, done))
        return await asyncio.shield(task)

    def _looked(self, event_id: str, done: asyncio.Task[bool]) -> None:
        del self._looks[event_id]
        if not done.cancelled():
            done.exception()  # it concerns whoever waits; perhaps nobody does any more

    async def _look(self, event_id: str) -> bool:
        return event_id in await self.snapshots([event_id], int(self._clock()))

    async def look_at_all(self, *, everything: bool) -> None:
        """Compare all lines that are known here with the store; with ``everything`` all there are.

        Raises ``StoreUnavailable``.
        """
        listed = set(await self._store.event_ids()) if everything else set()
        now = int(self._clock())
        wanted = sorted(listed | set(self.seen.event_ids()))
        found: dict[str, Snapshot] = {}
        missed: StoreUnavailable | None = None
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            try:
                found |= await self.snapshots(some, now)
            except StoreUnavailable as error:  # in a part of the store; the others are looked at
                missed = error
                found |= await self._one_by_one(some, now)
        if missed is not None:
            raise missed
        if everything and (unlisted := found.keys() - listed):
            unlisted -= set(await self._store.event_ids())  # some were made just now
            for event_id in sorted(unlisted):
                await self._restore(found[event_id], None, now)
        self.knows_all = self.knows_all or everything

    async def _one_by_one(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """Those that can be read."""
        found: dict[str, Snapshot] = {}

        async def look(event_id: str) -> None:
            with suppress(StoreUnavailable):
                found.update(await self.snapshots([event_id], now))

        await asyncio.gather(*map(look, event_ids))
        return found

    async def _behind(
        self, known: dict[str, Recollection], found: dict[str, Snapshot], now: int
    ) -> dict[str, Snapshot]:
        """What is to be restored."""
        lost = await self._lost(known, found, now)
        told = {event_id: known[event_id].if_lost(self._failover_gap, now) for event_id in lost}
        for event_id in known.keys() & found.keys():
            told[event_id] = known[event_id].behind(found[event_id], now)
        return {event_id: line for event_id, line in told.items() if line is not None}

    async def _lost(
        self, known: dict[str, Recollection], found: dict[str, Snapshot], now: int
    ) -> set[str]:
        """What is known here and was lost. What is there again meanwhile is added to ``found``."""
        missing = known.keys() - found.keys()
        if not missing:
            return set()
        lost = await self._store.lost(missing)
        if others := missing - lost:  # deleted, or another process has just brought it back
            found |= await self._store.snapshots(others, now)
            for event_id in others - found.keys():
                self.seen.forget(event_id)
                del known[event_id]
        return lost

    async def _restore(self, line: Snapshot, found: Snapshot | None, now: int) -> bool:
        """Whether it is restored now; if it never can be, what there is counts."""
        event_id = line.event.event_id
        try:
            at = await self._store.restore(line, now, unless_deleted=True)
        except EventNotFound:  # somebody deleted it in this moment
            self.seen.forget(event_id)
            return False
        except CallerError as error:
            log.error("a line cannot be restored", event_id=event_id, reason=str(error))  # noqa: TRY400
            self.seen.forget(event_id)
            return False
        if self._said.get(event_id) != line:
            self._say(line, found, at)
        return True

    def _say(self, line: Snapshot, found: Snapshot | None, at: Snapshot) -> None:
        event_id = line.event.event_id
        if len(self._said) >= AT_ONCE:
            self._said.clear()
        self._said[event_id] = line
        log.warning(
            "the store had lost an event; restored it"
            if found is None
            else "the store had lost the end of a line; restored it",
            event_id=event_id,
            before=None if found is None else _numbers(found),
            after=_numbers(at),
        )


def _numbers(line: Snapshot) -> dict[str, int]:
    return {
        "epoch": line.epoch,
        "queue": line.counters.queue,
        "serving": line.counters.serving,
        "revision": line.revision,
    }


class Belongings:
    """What a deployment has in its store beside events, as a control plane remembers it."""

    def __init__(self, store: Store, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.ring: dict[str, SigningKey] = {}
        self.credentials: dict[str, ApiKey] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self._store = store

    async def look(self) -> None:
        """Remember what is there; if the store was lost, put back what was. ``StoreUnavailable``.

        A store is lost when nobody's fingerprint or no signing key is in it: neither is ever
        removed. A key that was taken off the ring while others stay on it remains off.
        """
        ring = await self._store.signing_keys()
        credentials = await self._store.api_keys()
        subscriptions = await self._store.subscriptions()
        if ring and await self._store.is_claimed():
            self.ring = {key.kid: key for key in ring}
            self.subscriptions = {  # who watches a tail begins another
                one.subscription_id: one for one in subscriptions if one.kind != "tail"
            }
            self._remember(credentials)
            await self._revoke_again(credentials)
        elif self.ring:
            await self._put_back()

    def _remember(self, credentials: Collection[ApiKey]) -> None:
        there = {key.key_id for key in credentials}
        for gone in self.credentials.keys() - there:
            if is_mark(self.credentials[gone]):  # of a session that is long over
                del self.credentials[gone]
        for key in credentials:
            known = self.credentials.get(key.key_id)
            # Others are never removed, and revoking is for good.
            if known is None or known.revoked_at is None:
                self.credentials[key.key_id] = key

    async def _revoke_again(self, credentials: Collection[ApiKey]) -> None:
        """A failover or a backup may bring back a credential that was revoked since."""
        for key in credentials:
            revoked_at = self.credentials[key.key_id].revoked_at
            if key.revoked_at is None and revoked_at is not None:
                await self._store.revoke_api_key(key.key_id, revoked_at)
                log.warning("the store had lost a revocation; did it again", key_id=key.key_id)

    async def _put_back(self) -> None:
        if not await self._store.claim_secret(self.fingerprint):
            log.error("the store was emptied, and another deployment has begun to use it")
            return
        for key in self.credentials.values():
            await self._store.add_api_key(key)
            if key.revoked_at is not None:  # another plane may have put it back as it was before
                await self._store.revoke_api_key(key.key_id, key.revoked_at)
        for subscription in self.subscriptions.values():
            await self._store.add_subscription(subscription)
        for signing_key in self.ring.values():  # last: with them, the store counts as whole
            await self._store.add_signing_key(signing_key)
        log.warning(
            "the store had lost all keys; put them back",
            signing_keys=len(self.ring),
            api_keys=len(self.credentials),
            subscriptions=len(self.subscriptions),
        )
