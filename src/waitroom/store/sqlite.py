"""The embedded store: one SQLite file in WAL mode, shared by the processes of one machine.

What belongs here: which verb is a write and which a read; so this file is as long as the list of
verbs. The SQL is in ``sqlite_events``, ``sqlite_line`` and so on, a file for each kind of verb.
Writes go through the writer thread (``sqlite_writer``), reads through a thread and a connection of
their own (``sqlite_reader``), so that neither waits for the other.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from waitroom.core.audit import Deed, LogEntry
from waitroom.core.facts import DeadLetter, Fact, Lane, Subscription
from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Arrivals,
    Event,
    Exits,
    Expiry,
    Floor,
    Occupancy,
    Place,
    Sample,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    Standing,
    Step,
)
from waitroom.errors import SiteFull, StoreUnavailable
from waitroom.store import (
    sqlite_copy,
    sqlite_door,
    sqlite_events,
    sqlite_expiry,
    sqlite_file,
    sqlite_keys,
    sqlite_line,
    sqlite_log,
    sqlite_outbox,
    sqlite_put,
    sqlite_recovery,
    sqlite_rows,
    sqlite_sessions,
    sqlite_themes,
    sqlite_upkeep,
)
from waitroom.store.records import Record
from waitroom.store.sqlite_reader import Reader
from waitroom.store.sqlite_writer import FileConnection, Writer

T = TypeVar("T")

_MANY_LAPSED = 1_000  # sessions that one counting went over: the next is to be shorter


class SqliteStore:
    """``Store`` on the file ``path``, which is made and migrated if need be.

    Raises:
        StoreRefused: the file is corrupt, of a newer version or not ours.
        DirectoryUnwritable: it cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        sqlite_file.prepare(path)
        self._path = path
        self._writer = Writer(path)
        self._reader = Reader(path)
        self._closed = False

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._path)!r})"

    async def _read(self, query: Callable[[FileConnection], T]) -> T:
        return await self._reader.run(query)

    async def _write(self, operation: Callable[[FileConnection], T]) -> T:
        return await self._writer.run(operation)

    # --- events

    async def create_event(self, event: Event, now: int, deed: Deed | None = None) -> Snapshot:
        return await self._write(lambda db: sqlite_events.create_event(db, event, now, deed))

    async def change_event(
        self,
        event_id: str,
        changes: Mapping[str, object],
        now: int,
        deed: Deed | None = None,
        *,
        at: int | None = None,
    ) -> Snapshot:
        return await self._write(
            lambda db: sqlite_events.change_event(db, event_id, changes, now, deed, at)
        )

    async def delete_event(self, event_id: str) -> None:
        await self._write(lambda db: sqlite_events.delete_event(db, event_id))

    async def reset_event(self, event_id: str, now: int, deed: Deed | None = None) -> Snapshot:
        return await self._write(lambda db: sqlite_events.reset_event(db, event_id, now, deed))

    async def note(self, event_id: str, changes: Mapping[str, str | None]) -> None:
        await self._write(lambda db: sqlite_events.note(db, event_id, changes))

    async def keep_theme(self, event_id: str, version: str, theme: bytes, now: int) -> None:
        await self._write(lambda db: sqlite_themes.keep_theme(db, event_id, version, theme, now))

    async def theme(self, event_id: str, version: str) -> bytes | None:
        return await self._read(lambda db: sqlite_themes.theme(db, event_id, version))

    async def event_ids(self) -> list[str]:
        return await self._read(sqlite_rows.event_ids)

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        return await self._read(lambda db: sqlite_rows.snapshots(db, event_ids, now))

    # --- the line

    async def join(
        self, event_id: str, count: int, now: int, above: Floor | None = None
    ) -> Arrivals:
        return await self._write(lambda db: sqlite_line.join(db, event_id, count, now, above))

    async def advance(
        self,
        event_id: str,
        by: int,
        now: int,
        slot: str | None = None,
        *,
        at: int | None = None,
        notes: Mapping[str, str] | None = None,
        deed: Deed | None = None,
    ) -> Advance:
        step = partial(sqlite_line.advance, at=at, notes=notes, deed=deed)
        return await self._write(lambda db: step(db, event_id, by, now, slot))

    async def expire(self, event_id: str, now: int) -> Expiry:
        nothing = await self._read(lambda db: sqlite_expiry.look(db, event_id, now))
        if nothing is not None:
            return nothing
        return await self._write(lambda db: sqlite_expiry.expire(db, event_id, now))

    async def give_up(self, event_id: str, epoch: int, place: Place, now: int) -> bool:
        return await self._write(lambda db: sqlite_door.give_up(db, event_id, epoch, place, now))

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        return await self._read(lambda db: sqlite_line.curves(db, event_id, since, limit))

    async def sample(self, event_id: str, epoch: int, sample: Sample) -> None:
        await self._write(lambda db: sqlite_line.sample(db, event_id, epoch, sample))

    async def samples(self, event_id: str, since: int, limit: int) -> list[Sample]:
        return await self._read(lambda db: sqlite_line.samples(db, event_id, since, limit))

    # --- sessions

    async def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        admitted = await self._write(
            lambda db: sqlite_door.admit(db, event_id, epoch, place, now, issuer, validity)
        )
        if isinstance(admitted, SiteFull):
            raise admitted
        return admitted

    async def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        return await self._read(
            lambda db: sqlite_sessions.standing(db, event_id, epoch, place, now)
        )

    async def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus, now: int
    ) -> Session:
        return await self._write(
            lambda db: sqlite_sessions.finish(db, event_id, epoch, place, status, now)
        )

    async def extend(
        self, event_id: str, epoch: int, place: Place, until: int, now: int
    ) -> Session:
        return await self._write(
            lambda db: sqlite_sessions.extend(db, event_id, epoch, place, until, now)
        )

    async def redeem(self, event_id: str, epoch: int, code: str, until: int, now: int) -> bool:
        return await self._write(
            lambda db: sqlite_sessions.redeem(db, event_id, epoch, code, until, now)
        )

    async def exits(
        self,
        event_id: str,
        epoch: int,
        completed: Sequence[Place],
        abandoned: Sequence[Place],
        exited: int | None,
        now: int,
        slot: str | None = None,
    ) -> Exits:
        return await self._write(
            lambda db: sqlite_door.exits(
                db, event_id, epoch, completed, abandoned, exited, now, slot
            )
        )

    async def occupancy(self, event_id: str, now: int, ages: Sequence[int]) -> Occupancy:
        found, lapsed = await self._read(lambda db: sqlite_door.occupancy(db, event_id, now, ages))
        await self._settle(event_id, now, lapsed)
        return found

    async def active_sessions(self, event_id: str, now: int) -> int:
        active, lapsed = await self._read(
            lambda db: sqlite_sessions.active_sessions(db, event_id, now)
        )
        await self._settle(event_id, now, lapsed)
        return active

    async def _settle(self, event_id: str, now: int, lapsed: int) -> None:
        if lapsed > _MANY_LAPSED:
            await self._write(
                lambda db: sqlite_sessions.settle(db, sqlite_rows.known(db, event_id), now)
            )

    async def expired_sessions(
        self, event_id: str, now: int, limit: int, after: Place | None
    ) -> tuple[int, list[Place]]:
        return await self._read(
            lambda db: sqlite_sessions.expired_sessions(db, event_id, now, limit, after)
        )

    # --- keys

    async def is_claimed(self) -> bool:
        return await self._read(sqlite_keys.is_claimed)

    async def claim_secret(self, fingerprint: str) -> bool:
        return await self._write(lambda db: sqlite_keys.claim_secret(db, fingerprint))

    async def add_signing_key(self, key: SigningKey, *, only_first: bool = False) -> bool:
        return await self._write(lambda db: sqlite_keys.add_signing_key(db, key, only_first))

    async def remove_signing_key(self, kid: str) -> None:
        await self._write(lambda db: sqlite_keys.remove_signing_key(db, kid))

    async def signing_keys(self) -> list[SigningKey]:
        return await self._read(sqlite_keys.signing_keys)

    async def add_api_key(self, key: ApiKey, *, only_first: bool = False) -> bool:
        return await self._write(lambda db: sqlite_keys.add_api_key(db, key, only_first))

    async def revoke_api_key(self, key_id: str, now: int) -> None:
        await self._write(lambda db: sqlite_keys.revoke_api_key(db, key_id, now))

    async def remove_api_key(self, key_id: str) -> None:
        await self._write(lambda db: sqlite_keys.remove_api_key(db, key_id))

    async def api_keys(self) -> list[ApiKey]:
        return await self._read(sqlite_keys.api_keys)

    async def api_key(self, key_id: str) -> ApiKey | None:
        return await self._read(lambda db: sqlite_keys.api_key(db, key_id))

    # --- what is told to others

    async def tell(
        self, event_id: str, type_: str, data: Mapping[str, int | str], now: int, slot: str
    ) -> bool:
        return await self._write(
            lambda db: sqlite_outbox.tell_once(db, event_id, type_, data, now, slot)
        )

    async def facts(self, event_id: str, after: int, limit: int) -> list[Fact]:
        return await self._read(lambda db: sqlite_outbox.list_facts(db, event_id, after, limit))

    async def drop_facts(self, event_id: str, up_to: int) -> None:
        await self._write(lambda db: sqlite_outbox.drop_facts(db, event_id, up_to))

    async def outbox_depth(self, event_id: str) -> int:
        return await self._read(lambda db: sqlite_outbox.kept(db, event_id)[0])

    async def take_lane(
        self, event_id: str, subscription_id: str, owner: str, now: int, seconds: int
    ) -> Lane | None:
        return await self._write(
            lambda db: sqlite_outbox.take_lane(db, event_id, subscription_id, owner, now, seconds)
        )

    async def keep_lane(self, event_id: str, lane: Lane, dead: DeadLetter | None = None) -> bool:
        return await self._write(lambda db: sqlite_outbox.keep_lane(db, event_id, lane, dead))

    async def lanes(self, event_id: str) -> list[Lane]:
        return await self._read(lambda db: sqlite_outbox.lanes(db, event_id))

    async def drop_lane(self, event_id: str, subscription_id: str) -> None:
        await self._write(lambda db: sqlite_outbox.drop_lane(db, event_id, subscription_id))

    async def dead_letters(self, event_id: str, limit: int) -> list[DeadLetter]:
        return await self._read(lambda db: sqlite_outbox.dead_letters(db, event_id, limit))

    async def drop_letter(self, event_id: str, subscription_id: str, seq: int) -> bool:
        return await self._write(
            lambda db: sqlite_outbox.drop_letter(db, event_id, subscription_id, seq)
        )

    async def add_subscription(self, subscription: Subscription) -> None:
        await self._write(lambda db: sqlite_outbox.add_subscription(db, subscription))

    async def remove_subscription(self, subscription_id: str) -> bool:
        return await self._write(lambda db: sqlite_outbox.remove_subscription(db, subscription_id))

    async def subscriptions(self) -> list[Subscription]:
        return await self._read(sqlite_outbox.subscriptions)

    # --- audit logs

    async def add_entry(self, event_id: str, deed: Deed, after: str, now: int) -> None:
        await self._write(lambda db: sqlite_log.add_entry(db, event_id, deed, after, now))

    async def log(self, event_id: str, after: int, limit: int) -> list[LogEntry]:
        return await self._read(lambda db: sqlite_log.log(db, event_id, after, limit))

    async def log_end(self, event_id: str) -> int:
        return await self._read(lambda db: sqlite_log.log_end(db, event_id))

    async def unsealed(self, event_id: str) -> int:
        return await self._read(lambda db: sqlite_log.unsealed(db, event_id))

    async def seal(self, event_id: str, seals: Mapping[int, str]) -> None:
        await self._write(lambda db: sqlite_log.seal(db, event_id, seals))

    # --- recovery

    async def restore(self, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
        return await self._write(
            lambda db: sqlite_recovery.restore(db, line, now, unless_deleted=unless_deleted)
        )

    async def lost(self, event_ids: Collection[str]) -> set[str]:  # noqa: ARG002 - as the verb asks
        """None: a file is there as a whole, or it is another file."""
        return set()

    # --- copying

    def records(self) -> AsyncGenerator[Record, None]:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return sqlite_copy.records(self._path)

    async def put(self, records: Sequence[Record]) -> None:
        await self._write(lambda db: sqlite_put.put(db, records))

    async def is_empty(self) -> bool:
        return await self._read(sqlite_put.is_empty)

    async def clear(self) -> None:
        await self._write(sqlite_put.clear)

    # --- upkeep

    async def purge(self, limit: int, now: int) -> int:
        if not await self._read(lambda db: sqlite_upkeep.something_to_purge(db, now)):
            return 0
        return await self._write(lambda db: sqlite_upkeep.purge(db, limit, now))

    async def ping(self) -> None:
        await self._write(sqlite_upkeep.ping)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._writer.close()
        await self._reader.close()
