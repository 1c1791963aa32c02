"""``/metrics`` on the control plane: who may see it, also while the store is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from observe.test_failures import ask
from store.redis_servers import server
from waitroom.control.metrics import TRUSTED, WithMetrics, clock_ahead
from waitroom.errors import StoreUnavailable
from waitroom.observe.exposition import Scrape
from waitroom.runtime import Runtime, open_runtime
from waitroom.settings import Settings


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    """A deployment of its own."""
    async with open_runtime(Settings(data_dir=tmp_path, algorithm="ES256")) as opened:
        yield opened


@pytest.fixture
def now() -> list[float]:
    """The time in seconds, to be moved on."""
    return [100.0]


@pytest.fixture
def door(runtime: Runtime, now: list[float]) -> WithMetrics:
    """What stands in front of the pages."""

    async def pages(*_request: object) -> None:
        raise AssertionError("this was for the metrics")

    return WithMetrics(pages, Scrape(None), runtime, clock=lambda: now[0])


async def key_of(runtime: Runtime, *scopes: str) -> tuple[str, str]:
    """A new key with these scopes, and its ID."""
    made = await runtime.api_keys.create("of a test", scopes)
    assert made is not None
    return made.key, made.key_id


def away(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> None:
    """From now on the store cannot be asked for keys."""

    async def fails(_key_id: str) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(runtime.store, "api_key", fails)


async def test_who_may(runtime: Runtime, door: WithMetrics) -> None:
    """``read`` and ``admin``; others are told that they may not."""
    for scopes, status in (
        (["read"], 200),
        (["admin"], 200),
        (["session"], 403),
        (["operate"], 403),
    ):
        key, _ = await key_of(runtime, *scopes)
        assert (await ask(door, "GET", "/metrics", key=key))[0] == status
    assert (await ask(door, "GET", "/metrics", key="wr_nobody_x"))[0] == 401
    assert (await ask(door, "GET", "/metrics", key=""))[0] == 401


async def test_while_the_store_is_away_who_was_known_is_let_in(
    runtime: Runtime, door: WithMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is when the numbers are needed most; a key never seen before is not guessed at."""
    known, _ = await key_of(runtime, "read")
    unknown, _ = await key_of(runtime, "read")
    assert (await ask(door, "GET", "/metrics", key=known))[0] == 200
    away(monkeypatch, runtime)
    assert (await ask(door, "GET", "/metrics", key=known))[0] == 200
    assert (await ask(door, "GET", "/metrics", key=unknown))[0] == 503
    assert (await ask(door, "GET", "/metrics", key=known + "x"))[0] == 503


async def test_trust_ends(
    runtime: Runtime, door: WithMetrics, now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten minutes, and at once when the store says that the key was revoked."""
    key, key_id = await key_of(runtime, "read")
    other, _ = await key_of(runtime, "read")
    for one in (key, other):
        assert (await ask(door, "GET", "/metrics", key=one))[0] == 200
    await runtime.api_keys.revoke(key_id)
    assert (await ask(door, "GET", "/metrics", key=key))[0] == 401
    away(monkeypatch, runtime)
    assert (await ask(door, "GET", "/metrics", key=key))[0] == 503
    assert (await ask(door, "GET", "/metrics", key=other))[0] == 200
    now[0] += TRUSTED + 1
    assert (await ask(door, "GET", "/metrics", key=other))[0] == 503


async def test_the_clock_of_a_file_is_ours(runtime: Runtime) -> None:
    """There is nothing to compare with."""
    assert await clock_ahead(runtime) is None


async def test_the_clock_of_a_redis(tmp_path: Path) -> None:
    """On this very machine, it is the same but for the way there."""
    with server(tmp_path / "redis") as redis:
        settings = Settings(data_dir=tmp_path / "data", store=redis.url, algorithm="ES256")
        async with open_runtime(settings) as runtime:
            ahead = await clock_ahead(runtime)
    assert ahead is not None
    assert abs(ahead) < 0.5
