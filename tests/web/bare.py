"""A page with nothing on it but the visitor's module, and what the module told it.

What belongs here: driving ``waitroom.js`` itself, for tests of what no page shows.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from chromium import PATIENCE

BEGIN = """async (options) => {
  const { Waitroom } = await import("/static/waitroom.js");
  window.heard = [];
  window.room = new Waitroom(options);
  for (const type of ["place", "update", "admitted", "error"]) {
    room.on(type, (said) => { if (type !== "update") heard.push([type, said]); });
  }
  room.start();
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def begin(page: Page, address: str = "/shop", **options: object) -> Page:
    """``page`` with a ``room`` that waits in the line ``launch``."""
    if address:
        page.goto(address)
    page.evaluate(BEGIN, {"event": "launch", **options})
    return page


def view(page: Page, name: str) -> Any:
    """A field of the view."""
    return page.evaluate("name => room.view[name]", name)


def heard(page: Page, kind: str) -> list[Any]:
    """What the room has told of that kind so far."""
    return [said for told, said in page.evaluate("window.heard") if told == kind]


def shows(page: Page, **wanted: object) -> None:
    """Wait until the view has these fields.

    Where a look was under way when the clock jumped, the next one comes by itself within 8 s.
    """
    check = """wanted => Object.entries(wanted).every(
        ([name, value]) => JSON.stringify(room.view[name]) === JSON.stringify(value))"""
    try:
        page.wait_for_function(check, arg=wanted, polling=20, timeout=PATIENCE)
    except Exception as error:
        raise AssertionError(f"wanted {wanted}, got {page.evaluate('room.view')}") from error


def until(page: Page, condition: str) -> None:
    """Wait for an expression in the page to hold; not by its own clock, which may stand still."""
    page.wait_for_function(condition, polling=20)


def show(page: Page, *, hidden: bool) -> None:
    """Show or hide a tab, as browsers do when another one is chosen."""
    page.evaluate(HIDE, hidden)
