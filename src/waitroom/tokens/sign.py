"""Signing: from the record of an admitted visitor to the three tokens of the contract.

What belongs here: the JWT header and the signature (RFC 7515, 7519). What a token says is in
``core/claims.py``.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping

from msgspec.json import encode as _json

from waitroom.core.claims import TOKEN_USES
from waitroom.tokens.keys import LoadedKey


def sign_tokens(key: LoadedKey, claims: dict[str, int | str]) -> tuple[str, str, str]:
    """Access, refresh and id token for ``claims``. Takes the time of three signatures.

    The library makes the signatures; the compact serialization (RFC 7515 section 7.1) is put
    together here, since the library's own would check and encode the same header three times.
    """
    header = _header(key)
    access, refresh, identity = (
        _signed(key, header + b"." + _base64url(_json({**claims, "token_use": use})))
        for use in TOKEN_USES
    )
    return access, refresh, identity


def sign_claims(key: LoadedKey, claims: Mapping[str, object]) -> str:
    """One token that says ``claims``. Takes the time of a signature."""
    return _signed(key, _header(key) + b"." + _base64url(_json(claims)))


def _header(key: LoadedKey) -> bytes:
    return _base64url(_json({"alg": key.algorithm, "typ": "JWT", "kid": key.kid}))


def _signed(key: LoadedKey, text: bytes) -> str:
    return (text + b"." + _base64url(key.signer.sign(text, key.private))).decode()


def _base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
