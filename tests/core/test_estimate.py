"""What is told of the wait: read off the past, by the plan, in pauses, and when it changes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.course import FINE, GRAIN, LOOK_BACK, course, thinned
from waitroom.core.estimate import (
    MAX_WAIT,
    TOLD_FOR,
    Change,
    Curve,
    Estimate,
    Row,
    crowded_since,
    estimate,
    rates,
)
from waitroom.core.gates import AlertmanagerGate
from waitroom.core.inlet_kinds import Adaptive, Manual, Periodic, Rate
from waitroom.core.model import Arrival, Counters, Event, Pause, Snapshot, State, Step

NOW: Final = 1_700_000_000 // 3_600 * 3_600  # a full hour
WAITING: Final = 10_000


def steps_of(gains: Iterable[tuple[int, int]]) -> list[Step]:
    """A servings curve of (second, places)."""
    serving, steps = 0, []
    for second, gain in gains:
        serving += gain
        steps.append(Step(second, serving))
    return steps


def every(seconds: int, gain: int, since: int = 1_800, until: int = 0) -> list[tuple[int, int]]:
    """``gain`` places each so many seconds, from ``since`` to ``until`` seconds ago."""
    return [(second, gain) for second in range(NOW - since, NOW - until + 1, seconds)]


def line(steps: Sequence[Step], waiting: int = WAITING, **others: Any) -> Snapshot:
    """An event as a worker sees it; ``others`` are settings, ``pauses`` and ``notes``."""
    serving = steps[-1].serving if steps else 0
    pauses, notes = others.pop("pauses", ()), others.pop("notes", {})
    return Snapshot(
        event=Event(event_id="e", **others),
        epoch=1,
        counters=Counters(queue=serving + waiting, serving=serving),
        pauses=pauses,
        notes=notes,
    )


def told(gains: Iterable[tuple[int, int]], now: int = NOW, **others: Any) -> Estimate:
    """What is told of a line that was served like that."""
    steps = steps_of(gains)
    return estimate(line(steps, **others), Curve(steps), now)


def at(rows: Sequence[Row], ahead: int) -> Row:
    """The row for ``ahead``; as a page does it, in a straight line between two."""
    below = max(row for row in rows if row.ahead <= ahead)
    above = min(row for row in rows if row.ahead >= ahead)
    share = (ahead - below.ahead) / max(1, above.ahead - below.ahead)
    waits = [low + share * (high - low) for low, high in zip(below[1:], above[1:], strict=True)]
    return Row(ahead, round(waits[0]), round(waits[1]))


# --- by the past


def test_nothing_is_invented() -> None:
    """A line that has not moved, or moved once or twice, has no estimate."""
    assert told([]).wait == ()
    assert told([(NOW - 60, 100)]).wait == ()
    assert told([(NOW - 600, 100), (NOW - 60, 100)]).wait == ()


def test_a_steady_line() -> None:
    """Two a second, each second: a hundred are through in fifty seconds."""
    rows = told(every(1, 2)).wait
    assert at(rows, 0).p50 <= 1
    assert at(rows, 99).p50 == pytest.approx(50, rel=0.05)
    assert at(rows, 9_999).p50 == pytest.approx(5_000, rel=0.05)
    assert all(row.p50 <= row.p90 <= 2 * row.p50 + 3 for row in rows)


def test_the_table_reaches_as_far_as_the_line() -> None:
    """Its first row is for who is next, its last for who came last; both waits rise with it."""
    rows = told(every(7, 5)).wait
    assert (rows[0].ahead, rows[-1].ahead) == (0, WAITING - 1)
    for one, other in itertools.pairwise(rows):
        assert one.ahead < other.ahead
        assert one.p50 <= other.p50
        assert one.p90 <= other.p90


def test_a_burst_each_minute_is_known_to_come_each_minute() -> None:
    """By hand or by a foreign inlet: the next step comes a minute after the last, for all in it."""
    rows = told(every(60, 100), now=NOW + 20).wait
    assert at(rows, 0).p50 == pytest.approx(40, abs=5)
    assert at(rows, 95).p50 == pytest.approx(40, abs=5)
    assert at(rows, 105).p50 == pytest.approx(100, abs=8)


def test_a_stepped_rate_is_followed_within_a_minute() -> None:
    """From one to four a second: a minute later, the estimate is by the new rate."""
    gains = every(1, 1, until=61) + every(1, 4, since=60)
    assert at(told(gains).wait, 999).p50 == pytest.approx(250, rel=0.1)


def test_who_stands_still_is_told_so() -> None:
    """A line that stopped without a word: the wait grows with how long it has been."""
    gains = every(5, 10, until=600)
    soon, later = told(gains, NOW - 500), told(gains, NOW)
    assert at(soon.wait, 0).p50 < at(later.wait, 0).p50
    assert at(later.wait, 0).p50 >= 300


def test_time_without_people_does_not_count() -> None:
    """What was served while hardly anybody came says nothing of how fast the line can move."""
    die = random.Random(3)
    quiet = [(second, die.choice((0, 0, 0, 0, 50))) for second, _ in every(10, 1, until=101)]
    steps = steps_of(quiet + every(10, 50, since=100))
    rows = estimate(line(steps), Curve(steps, crowded_since=NOW - 100), NOW).wait
    assert at(rows, 1_000).p50 == pytest.approx(200, rel=0.15)


def test_since_when_people_wait() -> None:
    """The last time that all who had come were called; 0 if there was none, now if it is so now."""
    arrivals = [Arrival(10, 5), Arrival(20, 8), Arrival(30, 500)]
    assert crowded_since(arrivals, [Step(11, 10), Step(40, 20)], 50) == 30
    assert crowded_since(arrivals, [Step(11, 2), Step(40, 20)], 50) == 0
    assert crowded_since(arrivals, [Step(11, 2), Step(40, 600)], 50) == 50
    assert crowded_since([], [], 50) == 0


# --- by the plan


def test_an_inlet_that_just_began() -> None:
    """A plan needs no past: who waits for the first step is told when it comes."""
    inlet = Periodic(increment=100, interval=60)
    rows = told([], now=NOW + 45, inlet=inlet).wait
    assert at(rows, 99)[1:] == (15, 16)
    assert at(rows, 100).p50 == 75
    assert at(told([], now=NOW, inlet=Rate(per_minute=60)).wait, 599).p50 == 600


def test_a_start_to_come() -> None:
    """Before an inlet's start, the wait is the time to it and what comes behind."""
    inlet = Rate(per_minute=60, start=NOW + 900)
    assert at(told([], inlet=inlet).wait, 99).p50 == pytest.approx(1_000, abs=5)


