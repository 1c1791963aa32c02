"""Who did what: the entries of the audit log and the chain that shows if one was altered.

What belongs here: the values and the arithmetic of the chain. What must change with it: both
stores, ``records.py``, ``docs/audit.md``.

A store appends an entry in the same atomic step as the deed. The chain is laid over the entries
afterwards, within a second: the seal of an entry is an HMAC of it and of the seal before it, under
a key that the store does not have. So whoever can write to the store, but has not the deployment
secret, cannot alter, add, drop or reorder a sealed entry unseen; of the newest ones they can cut
off the end, unless the last seal was noted elsewhere (``waitroom log verify`` shows it).
"""

from __future__ import annotations

import msgspec


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
