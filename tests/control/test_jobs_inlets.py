"""Every kind of inlet, swept and gated, on a real store, by planes with a clock of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import pytest
from planes import NOW, Plane
from structlog.testing import capture_logs

from waitroom.control import sweeps
from waitroom.core.facts import OUTBOX
from waitroom.core.gates import Health
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import Place, SessionStatus, State
from waitroom.errors import NotYet, SiteFull

ISSUER: Final = "https://line.example/oidc/sale"
WELL: Final = Health(latency=0.1, errors=0.0)
KINDS: Final[dict[str, tuple[Inlet, int]]] = {
    "manual": (Manual(), 0),
    "periodic": (Periodic(increment=3, interval=2), 15),
    "max_size": (MaxSize(size=30), 0),
    "rate": (Rate(per_minute=90), 15),
    "target": (Target(size=30), 30),
    "adaptive": (Adaptive(floor=90, ceiling=90), 15),
}


async def serving_each_second(planes: Iterable[Plane], seconds: range) -> None:
    """All planes look at once, each second."""
    for second in seconds:
        await asyncio.gather(*(plane.look(second) for plane in planes))


async def come(plane: Plane, position: int) -> bool:
    """A visitor asks for a token; whether there was one."""
    at = await plane.service.snapshot("sale")
    place = Place(position, NOW)
    try:
        await plane.store.admit("sale", at.epoch, place, int(plane.time), ISSUER, 3_600)
    except SiteFull:
        return False
    return True


@pytest.mark.parametrize(("inlet", "moved"), KINDS.values(), ids=KINDS.keys())
async def test_two_planes_move_the_line_as_one_would(
    planes: tuple[Plane, Plane], inlet: Inlet, moved: int
) -> None:
    """Ten seconds of each inlet, by both at once: each step is made once."""
    one, other = planes
    await one.crowd(inlet=inlet)
    await serving_each_second(planes, range(10))
    assert await one.serving() == moved
    assert not one.jobs.failed | other.jobs.failed


@pytest.mark.parametrize("inlet", [inlet for inlet, moved in KINDS.values() if moved])
async def test_a_gate_holds_each_inlet(plane: Plane, inlet: Inlet) -> None:
    """While it holds nobody is called; when it opens the line goes on, with no burst."""
    await plane.crowd(inlet=inlet)
    plane.health = Health(holds=True)
    await serving_each_second([plane], range(20))
    assert await plane.serving() == 0
    plane.health = WELL
    await plane.look(20)
    assert 0 < await plane.serving() <= (30 if isinstance(inlet, Target) else 3)


async def test_a_target_is_filled_and_never_exceeded(planes: tuple[Plane, Plane]) -> None:
    """Those called come, one in three does not: more are called, the door keeps the size."""
    one, _ = planes
    await one.crowd(people=1_000, inlet=Target(size=30))
    came, position = 0, 0
    for second in range(400):
        await asyncio.gather(*(plane.look(second) for plane in planes))
        serving = await one.serving()
        while position < serving:
            position += 1
            came += position % 3 > 0 and await come(one, position)
        assert await one.store.active_sessions("sale", NOW + second) == came <= 30
    assert came == 30
    with pytest.raises(NotYet):
        await come(one, await one.serving() + 1)


async def test_a_target_steps_aside_when_another_moved_the_line(plane: Plane) -> None:
    """Moved between reading and stepping: the step is worked out anew, a second later."""
    await plane.crowd(inlet=Target(size=30))

    async def by_hand() -> None:
        await plane.store.advance("sale", 25, NOW)

    plane.store.held["sale"] = asyncio.Event()
    await plane.begin(0)
    while not plane.store.asked["advance"]:
        await asyncio.sleep(0)
    held = plane.store.held.pop("sale")
    await by_hand()
    held.set()
    await plane.jobs.settle()
    assert await plane.serving() == 25
    await plane.look(1)
    assert await plane.serving() == 30


async def test_an_adaptive_rate_is_remembered_by_the_store(planes: tuple[Plane, Plane]) -> None:
    """What one plane has learned the other goes by, also when nobody is let in meanwhile."""
    one, other = planes
    await one.crowd(inlet=Adaptive(floor=60, ceiling=600, increase=60, interval=1))
    one.health = other.health = WELL
    await serving_each_second([one], range(5))
    other.health = Health(holds=True, alarm=True)
    await other.look(5)
    assert (await one.service.snapshot("sale")).notes["rate"] == (
        f'{{"per_minute":180,"at":{NOW + 5}}}'
    )
    assert await one.serving() == sum((2, 3, 4, 5, 6))


async def test_a_plane_asks_how_full_the_site_is_only_for_a_target(plane: Plane) -> None:
    """And only while it may call somebody."""
    await plane.crowd("tour", inlet=Rate(per_minute=60))
    await plane.crowd(people=1, inlet=Target(size=5), state=State.PAUSED)
    await serving_each_second([plane], range(3))
    assert plane.store.asked["occupancy"] == 0
    await plane.service.change_event("sale", {"state": State.OPEN})
    await serving_each_second([plane], range(3, 9))
    assert await plane.serving() == 5
    assert plane.store.asked["occupancy"] == 6  # there is room for one more, if it were needed


# --- sweeps


async def test_a_sweep_that_can_find_nothing_is_not_made(plane: Plane) -> None:
    """Beyond one in a while, until the time at which places run out; then they do at once."""
    await plane.crowd(queue_position_expiry_period=60)
    await plane.store.advance("sale", 10, NOW)
    await serving_each_second([plane], range(60))
    assert plane.store.asked["expire"] == 60 // sweeps.AT_LEAST_EACH
    await plane.look(60)
    assert (await plane.service.snapshot("sale")).counters.expired == 10
    asked = plane.store.asked["expire"]
    await serving_each_second([plane], range(61, 70))
    assert plane.store.asked["expire"] == asked


@pytest.mark.parametrize("expires", [True, False])
async def test_who_left_the_door_of_a_full_site_does_not_keep_a_place(
    plane: Plane, expires: bool
) -> None:
    """All that were called are swept; nobody at the door comes again: the line goes on."""
    await plane.crowd(
        people=9,
        inlet=Target(size=3),
        queue_position_expiry=expires,
        queue_position_expiry_period=60,
    )
    await plane.store.advance("sale", 9, NOW)
    came = [await come(plane, position) for position in range(1, 10)]
    assert came == [True] * 3 + [False] * 6
    await serving_each_second([plane], range(70))
    for position in range(1, 4):
        at = await plane.service.snapshot("sale")
        place = Place(position, NOW)
        await plane.store.finish("sale", at.epoch, place, SessionStatus.COMPLETED, NOW + 70)
    await plane.store.join("sale", 9, NOW + 70)
    await serving_each_second([plane], range(70, 120))
    assert await plane.serving() >= 9 + 3
    counters = (await plane.service.snapshot("sale")).counters
    assert counters.expired == (6 if expires else 0)


@pytest.mark.parametrize("what", ["the period", "a reset", "the counter taken back"])
async def test_what_is_remembered_of_a_sweep_is_void_when_the_line_changes(
    plane: Plane, what: str
) -> None:
    """The next look sweeps again."""
    await plane.crowd(queue_position_expiry_period=60)
    await plane.store.advance("sale", 10, NOW)
    await serving_each_second([plane], range(5))
    if what == "the period":
        await plane.service.change_event("sale", {"queue_position_expiry_period": 3})
    elif what == "a reset":
        await plane.service.reset("sale")
        await plane.store.join("sale", 20, NOW + 5)
        await plane.store.advance("sale", 20, NOW + 5)
    else:
        await plane.store.advance("sale", -3, NOW + 5)
    asked = plane.store.asked["expire"]
    await plane.look(6)
    assert plane.store.asked["expire"] == asked + 1


async def test_the_inlet_goes_by_where_the_sweep_left_the_counter(plane: Plane) -> None:
    """Both move the line in one turn: whom the sweep called is expected by the target."""
    await plane.crowd(
        inlet=Target(size=10), queue_position_expiry_period=20, advance_on_expiry=True
    )
    await serving_each_second([plane], range(22))
    counters = (await plane.service.snapshot("sale")).counters
    assert counters.expired == 10
    # Ten for those who did not come; of these the target expects two in three by now.
    assert counters.serving == 20 + 4


# --- figures


async def test_figures_are_told_once_a_minute(planes: tuple[Plane, Plane]) -> None:
    """By one of the planes, as the contract names them; only if they are wanted and heard."""
    one, _ = planes
    for event_id, wanted in (("sale", True), ("tour", False), ("fair", True)):
        await one.crowd(event_id, people=7, metrics_events=wanted)
    for event_id in ("sale", "tour"):
        await one.store.note(event_id, {OUTBOX: "1"})
    await one.store.advance("sale", 3, NOW)
    await come(one, 1)
    await serving_each_second(planes, range(0, 125, 5))
    facts = [
        fact
        for event_id in ("sale", "tour", "fair")
        for fact in await one.store.facts(event_id, 0, 100)
        if fact.type == "waiting_room_metrics"
    ]
    assert [fact.at - NOW for fact in facts] == [0, 60, 120]
    assert facts[-1].data == {
        "num_active_tokens": 1,
        "total_num_tokens": 1,
        "queue_counter": 7,
        "serving_number": 3,
        "completed_sessions": 0,
        "abandoned_sessions": 0,
    }


# --- trouble


async def test_an_inlet_that_breaks_is_an_alarm_and_stops_no_other(
    planes: tuple[Plane, Plane], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said once, shown as long as it lasts; the event is swept all the same."""
    plane, _ = planes
    await plane.crowd(inlet=Rate(per_minute=60), queue_position_expiry_period=3)
    await plane.crowd("tour", inlet=Periodic(increment=1, interval=1))
    await plane.store.advance("sale", 5, NOW)

    def broken(*_: object) -> int:
        raise ZeroDivisionError("a bad expression")

    monkeypatch.setattr("waitroom.core.by_second.in_second", broken)
    with capture_logs() as logs:
        await serving_each_second([plane], range(5))
    assert [log["turn"] for log in logs if log["log_level"] == "error"] == ["sale"]
    assert plane.jobs.failed == {"sale"}
    assert await plane.serving("tour") == 5
    assert (await plane.service.snapshot("sale")).counters.expired == 5
    monkeypatch.undo()
    await plane.look(5)
    assert plane.jobs.failed == frozenset()


async def test_health_that_cannot_be_told_is_an_alarm(plane: Plane) -> None:
    """It is neither taken for well nor passed over in silence."""
    await plane.crowd(inlet=Rate(per_minute=60))
    plane.health = RuntimeError("no health")
    with capture_logs() as logs:
        await serving_each_second([plane], range(3))
    assert plane.jobs.failed == {"sale"}
    assert len([log for log in logs if log["log_level"] == "error"]) == 1
    assert await plane.serving() == 0
    assert "failed" in plane.turns


async def test_others_are_told_what_each_look_found(plane: Plane) -> None:
    """All events, each second."""
    await plane.crowd()
    await plane.crowd("tour")
    await serving_each_second([plane], range(3))
    assert [set(found) for found in plane.looked] == [{"sale", "tour"}] * 3
    assert set(plane.turns) == {"done"}
