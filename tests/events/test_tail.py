"""Watching what happens, live."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from events.scene import NOW, SALE, Scene
from waiting import wait_until
from waitroom.cli.tail import _line
from waitroom.core.facts import OUTBOX
from waitroom.core.model import Event, State
from waitroom.events import delivery, tail
from waitroom.events.cloudevent import Message


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second between looks."""
    monkeypatch.setattr(tail, "GLANCE", 0.0)


def watched(world: Scene, **only: object) -> AsyncGenerator[Message, None]:
    """What a tail yields."""
    events = world.planes[0]
    return tail.watch(
        world.store,
        events.subscriptions,
        events.messages.of,
        world.clock,
        **only,  # type: ignore[arg-type]
    )


async def seen(messages: AsyncGenerator[Message, None], count: int) -> list[str]:
    """The IDs of the next ones."""
    async with asyncio.timeout(10):
        return [(await anext(messages)).id for _ in range(count)]


async def begun(world: Scene) -> None:
    """Return when the tail is subscribed."""
    store = world.store

    async def is_subscribed() -> bool:
        marked = OUTBOX in (await store.snapshots([SALE], NOW))[SALE].notes
        return marked and bool(await store.subscriptions())

    async with asyncio.timeout(10):
        while not await is_subscribed():
            await asyncio.sleep(0)


async def test_all_that_happens_from_now_on(world: Scene) -> None:
    """In order, once, also of events that are made later; nothing is left behind at the end."""
    async with aclosing(watched(world)) as messages:
        first = asyncio.create_task(seen(messages, 3))
        await begun(world)
        assert await world.happen(3) == await first
        await world.store.create_event(Event(event_id="later"), NOW)
        await world.deliver()
        more = await world.happen(2, "later")
        assert await seen(messages, 2) == more
    assert await world.store.subscriptions() == []
    await world.deliver(1)
    assert OUTBOX not in (await world.store.snapshots([SALE], NOW))[SALE].notes


async def test_facts_are_kept_for_it(world: Scene) -> None:
    """Whoever else has had them already; and dropped a while later."""
    site = await world.endpoint()
    await world.webhook(site.url)
    async with aclosing(watched(world, types=("event_state_changed",))) as messages:
        first = asyncio.create_task(seen(messages, 1))
        await begun(world)
        await wait_until(lambda: not first.done(), description="it watches")
        await world.store.change_event(SALE, {"state": State.CLOSED}, NOW)
        await world.deliver(delivery.KEPT_FOR - 2)
        assert await first == site.ids
    await world.deliver(delivery.LOOK_WITHIN + delivery.KEPT_FOR)
    assert await world.store.outbox_depth(SALE) == 0


async def test_one_that_died_is_cleared_away(world: Scene) -> None:
    """It said until when; then its subscription is gone."""
    await world.planes[0].subscriptions.tail("", (), NOW + tail.LASTS)
    await world.deliver(tail.LASTS - 1, step=59)
    assert len(await world.store.subscriptions()) == 1
    await world.deliver(2)
    assert await world.store.subscriptions() == []


async def test_it_goes_on_while_it_is_watched(world: Scene) -> None:
    """It is renewed in time."""
    async with aclosing(watched(world)) as messages:
        first = asyncio.create_task(seen(messages, 1))
        await begun(world)
        world.clock.now += tail.RENEWED
        until = NOW + tail.RENEWED + tail.LASTS

        async def renewed() -> bool:
            return (await world.store.subscriptions())[0].until == until

        async with asyncio.timeout(10):
            while not await renewed():
                await asyncio.sleep(0)
        await world.happen()
        await first


async def test_a_line_for_people_hides_the_request_id(world: Scene) -> None:
    """Its beginning is enough to tell it apart."""
    async with aclosing(watched(world, types=("token_generated",))) as messages:
        first = asyncio.create_task(anext(messages))
        await begun(world)
        await world.admit()
        message = await first
    line = _line(message)
    assert line.startswith(f"2027-01-15T08:00:00Z {SALE} token_generated request_id=")
    assert message.data["request_id"] not in line
