"""A rate is spread over the seconds: exactly the rate, evenly, growing at first if wanted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inlet_line import NOW, Line, at

from waitroom.core.gates import WELL, Health
from waitroom.core.inlet import CATCH_UP, Slot, due, per_minute
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Pause, State


@pytest.mark.parametrize("rate", [1, 7, 59, 60, 61, 1_000, 123_457])
def test_each_minute_brings_exactly_the_rate(rate: int) -> None:
    """In any sixty seconds in a row, spread as evenly as whole people can be."""
    line = Line(Rate(per_minute=rate))
    line.each_second(range(600))
    for first in range(0, 540, 7):
        assert line.moved(first, first + 59) == rate
    assert max(line.steps.values()) - rate // 60 <= 1


def test_a_step_is_named_for_its_second_and_is_as_large_for_everybody() -> None:
    """Nothing is carried along: who has just begun to look works out the same."""
    inlet = Rate(per_minute=90)
    assert due(at(inlet), NOW) == [Slot(f"rate:{NOW}", 1)]
    assert due(at(inlet), NOW + 1) == [Slot(f"rate:{NOW + 1}", 2)]
    assert due(at(inlet), NOW + 1, since=NOW - 1) == due(at(inlet), NOW) + due(at(inlet), NOW + 1)


def test_it_begins_and_ends_when_it_is_told() -> None:
    """From the first second of the start to the last before the end."""
    line = Line(Rate(per_minute=60, start=NOW + 5, end=NOW + 9))
    line.each_second(range(20))
    assert line.steps == {5: 1, 6: 1, 7: 1, 8: 1}


def test_a_ramp_grows_evenly_to_the_rate() -> None:
    """Half of the rate's worth in the ramp, a quarter of that in its first half."""
    line = Line(Rate(per_minute=600, ramp_up=120, start=NOW))
    line.each_second(range(300))
    assert (line.moved(0, 119), line.moved(0, 59)) == (600, 150)
    assert line.moved(120, 179) == line.moved(180, 239) == 600
    seconds = [line.steps.get(second, 0) for second in range(120)]
    assert all(later - earlier >= -1 for earlier, later in pairwise(seconds))


@pytest.mark.parametrize("by", ["a pause", "a gate"])
def test_a_ramp_begins_anew_when_the_line_goes_on(by: str) -> None:
    """After a pause and after a gate has held it: a site that stood still is cold."""
    line = Line(Rate(per_minute=600, ramp_up=60, start=NOW - 1_000))
    if by == "a pause":
        line.pauses = (Pause(NOW - 100, NOW - 90), Pause(NOW - 50, NOW))
    else:
        line.notes = {"gate": f'{{"state":"open","since":{NOW},"detail":""}}'}
    line.each_second(range(120))
    assert line.moved(0, 59) == 300
    assert line.moved(60, 119) == 600


@pytest.mark.parametrize(
    "note",
    [
        "",
        "{",
        "[]",
        '{"since":"x"}',
        f'{{"state":"open","since":{10**18}}}',
        f'{{"state":"holds","since":{NOW}}}',
    ],
)
def test_a_note_of_the_gates_that_says_nothing_changes_nothing(note: str) -> None:
    """Broken, of the future, or of a gate that holds: the rate goes by its start."""
    inlet = Rate(per_minute=600, ramp_up=60, start=NOW - 1_000)
    assert due(at(inlet, notes={"gate": note}), NOW) == due(at(inlet), NOW)


def test_what_was_not_used_is_gone() -> None:
    """An hour without anybody: the counter is one second's worth ahead, and no more comes."""
    line = Line(Rate(per_minute=90), queue=0)
    line.each_second(range(3_600))
    assert line.serving == 2
    line.queue = 10_000
    line.each_second(range(3_600, 3_660))
    assert line.moved(3_600, 3_659) == 90


def test_ten_seconds_of_an_outage_are_made_up() -> None:
    """By who knew the inlet before; who sees it first begins with the present second."""
    known, new = Line(Rate(per_minute=600)), Line(Rate(per_minute=600))
    known.look(3_600, since=0)
    new.look(3_600)
    assert (known.serving, new.serving) == (10 * CATCH_UP, 10)


def test_paused_seconds_are_left_out() -> None:
    """Neither made while the pause goes on nor made up when it is over."""
    paused = Line(Rate(per_minute=600), state=State.PAUSED, pauses=(Pause(NOW),))
    paused.each_second(range(5))
    assert paused.serving == 0
    paused.state, paused.pauses = State.OPEN, (Pause(NOW, NOW + 5),)
    paused.look(6, since=-1)
    assert paused.serving == 20


def test_the_present_rate_is_told() -> None:
    """What it has grown to; 0 while nothing moves."""
    inlet = Rate(per_minute=600, ramp_up=60, start=NOW, end=NOW + 90)
    told = [per_minute(at(inlet), NOW + s, WELL) for s in (-1, 0, 15, 60, 89, 90)]
    assert told == [0, 0, 150, 600, 600, 0]
    assert per_minute(at(inlet), NOW + 60, Health(holds=True)) == 0
    assert per_minute(at(inlet, state=State.PAUSED), NOW + 60) == 0


rates = st.builds(
    Rate,
    per_minute=st.integers(1, 5_000),
    ramp_up=st.sampled_from([0, 1, 30, 600]),
    start=st.sampled_from([NOW - 40, NOW + 7]),
    end=st.sampled_from([0, NOW + 60]),
    max_lead=st.none() | st.integers(0, 50),
)
looks = st.lists(st.tuples(st.integers(0, 120), st.none() | st.integers(0, 30)), max_size=40)


@settings(deadline=None)  # two lines for two minutes: slow on a busy machine
@given(rates, looks)
def test_whoever_looks_when_no_second_brings_more_than_the_rate(
    inlet: Rate, looks: list[tuple[int, int | None]]
) -> None:
    """Planes that look now and then, twice or late: never more than one that never misses any."""
    always = Line(inlet)
    always.each_second(range(-20, 121))
    line = Line(inlet)
    for second, ago in sorted(looks, key=lambda look: look[0]):
        line.look(second, None if ago is None else second - ago)
    for name in line.done:
        assert name in always.done
    seconds = sorted(int(name.removeprefix("rate:")) - NOW for name in line.done)
    assert line.serving == sum(always.steps[second] for second in seconds)
    for first in range(-20, 121, 5):
        for last in range(first, 121, 10):
            assert always.moved(first, last) <= inlet.per_minute * (last - first + 1) / 60 + 1


@settings(deadline=None)
@given(rates, st.integers(0, 50), looks)
def test_it_is_never_further_ahead_than_it_may(
    inlet: Rate, queue: int, looks: list[tuple[int, int | None]]
) -> None:
    """``max_lead``, or one second's worth."""
    line = Line(inlet, queue=queue)
    for second, ago in looks:
        line.look(second, None if ago is None else second - ago)
    lead = -(-inlet.per_minute // 60) if inlet.max_lead is None else inlet.max_lead
    assert line.furthest <= lead
