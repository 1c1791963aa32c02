"""``python -m bench``: measure, show, keep, judge."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import (
    calls,
    first_page,
    joins,
    limits,
    load,
    machine,
    memory,
    redis,
    report,
    scene,
    servers,
    upkeep,
    verify,
)
from bench.joins import Joining
from bench.limits import Row

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Measure everything; 1 if a limit is missed."""
    asked = _arguments()
    begun, about = report.now(), machine.facts()
    # Not /tmp: it may be in memory, where a durable write costs nothing.
    with tempfile.TemporaryDirectory(prefix="waitroom-bench-", dir="/var/tmp") as work:
        joining: list[Joining] = []
        rows = list(_rows(asked, Path(work), joining))
    found = report.Report(begun, about, _how(asked), rows, joining)
    report.show(found)
    if not asked.no_keep:
        print(f"kept in {report.keep(found, RESULTS)}")
    return int(not asked.no_fail and not all(row.kept for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs, no fresh clone")
    parser.add_argument("--pairs", type=int, help="runs of each side of a comparison (5; quick 2)")
    parser.add_argument("--seconds", type=int, help="length of a run (4; quick 1)")
    parser.add_argument("--no-fail", action="store_true", help="exit 0 even if a limit is missed")
    parser.add_argument("--no-keep", action="store_true", help="do not write bench/results")
    parser.add_argument("--only-redis", action="store_true", help="that part alone, not kept")
    parser.add_argument("--only-upkeep", action="store_true", help="the periodic work, not kept")
    parser.add_argument("--only-verify", action="store_true", help="checks of tokens, not kept")
    asked = parser.parse_args()
    asked.no_keep |= asked.only_redis or asked.only_upkeep or asked.only_verify
    asked.pairs = max(1, asked.pairs or (2 if asked.quick else 5))
    asked.seconds = max(1, asked.seconds or (1 if asked.quick else 4))
    return asked


def _how(asked: argparse.Namespace) -> str:
    return (
        f"Server on core {servers.SERVER_CORE}, wrk on core {load.LOAD_CORE} with"
        f" {load.CONNECTIONS} connections; ratios are medians of {asked.pairs} pairs of"
        f" {asked.seconds} s runs in turns, least and most in brackets."
    )


def _rows(asked: argparse.Namespace, work: Path, joining: list[Joining]) -> Iterator[Row]:
    pairs, seconds = asked.pairs, asked.seconds
    if asked.only_redis:
        yield from limits.of_redis(redis.measure(work / "shared", pairs, seconds))
        return
    if asked.only_upkeep:
        yield from _upkeep(work, seconds)
        return
    if asked.only_verify:
        yield from _checks(work, pairs, seconds)
        return
    data_dir = work / "calls"
    scene.prepare(data_dir)
    with servers.waitroom(data_dir) as server:
        for name in ("serving_num", "status"):
            _say(name)
            found = calls.shared(server, f"/api/{name}", work, pairs, seconds)
            yield limits.of_ratio(name, "bare", found, limits.SHARED_AT_LEAST)
        _say("assign_queue_num")
        found = calls.assign(server, work, pairs, seconds)
        yield limits.of_ratio(
            "assign_queue_num, durable", "bare POST", found, limits.ASSIGN_AT_LEAST
        )
        joining += joins.measure(server, data_dir, seconds)
        _say("generate_token")
        found = calls.tokens(server, data_dir, work, pairs, seconds)
        yield limits.of_ratio(
            "generate_token, RS256, three tokens", "signatures by 3", found, limits.TOKENS_AT_LEAST
        )
    yield from _checks(work, pairs, seconds)
    _say("memory")
    yield from limits.of_memory(memory.measure(work / "memory", 2 * seconds))
    _say("redis")
    yield from limits.of_redis(redis.measure(work / "shared", pairs, seconds))
    yield from _upkeep(work, seconds)
    if not asked.quick:
        _say("make run in a fresh clone")
        yield limits.of_first_page(first_page.measure(work))


def _checks(work: Path, pairs: int, seconds: int) -> Iterator[Row]:
    _say("/verify, nginx in front of it, the ASGI wrapper")
    data_dir = work / "checks"
    scene.prepare(data_dir)
    with servers.waitroom(data_dir) as server:
        yield from limits.of_checks(verify.measure(server, data_dir, work, pairs, seconds))
    yield limits.of_wrapper(verify.wrapper(pairs))


def _upkeep(work: Path, seconds: int) -> Iterator[Row]:
    _say("sweeps and inlets")
    for found in upkeep.measure(work / "upkeep", 5 * seconds):
        yield from limits.of_upkeep(found)


def _say(text: str) -> None:
    print(f"measuring {text} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
