"""What gates and probes make of an event's health, and what is told of it."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from waiting import wait_until
from waitroom.control.gates import watch as watching
from waitroom.control.gates.asking import Asking
from waitroom.control.gates.check import FORGET
from waitroom.control.gates.watch import GateWatch, gate_watch
from waitroom.core.by_second import GATE_NOTE as NOTE
from waitroom.core.gates import (
    WELL,
    AlertmanagerGate,
    Gate,
    GateState,
    Health,
    HttpGate,
    HttpProbe,
    Probe,
    PrometheusGate,
)
from waitroom.core.model import Counters, Event, Snapshot
from waitroom.errors import EventUnknown, StoreUnavailable

from .pacer import Pacer
from .sites import LoopbackSite, closes, in_turn, says

NOW = 1_800_000_000
GOOD, BAD = says(200), says(500)


class Plane:
    """One control plane's watch, over notes that it may share with another."""

    def __init__(self, asking: Asking, notes: dict[str, dict[str, str]]) -> None:
        self.pacer = Pacer(NOW)
        self.notes = notes
        self.written: list[Mapping[str, str | None]] = []
        self.trouble: Exception | None = None
        self.watch = GateWatch(self.note, self.pacer.clock, asking, pause=self.pacer.pause)

    async def note(self, event_id: str, changes: Mapping[str, str | None]) -> None:
        """The store's verb."""
        if self.trouble is not None:
            raise self.trouble
        self.written.append(changes)
        kept = self.notes.setdefault(event_id, {})
        for name, text in changes.items():
            if text is None:
                kept.pop(name, None)
            else:
                kept[name] = text

    def at(
        self, gates: Iterable[Gate] = (), probe: Probe | None = None, event_id: str = "sale"
    ) -> Snapshot:
        """The event as the store has it."""
        return snapshot(gates, probe, event_id, self.notes.get(event_id, {}))

    def ask(self, *gates: Gate, **others: Any) -> Health:
        """The health of the event with these gates, now."""
        return self.watch.health(self.at(gates, **others), int(self.pacer.now))

    async def told(self, *gates: Gate, **others: Any) -> Health:
        """The same, and what is owed to the store has been written."""
        health = self.ask(*gates, **others)
        await wait_until(lambda: not self.watch._telling.is_writing, description="written")
        return health

    def noted(self) -> dict[str, Any]:
        """The note ``gate`` of the event."""
        return dict(json.loads(self.notes["sale"][NOTE]))


def snapshot(
    gates: Iterable[Gate] = (),
    probe: Probe | None = None,
    event_id: str = "sale",
    notes: Mapping[str, str] = {},
) -> Snapshot:
    """An event as a store has it."""
    event = Event(event_id=event_id, gates=tuple(gates), probe=probe)
    return Snapshot(event=event, epoch=1, counters=Counters(), notes=dict(notes))


@asynccontextmanager
async def planes(
    count: int, notes: dict[str, dict[str, str]] | None = None
) -> AsyncIterator[list[Plane]]:
    """Control planes on one store, for as long as the block lasts."""
    async with AsyncExitStack() as stack:
        shared = {} if notes is None else notes
        asking = await stack.enter_async_context(Asking())
        found = [Plane(asking, shared) for _ in range(count)]
        for plane in found:
            stack.push_async_callback(plane.watch.stop)
        yield found


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    """One control plane."""
    async with planes(1) as (one,):
        yield one


async def test_an_event_without_gates(plane: Plane) -> None:
    """It is well, and costs nothing."""
    assert plane.ask() is WELL
    assert not len(plane.watch._telling)


async def test_a_gate_holds_while_it_is_in_alarm(plane: Plane, shop: LoopbackSite) -> None:
    """It is told of once when it begins and once when it ends, to the log and to the store."""
    gate = HttpGate(url=shop.at("/", in_turn(GOOD, BAD, BAD, GOOD)), interval=5)
    plane.ask(gate)
    await plane.pacer.rest(1)
    health = []
    with capture_logs() as logged:
        for _ in range(4):
            health += [await plane.told(gate), await plane.told(gate)]
            await plane.pacer.go_on(5)
    alarm = Health(holds=True, alarm=True)
    assert health == [WELL, WELL, alarm, alarm, alarm, alarm, WELL, WELL]
    assert [entry["event"] for entry in logged] == [
        "gates hold the line",
        "gates let the line go on",
    ]
    states = [json.loads(str(changes[NOTE])) for changes in plane.written]
    assert [(note["state"], note["since"] - NOW) for note in states] == [("holds", 5), ("open", 15)]
    assert states[0]["detail"].startswith("1-http: alarm, 500")


