"""Samples of the counters: kept when something changed, once for all planes."""

from __future__ import annotations

from planes import NOW, Plane

from waitroom.control.sampling import EACH
from waitroom.core.model import Place, Sample, SessionStatus


async def samples(plane: Plane) -> list[Sample]:
    """What is kept, with times seen from ``NOW``."""
    kept = await plane.store.samples("sale", 0, 1_000)
    return [Sample(one.second - NOW, *list(_values(one))) for one in kept]


def _values(one: Sample) -> tuple[int, ...]:
    return one.tokens, one.completed, one.abandoned, one.expired, one.active


async def admitted(plane: Plane, position: int, second: int, validity: int = 3_600) -> None:
    """A visitor who is let in."""
    epoch = (await plane.service.snapshot("sale")).epoch
    place = Place(position, NOW)
    await plane.store.admit("sale", epoch, place, NOW + second, "https://i.example", validity)


async def finish(plane: Plane, position: int, second: int) -> None:
    """A visitor who is done."""
    epoch = (await plane.service.snapshot("sale")).epoch
    status = SessionStatus.COMPLETED
    await plane.store.finish("sale", epoch, Place(position, NOW), status, NOW + second)


async def test_what_changes_is_kept(plane: Plane) -> None:
    """At the first look after a change, then at most each 15 s; nothing while nothing happens."""
    await plane.crowd(people=10)
    await plane.store.advance("sale", 10, NOW)
    await plane.look(0)
    assert await samples(plane) == []
    await admitted(plane, 1, 1)
    await plane.look(1)
    assert await samples(plane) == [Sample(0, 1, 0, 0, 0, 1)]
    await admitted(plane, 2, 2)
    for second in range(2, 50):
        await plane.look(second)
    assert (await samples(plane))[1:] == [Sample(15, 2, 0, 0, 0, 2)]
    await finish(plane, 1, 50)
    await plane.look(61)
    assert (await samples(plane))[2:] == [Sample(60, 2, 1, 0, 0, 1)]


async def test_sessions_that_run_out(plane: Plane) -> None:
    """They are counted though no other counter tells."""
    await plane.crowd(people=10)
    await plane.store.advance("sale", 10, NOW)
    await admitted(plane, 1, 0, validity=40)
    for second in range(0, 70, 5):
        await plane.look(second)
    assert await samples(plane) == [Sample(0, 1, 0, 0, 0, 1), Sample(45, 1, 0, 0, 0, 0)]


async def test_planes_keep_the_same(planes: tuple[Plane, Plane]) -> None:
    """Two planes write the same samples over each other."""
    one, other = planes
    await one.crowd(people=10)
    await one.store.advance("sale", 10, NOW)
    for second in range(3 * EACH):
        await admitted(one, 1 + second // EACH, second)
        await one.look(second)
        await other.look(second)
    kept = await samples(one)
    assert [sample.second for sample in kept] == [0, EACH, 2 * EACH]
    assert [sample.tokens for sample in kept] == [1, 2, 3]


async def test_a_reset(plane: Plane) -> None:
    """The new line has samples of its own."""
    await plane.crowd(people=10)
    await plane.store.advance("sale", 10, NOW)
    await admitted(plane, 1, 0)
    await plane.look(0)
    await plane.store.reset_event("sale", NOW + 1)
    assert await samples(plane) == []
    await plane.look(20)
    assert await samples(plane) == []
