"""What a store promises of the notes of an event, and of steps that are made under a condition."""

import msgspec
import pytest

from scene import NOW, SALE, open_event, snapshot
from waitroom.core.facts import OUTBOX
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import Advance, Counters
from waitroom.errors import EventUnknown
from waitroom.store import Store

ODD = 'größer "als" {}\n:\\ 日本'


class NoteContract:
    """Note, and advance with ``at`` and ``notes``."""

    async def test_a_new_event_has_no_notes(self, store: Store) -> None:
        """There is nothing to be known of its site yet."""
        await open_event(store)
        assert (await snapshot(store)).notes == {}

    async def test_notes_are_set_and_removed(self, store: Store) -> None:
        """Some at a time, the others stay; whatever is in them; by name in order."""
        await open_event(store)
        await store.note(SALE, {"rate": ODD, "alert:ab12": "", "gate": '{"state":"open"}'})
        assert list((await snapshot(store)).notes.items()) == [
            ("alert:ab12", ""),
            ("gate", '{"state":"open"}'),
            ("rate", ODD),
        ]
        await store.note(SALE, {"gate": None, "rate": "2", "nobody": None})
        assert (await snapshot(store)).notes == {"alert:ab12": "", "rate": "2"}
        await store.note(SALE, {})
        assert (await snapshot(store)).notes == {"alert:ab12": "", "rate": "2"}

    async def test_a_note_is_nothing_done_to_the_event(self, store: Store) -> None:
        """The revision stays, and so does all else."""
        await open_event(store)
        before = await snapshot(store)
        await store.note(SALE, {"gate": "x"})
        assert (await snapshot(store)).revision == before.revision
        await store.note(SALE, {"gate": None})
        assert await snapshot(store) == before

    async def test_notes_are_of_one_event(self, store: Store) -> None:
        """Another has its own."""
        await open_event(store)
        await open_event(store, "tour")
        await store.note(SALE, {"gate": "x"})
        assert (await snapshot(store, "tour")).notes == {}

    async def test_an_unknown_event_takes_no_notes(self, store: Store) -> None:
        """It says so, and is not made by it."""
        for changes in ({"gate": "x"}, {"gate": None}, {}):
            with pytest.raises(EventUnknown):
                await store.note(SALE, changes)
        assert await store.event_ids() == []

    async def test_a_reset_leaves_notes(self, store: Store) -> None:
        """They tell of the site, not of the line; a deletion takes them along."""
        await open_event(store)
        await store.note(SALE, {"gate": "x"})
        await store.reset_event(SALE, NOW + 1)
        assert (await snapshot(store)).notes == {"gate": "x"}
        await store.delete_event(SALE)
        await open_event(store)
        assert (await snapshot(store)).notes == {}

    async def test_a_line_that_is_brought_back_over_another_leaves_notes(
        self, store: Store
    ) -> None:
        """A reset that was lost: notes stay, and facts are numbered on. Gone, it has none."""
        await open_event(store)
        await store.note(SALE, {OUTBOX: "1", "gate": "x"})
        for _ in range(1_500):
            await store.advance(SALE, 1, NOW)
        told = await store.facts(SALE, 0, 9_999)
        at = await snapshot(store)
        later = msgspec.structs.replace(
            at, epoch=at.epoch + 5, counters=Counters(queue=4), last=None, notes={"gate": "y"}
        )
        assert (await store.restore(later, NOW)).notes == {OUTBOX: "1", "gate": "x"}
        await store.advance(SALE, 1, NOW)
        [fact] = await store.facts(SALE, told[-1].seq, 9)
        assert fact.epoch == later.epoch
        await store.delete_event(SALE)
        assert (await store.restore(later, NOW)).notes == {}

    async def test_a_step_leaves_notes(self, store: Store) -> None:
        """With the step, even one by 0; not with one that had been done."""
        await open_event(store)
        await store.note(SALE, {"rate": "0", "gate": "x"})
        await store.advance(SALE, 3, NOW, slot="a", notes={"rate": "1"})
        assert (await snapshot(store)).notes == {"gate": "x", "rate": "1"}
        await store.advance(SALE, 3, NOW, slot="a", notes={"rate": "again"})
        assert (await snapshot(store)).notes["rate"] == "1"
        await store.advance(SALE, 0, NOW, slot="b", notes={"rate": "2", "turnover": "y"})
        assert (await snapshot(store)).notes == {"gate": "x", "rate": "2", "turnover": "y"}
        await store.advance(SALE, 1, NOW, notes={"rate": "3"})
        assert (await snapshot(store)).notes["rate"] == "3"

    async def test_a_step_from_elsewhere_is_not_made(self, store: Store) -> None:
        """With ``at``: the counter, the notes and the slot are as before, and it can still be."""
        await open_event(store)
        await store.advance(SALE, 5, NOW)
        before = await snapshot(store)
        refused = await store.advance(SALE, 3, NOW + 1, slot="a", at=4, notes={"rate": "1"})
        assert refused == Advance(5, 5)
        assert await snapshot(store) == before
        made = await store.advance(SALE, 3, NOW + 1, slot="a", at=5, notes={"rate": "1"})
        assert made == Advance(5, 8)
        assert (await snapshot(store)).notes == {"rate": "1"}
        assert await store.advance(SALE, 3, NOW + 1, slot="a", at=8) == Advance(8, 8)

    async def test_a_step_of_0_from_elsewhere_is_not_made_either(self, store: Store) -> None:
        """Its slot stays free and its notes are not taken."""
        await open_event(store)
        assert await store.advance(SALE, 0, NOW, "a", at=1, notes={"rate": "1"}) == Advance(0, 0)
        assert (await snapshot(store)).notes == {}
        assert await store.advance(SALE, 2, NOW, "a", at=0) == Advance(0, 2)

    async def test_where_the_counter_stands_is_exact(self, store: Store) -> None:
        """Also where it is as large as it gets."""
        await open_event(store)
        await store.advance(SALE, MAX_COUNTER - 1, NOW)
        refused = await store.advance(SALE, 1, NOW, at=MAX_COUNTER)
        assert refused == Advance(MAX_COUNTER - 1, MAX_COUNTER - 1)
        made = await store.advance(SALE, 1, NOW, at=MAX_COUNTER - 1)
        assert made == Advance(MAX_COUNTER - 1, MAX_COUNTER)
