"""The invariants of the design on Redis: many processes, one server, kill -9."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from invariants import (
    check_fifo,
    check_never_more,
    check_once,
    check_resets_are_quick,
    check_unique,
    crowd_the_door,
    join_and_kill,
    make_event,
    race,
)
from redis_servers import Server, ask, until

from scene import HOUR, NOW, SALE, counters, line_of, measured, open_event
from waitroom.core.inlet_kinds import MaxSize
from waitroom.core.model import Expiry, Place, Session
from waitroom.store import Store
from waitroom.store.redis_keys import event_keys
from waitroom.store.redis_rows import padded, session_member

KEYS: Final = event_keys("waitroom", SALE)
SESSIONS: Final = 200_000
OUTSTANDING: Final = 1_000_000  # places that were called and not taken up
STEPS: Final = 7_200  # in which they were called
SWEEP_MS: Final = 20
MIB: Final = 1024 * 1024

Opened = Callable[[str], Store]


@pytest.fixture
def url(redis_server: Server) -> str:
    """A server with nothing in it."""
    redis_server.call("FLUSHALL")
    return redis_server.url


@pytest.mark.slow
async def test_unique_fifo_and_durable_under_kill_9(
    url: str, tmp_path: Path, opened: Opened
) -> None:
    """`unique`, `fifo`, `durable`: four processes join, one after the other is killed."""
    await make_event(url)
    answers = join_and_kill(url, tmp_path / "logs")
    check_unique(answers)
    check_fifo(answers)
    after = await opened(url).join(SALE, 1, NOW)
    assert after.first > max(answer.last for answer in answers)


class Audit:
    """What the server did, in the order in which it did it (MONITOR)."""

    _WORD: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"')

    def __init__(self, one: Server) -> None:
        self._wire = socket.create_connection((one.host, one.port))
        self._wire.sendall(b"MONITOR\r\n")
        assert self._wire.recv(5) == b"+OK\r\n"
        self._said = bytearray()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while data := self._wire.recv(1 << 20):
            self._said += data

    def close(self) -> None:
        """Stop listening."""
        self._wire.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._wire.close()

    def commands(self) -> Iterator[list[str]]:
        """Those that scripts ran."""
        for line in bytes(self._said).split(b"\r\n"):
            if b" lua] " in line:
                yield [word.decode() for word in self._WORD.findall(line)]

    def admissions(self) -> Iterator[tuple[int, int]]:
        """The position, and the serving counter at the very moment of its admission."""
        serving = 0
        for command, key, *words in self.commands():
            if (command, key, *words[:1]) == ("HINCRBY", KEYS.event, "serving"):
                serving += int(words[1])
            elif (command, key, *words[:1]) == ("HSET", KEYS.event, "serving"):
                serving = int(words[1])  # it had fallen below 0
            elif (command, key) == ("ZADD", KEYS.sessions):
                yield int(words[0]), serving

    def occupancies(self) -> Iterator[int]:
        """How many sessions were active after each admission."""
        seen: set[str] = set()
        ended = 0
        for command, key, *words in self.commands():
            if (command, key) == ("ZADD", KEYS.expiry) and words[-1] not in seen:
                seen.add(words[-1])  # another time is not another session: it was extended
                yield len(seen) - ended
            elif (command, key) == ("ZADD", KEYS.ended):
                ended += 1


@contextmanager
def audited(one: Server) -> Iterator[Audit]:
    """From here to the end of the block."""
    audit = Audit(one)
    try:
        yield audit
        one.call("PING", "the end")
        until(lambda: b"the end" in audit._said, "the audit has heard all")
    finally:
        audit.close()


@pytest.mark.slow
async def test_exact_and_once_in_a_race(url: str, redis_server: Server, opened: Opened) -> None:
    """`exact`, `once`, `bounded`: hundreds of calls from 24 tasks in four processes."""
    people = 60
    store = opened(url)
    epoch = await open_event(store)
    await line_of(store, people)
    with audited(redis_server) as audit:
        given = race(url, epoch, people)
    check_once(given, people)
    admitted = list(audit.admissions())
    assert sorted(position for position, _ in admitted) == list(range(1, people + 1))
    assert [row for row in admitted if row[0] > row[1]] == []
    assert (await counters(store)).tokens == people
    assert redis_server.call("ZCARD", KEYS.sessions) == people
    assert redis_server.call("ZCARD", KEYS.slots) <= 30


@pytest.mark.slow
async def test_never_more_than_the_cap_in_a_race(
    url: str, redis_server: Server, opened: Opened
) -> None:
    """`never more`: 24 tasks in four processes bring 240 visitors to a site that holds five."""
    people, cap = 240, 5
    store = opened(url)
    epoch = await open_event(store, SALE, max_active=9, inlet=MaxSize(size=cap))
    await line_of(store, people, called=people)
    with audited(redis_server) as audit:
        check_never_more(crowd_the_door(url, epoch, people), cap)
    active = list(audit.occupancies())
    assert (len(active), max(active)) == (people, cap)
    after = await counters(store)
    assert (after.tokens, after.completed + after.abandoned) == (people, people)
    assert (await store.occupancy(SALE, NOW, ())).held == 0


def sizes(one: Server) -> tuple[int, int]:
    """Bytes of all our keys, and of the whole server."""
    keys = ask(one.host, one.port, *(("MEMORY", "USAGE", key, "SAMPLES", 0) for key in KEYS))
    return sum(size or 0 for size in keys), int(one.info("memory")["used_memory"])


async def test_stateless_wait(url: str, redis_server: Server, opened: Opened) -> None:
    """`stateless-wait`: a million who wait take no more room than a thousand."""
    store = opened(url)
    await open_event(store)
    await store.join(SALE, 1_000, NOW)
    few, few_in_all = sizes(redis_server)
    for n in range(1, 1_000):
        await store.join(SALE, 1_000, NOW + n * 60 // 1_000)
    many, many_in_all = sizes(redis_server)
    measured("bytes of keys", {"few": few, "many": many})
    measured("bytes of the server", {"few": few_in_all, "many": many_in_all})
    assert (await counters(store)).queue == 1_000_000
    assert many - few < 16 * 1024
    assert many_in_all - few_in_all < MIB


def fill_with_sessions(one: Server) -> None:
    """So many admitted visitors, without going through the line."""
    for start in range(1, SESSIONS, 10_000):
        positions = range(start, start + 10_000)
        session = [Session(Place(p, NOW), NOW, NOW + HOUR, "issuer") for p in positions]
        scored = [word for s in session for word in (s.place.position, session_member(s))]
        expiries = [word for p in positions for word in (NOW + HOUR, padded(p))]
        commands = [("ZADD", KEYS.sessions, *scored), ("ZADD", KEYS.expiry, *expiries)]
        ask(one.host, one.port, *commands)
    counted = [word for name in ("queue", "serving", "tokens") for word in (name, SESSIONS)]
    one.call("HSET", KEYS.event, *counted)


async def test_reset_takes_milliseconds(url: str, redis_server: Server, opened: Opened) -> None:
    """`reset`: with 200,000 sessions as fast as with none; the server frees them by itself."""
    store = opened(url)
    await open_event(store)
    empty_size = int(redis_server.info("memory")["used_memory"])

    async def fill() -> None:
        fill_with_sessions(redis_server)
        assert await store.active_sessions(SALE, NOW) == SESSIONS

    await check_resets_are_quick(store, fill)
    assert (await store.join(SALE, 1, NOW)).first == 1
    until(
        lambda: int(redis_server.info("memory")["used_memory"]) < empty_size + MIB,
        "the memory is free again",
    )


async def test_a_deletion_takes_milliseconds(
    url: str, redis_server: Server, opened: Opened
) -> None:
    """Nobody waits while 200,000 sessions are freed."""
    store = opened(url)
    await open_event(store)
    fill_with_sessions(redis_server)
    redis_server.call("CONFIG", "SET", "slowlog-log-slower-than", 20_000)
    redis_server.call("SLOWLOG", "RESET")
    await store.delete_event(SALE)
    assert redis_server.call("SLOWLOG", "GET", 1) == []


_FILL: Final = (
    "for i = 1, ARGV[1] do local last, at = math.floor(i * ARGV[2] / ARGV[1]), ARGV[3] + i;"
    " redis.call('ZADD', KEYS[2], last, at);"
    " redis.call('ZADD', KEYS[3], last, at .. ':' .. last) end"
    " redis.call('HSET', KEYS[1], 'queue', ARGV[2], 'serving', ARGV[2])"
)


async def timed_sweep(store: Store, now: int) -> tuple[float, Expiry]:
    """Milliseconds that a sweep takes, and what it did."""
    before = time.perf_counter()
    swept = await store.expire(SALE, now)
    return (time.perf_counter() - before) * 1_000, swept


async def test_a_sweep_takes_no_time(url: str, redis_server: Server, opened: Opened) -> None:
    """With a million places out in 7,200 steps: when nothing, one step, or all of them run out."""
    store = opened(url)
    await open_event(store, queue_position_expiry_period=900)
    redis_server.call("EVAL", _FILL, 3, *KEYS[:3], STEPS, OUTSTANDING, NOW)
    nothing = [await timed_sweep(store, NOW + 900) for _ in range(9)]
    steps = [await timed_sweep(store, NOW + 900 + n) for n in range(1, 10)]
    everything = await timed_sweep(store, NOW + 900 + STEPS)
    assert {swept for _, swept in nothing} == {Expiry(next_at=NOW + 901)}
    assert [swept.next_at for _, swept in steps] == [NOW + 900 + n for n in range(2, 11)]
    assert sum(swept.expired for _, swept in [*steps, everything]) == OUTSTANDING
    took = {
        "nothing": statistics.median(ms for ms, _ in nothing),
        "a step": statistics.median(ms for ms, _ in steps),
        "everything": everything[0],
    }
    measured("sweep_ms", took)
    assert max(took.values()) < SWEEP_MS