@pytest.mark.parametrize(("unknown", "is_held"), [("hold", True), ("go", False)])
async def test_what_unknown_means_is_a_setting(
    plane: Plane, shop: LoopbackSite, unknown: Any, is_held: bool
) -> None:
    """Of a Prometheus that does not answer the operator says whether the line waits."""
    shop.at("/api/v1/query", closes)
    gate = PrometheusGate(url=shop.origin, query="up", threshold=0, unknown=unknown)
    plane.ask(gate)
    await plane.pacer.rest(1)
    assert plane.ask(gate) == Health(holds=is_held)
    (view,) = plane.watch.views(plane.at([gate]), NOW)
    assert (view.name, view.state, view.holds) == ("1-prometheus", GateState.UNKNOWN, is_held)
    assert "Prometheus" in view.detail


async def test_any_gate_holds(plane: Plane, shop: LoopbackSite) -> None:
    """Several gates are an and: one in alarm holds, whatever the others say."""
    gates = (
        HttpGate(url=shop.at("/a", GOOD)),
        HttpGate(url=shop.at("/b", BAD)),
        AlertmanagerGate(),
    )
    plane.ask(*gates)
    await plane.pacer.rest(2)
    assert plane.ask(*gates) == Health(holds=True, alarm=True)
    views = plane.watch.views(plane.at(gates), NOW)
    assert [(v.name, v.state.value, v.holds) for v in views] == [
        ("1-http", "ok", False),
        ("2-http", "alarm", True),
        ("3-alertmanager", "unknown", False),
    ]


async def test_alerts_hold(plane: Plane) -> None:
    """A gate that goes by alerts reads them from the event's notes: no check of its own."""
    gate = AlertmanagerGate(alertname="Down")
    plane.notes["sale"] = {"alerts": '{"heard":1}'}
    assert await plane.told(gate) == WELL
    plane.notes["sale"]["alert:1f"] = json.dumps({"alertname": "Down", "since": NOW - 60})
    assert await plane.told(gate) == Health(holds=True, alarm=True)
    assert plane.noted()["state"] == "holds"
    (view,) = plane.watch.views(plane.at([gate]), NOW)
    assert (view.since, view.detail) == (NOW - 60, "Down is firing (alert:1f; 1 in all)")


async def test_a_probe_measures(plane: Plane, shop: LoopbackSite) -> None:
    """Its latency and errors are the event's; it holds nothing."""
    probe = HttpProbe(url=shop.at("/", in_turn(GOOD, GOOD, GOOD, BAD)), window=4)
    assert plane.watch.probe(plane.at(probe=probe)) == (None, None)
    plane.ask(probe=probe)
    await plane.pacer.rest(1)
    for _ in range(3):
        await plane.pacer.go_on(1)
    health = plane.ask(probe=probe)
    assert (health.holds, health.alarm, health.errors) == (False, False, 0.25)
    assert health.latency is not None
    assert plane.watch.probe(plane.at(probe=probe)) == (health.latency, health.errors)
    plane.pacer.now += 60
    assert plane.ask(probe=probe) == WELL


async def test_a_restart_tells_nothing_anew(shop: LoopbackSite) -> None:
    """A new plane goes on from the note: while its checks have not answered, nothing has changed,
    and what is still so is not told again."""
    for answer, text, holds in ((BAD, "holds", True), (GOOD, "open", False)):
        note = json.dumps({"state": text, "since": NOW - 100})
        gate = HttpGate(url=shop.at(f"/{text}", answer))
        async with planes(1, {"sale": {NOTE: note}}) as (plane,):
            with capture_logs() as logged:
                assert (await plane.told(gate)).holds  # not asked yet, and unknown holds
                await plane.pacer.rest(1)
                assert (await plane.told(gate)).holds is holds
            assert (plane.written, logged) == ([], [])


async def test_a_restart_in_an_alarm_lets_nobody_in(shop: LoopbackSite) -> None:
    """What was held stays so until the new plane knows better, even if unknown means go."""
    gate = HttpGate(url=shop.at("/", GOOD), unknown="go")
    async with planes(1, {"sale": {NOTE: '{"state":"holds","since":5}'}}) as (plane,):
        assert plane.ask(gate) == Health(holds=True)
        await plane.pacer.rest(1)
        assert plane.ask(gate) == WELL


async def test_what_changed_while_nobody_watched(shop: LoopbackSite) -> None:
    """A new plane that finds the gates otherwise than the note says puts it right."""
    gate = HttpGate(url=shop.at("/", GOOD))
    async with planes(1, {"sale": {NOTE: '{"state":"holds","since":5}'}}) as (plane,):
        plane.ask(gate)
        await plane.pacer.rest(1)
        await plane.told(gate)
        assert plane.noted() == {"state": "open", "since": NOW, "detail": ""}


async def test_a_check_that_never_answers_is_told_of(plane: Plane) -> None:
    """A first answer that is long overdue is a state like any other: the line is held, and that
    is no secret."""
    gate = HttpGate(url="http://127.0.0.1:9/", interval=1, latency=1)
    plane.watch._checks._lane = asyncio.Semaphore(0)  # no turn ever comes
    assert (await plane.told(gate)).holds
    assert not plane.written
    plane.pacer.now += 10
    assert (await plane.told(gate)).holds
    assert plane.noted()["state"] == "holds"


