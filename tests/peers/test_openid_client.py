"""``openid-client`` of npm as the relying party, as it is used in Express or Next.js."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.served import Site
from peers.programs_in_node import Program, node
from peers.visitors import CALLBACK, GOODBYE, Client, Visitor, answer_of, register

pytestmark = pytest.mark.xdist_group("peers")

WAYS = ["client_secret_basic", "client_secret_post", "none"]


def begin(program: Program, client: Client, way: str = "client_secret_basic") -> str:
    """Set the site up; the URL to which it sends a visitor."""
    registered = {"client_id": client.client_id, "token_endpoint_auth_method": way}
    if client.secret:
        registered["client_secret"] = client.secret
    program.tell(
        {
            "issuer": client.issuer,
            "client": registered,
            "redirect_uri": CALLBACK,
            "post_logout_redirect_uri": GOODBYE,
        }
    )
    return str(program.hear()["authorization_url"])


def come_back(program: Program, callback: str) -> dict[str, Any]:
    """What the site knows of a visitor who came back, or why it does not believe them."""
    program.tell({"callback": callback})
    return dict(program.hear())


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_visit(room: Site, way: str) -> None:
    """Discovery, PKCE, nonce, state, iss, userinfo and logout, for each kind of client."""
    client = register(room, room.event(), public=way == "none")
    visitor = Visitor(client)
    with node("relying_party.js") as program:
        known = come_back(program, visitor.arrive_by(begin(program, client, way)))
    assert "error" not in known, known
    claims, userinfo = known["claims"], known["userinfo"]
    assert (claims["iss"], claims["aud"]) == (client.issuer, "shop")
    assert (claims["queue_position"], claims["token_use"]) == (1, "id")
    assert userinfo["sub"] == claims["sub"] == visitor.request_id
    assert userinfo["event_id"] == client.event_id
    assert "refresh_token" not in known["tokens"]  # this event does not extend sessions
    leave(client, known)


def leave(client: Client, known: dict[str, Any]) -> None:
    """The logout URL completes the session and leads back to the site."""
    left = httpx.get(known["end_session_url"])
    assert (left.status_code, left.headers["location"]) == (303, f"{GOODBYE}?state=left")
    bearer = {"authorization": f"Bearer {known['tokens']['access_token']}"}
    assert httpx.get(client.metadata()["userinfo_endpoint"], headers=bearer).status_code == 401
    exits = client.site.control.get(f"/api/events/{client.event_id}/counters").json()
    assert exits["completed_sessions"] == 1


def test_sessions_are_extended_where_the_event_allows(room: Site) -> None:
    """A refresh token is given, and the new ID token is about the same visitor."""
    client = register(room, room.event(refresh_period=7200))
    with node("relying_party.js") as program:
        known = come_back(program, Visitor(client).arrive_by(begin(program, client)))
    assert "error" not in known, known
    assert known["tokens"]["refresh_token"]
    assert known["refreshed"]["id_token"]
    assert known["refreshed"]["access_token"]


def test_who_was_served_passes_straight_through(room: Site) -> None:
    """A second sign-in of an admitted visitor shows no room and gives the same place."""
    client = register(room, room.event())
    visitor = Visitor(client)
    for _ in range(2):
        with node("relying_party.js") as program:
            known = come_back(program, visitor.arrive_by(begin(program, client)))
            assert known["claims"]["sub"] == visitor.request_id
    first, second = visitor.seen
    assert first.startswith(f"{room.public_url}/room/")
    assert second.startswith(CALLBACK)


def test_the_code_of_another_visitor_does_not_pass(room: Site) -> None:
    """A code that an attacker swaps in fails: the nonce and the challenge are another's."""
    client = register(room, room.event())
    with node("relying_party.js") as theirs, node("relying_party.js") as program:
        stolen = answer_of(Visitor(client).arrive_by(begin(theirs, client)))["code"]
        own = answer_of(Visitor(client).arrive_by(begin(program, client)))
        swapped = httpx.URL(CALLBACK, params=own | {"code": stolen})
        assert "invalid_grant" in come_back(program, str(swapped))["error"]
        theirs.tell({"callback": CALLBACK})
        assert "state missing" in theirs.hear()["error"]


def test_a_state_that_was_altered_does_not_pass(room: Site) -> None:
    """The site notices that the answer belongs to another request, and redeems nothing."""
    client = register(room, room.event())
    with node("relying_party.js") as program:
        own = answer_of(Visitor(client).arrive_by(begin(program, client)))
        altered = httpx.URL(CALLBACK, params=own | {"state": own["state"] + "x"})
        assert "state mismatch" in come_back(program, str(altered))["error"]
