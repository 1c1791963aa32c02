"""The control panel: what axe-core says of it, and whether it fits on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from axe import faults

from .conftest import Open, Stage, number

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_for_everybody(opened: Open, width: int, scheme: str) -> None:
    """Overview and live page, narrow and wide, light and dark: axe-core finds nothing, and nothing
    is wider than the screen."""
    page = opened("#")
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    if (width, scheme) in {(320, "dark"), (1280, "light")}:  # the other two differ in nothing
        assert faults(page) == []
    page.get_by_role("link", name="The launch").click()
    expect(number(page, "waiting")).not_to_have_text("–")
    expect(page.locator("[data-part=readout]")).to_contain_text("not called yet")
    page.get_by_text("The same as a table").click()
    page.get_by_text("Change how it moves").click()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_jumps(opened: Open, stage: Stage) -> None:
    """While numbers come in, the page stays where it is (Cumulative Layout Shift under 0.02)."""
    page = opened("#event/launch")
    page.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => {
          for (const one of list.getEntries()) window.shift += one.value;
        }).observe({ type: "layout-shift" }); }"""
    )
    for name in ("arrived", "arrived"):
        before = number(page, name).inner_text()
        stage.site.join("launch")
        expect(number(page, name)).not_to_have_text(before)
    assert page.evaluate("window.shift") < 0.02
