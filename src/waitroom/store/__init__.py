"""The store: two curves per event, and a record of each admitted visitor.

What belongs here: the Protocol that every backend fulfils, and choosing one by URL. What must
change with it: every backend, the contract tests and the plain-dict model (``tests/store``).

Each verb is one atomic step. Each takes ``now`` (whole epoch seconds) where time matters; a store
has no clock. What a verb wrote is durable when it returns. Any verb may raise ``StoreUnavailable``;
a verb that raises has changed nothing (or, if the answer was lost on the way, is safe to repeat).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Arrivals,
    Event,
    Expiry,
    Place,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    Standing,
    Step,
)
from waitroom.errors import BadConfiguration

SLOT_LIFETIME = 86_400  # seconds for which a slot that was done is remembered


class EventVerbs(Protocol):
    """What operators do with events."""

    async def create_event(self, event: Event, now: int) -> Snapshot:
        """Add an event with all counters at 0. Raises ``EventExists``."""

    async def change_event(
        self, event_id: str, changes: Mapping[str, object], now: int
    ) -> Snapshot:
        """Set some of the settings, the others stay. ``changes`` are checked by the caller.

        A change of state from or to paused is entered into the record of pauses.
        Raises ``EventNotFound``.
        """

    async def delete_event(self, event_id: str) -> None:
        """Remove an event; its request IDs open nowhere from then on. Raises ``EventNotFound``."""

    async def reset_event(self, event_id: str, now: int) -> Snapshot:
        """Give the event a new epoch with all counters at 0, in time independent of its size.

        Raises ``EventUnknown``.
        """

    async def event_ids(self) -> list[str]:
        """All event IDs, sorted."""

    async def snapshots(self, event_ids: Collection[str], now: int) -> dict[str, Snapshot]:
        """Those of ``event_ids`` that exist, as they are at this moment."""


class LineVerbs(Protocol):
    """What moves the two curves."""

    async def join(self, event_id: str, count: int, now: int) -> Arrivals:
        """Give out ``count`` (at least 1) places at once.

        Raises ``EventUnknown``, ``EventClosed``.
        """

    async def advance(self, event_id: str, by: int, now: int, slot: str | None = None) -> Advance:
        """Move the serving counter by ``by``, never below 0; at most once for a ``slot``.

        A negative step takes back: positions above the new counter count as not yet called.
        Raises ``EventUnknown``.
        """

    async def expire(self, event_id: str, now: int) -> Expiry:
        """Sweep: move ``expired_up_to`` over whole servings steps whose last position has run out.

        With ``advance_on_expiry`` the serving counter grows by what expired. Does nothing for an
        event that is gone, paused, or whose places do not expire.
        """

    async def curves(
        self, event_id: str, since: int, limit: int
    ) -> tuple[list[Arrival], list[Step]]:
        """The two curves from ``since`` on, at most ``limit`` points of each. ``EventNotFound``."""


class SessionVerbs(Protocol):
    """What happens to a visitor who is served."""

    async def admit(
        self, event_id: str, epoch: int, place: Place, now: int, issuer: str, validity: int
    ) -> Session:
        """The session of ``place``: the one there is, or a new one that counts as one token.

        Raises ``EventUnknown``, ``TicketUnknown`` (another epoch), ``NotYet``, ``EventPaused``,
        ``PlaceExpired``, ``SessionEnded``.
        """

    async def standing(self, event_id: str, epoch: int, place: Place, now: int) -> Standing:
        """What decides about ``place``. Raises ``EventUnknown``, ``TicketUnknown``."""

    async def finish(
        self, event_id: str, epoch: int, place: Place, status: SessionStatus
    ) -> Session:
        """Mark the session completed or abandoned, once.

        Raises ``EventUnknown``, ``TicketUnknown``, ``SessionUnknown`` (no token, or marked before).
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

    async def api_keys(self) -> list[ApiKey]:
        """All credentials, oldest first, revoked ones too."""

    async def api_key(self, key_id: str) -> ApiKey | None:
        """One credential, or None."""


class Store(EventVerbs, LineVerbs, SessionVerbs, KeyVerbs, Protocol):
    """All verbs, and what a store needs to be looked after."""

    async def purge(self, limit: int, now: int) -> int:
        """Remove up to ``limit`` rows that no epoch in use needs; how many. 0 means clean."""

    async def ping(self) -> None:
        """Write something; return if that worked, else raise ``StoreUnavailable``."""

    async def close(self) -> None:
        """Finish what was accepted, then let go of everything; closing twice is harmless.

        Any verb called afterwards raises ``StoreUnavailable``.
        """


def open_store(url: str) -> Store:
    """A store for ``url`` (``sqlite:///path``). Makes a new one where there is none.

    Raises:
        BadConfiguration: the URL names no store we have.
        StoreRefused: what is there is corrupt, of a newer version or not ours.
        DirectoryUnwritable: it cannot be made there.
    """
    from waitroom.store.sqlite import SqliteStore  # noqa: PLC0415 - only the chosen backend

    return SqliteStore(path_of(url))


def path_of(url: str) -> Path:
    """The file of an embedded store's URL; taken as it stands, so any file name will do.

    Raises:
        BadConfiguration: the URL names no store we have.
    """
    path = url.removeprefix("sqlite://")
    if path == url or not path.startswith("/") or not path.strip("/"):
        # Only what cannot be a password is repeated.
        raise BadConfiguration(f"store: {url.partition('://')[0][:32]!a} wanted sqlite:///PATH")
    return Path(path)
