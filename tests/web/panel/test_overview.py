"""The control panel: all events at a glance, and making one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Open, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_all_events_at_a_glance(opened: Open, stage: Stage) -> None:
    """Each event says how it stands by a word and a shape, why, and its numbers with units; one
    sentence sums up."""
    paused = stage.line(title="Tickets", state="paused")
    page = opened("#")
    row = page.locator(".overview > li", has=page.get_by_role("link", name="The launch"))
    expect(row).to_contain_text(re.compile(r"Fine.*Open.*Waiting\d[\d,]* people", re.DOTALL))
    expect(row.locator("[data-part=health] use")).to_have_attribute("href", "#i-good")
    row = page.locator(".overview > li", has=page.get_by_text(paused))
    expect(row).to_contain_text(re.compile(r"Watch.*Paused.*3 people", re.DOTALL))
    expect(row.locator("[data-part=health] use")).to_have_attribute("href", "#i-warn")
    expect(page.locator("[data-part=verdictText]")).to_contain_text("worth a look")
    stage.site.join(paused)
    expect(row).to_contain_text("4 people")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Tickets")).to_be_focused()
    page.go_back()
    stage.clear()
    expect(row).to_have_count(0)


def test_making_an_event(opened: Open, stage: Stage) -> None:
    """Errors stand at the field and lose no text; a new event is looked at."""
    page = opened("#")
    page.get_by_role("button", name="New event").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("ID")
    dialog.get_by_label("Title").fill("Second")
    for typed, told in (("a b", "wanted 1 to 64"), ("launch", "launch")):
        field.fill(typed)
        dialog.get_by_role("button", name="Create").click()
        expect(field).to_have_accessible_description(re.compile(told))
    expect(dialog.get_by_label("Title")).to_have_value("Second")
    field.fill("second")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    expect(page.get_by_role("link", name="Visitor page")).to_have_attribute(
        "href", re.compile("/room/second$")
    )
    stage.site.control.delete("/api/events/second")
    expect(page).to_have_url(re.compile("/#?$"))


def test_texts_stay_texts(opened: Open, stage: Stage) -> None:
    """Markup in a title is shown, never run; in a message, only what is harmless is kept."""
    evil = "<img src=x onerror=alert(1)>"
    event_id = stage.line(title=evil, message=f"**bold** {evil}")
    page = opened(f"#event/{event_id}")
    expect(page.get_by_role("heading", name=evil)).to_be_visible()
    expect(page.locator("[data-part=seen] strong")).to_have_text("bold")
    expect(page.locator(".event img")).to_have_count(0)
    expect(page.locator(".overview img")).to_have_count(0)


def test_an_address_of_no_event(opened: Open) -> None:
    """Says so, instead of waiting for ever."""
    page = opened("#")
    page.goto("/#event/nobody")
    expect(page.get_by_text("There is no such event (any more).")).to_be_visible()
