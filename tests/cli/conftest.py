"""A deployment for each test; what it starts is stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.running import Waitroom


@pytest.fixture
def waitroom(tmp_path: Path) -> Iterator[Waitroom]:
    """A deployment that has never been started."""
    deployment = Waitroom(tmp_path)
    yield deployment
    deployment.stop()
