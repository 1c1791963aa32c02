"""`never more` under kill -9: however many processes admit, and whichever is killed, the cap holds.

The outbox tells in which order the store did what: so it shows how many were inside at each moment.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from redis_servers import Server

from scene import NOW, SALE, line_of, measured, open_event
from waitroom.core.facts import OUTBOX
from waitroom.core.inlet_kinds import MaxSize
from waitroom.store import Store

KNOCKER: Final = Path(__file__).parent / "knocker.py"
PEOPLE: Final = 150
CAP: Final = 7
TASKS: Final = 4
WORKERS: Final = 3


@contextmanager
def knocker(url: str, epoch: int, seed: int) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to go; none is left over."""
    numbers = [str(number) for number in (epoch, PEOPLE, TASKS, seed)]
    process = subprocess.Popen(
        [sys.executable, KNOCKER, url, SALE, *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def go(process: subprocess.Popen[str]) -> None:
    """Let it begin."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def race(url: str, epoch: int) -> None:
    """Of some processes that knock, one is killed in the middle; the others get all in."""
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(knocker(url, epoch, n)) for n in range(WORKERS + 1)]
        for process in all_of_them:
            go(process)
        victim, *others = all_of_them
        assert victim.stdout is not None
        assert victim.stdout.readline() == "ten\n"
        victim.kill()
        for process in others:
            process.communicate(timeout=60)
            assert process.returncode == 0


async def occupancies(store: Store) -> list[int]:
    """How many were inside after each step."""
    inside, found = 0, []
    for fact in await store.facts(SALE, 0, 100_000):
        inside += {"token_generated": 1, "session_updated": -1}.get(fact.type, 0)
        found.append(inside)
    return found


async def check_never_more(store: Store, url: str) -> None:
    """The race, on an empty store."""
    epoch = await open_event(store, SALE, inlet=MaxSize(size=CAP), queue_position_expiry=False)
    await store.note(SALE, {OUTBOX: "1"})
    await line_of(store, PEOPLE, called=PEOPLE)
    race(url, epoch)
    found = await occupancies(store)
    measured("steps", len(found))
    assert max(found) == CAP
    assert min(found) >= 0
    assert found[-1] == await store.active_sessions(SALE, NOW)
    tokens = [
        at.data["position"] for at in await store.facts(SALE, 0, 100_000) if at.type[0] == "t"
    ]
    assert sorted(tokens) == list(range(1, PEOPLE + 1))


async def test_on_a_file(tmp_path: Path, opened: Callable[[str], Store]) -> None:
    """Several processes on one file."""
    url = f"sqlite://{tmp_path}/store.db"
    await check_never_more(opened(url), url)


async def test_on_a_server(redis_server: Server, opened: Callable[[str], Store]) -> None:
    """Several processes around one server."""
    redis_server.call("FLUSHALL")
    await check_never_more(opened(redis_server.url), redis_server.url)
