"""axe-core, which looks a page over for what keeps people from using it.

It comes past the page's policy, as a browser's own tools do, and is there until the next page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from programs import missing

AXE: Final = Path(__file__).parent / "peers/node_modules/axe-core/axe.min.js"
_FAULTS: Final = """() => {
  window.faults = async (rules) => {
    const only = rules ? { runOnly: { type: "rule", values: rules } } : {};
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
  };
}"""


def with_axe(page: Page) -> None:
    """Give the page the function ``faults(rules)``; no rules: all of them."""
    if not AXE.exists():
        missing("tests/peers/node_modules: run scripts/node")
    page.evaluate(AXE.read_text())
    page.evaluate(_FAULTS)


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    with_axe(page)
    found: list[str] = page.evaluate("faults()")
    return found
