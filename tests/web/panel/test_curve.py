"""The control panel: what is read off the two curves, as the browser runs it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# 10 come at once at 100, 10 more at 160; of these, 5 are called at 130 and 20 at 190, then 30.
FINE = {
    "epoch": 1,
    "now": 200,
    "arrivals": [[100, 10], [160, 20]],
    "servings": [[130, 5], [190, 20], [195, 30]],
    "samples": [[150, 5, 3, 0, 0, 2]],
}
MOMENTS = [  # time, uncalled, waited, ahead
    (90, 0, None, 0),
    (110, 10, None, 0),
    (130, 5, 30, 0),
    (170, 15, 70, 0),
    (190, 0, None, 0),
    (195, 0, None, 10),
]


@pytest.fixture
def moments(page: Page) -> list[dict[str, Any]]:
    """How the line stood at each of the moments."""
    page.goto("/")
    found: list[dict[str, Any]] = page.evaluate(
        """async ([fine, times]) => {
            const { Course } = await import("/static/panel-curve.js");
            const course = new Course(fine, fine, 0);
            return times.map((time) => course.at(time));
        }""",
        [FINE, [time for time, *_ in MOMENTS]],
    )
    return found


def test_the_two_distances(moments: list[dict[str, Any]]) -> None:
    """Who is not called yet is the vertical distance; how long those just called waited, the
    horizontal one."""
    read = [(m["time"], m["uncalled"], m["waited"], m["ahead"]) for m in moments]
    assert read == MOMENTS
    assert [m["completed"] for m in moments] == [0, 0, 0, 3, 3, 3]


def test_the_stream_goes_on_where_the_curves_end(page: Page) -> None:
    """New numbers are appended, never put before what is known; a plan is drawn apart."""
    page.goto("/")
    columns = page.evaluate(
        """async ([fine]) => {
            const { Course } = await import("/static/panel-curve.js");
            const course = new Course(fine, fine, 0);
            const now = { queue_counter: 25, serving_counter: 30, completed_sessions: 9 };
            course.append(210, now);
            course.append(205, { ...now, queue_counter: 1 });
            return course.columns(180, 230, [[220, 40], [400, 50]]);
        }""",
        [FINE],
    )
    assert columns == [
        [180, 190, 195, 210, 220, 230],
        [20, 20, 20, 25, None, None],
        [5, 20, 30, 30, None, None],
        [3, 3, 3, 9, None, None],
        [None, None, None, 30, 40, 40],
    ]
