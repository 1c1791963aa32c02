"""What every gateway of deploy/gates promises; the same table for each, against the real program.

What must change with it: the recipes, ``docs/forward-auth.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from api.served import Site
from waiting import wait_until_sync

from .asking import PAGE, SCRIPT, Answer, ask, upgraded
from .conftest import SITE, Gateway, Visitor, event_of_shop, port_of, visitor_of
from .recipes import GATEWAYS, Between
from .shop import SAYS, Shop

pytestmark = pytest.mark.xdist_group("gateways")

TOLD: Final = (
    "X-Waitroom-Event-Id",
    "X-Waitroom-Request-Id",
    "X-Waitroom-Queue-Position",
    "X-Waitroom-Expires-At",
)
# What a client claims: to be somebody, to have asked for something else, to have come otherwise.
CLAIMS: Final = (
    *((f"X{a}Waitroom{b}{name[11:]}", "forged") for name in TOLD for a in "-_" for b in "-_"),
    *((name.replace("-", "_"), "forged") for name in TOLD),
    *((f"x-waitroom-{name[11:].replace('-', '_')}", "forged") for name in TOLD),
    ("X-Waitroom-Session", "forged"),
    ("X-Waitroom-Location", "https://evil.example/"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Uri", "/forged"),
    ("X-Forwarded-Method", "OPTIONS"),
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Original-URL", "https://evil.example/forged"),
    ("X-Original-URI", "/forged"),
    ("X-Original-Method", "OPTIONS"),
    ("Forwarded", "host=evil.example;proto=https"),
)
ODD_TARGETS: Final = (
    "/a%2Fb/c?a=b%26c&&empty=&d",
    "//two//slashes/?x=//y",
    "/%C3%A9t%C3%A9/%E2%82%AC;v=1?q=%F0%9F%8E%AB+x",
    "/100%25/a%20b?next=https%3A%2F%2Fshop.example%2F%3Fa%3D1",
    "/!$&'()*+,;=:@-._~?/?:@!$'()*+,;=",
)


def test_a_browser_without_a_token_goes_to_the_room(gate: Gateway) -> None:
    """It is sent to the room's public URL, which is told where to send it back to."""
    assert gate.return_of(gate.ask("/cart?size=9&a=b%26c")) == f"{SITE}/cart?size=9&a=b%26c"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_script_without_a_token_is_told_401(gate: Gateway, method: str) -> None:
    """No redirect that a script would follow in vain; nothing reaches the site."""
    _is_refused(gate, gate.ask("/api/basket", SCRIPT, method=method))


def test_a_form_without_a_token_is_told_401(gate: Gateway) -> None:
    """A redirect would lose what was typed."""
    _is_refused(gate, gate.ask("/pay", PAGE, method="POST", body=b"card=1"))


def test_a_code_becomes_a_cookie_and_the_address_is_clean(gate: Gateway) -> None:
    """From the room with a code: a cookie, the address without the code, then the site."""
    visitor = visitor_of(gate.room, gate.event_id)
    first = gate.ask(_handed_over(gate, visitor, "/cart?size=9&a=b%26c"))
    assert first.status in {302, 303}, first
    assert first.get("location") == f"{SITE}/cart?size=9&a=b%26c"
    assert "no-store" in first.get("cache-control")
    assert not gate.shop.seen
    cookie = first.get("set-cookie")
    assert "HttpOnly" in cookie
    then = gate.ask("/cart?size=9&a=b%26c", (*PAGE, ("Cookie", cookie.partition(";")[0])))
    assert (then.status, then.body[: len(SAYS)]) == (200, SAYS)
    assert gate.shop.only.target == "/cart?size=9&a=b%26c"
    _knows(gate.shop, visitor)


def test_a_code_works_once(gate: Gateway) -> None:
    """Whoever finds it in a history or a log is sent to the room."""
    address = _handed_over(gate, visitor_of(gate.room, gate.event_id), "/cart")
    assert gate.ask(address).get("set-cookie")
    again = gate.ask(address)
    assert gate.return_of(again) == f"{SITE}/cart"
    assert not again.get("set-cookie")


def test_the_site_is_told_who_came(gate: Gateway, visitor: Visitor) -> None:
    """By a cookie as by a bearer token."""
    assert gate.ask("/", (*PAGE, visitor.cookie)).status == 200
    _knows(gate.shop, visitor)
    gate.shop.forget()
    bearer = ("Authorization", f"Bearer {visitor.token}")
    assert gate.ask("/api/basket", (*SCRIPT, bearer)).status == 200
    _knows(gate.shop, visitor)


def test_no_claim_of_a_client_reaches_the_site(gate: Gateway, visitor: Visitor) -> None:
    """What Waitroom and the gateway say of a request replaces what the client says of itself."""
    assert gate.ask("/true?x=1", (*PAGE, visitor.cookie, *CLAIMS)).status == 200
    assert gate.shop.only.target == "/true?x=1"
    _knows(gate.shop, visitor)
    assert gate.shop.only.all("X-Waitroom-Location") == []
    assert gate.shop.only.all("X-Waitroom-Session") == []
    assert gate.shop.only.all("X-Forwarded-Proto") == ["http"]
    assert gate.shop.only.all("X-Forwarded-Host") == ["shop.example"]
    assert gate.shop.only.all("X-Forwarded-For") == ["127.0.0.1"]


