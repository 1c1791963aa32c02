"""The gate that each test has to itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .desk import Desk, desk


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Desk]:
    """A gate for an event that leads to the shop."""
    async with desk(tmp_path / "data") as one:
        yield one
