"""The four ways from the room to the site, and whom each of them turns back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from handover.scene import BACK, SHOP, Scene, code_in
from waitroom.authorizer import knownuser
from waitroom.core.clients import KnownUser
from waitroom.core.model import SessionStatus, State
from waitroom.handover import with_parameter
from waitroom.secret import Vault

pytestmark = pytest.mark.asyncio(loop_scope="module")

ODD_URLS = [
    "//evil.example/",
    "\\\\evil.example/",
    "/\\evil.example",
    "https:shop.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://shop.example@evil.example/",
    "https://user:word@shop.example/",
    "https://shop.example.evil.example/",
    "https://evil.example/?https://shop.example/",
    "https://shop.example\u3002evil.example/",
    "https://shop\uff0eexample/",
    "https://shop.example/\x00",
    "https://shop.example/\r\nset-cookie: a=b",
    " https://shop.example/",
    "https://shop.example:444/",
    "http://shop.example/",
    "https://shop.example/../x/%2e%2e/",
    "https://shop.example/" + "a" * 2_048,
]


async def test_a_code_is_put_behind_all_else(scene: Scene) -> None:
    """The default way: a code at the end of the query, the rest letter for letter, no token."""
    event_id = await scene.event()
    request_id = await scene.called(event_id)
    said = await scene.hand_over(event_id, request_id, return_url=BACK)
    assert (said.status_code, said.json()["expires_in"]) == (200, 3600)
    location = said.json()["location"]
    code = code_in(location)
    assert location == f"{SHOP}/seats?row=1&a=%20+b&waitroom_code={code}#top"
    assert "set-cookie" not in said.headers
    assert said.headers["cache-control"] == "no-store"
    assert request_id not in location
    assert "eyJ" not in location
    redeemed = await scene.redeem(event_id, code)
    token = await scene.runtime.service.admit(event_id, request_id)
    assert redeemed.json() == {
        "access_token": token.access_token,
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    assert redeemed.headers["cache-control"] == "no-store"


async def test_codes_fit_a_gate(scene: Scene) -> None:
    """Gates refuse codes unasked that are not 80 to 1,024 of base64url."""
    event_id = await scene.event()
    assert 80 <= len(await scene.code(event_id)) <= 1_024


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.example", "https://a.example?c=v"),
        ("https://a.example/?", "https://a.example/?c=v"),
        ("https://a.example/x?a=%20+b#f?g", "https://a.example/x?a=%20+b&c=v#f?g"),
        ("https://a.example/?c=old&b&c", "https://a.example/?b&c=v"),
        ("https://a.example/?%63=old&&b=c", "https://a.example/?&b=c&c=v"),
        ("https://a.example/#f", "https://a.example/?c=v#f"),
    ],
)
async def test_what_is_put_into_a_url(url: str, wanted: str) -> None:
    """At the end of the query, once, before the fragment; nothing else is touched."""
    assert with_parameter(url, "c", "v") == wanted


async def test_a_token_only_where_it_is_asked_for(scene: Scene) -> None:
    """For gates that can only check tokens: the access token in the URL."""
    event_id = await scene.event(hand_over="token")
    request_id = await scene.called(event_id)
    said = await scene.hand_over(event_id, request_id, return_url=f"{SHOP}/")
    (token,) = parse_qs(urlsplit(said.json()["location"]).query)["waitroom_token"]
    assert token == (await scene.runtime.service.admit(event_id, request_id)).access_token


@pytest.mark.parametrize(
    ("room", "site", "secure"),
    [
        ("https://queue.shop.example", "https://www.shop.example/a?b#c", True),
        ("https://shop.example", "https://shop.example/", True),
        ("https://queue.shop.example", "http://www.shop.example/", False),
        ("http://queue.shop.example:81", "https://WWW.shop.example/", False),
    ],
)
async def test_a_cookie_for_both(scene: Scene, room: str, site: str, secure: bool) -> None:
    """Room and site under one domain: the gate's cookie, and nothing at all in the URL."""
    there = scene.at(room)
    event_id = await there.event(
        hand_over="cookie", cookie_domain="shop.example", return_urls=(site,)
    )
    request_id = await there.called(event_id)
    said = await there.hand_over(event_id, request_id, return_url=site)
    assert said.json() == {"location": site, "expires_in": 3600}
    token = (await there.runtime.service.admit(event_id, request_id)).access_token
    assert said.headers["set-cookie"] == (
        f"waitroom_{event_id}={token}; Domain=shop.example; Path=/; Max-Age=3600; HttpOnly"
        f"; SameSite=Lax{'; Secure' if secure else ''}"
    )


@pytest.mark.parametrize(
    ("room", "site"),
    [
        ("https://queue.example", "https://www.shop.example/"),
        ("https://queue.shop.example", "https://evilshop.example/"),
        ("https://shop.example.evil.example", "https://www.shop.example/"),
        ("https://127.0.0.1", "https://www.shop.example/"),
    ],
)
async def test_no_cookie_where_it_would_not_arrive(scene: Scene, room: str, site: str) -> None:
    """A room or a site outside the domain: a code instead, never a token in the URL."""
    there = scene.at(room)
    event_id = await there.event(
        hand_over="cookie", cookie_domain="shop.example", return_urls=(site,)
    )
    said = await there.hand_over(event_id, await there.called(event_id), return_url=site)
    assert "set-cookie" not in said.headers
    assert len(code_in(said.json()["location"])) > 80
    assert "eyJ" not in said.json()["location"]


