"""Telling people at a terminal how far long work has come.

What belongs here: a line on stderr that changes while something runs, and is gone when it is done.
Where stderr is no terminal nothing is written: a log of a backup is not to be full of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

_SELDOM: Final = 100  # steps between two words to the screen: a store has millions

Advance = Callable[[], None]


@contextmanager
def counting(what: str, unit: str, total: int | None = None) -> Iterator[Advance]:
    """Show ``what`` and how many ``unit`` are done; what is given is to be called for each.

    With ``total`` there is a bar, without it nobody knows how much is left.
    """
    if not sys.stderr.isatty():
        yield _nothing
        return
    console = Console(stderr=True, markup=False, highlight=False)
    bar = [BarColumn(bar_width=24)] if total else []
    told = TextColumn("{task.completed:,.0f} " + unit, markup=False)
    named = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), named, *bar, told, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield _in_strides(progress, task)


def _in_strides(progress: Progress, task: TaskID) -> Advance:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if done % _SELDOM == 0:
            progress.update(task, completed=done)

    return advance


def _nothing() -> None:
    pass
