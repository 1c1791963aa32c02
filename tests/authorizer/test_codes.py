"""One-time codes at the gate: when they are redeemed, and what becomes of the request."""

from __future__ import annotations

from typing import Any

import pytest

from waitroom.authorizer import Request, decide
from waitroom.authorizer.answers import answer
from waitroom.authorizer.decide import (
    Decision,
    HandOver,
    Pass,
    PassUnprotected,
    Redeem,
    Redeemed,
    Redirect,
    Refuse,
    Tidy,
)
from waitroom.errors import CodeRefused, KeysUnavailable, TokenRefused, Unavailable

from . import made

QUERY = f"a=1&waitroom_code={made.CODE}"


def asked(**more: Any) -> Request:
    """A visitor coming back from the room with a code."""
    path, query = more.pop("path", "/checkout"), more.pop("query", QUERY)
    return made.asked(path, query, **more)


def decided(request: Request, redeemed: Redeemed | None = None, **gate: Any) -> Decision:
    """Decide with the sample gate and its key."""
    return decide(made.gate(**gate), request, made.keys(), made.NOW, redeemed)


@pytest.mark.parametrize("path", ["/checkout", "/"])
def test_a_code_is_redeemed_and_handed_over(path: str) -> None:
    """On protected and open pages alike: redeem, then cookie and the URL without the code."""
    first = decided(asked(path=path))
    assert first == Redeem(made.CODE)
    assert made.CODE not in repr(first)
    second = decided(asked(path=path), made.token())
    assert isinstance(second, HandOver)
    assert second.location == f"{made.SITE}{path}?a=1"
    assert second.token == made.token()


@pytest.mark.parametrize("method", ["POST", "PUT", "WEBSOCKET"])
def test_a_code_with_a_body_is_not_redirected(method: str) -> None:
    """Other methods than GET and HEAD pass with the claims, and the site does not see the code."""
    assert decided(asked(method=method)) == Redeem(made.CODE)
    passed = decided(asked(method=method), made.token())
    assert isinstance(passed, Pass)
    assert passed.query == "a=1"


def test_a_body_on_an_open_page_redeems_nothing() -> None:
    """Where no token is needed a POST passes at once; its code stays good."""
    assert decided(asked(path="/", method="POST")) == PassUnprotected("a=1")


@pytest.mark.parametrize("path", ["/checkout", "/"])
def test_a_good_cookie_saves_the_code(path: str) -> None:
    """Who has a good cookie is sent to the URL without the code, and nothing is redeemed."""
    tidy = decided(asked(path=path, cookie=made.token()))
    assert isinstance(tidy, Tidy)
    assert tidy.location == f"{made.SITE}{path}?a=1"
    reply = answer(made.gate(), tidy)
    assert reply.status == 303
    assert "set-cookie" not in dict(reply.headers)


def test_a_good_bearer_saves_the_code() -> None:
    """A program with a good token just passes."""
    assert isinstance(decided(asked(bearer=made.token())), Pass)


def test_a_token_beside_a_code_is_taken() -> None:
    """Of a good token and a code in one query the token counts; neither stays in the URL."""
    handed = decided(asked(query=f"{QUERY}&waitroom_token={made.token()}"))
    assert isinstance(handed, HandOver)
    assert handed.location == f"{made.SITE}/checkout?a=1"


def test_a_bad_cookie_leaves_the_code_its_say() -> None:
    """A planted or expired cookie locks nobody out who has a code."""
    assert isinstance(decided(asked(cookie=made.token(exp=made.ISSUED + 1))), Redeem)


def test_a_refused_code_is_as_good_as_absent() -> None:
    """Back to the room, with the reason, and without the code in the return URL."""
    refused = decided(asked(), CodeRefused())
    back = f"{made.SITE}/checkout?a=1"
    assert refused == Redirect(made.to_room(back, "code_refused"), "code_refused")
    assert decided(asked(path="/"), CodeRefused()) == PassUnprotected("a=1")


