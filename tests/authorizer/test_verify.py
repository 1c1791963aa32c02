"""The only verifier: what it believes, and every trick it must not believe."""

from __future__ import annotations

import contextlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from waitroom.errors import KeysUnavailable, TokenRefused
from waitroom.tokens.verify import MAX_KEYS, MAX_TOKEN, Claims, KeySet, verify

from . import made
from .made import b64


def check(token: str, *, now: float = made.NOW, keys: KeySet | None = None, **more: Any) -> Claims:
    """Verify as the gate of the sample event would."""
    asked: dict[str, Any] = {"event_id": made.EVENT, "issuer": made.ISSUER} | more
    return verify(token, keys or made.keys(), now=now, **asked)


def refusal(token: str, **more: Any) -> str:
    """The reason for which a token is refused."""
    with pytest.raises(TokenRefused) as caught:
        check(token, **more)
    return caught.value.reason


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("rsa", "RS256"), ("ec", "ES256"), ("okp", "Ed25519"), ("okp", "EdDSA")],
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # signing here warns; verifying must not
def test_believes_every_algorithm_we_sign_with(kind: str, algorithm: str) -> None:
    """A good token of each algorithm yields its claims."""
    said = check(made.token(kind, header={"alg": algorithm}), keys=made.keys("rsa", "ec", "okp"))
    assert said == Claims(
        made.EVENT, made.REQUEST_ID, 7, "access", made.ISSUED, made.EXPIRES, made.ISSUER
    )


def test_eddsa_is_verified_without_a_warning() -> None:
    """The old name of Ed25519 is accepted silently (warnings are errors here)."""
    header = b64(json.dumps({"alg": "EdDSA", "kid": "okp"}))
    signing_input = f"{header}.{b64(json.dumps(made.claims()))}"
    private: Any = made.key("okp").private_key
    assert check(
        f"{signing_input}.{b64(private.sign(signing_input.encode()))}", keys=made.keys("okp")
    )


def test_request_id_is_hidden() -> None:
    """The bearer secret does not show in the repr of claims."""
    assert made.REQUEST_ID not in repr(check(made.token()))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": "other"}, "audience"),
        ({"aud": [made.EVENT]}, "audience"),
        ({"aud": None}, "audience"),
        ({"iss": "https://evil.example/oidc/sample"}, "issuer"),
        ({"iss": made.ISSUER + "/"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"token_use": "refresh"}, "token_use"),
        ({"token_use": "id"}, "token_use"),
        ({"token_use": None}, "token_use"),
        ({"exp": None}, "claims"),
        ({"exp": str(made.EXPIRES)}, "claims"),
        ({"exp": made.EXPIRES + 0.5}, "claims"),
        ({"exp": True}, "claims"),
        ({"exp": 2**60}, "claims"),
        ({"exp": float("inf")}, "claims"),
        ({"nbf": "soon"}, "claims"),
        ({"iat": None}, "claims"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": 5}, "claims"),
        ({"queue_position": None}, "claims"),
        ({"queue_position": "7"}, "claims"),
        ({"queue_position": True}, "claims"),
        ({"queue_position": -1}, "claims"),
    ],
)
def test_refuses_claims_that_are_not_for_us(changed: dict[str, Any], reason: str) -> None:
    """A well-signed token for another event, issuer, purpose or of another shape is refused."""
    assert refusal(made.token(**changed)) == reason


def test_expires_at_the_second() -> None:
    """A token holds until just before exp and not at exp."""
    token = made.token()
    assert check(token, now=made.EXPIRES - 0.001)
    assert refusal(token, now=made.EXPIRES) == "expired"


def test_not_before() -> None:
    """A token of the future is refused, unless it is within the leeway asked for."""
    token = made.token(nbf=made.ISSUED + 10)
    assert refusal(token, now=made.ISSUED + 9.9) == "not_yet_valid"
    assert check(token, now=made.ISSUED + 10)
    assert check(token, now=made.ISSUED + 5, nbf_leeway=5)
    assert refusal(token, now=made.ISSUED + 4.9, nbf_leeway=5) == "not_yet_valid"


def test_leeway_never_stretches_the_end() -> None:
    """Leeway is for nbf alone; an expired token stays expired."""
    assert refusal(made.token(), now=made.EXPIRES, nbf_leeway=60) == "expired"


def test_other_uses_can_be_asked_for() -> None:
    """A refresh token is believed only where one is asked for."""
    token = made.token(token_use="refresh")
    assert check(token, token_use="refresh").token_use == "refresh"


