"""The rule by which the downstream example opens and shuts, and the cookie of who is in."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import pytest

from .running import EXAMPLES


@pytest.fixture(scope="module", autouse=True)
def examples() -> None:
    """As the README says: from the directory ``examples``."""
    if str(EXAMPLES) not in sys.path:
        sys.path.insert(0, str(EXAMPLES))


def rule(**numbers: float) -> Any:
    """A rule that is calm below 2 and busy from 5 on."""
    module = importlib.import_module("downstream.pressure")
    return module.Pressure(**{"high": 5, "low": 2, "calm_for": 30, **numbers})


def looked(rule: Any, now: float, under_way: int, waiting: int = 0) -> bool:
    """What it says with so many requests under way."""
    rule.under_way = under_way
    return bool(rule.look(now, waiting))


def test_between_the_two_numbers_nothing_changes() -> None:
    """Neither on the way up nor on the way down."""
    one = rule()
    assert not looked(one, 0, 4)
    assert looked(one, 1, 5)
    assert looked(one, 100, 3)


def test_it_opens_after_a_calm_time_on_end() -> None:
    """One busy look begins it anew."""
    one = rule()
    assert looked(one, 0, 5)
    assert looked(one, 10, 1)
    assert looked(one, 30, 3)
    assert looked(one, 40, 2)
    assert looked(one, 69, 0)
    assert not looked(one, 70, 0)


def test_nobody_is_let_in_past_a_line() -> None:
    """However calm the site is."""
    one = rule()
    assert looked(one, 0, 5)
    assert looked(one, 10, 0, waiting=3)
    assert looked(one, 500, 0, waiting=1)
    assert looked(one, 501, 0)
    assert not looked(one, 531, 0)


def test_the_cookie_of_who_is_in() -> None:
    """Good until its end, of no use altered, to another site or by itself."""
    insiders = importlib.import_module("downstream.insiders").Insiders(b"key", 900)
    cookie = insiders.cookie(1000.5).partition(";")[0]
    assert insiders.knows(f'a=1; b={{"c": 2}}; {cookie}', 1899)
    assert not insiders.knows(cookie, 1900)
    assert not insiders.knows(cookie.replace("=1900", "=2900"), 1000)
    assert not type(insiders)(b"other", 900).knows(cookie, 1000)
    for bad in ("", "came_in_directly", "came_in_directly=x", "came_in_directly=9999.é"):
        assert not insiders.knows(bad, 1000)
