"""Two control planes in random order over every inlet and store: each step once, nobody too many.

Planes look when they like, with clocks that are seconds apart, are held up amid a step, see old
snapshots, and the operator changes the inlet meanwhile. What must hold is checked after each step.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store import redis_servers
from waitroom.control.jobs import Jobs
from waitroom.core.audit import Deed
from waitroom.core.gates import WELL, Health
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import Advance, Event, Place, Snapshot, State
from waitroom.errors import EventPaused, NotYet, PlaceExpired, SessionEnded, SiteFull
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.store import Store, StoreOptions, open_store
from waitroom.tokens.keys import KeyRing

NOW: Final = 1_800_000_000
ISSUER: Final = "https://line.example/oidc/sale"
SECRET: Final = b"a deployment secret of the tests, 32 bytes or more"
MOST: Final = 6  # that one second may bring, by any of the inlets below
CAP: Final = 9
INLETS: Final[list[Inlet]] = [
    Manual(),
    MaxSize(size=7),
    Periodic(increment=6, interval=1),
    Periodic(increment=6, interval=5),
    Rate(per_minute=200),
    Rate(per_minute=360, ramp_up=20, start=NOW),
    Target(size=5, max_lead=MOST),
    Adaptive(floor=60, ceiling=360, increase=100, interval=2, max_lead=MOST),
]
HEALTHS: Final = [WELL, Health(latency=0.1), Health(latency=9.0), Health(holds=True, alarm=True)]


class Watched:
    """A store as one plane has it: its steps may be held up, and what they did is written down."""

    def __init__(self, store: Store, made: dict[str, list[int]]) -> None:
        self._store = store
        self._made = made
        self.gate = asyncio.Event()
        self.gate.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def advance(
        self,
        event_id: str,
        by: int,
        now: int,
        slot: str | None = None,
        *,
        at: int | None = None,
        notes: Mapping[str, str] | None = None,
        deed: Deed | None = None,
    ) -> Advance:
        await self.gate.wait()
        step = await self._store.advance(event_id, by, now, slot, at=at, notes=notes, deed=deed)
        if step.current != step.previous:
            self._made.setdefault(str(slot), []).append(step.current - step.previous)
        return step


class Planes(RuleBasedStateMachine):
    """One line, two planes, visitors, an operator."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.time = NOW
        self.made: dict[str, list[int]] = {}
        self.health = WELL
        self.people = 0
        self.by_hand = 0
        self.admitted: list[Place] = []
        self.run(self.open())
        self.join(200)

    async def open(self) -> None:
        self.store = open_store(self.empty(), StoreOptions(failover_gap=0))
        event = Event(event_id="sale", inlet=INLETS[2], max_active=CAP, validity_period=20)
        self.epoch = (await self.store.create_event(event, NOW)).epoch
        self.stores = [Watched(self.store, self.made) for _ in range(2)]
        self.late = [0, 0]  # seconds by which a plane's clock is behind
        self.services = [self.service(which) for which in (0, 1)]
        self.jobs = [Jobs(service, self.healthy) for service in self.services]

    def empty(self) -> str:
        """The URL of a store with nothing in it."""
        return f"sqlite://{self.folder.name}/line.db"

    def service(self, which: int) -> Service:
        return Service(
            self.stores[which],
            KeyRing(Vault(SECRET, "signing keys")),
            SECRET,
            issuer_of=lambda _: ISSUER,
            clock=lambda: self.time - self.late[which] + 0.01,
        )

    def healthy(self, _at: Snapshot, _now: int) -> Health:
        return self.health

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        async def close() -> None:
            for jobs, service in zip(self.jobs, self.services, strict=True):
                await jobs.stop()
                await service.close()
            await self.store.close()

        self.run(close())
        self.runner.close()
        self.folder.cleanup()

    # --- the planes

    @rule(which=st.sampled_from([0, 1, 2]), seconds=st.sampled_from([0, 1, 1, 1, 2, 7, 30]))
    def look(self, which: int, seconds: int) -> None:
        """One of them looks, or both at once, after a while."""
        self.time += seconds
        planes = [0, 1] if which == 2 else [which]

        async def looks() -> None:
            await asyncio.gather(*(self.jobs[plane].tick() for plane in planes))
            free = [plane for plane in planes if self.stores[plane].gate.is_set()]
            await asyncio.gather(*(self.jobs[plane].settle() for plane in free))

        self.run(looks())

    @rule(which=st.sampled_from([0, 1, 2, 2]), inlet=st.sampled_from(INLETS))
    def look_for_a_while(self, which: int, inlet: Inlet) -> None:
        """Five seconds of an inlet."""
        self.set_inlet(inlet)
        for _ in range(5):
            self.look(which, 1)

    @rule(which=st.sampled_from([0, 1]))
    def freeze(self, which: int) -> None:
        """What it sends from now on stays on its way."""
        self.stores[which].gate.clear()

    @rule(which=st.sampled_from([0, 1]))
    def wake(self, which: int) -> None:
        """What was on its way arrives."""

        async def wakes() -> None:
            self.stores[which].gate.set()
            await self.jobs[which].settle()

        self.run(wakes())

    @rule(which=st.sampled_from([0, 1]), late=st.sampled_from([0, 0, 1, 3]))
    def set_clock(self, which: int, late: int) -> None:
        self.late[which] = late

    @rule(which=st.sampled_from([0, 1]))
    def restart(self, which: int) -> None:
        """A plane that was killed comes back and knows nothing."""

        async def restarts() -> None:
            await self.jobs[which].stop()
            self.stores[which].gate.set()
            self.jobs[which] = Jobs(self.services[which], self.healthy)

        self.run(restarts())

    # --- the operator and the site

    @rule(inlet=st.sampled_from(INLETS))
    def set_inlet(self, inlet: Inlet) -> None:
        self.run(self.store.change_event("sale", {"inlet": inlet}, self.time))

    @rule(state=st.sampled_from([State.OPEN, State.OPEN, State.PAUSED]))
    def set_state(self, state: State) -> None:
        self.run(self.store.change_event("sale", {"state": state}, self.time))

    @rule(by=st.integers(-4, 4))
    def move(self, by: int) -> None:
        step = self.run(self.store.advance("sale", by, self.time))
        self.by_hand += step.current - step.previous

    @rule(health=st.sampled_from(HEALTHS))
    def feel(self, health: Health) -> None:
        self.health = health

    # --- visitors

    @rule(count=st.integers(1, 30))
    def join(self, count: int) -> None:
        self.run(self.store.join("sale", count, self.time))
        self.people += count

    @precondition(lambda self: self.people)
    @rule(data=st.data(), all_of_them=st.booleans())
    def come(self, data: st.DataObject, all_of_them: bool) -> None:
        """Visitors ask; a token goes to whom was called, if there is room, and to nobody else."""
        wanted = range(1, self.people + 1) if all_of_them else [data.draw(st.integers(1, 60))]
        for position in wanted[:60]:
            self.ask(Place(position, self.time))

    def ask(self, place: Place) -> None:
        at = self.snapshot()
        try:
            self.run(self.store.admit("sale", self.epoch, place, self.time, ISSUER, 20))
        except (EventPaused, PlaceExpired, SessionEnded):
            pass
        except SiteFull:
            assert self.active() >= at.event.cap > 0
        except NotYet:
            assert place.position > at.counters.serving
        else:
            known = [known.position for known in self.admitted]
            assert place.position <= at.counters.serving or place.position in known
            self.admitted.append(place)

    @precondition(lambda self: self.admitted)
    @rule(data=st.data(), slot=st.sampled_from(["a", "b", None]), exited=st.none() | st.just(3))
    def leave(self, data: st.DataObject, slot: str | None, exited: int | None) -> None:
        """An exit message, sent twice if it has a name."""
        place = data.draw(st.sampled_from(self.admitted))
        for _ in range(2 if slot else 1):
            verb = self.store.exits("sale", self.epoch, [place], [], exited, self.time, slot)
            done = self.run(verb)
            step = done.step
            if step.current != step.previous:
                self.by_hand += step.current - step.previous

    # --- what holds

    def snapshot(self) -> Snapshot:
        at: Snapshot = self.run(self.store.snapshots(["sale"], self.time))["sale"]
        return at

    def active(self) -> int:
        return int(self.run(self.store.active_sessions("sale", self.time)))

    @invariant()
    def each_step_is_made_once(self) -> None:
        """`bounded`: of one name one, no larger than a second may bring."""
        for slot, moves in self.made.items():
            assert len(moves) == 1, f"{slot} was made {len(moves)} times"
            assert 0 < moves[0] <= (3 * 5 if slot.startswith("target") else MOST), slot

    @invariant()
    def the_counter_is_the_sum_of_its_steps(self) -> None:
        """Nothing moved it that is not written down; expiry does not here."""
        steps = sum(by for moves in self.made.values() for by in moves)
        assert self.snapshot().counters.serving == steps + self.by_hand

    @invariant()
    def nobody_too_many(self) -> None:
        """The cap of the event holds beside any inlet."""
        assert self.active() <= CAP


class OnRedis(Planes):
    """On a real server, emptied before each run."""

    server: ClassVar[redis_servers.Server]

    def empty(self) -> str:
        self.server.call("FLUSHALL")
        return self.server.url


@pytest.fixture(scope="module")
def redis_for_planes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The server on which they run."""
    with redis_servers.server(tmp_path_factory.mktemp("planes")) as server:
        OnRedis.server = server
        yield


HOW: Final = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.slow
class TestPlanesOnSqlite(Planes.TestCase):  # type: ignore[misc, valid-type] # made by hypothesis
    """The random test on the embedded store."""

    settings = HOW


@pytest.mark.slow
@pytest.mark.usefixtures("redis_for_planes")
class TestPlanesOnRedis(OnRedis.TestCase):  # type: ignore[misc, valid-type] # made by hypothesis
    """The random test on Redis."""

    settings = HOW