def test_a_client_cannot_strip_what_the_site_is_told(gate: Gateway, visitor: Visitor) -> None:
    """Nor by calling it a matter of one connection (RFC 9110, section 7.6.1)."""
    names = ", ".join(("close", *TOLD))
    assert gate.ask("/", (*PAGE, visitor.cookie, ("Connection", names))).status == 200
    _knows(gate.shop, visitor)


def test_no_claim_of_a_client_changes_the_decision(gate: Gateway) -> None:
    """Without a token it stays outside, and comes back to where it really was."""
    assert gate.return_of(gate.ask("/true?x=1", (*PAGE, *CLAIMS))) == f"{SITE}/true?x=1"
    _is_refused(gate, gate.ask("/true", (*PAGE, *CLAIMS), method="POST", body=b"x"))


def test_a_made_up_host_leads_nowhere(gate: Gateway) -> None:
    """The room sends nobody to a host that is not the event's."""
    answer = gate.ask("/cart", host="evil.example")
    assert answer.status in {302, 303, 400, 401, 403, 404, 421}, answer
    assert "evil" not in answer.get("location")
    assert not gate.shop.seen


@pytest.mark.parametrize("kind", ["garbage", "altered", "another event's", "refresh"])
def test_a_token_that_does_not_hold_is_refused(gate: Gateway, visitor: Visitor, kind: str) -> None:
    """As if there were none, in a cookie as in a header."""
    token = _bad_token(gate, visitor, kind)
    cookie = ("Cookie", f"waitroom_{gate.event_id}={token}")
    assert gate.return_of(gate.ask("/cart", (*PAGE, cookie))) == f"{SITE}/cart"
    _is_refused(gate, gate.ask("/api", (*SCRIPT, ("Authorization", f"Bearer {token}"))))


def test_a_token_that_has_expired_is_refused(
    name: str, room: Site, fresh_shop: Shop, tmp_path: Path
) -> None:
    """From the second on that it says."""
    event_id = event_of_shop(room, validity_period=1)
    visitor = visitor_of(room, event_id)
    with GATEWAYS[name](tmp_path, Between(port_of(room), fresh_shop.port, event_id)) as port:

        def refused() -> bool:
            fresh_shop.forget()
            return ask(port, "/cart", (*SCRIPT, visitor.cookie)).status == 401

        wait_until_sync(refused, description="the token has expired")
        assert not fresh_shop.seen


@pytest.mark.parametrize("target", ODD_TARGETS)
def test_an_address_reaches_the_site_as_it_was(
    gate: Gateway, visitor: Visitor, target: str
) -> None:
    """Byte for byte, and the room sends people back to just that."""
    assert gate.ask(target, (*PAGE, visitor.cookie)).status == 200
    assert gate.shop.only.target == target
    gate.shop.forget()
    assert gate.return_of(gate.ask(target)) == SITE + target


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_reaches_the_site(gate: Gateway, visitor: Visitor, method: str) -> None:
    """Whole, though the check came before it."""
    body = bytes(range(256)) * 1024
    headers = (*PAGE, visitor.cookie, ("Content-Type", "application/octet-stream"))
    assert gate.ask("/pay?x=1", headers, method=method, body=body).status == 200
    assert gate.shop.only.method == method
    assert gate.shop.only.body == body
    _knows(gate.shop, visitor)


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_the_sites_own_answers_are_left_alone(gate: Gateway, visitor: Visitor, status: int) -> None:
    """A 401 of the site is not taken for one of the gate."""
    gate.shop.extra.append(("Set-Cookie", "basket=1"))
    answer = gate.ask(f"/status/{status}", (*PAGE, visitor.cookie))
    assert (answer.status, answer.body[: len(SAYS)]) == (status, SAYS)
    assert answer.all("set-cookie") == ["basket=1"]


def test_a_websocket_passes_with_a_token_only(gate: Gateway, visitor: Visitor) -> None:
    """Its handshake is a request like any other."""
    assert upgraded(gate.port, [], b"")[0] == 401
    assert not gate.shop.seen
    assert upgraded(gate.port, [visitor.cookie], b"hello") == (101, b"hello")
    _knows(gate.shop, visitor)


def test_big_headers_pass(gate: Gateway, visitor: Visitor) -> None:
    """Cookies of the site's own beside ours, and long addresses."""
    name, ours = visitor.cookie
    cookie = (name, f"basket={'b' * 3500}; {ours}; last={'l' * 2500}")
    assert gate.ask("/", (*PAGE, cookie, ("X-Big", "x" * 3000))).status == 200
    assert gate.shop.only.all("cookie") == [cookie[1]]
    gate.shop.forget()
    long = "/search?q=" + "%20" * 600
    assert gate.return_of(gate.ask(long)) == SITE + long