def test_unsigned_tokens_are_refused() -> None:
    """``alg: none`` in any spelling is refused, with and without a signature."""
    for name in ("none", "None", "NONE", ""):
        start = f"{b64(json.dumps({'alg': name, 'kid': 'rsa'}))}.{b64(json.dumps(made.claims()))}"
        assert refusal(f"{start}.") == "algorithm"
        assert refusal(f"{start}.AAAA") == "algorithm"


def test_public_key_is_no_shared_secret() -> None:
    """HS256 keyed with the public key (PEM, DER or modulus) is refused."""
    rsa = made.key()
    assert isinstance(rsa, RSAKey)
    public = RSAKey.import_key(rsa.as_dict(private=False))
    for value in (public.as_pem(), public.as_der(), str(rsa.as_dict(private=False)["n"]).encode()):
        start = (
            f"{b64(json.dumps({'alg': 'HS256', 'kid': 'rsa'}))}.{b64(json.dumps(made.claims()))}"
        )
        mac = hmac.digest(value, start.encode(), "sha256")
        assert refusal(f"{start}.{b64(mac)}") == "algorithm"


def test_algorithm_must_be_the_keys_own() -> None:
    """A token that names another algorithm for a known key is refused before any arithmetic."""
    both = made.keys("rsa", "ec")
    assert refusal(made.token("ec", header={"kid": "rsa"}), keys=both) == "algorithm"
    assert refusal(made.token("rsa", header={"kid": "ec"}), keys=both) == "algorithm"
    assert refusal(made.token("rsa", header={"alg": "RS512"}), keys=both) == "algorithm"
    assert refusal(made.token("rsa", header={"alg": "PS256"}), keys=both) == "algorithm"


def test_foreign_keys() -> None:
    """A token of a key we do not hold is refused, whatever kid it claims."""
    assert refusal(made.token("rsa-other")) == "unknown_key"
    assert refusal(made.token("rsa-other", header={"kid": "rsa"})) == "signature"


@pytest.mark.parametrize(
    "kid", ["../../../dev/null", "' OR 1=1 --", "https://evil.example/jwks", "rsa\x00", "Rsa"]
)
def test_kid_is_only_looked_up(kid: str) -> None:
    """A kid that looks like a path, a query or a URL is an unknown key and nothing else."""
    assert refusal(made.token(header={"kid": kid})) == "unknown_key"


@pytest.mark.parametrize("kid", [None, "", "k" * 129])
def test_kid_is_needed(kid: str | None) -> None:
    """A token that names no key, or at length, is refused; newer keys would not help."""
    assert refusal(made.token(header={"kid": kid})) == "malformed"


def test_keys_in_the_header_are_not_used() -> None:
    """An attacker's own key in ``jwk`` or behind ``jku`` proves nothing."""
    forged = made.token("rsa-other", header={"kid": "rsa", "jku": "https://evil.example/jwks"})
    assert refusal(forged) == "signature"
    public = {name: made.key("rsa-other").as_dict(private=False)[name] for name in ("kty", "e")}
    forged = made.token("rsa-other", header={"kid": "rsa", "jwk": public})
    assert refusal(forged) == "signature"


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": True},
        {"b64": False, "crit": ["b64"]},
        {"typ": "at+jwt"},
        {"typ": 5},
    ],
)
def test_extensions_are_refused(header: dict[str, Any]) -> None:
    """Critical extensions and other types of token are not understood, so not accepted."""
    start = b64(json.dumps({"alg": "RS256", "kid": "rsa"} | header))
    assert refusal(f"{start}.{b64(json.dumps(made.claims()))}.AAAA") == "malformed"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b.c.d.e",
        "ünïcode.b.c",
        f"{b64('[]')}.{b64('{}')}.AAAA",
        f"{b64('1')}.{b64('{}')}.AAAA",
        f"{b64('null')}.{b64('{}')}.AAAA",
        f"{b64('{')}.{b64('{}')}.AAAA",
        f"{b64('[' * 370)}.{b64('{}')}.AAAA",
        "A" * (MAX_TOKEN + 1),
    ],
)
def test_garbage(token: str) -> None:
    """What is not a token is refused as that."""
    assert refusal(token) in {"malformed", "algorithm"}


@pytest.mark.parametrize("algorithm", [None, 5, ["RS256"], {"RS256": 1}, True])
def test_algorithm_of_a_strange_type(algorithm: object) -> None:
    """An ``alg`` that is not a string is refused, not stumbled over."""
    header = b64(json.dumps({"alg": algorithm, "kid": "rsa"}))
    assert refusal(f"{header}.{b64('{}')}.AAAA") in {"malformed", "algorithm"}


def test_oversized() -> None:
    """A well-signed token over 8 KiB is refused unread."""
    assert refusal(made.token(padding="x" * MAX_TOKEN)) == "malformed"


