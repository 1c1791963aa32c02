"""Keys, tokens, gates and requests to test with. Keys are made once per test process."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from waitroom.authorizer import Gate, Request
from waitroom.authorizer.urls import room_url
from waitroom.tokens.verify import KeySet

EVENT = "sample"
ROOM = "https://queue.example/room/sample"
ISSUER = "https://queue.example/oidc/sample"
REDEEM = "https://queue.example/api/redeem"
SITE = "https://shop.example"
CODE = "A-code_of-the-room" * 6  # of the right form; what it is worth the test says
REQUEST_ID = "0123abcd-0123-0123-0123-0123456789ab"
ISSUED = 1_700_000_000
EXPIRES = ISSUED + 3600
NOW = ISSUED + 60.0


def key(kind: str = "rsa") -> Key:
    """The key of this name: ``rsa``, ``rsa-other``, ``ec``, ``okp``."""
    return _key(kind)


@cache
def _key(kind: str) -> Key:
    if kind == "ec":
        return ECKey.generate_key("P-256", {"kid": kind})
    if kind == "okp":
        return OKPKey.generate_key("Ed25519", {"kid": kind})
    return RSAKey.generate_key(2048, {"kid": kind})


def jwks(*kinds: str) -> dict[str, Any]:
    """The public JWK set of these keys."""
    return {"keys": [key(kind).as_dict(private=False) for kind in kinds]}


@cache
def keys(*kinds: str) -> KeySet:
    """The parsed set of these keys (default: ``rsa``)."""
    return KeySet.from_jwks(jwks(*(kinds or ("rsa",))))


def claims(**changed: Any) -> dict[str, Any]:
    """What an access token says; a value of None leaves the claim out."""
    said = {
        "aud": EVENT,
        "sub": REQUEST_ID,
        "queue_position": 7,
        "token_use": "access",
        "iat": ISSUED,
        "nbf": ISSUED,
        "exp": EXPIRES,
        "iss": ISSUER,
    } | changed
    return {name: value for name, value in said.items() if value is not None}


def token(kind: str = "rsa", *, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A token signed with the key of this name."""
    return signed(json.dumps(claims(**changed)), key(kind), header)


def signed(payload: str | bytes, by: Key, header: dict[str, Any] | None = None) -> str:
    """A compact JWS of ``payload``; ``header`` changes or (None) removes members."""
    algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"}[by.key_type]
    full = {"alg": algorithm, "typ": "JWT", "kid": by.kid} | (header or {})
    full = {name: value for name, value in full.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[full["alg"]], strict_check_header=False)
    return jws.serialize_compact(full, payload, by, registry=registry)


def b64(value: bytes | str) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    data = value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def gate(**changed: Any) -> Gate:
    """The gate of the sample shop: everything under /checkout and /api is protected."""
    made: dict[str, Any] = {
        "event_id": EVENT,
        "issuer": ISSUER,
        "room_url": ROOM,
        "site_url": SITE,
        "redeem_url": REDEEM,
        "protected": ("/checkout", "/api"),
    }
    return Gate(**(made | changed))


def asked(path: str = "/checkout", query: str = "", **more: Any) -> Request:
    """A page navigation by a browser; ``cookie`` and ``bearer`` are given as tokens."""
    made: dict[str, Any] = {"method": "GET", "routed_path": path, "accept": "text/html,*/*;q=0.8"}
    if (cookie := more.pop("cookie", None)) is not None:
        made["cookies"] = (f"waitroom_{EVENT}={cookie}",)
    if (bearer := more.pop("bearer", None)) is not None:
        made["authorization"] = (f"Bearer {bearer}",)
    return Request(path=path, query=query, **(made | more))


def to_room(back: str, refused: str = "") -> str:
    """The waiting-room page that returns to this URL."""
    return room_url(ROOM, back, refused)
