"""The periodic work of control planes on one store, with a clock that the tests move."""

import asyncio
from itertools import pairwise
from typing import Final

import pytest
from planes import NOW, Plane
from structlog.testing import capture_logs

from waiting import wait_until
from waitroom.control import jobs
from waitroom.control.jobs import AT_ONCE, FRESH, periodic_work
from waitroom.control.sweeps import MINUTE
from waitroom.core.inlet_kinds import Inlet, Periodic
from waitroom.core.model import Event, State, Step
from waitroom.errors import StoreUnavailable

EACH_SECOND: Final = Periodic(increment=3, interval=1)


async def set_inlet(plane: Plane, inlet: Inlet) -> None:
    """As an operator does."""
    await plane.service.change_event("sale", {"inlet": inlet})


async def test_the_line_moves_by_itself(plane: Plane) -> None:
    """One step each interval, in the second for which it is scheduled."""
    await plane.crowd(inlet=Periodic(increment=5, interval=2))
    for second in range(7):
        await plane.look(second)
    assert await plane.steps() == [Step(0, 5), Step(2, 10), Step(4, 15), Step(6, 20)]


async def test_two_planes_make_each_step_once(planes: tuple[Plane, Plane]) -> None:
    """At the same moment or one after the other; the second to come finds it done."""
    one, other = planes
    await one.crowd(inlet=EACH_SECOND)
    for second in range(9, 20):
        await asyncio.gather(one.look(second), other.look(second))
    assert await one.steps() == [Step(second, 3 * (second - 8)) for second in range(9, 20)]
    assert one.store.asked["advance"] == other.store.asked["advance"] == 11


async def test_two_planes_sweep_once(planes: tuple[Plane, Plane]) -> None:
    """With ``advance_on_expiry`` the line moves up once for those who did not come."""
    one, other = planes
    await one.crowd(queue_position_expiry_period=60, advance_on_expiry=True)
    await one.store.advance("sale", 10, NOW)
    for second in range(58, 63):
        await asyncio.gather(one.look(second), other.look(second))
    assert await one.steps() == [Step(0, 10), Step(60, 20)]
    assert (await one.service.snapshot("sale")).counters.expired == 10


async def test_no_shows_do_not_fill_the_log(plane: Plane) -> None:
    """The first are told of at once, then a line a minute says how many they were."""
    await plane.crowd(inlet=EACH_SECOND, queue_position_expiry_period=60, advance_on_expiry=True)
    told_at: list[int] = []
    with capture_logs() as said:
        for second in range(5 * MINUTE):
            await plane.look(second)
            if len(said) > len(told_at):
                told_at.append(second)
                counters = (await plane.service.snapshot("sale")).counters
                assert sum(entry["expired"] for entry in said) == counters.expired
    assert {entry["event"] for entry in said} == {"places expired"}
    assert said[0]["expired"] == 3
    assert len(told_at) == 4
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(told_at))


async def test_a_call_that_was_frozen_on_its_way_is_a_repeat(planes: tuple[Plane, Plane]) -> None:
    """Worked out and sent by a plane that then stood still; the other went on; it arrives."""
    one, other = planes
    await one.crowd(inlet=EACH_SECOND)
    await one.look(9)
    frozen = one.store.held["sale"] = asyncio.Event()
    await one.begin(10)
    await wait_until(lambda: one.store.asked["advance"] == 2, description="a step is on its way")
    for second in range(9, 41):
        await other.look(second)
    before = await other.steps()
    one.time = NOW + 40.5
    frozen.set()
    await one.jobs.settle()
    assert await other.steps() == before
    await one.look(41)
    await other.look(41)
    assert await other.serving() == 3 * (42 - 9)


@pytest.mark.parametrize("jump", [FRESH + 0.1, 3 * 86_400.0, -1.0])
async def test_what_was_read_too_long_ago_is_not_acted_upon(plane: Plane, jump: float) -> None:
    """Stopped between reading and sending, for seconds or for days: it is worked out anew."""
    await plane.crowd(inlet=Periodic(increment=5, interval=60))

    def stand_still() -> None:
        plane.time += jump
        plane.store.read = lambda: None

    plane.store.read = stand_still
    await plane.look(30)
    assert plane.store.asked["advance"] == 0
    await plane.look(31)
    assert await plane.steps() == [Step(31, 5)]


