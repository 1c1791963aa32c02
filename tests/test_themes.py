"""Themes as pages get them: read once, and never in the way of the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from waitroom.core.model import Event
from waitroom.core.theme import Theme, encode_theme, version_of
from waitroom.errors import StoreUnavailable
from waitroom.frames import fill, policy
from waitroom.public import themes
from waitroom.public.themes import PLAIN, Dress, Themes
from waitroom.store.sqlite import SqliteStore

NOW = 1_800_000_000


class CountingStore(SqliteStore):
    """Counts how often a theme is read; ``trouble`` is what comes of it instead."""

    reads = 0
    trouble: BaseException | None = None
    hangs = False

    async def theme(self, event_id: str, version: str) -> bytes | None:
        self.reads += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        return await super().theme(event_id, version)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CountingStore]:
    """An embedded store with an event in it."""
    store = CountingStore(tmp_path / "store.db")
    await store.create_event(Event(event_id="sale"), NOW)
    yield store
    await store.close()


async def worn(store: SqliteStore, kept: bytes) -> Event:
    """The event, wearing what is kept."""
    version = version_of(kept)
    await store.keep_theme("sale", version, kept, NOW)
    return (await store.change_event("sale", {"theme": version}, NOW)).event


async def test_a_crowd_reads_a_theme_once(store: CountingStore) -> None:
    """Also when all come at once; each gets the same parts, and only those that there are."""
    event = await worn(store, encode_theme(Theme(name="Shop", css="a{}")))
    dresses = Themes(store)
    crowd = await asyncio.gather(*(dresses.of(event) for _ in range(100)))
    assert set(crowd) == {Dress(name="Shop", stylesheet=f"/theme/sale/{event.theme}/style.css")}
    assert await dresses.of(event) == crowd[0]
    assert store.reads == 1


async def test_an_event_without_a_theme_reads_nothing(store: CountingStore) -> None:
    """It is shown in our looks."""
    assert await Themes(store).of(Event(event_id="sale")) == PLAIN
    assert store.reads == 0


async def test_a_theme_that_is_lost_is_as_good_as_none(
    store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for again after a while, not for each visitor."""
    now = 100.0
    monkeypatch.setattr(themes, "monotonic", lambda: now)
    lost = Event(event_id="sale", theme="0" * 16)
    dresses = Themes(store)
    assert [await dresses.of(lost) for _ in range(9)] == [PLAIN] * 9
    assert store.reads == 1
    now += themes.AGAIN
    await store.keep_theme("sale", "0" * 16, encode_theme(Theme(name="found")), NOW)
    assert (await dresses.of(lost)).name == "found"


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"name":7}', b"\xff\x00", b'{"name":"\\ud800"}'])
async def test_a_theme_that_is_none_is_as_good_as_none(store: CountingStore, kept: bytes) -> None:
    """Whatever somebody has put into the store."""
    assert await Themes(store).of(await worn(store, kept)) == PLAIN


async def test_a_page_does_not_wait_for_a_store_that_is_away(
    store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails, or it hangs: the page comes in our looks; a file says that it is to come again."""
    event = await worn(store, encode_theme(Theme(name="Shop")))
    monkeypatch.setattr(themes, "PATIENCE", 0.01)
    for trouble, hangs in ((StoreUnavailable("away"), False), (None, True)):
        store.trouble, store.hangs = trouble, hangs
        assert await Themes(store).of(event) == PLAIN
        with pytest.raises(StoreUnavailable):
            await Themes(store).parts("sale", event.theme)


async def test_who_leaves_does_not_take_the_theme_along(store: CountingStore) -> None:
    """The reading that a visitor began goes on for the others when they hang up."""
    event = await worn(store, encode_theme(Theme(name="Shop")))
    dresses = Themes(store)
    first, second = (asyncio.create_task(dresses.of(event)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).name == "Shop"


async def test_only_so_many_are_kept(store: CountingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were read first are read again; strangers' guesses fill no memory."""
    monkeypatch.setattr(themes, "MOST", 2)
    events = [await worn(store, encode_theme(Theme(name=str(n)))) for n in range(3)]
    dresses = Themes(store)
    for _ in range(2):
        assert [(await dresses.of(event)).name for event in events] == ["0", "1", "2"]
    assert store.reads > 3
    for n in range(20):
        assert await dresses.parts("sale", f"{n:016x}") is None
    assert len(dresses._lacking) <= 2


async def test_strangers_do_not_queue_before_visitors(store: CountingStore) -> None:
    """Of any number who guess versions at once, only so many wait for the store."""
    event = await worn(store, encode_theme(Theme(name="Shop")))
    dresses = Themes(store)
    guesses = (dresses.file("sale", f"{n:016x}") for n in range(2 * themes.MOST_READ))
    told = asyncio.gather(*guesses, return_exceptions=True)
    assert (await dresses.of(event)).name == "Shop"
    refused = [one for one in await told if isinstance(one, StoreUnavailable)]
    assert len(refused) >= themes.MOST_READ  # the visitor's is one of those that are under way
    assert store.reads <= themes.MOST_READ + 1


def test_a_template_is_filled_once() -> None:
    """Variables are escaped, and what they hold is not taken for variables."""
    evil = '"><script>{{ room }}{{nonce}}'
    page = fill(
        '{{ head }}<a title="{{ title }}">{{name}}</a>{{ room }}{{ nonce }}{{ other }}',
        {"title": evil, "name": "{{ head }}", "nonce": "n"},
        head="<link>",
        room="<main>{{ title }}</main>",
    )
    assert page == (
        '<link><a title="&quot;&gt;&lt;script&gt;{{ room }}{{nonce}}">{{ head }}</a>'
        "<main>{{ title }}</main>n"
    )


def test_a_nonce_allows_scripts_and_styles_and_no_more() -> None:
    """The rest of the policy is as strict as ever."""
    strict, own = policy().split("; "), policy("abc").split("; ")
    changed = {(a, b) for a, b in zip(strict, own, strict=True) if a != b}
    assert changed == {
        ("script-src 'self'", "script-src 'self' 'nonce-abc'"),
        ("style-src 'self'", "style-src 'self' 'nonce-abc'"),
    }