async def test_a_note_that_could_not_be_written(plane: Plane, shop: LoopbackSite) -> None:
    """It is written when the store is back; the log tells of the outage once."""
    gate = HttpGate(url=shop.at("/", BAD))
    plane.ask(gate)
    await plane.pacer.rest(1)
    plane.trouble = StoreUnavailable("away")
    with capture_logs() as logged:
        for _ in range(3):
            assert (await plane.told(gate)).holds
        plane.trouble = ValueError("an error of ours")
        await plane.told(gate)
        plane.trouble = None
        await plane.told(gate)
        await plane.told(gate)
    assert [entry["event"] for entry in logged] == [
        "gates hold the line",
        "notes about gates cannot be written",
        "a note about gates was not written",
        "over: notes about gates cannot be written",
    ]
    assert len(plane.written) == 1
    assert plane.noted()["since"] == NOW


async def test_an_event_that_was_deleted(plane: Plane, shop: LoopbackSite) -> None:
    """There is nothing to write any more, and nothing to complain of."""
    gate = HttpGate(url=shop.at("/", BAD))
    plane.ask(gate)
    await plane.pacer.rest(1)
    plane.trouble = EventUnknown("sale")
    with capture_logs() as logged:
        await plane.told(gate)
    assert [entry["event"] for entry in logged] == ["gates hold the line"]


async def test_gates_that_are_taken_away(plane: Plane, shop: LoopbackSite) -> None:
    """The line goes on at once, and the note goes too."""
    gate = HttpGate(url=shop.at("/", BAD))
    plane.ask(gate)
    await plane.pacer.rest(1)
    await plane.told(gate)
    assert not (await plane.told()).holds
    assert plane.notes["sale"] == {}
    assert plane.ask() is WELL


async def test_a_line_that_came_back_without_its_notes(plane: Plane, shop: LoopbackSite) -> None:
    """What the store has lost is noted again, with the time of the change."""
    gate = HttpGate(url=shop.at("/", BAD))
    plane.ask(gate)
    await plane.pacer.rest(1)
    await plane.told(gate)
    plane.notes.clear()
    plane.pacer.now += 3
    await plane.told(gate)
    assert (plane.noted()["state"], plane.noted()["since"]) == ("holds", NOW)


@pytest.mark.parametrize("text", ["", "{", "5", '{"state":"odd"}', "[" * 5_000, '"\\ud800"'])
async def test_a_note_that_cannot_be_read(shop: LoopbackSite, text: str) -> None:
    """It says nothing, and is written over when something changes."""
    gate = HttpGate(url=shop.at("/", BAD))
    async with planes(1, {"sale": {NOTE: text}}) as (plane,):
        plane.ask(gate)
        await plane.pacer.rest(1)
        assert (await plane.told(gate)).holds
        assert plane.noted()["state"] == "holds"


async def test_two_planes_that_disagree(shop: LoopbackSite) -> None:
    """One cannot reach the site, the other can: each tells of what it saw change, and neither
    contradicts the other again and again."""
    async with planes(2) as (cut_off, other):
        bad, good = HttpGate(url=shop.at("/bad", BAD)), HttpGate(url=shop.at("/good", GOOD))
        for plane, gate in ((cut_off, bad), (other, good)):
            plane.ask(gate)
            await plane.pacer.rest(1)
        for _ in range(20):
            assert (await cut_off.told(bad)).holds
            assert not (await other.told(good)).holds
        assert (len(cut_off.written), len(other.written)) == (1, 0)


async def test_a_thousand_events(plane: Plane, shop: LoopbackSite) -> None:
    """With gates and a probe that they share they are two requests, and little memory."""
    gate = HttpGate(url=shop.at("/", GOOD))
    probe = HttpProbe(url=shop.at("/probe", GOOD))
    events = [plane.at([gate, AlertmanagerGate()], probe, f"e{n}") for n in range(1_000)]
    tracemalloc.start()
    for at in events:
        plane.watch.health(at, NOW)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 1_000_000
    await plane.pacer.rest(2)
    assert not any(plane.watch.health(at, NOW).holds for at in events)
    assert sorted(shop.asked) == ["/", "/probe"]
    for _ in range(FORGET + 1):
        plane.watch.look_round()
    assert (len(plane.watch._telling), len(plane.watch._checks)) == (0, 0)


async def test_it_runs_by_itself(shop: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a part of a control plane: checks begin when asked for, and end when nobody asks."""
    monkeypatch.setattr(watching, "GLANCE", 0.001)
    gate = HttpGate(url=shop.at("/", GOOD))

    async def note(_event_id: str, _changes: Mapping[str, str | None]) -> None:
        """The store's verb."""

    async with gate_watch(note, lambda: float(NOW)) as watch:
        watch.health(snapshot([gate]), NOW)
        await wait_until(lambda: shop.asked, description="it is asked")
        await wait_until(lambda: not len(watch._checks), description="nobody has asked again")
