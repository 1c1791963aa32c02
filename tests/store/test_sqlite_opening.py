"""What the embedded store makes of the file that it is told to open.

It makes a new one, brings an old one up to date, and refuses everything else with a sentence that
says what to do. What it refuses, it leaves as it was.
"""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from volume import mounted

from scene import NOW, SALE, admit, counters, open_event, snapshot
from waitroom.core.model import HandOver, Place, Sample
from waitroom.errors import (
    BadConfiguration,
    DirectoryUnwritable,
    EventNotOpen,
    SiteFull,
    StoreRefused,
    StoreUnavailable,
)
from waitroom.store import Store, open_store, sqlite_file, sqlite_writer

Opened = Callable[[str], Store]
NEWEST = len(sqlite_file.migrations())


def pragma(path: Path, name: str) -> object:
    """A value from the file's header, or what a check says."""
    db = sqlite3.connect(path)
    try:
        return db.execute(f"PRAGMA {name}").fetchone()[0]
    finally:
        db.close()


def run_sql(path: Path, script: str) -> None:
    """Do something to the file that is none of Waitroom's doing."""
    db = sqlite3.connect(path)
    try:
        db.executescript(script)
    finally:
        db.close()


async def made(path: Path) -> Path:
    """A store with an event and someone in line, closed."""
    store = open_store(f"sqlite://{path}")
    await open_event(store)
    await store.join(SALE, 7, NOW)
    await store.close()
    return path


def refusal(path: Path) -> str:
    """Why the file is refused."""
    with pytest.raises(StoreRefused) as refused:
        open_store(f"sqlite://{path}")
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_a_new_file(tmp_path: Path, opened: Opened) -> None:
    """It is made, with the directories on the way, marked as ours, of the newest schema."""
    path = tmp_path / "a" / "b" / "store.db"
    opened(f"sqlite://{path}")
    assert pragma(path, "application_id") == sqlite_file.APPLICATION_ID
    assert pragma(path, "user_version") == NEWEST
    assert pragma(path, "journal_mode") == "wal"


async def test_a_store_comes_back_as_it_was(tmp_path: Path, opened: Opened) -> None:
    """After closing, everything is in the one file, and is there again."""
    path = await made(tmp_path / "store.db")
    assert not path.with_name("store.db-wal").exists()
    assert (await counters(opened(f"sqlite://{path}"))).queue == 7


@pytest.mark.parametrize("name", ["with space.db", "50%.db", "%41.db", "Büro.db"])
async def test_odd_file_names(tmp_path: Path, opened: Opened, name: str) -> None:
    """The file is called what the URL says, letter by letter."""
    store = opened(f"sqlite://{tmp_path}/{name}")
    await open_event(store)
    assert (tmp_path / name).stat().st_size > 0


async def test_four_slashes(tmp_path: Path, opened: Opened) -> None:
    """As others spell an absolute path: the same file."""
    store = opened(f"sqlite:///{tmp_path}/store.db")
    await open_event(store)
    assert (tmp_path / "store.db").stat().st_size > 0


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite://store.db", "mysql:///x", "", "store.db"]
)
def test_a_url_that_names_no_store(url: str) -> None:
    """The sentence shows a form that works."""
    with pytest.raises(BadConfiguration, match="sqlite:///PATH"):
        open_store(url)


async def test_random_bytes(tmp_path: Path) -> None:
    """Refused as corrupt, and not touched."""
    path = tmp_path / "store.db"
    rubbish = bytes(range(1, 256)) * 100
    path.write_bytes(rubbish)
    assert "corrupt or not a database" in refusal(path)
    assert "restore a backup" in refusal(path)
    assert path.read_bytes() == rubbish


async def test_any_page_that_is_spoiled(tmp_path: Path) -> None:
    """Whichever page of the file was overwritten, it is refused, page by page."""
    whole = (await made(tmp_path / "whole.db")).read_bytes()
    path = tmp_path / "store.db"
    for start in range(0, len(whole), 4096):
        spoiled = whole[:start] + b"\xff" * 4096 + whole[start + 4096 :]
        path.write_bytes(spoiled)
        assert "restore a backup" in refusal(path)


