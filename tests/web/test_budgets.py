"""What the waiting-room page costs a visitor: bytes, requests, jumps, and the time to first paint.

What belongs here: limits that hold on the real server with a real line. What must change with it:
the figures in docs/room-page.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from api.served import Site, served
from chromium import PATIENCE
from waitroom.words import LANGUAGES as TONGUES

from .scenes import MESSAGE, SCENES, Scene, open_stage, scene

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_BYTES: Final = 60 * 1024  # of all bodies, compressed: 1.2 s on a slow 3G line (400 kbit/s)
MOST_REQUESTS: Final = 32  # for files; each module is one, and none waits for another
MOST_CALLS: Final = 3  # about the line, until the place is shown
MOST_SHIFT: Final = 0.02  # Cumulative Layout Shift; "good" is below 0.1
SHORT: Final = "<p>We go on at about 14:30.</p>"
LONG: Final = (
    "<p>We go on at about 14:30. Until then everybody keeps their place, and nobody needs to do"
    " anything.</p><p>Bring something to drink: it is warm.</p><p>There is a second evening on 3"
    " May, and its line opens tomorrow.</p>"
)

# Every jump that no press has caused, with what jumped.
LISTEN: Final = """
window.jumps = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (hadRecentInput) continue;
    jumps.push([value, sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
NEXT_PAINT: Final = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
# Shows one scene after the other, lets what moves arrive, and returns the jumps of each.
IN_TURN: Final = f"""async (scenes) => {{
  const nextPaint = {NEXT_PAINT};
  const found = [];
  for (const [name, scene] of scenes) {{
    show(scene);
    await nextPaint();
    const glides = document.getAnimations().filter((one) => !(one instanceof CSSAnimation));
    glides.forEach((glide) => glide.finish());
    await nextPaint();
    found.push([name, jumps.splice(0)]);
  }}
  return found;
}}"""
PAINTED: Final = """() => new Promise((done) => {
  const found = (list) => {
    if (list.getEntriesByName("first-contentful-paint").length > 0) done();
  };
  new PerformanceObserver(found).observe({ type: "paint", buffered: true });
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room."""
    with served(tmp_path_factory.mktemp("budgets") / "data", workers=1) as site:
        yield site


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """A phone with nothing in its cache."""
    context = browser.new_context(
        base_url=site.public_url, viewport={"width": 390, "height": 844}, locale="en-US"
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(LISTEN)
    yield context.new_page()
    context.close()


def crowded(site: Site) -> str:
    """An event with two people in line and a word from its operator."""
    event_id = site.event(title="The launch", message="Two tickets a person.")
    for _ in range(2):
        site.join(event_id)
    return event_id


def is_file(request: Request) -> bool:
    """Whether a request is for what every visitor gets, and not a call about the line."""
    return "/api/" not in request.url


def heaviest(site: Site, used: str) -> int:
    """By how many bytes the largest catalogue of texts is heavier than the one at ``used``."""
    base = used.rpartition("/")[0]
    sizes = {}
    for code in TONGUES:
        answer = site.public.get(f"{base}/{code}.ftl", headers={"Accept-Encoding": "gzip"})
        sizes[code] = answer.num_bytes_downloaded
    return max(sizes.values()) - sizes["en"]


def test_what_it_weighs(site: Site, page: Page) -> None:
    """Until the place is shown: page, style, scripts, icon and the largest catalogue of texts take
    under 60 KiB on the wire, each file is fetched once, and few calls about the line are made."""
    asked: list[Request] = []
    page.on("requestfinished", lambda one: asked.append(one))  # noqa: PLW0108 - nothing built in
    page.goto(f"/room/{crowded(site)}")
    expect(page.locator("#number")).to_have_text("3")
    page.wait_for_load_state("networkidle")
    files = [request for request in asked if is_file(request)]
    weighed = {request.url: request.sizes()["responseBodySize"] for request in files}
    (words,) = (url for url in weighed if url.endswith(".ftl"))
    assert sum(weighed.values()) + heaviest(site, words) < MOST_BYTES, weighed
    assert len(files) == len(weighed) <= MOST_REQUESTS
    calls = [request.url for request in asked if not is_file(request)]
    assert len(calls) <= MOST_CALLS, calls


def test_painted_before_any_answer(site: Site, page: Page) -> None:
    """While the API says nothing at all, the page is there and says what it is doing."""
    held: list[Route] = []
    page.route("**/api/**", lambda one: held.append(one))  # noqa: PLW0108 - nothing built in
    with page.expect_request("**/api/**"):
        page.goto(f"/room/{crowded(site)}", wait_until="commit")
    page.evaluate(PAINTED)
    expect(page.locator("#title")).to_have_text("The launch")
    expect(page.locator("#headline")).to_have_text("Getting your place in line")
    for route in held:
        route.abort()


def test_nothing_jumps(site: Site, page: Page) -> None:
    """While a place is got, the line moves and the turn comes, what is read or about to be pressed
    stays where it is (Cumulative Layout Shift under 0.02)."""
    event_id = crowded(site)
    held: list[Route] = []
    page.route("**/api/assign_queue_num", lambda one: held.append(one))  # noqa: PLW0108 - as above
    with page.expect_request("**/api/assign_queue_num"):
        page.goto(f"/room/{event_id}")
    page.evaluate(NEXT_PAINT)  # with what is known of the event, and no place yet
    held[0].continue_()
    expect(page.locator("#number")).to_have_text("3")
    site.advance(event_id, 1)
    expect(page.locator("#ahead")).to_have_text("1")
    site.advance(event_id, 2)
    expect(page.locator("#room")).to_have_attribute("data-phase", "admitted")
    page.evaluate(NEXT_PAINT)
    jumps = page.evaluate("jumps")
    assert sum(value for value, _ in jumps) < MOST_SHIFT, jumps


def in_line(message: str = "", *, paused: bool = False, **view: Any) -> Scene:
    """In line, with these words of the operator."""
    state = "paused" if paused else "open"
    return scene({"message_html": message, "state": state}, paused=paused, **view)


# Each scene follows the one before it. What appears, changes, grows and goes away in mid-wait.
MID_WAIT: Final = {
    "in line": in_line(),
    "a message": in_line(SHORT),
    "another message": in_line(MESSAGE),
    "a longer one": in_line(LONG),
    "a shorter one": in_line(SHORT),
    "no message": in_line(),
    "a pause": in_line(paused=True),
    "no pause": in_line(),
    "a pause with a message": in_line(SHORT, paused=True),
    "no pause, the same message": in_line(SHORT),
    "a pause under a message": in_line(SHORT, paused=True),
    "neither": in_line(),
    "a pause with a long message": in_line(LONG, paused=True),
    "neither again": in_line(),
    "a slower line": in_line(SHORT, changed="slower"),
    "no connection": in_line(SHORT, changed="slower", trouble="offline", age=100),
    "a good connection": in_line(SHORT),
}


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_jumps_from_state_to_state(site: Site, page: Page, width: int) -> None:
    """A message, a pause, trouble and every change of state: what is on the page already is not
    thrown out of its place by any of them, on a phone and on a desk."""
    page.set_viewport_size({"width": width, "height": 844})
    open_stage(page, f"/room/{crowded(site)}")
    told = page.evaluate(IN_TURN, [*MID_WAIT.items(), *SCENES.items()])
    (first, _), *rest = told
    assert first == "in line"
    found = [(name, jumps) for name, jumps in rest if sum(by for by, _ in jumps) >= MOST_SHIFT]
    assert found == []
