"""The order of things: decide, newer keys, the code; nothing twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from waitroom.authorizer import Gatekeeper, Request
from waitroom.authorizer.decide import (
    HandOver,
    Pass,
    PassUnprotected,
    Redirect,
    Refuse,
    Tidy,
    Verdict,
)
from waitroom.errors import KeysUnavailable, Unavailable

from . import made
from .doubles import Room


@pytest.fixture
def room() -> Room:
    """A room with one key and one code."""
    double = Room("rsa")
    double.codes[made.CODE] = made.token()
    return double


@pytest.fixture(params=["blocking", "asyncio"])
def way(request: pytest.FixtureRequest) -> str:
    """Both ways to ask."""
    return str(request.param)


def keeper(room: Room) -> Gatekeeper:
    """The gatekeeper of the sample shop."""
    gate = made.gate()
    return Gatekeeper(gate, room.keys(), room.redeemer(gate), lambda: made.NOW)


def verdict(keeper: Gatekeeper, way: str, request: Request) -> Verdict:
    """Ask in one way or the other."""
    if way == "blocking":
        return keeper.ask(request)
    return asyncio.run(keeper.ask_async(request))


def coming_back(**more: Any) -> Request:
    """A visitor with a code."""
    return made.asked("/checkout", f"waitroom_code={made.CODE}&a=1", **more)


def test_a_code_makes_an_admission(room: Room, way: str) -> None:
    """Keys first, then the code, once."""
    decision = verdict(keeper(room), way, coming_back())
    assert isinstance(decision, HandOver)
    assert (room.fetches, room.redeemed) == (1, [made.CODE])


def test_a_code_works_once(room: Room, way: str) -> None:
    """The second use is refused by the room and sent there, with the reason."""
    gate = keeper(room)
    verdict(gate, way, coming_back())
    again = verdict(gate, way, coming_back())
    assert isinstance(again, Redirect)
    assert again.reason == "code_refused"
    assert made.CODE not in again.location


def test_nothing_is_asked_for_nothing(room: Room, way: str) -> None:
    """Without token and code neither keys nor anything else is fetched."""
    gate = keeper(room)
    assert isinstance(verdict(gate, way, made.asked()), Redirect)
    assert isinstance(verdict(gate, way, made.asked("/")), PassUnprotected)
    assert isinstance(verdict(gate, way, made.asked(query="waitroom_code=short")), Redirect)
    assert (room.fetches, room.redeemed) == (0, [])


def test_a_good_cookie_spares_the_room(room: Room, way: str) -> None:
    """The code beside it is not sent."""
    assert isinstance(verdict(keeper(room), way, coming_back(cookie=made.token())), Tidy)
    assert room.redeemed == []


def test_new_keys_may_save_the_code(room: Room, way: str) -> None:
    """A cookie signed by a key of later is good after a fetch, and the code is not spent."""
    gate = keeper(room)
    verdict(gate, way, made.asked(cookie=made.token()))
    room.kinds, room.now = ("rsa", "rsa-other"), 10
    assert isinstance(verdict(gate, way, coming_back(cookie=made.token("rsa-other"))), Tidy)
    assert (room.fetches, room.redeemed) == (2, [])


def test_the_token_behind_a_code_may_need_new_keys(room: Room, way: str) -> None:
    """The room changed its key a moment ago: one more fetch, the code is not lost."""
    gate = keeper(room)
    verdict(gate, way, made.asked(cookie=made.token()))
    room.kinds, room.now = ("rsa", "rsa-other"), 10
    room.codes[made.CODE] = made.token("rsa-other")
    assert isinstance(verdict(gate, way, coming_back()), HandOver)
    assert (room.fetches, room.redeemed) == (2, [made.CODE])


def test_no_keys_no_code(room: Room, way: str) -> None:
    """While there are no keys the code is kept: 503, and it is good on the next try."""
    gate = keeper(room)
    room.kinds = ()
    refused = verdict(gate, way, coming_back())
    assert isinstance(refused, Refuse)
    assert isinstance(refused.error, KeysUnavailable)
    assert room.redeemed == []
    room.kinds, room.now = ("rsa",), 10
    assert isinstance(verdict(gate, way, coming_back()), HandOver)


def test_a_room_that_is_away(room: Room, way: str) -> None:
    """503 once, no second try, no circle; open pages are shown without a session."""
    room.is_away = True
    gate = keeper(room)
    refused = verdict(gate, way, coming_back())
    assert isinstance(refused, Refuse)
    assert isinstance(refused.error, Unavailable)
    assert room.redeemed == [made.CODE]
    request = made.asked("/", f"waitroom_code={made.CODE}")
    assert verdict(gate, way, request) == PassUnprotected("")


def test_a_post_passes_with_the_claims(room: Room, way: str) -> None:
    """Its code is redeemed for this one request."""
    decision = verdict(keeper(room), way, coming_back(method="POST"))
    assert isinstance(decision, Pass)
    assert decision.query == "a=1"


def test_a_foreign_token_behind_a_code(room: Room, way: str) -> None:
    """A room that hands out tokens of another event lets nobody in, and is asked once."""
    room.codes[made.CODE] = made.token(aud="other")
    decision = verdict(keeper(room), way, coming_back())
    assert isinstance(decision, Redirect)
    assert decision.reason == "audience"
    assert room.redeemed == [made.CODE]


def test_defaults_are_the_gates() -> None:
    """Keys come from the issuer of the gate and nothing is fetched when it is made."""
    assert Gatekeeper(made.gate()).keys.url == f"{made.ISSUER}/.well-known/jwks.json"
