"""The limits, and what a measurement has to say to keep them.

What belongs here: every number that the project promises about speed and size. What must change
with it: ``docs/performance.md``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from bench.memory import Memory
from bench.ratios import Ratio
from bench.redis import OnRedis
from bench.upkeep import EVENTS, PLACES, STEPS, Upkeep
from bench.verify import VISITORS, Checks, Wrapper

SHARED_AT_LEAST: Final = 0.80  # of a bare application that answers the same bytes
ASSIGN_AT_LEAST: Final = 0.60  # of a bare application that reads the same POST
TOKENS_AT_LEAST: Final = 0.70  # of what the core can sign, by three
VERIFY_AT_LEAST: Final = 0.50  # of a bare application that answers the same headers
NGINX_AT_LEAST: Final = 0.80  # requests through nginx that asks, of checks asked for directly
WRAPPER_AT_MOST: Final = 60.0  # us that the ASGI wrapper adds to a request
REST_AT_MOST: Final = 120.0  # MiB of a worker at rest
GROWTH_AT_MOST: Final = (
    4.0  # MiB from ten thousand to a million: 4 bytes a visitor, allocator noise
)
FIRST_PAGE_AT_MOST: Final = 60.0  # s
REDIS_JOINS_AT_LEAST: Final = 0.90  # of the same worker on SQLite
REDIS_COMMANDS_AT_MOST: Final = 60.0  # for 1,000 joins under load
REDIS_POLLS_AT_MOST: Final = 1.5  # commands/s at saturation, of those that one visitor causes
REDIS_GROWTH_AT_MOST: Final = 2**20  # bytes from 1,000 waiting visitors to 1,000,000
SWEEP_AT_MOST: Final = 20.0  # ms with 1,000,000 outstanding places in 7,200 steps
INLETS_AT_MOST: Final = 0.25  # of a core for 1,000 events, each with a step each second
STEPS_AT_LEAST: Final = 0.98  # of those that fall into the time


class Row(msgspec.Struct, frozen=True):
    """One line of the result: what, how much, beside what, the limit, and whether it is kept."""

    what: str
    figure: str
    against: str
    limit: str
    kept: bool


def of_ratio(what: str, yardstick: str, found: Ratio, at_least: float) -> Row:
    """A comparison."""
    spread = f"{found.middle:.2f} ({found.least:.2f} to {found.most:.2f})"
    against = f"{found.ours:,.0f}/s beside {found.theirs:,.0f}/s {yardstick}"
    return Row(what, spread, against, f"at least {at_least:.2f}", found.middle >= at_least)


def of_memory(found: Memory) -> list[Row]:
    """A worker's memory at rest, and its growth with the line."""
    line = f"{found.visitors_before:,} and {found.visitors_after:,} waiting"
    growth = f"{found.before:.1f} and {found.after:.1f} MiB at {line}"
    store = f"store {found.store_before:.2f} and {found.store_after:.2f} MiB"
    return [
        Row(
            "memory of a public worker at rest",
            f"{found.at_rest:.1f} MiB",
            "",
            f"under {REST_AT_MOST:.0f} MiB",
            found.at_rest < REST_AT_MOST,
        ),
        Row(
            "its growth from a short line to a long one",
            f"{found.growth:+.1f} MiB",
            f"{growth}; {store}",
            f"at most {GROWTH_AT_MOST:.0f} MiB",
            found.growth <= GROWTH_AT_MOST and found.after < REST_AT_MOST,
        ),
    ]


def of_first_page(seconds: float) -> Row:
    """A newcomer's wait."""
    return Row(
        "make run in a fresh clone, to the first page",
        f"{seconds:.1f} s",
        "package caches warm",
        f"under {FIRST_PAGE_AT_MOST:.0f} s",
        seconds < FIRST_PAGE_AT_MOST,
    )


def of_redis(found: OnRedis) -> list[Row]:
    """A worker on Redis, and what it asks of Redis."""
    few, many = found.polls[0], max(found.polls)
    ratio = many[1] / few[1]
    return [
        of_ratio("joins on Redis", "on SQLite", found.joins, REDIS_JOINS_AT_LEAST),
        Row(
            "Redis commands for 1,000 joins, 512 connections",
            f"{found.sent[512]:.1f}",
            f"{found.done[512]:.1f} with those inside scripts; at 64 connections"
            f" {found.sent[64]:.1f} and {found.done[64]:.1f},"
            f" {found.batch_cost:.0f} us of Redis a batch",
            f"at most {REDIS_COMMANDS_AT_MOST:.0f}",
            found.done[512] <= REDIS_COMMANDS_AT_MOST,
        ),
        Row(
            "Redis commands/s at saturation of polls, by those at a few",
            f"{ratio:.2f}",
            "; ".join(f"{polls:,.0f} polls/s: {done:.0f}" for polls, done in found.polls),
            f"at most {REDIS_POLLS_AT_MOST:.1f}",
            ratio <= REDIS_POLLS_AT_MOST,
        ),
        Row(
            "growth of Redis, 1,000 to 1,000,000 waiting",
            f"{found.memory / 1024:.0f} KiB",
            "arrived within ten minutes",
            "under 1 MiB",
            found.memory < REDIS_GROWTH_AT_MOST,
        ),
    ]


def of_checks(found: Checks) -> list[Row]:
    """Checks by gateways."""
    ratio = of_ratio(
        f"/verify, RS256, {VISITORS:,} visitors in turn, each seen before",
        "bare",
        found.bare,
        VERIFY_AT_LEAST,
    )
    cost = f"{found.first:.0f} us of the worker for a token's first check, {found.again:.0f} after"
    return [
        msgspec.structs.replace(ratio, against=f"{ratio.against}; {cost}"),
        of_ratio("nginx with auth_request", "/verify itself", found.nginx, NGINX_AT_LEAST),
    ]


def of_wrapper(found: Wrapper) -> Row:
    """The gate inside of a site."""
    return Row(
        "the ASGI wrapper, RS256, key at hand",
        f"{found.added:.0f} us",
        f"{found.added / found.bare_verification:.1f} times one RSA verification"
        f" ({found.bare_verification:.0f} us)",
        f"under {WRAPPER_AT_MOST:.0f} us",
        found.added < WRAPPER_AT_MOST,
    )


def of_upkeep(found: Upkeep) -> list[Row]:
    """A control plane's periodic work on one store."""
    return [
        Row(
            f"expiry sweep on {found.store}, {PLACES:,} places in {STEPS:,} steps",
            f"{found.sweep:.1f} ms",
            f"each moves over one step; the slowest {found.worst:.1f} ms",
            f"under {SWEEP_AT_MOST:.0f} ms",
            found.sweep < SWEEP_AT_MOST,
        ),
        Row(
            f"inlets of {EVENTS:,} events on {found.store}, a step a second each",
            f"{found.core:.0%} of a core",
            f"{found.made:.2f} steps a second and event",
            f"under {INLETS_AT_MOST:.0%}",
            found.core < INLETS_AT_MOST and found.made >= STEPS_AT_LEAST,
        ),
    ]
