"""Who only looks at the provider, and how long the addresses are that it sends visitors to."""

from __future__ import annotations

from typing import Any, Final

import httpx
import pytest

from oidc.scene import BACK, BASE, CHALLENGE, OUT, SECRET, Scene, answer_in, digest
from waitroom.core.clients import MAX_REDIRECT_URI, OidcClient
from waitroom.http import pass_on
from waitroom.public.place_cookie import name

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROXIES_TAKE: Final = 8_000  # characters of an address; nginx and Apache: 8 KiB with the rest


async def look(scene: Scene, event_id: str, request_id: str, method: str, **headers: str) -> Any:
    """A request of the shop's for somebody's browser, which shows ``request_id``."""
    given = {"response_type": "code", "client_id": "shop", "redirect_uri": BACK, "scope": "openid"}
    told = {"cookie": f"{name(event_id, secure=True)}={request_id}"} | headers
    where = f"/oidc/{event_id}/authorize"
    return await scene.http.request(method, where, params=given, headers=told)


@pytest.mark.parametrize("header", ["sec-purpose", "purpose", "x-moz"])
async def test_fetching_ahead_admits_nobody(scene: Scene, header: str) -> None:
    """503, as at ``/enter``: no code is made, and the browser asks again."""
    sale = await scene.event()
    called = await scene.called(sale)
    answer = await look(scene, sale, called, "GET", **{header: "prefetch"})
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert not await scene.is_open(sale, called)


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("GET", {"sec-fetch-dest": "image"}), ("GET", {"sec-fetch-dest": "empty"})],
    ids=["HEAD", "image", "fetch"],
)
async def test_looking_admits_nobody(scene: Scene, method: str, headers: dict[str, str]) -> None:
    """Nor makes it a code: such a request goes the way of a visitor without a place."""
    sale = await scene.event()
    for visitor in (await scene.called(sale), await scene.admitted(sale)):
        was = await scene.is_open(sale, visitor)
        answer = await look(scene, sale, visitor, method, **headers)
        assert answer.headers["location"].startswith(f"{BASE}/room/{sale}?authorization=")
        assert await scene.is_open(sale, visitor) is was


async def test_a_frame_may_ask(scene: Scene) -> None:
    """Single-page applications renew silently in one."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    answer = await look(scene, sale, visitor, "GET", **{"sec-fetch-dest": "iframe"})
    assert "code=" in answer.headers["location"]


async def test_only_the_way_of_a_client_keeps_its_opener(scene: Scene) -> None:
    """Redirects and pages alike, so that a site may sign in by a window that it opens; whoever
    opens the room in another way loses hold of it."""
    sale = await scene.event()
    to_room = await scene.authorize(sale)
    on_the_way = [
        to_room,
        await scene.authorize(sale, await scene.admitted(sale)),
        await scene.authorize(sale, client_id="nobody"),
        await scene.http.get(to_room.headers["location"]),
    ]
    opener = "cross-origin-opener-policy"
    assert [one.status_code for one in on_the_way] == [303, 303, 400, 200]
    assert {one.headers[opener] for one in on_the_way} == {"unsafe-none"}
    for path in (f"/room/{sale}", f"/room/{sale}?authorization=made-up", "/room/nothing"):
        assert (await scene.http.get(path)).headers[opener] == "same-origin"


async def test_fetching_ahead_ends_no_session(scene: Scene) -> None:
    """A link to the logout may be fetched ahead as any other."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    given = {"id_token_hint": (await scene.tokens(sale, visitor))["id_token"]}
    ahead = {"sec-purpose": "prefetch;prerender"}
    answer = await scene.http.get(f"/oidc/{sale}/end_session", params=given, headers=ahead)
    assert answer.status_code == 503
    assert await scene.is_open(sale, visitor)


async def test_what_head_was_asked_with_is_kept() -> None:
    """The framework sees GET; who must know can know."""
    seen: list[Any] = []

    async def framework(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append((scope["method"], scope.get("asked_method")))

    for method in ("HEAD", "GET"):
        await pass_on(framework, {"path": "/", "method": method}, None, None)  # type: ignore[arg-type]
    assert seen == [("GET", "HEAD"), ("GET", None)]


STATES: Final = ["x" * 2_048, "ü" * 512 + "x" * 1_024]  # most bytes; most when encoded


@pytest.mark.parametrize("state", STATES, ids=["plain", "encoded"])
async def test_addresses_stay_short_enough_for_proxies(scene: Scene, state: str) -> None:
    """To the room and back to the client, with as much of everything as is taken."""
    uri = "https://shop.example/" + "u" * (MAX_REDIRECT_URI - 21)
    client = OidcClient(client_id="c" * 64, redirect_uris=(uri,), secret_digest=digest(SECRET))
    sale = await scene.event(oidc_clients=(client,))
    asked = {
        "client_id": client.client_id,
        "redirect_uri": uri,
        "state": state,
        "nonce": "n" * 512,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "ui_locales": " ".join(["de-Latn-DE-1996"] * 8),
    }
    to_room = (await scene.authorize(sale, **asked)).headers["location"]
    back = (await scene.authorize(sale, await scene.admitted(sale), **asked)).headers["location"]
    assert answer_in(back)["state"] == state
    assert max(len(to_room), len(back)) < PROXIES_TAKE
    visitor = await scene.called(sale)
    resumed = await scene.provider.resume(sale, visitor, answer_in(to_room)["authorization"])
    assert len(resumed) < PROXIES_TAKE


async def test_a_state_at_the_end_is_bounded_too(scene: Scene) -> None:
    """Beyond it a page says so, and the session goes on."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    hint = (await scene.tokens(sale, visitor))["id_token"]
    given = {"id_token_hint": hint, "post_logout_redirect_uri": OUT}

    async def leave(state: str) -> httpx.Response:
        return await scene.http.post(f"/oidc/{sale}/end_session", data=given | {"state": state})

    for state in ("x" * 2_049, "\0" * 1_366):
        assert (await leave(state)).status_code == 400
        assert await scene.is_open(sale, visitor)
    assert len((await leave("\0" * 1_365)).headers["location"]) < PROXIES_TAKE
