"""Whatever is done to a Redis store in whatever order, it does what the plain model does."""

from collections.abc import Iterator
from typing import ClassVar

import key_leaks
import pytest
from hypothesis import HealthCheck, settings
from redis_servers import Server

from machine import StoreMachine
from waitroom.store import Store, StoreOptions, open_store


class RedisMachine(StoreMachine):
    """On a real server, emptied before each run."""

    server: ClassVar[Server]

    def open_empty(self) -> Store:
        self.server.call("FLUSHALL")
        return open_store(self.server.url, StoreOptions(failover_gap=0))

    def teardown(self) -> None:
        super().teardown()
        key_leaks.check(self.server)


@pytest.fixture(scope="session")
def machine_server(redis_server: Server) -> Iterator[None]:
    """The server on which the machine runs."""
    RedisMachine.server = redis_server
    yield
    del RedisMachine.server


@pytest.mark.slow
@pytest.mark.usefixtures("machine_server")
class TestRedisMachine(RedisMachine.TestCase):  # type: ignore[misc, valid-type] # made by hypothesis
    """The random test."""

    settings = settings(
        max_examples=60,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
