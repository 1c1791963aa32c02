"""The use-cases, each once: join, position, admit, advance, finish, reset.

What belongs here: putting core, store and keys together for one thing that somebody wants of a
line. Whichever plane or command asks, this is what happens. What is done to the events themselves
is in ``caretaker.py``. No HTTP here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Final, TypeVar

import msgspec

from waitroom.caretaker import Caretaker
from waitroom.core import rules
from waitroom.core.audit import Deed
from waitroom.core.codes import USED_FOR
from waitroom.core.limits import TEN_YEARS
from waitroom.core.model import (
    Advance,
    Exits,
    Floor,
    Place,
    Session,
    SessionStatus,
    Snapshot,
    Standing,
    check_event_id,
)
from waitroom.core.returns import is_absolute_web_url, is_allowed_return
from waitroom.core.ticket import check_request_id
from waitroom.errors import (
    EventUnknown,
    ExpiryDisabled,
    InvalidField,
    NotYet,
    PlaceGivenUp,
    ReturnUrlRefused,
    SessionEnded,
    SessionUnknown,
    TicketUnknown,
)
from waitroom.estimates import Estimates
from waitroom.joins import Joined, Joins
from waitroom.patience import patience
from waitroom.signing import Signing, Tokens
from waitroom.store import Store
from waitroom.tokens.keys import KeyRing
from waitroom.views import EventView, Seals, Views

T = TypeVar("T")

READY_SECONDS: Final = 1.0  # for which a store that could be written counts as ready
MAX_EXPIRED_LISTED: Final = 100_000


class QueuePosition(msgspec.Struct, frozen=True):
    """What a request ID says."""

    event_id: str
    queue_number: int
    entry_time: int


class Service(Caretaker):
    """All use-cases over one store. ``issuer_of`` names the default issuer of an event's tokens."""

    def __init__(
        self,
        store: Store,
        keys: KeyRing,
        secret: bytes,
        *,
        issuer_of: Callable[[str], str],
        clock: Callable[[], float],
        failover_gap: int = 10,
    ) -> None:
        super().__init__(store, secret, clock, failover_gap)
        self.keys = keys
        self._issuer_of = issuer_of
        self._seals = Seals(secret)
        self.views = Views(self.recovery, self._seals, clock)
        self.estimates = Estimates(store, self.recovery, clock)
        self._joins = Joins(store, self.recovery, self._seals, clock)
        self._signing = Signing(keys, self.now)
        self._ready_until = float("-inf")
        self._checking = asyncio.Lock()

    # --- visitors

    async def join(self, event_id: str) -> Joined:
        """A new place. Raises ``InvalidField`` and as ``Joins.join``."""
        return await self._joins.join(check_event_id(event_id))

    async def view(self, event_id: str) -> EventView:
        """The event as it is shown. Raises ``EventUnknown``, ``InvalidField``."""
        return await self.views.get(check_event_id(event_id))

    def view_of(self, at: Snapshot) -> EventView:
        """The event as it is shown, from a snapshot that was read just now."""
        seal = self._seals.get(at.event.event_id, at.epoch)
        return EventView(at, seal, self.now(), monotonic())

    async def position(self, event_id: str, request_id: str) -> QueuePosition:
        """What a request ID says. Raises ``TicketUnknown`` and as ``view``."""
        _view, place = await self._open(event_id, request_id)
        return QueuePosition(event_id, place.position, place.entry_time)

    async def expires_in(self, event_id: str, request_id: str) -> int:
        """Seconds left to take a called place up.

        Of a visitor who found the site full: since they last asked. Raises ``NotYet``,
        ``ExpiryDisabled``, ``PlaceExpired``, ``PlaceGivenUp``, and as ``position``.
        """
        view, place = await self._open(event_id, request_id)
        now = self.now()
        at = await self._standing(view, place, now)
        if at.given_up:
            raise PlaceGivenUp
        if at.called_at is None:
            raise NotYet
        if not at.snapshot.event.queue_position_expiry:
            raise ExpiryDisabled
        called = at.snapshot, place, at.called_at, at.held_at, now
        rules.check_not_expired(rules.is_over(*called))
        return rules.time_left(*called)

    async def give_up(self, event_id: str, request_id: str) -> QueuePosition:
        """A visitor leaves: the place yields no token any more. Again: nothing changes.

        Raises ``TicketUnknown`` and as ``view``.
        """
        view, place = await self._open(event_id, request_id)
        epoch = view.snapshot.epoch
        await self._ask(event_id, lambda: self.store.give_up(event_id, epoch, place, self.now()))
        return QueuePosition(event_id, place.position, place.entry_time)

    async def admit(
        self,
        event_id: str,
        request_id: str,
        *,
        issuer: str | None = None,
        validity_period: int | None = None,
    ) -> Tokens:
        """The tokens of a place that is being served: the same whenever asked.

        Raises ``NotYet``, ``EventPaused``, ``LineSoldOut``, ``PlaceExpired``, ``PlaceGivenUp``,
        ``SessionEnded``, ``SiteFull``, and as ``position``.
        """
        if issuer is not None and not is_absolute_web_url(issuer):
            raise InvalidField("issuer", "wanted an absolute http(s) URL")
        if validity_period is not None and not 1 <= validity_period <= TEN_YEARS:
            raise InvalidField("validity_period", f"wanted 1 to {TEN_YEARS} seconds")
        view, place = await self._open(event_id, request_id)
        await self._check_worth_asking(view, place)
        signed = self._signing.recall(event_id, request_id)
        if signed is not None and await self._is_still(view, place, signed.session):
            return signed.tokens(self.now())
        session = await self._admit(view, place, issuer, validity_period)
        return await self._signing.sign(event_id, request_id, session)

    async def take_up(self, event_id: str, request_id: str) -> Session:
        """The session of a place that is being served, and no tokens: for who is sent on with
        something else, so that three signatures are not made for nobody. Raises as ``admit``."""
        view, place = await self._open(event_id, request_id)
        await self._check_worth_asking(view, place)
        at = await self._standing(view, place, self.now())
        if at.session is None:
            return await self._admit(view, place, None, None)
        rules.check_session_active(at.session)
        return at.session

    async def _admit(
        self, view: EventView, place: Place, issuer: str | None, validity_period: int | None
    ) -> Session:
        event, epoch = view.snapshot.event, view.snapshot.epoch
        by = issuer or event.issuer or self._issuer_of(event.event_id)
        period = validity_period or event.validity_period
        return await self._ask(
            event.event_id,
            lambda: self.store.admit(event.event_id, epoch, place, self.now(), by, period),
        )

    async def look_up(self, event_id: str, request_id: str) -> tuple[Place, Standing]:
        """A visitor's place and all that decides about it. Raises as ``position``."""
        view, place = await self._open(event_id, request_id)
        return place, await self._standing(view, place, self.now())

    async def session(self, event_id: str, request_id: str) -> Session:
        """The session of an admitted visitor, while it is open.

        Raises ``SessionUnknown`` (not admitted), ``SessionEnded`` (completed, abandoned or
        expired), and as ``position``.
        """
        view, place = await self._open(event_id, request_id)
        now = self.now()
        found = (await self._standing(view, place, now)).session
        if found is None:
            raise SessionUnknown("request_id: no token was made for it")
        rules.check_session_active(found)
        if found.expires_at <= now:
            raise SessionEnded
        return found

    async def extend(self, event_id: str, request_id: str) -> Tokens:
        """The tokens of a session that goes on for as long as the event allows.

        Raises ``SessionUnknown``, ``SessionEnded``, and as ``position``.
        """
        view, place = await self._open(event_id, request_id)
        event, now = view.snapshot.event, self.now()
        first = await self.session(event_id, request_id)
        latest = first.issued_at + event.validity_period + event.refresh_period
        until = min(now + event.validity_period, latest)
        session = await self._ask(
            event_id,
            lambda: self.store.extend(event_id, view.snapshot.epoch, place, until, now),
        )
        return await self._signing.sign(event_id, request_id, session)

    async def redeem(
        self, event_id: str, epoch: int, code: str, *, until: int | None = None
    ) -> bool:
        """Use the one-time code of that name; whether this is the first time.

        It is remembered up to ``until`` (epoch s; default: for as long as codes are good).
        Raises ``EventUnknown``, ``TicketUnknown`` (it is from before a reset).
        """
        now = self.now()
        forgotten = now + USED_FOR if until is None else until
        return await self._ask(
            event_id, lambda: self.store.redeem(event_id, epoch, code, forgotten, now)
        )

    async def sign(self, claims_for: Callable[[str], Mapping[str, object]]) -> str:
        """One JWT of other claims than the session's tokens (``Signing.sign_one``)."""
        return await self._signing.sign_one(claims_for)

    async def _is_still(self, view: EventView, place: Place, session: Session) -> bool:
        """Whether ``session`` is the one of ``place``, so that what was signed for it holds.

        So that who asks again and again costs a read, and neither a write nor three signatures.
        """
        at = await self._standing(view, place, self.now())
        if at.session is not None:
            rules.check_session_active(at.session)
        return at.session == session

    async def _check_worth_asking(self, view: EventView, place: Place) -> None:
        """Spare the writer those who ask too early; who has a session already may pass."""
        if place.position <= view.snapshot.counters.serving:
            return
        at = await self._standing(view, place, self.now())
        if at.session is None and at.called_at is None and not at.given_up:
            raise NotYet

    async def return_url(self, event_id: str, asked: str) -> str:
        """Where to send a served visitor on to: ``asked`` if the event allows it, else its target.

        Raises ``ReturnUrlRefused`` and as ``view``.
        """
        event = (await self.view(event_id)).snapshot.event
        if not asked:
            return event.target_url
        if not is_allowed_return(asked, [*event.return_urls, event.target_url]):
            raise ReturnUrlRefused
        return asked

    async def _open(self, event_id: str, request_id: str) -> tuple[EventView, Place]:
        """The place in a request ID. One that does not open is tried again after a look at the
        store, since this worker may not have heard of a reset yet."""
        check_request_id(request_id)
        view = await self.view(event_id)
        place = view.seal.open(request_id)
        if place is None:
            async with patience():
                view = await self.views.newer(event_id)
            place = view.seal.open(request_id)
        if place is None:
            raise TicketUnknown
        if place.position > view.snapshot.counters.queue:
            # Given out by another process a moment ago, or forgotten by the store: the next reading
            # decides (``core/recollection.py``).
            given_out = Floor(view.snapshot.epoch, place.position)
            self.recovery.seen.given_out(event_id, given_out, self.now())
        return view, place

    async def _standing(self, view: EventView, place: Place, now: int) -> Standing:
        event_id, epoch = view.snapshot.event.event_id, view.snapshot.epoch
        return await self._ask(event_id, lambda: self.store.standing(event_id, epoch, place, now))

    async def _ask(self, event_id: str, verb: Callable[[], Awaitable[T]]) -> T:
        """What the store says, within ``PATIENCE``.

        When it knows nothing of an event or epoch that is known here, it may have been lost: it is
        asked again once that was looked into.
        """
        async with patience():
            try:
                return await verb()
            except (EventUnknown, TicketUnknown):
                if event_id not in self.recovery.seen or not await self.recovery.look(event_id):
                    raise
                return await verb()

    # --- operators and the protected site

    async def advance(
        self, event_id: str, by: int, slot: str | None = None, *, deed: Deed | None = None
    ) -> Advance:
        """Move the serving counter, at most once for a ``slot``. Raises ``EventUnknown``.

        Here and below, a ``deed`` is entered into the event's audit log.
        """
        check_event_id(event_id)
        step = await self._ask(
            event_id, lambda: self.store.advance(event_id, by, self.now(), slot, deed=deed)
        )
        self._mark(event_id, deed)
        return step

    async def exits(
        self,
        event_id: str,
        completed: Sequence[str],
        abandoned: Sequence[str],
        exited: int | None = None,
        slot: str | None = None,
    ) -> Exits:
        """An exit message of the site: mark sessions, then move a max-size inlet's line.

        Request IDs of which no active session is known are passed over; one that is named twice
        counts once, as completed if it is in both. ``exited`` and ``slot``: as ``Store.exits``.

        Raises:
            EventUnknown: there is no such event.
            InvalidField: a request ID is not of the form; names it (``completed[3]``). Then nothing
                was done.
        """
        for field, request_ids in (("completed", completed), ("abandoned", abandoned)):
            for index, request_id in enumerate(request_ids):
                check_request_id(request_id, f"{field}[{index}]")
        view = await self.view(event_id)
        with suppress(TicketUnknown):  # reset a moment ago
            if all(view.seal.open(one) for one in (*completed, *abandoned)):
                return await self._exits(view, completed, abandoned, exited, slot)
        async with patience():
            view = await self.views.newer(event_id)
        return await self._exits(view, completed, abandoned, exited, slot)

    async def _exits(
        self,
        view: EventView,
        completed: Sequence[str],
        abandoned: Sequence[str],
        exited: int | None,
        slot: str | None,
    ) -> Exits:
        event_id, epoch = view.snapshot.event.event_id, view.snapshot.epoch
        done, left = _places(view, completed), _places(view, abandoned)
        return await self._ask(
            event_id,
            lambda: self.store.exits(event_id, epoch, done, left, exited, self.now(), slot),
        )

    async def finish(self, event_id: str, request_id: str, status: SessionStatus) -> Session:
        """Mark a session completed or abandoned.

        Raises ``SessionUnknown`` and as ``position``.
        """
        view, place = await self._open(event_id, request_id)
        epoch = view.snapshot.epoch
        return await self._ask(
            event_id, lambda: self.store.finish(event_id, epoch, place, status, self.now())
        )

    async def active_tokens(self, event_id: str) -> int:
        """Sessions neither expired nor marked. Raises ``EventUnknown``."""
        check_event_id(event_id)
        return await self._ask(event_id, lambda: self.store.active_sessions(event_id, self.now()))

    async def expired_tokens(
        self, event_id: str, limit: int, after: str | None = None
    ) -> list[str]:
        """Request IDs whose tokens have expired, oldest first, behind ``after``.

        Raises ``EventUnknown``, ``TicketUnknown`` (``after`` is none of this event).
        """
        behind = None
        if after is not None:
            _view, behind = await self._open(event_id, after)
        check_event_id(event_id)
        epoch, places = await self._ask(
            event_id,
            lambda: self.store.expired_sessions(event_id, self.now(), limit, behind),
        )
        return self._seals.get(event_id, epoch).seal(places)

    async def reset(self, event_id: str, deed: Deed | None = None) -> Snapshot:
        """Begin the line anew; every earlier request ID is void. Raises ``EventUnknown``."""
        check_event_id(event_id)
        at = await self._ask(event_id, lambda: self.store.reset_event(event_id, self.now(), deed))
        self._mark(event_id, deed)
        return at

    async def check_store(self) -> None:
        """Pass if the store can be written to, or could be within the last second.

        Raises ``StoreUnavailable``. Anybody may ask; that must not become a write for each.
        """
        async with self._checking:
            if monotonic() < self._ready_until:
                return
            async with patience():
                await self.store.ping()
            self._ready_until = monotonic() + READY_SECONDS

    async def close(self) -> None:
        """End the background work of this service; the store is the caller's."""
        await self.views.stop()
        self._signing.close()


def _places(view: EventView, request_ids: Sequence[str]) -> list[Place]:
    """The places in ``request_ids``, each once; those that are not of this line are left out."""
    places = (view.seal.open(request_id) for request_id in request_ids)
    return list(dict.fromkeys(place for place in places if place is not None))
