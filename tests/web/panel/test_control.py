"""The control panel: moving the line, its states, the message, one visitor."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from waiting import wait_until_sync

from .conftest import Open, Stage, number

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADVANCE = "**/api/increment_serving_counter"


def _serves(stage: Stage, event_id: str, wanted: int) -> None:
    """What visitors are shown, a quarter of a second later at most."""
    wait_until_sync(
        lambda: stage.site.shown(event_id)["serving_counter"] == wanted,
        description=f"serving {wanted}",
    )


def _me(stage: Stage) -> dict[str, str]:
    """The admin's key, as the list of keys has it."""
    own = stage.site.admin_key.split("_")[1]
    [found] = [k for k in stage.site.control.get("/api/keys").json() if k["key_id"] == own]
    return dict(found)


def test_letting_people_in_and_taking_it_back(opened: Open, stage: Stage) -> None:
    """Enter and the quick buttons send one step each; the last one can be undone, once."""
    event_id = stage.line(5)
    page = opened(f"#event/{event_id}")
    page.get_by_label("Number of people").fill("25")
    page.keyboard.press("Enter")
    expect(page.get_by_text("+25 done. Now serving up to 25.")).to_be_visible()
    page.get_by_role("button", name="+100", exact=True).click()
    expect(page.get_by_text("+100 done. Now serving up to 125.")).to_be_visible()
    expect(number(page, "serving")).to_have_text("125")
    last = page.locator("[data-part=undoText]")
    expect(last).to_contain_text(f"Last step: +100 by {_me(stage)['name']},")
    expect(last).to_have_attribute("title", _me(stage)["key_id"])
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Taken back. Serving up to 25 again.")).to_be_visible()
    expect(number(page, "serving")).to_have_text("25")
    _serves(stage, event_id, 25)


def test_a_step_without_an_answer_never_counts_twice(opened: Open, stage: Stage) -> None:
    """When the answer is lost, the same step can be sent again: it is made once."""
    event_id = stage.line(5)
    page = opened(f"#event/{event_id}")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(ADVANCE, lose_the_answer, times=1)
    page.get_by_role("button", name="+10", exact=True).click()
    again = page.get_by_role("button", name="Send +10 again")
    expect(again).to_be_visible()
    expect(page.get_by_role("button", name="Let in")).to_be_disabled()
    again.click()
    expect(page.get_by_text("+10 done. Now serving up to 10.")).to_be_visible()
    _serves(stage, event_id, 10)


