"""What a look at one thing found: a line of the report of ``waitroom doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line of the report; ``fix`` says what to do unless all is well."""

    level: Level
    what: str
    found: str
    fix: str = ""
