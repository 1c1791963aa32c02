"""Two control planes, each a real process tree, over one store: stopped, woken and killed.

The clock is the real one. What is promised, for every inlet that moves the line by itself: the
servings curve shows each of its steps once, whoever made it (`bounded`), nobody comes in who was
not called (`exact`), and no more are active than the cap allows.
"""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import pytest

from cli.running import Waitroom, family
from store import redis_servers
from waiting import wait_until
from waitroom.core.inlet_kinds import Adaptive, Inlet, Manual, MaxSize, Periodic, Rate, Target
from waitroom.core.model import Event, Place, Step
from waitroom.errors import NotYet, SiteFull
from waitroom.store import Store, open_store

ALL_AT_ONCE: Final = 7  # people let in by each step
SIZE: Final = 12  # of the target
AHEAD: Final = 3 * SIZE  # further than one step of it goes
EVENTS: Final = ("periodic", "rate", "adaptive", "target", "max_size", "manual")
ASLEEP: Final = 30  # s for which one plane is stopped
# Seconds after the first step at which things happen.
STOPPED, WOKEN, KILLED, END = 2, 2 + ASLEEP, 2 + ASLEEP + 2, 2 + ASLEEP + 5
LATE: Final = 8  # s that a step may be late on a busy machine; each is made all the same


class ControlPlane:
    """``waitroom control`` with all of its processes."""

    def __init__(self, home: Path, url: str, secret: bytes) -> None:
        home.mkdir()
        shared = {"WAITROOM_STORE": url, "WAITROOM_SECRET": secret.decode()}
        self.deployment = Waitroom(home, environ=shared)
        self.server: subprocess.Popen[str] = self.deployment.start("control")

    def processes(self) -> list[psutil.Process]:
        """From the one that was started downwards."""
        return [psutil.Process(self.server.pid), *family(self.server)]

    def stop(self) -> None:
        """SIGSTOP to each."""
        for process in self.processes():
            process.suspend()

    async def stop_between_steps(self, line: Store) -> None:
        """Stopped amid a transaction, it would hold the lock of a SQLite file for all that time."""
        while True:
            self.stop()
            try:
                async with asyncio.timeout(1):
                    await line.ping()
            except TimeoutError:
                self.wake()
            else:
                return

    def wake(self) -> None:
        """SIGCONT to each."""
        for process in reversed(self.processes()):
            process.resume()

    def kill(self) -> None:
        """SIGKILL to each."""
        for process in self.processes():
            process.kill()
        self.server.wait(5)

    def end(self) -> None:
        """Whatever became of it, it is gone afterwards."""
        if self.server.poll() is None:
            self.wake()
        self.deployment.stop()


@dataclass
class Pair:
    """Two of them on one store and with one secret, and the store as the test itself sees it."""

    line: Store
    one: ControlPlane
    other: ControlPlane


@pytest.fixture
async def pairs(tmp_path: Path, secret: bytes) -> AsyncIterator[list[Pair]]:
    """Such a pair on an empty store of either kind."""
    async with AsyncExitStack() as stack:
        server = stack.enter_context(redis_servers.server(tmp_path / "redis"))
        found = []
        for kind, url in (("file", f"sqlite://{tmp_path}/line.db"), ("server", server.url)):
            planes = []
            for name in ("one", "other"):
                planes.append(ControlPlane(tmp_path / f"{name}-{kind}", url, secret))
                stack.callback(planes[-1].end)
            line = open_store(url)
            stack.push_async_callback(line.close)
            found.append(Pair(line, *planes))
        yield found


async def until_then(moment: float) -> None:
    """Return at that time."""
    left = max(0.0, moment - time.time())
    await wait_until(
        lambda: time.time() >= moment, description="a while has passed", timeout=left + 5
    )


def check_curve(steps: list[Step], start: int) -> None:
    """No step is made before its second or twice; none is missing or very late."""
    for step in steps:
        scheduled = step.issued_at - start + 1
        assert step.serving % ALL_AT_ONCE == 0
        assert step.serving <= ALL_AT_ONCE * scheduled, f"too many by second {scheduled}: {steps}"
        assert step.serving >= ALL_AT_ONCE * (scheduled - LATE), f"too few: {steps}"