async def test_a_plane_that_wakes_after_days_makes_one_step(planes: tuple[Plane, Plane]) -> None:
    """What it has missed was done by the other and has long been forgotten by the store."""
    one, other = planes
    await one.crowd(inlet=Periodic(increment=5, interval=60))
    await one.look(0)
    for second in range(60, 3 * 86_400, 20_040):
        await other.look(second)
    before = await other.serving()
    await one.look(3 * 86_400 + 59)
    assert await one.serving() == before + 5


async def test_after_an_outage_the_step_is_made_late(plane: Plane) -> None:
    """A step that failed is due again, until it is made, and then it is done."""
    await plane.crowd(inlet=Periodic(increment=5, interval=60))
    plane.store.sick.add("sale")
    for second in (0, 1, 2):
        await plane.look(second)
    plane.store.sick.clear()
    for second in (3, 4, 5):
        await plane.look(second)
    assert await plane.steps() == [Step(3, 5)]


@pytest.mark.parametrize(("away", "made_up"), [(4, 4), (10, 10), (600, 10)])
async def test_ten_seconds_of_an_outage_are_made_up(plane: Plane, away: int, made_up: int) -> None:
    """A failover costs the line nothing; a long silence does not end in a burst."""
    await plane.crowd(people=10_000, inlet=EACH_SECOND)
    await plane.look(0)
    plane.store.sick.add("sale")
    for second in range(1, away):
        await plane.look(second)
    plane.store.sick.clear()
    await plane.look(away)
    assert await plane.steps() == [Step(0, 3), Step(away, 3 + 3 * made_up)]


async def test_a_change_of_the_inlet_holds_at_the_next_look(plane: Plane) -> None:
    """Another increment from the next step on; a step that was made is not made again."""
    await plane.crowd(inlet=Periodic(increment=5, interval=10))
    await plane.look(0)
    await set_inlet(plane, Periodic(increment=7, interval=10))
    await plane.look(1)
    await set_inlet(plane, Periodic(increment=5, interval=10))
    await plane.look(2)
    assert await plane.serving() == 5
    await set_inlet(plane, Periodic(increment=7, interval=10))
    await plane.look(10)
    assert await plane.steps() == [Step(0, 5), Step(10, 12)]


@pytest.mark.parametrize("state", [State.PAUSED, State.SOLD_OUT])
async def test_the_line_stands_still_while_nobody_is_let_in(plane: Plane, state: State) -> None:
    """No step is made, and none is made up afterwards."""
    await plane.crowd(inlet=EACH_SECOND)
    await plane.service.change_event("sale", {"state": state})
    for second in range(5):
        await plane.look(second)
    await plane.service.change_event("sale", {"state": State.OPEN})
    await plane.look(5)
    assert await plane.steps() == [Step(5, 3)]


async def test_a_quiet_line_banks_nothing(plane: Plane) -> None:
    """While nobody waits the counter is one step ahead, and the steps not made are gone."""
    await plane.crowd(people=1, inlet=EACH_SECOND)
    for second in range(9):
        await plane.look(second)
    assert await plane.serving() == 4
    await plane.store.join("sale", 500, NOW + 9)
    await plane.look(9)
    assert await plane.serving() == 7


async def test_a_clock_that_was_put_back_does_not_stop_the_line(plane: Plane) -> None:
    """The seconds that come again are done already; it goes on with the first new one."""
    await plane.crowd(inlet=EACH_SECOND)
    for second in (0, 1, 2, 1, 2, 3):
        await plane.look(second)
    assert await plane.steps() == [Step(second, 3 * (second + 1)) for second in range(4)]


async def test_a_clock_that_was_far_ahead_does_not_stop_the_line(plane: Plane) -> None:
    """An hour ahead and back again: it goes on a second later, not an hour."""
    await plane.crowd(inlet=EACH_SECOND)
    for second in (0, 1, 3_600, 2):
        await plane.look(second)
    before = await plane.serving()
    for second in (3, 4, 5):
        await plane.look(second)
    assert await plane.serving() == before + 9


