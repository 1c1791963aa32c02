"""Who did what: the entries of the audit log and the chain that shows if one was altered.

What belongs here: the values and the arithmetic of the chain. What must change with it: both
stores, ``records.py``, ``docs/audit.md``.

A store appends an entry in the same atomic step as the deed. The chain is laid over the entries
afterwards, within a second: the seal of an entry is an HMAC of it and of the seal before it, under
a key that the store does not have. So whoever can write to the store, but has not the deployment
secret, cannot alter, add, drop or reorder a sealed entry unseen; of the newest ones they can cut
off the end, unless the last seal was noted elsewhere (``waitroom log verify`` shows it).

A seal is 64 hexadecimal digits: 32 that link it to the entry before (that one's MAC; zeros for the
first) and 32 that are the MAC of the link and the entry: HMAC-SHA256 cut to 128 bits (RFC 2104
section 5). As the link stands in it, what is left of a log can be checked when its oldest entries
were dropped. A seal follows from the key and the entries alone, so any number of processes may lay
the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from waitroom.core.ticket import derive

_HALF: Final = 32  # hexadecimal digits of a link, and of a MAC
_FIRST: Final = "0" * _HALF


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something, from where, and what they call it; an input of the store's verbs.

    ``by``: an API key's ID, or ``cli:<user>``. ``source``: an address, or ``local``. ``action``:
    ``increment``, ``change``, ``create``, ``reset``, ``undo 17`` and the like.
    """

    by: str
    source: str
    action: str


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One deed as it was done. ``seq`` begins at 1 in each log; ``seal`` is hex, empty until laid.

    ``before`` and ``after`` are JSON: the serving counter for moves (``{"serving_counter": 5}``),
    the settings that changed for changes, nothing (``null``) where there is none.
    """

    seq: int
    at: int
    by: str
    source: str
    action: str
    before: str
    after: str
    seal: str = ""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A log, or its beginning, that is as it was written.

    ``first`` and ``last``: the ``seq`` of its ends, 0 if it is empty. ``sealed``: how many entries
    have a seal; ``unsealed``: how many of the newest have none yet. ``end_seal``: the newest seal,
    empty if there is none: whoever notes it elsewhere can tell later that nothing was cut off.
    """

    first: int = 0
    last: int = 0
    sealed: int = 0
    unsealed: int = 0
    end_seal: str = ""


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A log that is not as it was written: the first entry that shows it, and how."""

    seq: int
    why: str


NOTHING: Final = Verified()


def log_key(secret: bytes, event_id: str) -> bytes:
    """The key of one log's seals; each log has its own, so that no entry can change its log."""
    return derive(secret, f"waitroom log v1|{event_id}")


def seal(key: bytes, previous: str, entry: LogEntry) -> str:
    """The seal of ``entry`` behind the seal ``previous`` (empty: there is none)."""
    link = previous[_HALF:] or _FIRST
    return link + _mac(key, link, entry)


def seal_run(key: bytes, previous: str, entries: Iterable[LogEntry]) -> dict[int, str]:
    """The seals of ``entries``, which follow one another behind the seal ``previous``, by seq."""
    seals: dict[int, str] = {}
    for entry in entries:
        seals[entry.seq] = previous = seal(key, previous, entry)
    return seals


def verify(
    key: bytes, entries: Sequence[LogEntry], so_far: Verified = NOTHING
) -> Verified | Broken:
    """Check ``entries``, which follow on what was found to be in order ``so_far``."""
    for entry in entries:
        why = _why_not(key, entry, so_far)
        if why:
            return Broken(seq=entry.seq, why=why)
        so_far = Verified(
            first=so_far.first or entry.seq,
            last=entry.seq,
            sealed=so_far.sealed + bool(entry.seal),
            unsealed=so_far.unsealed + (not entry.seal),
            end_seal=entry.seal or so_far.end_seal,
        )
    return so_far


def check_beginning(found: Verified, most: int) -> Verified | Broken:
    """``found`` if it begins where a log may: with its first entry, or as one of ``most`` or more.

    A store drops the oldest entries of a log when there are more than ``most``, and no others.
    """
    if found.first > 1 and found.last - found.first + 1 < most:
        return Broken(seq=found.first, why="the entries before it are missing")
    return found


def _why_not(key: bytes, entry: LogEntry, so_far: Verified) -> str:
    """What is wrong with ``entry`` as the next one; nothing if it is in order."""
    if entry.seq < 1 or (so_far.last and entry.seq != so_far.last + 1):
        return f"it stands behind entry {so_far.last}"
    if not entry.seal:
        return ""
    if so_far.unsealed:
        return "it has a seal, and the entry before it has none"
    link, mac = entry.seal[:_HALF], entry.seal[_HALF:]
    begins = not so_far.last and entry.seq > 1  # older ones were dropped: the link is as it says
    if not begins and not _same(link, so_far.end_seal[_HALF:] or _FIRST):
        return "it was sealed behind another entry than the one before it"
    return "" if _same(mac, _mac(key, link, entry)) else "its seal is not that of what it says"


def _mac(key: bytes, link: str, entry: LogEntry) -> str:
    # A JSON list of texts and numbers can be read in one way only.
    said = (link, entry.seq, entry.at, entry.by, entry.source, entry.action)
    mac = HMAC(key, SHA256())
    mac.update(msgspec.json.encode((*said, entry.before, entry.after)))
    return mac.finalize().hex()[:_HALF]


def _same(one: str, other: str) -> bool:
    return bytes_eq(one.encode("utf-8", "replace"), other.encode())
