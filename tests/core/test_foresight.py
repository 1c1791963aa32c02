"""What an inlet will do to the line as it is: as its steps, made one by one, then really do."""

from __future__ import annotations

import msgspec
import pytest
from inlet_line import NOW, at

from waitroom.core.aimd import Memory, noted
from waitroom.core.foresight import HORIZON, MOST_STEPS, Site, forecast
from waitroom.core.gates import Health
from waitroom.core.inlet import due
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import State

NOBODY = Site()


def really_empty_at(inlet: Inlet, waiting: int, is_new: bool) -> int:
    """When the last is called if each second's steps are made."""
    line = at(inlet, queue=waiting, serving=0)
    since = None if is_new else NOW
    for second in range(NOW if is_new else NOW + 1, NOW + 4_000):
        for slot in due(line, second, since):
            moved = line.counters.serving + slot.by
            counters = msgspec.structs.replace(line.counters, serving=moved)
            line = msgspec.structs.replace(line, counters=counters)
        if line.counters.serving >= waiting:
            return second
        since = second
    raise AssertionError("it is not empty in an hour")


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("waiting", [1, 7, 300])
@pytest.mark.parametrize(
    "inlet",
    [
        Rate(per_minute=45),
        Rate(per_minute=600, ramp_up=120, start=NOW + 1),
        Rate(per_minute=90, start=NOW + 77),
        Periodic(increment=10, interval=30),
        Periodic(increment=7, interval=13, start=NOW + 5),
    ],
    ids=lambda inlet: repr(inlet)[:40],
)
def test_it_comes_as_foreseen(inlet: Inlet, waiting: int, is_new: bool) -> None:
    """To the second, if nobody else joins and nothing holds the line."""
    found = forecast(at(inlet, queue=waiting), NOW, NOBODY, is_new=is_new)
    assert found.why == ""
    assert found.empty_at is not None
    assert abs(found.empty_at - really_empty_at(inlet, waiting, is_new)) <= (is_new and 1)


def test_emptied_at_once() -> None:
    """The curve ends with the line, even where that is now, rather than in a week."""
    all_of_them = Periodic(increment=1_000, interval=1)
    found = forecast(at(all_of_them, queue=700), NOW, NOBODY, is_new=True)
    assert (found.empty_at, found.steps[-1]) == (NOW, (NOW, 700))


def test_the_curve() -> None:
    """Few steps that begin now and end with the last of those who wait."""
    found = forecast(at(Rate(per_minute=60), queue=700, serving=100), NOW, NOBODY)
    assert found.empty_at == NOW + 600
    assert len(found.steps) <= MOST_STEPS + 2
    assert found.steps[0] == (NOW, 100)
    assert found.steps[-1] == (NOW + 600, 700)
    assert list(found.steps) == sorted(found.steps)
    assert (NOW + 300, 400) in found.steps


@pytest.mark.parametrize(
    ("inlet", "why"),
    [
        (Manual(), "manual"),
        (MaxSize(size=5), "no_rate"),
        (Target(size=5), "no_rate"),
        (Rate(per_minute=6, end=NOW + 60), "ends"),
        (Periodic(increment=1, interval=60, end=NOW + 600), "ends"),
        (Periodic(increment=1, interval=86_400), "too_long"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_cannot_be_foreseen(inlet: Inlet, why: str) -> None:
    """There is no time, and the reason is said."""
    found = forecast(at(inlet, queue=100), NOW, NOBODY)
    assert (found.empty_at, found.why) == (None, why)
    assert found.steps[0] == (NOW, 0)


def test_nobody_waits() -> None:
    """An empty line is empty now, whatever the inlet."""
    assert forecast(at(Manual(), queue=5, serving=9), NOW, NOBODY).why == "nobody_waits"


def test_by_those_who_leave() -> None:
    """A target fills what is free at once, and then goes by those who leave."""
    target = forecast(at(Target(size=50), queue=100), NOW, Site(active=10, leaving=2.0))
    assert target.empty_at == NOW + 30
    assert forecast(at(Target(size=50), queue=40), NOW, Site(active=10)).empty_at == NOW
    left = forecast(at(MaxSize(size=50), queue=100), NOW, Site(active=10, leaving=2.0))
    assert left.empty_at == NOW + 50


def test_an_adaptive_rate() -> None:
    """As the site has set it last; at first, the floor."""
    inlet = Adaptive(floor=60, ceiling=600)
    assert forecast(at(inlet, queue=60), NOW, NOBODY).empty_at == NOW + 60
    fast = at(inlet, queue=60, notes=noted(Memory(600, NOW)))
    assert forecast(fast, NOW, NOBODY).empty_at == NOW + 6


@pytest.mark.parametrize(
    ("state", "health", "why"),
    [
        (State.PAUSED, Health(), "paused"),
        (State.SOLD_OUT, Health(), "sold_out"),
        (State.OPEN, Health(holds=True), "held"),
        (State.CLOSED, Health(), ""),
    ],
)
def test_a_line_that_stands(state: State, health: Health, why: str) -> None:
    """Foreseen as if it went on now, and that is said."""
    line = at(Rate(per_minute=60), queue=60, state=state)
    found = forecast(line, NOW, Site(health=health))
    assert (found.empty_at, found.why) == (NOW + 60, why)


def test_it_costs_little() -> None:
    """A crowd as large as there can be, at the slowest rate, is looked at no further than the
    horizon."""
    found = forecast(at(Rate(per_minute=1)), NOW, NOBODY)
    assert found.why == "too_long"
    assert found.steps[-1] == (NOW + HORIZON, HORIZON // 60)
