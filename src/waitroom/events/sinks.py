"""What a sink is: where the messages of a subscription go, and how one is opened.

What belongs here: the Protocol, what a subscription keeps sealed, and choosing a sink by kind. What
must change with it: ``Subscription.kind`` in ``core/facts.py`` and ``docs/subscriptions.md``.

A sink knows nothing of lanes, tries and times: it sends, or says why it could not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from waitroom.core.facts import Subscription
from waitroom.errors import DependencyMissing
from waitroom.events.cloudevent import Message
from waitroom.outgoing import Outgoing
from waitroom.secret import Vault


class Sealed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is secret of a subscription, or was said when it was made. Which field is whose:

    ``url``: webhook, redis_stream (may hold a password). ``secret``: webhook, ``whsec_...``.
    ``stream``: redis_stream, its key. ``bus``, ``region``: eventbridge.
    """

    url: str = ""
    secret: str = ""
    stream: str = ""
    bus: str = ""
    region: str = ""

    def __repr__(self) -> str:
        return "Sealed(...)"


class Sink(Protocol):
    """One way out. Messages of one event are sent in order, by one task at a time."""

    async def send(self, messages: Sequence[Message]) -> int:
        """How many of ``messages`` (at least one) were taken, from the first on; at least 1.

        Within 20 seconds, whatever the other side does.

        Raises:
            DeliveryFailed: the first was not, as far as we know; says why without any secret.
            EndpointGone: nothing more is wanted.
        """

    async def close(self) -> None:
        """Let go of everything."""


Trace = Callable[[], Mapping[str, str]]


class Sinks:
    """Opens the sinks of subscriptions. ``outgoing`` is the caller's to close.

    ``trace``: headers that carry the present trace on (W3C Trace Context), if there is one.
    """

    def __init__(
        self,
        secret: bytes,
        outgoing: Outgoing,
        clock: Callable[[], float],
        trace: Trace = dict,
    ) -> None:
        self.vault = Vault(secret, "subscriptions")
        self.outgoing = outgoing
        self._clock = clock
        self._trace = trace

    def seal(self, subscription_id: str, what: Sealed) -> bytes:
        """``what`` for the store."""
        return self.vault.seal(msgspec.json.encode(what), subscription_id)

    def opened(self, subscription: Subscription) -> Sealed:
        """What was sealed. Raises ``SecretMissing``: under another deployment secret."""
        plain = self.vault.open(subscription.sealed, subscription.subscription_id)
        return msgspec.json.decode(plain, type=Sealed)

    def open(self, subscription: Subscription) -> Sink:
        """The sink of ``subscription``, which is not a ``tail``.

        Raises:
            SecretMissing: it was made under another deployment secret.
            DependencyMissing: a library is not installed; says which.
            BadConfiguration: what was sealed cannot be used here.
        """
        # Only what is used is imported: the drivers are optional.
        known = self.opened(subscription)
        if subscription.kind == "webhook":
            from waitroom.events.webhook import Webhook  # noqa: PLC0415

            return Webhook(known.url, known.secret, self.outgoing, self._clock, self._trace)
        if subscription.kind == "redis_stream":
            return self._stream(known)
        if subscription.kind == "eventbridge":
            from waitroom.events.eventbridge import EventBridge  # noqa: PLC0415

            return EventBridge(known.bus, known.region)
        from waitroom.events.stdout import Stdout  # noqa: PLC0415

        return Stdout()

    def _stream(self, known: Sealed) -> Sink:
        try:
            from waitroom.events.stream import RedisStream  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise DependencyMissing(
                f"A Redis stream needs the library {error.name}: pip install"
                " 'waitroom[server,redis]'"
            ) from None
        return RedisStream(known.url, known.stream, self.outgoing.guard)
