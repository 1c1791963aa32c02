"""What the page without JavaScript says of waits and spans of time. Pure: numbers in, words out.

What belongs here: the phrases that ``web/static/room-words.js`` and ``pace.js`` put together for
the page with JavaScript, from the same messages. What must change with it: those two.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from waitroom.core.estimate import Row
from waitroom.words import Words

SHORT: Final = 50.0  # s; below, no figure is named
LONGEST_HOURS: Final = 12  # beyond, waits are not told apart
ROUGH: Final = 2.5  # nine in ten wait so many times the usual wait: a rough estimate
NEAR: Final = 120.0  # s that nine in ten wait at most: nearly there
NEAR_AHEAD: Final = 5  # people, while the wait is not known
DAY: Final = 86_400


class Wait(NamedTuple):
    """Seconds that one in two, and that nine in ten, do not wait longer than."""

    usual: float
    late: float


class Span(NamedTuple):
    """A span as a round figure; ``unit`` is ``minutes`` or ``hours``, half hours at the finest."""

    figure: float
    unit: str

    @property
    def is_long(self) -> bool:
        """Whether it is not told apart from longer ones."""
        return self.unit == "hours" and self.figure > LONGEST_HOURS


def wait_of(rows: Sequence[Row], ahead: int) -> Wait | None:
    """The wait with ``ahead`` people before one, off the table of the estimate; None if it tells
    nothing. Between two rows, and behind the last, it goes on in a straight line."""
    if not rows:
        return None
    after = bisect_left(rows, ahead, key=lambda row: row.ahead)
    if after == 0 or (after < len(rows) and rows[after].ahead == ahead):
        return Wait(rows[after].p50, rows[after].p90)
    below, above = (Row(0, 0, 0), rows[-1]) if after == len(rows) else rows[after - 1 : after + 1]
    share = (ahead - below.ahead) / max(1, above.ahead - below.ahead)
    return Wait(
        below.p50 + share * (above.p50 - below.p50), below.p90 + share * (above.p90 - below.p90)
    )


def coarse(seconds: float) -> Span:
    """A span as a round figure: minutes, fives of minutes, half hours. Never 0."""
    minutes = max(1, _rounded(seconds / 60))
    if minutes < 58:
        return Span(minutes if minutes < 10 else 5 * _rounded(minutes / 5), "minutes")
    return Span(_whole(max(2, _rounded(minutes / 30)) / 2), "hours")


def spanned(words: Words, name: str, seconds: float, **more: int) -> str:
    """A message that there is one of for minutes and one for hours."""
    span = coarse(seconds)
    return words.say(f"{name}-{span.unit}", **{span.unit: span.figure}, **more)


def wait_said(words: Words, wait: Wait | None) -> str:
    """The expected wait: coarse on purpose, so that it does not flicker."""
    if wait is None:
        return words.say("wait-unknown")
    if wait.late < SHORT:
        return words.say("wait-short")
    low, high = coarse(wait.usual), coarse(max(wait.usual, wait.late))
    if low.is_long:
        return words.say("wait-long", hours=LONGEST_HOURS)
    if wait.usual < SHORT / 2:
        if high.is_long:
            return words.say("wait-unclear")
        return words.say(f"wait-up-to-{high.unit}", **{high.unit: high.figure})
    return _range_said(words, low, high)


def _range_said(words: Words, low: Span, high: Span) -> str:
    if high.is_long:
        return words.say(f"wait-{low.unit}-or-more", **{low.unit: low.figure})
    if low.unit != high.unit:
        if low.figure == 1:  # "1 minute to 2 hours" would say nothing but that it is not clear
            return words.say("wait-unclear")
        return words.say("wait-range-minutes-hours", low=low.figure, high=high.figure)
    if low.figure == high.figure:
        return words.say(f"wait-{low.unit}", **{low.unit: low.figure})
    return words.say(f"wait-range-{low.unit}", low=low.figure, high=high.figure)


def sure_said(words: Words, wait: Wait | None) -> str:
    """How sure the expected wait is; empty if there is nothing to say."""
    if wait is None:
        return words.say("sure-unknown")
    if wait.late < SHORT or coarse(wait.late).is_long:
        return ""
    told = spanned(words, "sure", wait.late)
    is_rough = wait.late > ROUGH * wait.usual and wait.late > NEAR
    return f"{told} {words.say('sure-rough')}" if is_rough else told


def is_near(ahead: int, wait: Wait | None) -> bool:
    """Whether it is the visitor's turn any moment now."""
    if ahead == 0:
        return True
    return ahead < NEAR_AHEAD if wait is None else wait.late <= NEAR


def opens_said(words: Words, seconds: int) -> str:
    """In how long the line opens."""
    if seconds < SHORT:
        return words.say("plain-opens-now")
    if seconds >= 2 * DAY:
        return words.say("plain-opens-days", days=_rounded(seconds / DAY))
    return spanned(words, "plain-opens", seconds)


def _rounded(value: float) -> int:
    """To the nearest whole number, halves up, as JavaScript rounds."""
    return math.floor(value + 0.5)


def _whole(value: float) -> float:
    """2 rather than 2.0: Fluent would write the same, but not choose the same plural."""
    return int(value) if value.is_integer() else value
