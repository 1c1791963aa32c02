"""A day of each inlet that goes by a rate: what it should bring, and no stampede after a lull."""

from __future__ import annotations

from typing import Final

import pytest
from world import NOW, People, Site

from waitroom.core.gates import Health
from waitroom.core.inlet import lead_of
from waitroom.core.inlet_kinds import Adaptive, Inlet, Periodic, Rate, Target
from waitroom.core.model import Event

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 24 * HOUR
NOBODY: Final = People(lambda _: None, lambda _: 0.0)
ENDLESS: Final = 10**9


def site(inlet: Inlet, waiting: int = ENDLESS) -> Site:
    """A line moved by ``inlet``; nobody's places run out."""
    event = Event(event_id="sale", inlet=inlet, queue_position_expiry=False)
    return Site(event, NOBODY, waiting=waiting)


DAYS: Final = {
    "periodic": (Periodic(increment=50, interval=60), 50 * 24 * 60),
    "periodic each second": (Periodic(increment=1, interval=1), DAY),
    "periodic, odd": (Periodic(increment=7, interval=7_000, start=NOW), 7 * 12 + 7),
    "rate": (Rate(per_minute=37), 37 * 24 * 60),
    "rate, large": (Rate(per_minute=601), 601 * 24 * 60),
    "rate with a ramp": (
        Rate(per_minute=60, ramp_up=HOUR, start=NOW + 1),
        60 * 24 * 60 - HOUR // 2,
    ),
    "adaptive at its floor": (Adaptive(floor=37, ceiling=60), 37 * 24 * 60),
}


@pytest.mark.parametrize(("inlet", "total"), DAYS.values(), ids=DAYS.keys())
def test_a_day_brings_what_it_should(inlet: Inlet, total: int) -> None:
    """To the last one: nothing is lost to rounding, nothing is made up for."""
    line = site(inlet)
    line.now = NOW - 1
    line.move(-line.serving)
    for _ in range(DAY):
        line.second()
    assert abs(line.serving - total) <= (isinstance(inlet, Rate) and inlet.ramp_up > 0)


QUIET: Final = {
    "periodic": (Periodic(increment=50, interval=60), 50),
    "rate": (Rate(per_minute=50), 50),
    "rate, large": (Rate(per_minute=6_000), 6_000),
    "adaptive": (Adaptive(floor=50, ceiling=6_000, increase=100), 50),
    "target": (Target(size=100), 100),
}


@pytest.mark.parametrize("lull", ["nobody comes", "a gate holds"])
@pytest.mark.parametrize(("inlet", "in_a_minute"), QUIET.values(), ids=QUIET.keys())
def test_a_quiet_hour_is_not_saved_up(inlet: Inlet, in_a_minute: int, lull: str) -> None:
    """In the minute after it comes what any minute brings, and a step's worth that was ahead."""
    line = site(inlet, waiting=0)
    is_held = lull == "a gate holds"
    well = Health(latency=0.1, errors=0.0)
    held = Health(latency=0.1, errors=0.0, holds=True)
    for _ in range(HOUR + 30):
        line.second(health=held if is_held else well)
    ahead = line.serving
    assert ahead <= lead_of(inlet)
    line.join(ENDLESS // 10_000)
    for _ in range(MINUTE):
        line.second(health=well)
    grown = 6 * 100 if isinstance(inlet, Adaptive) else 0
    assert line.serving - ahead <= in_a_minute + grown


def test_a_short_hold_is_a_short_loss() -> None:
    """Three seconds of each minute held: the other fifty-seven bring what they always bring."""
    line = site(Rate(per_minute=600))
    for second in range(HOUR):
        line.second(health=Health(holds=second % 60 < 3))
    assert line.serving == 57 * 600
