"""Every state of the pages for visitors, on every screen: nothing hangs out, nothing is cut off,
what is pressed is big enough, everybody can read it, and nothing is asked of anybody else.

What belongs here: what holds for all states alike. The states are in ``scenes.py``; what single
ones say and do is in the files beside this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from api.served import Site, served
from axe import faults, with_axe

from .conftest import Watch
from .forced import lost, share_drawn
from .scenes import SCENES, open_stage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTHS: Final = (320, 390, 1280)  # CSS px: the narrowest by WCAG 2.2, 1.4.10; a phone; a desk
SCHEMES: Final = ("light", "dark")
LANGUAGES: Final = ("en", "de", "ar")  # the original; a long one; one from right to left
PANELS: Final = {f"waiting, {name}": {**SCENES["waiting"], "panel": name}
                 for name in ("call", "device", "leave")}  # fmt: skip
ALL: Final = {**SCENES, **PANELS}

# Breaches of the policy are noted from the first byte on.
LISTEN: Final = """
window.breaches = [];
addEventListener("securitypolicyviolation",
  ({ effectiveDirective, blockedURI }) => breaches.push(`${effectiveDirective} ${blockedURI}`));
"""
# What is wrong with the page as it stands. A target within a sentence may be smaller, and so may
# one that a label stands for (WCAG 2.2, 2.5.8).
MEASURE: Final = """
window.flaws = () => {
  const wide = document.documentElement.clientWidth;
  const card = document.getElementById("room");
  const edge = card.getBoundingClientRect();
  const found = [];
  const say = (what, node) => found.push(`${what}: ${node.tagName} ${node.id || node.className} `
    + JSON.stringify(node.textContent.trim().slice(0, 40)));
  if (document.documentElement.scrollWidth > wide) say("scrolls sideways", document.body);
  for (const node of document.body.querySelectorAll("*:not(svg *, .unseen, .unseen *)")) {
    if (!node.checkVisibility()) continue;
    const { left, right, width, height } = node.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    if (left < -0.5 || right > wide + 0.5) say("out of sight", node);
    else if (card.contains(node) && (left < edge.left - 0.5 || right > edge.right + 0.5)) {
      say("out of the card", node);
    }
    if (node.matches(":not(:has(*), input, svg)") && node.clientWidth > 0
      && node.scrollWidth > node.clientWidth + 1) say("hangs out of its box", node);
    if (node.matches("button, select, summary, a[href], label:has(input), input")
      && !node.closest("p a, li a, dd a") && !node.matches("label input")
      && (width < 24 || height < 24)) say(`${width} x ${height} px to press`, node);
  }
  return found;
};
window.flawsOfAll = (scenes) => Object.entries(scenes).flatMap(([name, scene]) => {
  show(scene);
  return flaws().map((flaw) => `${name}: ${flaw}`);
});
window.movingOfAll = (scenes) => Object.entries(scenes).flatMap(([name, scene]) => {
  show(scene);
  return document.getAnimations().map(() => name);
});
window.faultsOfAll = async (scenes, rules) => {
  const found = [];
  for (const [name, scene] of Object.entries(scenes)) {
    show(scene);
    found.push(...(await faults(rules)).map((fault) => `${name}: ${fault}`));
  }
  return found;
};
"""
COLOURS: Final = ["color-contrast"]  # all that axe finds by the colour scheme


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room, for its pages, files and headers."""
    with served(tmp_path_factory.mktemp("states") / "data", workers=1) as site:
        site.event(event_id="launch", title="Nordlicht: the farewell concert")
        yield site


@pytest.fixture(scope="module")
def shared(site: Site, browser: Browser) -> Iterator[Page]:
    """One page for all states."""
    context = browser.new_context(base_url=site.public_url, reduced_motion="reduce")
    context.add_init_script(LISTEN + MEASURE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(site: Site, shared: Page) -> Iterator[Page]:
    """That page, watched."""
    watch = Watch(site.public_url)
    watch.follow(shared)
    yield shared
    shared.emulate_media(forced_colors="none")
    assert shared.evaluate("breaches") == []
    assert watch.wrongs == []


def looks(page: Page) -> Iterator[str]:
    """Set the page up for every width and scheme, one after the other."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            yield f"{width} px, {scheme}"


def test_everything_fits(page: Page) -> None:
    """Every state and open panel, narrow and wide, light and dark, in three languages and both
    directions: nothing scrolls sideways, hangs out or is too small to press."""
    open_stage(page, "/room/launch")
    found: list[str] = []
    for language in LANGUAGES:
        page.evaluate("sayIn", language)
        for look in looks(page):
            flaws = page.evaluate("flawsOfAll", ALL)
            found += [f"{language}, {look}: {flaw}" for flaw in flaws]
    assert found == []


def test_lines_end_where_readers_expect_it(page: Page) -> None:
    """Korean lines end between words, Japanese headlines between phrases; all of it still fits."""
    open_stage(page, "/room/launch")
    page.set_viewport_size({"width": 320, "height": 844})
    ends = "() => getComputedStyle(document.getElementById('headline')).wordBreak"
    for language, wanted in (("ja", "auto-phrase"), ("ko", "keep-all"), ("zh", "normal")):
        page.evaluate("sayIn", language)
        assert page.evaluate(ends) == wanted
        assert page.evaluate("flawsOfAll", ALL) == []


def test_everybody_can_use_it(page: Page) -> None:
    """axe-core finds nothing in any state on a phone, nothing in the colours for dark screens, and
    nothing from right to left."""
    open_stage(page, "/room/launch")
    with_axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    found: dict[str, Any] = {}
    for look, rules in (("light", None), ("dark", COLOURS)):
        page.emulate_media(color_scheme=look)  # type: ignore[arg-type]  # one of two words
        found[look] = page.evaluate("([all, rules]) => faultsOfAll(all, rules)", [ALL, rules])
    page.evaluate("sayIn", "ar")
    few = {name: ALL[name] for name in ("early", "waiting", "door-full", "gone-expired")}
    found["ar"] = page.evaluate("few => faultsOfAll(few)", few)
    assert not any(found.values()), found


def test_colours_forced_upon_it(page: Page) -> None:
    """In the few colours of somebody's system every state has its frames, signs, progress and the
    ring around what has the focus, none of it in colours of ours, and axe-core finds nothing."""
    open_stage(page, "/room/launch")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark", forced_colors="active")
    found: list[Any] = []
    for name, scene in ALL.items():
        page.evaluate("show", scene)
        found += [f"{name}: {what}" for what in lost(page)]
        come = max(scene["view"]["progress"], 0.03)  # as little as that is drawn in any case
        if page.locator("#line").is_visible() and abs(share_drawn(page) - come) > 0.02:
            found.append(f"{name}: progress is drawn as {share_drawn(page)}, not {come}")
    assert found == []
    with_axe(page)
    assert page.evaluate("([all, rules]) => faultsOfAll(all, rules)", [ALL, COLOURS]) == []


def test_nothing_moves_for_those_who_want_it_still(page: Page) -> None:
    """Where less motion is asked for, nothing moves in any state; elsewhere something does."""
    open_stage(page, "/room/launch")
    assert page.evaluate("movingOfAll", ALL) == []  # as the page has asked from the start
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("movingOfAll", ALL)
    page.emulate_media(reduced_motion="reduce")


def test_pages_made_on_the_server(page: Page, site: Site) -> None:
    """The page without JavaScript and those that say why there is no room: the same promises."""
    for _ in range(2):
        site.join("launch")
    in_line = "/enter/launch?plain=1&still=1"
    found: list[str] = []
    for address in (
        in_line,
        f"{in_line}&lang=de",
        f"{in_line}&do=leave&lang=ar",
        "/enter/no-such-event?lang=ar",
        "/room/no-such-event?lang=de",
        "/oidc/launch/end_session?lang=de",
        "/oidc/launch/authorize?lang=ar",
    ):
        page.goto(address)
        for look in looks(page):
            found += [f"{address}, {look}: {flaw}" for flaw in page.evaluate("flaws()")]
        found += [f"{address}: {fault}" for fault in faults(page)]
        assert page.evaluate("breaches") == []
    assert found == []
