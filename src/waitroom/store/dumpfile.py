"""Dump files: what a store holds in one file, for backups and for moving house.

JSON Lines. The first line is ``{"waitroom":"dump","version":4}``; then one record a line
(``records.py``, field ``type`` says which); the last line is of type ``end`` and has the counts and
the digest (``tally.py``) of the records. A name that ends in ``.gz`` is compressed. A file of an
earlier version is read too: fields that it does not have are as in an event that never used them.

What belongs here: writing such a file so that it is whole or not there, and reading one that nobody
vouches for: it is checked from end to end before its first record is handed out. What must change
with it: ``VERSION`` in ``records.py``, ``docs/backup.md``.
"""

from __future__ import annotations

import gzip
import os
import secrets
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec

from waitroom.errors import DirectoryUnwritable, StoreRefused
from waitroom.store.records import VERSION, Line, Record
from waitroom.store.soundness import Soundness
from waitroom.store.tally import Contents, Tally

MAX_LINE: Final = 16 * 1024 * 1024  # bytes: a thousand sessions with the longest of issuers
_GZIP_MAGIC: Final = b"\x1f\x8b"  # RFC 1952 section 2.3.1
_LEVEL: Final = 3  # of compression: a backup is not to wait for the last few percent


class _Header(msgspec.Struct, frozen=True):
    waitroom: str
    version: int


class _End(msgspec.Struct, frozen=True, tag="end"):
    counts: dict[str, int]
    digest: str


class _Written(msgspec.Struct, frozen=True):
    """A record of the kind ``Line`` with its row as it stands in the file."""

    line: msgspec.Raw


_Bytes = IO[bytes] | gzip.GzipFile
_HEADER: Final = msgspec.json.Decoder(_Header)
_LINE: Final = msgspec.json.Decoder(Record | _End)
_WRITTEN: Final = msgspec.json.Decoder(_Written)


class DumpWriter:
    """Writes records to a dump file; ``contents`` are those written so far."""

    def __init__(self, out: _Bytes) -> None:
        self._out = out
        self._encoder = msgspec.json.Encoder()
        self._tally = Tally()
        self._soundness = Soundness()
        self._write(_Header("dump", VERSION))

    def add(self, record: Record) -> None:
        """Write one record.

        Raises:
            StoreRefused: it could not be read back: out of range, or out of order.
        """
        try:
            self._soundness.check(record)
        except ValueError as error:
            raise StoreRefused(f"The store holds what cannot be dumped: {error}.") from None
        self._tally.add(record)
        self._write(record)

    def contents(self) -> Contents:
        """What was written so far."""
        return self._tally.contents()

    def finish(self) -> None:
        """Write the last line. Raises ``StoreRefused``, as ``add``."""
        try:
            self._soundness.finish()
        except ValueError as error:
            raise StoreRefused(f"This cannot be dumped: {error}.") from None
        contents = self.contents()
        self._write(_End(contents.counts, contents.digest))

    def _write(self, value: object) -> None:
        self._out.write(self._encoder.encode(value) + b"\n")


def write_dump(path: Path, records: Iterable[Record]) -> Contents:
    """Write ``records`` (in the order of ``records.py``) to ``path``, mode 0600.

    What was at ``path`` is replaced at the end, at once; if anything goes wrong it stays.

    Raises:
        DirectoryUnwritable: the file cannot be made there, or the disk is full.
        StoreRefused: the records could not be read back; or ``path`` is not an ordinary file.
    """
    with dumping(path) as writer:
        for record in records:
            writer.add(record)
    return writer.contents()


