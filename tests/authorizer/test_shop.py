"""The sample shop: a visitor's purchase, once, behind the gate, and told to the waiting room."""

from __future__ import annotations

import importlib
import json
import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from waitroom.authorizer import JwksCache
from waitroom.errors import BadConfiguration

from . import made

API_KEY = "the-key-of-the-shop"
HTML = {"accept": "text/html"}
FAR_FUTURE = 2**40  # the shop's gate goes by the real clock
OTHER_ID = "ffffabcd-0123-0123-0123-0123456789ab"


@pytest.fixture(scope="session")
def shop() -> Any:
    """The module ``shop.app``, imported as its README says: from the directory ``examples``."""
    examples = str(Path(__file__).parents[2] / "examples")
    if examples not in sys.path:
        sys.path.insert(0, examples)
    return importlib.import_module("shop.app")


class Control:
    """The control plane as far as the shop calls it: one call, on loopback."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.status = 200
        control = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                control.calls.append((self.path, self.headers["authorization"], body))
                self.send_response(control.status)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def control() -> Iterator[Control]:
    """A control plane that stops with the test."""
    double = Control()
    thread = threading.Thread(target=double.server.serve_forever, args=(0.01,))
    thread.start()
    yield double
    double.server.shutdown()
    thread.join(10)
    double.server.server_close()


def settings(control_url: str, tmp_path: Path) -> dict[str, str]:
    """The shop's environment."""
    key_file = tmp_path / "key"
    key_file.write_text(f"{API_KEY}\n")
    return {
        "SHOP_EVENT_ID": made.EVENT,
        "SHOP_ROOM_URL": made.ROOM,
        "SHOP_REDEEM_URL": "http://127.0.0.1:9/api/redeem",
        "SHOP_ISSUER": made.ISSUER,
        "SHOP_JWKS_URL": f"{made.ISSUER}/.well-known/jwks.json",
        "SHOP_SITE_URL": made.SITE,
        "SHOP_CONTROL_URL": control_url,
        "SHOP_API_KEY_FILE": str(key_file),
    }


def app_of(shop: Any, control_url: str, tmp_path: Path) -> Any:
    """The shop with keys at hand."""
    keys = JwksCache(
        f"{made.ISSUER}/.well-known/jwks.json",
        fetch=lambda url, timeout: json.dumps(made.jwks("rsa")).encode(),
        start=lambda work: work(),
    )
    return shop.create_app(shop.Settings.of(settings(control_url, tmp_path)), keys)


