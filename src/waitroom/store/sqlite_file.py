"""The SQLite file itself: make it, check it, bring its schema up to date.

What belongs here: what happens to the file before anybody reads or writes an event.
"""

from __future__ import annotations

import re
import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Final

from waitroom.errors import DirectoryUnwritable, StoreRefused
from waitroom.store.sqlite_writer import Connected, connect

APPLICATION_ID: Final = 0x57414954  # "WAIT", in the file's header (PRAGMA application_id)


def migrations() -> list[str]:
    """The sections of schema.sql in order; the n-th leads to version n (from 1)."""
    text = files("waitroom.store").joinpath("schema.sql").read_text(encoding="utf-8")
    return re.split(r"^-- version \d+$", text, flags=re.MULTILINE)[1:]


def prepare(path: Path) -> None:
    """Make the file if there is none, else check that it is sound and ours; then migrate it.

    Raises:
        DirectoryUnwritable: the file can be neither made nor opened.
        StoreRefused: it is corrupt, of a newer version, or not a Waitroom store.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise DirectoryUnwritable(
            f"The store {path} cannot be made: {error.strerror}. Choose another --data-dir or "
            "--store, or give this user the right to write there."
        ) from None
    try:
        _check_and_migrate(path)
    except sqlite3.DatabaseError as error:
        raise _refusal(path, error) from None


def _check_and_migrate(path: Path) -> None:
    wanted = migrations()
    db = connect(path)  # without our pragmas: they would alter a file that is not ours
    try:
        version = _check(db, path, newest=len(wanted))
    finally:
        db.close()
    if version < len(wanted):
        db = Connected(path).db
        try:
            _migrate(db, wanted)
        finally:
            db.close()


def _check(db: sqlite3.Connection, path: Path, newest: int) -> int:
    db.execute("BEGIN")  # one moment: another process may be making the schema just now
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    application = db.execute("PRAGMA application_id").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and application != APPLICATION_ID:
        raise StoreRefused(f"{path} is a database of something else. Choose another --store.")
    if version > newest:
        raise StoreRefused(
            f"{path} was made by a newer Waitroom (schema {version}, this one knows {newest}). "
            "Start the newer version, or restore a backup from before the upgrade."
        )
    fault = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise sqlite3.DatabaseError(fault)
    return version


def _migrate(db: sqlite3.Connection, wanted: list[str]) -> None:
    """Apply what is missing, in one transaction; another process may have been first."""
    db.execute("BEGIN IMMEDIATE")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    for section in wanted[version:]:
        for statement in _statements(section):
            db.execute(statement)
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={len(wanted)}")
    db.execute("COMMIT")


def _statements(section: str) -> list[str]:
    bare = re.sub(r"--.*", "", section)
    return [statement for statement in (part.strip() for part in bare.split(";")) if statement]


_UNWRITABLE: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_PERM")
_LOCKED: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")


def _refusal(path: Path, error: sqlite3.DatabaseError) -> StoreRefused | DirectoryUnwritable:
    """What to tell the operator. Extended names, like SQLITE_IOERR_WRITE, begin with the plain."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_LOCKED):
        return DirectoryUnwritable(f"The store {path} is locked by another program: {error}.")
    if name.startswith((*_UNWRITABLE, "SQLITE_IOERR")):  # a full disk shows as the latter too
        return DirectoryUnwritable(
            f"The store {path} cannot be written: {error}. Free some space, or give this user the "
            "right to write the file and its directory."
        )
    return StoreRefused(
        f"{path} is corrupt or not a database ({error}). Move it away and restore a backup, or "
        "start with an empty one by choosing another --store."
    )
