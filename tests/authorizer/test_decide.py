"""Every decision of the gate, and every way to talk it into another one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from waitroom.authorizer import Request, decide
from waitroom.authorizer.answers import answer
from waitroom.authorizer.decide import (
    Decision,
    HandOver,
    Pass,
    PassUnprotected,
    Redirect,
    Refuse,
)
from waitroom.errors import KeysUnavailable, TokenRefused, Unauthorized
from waitroom.tokens.verify import KeySet

from . import made

COOKIE = f"waitroom_{made.EVENT}"


def decided(request: Request, keys: KeySet | None = None, **gate: Any) -> Decision:
    """Decide with the sample gate and its key."""
    return decide(made.gate(**gate), request, keys or made.keys(), made.NOW)


def test_open_paths_pass() -> None:
    """An open path passes with no token, with a good one and with a bad one, keys or not."""
    for cookie in (None, made.token(), "bad"):
        assert decided(made.asked("/", "a=1", cookie=cookie)) == PassUnprotected("a=1")
        assert decide(made.gate(), made.asked("/", cookie=cookie), None, 0) == PassUnprotected("")


@pytest.mark.parametrize("where", ["cookie", "bearer"])
def test_admitted_visitors_pass(where: str) -> None:
    """A good token in the cookie or the Authorization header lets the request pass."""
    decision = decided(made.asked(query="a=1", **{where: made.token()}))
    assert isinstance(decision, Pass)
    assert decision.claims.request_id == made.REQUEST_ID
    assert decision.query == "a=1"


def test_hand_over() -> None:
    """A good token in the query goes into the cookie, and the URL loses it and nothing else."""
    token = made.token()
    decision = decided(made.asked(query=f"b=%7e&waitroom_token={token}&a=+&&c={{|}}"))
    assert isinstance(decision, HandOver)
    assert decision.location == f"{made.SITE}/checkout?b=%7e&a=+&&c={{|}}"
    assert decision.max_age == made.EXPIRES - made.NOW
    reply = answer(made.gate(), decision)
    headers = dict(reply.headers)
    assert reply.status == 303
    assert headers["set-cookie"] == (
        f"{COOKIE}={token}; Path=/; Max-Age=3540; HttpOnly; SameSite=Lax; Secure"
    )
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert token not in repr(decision) + repr(reply)


def test_hand_over_on_an_open_page() -> None:
    """The room may return to an open page: the token is taken there as well."""
    decision = decided(made.asked("/", f"waitroom_token={made.token()}"))
    assert isinstance(decision, HandOver)
    assert decision.location == f"{made.SITE}/"


def test_hand_over_over_plain_http() -> None:
    """On a site without TLS the cookie is not Secure, or it would never come back."""
    gate = made.gate(site_url="http://127.0.0.1:8090")
    decision = decide(
        gate, made.asked(query=f"waitroom_token={made.token()}"), made.keys(), made.NOW
    )
    assert isinstance(decision, HandOver)
    assert "Secure" not in dict(answer(gate, decision).headers)["set-cookie"]


def test_hand_over_with_a_body_is_not_redirected() -> None:
    """A POST with a token in its query passes as it is; a redirect would lose its body."""
    decision = decided(made.asked(query=f"waitroom_token={made.token()}&a=1", method="POST"))
    assert isinstance(decision, Pass)
    assert decision.query == "a=1"


def test_bad_hand_over_falls_back_to_the_cookie() -> None:
    """A bad token in the query is stripped, and a good cookie still counts."""
    decision = decided(made.asked(query="waitroom_token=bad&a=1", cookie=made.token()))
    assert isinstance(decision, Pass)
    assert decision.query == "a=1"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": "other"}, "audience"),
        ({"exp": made.ISSUED + 1}, "expired"),
        ({"padding": "x" * 3000}, "malformed"),  # too long for a cookie
    ],
)
def test_bad_hand_over_never_loops(changed: dict[str, Any], reason: str) -> None:
    """A bad token is not in the return URL, and the room is told not to send it again."""
    decision = decided(made.asked(query=f"a=1&waitroom_token={made.token(**changed)}"))
    assert decision == Redirect(made.to_room(f"{made.SITE}/checkout?a=1", reason), reason)


def test_bad_hand_over_on_an_open_page() -> None:
    """An open page stays open with a bad token, which the site does not get to see."""
    assert decided(made.asked("/", "waitroom_token=bad&a=1")) == PassUnprotected("a=1")


@pytest.mark.parametrize(
    "more",
    [
        {"accept": "text/html"},
        {"accept": "*/*", "fetch_mode": "navigate"},
        {"accept": "TEXT/HTML"},
        {"method": "HEAD"},
    ],
)
def test_browsers_are_sent_to_the_room(more: dict[str, Any]) -> None:
    """A navigation without a token goes to the waiting room, with the way back."""
    decision = decided(made.asked(query="a=1&b=2", **more))
    assert decision == Redirect(made.to_room(f"{made.SITE}/checkout?a=1&b=2"), "no_token")
    reply = answer(made.gate(), decision)
    assert (reply.status, dict(reply.headers)["cache-control"]) == (303, "no-store")


@pytest.mark.parametrize(
    "more",
    [
        {"accept": "application/json"},
        {"accept": ""},
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"method": "get"},
        {"fetch_mode": "cors"},
        {"method": "POST", "fetch_mode": "navigate"},
    ],
)
def test_programs_are_told_401(more: dict[str, Any]) -> None:
    """Everything that is not a navigation gets 401 with a JSON error and a challenge."""
    decision = decided(made.asked("/api/search", **more))
    assert isinstance(decision, Refuse)
    assert isinstance(decision.error, Unauthorized)
    reply = answer(made.gate(), decision)
    assert reply.status == 401
    assert set(json.loads(reply.body)) == {"error", "code"}
    assert json.loads(reply.body)["code"] == "unauthorized"
    assert dict(reply.headers)["www-authenticate"] == "Bearer"


def test_refused_tokens_are_told_so() -> None:
    """A bad token from a program is 401 invalid_token (RFC 6750)."""
    decision = decided(made.asked(bearer=made.token(aud="other"), accept=""))
    assert isinstance(decision, Refuse)
    reply = answer(made.gate(), decision)
    assert json.loads(reply.body)["code"] == "token_refused"
    assert dict(reply.headers)["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "other"},
        {"iss": "https://evil.example"},
        {"token_use": "refresh"},
        {"token_use": "id"},
        {"exp": int(made.NOW)},
        {"nbf": int(made.NOW) + 6},
        {"kind": "rsa-other"},
        {"kind": "rsa-other", "header": {"kid": "rsa"}},
        {"padding": "x" * 9000},
    ],
)
@pytest.mark.parametrize("where", ["cookie", "bearer", "query"])
def test_bad_tokens_never_pass(changed: dict[str, Any], where: str) -> None:
    """No source makes a bad token good."""
    token = made.token(**changed)
    if where == "query":
        request = made.asked(query=f"waitroom_token={token}")
    else:
        request = made.asked(**{where: token})
    decision = decided(request)
    assert isinstance(decision, Redirect)
    assert decision.reason != "no_token"


def test_slow_clocks_are_forgiven() -> None:
    """A token issued seconds ahead of the gate's clock passes, or visitors would go in circles."""
    assert isinstance(decided(made.asked(cookie=made.token(nbf=int(made.NOW) + 5))), Pass)


