"""Every message is said somewhere, and whatever is said is a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from waitroom.static_files import WEB

from .catalogues import names

SRC: Final = WEB.parent
ID: Final = r"[a-z]+(?:-[a-z]+)*"
# What is put behind a name at the place where it is said.
ENDINGS: Final = ("-headline", "-explanation", "-minutes", "-hours", "-kept")
IN_TEMPLATES: Final = re.compile(rf"""data-(?:words|label)="({ID})"|\bsay\(\s*["']({ID})["']""")
IN_PYTHON: Final = re.compile(rf"""\.say\(\s*["']({ID})["']""")
IN_SCRIPTS: Final = re.compile(rf"""\bsay\(\[?\s*["'`]({ID})["'`]""")
QUOTED: Final = re.compile(rf"""["'`]({ID})["'`]""")
BUILT: Final = re.compile(rf"""["'`]({ID}-)(?:\$?\{{)""")


def files() -> Iterator[Path]:
    """Where messages are said."""
    yield from sorted((WEB / "templates").glob("*.html"))
    yield from (path for path in sorted((WEB / "static").glob("*.js")) if is_visitors(path))
    yield from sorted((SRC / "public").glob("*.py"))


def is_visitors(path: Path) -> bool:
    """Whether a script is of the visitors' page: the panel has words of its own."""
    return not path.name.startswith(("panel", "docs"))


@cache
def source() -> str:
    """All of it."""
    return "\n".join(path.read_text(encoding="utf-8") for path in files())


def found(pattern: re.Pattern[str]) -> set[str]:
    """What the groups of ``pattern`` match."""
    return {one for match in pattern.finditer(source()) for one in match.groups() if one}


def test_nothing_is_said_that_is_no_message() -> None:
    """Each literal ID in templates, scripts and Python is in the English catalogue."""
    known = set(names("en"))
    for pattern in (IN_TEMPLATES, IN_PYTHON, IN_SCRIPTS):
        assert found(pattern) - known == set()


def test_no_message_is_left_over() -> None:
    """Each message is named in the sources, or is put together there from a name and an ending."""
    quoted, begun = found(QUOTED), tuple(found(BUILT))

    def is_said(name: str) -> bool:
        stems = [name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)]
        return name in quoted or bool(quoted & set(stems)) or name.startswith(begun)

    assert [name for name in names("en") if not is_said(name.partition(".")[0])] == []
