"""The store: two curves per event, and a record of each admitted visitor.

What belongs here: the Protocol that every backend fulfils, and choosing one by URL. What must
change with it: every backend, the contract tests and the plain-dict model (``tests/store``).

Each verb is one atomic step. Each takes ``now`` (whole epoch seconds) where time matters; a store
has no clock. What a verb wrote is durable when it returns. Any verb may raise ``StoreUnavailable``;
a verb that raises has changed nothing (or, if the answer was lost on the way, is safe to repeat).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

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
from waitroom.errors import BadConfiguration, DependencyMissing
from waitroom.store.records import Record

SLOT_LIFETIME = 86_400  # seconds for which a slot that was done is remembered
LOG_LIFETIME = 30 * 86_400  # seconds for which the log of a deleted event is kept
MAX_LOG = 100_000  # entries kept of one log; beyond it the oldest go
MAX_SAMPLES = 4_096  # kept of one epoch; at one each 15 s, 17 hours in which something happened
THEMES_KEPT = 4  # of one event: pages that are open, or cached, may still ask for an earlier one


class EventVerbs(Protocol):
    """What operators do with events."""

    async def create_event(self, event: Event, now: int, deed: Deed | None = None) -> Snapshot:
        """Add an event with all counters at 0. Raises ``EventExists``.

        Here and below, a ``deed`` is entered into the event's log in the same step.
        """

    async def change_event(
        self,
        event_id: str,
        changes: Mapping[str, object],
        now: int,
        deed: Deed | None = None,
        *,
        at: int | None = None,
    ) -> Snapshot:
        """Set some of the settings, the others stay. ``changes`` are checked by the caller.

        With ``at``, only if that is still the event's ``revision``: a list that was read and added
        to loses nothing that another added meanwhile. A change between a state that lets in and
        one that does not (``State.lets_in``) is entered into the record of pauses. The fact of a
        change of state is ``event_state_changed``. Raises ``EventNotFound``, ``EventChanged``.
        """

    async def delete_event(self, event_id: str) -> None:
        """Remove an event; its request IDs open nowhere from then on. Raises ``EventNotFound``.

        With it go its facts, lanes and dead letters. Its log stays for ``LOG_LIFETIME``.
        """

    async def reset_event(self, event_id: str, now: int, deed: Deed | None = None) -> Snapshot:
        """Give the event a new epoch with all counters at 0, in time independent of its size.

        Notes, facts, lanes and log stay. The fact is ``event_reset``. Raises ``EventUnknown``.
        """

    async def note(self, event_id: str, changes: Mapping[str, str | None]) -> None:
        """Set some of the event's notes, or remove them (None); ``revision`` stays.

        Raises ``EventUnknown``.
        """

    async def keep_theme(self, event_id: str, version: str, theme: bytes, now: int) -> None:
        """Keep what a theme is made of (JSON, at most ``MAX_THEME`` bytes) under its version.

        The newest ``THEMES_KEPT`` of an event stay, and the one that its settings name. They are
        neither part of a snapshot nor of a reset. Raises ``EventUnknown``.
        """

    async def theme(self, event_id: str, version: str) -> bytes | None:
        """What is kept under that version, or None."""

    async def event_ids(self) -> list[str]:
        """All event IDs, sorted."""

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """Those of ``event_ids`` that exist, as they are at this moment."""


class LineVerbs(Protocol):
    """What moves the two curves."""

    async def join(
        self, event_id: str, count: int, now: int, above: Floor | None = None
    ) -> Arrivals:
        """Give out ``count`` (at least 1) places at once.

        If ``above`` is of the present epoch, only places above it: a counter that lies below was
        rolled back. On a store that can lose its last writes, the first join after it may have
        skips a safety gap as well. Raises ``EventUnknown``, ``EventClosed``, ``EventSoldOut``;
        ``EventNotOpen`` while ``now`` is before the event's ``opens_at``.
        """

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
        """Move the serving counter by ``by``, never below 0; at most once for a ``slot``.

        With ``at``, only if the counter stands there; else nothing happens and the slot stays free.
        ``notes`` are set if the step is made, even one by 0. A negative step takes back: positions
        above the new counter count as not yet called. The fact of a real move is
        ``serving_counter_changed``. Raises ``EventUnknown``.
        """

    async def expire(self, event_id: str, now: int) -> Expiry:
        """Sweep: move ``expired_up_to`` over whole servings steps whose last position has run out.

        In time that grows with the logarithm of positions and steps. What expires: places of those
        steps without a session, but those given up (they count as expired already) and those whose
        visitor found the site full (they expire when the period since they last asked is over, in
        whichever sweep that is). With ``advance_on_expiry`` the serving counter grows by what
        expired and by the places given up in those steps; the facts are
        ``automatic_serving_counter_incr`` and ``serving_counter_changed``. Does nothing for an
        event that is gone, lets nobody in, or whose places do not expire.
        """

    async def give_up(self, event_id: str, epoch: int, place: Place, now: int) -> bool:
        """A visitor gives up ``place``; whether that changed anything.

        With an active session it is marked abandoned (fact ``session_updated``). Without one the
        place counts as expired from now on, and yields no token. Nothing changes if the session
        has ended, the place was given up before, or the sweep has expired it.
        Raises ``EventUnknown``, ``TicketUnknown``.
        """

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        """The two curves from ``since`` on, at most ``limit`` points of each. ``EventNotFound``."""

    async def sample(self, event_id: str, epoch: int, sample: Sample) -> None:
        """Keep the other counters as they were at ``sample.second``.

        The newest ``MAX_SAMPLES`` stay; of two of a second, the one that came last. Nothing happens
        if the epoch is not the event's.
        """

    async def samples(self, event_id: str, since: int, limit: int) -> list[Sample]:
        """The present epoch's samples from ``since`` on, oldest first. Raises ``EventNotFound``."""


