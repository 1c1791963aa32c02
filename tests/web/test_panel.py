"""The control panel: signing in, letting in, settings, reset, events."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Visitor
from .world import KEY, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADVANCE = "/api/increment_serving_counter"


@pytest.fixture
def panel(page: Page) -> Page:
    """The panel, signed in, looking at the event."""
    page.goto("/")
    page.get_by_label("API key").fill(KEY)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="The launch").click()
    expect(count(page, "serving_counter")).to_have_text("10")
    return page


def count(page: Page, name: str) -> Locator:
    """One of the figures."""
    return page.locator(f"[data-count={name}]")


def test_signing_in_and_out(page: Page, world: World) -> None:
    """A wrong key is refused; a good one opens a session that lasts, and is itself kept nowhere."""
    page.goto("/")
    page.get_by_label("API key").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This key is not known.")
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert KEY not in stored + page.content() + page.url
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    assert not world.sessions


def test_the_figures_live(panel: Page, world: World) -> None:
    """Counters follow the line by themselves."""
    expect(count(panel, "queue_counter")).to_have_text("40")
    world.counters["launch"].update(queue=12_345, rate=2.25)
    expect(count(panel, "queue_counter")).to_have_text("12,345")
    expect(count(panel, "served_per_second")).to_have_text("2.3")


def test_letting_people_in(panel: Page, world: World) -> None:
    """Enter and the quick buttons send one step each, with a key of its own."""
    panel.get_by_label("Number of people").fill("25")
    panel.keyboard.press("Enter")
    expect(panel.get_by_text("+25 done. Now serving up to 35.")).to_be_visible()
    panel.get_by_role("button", name="+100", exact=True).click()
    expect(panel.get_by_text("+100 done. Now serving up to 135.")).to_be_visible()
    expect(count(panel, "serving_counter")).to_have_text("135")
    sent = [asked for asked in world.asked if asked.path == ADVANCE]
    keys = {asked.headers["idempotency-key"] for asked in sent}
    assert [asked.body["increment_by"] for asked in sent] == [25, 100]
    assert len(keys) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in keys)


def test_a_step_without_an_answer_never_counts_twice(panel: Page, world: World) -> None:
    """When the answer is lost, the same step can be sent again, under the same key."""
    world.failing[ADVANCE] = (503, {})
    panel.get_by_role("button", name="+10", exact=True).click()
    again = panel.get_by_role("button", name="Send +10 again")
    expect(again).to_be_visible()
    expect(panel.get_by_role("button", name="Let in")).to_be_disabled()
    world.failing.clear()
    again.click()
    expect(panel.get_by_text("+10 done. Now serving up to 20.")).to_be_visible()
    sent = [asked for asked in world.asked if asked.path == ADVANCE]
    assert len(sent) == 2
    assert len({asked.headers["idempotency-key"] for asked in sent}) == 1


def test_only_whole_numbers_are_sent(panel: Page, world: World) -> None:
    """Anything else is refused before it is sent, and stays where it was typed."""
    field = panel.get_by_label("Number of people")
    for typed in ("", "1.5", "ten", "0", "1e3", "0x10"):
        field.fill(typed)
        panel.keyboard.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(typed)
    expect(panel.get_by_text("Wanted a whole number other than 0.")).to_be_visible()
    assert world.count(ADVANCE) == 0


def test_states(panel: Page, world: World) -> None:
    """Pause, open and close, from here or from elsewhere, show at once."""
    for name, state in (("Pause", "paused"), ("Close", "closed"), ("Open", "open")):
        button = panel.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert world.events["launch"]["state"] == state


def test_settings_keep_what_is_typed(panel: Page, world: World) -> None:
    """Polls never overwrite a field being edited; only what was changed is sent."""
    panel.clock.install()
    panel.reload()
    message = panel.get_by_label("Message to visitors")
    message.fill("We start at noon")
    world.events["launch"].update(title="The big launch")
    panel.clock.fast_forward(6_000)
    expect(panel.get_by_role("heading", name="The big launch")).to_be_visible()
    expect(message).to_have_value("We start at noon")
    expect(panel.get_by_label("Title", exact=True).first).to_have_value("The big launch")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text("Saved.")).to_be_visible()
    sent = next(asked for asked in world.asked if asked.method == "PATCH")
    assert sent.body == {"message": "We start at noon"}


def test_a_refused_setting_is_told_at_its_field(panel: Page) -> None:
    """The server's word stands at the field it is about, and what was typed stays."""
    target = panel.get_by_label("Target URL where visitors go on to").first
    target.fill("shop.example")
    panel.get_by_role("button", name="Save").click()
    expect(target).to_have_attribute("aria-invalid", "true")
    expect(target).to_have_accessible_description("wanted an absolute http(s) URL")
    expect(target).to_have_value("shop.example")


