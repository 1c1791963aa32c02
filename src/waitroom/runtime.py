"""The composition root: everything a process needs, built once from the settings.

What belongs here: the order in which things are opened and closed. Nothing else in the project
makes a store, a key ring or a service.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog

from waitroom.apikeys import ApiKeys
from waitroom.core.model import Event
from waitroom.errors import SecretMissing, StoreRefused, StoreUnavailable
from waitroom.last_seen import LastSeen
from waitroom.logs import Outage
from waitroom.observe.meter import Meter
from waitroom.observe.process import OwnNumbers, watched
from waitroom.observe.shared import directory_of_process
from waitroom.observe.stores import measured
from waitroom.recovery import Belongings
from waitroom.secret import Found, Vault, fingerprint, how_to_mend, load_secret
from waitroom.service import Service
from waitroom.settings import Settings
from waitroom.store import Store, is_embedded, open_store, path_of
from waitroom.tokens.keys import KeyRing, new_signing_key

KEY_CHECK: Final = 2.0  # s between looks at the key ring: how soon a rotation is heard of
LOOK: Final = 2.0  # s between looks for lines that the store has lost; then all is written down

log = structlog.get_logger("waitroom")


@dataclass(frozen=True)
class Runtime:
    """What a plane or a command works with."""

    settings: Settings
    secret: bytes
    store: Store
    keys: KeyRing
    service: Service
    api_keys: ApiKeys
    signing_vault: Vault
    meter: Meter
    own_numbers: OwnNumbers

    async def load_keys(self) -> None:
        """Bring the key ring up to date with the store."""
        stored = await self.store.signing_keys()
        if not stored and len(self.keys):
            return  # the store was lost: tokens are signed on, and the ring comes back to it
        if not self.keys.knows(
            stored
        ):  # loading an RSA key takes tens of milliseconds: not on the event loop
            await asyncio.to_thread(self.keys.update, stored)

    async def check_ready(self) -> None:
        """Pass if this process can do its work. Raises ``Unavailable``."""
        self.keys.signing(self.service.now())
        await self.service.check_store()

    async def add_signing_key(self, *, begins_at: int, only_first: bool = False) -> str | None:
        """Put a new key on the ring and return its ``kid``; None if it was not the first.

        ``begins_at`` moves on by a second or more if another key begins then: the newest signs,
        and of two that begin in one second neither would be it.
        """
        taken = {key.created_at for key in await self.store.signing_keys()}
        while begins_at in taken:
            begins_at += 1
        key = await asyncio.to_thread(
            new_signing_key, self.settings.algorithm, self.signing_vault, begins_at
        )
        added = await self.store.add_signing_key(key, only_first=only_first)
        return key.kid if added else None


async def store_exists(settings: Settings) -> bool:
    """Whether a deployment has used the store already; a file is not made by asking.

    Raises:
        StoreRefused, StoreUnavailable, DependencyMissing: a shared store could not be asked.
    """
    if is_embedded(settings.store_url):
        return path_of(settings.store_url).exists()
    store = open_store(settings.store_url, settings.store_options)
    try:
        return await store.is_claimed()
    finally:
        await store.close()


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    clock: Callable[[], float] = time.time,
    *,
    may_make: bool = True,
    meter: Meter | None = None,
) -> AsyncIterator[Runtime]:
    """A runtime on ``settings``; everything is closed at the end.

    A store that nobody has used becomes this deployment's, with a new secret and a first signing
    key, if it ``may_make`` one. What the store does is entered into ``meter``.

    Raises:
        StoreRefused: nobody has used the store, and none may be made; or it is not ours.
        SecretMissing, DirectoryUnwritable, BadConfiguration, DependencyMissing, StoreUnavailable.
    """
    exists = await store_exists(settings)
    if not (exists or may_make):
        raise StoreRefused(
            f"There is no store at {settings.shown_store}; say which one with --data-dir or"
            " --store."
        )
    found = load_secret(settings, exists)
    secret = found.value
    numbers = meter or Meter()
    store = open_store(settings.store_url, settings.store_options)
    try:
        if meter is not None:
            measured(store, meter)
        vault = Vault(secret, "signing keys")
        keys = KeyRing(vault)
        service = Service(
            store,
            keys,
            secret,
            issuer_of=settings.issuer,
            clock=clock,
            failover_gap=settings.failover_gap,
        )
        runtime = Runtime(
            settings=settings,
            secret=secret,
            store=store,
            keys=keys,
            service=service,
            api_keys=ApiKeys(store, secret, clock),
            signing_vault=vault,
            meter=numbers,
            own_numbers=OwnNumbers(numbers, directory_of_process()),
        )
        await _settle_in(runtime, found)
        try:
            yield runtime
        finally:
            await service.close()
    finally:
        await store.close()


async def _settle_in(runtime: Runtime, found: Found) -> None:
    if not await runtime.store.claim_secret(fingerprint(runtime.secret)):
        found.discard()  # two machines began at once, and the other was first
        raise SecretMissing(
            "The deployment secret is not the one that this store was made with: request IDs and"
            f" keys in it could not be opened. {how_to_mend(runtime.settings)}"
        )
    if not await runtime.store.signing_keys():
        await runtime.add_signing_key(begins_at=runtime.service.now(), only_first=True)
    await runtime.load_keys()


@asynccontextmanager
async def serving(runtime: Runtime, *, everything: bool = False) -> AsyncIterator[None]:
    """The background work of every serving process: snapshots, the key ring, recovery, metrics.

    With ``everything``, as on a control plane, all events and keys are remembered, in memory and in
    the data directory.
    """
    runtime.service.views.start()
    outage = Outage(log, "the store is out of reach")
    watches = {
        "key-ring": _watch_keys(runtime, outage),
        "lines": _watch_lines(runtime, outage, everything=everything),
    }
    if everything:
        watches["memory"] = _remember(runtime, outage)
    tasks = [asyncio.create_task(watch, name=name) for name, watch in watches.items()]
    try:
        async with watched(runtime.own_numbers, runtime.meter):
            yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _watch_keys(runtime: Runtime, outage: Outage) -> None:
    unreadable = Outage(log, "the key ring cannot be read")
    while True:
        await asyncio.sleep(KEY_CHECK)
        try:
            await runtime.load_keys()
            unreadable.is_over()
        except StoreUnavailable as error:
            outage.goes_on(error.detail)
        except SecretMissing as error:
            unreadable.goes_on(str(error))


async def _watch_lines(runtime: Runtime, outage: Outage, *, everything: bool) -> None:
    while True:
        try:
            await runtime.service.recovery.look_at_all(everything=everything)
            outage.is_over()
        except StoreUnavailable as error:
            outage.goes_on(error.detail)
        except Exception as error:  # this task must outlive whatever happens
            log.exception("looking for lost lines failed", error=str(error))
        await asyncio.sleep(LOOK)


async def _remember(runtime: Runtime, outage: Outage) -> None:
    """Remember keys and credentials; write all that is remembered down after each look.

    The first time as soon as it is known: until then, the file is as old as the last control plane.
    """
    belongings = Belongings(runtime.store, fingerprint(runtime.secret))
    recovery = runtime.service.recovery
    last_seen = LastSeen(runtime.settings.data_dir)
    await last_seen.set_aside_unless(await _event_ids(runtime.store))
    while True:
        try:
            await belongings.look()
        except StoreUnavailable as error:
            outage.goes_on(error.detail)
        except Exception as error:  # this task must outlive whatever happens
            log.exception("looking for lost keys failed", error=str(error))
        if belongings.ring and recovery.knows_all:
            await last_seen.write(belongings, recovery.lines())
        await asyncio.sleep(LOOK)


async def _event_ids(store: Store) -> list[str]:
    """All events, as soon as the store can be asked."""
    while True:
        try:
            return await store.event_ids()
        except StoreUnavailable:
            await asyncio.sleep(LOOK)


async def ensure_event(runtime: Runtime, event: Event) -> bool:
    """Create ``event`` unless one of its ID is there; whether it was created."""
    if event.event_id in await runtime.store.event_ids():
        return False
    await runtime.service.create_event(event)
    return True
