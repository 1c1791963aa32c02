"""What a store promises of events: EventVerbs."""

import asyncio

import msgspec
import pytest

from scene import ISSUER, NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.audit import Deed
from waitroom.core.inlet_kinds import Periodic
from waitroom.core.model import Counters, Event, Pause, Place, SessionStatus, State
from waitroom.errors import EventChanged, EventExists, EventNotFound, EventUnknown, TicketUnknown
from waitroom.store import Store

DEED = Deed(by="key-1", source="192.0.2.7", action="change")
SHOP = Event(
    event_id=SALE,
    title="Frühjahr 🎟",
    message='"quoted" \\ and\nbroken',
    state=State.CLOSED,
    validity_period=60,
    queue_position_expiry=False,
    queue_position_expiry_period=30,
    advance_on_expiry=True,
    issuer=ISSUER,
    target_url="https://shop.example/",
    return_urls=("https://shop.example/a", "https://shop.example/b"),
    allowed_origins=("https://shop.example",),
    inlet=Periodic(increment=2**40 - 1, interval=5, start=NOW, end=NOW + 60),
)


class EventContract:
    """Create, change, delete, reset, list."""

    async def test_a_new_event_keeps_every_setting_and_counts_from_0(self, store: Store) -> None:
        """All counters are 0, nobody was paused, no step was made; settings are as given."""
        made = await store.create_event(SHOP, NOW)
        assert (made.event, made.counters, made.pauses) == (SHOP, Counters(), ())
        assert (made.anchor, made.last) == (None, None)
        assert await snapshot(store) == made

    async def test_an_event_is_created_once(self, store: Store) -> None:
        """A second event of that ID is refused, and the first is as it was."""
        before = await store.create_event(SHOP, NOW)
        with pytest.raises(EventExists):
            await store.create_event(Event(event_id=SALE), NOW + 1)
        assert await snapshot(store) == before

    async def test_an_event_created_paused_is_paused_from_then_on(self, store: Store) -> None:
        """Its first pause begins with it."""
        made = await store.create_event(Event(event_id=SALE, state=State.PAUSED), NOW)
        assert made.pauses == (Pause(NOW),)

    async def test_changes_leave_the_other_settings_alone(self, store: Store) -> None:
        """What is named is set, the rest and the counters stay."""
        await store.create_event(SHOP, NOW)
        changed = await store.change_event(SALE, {"title": "new", "validity_period": 9}, NOW)
        assert changed.event == msgspec.structs.replace(SHOP, title="new", validity_period=9)
        assert (await snapshot(store)).event == changed.event

    async def test_an_event_that_is_not_there_cannot_be_changed(self, store: Store) -> None:
        """It is not found."""
        with pytest.raises(EventNotFound):
            await store.change_event(SALE, {"title": "new"}, NOW)

    async def test_a_change_of_what_was_read(self, store: Store) -> None:
        """With the revision that was read it is made once; if the event moved on, not at all."""
        await open_event(store)
        read = (await snapshot(store)).revision
        changed = await store.change_event(SALE, {"title": "first"}, NOW, DEED, at=read)
        assert (changed.event.title, changed.revision) == ("first", read + 1)
        for at in (read, read + 2):
            with pytest.raises(EventChanged):
                await store.change_event(SALE, {"title": "second"}, NOW, DEED, at=at)
        assert await snapshot(store) == changed
        assert len(await store.log(SALE, 0, 9)) == 1
        with pytest.raises(EventNotFound):
            await store.change_event("tour", {"title": "new"}, NOW, at=0)

    async def test_racing_changes_of_what_was_read(self, store: Store) -> None:
        """Of those who read the same, one is first, and the others hear of it."""
        await open_event(store)
        calls = (store.change_event(SALE, {"title": str(n)}, NOW, at=0) for n in range(20))
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(answer, EventChanged) for answer in answers) == 19
        assert (await snapshot(store)).revision == 1

    async def test_pauses_are_written_down(self, store: Store) -> None:
        """From the change to paused until the change to anything else; repeats add nothing."""
        await open_event(store)
        for at, state in [(1, "PAUSED"), (2, "PAUSED"), (5, "OPEN"), (6, "OPEN"), (8, "PAUSED")]:
            await store.change_event(SALE, {"state": State[state]}, NOW + at)
        closed = await store.change_event(SALE, {"state": State.CLOSED}, NOW + 9)
        assert closed.pauses == (Pause(NOW + 1, NOW + 5), Pause(NOW + 8, NOW + 9))
        assert closed.event.state is State.CLOSED

    async def test_a_pause_that_goes_on_has_no_end(self, store: Store) -> None:
        """Its end is None, also after other settings were changed."""
        await open_event(store)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + 1)
        changed = await store.change_event(SALE, {"title": "still"}, NOW + 2)
        assert changed.pauses == (Pause(NOW + 1),)

    async def test_a_deleted_event_is_gone(self, store: Store) -> None:
        """It is neither listed nor found; its request IDs are of an event that is unknown."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        await store.delete_event(SALE)
        assert await store.event_ids() == []
        assert await store.snapshots([SALE], NOW) == {}
        with pytest.raises(EventNotFound):
            await store.delete_event(SALE)
        with pytest.raises(EventUnknown):
            await admit(store, epoch, place)

    async def test_no_epoch_is_used_twice(self, store: Store) -> None:
        """Not after resets, not after delete and create, not by another event."""
        epochs = [await open_event(store), await open_event(store, "other")]
        for _ in range(3):
            epochs.append((await store.reset_event(SALE, NOW)).epoch)
            await store.delete_event("other")
            epochs.append(await open_event(store, "other"))
            await store.delete_event(SALE)
            epochs.append(await open_event(store))
        assert len(set(epochs)) == len(epochs)

    async def test_request_ids_of_a_deleted_event_open_nowhere(self, store: Store) -> None:
        """An event made under the same ID does not honour them."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        await store.delete_event(SALE)
        await open_event(store)
        await line_of(store, 1, called=1)
        with pytest.raises(TicketUnknown):
            await admit(store, epoch, place)

    async def test_a_reset_begins_anew(self, store: Store) -> None:
        """Counters and curves are empty, settings stay, positions begin at 1 again."""
        epoch = await open_event(store, title="kept")
        first, *_ = await line_of(store, 9, called=4)
        await store.give_up(SALE, epoch, first, NOW)
        reset = await store.reset_event(SALE, NOW + 1)
        assert (reset.event.title, reset.counters, reset.last) == ("kept", Counters(), None)
        assert await store.curves(SALE, 0, 10) == ([], [])
        assert (await store.join(SALE, 1, NOW + 2)).first == 1

    async def test_after_a_reset_no_earlier_place_is_honoured(self, store: Store) -> None:
        """Neither one that was let in already nor one that waits."""
        epoch = await open_event(store)
        place, waiting = await line_of(store, 2, called=1)
        await admit(store, epoch, place)
        fresh = (await store.reset_event(SALE, NOW + 1)).epoch
        await line_of(store, 2, called=2)
        for old in (place, waiting):
            with pytest.raises(TicketUnknown):
                await admit(store, epoch, old)
            with pytest.raises(TicketUnknown):
                await store.standing(SALE, epoch, old, NOW + 1)
            with pytest.raises(TicketUnknown):
                await store.finish(SALE, epoch, old, SessionStatus.COMPLETED, NOW)
        assert await store.active_sessions(SALE, NOW + 1) == 0
        assert await store.expired_sessions(SALE, NOW + 99_999, 9, None) == (fresh, [])

    async def test_a_reset_forgets_the_slots_that_were_done(self, store: Store) -> None:
        """A slot counts once in each epoch."""
        await open_event(store)
        await store.advance(SALE, 5, NOW, slot="12:00")
        await store.reset_event(SALE, NOW)
        assert (await store.advance(SALE, 5, NOW, slot="12:00")).current == 5

    async def test_a_reset_while_paused_pauses_from_now_on(self, store: Store) -> None:
        """Earlier pauses concern nobody any more; the present one begins with the reset."""
        await open_event(store)
        await store.change_event(SALE, {"state": State.PAUSED}, NOW + 1)
        assert (await store.reset_event(SALE, NOW + 7)).pauses == (Pause(NOW + 7),)

    async def test_an_event_that_is_not_there_cannot_be_reset(self, store: Store) -> None:
        """It is unknown: this verb belongs to a call of the system we replace."""
        with pytest.raises(EventUnknown):
            await store.reset_event(SALE, NOW)

    async def test_events_are_listed_in_order(self, store: Store) -> None:
        """All IDs, sorted, whichever came first."""
        for event_id in ("b", "a", "c-1", "c"):
            await open_event(store, event_id)
        assert await store.event_ids() == ["a", "b", "c", "c-1"]

    async def test_snapshots_are_of_the_events_that_exist(self, store: Store) -> None:
        """Those asked for and there; the others are left out without a word."""
        for event_id in ("a", "b", "c"):
            await open_event(store, event_id)
        assert set(await store.snapshots(["a", "c", "d"], NOW)) == {"a", "c"}
        assert await store.snapshots([], NOW) == {}

    async def test_events_do_not_touch_one_another(self, store: Store) -> None:
        """Each has its own line, counters, slots and sessions."""
        epoch = await open_event(store)
        other = await open_event(store, "other")
        [place] = await line_of(store, 1, called=1)
        await admit(store, epoch, place)
        await store.advance(SALE, 1, NOW, slot="12:00")
        assert await counters(store, "other") == Counters()
        assert (await store.advance("other", 1, NOW, slot="12:00")).current == 1
        await store.reset_event("other", NOW)
        assert (await counters(store)).tokens == 1
        with pytest.raises(TicketUnknown):
            await store.standing(SALE, other, Place(1, NOW), NOW)
