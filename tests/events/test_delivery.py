"""What is promised of delivery: at least once, in order, a day long, each endpoint by itself."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from events.scene import (
    NOW,
    OK,
    SALE,
    Answer,
    Endpoint,
    Received,
    Scene,
    good,
    hang,
    scene,
    status,
)
from waiting import wait_until
from waitroom.core.facts import OUTBOX, Fact
from waitroom.core.model import Event, State
from waitroom.errors import DeliveryFailed, LetterUnknown, SubscriptionUnknown
from waitroom.events import delivery as delivery_module
from waitroom.events import outbox, webhook
from waitroom.events.turn import LEASE, TRY_FOR, delay
from waitroom.store import Store

pytestmark = pytest.mark.parametrize("url", ["sqlite", "redis"], indirect=True)


async def notes(world: Scene, event_id: str = SALE) -> dict[str, str]:
    """The event's."""
    return (await world.store.snapshots([event_id], NOW))[event_id].notes


async def test_all_of_it_once_and_in_order(world: Scene) -> None:
    """From the subscription on; then nobody has to keep it."""
    await world.happen(3)
    site = await world.endpoint()
    await world.webhook(site.url)
    expected = await world.happen(250)
    await world.deliver()
    assert site.ids == expected
    await world.deliver(delivery_module.LOOK_WITHIN + delivery_module.KEPT_FOR)
    assert site.ids == expected
    assert await world.store.outbox_depth(SALE) == 0


async def test_only_what_was_asked_for(world: Scene) -> None:
    """By event and by type; what is passed over holds nothing up."""
    await world.store.create_event(Event(event_id="other"), NOW)
    ours, theirs = await world.endpoint(), await world.endpoint()
    await world.webhook(ours.url, event_id=SALE, types=["event_state_changed", "event_reset"])
    await world.webhook(theirs.url, event_id="other")
    await world.happen(5)
    await world.store.change_event(SALE, {"state": State.PAUSED}, NOW)
    await world.happen(5)
    await world.store.reset_event(SALE, NOW)
    await world.deliver()
    assert [one.event["type"] for one in ours.received] == ["event_state_changed", "event_reset"]
    assert theirs.received == []


async def test_two_planes_tell_each_fact_once(store: Store, secret: bytes) -> None:
    """Without a leader, as long as nobody dies."""
    async with scene(store, secret, planes=2) as world:
        site = await world.endpoint()
        await world.webhook(site.url)
        expected = []
        for _ in range(5):
            expected += await world.happen(20)
            await asyncio.gather(*(plane.delivery.tick() for plane in world.planes))
            await asyncio.gather(*(plane.delivery.settle() for plane in world.planes))
            world.clock.now += 11
        await world.deliver(20)
        assert site.ids == expected


BAD: dict[str, Answer] = {
    "500": status(500),
    "404": status(404),
    "a redirect": status(307, "Location: http://127.0.0.1:1/"),
    "400": status(400),
}


@pytest.mark.parametrize("bad", list(BAD))
async def test_what_is_refused_is_told_again(world: Scene, bad: str) -> None:
    """Later and later, and in order; nothing is lost, and nothing overtakes."""
    site = await world.endpoint(BAD[bad])
    await world.webhook(site.url)
    expected = await world.happen(3)
    await world.deliver(60)
    assert set(site.ids) == {expected[0]}
    assert 4 <= len(site.ids) <= 8  # after about 1, 3, 7, 15, 31 seconds
    before = len(site.ids)
    site.answer = good
    expected += await world.happen(2)
    await world.deliver(100)
    assert site.ids[before:] == expected


async def test_nobody_there_is_a_failure_like_others(world: Scene) -> None:
    """It is tried again, and the lane says why."""
    await world.webhook("http://127.0.0.1:1/")
    await world.happen(2)
    await world.deliver(10)
    [lane] = await world.store.lanes(SALE)
    assert lane.failures >= 3
    assert "Nobody answers" in lane.error


async def large(_: Received, writer: asyncio.StreamWriter) -> None:
    """Takes it, and says so at length."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n")
    for _chunk in range(160):
        writer.write(b"x" * 65_536)
        await writer.drain()


async def test_ten_megabytes_of_thanks(world: Scene) -> None:
    """Are a yes; what is behind the first kilobytes is not read."""
    site = await world.endpoint(large)
    await world.webhook(site.url)
    expected = await world.happen(3)
    await world.deliver()
    assert site.ids == expected


async def test_one_that_hangs_holds_up_nobody(
    world: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others have everything while it still has not answered the first."""
    monkeypatch.setattr(webhook, "SECONDS", 60.0)
    for n in range(8):
        await world.store.create_event(Event(event_id=f"e{n}"), NOW)
    stuck, well = await world.endpoint(hang), await world.endpoint()
    await world.webhook(stuck.url)
    await world.webhook(well.url)
    expected: Counter[str] = Counter()
    for n in range(8):
        expected.update(await world.happen(30, f"e{n}"))
    delivery = world.planes[0].delivery
    await delivery.tick()
    await wait_until(
        lambda: len(well.received) == 240, description="the one that is well has heard it all"
    )
    assert Counter(well.ids) == expected
    assert len(stuck.received) == delivery_module.TURNS  # so many at once, and no more
    await delivery.tick()  # and the plane goes on


