"""What ``waitroom doctor`` looks at in a Redis or Valkey store.

What belongs here: what may lose a line or stop one, judged from what the servers say
(``store/redis_facts.py``), with the command that mends it. What must change with it:
``docs/scaling.md``, which explains what each way of running can lose.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from waitroom.cli.finding import Finding
from waitroom.cli.ports import is_loopback
from waitroom.errors import WaitroomError
from waitroom.settings import Settings
from waitroom.store.redis_url import Target, parse, spelled

if TYPE_CHECKING:
    from waitroom.store.redis_facts import Facts, NodeFacts

OLDEST: Final = 7  # major version of Redis; every Valkey is newer
CLOCK_SLACK: Final = 2.0  # s
SLOW: Final = 0.010  # s for a round trip; each batch of joins waits for one
ALL_SLOTS: Final = 16_384
ENOUGH_SENTINELS: Final = 3


def examine_redis(settings: Settings) -> Iterator[Finding]:
    """Look at each server of a shared store, and at the way to it."""
    try:
        from waitroom.store.redis_facts import redis_facts  # noqa: PLC0415 - the driver is optional
    except ModuleNotFoundError as error:
        fix = "pip install 'waitroom[server,redis]'"
        yield Finding("fail", "driver", f"the library {error.name} is not installed", fix)
        return
    try:
        options = settings.store_options
        target = parse(settings.store, options)
        facts = asyncio.run(redis_facts(target, options))
    except WaitroomError as error:
        yield Finding("fail", "server", str(error), "See docs/errors.md about " + error.code)
        return
    yield from judge(settings, target, facts)


def judge(settings: Settings, target: Target, facts: Facts) -> Iterator[Finding]:
    """The findings that follow from ``facts``."""
    yield from _way(target)
    for address, why in facts.silent.items():
        fix = "Is it up, and reached from here?"
        if "--store-" in why:  # it answers, and why says what it wants
            fix = "See docs/security.md about users, passwords and TLS."
        if target.kind == "sentinel" and address in map(spelled, target.addresses):
            fix += " A Sentinel's password is in --sentinel-password-file."
        yield Finding("fail", "server", f"{address}: {why}", fix)
    if target.kind == "sentinel":
        yield from _sentinels(facts)
    if facts.cluster_state:
        yield _cluster(facts)
    for node in facts.nodes:
        yield from _node(settings, target, node)


def _way(target: Target) -> Iterator[Finding]:
    elsewhere = [host for host, _ in target.addresses if not is_loopback(host)]
    if not elsewhere:
        return
    if not target.tls:
        fix = "Use rediss:// with --store-ca-file, or a network that nobody else is in."
        yield Finding("warn", "way to the store", f"no TLS to {elsewhere[0]}", fix)
    if not target.password:
        fix = "Give Waitroom a user of its own (docs/security.md) and --store-password-file."
        yield Finding("warn", "way to the store", f"no password for {elsewhere[0]}", fix)


def _sentinels(facts: Facts) -> Iterator[Finding]:
    told = facts.sentinels
    if not told:
        return  # each that is silent has been named
    primaries = {sentinel.primary for sentinel in told}
    known = max(sentinel.others for sentinel in told) + 1
    quorum = max(sentinel.quorum for sentinel in told)
    if len(primaries) > 1:
        found = "they name different primaries: " + ", ".join(sorted(primaries))
        yield Finding("fail", "Sentinels", found, "Wait for the failover to end, and look again.")
    if len(told) < max(quorum, known // 2 + 1):
        found = f"{len(told)} of {known} answer here, a failover needs {quorum} and a majority"
        yield Finding("fail", "Sentinels", found, "Name all of them in the URL; start the others.")
    elif known < ENOUGH_SENTINELS:
        fix = "Run three, on machines that do not fail together."
        yield Finding("warn", "Sentinels", f"only {known}: losing one stops failovers", fix)
    else:
        yield Finding("ok", "Sentinels", f"{len(told)} of {known} answer, quorum {quorum}")
    if not any(sentinel.replicas for sentinel in told):
        fix = "Add a replica; without one there is nothing to fail over to."
        yield Finding("fail", "Sentinels", "they know of no replica", fix)


def _cluster(facts: Facts) -> Finding:
    if facts.cluster_state == "ok" and facts.slots == ALL_SLOTS:
        return Finding("ok", "cluster", f"serves all slots with {len(facts.nodes)} primaries")
    found = f"state {facts.cluster_state}, {facts.slots} of {ALL_SLOTS} slots served"
    return Finding("fail", "cluster", found, "redis-cli --cluster check says what is missing.")


def _node(settings: Settings, target: Target, node: NodeFacts) -> Iterator[Finding]:
    yield _version(node)
    if node.role != "master":
        fix = "Name the primary, or use redis+sentinel:// to have it found."
        yield Finding("fail", "role", f"{node.address} is a replica and takes no writes", fix)
    yield _eviction(node)
    yield _persistence(node)
    yield _replicas(settings, target, node)
    if abs(node.clock_ahead) > CLOCK_SLACK:
        found = f"{node.address} and this machine are {abs(node.clock_ahead):.1f} s apart"
        fix = "Set both clocks (timedatectl set-ntp true)."
        yield Finding("warn", "clock and store", found, fix)


def _version(node: NodeFacts) -> Finding:
    found = f"{node.address}: {node.server} {node.version}, {node.round_trip * 1000:.1f} ms away"
    major = re.match(r"\d+", node.version)
    if node.server == "Redis" and major and int(major[0]) < OLDEST:
        return Finding("fail", "server", found, f"Upgrade to Redis {OLDEST}.0 or Valkey.")
    if node.round_trip > SLOW:
        return Finding("warn", "server", found, "Move it closer: each batch of joins waits for it.")
    return Finding("ok", "server", found)


def _eviction(node: NodeFacts) -> Finding:
    limit = f"{node.maxmemory / 1e6:.0f} MB" if node.maxmemory else "no limit"
    found = f"{node.address}: {node.maxmemory_policy}, {limit}"
    if node.maxmemory_policy == "noeviction":
        return Finding("ok", "eviction", found)
    fix = "CONFIG SET maxmemory-policy noeviction: else lines vanish when memory is short."
    return Finding("fail", "eviction", found, fix)


def _persistence(node: NodeFacts) -> Finding:
    fix = "CONFIG SET appendonly yes, and the same in its configuration file."
    if node.aof and node.appendfsync == "no":
        found = f"{node.address}: AOF, flushed when the system likes: a crash loses 30 s or so"
        return Finding("warn", "persistence", found, "CONFIG SET appendfsync everysec")
    if node.aof:
        how = {"always": "each write", "everysec": "every second"}.get(node.appendfsync or "", "")
        return Finding("ok", "persistence", f"{node.address}: AOF" + f", flushed {how}" * bool(how))
    if node.rdb is None:
        found = f"{node.address}: no AOF, and it does not tell about snapshots (CONFIG GET save)"
        return Finding("warn", "persistence", found, fix)
    if node.rdb:
        found = f"{node.address}: snapshots only: a crash loses all since the last, often minutes"
        return Finding("warn", "persistence", found, fix)
    return Finding(
        "fail",
        "persistence",
        f"{node.address}: neither AOF nor snapshots: a restart loses all",
        fix,
    )


def _replicas(settings: Settings, target: Target, node: NodeFacts) -> Finding:
    found = f"{node.address}: {node.replicas} connected"
    if settings.join_durability == "replicated":
        if node.replicas >= settings.join_replicas > (node.min_replicas or 0):
            fix = f"CONFIG SET min-replicas-to-write {settings.join_replicas}"
            late = f"{found}, but joins are refused only after they are counted: gaps in the line"
            return Finding("warn", "replicas", late, fix)
        if node.replicas >= settings.join_replicas:
            return Finding("ok", "replicas", f"{found}, joins wait for {settings.join_replicas}")
        fix = "Start them: until then every join is refused. Or set --join-durability memory."
        wanted = f"{found}, join_replicas wants {settings.join_replicas}"
        return Finding("fail", "replicas", wanted, fix)
    if target.kind != "single" and not node.replicas:
        fix = "Add a replica: nothing takes over from this one."
        return Finding("warn", "replicas", found, fix)
    if target.kind != "single" and node.min_replicas == 0:
        fix = "CONFIG SET min-replicas-to-write 1 and min-replicas-max-lag 3"
        alone = f"{found}, but it goes on alone: cut off, it takes joins that a failover forgets"
        return Finding("warn", "replicas", alone, fix)
    return Finding("ok", "replicas", found)
