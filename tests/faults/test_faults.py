"""Whatever dies or is cut off, no visitor loses their place, and service is back in seconds.

Each test strikes a deployment of four public workers on two hosts, three Redis and three Sentinels
under continuous joins, polls and token calls. After each: every position that was ever answered is
unique, every ticket opens with its number, no token is for a position above the counter, no
visitor saw a counter go back, and visitors met nothing worse than 503 and broken connections.
"""

from typing import Final

import pytest

from faults.deployment import ROOMS, STORES
from faults.ledger import STALE
from faults.scene import Scene, Trial
from waiting import wait_until
from waitroom.store.redis_routes import RECHECK_SECONDS
from waitroom.store.redis_wire import CONNECT_SECONDS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

# For so many seconds workers may follow different primaries, each with a view of its own.
TWO_PRIMARIES: Final = RECHECK_SECONDS + CONNECT_SECONDS + STALE
memory = pytest.mark.parametrize("scene", ["memory"], indirect=True)
both = pytest.mark.parametrize("scene", ["memory", "replicated"], indirect=True)


@memory
async def test_a_worker_is_killed(scene: Scene) -> None:
    """kill -9 of one of four workers."""
    async with scene.trial("kill -9 a worker") as trial:
        victim = scene.deployment.plane("a").workers()[0]
        await trial.strike(victim.kill)
        await trial.back()


@memory
async def test_a_host_is_killed(scene: Scene) -> None:
    """kill -9 of all processes of one of two hosts: the other goes on alone."""
    async with scene.trial("kill a host (all its processes)") as trial:
        await trial.strike(lambda: scene.deployment.kill_host("a"))
        await trial.back(hosts=("b",))


@both
async def test_the_primary_is_killed(scene: Scene) -> None:
    """kill -9 of the primary: Sentinel makes a replica the primary."""
    async with scene.trial("kill -9 the primary, Sentinel failover") as trial:
        primary = scene.deployment.primary()
        await trial.strike(scene.deployment.stores[primary].kill)
        await trial.back()
    assert scene.deployment.primary() != primary


@memory
async def test_the_workers_lose_the_primary(scene: Scene, cuts: None) -> None:
    """No packet between workers and primary for 5 s; Sentinel sees nothing wrong with it."""
    network = scene.deployment.network
    async with scene.trial("primary cut off from all workers for 5 s") as trial:
        primary = scene.deployment.primary()
        await trial.strike(lambda: network.cut(ROOMS, primary))
        await trial.lasts(5)
        await trial.then(network.mend)
        await trial.back()
    assert scene.deployment.primary() == primary


@both
async def test_the_primary_loses_its_replicas(scene: Scene, cuts: None) -> None:
    """The primary is cut off from replicas and Sentinels, but workers still reach it."""
    deployment, network = scene.deployment, scene.deployment.network
    fault = "primary cut off from its replicas, not from workers, for 8 s"
    # In memory durability both primaries give out places for a moment: none twice, but those of the
    # old one are lower.
    spared = ["overtaken"] if scene.durability == "memory" else []
    async with scene.trial(fault, spared=spared, apart=TWO_PRIMARIES) as trial:
        primary = deployment.primary()
        others = [host for host in STORES if host != primary]
        await trial.strike(lambda: network.cut(primary, others))
        await wait_until(lambda: deployment.primary() != primary, description="there are two")
        await trial.lasts(8)
        await trial.back()
        await trial.then(network.mend)
        await trial.back()


@memory
async def test_half_of_the_hosts_are_cut_off(scene: Scene, cuts: None) -> None:
    """Workers and the old primary on one side, Sentinel's majority on the other, for 20 s.

    Longer than the safety gap, and the old primary goes on taking whatever it is sent: the workers
    on its side must have stopped, since they hear too few Sentinels.
    """
    deployment, network = scene.deployment, scene.deployment.network
    spared = ["overtaken", "went back", "token too early"]
    async with scene.trial("network cut in two halves for 20 s", spared=spared) as trial:
        primary = deployment.primary()
        rest = ["b", *(host for host in STORES if host != primary)]
        await trial.strike(lambda: network.cut(["a", primary], rest))
        await trial.lasts(20)
        await trial.then(network.mend)
        await trial.back()


@both
async def test_the_primary_dies_with_its_last_second(scene: Scene, cuts: None) -> None:
    """What the primary took in its last second reached no replica; half of those who know die."""
    deployment = scene.deployment
    fault = "primary and a host die, last second not replicated"
    # Joins of the last moment that only the dead had heard of are missing from the queue counter,
    # until the first join after it skips the safety gap.
    async with scene.trial(fault, spared=["went back"]) as trial:
        primary = deployment.primary()
        others = [host for host in STORES if host != primary]
        await trial.strike(lambda: deployment.network.cut(primary, others))
        await trial.lasts(1)
        await trial.then(lambda: deployment.kill_all([primary, "a"]))
        await trial.back(hosts=("b",))
    assert deployment.primary() != primary


@memory
async def test_the_primary_is_unplugged(scene: Scene, cuts: None) -> None:
    """The primary's host is cut off from everybody: no connection is closed, nobody answers."""
    network = scene.deployment.network
    async with scene.trial("primary cut off from everybody") as trial:
        primary = scene.deployment.primary()
        others = [host for host in (*ROOMS, *STORES) if host != primary]
        await trial.strike(lambda: network.cut(primary, others))
        await trial.back()


@memory
async def test_everything_is_flushed(scene: Scene) -> None:
    """FLUSHALL: definition, counters, sessions and keys are gone, on the replicas too."""
    async with scene.trial("FLUSHALL") as trial:
        primary = scene.deployment.stores[scene.deployment.primary()]
        await trial.strike(lambda: primary.call("FLUSHALL"))
        await trial.back()


@both
async def test_everything_is_restarted(scene: Scene) -> None:
    """kill -9 of every process on every host, then all are started at once."""
    deployment = scene.deployment

    def restart() -> None:
        deployment.kill_all()
        deployment.start()

    async with scene.trial("kill -9 and restart everything", all_tickets=True) as trial:
        await trial.strike(restart)
        await trial.back()


@memory
async def test_the_whole_store_is_lost(scene: Scene) -> None:
    """Everything dies and no Redis has a byte left: the operator brings the line back by file."""
    deployment = scene.deployment

    def bring_back() -> None:
        deployment.start_stores()
        [(newest, _queue), *_] = deployment.last_seen()
        deployment.run("restore-counters", "--from", str(newest), "--yes")
        deployment.start()

    def is_ahead(trial: Trial) -> bool:
        """A plane that has just been started has to write first, and to see how fast people come:
        until then the file is of those before it, or has room for few."""
        return any(queue >= trial.soon for _file, queue in deployment.last_seen()[:1])

    fault = "the whole store and all workers lost, restore-counters"
    # The file is a few seconds old, and with it how far people had been let in; no place is lost.
    spared = ["went back", "token too early"]
    async with scene.trial(fault, all_tickets=True, spared=spared) as trial:
        await wait_until(lambda: is_ahead(trial), description="the file is ahead", timeout=30)
        await trial.strike(deployment.lose_everything)
        await trial.then(bring_back)
        await trial.back()
