"""The reading side of the embedded store: one thread, one connection, one moment per query.

What belongs here: how a query gets an answer while others write. What must change with it:
``sqlite_writer.py``, where a file is opened and told from another.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from waitroom.errors import StoreUnavailable
from waitroom.store import sqlite_writer
from waitroom.store.sqlite_writer import Connected, FileConnection

T = TypeVar("T")


class Reader:
    """Runs queries on the file ``path``, one after another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-reader")
        self._connected: Connected | None = None
        self._waiting = 0
        self._closed = False

    async def run(self, query: Callable[[FileConnection], T]) -> T:
        """The answer to ``query``, all of which sees one moment.

        Raises:
            StoreUnavailable: the file cannot be read, or too much is waiting already.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._waiting >= sqlite_writer.MAX_PENDING:
            raise StoreUnavailable("too many reads are waiting")
        self._waiting += 1
        reading = asyncio.get_running_loop().run_in_executor(self._thread, self._query, query)
        reading.add_done_callback(self._has_read)
        # Whoever gives up leaves the reading in the thread's queue, and it counts until it is done.
        return await asyncio.shield(reading)

    async def close(self) -> None:
        """Finish what was accepted, then let go of the file."""
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _has_read(self, _reading: object) -> None:
        self._waiting -= 1

    def _query(self, query: Callable[[FileConnection], T]) -> T:
        try:
            if self._connected is not None and self._connected.is_elsewhere():
                self._disconnect()  # a file that was put in its place is what counts
            if self._connected is None:
                self._connected = Connected(self._path)
                self._connected.db.execute("PRAGMA query_only=ON")
            db = self._connected.db
            db.execute("BEGIN")  # all of one query sees one moment
            try:
                return query(db)
            finally:
                db.execute("COMMIT")
        except sqlite3.Error as error:
            self._disconnect()
            raise StoreUnavailable(str(error)) from None

    def _disconnect(self) -> None:
        connected, self._connected = self._connected, None
        if connected is not None:
            connected.close()
