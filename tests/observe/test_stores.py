"""What is told of the store's steps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from waitroom.core.model import Event, Place
from waitroom.errors import EventUnknown, NotYet, StoreUnavailable
from waitroom.observe.meter import Meter, total
from waitroom.observe.stores import VERBS, inlet_of, measured
from waitroom.store import Store

DURATION = "waitroom_store_operation_duration_seconds"
NOW = 1_800_000_000


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file of its own."""
    return f"sqlite://{tmp_path / 'waitroom.db'}"


@pytest.fixture
def meter() -> Meter:
    """Of one process."""
    return Meter("public")


@pytest.fixture
async def line(store: Store, meter: Meter) -> Store:
    """A store that is measured, with one event."""
    measured(store, meter)
    await store.create_event(Event(event_id="sale"), NOW)
    return store


def outcomes(meter: Meter, verb: str) -> dict[str, float]:
    """How often a verb had which outcome."""
    cells = meter.numbers().histograms[DURATION]
    return {outcome: total(cell) for (name, outcome), cell in cells.items() if name == verb}


def counted(meter: Meter, name: str) -> dict[tuple[str, ...], float]:
    """A counter, by labels."""
    return meter.numbers().counters.get(name, {})


async def test_joins_tell_how_many_and_in_how_many_steps(line: Store, meter: Meter) -> None:
    """Places are counted one by one, batches by size."""
    await line.join("sale", 3, NOW)
    await line.join("sale", 40, NOW)
    assert counted(meter, "waitroom_joins") == {(): 43}
    cell = meter.numbers().histograms["waitroom_join_batch_size"][()]
    assert (total(cell), cell[-1]) == (2, 43)
    assert outcomes(meter, "join") == {"ok": 2}


async def test_a_step_that_was_refused_is_no_fault(line: Store, meter: Meter) -> None:
    """Refused: the caller's affair; nothing was given out."""
    with pytest.raises(EventUnknown):
        await line.join("nothing", 3, NOW)
    assert outcomes(meter, "join") == {"refused": 1}
    assert counted(meter, "waitroom_joins") == {}


async def test_a_store_that_is_away_shows(line: Store, meter: Meter) -> None:
    """Unavailable: the store's affair."""
    await line.close()
    with pytest.raises(StoreUnavailable):
        await line.join("sale", 1, NOW)
    assert outcomes(meter, "join") == {"unavailable": 1}


async def test_tokens_count_once(line: Store, meter: Meter) -> None:
    """Who asks again later is no further visitor; who is not served yet is none at all."""
    given = await line.join("sale", 2, NOW)
    place = Place(given.first, given.entry_time)
    with pytest.raises(NotYet):
        await line.admit("sale", given.epoch, place, NOW, "https://i.example", 60)
    await line.advance("sale", 1, NOW)
    for later in (0, 1, 5):
        await line.admit("sale", given.epoch, place, NOW + later, "https://i.example", 60)
    assert counted(meter, "waitroom_tokens") == {(): 1}
    assert outcomes(meter, "admit") == {"refused": 1, "ok": 3}


async def test_steps_tell_who_made_them(line: Store, meter: Meter) -> None:
    """By the slot's name; a slot that was done before is no step."""
    await line.advance("sale", 5, NOW, "periodic:60")
    await line.advance("sale", 5, NOW, slot="periodic:60")
    await line.advance("sale", 2, NOW)
    await line.advance("sale", -1, NOW, "my-own-name")
    steps = counted(meter, "waitroom_inlet_steps")
    assert steps == {("periodic",): 1, ("hand",): 2}
    assert counted(meter, "waitroom_inlet_places") == {("periodic",): 5, ("hand",): 2}


@pytest.mark.parametrize(
    ("slot", "inlet"),
    [
        (None, "hand"),
        ("rate:17", "rate"),
        ("adaptive:17", "adaptive"),
        ("target:9", "target"),
        ("whatever a caller sends", "hand"),
        ("sale:1", "hand"),
        ("", "hand"),
    ],
)
def test_a_caller_cannot_add_a_label(slot: str | None, inlet: str) -> None:
    """Idempotency keys are free text; only our own kinds are labels."""
    assert inlet_of(slot) == inlet


async def test_who_gave_up_waiting_shows(meter: Meter) -> None:
    """A step that nobody waits for any more is neither good nor bad."""

    class Slow:
        def __getattr__(self, name: str) -> Any:
            async def verb(*_args: object) -> None:
                await asyncio.Event().wait()

            return verb

    store: Any = measured(Slow(), meter)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await store.ping()
    assert outcomes(meter, "ping") == {"cancelled": 1}


def test_every_step_is_measured() -> None:
    """All coroutines of the Protocol but closing."""
    assert {"join", "admit", "snapshots", "ping", "exits", "keep_lane"} <= set(VERBS)
    assert "close" not in VERBS
