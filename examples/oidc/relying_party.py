"""The client's side of the code flow, by Authlib: with state, nonce and PKCE.

What belongs here: the two steps, away and back. Whatever speaks OpenID Connect (a load balancer, a
proxy, a framework) does the same from its configuration.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwk, jwt

MAX_AWAY = 10_000  # visitors whose return is waited for; of more, the oldest begin anew
ALGORITHMS = ["RS256", "ES256", "EdDSA"]


@dataclass(frozen=True)
class Away:
    """What has to be remembered of a visitor who is at the provider. ``back_to``: a path."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    back_to: str


class RelyingParty:
    """One client of one provider. ``issuer``: ``<waiting room>/oidc/<event>``."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client = AsyncOAuth2Client(
            client_id,
            client_secret,
            redirect_uri=redirect_uri,
            scope="openid",
            code_challenge_method="S256",
            timeout=10,
        )
        self._http = httpx.AsyncClient(timeout=10)
        self._found: dict[str, Any] = {}
        self._away: dict[str, Away] = {}

    async def _read(self, url: str) -> Any:
        """What the provider publishes at ``url``."""
        answer = await self._http.get(url)
        return answer.raise_for_status().json()

    async def _discovered(self) -> dict[str, Any]:
        """The provider's addresses, found once (OpenID Connect Discovery 1.0)."""
        if not self._found:
            url = f"{self._issuer}/.well-known/openid-configuration"
            found = await self._read(url)
            if found["issuer"] != self._issuer:
                raise ValueError("the provider calls itself something else")
            self._found = found
        return self._found

    async def send_away(self, back_to: str) -> tuple[str, str]:
        """Where to send a visitor, and the state that has to come back with them."""
        away = Away(secrets.token_urlsafe(24), secrets.token_urlsafe(48), back_to)
        url, state = self._client.create_authorization_url(
            (await self._discovered())["authorization_endpoint"],
            code_verifier=away.verifier,
            nonce=away.nonce,
        )
        while len(self._away) >= MAX_AWAY:
            self._away.pop(next(iter(self._away)))
        self._away[state] = away
        return url, state

    async def take_back(self, state: str, code: str) -> tuple[dict[str, Any], str]:
        """The claims of a visitor who came back, and where they wanted to go.

        Raises ``KeyError`` (nobody was sent away with that state), or what Authlib and joserfc
        raise for a code or an ID token that is not right.
        """
        away = self._away.pop(state)
        found = await self._discovered()
        answer = await self._client.fetch_token(
            found["token_endpoint"], code=code, code_verifier=away.verifier
        )
        keys = jwk.KeySet.import_key_set(await self._read(found["jwks_uri"]))
        token = jwt.decode(answer["id_token"], keys, algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=5,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            nonce={"essential": True, "value": away.nonce},
            exp={"essential": True},
        ).validate(token.claims)
        return token.claims, away.back_to
