"""A number of people per minute, spread over seconds, in whole people.

What belongs here: the sums of the inlets that let in by the second. All are whole numbers and go by
the time alone, so any control plane works out the same for the same second, nothing is carried from
one to the next, and no fraction is lost: of each minute's seconds together comes the whole rate.
What must change with it: ``docs/inlets.md``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Snapshot

GATE_NOTE: Final = "gate"  # when a gate last began or ceased to hold the line


class GateNote(msgspec.Struct, frozen=True):
    """What is noted when the gates of an event begin (``holds``) or cease (``open``) to hold it.

    ``detail`` is for operators: it may hold words of other servers.
    """

    state: str = ""
    since: int = 0
    detail: str = ""


def evenly(per_minute: int, second: int) -> int:
    """How many in ``second`` (epoch s): in any n seconds, n/60 of the rate, give or take one."""
    return per_minute * (second + 1) // 60 - per_minute * second // 60


def in_second(inlet: Rate, second: int, at: Snapshot) -> int:
    """How many ``inlet`` lets in in ``second`` (epoch s, not before its start)."""
    elapsed = second - _begun(inlet, second, at)
    return _by(inlet, elapsed + 1) - _by(inlet, elapsed)


def from_to(inlet: Rate, first: int, last: int, at: Snapshot) -> int:
    """How many ``inlet`` lets in from the second ``first`` (epoch s) to ``last``, both included, if
    nothing holds it up. ``first`` is not before its start; its end is not looked at."""
    begun = _begun(inlet, first, at)
    return _by(inlet, last - begun + 1) - _by(inlet, first - begun)


def rate_at(inlet: Rate, now: int, at: Snapshot) -> float:
    """Its rate per minute at ``now``: what it has grown to."""
    elapsed = now - _begun(inlet, now, at)
    if elapsed >= inlet.ramp_up:
        return float(inlet.per_minute)
    return inlet.per_minute * elapsed / inlet.ramp_up


def _begun(inlet: Rate, second: int, at: Snapshot) -> int:
    """When the rate that holds in ``second`` began to grow.

    At the start, or when the line last went on: after a pause, or after a gate held it. Without a
    ramp, at the start: what a pause cuts off a fraction is nothing to begin anew for.
    """
    if not inlet.ramp_up:
        return inlet.start
    ends = [pause.end for pause in at.pauses[-3:] if pause.end is not None]
    gate = gate_note(at.notes)
    if gate.state == "open":
        ends.append(gate.since)
    return max([inlet.start, *(end for end in ends if end <= second)])


def gate_note(notes: dict[str, str]) -> GateNote:
    """What is noted of the gates; one that cannot be read says nothing."""
    text = notes.get(GATE_NOTE)
    if text is None:
        return GateNote()
    try:
        return msgspec.json.decode(text, type=GateNote)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return GateNote()


def _by(inlet: Rate, elapsed: int) -> int:
    """How many in the first ``elapsed`` seconds: the integral of a rate that grows evenly from 0
    to ``per_minute`` in ``ramp_up`` seconds and stays there, rounded down."""
    if elapsed < inlet.ramp_up:
        return inlet.per_minute * elapsed * elapsed // (120 * inlet.ramp_up)
    return inlet.per_minute * (2 * elapsed - inlet.ramp_up) // 120
