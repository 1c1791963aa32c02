"""The gauges of events, read from a store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from waitroom.core.facts import Subscription
from waitroom.core.gates import GateState, GateView
from waitroom.core.inlet_kinds import Rate, Target
from waitroom.core.model import Event, Place
from waitroom.observe import events
from waitroom.observe.events import Events
from waitroom.observe.meter import Labels, Numbers
from waitroom.runtime import Runtime, open_runtime
from waitroom.settings import Settings

NOW = 1_800_000_000
SALE = ("sale",)


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    """A deployment whose time stands still."""
    settings = Settings(data_dir=tmp_path, algorithm="ES256")
    async with open_runtime(settings, clock=lambda: float(NOW)) as opened:
        yield opened


def gauge(numbers: Numbers, name: str) -> dict[Labels, float]:
    """One gauge, by labels."""
    return numbers.gauges.get(f"waitroom_{name}", {})


async def test_a_line_is_told_whole(runtime: Runtime) -> None:
    """Counters, state, inlet, cap and who is in."""
    store = runtime.store
    await store.create_event(Event(event_id="sale", inlet=Target(size=7), max_active=9), NOW)
    given = await store.join("sale", 5, NOW)
    await store.advance("sale", 2, NOW)
    await store.admit("sale", given.epoch, Place(1, NOW), NOW, "https://i.example", 60)
    found = await Events(runtime.service)()
    assert gauge(found, "store_up") == {(): 1}
    assert gauge(found, "events") == {
        ("open",): 1,
        ("paused",): 0,
        ("closed",): 0,
        ("sold_out",): 0,
    }
    assert gauge(found, "event_state")["sale", "open"] == 1
    assert gauge(found, "event_state")["sale", "paused"] == 0
    assert gauge(found, "event_inlet") == {("sale", "target"): 1}
    told = {name: gauge(found, f"event_{name}")[SALE] for name in ("queue", "serving", "waiting")}
    assert told == {"queue": 5, "serving": 2, "waiting": 4}
    assert gauge(found, "event_tokens")[SALE] == 1
    assert gauge(found, "event_active")[SALE] == 1
    assert gauge(found, "event_cap")[SALE] == 7
    assert gauge(found, "event_release_per_minute") == {}
    assert gauge(found, "events_unlisted") == {(): 0}


async def test_gates_and_probe(runtime: Runtime) -> None:
    """Each gate by its name; one that holds makes the inlet release nothing."""
    await runtime.store.create_event(Event(event_id="sale", inlet=Rate(per_minute=60)), NOW)
    views = (
        GateView(name="1-http", state=GateState.ALARM, holds=True),
        GateView(name="2-prometheus", state=GateState.UNKNOWN, holds=False),
    )
    told = Events(runtime.service, views=lambda _at, _now: views, probe=lambda _at: (0.25, None))
    found = await told()
    assert gauge(found, "gate_state")["sale", "1-http", "alarm"] == 1
    assert gauge(found, "gate_state")["sale", "1-http", "ok"] == 0
    assert gauge(found, "gate_holds") == {("sale", "1-http"): 1, ("sale", "2-prometheus"): 0}
    assert gauge(found, "probe_latency_seconds") == {SALE: 0.25}
    assert gauge(found, "probe_errors_ratio") == {}
    assert gauge(found, "event_release_per_minute") == {SALE: 0}
    freely = await Events(runtime.service)()
    assert gauge(freely, "event_release_per_minute") == {SALE: 60}


async def test_deliveries(runtime: Runtime) -> None:
    """How many facts wait, how old the oldest is, how often it failed."""
    store = runtime.store
    await store.create_event(Event(event_id="sale"), NOW)
    await store.note("sale", {"outbox": "1"})
    await store.add_subscription(Subscription(subscription_id="s1", kind="webhook", target="x"))
    await store.advance("sale", 3, NOW - 40)
    lane = await store.take_lane("sale", "s1", "me", NOW, 30)
    assert lane is not None
    found = await Events(runtime.service)()
    assert gauge(found, "subscriptions") == {("webhook",): 1}
    assert gauge(found, "outbox_facts") == {SALE: 1}
    assert gauge(found, "delivery_lag_seconds") == {("sale", "s1"): 40}
    assert gauge(found, "delivery_failures") == {("sale", "s1"): 0}
    assert gauge(found, "dead_letters") == {SALE: 0}


async def test_a_store_that_is_away_is_told_as_such(runtime: Runtime) -> None:
    """The answer comes all the same, and says so."""
    await runtime.store.create_event(Event(event_id="sale"), NOW)
    await runtime.store.close()
    found = await Events(runtime.service)()
    assert found.gauges == {"waitroom_store_up": {(): 0.0}}


async def test_a_step_from_the_future_is_a_clock_that_differs(runtime: Runtime) -> None:
    """Another plane wrote it, and its clock is ahead of ours; or ours is behind."""
    await runtime.store.create_event(Event(event_id="sale"), NOW)
    await runtime.store.advance("sale", 1, NOW - 5)
    assert gauge(await Events(runtime.service)(), "clock_skew_seconds") == {("entries",): 0}
    await runtime.store.advance("sale", 1, NOW + 9)
    assert gauge(await Events(runtime.service)(), "clock_skew_seconds") == {("entries",): 9}


async def test_the_stores_own_clock(runtime: Runtime) -> None:
    """Where it has one; otherwise nothing is said of it."""

    async def ahead() -> float | None:
        return -3.5

    found = await Events(runtime.service, ahead=ahead)()
    assert gauge(found, "clock_skew_seconds")["server",] == -3.5


async def test_of_very_many_events_the_busiest_are_told(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are counted, so that a deployment of many cannot drown its Prometheus."""
    monkeypatch.setattr(events, "MOST_EVENTS", 2)
    for event_id, people in (("a", 0), ("b", 5), ("c", 1)):
        await runtime.store.create_event(Event(event_id=event_id), NOW)
        if people:
            await runtime.store.join(event_id, people, NOW)
    found = await Events(runtime.service)()
    assert gauge(found, "event_queue") == {("b",): 5, ("c",): 1}
    assert gauge(found, "events_unlisted") == {(): 1}
    assert gauge(found, "events")["open",] == 3


async def test_the_wait_of_who_is_last(runtime: Runtime) -> None:
    """The same numbers as visitors are told; none before there is something to go by."""
    store = runtime.store
    await store.create_event(Event(event_id="sale", inlet=Rate(per_minute=60)), NOW - 200)
    await store.join("sale", 600, NOW - 200)
    for second in range(NOW - 200, NOW):
        await store.advance("sale", 1, second, f"rate:{second}")
    told = Events(runtime.service)
    assert gauge(await told(), "event_wait_seconds") == {}
    await runtime.service.estimates.look()
    wait = gauge(await told(), "event_wait_seconds")
    assert set(wait) == {("sale", "0.5"), ("sale", "0.9")}
    assert 300 < wait["sale", "0.5"] <= wait["sale", "0.9"] < 600
