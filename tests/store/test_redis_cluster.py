"""The random test and the races again, on a cluster of three primaries."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import key_leaks
import pytest
from hypothesis import HealthCheck, settings
from invariants import check_fifo, check_once, check_unique, join_and_kill, make_event, race
from redis_servers import Server
from test_invariants_redis import KEYS, audited

from machine import StoreMachine
from scene import NOW, SALE, counters, line_of, open_event
from waitroom.store import Store, StoreOptions, open_store


def emptied(nodes: list[Server]) -> str:
    """The URL of the cluster, with nothing in it."""
    for node in nodes:
        node.call("FLUSHALL")
    return f"redis+cluster://{nodes[0].host}:{nodes[0].port},{nodes[1].host}:{nodes[1].port}"


@pytest.fixture
def url(redis_cluster: list[Server]) -> str:
    """An empty cluster."""
    return emptied(redis_cluster)


class ClusterMachine(StoreMachine):
    """On a real cluster, emptied before each run."""

    nodes: ClassVar[list[Server]]

    def open_empty(self) -> Store:
        return open_store(emptied(self.nodes), StoreOptions(failover_gap=0))

    def teardown(self) -> None:
        super().teardown()
        key_leaks.check(*self.nodes)


@pytest.fixture(scope="session")
def machine_nodes(redis_cluster: list[Server]) -> Iterator[None]:
    """The cluster on which the machine runs."""
    ClusterMachine.nodes = redis_cluster
    yield
    del ClusterMachine.nodes


@pytest.mark.slow
@pytest.mark.usefixtures("machine_nodes")
class TestClusterMachine(ClusterMachine.TestCase):  # type: ignore[misc, valid-type] # by hypothesis
    """The random test."""

    settings = settings(
        max_examples=40,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@pytest.mark.slow
async def test_unique_fifo_and_durable_under_kill_9(
    url: str, tmp_path: Path, opened: Callable[[str], Store]
) -> None:
    """`unique`, `fifo`, `durable`: four processes join, one after the other is killed."""
    await make_event(url)
    answers = join_and_kill(url, tmp_path / "logs")
    check_unique(answers)
    check_fifo(answers)
    after = await opened(url).join(SALE, 1, NOW)
    assert after.first > max(answer.last for answer in answers)


@pytest.mark.slow
async def test_exact_and_once_in_a_race(
    url: str, redis_cluster: list[Server], opened: Callable[[str], Store]
) -> None:
    """`exact`, `once`, `bounded`: hundreds of calls from 24 tasks in four processes."""
    people = 60
    store = opened(url)
    epoch = await open_event(store)
    await line_of(store, people)
    [node] = [one for one in redis_cluster if KEYS.event in one.call("KEYS", "*")]
    with audited(node) as audit:
        given = race(url, epoch, people)
    check_once(given, people)
    admitted = list(audit.admissions())
    assert sorted(position for position, _ in admitted) == list(range(1, people + 1))
    assert [row for row in admitted if row[0] > row[1]] == []
    assert (await counters(store)).tokens == people