@pytest.mark.parametrize(
    "payload", ["[]", "1", "null", "not json", "", "[" * 3000, '{"exp": 1e999}']
)
def test_signed_nonsense(payload: str) -> None:
    """A payload that is not a JSON object of our claims is refused, though well signed."""
    assert refusal(made.signed(payload, made.key())) in {"claims", "audience"}


def test_every_changed_character_is_noticed() -> None:
    """A token with any one character replaced is refused."""
    token = made.token()
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        assert refusal(token[:place] + other + token[place + 1 :])


@given(st.text(max_size=200))
def test_any_text_is_refused_cleanly(text: str) -> None:
    """Whatever a stranger sends, the answer is TokenRefused."""
    assert refusal(text)


header_values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.lists(st.text(max_size=3), max_size=2)
)


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "b64", "crit"]), header_values))
def test_any_header_is_refused_cleanly(header: dict[str, Any]) -> None:
    """Whatever a header says, an unsigned token is TokenRefused."""
    assert refusal(f"{b64(json.dumps(header))}.{b64('{}')}.AAAA")


def test_private_parts_are_dropped() -> None:
    """A JWKS that leaks its private key verifies tokens, and the private part is not kept."""
    leaked = KeySet.from_jwks({"keys": [made.key().as_dict(private=True)]})
    assert check(made.token(), keys=leaked)
    assert not leaked.find("rsa", "RS256").is_private


def usable(**changed: Any) -> dict[str, Any]:
    """The RSA key as a JWK with members changed, or left out (None)."""
    jwk: dict[str, Any] = {**made.key().as_dict(private=False), **changed}
    return {name: value for name, value in jwk.items() if value is not None}


@pytest.mark.parametrize(
    "unusable",
    [
        5,
        None,
        [],
        {},
        {"kty": "oct", "k": "AAAA", "kid": "x"},
        {"kty": ["RSA"], "kid": "x"},
        usable(kid=None),
        usable(kid=""),
        usable(kid=5),
        usable(use="enc"),
        usable(use=5),
        usable(key_ops=["sign"]),
        usable(key_ops="verify"),
        usable(alg="HS256"),
        usable(alg="RS512"),
        usable(alg=["RS256"]),
        usable(n=None),
        usable(n="AQAB"),
        usable(n="A" * 100_000),
        usable(n="+/="),
        usable(n=5),
        usable(e="Aw"),
        usable(e="AA"),
        usable(n=b64(b"\xff" * 128)),  # 1024 bits
        usable(n=b64(b"\xff" * 1024)),  # 8192 bits
        {**ECKey.generate_key("P-384", {"kid": "x"}).as_dict(private=False)},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "x"},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43, "kid": "x"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "x"},
    ],
)
def test_unusable_keys_are_passed_over(unusable: object) -> None:
    """A key that is not for us is ignored, and a set of nothing else is no set."""
    with pytest.raises(KeysUnavailable):
        KeySet.from_jwks({"keys": [unusable]})
    mixed = KeySet.from_jwks({"keys": [unusable, made.key("ec").as_dict(private=False)]})
    assert mixed.kids == {"ec"}


@pytest.mark.parametrize("document", [None, 5, [], "keys", {}, {"keys": None}, {"keys": {"a": 1}}])
def test_no_key_set(document: object) -> None:
    """What is not a JWK set raises KeysUnavailable."""
    with pytest.raises(KeysUnavailable):
        KeySet.from_jwks(document)


def test_key_sets_are_bounded() -> None:
    """Keys beyond the limit are not read."""
    many: dict[str, Any] = {"keys": [{}] * MAX_KEYS + [made.key().as_dict(private=False)]}
    with pytest.raises(KeysUnavailable):
        KeySet.from_jwks(many)


def test_first_of_two_keys_of_one_name_counts() -> None:
    """A second key under a known kid cannot take its place."""
    intruder = {**made.key("rsa-other").as_dict(private=False), "kid": "rsa"}
    both = KeySet.from_jwks({"keys": [made.key().as_dict(private=False), intruder]})
    assert check(made.token(), keys=both)
    assert refusal(made.token("rsa-other", header={"kid": "rsa"}), keys=both) == "signature"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "kid", "n", "e", "crv", "x", "y", "use"]),
        st.sampled_from(["RSA", "EC", "OKP", "P-256", "Ed25519", "AQAB"]) | json_values,
    )
)
def test_hostile_key_sets(entry: dict[str, Any]) -> None:
    """Whatever a key set says, reading it raises KeysUnavailable or yields keys."""
    with contextlib.suppress(KeysUnavailable):
        assert KeySet.from_jwks({"keys": [entry]}).kids
