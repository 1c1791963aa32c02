"""The control panel: the look of an event's waiting room, and its preview."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import FilePayload, FrameLocator, Page, expect

from web.conftest import Watch

from .conftest import Open, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ICON = Path(__file__).parents[3] / "src" / "waitroom" / "web" / "static" / "icon.svg"


def phone(page: Page) -> FrameLocator:
    """What the preview shows on a phone."""
    return page.frame_locator("iframe[title='Preview on a phone']")


def test_a_look_is_seen_before_it_is_saved(opened: Open, stage: Stage) -> None:
    """Name, colours and logo show in the preview as they are chosen; a colour that cannot be read
    is told with one that can, a click away; what is saved is what visitors get."""
    event_id = stage.line(0, title="The great sale")
    page = opened(f"#event/{event_id}/look")
    page.get_by_label("Name whose room").fill("Moonlight Store")
    expect(phone(page).get_by_text("Moonlight Store")).to_be_attached()
    expect(phone(page).get_by_role("heading", name="The great sale")).to_be_attached()
    accent = page.locator("#look-accent")
    accent.fill("#ff8800")
    expect(accent).to_have_accessible_description(
        "#ff8800 has a contrast of 2.39 on the white card; wanted 4.5 or more, such as #b46000"
    )
    page.locator("#look-background").fill("#1d2b53")
    expect(page.get_by_text("Contrast with its text: 12.10 to 1, good.")).to_be_visible()
    expect(phone(page).locator("body")).to_have_css("background-color", "rgb(29, 43, 83)")
    page.get_by_role("button", name="Use #b46000").click()
    expect(page.get_by_text("Contrast with the white card: 4.5")).to_be_visible()
    page.locator("[data-part=logoFile]").set_input_files(ICON)
    expect(phone(page).get_by_role("img", name="Moonlight Store")).to_be_attached()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(phone(page).locator("body")).to_have_css("background-color", "rgb(2, 3, 6)")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Visitors see it")).to_be_visible()
    theme = stage.site.control.get(f"/api/events/{event_id}/theme").json()
    assert (theme["name"], theme["accent"]) == ("Moonlight Store", "#b46000")
    assert theme["logo"].startswith("data:image/svg+xml;base64,")
    page.get_by_role("button", name="Our own looks again…").click()
    page.get_by_role("button", name="Take the look off").click()
    expect(accent).to_have_value("")
    assert stage.site.control.get(f"/api/events/{event_id}").json()["theme"] == ""


def picture(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    """A file as a browser has it."""
    return {"name": name, "mimeType": kind, "buffer": content}


def test_a_logo_that_will_not_do(opened: Open, stage: Stage) -> None:
    """What is too large, or no picture, is refused at once, with the reason."""
    page = opened(f"#event/{stage.line(0)}/look")
    choose = page.locator("[data-part=logoFile]")
    choose.set_input_files(picture("large.png", b"\x89PNG" + bytes(300_000)))
    expect(page.get_by_text("large.png has 293 KiB; wanted at most 256 KiB.")).to_be_visible()
    choose.set_input_files(picture("a.txt", b"hello", "text/plain"))
    expect(page.get_by_text("a.txt is not PNG, JPEG")).to_be_visible()
    choose.set_input_files(picture("a.png", b"<svg>"))
    expect(page.locator("[data-error-for=logo]")).not_to_be_empty()


def test_an_own_page_runs_nothing_in_the_preview(opened: Open, stage: Stage, watch: Watch) -> None:
    """The operator's HTML and CSS are shown around the room; no script of it runs, and it cannot
    reach the panel."""
    page = opened(f"#event/{stage.line(0)}/look")
    page.get_by_text("Your own CSS and page").click()
    page.get_by_label("HTML page").fill(
        "<html><head>{{ head }}<style nonce='{{ nonce }}'>.top { color: rgb(1, 2, 3) }</style>"
        "</head>"
        "<body class='room-page'><p class='top' onclick='parent.bad = 1'>Ours: {{ title }}</p>"
        "<script nonce='{{ nonce }}'>parent.bad = 1; document.title = 'bad'</script>"
        "<img src='data:,' onerror='document.title = 1'>{{ room }}</body></html>"
    )
    top = phone(page).locator(".top")
    expect(top).to_have_css("color", "rgb(1, 2, 3)")
    expect(phone(page).locator("#hero")).to_be_attached()
    top.evaluate("node => node.click()")
    assert page.evaluate("window.bad") is None
    inside = top.evaluate("() => [origin, document.title, document.scripts.length]")
    assert inside[0] == "null", "the preview has the panel's origin"
    assert inside[1] not in {"bad", "1"}
    assert inside[2] == 1
    assert all("has been blocked" in wrong for wrong in watch.wrongs)
    watch.wrongs.clear()  # the policy speaks up as it does on the room page itself


def test_the_preview_stands_in_our_frames_alone(stage: Stage) -> None:
    """Pages of other origins cannot frame it, nor can anybody frame the panel."""
    preview = httpx.get(f"{stage.url}/preview").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in preview
    assert preview.endswith("sandbox allow-scripts")
    assert "'unsafe" not in preview
    panel = httpx.get(stage.url).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in panel
    assert panel.endswith("frame-src 'self'")
    room = httpx.get(f"{stage.site.public_url}/room/launch").headers["content-security-policy"]
    assert "frame-src" not in room
    assert "frame-ancestors 'none'" in room


def test_somebody_else_dresses_it_meanwhile(opened: Open, stage: Stage) -> None:
    """Parts that are not being edited follow; what was typed stays until one is chosen."""
    event_id = stage.line(0)
    page = opened(f"#event/{event_id}/look")
    name = page.get_by_label("Name whose room")
    name.fill("Mine")
    theirs = {"name": "Theirs", "accent": "#0a58ca"}
    stage.site.control.put(f"/api/events/{event_id}/theme", json=theirs).raise_for_status()
    expect(page.get_by_text("Somebody else set this to “Theirs” meanwhile.")).to_be_visible()
    expect(name).to_have_value("Mine")
    expect(page.locator("#look-accent")).to_have_value("#0a58ca")
    page.get_by_role("button", name="Take theirs").click()
    expect(name).to_have_value("Theirs")
