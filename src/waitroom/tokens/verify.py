"""The only verifier: is this compact JWT one of ours, for this event, at this time?

What belongs here: everything that decides whether a token is believed. Pure: the keys and ``now``
come in, ``Claims`` or ``TokenRefused`` comes out; no I/O, clock, log or cache. What must change
with it: ``core/claims.py`` (what a token says), the table in ``docs/authorizer.md`` and the attacks
in ``tests/authorizer/test_verify.py``.

The rules follow RFC 8725 (JWT best current practices): a short list of algorithms, none of them
symmetric; the algorithm is tied to the key's own type, never chosen by the token alone; the key is
found by ``kid`` among keys we already hold, never fetched from where a header points; and issuer,
audience and kind of token are compared whole.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwk, jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel

from waitroom.errors import KeysUnavailable, TokenRefused

MAX_TOKEN = 8192
"""Longest token that is looked at, in characters. Ours are under 1,000 with a 2048-bit RSA key."""

MAX_KEYS = 32
"""Keys taken from one key set. A ring holds a handful; a hostile set shall not cost a start."""

_MAX_KID = 128
_TOO_LARGE = 2**53  # integers above this are not exact in every JSON reader (RFC 8259, section 6)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,700}")  # 700 characters hold a 4096-bit modulus (683)

# What each kind of key may verify. "EdDSA" is the old name (RFC 8037), "Ed25519" the new one
# (RFC 9864); both mean the same signature here, since no other Edwards curve is taken.
_PUBLIC_PARTS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_ALGORITHMS = {"RSA": ("RS256",), "EC": ("ES256",), "OKP": ("EdDSA", "Ed25519")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_ALLOWED = frozenset(name for names in _ALGORITHMS.values() for name in names)

# What reading hostile input may raise inside the libraries. RecursionError: nested JSON.
_UNREADABLE = (
    JoseError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    UnsupportedAlgorithm,
)


class _Registry(jws.JWSRegistry):
    """Our algorithms and no others, found without the warning that ``EdDSA`` is an old name."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in _ALLOWED:
            raise UnsupportedAlgorithmError(f"Algorithm {name!a} is not allowed")
        return self.algorithms[name]


