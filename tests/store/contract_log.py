"""What a store promises of the audit logs: deeds entered with what they did, and LogVerbs."""

import asyncio
import json

import pytest

from scene import HOUR, NOW, SALE, line_of, open_event
from waitroom.core.audit import Deed, LogEntry
from waitroom.core.model import Event, State
from waitroom.errors import EventExists, EventNotFound, EventUnknown
from waitroom.store import LOG_LIFETIME, Store

DEED = Deed(by="key-1", source="192.0.2.7", action="increment")
ODD = Deed(by='cli:"Ünal"\\{}', source="local\n", action="undo 17 / 日本")


async def entries(store: Store, event_id: str = SALE) -> list[LogEntry]:
    """The whole log."""
    return await store.log(event_id, 0, 1_000)


async def told(store: Store) -> list[tuple[str, object, object]]:
    """Action, before and after of each entry."""
    return [(e.action, json.loads(e.before), json.loads(e.after)) for e in await entries(store)]


class LogContract:
    """Deeds, entries, seals."""

    async def test_a_log_begins_empty(self, store: Store) -> None:
        """Of an event without deeds, of one that is not there, and of the deployment."""
        await open_event(store)
        for event_id in (SALE, "nobody", ""):
            assert await store.log(event_id, 0, 10) == []
            assert await store.log_end(event_id) == 0
            assert await store.unsealed(event_id) == 0

    async def test_a_deed_is_entered_as_it_was_done(self, store: Store) -> None:
        """Who, from where, when and what, however odd the texts; the first entry is 1."""
        await open_event(store)
        await store.advance(SALE, 5, NOW + 1, deed=ODD)
        [entry] = await entries(store)
        assert entry == LogEntry(
            seq=1,
            at=NOW + 1,
            by=ODD.by,
            source=ODD.source,
            action=ODD.action,
            before='{"serving_counter":0}',
            after='{"serving_counter":5}',
        )

    async def test_what_nobody_did_is_not_entered(self, store: Store) -> None:
        """Steps of inlets, sweeps and visitors have no deed."""
        await open_event(store)
        await line_of(store, 3, called=2)
        await store.change_event(SALE, {"title": "x"}, NOW)
        await store.reset_event(SALE, NOW + 1)
        assert await entries(store) == []

    async def test_moves_are_entered_with_the_counter(self, store: Store) -> None:
        """Up, back, stopped at 0, and by nothing; not a slot that was done or refused."""
        await open_event(store)
        for by in (9, -4, -100, 0):
            await store.advance(SALE, by, NOW, deed=DEED)
        await store.advance(SALE, 2, NOW, "a", deed=DEED)
        await store.advance(SALE, 2, NOW, "a", deed=DEED)
        await store.advance(SALE, 2, NOW, "b", at=7, deed=DEED)
        moves = [(0, 9), (9, 5), (5, 0), (0, 0), (0, 2)]
        assert await told(store) == [
            ("increment", {"serving_counter": before}, {"serving_counter": after})
            for before, after in moves
        ]

    async def test_large_moves_are_entered_exactly(self, store: Store) -> None:
        """A counter of 64 bits loses none of them."""
        await open_event(store)
        await store.advance(SALE, 2**63 - 1, NOW, deed=DEED)
        await store.advance(SALE, -1, NOW, deed=DEED)
        last = (await told(store))[-1]
        assert last[1:] == ({"serving_counter": 2**63 - 1}, {"serving_counter": 2**63 - 2})

    async def test_a_change_is_entered_with_what_changed(self, store: Store) -> None:
        """The settings that were given and no others, as they were and as they are."""
        await open_event(store, title='a "b"')
        changes = {"title": "日本", "state": State.PAUSED, "return_urls": ("https://a.example/",)}
        await store.change_event(SALE, changes, NOW, deed=DEED)
        [entry] = await entries(store)
        assert entry.before == '{"title":"a \\"b\\"","state":"open","return_urls":[]}'
        assert entry.after == (
            '{"title":"日本","state":"paused","return_urls":["https://a.example/"]}'
        )

    async def test_making_is_entered_with_all_settings(self, store: Store) -> None:
        """Before there was nothing."""
        event = Event(event_id=SALE, title="日本", state=State.PAUSED, max_active=7)
        await store.create_event(event, NOW, DEED)
        [(_, before, after)] = await told(store)
        assert before is None
        assert isinstance(after, dict)
        assert after == after | {"event_id": SALE, "title": "日本", "state": "paused"}
        assert after.keys() == set(Event.__struct_fields__)

    async def test_a_reset_is_entered_with_what_it_ended(self, store: Store) -> None:
        """Epoch, places given out and serving counter, before and after."""
        epoch = await open_event(store)
        await line_of(store, 9, called=4)
        after = await store.reset_event(SALE, NOW + 5, DEED)
        assert await told(store) == [
            (
                "increment",
                {"epoch": epoch, "queue": 9, "serving": 4},
                {"epoch": after.epoch, "queue": 0, "serving": 0},
            )
        ]

    async def test_what_was_refused_is_not_entered(self, store: Store) -> None:
        """Nothing happened, so there is no deed."""
        for verb in (
            store.change_event(SALE, {"title": "x"}, NOW, DEED),
            store.advance(SALE, 1, NOW, deed=DEED),
            store.reset_event(SALE, NOW, DEED),
        ):
            with pytest.raises((EventUnknown, EventNotFound)):
                await verb
        assert await entries(store) == []
        await open_event(store)
        with pytest.raises(EventExists):
            await store.create_event(Event(event_id=SALE), NOW, DEED)
        assert await entries(store) == []

    async def test_a_log_outlives_reset_and_deletion(self, store: Store) -> None:
        """It is that of the event's name: one made anew goes on behind it, seals stay."""
        await store.create_event(Event(event_id=SALE), NOW, DEED)
        await store.seal(SALE, {1: "aa"})
        await store.reset_event(SALE, NOW + 1, DEED)
        await store.delete_event(SALE)
        assert [entry.seal for entry in await entries(store)] == ["aa", ""]
        assert (await store.log_end(SALE), await store.unsealed(SALE)) == (2, 2)
        await store.create_event(Event(event_id=SALE), NOW + 2, DEED)
        assert [(entry.seq, entry.seal) for entry in await entries(store)] == [
            (1, "aa"),
            (2, ""),
            (3, ""),
        ]

    async def test_the_log_of_who_is_there_is_never_swept_up(self, store: Store) -> None:
        """Not even if an event of that name was deleted long ago."""
        await store.create_event(Event(event_id=SALE), NOW, DEED)
        await store.delete_event(SALE)
        await store.create_event(Event(event_id=SALE), NOW + 1, DEED)
        while await store.purge(100, NOW + 2 * LOG_LIFETIME):
            pass
        assert await store.log_end(SALE) == 2
        assert len(await entries(store)) == 2

    async def test_entries_that_are_no_part_of_another_verb(self, store: Store) -> None:
        """In the log of an event, there or not, or of the deployment: each has its own numbers."""
        await open_event(store)
        for event_id in (SALE, "gone", "", ""):
            await store.add_entry(event_id, ODD, '{"x":"日本"}', NOW)
        for event_id in (SALE, "gone"):
            [entry] = await entries(store, event_id)
            assert (entry.seq, entry.before, entry.after) == (1, "null", '{"x":"日本"}')
            assert (entry.by, entry.source, entry.action) == (ODD.by, ODD.source, ODD.action)
        assert [entry.seq for entry in await entries(store, "")] == [1, 2]
        assert "gone" not in await store.event_ids()

    async def test_racing_deeds_have_numbers_of_their_own(self, store: Store) -> None:
        """From 1 on without a gap, and each continues what the one before left."""
        await open_event(store)
        await asyncio.gather(*(store.advance(SALE, 1, NOW, deed=DEED) for _ in range(50)))
        found = await told(store)
        assert [entry.seq for entry in await entries(store)] == list(range(1, 51))
        assert [before for _, before, _ in found] == [{"serving_counter": n} for n in range(50)]

    async def test_a_log_can_be_paged_through(self, store: Store) -> None:
        """Behind an entry, so many at most, oldest first."""
        await open_event(store)
        for n in range(7):
            await store.advance(SALE, n, NOW + n, deed=DEED)
        page = await store.log(SALE, 2, 3)
        assert [(entry.seq, entry.at) for entry in page] == [(n, NOW + n - 1) for n in (3, 4, 5)]
        assert [entry.seq for entry in await store.log(SALE, 5, 99)] == [6, 7]
        assert await store.log(SALE, 7, 9) == []
        assert await store.log(SALE, 0, 0) == []
        assert await store.log_end(SALE) == 7

    async def test_a_seal_is_laid_once(self, store: Store) -> None:
        """The first one stays; on an entry that is not there none is laid."""
        await open_event(store)
        for _ in range(3):
            await store.advance(SALE, 1, NOW, deed=DEED)
        await store.seal(SALE, {1: "aa", 2: "bb"})
        await store.seal(SALE, {2: "xx", 9: "ff"})
        await store.seal(SALE, {})
        assert [entry.seal for entry in await entries(store)] == ["aa", "bb", ""]
        for _ in range(7):
            await store.advance(SALE, 1, NOW, deed=DEED)
        assert [entry.seal for entry in await entries(store)] == ["aa", "bb"] + [""] * 8

    async def test_the_oldest_without_a_seal_is_known(self, store: Store) -> None:
        """In whatever order seals are laid; 0 when all have one."""
        await open_event(store)
        for _ in range(250):
            await store.advance(SALE, 1, NOW, deed=DEED)
        assert await store.unsealed(SALE) == 1
        await store.seal(SALE, dict.fromkeys(range(100, 251), "aa"))
        assert await store.unsealed(SALE) == 1
        await store.seal(SALE, dict.fromkeys(range(1, 42), "aa"))
        assert await store.unsealed(SALE) == 42
        await store.seal(SALE, dict.fromkeys(range(42, 100), "aa"))
        assert await store.unsealed(SALE) == 0
        await store.advance(SALE, 1, NOW, deed=DEED)
        assert await store.unsealed(SALE) == 251

    async def test_the_deployments_log_is_sealed_likewise(self, store: Store) -> None:
        """Under the empty name; events' seals are not its."""
        await store.add_entry("", DEED, "{}", NOW)
        await store.create_event(Event(event_id=SALE), NOW, DEED)
        await store.seal("", {1: "aa"})
        assert (await store.unsealed(""), await store.unsealed(SALE)) == (0, 1)
        assert [entry.seal for entry in await entries(store, "")] == ["aa"]

    async def test_the_log_of_a_gone_event_is_swept_up_in_the_end(self, store: Store) -> None:
        """It can still be read the day after; a server lets it go by itself (its own test)."""
        await store.create_event(Event(event_id=SALE), NOW, DEED)
        await store.delete_event(SALE)
        while await store.purge(100, NOW + 24 * HOUR):
            pass
        assert len(await entries(store)) == 1