async def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    """In the middle, in the header, or just the last page: refused."""
    whole = (await made(tmp_path / "whole.db")).read_bytes()
    path = tmp_path / "store.db"
    for length in (5, 50, 4096, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:length])
        assert "restore a backup" in refusal(path)


async def test_a_newer_schema(tmp_path: Path) -> None:
    """The sentence names both versions and the two ways on."""
    path = await made(tmp_path / "store.db")
    run_sql(path, f"PRAGMA user_version={NEWEST + 3}")
    why = refusal(path)
    assert f"schema {NEWEST + 3}" in why
    assert f"knows {NEWEST}" in why
    assert "newer version" in why
    assert "backup" in why


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_of_something_else(tmp_path: Path, journal: str) -> None:
    """Refused, and left as it was to the last byte."""
    path = tmp_path / "photos.db"
    run_sql(path, f"PRAGMA journal_mode={journal}; CREATE TABLE photos (id); PRAGMA user_version=1")
    before = path.read_bytes()
    assert "something else" in refusal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["file/store.db", "file/deep/store.db", "directory"])
def test_where_no_file_can_be_made(tmp_path: Path, place: str) -> None:
    """Under a file, or where a directory stands: the sentence says what to do about it."""
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "directory").mkdir()
    with pytest.raises(DirectoryUnwritable) as refused:
        open_store(f"sqlite://{tmp_path}/{place}")
    assert "right to write" in str(refused.value)


def test_where_nobody_may_write() -> None:
    """Not even root makes a file in /proc."""
    with pytest.raises(DirectoryUnwritable, match="--data-dir"):
        open_store("sqlite:///proc/waitroom/store.db")


async def test_a_full_disk_is_not_called_corrupt(tmp_path: Path) -> None:
    """Nobody is told to move a sound store away because the disk is full; the file stays sound."""
    with mounted(tmp_path / "volume") as volume:
        path = await made(volume.path / "store.db")
        volume.fill()
        with pytest.raises(DirectoryUnwritable, match="space"):
            open_store(f"sqlite://{path}")
        with pytest.raises(DirectoryUnwritable, match="space"):
            open_store(f"sqlite://{volume.path}/new.db")
        volume.free()
        store = open_store(f"sqlite://{path}")
        assert (await counters(store)).queue == 7
        await store.close()


async def test_a_read_only_disk_is_not_called_corrupt(tmp_path: Path) -> None:
    """A new store there is refused because it cannot be written, with the right advice."""
    with mounted(tmp_path / "volume") as volume:
        volume.set_writable(False)
        with pytest.raises(DirectoryUnwritable, match="right to write"):
            open_store(f"sqlite://{volume.path}/new.db")


@pytest.mark.parametrize(
    "name", ["SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED", "SQLITE_IOERR_SHMSIZE"]
)
def test_a_passing_fault_is_not_called_corrupt(tmp_path: Path, name: str) -> None:
    """A lock, or a disk that fails, says nothing about what stands in the file."""
    error = sqlite3.OperationalError("as SQLite words it")
    error.sqlite_errorname = name
    assert isinstance(sqlite_file._refusal(tmp_path, error), DirectoryUnwritable)


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """A process that runs ``program``."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


OPEN_ALL = """
import sys
from pathlib import Path
from waitroom.store import sqlite_file
sys.stdin.readline()
for path in sys.argv[1:]:
    sqlite_file.prepare(Path(path))
"""


async def test_processes_that_race_at_first_open(tmp_path: Path, opened: Opened) -> None:
    """All of them open the new file; its schema is made once."""
    paths = [str(tmp_path / f"{n}.db") for n in range(25)]
    racers = [start(OPEN_ALL, *paths) for _ in range(4)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    complaints = [racer.communicate(timeout=60)[1] for racer in racers]
    assert complaints == [""] * len(racers)
    assert [racer.returncode for racer in racers] == [0] * len(racers)
    for path in paths:
        assert pragma(Path(path), "user_version") == NEWEST
        assert pragma(Path(path), "quick_check") == "ok"
    store = opened(f"sqlite://{paths[0]}")
    await open_event(store)
    assert (await snapshot(store)).counters.queue == 0


HANG_IN_TRANSACTION = """
import asyncio, sys, threading
from pathlib import Path
from waitroom.store import sqlite_events, sqlite_line, sqlite_rows
from waitroom.store.sqlite_writer import Writer

