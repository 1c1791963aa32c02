"""The control panel: the audit logs, API keys, expired tokens, the end of a line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from waiting import wait_until_sync

from .conftest import Open, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_log_is_read_searched_and_undone(opened: Open, stage: Stage) -> None:
    """The newest first, with who and what; undoing says beforehand what it would do; what was
    changed since offers none."""
    event_id = stage.line(3)
    for change in ({"title": "One"}, {"title": "Two"}, {"message": "Hello"}):
        stage.site.control.patch(f"/api/events/{event_id}", json=change).raise_for_status()
    stage.site.advance(event_id, 2)
    page = opened(f"#event/{event_id}/log")
    entries = page.get_by_role("tabpanel").get_by_role("listitem")
    expect(entries.first).to_contain_text("Line moved +2, from 0 to 2")
    expect(entries.first).to_contain_text("tests · 127.0.0.1")
    expect(entries.first).to_contain_text("sealed")
    expect(page.get_by_role("button", name=re.compile(r"^Undo entry"))).to_have_count(3)
    page.get_by_label("Find who").fill("title")
    expect(page.get_by_text(re.compile(r"^2 found in the newest \d entries"))).to_be_visible()
    row = entries.filter(has_text="Set title to “Two”")
    expect(row).to_have_count(1)
    row.get_by_text("What changed").click()
    expect(row.locator("del")).to_have_text("“One”")
    expect(entries.filter(has_text="Set title to “One”").get_by_role("button")).to_be_hidden()
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("title: “Two” becomes “One” again")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_be_hidden()
    expect(entries.first).to_contain_text("undone: set title to “One”")
    assert stage.site.control.get(f"/api/events/{event_id}").json()["title"] == "One"


def test_a_refused_undoing_is_told_where_it_was_asked(opened: Open, stage: Stage) -> None:
    """If somebody was faster, the dialog says the server's word and nothing happens."""
    event_id = stage.line(2)
    stage.site.advance(event_id, 2)
    page = opened(f"#event/{event_id}/log")
    page.get_by_role("button", name=re.compile(r"^Undo entry")).click()
    expect(page.get_by_role("dialog")).to_contain_text("serving up to 0 in place of 2")
    log = stage.site.control.get(f"/api/events/{event_id}/log").json()
    stage.site.control.post(f"/api/events/{event_id}/log/{log['end']}/undo").raise_for_status()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("undone already")