def check_curve_of_no_end(steps: list[Step], first: int, last: int) -> None:
    """As many as the seconds that have passed since the event was made, but for late ones."""
    for step in steps:
        assert step.serving % ALL_AT_ONCE == 0
        assert step.serving <= ALL_AT_ONCE * (step.issued_at - first + 1), f"too many: {steps}"
        assert step.serving >= ALL_AT_ONCE * (step.issued_at - first - LATE), f"too few: {steps}"
    assert steps[-1].issued_at >= last - LATE


class Crowd:
    """Visitors of the target's event: each comes as soon as called, and stays for a moment."""

    def __init__(self, store: Store, epoch: int) -> None:
        self.store = store
        self.epoch = epoch
        self.asked = 0
        self.at_the_door: list[Place] = []
        self.most = 0

    async def come(self, until: float) -> None:
        """Ask for tokens, and look how many are active, until that time."""
        while time.time() < until:
            now = int(time.time())
            serving = (await self.store.snapshots(["target"], now))["target"].counters.serving
            coming = [Place(position, now) for position in range(self.asked + 1, serving + 1)]
            self.asked = max(self.asked, serving)
            self.at_the_door += coming
            self.at_the_door = [p for p in self.at_the_door if not await self.is_let_in(p, now)]
            self.most = max(self.most, await self.store.active_sessions("target", now))
            with pytest.raises(NotYet):
                await self.admit(Place(serving + AHEAD, now), now)
            await until_then(time.time() + 0.2)

    async def is_let_in(self, place: Place, now: int) -> bool:
        """Whether there was room for one more."""
        try:
            await self.admit(place, now)
        except SiteFull:
            return False
        return True

    async def admit(self, place: Place, now: int) -> None:
        """For four seconds: places become free all the time."""
        await self.store.admit("target", self.epoch, place, now, "https://line.example", 4)


async def open_all(line: Store, start: int) -> int:
    """An event of each inlet, in whose line a crowd waits; the epoch of the target's."""
    inlets: dict[str, Inlet] = {
        "periodic": Periodic(increment=ALL_AT_ONCE, interval=1, start=start, end=start + END),
        "rate": Rate(per_minute=60 * ALL_AT_ONCE, start=start, end=start + END),
        "adaptive": Adaptive(floor=60 * ALL_AT_ONCE, ceiling=60 * ALL_AT_ONCE),
        "target": Target(size=SIZE),
        "max_size": MaxSize(size=SIZE),
        "manual": Manual(),
    }
    epochs = {}
    for event_id, inlet in inlets.items():
        at = await line.create_event(Event(event_id=event_id, inlet=inlet), start - 2)
        await line.join(event_id, 10_000, start - 2)
        epochs[event_id] = at.epoch
    return epochs["target"]


@pytest.mark.slow
async def test_each_step_of_each_inlet_is_made_once(pairs: list[Pair]) -> None:
    """One plane is stopped for half a minute and woken, the other then killed: each step once.

    On both kinds of store at the same time, since it is mostly waiting.
    """
    async with asyncio.TaskGroup() as both:
        for pair in pairs:
            both.create_task(half_a_minute(pair), name=repr(pair.line))


async def half_a_minute(pair: Pair) -> None:
    """What is promised, on one kind of store."""
    line, one, other = pair.line, pair.one, pair.other
    start = int(time.time()) + 2
    crowd = Crowd(line, await open_all(line, start))
    coming = asyncio.create_task(crowd.come(start + END + 1))
    await until_then(start + STOPPED + 0.5)
    await one.stop_between_steps(line)
    await until_then(start + WOKEN + 0.5)
    asleep = (await line.snapshots(["periodic"], start))["periodic"].counters.serving
    one.wake()
    await until_then(start + KILLED + 0.5)
    other.kill()
    await until_then(start + END + 1.5)  # the last one's second, and time in which none may follow
    await coming
    curves = {event_id: (await line.curves(event_id, 0, 1_000))[1] for event_id in EVENTS}
    for event_id in ("periodic", "rate"):
        check_curve(curves[event_id], start)
        assert curves[event_id][-1].serving == ALL_AT_ONCE * END
    assert asleep >= ALL_AT_ONCE * (WOKEN - LATE)
    check_curve_of_no_end(curves["adaptive"], start - 3, start + END)
    assert not curves["manual"]
    assert not curves["max_size"]
    assert crowd.most == SIZE
    assert crowd.asked > 3 * SIZE