def test_a_ramp() -> None:
    """While a rate rises evenly from 0 to one a second in 100 s, the first 50 take all of that."""
    inlet = Rate(per_minute=60, start=NOW, ramp_up=100)
    rows = told([], inlet=inlet).wait
    assert at(rows, 49).p50 == pytest.approx(100, abs=5)
    assert at(rows, 1_000).p50 == pytest.approx(1_050, rel=0.03)


def test_an_inlet_that_has_ended_promises_nothing() -> None:
    """Nobody is told a wait for steps that will not come."""
    assert told([], inlet=Rate(per_minute=60, start=NOW - 900, end=NOW - 1)).wait == ()


def test_a_plan_that_is_not_kept_to() -> None:
    """An inlet whose steps are not made is believed no longer; what happens is what counts."""
    gains = every(20, 10)
    rows = told(gains, inlet=Rate(per_minute=60)).wait
    assert at(rows, 999).p50 == pytest.approx(2_000, rel=0.1)


def test_a_plan_of_which_nothing_happens() -> None:
    """While an inlet makes no step at all, and nothing else is known, nothing is told."""
    assert told([], now=NOW).wait == ()
    steps = steps_of([(NOW - 900, 10)])
    assert estimate(line(steps, inlet=Rate(per_minute=60)), Curve(steps), NOW).wait == ()