def test_the_check_itself_is_not_for_visitors(gate: Gateway) -> None:
    """Where a gateway asks is no address of the site's."""
    answer = gate.ask("/_waitroom/verify", SCRIPT)
    assert answer.status in {401, 404}
    assert not gate.shop.seen


def test_a_completed_session_goes_back_to_the_room(
    name: str, room: Site, fresh_shop: Shop, event_id: str, tmp_path: Path
) -> None:
    """With ``session=1``, a second after the site marked it."""
    visitor = visitor_of(room, event_id)
    between = Between(port_of(room), fresh_shop.port, event_id, session=True)
    with GATEWAYS[name](tmp_path, between) as port:
        assert ask(port, "/cart", (*PAGE, visitor.cookie)).status == 200
        _knows(fresh_shop, visitor)
        marked = {"event_id": event_id, "request_id": visitor.request_id, "status": 1}
        assert room.control.post("/api/update_session", json=marked).status_code == 200
        gate = Gateway(name, port, room, fresh_shop, event_id)

        def is_over() -> bool:
            fresh_shop.forget()
            return gate.ask("/cart", (*PAGE, visitor.cookie)).status != 200

        wait_until_sync(is_over, description="the session is over at the gate")
        assert gate.return_of(gate.ask("/cart", (*PAGE, visitor.cookie))) == f"{SITE}/cart"


def test_without_a_waiting_room_nobody_comes_in(
    name: str, fresh_shop: Shop, event_id: str, visitor: Visitor, nobody: int, tmp_path: Path
) -> None:
    """503, for people a page that tries again; also with a token, which nobody can check."""
    with GATEWAYS[name](tmp_path, Between(nobody, fresh_shop.port, event_id)) as port:
        for headers in (PAGE, (*PAGE, visitor.cookie, *CLAIMS)):
            answer = ask(port, "/cart", headers)
            assert answer.status == 503
            assert b"One moment" in answer.body
            assert "html" in answer.get("content-type")
            assert (answer.get("retry-after"), answer.get("cache-control")) == ("10", "no-store")
        assert ask(port, "/pay", PAGE, method="POST", body=b"x").status == 503
    assert not fresh_shop.seen


def test_a_site_that_is_down_is_not_taken_for_waitroom(
    name: str, room: Site, event_id: str, visitor: Visitor, nobody: int, tmp_path: Path
) -> None:
    """The gateway says so in its own words: the way in is ready."""
    with GATEWAYS[name](tmp_path, Between(port_of(room), nobody, event_id)) as port:
        answer = ask(port, "/cart", (*PAGE, visitor.cookie))
        assert answer.status in {502, 503}
        assert b"One moment" not in answer.body


def test_fail_open_lets_everybody_in_unnamed(
    name: str, fresh_shop: Shop, event_id: str, nobody: int, tmp_path: Path
) -> None:
    """Where the operator chose so; the site is told of no visitor, least of all a made-up one."""
    between = Between(nobody, fresh_shop.port, event_id, fail_open=True)
    with GATEWAYS[name](tmp_path, between) as port:
        assert ask(port, "/cart?x=1", (*PAGE, *CLAIMS)).status == 200
        assert fresh_shop.only.target == "/cart?x=1"
        assert [fresh_shop.only.all(header) for header in TOLD] == [[], [], [], []]
        fresh_shop.forget()
        assert ask(port, "/pay", PAGE, method="POST", body=b"card=1").status == 200
        assert fresh_shop.only.body == b"card=1"


def _is_refused(gate: Gateway, answer: Answer) -> None:
    assert answer.status == 401, answer
    assert not answer.get("location")
    assert not gate.shop.seen, "the shop was reached"


def _knows(shop: Shop, visitor: Visitor) -> None:
    """The site was told of this visitor, and once."""
    told = [shop.only.all(name) for name in TOLD]
    assert told[:3] == [[visitor.event_id], [visitor.request_id], [str(visitor.position)]]
    assert len(told[3]) == 1
    assert told[3][0] != "forged"


def _handed_over(gate: Gateway, visitor: Visitor, target: str) -> str:
    """The target with which the room sends ``visitor`` to the site."""
    asked = {
        "event_id": visitor.event_id,
        "request_id": visitor.request_id,
        "return_url": SITE + target,
    }
    answer = gate.room.public.post("/api/hand_over", json=asked)
    assert answer.status_code == 200, answer.text
    location = urlsplit(answer.json()["location"])
    assert "waitroom_code=" in location.query
    return f"{location.path}?{location.query}"


def _bad_token(gate: Gateway, visitor: Visitor, kind: str) -> str:
    if kind == "garbage":
        return "a.b.c"
    if kind == "altered":
        head, body, signature = visitor.token.split(".")
        return f"{head}.{body}.{signature[::-1]}"
    if kind == "refresh":
        asked = {"event_id": visitor.event_id, "request_id": visitor.request_id}
        tokens = gate.room.public.post("/api/generate_token", json=asked).json()
        return str(tokens["refresh_token"])
    return visitor_of(gate.room, event_of_shop(gate.room)).token
