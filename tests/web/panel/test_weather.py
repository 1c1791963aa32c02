"""The control panel: connections that drop, keys that may not do everything."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from api.served import away

from .conftest import Open, Stage, number

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_lost_connection_keeps_what_is_typed(opened: Open, stage: Stage) -> None:
    """It is said; numbers stay and look old; typing goes on; all is live again by itself."""
    event_id = stage.line(4)
    page = opened(f"#event/{event_id}")
    expect(number(page, "waiting")).to_have_text("4")
    field = page.get_by_label("Everyone in line sees it")
    field.fill("Half a")
    banner = page.get_by_text(re.compile("Connection lost. Trying again; what you type is kept"))
    with away(stage.site):
        expect(banner).to_be_visible()
        expect(page.get_by_text("Not live")).to_be_visible()
        expect(page.locator("body[data-stale]")).to_be_attached()
        expect(page.get_by_text(re.compile(r"The numbers are \d+ s old"))).to_be_visible()
        field.press_sequentially(" sentence")
        page.get_by_role("button", name="+10", exact=True).click()
        expect(page.get_by_role("button", name="Send +10 again")).to_be_visible()
        expect(number(page, "waiting")).to_have_text("4")
    page.evaluate("dispatchEvent(new Event('online'))")  # sooner than by itself
    expect(banner).to_be_hidden()
    expect(page.locator("body[data-stale]")).to_have_count(0)
    expect(field).to_have_value("Half a sentence")
    page.get_by_role("button", name="Send +10 again").click()
    expect(number(page, "serving")).to_have_text("10")
    page.get_by_role("button", name="Undo changes").click()


def test_where_the_stream_is_cut_the_panel_asks(opened: Open, stage: Stage) -> None:
    """A proxy that lets no stream through costs nothing but a second or two."""
    event_id = stage.line(1)
    page = opened("#")
    page.route("**/stream*", lambda route: route.abort())
    page.goto(f"/#event/{event_id}")
    expect(page.get_by_text("Live, every 2 s")).to_be_visible()
    stage.site.join(event_id)
    expect(number(page, "arrived")).to_have_text("2")


def test_a_key_that_may_only_read(opened: Open) -> None:
    """What it may not do is not there: no state, no steps, no message, no end."""
    page = opened("#", "read")
    expect(page.get_by_role("button", name="New event")).to_be_hidden()
    expect(page.get_by_role("link", name="Deployment")).to_be_hidden()
    page.get_by_role("link", name="The launch").click()
    expect(number(page, "waiting")).not_to_have_text("–")
    for name in ("Pause", "Let in", "Undo", "Send", "Look up"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_text("Change how it moves")).to_be_hidden()


def test_a_key_that_may_operate(opened: Open, stage: Stage) -> None:
    """It moves the line and writes to visitors; visitors are not its business."""
    event_id = stage.line(1)
    page = opened(f"#event/{event_id}", "read", "operate")
    page.get_by_role("button", name="+10", exact=True).click()
    expect(page.get_by_text("+10 done.")).to_be_visible()
    expect(page.get_by_role("button", name="Look up")).to_have_count(0)


def test_a_gate_in_alarm_is_seen_at_a_glance(opened: Open, stage: Stage) -> None:
    """It says so in words, with what it found, and that the line is held."""
    event_id = stage.line(1, inlet={"kind": "rate", "per_minute": 60})
    gate = {"kind": "http", "url": "http://127.0.0.1:1/", "interval": 1}
    answer = stage.site.control.patch(f"/api/events/{event_id}", json={"gates": [gate]})
    assert answer.status_code == 200, answer.text
    page = opened(f"#event/{event_id}")
    gates = page.get_by_role("list", name="Health gates")
    expect(gates.get_by_text("Alarm")).to_be_visible()
    expect(gates).to_contain_text("The line is held.")
    expect(page.get_by_text("Held: a gate says that the site is not well.")).to_be_visible()
    expect(page.locator("[data-part=healthBox]")).to_contain_text("Act now")
