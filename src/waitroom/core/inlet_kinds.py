"""The kinds of inlet: what an operator chooses between, and which values are acceptable.

What belongs here: one frozen value per kind, and its ranges. What each does is in
``core/inlet.py``. What must change with it: ``docs/inlets.md``, the flags of ``waitroom event set``
(``cli/inlets.py``), the panel (``web/static/panel-inlet.js``).

Every kind that moves the line by itself has ``max_lead``: how far the serving counter may run ahead
of the places given out, so that a quiet hour is not saved up for a stampede. None is the kind's own
default, one interval's worth; 0 is never ahead.
"""

from __future__ import annotations

from typing import Final

import msgspec

from waitroom.core.limits import MAX_INTERVAL, MAX_POSITION, MAX_TIME
from waitroom.errors import InvalidSetting

MAX_RAMP: Final = 86_400  # seconds


class Manual(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="manual"):
    """An inlet that does nothing by itself: the line moves when somebody moves it."""


class Periodic(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="periodic"):
    """Lets ``increment`` in every ``interval`` seconds (1 to 86,400).

    Steps are scheduled at ``start``, ``start + interval`` and so on, before ``end``. A ``start`` of
    0 means at once: at the multiples of ``interval``, the present one included. An ``end`` of 0
    means for good. ``max_lead``: ``increment`` if None.
    """

    increment: int
    interval: int = 60
    start: int = 0
    end: int = 0
    max_lead: int | None = None


class MaxSize(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="max_size"):
    """At most ``size`` admitted visitors at once; moves on exit messages alone.

    The rule is the contract's (api.md, "Inlet messages"). ``max_lead``: ``size`` if None.
    """

    size: int
    max_lead: int | None = None


class Rate(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="rate"):
    """Lets ``per_minute`` in each minute, spread over its seconds, from ``start`` to ``end``.

    ``ramp_up`` seconds: the rate grows evenly from 0 in them, from ``start`` on and again after
    each pause. It needs a ``start``; the service writes the present time there if it is 0.
    ``max_lead``: what one second brings, rounded up, if None.
    """

    per_minute: int
    ramp_up: int = 0
    start: int = 0
    end: int = 0
    max_lead: int | None = None


class Target(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="target"):
    """Keeps ``size`` visitors active by itself, and never more: the door keeps the cap.

    It calls as many as are free, and more by the share of those called who do not come.
    ``max_lead``: ``size`` if None.
    """

    size: int
    max_lead: int | None = None


class Adaptive(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="adaptive"):
    """Like ``Rate``, with a rate between ``floor`` and ``ceiling`` (per minute) that the site sets.

    AIMD (Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion
    avoidance", 1989): every ``interval`` seconds the rate grows by ``increase`` per minute while
    the event's probe finds the site within ``latency`` (seconds) and ``errors`` (share of requests,
    0 to 1), and is multiplied by ``decrease`` (above 0, below 1) when it does not. Begins at
    ``floor``. Unknown health: the rate stays. ``max_lead``: what one second brings at the ceiling,
    rounded up, if None.
    """

    floor: int
    ceiling: int
    latency: float = 1.0
    errors: float = 0.05
    increase: int = 10
    decrease: float = 0.5
    interval: int = 10
    max_lead: int | None = None


Inlet = Manual | Periodic | MaxSize | Rate | Target | Adaptive

# Ranges of whole numbers, the same in whichever kind they stand.
_RANGES: Final = {
    "increment": (1, MAX_POSITION),
    "interval": (1, MAX_INTERVAL),
    "start": (0, MAX_TIME),
    "end": (0, MAX_TIME),
    "size": (1, MAX_POSITION),
    "per_minute": (1, MAX_POSITION),
    "ramp_up": (0, MAX_RAMP),
    "floor": (1, MAX_POSITION),
    "ceiling": (1, MAX_POSITION),
    "increase": (1, MAX_POSITION),
    "max_lead": (0, MAX_POSITION),
}
# Ranges of fractions: from, up to; neither end is in the second.
_LATENCY: Final = (0.001, 3_600.0)


def check_inlet(inlet: Inlet) -> None:
    """Pass if every value of ``inlet`` is acceptable.

    Raises:
        InvalidSetting: one is not; names it (``inlet.size``) and what was wanted.
    """
    for field, (low, high) in _RANGES.items():
        value = getattr(inlet, field, None)
        if value is not None and not low <= value <= high:
            raise InvalidSetting(f"inlet.{field}", f"wanted {low} to {high}")
    if isinstance(inlet, Periodic | Rate) and inlet.end and inlet.end <= inlet.start:
        raise InvalidSetting("inlet.end", "wanted a time after the start, or 0 for no end")
    if isinstance(inlet, Adaptive):
        _check_adaptive(inlet)


def _check_adaptive(inlet: Adaptive) -> None:
    # Written so that NaN fails.
    if inlet.ceiling < inlet.floor:
        raise InvalidSetting("inlet.ceiling", "wanted at least the floor")
    low, high = _LATENCY
    if not low <= inlet.latency <= high:
        raise InvalidSetting("inlet.latency", f"wanted {low} to {high:.0f} seconds")
    if not 0 <= inlet.errors <= 1:
        raise InvalidSetting("inlet.errors", "wanted a share from 0 to 1")
    if not 0 < inlet.decrease < 1:
        raise InvalidSetting("inlet.decrease", "wanted a factor above 0 and below 1")


def size_of(inlet: Inlet) -> int:
    """How many visitors may be active at once by this inlet; 0: it does not say."""
    return inlet.size if isinstance(inlet, MaxSize | Target) else 0
