"""What an inlet will do to the line as it is now: when it is empty, if nobody else joins.

What belongs here: the sums behind "at this rate the line is empty at 14:32". They go by the inlet's
plan alone (``core/inlet_kinds.py``), so that an operator sees what a setting means before it is
set; what visitors are told goes by what has happened too (``core/estimate.py``). Pure. What must
change with it: ``docs/inlets.md``, the panel's preview.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from waitroom.core import aimd, by_second
from waitroom.core.gates import WELL, Health
from waitroom.core.inlet import LATEST
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import Snapshot, State

HORIZON: Final = 7 * 86_400  # s; an inlet that takes longer is not going to empty this line
MOST_STEPS: Final = 120  # of a forecast's curve


class Forecast(msgspec.Struct, frozen=True):
    """What is foreseen. Times in epoch seconds.

    ``empty_at``: when the last of those who wait now is called; None: not as far as can be seen.
    ``steps``: the serving counter until then (``[second, serving]``, at most ``MOST_STEPS + 2``).
    ``why``, empty if there is nothing to say: ``nobody_waits``; ``manual``, ``no_rate`` (it goes by
    those who leave, and nobody has of late), ``ends`` (the inlet does, before the line),
    ``too_long`` (a week): there is no time. ``paused``, ``sold_out``, ``held``: as if the line went
    on now.
    """

    empty_at: int | None = None
    steps: tuple[tuple[int, int], ...] = ()
    why: str = ""


class Site(msgspec.Struct, frozen=True):
    """What an inlet that goes by the site needs to know: sessions that are active, and how many end
    a second of late."""

    active: int = 0
    leaving: float = 0.0
    health: Health = WELL


def forecast(at: Snapshot, now: int, site: Site, *, is_new: bool = False) -> Forecast:
    """What the inlet of ``at`` does from ``now`` on. ``is_new``: it is only being thought of, so
    its step of the present interval was not made."""
    waiting = at.counters.queue - at.counters.serving
    if waiting <= 0:
        return Forecast(now, ((now, at.counters.serving),), "nobody_waits")
    released, why = _plan(at, now, site, is_new=is_new)
    if released is None:
        return Forecast(None, ((now, at.counters.serving),), why)
    empty_at = _reached(released, waiting)
    steps = _steps(released, at, now, HORIZON if empty_at is None else empty_at)
    if empty_at is None:
        is_over = released(HORIZON) == released(HORIZON - 1) and _ends(at.event.inlet)
        return Forecast(None, steps, "ends" if is_over else "too_long")
    return Forecast(now + empty_at, steps, _standing(at, site.health))


Released = Callable[[int], int]
"""How many are let in within so many seconds from now; it never falls."""


def _plan(at: Snapshot, now: int, site: Site, *, is_new: bool) -> tuple[Released | None, str]:
    """What the inlet releases; or None, and why that cannot be said."""
    inlet = at.event.inlet
    match inlet:
        case Manual():
            return None, "manual"
        case Periodic():
            done = now - min(inlet.interval, LATEST) if is_new else now
            return _periodic(inlet, done, now), ""
        case Rate():
            return _rate(inlet, at, now), ""
        case Adaptive():
            return _evenly(0, aimd.remembered(at.notes, inlet).per_minute / 60), ""
        case MaxSize() | Target():
            free = max(0, inlet.size - site.active) if isinstance(inlet, Target) else 0
            if site.leaving <= 0 and free < at.counters.queue - at.counters.serving:
                return None, "no_rate"
            return _evenly(free, site.leaving), ""


def _periodic(inlet: Periodic, done: int, now: int) -> Released:
    """``done``: the second up to which its steps were made."""
    first = max(done + 1, inlet.start)
    first += (inlet.start - first) % inlet.interval

    def released(seconds: int) -> int:
        last = min(now + seconds, inlet.end - 1) if inlet.end else now + seconds
        return 0 if last < first else (1 + (last - first) // inlet.interval) * inlet.increment

    return released


def _rate(inlet: Rate, at: Snapshot, now: int) -> Released:
    first = max(now + 1, inlet.start)

    def released(seconds: int) -> int:
        last = min(now + seconds, inlet.end - 1) if inlet.end else now + seconds
        return 0 if last < first else by_second.from_to(inlet, first, last, at)

    return released


def _evenly(at_once: int, per_second: float) -> Released:
    return lambda seconds: at_once + int(seconds * per_second)


def _reached(released: Released, wanted: int) -> int | None:
    """The first second from now at which ``wanted`` are released; None: beyond the horizon."""
    if released(HORIZON) < wanted:
        return None
    low, high = 0, HORIZON
    while low < high:
        middle = (low + high) // 2
        if released(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def _steps(released: Released, at: Snapshot, now: int, last: int) -> tuple[tuple[int, int], ...]:
    """The curve up to ``last`` seconds from now; where nothing moves, no point."""
    serving, queue = at.counters.serving, at.counters.queue
    curve: list[tuple[int, int]] = []
    for number in range(MOST_STEPS + 1):
        seconds = last * number // MOST_STEPS
        point = now + seconds, min(queue, serving + released(seconds))
        if not curve or point[1] != curve[-1][1] or number == MOST_STEPS:
            curve.append(point)
    return tuple(curve)


def _ends(inlet: Inlet) -> bool:
    return isinstance(inlet, Periodic | Rate) and bool(inlet.end)


def _standing(at: Snapshot, health: Health) -> str:
    """Why the line stands still at present, if it does."""
    if at.event.state is State.SOLD_OUT:
        return "sold_out"
    if not at.event.state.lets_in:
        return "paused"
    return "held" if health.holds else ""