class SessionVerbs(Protocol):
    """What happens to a visitor who is served."""

    async def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        """The session of ``place``: the one there is, or a new one that counts as one token.

        A new one is made only while fewer sessions than ``Event.cap`` are active (if there is a
        cap). Who finds the site full has come in time: the place does not expire before the period
        is over since they last asked. The fact of a new one is ``token_generated``.

        Raises ``EventUnknown``, ``TicketUnknown`` (another epoch), ``NotYet``, ``EventPaused``,
        ``LineSoldOut``, ``PlaceExpired``, ``PlaceGivenUp``, ``SessionEnded``, ``SiteFull``; the
        order of checks: session, given up, called, paused or sold out, expired, full.
        """

    async def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        """What decides about ``place``. Raises ``EventUnknown``, ``TicketUnknown``."""

    async def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus, now: int
    ) -> Session:
        """Mark the session completed or abandoned, once. The fact is ``session_updated``.

        Raises ``EventUnknown``, ``TicketUnknown``, ``SessionUnknown`` (no token, or marked before).
        """

    async def extend(
        self, event_id: str, epoch: int, place: Place, until: int, now: int
    ) -> Session:
        """Let an active session end at ``until`` (epoch s) at the earliest; never sooner than now.

        One that has expired is not brought back: its place on the site may be another's. That
        holds by the clock of whoever counted last as well: once a cap or an exit message has gone
        by it, it has expired, though the caller's clock be behind. Nothing is told of it. Raises
        ``EventUnknown``, ``TicketUnknown``, ``SessionUnknown`` (there is none), ``SessionEnded``
        (marked or expired).
        """

    async def redeem(self, event_id: str, epoch: int, code: str, until: int, now: int) -> bool:
        """Use the one-time code of that name: whether this is the first time.

        It is remembered up to ``until`` (epoch s), then forgotten; a copy of the store remembers it
        too. Raises ``EventUnknown``, ``TicketUnknown`` (another epoch).
        """

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
        """An exit message, in one step: mark the sessions that can be, then move the line.

        A place without an active session is passed over. If the event's inlet is ``MaxSize``, the
        serving counter moves by ``exited`` (None: by the sessions that were marked), but by no more
        than the capacity (its size less the active sessions, after the marking), no further than
        ``max_lead`` ahead of the queue, and never back. It does not move while nobody is let in.
        A ``slot`` that was done: sessions are marked, the counter stays.
        Raises ``EventUnknown``, ``TicketUnknown``.
        """

    async def occupancy(self, event_id: str, now: int, ages: Sequence[int]) -> Occupancy:
        """How full the site is, and who came of those called.

        Cohort i are the places that could be taken up (called and given out) from between
        ``ages[i]`` and ``ages[i-1]`` (0 for the first) seconds ago; the last cohort is all before.
        ``ages`` in seconds, rising. Positions up to ``expired_up_to`` are in no cohort but the
        last. Raises ``EventUnknown``.
        """

    async def active_sessions(self, event_id: str, now: int) -> int:
        """Sessions neither expired nor marked. Raises ``EventUnknown``."""

    async def expired_sessions(
        self, event_id: str, now: int, limit: int, after: Place | None
    ) -> tuple[int, list[Place]]:
        """The epoch, and places whose tokens have expired, oldest first, behind ``after``.

        Raises ``EventUnknown``.
        """


