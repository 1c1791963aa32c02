"""What a store promises of lines that it lost, or lost the end of: RecoveryVerbs and ``above``."""

from collections.abc import Callable

import msgspec
import pytest

from scene import HOUR, NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.model import (
    Advance,
    Arrival,
    Arrivals,
    Counters,
    Event,
    Floor,
    Pause,
    Place,
    Snapshot,
    State,
    Step,
)
from waitroom.errors import EventClosed, EventNotFound, TicketUnknown
from waitroom.store import Store

EARLIER = NOW - 500  # when the line that is restored began, and its epoch


def remembered(event_id: str = SALE, epoch: int = EARLIER, **facts: object) -> Snapshot:
    """A line as a worker may have seen it, long under way."""
    line = Snapshot(
        event=Event(event_id=event_id, title="Frühjahr 🎟"),
        epoch=epoch,
        counters=Counters(
            queue=1_000, serving=100, tokens=60, completed=20, abandoned=5, expired_up_to=50
        ),
        pauses=(Pause(NOW - 90, NOW - 80),),
        anchor=Step(NOW - 400, 10),
        last=Step(NOW - 40, 100),
        revision=7,
        source="of another time",
    )
    return msgspec.structs.replace(line, **facts)


def counted(line: Snapshot, **numbers: int) -> Snapshot:
    """``line`` with some of its numbers set."""
    return msgspec.structs.replace(line, counters=msgspec.structs.replace(line.counters, **numbers))


def told(line: Snapshot) -> tuple[object, ...]:
    """What of a line is restored."""
    return line.event, line.epoch, line.counters, line.pauses, line.revision


async def seen(store: Store, now: int = NOW) -> Snapshot:
    """The event as a worker would remember it."""
    return await snapshot(store, now=now)


