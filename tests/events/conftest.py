"""A scene on an embedded store, for whoever does not care which; the stores have a contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from events.scene import Scene, scene
from waitroom.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An embedded store."""
    return f"sqlite://{tmp_path}/line.db"


@pytest.fixture
async def world(store: Store, secret: bytes) -> AsyncIterator[Scene]:
    """One plane."""
    async with scene(store, secret) as made:
        yield made
