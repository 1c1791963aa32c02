"""Who is told: adding, listing and removing subscriptions; looking at dead letters, replaying them.

What belongs here: one function for each thing that an operator wants, over the store; planes and
commands call the same. Delivery itself is ``delivery.py``. What must change with it:
``control/api_subscriptions.py``, ``cli/subscriptions.py``, ``docs/subscriptions.md``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from waitroom.core.facts import FACT_TYPES, DeadLetter, Subscription
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import check_event_id
from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import (
    EventNotFound,
    InvalidField,
    InvalidSetting,
    LetterUnknown,
    SubscriptionUnknown,
)
from waitroom.events import outbox
from waitroom.events.cloudevent import Messages
from waitroom.events.sinks import Sealed, Sinks
from waitroom.events.webhook import key_of, new_secret
from waitroom.outgoing import apart
from waitroom.store import Store

MAX_SUBSCRIPTIONS: Final = 100  # each of them is a task or more on each control plane
MAX_LETTERS: Final = 10_000  # dead letters kept of one event; beyond it the oldest go
MAX_NAME: Final = 256  # characters of a stream's key or a bus

Kind = Literal["webhook", "redis_stream", "eventbridge", "stdout"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator asks for. ``event_id``: empty for all events. ``types``: empty for all.

    ``url``: of a webhook, or of the Redis of a stream. ``secret``: of a webhook, ``whsec_...``;
    empty: a new one is made. ``stream``: the key. ``bus`` (name or ARN) and ``region``: of
    EventBridge; an empty region is that of the ARN, or of the process.
    """

    kind: Kind
    event_id: str = ""
    types: list[str] = []
    url: str = ""
    secret: str = ""
    stream: str = "waitroom"
    bus: str = "default"
    region: str = ""


class Made(msgspec.Struct, frozen=True):
    """A new subscription; ``secret`` is shown at no other moment."""

    subscription: Subscription
    secret: str = ""

    def __repr__(self) -> str:
        return f"Made({self.subscription.subscription_id})"


