"""Real servers that the store's tests share; started once, when a test first asks."""

from collections.abc import Iterator

import pytest
from redis_servers import Server, cluster, server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server; a test that wants it empty says FLUSHALL."""
    with server(tmp_path_factory.mktemp("redis")) as one:
        yield one


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Three primaries."""
    with cluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes
