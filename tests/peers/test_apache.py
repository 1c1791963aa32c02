"""Apache with mod_auth_openidc before a shop, in Chromium: the case of a load balancer with OIDC.

The configuration is ``deploy/gates/apache/waitroom.conf``, as it stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from api.served import Site, away, served
from chromium import PATIENCE, chromium
from peers.apache import Apache, apache
from peers.visitors import answer_of, register
from ports import free_port
from waiting import wait_until_sync

SHOTS = Path(__file__).parents[1] / "screenshots"
EVENT = "apache"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-peers")]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room with the shop's event."""
    with served(tmp_path_factory.mktemp("apache-room") / "data", workers=1) as site:
        site.event(event_id=EVENT, title="Sale of the season")
        yield site


@pytest.fixture(scope="module")
def gate(room: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apache]:
    """Apache before the shop."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    client = register(
        room,
        EVENT,
        redirect_uri=f"{url}/waitroom/callback",
        post_logout_redirect_uris=[f"{url}/static/bye.html"],
    )
    directory = tmp_path_factory.mktemp("apache")
    directory.chmod(0o755)
    with apache(directory, client, port) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor's browser of their own."""
    context = browser.new_context(viewport={"width": 800, "height": 600})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def shoot(page: Page, name: str) -> None:
    """A picture for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"apache-{name}.png")


def wait_in_room(page: Page, room: Site) -> None:
    """The visitor is on the room page and has a place."""
    page.wait_for_url(f"{room.public_url}/room/{EVENT}?**")
    expect(page.locator("#headline")).to_contain_text("next")


def session_of(context: BrowserContext, gate: Apache) -> list[str]:
    """The names of Apache's session cookies."""
    names = [str(cookie.get("name")) for cookie in context.cookies(gate.url)]
    return [name for name in names if name.startswith("mod_auth_openidc_session")]


def test_a_visitor_waits_is_let_in_comes_again_and_leaves(
    room: Site, gate: Apache, context: BrowserContext
) -> None:
    """Shop, room, the operator lets one in, the shop with the claims; a second visit passes without
    the room; leaving ends the session in Apache and in Waitroom."""
    page = context.new_page()
    page.goto(f"{gate.url}/checkout?a=1&b=%2F")
    wait_in_room(page, room)
    shoot(page, "1-waiting")
    room.advance(EVENT, 1)
    page.wait_for_url(f"{gate.url}/checkout?a=1&b=%2F")
    shoot(page, "2-let-in")
    said = page.locator("dl").inner_text().split()
    facts = {name.lower(): value for name, value in zip(said[::2], said[1::2], strict=True)}
    request_id = facts["x-waitroom-request-id"]
    assert facts["x-waitroom-event-id"] == EVENT
    assert facts["x-waitroom-queue-position"].isdecimal()
    assert facts["x-waitroom-expires-at"].isdecimal()
    assert not [name for name in facts if name.startswith("oidc")]
    assert "mod_auth_openidc_session" not in page.locator("#cookies").inner_text()

    kept = [cookie for cookie in context.cookies(gate.url) if "openidc" in str(cookie.get("name"))]
    assert {(cookie.get("httpOnly"), cookie.get("sameSite")) for cookie in kept} == {(True, "Lax")}

    page.goto(f"{gate.url}/basket")
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    assert request_id in page.content()
    context.clear_cookies(name="mod_auth_openidc_session")  # Apache forgets; Waitroom does not
    context.clear_cookies(name="mod_auth_openidc_session_0")
    page.goto(f"{gate.url}/basket")
    assert page.url == f"{gate.url}/basket"
    assert request_id in page.content()

    page.goto(f"{gate.url}/waitroom/leave")
    assert page.url == f"{gate.url}/static/bye.html"
    assert session_of(context, gate) == []
    wait_until_sync(
        lambda: room.control.get(f"/api/events/{EVENT}/counters").json()["completed_sessions"] == 1,
        description="the session is completed",
    )
    page.goto(f"{gate.url}/basket")
    page.wait_for_url(f"{room.public_url}/room/{EVENT}?**")
    assert request_id not in gate.access.read_text()
    assert f"{request_id[:8]} 200 GET /basket" in gate.access.read_text()


def back_from_room(visitor: httpx.Client, room: Site, gate: Apache) -> str:
    """The callback to which Waitroom sends another visitor, who came without a browser."""
    begun = visitor.get(f"{gate.url}/checkout", headers={"accept": "text/html"})
    to_room = visitor.get(begun.headers["location"]).headers["location"]
    asked = {
        "event_id": EVENT,
        "request_id": room.admitted(EVENT),
        "authorization": answer_of(to_room)["authorization"],
    }
    answer = room.public.post("/api/hand_over", json=asked)
    return str(answer.json()["location"])


def code_of_another(room: Site, gate: Apache) -> str:
    """A fresh code of another visitor of the same shop."""
    with httpx.Client() as other:
        return answer_of(back_from_room(other, room, gate))["code"]


