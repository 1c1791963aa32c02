"""What comes out: tables on the terminal, and the same as Markdown and JSON in a folder.

What belongs here: showing and keeping. Judging is in ``limits.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.joins import Joining
from bench.limits import Row


class Report(msgspec.Struct, frozen=True):
    """All of one run."""

    begun: str
    machine: dict[str, str]
    how: str
    rows: list[Row]
    joining: list[Joining]


_RESULT = ("what", "result", "measured", "limit", "kept")
_JOINING = ("connections", "joins/s", "p50", "p99", "joins a commit")


def now() -> str:
    """The time, as a report states it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def show(report: Report) -> None:
    """Print it."""
    console = Console()
    for heading, lines in ((_RESULT, _results(report)), (_JOINING, _joining(report))):
        table = Table(*heading)
        for line in lines:
            table.add_row(*line)
        console.print(table)
    console.print(f"{report.how}\n" + "; ".join(f"{k} {v}" for k, v in report.machine.items()))


def keep(report: Report, folder: Path) -> Path:
    """Write it into ``folder`` as ``<date>.md`` and ``.json``; the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{report.begun[:10]}.md"
    page.write_text(as_markdown(report), encoding="utf-8")
    page.with_suffix(".json").write_bytes(
        msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    )
    return page


def as_markdown(report: Report) -> str:
    """It as a page."""
    facts = "".join(f"* {name}: {value}\n" for name, value in report.machine.items())
    return (
        f"# Figures of {report.begun}\n\n{report.how}\n\n"
        f"{_grid(_RESULT, _results(report))}\nDurable joins by connections:\n\n"
        f"{_grid(_JOINING, _joining(report))}\n{facts}"
    )


def _grid(heading: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    rows = [heading, ("---",) * len(heading), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _results(report: Report) -> list[tuple[str, ...]]:
    return [
        (row.what, row.figure, row.against, row.limit, "yes" if row.kept else "NO")
        for row in report.rows
    ]


def _joining(report: Report) -> list[tuple[str, ...]]:
    return [
        (
            str(j.connections),
            f"{j.rate:,.0f}",
            f"{j.p50 / 1000:.1f} ms",
            f"{j.p99 / 1000:.1f} ms",
            f"{j.batch:.1f}",
        )
        for j in report.joining
    ]
