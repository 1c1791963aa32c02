"""An adaptive rate grows while the site is well, falls when it is not, and starts over if lost."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inlet_line import NOW, Line, at

from waitroom.core.gates import WELL, Health
from waitroom.core.inlet import CATCH_UP, due, per_minute
from waitroom.core.inlet_kinds import Adaptive
from waitroom.core.model import State

INLET = Adaptive(floor=60, ceiling=600, increase=60, decrease=0.5, interval=10)
FINE = Health(latency=0.2, errors=0.0)
SLOW = Health(latency=1.5, errors=0.0)


def rate(line: Line) -> float | None:
    """Its rate per minute at present."""
    return per_minute(line.snapshot(), NOW)


def remembering(per_minute: int, second: int = -5) -> dict[str, str]:
    """The note of a rate that was adjusted then."""
    return {"rate": f'{{"per_minute":{per_minute},"at":{NOW + second}}}'}


def test_it_begins_at_the_floor_and_grows_step_by_step() -> None:
    """By ``increase`` each interval, up to the ceiling; spread over the seconds."""
    line = Line(INLET)
    rates = []
    for second in range(130):
        line.each_second([second], FINE)
        rates.append(rate(line))
    assert rates[0] == rates[9] == 120
    assert rates[10] == 180
    assert rates[85] == rates[129] == 600
    assert line.moved(90, 119) == 300
    assert set(line.steps.values()) == set(range(2, 11))


def test_an_ill_site_halves_it_and_it_recovers() -> None:
    """Each interval of illness once more, not below the floor; then it grows again."""
    line = Line(INLET, notes=remembering(600))
    line.each_second(range(40), SLOW)
    assert rate(line) == 60
    line.each_second(range(40, 50), FINE)
    assert rate(line) == 120
    assert line.moved(0, 9) == 50


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health(latency=1.0, errors=0.05), 360),
        (Health(latency=1.0), 360),
        (Health(errors=0.05), 360),
        (Health(latency=1.001), 150),
        (Health(errors=0.051), 150),
        (Health(latency=0.1, errors=0.2), 150),
        (Health(latency=float("nan")), 150),
        (WELL, 300),
        (Health(latency=0.1, holds=True), 300),
        (Health(holds=True), 300),
        (Health(latency=9.0, holds=True), 150),
        (Health(holds=True, alarm=True), 150),
        (Health(latency=0.1, holds=True, alarm=True), 150),
    ],
)
def test_what_the_site_says_decides(health: Health, expected: int) -> None:
    """Within the limits: more; beyond one, or in alarm: less; not known, or held: as it was."""
    line = Line(INLET, notes=remembering(300))
    line.look(0, -1, health=health)
    assert rate(line) == expected
    assert (line.serving > 0) is not health.holds


def test_a_rate_that_nobody_uses_does_not_grow() -> None:
    """While nobody waits, how the site feels says nothing of a higher rate: no stampede after."""
    line = Line(INLET, queue=0)
    line.each_second(range(3_600), FINE)
    assert rate(line) == 60
    assert line.serving == 10
    line.queue = 10_000
    line.each_second(range(3_600, 3_610), FINE)
    assert line.serving <= 10 + 20


def test_a_held_line_remembers_its_alarm_and_lets_nobody_in() -> None:
    """A step by 0 carries the lower rate, once an interval."""
    alarm = Health(holds=True, alarm=True)
    line = Line(INLET, notes=remembering(480))
    for second in range(20):
        line.look(second, second - 1, health=alarm)
    assert line.serving == 0
    assert rate(line) == 120
    assert len(line.done) == 2
    assert due(at(INLET, notes=remembering(480), state=State.PAUSED), NOW, health=alarm) == []


@pytest.mark.parametrize(
    "note",
    [
        "",
        "null",
        "{",
        "[1]",
        '"9"',
        '{"per_minute":"9","at":0}',
        '{"per_minute":1e999,"at":0}',
        '{"per_minute":1.5,"at":0}',
        '{"at":5}',
        "\ud800",
        '{"per_minute":NaN}',
    ],
)
def test_a_memory_that_cannot_be_read_is_the_floor(note: str) -> None:
    """Whatever stands there, the line goes on, and what is noted next can be read."""
    line = Line(INLET, notes={"rate": note})
    assert rate(line) == 60
    line.each_second(range(21), FINE)
    assert line.serving > 20
    assert rate(line) == 240


@pytest.mark.parametrize(("said", "counts"), [(-(10**30), 60), (5, 60), (10**30, 600), (601, 600)])
def test_a_memory_beyond_the_limits_is_cut_to_them(said: int, counts: int) -> None:
    """Also one from before the floor or the ceiling was changed."""
    assert rate(Line(INLET, notes=remembering(said))) == counts


def test_a_memory_of_the_future_does_not_stop_the_rate() -> None:
    """After a clock was put back: it is adjusted at once."""
    line = Line(INLET, notes=remembering(300, 10**8))
    line.look(0, -1, health=SLOW)
    assert rate(line) == 150


def test_the_note_is_written_only_when_something_changed() -> None:
    """A rate that stays at its end costs no note."""
    [slot] = due(at(INLET, notes=remembering(600)), NOW, NOW - 1, health=FINE)
    assert slot.notes is None
    assert slot.by == 10
    [slot] = due(at(INLET, notes=remembering(540)), NOW, NOW - 1, health=FINE)
    assert slot.notes == {"rate": f'{{"per_minute":600,"at":{NOW}}}'}


healths = st.builds(
    Health,
    holds=st.booleans(),
    alarm=st.booleans(),
    latency=st.none() | st.floats(0, 5),
    errors=st.none() | st.floats(0, 1),
)
inlets = st.builds(
    Adaptive,
    floor=st.integers(1, 100),
    ceiling=st.integers(100, 2_000),
    increase=st.integers(1, 500),
    decrease=st.floats(0.01, 0.99),
    interval=st.integers(1, 30),
    max_lead=st.none() | st.integers(0, 50),
)
looks = st.lists(
    st.tuples(st.integers(0, 90), st.none() | st.integers(0, 20), healths, st.booleans()),
    max_size=50,
)


@given(inlets, looks, st.none() | st.text() | st.from_type(int).map(str))
def test_whatever_planes_see_it_stays_between_floor_and_ceiling(
    inlet: Adaptive, looks: list[tuple[int, int | None, Health, bool]], note: str | None
) -> None:
    """Any number of planes, stale ones too: no second twice, never above the ceiling's integral."""
    line = Line(inlet, notes={} if note is None else {"rate": note})
    stale = line.snapshot()
    for second, ago, health, is_stale in sorted(looks, key=lambda look: look[0]):
        since = None if ago is None else second - ago
        line.look(second, since, health=health, seen=stale if is_stale else None)
        if not is_stale:
            stale = line.snapshot()
        told = per_minute(line.snapshot(), NOW + second)
        assert told is not None
        assert inlet.floor <= told <= inlet.ceiling
    for first in range(0, 91, 5):
        for last in range(first, 91, 10):
            most = inlet.ceiling * (last - first + 1 + CATCH_UP) / 60 + CATCH_UP + 1
            assert line.moved(first, last) <= most
    if "rate" in line.notes and line.notes["rate"] != note:
        assert set(msgspec.json.decode(line.notes["rate"])) == {"per_minute", "at"}
