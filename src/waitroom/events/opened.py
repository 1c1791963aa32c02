"""Puts this package together, for a control plane and for commands alike.

What belongs here: what is built of what, and closed in which order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from waitroom.events.cloudevent import Messages
from waitroom.events.delivery import Delivery
from waitroom.events.sinks import Sinks
from waitroom.events.subscriptions import Subscriptions
from waitroom.observe.trace import current_traceparent
from waitroom.outgoing import Outgoing, networks_of
from waitroom.store import Store
from waitroom.views import Seals


@dataclass(frozen=True)
class Events:
    """What there is to do with subscriptions. ``delivery`` does nothing before its first tick."""

    subscriptions: Subscriptions
    delivery: Delivery
    messages: Messages


@asynccontextmanager
async def open_events(
    store: Store,
    secret: bytes,
    clock: Callable[[], float],
    *,
    public_base: str,
    networks: Iterable[str] = (),
) -> AsyncIterator[Events]:
    """Everything over ``store``; ``networks``: private ones that may be reached, as CIDR.

    Raises ``BadConfiguration``: one of ``networks`` is none.
    """
    messages = Messages(Seals(secret), public_base)
    async with Outgoing(networks_of(networks)) as outgoing:
        sinks = Sinks(secret, outgoing, clock, _trace)
        yield Events(
            Subscriptions(store, sinks, messages, clock),
            Delivery(store, sinks, messages, clock),
            messages,
        )


def _trace() -> dict[str, str]:
    """The header that carries a trace on (W3C Trace Context), if there is one."""
    traceparent = current_traceparent()
    return {} if traceparent is None else {"traceparent": traceparent}
