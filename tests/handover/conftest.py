"""One public plane for all tests of a module; each has events of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handover.scene import Scene, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """The plane."""
    async with opened(tmp_path_factory.mktemp("handover") / "data") as scene:
        yield scene