def test_others_move_the_line_too() -> None:
    """What is served beyond the plan is counted in."""
    rows = told(every(1, 2), inlet=Rate(per_minute=60)).wait
    assert at(rows, 999).p50 == pytest.approx(500, rel=0.1)


def test_a_new_inlet_counts_at_once() -> None:
    """An inlet that was just set to half is believed, whatever was served before."""
    steps = steps_of(every(1, 2))
    slow = line(steps, inlet=Rate(per_minute=60))
    rows = estimate(slow, Curve(steps, inlet_since=NOW - 10), NOW).wait
    assert at(rows, 999).p50 == pytest.approx(1_000, rel=0.05)


# --- pauses and gates


@pytest.mark.parametrize("state", [State.PAUSED, State.SOLD_OUT])
def test_a_pause_stops_the_clock(state: State) -> None:
    """In a pause the wait is as if the line went on now, however long it takes; that is said."""
    gains = every(1, 2, since=2_000, until=601)
    paused = Pause(NOW - 600)
    before = told(gains, now=NOW - 600)
    after = told(gains, state=state, pauses=(paused,))
    assert after.changed == Change("paused", NOW - 600)
    assert at(after.wait, 99).p50 == at(before.wait, 99).p50
    hours = told(gains, now=NOW + 20_000, state=state, pauses=(paused,))
    assert at(hours.wait, 99).p50 == at(before.wait, 99).p50


def test_what_was_paused_is_not_slow() -> None:
    """A pause that is over does not lower the rate; only another one is to be feared."""
    gains = every(1, 2, until=901) + every(1, 2, since=300)
    rows = told(gains, pauses=(Pause(NOW - 900, NOW - 300),)).wait
    assert at(rows, 199).p50 == pytest.approx(100, rel=0.1)
    assert at(rows, 9_000).p90 > 1.1 * at(told(every(1, 2)).wait, 9_000).p90


def test_a_gate_that_holds() -> None:
    """Held by a gate: said since when, and the wait is that from its opening on."""
    note = msgspec.json.encode({"state": "holds", "since": NOW - 120}).decode()
    gains = every(5, 10, until=120)
    held = told(gains, gates=(AlertmanagerGate(),), notes={"gate": note})
    assert held.changed == Change("held", NOW - 120)
    assert at(held.wait, 99).p50 == pytest.approx(50, abs=10)


@pytest.mark.parametrize("note", ["", "{", "[]", '{"state": 5}', '{"state": "holds"}'])
def test_a_note_that_says_nothing(note: str) -> None:
    """A note that cannot be read holds nothing and breaks nothing."""
    assert told(every(5, 10), gates=(AlertmanagerGate(),), notes={"gate": note}).wait


# --- why it changed


def followed(changes: Sequence[tuple[int, int]], **settings: Any) -> list[str]:
    """What is said, each ten seconds, of rates that last so many seconds each."""
    steps: list[Step] = []
    serving, second, said = 0, NOW, []
    before: Estimate | None = None
    for seconds, rate in changes:
        for _ in range(seconds):
            second, serving = second + 1, serving + rate
            steps.append(Step(second, serving))
            if second % 10 == 0:
                recent = steps[-LOOK_BACK:]
                before = estimate(line(recent, **settings), Curve(recent), second, before)
                said.append(before.changed.why)
    return said


def test_faster_and_slower_are_said_for_a_while() -> None:
    """Nothing is said of a steady line; a change is said soon, for five minutes, then no more."""
    said = followed([(900, 2), (900, 6), (900, 2)])
    assert set(said[:90]) == {""}
    assert "faster" in said[90:97]
    assert TOLD_FOR // 10 <= said[90:180].count("faster") <= TOLD_FOR // 10 + 3
    assert "slower" in said[180:187]
    assert said[-1] == ""


