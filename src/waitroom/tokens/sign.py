"""Signing: from the record of an admitted visitor to the three tokens of the contract.

What belongs here: the JWT header and the signature (RFC 7515, 7519). What a token says is in
``core/claims.py``.
"""

from __future__ import annotations

from joserfc import jwt

from waitroom.core.claims import TOKEN_USES
from waitroom.tokens.keys import LoadedKey


def sign_tokens(key: LoadedKey, claims: dict[str, int | str]) -> tuple[str, str, str]:
    """Access, refresh and id token for ``claims``. Takes the time of three signatures."""
    header = {"alg": key.algorithm, "typ": "JWT", "kid": key.kid}
    access, refresh, identity = (
        jwt.encode(header, {**claims, "token_use": use}, key.private, algorithms=[key.algorithm])
        for use in TOKEN_USES
    )
    return access, refresh, identity
