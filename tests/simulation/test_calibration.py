"""How good the estimates are: over simulated days, what was told is held against what happened."""

from __future__ import annotations

import math
import os
import random
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import pytest
from lines import BEGIN, DAY, KINDS, Line, true_wait

from waitroom.core.estimate import Curve, Row, estimate
from waitroom.core.model import Counters, Event, Pause, Snapshot, State, Step

EVERY: Final = 240  # seconds, about, between two visitors who ask
FURTHEST: Final = 5_400  # seconds that the last of those who ask has to wait, about
CROWD: Final = 1_000_000
PAGE: Final = Path(__file__).parents[2] / "docs" / "estimates.md"
OPENING: Final = "<!-- calibration -->\n"
CLOSING: Final = "<!-- end of calibration -->"


class Told(NamedTuple):
    """What one visitor was told, and how long it really took."""

    p50: float
    p90: float
    true: int

    @property
    def kept(self) -> bool:
        """Whether it took no longer than nine in ten should."""
        return self.true <= self.p90

    @property
    def off(self) -> float:
        """By what share of the true wait the median was wrong."""
        return abs(self.p50 - self.true) / self.true


def read_off(rows: tuple[Row, ...], ahead: int) -> tuple[float, float]:
    """As a page does it: between the two rows next to ``ahead``."""
    below = max(row for row in rows if row.ahead <= ahead)
    above = min((row for row in rows if row.ahead >= ahead), default=below)
    share = (ahead - below.ahead) / (above.ahead - below.ahead) if above.ahead > below.ahead else 0
    return (
        below.p50 + share * (above.p50 - below.p50),
        below.p90 + share * (above.p90 - below.p90),
    )


def as_known(line: Line, steps: list[Step], now: int) -> tuple[Snapshot, Curve]:
    """What a worker knows at ``now``: nothing of what is to come."""
    past = steps[_index(steps, now - 1_800) : _index(steps, now + 1)]
    serving = past[-1].serving if past else 0
    pauses = tuple(
        Pause(one.start, one.end if one.end is not None and one.end <= now else None)
        for one in line.pauses
        if one.start <= now
    )
    paused = bool(pauses) and pauses[-1].end is None
    at = Snapshot(
        event=Event(event_id="e", inlet=line.inlet, state=State.PAUSED if paused else State.OPEN),
        epoch=1,
        counters=Counters(queue=serving + CROWD, serving=serving),
        pauses=pauses[-200:],
    )
    return at, Curve(past)


def _index(steps: list[Step], second: int) -> int:
    return bisect_left(steps, second, key=lambda step: step.issued_at)


def told(line: Line, seed: int) -> Iterator[Told]:
    """Visitors at random times and places in line, but for pauses: there, no wait is shown."""
    die, steps = random.Random(seed), line.steps()
    now = BEGIN + 1_800
    while now < BEGIN + DAY:
        now += round(die.expovariate(1 / EVERY)) + 1
        if line.paused_at(now):
            continue
        at, curve = as_known(line, steps, now)
        rows = estimate(at, curve, now).wait
        if not rows:
            continue
        furthest = FURTHEST * at.counters.serving / (now - BEGIN)
        ahead = int(math.exp(die.uniform(0, math.log(max(2, furthest))))) - 1
        took = true_wait(steps, now, ahead + 1)
        if took is not None:
            yield Told(*read_off(rows, ahead), took)


# --- what is promised


@pytest.fixture(scope="module")
def days() -> dict[str, dict[str, list[Told]]]:
    """All that was told on a day of each line, by kind and line."""
    return {
        kind: {way.__name__: list(told(way(1), 2)) for way in ways} for kind, ways in KINDS.items()
    }


def kept(some: list[Told]) -> float:
    """The share of waits that lay below the 90th percentile."""
    return sum(one.kept for one in some) / len(some)


def off(some: list[Told]) -> float:
    """The median error of the median, as a share of the wait."""
    return median(one.off for one in some)


def of_kind(days: dict[str, dict[str, list[Told]]], kind: str) -> list[Told]:
    """All that was told on the days of one kind."""
    return [one for some in days[kind].values() for one in some]


def test_nine_in_ten_wait_no_longer(days: dict[str, dict[str, list[Told]]]) -> None:
    """Over all kinds of lines, 85 to 95 % of the true waits lie below p90."""
    everything = [one for kind in KINDS for one in of_kind(days, kind)]
    assert len(everything) > 2_000
    assert 0.85 <= kept(everything) <= 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_near_that(days: dict[str, dict[str, list[Told]]], kind: str) -> None:
    """No kind of line is paid for by another: each is within two points of that range."""
    assert 0.83 <= kept(of_kind(days, kind)) <= 0.97


def test_steady_lines_are_told_well(days: dict[str, dict[str, list[Told]]]) -> None:
    """On steady lines the median is off by less than 10 % in half of all cases."""
    assert off(of_kind(days, "steady")) < 0.10


def table(days: dict[str, dict[str, list[Told]]]) -> str:
    """The table of the documentation."""
    lines = ["| line | asked | true wait below p90 | p50 off by (median) |", "|---|---|---|---|"]
    for kind, ways in days.items():
        for name, some in ways.items():
            words = name.replace("_", ", ", 1).replace("_", " ")
            lines.append(f"| {words} | {len(some)} | {kept(some):.0%} | {off(some):.0%} |")
        whole = of_kind(days, kind)
        lines.append(
            f"| **{kind}** | {len(whole)} | **{kept(whole):.0%}** | **{off(whole):.0%}** |"
        )
    everything = [one for kind in days for one in of_kind(days, kind)]
    lines.append(f"| **all** | {len(everything)} | **{kept(everything):.0%}** | |")
    return "\n".join(lines) + "\n"


def test_the_documentation_says_what_was_measured(
    days: dict[str, dict[str, list[Told]]],
) -> None:
    """Its table is this measurement; ``WAITROOM_PUBLISH=1`` writes it there."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = text.index(OPENING) + len(OPENING), text.index(CLOSING)
    if os.environ.get("WAITROOM_PUBLISH"):
        PAGE.write_text(text[:begin] + table(days) + text[end:], encoding="utf-8")
        text, end = PAGE.read_text(encoding="utf-8"), begin + len(table(days))
    assert text[begin:end] == table(days)
