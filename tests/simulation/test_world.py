"""The model that days are simulated with says what a real store says."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from world import NOW, People, Site

from store import redis_servers
from waitroom.core.inlet_kinds import Inlet, Periodic, Target
from waitroom.core.model import Event, Place, Session, SessionStatus
from waitroom.core.turnout import AGES
from waitroom.errors import SiteFull
from waitroom.store import Store, open_store


def shows(chance: random.Random) -> float | None:
    """At once, within the minute, or never."""
    return None if chance.random() < 0.3 else chance.choice([0.0, 1.5, 8, 40, 70])


PEOPLE = People(shows, lambda chance: chance.uniform(5, 60))


class Mirrored(Site):
    """A site that writes down what it does, to be done on a store after it."""

    def __init__(self, event: Event, epoch: int) -> None:
        self.deeds: list[tuple[str, int]] = []
        super().__init__(event, PEOPLE)
        self.epoch = epoch
        self.entered: list[int] = []

    def move(self, by: int) -> None:
        super().move(by)
        self.deeds.append(("move", by))

    def join(self, count: int) -> None:
        super().join(count)
        self.entered += [self.now] * count
        self.deeds.append(("join", count))

    def ask(self, position: int) -> None:
        before = self.tokens, position in self.held
        super().ask(position)
        if (self.tokens, position in self.held) != before or position in self.held:
            self.deeds.append(("ask", position))

    def end(self, position: int, *, lapsed: bool) -> None:
        super().end(position, lapsed=lapsed)
        if not lapsed:
            self.deeds.append(("end", position))

    def expire(self) -> None:
        """The store moves the line by itself, if it does."""
        self.deeds.append(("expire", 0))
        done = len(self.deeds)
        super().expire()
        del self.deeds[done:]

    async def repeat(self, store: Store) -> None:
        """Do on ``store`` what was done here since the last time."""
        verbs: dict[str, Callable[[int], Any]] = {
            "move": lambda by: store.advance("sale", by, self.now),
            "join": lambda count: store.join("sale", count, self.now),
            "ask": lambda position: self.admit(store, position),
            "end": lambda position: store.finish(
                "sale", self.epoch, self.place(position), SessionStatus.COMPLETED, self.now
            ),
            "expire": lambda _: store.expire("sale", self.now),
        }
        for what, number in self.deeds:
            if what != "join" or number:
                await verbs[what](number)
        self.deeds.clear()

    def place(self, position: int) -> Place:
        """What its visitor carries."""
        return Place(position, self.entered[position - 1])

    async def admit(self, store: Store, position: int) -> Session | None:
        """A session, or a place at the door."""
        validity = self.event.validity_period
        try:
            return await store.admit(
                "sale", self.epoch, self.place(position), self.now, "https://line.example", validity
            )
        except SiteFull:
            return None


INLETS: list[Inlet] = [Target(size=30), Periodic(increment=4, interval=6)]


@pytest.mark.parametrize("advance_on_expiry", [False, True])
@pytest.mark.parametrize("inlet", INLETS, ids=["target", "periodic"])
@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_the_model_is_as_the_store(
    kind: str, inlet: Inlet, advance_on_expiry: bool, tmp_path: Path
) -> None:
    """Five minutes with room at the door: counters, who is active, who came, each second."""
    if kind == "redis":
        with redis_servers.server(tmp_path / "redis") as server:
            await compare(server.url, inlet, advance_on_expiry)
    else:
        await compare(f"sqlite://{tmp_path}/line.db", inlet, advance_on_expiry)


async def compare(url: str, inlet: Inlet, advance_on_expiry: bool) -> None:
    """Both, side by side."""
    event = Event(
        event_id="sale",
        inlet=inlet,
        max_active=40,
        queue_position_expiry_period=60,
        advance_on_expiry=advance_on_expiry,
        validity_period=50,
    )
    store = open_store(url)
    try:
        site = Mirrored(event, (await store.create_event(event, NOW)).epoch)
        site.join(3_000)
        await site.repeat(store)
        for _ in range(300):
            site.second()
            await site.repeat(store)
            at = (await store.snapshots(["sale"], site.now))["sale"]
            ours, theirs = site.snapshot().counters, at.counters
            for name in ("queue", "serving", "tokens", "expired", "expired_up_to"):
                assert getattr(ours, name) == getattr(theirs, name), f"{name} at {site.now - NOW}"
            assert site.occupancy() == await store.occupancy("sale", site.now, AGES)
        assert site.expired > 10
    finally:
        await store.close()