@pytest.fixture
async def outside(shop: Any, control: Control, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor who has not been through the waiting room."""
    transport = httpx.ASGITransport(app=app_of(shop, control.url, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url=made.SITE) as client:
        yield client


@pytest.fixture
async def inside(outside: httpx.AsyncClient) -> httpx.AsyncClient:
    """A visitor whom the waiting room has just sent on to the shop."""
    token = made.token(exp=FAR_FUTURE)
    back = await outside.get(f"/search?waitroom_token={token}", headers=HTML)
    assert back.status_code == 303
    assert back.headers["location"] == f"{made.SITE}/search"
    return outside


def article(page: str) -> str:
    """The receipt on ``page``."""
    return page.partition("<article")[2].partition("</article>")[0]


async def test_home_is_open(outside: httpx.AsyncClient) -> None:
    """The home page is for all, says what will happen, and loads nothing from elsewhere."""
    page = await outside.get("/", headers=HTML)
    assert page.status_code == 200
    assert "waiting room" in page.text
    assert 'href="/search"' in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert (await outside.get("/shop.css")).headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/search", "/layaway", "/checkout", "/receipt"])
async def test_pages_are_behind_the_room(outside: httpx.AsyncClient, path: str) -> None:
    """Without a token every other page is the waiting room."""
    page = await outside.get(path, headers=HTML)
    assert page.status_code == 303
    assert page.headers["location"] == made.to_room(f"{made.SITE}{path}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/search"),
        ("GET", "/api/layaway"),
        ("GET", "/api/checkout"),
        ("POST", "/api/checkout"),
        ("POST", "/checkout"),
    ],
)
async def test_direct_access_is_401(
    outside: httpx.AsyncClient, control: Control, method: str, path: str
) -> None:
    """The API and the purchase answer 401 JSON to those who have not waited."""
    reply = await outside.request(method, path)
    assert reply.status_code == 401
    assert set(reply.json()) == {"error", "code"}
    assert control.calls == []


async def test_a_purchase(inside: httpx.AsyncClient, control: Control) -> None:
    """An admitted visitor buys, sees number and place, and the session is marked completed."""
    assert "€48" in (await inside.get("/search")).text
    assert "seven days" in (await inside.get("/layaway")).text
    assert "Buy tickets" in (await inside.get("/checkout")).text
    bought = await inside.post("/checkout", data={"tickets": "3"}, headers={"origin": made.SITE})
    assert (bought.status_code, bought.headers["location"]) == (303, "/receipt")
    receipt = (await inside.get("/receipt")).text
    assert "3 &times; €48" in receipt
    assert '<dd id="position">7</dd>' in receipt
    body = {"event_id": made.EVENT, "request_id": made.REQUEST_ID, "status": 1}
    assert control.calls == [("/api/update_session", f"Bearer {API_KEY}", body)]


async def test_a_double_click_buys_once(inside: httpx.AsyncClient, control: Control) -> None:
    """The same session buying again, by form or API, gets the same receipt; told once."""
    await inside.post("/checkout", data={"tickets": "2"})
    first = article((await inside.get("/receipt")).text)
    await inside.post("/checkout", data={"tickets": "4"})
    again = await inside.post("/api/checkout", json={"tickets": 1})
    assert article((await inside.get("/receipt")).text) == first
    assert again.json()["order_number"] in first
    assert again.json()["tickets"] == 2
    assert len(control.calls) == 1


async def test_a_completed_session_sees_its_receipt(inside: httpx.AsyncClient) -> None:
    """After the purchase, checkout leads to the receipt; before it, the receipt to checkout."""
    assert (await inside.get("/receipt")).headers["location"] == "/checkout"
    await inside.post("/checkout")
    assert (await inside.get("/checkout")).headers["location"] == "/receipt"
    assert "receipt" in (await inside.get("/search")).text


async def test_visitors_do_not_see_each_others_orders(
    inside: httpx.AsyncClient, control: Control
) -> None:
    """Another session has an order of its own."""
    first = await inside.post("/api/checkout", json={"tickets": 1})
    token = made.token(sub=OTHER_ID, queue_position=8, exp=FAR_FUTURE)
    other = {"authorization": f"Bearer {token}"}
    second = await inside.post("/api/checkout", json={"tickets": 1}, headers=other)
    assert second.json()["queue_position"] == 8
    assert second.json()["order_number"] != first.json()["order_number"]
    assert [call[2]["request_id"] for call in control.calls] == [made.REQUEST_ID, OTHER_ID]


async def test_api(inside: httpx.AsyncClient) -> None:
    """The API answers an admitted visitor."""
    for path in ("/api/search", "/api/layaway", "/api/checkout"):
        reply = await inside.get(path)
        assert reply.status_code == 200
        assert reply.json()["queue_position"] == 7


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://shop.example"])
async def test_other_sites_cannot_buy(
    inside: httpx.AsyncClient, control: Control, origin: str
) -> None:
    """A purchase that comes from another origin's page is refused."""
    for path in ("/checkout", "/api/checkout"):
        reply = await inside.post(path, headers={"origin": origin})
        assert reply.status_code == 403
    assert control.calls == []


@pytest.mark.parametrize("tickets", ["0", "5", "-1", "two", "1.0", "", "9" * 9000, "²"])
async def test_only_sane_numbers_of_tickets(inside: httpx.AsyncClient, tickets: str) -> None:
    """A number of tickets out of range is 400, by form and by API."""
    form = await inside.post("/checkout", content=f"tickets={tickets or 'x'}")
    assert form.status_code == 400
    reply = await inside.post("/api/checkout", json={"tickets": tickets})
    assert reply.status_code == 400
    assert reply.json()["code"] == "bad_request"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 9000, b"x" * 20_000])