@contextmanager
def dumping(path: Path) -> Iterator[DumpWriter]:
    """A writer whose file is at ``path`` when the block ends well, and only then.

    Raises:
        as ``write_dump``; and what the block raises.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        _check_ordinary(path)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                with _packed(file, path) as out:
                    writer = DumpWriter(out)
                    yield writer
                    writer.finish()
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync_directory(path.parent)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise DirectoryUnwritable(f"{path} cannot be written: {error.strerror}.") from None


def _check_ordinary(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise StoreRefused(f"{path} is not an ordinary file.")


@contextmanager
def _packed(file: IO[bytes], path: Path) -> Iterator[_Bytes]:
    if not path.name.endswith(".gz"):
        yield file
        return
    # Without name and time: the same contents make the same file.
    with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
        yield packed


def _sync_directory(directory: Path) -> None:
    """Make the new name durable, as the contents are."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_dump(path: Path) -> Iterator[Record]:
    """The records of the dump file ``path``. All of it is checked before this returns.

    What is handed out is checked once more on the way: the file may have been written to meanwhile.

    Raises:
        StoreRefused: it is not there or not readable, not a dump file, of a newer version, cut
            short, altered, or holds values out of range; names the line and the reason.
    """
    for _record in _records(path):
        pass
    return _records(path)


def contents_of(path: Path) -> Contents:
    """What the dump file ``path`` holds. Raises ``StoreRefused``, as ``read_dump``."""
    tally = Tally()
    for record in _records(path):
        tally.add(record)
    return tally.contents()


def _records(path: Path) -> Iterator[Record]:
    number = 0
    try:
        with _opened(path) as file:
            for number, record in _numbered(file):  # noqa: B007 - for the message below
                yield record
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StoreRefused(f"{path} is cut short or damaged after line {number}: {error}") from None
    except OSError as error:
        raise StoreRefused(f"{path} cannot be read: {error.strerror}.") from None
    except _Refused as error:
        raise StoreRefused(f"{path}, line {error.line}: {error}.") from None


class _Refused(Exception):
    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def _numbered(file: _Bytes) -> Iterator[tuple[int, Record]]:
    """Line number and record of each line but the first and the last."""
    tally, soundness = Tally(), Soundness()
    version = _check_header(_line(file, 1))
    number = 1
    while True:
        number += 1
        line = _line(file, number)
        try:
            found = _LINE.decode(line)
            if isinstance(found, _End):
                soundness.finish()
                break
            soundness.check(found)
        except (ValueError, RecursionError) as error:
            raise _Refused(number, str(error)) from None
        tally.add(found, _as_written(found, line, version))
        yield number, found
    difference = Contents(found.counts, found.digest).difference(tally.contents())
    if difference:
        raise _Refused(number, f"the file was altered: {difference}")
    if file.read(1):
        raise _Refused(number + 1, "something follows the end")


def _as_written(record: Record, line: bytes, version: int) -> msgspec.Raw | None:
    """What the digest of an earlier version is of: since then, events have gained fields."""
    if version == VERSION or not isinstance(record, Line):
        return None
    return _WRITTEN.decode(line).line


def _line(file: _Bytes, number: int) -> bytes:
    line = file.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise _Refused(number, f"longer than {MAX_LINE} bytes")
    if not line.endswith(b"\n"):
        raise _Refused(number, "the file is cut short here" if number > 1 else "not a dump file")
    return line


def _check_header(line: bytes) -> int:
    """The version of the file."""
    try:
        header = _HEADER.decode(line)
    except (ValueError, RecursionError):
        raise _Refused(1, "not a dump file of Waitroom") from None
    if header.waitroom != "dump":
        raise _Refused(1, "not a dump file of Waitroom")
    if not 1 <= header.version <= VERSION:
        made = "a newer Waitroom" if header.version > VERSION else "something else"
        raise _Refused(1, f"made by {made} (version {header.version}, this one knows {VERSION})")
    return header.version


@contextmanager
def _opened(path: Path) -> Iterator[_Bytes]:
    """The file, unpacked if it is packed, whatever its name."""
    # Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise StoreRefused(f"{path} is not an ordinary file.")
        if file.peek(2)[:2] != _GZIP_MAGIC:
            yield file
            return
        with gzip.GzipFile(fileobj=file, mode="rb") as packed:
            yield packed
