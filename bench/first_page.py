"""How long a newcomer waits for the first page: a fresh clone, then ``make run``."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Final

from bench.servers import free_port, stop, wait_for

ROOT: Final = Path(__file__).parents[1]
_AT_MOST: Final = 300.0  # s, then it is given up


def measure(work: Path) -> float:
    """Seconds from ``make run`` in a clone of HEAD to the first page of the sample shop.

    Package caches are as they are: warm on a machine that has set the project up before.

    Raises:
        NotStarted: it ended, or showed no page within five minutes.
    """
    clone = work / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True, timeout=60)
    shop, public, control = (f"127.0.0.1:{free_port()}" for _ in range(3))
    flags = f"--shop-bind {shop} --public-bind {public} --control-bind {control}"
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"ARGS={flags}"],
        cwd=clone,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://{shop}/", process, _AT_MOST)
        return time.monotonic() - began
    finally:
        stop(process)