_REGISTRY = _Registry(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a believed token says. Times are epoch seconds.

    ``request_id`` is a bearer secret (whoever has it holds the place in line), so it is not shown
    in ``repr``; log its first 8 characters at most.
    """

    event_id: str
    request_id: str = field(repr=False)
    queue_position: int
    token_use: str
    issued_at: int
    expires_at: int
    issuer: str


@dataclass(frozen=True, slots=True)
class KeySet:
    """Public keys, parsed once, found by ``kid`` and algorithm. Make one with ``from_jwks``."""

    _keys: Mapping[tuple[str, str], jwk.Key] = field(repr=False)
    kids: frozenset[str]

    @classmethod
    def from_jwks(cls, document: object) -> KeySet:
        """Read a JWK set (RFC 7517, section 5): a mapping whose ``keys`` is a list of keys.

        Keys that cannot be used are passed over: no ``kid``, another use than signing, a type,
        curve or size we do not take. Private parts are dropped before a key is built, so a set
        published by mistake with them does no further harm here. Of two keys with one ``kid`` and
        algorithm the first counts. Raises ``KeysUnavailable`` if no key is left.
        """
        found: dict[tuple[str, str], jwk.Key] = {}
        listed = document.get("keys") if isinstance(document, Mapping) else None
        for entry in listed[:MAX_KEYS] if isinstance(listed, list) else ():
            key = _public_key(entry)
            if key is not None:
                for algorithm in _ALGORITHMS[key.key_type]:
                    found.setdefault((entry["kid"], algorithm), key)
        if not found:
            raise KeysUnavailable("The key set holds no key that can verify a token.")
        return cls(found, frozenset(kid for kid, _ in found))

    def find(self, kid: str, algorithm: str) -> jwk.Key:
        """The key of this ``kid`` if it is made for ``algorithm``.

        Raises ``TokenRefused`` with the reason ``unknown_key`` (newer keys may help) or
        ``algorithm`` (the key is of another type; nothing will help).
        """
        key = self._keys.get((kid, algorithm))
        if key is not None:
            return key
        if kid in self.kids:
            raise TokenRefused("algorithm", "The token's algorithm is not the one of its key.")
        raise TokenRefused("unknown_key", "The token is signed by a key that is not known here.")


def verify(
    token: str,
    keys: KeySet,
    *,
    event_id: str,
    issuer: str,
    now: float,
    token_use: str = "access",  # noqa: S107 - the kind of token, not a secret
    nbf_leeway: float = 0,
) -> Claims:
    """Return the claims of a compact JWT that is ours, or raise ``TokenRefused``.

    ``now`` is epoch seconds. A token is refused from the very second of its ``exp`` on (RFC 7519,
    section 4.1.4). ``nbf_leeway`` (seconds) forgives a gate whose clock is behind the issuer's; a
    token's end is never stretched. ``aud`` must be the string ``event_id``: a list is refused, even
    one that holds it, because our tokens are for one event only.
    """
    signature = _read(token)
    header = signature.protected
    key = keys.find(header["kid"], header["alg"])
    if not _signature_holds(signature, key):
        raise TokenRefused("signature", "The token's signature does not hold.")
    said = _json_object(signature.payload)
    _check_meant_for_us(said, event_id, issuer, token_use)
    _check_time(said, now, nbf_leeway)
    return _claims(said)


def _public_key(entry: object) -> jwk.Key | None:
    """Build the key of one JWK from its public members alone; None if it is not for us."""
    if not isinstance(entry, dict) or not _for_verifying(entry):
        return None
    parts = {name: str(entry.get(name, "")) for name in _PUBLIC_PARTS[entry["kty"]]}
    if not all(_BASE64URL.fullmatch(part) for part in parts.values()):
        return None
    if parts.get("crv") != _CURVES.get(entry["kty"]):
        return None
    try:
        # Strength comes first: the library would warn of a weak key, once, and take it.
        strong = entry["kty"] != "RSA" or _strong(_number(parts["n"]), _number(parts["e"]))
        return jwk.import_key({"kty": entry["kty"], **parts}) if strong else None
    except _UNREADABLE:
        return None


def _for_verifying(entry: dict[Any, Any]) -> bool:
    """Is this JWK labelled (``kty``, ``kid``, ``use``, ``key_ops``, ``alg``) as one of ours?"""
    kty, kid = entry.get("kty"), entry.get("kid")
    operations = entry.get("key_ops", ["verify"])
    return (
        isinstance(kty, str)
        and kty in _ALGORITHMS
        and isinstance(kid, str)
        and 0 < len(kid) <= _MAX_KID
        and entry.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and entry.get("alg", _ALGORITHMS[kty][0]) in _ALGORITHMS[kty]
    )


def _strong(modulus: int, exponent: int) -> bool:
    """RSA of 2048 bits (RFC 7518, section 3.3) to 4096, so that no key makes checking costly."""
    return 2048 <= modulus.bit_length() <= 4096 and 65537 <= exponent < 2**32


def _number(encoded: str) -> int:
    """A Base64urlUInt (RFC 7518, section 2). Raises ``ValueError``."""
    return int.from_bytes(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)), "big")


def _read(token: str) -> jws.CompactSignature:
    """Take the token apart and check its header; nothing of it is believed yet."""
    if len(token) > MAX_TOKEN:
        raise TokenRefused("malformed", f"The token is longer than {MAX_TOKEN} characters.")
    try:
        signature = jws.extract_compact(token.encode("ascii"), registry=_REGISTRY)
    except _UNREADABLE:
        raise TokenRefused("malformed", "This is not a token.") from None
    header = signature.protected
    algorithm = header.get("alg") if isinstance(header, dict) else None
    if not isinstance(algorithm, str) or algorithm not in _ALLOWED:
        raise TokenRefused("algorithm", "The token's algorithm is not one that is accepted.")
    # Critical extensions must be understood or refused (RFC 7515, section 4.1.11). We know none.
    if "crit" in header or "b64" in header or not _is_jwt(header.get("typ", "JWT")):
        raise TokenRefused("malformed", "The token's header asks for what is not supported.")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID:
        raise TokenRefused("malformed", "The token does not name its key.")
    return signature


def _is_jwt(typ: object) -> bool:
    return isinstance(typ, str) and typ.upper() == "JWT"


def _signature_holds(signature: jws.CompactSignature, key: jwk.Key) -> bool:
    try:
        return jws.validate_compact(signature, key, registry=_REGISTRY)
    except _UNREADABLE:
        return False


def _json_object(payload: bytes) -> dict[str, Any]:
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise TokenRefused("claims", "The token's claims are not a JSON object.")
    return said


def _check_meant_for_us(said: dict[str, Any], event_id: str, issuer: str, token_use: str) -> None:
    if said.get("aud") != event_id:
        raise TokenRefused("audience", "The token is for another event.")
    if said.get("iss") != issuer:
        raise TokenRefused("issuer", "The token is from another issuer.")
    if said.get("token_use") != token_use:
        raise TokenRefused("token_use", f"The token is not of the kind {token_use!a}.")


def _check_time(said: dict[str, Any], now: float, nbf_leeway: float) -> None:
    if now >= _integer(said, "exp"):
        raise TokenRefused("expired", "The token has expired.")
    if "nbf" in said and now < _integer(said, "nbf") - nbf_leeway:
        raise TokenRefused("not_yet_valid", "The token is not valid yet.")


def _claims(said: dict[str, Any]) -> Claims:
    request_id = said.get("sub")
    if not isinstance(request_id, str) or not request_id:
        raise TokenRefused("claims", "The token's claim 'sub' is not a request ID.")
    return Claims(
        event_id=said["aud"],
        request_id=request_id,
        queue_position=_integer(said, "queue_position"),
        token_use=said["token_use"],
        issued_at=_integer(said, "iat"),
        expires_at=_integer(said, "exp"),
        issuer=said["iss"],
    )


def _integer(said: dict[str, Any], name: str) -> int:
    """An integer claim of 0 or more. ``True`` is not one, though Python says so."""
    value = said.get(name)
    if type(value) is not int or not 0 <= value < _TOO_LARGE:
        raise TokenRefused("claims", f"The token's claim {name!a} is not a whole number.")
    return value
