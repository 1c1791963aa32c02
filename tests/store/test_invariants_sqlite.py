"""The invariants of the design on the embedded store: many processes, one file, kill -9."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from contract_upkeep import purge_all
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

from scene import NOW, SALE, counters, line_of, measured, open_event, snapshot
from waitroom.core.inlet_kinds import MaxSize
from waitroom.store import Store

Opened = Callable[[str], Store]


@pytest.mark.slow
async def test_unique_fifo_and_durable_under_kill_9(tmp_path: Path, opened: Opened) -> None:
    """`unique`, `fifo`, `durable`: four processes join, one after the other is killed."""
    url = f"sqlite://{tmp_path}/store.db"
    await make_event(url)
    answers = join_and_kill(url, tmp_path / "logs")
    check_unique(answers)
    check_fifo(answers)
    after = await opened(url).join(SALE, 1, NOW)
    assert after.first > max(answer.last for answer in answers)
    with sqlite3.connect(tmp_path / "store.db") as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    db.close()


AUDIT = """
CREATE TABLE audit (position INTEGER, serving INTEGER);
CREATE TRIGGER audit AFTER INSERT ON sessions BEGIN
    INSERT INTO audit SELECT NEW.position, serving FROM events WHERE epoch=NEW.epoch;
END;
"""


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
    check_once(given, people)
    # The trigger wrote down the counter at the very moment of each admission.
    audit = db.execute("SELECT position, serving FROM audit").fetchall()
    assert sorted(position for position, _ in audit) == list(range(1, people + 1))
    assert [row for row in audit if row[0] > row[1]] == []
    assert (await counters(store)).tokens == people
    assert db.execute("SELECT count(*) FROM sessions").fetchone() == (people,)
    assert db.execute("SELECT count(*) FROM slots").fetchone()[0] <= 30
    db.close()


GUESTS = """
CREATE TABLE audit (active INTEGER);
CREATE TRIGGER audit AFTER INSERT ON sessions BEGIN
    INSERT INTO audit SELECT count(*) FROM sessions WHERE epoch=NEW.epoch AND status=0;
END;
"""


@pytest.mark.slow
async def test_never_more_than_the_cap_in_a_race(tmp_path: Path, opened: Opened) -> None:
    """`never more`: 24 tasks in four processes bring 240 visitors to a site that holds five."""
    people, cap = 240, 5
    url = f"sqlite://{tmp_path}/store.db"
    store = opened(url)
    epoch = await open_event(store, max_active=9, inlet=MaxSize(size=cap))
    await line_of(store, people, called=people)
    db = sqlite3.connect(tmp_path / "store.db")
    db.executescript(GUESTS)
    stays = crowd_the_door(url, epoch, people)
    check_never_more(stays, cap)
    # The trigger counted at the very moment of each admission.
    audit = [row[0] for row in db.execute("SELECT active FROM audit")]
    assert (len(audit), max(audit)) == (people, cap)
    after = await counters(store)
    assert (after.tokens, after.completed + after.abandoned) == (people, people)
    assert (await store.occupancy(SALE, NOW, ())).held == 0
    assert db.execute("SELECT active FROM events").fetchone() == (0,)
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


async def test_reset_takes_milliseconds(tmp_path: Path, opened: Opened) -> None:
    """`reset`: with 200,000 sessions as fast as with none; the rows are swept up in chunks."""
    path = tmp_path / "store.db"
    store = opened(f"sqlite://{path}")
    await open_event(store)

    async def fill() -> None:
        fill_with_sessions(path, (await snapshot(store)).epoch)

    times = await check_resets_are_quick(store, fill)
    assert (await store.join(SALE, 1, NOW)).first == 1
    removed = await purge_all(store, 50_000)
    assert max(removed) <= 50_000
    assert sum(removed) == times * SESSIONS
    assert (await counters(store)).queue == 1
