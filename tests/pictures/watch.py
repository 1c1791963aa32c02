"""A picture of ``waitroom watch``: what it draws on a terminal, as an SVG."""

from __future__ import annotations

import fcntl
import math
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from api.served import Site
from pictures.camera import Camera
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Event
from waitroom.runtime import open_runtime
from waitroom.settings import Settings

COLUMNS: Final = 92
EVENT: Final = "doors"
SECONDS: Final = 600  # that it goes back
STEP: Final = 5  # s
# What the format brings along asks another host for its letters; the reader's own do as well.
FORMAT: Final = re.sub(
    r"@font-face \{\{.*?\}\}|<!--.*?-->", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL
)


async def rush(settings: Settings, now: int) -> None:
    """Ten minutes of a line, to the second: more and more people come, then fewer and fewer."""
    async with open_runtime(settings) as runtime:
        event = Event(event_id=EVENT, title="Museum night", inlet=Rate(per_minute=90))
        await runtime.store.create_event(event, now - SECONDS)
        for ago in range(SECONDS, 0, -STEP):
            height = math.sin(math.pi * (1 - ago / SECONDS)) ** 2
            await runtime.store.join(EVENT, 3 + round(17 * height), now - ago)
            await runtime.store.advance(EVENT, 7, now - ago)


def shoot(camera: Camera, site: Site) -> None:
    """One look at the line."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    console.print(Text.from_ansi(_drawn(site)))
    console.save_svg(
        str(camera.folder / "watch.svg"), title=f"waitroom watch {EVENT}", code_format=FORMAT
    )
    print("watch.svg")  # noqa: T201 - a script for people


def _drawn(site: Site) -> str:
    """What the command draws on a terminal of 92 columns."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "waitroom", "watch", EVENT, "--once"]
    command += ["--data-dir", str(site.settings.data_dir)]
    process = subprocess.Popen(command, stdin=its, stdout=its, start_new_session=True)
    os.close(its)
    seen = b""
    try:
        while more := os.read(ours, 65_536):
            seen += more
    except OSError:  # that is how a terminal ends whose program has ended
        pass
    os.close(ours)
    assert process.wait(30) == 0, seen
    return seen.decode().replace("\r\n", "\n").rstrip()
