"""How fast a line moves, and how far that can be trusted: from its recent past, or by its plan.

What belongs here: reading a ``Tempo`` off the servings curve or off an inlet that says when its
steps come, and what it means for somebody with so many places before them. The curve's side of it
is in ``core/course.py``. What must change with it: ``docs/estimates.md``, whose figures
``tests/simulation/test_calibration.py`` measures.

The steps of the serving counter are taken for a renewal-reward process (Cox, "Renewal theory",
1962): gaps with a mean and a variance, each bringing some places. The time that n steps take then
varies as sqrt(n) times what one varies; to that comes that the mean is only known from the steps
seen, and that it drifts. Time in which the line could not move (paused, held) is cut out first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from waitroom.core.course import GRAIN, Course
from waitroom.core.inlet_kinds import Inlet, Periodic, Rate
from waitroom.core.model import Pause

Z90: Final = 1.2816  # the normal distribution's 90th percentile
# What rates change by (sd of the logarithm) in ``DRIFT_TIME`` seconds, before anything was seen;
# it counts as much as two stretches of that time that were.
PRIOR_DRIFT: Final = 0.15
DRIFT_TIME: Final = 300
FEWEST: Final = 3  # steps from which a tempo is read; fewer tell nothing
CORNERS: Final = 5  # steps ahead up to which it is known which of them will reach a place
LIKE: Final = 0.1  # deviation of steps' places, as a share, up to which they count as all the same
PAUSES_FROM: Final = 7_200  # seconds in which pauses tell how likely the next is
SUSPICION: Final = 4.0  # standard errors between two stretches that are not of one tempo


class Tempo(NamedTuple):
    """How a line moves. Seconds are those in which it may move at all.

    ``rate``: places a second, above 0. ``gap``: seconds from step to step. ``soon``: seconds to the
    next step, in the median and at the 90th percentile. ``lump``: places that each step brings, if
    all bring the same; else 0. ``over``: by how many steps more than places need on average the
    last of them overshoots; 1 if steps come so often that they make no difference. ``noise``:
    standard deviation of one step's time, as a share of it. ``seen``: steps that ``rate`` rests on;
    infinite by a plan. ``drift``: what the rate may change by, as a share. ``ramp``: seconds of a
    rise that are over, and all of them.
    """

    rate: float
    gap: float
    soon: tuple[float, float]
    lump: float = 0.0
    over: float = 1.0
    noise: float = 0.0
    seen: float = math.inf
    drift: float = PRIOR_DRIFT
    ramp: tuple[int, int] = (0, 0)

    def wait(self, places: int) -> tuple[float, float]:
        """Seconds until ``places`` (at least 1) more are served: median and 90th percentile."""
        steps, doubt = self._steps(places)
        rest = self._risen(max(0.0, steps - 1) * self.gap)
        usual, late = self.soon
        mean = usual + rest
        drift = self.drift**2 * min(1.0, mean / (2 * DRIFT_TIME))
        if not mean:
            return 0.0, late
        chance = (self.gap * self.noise) ** 2 * doubt / mean**2
        drifts = (rest / mean) ** 2 * (self.noise**2 / self.seen + drift)
        # Waits are skewed to the long side: the logarithmic normal distribution of that variance.
        square = math.log1p(chance + drifts)
        median = mean * max(0.6, 1 - math.log1p(chance) / 3)
        spread = median * math.expm1(Z90 * math.sqrt(square))
        return median, median + math.hypot(late - usual, spread)

    def _steps(self, places: int) -> tuple[float, float]:
        """Steps that ``places`` take, and how many steps' noise there is in that."""
        if self.lump and places <= CORNERS * self.lump:
            lumps = max(1, math.ceil(places / self.lump - 0.001))
            return lumps, lumps - 1
        # Wald's equation with the mean overshoot (Cox, section 4.5).
        steps = places / (self.rate * self.gap) + self.over
        return steps, max(steps - self.over, 0.25)

    def _risen(self, seconds: float) -> float:
        """What ``seconds`` at the full rate take while the rate still rises to it."""
        begun, whole = self.ramp
        if begun >= whole:
            return seconds
        rise = (whole**2 - begun**2) / (2 * whole)  # full seconds' worth in what is left of it
        if seconds >= rise:
            return whole - begun + seconds - rise
        return math.sqrt(begun**2 + 2 * whole * seconds) - begun


def of_the_past(seen: Course) -> Tempo | None:
    """The tempo that the line has kept up to now; None if too little has happened to tell."""
    if len(seen.gaps) < FEWEST:
        return None
    noise = _noise(seen)
    kept = _same_tempo(seen, noise)
    gaps, gains = seen.gaps[-kept:], seen.gains[-kept:]
    gap, gain = sum(gaps) / kept, sum(gains) / kept
    drift = drift_of(seen, noise)
    if seen.dense and seen.age <= 3 * GRAIN:
        return Tempo(gain / gap, gap, (0.0, 1.0), noise=noise, seen=kept, drift=drift)
    unlike = _deviation(gains, gain) / gain
    lump = gain if unlike < LIKE else 0.0
    over, soon = (1 + unlike**2) / 2, _soon(gaps, seen.age)
    return Tempo(gain / gap, gap, soon, lump, over, noise, kept, drift)


def _noise(seen: Course) -> float:
    """By what share the time that one step's worth takes varies.

    From each step and the next, so that a rate that changed once does not count as noise.
    """
    gap, gain = sum(seen.gaps) / len(seen.gaps), seen.growth / len(seen.gains)
    off = [g / gap - x / gain for g, x in zip(seen.gaps, seen.gains, strict=True)]
    square = sum((b - a) ** 2 for a, b in pairwise(off)) / (2 * (len(off) - 1))
    return max(0.02, math.sqrt(square))


