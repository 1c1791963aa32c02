"""The invariants of the design under many processes and kill -9: what is alike on every store."""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from scene import NOW, SALE, measured, open_event
from waiting import wait_until_sync
from waitroom.core.model import Counters
from waitroom.store import Store, open_store

HERE: Final = Path(__file__).parent
WORKERS: Final = 4
TASKS: Final = 6
KILLS: Final = 40

Given = list[dict[str, list[list[object]]]]
Stay = tuple[int, int]  # nanoseconds, from and to


class Answer(NamedTuple):
    """One line of a joiner's log."""

    asked: int
    answered: int
    first: int
    size: int

    @property
    def last(self) -> int:
        return self.first + self.size - 1


class Joiners:
    """Worker processes on one store; each life of each has a log of its own."""

    def __init__(self, url: str, logs: Path) -> None:
        self.url = url
        self.logs = logs
        self.living: list[tuple[subprocess.Popen[bytes], Path]] = []
        self.started = 0
        logs.mkdir()

    def start(self) -> None:
        """One more."""
        self.started += 1
        log = self.logs / f"{self.started}.log"
        log.touch()
        arguments = [self.url, SALE, str(log), str(TASKS), str(self.started)]
        process = subprocess.Popen([sys.executable, str(HERE / "joiner.py"), *arguments])
        self.living.append((process, log))

    def kill(self, which: int, after: int) -> None:
        """SIGKILL one of them, as soon as it has had so many answers."""
        process, log = self.living.pop(which)
        try:
            wait_until_sync(
                lambda: log.read_bytes().count(b"\n") >= after,
                description=f"{after} answers of worker {log.stem}",
                timeout=30,
            )
            assert process.poll() is None, "a worker ended by itself"
        finally:
            process.kill()
            process.wait()

    def lines(self) -> list[str]:
        """All that was logged; a line that the kill cut in two does not count."""
        whole = (log.read_text().rpartition("\n")[0] for log in self.logs.iterdir())
        return [line for text in whole for line in text.splitlines()]

    def answers(self) -> list[Answer]:
        """All answers."""
        return [
            Answer(*map(int, line.split()))
            for line in self.lines()
            if not line.startswith("refused")
        ]


@contextmanager
def joiners(url: str, logs: Path) -> Iterator[Joiners]:
    """Started, and none is left over."""
    crowd = Joiners(url, logs)
    try:
        for _ in range(WORKERS):
            crowd.start()
        yield crowd
    finally:
        while crowd.living:
            crowd.kill(0, after=0)


async def make_event(url: str) -> int:
    """An event on a new store; its epoch."""
    store = open_store(url)
    epoch = await open_event(store)
    await store.close()
    return epoch


def check_unique(answers: list[Answer]) -> None:
    """No position was answered twice."""
    for one, other in pairwise(sorted(answers, key=lambda answer: answer.first)):
        assert one.last < other.first, f"given out twice: {one} {other}"


def check_fifo(answers: list[Answer]) -> None:
    """Whoever had an answer before another one asked is ahead of that one."""
    by_answer = sorted(answers, key=lambda answer: answer.answered)
    done, furthest = 0, 0
    for later in sorted(answers, key=lambda answer: answer.asked):
        while by_answer[done].answered < later.asked:
            furthest = max(furthest, by_answer[done].last)
            done += 1
        assert furthest < later.first, f"{later} is ahead of somebody who was answered before"


def join_and_kill(url: str, logs: Path) -> list[Answer]:
    """What four processes were answered while one after the other was killed."""
    chance = random.Random(20260301)
    with joiners(url, logs) as crowd:
        for _ in range(KILLS):
            crowd.kill(chance.randrange(WORKERS), after=chance.randint(1, 60))
            crowd.start()
    answers = crowd.answers()
    measured("answers", len(answers))
    measured("refused", len(crowd.lines()) - len(answers))
    assert len(answers) > KILLS * 10
    return answers


def start_racer(script: str, url: str, *numbers: int) -> subprocess.Popen[str]:
    """A process of ``script`` that is ready to go."""
    pipe = subprocess.PIPE
    racer = subprocess.Popen(
        [sys.executable, HERE / script, url, SALE, *map(str, numbers)],
        stdin=pipe,
        stdout=pipe,
        text=True,
    )
    assert racer.stdout is not None
    assert racer.stdout.readline() == "ready\n"
    return racer


def run_all(racers: list[subprocess.Popen[str]]) -> list[Any]:
    """What each had to say when all had started at once and all had ended."""
    try:
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        return [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
    finally:
        for racer in racers:
            racer.kill()


def race(url: str, epoch: int, people: int) -> Given:
    """What four processes were given for each position."""
    return run_all(
        [start_racer("racer.py", url, epoch, people, TASKS, seed) for seed in range(WORKERS)]
    )


def crowd_the_door(url: str, epoch: int, people: int) -> list[Stay]:
    """When those whom four processes brought were in for sure; each has places of its own."""
    shares = [range(seed + 1, people + 1, WORKERS) for seed in range(WORKERS)]
    stays = run_all(
        [
            start_racer("guests.py", url, epoch, TASKS, seed, *share)
            for seed, share in enumerate(shares)
        ]
    )
    return [(since, until) for of_one in stays for since, until in of_one]


def check_never_more(stays: list[Stay], cap: int) -> None:
    """At no moment more than ``cap`` were in; and it was full at some moment."""
    moments = [(since, 1) for since, _ in stays] + [(until, -1) for _, until in stays]
    inside = list(accumulate(step for _, step in sorted(moments)))
    measured("stays", {"all": len(stays), "at once": max(inside)})
    assert max(inside) <= cap, "more were in than may be"
    assert max(inside) > cap // 2, "it was never full: that shows nothing"


def check_once(given: Given, people: int) -> None:
    """Each position has one identity, whoever asked how often."""
    for position in range(1, people + 1):
        identities = [its[str(position)] for its in given]
        assert len(identities[0]) == 1, "one process was given two identities"
        assert identities == [identities[0]] * WORKERS, "two processes were given different ones"


async def timed_reset(store: Store) -> float:
    """Seconds that a reset takes."""
    before = time.perf_counter()
    assert (await store.reset_event(SALE, NOW)).counters == Counters()
    return time.perf_counter() - before


async def check_resets_are_quick(store: Store, fill: Callable[[], Awaitable[None]]) -> int:
    """A reset of what ``fill`` has made takes milliseconds, as of nothing; how often it was made.

    Up to three times: others use the processors as well. What takes long by itself does each time.
    """
    empty = statistics.median([await timed_reset(store) for _ in range(9)])
    limit = max(0.05, 3 * empty)
    full: list[float] = []
    while not full or (full[-1] >= limit and len(full) < 3):
        await fill()
        full.append(await timed_reset(store))
    measured("reset_ms", {"full": [took * 1_000 for took in full], "empty": empty * 1_000})
    assert full[-1] < limit
    return len(full)
