"""Which event stands for a Queue-it event, and how seldom the store is asked."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import cast

import pytest

from waitroom.core.clients import KnownUser
from waitroom.core.model import Event
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.public.queueit import Accounts
from waitroom.service import Service


class Events:
    """The use-case that lists all events, as far as it is asked here."""

    def __init__(self, *events: Event) -> None:
        self.listed = list(events)
        self.asked = 0
        self.away = False

    async def events(self) -> list[Event]:
        """All events, by ID."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("away")
        return self.listed


def event(event_id: str, queue_event_id: str, customer_id: str = "shop") -> Event:
    """An event with an account."""
    known = KnownUser(customer_id=customer_id, queue_event_id=queue_event_id, sealed="00")
    return Event(event_id=event_id, knownuser=known)


async def found(accounts: Accounts, queue_event_id: str, customer_id: str = "shop") -> str:
    """The event's ID, or ``none``."""
    try:
        return await accounts.event_of(customer_id, queue_event_id)
    except EventUnknown:
        return "none"


async def test_an_event_is_found_by_its_account() -> None:
    """Both names count; of two the one of the same name, else the first."""
    listed = [event("a", "x"), event("b", "x"), event("c", "y"), event("y", "y")]
    accounts = Accounts(cast("Service", Events(*listed, Event(event_id="z"))))
    assert [await found(accounts, name) for name in ("x", "y", "z", "X")] == [
        *("a", "y", "none", "none")
    ]
    assert await found(accounts, "x", "another") == "none"


async def test_a_crowd_asks_the_store_once() -> None:
    """Also for what is not there."""
    events = Events(event("a", "x"))
    accounts = Accounts(cast("Service", events))
    answers = await asyncio.gather(*(found(accounts, f"x{n}") for n in range(100)))
    assert (set(answers), events.asked) == ({"none"}, 1)


async def test_an_outage_is_not_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known goes on to count; when nothing was, the visitor is told to come again."""
    events = Events(event("a", "x"))
    accounts, cold = Accounts(cast("Service", events)), Accounts(cast("Service", events))
    assert await found(accounts, "x") == "a"
    events.away = True
    later = monotonic() + 60
    monkeypatch.setattr("waitroom.public.queueit.monotonic", lambda: later)
    assert await found(accounts, "x") == "a"
    assert events.asked == 2
    assert await found(accounts, "x") == "a"
    assert events.asked == 2
    with pytest.raises(StoreUnavailable):
        await found(cold, "x")


async def test_a_crowd_in_an_outage_does_not_queue_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """One asks in vain for all who came meanwhile, and for a second; then it is tried again."""
    now = 100.0
    monkeypatch.setattr("waitroom.public.queueit.monotonic", lambda: now)
    events = Events(event("a", "x"))
    events.away = True
    accounts = Accounts(cast("Service", events))
    for later, asked in ((0.0, 1), (0.9, 1), (0.1, 2)):
        now += later
        crowd = (found(accounts, f"x{n}") for n in range(100))
        answers = await asyncio.gather(*crowd, return_exceptions=True)
        assert {type(one) for one in answers} == {StoreUnavailable}
        assert events.asked == asked
    events.away = False
    now += 1.0
    assert await found(accounts, "x") == "a"
