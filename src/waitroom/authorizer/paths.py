"""Which paths are behind the gate, however they are written.

What belongs here: pure rules on paths. Servers and frameworks disagree on ``//``, ``%2F``, ``%3F``,
``..``, ``;`` and backslashes, and each disagreement is a way around a gate that reads the path in
one way and the site in another. So every plausible reading is made, and a path is open only if all
of them are. When in doubt: protected. What must change with it: ``tests/authorizer/test_paths.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

# No "//", no "." or ".." segment, nothing encoded, no parameters: there is one way to read it.
_PLAIN = re.compile(r"(?:/(?!\.\.?(?:/|\Z))[^/%;\\?#\x00-\x20\x7f\ufffd]+)*/?")
# What no honest path decodes to: control characters, what is not UTF-8 (overlong forms among it),
# and the "%u0063" that some servers decode.
_DOUBTFUL = re.compile(r"[\x00-\x1f\x7f\ufffd]|%u[0-9a-fA-F]{4}")
_PARAMETERS = re.compile(r";[^/]*")
# What a site that asks another one for the decoded path would send as a query, or not at all.
_NO_PATH = re.compile(r"[?#].*")
_SLASHES = re.compile(r"//+")
# "%252563heckout" is decoded thrice by nobody; a path that is not at rest by then is an attempt.
_ROUNDS = 3


def is_plain(path: str) -> bool:
    """Does this path begin with ``/`` and can it be read in one way only?"""
    return path.startswith("/") and _PLAIN.fullmatch(path) is not None


def is_protected(
    path: str,
    protected: tuple[str, ...],
    exempt: tuple[str, ...],
    case_sensitive: bool = True,
) -> bool:
    """Is ``path`` (percent-encoded or not) behind the gate in any reading?

    ``protected`` and ``exempt`` are prefixes as in ``Gate``.
    """
    if not exempt and "/" in protected:  # however it is read
        return True
    if case_sensitive and is_plain(path):
        return _gated(path, protected, exempt)
    readings = _readings(path)
    if readings is None:
        return True
    if not case_sensitive:
        readings = {folded for one in readings for folded in _folded(one)}
        protected, exempt = _all_folded(protected), _all_folded(exempt)
    return any(_gated(one, protected, exempt) for one in readings)


def _folded(path: str) -> tuple[str, str]:
    """Without case, as Unicode says and by way of capitals, which some file systems go by."""
    return path.casefold(), path.upper().casefold()


def _all_folded(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(prefix.casefold() for prefix in prefixes)


def _gated(path: str, protected: tuple[str, ...], exempt: tuple[str, ...]) -> bool:
    return _under(path, protected) and not _under(path, exempt)


def _under(path: str, prefixes: tuple[str, ...]) -> bool:
    for prefix in prefixes:
        stem = prefix.rstrip("/")
        if path == stem or path.startswith(f"{stem}/"):
            return True
    return False


def _readings(path: str) -> set[str] | None:
    """What a server may take ``path`` for; None if that cannot be told."""
    if not path.startswith("/"):
        return None
    found: set[str] = set()
    for _ in range(_ROUNDS + 1):
        if _DOUBTFUL.search(path):
            return None
        found.update(_shapes(path))
        decoded = unquote(path)
        if decoded == path:
            return found
        path = decoded
    return None


def _shapes(path: str) -> Iterator[str]:
    """One decoding, with and without what follows ``?`` or ``#``, with and without ``;``
    parameters, with and without dot segments resolved."""
    slashed = path.replace("\\", "/")
    for whole in {slashed, _NO_PATH.sub("", slashed)}:
        for form in {whole, _PARAMETERS.sub("", whole)}:
            merged = _SLASHES.sub("/", form)
            yield merged
            yield _resolved(merged)


def _resolved(path: str) -> str:
    """Remove dot segments as in RFC 3986, section 5.2.4."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)
