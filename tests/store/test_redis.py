"""The store of many machines keeps the promises of every store, on real servers.

The safety gap is off here: it has tests of its own (``test_redis_failover.py``).
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import key_leaks
import pytest
from contract import StoreContract
from redis_servers import Server

from scene import NOW, SALE, admit, line_of, open_event
from waitroom.core.model import SessionStatus
from waitroom.store import Store, StoreOptions, open_store

NO_GAP: Final = StoreOptions(failover_gap=0)


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[str], Store]]:
    """Opens stores by URL, as often as asked, and closes them all in the end."""
    stores: list[Store] = []

    def opener(url: str) -> Store:
        stores.append(open_store(url, NO_GAP))
        return stores[-1]

    yield opener
    for store in stores:
        await store.close()


class TestRedis(StoreContract):
    """The contract, on one server."""

    LEAVES_ROWS = False

    @pytest.fixture
    def url(self, redis_server: Server) -> Iterator[str]:
        """A server with nothing in it; afterwards no key has leaked."""
        redis_server.call("FLUSHALL")
        yield redis_server.url
        key_leaks.check(redis_server)


class TestCluster(StoreContract):
    """The contract, on three primaries."""

    LEAVES_ROWS = False

    @pytest.fixture
    def url(self, redis_cluster: list[Server]) -> Iterator[str]:
        """A cluster with nothing in it; afterwards no key has leaked."""
        for node in redis_cluster:
            node.call("FLUSHALL")
        first, second, _ = redis_cluster
        yield f"redis+cluster://{first.host}:{first.port},{second.host}:{second.port}"
        key_leaks.check(*redis_cluster)


async def use_everything(store: Store) -> None:
    """Leave a trace in every key that an event can have."""
    epoch = await open_event(store)
    places = await line_of(store, 5, called=5)
    for place in places:
        await admit(store, epoch, place)
    await store.finish(SALE, epoch, places[0], SessionStatus.COMPLETED, NOW)
    await store.advance(SALE, 1, NOW, slot="12:00")


class TestNothingIsLeft:
    """Deleting and resetting."""

    @pytest.fixture
    def url(self, redis_server: Server) -> str:
        """A server with nothing in it."""
        redis_server.call("FLUSHALL")
        return redis_server.url

    async def test_deleting_leaves_only_that_it_was_deleted(
        self, store: Store, redis_server: Server
    ) -> None:
        """One key with a lifetime of a day, and the highest epoch given out."""
        await use_everything(store)
        assert len(key_leaks.keys_on(redis_server)) == 9
        await store.delete_event(SALE)
        left = {"waitroom:{@}:deployment", "waitroom:{sale}:deleted"}
        assert set(key_leaks.keys_on(redis_server)) == left
        key_leaks.check(redis_server)

    async def test_resetting_leaves_only_the_event(
        self, store: Store, redis_server: Server
    ) -> None:
        """No curve, no session, no slot."""
        await use_everything(store)
        await store.reset_event(SALE, NOW)
        of_event = [key for key in key_leaks.keys_on(redis_server) if "{sale}" in key]
        assert of_event == ["waitroom:{sale}:event"]

    async def test_another_prefix_is_another_store(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """Two deployments on one server see nothing of each other."""
        await open_event(store)
        other = opened(f"{url}?prefix=other")
        assert await other.event_ids() == []
        await other.claim_secret("other")
        assert not await store.is_claimed()

    async def test_another_database_is_another_store(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """The number in the URL's path chooses it."""
        await open_event(store)
        assert await opened(f"{url}/3").event_ids() == []
        assert await opened(f"{url}/0").event_ids() == [SALE]
