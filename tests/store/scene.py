"""The names and times that the store's tests share, and what they do all the time."""

import sys
from typing import Final

import msgspec

from waitroom.core.model import Counters, Event, Place, Session, Snapshot
from waitroom.store import Store

NOW: Final = 1_800_000_000
SALE: Final = "sale"
ISSUER: Final = "https://line.example/oidc/sale"
HOUR: Final = 3_600


async def open_event(store: Store, event_id: str = SALE, **settings: object) -> int:
    """Create an event at ``NOW``; its epoch."""
    event = msgspec.structs.replace(Event(event_id=event_id), **settings)
    return (await store.create_event(event, NOW)).epoch


async def snapshot(store: Store, event_id: str = SALE, now: int = NOW) -> Snapshot:
    """The event as it is."""
    return (await store.snapshots([event_id], now))[event_id]


async def counters(store: Store, event_id: str = SALE) -> Counters:
    """The event's numbers as they are."""
    return (await snapshot(store, event_id)).counters


async def line_of(store: Store, people: int, called: int = 0, now: int = NOW) -> list[Place]:
    """The places of ``people`` who joined at once, the first ``called`` of them called."""
    first = (await store.join(SALE, people, now)).first
    if called:
        await store.advance(SALE, called, now)
    return [Place(position, now) for position in range(first, first + people)]


async def admit(
    store: Store, epoch: int, place: Place, now: int = NOW, validity: int = HOUR
) -> Session:
    """The session of ``place``."""
    return await store.admit(SALE, epoch, place, now, ISSUER, validity)


def measured(what: str, value: object) -> None:
    """Say a number that a test came across; ``pytest -rP`` shows it."""
    sys.stdout.write(f"{what}: {value}\n")
