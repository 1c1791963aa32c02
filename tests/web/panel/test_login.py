"""The control panel: signing in and out, by key and by link."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open, Stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_signing_in_and_out(page: Page, stage: Stage) -> None:
    """A wrong key is refused; a good one opens a session that lasts, and is itself kept nowhere."""
    page.goto("/")
    page.get_by_label("API key").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.get_by_label("API key").fill(stage.site.admin_key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stage.site.admin_key not in stored + page.content() + page.url
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    page.reload()
    expect(page.get_by_label("API key")).to_be_visible()


def link_of(stage: Stage) -> str:
    """The code of a fresh one-time link, as the command line makes it."""
    settings = stage.site.settings
    command = [sys.executable, "-m", "waitroom", "panel", f"--data-dir={settings.data_dir}"]
    command += [f"--control-bind={settings.control_bind}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r"#login=([\w.-]+)", done.stdout)
    assert found, done.stdout + done.stderr
    return found[1]


def test_a_link_signs_in_once(page: Page, stage: Stage) -> None:
    """The code leaves the address at once, and is good for one sign-in."""
    code = link_of(stage)
    page.goto(f"/#login={code}")
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    assert code not in page.url
    page.get_by_role("button", name="Sign out").click()
    page.goto("/docs")
    page.goto(f"/#login={code}")
    expect(page.get_by_text("Links are good once")).to_be_visible()
    expect(page.get_by_label("API key")).to_be_focused()
    assert code not in page.url


def test_a_session_that_ends_loses_no_typing(opened: Open, stage: Stage) -> None:
    """Signing in again leads back to where one was, with the text that was there."""
    page = opened("#event/launch", "admin")
    page.get_by_label("Everyone in line sees it").fill("Half a sentence")
    page.context.clear_cookies()
    page.get_by_role("button", name="+10", exact=True).click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    page.get_by_label("API key").fill(stage.site.admin_key)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Everyone in line sees it")).to_have_value("Half a sentence")
    page.get_by_role("button", name="Undo changes").click()
