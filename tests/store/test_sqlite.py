"""The embedded store keeps the promises of every store, on a real file."""

from pathlib import Path

import pytest
from contract import StoreContract


class TestSqlite(StoreContract):
    """The contract."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """A file that is not there yet."""
        return f"sqlite://{tmp_path}/store.db"
