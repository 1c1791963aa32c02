"""The keys are fetched when needed, seldom, once for all, and used while they may be."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from waitroom.authorizer import JwksCache
from waitroom.errors import BadConfiguration, KeysUnavailable

from . import made

URL = "https://queue.example/oidc/sample/.well-known/jwks.json"


class Server:
    """A key set to be fetched, a clock to be moved, and the work that waits to be done."""

    def __init__(self) -> None:
        self.kinds: tuple[str, ...] = ("rsa",)
        self.now = 1000.0
        self.fetches = 0
        self.broken: Exception | None = None
        self.waiting: list[Callable[[], None]] = []

    def fetch(self, url: str, timeout: float) -> bytes:
        """Answer one fetch."""
        assert url == URL
        assert timeout == 5
        self.fetches += 1
        if self.broken:
            raise self.broken
        return json.dumps(made.jwks(*self.kinds)).encode()

    def cache(self, *, later: bool = False, **more: Any) -> JwksCache:
        """A cache of it; ``later`` leaves fetches waiting until ``work``."""
        start = self.waiting.append if later else (lambda work: work())
        options: dict[str, Any] = {"fetch": self.fetch, "start": start} | more
        return JwksCache(URL, clock=lambda: self.now, **options)

    def work(self) -> None:
        """Do the work that waits."""
        while self.waiting:
            self.waiting.pop()()


@pytest.fixture
def server() -> Server:
    """A server with one key."""
    return Server()


def kids(cache: JwksCache) -> set[str]:
    """The key IDs at hand."""
    keys = cache.cached()
    return set(keys.kids) if keys else set()


def test_nothing_is_fetched_before_it_is_needed(server: Server) -> None:
    """Making a cache, or looking into an empty one, asks nobody."""
    assert server.cache().cached() is None
    assert server.fetches == 0


def test_fetched_once_and_kept(server: Server) -> None:
    """After the first fetch the keys are at hand, parsed once."""
    cache = server.cache()
    first = cache.newer()
    server.now += 299
    assert first is cache.cached()
    assert server.fetches == 1


def test_renewed_in_the_background(server: Server) -> None:
    """Keys over max_age are used on while one renewal runs, then the new ones are."""
    cache = server.cache(later=True, start=server.waiting.append)
    cache._join()
    server.work()
    server.kinds = ("ec",)
    server.now += 300
    assert [kids(cache) for _ in range(5)] == [{"rsa"}] * 5
    assert len(server.waiting) == 1
    server.work()
    assert kids(cache) == {"ec"}


def test_random_kids_cost_one_fetch(server: Server) -> None:
    """Ten thousand unknown kids within the floor cause one fetch, and one more after it."""
    cache = server.cache()
    for _ in range(10_000):
        cache.newer()
    assert server.fetches == 1
    server.now += 9.9
    cache.newer()
    assert server.fetches == 1
    server.now += 0.1
    for _ in range(10_000):
        cache.newer()
    assert server.fetches == 2


def test_rotation_is_noticed(server: Server) -> None:
    """A kid made after the last fetch is found by the next one, long before max_age."""
    cache = server.cache()
    assert cache.newer()
    server.kinds = ("rsa", "rsa-other")
    server.now += 10
    newer = cache.newer()
    assert newer is not None
    assert newer.kids == {"rsa", "rsa-other"}


@pytest.mark.parametrize(
    "broken", [KeysUnavailable("The key set's server answered 500."), OSError("no route")]
)
def test_stale_keys_serve_while_the_source_is_down(
    server: Server, caplog: pytest.LogCaptureFixture, broken: Exception
) -> None:
    """Keys stay in use up to the stale limit; each failure is one warning."""
    cache = server.cache()
    cache.newer()
    server.broken = broken
    server.now += 300
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            assert kids(cache) == {"rsa"}
    assert server.fetches == 2
    assert len(caplog.records) == 1
    server.now += 86400 - 300 - 1
    assert kids(cache) == {"rsa"}
    server.now += 1
    assert cache.cached() is None
    assert cache.newer() is None
    server.broken = None
    server.now += 10
    assert cache.newer() is not None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 60_000, b'{"keys": []}'])
def test_a_bad_answer_is_no_answer(server: Server, body: bytes) -> None:
    """What is not a key set neither crashes nor replaces the keys at hand."""
    cache = server.cache(fetch=lambda url, timeout: body)
    assert cache.newer() is None
    assert cache.cached() is None


def test_failed_first_fetch_is_tried_again(server: Server) -> None:
    """After a failed first fetch there are no keys until the floor has passed."""
    server.broken = OSError("down")
    cache = server.cache()
    assert cache.newer() is None
    server.broken = None
    assert cache.newer() is None
    server.now += 10
    assert cache.newer() is not None


def test_no_thread_to_be_had(server: Server) -> None:
    """If no thread can be started the fetch has failed, and the next one is tried in time."""

    def exhausted(work: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    cache = server.cache(start=exhausted)
    assert cache.newer() is None
    server.now += 10
    assert cache.newer() is None


def test_threads_share_one_fetch(server: Server) -> None:
    """Callers in many threads wait for one fetch and all get its keys."""
    gate = threading.Event()
    arrived = threading.Barrier(9)

    def slow(url: str, timeout: float) -> bytes:
        assert gate.wait(10)
        return server.fetch(url, timeout)

    cache = JwksCache(URL, fetch=slow)

    def caller() -> bool:
        arrived.wait(10)
        return cache.newer() is not None

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(caller) for _ in range(8)]
        arrived.wait(10)
        gate.set()
        assert all(one.result(10) for one in waiting)
    assert server.fetches == 1


async def test_tasks_share_one_fetch(server: Server) -> None:
    """A thousand tasks wait for one fetch; those that give up do not spoil it for the others."""
    cache = server.cache(later=True)
    tasks = [asyncio.create_task(cache.newer_async()) for _ in range(1000)]
    await asyncio.sleep(0)
    assert len(server.waiting) == 1
    for task in tasks[:500]:
        task.cancel()
    await asyncio.sleep(0)
    server.work()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(one, asyncio.CancelledError) for one in results) == 500
    assert all(one is cache.cached() for one in results[500:])
    assert server.fetches == 1


async def test_a_fetch_that_hangs_is_not_waited_for(server: Server) -> None:
    """A fetch that never ends holds a caller for a bounded time."""
    cache = server.cache(later=True)
    cache._patience = 0.01
    assert await cache.newer_async() is None
    assert cache.newer() is None
    server.work()
    assert cache.cached() is not None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "queue.example",
        "file:///etc/passwd",
        "ftp://queue.example/",
        "https://",
        "https://[",
        "https://user:secret@queue.example/",
        "https://queue.example:port/",
    ],
)
def test_only_http_urls(url: str) -> None:
    """A URL of another scheme, without host or with credentials is refused, and not repeated."""
    with pytest.raises(BadConfiguration) as caught:
        JwksCache(url)
    assert "secret" not in str(caught.value)
