"""Whatever is done to a store in whatever order, it does what the plain model does."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from machine import StoreMachine
from waitroom.store import Store, open_store


class SqliteMachine(StoreMachine):
    """On a real file."""

    def open_empty(self) -> Store:
        self.directory = Path(tempfile.mkdtemp(prefix="waitroom-random-"))
        return open_store(f"sqlite://{self.directory}/store.db")

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.directory)


TestSqliteMachine = pytest.mark.slow(SqliteMachine.TestCase)
TestSqliteMachine.settings = settings(
    max_examples=120,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
