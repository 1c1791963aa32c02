"""The Lua files: one per verb, shared pieces put in where a line says ``--! include NAME``."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

_INCLUDE: Final = re.compile(r"^--! include (\w+)\n", re.MULTILINE)


class Script(NamedTuple):
    """A script as servers know it."""

    name: str
    text: str
    digest: str


@cache
def script(name: str) -> Script:
    """The script of ``lua/NAME.lua``."""
    text = _expanded(name, set())
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return Script(name, text, digest)


def _expanded(name: str, included: set[str]) -> str:
    def piece(found: re.Match[str]) -> str:
        if found[1] in included:
            return ""
        included.add(found[1])
        return _expanded(f"part_{found[1]}", included)

    text = files("waitroom.store").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")
    return _INCLUDE.sub(piece, text)
