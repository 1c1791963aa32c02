"""The key ring: signing keys in the store, their rotation, the JWKS.

What belongs here: making, keeping and publishing signing keys. The newest key signs, all verify; a
key made with a lead time is published first and signs later, for gates that never ask twice. What
must change with it: ``docs/tokens.md``.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from joserfc.jwk import ECKey, Key, KeyParameters, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from waitroom.core.model import SigningKey
from waitroom.errors import Unavailable
from waitroom.secret import Vault

_PRIVATE_PARTS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def new_signing_key(algorithm: str, vault: Vault, created_at: int) -> SigningKey:
    """A new key for ``RS256`` (2048 bits), ``ES256`` (P-256) or ``EdDSA`` (Ed25519), sealed.

    ``created_at`` is when it begins to sign, in epoch seconds; it may lie ahead.
    """
    kid = secrets.token_urlsafe(9)
    facts: KeyParameters = {"kid": kid, "alg": algorithm, "use": "sig"}
    key: Key
    if algorithm == "RS256":
        key = RSAKey.generate_key(2048, facts)
    elif algorithm == "ES256":
        key = ECKey.generate_key("P-256", facts)
    else:
        key = OKPKey.generate_key("Ed25519", facts)
    private = msgspec.json.encode(key.as_dict(private=True))
    return SigningKey(
        kid=kid, algorithm=algorithm, created_at=created_at, sealed=vault.seal(private, kid)
    )


class LoadedKey:
    """A signing key ready for use. Loading an RSA key costs tens of milliseconds: do it once."""

    def __init__(self, key: SigningKey, vault: Vault) -> None:
        jwk: dict[str, Any] = msgspec.json.decode(vault.open(key.sealed, key.kid))
        self.kid = key.kid
        self.algorithm = key.algorithm
        self.created_at = key.created_at
        self.private = import_key(jwk)
        self.signer = JWSRegistry.algorithms[key.algorithm]
        self.public_jwk = {name: v for name, v in jwk.items() if name not in _PRIVATE_PARTS}

    def __repr__(self) -> str:
        return f"LoadedKey({self.kid!r})"


class KeyRing:
    """The ring as one process knows it; ``update`` brings it up to date with the store."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._keys: list[LoadedKey] = []
        self.jwks = b'{"keys":[]}'

    def __len__(self) -> int:
        return len(self._keys)

    def knows(self, stored: Sequence[SigningKey]) -> bool:
        """Whether the ring is exactly ``stored`` already."""
        return [key.kid for key in stored] == [key.kid for key in self._keys]

    def update(self, stored: Sequence[SigningKey]) -> None:
        """Take over ``stored`` (newest first); keys known already are not loaded again.

        Raises:
            SecretMissing: a key was sealed with another secret.
        """
        known = {key.kid: key for key in self._keys}
        self._keys = [known.get(key.kid) or LoadedKey(key, self._vault) for key in stored]
        self.jwks = msgspec.json.encode({"keys": [key.public_jwk for key in self._keys]})

    def signing(self, now: int) -> LoadedKey:
        """The key that signs: the newest whose time has come, else the oldest there is.

        Raises:
            Unavailable: the ring is empty.
        """
        if not self._keys:
            raise Unavailable("No signing key is loaded yet.")
        return next((key for key in self._keys if key.created_at <= now), self._keys[-1])
