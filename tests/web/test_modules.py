"""The pure parts of the waiting-room page as the browser runs them: what is said, when, and where
visitors are sent."""

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
RANGES = [
    ([1, 3], ["wait-short"]),
    ([10, 70], ["wait-up-to-minutes", {"minutes": 1}]),
    ([10, 90_000], ["wait-unclear"]),
    ([60, 80], ["wait-minutes", {"minutes": 1}]),
    ([240, 420], ["wait-range-minutes", {"low": 4, "high": 7}]),
    ([1_000, 3_000], ["wait-range-minutes", {"low": 15, "high": 50}]),
    ([60, 7_200], ["wait-unclear"]),
    ([2_700, 5_400], ["wait-range-minutes-hours", {"low": 45, "high": 1.5}]),
    ([3_600, 7_200], ["wait-range-hours", {"low": 1, "high": 2}]),
    ([1_300, 86_400], ["wait-minutes-or-more", {"minutes": 20}]),
    ([7_200, 86_400], ["wait-hours-or-more", {"hours": 2}]),
    ([80_000, 86_400], ["wait-long", {"hours": 12}]),
]
WAITING: dict[str, Any] = {
    "phase": "waiting",
    "reason": "",
    "notice": "",
    "trouble": "",
    "changed": "",
    "paused": False,
    "full": False,
    "fragile": False,
    "elsewhere": False,
    "takeBy": None,
    "number": 412,
    "serving": 100,
    "ahead": 311,
    "progress": 0.4,
    "wait": [600, 900],
    "age": 2,
    "opensIn": None,
    "admittedFor": None,
    "event": {"state": "open", "expiry_period": 900},
}
STAY = {"goal": True, "held": False}
TABLE = [[0, 2, 4], [10, 12, 24], [100, 102, 204]]
READINGS = [(0, [2, 4]), (5, [7, 14]), (10, [12, 24]), (55, [57, 114]), (200, [204, 408])]


def test_ranges_are_told_calmly(page: Page) -> None:
    """A wait from one in two to nine in ten is a phrase of two round figures at the most."""
    for waits, said in RANGES:
        assert run(page, "room-words.js", "rangeWords", waits) == said


def test_how_sure_a_wait_is(page: Page) -> None:
    """What nine in ten do not exceed is told; a wide range is called rough; nothing is invented."""
    for wait, said in (
        ([600, 900], [["sure-minutes", {"minutes": 15}]]),
        ([600, 7_200], [["sure-hours", {"hours": 2}], ["sure-rough"]]),
        ([2, 10], []),
        ([50_000, 86_400], []),
        (None, [["sure-unknown"]]),
    ):
        assert run(page, "room-words.js", "sureWords", {**WAITING, "wait": wait}) == said
    assert run(page, "room-words.js", "sureWords", {**WAITING, "paused": True}) == [["sure-paused"]]


def test_near_is_a_matter_of_minutes(page: Page) -> None:
    """Nearly there: nine in ten go in within two minutes; without an estimate, the last few."""
    for changes, near in (
        ({"wait": [60, 120]}, True),
        ({"wait": [60, 121]}, False),
        ({"wait": None, "ahead": 4}, True),
        ({"wait": None}, False),
        ({"ahead": 0, "wait": [300, 600]}, True),
        ({"wait": [60, 120], "paused": True}, False),
    ):
        assert run(page, "room-words.js", "isNear", {**WAITING, **changes}) is near


def test_screen_readers_hear_of_steps(page: Page) -> None:
    """What is read out stays the same from one round size to the next, and while clocks run."""

    def spoken(**changes: object) -> Any:
        return run(page, "room-words.js", "spokenWords", {**WAITING, **changes}, STAY)

    assert spoken() == spoken(ahead=200, serving=211, age=30, wait=[500, 800], progress=0.5)
    assert spoken() != spoken(ahead=199)
    assert ["spoken-crowd", {"people": 2_000_000}] in spoken(ahead=1_200_000)
    assert ["mark-near"] in spoken(wait=[30, 60])
    assert ["changed-slower"] in spoken(changed="slower")
    assert ["trouble-offline-kept"] in spoken(trouble="offline")
    early = {"phase": "early", "number": None, "event": {"opens_at": 1_700_000_000}}
    assert spoken(**early, opensIn=3_600) == spoken(**early, opensIn=61)
    assert ["early-last-minute"] in spoken(**early, opensIn=60)


def test_countdowns_are_as_long_as_they_need_be(page: Page) -> None:
    """Days and hours only where there are some; minutes always; clocks in two ways."""
    parts = run(page, "room-words.js", "countdownParts", 93_784)
    assert [part["count"] for part in parts] == [1, 2, 3, 4]
    parts = run(page, "room-words.js", "countdownParts", 4.2)
    assert [(part["unit"], part["count"]) for part in parts] == [("minutes", 0), ("seconds", 5)]
    clock = ["clock-minutes", {"minutes": 59, "seconds": 30}]
    assert run(page, "room-words.js", "clockFigure", 3_570) == clock
    assert run(page, "room-words.js", "clockFigure", 3_600)[0] == "clock-hours"


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


@pytest.mark.parametrize("die", [0.0, 0.999])
def test_an_opening_is_waited_for(page: Page, die: float) -> None:
    """Long before, a look a minute at most; close to it, the next look is right then."""
    fixed = {"random": die}
    assert 36_000 <= run(page, "pace.js", "earlyDelay", 3_600_000, fixed) <= 60_000
    assert 3_000 <= run(page, "pace.js", "earlyDelay", 40_000, fixed) <= 5_000
    assert run(page, "pace.js", "earlyDelay", 2_500, fixed) == 2_500
    assert run(page, "pace.js", "earlyDelay", -5, fixed) == 0


def test_tries_back_off_and_spread(page: Page) -> None:
    """Full jitter up to a minute; never before Retry-After, and not all at its very end."""
    assert run(page, "pace.js", "retryDelay", 1, 0, {"random": 0.0}) == 1_000
    assert run(page, "pace.js", "retryDelay", 3, 0, {"random": 0.5}) == 4_000
    assert run(page, "pace.js", "retryDelay", 50, 0, {"random": 1.0}) == 60_000
    assert run(page, "pace.js", "retryDelay", 1, 20, {"random": 0.0}) == 20_000
    assert run(page, "pace.js", "retryDelay", 1, 20, {"random": 1.0}) == 30_000