def hang(db):
    sqlite_line.join(db, "sale", 1_000, 1)
    sqlite_events.create_event(db, sqlite_rows.find(db, "sale").event.__class__(event_id="x"), 1)
    print("written, not committed", flush=True)
    threading.Event().wait()

asyncio.run(Writer(Path(sys.argv[1])).run(hang))
"""


async def test_a_process_killed_within_a_transaction(tmp_path: Path, opened: Opened) -> None:
    """What it had not committed is gone, what others had committed is there, the file is sound."""
    path = await made(tmp_path / "store.db")
    victim = start(HANG_IN_TRANSACTION, str(path))
    assert victim.stdout is not None
    assert "not committed" in victim.stdout.readline()
    victim.kill()
    victim.communicate(timeout=10)
    store = opened(f"sqlite://{path}")
    assert (await counters(store)).queue == 7
    assert await store.event_ids() == [SALE]
    assert (await store.join(SALE, 1, NOW)).first == 8
    assert pragma(path, "quick_check") == "ok"


async def test_a_process_that_hangs_within_a_transaction(
    tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait for it so long and no longer, and go on by themselves when it is gone."""
    path = await made(tmp_path / "store.db")
    victim = start(HANG_IN_TRANSACTION, str(path))
    try:
        assert victim.stdout is not None
        assert "not committed" in victim.stdout.readline()
        store = opened(f"sqlite://{path}")
        with monkeypatch.context() as impatient:
            impatient.setattr(sqlite_writer, "ANSWER_SECONDS", 0.2)
            with pytest.raises(StoreUnavailable):
                await asyncio.wait_for(store.advance(SALE, 5, NOW), 10)
        assert (await counters(store)).queue == 7
    finally:
        victim.kill()
        victim.communicate(timeout=10)
    assert (await store.join(SALE, 1, NOW)).first == 8
    assert (await counters(store)).serving == 0, "what was refused was done after all"


async def test_a_store_of_the_first_schema_goes_on(tmp_path: Path, opened: Opened) -> None:
    """Its line is where it was; epochs, which were small numbers then, rise to the time."""
    path = tmp_path / "store.db"
    run_sql(
        path,
        f"{sqlite_file.migrations()[0]}; PRAGMA user_version=1;"
        f" PRAGMA application_id={sqlite_file.APPLICATION_ID};"
        " INSERT INTO meta VALUES ('last_epoch', 3);"
        """ INSERT INTO events VALUES ('sale', '{"event_id":"sale"}', 'open', '[]',"""
        " 3, 5, 2, 0, 0, 0, 0, 0);",
    )
    store = opened(f"sqlite://{path}")
    at = await snapshot(store)
    assert (at.epoch, at.revision, at.counters.queue, at.counters.serving) == (3, 0, 5, 2)
    assert (await store.join(SALE, 1, NOW)).first == 6
    assert (await store.advance(SALE, 1, NOW)).current == 3
    assert (await snapshot(store)).revision == 1
    assert (await store.reset_event(SALE, NOW)).epoch >= NOW
    assert pragma(path, "user_version") == NEWEST


async def test_a_store_of_the_second_schema_knows_who_is_in(tmp_path: Path, opened: Opened) -> None:
    """Sessions from before there were caps count: those neither marked nor expired."""
    path = tmp_path / "store.db"
    first, second, *_ = sqlite_file.migrations()
    sessions = ", ".join(
        f"(3, {position}, {NOW}, {NOW}, {NOW + validity}, '', {status})"
        for position, (validity, status) in enumerate([(5, 0), (9, 0), (9, 1), (9, 0)], start=1)
    )
    run_sql(
        path,
        f"{first}; {second}; PRAGMA user_version=2;"
        f" PRAGMA application_id={sqlite_file.APPLICATION_ID};"
        """ INSERT INTO events VALUES ('sale', '{"event_id":"sale"}', 'open', '[]',"""
        " 3, 9, 9, 4, 1, 0, 0, 0, 0);"
        f" INSERT INTO sessions VALUES {sessions};",
    )
    store = opened(f"sqlite://{path}")
    assert [await store.active_sessions(SALE, NOW + age) for age in (0, 5, 9)] == [3, 2, 0]
    await store.change_event(SALE, {"max_active": 3}, NOW)
    with pytest.raises(SiteFull):
        await admit(store, 3, Place(5, NOW))
    assert (await admit(store, 3, Place(5, NOW), NOW + 5)).place.position == 5
    with pytest.raises(SiteFull):
        await admit(store, 3, Place(6, NOW), NOW + 5)
    assert pragma(path, "user_version") == NEWEST


