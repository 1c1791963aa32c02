"""What an ID token says, and believing one that comes back as a hint.

What belongs here: OpenID Connect Core 1.0, sections 2 and 3.1.3.6. What must change with it:
``CLAIMS``, ``docs/oidc.md``. ``tokens/verify.py`` says which tokens are believed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from waitroom.core.clients import OidcClient
from waitroom.core.model import Session
from waitroom.errors import TokenRefused
from waitroom.tokens.keys import KeyRing
from waitroom.tokens.verify import MAX_TOKEN, KeySet, verify

CLAIMS: Final = (
    "iss",
    "sub",
    "aud",
    "iat",
    "exp",
    "auth_time",
    "nonce",
    "at_hash",
    "queue_position",
    "token_use",
)
_WHENEVER: Final = float("inf")


def id_claims(
    *,
    issuer: str,
    client_id: str,
    request_id: str,
    session: Session,
    auth_time: int,
    now: int,
    at_hash: str,
    nonce: str = "",
) -> dict[str, int | str]:
    """The claims of an ID token made at ``now``; it is good for as long as the session."""
    said: dict[str, int | str] = {
        "iss": issuer,
        "sub": request_id,
        "aud": client_id,
        "iat": now,
        "exp": session.expires_at,
        "auth_time": auth_time,
        "at_hash": at_hash,
        "queue_position": session.place.position,
        "token_use": "id",
    }
    return said | ({"nonce": nonce} if nonce else {})


def at_hash_of(access_token: str, algorithm: str) -> str:
    """The left half of the access token's hash, which binds it to the ID token.

    The hash is that of the signature's algorithm (section 3.1.3.6); Ed25519 hashes with SHA-512
    (RFC 8032, section 5.1).
    """
    hashed = hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256
    digest = hashed(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def unverified(token: str) -> dict[str, Any]:
    """What a JWT says, believed by nobody yet: to find out by whose measure it is to be checked."""
    payload = token.split(".")[1] if len(token) <= MAX_TOKEN and token.count(".") == 2 else ""
    try:
        said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


class OwnKeys:
    """The public keys of the deployment's own ring, parsed once for as long as it stays."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._parsed: tuple[bytes, KeySet] | None = None

    def parsed(self) -> KeySet:
        """The keys that verify now. Raises ``KeysUnavailable``: there are none yet."""
        jwks = self._ring.jwks
        if self._parsed is None or self._parsed[0] is not jwks:
            self._parsed = (jwks, KeySet.from_jwks(json.loads(jwks)))
        return self._parsed[1]

    def algorithms(self) -> list[str]:
        """Of the keys on the ring, each once; the newest first."""
        return list(dict.fromkeys(key["alg"] for key in json.loads(self._ring.jwks)["keys"]))


def read_hint(
    hint: str, keys: KeySet, clients: Iterable[OidcClient], issuer: str
) -> tuple[OidcClient, str] | None:
    """The client for which we made this ID token, and whose place it names; None if we did not.

    However old it is: it says who somebody was, it opens nothing (OpenID Connect RP-Initiated
    Logout 1.0, section 2).
    """
    audience = unverified(hint).get("aud")
    client = next((one for one in clients if one.client_id == audience), None)
    if client is None:
        return None
    try:
        said = verify(
            hint,
            keys,
            event_id=client.client_id,
            issuer=issuer,
            now=0,
            token_use="id",  # noqa: S106 - the kind of token, not a secret
            nbf_leeway=_WHENEVER,
        )
    except TokenRefused:
        return None
    return client, said.request_id
