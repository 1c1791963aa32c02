"""The pure parts of the pages: pace and return addresses, as the browser runs them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def run(page: Page, module: str, name: str, *arguments: object) -> Any:
    """What ``name`` of ``/static/<module>`` returns. ``{"random": x}`` stands for a fixed die."""
    if not page.url.endswith("/shop"):
        page.goto("/shop")
    return page.evaluate(
        """async ([module, name, values]) => {
            const made = values.map((v) => (v && "random" in Object(v) ? () => v.random : v));
            return (await import(`/static/${module}`))[name](...made);
        }""",
        [module, name, list(arguments)],
    )


RETURNS = [
    ("https://a.example/x?a=%20+b#f", True),
    ("http://127.0.0.1:8082/", True),
    ("javascript:alert(1)", False),
    ("//evil.example/", False),
    ("data:text/html,x", False),
    ("", False),
]
SPANS = [
    (0, "less than a minute"),
    (60, "about 1 minute"),
    (310, "about 5 minutes"),
    (1_300, "about 20 minutes"),
    (3_500, "about 1 hour"),
    (5_400, "about 1½ hours"),
    (7_200, "about 2 hours"),
    (90_000, "more than 12 hours"),
]


RANGES = [
    ([1, 3], "less than a minute"),
    ([10, 70], "up to 1 minute"),
    ([60, 80], "about 1 minute"),
    ([240, 420], "about 4 to 7 minutes"),
    ([1_000, 3_000], "about 15 to 50 minutes"),
    ([2_700, 5_400], "about 45 minutes to 1½ hours"),
    ([3_600, 7_200], "about 1 to 2 hours"),
    ([7_200, 86_400], "about 2 hours or more"),
    ([80_000, 86_400], "more than 12 hours"),
]
TABLE = [[0, 2, 4], [10, 12, 24], [100, 102, 204]]
READINGS = [(0, [2, 4]), (5, [7, 14]), (10, [12, 24]), (55, [57, 114]), (200, [204, 408])]


def test_ranges_are_told_calmly(page: Page) -> None:
    """A wait from one in two to nine in ten is a phrase of two round figures at the most."""
    for waits, phrase in RANGES:
        assert run(page, "pace.js", "rangePhrase", waits) == phrase


def test_the_own_wait_is_read_off_the_table(page: Page) -> None:
    """Straight lines between the rows and behind the last; no table, no wait."""
    for ahead, waits in READINGS:
        assert run(page, "pace.js", "waitRange", TABLE, ahead) == waits
    assert run(page, "pace.js", "waitRange", [[0, 3, 5]], 0) == [3, 5]
    assert run(page, "pace.js", "waitRange", [], 7) is None
    assert run(page, "pace.js", "waitRange", None, 7) is None


def test_only_web_addresses_are_gone_to(page: Page) -> None:
    """Whatever an answer says, the page goes to absolute http(s) addresses and to nothing else."""
    for url, fine in RETURNS:
        assert run(page, "returning.js", "safeReturn", url) == (url if fine else "")


def test_spans_are_told_calmly(page: Page) -> None:
    """A wait is a coarse phrase, never a countdown."""
    for seconds, phrase in SPANS:
        assert run(page, "pace.js", "spanPhrase", seconds) == phrase


@pytest.mark.parametrize("die", [0.0, 0.999])
def test_looks_are_neither_too_often_nor_too_rare(page: Page, die: float) -> None:
    """Near: about 2 s. Far: at most 30 s. Hidden tabs: slower. Never faster than 1 s."""
    near = {"mine": 12, "serving": 10, "wait": 2, "paused": False, "hidden": False}
    far = {**near, "mine": 1_000_000, "wait": 999_990}
    fixed = {"random": die}
    assert 1_000 <= run(page, "pace.js", "pollDelay", near, fixed) <= 2_500
    assert 18_000 <= run(page, "pace.js", "pollDelay", far, fixed) <= 30_000
    assert 7_500 <= run(page, "pace.js", "pollDelay", {**near, "hidden": True}, fixed) <= 12_500
    assert run(page, "pace.js", "pollDelay", {**far, "hidden": True}, fixed) <= 60_000


def test_tries_back_off_and_spread(page: Page) -> None:
    """Full jitter up to a minute; never before Retry-After, and not all at its very end."""
    assert run(page, "pace.js", "retryDelay", 1, 0, {"random": 0.0}) == 1_000
    assert run(page, "pace.js", "retryDelay", 3, 0, {"random": 0.5}) == 4_000
    assert run(page, "pace.js", "retryDelay", 50, 0, {"random": 1.0}) == 60_000
    assert run(page, "pace.js", "retryDelay", 1, 20, {"random": 0.0}) == 20_000
    assert run(page, "pace.js", "retryDelay", 1, 20, {"random": 1.0}) == 30_000
