"""What changes with a deployment's settings: other algorithms, origins of the control plane."""

import time
from collections.abc import Iterator

import httpx
import pytest

from api.served import Site, served
from waitroom.tokens.verify import KeySet, verify

GOOD, EVIL = "https://ops.example", "https://evil.example"


@pytest.fixture(scope="module", params=["ES256", "EdDSA"])
def other(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A deployment with another algorithm, another public URL and one origin for its control."""
    with served(
        tmp_path_factory.mktemp(request.param) / "data",
        workers=1,
        algorithm=request.param,
        control_origins=(GOOD,),
        public_url="https://queue.example/",
    ) as site:
        yield site


def test_tokens_of_other_algorithms(other: Site) -> None:
    """Signed by the chosen kind of key, verified by the key set, issued by the public URL."""
    event = other.event()
    place = other.join(event)["api_request_id"]
    other.advance(event, 1)
    tokens = other.token(event, place).json()
    shown = other.shown(event, "public_key")
    assert shown["alg"] == other.settings.algorithm
    assert set(shown) - {"y"} == {"kty", "alg", "kid", "crv", "x"}
    keys = KeySet.from_jwks(other.public.get(f"/oidc/{event}/.well-known/jwks.json").json())
    claims = verify(
        tokens["access_token"],
        keys,
        event_id=event,
        issuer=f"https://queue.example/oidc/{event}",
        now=time.time(),
    )
    assert claims.request_id == place


def test_the_same_identity_when_asked_again(other: Site) -> None:
    """Signatures of ES256 differ each time; the claims do not."""
    event = other.event()
    place = other.join(event)["api_request_id"]
    other.advance(event, 1)
    payloads = {other.token(event, place).json()["id_token"].split(".")[1] for _ in range(3)}
    assert len(payloads) == 1


def test_origins_of_the_control_plane(other: Site) -> None:
    """Only the pages that the setting names may read answers; preflights and errors included."""
    for origin, allowed in ((GOOD, GOOD), (EVIL, None), ("null", None)):
        for method, path in (("GET", "/api/events"), ("OPTIONS", "/api/events"), ("GET", "/api/x")):
            answer = httpx.request(method, other.control_url + path, headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert answer.headers["vary"] == "origin"
            assert "access-control-allow-credentials" not in answer.headers
