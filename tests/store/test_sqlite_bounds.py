"""What the embedded store keeps of what goes on for ever, and how it counts without counting."""

import sqlite3
from pathlib import Path

import pytest
from contract_upkeep import purge_all

from scene import NOW, SALE, admit, line_of, open_event
from waitroom import store as stores
from waitroom.core import facts
from waitroom.core.audit import Deed
from waitroom.errors import SiteFull
from waitroom.store import Store, sqlite

DEED = Deed(by="cli:ann", source="local", action="increment")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the store."""
    return tmp_path / "store.db"


@pytest.fixture
def url(path: Path) -> str:
    """Its name."""
    return f"sqlite://{path}"


def asked(path: Path, query: str) -> list[tuple[int, ...]]:
    """What the file says."""
    db = sqlite3.connect(path)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


async def test_the_oldest_facts_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit each new fact drops the oldest; the count of them stays right."""
    monkeypatch.setattr(facts, "MAX_FACTS", 5)
    await open_event(store)
    await store.note(SALE, {facts.OUTBOX: "1"})
    for _ in range(8):
        await store.advance(SALE, 1, NOW)
    kept = await store.facts(SALE, 0, 99)
    assert [fact.data["current"] for fact in kept] == [4, 5, 6, 7, 8]
    assert await store.outbox_depth(SALE) == 5
    await store.drop_facts(SALE, kept[2].seq)
    assert await store.outbox_depth(SALE) == 2
    await store.advance(SALE, 1, NOW)
    assert await store.outbox_depth(SALE) == 3


async def test_the_oldest_entries_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each log for itself, and the numbers go on."""
    monkeypatch.setattr(stores, "MAX_LOG", 3)
    await open_event(store)
    await store.add_entry("", DEED, "{}", NOW)
    for _ in range(5):
        await store.advance(SALE, 1, NOW, deed=DEED)
    assert [entry.seq for entry in await store.log(SALE, 0, 99)] == [3, 4, 5]
    assert [entry.seq for entry in await store.log("", 0, 99)] == [1]
    assert await store.unsealed(SALE) == 3


async def test_what_hung_on_a_run_is_swept_up(store: Store, path: Path) -> None:
    """Who was held and who gave up before a reset leaves no row."""
    epoch = await open_event(store, max_active=1)
    inside, held, left = await line_of(store, 3, called=3)
    await admit(store, epoch, inside)
    with pytest.raises(SiteFull):
        await admit(store, epoch, held)
    await store.give_up(SALE, epoch, left, NOW)
    await store.reset_event(SALE, NOW)
    assert sum(await purge_all(store, 100)) == 5  # with the session and a point of each curve
    assert asked(path, "SELECT * FROM held") == asked(path, "SELECT * FROM given_up") == []


async def test_counting_is_short_the_next_time(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one counting went over many who had lapsed, they are written off."""
    monkeypatch.setattr(sqlite, "_MANY_LAPSED", 3)
    epoch = await open_event(store)
    for n, place in enumerate(await line_of(store, 9, called=9)):
        await admit(store, epoch, place, validity=10 + n)
    assert await store.active_sessions(SALE, NOW + 12) == 6
    assert asked(path, "SELECT active, lapsed_at FROM events") == [(9, 0)]
    assert await store.active_sessions(SALE, NOW + 13) == 5
    assert asked(path, "SELECT active, lapsed_at FROM events") == [(5, NOW + 13)]
    assert (await store.occupancy(SALE, NOW + 18, ())).active == 0
    assert asked(path, "SELECT active, lapsed_at FROM events") == [(0, NOW + 18)]
    assert await store.active_sessions(SALE, NOW) == 9
