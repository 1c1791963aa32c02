"""The control panel: the live page of an event, its numbers and its chart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Open, Stage, number

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_numbers_live(opened: Open, stage: Stage) -> None:
    """What happens to the line shows by itself, within seconds."""
    event_id = stage.line(3)
    page = opened(f"#event/{event_id}")
    expect(number(page, "arrived")).to_have_text("3")
    expect(number(page, "waiting")).to_have_text("3")
    stage.site.join(event_id)
    stage.site.advance(event_id, 4)
    expect(number(page, "arrived")).to_have_text("4")
    expect(number(page, "serving")).to_have_text("4")
    expect(number(page, "available")).to_have_text("4")
    stage.site.admitted(event_id)
    expect(number(page, "active")).to_have_text("1")


def test_the_chart_says_what_it_shows(opened: Open) -> None:
    """The two distances are drawn and said in words: for now, and for where one points."""
    page = opened("#event/launch")
    readout = page.locator("[data-part=readout]")
    said = re.compile(r"Now, .*\d not called yet \(vertical .* had waited .* \(horizontal")
    expect(readout).to_have_text(said)
    expect(page.locator(".mark.across-label")).to_be_visible()
    expect(page.locator(".mark.up-label")).to_have_text(re.compile(r"^[\d,]+ not called yet$"))
    chart = page.get_by_role("slider", name="Time in the chart of arrivals and servings")
    chart.hover()
    expect(readout).not_to_contain_text("Now")
    page.mouse.move(0, 0)
    expect(readout).to_contain_text("Now")
    chart.focus()
    page.keyboard.press("PageDown")
    expect(readout).not_to_contain_text("Now")
    expect(chart).to_have_attribute("aria-valuetext", re.compile("not called yet"))
    page.keyboard.press("End")
    expect(readout).to_contain_text("Now")


def test_who_waits_and_who_is_not_called_yet(opened: Open, stage: Stage) -> None:
    """Whoever was called and has not come is waiting too; the chart and the preview leave them out,
    and have another word for it."""
    event_id = stage.line(5)
    stage.site.advance(event_id, 2)
    page = opened(f"#event/{event_id}")
    expect(number(page, "waiting")).to_have_text("5")
    expect(number(page, "waitingUnit")).to_have_text("people in line, called or not")
    expect(page.locator("[data-part=readout]")).to_contain_text(": 3 not called yet (")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Not called yet")).to_be_visible()
    page.get_by_text("Change how it moves").click()
    page.get_by_label("The line moves").select_option("rate")
    page.get_by_label("Let in people a minute").fill("60")
    preview = page.locator("[data-part=inletPreview]")
    expect(preview).to_contain_text("the line (3 not called yet) is empty at")
    page.get_by_role("button", name="Leave as it is").click()


def test_the_marks_of_a_young_line(opened: Open, stage: Stage) -> None:
    """Where a second is wide, the distances still end at now: within the chart."""
    event_id = stage.line(1)
    page = opened(f"#event/{event_id}")
    for people in (2, 3):
        stage.site.join(event_id)
        expect(page.locator(".mark.up-label")).to_have_text(f"{people} not called yet")
        ends: list[float] = page.evaluate(
            """() => [".mark.up", ".u-over"].map(
                (part) => document.querySelector(part).getBoundingClientRect().right)"""
        )
        assert abs(ends[0] - ends[1]) <= 2


def test_a_table_behind_the_chart(opened: Open) -> None:
    """All that the chart shows can be read as numbers, for the time that is chosen."""
    page = opened("#event/launch")
    page.get_by_text("The same as a table").click()
    rows = page.locator(".chart-block tbody tr")
    expect(rows).to_have_count(16)
    newest = [int(text.replace(",", "")) for text in rows.first.locator("td").all_inner_texts()[:4]]
    arrived, called, completed, uncalled = newest
    assert arrived - called == uncalled > 100
    assert 0 < completed < called
    before = rows.last.inner_text()
    page.get_by_role("button", name="15 min").click()
    expect(rows.last).not_to_have_text(before)


def test_a_line_that_nobody_joined(opened: Open, stage: Stage) -> None:
    """Says that there is nothing yet, and invents no wait."""
    page = opened(f"#event/{stage.site.event()}")
    expect(page.locator("[data-part=readout]")).to_contain_text("nobody has come yet")
    expect(page.locator(".mark.up-label")).to_be_hidden()
    expect(number(page, "waiting")).to_have_text("0")


def test_tabs_by_the_keyboard(opened: Open) -> None:
    """One stop for the Tab key; arrows, Home and End go on from it; the address follows."""
    page = opened("#event/launch")
    page.get_by_role("tab", name="Live").focus()
    page.keyboard.press("ArrowRight")
    tab = page.get_by_role("tab", name="Settings")
    expect(tab).to_be_focused()
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Settings")).to_be_visible()
    expect(page).to_have_url(re.compile("#event/launch/settings$"))
    expect(page.locator("[role=tab][tabindex='0']")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel", name="Live")).to_be_visible()