def test_a_slower_site_is_said_to_be_that() -> None:
    """When an adaptive inlet has slowed down, it is the site that is busy."""
    inlet = Adaptive(floor=10, ceiling=1_000)
    assert "held" in followed([(600, 6), (60, 2)], inlet=inlet)


def test_noise_is_no_change() -> None:
    """A line that moves at random, at one rate, is not said to have changed."""
    die = random.Random(5)
    steps: list[Step] = []
    serving, before, said = 0, None, set()
    for second in range(NOW, NOW + 3_600):
        if die.random() < 0.5:
            serving += 1
            steps.append(Step(second, serving))
        if second % 10 == 0 and steps:
            before = estimate(line(steps), Curve(steps[-1_800:]), second, before)
            said.add(before.changed.why)
    assert said == {""}


# --- whatever comes


@given(
    gains=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 10**11)), max_size=60),
    inlet=st.sampled_from(
        [Manual(), Periodic(increment=7, interval=9), Rate(per_minute=1, ramp_up=50, start=NOW)]
    ),
    waiting=st.integers(-50, 2**40),
    stops=st.lists(st.tuples(st.integers(-4_000, 9_000), st.integers(0, 5_000)), max_size=5),
    ahead=st.integers(-100, 100_000),
)
def test_waits_are_never_absurd(
    gains: list[tuple[int, int]],
    inlet: Manual | Periodic | Rate,
    waiting: int,
    stops: list[tuple[int, int]],
    ahead: int,
) -> None:
    """Whole seconds from 0 to a day, p50 never above p90, whatever the curve and the clock say."""
    seconds = itertools.accumulate((gap for gap, _ in gains), initial=NOW)
    steps = steps_of(zip(seconds, (gain for _, gain in gains), strict=False))
    pauses = tuple(Pause(NOW + start, NOW + start + long) for start, long in sorted(stops))
    shown = line(steps, waiting, inlet=inlet, pauses=pauses)
    result = estimate(shown, Curve(steps), NOW + ahead)
    for row in result.wait:
        assert all(type(number) is int for number in row)
        assert 0 <= row.p50 <= row.p90 <= MAX_WAIT
    assert len(result.wait) <= 40
    msgspec.json.encode(result)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=300), st.integers(0, 300))
def test_what_is_thinned_out_is_not_missed(gaps: list[int], later: int) -> None:
    """The curve without the steps that are too close together looks the same."""
    seconds = list(itertools.accumulate(gaps, initial=NOW))
    steps = steps_of((second, 3) for second in seconds)
    now = seconds[-1] + later
    thin = thinned(steps)
    assert thin[-1] == steps[-1]
    old = [step.issued_at for step in thin[:-1] if step.issued_at <= steps[-1].issued_at - FINE]
    assert all(b - a >= GRAIN for a, b in itertools.pairwise(old))
    kept = [step for step in steps if step.issued_at >= steps[-1].issued_at - LOOK_BACK]
    whole, some = course(kept, now, ()), course(thin, now, ())
    assert sum(some.gains) == pytest.approx(sum(whole.gains), abs=3 * GRAIN)
    assert (some.age, some.span) == (whole.age, whole.span)


def test_rates_over_windows() -> None:
    """Places a second over one, five and fifteen minutes, as far as the curve goes back."""
    gains = every(1, 1, until=60) + every(1, 4, since=59)
    found = rates(steps_of(gains), NOW)
    assert found[60] == pytest.approx(4)
    assert found[300] == pytest.approx((240 + 4 * 60) / 300)
    assert found[900] == pytest.approx((840 + 4 * 60) / 900)
    assert rates([], NOW) == {60: 0, 300: 0, 900: 0}
