"""The files that pages load: scripts, styles, texts, pictures, and libraries of others.

What belongs here: which files there are, the version of all of them together, and how one is
answered. What must change with it: ``pages.py`` (the templates' ``static``), ``docs/security.md``.

All are read once, at the start, so a path is looked up among names and never on the disk: there is
nothing to climb out of. Three spellings lead to a file:

* ``/static/<version>/room.js``, as our pages ask: kept by browsers for a year, since another
  content has another version. Modules import each other relatively, so all come with one version;
* the same with another version, while machines are being upgraded: the file as it is here, not
  kept, since it is not what that name will stand for elsewhere;
* ``/static/waitroom.js``, for pages of others: kept for five minutes.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple

from waitroom.errors import MethodNotAllowed, NotFound
from waitroom.http import ANY_ORIGIN, Headers, Reply, Scope, error_reply, header

WEB: Final = Path(str(files("waitroom").joinpath("web")))
FOLDERS: Final = ("static", "vendor")
ROOT: Final = "/static"

_TEXT: Final = "text/plain; charset=utf-8"
# What these are on every machine, whatever its own table of types says.
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
_PACKED_ALREADY: Final = frozenset({".png", ".webp", ".mp3", ".woff2"})
_SMALL: Final = 256  # bytes; what is smaller fits into the packet of its headers anyway

_IMPORT: Final = re.compile(r'^(?:import|export)\b[^"]*?\bfrom "(\./[^"]+)";', re.MULTILINE)
_VERSION: Final = re.compile(r"([0-9a-f]{12})/(.+)", re.ASCII)
_FOR_EVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_NOT_KEPT: Final = (b"cache-control", b"no-cache")
_FOR_A_WHILE: Final = (b"cache-control", b"public, max-age=300")
_VARY: Final = (b"vary", b"accept-encoding")
_GZIP: Final = (b"content-encoding", b"gzip")
_ANY_PAGE: Final = (b"cross-origin-resource-policy", b"cross-origin")
_NO_MATCH: Final = b"if-none-match"
_ZERO: Final = re.compile(rb"q=0(?:\.0{0,3})?", re.ASCII)


class File(NamedTuple):
    """One file as it is on the disk, and its entity tag (without quotes)."""

    content: bytes
    kind: str
    tag: str
    may_pack: bool


@cache
def all_files() -> dict[str, File]:
    """Every file by its name behind ``/static/``; read when it is first asked for."""
    return {name: _read(path) for name, path in sorted(_paths())}


@cache
def version() -> str:
    """Of all files together: 12 hexadecimal digits, others as soon as one file is another."""
    whole = hashlib.sha256()
    for name, file in all_files().items():
        whole.update(f"{name}\0{file.tag}\0".encode())
    return whole.hexdigest()[:12]


def static() -> str:
    """What our own pages put before a file's name: ``/static/0123456789ab``."""
    return f"{ROOT}/{version()}"


def imports_of(entry: str) -> list[str]:
    """The modules that ``entry`` imports, directly and through others, in that order.

    Browsers that are told of them fetch all at once, rather than learning of each from the last.
    """
    found, at = [entry], 0
    while at < len(found):
        name = found[at]
        text = all_files()[name].content.decode()
        there = [normpath(join(dirname(name), path)) for path in _IMPORT.findall(text)]
        found += [path for path in dict.fromkeys(there) if path not in found]
        at += 1
    return found[1:]


def _paths() -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in (WEB / folder).rglob("*"):
            if path.is_file():
                yield path.relative_to(WEB / folder).as_posix(), path


def _read(path: Path) -> File:
    content, suffix = path.read_bytes(), path.suffix
    may_pack = len(content) >= _SMALL and suffix not in _PACKED_ALREADY
    tag = hashlib.sha256(content).hexdigest()[:20]
    return File(content, _TYPES.get(suffix, _TEXT), tag, may_pack)


class StaticFiles:
    """Answers ``/static/...``. ``headers`` go along with every file."""

    def __init__(self, headers: Headers) -> None:
        self._headers = [*headers, ANY_ORIGIN, _ANY_PAGE]
        self._packed: dict[str, bytes] = {}

    async def answer(self, scope: Scope, path: str) -> Reply:
        """The file called ``path`` (what stands behind ``/static/``)."""
        if scope["method"] not in {"GET", "HEAD"}:
            return error_reply(MethodNotAllowed(("GET", "HEAD")))
        name, kept = _named(path)
        file = all_files().get(name)
        if file is None:
            return error_reply(NotFound(), ANY_ORIGIN)
        packed = file.may_pack and accepts_gzip(scope)
        tag = f'"{file.tag}-gz"' if packed else f'"{file.tag}"'
        headers = [*self._headers, kept, (b"etag", tag.encode())]
        if file.may_pack:
            headers.append(_VARY)
        if _is_known(scope, file):
            return Reply(304, headers, b"")
        content = await self._pack(name, file) if packed else file.content
        headers += [(b"content-type", file.kind.encode()), *([_GZIP] if packed else [])]
        headers.append((b"content-length", str(len(content)).encode()))
        return Reply(200, headers, content)

    async def _pack(self, name: str, file: File) -> bytes:
        """Worked out when it is first wanted, beside the loop: 1.7 MB take a tenth of a second."""
        if name not in self._packed:
            self._packed[name] = await asyncio.to_thread(_gzipped, file.content)
        return self._packed[name]


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def _named(path: str) -> tuple[str, tuple[bytes, bytes]]:
    """The file's name, and for how long it may be kept."""
    if not (found := _VERSION.fullmatch(path)):
        return path, _FOR_A_WHILE
    return found[2], _FOR_EVER if found[1] == version() else _NOT_KEPT


def _is_known(scope: Scope, file: File) -> bool:
    """Whether the browser has this very content, packed or not (RFC 9110 section 13.1.2)."""
    known = header(scope, _NO_MATCH)
    return known is not None and (file.tag.encode() in known or known.strip() == b"*")


def accepts_gzip(scope: Scope) -> bool:
    """Whether the client says that it can read gzip (RFC 9110 section 12.5.3)."""
    for part in (header(scope, b"accept-encoding") or b"").lower().split(b","):
        coding, _, weight = part.replace(b" ", b"").partition(b";")
        if coding in {b"gzip", b"*"}:
            return not _ZERO.fullmatch(weight)
    return False
