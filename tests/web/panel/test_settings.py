"""The control panel: an event's settings."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from web.conftest import Visitor

from .conftest import Open, Stage, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def tab(page: Page) -> Locator:
    """The tab that is open: other sections have fields of the same names."""
    return page.get_by_role("tabpanel")


def of(stage: Stage, event_id: str) -> dict[str, object]:
    """The event's settings as the server has them."""
    found: dict[str, object] = stage.site.control.get(f"/api/events/{event_id}").json()
    return found


def test_checked_while_typed_and_saved(opened: Open, stage: Stage) -> None:
    """Each wrong field is told at itself, before anything is sent; what is saved is what was
    changed, and what a number of seconds comes to stands beside it."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/settings")
    target, kept = tab(page).get_by_label("Target URL"), tab(page).get_by_label("It is kept for")
    target.fill("shop.example")
    kept.fill("0")
    expect(target).to_have_accessible_description("wanted an absolute http(s) URL")
    expect(kept).to_have_accessible_description("wanted 1 to 316224000 seconds")
    assert of(stage, event_id)["queue_position_expiry_period"] == 900
    target.fill("https://shop.example/start")
    kept.fill("5400")
    expect(target).not_to_have_attribute("aria-invalid", "true")
    expect(tab(page).get_by_text("= 1 h 30 min")).to_be_visible()
    expect(tab(page).get_by_text("Not saved yet: Target URL, Expiry period.")).to_be_visible()
    tab(page).get_by_role("button", name="Save").click()
    expect(tab(page).get_by_text("Saved.", exact=True)).to_be_visible()
    expect(tab(page).get_by_role("button", name="Save")).to_be_disabled()
    changed = of(stage, event_id)
    assert changed["target_url"] == "https://shop.example/start"
    assert changed["queue_position_expiry_period"] == 5400
    entries = stage.site.control.get(f"/api/events/{event_id}/log").json()["entries"]
    assert entries[-1]["after"].keys() == {"target_url", "queue_position_expiry_period"}


def test_the_opening_in_the_operators_own_time(visitor: Visitor, stage: Stage) -> None:
    """The time is typed and said in the browser's zone, and kept as the second that it is."""
    event_id = stage.line(0)
    context = visitor(timezone_id="Asia/Kolkata")
    sign_in(context, stage.site.admin_key, stage.url)
    page = context.new_page()
    page.goto(f"/#event/{event_id}/settings")
    tab(page).get_by_label("Opens at").fill("2031-05-01T10:00:00")
    said = tab(page).locator("[data-part=opening]")
    expect(said).to_contain_text("10:00:00 in Asia/")
    expect(said).to_contain_text("04:30 UTC, in")
    tab(page).get_by_role("button", name="Save").click()
    expect(tab(page).get_by_text("Saved.", exact=True)).to_be_visible()
    assert of(stage, event_id)["opens_at"] == 1_935_376_200
    expect(tab(page).get_by_label("Opens at")).to_have_value("2031-05-01T10:00")


def test_somebody_else_changes_the_same(opened: Open, stage: Stage) -> None:
    """What was typed stays, what they made of it is said, and one of the two is chosen; fields
    that are not being edited follow."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/settings")
    title, most = tab(page).get_by_label("Title"), tab(page).get_by_label("At most on the site")
    title.fill("Mine")
    stage.site.control.patch(f"/api/events/{event_id}", json={"title": "Theirs", "max_active": 7})
    conflict = tab(page).get_by_text("Somebody else set this to “Theirs” meanwhile.")
    expect(conflict).to_be_visible()
    expect(title).to_have_value("Mine")
    expect(most).to_have_value("7")
    tab(page).get_by_role("button", name="Save").click()
    expect(tab(page).get_by_text("First say at “Title” which one holds.")).to_be_visible()
    expect(tab(page).get_by_role("button", name="Keep mine")).to_be_focused()
    page.keyboard.press("Enter")
    expect(conflict).to_be_hidden()
    tab(page).get_by_role("button", name="Save").click()
    expect(tab(page).get_by_text("Saved.", exact=True)).to_be_visible()
    assert (of(stage, event_id)["title"], of(stage, event_id)["max_active"]) == ("Mine", 7)


def test_the_connection_drops_while_typing(opened: Open, stage: Stage) -> None:
    """It is said, nothing typed is lost, and it is checked once the server answers again."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/settings")
    target = tab(page).get_by_label("Target URL")
    page.context.set_offline(True)
    target.fill("shop.example")
    expect(tab(page).get_by_text("Not checked yet: the server cannot be reached.")).to_be_visible()
    tab(page).get_by_role("button", name="Save").click()
    expect(tab(page).get_by_role("alert")).to_contain_text("What you typed stays here")
    page.context.set_offline(False)
    target.press("End")
    target.press_sequentially("/")
    expect(target).to_have_accessible_description("wanted an absolute http(s) URL")
    expect(target).to_have_value("shop.example/")


def test_gates_begin_with_an_example(opened: Open, stage: Stage) -> None:
    """A gate is put in by a click, its fields are checked, and the word names the place in it."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/settings")
    tab(page).get_by_text("Health gates and probe").click()
    tab(page).get_by_role("button", name="+ HTTP gate").click()
    gates = tab(page).get_by_label("Health gates")
    gates.fill(gates.input_value().replace("1.5", "99"))
    expect(gates).to_have_accessible_description("[0].latency: wanted 0.001 to 30.0")
    gates.fill("[{")
    expect(gates).to_have_accessible_description("This is not JSON yet.")
    gates.fill('[{"kind": "http", "url": "http://127.0.0.1:9/health", "interval": 3600}]')
    tab(page).get_by_role("button", name="Save").click()
    expect(tab(page).get_by_text("Saved.", exact=True)).to_be_visible()
    expect(gates).to_have_value(re.compile(r'"unknown": "hold"'))


def test_who_may_only_read(opened: Open, stage: Stage) -> None:
    """The settings are seen and cannot be typed into, and the page says what it takes."""
    page = opened(f"#event/{stage.line(0)}/settings", "read")
    expect(tab(page).get_by_text("Changing them needs the scope admin.")).to_be_visible()
    expect(tab(page).get_by_label("Title")).to_be_disabled()
    expect(tab(page).get_by_role("button", name="Save")).to_be_disabled()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_as_wide_as_their_card(opened: Open, width: int) -> None:
    """The fields reach to the card's padding, the bar with Save from edge to edge."""
    page = opened("#event/launch/settings")
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("[name=title]:visible").fill("Another title")
    wide: dict[str, int] = page.evaluate(
        """() => Object.fromEntries([".block", ".savebar", "form"].map((part) =>
            [part, document.querySelector(`.tab-settings ${part}`).clientWidth]))"""
    )
    assert wide[".block"] == wide[".savebar"]
    assert 0 < wide[".block"] - wide["form"] <= 40
    page.get_by_role("button", name="Undo changes").click()
