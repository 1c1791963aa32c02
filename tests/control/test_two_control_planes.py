"""Two control planes, each a real process tree, over one store: stopped, woken and killed.

The clock is the real one. What is promised (`bounded`): the servings curve shows each step of the
inlet once, whoever made it.
"""

import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import psutil
import pytest

from cli.running import Waitroom, family
from store import redis_servers
from waiting import wait_until
from waitroom.core.inlet_kinds import Periodic
from waitroom.core.model import Event, Step
from waitroom.store import Store, open_store

ALL_AT_ONCE: Final = 7  # people let in by each step
ASLEEP: Final = 30  # s for which one plane is stopped
# Seconds after the first step at which things happen.
STOPPED, WOKEN, KILLED, END = 2, 2 + ASLEEP, 2 + ASLEEP + 2, 2 + ASLEEP + 5
LATE: Final = 8  # s that a step may be late on a busy machine; each is made all the same


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty store of either kind."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/line.db"
        return
    with redis_servers.server(tmp_path / "redis") as server:
        yield server.url


@pytest.fixture
async def line(url: str) -> AsyncIterator[Store]:
    """The store as the test itself sees it."""
    store = open_store(url)
    yield store
    await store.close()


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


@pytest.fixture
def planes(url: str, tmp_path: Path, secret: bytes) -> Iterator[tuple[ControlPlane, ControlPlane]]:
    """Two of them on one store and with one secret."""
    one = ControlPlane(tmp_path / "one", url, secret)
    try:
        other = ControlPlane(tmp_path / "other", url, secret)
        try:
            yield one, other
        finally:
            other.end()
    finally:
        one.end()


async def until(moment: float) -> None:
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


@pytest.mark.slow
async def test_each_step_is_made_once(
    line: Store, planes: tuple[ControlPlane, ControlPlane]
) -> None:
    """One plane is stopped for half a minute and woken, the other then killed: each step once."""
    one, other = planes
    start = int(time.time()) + 2
    inlet = Periodic(increment=ALL_AT_ONCE, interval=1, start=start, end=start + END)
    await line.create_event(Event(event_id="sale", inlet=inlet), start - 2)
    await line.join("sale", 1_000, start - 2)
    # At half past a second: stopped amid a transaction, it would hold the lock of a SQLite file.
    await until(start + STOPPED + 0.5)
    one.stop()
    await until(start + WOKEN + 0.5)
    while_asleep = (await line.snapshots(["sale"], start))["sale"].counters.serving
    one.wake()
    await until(start + KILLED + 0.5)
    other.kill()
    await until(start + END + 1.5)  # the last one's second, and time in which none may follow
    _, steps = await line.curves("sale", 0, 1_000)
    check_curve(steps, start)
    assert while_asleep >= ALL_AT_ONCE * (WOKEN - LATE)
    assert steps[-1].serving == ALL_AT_ONCE * END
