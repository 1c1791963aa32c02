"""Stores that a test can take away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from faulty import NOW, FaultyStore

from waitroom.recovery import Recovery
from waitroom.store import Store


@pytest.fixture
def empty(tmp_path: Path, opened: Callable[[str], Store]) -> Callable[[str], Store]:
    """Makes real stores with nothing in them, by name."""
    return lambda name: opened(f"sqlite://{tmp_path}/{name}.db")


@pytest.fixture
async def faulty(empty: Callable[[str], Store]) -> FaultyStore:
    """A real store behind a switch."""
    return FaultyStore(empty("first"))


@pytest.fixture
def recovery(faulty: FaultyStore) -> Recovery:
    """The memory of one process over it."""
    return Recovery(faulty.store, lambda: NOW, failover_gap=10)