async def test_a_store_of_the_third_schema_remembers_codes(tmp_path: Path, opened: Opened) -> None:
    """Its sessions can be extended and codes used; what was used is swept up in its time."""
    path = tmp_path / "store.db"
    older = ";".join(sqlite_file.migrations()[:3])
    run_sql(
        path,
        f"{older}; PRAGMA user_version=3; PRAGMA application_id={sqlite_file.APPLICATION_ID};"
        " INSERT INTO events (event_id, definition, state, pauses, epoch, queue, serving, tokens,"
        """ active) VALUES ('sale', '{"event_id":"sale"}', 'open', '[]', 3, 9, 9, 1, 1);"""
        f" INSERT INTO sessions VALUES (3, 1, {NOW}, {NOW}, {NOW + 9}, '', 0);",
    )
    store = opened(f"sqlite://{path}")
    event = (await snapshot(store)).event
    assert (event.hand_over, event.oidc_clients, event.knownuser) == (HandOver.CODE, (), None)
    await store.extend(SALE, 3, Place(1, NOW), NOW + 20, NOW)
    assert [await store.active_sessions(SALE, NOW + age) for age in (19, 20)] == [1, 0]
    used = [await store.redeem(SALE, 3, "code", NOW + 120, NOW) for _ in range(2)]
    assert used == [True, False]
    assert await store.purge(9, NOW + 120) == 0
    assert await store.purge(9, NOW + 121) == 1
    assert pragma(path, "user_version") == NEWEST


async def test_a_store_of_the_fourth_schema_can_be_dressed(tmp_path: Path, opened: Opened) -> None:
    """Its events are open from the beginning; they can be dressed, sampled, given an opening."""
    path = tmp_path / "store.db"
    older = ";".join(sqlite_file.migrations()[:4])
    run_sql(
        path,
        f"{older}; PRAGMA user_version=4; PRAGMA application_id={sqlite_file.APPLICATION_ID};"
        " INSERT INTO events (event_id, definition, state, pauses, epoch, queue)"
        """ VALUES ('sale', '{"event_id":"sale"}', 'open', '[]', 3, 9);""",
    )
    store = opened(f"sqlite://{path}")
    event = (await snapshot(store)).event
    assert (event.opens_at, event.theme, event.state.takes) == (0, "", True)
    assert (await store.join(SALE, 1, NOW)).first == 10
    await store.change_event(SALE, {"opens_at": NOW + 9}, NOW)
    with pytest.raises(EventNotOpen):
        await store.join(SALE, 1, NOW + 8)
    await store.keep_theme(SALE, "0" * 16, b"{}", NOW)
    assert await store.theme(SALE, "0" * 16) == b"{}"
    await store.sample(SALE, 3, Sample(NOW, 1, 0, 0, 0, 1))
    assert len(await store.samples(SALE, 0, 9)) == 1
    assert pragma(path, "user_version") == NEWEST


async def test_another_file_is_another_source(tmp_path: Path, opened: Opened) -> None:
    """Every process says the same of one file; a file put in its place has another name."""
    path = await made(tmp_path / "store.db")
    store = opened(f"sqlite://{path}")
    first = (await snapshot(store)).source
    assert (await snapshot(opened(f"sqlite://{path}"))).source == first
    assert (await store.change_event(SALE, {"title": "new"}, NOW)).source == first
    (await made(tmp_path / "backup.db")).replace(path)
    assert (await snapshot(store)).source != first