def _same_tempo(seen: Course, noise: float) -> int:
    """How many of the newest steps are of one tempo: found by going back until it differs."""
    total, kept = len(seen.gaps), min(FEWEST, len(seen.gaps))
    while kept < total:
        upto = min(total, kept + max(2, kept // 2))
        here = _rate(seen, kept, 0)
        there = _rate(seen, upto, kept)
        error = max(noise, 0.03) * math.sqrt(1 / kept + 1 / (upto - kept))
        if abs(here - there) > max(0.12, SUSPICION * error) * max(here, there) / 2:
            return kept
        kept = upto
    return kept


def _rate(seen: Course, oldest: int, newest: int) -> float:
    """Places a second from the ``oldest``-last step to behind the ``newest``-last one."""
    end = len(seen.gaps) - newest
    begin = len(seen.gaps) - oldest
    return sum(seen.gains[begin:end]) / sum(seen.gaps[begin:end])


def drift_of(seen: Course, noise: float) -> float:
    """What the rate has changed by (sd of its logarithm) from five minutes to the next five."""
    stretches: list[tuple[float, int]] = []
    time = gain = 0.0
    count = 0
    for g, x in zip(seen.gaps, seen.gains, strict=True):
        time, gain, count = time + g, gain + x, count + 1
        if time >= DRIFT_TIME:
            stretches.append((math.log(gain / time), count))
            time, gain, count = 0.0, 0.0, 0
    prior = 2 * PRIOR_DRIFT**2
    if len(stretches) < 2:
        return PRIOR_DRIFT
    mean = sum(log for log, _ in stretches) / len(stretches)
    square = sum(max(0.0, (log - mean) ** 2 - noise**2 / n) for log, n in stretches)
    return min(1.0, math.sqrt((square + prior) / (len(stretches) + 1)))


def _soon(gaps: Sequence[float], age: float) -> tuple[float, float]:
    """Seconds to the next step, ``age`` seconds after the last: median and 90th percentile.

    From the gaps that were longer. When hardly any was, the line is stuck, and how long it will
    be is told by how long it has been (the Lindy effect: P(more than x) = age / (age + x)).
    """
    left = sorted(gap - age for gap in gaps if gap > age)
    if len(left) >= max(1, 0.02 * len(gaps)):
        return _quantile(left, 0.5), _quantile(left, 0.9)
    mean = sum(gaps) / len(gaps)
    if age < 1.5 * mean:  # a regular step that is a little late
        return 0.1 * mean, 0.5 * mean
    return age, 4 * age


def _quantile(values: Sequence[float], share: float) -> float:
    """The quantile of sorted ``values``, between neighbours where it lies there."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (at - low) * (values[high] - values[low])


def _deviation(values: Sequence[float], mean: float) -> float:
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


# --- pauses to come


class Hazard(NamedTuple):
    """Pauses to be feared: how many a second, and how long each."""

    rate: float
    length: float

    def more(self, wait: float) -> tuple[float, float]:
        """Seconds by which pauses lengthen ``wait``: median and 90th percentile.

        They begin at random, and last exponentially (a compound Poisson process).
        """
        number = wait * self.rate
        any_at_all = max(-math.expm1(-number), 0.01)
        median = max(0.0, math.log(2 * any_at_all), number - 0.5)
        late = max(0.0, math.log(10 * any_at_all))
        if number > 1:
            late = max(late, number + Z90 * math.sqrt(2 * number))  # numbers and lengths vary
        return self.length * median, self.length * late


def pauses_to_come(pauses: Sequence[Pause], now: int) -> Hazard:
    """As often and as long as in the last two hours."""
    lasted = [
        (now if one.end is None else one.end) - one.start
        for one in pauses
        if one.start > now - PAUSES_FROM
    ]
    if not lasted:
        return Hazard(0.0, 0.0)
    return Hazard(len(lasted) / PAUSES_FROM, sum(lasted) / len(lasted))


# --- by plan


def of_the_plan(inlet: Inlet, now: int, age: float, going: int) -> Tempo | None:
    """The tempo of an ``inlet`` whose steps are known beforehand; None of another or an ended one.

    ``age``: seconds since the last step. ``going``: the second since which nothing was in its way,
    from which a ramp counts.
    """
    if isinstance(inlet, Periodic) and not (inlet.end and now >= inlet.end):
        first = max(now + 1, inlet.start)
        soon = float(first + (inlet.start - first) % inlet.interval - now)
        rate = inlet.increment / inlet.interval
        return Tempo(rate, inlet.interval, (soon, soon + 1), inlet.increment, 0.5)
    if isinstance(inlet, Rate) and not (inlet.end and now >= inlet.end):
        return _of_a_rate(inlet, now, age, going)
    return None


def _of_a_rate(inlet: Rate, now: int, age: float, going: int) -> Tempo:
    rate = inlet.per_minute / 60
    delay = float(max(0, inlet.start - now))
    begun = max(0, now - max(inlet.start, going))
    ramp = (begun, inlet.ramp_up) if begun < inlet.ramp_up else (0, 0)
    if rate * GRAIN > 1:
        return Tempo(rate, 1.0, (delay, delay + 1), ramp=ramp)
    soon = delay or max(0.5, 1 / rate - age)
    return Tempo(rate, 1 / rate, (soon, soon + 1), 1.0, 0.5, ramp=ramp)