def test_a_long_log_page_by_page(opened: Open, stage: Stage) -> None:
    """Older entries come when asked for; newer ones wait behind a button, so that nothing jumps."""
    event_id = stage.line(0)
    change = f"/api/events/{event_id}"
    for number in range(55):
        stage.site.control.patch(change, json={"title": f"Title {number}"}).raise_for_status()
    page = opened(f"#event/{event_id}/log", "read")
    told = page.get_by_text(re.compile(r"^50 of 5\d entries\."))
    expect(told).to_be_visible()
    stage.site.control.patch(change, json={"title": "Newest"}).raise_for_status()
    page.get_by_role("button", name="Older entries").click()
    expect(page.get_by_text("Set title to “Title 0”")).to_be_visible()
    expect(page.get_by_role("button", name="Older entries")).to_be_hidden()
    newer = page.get_by_role("button", name="Show 1 newer")
    expect(newer).to_be_visible()
    newer.click()
    expect(page.get_by_text("Set title to “Newest”")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Undo entry"))).to_have_count(0)


def tried(stage: Stage, key: str) -> int:
    """The status of a call that needs ``operate``."""
    headers = {"authorization": f"Bearer {key}"}
    path = "/api/events/launch/inlet/preview"
    return stage.site.control.post(path, headers=headers, json={"kind": "manual"}).status_code


def test_keys_from_their_making_to_their_end(opened: Open, stage: Stage) -> None:
    """A new key works and is shown once; a revoked one does not; the deployment's log tells of
    both; one's own is not revoked by a stray click."""
    page = opened("#deployment")
    page.get_by_label("Name who or what").fill("front desk")
    page.get_by_role("checkbox", name=re.compile("^read")).uncheck()
    page.get_by_role("button", name="Create the key").click()
    expect(page.get_by_text("Wanted one or more.")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^operate")).check()
    page.get_by_role("button", name="Create the key").click()
    once = page.get_by_role("group", name="The key front desk")
    key = once.locator("code").inner_text()
    assert tried(stage, key) == 200
    once.get_by_role("button", name="I have it").click()
    assert key not in page.content()
    page.get_by_role("button", name="Revoke front desk…").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The key front desk is revoked.")).to_be_visible()
    expect(page.get_by_role("button", name="Revoke front desk…")).to_have_count(0)
    assert tried(stage, key) == 401
    own = page.get_by_role("row", name=re.compile("you are signed in with it"))
    own.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Revoke my key")).to_be_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    page.reload()
    log = page.locator(".entries")
    expect(log).to_contain_text("API key front desk created")
    expect(log).to_contain_text(re.compile(r"API key \w+ revoked"))


def test_keys_are_for_admins(opened: Open) -> None:
    """Who may not, sees neither the page nor a way to it."""
    page = opened("#deployment", "read", "operate")
    expect(page.get_by_role("heading", name="Events")).to_be_visible()
    expect(page.get_by_role("link", name="Deployment")).to_be_hidden()


def expired(stage: Stage, count: int) -> str:
    """An event with so many tokens that have run out."""
    event_id = stage.line(0, validity_period=1)
    ids = [stage.site.join(event_id)["api_request_id"] for _ in range(count)]
    stage.site.advance(event_id, count)
    for request_id in ids:
        assert stage.site.token(event_id, request_id).status_code == 200
    return event_id


def test_expired_tokens_page_by_page(opened: Open, stage: Stage) -> None:
    """By time, with their numbers; no request ID is in an address."""
    event_id = expired(stage, 22)
    asked: list[str] = []

    def hear(request: Request) -> None:
        asked.append(request.url)

    page = opened(f"#event/{event_id}/end")
    page.on("request", hear)
    again = page.get_by_role("button", name="Look again")

    def is_whole(page: Page) -> bool:
        again.click()
        expect(again).to_be_enabled()
        return page.get_by_text("20 tokens, page 1.").is_visible() and (
            page.get_by_role("button", name="Later ones").is_enabled()
        )

    expect(page.get_by_text(re.compile("^No token has run out|tokens?, page 1"))).to_be_visible()
    for _ in range(40):  # each look is a round trip; the tokens run out within a second
        if is_whole(page):
            break
    rows = page.get_by_role("region", name="Expired tokens").get_by_role("row")
    expect(rows.nth(1).get_by_role("cell").first).to_have_text("1")
    first = rows.nth(1).get_by_role("rowheader").inner_text()
    page.get_by_role("button", name="Later ones").click()
    expect(page.get_by_text("2 tokens, page 2.")).to_be_visible()
    expect(rows.nth(2).get_by_role("cell").first).to_have_text("22")
    page.get_by_role("button", name="From the oldest").click()
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text(first)
    assert not [url for url in asked if re.search(r"\w{8}-\w{4}-\w{4}-\w{4}", url)]


def test_reset_and_delete_say_what_is_lost(opened: Open, stage: Stage) -> None:
    """Neither happens by a stray click; both say how many people it concerns."""
    event_id = stage.line(3)
    page = opened(f"#event/{event_id}/end")
    expect(page.get_by_text("Lost now: the places of 3 people in line")).to_be_visible()
    page.get_by_role("button", name="Reset the line…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("the places of 3 people in line")
    act = dialog.get_by_role("button", name="Reset the line")
    expect(act).to_be_disabled()
    dialog.get_by_role("textbox").fill(event_id)
    act.click()
    expect(page.get_by_text("Lost now: nothing, nobody is in line")).to_be_visible()
    wait_until_sync(
        lambda: stage.site.shown(event_id, "status")["queue_counter"] == 0,
        description="visitors are shown the new line",
    )
    page.get_by_role("button", name="Delete the event…").click()
    dialog.get_by_role("textbox").fill(event_id)
    dialog.get_by_role("button", name="Delete the event").click()
    expect(page.get_by_role("heading", name="Events")).to_be_visible()
    assert stage.site.control.get(f"/api/events/{event_id}").status_code == 404