async def test_a_queue_it_token(scene: Scene) -> None:
    """A connector of that account lets the visitor in, and learns no request ID."""
    event_id = "sale-known"
    sealed = Vault(scene.runtime.secret, "knownuser secrets").seal(b"k" * 40, event_id).hex()
    known = KnownUser(customer_id="acme", queue_event_id="launch", sealed=sealed)
    await scene.event(event_id=event_id, hand_over="knownuser", knownuser=known)
    request_id = await scene.called(event_id)
    said = await scene.hand_over(event_id, request_id, return_url=f"{SHOP}/?a=1")
    location = said.json()["location"]
    assert location.startswith(f"{SHOP}/?a=1&queueittoken=e_launch~")
    assert request_id not in location
    (token,) = parse_qs(urlsplit(location).query)["queueittoken"]
    found = knownuser.verify(token, "k" * 40, queue_event_id="launch", now=scene.clock.now)
    assert found.queue_id != request_id
    assert found.cookie_minutes == 60


async def test_an_account_that_cannot_be_opened(scene: Scene) -> None:
    """A key sealed elsewhere is the operator's trouble: 503, nothing that opens a door, no 500."""
    known = KnownUser(customer_id="acme", queue_event_id="launch", sealed="00" * 60)
    event_id = await scene.event(hand_over="knownuser", knownuser=known)
    said = await scene.hand_over(event_id, await scene.called(event_id), return_url=f"{SHOP}/")
    assert said.status_code == 503
    assert said.headers["retry-after"] == "30"


async def test_nowhere_to_go(scene: Scene) -> None:
    """Without a return URL and a target the visitor is admitted and stays; with one, it is it."""
    event_id = await scene.event()
    said = await scene.hand_over(event_id, await scene.called(event_id))
    assert said.json() == {"location": "", "expires_in": 3600}
    event_id = await scene.event(target_url=f"{SHOP}/shop")
    said = await scene.hand_over(event_id, await scene.called(event_id))
    assert said.json()["location"].startswith(f"{SHOP}/shop?waitroom_code=")


async def test_a_client_that_waits(scene: Scene) -> None:
    """With an authorization request, the visitor goes back to that client."""
    event_id = await scene.event()
    request_id = await scene.called(event_id)
    said = await scene.hand_over(event_id, request_id, authorization="sealed")
    assert said.json()["location"] == "https://client.example/back?code=c"
    assert scene.resumed[-1] == (event_id, request_id, "sealed")


@pytest.mark.parametrize("url", ODD_URLS)
async def test_an_odd_return_url_admits_nobody(scene: Scene, url: str) -> None:
    """Whatever tricks it plays: 400, and the place is as it was."""
    event_id = await scene.event()
    request_id = await scene.called(event_id)
    said = await scene.hand_over(event_id, request_id, return_url=url)
    assert (said.status_code, said.json()["code"]) == (400, "return_url_refused")
    assert await scene.runtime.service.active_tokens(event_id) == 0


async def test_who_is_not_let_in(scene: Scene) -> None:
    """The statuses are those of generate_token."""
    service = scene.runtime.service
    event_id = await scene.event(queue_position_expiry_period=10)
    early = await scene.waiting(event_id)
    refusals = [await scene.hand_over(event_id, early, return_url=BACK)]
    refusals.append(await scene.hand_over(event_id, "x", return_url=BACK))
    refusals.append(await scene.hand_over(event_id, "0" * 8 + "-0000" * 3 + "-" + "0" * 12))
    refusals.append(await scene.hand_over("no-such-event", early, return_url=BACK))
    await service.advance(event_id, 1)
    await service.admit(event_id, early)
    await service.finish(event_id, early, SessionStatus.COMPLETED)
    refusals.append(await scene.hand_over(event_id, early, return_url=BACK))
    late = await scene.called(event_id)
    scene.clock.now += 11
    refusals.append(await scene.hand_over(event_id, late, return_url=BACK))
    assert [(said.status_code, said.json()["code"]) for said in refusals] == [
        (202, "not_served_yet"),
        (400, "invalid_field"),
        (404, "request_unknown"),
        (400, "event_unknown"),
        (410, "session_ended"),
        (410, "place_expired"),
    ]


async def test_a_session_that_is_over_leads_nowhere(scene: Scene) -> None:
    """From the second on at which the token expires: 410, no code for it."""
    event_id = await scene.event(validity_period=60)
    request_id = await scene.called(event_id)
    await scene.hand_over(event_id, request_id, return_url=BACK)
    scene.clock.now += 59
    assert (await scene.hand_over(event_id, request_id, return_url=BACK)).status_code == 200
    scene.clock.now += 1
    said = await scene.hand_over(event_id, request_id, return_url=BACK)
    assert (said.status_code, said.json()["code"]) == (410, "session_ended")


async def test_paused_means_later(scene: Scene) -> None:
    """While the event is paused, those who are called wait at the door: 202."""
    event_id = await scene.event(state=State.PAUSED)
    said = await scene.hand_over(event_id, await scene.called(event_id), return_url=BACK)
    assert (said.status_code, said.json()["code"]) == (202, "event_paused")
