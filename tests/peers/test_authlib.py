"""Authlib as the relying party, as it is used in Flask, Django and Starlette."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.jwk import KeySet

from api.served import Site
from peers.visitors import CALLBACK, GOODBYE, Client, Visitor, answer_of, register

pytestmark = pytest.mark.xdist_group("peers")


class Shop:
    """A site whose sign-in Authlib does."""

    def __init__(self, client: Client, way: str) -> None:
        self.client = client
        self.metadata = client.metadata()
        self.nonce, self.verifier = secrets.token_urlsafe(), secrets.token_urlsafe(48)
        self.oauth = OAuth2Client(
            client_id=client.client_id,
            client_secret=client.secret or None,
            token_endpoint_auth_method=way,
            redirect_uri=CALLBACK,
            scope="openid",
            code_challenge_method="S256",
        )
        url, self.state = self.oauth.create_authorization_url(
            self.metadata["authorization_endpoint"],
            code_verifier=self.verifier,
            nonce=self.nonce,
        )
        self.begins_at = str(url)

    def redeem(self, callback: str, **altered: str) -> dict[str, Any]:
        """Tokens for the code with which a visitor came back."""
        given = {"code_verifier": self.verifier, "state": self.state} | altered
        endpoint = self.metadata["token_endpoint"]
        return dict(self.oauth.fetch_token(endpoint, authorization_response=callback, **given))

    def claims(self, tokens: dict[str, Any]) -> CodeIDToken:
        """What the ID token says, checked as Authlib checks it (nonce, at_hash, times)."""
        keys = KeySet.import_key_set(httpx.get(self.metadata["jwks_uri"]).json())
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        token = jwt.decode(tokens["id_token"], keys, algorithms=algorithms)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"value": self.metadata["issuer"]},
                "aud": {"value": self.client.client_id},
                "nonce": {"value": self.nonce},
            },
            {"nonce": self.nonce, "access_token": tokens["access_token"]},
        )
        claims.validate()
        return claims


Opened = Callable[..., Shop]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Makes shops, and closes their connections in the end."""
    with ExitStack() as stack:

        def make(client: Client, way: str = "client_secret_basic") -> Shop:
            shop = Shop(client, way)
            stack.callback(shop.oauth.close)
            return shop

        yield make


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post", "none"])
def test_the_whole_visit(room: Site, opened: Opened, way: str) -> None:
    """Discovery, PKCE, state, nonce, at_hash, userinfo and logout, for each kind of client."""
    shop = opened(register(room, room.event(), public=way == "none"), way)
    visitor = Visitor(shop.client)
    tokens = shop.redeem(visitor.arrive_by(shop.begins_at))
    claims = shop.claims(tokens)
    assert (claims["sub"], claims["queue_position"]) == (visitor.request_id, 1)
    userinfo = shop.oauth.get(shop.metadata["userinfo_endpoint"])
    assert (userinfo.status_code, userinfo.json()["sub"]) == (200, visitor.request_id)
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": GOODBYE}
    left = httpx.get(shop.metadata["end_session_endpoint"], params=hint)
    assert (left.status_code, left.headers["location"]) == (303, GOODBYE)
    assert shop.oauth.get(shop.metadata["userinfo_endpoint"]).status_code == 401


def test_sessions_are_extended_where_the_event_allows(room: Site, opened: Opened) -> None:
    """Authlib's refresh gets tokens for the same visitor."""
    shop = opened(register(room, room.event(refresh_period=7200)))
    visitor = Visitor(shop.client)
    tokens = shop.redeem(visitor.arrive_by(shop.begins_at))
    again = shop.oauth.refresh_token(shop.metadata["token_endpoint"])
    assert again["access_token"]
    assert again["refresh_token"]
    assert tokens["expires_in"] > 0


def test_a_code_used_twice_ends_the_session(room: Site, opened: Opened) -> None:
    """Two who hold one code and all its secrets: nobody goes on (RFC 6749, section 4.1.2)."""
    shop = opened(register(room, room.event()))
    callback = Visitor(shop.client).arrive_by(shop.begins_at)
    shop.redeem(callback)
    with pytest.raises(OAuthError, match="invalid_grant"):
        shop.redeem(callback)
    assert shop.oauth.get(shop.metadata["userinfo_endpoint"]).status_code == 401


def test_what_an_attacker_alters_does_not_pass(room: Site, opened: Opened) -> None:
    """Another verifier, another client's secret, another client: each time nothing is given, and
    the code still serves whom it was for."""
    client = register(room, room.event())
    other = opened(register(room, client.event_id, client_id="other"))
    shop = opened(client)
    callback = Visitor(client).arrive_by(shop.begins_at)
    with pytest.raises(OAuthError, match="invalid_grant"):
        shop.redeem(callback, code_verifier=secrets.token_urlsafe(48))
    with pytest.raises(OAuthError, match="invalid_grant"):
        other.redeem(callback, code_verifier=shop.verifier, state=answer_of(callback)["state"])
    shop.oauth.client_secret = other.client.secret
    with pytest.raises(OAuthError, match="invalid_client"):
        shop.redeem(callback)
    shop.oauth.client_secret = client.secret
    assert shop.claims(shop.redeem(callback))["nonce"] == shop.nonce