async def test_a_slow_endpoint_gets_it_all(world: Scene) -> None:
    """It answers late, but it answers."""

    async def slow(_: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        writer.write(OK)

    site = await world.endpoint(slow)
    await world.webhook(site.url)
    expected = await world.happen(20)
    await world.deliver()
    assert site.ids == expected


async def test_memory_is_bounded(world: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much waits for an endpoint, a plane reads a batch of it."""
    site = await world.endpoint(status(500))
    await world.webhook(site.url)
    await world.happen(500)
    read: list[int] = []
    facts = world.store.facts

    async def counted(event_id: str, after: int, limit: int) -> list[Fact]:
        found = await facts(event_id, after, limit)
        read.append(len(found))
        return found

    monkeypatch.setattr(world.store, "facts", counted)
    await world.deliver(5)
    assert max(read) == 100


async def test_after_a_day_it_is_a_dead_letter(world: Scene) -> None:
    """The endpoint took nothing for 24 hours: what is so old is set aside, with the reason."""
    site = await world.endpoint(status(503))
    made = await world.webhook(site.url)
    old = await world.happen(5)
    await world.deliver(TRY_FOR - 7_200, step=600)
    young = await world.happen(2)
    dead = world.planes[0].subscriptions.dead_letters
    assert await dead(made.subscription.subscription_id) == []
    assert set(site.ids) == {old[0]}
    assert 25 <= len(site.ids) <= 45
    with capture_logs() as said:
        await world.deliver(4 * 3_600, step=600)
    letters = await dead(made.subscription.subscription_id)
    assert [f"{event_id}-{one.fact.seq}" for event_id, one in letters] == old
    assert {one.error for _, one in letters} == {"The endpoint answered 503."}
    assert any(entry["log_level"] == "error" for entry in said)
    site.answer = good
    await world.deliver(7_200, step=600)
    assert site.ids[-2:] == young


async def test_one_that_is_not_liked_dies_alone(world: Scene) -> None:
    """What waited behind it is tried before it is given up, and is taken."""
    poison: list[str] = []

    async def choosy(request: Received, writer: asyncio.StreamWriter) -> None:
        bad = request.headers["webhook-id"] in poison
        await (status(422) if bad else good)(request, writer)

    site = await world.endpoint(choosy)
    made = await world.webhook(site.url)
    expected = await world.happen(4)
    poison.append(expected[0])
    await world.deliver(TRY_FOR + 7_200, step=600)
    letters = await world.planes[0].subscriptions.dead_letters(made.subscription.subscription_id)
    assert [one.fact.seq for _, one in letters] == [int(expected[0].rpartition("-")[2])]
    assert site.ids[-3:] == expected[1:]


async def dead_letter(world: Scene, answer: Answer) -> tuple[str, int, Endpoint]:
    """One, whose endpoint answers so from then on: subscription, its number, the endpoint."""
    site = await world.endpoint(status(500))
    made = await world.webhook(site.url)
    await world.happen()
    await world.deliver(TRY_FOR + 7_200, step=1_800)
    name = made.subscription.subscription_id
    [(_, letter)] = await world.planes[0].subscriptions.dead_letters(name)
    site.answer = answer
    site.received.clear()
    return name, letter.fact.seq, site


async def test_a_dead_letter_is_replayed(world: Scene) -> None:
    """It is sent at once, with its old ID; what is taken is dead no longer."""
    name, seq, site = await dead_letter(world, good)
    subscriptions = world.planes[0].subscriptions
    await subscriptions.replay(name, SALE, seq)
    assert site.ids == [f"{SALE}-{seq}"]
    assert await subscriptions.dead_letters(name) == []
    with pytest.raises(LetterUnknown):
        await subscriptions.replay(name, SALE, seq)


async def test_a_replay_that_is_refused(world: Scene) -> None:
    """Says why; it stays."""
    name, seq, _ = await dead_letter(world, status(500))
    subscriptions = world.planes[0].subscriptions
    with pytest.raises(DeliveryFailed, match="500"):
        await subscriptions.replay(name, SALE, seq)
    assert len(await subscriptions.dead_letters(name)) == 1


async def test_gone_is_gone(world: Scene) -> None:
    """After a 410 nothing more is sent: the subscription is removed, and the log says so."""
    site = await world.endpoint(status(410))
    made = await world.webhook(site.url)
    await world.happen(3)
    with capture_logs() as said:
        await world.deliver(3)
    assert len(site.received) == 1
    assert await world.store.subscriptions() == []
    assert await world.store.lanes(SALE) == []
    name = made.subscription.subscription_id
    assert [one for one in said if one.get("subscription_id") == name and "410" in one["event"]]


async def test_who_is_removed_hears_nothing_more(world: Scene) -> None:
    """From the next second on; and nobody's facts are kept."""
    site = await world.endpoint()
    made = await world.webhook(site.url)
    await world.deliver()
    assert OUTBOX in await notes(world)
    await world.planes[0].subscriptions.remove(made.subscription.subscription_id)
    await world.deliver(2)
    assert OUTBOX not in await notes(world)
    await world.happen(3)
    await world.deliver(40)
    assert (site.received, await world.store.lanes(SALE)) == ([], [])
    assert await world.store.outbox_depth(SALE) == 0
    with pytest.raises(SubscriptionUnknown):
        await world.planes[0].subscriptions.remove(made.subscription.subscription_id)


async def test_an_event_made_later_is_covered(world: Scene) -> None:
    """By a subscription to all of them, within the second."""
    site = await world.endpoint()
    await world.webhook(site.url)
    await world.store.create_event(Event(event_id="later"), NOW)
    await world.deliver()
    expected = await world.happen(2, "later")
    await world.deliver(1)
    assert site.ids == expected


async def test_at_once_for_whoever_makes_the_event(world: Scene) -> None:
    """``outbox.cover`` leaves no gap."""
    await world.webhook("http://127.0.0.1:1/")
    await world.store.create_event(Event(event_id="later"), NOW)
    await outbox.cover(world.store, "later", NOW)
    assert await notes(world, "later") == {OUTBOX: "1"}


async def test_the_next_plane_goes_on_where_one_died(store: Store, secret: bytes) -> None:
    """A plane that is killed has a lane for a while; then another tells the rest, and all of it."""
    async with scene(store, secret, planes=2) as world:
        site = await world.endpoint(hang)
        await world.webhook(site.url)
        expected = await world.happen(3)
        doomed = world.planes[0]
        await doomed.delivery.tick()
        await wait_until(lambda: site.received, description="it tells the first")
        site.answer = good
        world.planes.remove(doomed)  # it does nothing from here on, and gives nothing back
        world.clock.now += LEASE - 1
        await world.deliver()
        assert len(site.received) == 1  # it may yet be alive
        await world.deliver(15)
        assert site.ids[1:] == expected


async def test_a_plane_that_stood_still(store: Store, secret: bytes) -> None:
    """It wakes amid a message after its lease: another has told the rest, and it tells nothing."""
    async with scene(store, secret, planes=2) as world:
        awake = asyncio.Event()

        async def once_awake(_: Received, writer: asyncio.StreamWriter) -> None:
            await awake.wait()
            writer.write(OK)

        site = await world.endpoint(once_awake)
        await world.webhook(site.url)
        expected = await world.happen(5)
        sleeper = world.planes.pop(0)
        await sleeper.delivery.tick()
        await wait_until(lambda: site.received, description="it tells the first")
        site.answer = good
        await world.deliver(LEASE + 10)
        assert site.ids[1:] == expected
        awake.set()
        await sleeper.delivery.settle()
        assert site.ids[1:] == expected
        [lane] = await store.lanes(SALE)
        assert lane.owner != sleeper.delivery._desk.owner


async def test_nobody_subscribed_costs_one_read(world: Scene) -> None:
    """A second; whatever happens, and however many events there are."""
    asked: list[str] = []
    await world.deliver(2)
    store = world.store
    for verb in ("subscriptions", "snapshots", "event_ids", "facts", "lanes", "note"):
        setattr(store, verb, _counting(asked, verb, getattr(store, verb)))
    world.clock.now += 60
    await world.planes[0].delivery.tick()
    assert asked == ["subscriptions"]


def _counting(
    asked: list[str], name: str, verb: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    async def ask(*values: object) -> Any:
        asked.append(name)
        return await verb(*values)

    return ask


def test_tries_come_later_and_later(url: str) -> None:
    """From a second up to an hour, spread so that they do not come together."""
    for failures in range(1, 60):
        wanted = min(3_600, 2.0 ** (failures - 1))
        found = {delay(failures) for _ in range(20)}
        assert len(found) > 1
        assert all(0.75 * wanted <= one <= 1.25 * wanted for one in found)


async def test_a_subscription_of_another_secret(world: Scene) -> None:
    """Cannot be served; that is said once, and the others are."""
    site = await world.endpoint()
    made = await world.webhook(site.url)
    foreign = replace(made.subscription, subscription_id="sub_foreign")
    await world.store.add_subscription(foreign)
    expected = await world.happen(2)
    with capture_logs() as said:
        await world.deliver(3)
    assert site.ids == expected
    assert [one["event"] for one in said].count("a subscription cannot be served") == 1
