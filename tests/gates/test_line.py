"""Gates and the line: real checks, real steps of an inlet, a real store; only the time is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from waiting import wait_until
from waitroom.control.gates.asking import Asking
from waitroom.control.gates.watch import GateWatch
from waitroom.control.jobs import Jobs
from waitroom.core.by_second import gate_note
from waitroom.core.gates import AlertmanagerGate, Gate, HttpGate, HttpProbe
from waitroom.core.inlet_kinds import Adaptive, Inlet, Rate
from waitroom.core.model import Event
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.store.sqlite import SqliteStore
from waitroom.tokens.keys import KeyRing

from .pacer import Pacer
from .sites import Answer, LoopbackSite, in_turn, says

NOW = 1_800_000_000
GOOD, BAD = says(200), says(500)


class Plane:
    """One control plane: its watch and its periodic work, on a store that it shares."""

    def __init__(self, path: Path, secret: bytes, asking: Asking, pacer: Pacer) -> None:
        self.pacer = pacer
        self.store = SqliteStore(path)
        self.service = Service(
            self.store,
            KeyRing(Vault(secret, "signing keys")),
            secret,
            issuer_of=lambda event_id: f"https://line.example/oidc/{event_id}",
            clock=pacer.clock,
        )
        self.watch = GateWatch(self.store.note, pacer.clock, asking, pause=pacer.pause)
        self.jobs = Jobs(self.service, self.watch.health)

    async def look(self) -> None:
        """The work of the present second, to its end."""
        await self.jobs.tick()
        await self.jobs.settle()
        await wait_until(lambda: not self.watch._telling.is_writing, description="noted")

    async def serving(self) -> int:
        """Where the line stands."""
        return (await self.service.snapshot("sale")).counters.serving

    async def event(
        self, inlet: Inlet, *gates: Gate, people: int = 10_000, probe: HttpProbe | None = None
    ) -> None:
        """An event in whose line people wait."""
        event = Event(event_id="sale", inlet=inlet, gates=gates, probe=probe)
        await self.store.create_event(event, NOW)
        await self.store.join("sale", people, NOW)

    async def close(self) -> None:
        """End everything."""
        await self.jobs.stop()
        await self.watch.stop()
        await self.service.close()
        await self.store.close()


@asynccontextmanager
async def planes(count: int, path: Path, secret: bytes) -> AsyncIterator[list[Plane]]:
    """Control planes on one store; each has a time of its own that the test moves."""
    async with AsyncExitStack() as stack:
        asking = await stack.enter_async_context(Asking())
        found = [Plane(path / "store.db", secret, asking, Pacer(NOW + 0.01)) for _ in range(count)]
        for plane in found:
            stack.push_async_callback(plane.close)
        yield found


def by_the_second(pacer: Pacer, is_good: Callable[[int], bool]) -> Answer:
    """A site that is well in some seconds and not in others."""

    async def answer(*wire: object) -> None:
        well = is_good(int(pacer.now) - NOW)
        await (GOOD if well else BAD)(*wire)  # type: ignore[arg-type]

    return answer


async def test_a_gate_that_flaps(tmp_path: Path, secret: bytes, shop: LoopbackSite) -> None:
    """Well in every other second: one step in each of those, none in between, nothing made up."""
    async with planes(1, tmp_path, secret) as (plane,):
        url = shop.at("/", by_the_second(plane.pacer, lambda second: second % 2 == 0))
        await plane.event(Rate(per_minute=600), HttpGate(url=url, interval=1))
        await plane.look()
        await plane.pacer.rest(1)
        await plane.look()
        steps = []
        for _ in range(40):
            before = await plane.serving()
            await plane.pacer.go_on(1)
            await plane.look()
            steps.append(await plane.serving() - before)
        assert steps == [0, 10] * 20


async def test_a_long_hold_is_not_made_up(
    tmp_path: Path, secret: bytes, shop: LoopbackSite
) -> None:
    """Ten minutes in alarm, then well: the line goes on at its rate, without a stampede."""
    async with planes(1, tmp_path, secret) as (plane,):
        url = shop.at("/", by_the_second(plane.pacer, lambda second: second >= 600))
        await plane.event(Rate(per_minute=600), HttpGate(url=url, interval=1))
        await plane.look()
        await plane.pacer.rest(1)
        served = {}
        for second in (*range(10, 590, 10), *range(590, 610)):
            await plane.pacer.go_on(NOW + second + 0.01 - plane.pacer.now)
            await plane.look()
            served[second] = await plane.serving()
        assert served[599] == 0
        assert [served[second] for second in range(600, 610)] == list(range(10, 110, 10))


async def test_two_planes_that_disagree(tmp_path: Path, secret: bytes, shop: LoopbackSite) -> None:
    """One finds the site well when the other does not: one step each second, whoever makes it."""
    async with planes(2, tmp_path, secret) as (even, odd):
        gate = HttpGate(url=shop.at("/", GOOD), interval=1)
        await even.event(Rate(per_minute=600), gate)
        # The same gate; the site answers the two differently.
        wobbly = in_turn(*[GOOD, BAD, BAD, GOOD] * 30)
        shop.at("/", wobbly)
        for plane in (even, odd):
            await plane.look()
            await plane.pacer.rest(1)
        before = await even.serving()
        for second in range(1, 31):
            for plane in (even, odd):
                await plane.pacer.go_on(1)
                await plane.look()
            assert await even.serving() - before <= 10 * second
        assert await even.serving() - before == 300


async def test_an_alert_is_heard_by_all_planes(tmp_path: Path, secret: bytes) -> None:
    """What one plane was told the others read: none makes a step while it fires."""
    async with planes(2, tmp_path, secret) as (one, other):
        await one.event(Rate(per_minute=600), AlertmanagerGate())
        await one.look()
        before = await one.serving()
        assert before > 0
        await one.store.note("sale", {"alert:1": '{"alertname":"Down","since":5}', "alerts": "{}"})
        for plane in (other, one, other):
            await plane.pacer.go_on(1)
            await plane.look()
        assert await one.serving() == before
        note = gate_note((await one.service.snapshot("sale")).notes)
        assert note.state == "holds"
        await other.store.note("sale", {"alert:1": None})
        await one.pacer.go_on(10)
        await one.look()
        assert await one.serving() > before


async def test_a_probe_that_knows_nothing_stops_nothing(
    tmp_path: Path, secret: bytes, shop: LoopbackSite
) -> None:
    """An adaptive inlet goes on at its rate, though the probe's URL leads nowhere it may ask."""
    async with planes(1, tmp_path, secret) as (plane,):
        probe = HttpProbe(url="http://[fe80::1%25lo]/")
        await plane.event(Adaptive(floor=600, ceiling=6_000), probe=probe)
        for _ in range(10):
            await plane.look()
            await plane.pacer.rest(1)
            await plane.pacer.go_on(1)
        assert 90 <= await plane.serving() <= 110
