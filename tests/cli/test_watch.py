"""`waitroom watch` shows the numbers there are: drawn on a terminal, in lines elsewhere."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import aclosing, closing
from pathlib import Path

import pytest
from rich.console import Console

from cli.running import STARTING, Waitroom
from waitroom.cli.watch import _looks
from waitroom.cli.watch_shown import growth, picture, sparkline
from waitroom.core.model import Event, Snapshot
from waitroom.errors import StoreUnavailable
from waitroom.runtime import open_runtime
from waitroom.settings import Settings

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LEFT = "\x1b[?1049l"  # the terminal is as it was before


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waitroom]:
    """A deployment with an event at 3."""
    waitroom = Waitroom(tmp_path_factory.mktemp("watch"))
    waitroom.run("event", "create", "sale", "--title", "Spring sale")
    waitroom.run("advance", "sale", "3")
    yield waitroom
    waitroom.stop()


class Terminal:
    """``waitroom watch`` on a terminal of its own."""

    def __init__(self, waitroom: Waitroom, columns: int) -> None:
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        looks = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        looks |= {"COLUMNS": str(columns), "LINES": "40"}  # else those of whoever runs the tests
        self.process = subprocess.Popen(
            [sys.executable, "-m", "waitroom", "watch", "sale", "--interval", "0.5"],
            cwd=waitroom.home,
            env=waitroom.environment() | looks,
            stdin=its,
            stdout=its,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(its)
        self._ours = ours
        self.seen = ""

    def read_until(self, word: str) -> None:
        """Read what it draws until ``word`` is there."""
        deadline = time.monotonic() + STARTING
        while word not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self._ours], [], [], 0.2)[0]:
                self.seen += os.read(self._ours, 65_536).decode()

    def close(self) -> None:
        """End it, if it has not ended by itself."""
        self.process.kill()
        self.process.wait(STARTING)
        os.close(self._ours)

    def press(self, key: str) -> None:
        """As if somebody did."""
        os.write(self._ours, key.encode())

    def ended(self) -> tuple[int, list[str]]:
        """Its exit code, and the lines it leaves on the screen."""
        self.read_until(LEFT)
        self.read_until("Z\x1b[0m")
        code = self.process.wait(STARTING)
        rest = ESCAPES.sub("", self.seen.rpartition(LEFT)[2])
        return code, rest.splitlines()


@pytest.mark.parametrize("columns", [80, 36])
def test_it_draws_and_q_ends_it(sale: Waitroom, columns: int) -> None:
    """The last picture stays, fits the width, and has the numbers; the terminal is as it was."""
    with closing(Terminal(sale, columns)) as terminal:
        terminal.read_until("q ends")
        terminal.press("q")
        code, lines = terminal.ended()
    assert code == 0
    assert max(map(len, lines)) <= columns
    text = " ".join(" ".join(lines).split())
    for word in ("sale open", "waiting", "serving up to", "by hand", "/ min", "gates none"):
        assert word in text


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(sale: Waitroom, told: signal.Signals) -> None:
    """Ctrl-C, or being told to stop: the terminal is given back, and the exit code is 0."""
    with closing(Terminal(sale, 80)) as terminal:
        terminal.read_until("q ends")
        terminal.process.send_signal(told)
        assert terminal.ended()[0] == 0


def test_one_look(sale: Waitroom) -> None:
    """Once, as a line for logs; with --json, as one line that holds all that the panel shows."""
    line = sale.run("watch", "sale", "--once").stdout
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ sale open health=good .*\n", line)
    assert " serving=3 " in line
    found = sale.run("watch", "sale", "--once", "--json").stdout
    assert found.count("\n") == 1
    numbers = json.loads(found)
    assert numbers["counters"]["serving_counter"] == 3
    assert {"status", "inlet", "wait_p50", "arrivals_per_minute", "health"} <= numbers.keys()


def test_what_cannot_be_watched(sale: Waitroom) -> None:
    """An event that is not there, and a pace that is none, are refused with the next step."""
    refused = sale.run("watch", "nothing", "--once")
    assert refused.returncode == 1
    assert "waitroom event list" in refused.stderr
    assert "0.5 to 3600" in sale.run("watch", "sale", "--interval", "0").stderr


def test_growth_is_counted_in_the_part_it_happened_in() -> None:
    """Each bar has what came in its seconds; what was there before the window is in none."""
    curve = [(300, 5), (1_010, 7), (1_590, 10), (1_599, 11)]
    assert growth(curve, 1_600, 10, begun=100) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 4]
    assert growth([(1_100, 5)], 1_600, 6, begun=1_050) == [0, 5, 0, 0, 0, 0]
    assert growth([(1_100, 5)], 1_600, 6, begun=100) == [0] * 6  # nobody knows when they came
    assert growth([], 1_600, 3, begun=100) == [0, 0, 0]
    assert growth([(1_200, 9), (1_300, 4)], 1_600, 2, begun=1_001) == [9, 0]  # taken back


def test_a_bar_is_as_high_as_its_number() -> None:
    """The greatest is full, the least is seen, nothing is nothing."""
    assert sparkline([0, 1, 40, 80]) == " ▁▄█"
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "  "


async def test_a_store_that_is_away_is_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last numbers stay with a word that they are old, and new ones come when it is back."""

    async def away(_event_id: str) -> Snapshot:
        raise StoreUnavailable("gone")

    settings = Settings(data_dir=tmp_path, algorithm="ES256")
    async with open_runtime(settings) as runtime:
        await runtime.service.create_event(Event(event_id="sale"))
        async with aclosing(_looks(runtime, "sale", 0.01, once=False)) as looks:
            assert not (await anext(looks)).trouble
            with monkeypatch.context() as patched:
                patched.setattr(runtime.service, "snapshot", away)
                look = await anext(looks)
                assert look.trouble
                screen = Console(width=80, file=io.StringIO(), record=True)
                screen.print(picture(look, screen, 2.0))
                assert "Not up to date: The store is out of reach" in screen.export_text()
            assert not (await anext(looks)).trouble


async def test_a_store_that_is_away_at_first_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to show yet, so the command ends and says why."""

    async def away(_event_id: str) -> Snapshot:
        raise StoreUnavailable("gone")

    async with open_runtime(Settings(data_dir=tmp_path, algorithm="ES256")) as runtime:
        monkeypatch.setattr(runtime.service, "snapshot", away)
        with pytest.raises(StoreUnavailable):
            await anext(_looks(runtime, "sale", 0.01, once=False))