@pytest.mark.parametrize(
    ("what", "complaint"),
    [("code", "Error in handling response type"), ("state", "Bad Request")],
    ids=["code", "state"],
)
def test_what_an_attacker_swaps_in_does_not_pass(
    room: Site, gate: Apache, context: BrowserContext, what: str, complaint: str
) -> None:
    """On the way back, the code of another visitor or a state that was altered: no session and
    nothing of the shop. Left alone, the same way passes."""
    page = context.new_page()
    held: list[str] = []
    callback = f"{gate.url}/waitroom/callback?**"

    def hold(route: Route) -> None:
        held.append(route.request.url)
        route.fulfill(body="held")

    page.route(callback, hold)
    page.goto(f"{gate.url}/checkout")
    wait_in_room(page, room)
    room.advance(EVENT, 1)
    page.wait_for_url(callback)
    page.unroute(callback)
    swapped = {"code": code_of_another(room, gate)} if what == "code" else {"state": "A" * 27}
    page.goto(str(httpx.URL(held[0]).copy_merge_params(swapped)))
    expect(page.get_by_text(complaint)).to_be_visible()
    assert "X-Waitroom" not in page.content()
    assert session_of(context, gate) == []
    if what == "state":  # nothing was redeemed, and the visitor's own answer is still good
        page.goto(held[0])
        assert page.url == f"{gate.url}/checkout"


@pytest.mark.parametrize(
    "path",
    [
        "/checkout",
        "//checkout",
        "/static/../checkout",
        "/static%2f..%2fcheckout",
        "/static/..;/checkout",
    ],
)
def test_nothing_but_what_is_named_goes_by(gate: Apache, path: str) -> None:
    """However a path is written, it is protected, unless it is one that everybody may have."""
    page = {"accept": "text/html", "x-waitroom-queue-position": "1"}
    url = httpx.URL(gate.url).copy_with(raw_path=path.encode())
    answer = httpx.get(url, headers=page)
    assert answer.status_code in {302, 404}, answer.text
    assert "Checkout" not in answer.text


def test_what_everybody_may_have(gate: Apache) -> None:
    """Static files need no token, and a client's own facts do not reach the site."""
    names = ("queue-position", "request-id", "session", "location")
    claims = {f"x-waitroom-{name}": "forged" for name in names}
    answer = httpx.get(f"{gate.url}/static/app.css", headers=claims)
    assert answer.status_code == 200
    assert "forged" not in answer.text


@pytest.mark.parametrize("path", ["/basket", "/static/app.css"])
def test_look_alikes_of_our_headers_are_refused(room: Site, gate: Apache, path: str) -> None:
    """A header that WSGI and PHP take for one of ours does not reach the site, session or not; nor
    can a client have ours dropped by calling them a matter of one connection."""
    with httpx.Client(headers={"accept": "text/html"}) as inside:
        inside.get(back_from_room(inside, room, gate))
        assert inside.get(gate.url + path).status_code == 200
        for name in ("X_Waitroom_Queue_Position", "x-waitroom_request-id"):
            assert inside.get(gate.url + path, headers={name: "1"}).status_code == 403
        strip = {"connection": "close, X-Waitroom-Request-Id"}
        assert inside.get(gate.url + path, headers=strip).status_code == 403


def test_what_apache_asks_for(room: Site, gate: Apache) -> None:
    """The code flow with state, nonce and PKCE S256, at the endpoint that discovery names."""
    answer = httpx.get(f"{gate.url}/checkout", headers={"accept": "text/html"})
    location = answer.headers["location"]
    assert location.startswith(f"{room.public_url}/oidc/{EVENT}/authorize?")
    asked = answer_of(location)
    assert (asked["response_type"], asked["scope"]) == ("code", "openid")
    assert asked["code_challenge_method"] == "S256"
    assert asked.keys() >= {"state", "nonce", "code_challenge"}


def test_a_script_is_told_so_instead_of_being_sent_away(gate: Apache) -> None:
    """A call of a page's script gets 401, since it cannot show a room."""
    script = {"accept": "application/json", "sec-fetch-mode": "cors"}
    assert httpx.get(f"{gate.url}/api/stock", headers=script).status_code == 401


def test_while_waitroom_is_down(room: Site, gate: Apache) -> None:
    """Who has a session goes on shopping; who comes back with a code, and who is new, is told that
    it does not work, and nobody gets in."""
    with httpx.Client(headers={"accept": "text/html"}) as inside, httpx.Client() as late:
        assert inside.get(back_from_room(inside, room, gate)).status_code == 302
        assert inside.get(f"{gate.url}/basket").status_code == 200
        callback = back_from_room(late, room, gate)
        with away(room):
            assert "Checkout" in inside.get(f"{gate.url}/basket").text
            told = late.get(callback)
            assert "Error" in told.text
            assert "Checkout" not in told.text
            assert httpx.get(f"{gate.url}/basket", headers=inside.headers).status_code == 302
