"""How the rate of an adaptive inlet follows the site.

What belongs here: additive increase, multiplicative decrease (Chiu and Jain, "Analysis of the
increase and decrease algorithms for congestion avoidance in computer networks", 1989), and the
inlet's memory, a note of the event. What must change with it: ``docs/inlets.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from waitroom.core.gates import Health
from waitroom.core.inlet_kinds import Adaptive
from waitroom.core.model import Snapshot

NOTE: Final = "rate"


class Memory(msgspec.Struct, frozen=True):
    """The rate (people per minute), and the second at which it was last adjusted."""

    per_minute: int
    at: int = 0


def remembered(notes: Mapping[str, str], inlet: Adaptive) -> Memory:
    """What is noted, within the inlet's limits; the floor if nothing is, or nothing readable."""
    try:
        memory = msgspec.json.decode(notes.get(NOTE, ""), type=Memory)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Memory(inlet.floor)
    bounded = min(max(memory.per_minute, inlet.floor), inlet.ceiling)
    return msgspec.structs.replace(memory, per_minute=bounded)


def noted(memory: Memory) -> dict[str, str]:
    """The note that says it."""
    return {NOTE: msgspec.json.encode(memory).decode()}


def adjusted(memory: Memory, inlet: Adaptive, now: int, health: Health, at: Snapshot) -> Memory:
    """The memory after ``now``: the same, unless an interval has begun since the last adjustment.

    Ill, or in the alarm of a gate: multiplied by ``decrease``. Well: ``increase`` more, but only
    while people wait and no gate holds: how the site feels says nothing of a rate that it is not
    put to (RFC 7661, section 4: a window is not grown while the sender does not use it). Unknown:
    as it was.
    """
    if 0 <= now // inlet.interval - memory.at // inlet.interval < 1:
        return memory
    is_ill = _is_ill(inlet, health)
    if is_ill or health.alarm:
        rate = max(inlet.floor, int(memory.per_minute * inlet.decrease))
    elif is_ill is None or health.holds or at.counters.queue <= at.counters.serving:
        return memory
    else:
        rate = min(inlet.ceiling, memory.per_minute + inlet.increase)
    return memory if rate == memory.per_minute else Memory(rate, now)


def _is_ill(inlet: Adaptive, health: Health) -> bool | None:
    """Whether the site is beyond a limit; None if nothing is known. What is no number is ill."""
    known = [
        value <= limit
        for value, limit in ((health.latency, inlet.latency), (health.errors, inlet.errors))
        if value is not None
    ]
    return not all(known) if known else None
