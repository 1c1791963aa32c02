"""The requests that an AWS Application Load Balancer makes, as AWS documents them.

No load balancer runs here; what is shown is that the settings in ``deploy/gates/aws-alb/`` fit the
provider, and that it answers what a load balancer asks.
"""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from api.served import Site
from peers.visitors import Client, Visitor, answer_of, register
from waiting import wait_until_sync

FOLDER: Final = Path(__file__).parents[2] / "deploy" / "gates" / "aws-alb"
RESPONSE: Final = "https://shop.example/oauth2/idpresponse"

pytestmark = pytest.mark.xdist_group("peers")


class LoadBalancer:
    """One whose rule has the actions of ``actions.json``, filled in for ``client``."""

    def __init__(self, client: Client) -> None:
        text = (FOLDER / "actions.json").read_text()
        text = text.replace("https://queue.example/oidc/my-event", client.issuer)
        self.settings: dict[str, Any] = json.loads(text)[0]["AuthenticateOidcConfig"]
        self.secret = client.secret
        # Encrypted and long, with letters that a URL has to encode.
        self.state = base64.b64encode(secrets.token_bytes(300)).decode() + "+/="

    def login(self) -> str:
        """Where a visitor without a session is redirected to."""
        asked = {
            "client_id": self.settings["ClientId"],
            "redirect_uri": RESPONSE,
            "response_type": "code",
            "scope": self.settings["Scope"],
            "state": self.state,
        }
        return str(httpx.URL(self.settings["AuthorizationEndpoint"], params=asked))

    def redeem(self, callback: str, *, basic: bool = False) -> httpx.Response:
        """The token request for the code in ``callback``, whose state has to be the one sent."""
        answer = answer_of(callback)
        assert callback.startswith(f"{RESPONSE}?")
        assert answer["state"] == self.state
        form = {"grant_type": "authorization_code", "code": answer["code"]}
        form["redirect_uri"] = RESPONSE
        credentials = (self.settings["ClientId"], self.secret)
        if basic:
            return httpx.post(self.settings["TokenEndpoint"], data=form, auth=credentials)
        form |= dict(zip(("client_id", "client_secret"), credentials, strict=True))
        return httpx.post(self.settings["TokenEndpoint"], data=form)

    def claims(self, access_token: str) -> httpx.Response:
        """The userinfo request, whose claims go to the site in a header."""
        bearer = {"authorization": f"Bearer {access_token}"}
        return httpx.get(self.settings["UserInfoEndpoint"], headers=bearer)


def balancer(room: Site, **settings: Any) -> tuple[LoadBalancer, Client]:
    """A load balancer before the shop of a new event."""
    event_id = room.event(**settings)
    client = register(room, event_id, client_id="alb", redirect_uri=RESPONSE)
    return LoadBalancer(client), client


def test_the_settings_name_what_discovery_names(room: Site) -> None:
    """A load balancer does not use discovery, so the file has to name the endpoints right."""
    alb, client = balancer(room)
    metadata = client.metadata()
    named = {
        "issuer": "Issuer",
        "authorization_endpoint": "AuthorizationEndpoint",
        "token_endpoint": "TokenEndpoint",
        "userinfo_endpoint": "UserInfoEndpoint",
    }
    for ours, theirs in named.items():
        assert metadata[ours] == alb.settings[theirs]
    event = room.control.get(f"/api/events/{client.event_id}").json()
    assert event["validity_period"] == alb.settings["SessionTimeout"]


@pytest.mark.parametrize("basic", [False, True], ids=["post", "basic"])
def test_a_visitor_is_let_through(room: Site, basic: bool) -> None:
    """State unaltered, tokens for the secret in form or header, claims small enough to pass on."""
    alb, client = balancer(room)
    visitor = Visitor(client)
    answer = alb.redeem(visitor.arrive_by(alb.login()), basic=basic)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"] > 0) == ("Bearer", True)
    assert tokens["id_token"]
    claims = alb.claims(tokens["access_token"])
    assert claims.headers["content-type"].startswith("application/json")
    assert claims.json()["sub"] == visitor.request_id  # x-amzn-oidc-identity
    assert claims.json()["queue_position"] == 1
    # Claims and access token of over 11 KB are an error of the load balancer.
    assert len(claims.content) + len(tokens["access_token"]) < 4_000


def test_a_session_is_refreshed(room: Site) -> None:
    """Where the event allows, a refresh token is given and the load balancer's request is granted;
    after the session was completed it is refused, and the visitor has to come again."""
    alb, client = balancer(room, refresh_period=7200)
    visitor = Visitor(client)
    tokens = alb.redeem(visitor.arrive_by(alb.login())).json()
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": "alb",
        "client_secret": client.secret,
    }
    assert httpx.post(alb.settings["TokenEndpoint"], data=form).status_code == 200
    done = {"event_id": client.event_id, "request_id": visitor.request_id, "status": 1}
    assert room.control.post("/api/update_session", json=done).status_code == 200
    refused = httpx.post(alb.settings["TokenEndpoint"], data=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert alb.claims(tokens["access_token"]).status_code == 401


def test_who_waits_longer_than_it_remembers_begins_anew(room: Site) -> None:
    """After the load balancer's patience (here a second) the visitor is sent to the shop and not to
    a 401; the load balancer asks anew, and is answered without a page."""
    shop = "https://shop.example/"
    event_id = room.event(target_url=shop)
    client = register(room, event_id, client_id="alb", redirect_uri=RESPONSE, state_lifetime=1)
    visitor = Visitor(client)
    first, second = LoadBalancer(client), LoadBalancer(client)
    authorization = visitor.sealed(first.login())
    wait_until_sync(
        lambda: visitor.hand_over(authorization) == shop,
        description="the load balancer has forgotten the visitor",
    )
    assert second.redeem(visitor.arrive_by(second.login())).status_code == 200
    assert len(visitor.seen) == 2
    assert visitor.seen[1].startswith(f"{RESPONSE}?")
