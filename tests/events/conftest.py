"""A scene on a store of either kind, or on an embedded one for whoever does not care which."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from events.scene import Scene, scene
from store.redis_servers import Server, server
from waitroom.store import Store


@pytest.fixture(scope="session")
def redis_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for stores, each with a prefix of its own."""
    with server(tmp_path_factory.mktemp("redis-store")) as one:
        yield one


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store; embedded unless the test says ``redis``."""
    if getattr(request, "param", "sqlite") == "redis":
        one: Server = request.getfixturevalue("redis_store")
        return f"{one.url}?prefix={tmp_path.name[:50]}"
    return f"sqlite://{tmp_path}/line.db"


@pytest.fixture
async def world(store: Store, secret: bytes) -> AsyncIterator[Scene]:
    """One plane."""
    async with scene(store, secret) as made:
        yield made
