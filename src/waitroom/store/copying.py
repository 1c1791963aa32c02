"""From one store to another, to a file, from a file: all of it, and checked.

What belongs here: the order of steps of ``waitroom store``. A target is cleared before anything is
written to it and read back afterwards; counts and digest must be those of what was read.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Final

import msgspec

from waitroom.core.model import Counters, Snapshot
from waitroom.errors import StoreRefused
from waitroom.store import Store, is_embedded, path_of
from waitroom.store.dumpfile import dumping
from waitroom.store.records import Deployment, Line, Record
from waitroom.store.soundness import Soundness
from waitroom.store.tally import Contents, Tally

_BATCH: Final = 8  # records in one call of ``put``: 8,000 rows, tens of milliseconds


def _unseen() -> None:
    pass


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied.

    ``fingerprint``: of the deployment secret that what is sealed in it needs; empty if it has none.
    ``moved``: IDs of events that were not the same any more when all had been read.
    """

    contents: Contents
    fingerprint: str
    moved: tuple[str, ...] = ()


class _Passing:
    """Looks at records on their way: sound, how many, of whom, and where each line stood."""

    def __init__(self, passed: Callable[[], None]) -> None:
        self._passed = passed
        self._soundness = Soundness()
        self._tally = Tally()
        self._stood: dict[str, tuple[int, int, Counters]] = {}
        self._fingerprint = ""

    def see(self, record: Record) -> Record:
        """The record, as it is to be passed on.

        Raises:
            StoreRefused: it is out of range or out of order.
        """
        try:
            self._soundness.check(record)
        except ValueError as error:
            raise StoreRefused(f"There is something in it that cannot be copied: {error}") from None
        if isinstance(record, Deployment):
            self._fingerprint = record.fingerprint
        if isinstance(record, Line):
            # A dump of what was last seen has more in it than a store keeps (``records.py``).
            line = msgspec.structs.replace(record.line, anchor=None, last=None, source="")
            record = Line(line)
            self._stood[line.event.event_id] = _standing(line)
        self._tally.add(record)
        self._passed()
        return record

    async def moved(self, source: Store) -> tuple[str, ...]:
        """IDs of the events that are not as they were when they passed, new and lost ones too."""
        ids = await source.event_ids()
        now = await source.snapshots(ids, 0)  # no time is needed: the rate is not looked at
        standing = {event_id: _standing(line) for event_id, line in now.items()}
        both = standing.keys() | self._stood.keys()
        return tuple(sorted(i for i in both if standing.get(i) != self._stood.get(i)))

    def copied(self, moved: tuple[str, ...] = ()) -> Copied:
        """What has passed."""
        return Copied(contents=self._tally.contents(), fingerprint=self._fingerprint, moved=moved)


def _standing(line: Snapshot) -> tuple[int, int, Counters]:
    return line.epoch, line.revision, line.counters


async def copy(
    source: Store, target: Store, *, force: bool = False, passed: Callable[[], None] = _unseen
) -> Copied:
    """Copy all of ``source`` to ``target``, which is another store (``is_same``).

    ``passed`` is called for each record that is read, and once more when it is read back.

    Raises:
        StoreRefused: the target is not empty and ``force`` is not given; something in the source is
            out of range; or the target does not hold afterwards what was read.
        StoreUnavailable: one of the two is out of reach; the target may be half filled.
    """
    await _make_room(target, force=force)
    passing = _Passing(passed)
    await _fill(target, source.records(), passing)
    copied = passing.copied(await passing.moved(source))
    await _check(target, copied, passed)
    return copied


async def dump(source: Store, path: Path, passed: Callable[[], None] = _unseen) -> Copied:
    """Write all of ``source`` to the dump file ``path``; one that is there is replaced.

    ``passed`` is called for each record.

    Raises:
        StoreRefused, StoreUnavailable, DirectoryUnwritable: as ``dumpfile.write_dump``.
    """
    passing = _Passing(passed)
    with dumping(path) as writer:
        async with aclosing(source.records()) as records:
            async for record in records:
                writer.add(passing.see(record))
    return passing.copied(await passing.moved(source))


async def load(
    found: Iterable[Record],
    target: Store,
    *,
    force: bool = False,
    passed: Callable[[], None] = _unseen,
) -> Copied:
    """Fill ``target`` with what ``dumpfile.read_dump`` found, which has checked all of it.

    ``passed`` as in ``copy``.

    Raises:
        StoreRefused: as ``dumpfile.read_dump`` and ``copy``.
        StoreUnavailable: the target is out of reach; it may be half filled.
    """
    await _make_room(target, force=force)
    passing = _Passing(passed)
    await _fill(target, _in_turn(found), passing)
    copied = passing.copied()
    await _check(target, copied, passed)
    return copied


async def _make_room(target: Store, *, force: bool) -> None:
    if not force and not await target.is_empty():
        raise StoreRefused(
            "The target is not empty. With --force, everything of Waitroom in it is removed first."
        )
    await target.clear()  # an empty one too: of a deployment that is gone, an epoch may be left


async def _in_turn(records: Iterable[Record]) -> AsyncGenerator[Record, None]:
    try:
        for record in records:
            yield record
    finally:
        if isinstance(records, Generator):  # it has a file open
            records.close()


async def _fill(target: Store, found: AsyncGenerator[Record, None], passing: _Passing) -> None:
    """All of ``found``; what it reads from is let go of, also if the target fails halfway."""
    batch: list[Record] = []
    async with aclosing(found) as records:
        async for record in records:
            batch.append(passing.see(record))
            if len(batch) == _BATCH:
                await target.put(batch)
                batch.clear()
    await target.put(batch)


async def _check(target: Store, copied: Copied, passed: Callable[[], None]) -> None:
    written = Tally()
    async with aclosing(target.records()) as records:
        async for record in records:
            written.add(record)
            passed()
    difference = copied.contents.difference(written.contents())
    if difference:
        raise StoreRefused(
            f"The target does not hold what was read ({difference}). Is something else writing to"
            " it? Stop that, and run this again with --force."
        )


async def is_same(source_url: str, source: Store, target_url: str, target: Store) -> bool:
    """Whether two open stores are one and the same, whatever their URLs look like."""
    if is_embedded(source_url) != is_embedded(target_url):
        return False
    if is_embedded(source_url):
        return path_of(source_url).samefile(path_of(target_url))
    from waitroom.store import redis_copy  # noqa: PLC0415 - only with its driver
    from waitroom.store.redis import RedisStore  # noqa: PLC0415

    if not isinstance(source, RedisStore) or not isinstance(target, RedisStore):
        return False
    places = [await redis_copy.identity(store.client) for store in (source, target)]
    return places[0] == places[1]
