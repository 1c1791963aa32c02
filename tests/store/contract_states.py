"""What a store promises of an event's states and its opening: who gets a place, who comes in."""

import msgspec
import pytest

from scene import NOW, SALE, admit, counters, line_of, open_event, snapshot
from waitroom.core.inlet_kinds import MaxSize
from waitroom.core.model import Advance, Expiry, Pause, Place, Snapshot, State
from waitroom.errors import (
    EventClosed,
    EventNotOpen,
    EventPaused,
    EventSoldOut,
    LineSoldOut,
    NotYet,
    PlaceExpired,
)
from waitroom.store import Store

PERIOD = 30
SOLD_OUT = {"state": State.SOLD_OUT}


class StateContract:
    """Sold out, and not open yet."""

    async def test_sold_out_takes_nobody_new(self, store: Store) -> None:
        """Who joins is told so, and the line does not grow; open again, it does."""
        await open_event(store, state=State.SOLD_OUT)
        with pytest.raises(EventSoldOut):
            await store.join(SALE, 1, NOW)
        assert (await counters(store)).queue == 0
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 1)
        assert (await store.join(SALE, 1, NOW + 1)).first == 1

    async def test_sold_out_lets_nobody_in(self, store: Store) -> None:
        """Who is called is told so, who is not has still to wait, who has a session keeps it."""
        epoch = await open_event(store)
        inside, called, waiting = await line_of(store, 3, called=2)
        session = await admit(store, epoch, inside)
        await store.change_event(SALE, SOLD_OUT, NOW + 1)
        with pytest.raises(LineSoldOut):
            await admit(store, epoch, called, NOW + 1)
        with pytest.raises(NotYet) as refused:
            await admit(store, epoch, waiting, NOW + 1)
        assert type(refused.value) is NotYet
        assert await admit(store, epoch, inside, NOW + 1) == session
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 2)
        assert (await admit(store, epoch, called, NOW + 2)).place == called

    @pytest.mark.parametrize("state", [State.SOLD_OUT, State.PAUSED])
    async def test_time_stands_still_while_nobody_is_let_in(
        self, store: Store, state: State
    ) -> None:
        """No place expires meanwhile; afterwards it has as long as was left."""
        epoch = await open_event(store, queue_position_expiry_period=PERIOD)
        first, second = await line_of(store, 2, called=2)
        await store.change_event(SALE, {"state": state}, NOW + 20)
        assert await store.expire(SALE, NOW + 500) == Expiry()
        await store.change_event(SALE, {"state": State.OPEN}, NOW + 1_000)
        assert (await store.expire(SALE, NOW + 1_009)).expired == 0
        assert (await admit(store, epoch, first, NOW + 1_009)).place == first
        with pytest.raises(PlaceExpired):
            await admit(store, epoch, second, NOW + 1_010)
        assert (await store.expire(SALE, NOW + 1_010)).expired == 1

    async def test_one_pause_whatever_it_is_called(self, store: Store) -> None:
        """From paused to sold out and back it goes on; opening or closing the line ends it."""
        await open_event(store)
        for at, state in enumerate(["PAUSED", "SOLD_OUT", "PAUSED", "SOLD_OUT", "CLOSED"]):
            await store.change_event(SALE, {"state": State[state]}, NOW + at)
        assert (await snapshot(store)).pauses == (Pause(NOW, NOW + 4),)
        await store.change_event(SALE, SOLD_OUT, NOW + 9)
        assert (await snapshot(store)).pauses == (Pause(NOW, NOW + 4), Pause(NOW + 9))
        assert (await store.reset_event(SALE, NOW + 12)).pauses == (Pause(NOW + 12),)

    async def test_an_event_created_sold_out_stands_still_from_then_on(self, store: Store) -> None:
        """Its first pause begins with it."""
        await open_event(store, state=State.SOLD_OUT)
        assert (await snapshot(store)).pauses == (Pause(NOW),)

    async def test_who_leaves_does_not_move_a_line_that_is_sold_out(self, store: Store) -> None:
        """The session is marked; the counter stays where it is."""
        epoch = await open_event(store, inlet=MaxSize(size=2))
        first, *_ = await line_of(store, 5, called=2)
        await admit(store, epoch, first)
        await store.change_event(SALE, SOLD_OUT, NOW)
        left = await store.exits(SALE, epoch, [first], [], None, NOW)
        assert (left.updated, left.step) == (1, Advance(2, 2))

    async def test_nobody_joins_before_the_line_opens(self, store: Store) -> None:
        """They hear how long it takes; from that second on they get a place."""
        await open_event(store, opens_at=NOW + 60)
        for at, left in ((0, 60), (59, 1)):
            with pytest.raises(EventNotOpen) as refused:
                await store.join(SALE, 3, NOW + at)
            assert refused.value.retry_after == left
        assert (await counters(store)).queue == 0
        assert (await store.join(SALE, 3, NOW + 60)).first == 1

    async def test_the_opening_may_be_moved(self, store: Store) -> None:
        """Later, sooner, to the end of all seconds, or away; places from before go on."""
        epoch = await open_event(store)
        first, second = await line_of(store, 2, called=1)
        for opens_at in (NOW + 9, 2**32 - 1):
            await store.change_event(SALE, {"opens_at": opens_at}, NOW)
            with pytest.raises(EventNotOpen) as refused:
                await store.join(SALE, 1, NOW)
            assert refused.value.retry_after == opens_at - NOW
        assert (await admit(store, epoch, first)).place == first
        await store.advance(SALE, 1, NOW)
        assert (await admit(store, epoch, second)).place == second
        await store.change_event(SALE, {"opens_at": 0}, NOW)
        assert (await store.join(SALE, 1, NOW)).first == 3

    @pytest.mark.parametrize(
        ("state", "refusal"), [(State.CLOSED, EventClosed), (State.SOLD_OUT, EventSoldOut)]
    )
    async def test_a_state_that_takes_nobody_is_told_first(
        self, store: Store, state: State, refusal: type[Exception]
    ) -> None:
        """Who comes back at the opening would be refused then."""
        await open_event(store, state=state, opens_at=NOW + 60)
        with pytest.raises(refusal):
            await store.join(SALE, 1, NOW)

    async def test_a_paused_line_opens_too(self, store: Store) -> None:
        """It takes newcomers from the opening on, and lets nobody in."""
        epoch = await open_event(store, state=State.PAUSED, opens_at=NOW + 60)
        with pytest.raises(EventNotOpen):
            await store.join(SALE, 1, NOW + 59)
        await store.join(SALE, 1, NOW + 60)
        await store.advance(SALE, 1, NOW + 60)
        with pytest.raises(EventPaused):
            await admit(store, epoch, Place(1, NOW + 60), NOW + 60)

    async def test_a_restored_event_opens_when_it_was_to(self, store: Store) -> None:
        """What is remembered of an event says when its line opens, whichever store it comes to."""
        await open_event(store, opens_at=NOW + 60)
        line = await snapshot(store)
        await store.delete_event(SALE)
        await store.restore(line, NOW)
        with pytest.raises(EventNotOpen):
            await store.join(SALE, 1, NOW)
        await store.restore(_later(line, NOW + 5), NOW)
        assert (await store.join(SALE, 1, NOW + 5)).first == 1


def _later(line: Snapshot, opens_at: int) -> Snapshot:
    """What somebody remembers of a later change."""
    event = msgspec.structs.replace(line.event, opens_at=opens_at)
    return msgspec.structs.replace(line, event=event, revision=line.revision + 1)
