"""Days of made-up lines, each with its own way of moving, to hold estimates against.

What belongs here: generators of servings curves with the trouble of real ones: no-shows that are
made up for later, late ticks, an operator's moves by hand, rates that change, pauses. All times are
seconds of the simulated day; each generator is the same for the same seed.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from waitroom.core.inlet_kinds import Inlet, Manual, Periodic, Rate
from waitroom.core.model import Pause, Step

BEGIN: Final = 1_700_000_000 // 86_400 * 86_400
DAY: Final = 86_400
AFTERMATH: Final = 6 * 3_600  # so that the last wait of the day comes to its end
NO_SHOWS: Final = 0.2
EXPIRY: Final = 600


@dataclass
class Line:
    """One simulated day: what was served when, and what an observer knows besides."""

    inlet: Inlet = field(default_factory=Manual)
    gains: dict[int, int] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)

    def serve(self, second: float, places: int) -> None:
        """Move the counter then; once more in a second adds to it."""
        if places > 0:
            at = BEGIN + int(second)
            self.gains[at] = self.gains.get(at, 0) + places

    def steps(self) -> list[Step]:
        """The servings curve."""
        serving, steps = 0, []
        for second in sorted(self.gains):
            serving += self.gains[second]
            steps.append(Step(second, serving))
        return steps

    def paused_at(self, second: int) -> bool:
        """Whether nobody is let in then."""
        return any(one.start <= second < (one.end or second + 1) for one in self.pauses)


def true_wait(steps: list[Step], now: int, places: int) -> int | None:
    """How long it really took until ``places`` more were served; None if the day was over."""
    index = bisect_left(steps, now + 1, key=lambda step: step.issued_at)
    served = steps[index - 1].serving if index else 0
    reached = bisect_left(steps, served + places, key=lambda step: step.serving)
    return steps[reached].issued_at - now if reached < len(steps) else None


def _ticks(die: random.Random, every: float, late: float) -> Iterator[float]:
    """Seconds of a job that runs each ``every`` seconds, up to ``late`` seconds late."""
    for number in count(1):
        second = number * every
        if second > DAY + AFTERMATH:
            return
        yield second + late * die.random()


def _with_no_shows(line: Line, die: random.Random, second: float, places: int) -> None:
    """Serve, and make up for those who will not have come when their time is over."""
    line.serve(second, places)
    absent = sum(die.random() < NO_SHOWS for _ in range(min(places, 200)))
    while absent and second < DAY + AFTERMATH:
        second += EXPIRY
        line.serve(second, absent)
        absent = sum(die.random() < NO_SHOWS for _ in range(absent))


def steady_plan(seed: int) -> Line:
    """An inlet of 90 a minute, no-shows made up for by the sweep, a late tick now and then."""
    die, line, carry = random.Random(seed), Line(Rate(per_minute=90)), 0.0
    for second in _ticks(die, 1, 0.2):
        carry += 1.5
        _with_no_shows(line, die, second, int(carry))
        carry -= int(carry)
    return line


def steady_crowd(seed: int) -> Line:
    """Exits of a full site let others in: places one by one, at random, two in three seconds."""
    die, line, second = random.Random(seed), Line(), 0.0
    while second < DAY + AFTERMATH:
        second += die.expovariate(2 / 3)
        line.serve(second, 1)
    return line


def steady_script(seed: int) -> Line:
    """A script lets about 40 in each quarter of a minute, more or less, and is a bit late."""
    die, line = random.Random(seed), Line()
    for second in _ticks(die, 15, 1.5):
        line.serve(second, round(die.gauss(40, 6)))
    return line


def _rate_changes(die: random.Random) -> Callable[[float], float]:
    """A rate that is set anew each 10 to 60 minutes, to a third up to three times of one."""
    change, rate = 0.0, 1.0

    def rate_at(second: float) -> float:
        nonlocal change, rate
        if second >= change:
            change = second + die.uniform(600, 3_600)
            rate = 3 ** die.uniform(-1, 1)
        return rate

    return rate_at


def stepped_inlet(seed: int) -> Line:
    """An adaptive or foreign inlet, each second, whose rate is set anew now and then."""
    die, line, carry = random.Random(seed), Line(), 0.0
    rate_at = _rate_changes(die)
    for second in _ticks(die, 1, 0.2):
        carry += 2 * rate_at(second)
        line.serve(second, int(carry))
        carry -= int(carry)
    return line


def stepped_by_hand(seed: int) -> Line:
    """An operator lets some in each half a minute or so, and changes their mind about how many."""
    die, line, second = random.Random(seed), Line(), 0.0
    rate_at = _rate_changes(die)
    while second < DAY + AFTERMATH:
        second += die.uniform(15, 45)
        line.serve(second, max(1, round(60 * rate_at(second) * die.uniform(0.8, 1.2))))
    return line


def bursty_plan(seed: int) -> Line:
    """A periodic inlet of 100 a minute; an operator adds some now and then."""
    die, line = random.Random(seed), Line(Periodic(increment=100, interval=60))
    for second in _ticks(die, 60, 1.0):
        line.serve(second, 100)
        if die.random() < 1 / 30:
            line.serve(second + die.uniform(1, 59), die.randrange(20, 80))
    return line


def bursty_by_hand(seed: int) -> Line:
    """Somebody presses a button: each one to four minutes, 50 to 250 places."""
    die, line, second = random.Random(seed), Line(), 0.0
    while second < DAY + AFTERMATH:
        second += die.uniform(60, 240)
        line.serve(second, die.randrange(50, 250))
    return line


def paused_plan(seed: int) -> Line:
    """A rate inlet that is paused for one to six minutes each half an hour or so."""
    die, whole = random.Random(seed), steady_plan(seed)
    return _paused(whole, die)


def paused_crowd(seed: int) -> Line:
    """A full site, paused for one to six minutes each half an hour or so."""
    die, whole = random.Random(seed), steady_crowd(seed)
    return _paused(whole, die)


def _paused(whole: Line, die: random.Random) -> Line:
    second = die.expovariate(1 / 1_800)
    while second < DAY + AFTERMATH:
        length = die.uniform(60, 360)
        whole.pauses.append(Pause(BEGIN + int(second), BEGIN + int(second + length)))
        second += length + die.expovariate(1 / 1_800)
    whole.gains = {at: by for at, by in whole.gains.items() if not whole.paused_at(at)}
    return whole


KINDS: Final[dict[str, tuple[Callable[[int], Line], ...]]] = {
    "steady": (steady_plan, steady_crowd, steady_script),
    "stepped": (stepped_inlet, stepped_by_hand),
    "bursty": (bursty_plan, bursty_by_hand),
    "paused": (paused_plan, paused_crowd),
}
