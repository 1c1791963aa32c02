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
from waitroom.errors import SecretMissing, StoreUnavailable
from waitroom.secret import Vault, fingerprint, load_secret
from waitroom.service import Service
from waitroom.settings import Settings
from waitroom.store import Store, open_store
from waitroom.tokens.keys import KeyRing, new_signing_key

KEY_CHECK: Final = 2.0  # s between looks at the key ring: how soon a rotation is heard of

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

    async def load_keys(self) -> None:
        """Bring the key ring up to date with the store."""
        stored = await self.store.signing_keys()
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


@asynccontextmanager
async def open_runtime(
    settings: Settings, clock: Callable[[], float] = time.time
) -> AsyncIterator[Runtime]:
    """A runtime on ``settings``; everything is closed at the end.

    On an empty store the first signing key is made.

    Raises:
        SecretMissing, DirectoryUnwritable, StoreRefused, BadConfiguration, StoreUnavailable.
    """
    secret = load_secret(settings)
    store = open_store(settings.store_url)
    try:
        vault = Vault(secret, "signing keys")
        keys = KeyRing(vault)
        service = Service(store, keys, secret, issuer_of=settings.issuer, clock=clock)
        runtime = Runtime(
            settings=settings,
            secret=secret,
            store=store,
            keys=keys,
            service=service,
            api_keys=ApiKeys(store, secret, clock),
            signing_vault=vault,
        )
        await _settle_in(runtime)
        try:
            yield runtime
        finally:
            await service.close()
    finally:
        await store.close()


async def _settle_in(runtime: Runtime) -> None:
    if not await runtime.store.claim_secret(fingerprint(runtime.secret)):
        raise SecretMissing(
            "The deployment secret is not the one that this store was made with: request IDs and"
            " keys in it could not be opened. Bring the old secret back, or choose another --store."
        )
    if not await runtime.store.signing_keys():
        await runtime.add_signing_key(begins_at=runtime.service.now(), only_first=True)
    await runtime.load_keys()


@asynccontextmanager
async def serving(runtime: Runtime) -> AsyncIterator[None]:
    """The background work that every serving process has: snapshots, and the key ring."""
    runtime.service.views.start()
    watch = asyncio.create_task(_watch_keys(runtime), name="key-ring")
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watch_keys(runtime: Runtime) -> None:
    while True:
        await asyncio.sleep(KEY_CHECK)
        try:
            await runtime.load_keys()
        except (StoreUnavailable, SecretMissing) as error:
            log.warning("key ring could not be refreshed", error=str(error))


async def ensure_event(runtime: Runtime, event: Event) -> bool:
    """Create ``event`` unless one of its ID is there; whether it was created."""
    if event.event_id in await runtime.store.event_ids():
        return False
    await runtime.service.create_event(event)
    return True