class RecoveryContract:
    """Floors, revisions, epochs, restore, lost."""

    # --- joins above a floor

    async def test_places_are_given_out_above_the_floor(self, store: Store) -> None:
        """A counter that was rolled back is moved past what was given out before."""
        epoch = await open_event(store)
        await store.join(SALE, 3, NOW)
        given = await store.join(SALE, 2, NOW, above=Floor(epoch, 40))
        assert given == Arrivals(epoch, 41, NOW, 0)
        assert (await counters(store)).queue == 42
        assert (await store.curves(SALE, 0, 9))[0] == [Arrival(NOW, 42)]

    async def test_a_floor_below_the_counter_changes_nothing(self, store: Store) -> None:
        """Places follow one another without a gap."""
        epoch = await open_event(store)
        await store.join(SALE, 3, NOW)
        assert (await store.join(SALE, 1, NOW, above=Floor(epoch, 3))).first == 4
        assert (await store.join(SALE, 1, NOW, above=Floor(epoch, 1))).first == 5

    async def test_a_floor_of_another_epoch_is_none(self, store: Store) -> None:
        """After a reset positions begin at 1, whatever was given out before."""
        old = await open_event(store)
        await store.join(SALE, 9, NOW)
        epoch = (await store.reset_event(SALE, NOW)).epoch
        for other in (old, epoch + 1):
            assert (await store.join(SALE, 1, NOW, above=Floor(other, 50))).epoch == epoch
        assert (await counters(store)).queue == 2

    async def test_a_closed_line_stays_where_it_is(self, store: Store) -> None:
        """A refused join does not move the counter to the floor."""
        epoch = await open_event(store, state=State.CLOSED)
        with pytest.raises(EventClosed):
            await store.join(SALE, 1, NOW, above=Floor(epoch, 50))
        assert (await counters(store)).queue == 0

    # --- clocks

    async def test_curves_do_not_go_back_in_time(self, store: Store) -> None:
        """What a machine with a late clock adds is written at the newest point's time."""
        epoch = await open_event(store)
        await line_of(store, 2, called=1)
        assert await store.join(SALE, 1, NOW - 3) == Arrivals(epoch, 3, NOW, 1)
        await store.advance(SALE, 1, NOW - 3)
        await store.join(SALE, 1, NOW + 1)
        assert await store.curves(SALE, 0, 9) == (
            [Arrival(NOW, 3), Arrival(NOW + 1, 4)],
            [Step(NOW, 2)],
        )

    async def test_epochs_rise_with_the_time(self, store: Store) -> None:
        """Each is at least the time and above all earlier, so they rise after a total loss too."""
        epochs = [await open_event(store), await open_event(store, "other")]
        epochs += [(await store.reset_event(SALE, now)).epoch for now in (NOW, NOW + 99, NOW + 9)]
        assert epochs == sorted(set(epochs))
        assert epochs[0] >= NOW
        assert epochs[3] >= NOW + 99

    # --- the revision

    async def test_the_revision_counts_changes_and_moves(self, store: Store) -> None:
        """By one for each change of settings, each real step, and a reset; it begins at 0."""
        await open_event(store)
        revisions = [(await seen(store)).revision]

        async def note() -> None:
            revisions.append((await seen(store)).revision)

        await store.change_event(SALE, {"title": "new"}, NOW)
        await note()
        await store.advance(SALE, 5, NOW, slot="12:00")
        await note()
        await store.advance(SALE, -2, NOW)
        await note()
        await store.reset_event(SALE, NOW)
        await note()
        assert revisions == [0, 1, 2, 3, 4]

    async def test_the_revision_counts_nothing_else(self, store: Store) -> None:
        """Not joins, admissions, steps of 0, slots done before, or sweeps that move nothing."""
        epoch = await open_event(store)
        [place] = await line_of(store, 1, called=1)
        await store.advance(SALE, 0, NOW)
        await store.advance(SALE, 0, NOW, slot="12:00")
        await store.advance(SALE, 9, NOW, slot="12:00")
        await admit(store, epoch, place)
        assert (await store.expire(SALE, NOW + HOUR)).advanced_by == 0
        assert (await seen(store)).revision == 1

    async def test_the_revision_counts_a_sweep_that_moves_the_line(self, store: Store) -> None:
        """Once, however far."""
        await open_event(store, advance_on_expiry=True)
        await line_of(store, 5, called=3)
        assert (await store.expire(SALE, NOW + HOUR)).advanced_by == 3
        assert (await seen(store)).revision == 2

    async def test_changed_events_tell_their_revision(self, store: Store) -> None:
        """A change and a reset answer with the new one."""
        await open_event(store)
        assert (await store.change_event(SALE, {"title": "new"}, NOW)).revision == 1
        assert (await store.reset_event(SALE, NOW)).revision == 2

    async def test_a_snapshot_names_its_source(self, store: Store) -> None:
        """The same as long as nothing happens to the store."""
        await open_event(store)
        first = await seen(store)
        await store.join(SALE, 1, NOW)
        assert first.source
        assert (await seen(store)).source == first.source

    # --- restore: gone, or of a lower epoch

    async def test_a_line_that_is_gone_comes_back(self, store: Store) -> None:
        """As it was told, with its last step, on the list of events, and it goes on from there."""
        line = remembered()
        assert told(await store.restore(line, NOW)) == told(line)
        assert told(await seen(store)) == told(line)
        assert await store.event_ids() == [SALE]
        assert await store.curves(SALE, 0, 9) == ([], [Step(NOW - 40, 100)])
        assert await store.join(SALE, 1, NOW) == Arrivals(EARLIER, 1_001, NOW, 100)
        assert await store.advance(SALE, 10, NOW) == Advance(100, 110)

    async def test_a_restored_line_honours_its_places(self, store: Store) -> None:
        """Who was called before is let in; sessions are not known any more."""
        await store.restore(remembered(), NOW)
        place = Place(99, NOW - 300)
        assert (await store.standing(SALE, EARLIER, place, NOW)).session is None
        assert (await store.standing(SALE, EARLIER, place, NOW)).called_at == NOW - 40
        assert (await admit(store, EARLIER, place)).place == place
        assert await store.active_sessions(SALE, NOW) == 1
        assert (await counters(store)).tokens == 61

    async def test_an_expired_place_may_have_had_a_token(self, store: Store) -> None:
        """Let in anew with expiry switched off, it is not counted as one that was missed."""
        line = counted(remembered(), expired=1, expired_up_to=3)
        event = msgspec.structs.replace(line.event, queue_position_expiry=False)
        await store.restore(msgspec.structs.replace(line, event=event), NOW)
        for position in (1, 2, 3):
            await admit(store, EARLIER, Place(position, NOW - 300))
        assert ((await counters(store)).expired, (await counters(store)).tokens) == (0, 63)

    async def test_a_line_without_its_last_step(self, store: Store) -> None:
        """Its places count as called at the time of the restoration; without any, no step."""
        await store.restore(remembered(anchor=None, last=None), NOW)
        assert (await store.curves(SALE, 0, 9))[1] == [Step(NOW, 100)]
        unserved = counted(remembered("other"), serving=0)
        await store.restore(msgspec.structs.replace(unserved, epoch=NOW, last=None), NOW)
        assert await store.curves("other", 0, 9) == ([], [])

    async def test_a_restored_epoch_is_not_used_again(self, store: Store) -> None:
        """Neither by a reset nor by another event, though it lies ahead of the time."""
        await store.restore(remembered(epoch=NOW + 50), NOW)
        assert await open_event(store, "other") > NOW + 50
        assert (await store.reset_event(SALE, NOW)).epoch > NOW + 50

    async def test_a_reset_that_was_lost_is_done(self, store: Store) -> None:
        """The line of the lower epoch, with its sessions, curves and slots, makes way."""
        old = await open_event(store)
        [place, *_] = await line_of(store, 5, called=5)
        await admit(store, old, place)
        await store.advance(SALE, 1, NOW, slot="12:00")
        line = counted(remembered(epoch=old + 1), queue=2, serving=0)
        await store.restore(line, NOW)
        assert told(await seen(store)) == told(line)
        assert await store.active_sessions(SALE, NOW) == 0
        assert await store.curves(SALE, 0, 9) == ([], [])
        with pytest.raises(TicketUnknown):
            await admit(store, old, place)
        assert await store.advance(SALE, 1, NOW, slot="12:00") == Advance(0, 1)

    async def test_a_deleted_line_comes_back_without_its_remains(self, store: Store) -> None:
        """Not even if nothing of it was purged yet; and a later purge takes nothing from it."""
        epoch = await open_event(store)
        [place, *_] = await line_of(store, 9, called=9)
        await admit(store, epoch, place)
        line = await seen(store)
        await store.delete_event(SALE)
        await store.restore(line, NOW)
        assert await store.active_sessions(SALE, NOW) == 0
        await admit(store, epoch, place)
        while await store.purge(100, NOW):
            pass
        assert await store.active_sessions(SALE, NOW) == 1
        assert await store.event_ids() == [SALE]

    async def test_a_deleted_line_stays_away_if_wanted(self, store: Store) -> None:
        """Whoever repairs what was lost must not undo what somebody did."""
        await open_event(store)
        await line_of(store, 9, called=9)
        line = await seen(store)
        assert (await store.restore(line, NOW, unless_deleted=True)).counters == line.counters
        await store.delete_event(SALE)
        with pytest.raises(EventNotFound):
            await store.restore(line, NOW, unless_deleted=True)
        assert await store.event_ids() == []
        assert await store.lost([SALE]) == set()

    # --- restore: the same epoch

    async def test_counters_that_fell_are_raised(self, store: Store) -> None:
        """Queue and serving, the latter in a step at that time; what was let in stays in."""
        epoch = await open_event(store)
        [place, *_] = await line_of(store, 10, called=3)
        session = await admit(store, epoch, place)
        line = counted(await seen(store), queue=50, serving=20, tokens=9)
        restored = await store.restore(line, NOW + 5)
        assert restored.counters == Counters(queue=50, serving=20, tokens=1)
        assert (await store.curves(SALE, 0, 9))[1] == [Step(NOW, 3), Step(NOW + 5, 20)]
        assert await admit(store, epoch, place) == session

    async def test_nothing_is_lowered(self, store: Store) -> None:
        """A line that is ahead of what is remembered stays as it is."""
        await open_event(store)
        await line_of(store, 10, called=3)
        line = await seen(store)
        await store.join(SALE, 5, NOW)
        await store.advance(SALE, 4, NOW)
        await store.change_event(SALE, {"title": "new"}, NOW)
        before = await seen(store)
        assert told(await store.restore(line, NOW)) == told(before)
        assert await seen(store) == before

    async def test_settings_of_a_higher_revision_come_back(self, store: Store) -> None:
        """Settings, state, pauses and the revision; the higher of the counters."""
        epoch = await open_event(store, title="old")
        await line_of(store, 10, called=3)
        line = counted(remembered(epoch=epoch, revision=9), queue=5, serving=2)
        restored = await store.restore(line, NOW)
        assert told(restored) == (
            line.event,
            epoch,
            Counters(queue=10, serving=3),
            line.pauses,
            9,
        )

    @pytest.mark.parametrize("behind", [0, 1])
    async def test_settings_of_no_higher_revision_do_not(self, store: Store, behind: int) -> None:
        """The counters are raised all the same, and that is no new revision."""
        await open_event(store)
        line = counted(await seen(store), queue=50, serving=20)
        at = await store.change_event(SALE, {"title": "new", "state": State.PAUSED}, NOW)
        revision = at.revision - behind
        restored = await store.restore(msgspec.structs.replace(line, revision=revision), NOW)
        assert told(restored) == (
            at.event,
            at.epoch,
            Counters(queue=50, serving=20),
            (Pause(NOW),),
            at.revision,
        )

    async def test_repeating_it_changes_nothing(self, store: Store) -> None:
        """By the same worker or another, at once or later."""
        epoch = await open_event(store)
        for line in (remembered("other"), counted(remembered(epoch=epoch), queue=7, serving=3)):
            event_id = line.event.event_id
            await store.restore(line, NOW)
            before = await snapshot(store, event_id), await store.curves(event_id, 0, 9)
            assert told(await store.restore(line, NOW + 60)) == told(before[0])
            assert (await snapshot(store, event_id), await store.curves(event_id, 0, 9)) == before

    async def test_the_order_does_not_matter(self, store: Store) -> None:
        """Workers that remember different moments bring back the latest, whoever comes first."""
        moments = [
            counted(remembered(epoch=EARLIER + n, revision=r), queue=q, serving=s)
            for n in (0, 1)
            for r, q, s in ((5, 50, 9), (6, 40, 20), (4, 60, 8))
        ]
        for event_id, order in (("a", moments), ("b", moments[::-1])):
            for line in order:
                event = msgspec.structs.replace(line.event, event_id=event_id)
                # No two events have one epoch.
                epoch = line.epoch + 10 * (event_id == "b")
                await store.restore(msgspec.structs.replace(line, event=event, epoch=epoch), NOW)
            at = await snapshot(store, event_id)
            assert (at.counters.queue, at.counters.serving, at.revision) == (60, 20, 6)

    # --- restore: a higher epoch

    async def test_a_line_of_a_higher_epoch_stays(self, store: Store) -> None:
        """What is remembered from before a reset concerns nobody."""
        await open_event(store)
        before = await seen(store)
        line = remembered(epoch=before.epoch - 1, revision=99)
        assert told(await store.restore(line, NOW)) == told(before)
        assert await seen(store) == before

    # --- what is lost, and whose it is

    async def test_neither_what_is_there_nor_what_was_deleted_is_lost(self, store: Store) -> None:
        """Somebody wanted it gone."""
        await open_event(store)
        await open_event(store, "other")
        await store.delete_event("other")
        assert await store.lost([SALE, "other"]) == set()
        assert await store.lost([]) == set()

    async def test_a_restored_line_is_not_lost(self, store: Store) -> None:
        """Not even if it had been deleted."""
        await open_event(store)
        line = await seen(store)
        await store.delete_event(SALE)
        await store.restore(line, NOW)
        assert await store.lost([SALE]) == set()
        assert await store.event_ids() == [SALE]

    async def test_a_new_store_is_nobodys(
        self, url: str, opened: Callable[[str], Store], store: Store
    ) -> None:
        """Until it is claimed; then every process sees that."""
        assert not await store.is_claimed()
        await store.claim_secret("ours")
        assert await store.is_claimed()
        assert await opened(url).is_claimed()
