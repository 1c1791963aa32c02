"""Facts about the machine and the parts, without which a figure says little."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import ssl
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

_PARTS: Final = ("granian", "uvloop", "msgspec", "litestar", "cryptography", "joserfc")


def facts() -> dict[str, str]:
    """Name and value of each, in the order they are shown."""
    return {
        "processor": f"{_model()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{part: version(part) for part in _PARTS},
        "sqlite": sqlite3.sqlite_version,
        "openssl (the yardstick)": _openssl(),
        "commit": _commit(),
        "load when it began": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _model() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _openssl() -> str:
    try:
        return _said("openssl", "version").split(" (")[0].removeprefix("OpenSSL ")
    except OSError:
        return ssl.OPENSSL_VERSION


def _commit() -> str:
    changed = " with changes" if _said("git", "status", "--porcelain", "src") else ""
    return _said("git", "rev-parse", "--short", "HEAD") + changed


def _said(*command: str) -> str:
    done = subprocess.run(
        command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