async def test_a_slow_or_sick_event_holds_up_no_other(plane: Plane) -> None:
    """Some hang, and more fail than are worked on at once; another moves each second."""
    hanging = [f"a-{number}" for number in range(AT_ONCE // 2)]
    failing = [f"b-{number}" for number in range(AT_ONCE * 2)]
    for event_id in [*hanging, *failing, "sale"]:
        await plane.crowd(event_id, inlet=EACH_SECOND)
    plane.store.held = {event_id: asyncio.Event() for event_id in hanging}
    plane.store.sick = set(failing)
    for second in range(6):
        await plane.begin(second)
        done = 3 * (second + 1)
        async with asyncio.timeout(5):
            # What is written can be read a moment before its turn has ended.
            while await plane.serving() < done or "sale" in plane.jobs._turns:
                await asyncio.sleep(0)
    assert await plane.serving(hanging[0]) == await plane.serving(failing[0]) == 0
    for held in plane.store.held.values():
        held.set()
    plane.store.sick.clear()
    await plane.jobs.settle()
    await plane.look(6)
    assert await plane.serving(hanging[0]) >= 3
    assert await plane.serving(failing[0]) == 3


@pytest.mark.parametrize("lost", ["tour", "the list"])
async def test_a_part_of_the_store_that_is_gone_holds_up_no_other(plane: Plane, lost: str) -> None:
    """Where all cannot be read at once, each event that is known is looked at by itself."""
    for event_id in ("sale", "tour"):
        await plane.crowd(event_id, inlet=EACH_SECOND)
    await plane.look(0)
    plane.store.away = {lost}
    for second in range(1, 4):
        with pytest.raises(StoreUnavailable):
            await plane.begin(second)
        await plane.jobs.settle()
    assert (await plane.store.curves("sale", 0, 9))[1][-1] == Step(NOW + 3, 12)
    plane.store.away.clear()
    await plane.look(4)
    assert await plane.serving("sale") == await plane.serving("tour") == 15


async def test_a_turn_that_takes_too_long_is_ended(
    plane: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And comes again: an answer that never comes does not stop an event for good."""
    monkeypatch.setattr(jobs, "TURN", 0.01)
    await plane.crowd(inlet=EACH_SECOND)
    plane.store.held["sale"] = asyncio.Event()
    await plane.look(0)
    del plane.store.held["sale"]
    monkeypatch.undo()
    await plane.look(1)
    assert await plane.serving() == 3


async def test_a_thousand_quiet_events_cost_two_questions(plane: Plane) -> None:
    """All are looked at at once; none is asked about by itself unless something is due."""
    for number in range(1_000):
        await plane.store.create_event(Event(event_id=f"e{number}", inlet=EACH_SECOND), NOW)
    await plane.look(0)
    assert plane.store.asked["advance"] == 1_000  # to be a step ahead; then all are quiet
    plane.store.asked.clear()
    for second in range(1, 4):
        await plane.look(second)
    assert plane.store.asked == {"event_ids": 3, "snapshots": 3}


async def test_an_event_that_is_gone_is_forgotten(plane: Plane) -> None:
    """Deleted before a look or in the middle of one: no trouble, and nothing is kept of it."""
    await plane.crowd(inlet=EACH_SECOND)
    await plane.look(0)
    plane.store.held["sale"] = asyncio.Event()
    await plane.begin(1)
    await plane.store.delete_event("sale")
    plane.store.held.pop("sale").set()
    await plane.jobs.settle()
    await plane.look(2)
    assert not plane.jobs._dealt_with
    assert not plane.jobs._failed


async def test_the_work_begins_and_ends_with_its_plane(plane: Plane) -> None:
    """It runs by itself meanwhile; what is on its way when the plane ends is left undone."""
    await plane.crowd(inlet=EACH_SECOND)
    plane.store.held["sale"] = asyncio.Event()
    plane.time = NOW + 0.99  # right before a whole second, so that the first look comes at once
    async with periodic_work(plane.service):
        await wait_until(lambda: plane.store.asked["advance"], description="a step is on its way")
    assert {t.get_name() for t in asyncio.all_tasks() if "turn" in t.get_name()} == set()
    assert await plane.serving() == 0