def test_reset_wants_the_id_typed(panel: Page, world: World) -> None:
    """A reset cannot happen by a stray click."""
    panel.get_by_role("button", name="Reset the line…").click()
    dialog = panel.get_by_role("dialog")
    act = dialog.get_by_role("button", name="Reset the line")
    expect(act).to_be_disabled()
    dialog.get_by_role("textbox").fill("launc")
    expect(act).to_be_disabled()
    panel.keyboard.press("Enter")
    assert world.count("/api/reset_initial_state") == 0
    dialog.get_by_role("textbox").fill("launch")
    act.click()
    expect(panel.get_by_text("Counters reset.")).to_be_visible()
    expect(count(panel, "queue_counter")).to_have_text("0")
    assert world.count("/api/reset_initial_state") == 1


def test_creating_and_deleting(panel: Page, world: World) -> None:
    """Errors stand at the field and lose no text; a new event is looked at; deleting is typed."""
    panel.set_viewport_size({"width": 1280, "height": 800})
    panel.get_by_role("button", name="New event").click()
    dialog = panel.get_by_role("dialog")
    field = dialog.get_by_label("ID")
    dialog.get_by_label("Title").fill("Second")
    for typed, told in (("a b", "wanted 1 to 64"), ("launch", "exists already")):
        field.fill(typed)
        dialog.get_by_role("button", name="Create").click()
        expect(field).to_have_accessible_description(re.compile(told))
    expect(dialog.get_by_label("Title")).to_have_value("Second")
    field.fill("second")
    panel.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Second")).to_be_visible()
    expect(panel.get_by_role("link", name="Visitor page").last).to_have_attribute(
        "href", "http://127.0.0.1:8080/room/second"
    )
    panel.get_by_role("button", name="Delete the event…").click()
    dialog.get_by_role("textbox").fill("second")
    dialog.get_by_role("button", name="Delete the event").click()
    expect(panel.get_by_role("link", name="Second")).to_have_count(0)
    assert set(world.events) == {"launch"}


def test_a_missing_scope_is_said_plainly(panel: Page, world: World) -> None:
    """What the key may not do is answered in words."""
    world.scopes = ["read"]
    panel.get_by_role("button", name="+10", exact=True).click()
    expect(panel.get_by_text("needs a key with the scope 'operate'")).to_be_visible()
    panel.get_by_role("button", name="Pause").click()
    expect(panel.get_by_role("alert").first).to_contain_text("Not allowed.")


def test_a_lost_connection_is_shown_over_the_last_values(panel: Page) -> None:
    """The figures stay, with the time they are of."""
    panel.context.set_offline(True)
    banner = panel.get_by_text(re.compile(r"Connection lost, showing values of \d\d:\d\d:\d\d\."))
    expect(banner).to_be_visible()
    expect(count(panel, "serving_counter")).to_have_text("10")
    panel.context.set_offline(False)
    expect(banner).to_be_hidden()


def test_a_session_that_ends_loses_no_typing(panel: Page, world: World) -> None:
    """Signing in again leads back to where one was, with the text that was there."""
    panel.get_by_label("Message to visitors").fill("Half a sentence")
    world.sessions.clear()
    expect(panel.get_by_text("Your session has ended.")).to_be_visible()
    panel.get_by_label("API key").fill(KEY)
    panel.keyboard.press("Enter")
    expect(panel.get_by_label("Message to visitors")).to_have_value("Half a sentence")
    panel.get_by_role("button", name="Undo changes").click()


def test_texts_stay_texts(visitor: Visitor, world: World) -> None:
    """Markup in a title is shown, never run."""
    evil = "<img src=x onerror=alert(1)>"
    world.add("evil", title=evil)
    page = visitor().new_page()
    page.goto("/#event/evil")
    page.get_by_label("API key").fill(KEY)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=evil)).to_be_visible()
    expect(page.locator(".event img")).to_have_count(0)
