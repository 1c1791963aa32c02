"""While a gate holds the line nobody is let in, and what that time would have brought is gone."""

from __future__ import annotations

import pytest
from inlet_line import NOW, Line

from waitroom.core.gates import WELL, Health
from waitroom.core.inlet import CATCH_UP, passed_over
from waitroom.core.inlet_kinds import Adaptive, Inlet, Periodic, Rate

HOLDS = Health(holds=True)


def hold(line: Line, until: int) -> None:
    """A plane that is held up to that second, and then lets it go."""
    since = -1
    for second in range(until + 1):
        line.look(second, since, health=HOLDS if second < until else WELL)
        since = passed_over(line.inlet, NOW + second) - NOW if second < until else second


@pytest.mark.parametrize(
    ("inlet", "one_second"),
    [
        (Periodic(increment=5, interval=1), 5),
        (Rate(per_minute=600), 10),
        (Adaptive(floor=600, ceiling=600), 10),
    ],
)
def test_the_seconds_of_a_hold_are_not_made_up(inlet: Inlet, one_second: int) -> None:
    """A site that has just come back gets the present second and no more."""
    for until in (1, 5, 3_600):
        line = Line(inlet)
        hold(line, until)
        assert line.steps == {until: one_second}


@pytest.mark.parametrize(
    ("until", "steps"),
    [
        (1, {1: 5}),
        (9, {9: 5}),
        (CATCH_UP, {CATCH_UP: 5}),
        (CATCH_UP + 1, {}),
        (1_800, {}),
        (3_600, {3_600: 5}),
    ],
)
def test_an_hourly_step_survives_a_failed_check_but_no_illness(
    until: int, steps: dict[int, int]
) -> None:
    """It is made up to ten seconds late; later, it is left out until the next is due."""
    line = Line(Periodic(increment=5, interval=3_600))
    hold(line, until)
    assert line.steps == steps
