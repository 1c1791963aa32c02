"""Control planes that the tests drive by hand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from planes import Plane


@pytest.fixture
async def planes(tmp_path: Path, secret: bytes) -> AsyncIterator[tuple[Plane, Plane]]:
    """Two control planes on one store."""
    pair = Plane(tmp_path / "store.db", secret), Plane(tmp_path / "store.db", secret)
    yield pair
    for plane in pair:
        await plane.close()


@pytest.fixture
def plane(planes: tuple[Plane, Plane]) -> Plane:
    """One of them."""
    return planes[0]
