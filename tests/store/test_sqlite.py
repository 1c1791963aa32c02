"""The embedded store keeps the promises of every store, on a real file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from contract import StoreContract

from scene import NOW, SALE, open_event
from waitroom.core.model import Sample
from waitroom.store import Store


class TestSqlite(StoreContract):
    """The contract."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """A file that is not there yet."""
        return f"sqlite://{tmp_path}/store.db"

    async def test_a_sample_of_a_run_that_is_over_leaves_no_row(
        self, store: Store, tmp_path: Path
    ) -> None:
        """What was swept up stays swept up: nothing would lead to such a row any more."""
        epoch = await open_event(store)
        await store.sample(SALE, epoch, Sample(NOW, 1, 0, 0, 0, 1))
        await store.reset_event(SALE, NOW)
        while await store.purge(100, NOW):
            pass
        await store.sample(SALE, epoch, Sample(NOW, 1, 0, 0, 0, 1))
        with closing(sqlite3.connect(tmp_path / "store.db")) as db:
            assert db.execute("SELECT count(*) FROM samples").fetchone() == (0,)