class Subscriptions:
    """The subscriptions in ``store``. ``sinks`` open their endpoints, for a replay."""

    def __init__(
        self, store: Store, sinks: Sinks, messages: Messages, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._sinks = sinks
        self._messages = messages
        self._clock = clock

    async def add(self, wanted: Wanted) -> Made:
        """Tell somebody of all that happens from now on.

        Raises:
            InvalidField: a field is missing or not of the form; names it.
            InvalidSetting: the address may not be reached, or there are too many subscriptions.
            EventNotFound: there is no such event.
            DependencyMissing: its library is not installed here.
        """
        _check_scope(wanted)
        sealed, target = await self._checked(wanted)
        if wanted.event_id and wanted.event_id not in await self._store.event_ids():
            raise EventNotFound(wanted.event_id)
        if len(await self._store.subscriptions()) >= MAX_SUBSCRIPTIONS:
            raise InvalidSetting("kind", f"wanted at most {MAX_SUBSCRIPTIONS} subscriptions")
        subscription_id = f"sub_{secrets.token_hex(8)}"
        made = Subscription(
            subscription_id=subscription_id,
            kind=wanted.kind,
            target=target,
            event_id=wanted.event_id,
            types=tuple(dict.fromkeys(wanted.types)),
            created_at=int(self._clock()),
            sealed=self._sinks.seal(subscription_id, sealed),
        )
        await self._begin(made)
        return Made(made, sealed.secret)

    async def _checked(self, wanted: Wanted) -> tuple[Sealed, str]:
        """What is to be sealed, and what may be shown."""
        if wanted.kind == "webhook":
            return self._webhook(wanted)
        if wanted.kind == "redis_stream":
            return self._stream(wanted)
        if wanted.kind == "eventbridge":
            from waitroom.events.eventbridge import check_region  # noqa: PLC0415 - optional

            _check_name("bus", wanted.bus)
            if wanted.region:
                _check_name("region", wanted.region)
            await apart(lambda: check_region(wanted.bus, wanted.region))
            shown = f"{wanted.bus} ({wanted.region})" if wanted.region else wanted.bus
            return Sealed(bus=wanted.bus, region=wanted.region), shown
        return Sealed(), "standard output"

    def _webhook(self, wanted: Wanted) -> tuple[Sealed, str]:
        if not is_absolute_web_url(wanted.url):
            raise InvalidField("url", "wanted an absolute http(s) URL without user and password")
        parts = urlsplit(wanted.url)
        self._check_host(parts.hostname or "")
        secret = wanted.secret or new_secret()
        key_of(secret)
        # A query often holds a key. What cannot be seen can still be told apart by its host.
        shown = f"{parts.scheme}://{parts.netloc}{parts.path}" + "?..." * bool(parts.query)
        return Sealed(url=wanted.url, secret=secret), shown

    def _stream(self, wanted: Wanted) -> tuple[Sealed, str]:
        from waitroom.events.stream import target_of  # noqa: PLC0415 - its driver is optional

        target = target_of(wanted.url)
        self._check_host(target.addresses[0][0])
        _check_name("stream", wanted.stream)
        return Sealed(url=wanted.url, stream=wanted.stream), f"{target.shown} {wanted.stream}"

    def _check_host(self, host: str) -> None:
        """What can be known now; names are judged whenever they are connected to."""
        if self._sinks.outgoing.guard.refuses(host):
            raise InvalidSetting(
                "url", "wanted a public address, or one in a network of delivery_networks"
            )

    async def tail(self, event_id: str, types: tuple[str, ...], until: int) -> Subscription:
        """Keep facts at hand until then, for somebody who reads them from the store."""
        subscription = Subscription(
            subscription_id=f"tail_{secrets.token_hex(8)}",
            kind="tail",
            target="waitroom events tail",
            event_id=event_id,
            types=types,
            created_at=int(self._clock()),
            until=until,
        )
        await self._begin(subscription)
        return subscription

    async def renew(self, subscription: Subscription, until: int) -> None:
        """Let a tail go on until then."""
        await self._store.add_subscription(replace(subscription, until=until))

    async def _begin(self, subscription: Subscription) -> None:
        """From the answer on, everything is told: nobody waits for a plane to take note."""
        await self._store.add_subscription(subscription)
        ids, now = await self._store.event_ids(), int(self._clock())
        wanted = outbox.covered(ids, [subscription], now)
        found = await self._store.snapshots(wanted, now)
        await outbox.mark(self._store, found, [subscription], now)

    async def every(self) -> list[Subscription]:
        """All of them, by ID."""
        return await self._store.subscriptions()

    async def get(self, subscription_id: str) -> Subscription:
        """One. Raises ``SubscriptionUnknown``."""
        for one in await self._store.subscriptions():
            if one.subscription_id == subscription_id:
                return one
        raise SubscriptionUnknown(subscription_id)

    async def remove(self, subscription_id: str) -> Subscription:
        """Tell nothing more; its dead letters go. Raises ``SubscriptionUnknown``."""
        gone = await self.get(subscription_id)
        await end(self._store, gone)
        return gone

    async def dead_letters(self, subscription_id: str) -> list[tuple[str, DeadLetter]]:
        """What could not be delivered, each with its event's ID, by event and in order.

        Raises ``SubscriptionUnknown``.
        """
        subscription = await self.get(subscription_id)
        found: dict[str, list[DeadLetter]] = {}

        async def look(event_id: str) -> None:
            letters = await self._store.dead_letters(event_id, MAX_LETTERS)
            found[event_id] = [o for o in letters if o.subscription_id == subscription_id]

        await outbox.for_each(await _events_of(self._store, subscription), look)
        return [(event_id, one) for event_id in sorted(found) for one in found[event_id]]

    async def replay(self, subscription_id: str, event_id: str, seq: int) -> DeadLetter:
        """Send a dead letter once more, now; if it is taken, it is dead no longer.

        Raises:
            SubscriptionUnknown, LetterUnknown: there is none of the kind.
            DeliveryFailed: it was not taken; it stays.
        """
        subscription = await self.get(subscription_id)
        if not 0 <= seq <= MAX_COUNTER:
            raise LetterUnknown
        for letter in await self._store.dead_letters(check_event_id(event_id), MAX_LETTERS):
            if (letter.subscription_id, letter.fact.seq) == (subscription_id, seq):
                break
        else:
            raise LetterUnknown
        sink = self._sinks.open(subscription)
        try:
            await sink.send([self._messages.of(event_id, letter.fact)])
        finally:
            await sink.close()
        await self._store.drop_letter(event_id, subscription_id, seq)
        return letter


async def end(store: Store, subscription: Subscription) -> None:
    """Remove a subscription with its lanes and dead letters."""
    await store.remove_subscription(subscription.subscription_id)
    if subscription.kind != "tail":  # which has neither

        async def drop(event_id: str) -> None:
            await store.drop_lane(event_id, subscription.subscription_id)

        await outbox.for_each(await _events_of(store, subscription), drop)


async def _events_of(store: Store, subscription: Subscription) -> list[str]:
    return [subscription.event_id] if subscription.event_id else await store.event_ids()


def _check_scope(wanted: Wanted) -> None:
    if wanted.event_id:
        check_event_id(wanted.event_id)
    for one in wanted.types:
        if one not in FACT_TYPES:
            raise InvalidField("types", "wanted some of " + ", ".join(FACT_TYPES))
    if wanted.url and wanted.kind not in {"webhook", "redis_stream"}:
        raise InvalidField("url", "wanted for a webhook or a Redis stream only")
    if wanted.secret and wanted.kind != "webhook":
        raise InvalidField("secret", "wanted for a webhook only")


def _check_name(field: str, name: str) -> None:
    if not 0 < len(name) <= MAX_NAME or not name.isascii() or not name.isprintable():
        raise InvalidField(field, f"wanted 1 to {MAX_NAME} printable ASCII characters")
