"""What one check found.

What belongs here: the value that every check gives, and making text of other servers fit to show.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from waitroom.core.gates import GateState

EXCERPT: Final = 200  # characters of another server's words that are shown or logged


class Finding(NamedTuple):
    """``state`` of a gate and why; of a probe: whether it knows anything, and what.

    ``latency`` in seconds, ``errors`` as a share from 0 to 1; None: not known. ``since`` in epoch
    seconds, where whoever was asked says since when it is so; else 0.
    """

    state: GateState
    detail: str = ""
    latency: float | None = None
    errors: float | None = None
    since: int = 0


def well(detail: str) -> Finding:
    """The site is well."""
    return Finding(GateState.OK, detail)


def alarm(detail: str) -> Finding:
    """The site is not well."""
    return Finding(GateState.ALARM, detail)


def unknown(detail: str) -> Finding:
    """Nothing is known about the site; ``detail`` says what went wrong with asking."""
    return Finding(GateState.UNKNOWN, detail)


def excerpt(text: str) -> str:
    """The beginning of ``text`` on one line, without control characters."""
    begun = text[: 4 * EXCERPT]
    printable = "".join(c if c.isprintable() else " " for c in begun)
    return " ".join(printable.split())[:EXCERPT]