def test_without_keys_nobody_passes() -> None:
    """Without keys a token is not judged: 503, never a pass; newer keys may help."""
    for more in ({"cookie": made.token()}, {"bearer": made.token(), "accept": ""}):
        decision = decide(made.gate(), made.asked(**more), None, made.NOW)
        assert isinstance(decision, Refuse)
        assert isinstance(decision.error, KeysUnavailable)
        assert decision.newer_keys_may_help
        reply = answer(made.gate(), decision)
        assert reply.status == 503
        assert "retry-after" in dict(reply.headers)
        assert "www-authenticate" not in dict(reply.headers)


def test_without_keys_and_token_nothing_is_fetched() -> None:
    """Who brings no token is sent to the room without asking for keys."""
    decision = decide(made.gate(), made.asked(), None, made.NOW)
    assert isinstance(decision, Redirect)
    assert not decision.newer_keys_may_help


def test_unknown_keys_ask_for_newer_ones() -> None:
    """Only a kid that is not known makes a fetch worth while."""
    assert decided(made.asked(cookie=made.token("rsa-other"))).newer_keys_may_help
    assert decided(made.asked("/", f"waitroom_token={made.token('rsa-other')}")).newer_keys_may_help
    assert not decided(made.asked(cookie=made.token(aud="other"))).newer_keys_may_help
    assert not decided(made.asked(cookie="garbage")).newer_keys_may_help