class KeyVerbs(Protocol):
    """What is kept for signing tokens and for authorising operators."""

    async def is_claimed(self) -> bool:
        """Whether the store belongs to a deployment secret already."""

    async def claim_secret(self, fingerprint: str) -> bool:
        """Whether this store belongs to that deployment secret; the first to ask decides."""

    async def add_signing_key(self, key: SigningKey, *, only_first: bool = False) -> bool:
        """Add to the ring; with ``only_first`` only if it is empty. Whether it was added.

        A key of the same ID is left as it is.
        """

    async def remove_signing_key(self, kid: str) -> None:
        """Take a key off the ring; nothing happens if it is not on it."""

    async def signing_keys(self) -> list[SigningKey]:
        """The ring, newest first."""

    async def add_api_key(self, key: ApiKey, *, only_first: bool = False) -> bool:
        """Add a credential; with ``only_first`` only if there is none. Whether it was added.

        One of the same ID is left as it is.
        """

    async def revoke_api_key(self, key_id: str, now: int) -> None:
        """Revoke for good. Raises ``KeyUnknown``."""

    async def remove_api_key(self, key_id: str) -> None:
        """Forget a credential; nothing happens if there is none. For those that open nothing."""

    async def api_keys(self) -> list[ApiKey]:
        """All credentials, oldest first, revoked ones too."""

    async def api_key(self, key_id: str) -> ApiKey | None:
        """One credential, or None."""


class OutboxVerbs(Protocol):
    """What is told to others, and how far each has been told (``core/facts.py``)."""

    async def tell(
        self, event_id: str, type_: str, data: Mapping[str, int | str], now: int, slot: str
    ) -> bool:
        """Append a fact that is not part of another verb, once for ``slot``; whether it was.

        Nothing happens if the event has no outbox. Raises ``EventUnknown``.
        """

    async def facts(self, event_id: str, after: int, limit: int) -> list[Fact]:
        """Facts behind the ``seq`` ``after``, in order. Of an event that is gone: none."""

    async def drop_facts(self, event_id: str, up_to: int) -> None:
        """Forget the facts up to the ``seq`` ``up_to``: all who are to know them do."""

    async def outbox_depth(self, event_id: str) -> int:
        """How many facts are kept. Of an event that is gone: 0."""

    async def take_lane(
        self, event_id: str, subscription_id: str, owner: str, now: int, seconds: int
    ) -> Lane | None:
        """The lane, if ``owner`` has it now: it was free, its lease over, or it was theirs.

        It is made if there is none. None: another owner has it. Raises ``EventUnknown``.
        """

    async def keep_lane(self, event_id: str, lane: Lane, dead: DeadLetter | None = None) -> bool:
        """Write the lane down, and a dead letter with it, if ``lane.owner`` still has it.

        False: another has taken it meanwhile, or it is gone; nothing was written.
        """

    async def lanes(self, event_id: str) -> list[Lane]:
        """All lanes of an event, by subscription ID. Of an event that is gone: none."""

    async def drop_lane(self, event_id: str, subscription_id: str) -> None:
        """The subscription has ended: its lane and its dead letters of this event go."""

    async def dead_letters(self, event_id: str, limit: int) -> list[DeadLetter]:
        """The oldest dead letters of an event, by ``seq`` and subscription ID."""

    async def drop_letter(self, event_id: str, subscription_id: str, seq: int) -> bool:
        """Forget a dead letter; whether it was there."""

    async def add_subscription(self, subscription: Subscription) -> None:
        """Add or replace a subscription."""

    async def remove_subscription(self, subscription_id: str) -> bool:
        """Remove it; whether it was there."""

    async def subscriptions(self) -> list[Subscription]:
        """All subscriptions, by ID."""


class LogVerbs(Protocol):
    """The audit logs: one per event, and that of the deployment, whose name is empty."""

    async def add_entry(self, event_id: str, deed: Deed, after: str, now: int) -> None:
        """Enter what was not part of another verb (``after`` is JSON); event ID or empty."""

    async def log(self, event_id: str, after: int, limit: int) -> list[LogEntry]:
        """Entries behind the ``seq`` ``after``, oldest first. Of an unknown log: none."""

    async def log_end(self, event_id: str) -> int:
        """The ``seq`` of the newest entry; 0 if there is none."""

    async def unsealed(self, event_id: str) -> int:
        """The ``seq`` of the oldest entry without a seal; 0 if there is none."""

    async def seal(self, event_id: str, seals: Mapping[int, str]) -> None:
        """Lay seals on entries by ``seq``; one that has a seal keeps it."""


