"""One waiting room for the examples of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.served import Site, served


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for data and logs."""
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(scope="module")
def room(there: Path) -> Iterator[Site]:
    """A waiting room, up and running."""
    with served(there / "data", workers=1) as room:
        yield room