async def test_bad_bodies(inside: httpx.AsyncClient, body: bytes) -> None:
    """A body that is not a JSON object, or is too large, is the caller's error."""
    assert (await inside.post("/api/checkout", content=body)).status_code in {400, 413}


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_a_control_plane_that_fails_loses_no_purchase(
    inside: httpx.AsyncClient, control: Control, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """If the session cannot be marked, the purchase stands and the log says so without secrets."""
    control.status = status
    with caplog.at_level(logging.WARNING):
        bought = await inside.post("/api/checkout", json={"tickets": 1})
    assert bought.status_code == 200
    assert str(status) in caplog.text
    assert made.REQUEST_ID[:8] in caplog.text
    assert made.REQUEST_ID not in caplog.text
    assert API_KEY not in caplog.text


async def test_a_control_plane_that_is_gone_loses_no_purchase(
    shop: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same with nobody listening."""
    app = app_of(shop, "http://127.0.0.1:1", tmp_path)
    headers = {"authorization": f"Bearer {made.token(exp=FAR_FUTURE)}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=made.SITE) as client:
        bought = await client.post("/api/checkout", json={"tickets": 1}, headers=headers)
    assert bought.status_code == 200
    assert "not marked completed" in caplog.text


async def test_the_key_goes_to_the_control_plane_alone(
    inside: httpx.AsyncClient, control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    """A redirect by the control plane is not followed, so the API key goes nowhere else."""
    control.status = 307
    assert (await inside.post("/api/checkout")).status_code == 200
    assert len(control.calls) == 1
    assert "not marked completed" in caplog.text


async def test_errors_are_pages_and_json(inside: httpx.AsyncClient) -> None:
    """An unknown page is a page, an unknown call is JSON; a wrong method is 405."""
    page = await inside.get("/nowhere", headers=HTML)
    assert page.status_code == 404
    assert "<h1>" in page.text
    assert (await inside.get("/api/nowhere")).json()["code"] == "not_found"
    assert (await inside.put("/api/checkout")).status_code == 405


async def test_pages_are_not_stored_or_framed(inside: httpx.AsyncClient) -> None:
    """Every page says that it is not to be cached, framed or mixed with others' content."""
    for path in ("/", "/search", "/nowhere"):
        headers = (await inside.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        # With no-referrer a browser's own form would come with "Origin: null" and be refused.
        assert headers["referrer-policy"] == "same-origin"


async def test_the_developer_sees_what_happened(outside: httpx.AsyncClient) -> None:
    """The panel tells each step at the gate and the claims, and holds no secret of anybody."""
    token = made.token(exp=FAR_FUTURE)
    await outside.get("/search", headers=HTML)
    await outside.get(f"/search?waitroom_token={token}", headers=HTML)
    await outside.get("/search", headers=HTML)
    await outside.post("/checkout", data={"tickets": "3"}, headers=HTML)
    page = (await outside.get("/receipt", headers=HTML)).text
    story = page.partition('<aside class="story"')[2]
    steps = (
        "GET /search: sent to the waiting room",
        "Your turn: back",
        "GET /search: let through",
        "POST /checkout: let through",
        "your session is complete",
    )
    places = [story.index(step) for step in steps]
    assert places == sorted(places, reverse=True)  # the newest first
    assert f"<dd>{made.REQUEST_ID[:8]}…</dd>" in story
    for secret in (made.REQUEST_ID, token, token.rpartition(".")[2], API_KEY):
        assert secret not in page


async def test_one_browser_does_not_see_anothers_steps(inside: httpx.AsyncClient) -> None:
    """A story belongs to a cookie of its own, which no script can read; programs have none."""
    await inside.get("/checkout", headers=HTML)
    inside.cookies.clear()
    home = await inside.get("/", headers=HTML)
    assert "/checkout: let through" not in home.text
    assert "HttpOnly; SameSite=Lax" in home.headers["set-cookie"]
    inside.cookies.clear()
    assert "set-cookie" not in (await inside.get("/")).headers
    inside.cookies.set("shop_story", "A" * 22)
    assert "set-cookie" not in (await inside.get("/api/search")).headers


async def test_stories_and_steps_are_bounded(shop: Any) -> None:
    """However many browsers come, and however much one does."""
    story_module = importlib.import_module("shop.story")
    stories = story_module.Stories()
    name, story = stories.begin()
    for number in range(100):
        story.tell("open", f"step {number}", "")
    assert len(story.steps) == story_module.MAX_STEPS
    for _ in range(story_module.MAX_STORIES):
        stories.begin()
    assert stories.of(name) is None


def test_missing_settings_are_named(shop: Any, tmp_path: Path) -> None:
    """A setting that is missing, or a key file that is not there, is named; the key is hidden."""
    whole = settings("http://127.0.0.1:1", tmp_path)
    for name in whole:
        with pytest.raises(BadConfiguration, match=name):
            shop.Settings.of({**whole, name: " "})
    with pytest.raises(BadConfiguration, match="SHOP_API_KEY_FILE"):
        shop.Settings.of({**whole, "SHOP_API_KEY_FILE": str(tmp_path / "none")})
    assert API_KEY not in repr(shop.Settings.of(whole))
