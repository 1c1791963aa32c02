"""Bringing lines back that a store has lost: what ``waitroom restore-counters`` does.

What belongs here: giving a store the lines that ``lost_lines.py`` has put together, and the keys
that go with them. Nothing is lowered: a store that has more keeps it. What must change with it:
``RecoveryVerbs.restore``, ``docs/cli.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from waitroom.cli.lost_lines import (
    SEARCHED,
    Found,
    Kept,
    Wanted,
    event_ids,
    find_place,
    lines_of,
    read_kept,
)
from waitroom.cli.progress import counting
from waitroom.cli.who import deed
from waitroom.core.model import Snapshot, Step
from waitroom.errors import CallerError
from waitroom.runtime import Runtime, open_runtime, store_exists
from waitroom.secret import fingerprint, load_secret
from waitroom.settings import Settings
from waitroom.store import Store, open_store

FORGOTTEN_AFTER: Final = 5.0  # s in which planes see that a line was deleted (``recovery.py``)


@dataclass(frozen=True)
class Change:
    """One line before and after; ``note`` says what the operator ought to know."""

    before: Snapshot | None
    after: Snapshot
    note: str = ""


@dataclass(frozen=True)
class Restored:
    """All that was done."""

    changes: list[Change]
    ring: int = 0  # signing keys put back
    credentials: int = 0  # API keys put back


@dataclass(frozen=True)
class _Step:
    line: Snapshot
    before: Snapshot | None

    @property
    def goes_back(self) -> bool:
        """Whether a line that began later is to make room; a store does not do that by itself."""
        return self.before is not None and self.before.epoch > self.line.epoch

    @property
    def voids_places(self) -> bool:
        """Whether somebody has joined the line that would end."""
        return (
            self.before is not None
            and self.before.epoch != self.line.epoch
            and self.before.counters.queue > 0
        )


async def bring_back(
    settings: Settings, wanted: Wanted, ask: Callable[[str], None], now: int
) -> Restored:
    """Give the store what ``wanted`` says; ``ask`` returns if a person agrees to a loss.

    An empty store becomes this deployment's, never with a new secret: nobody's request ID would
    open under that.

    Raises:
        CallerError: it cannot be done as it was said, or the person does not agree.
        SecretMissing, StoreRefused, StoreUnavailable: as ``open_runtime`` and ``read_dump``.
    """
    secret = load_secret(settings, store_exists=True).value
    kept = read_kept(wanted.file, secret) if wanted.file else Kept()
    ring = credentials = 0
    place = None
    if not await store_exists(settings):  # it becomes this secret's: whatever can be wrong is first
        place = _find_place(secret, wanted, kept, now, known=())
        lines_of(wanted, kept, {}, place)
        ring, credentials = await _begin(settings, secret, kept)
    async with open_runtime(settings) as runtime:
        if wanted.event_id is None:
            back = await _put_keys_back(runtime.store, kept)
            ring, credentials = ring + back[0], credentials + back[1]
        found = await runtime.store.snapshots(event_ids(wanted, kept), now)
        if place is None:
            known = [snapshot.epoch for snapshot in found.values()]
            place = _find_place(secret, wanted, kept, now, known)
        lines = lines_of(wanted, kept, found, place)
        steps = [_Step(_as_of(line, now), found.get(line.event.event_id)) for line in lines]
        return Restored(await _take(runtime, steps, wanted, ask), ring, credentials)


def _find_place(
    secret: bytes, wanted: Wanted, kept: Kept, now: int, known: Collection[int]
) -> Found | None:
    if not wanted.request_id:
        return None
    with counting("Looking for the line of this request ID", "seconds tried", SEARCHED) as tried:
        return find_place(secret, wanted, kept, now, known, tried)


def _as_of(line: Snapshot, now: int) -> Snapshot:
    """``line`` with its called places called now: their time did not run while it was away."""
    serving = line.counters.serving
    return replace(line, anchor=None, last=Step(now, serving) if serving else None, source="")


async def _begin(settings: Settings, secret: bytes, kept: Kept) -> tuple[int, int]:
    """Take a store that nobody has used, with the keys there were instead of new ones."""
    store = open_store(settings.store_url, settings.store_options)
    try:
        if not await store.claim_secret(fingerprint(secret)):
            return 0, 0  # somebody else was first; opening it says so
        return await _put_keys_back(store, kept)
    finally:
        await store.close()


async def _put_keys_back(store: Store, kept: Kept) -> tuple[int, int]:
    """Keys that the store has lost: how many signing keys, how many API keys.

    An API key is never removed, only revoked: one that is missing was lost (or is what a session
    left behind long ago, and opens nothing). A signing key may have been taken off the ring because
    it was stolen, so those come back only into a store that has lost everything: it has none, or
    none of the API keys there were. Nor do subscriptions, which may have been ended.
    """
    there = {key.key_id for key in await store.api_keys()}
    ours = {key.key_id for key in kept.credentials}
    lost_all = not await store.signing_keys() or (bool(ours) and not ours & there)
    ring = [key for key in kept.ring if lost_all and await store.add_signing_key(key)]
    credentials = [key for key in kept.credentials if await store.add_api_key(key)]
    for subscription in kept.subscriptions if lost_all else ():
        await store.add_subscription(subscription)
    return len(ring), len(credentials)


async def _take(
    runtime: Runtime, steps: list[_Step], wanted: Wanted, ask: Callable[[str], None]
) -> list[Change]:
    chosen = wanted.epoch is not None or bool(wanted.request_id)
    for step in steps:
        if step.voids_places and (chosen or not step.goes_back):
            ask(_question(step))
    changes = [await _take_one(runtime, step, chosen) for step in steps]
    for change in changes:
        await _enter(runtime, change)
    await runtime.service.audit.seal_marked()
    return changes


async def _enter(runtime: Runtime, change: Change) -> None:
    """Tell the event's audit log what was brought back, if anything was."""
    before, after = change.before, change.after
    if change.note or (before and (before.epoch, before.counters) == (after.epoch, after.counters)):
        return
    counters = after.counters
    told = {"epoch": after.epoch, "queue": counters.queue, "serving_counter": counters.serving}
    await runtime.service.enter(after.event.event_id, deed("restore"), told)


def _question(step: _Step) -> str:
    assert step.before is not None  # noqa: S101 - for the type checker; ``voids_places`` says so
    joined = step.before.counters.queue
    return (
        f"The line of {step.line.event.event_id} that is there now (epoch {step.before.epoch})"
        f" would end: {joined} who joined it lose their place. Bring back epoch {step.line.epoch}?"
    )


async def _take_one(runtime: Runtime, step: _Step, chosen: bool) -> Change:
    store, line, before = runtime.store, step.line, step.before
    if not step.goes_back:
        after = await store.restore(line, runtime.service.now())
        return Change(before, after)
    if not chosen:
        return Change(
            before,
            before or line,
            f"left as it is: its line began later; --epoch {line.epoch} goes back to that of the"
            " file",
        )
    # Planes that have seen the later line would bring that back, unless they see it deleted first.
    await store.delete_event(line.event.event_id)
    try:
        await asyncio.sleep(FORGOTTEN_AFTER)
    finally:  # whoever is impatient now is not to lose the event for it
        after = await store.restore(line, runtime.service.now())
    if after.epoch != line.epoch:
        raise CallerError(
            f"A plane has brought epoch {after.epoch} of {line.event.event_id} back meanwhile."
            " Stop the planes and try again."
        )
    return Change(before, after)