def test_only_whole_numbers_are_sent(opened: Open, stage: Stage) -> None:
    """Anything else is refused before it is sent, and stays where it was typed."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}")
    field = page.get_by_label("Number of people")
    for typed in ("", "1.5", "ten", "0", "1e3", "0x10"):
        field.fill(typed)
        page.keyboard.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(typed)
    expect(page.get_by_text("Wanted a whole number other than 0.")).to_be_visible()
    _serves(stage, event_id, 0)


def test_states(opened: Open, stage: Stage) -> None:
    """Pause, sold out, close and open, from here or from elsewhere, show at once."""
    event_id = stage.line(1)
    page = opened(f"#event/{event_id}")
    names = {"Pause": "paused", "Sold out": "sold_out", "Close": "closed", "Open": "open"}
    for name, state in names.items():
        button = page.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert stage.site.control.get(f"/api/events/{event_id}").json()["state"] == state
    stage.site.control.patch(f"/api/events/{event_id}", json={"state": "paused"})
    button = page.get_by_role("button", name="Pause", exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-part=healthBox]")).to_contain_text("Watch")


def test_a_message_to_all(opened: Open, stage: Stage) -> None:
    """It is sent when told so, shown as visitors see it, and typing outlives a change elsewhere."""
    event_id = stage.line(1)
    page = opened(f"#event/{event_id}")
    field = page.get_by_label("Everyone in line sees it")
    field.fill("We start **at noon**")
    expect(page.get_by_text("Not sent yet.")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Sent. Visitors see it within a poll.")).to_be_visible()
    expect(page.locator("[data-part=seen] strong")).to_have_text("at noon")
    field.fill("Half typed")
    stage.site.control.patch(f"/api/events/{event_id}", json={"message": "From elsewhere"})
    expect(page.locator("[data-part=seen]")).to_have_text("From elsewhere")
    expect(field).to_have_value("Half typed")
    page.get_by_role("button", name="Undo changes").click()
    expect(field).to_have_value("From elsewhere")


def test_looking_a_visitor_up(opened: Open, stage: Stage) -> None:
    """State, number and times of one request ID, which no address holds; it is ended."""
    page = opened("#event/launch")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.get_by_label("Request ID")
    field.fill("no-such-id")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(stage.active[0])
    page.keyboard.press("Enter")
    found = page.locator("[data-part=found]")
    told = re.compile(r"Number \d+: On the site\..*Joined.*Called.*Let in", re.DOTALL)
    expect(found).to_contain_text(told)
    page.get_by_role("button", name="Mark completed").click()
    expect(found).to_contain_text("Completed")
    expect(page.get_by_role("button", name="Mark completed")).to_be_hidden()
    assert not [url for url in [*asked, page.url] if stage.active[0] in url]


def how_it_moves(page: Page) -> None:
    """Open the form of the inlet."""
    page.get_by_text("Change how it moves").click()


def test_an_inlet_is_seen_before_it_is_set(opened: Open, stage: Stage) -> None:
    """While a rate is typed, the panel says when the line would be empty; setting it is apart."""
    page = opened("#event/launch")
    how_it_moves(page)
    page.get_by_label("Let in people a minute").fill("600")
    preview = page.locator("[data-part=inletPreview]")
    expect(preview).to_have_text(re.compile(r"^At this rate the line .*is empty at \d\d:\d\d"))
    expect(page.locator("[data-part=planLegend]")).to_be_attached()
    assert stage.site.control.get("/api/events/launch").json()["inlet"]["per_minute"] == 60
    page.get_by_role("button", name="Leave as it is").click()
    expect(preview).to_have_text(re.compile(r"^As it is set"))


def test_an_inlet_is_chosen_by_what_it_does(opened: Open, stage: Stage) -> None:
    """Its fields come with values to begin with; a refused value is told at its field."""
    event_id = stage.line(1)
    page = opened(f"#event/{event_id}")
    how_it_moves(page)
    page.get_by_label("The line moves").select_option(label="Keep the site full")
    field = page.get_by_label("At once on the site")
    field.fill("0")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("0")
    field.fill("250")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Saved. It holds within a second.")).to_be_visible()
    expect(page.get_by_text("250 people are kept on the site.")).to_be_visible()
    inlet = stage.site.control.get(f"/api/events/{event_id}").json()["inlet"]
    assert (inlet["kind"], inlet["size"]) == ("target", 250)


def test_every_kind_of_inlet_can_be_set(opened: Open, stage: Stage) -> None:
    """Each kind of the model is offered, and is taken with the values it comes with."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}")
    how_it_moves(page)
    for kind in ("periodic", "rate", "target", "max_size", "manual"):
        page.get_by_label("The line moves").select_option(kind)
        page.get_by_role("button", name="Set", exact=True).click()
        expect(page.get_by_text("Saved. It holds within a second.")).to_be_visible()
        assert stage.site.control.get(f"/api/events/{event_id}").json()["inlet"]["kind"] == kind


def test_what_is_typed_outlives_a_change_by_somebody_else(opened: Open, stage: Stage) -> None:
    """An inlet set elsewhere is shown, and does not take what is being typed away."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}")
    how_it_moves(page)
    page.get_by_label("The line moves").select_option("rate")
    page.get_by_label("Let in people a minute").fill("45")
    other = {"kind": "periodic", "increment": 7, "interval": 30}
    stage.site.control.put(f"/api/events/{event_id}/inlet", json=other)
    expect(page.get_by_text("7 people are let in every 30 seconds.")).to_be_visible()
    expect(page.get_by_label("Let in people a minute")).to_have_value("45")
