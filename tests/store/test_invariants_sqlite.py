"""The invariants of the design on the embedded store: many processes, one file, kill -9."""

import json
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from contract_upkeep import purge_all

from scene import NOW, SALE, counters, line_of, measured, open_event
from waiting import wait_until_sync
from waitroom.core.model import Counters, Event
from waitroom.store import Store, open_store

HERE: Final = Path(__file__).parent
WORKERS: Final = 4
TASKS: Final = 6
KILLS: Final = 40

Opened = Callable[[str], Store]


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
    """Worker processes on one file; each life of each has a log of its own."""

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


@pytest.mark.slow
async def test_unique_fifo_and_durable_under_kill_9(tmp_path: Path, opened: Opened) -> None:
    """`unique`, `fifo`, `durable`: four processes join, one after the other is killed."""
    url = f"sqlite://{tmp_path}/store.db"
    await make_event(url)
    chance = random.Random(20260301)
    with joiners(url, tmp_path / "logs") as crowd:
        for _ in range(KILLS):
            crowd.kill(chance.randrange(WORKERS), after=chance.randint(1, 60))
            crowd.start()
    answers = crowd.answers()
    measured("answers", len(answers))
    measured("refused", len(crowd.lines()) - len(answers))
    assert len(answers) > KILLS * 10
    check_unique(answers)
    check_fifo(answers)
    after = await opened(url).join(SALE, 1, NOW)
    assert after.first > max(answer.last for answer in answers)
    with sqlite3.connect(tmp_path / "store.db") as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    db.close()


def start_racer(url: str, epoch: int, people: int, seed: int) -> subprocess.Popen[str]:
    """A racer that is ready to go."""
    numbers = [str(number) for number in (epoch, people, TASKS, seed)]
    pipe = subprocess.PIPE
    racer = subprocess.Popen(
        [sys.executable, HERE / "racer.py", url, SALE, *numbers],
        stdin=pipe,
        stdout=pipe,
        text=True,
    )
    assert racer.stdout is not None
    assert racer.stdout.readline() == "ready\n"
    return racer


AUDIT = """
CREATE TABLE audit (position INTEGER, serving INTEGER);
CREATE TRIGGER audit AFTER INSERT ON sessions BEGIN
    INSERT INTO audit SELECT NEW.position, serving FROM events WHERE epoch=NEW.epoch;
END;
"""


def race(url: str, epoch: int, people: int) -> list[dict[str, list[list[object]]]]:
    """What four processes were given for each position."""
    racers = [start_racer(url, epoch, people, seed) for seed in range(WORKERS)]
    try:
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        return [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
    finally:
        for racer in racers:
            racer.kill()


@pytest.mark.slow
async def test_exact_and_once_in_a_race(tmp_path: Path, opened: Opened) -> None:
    """`exact`, `once`, `bounded`: hundreds of calls from 24 tasks in four processes."""
    people = 60
    url = f"sqlite://{tmp_path}/store.db"
    store = opened(url)
    epoch = await open_event(store)
    await line_of(store, people)
    db = sqlite3.connect(tmp_path / "store.db")
    db.executescript(AUDIT)
    given = race(url, epoch, people)
    for position in range(1, people + 1):
        identities = [its[str(position)] for its in given]
        assert len(identities[0]) == 1, "one process was given two identities"
        assert identities == [identities[0]] * WORKERS, "two processes were given different ones"
    # The trigger wrote down the counter at the very moment of each admission.
    audit = db.execute("SELECT position, serving FROM audit").fetchall()
    assert sorted(position for position, _ in audit) == list(range(1, people + 1))
    assert [row for row in audit if row[0] > row[1]] == []
    assert (await counters(store)).tokens == people
    assert db.execute("SELECT count(*) FROM sessions").fetchone() == (people,)
    assert db.execute("SELECT count(*) FROM slots").fetchone()[0] <= 30
    db.close()


def sizes(path: Path) -> tuple[int, int]:
    """Bytes of the file with everything in it, and of file and log as they were before."""
    log = path.with_name(f"{path.name}-wal")
    with_log = path.stat().st_size + log.stat().st_size
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    db.close()
    return path.stat().st_size, with_log


async def test_stateless_wait(tmp_path: Path, opened: Opened) -> None:
    """`stateless-wait`: a million who wait take no more room than a thousand."""
    path = tmp_path / "store.db"
    store = opened(f"sqlite://{path}")
    await open_event(store)
    await store.join(SALE, 1_000, NOW)
    few, few_with_log = sizes(path)
    for n in range(1, 1_000):
        await store.join(SALE, 1_000, NOW + n * 60 // 1_000)
    many, many_with_log = sizes(path)
    measured("bytes", {"few": few, "many": many})
    measured("bytes_with_log", {"few": few_with_log, "many": many_with_log})
    assert (await counters(store)).queue == 1_000_000
    assert many - few < 64 * 1024
    assert many_with_log < 17 * 1024 * 1024  # the log is bounded, whoever comes


SESSIONS: Final = 200_000


def fill_with_sessions(path: Path, epoch: int) -> None:
    """So many admitted visitors, without going through the line."""
    db = sqlite3.connect(path)
    with db:
        db.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?)"
            " INSERT INTO sessions SELECT ?, i, ?, ?, ?, 'issuer', 0 FROM n",
            (SESSIONS, epoch, NOW, NOW, NOW + 3_600),
        )
        db.execute("UPDATE events SET queue=?, serving=?, tokens=?", (SESSIONS,) * 3)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


async def timed_reset(store: Store) -> float:
    """Seconds that a reset takes."""
    before = time.perf_counter()
    assert (await store.reset_event(SALE, NOW)).counters == Counters()
    return time.perf_counter() - before


async def test_reset_takes_milliseconds(tmp_path: Path, opened: Opened) -> None:
    """`reset`: with 200,000 sessions as fast as with none; the rows are swept up in chunks."""
    path = tmp_path / "store.db"
    store = opened(f"sqlite://{path}")
    epoch = (await store.create_event(Event(event_id=SALE), NOW)).epoch
    fill_with_sessions(path, epoch)
    full = await timed_reset(store)
    empty = statistics.median([await timed_reset(store) for _ in range(9)])
    measured("reset_ms", {"full": full * 1_000, "empty": empty * 1_000})
    assert full < max(0.05, 3 * empty)
    assert (await store.join(SALE, 1, NOW)).first == 1
    removed = await purge_all(store, 50_000)
    assert max(removed) <= 50_000
    assert sum(removed) == SESSIONS
    assert (await counters(store)).queue == 1
