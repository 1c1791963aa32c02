"""What commands print: tables for people, JSON for programs, a question before the irrevocable.

What belongs here: everything that knows about the terminal. Results go to stdout, nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from waitroom.errors import CallerError

WIDE: Final = 160  # columns where there is no terminal to ask: nothing is to be cut off


def console() -> Console:
    """Standard output. Text is printed as it is: no markup, no colours guessed."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(width=width, markup=False, highlight=False, emoji=False)


def say(*lines: str) -> None:
    """Lines, never broken: one may be a URL or a key to be copied. They come out all at once."""
    console().print("\n".join(lines), soft_wrap=True)


def say_link(name: str, url: str, *lines: str) -> None:
    """A link, and what it is good for; the URL is never broken."""
    told = Text.assemble("  ", (f"{name:<15}", "bold"), (url, "underline"))
    for line in lines:
        told.append(f"\n  {'':<15}{line}", "dim" if sys.stdout.isatty() else "")
    console().print(told, soft_wrap=True)


def say_json(value: object) -> None:
    """``value`` as indented JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; long cells are folded, not cut."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console().print(table)


def say_boxed(title: str, lines: Sequence[str]) -> None:
    """Lines that nobody should overlook."""
    width = max(len(line) for line in lines) + 4
    wide_enough = Console(width=max(width, console().width), markup=False, highlight=False)
    wide_enough.print(Panel.fit(Text("\n".join(lines)), title=title))


def moment(seconds: int | None) -> str:
    """Epoch seconds as a UTC time for people; nothing for None."""
    if seconds is None:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def confirm(question: str, yes: bool) -> None:
    """Pass if ``yes``, or if a person at the terminal says so.

    Raises:
        CallerError: the person said no, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise CallerError(f"{question} There is no terminal to ask on: confirm with --yes.")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise CallerError("Nothing was changed.")