def test_the_reason_of_another_token_comes_first() -> None:
    """``code_refused`` is told only where there was nothing else to refuse."""
    refused = decided(asked(cookie=made.token(exp=made.ISSUED + 1)), CodeRefused())
    assert isinstance(refused, Redirect)
    assert refused.reason == "expired"


def test_programs_are_told_of_a_refused_code() -> None:
    """401 ``token_refused``, as for a bad token."""
    refused = decided(asked(method="POST", accept=""), CodeRefused())
    assert isinstance(refused, Refuse)
    assert isinstance(refused.error, TokenRefused)
    assert refused.error.status == 401


def test_a_room_that_is_away_is_503() -> None:
    """Nobody is sent in circles: the visitor is told to try again, the code stays in the URL."""
    away = decided(asked(), Unavailable(retry_after=2))
    assert isinstance(away, Refuse)
    reply = answer(made.gate(), away)
    assert (reply.status, dict(reply.headers)["retry-after"]) == (503, "2")
    assert decided(asked(path="/"), Unavailable()) == PassUnprotected("a=1")


def test_without_keys_no_code_is_spent() -> None:
    """A code works once: it is not redeemed while its token could not be judged."""
    first = decide(made.gate(), asked(), None, made.NOW)
    assert isinstance(first, Refuse)
    assert isinstance(first.error, KeysUnavailable)
    assert first.newer_keys_may_help
    assert decide(made.gate(), asked(path="/"), None, made.NOW) == PassUnprotected("a=1", True)


def test_newer_keys_come_before_the_code() -> None:
    """A cookie signed by a new key may save the code."""
    assert decided(asked(cookie=made.token("rsa-other"))) == Redeem(made.CODE, True)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "short",
        "x" * 79,
        "x" * 1025,
        f"{made.CODE}%0a",
        f"{made.CODE}=",
        f"{made.CODE}+",
        f"{made.CODE}/..",
        "é" * 100,
    ],
)
def test_what_no_room_makes_is_not_redeemed(code: str) -> None:
    """Codes have a form; others cost the room nothing, and are stripped all the same."""
    decision = decided(asked(query=f"a=1&waitroom_code={code}"))
    assert isinstance(decision, Redirect)
    assert decision.reason == ("code_refused" if code else "no_token")
    assert "waitroom_code" not in decision.location


@pytest.mark.parametrize("changed", [{"aud": "other"}, {"exp": made.ISSUED}, {"token_use": "id"}])
def test_a_redeemed_token_is_judged_like_any(changed: dict[str, Any]) -> None:
    """What the room's address answers is believed no more than what a visitor brings."""
    decision = decided(asked(), made.token(**changed))
    assert isinstance(decision, Redirect)
    assert decision.reason in {"audience", "expired", "token_use"}


def test_codes_in_another_parameter() -> None:
    """The parameter's name is the gate's; it is recognised however it is encoded."""
    assert decided(asked(query=f"c=%41{made.CODE}"), code_parameter="c") == Redeem(f"A{made.CODE}")
    assert decided(asked(query=f"waitroom%5Fcode={made.CODE}")) == Redeem(made.CODE)


def test_of_several_codes_the_last_counts() -> None:
    """The room appends its own; all are stripped."""
    assert decided(asked(query=f"waitroom_code=x&{QUERY}")) == Redeem(made.CODE)


def test_a_gate_that_redeems_nothing() -> None:
    """Without ``redeem_url`` a code is stripped and refused."""
    decision = decided(asked(), redeem_url="")
    assert isinstance(decision, Redirect)
    assert decision.reason == "code_refused"


def test_redeem_is_never_the_second_answer() -> None:
    """Whatever became of a code, it is not redeemed again for the same request."""
    for redeemed in (made.token(), "bad", "", CodeRefused(), Unavailable()):
        for path in ("/", "/checkout"):
            for method in ("GET", "POST"):
                request = asked(path=path, method=method)
                assert not isinstance(decided(request, redeemed), Redeem)


def test_facts_hide_codes() -> None:
    """The repr of a request does not show the code."""
    assert made.CODE not in repr(asked())
