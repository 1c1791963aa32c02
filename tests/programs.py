"""Programs that tests drive and that Debian has."""

import os
import shutil
from typing import NoReturn

import pytest


def missing(why: str) -> NoReturn:
    """Skip the test; with CI set, fail: there a skip would hide it."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def require(program: str) -> str:
    """The path of ``program`` (a name, or a path that is looked at as it stands)."""
    return shutil.which(program) or missing(f"{program} is not installed")
