"""Which steps of an inlet are due: each once, none too late, none ahead of the people in line."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.inlet import CATCH_UP, LATEST, Slot, due, per_minute
from waitroom.core.inlet_kinds import Inlet, Manual, Periodic
from waitroom.core.limits import MAX_INTERVAL, MAX_POSITION, MAX_TIME
from waitroom.core.model import Counters, Event, Pause, Snapshot, State, check_event
from waitroom.errors import InvalidSetting
from waitroom.store import SLOT_LIFETIME

NOW = 1_800_000_000  # a full hour
MINUTE = 60
CROWD = 10**9


def at(
    inlet: Inlet,
    queue: int = CROWD,
    serving: int = 0,
    state: State = State.OPEN,
    pauses: tuple[Pause, ...] = (),
) -> Snapshot:
    """A line with that inlet, in which a crowd waits unless something else is said."""
    return Snapshot(
        event=Event(event_id="sale", inlet=inlet, state=state),
        epoch=1,
        counters=Counters(queue=queue, serving=serving),
        pauses=pauses,
    )


def seconds(slots: list[Slot]) -> list[int]:
    """When they were scheduled, seen from ``NOW``."""
    return [int(slot.name.removeprefix("periodic:")) - NOW for slot in slots]


# --- the setting


@pytest.mark.parametrize(
    "inlet",
    [
        Manual(),
        Periodic(increment=1, interval=1, start=0, end=1),
        Periodic(increment=MAX_POSITION, interval=MAX_INTERVAL, start=MAX_TIME),
        Periodic(increment=5, start=MAX_TIME - 1, end=MAX_TIME),
    ],
)
def test_an_inlet_within_its_ranges_is_taken_and_kept(inlet: Inlet) -> None:
    """The ends of each range are in it, and JSON says the same."""
    event = Event(event_id="sale", inlet=inlet)
    assert check_event(event) is event
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event


@pytest.mark.parametrize(
    ("field", "inlet"),
    [
        ("increment", Periodic(increment=0)),
        ("increment", Periodic(increment=-5)),
        ("increment", Periodic(increment=MAX_POSITION + 1)),
        ("interval", Periodic(increment=1, interval=0)),
        ("interval", Periodic(increment=1, interval=MAX_INTERVAL + 1)),
        ("start", Periodic(increment=1, start=-1)),
        ("start", Periodic(increment=1, start=MAX_TIME + 1)),
        ("end", Periodic(increment=1, end=-1)),
        ("end", Periodic(increment=1, end=MAX_TIME + 1)),
        ("end", Periodic(increment=1, start=NOW, end=NOW)),
    ],
)
def test_an_inlet_out_of_its_ranges_is_refused_by_field(field: str, inlet: Inlet) -> None:
    """The refusal names the part of the inlet and says what was wanted."""
    with pytest.raises(InvalidSetting, match=f"^inlet.{field}: wanted ") as refused:
        check_event(Event(event_id="sale", inlet=inlet))
    assert refused.value.field == f"inlet.{field}"


def test_an_event_from_before_there_were_inlets_is_manual() -> None:
    """What a store kept of it has no inlet; nothing moves by itself."""
    event = msgspec.json.decode(b'{"event_id": "sale"}', type=Event)
    assert event.inlet == Manual()
    assert due(at(event.inlet), NOW) == []


# --- when


def test_the_present_interval_is_due_at_once() -> None:
    """In the middle of a minute, the step of that full minute, as it was scheduled."""
    assert due(at(Periodic(increment=5)), NOW + 42) == [Slot(f"periodic:{NOW}", 5)]


def test_each_step_is_due_in_its_second() -> None:
    """Who looks each second finds each full minute once, at its first second."""
    line = at(Periodic(increment=5))
    found = {now: seconds(due(line, NOW + now, since=NOW + now - 1)) for now in range(200)}
    assert {now: steps for now, steps in found.items() if steps} == {
        0: [0],
        60: [60],
        120: [120],
        180: [180],
    }


def test_the_start_sets_the_pace_and_the_end_ends_it() -> None:
    """The first step is at the start, none is at or after the end."""
    line = at(Periodic(increment=5, interval=7, start=NOW + 3, end=NOW + 17))
    assert due(line, NOW + 2) == []
    found = [step for now in range(40) for step in seconds(due(line, NOW + now, NOW + now - 1))]
    assert found == [3, 10]
    at_its_end = at(Periodic(increment=5, interval=7, start=NOW + 3, end=NOW + 18))
    assert seconds(due(at_its_end, NOW + 40, since=NOW + 16)) == []  # too late by then
    assert seconds(due(at_its_end, NOW + 20, since=NOW + 16)) == [17]


def test_a_step_has_one_name_whatever_led_to_it() -> None:
    """Two planes of which one has not heard of a change yet name the step of a second alike."""
    before, after = Periodic(increment=5, interval=30), Periodic(increment=9, interval=20)
    [old], [new] = due(at(before), NOW, NOW - 1), due(at(after), NOW, NOW - 1)
    assert old.name == new.name
    assert seconds(due(at(after), NOW + 20, NOW)) == [20]  # which the old one had no step at


def test_after_an_outage_one_interval_is_made_up_or_ten_seconds() -> None:
    """Never a burst: an hour of silence leaves one step of a minute, or the last of a second."""
    assert seconds(due(at(Periodic(increment=5)), NOW + 3_630, since=NOW)) == [3_600]
    every_second = due(at(Periodic(increment=5, interval=1)), NOW + 3_600, since=NOW)
    assert seconds(every_second) == list(range(3_591, 3_601))
    assert len(every_second) == CATCH_UP
    assert seconds(due(at(Periodic(increment=5, interval=4)), NOW + 3_602, NOW)) == [3_596, 3_600]


def test_an_inlet_that_is_new_begins_with_one_step() -> None:
    """Whoever sees it for the first time makes the present step, and none from before."""
    assert seconds(due(at(Periodic(increment=5, interval=1)), NOW + 30)) == [30]
    assert seconds(due(at(Periodic(increment=5, interval=4)), NOW + 30)) == [28]


def test_no_step_is_due_whose_slot_the_store_may_have_forgotten() -> None:
    """Not even of the longest interval; with hours to spare for clocks that differ."""
    line = at(Periodic(increment=5, interval=MAX_INTERVAL, start=NOW))
    assert seconds(due(line, NOW + LATEST - 1)) == [0]
    assert due(line, NOW + LATEST) == []
    assert LATEST + 3_600 < SLOT_LIFETIME


# --- states


@pytest.mark.parametrize("state", [State.PAUSED, State.SOLD_OUT])
def test_nothing_is_due_while_paused_nor_made_up_afterwards(state: State) -> None:
    """Nobody could be let in; what was scheduled then is left out, at every later look."""
    inlet = Periodic(increment=5, interval=1)
    assert due(at(inlet, state=state, pauses=(Pause(NOW),)), NOW + 3) == []
    assert per_minute(at(inlet, state=state), NOW + 3) == 0
    opened = at(inlet, pauses=(Pause(NOW - 9, NOW - 8), Pause(NOW, NOW + 3)))
    assert seconds(due(opened, NOW + 4, since=NOW - 3)) == [-2, -1, 3, 4]


def test_a_closed_line_goes_on() -> None:
    """It takes nobody new; those in it are let in."""
    assert due(at(Periodic(increment=5), state=State.CLOSED), NOW) == [Slot(f"periodic:{NOW}", 5)]


# --- how far


@pytest.mark.parametrize(
    ("queue", "serving", "by"),
    [(0, 0, 5), (0, 3, 2), (0, 5, 0), (9, 9, 5), (9, 12, 2), (9, 14, 0), (9, 99, 0), (99, 3, 5)],
)
def test_the_counter_runs_ahead_by_one_step_at_most(queue: int, serving: int, by: int) -> None:
    """However far it was moved by hand; a step that would be 0 is not made at all."""
    slots = due(at(Periodic(increment=5), queue, serving), NOW)
    assert [slot.by for slot in slots] == ([by] if by else [])


def test_steps_that_are_made_up_share_the_room_that_is_left() -> None:
    """The last of them is cut, and what comes after it is left out."""
    slots = due(at(Periodic(increment=5, interval=1), queue=7), NOW + 9, NOW)
    assert [slot.by for slot in slots] == [5, 5, 2]


# --- whatever happens


inlets = st.builds(
    Periodic,
    increment=st.integers(1, 100),
    interval=st.integers(1, 90) | st.sampled_from([3_600, MAX_INTERVAL]),
    start=st.sampled_from([0, NOW - 50, NOW + 7]),
    end=st.sampled_from([0, NOW + 60]),
)


@given(inlets, st.lists(st.integers(0, 200), max_size=20), st.lists(st.integers(0, 200)))
def test_planes_that_look_now_and_then_make_each_step_once(
    inlet: Periodic, ones: list[int], others: list[int]
) -> None:
    """One looks each second, two others when they happen to run: together as the one alone."""
    line = at(inlet)
    always = [s for now in range(201) for s in due(line, NOW + now, NOW + now - 1 if now else None)]
    now_and_then = [
        slot for looks in (ones, others) for now in looks for slot in due(line, NOW + now)
    ]
    assert len({slot.name for slot in always}) == len(always)
    done = {slot.name: slot.by for slot in [*now_and_then, *always] if int(slot.name[9:]) >= NOW}
    assert done == {slot.name: slot.by for slot in always if int(slot.name[9:]) >= NOW}


@given(inlets, st.integers(0, 50), st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_the_lead_holds_at_every_look(inlet: Periodic, queue: int, looks: list[int]) -> None:
    """Applied one after the other, no look takes the counter further than a step ahead."""
    serving = 0
    for now in sorted(looks):
        serving += sum(slot.by for slot in due(at(inlet, queue, serving), NOW + now))
        assert serving <= queue + inlet.increment