def test_planted_cookies_lock_nobody_out() -> None:
    """Among cookies of one name a good one counts, wherever it stands."""
    good, bad = f"{COOKIE}={made.token()}", f"{COOKIE}=bad"
    for cookies in ((f"{bad}; {good}",), (f"{good}; {bad}",), (bad, good), (f"a=b;{bad};{good}",)):
        assert isinstance(decided(made.asked(cookies=cookies)), Pass)


def test_planted_cookies_are_bounded() -> None:
    """Only so many cookies are verified; a flood of them is not worked through."""
    flood = [f"{COOKIE}=bad{n}" for n in range(3)]
    good = f"{COOKIE}={made.token()}"
    assert isinstance(decided(made.asked(cookies=("; ".join([*flood[:2], good]),))), Pass)
    assert isinstance(decided(made.asked(cookies=("; ".join([*flood, good]),))), Redirect)


@pytest.mark.parametrize("name", ["waitroom_other", "Waitroom_sample", "waitroom_sample2", ""])
def test_other_cookies_do_not_count(name: str) -> None:
    """A cookie's name is compared whole and with its case."""
    assert isinstance(decided(made.asked(cookies=(f"{name}={made.token()}",))), Redirect)


@pytest.mark.parametrize(
    "authorization",
    [
        (f"Bearer {made.token()}", f"Bearer {made.token()}"),
        (f"Bearer {made.token()}", "Basic YTpi"),
        (f"Basic {made.token()}",),
        (f"Bearer{made.token()}",),
        (made.token(),),
        ("Bearer",),
        (f"Bearer {made.token()}, Bearer {made.token()}",),
    ],
)
def test_strange_authorization_does_not_count(authorization: tuple[str, ...]) -> None:
    """A repeated or malformed Authorization header admits nobody."""
    assert isinstance(decided(made.asked(authorization=authorization)), Redirect)


def test_foreign_authorization_does_not_lock_out() -> None:
    """A site's own Authorization header leaves the cookie its say."""
    for header in ("Basic YTpi", "Bearer the-sites-own"):
        request = made.asked(authorization=(header,), cookie=made.token())
        assert isinstance(decided(request), Pass)


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_return_url_stays_on_the_site(path: str) -> None:
    """Neither the room nor the hand-over is told another host, whatever the path."""
    gate = made.gate(protected=("/",))
    redirect = decide(gate, made.asked(path), made.keys(), made.NOW)
    assert isinstance(redirect, Redirect)
    assert "return=https%3A%2F%2Fshop.example%2F" in redirect.location
    token = made.token()
    handover = decide(gate, made.asked(path, f"waitroom_token={token}"), made.keys(), made.NOW)
    assert isinstance(handover, HandOver)
    assert handover.location.startswith(f"{made.SITE}/")


def test_both_paths_must_be_open() -> None:
    """A path that was rewritten on the way in is judged as sent and as routed."""
    for sent, routed in (("/public", "/checkout"), ("/checkout", "/public")):
        assert isinstance(decided(made.asked(sent, routed_path=routed)), Redirect)


def test_first_refusal_is_told() -> None:
    """Of several bad tokens the first one's reason is told."""
    request = made.asked(bearer=made.token(aud="other"), cookie="bad", accept="")
    decision = decided(request)
    assert isinstance(decision, Refuse)
    assert isinstance(decision.error, TokenRefused)
    assert decision.error.reason == "audience"


def test_facts_hide_what_may_hold_a_token() -> None:
    """The repr of a request shows no header or query that can carry a token."""
    token = made.token()
    request = made.asked(query=f"waitroom_token={token}", cookie=token, bearer=token)
    assert token not in repr(request)
