"""How ``waitroom watch`` tells of an event: a picture for a terminal, a line for a log.

What belongs here: from numbers to what is seen; nothing is read and nothing printed. What must
change with it: ``control/numbers.py``, ``docs/cli.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from waitroom.control.numbers import EventNumbers
from waitroom.core.by_second import GateNote
from waitroom.core.wellbeing import span
from waitroom.events.cloudevent import spelled

WINDOW: Final = 600  # s that the small charts go back
BARS: Final = "▁▂▃▄▅▆▇█"
PLAIN_BARS: Final = "_.:-=+*#"  # where the terminal has no other signs
WIDE: Final = 72  # columns from which the charts have all their bars
MANY: Final = 40
FEW: Final = 20
_TILE: Final = 17  # columns of a number with its name
_STYLES: Final = {
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
    "open": "green",
    "paused": "yellow",
    "closed": "dim",
    "sold_out": "magenta",
}

Curve = Sequence[tuple[int, int]]  # (epoch s, a counter that has this value from then on)


@dataclass(frozen=True)
class Look:
    """What one look has found. ``trouble``: why this is an old one; empty if it is not."""

    numbers: EventNumbers
    note: GateNote
    arrivals: Curve
    servings: Curve
    gates: int
    trouble: str = ""

    def doubted(self, why: str) -> Look:
        """The same, with a word that nothing newer could be had."""
        return replace(self, trouble=why)


def as_line(look: Look) -> str:
    """All in one line: what a log or a pipe gets."""
    numbers, counters = look.numbers, look.numbers.counters
    told = {
        "health": numbers.health,
        "arrived": counters.queue_counter,
        "serving": counters.serving_counter,
        "waiting": counters.waiting_num,
        "active": counters.active_tokens,
        "completed": counters.completed_sessions,
        "abandoned": counters.abandoned_sessions,
        "expired": counters.expired,
        "arrivals_per_minute": numbers.arrivals_per_minute,
        "served_per_minute": numbers.served_per_minute,
        "wait_p50": numbers.wait_p50,
        "wait_p90": numbers.wait_p90,
    }
    parts = (f"{name}={'-' if value is None else value}" for name, value in told.items())
    return " ".join((spelled(numbers.now), counters.event_id, counters.state, *parts))


def picture(look: Look, screen: Console, interval: float = 0.0) -> RenderableType:
    """All as it is shown on ``screen``; ``interval`` (s): it goes on, and how to end it is said."""
    numbers = look.numbers
    bars = MANY if screen.width >= WIDE else FEW
    signs = PLAIN_BARS if screen.options.ascii_only else BARS
    tiles = [_tile(*one) for one in _counted(look)]
    return Group(
        _heading(look),
        *(Text(f"  {one.text}", _STYLES[numbers.health]) for one in numbers.why),
        Text(),
        Padding(Columns(tiles, width=_TILE, padding=(0, 1), equal=True), (0, 0, 0, 2)),
        Text(),
        _charts(look, bars, signs),
        Text(),
        _said(look),
        Text(),
        _footing(look, interval),
    )


def _heading(look: Look) -> Text:
    numbers = look.numbers
    state = numbers.counters.state
    text = Text.assemble((numbers.counters.event_id, "bold"), "  ")
    text.append(state.replace("_", " "), _STYLES.get(state, ""))
    text.append(f"  {numbers.health}", _STYLES[numbers.health])
    if numbers.status.title:
        text.append(f"  {numbers.status.title}", "dim")
    text.truncate(200)
    return text


def _counted(look: Look) -> Iterator[tuple[str, str]]:
    counters = look.numbers.counters
    of_cap = f" of {counters.cap:,}" if counters.cap else ""
    yield "waiting", f"{counters.waiting_num:,}"
    yield "arrived", f"{counters.queue_counter:,}"
    yield "serving up to", f"{counters.serving_counter:,}"
    yield "active now", f"{counters.active_tokens:,}{of_cap}"
    if counters.held:
        yield "site was full", f"{counters.held:,}"
    yield "completed", f"{counters.completed_sessions:,}"
    yield "abandoned", f"{counters.abandoned_sessions:,}"
    yield "expired", f"{counters.expired:,}"


def _tile(name: str, number: str) -> Text:
    return Text.assemble((number, "bold"), "\n", (name, "dim"))


def _charts(look: Look, bars: int, signs: str) -> Table:
    numbers = look.numbers
    table = Table.grid(padding=(0, 1))
    rows = (
        ("  came", look.arrivals, numbers.arrivals_per_minute, "cyan"),
        ("  called", look.servings, numbers.served_per_minute, "green"),
    )
    for name, curve, rate, colour in rows:
        grown = growth(curve, numbers.now, bars, numbers.epoch)
        drawn = sparkline(grown, signs)
        told = "-" if rate is None else f"{rate:,.0f}"
        table.add_row(Text(name, "dim"), Text(drawn, colour), Text(f"{told} / min", "bold"))
    ago = f"{WINDOW // 60} min ago"
    table.add_row("", Text(ago + "now".rjust(bars - len(ago)), "dim"), "")
    return table


def growth(curve: Curve, now: int, bars: int, begun: int) -> list[int]:
    """How much a counter grew in each of ``bars`` equal parts of the ``WINDOW`` s before ``now``.

    ``begun``: when it was 0. Without a point from before the window, the first one in it says where
    it began, unless it began in the window itself.
    """
    start = now - WINDOW
    grown = [0] * bars
    before = 0 if begun >= start or not curve else curve[0][1]
    for second, value in curve:
        if second >= start:
            part = min(bars - 1, (second - start) * bars // WINDOW)
            grown[part] += max(0, value - before)
        before = value
    return grown


def sparkline(values: Sequence[int], signs: str = BARS) -> str:
    """One sign for each value, as high as it is in proportion to the greatest; none for 0."""
    top, steps = max(values, default=0), len(signs)
    return "".join(signs[-(-value * steps // top) - 1] if value > 0 else " " for value in values)


def _said(look: Look) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, told in (("wait", _wait(look)), ("inlet", _inlet(look)), ("gates", _gates(look))):
        style = _STYLES["bad"] if name == "gates" and look.note.state == "holds" else ""
        table.add_row(Text(f"  {name}", "dim"), Text(told, style))
    return table


def _wait(look: Look) -> str:
    numbers = look.numbers
    if numbers.wait_p50 is None:
        return "not known yet for someone who joins now"
    if not numbers.wait_p90:
        return "none: who joins now is called at once"
    likely, long = span(numbers.wait_p50), span(numbers.wait_p90)
    return f"{likely} for someone who joins now; nine in ten wait {long} at most"


def _inlet(look: Look) -> str:
    inlet = look.numbers.inlet
    kind = str(msgspec.to_builtins(inlet.inlet)["kind"]).replace("_", " ")
    if kind == "manual":
        return f"by hand: waitroom advance {inlet.event_id} N lets N more in"
    rate = inlet.rate_per_minute
    return kind if rate is None else f"{kind}, {rate:,.0f} a minute"


def _gates(look: Look) -> str:
    if look.note.state == "holds":
        held = span(look.numbers.now - look.note.since)
        return f"hold the line for {held}: {look.note.detail[:200]}"
    if not look.gates:
        return "none"
    return f"{look.gates}, and the line is not held"


def _footing(look: Look, interval: float) -> Text:
    seen = f"  {spelled(look.numbers.now)}"
    ends = f"   each {interval:g} s, q ends" if interval else ""
    if not look.trouble:
        return Text(seen + ends, "dim")
    return Text(
        f"  Not up to date: {look.trouble} Trying again.\n{seen} is what this shows{ends}", "yellow"
    )