class RecoveryVerbs(Protocol):
    """What brings back a line that the store has lost, or lost the end of."""

    async def restore(self, line: Snapshot, now: int, *, unless_deleted: bool = False) -> Snapshot:
        """Bring the event back to at least what ``line`` says; repeating it changes nothing.

        Gone, or of a lower epoch: it is as ``line`` says, with ``line.last`` as its one servings
        step, and none of its sessions. Of the same epoch: the queue and serving counters are raised
        to those of ``line`` (the serving counter in a step at ``now``), and if its ``revision`` is
        lower, settings, state and pauses are those of ``line`` and the revision too. Of a higher
        epoch: nothing changes.

        With ``unless_deleted``, an event that is gone because it was deleted stays so: raises
        ``EventNotFound``.
        """

    async def lost(self, event_ids: Collection[str]) -> set[str]:
        """Those of ``event_ids`` that are not there and were not deleted, within the last day."""


class CopyVerbs(Protocol):
    """What ``waitroom store`` copies, dumps and loads with (``store/records.py``)."""

    def records(self) -> AsyncGenerator[Record, None]:
        """All there is, in the order of ``records.py``, in pieces of at most 1,000 rows."""

    async def put(self, records: Sequence[Record]) -> None:
        """Add what ``records`` say, as it stands; what is there of the same name is overwritten."""

    async def is_empty(self) -> bool:
        """Whether there is nothing of a deployment in it: no event, no key, no fingerprint."""

    async def clear(self) -> None:
        """Remove everything that is ours."""


class Store(
    EventVerbs,
    LineVerbs,
    SessionVerbs,
    KeyVerbs,
    OutboxVerbs,
    LogVerbs,
    RecoveryVerbs,
    CopyVerbs,
    Protocol,
):
    """All verbs, and what a store needs to be looked after."""

    async def purge(self, limit: int, now: int) -> int:
        """Remove up to ``limit`` rows that no epoch in use needs; how many. 0 means clean."""

    async def ping(self) -> None:
        """Write something; return if that worked, else raise ``StoreUnavailable``."""

    async def close(self) -> None:
        """Finish what was accepted, then let go of everything; closing twice is harmless.

        Any verb called afterwards raises ``StoreUnavailable``.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreOptions:
    """What a store is opened with beside its URL; the embedded store needs none of it.

    ``user``, ``password``: of the Redis ACL; they win over those in the URL. ``ca_file``: PEM file
    of the authority that signed the server's certificate; empty: the system's.
    ``join_durability``: ``memory`` (the primary has it) or ``replicated`` (``join_replicas`` of its
    replicas have it too) before a join is answered. ``failover_gap``: seconds of arrivals at the
    recent peak rate that the first join after a change of primary skips; 0 to skip none.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    sentinel_user: str = ""
    sentinel_password: str = field(default="", repr=False)
    ca_file: str = ""
    join_durability: Literal["memory", "replicated"] = "memory"
    join_replicas: int = 1
    failover_gap: int = 10


def open_store(url: str, options: StoreOptions = StoreOptions()) -> Store:
    """A store for ``url``; of an embedded one, a new file is made where there is none.

    Raises:
        BadConfiguration: the URL names no store we have.
        DependencyMissing: its driver is not installed; says what to install.
        StoreRefused: what is there is corrupt, of a newer version or not ours.
        DirectoryUnwritable: it cannot be made there.
    """
    if is_embedded(url):
        from waitroom.store.sqlite import SqliteStore  # noqa: PLC0415 - only the chosen backend

        return SqliteStore(path_of(url))
    from waitroom.store.redis_url import parse  # noqa: PLC0415

    target = parse(url, options)
    try:
        from waitroom.store.redis import RedisStore  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise DependencyMissing(
            f"A store at {target.shown} needs the library {error.name}: pip install"
            " 'waitroom[server,redis]'"
        ) from None
    return RedisStore(target, options)


def is_embedded(url: str) -> bool:
    """Whether ``url`` is that of a file on this machine."""
    return url.startswith("sqlite:")


def path_of(url: str) -> Path:
    """The file of an embedded store's URL; taken as it stands, so any file name will do.

    Raises:
        BadConfiguration: the URL names no embedded store.
    """
    path = url.removeprefix("sqlite://")
    if path == url or not path.startswith("/") or not path.strip("/"):
        # Only what cannot be a password is repeated.
        raise BadConfiguration(f"store: {url.partition('://')[0][:32]!a} wanted sqlite:///PATH")
    # Four slashes, as others spell an absolute path: two would name a machine to SQLite.
    return Path("/" + path.lstrip("/"))
