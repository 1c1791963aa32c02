"""Traefik and Envoy, which are not run here: what they would send to ``/verify``, as their
documentation has it, is answered as they need it, and their files hang together.

What must change with it: ``deploy/gates/traefik``, ``deploy/gates/envoy``.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from api.served import Site

from .asking import PAGE, SCRIPT, SHOP, Answer, Headers, ask
from .conftest import SITE, Visitor, port_of, visitor_of
from .recipes import GATES

pytestmark = pytest.mark.xdist_group("gateways")

TARGET: Final = "/a%2Fb?x=1&next=b%26c"
TOLD: Final = {
    "x-waitroom-event-id",
    "x-waitroom-request-id",
    "x-waitroom-queue-position",
    "x-waitroom-expires-at",
}


@pytest.mark.parametrize("gateway", ["traefik", "envoy"])
def test_a_browser_without_a_token_is_answered_with_the_way_to_the_room(
    gateway: str, room: Site, event_id: str
) -> None:
    """A redirect that the gateway passes on as it is."""
    answer = _check(gateway, room, event_id, PAGE)
    location = urlsplit(answer.get("location"))
    assert (answer.status, location.path) == (303, f"/enter/{event_id}")
    assert parse_qs(location.query)["return"] == [SITE + TARGET]


@pytest.mark.parametrize("gateway", ["traefik", "envoy"])
def test_a_script_without_a_token_is_answered_401(gateway: str, room: Site, event_id: str) -> None:
    """With a challenge and without a location."""
    answer = _check(gateway, room, event_id, SCRIPT, method="POST")
    assert (answer.status, answer.get("location")) == (401, "")
    assert answer.get("www-authenticate")


@pytest.mark.parametrize("gateway", ["traefik", "envoy"])
def test_a_token_is_answered_200_with_the_headers_that_are_copied(
    gateway: str, room: Site, event_id: str, visitor: Visitor
) -> None:
    """All of them are there, so that none of a client's own stays."""
    answer = _check(gateway, room, event_id, (*PAGE, visitor.cookie))
    assert answer.status == 200
    copied = {name.lower() for name in _copied(gateway)}
    assert copied == TOLD
    assert all(answer.get(name) for name in copied)


@pytest.mark.parametrize("gateway", ["traefik", "envoy"])
def test_a_code_is_answered_with_a_cookie_and_the_clean_address(
    gateway: str, room: Site, event_id: str
) -> None:
    """Both headers are among those that reach the browser."""
    visitor = visitor_of(room, event_id)
    asked = {"event_id": event_id, "request_id": visitor.request_id, "return_url": SITE + TARGET}
    location = urlsplit(room.public.post("/api/hand_over", json=asked).json()["location"])
    answer = _check(gateway, room, event_id, PAGE, target=f"{location.path}?{location.query}")
    assert (answer.status, answer.get("location")) == (303, SITE + TARGET)
    assert answer.get("set-cookie").startswith(f"waitroom_{event_id}=")
    assert {"location", "set-cookie"} <= _to_browser(gateway)


def test_envoy_cannot_be_told_other_options_by_a_visitor(
    room: Site, event_id: str, visitor: Visitor
) -> None:
    """The query of the check is the visitor's there, and decides nothing."""
    for query in ("?deny=status", "?session=1&deny=status", "?deny=nonsense"):
        assert _check("envoy", room, event_id, PAGE, target=f"/{query}").status == 303
        passed = _check("envoy", room, event_id, (*PAGE, visitor.cookie), target=f"/{query}")
        assert passed.status == 200


@pytest.mark.parametrize("file", ["ext_authz.yaml", "jwt_authn.yaml"])
def test_envoys_files_hang_together(file: str) -> None:
    """Every cluster that is named is there; the claims are stripped before the check."""
    config = _read("envoy", file)
    there = {cluster["name"] for cluster in config["static_resources"]["clusters"]}
    assert set(_all_of(config, "cluster")) <= there
    filters = [one["name"].rpartition(".")[2] for one in _http_filters(file)]
    assert filters[0] == "header_mutation"
    assert filters[-1] == "router"
    removed = set(_all_of(_http_filters(file)[0], "remove"))
    assert TOLD | {"x-forwarded-host"} <= removed


def test_every_recipe_stands_in_the_table() -> None:
    """With a page of its own, which it links."""
    table = (GATES / "README.md").read_text()
    for folder in (one for one in GATES.iterdir() if one.is_dir()):
        assert (folder / "README.md").is_file(), folder.name
        assert f"[{folder.name}]({folder.name}/README.md)" in table


def test_envoys_redirect_leads_to_the_entrance() -> None:
    """With where to return to; percent signs are doubled there."""
    config = _read("envoy", "jwt_authn.yaml")
    values = [value for value in _all_of(config, "value") if "/enter/" in value]
    assert len(values) == 1
    location = urlsplit(values[0].replace("%%", "%"))
    assert location.path == "/enter/my-event"
    assert parse_qs(location.query) == {"return": ["https://shop.example/"]}


def test_envoys_jwt_check_knows_our_tokens(room: Site, event_id: str) -> None:
    """Issuer, audience, key set, cookie and claims are those of a token that we make."""
    provider = _http_filters("jwt_authn.yaml")[1]["typed_config"]["providers"]["waitroom"]
    visitor = visitor_of(room, event_id)
    payload = visitor.token.split(".")[1]
    claims = json.loads(_decoded(payload))
    ours = {"https://room.example": "http://room.example", "my-event": event_id}
    assert _renamed(provider["issuer"], ours) == claims["iss"]
    assert _renamed(provider["audiences"][0], ours) == claims["aud"]
    assert _renamed(provider["from_cookies"][0], ours) == f"waitroom_{event_id}"
    assert {one["claim_name"] for one in provider["claim_to_headers"]} <= set(claims)
    uri = urlsplit(_renamed(provider["remote_jwks"]["http_uri"]["uri"], ours))
    keys = httpx.get(f"{room.public_url}{uri.path}", trust_env=False).json()["keys"]
    assert keys
    assert claims["token_use"] == "access"


def _check(
    gateway: str,
    room: Site,
    event_id: str,
    headers: Headers,
    *,
    target: str = TARGET,
    method: str = "GET",
) -> Answer:
    """What ``/verify`` answers to what the gateway would send for this request of a client."""
    if gateway == "traefik":
        auth = _read("traefik", "waitroom.yml")["http"]["middlewares"]["waitroom"]["forwardAuth"]
        allowed = {name.lower() for name in auth["authRequestHeaders"]}
        told = [
            ("X-Forwarded-Method", method),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Host", SHOP),
            ("X-Forwarded-Uri", target),
            ("X-Forwarded-For", "192.0.2.1"),
        ]
        url = urlsplit(auth["address"].replace("my-event", event_id))
        path, method, host = f"{url.path}?{url.query}", "GET", url.netloc
    else:
        authz = _http_filters("ext_authz.yaml")[1]["typed_config"]
        allowed = {one["exact"] for one in authz["allowed_headers"]["patterns"]}
        told = [("X-Forwarded-Proto", "http"), ("Content-Length", "0")]
        prefix = authz["http_service"]["path_prefix"].replace("my-event", event_id)
        path, host = prefix + target, SHOP
    kept = [(name, value) for name, value in headers if name.lower() in allowed]
    return ask(port_of(room), path, [*kept, *told], method=method, host=host)


def _copied(gateway: str) -> list[str]:
    """Headers of the answer that the gateway copies into the request to the site."""
    if gateway == "traefik":
        middlewares = _read("traefik", "waitroom.yml")["http"]["middlewares"]
        return list(middlewares["waitroom"]["forwardAuth"]["authResponseHeaders"])
    return _authorization_response("allowed_upstream_headers")


def _to_browser(gateway: str) -> set[str]:
    """Headers of a refusal that reach the browser; Traefik passes all of them on."""
    if gateway == "traefik":
        return {"location", "set-cookie"}
    return set(_authorization_response("allowed_client_headers"))


def _authorization_response(name: str) -> list[str]:
    service = _http_filters("ext_authz.yaml")[1]["typed_config"]["http_service"]
    return [str(one["exact"]) for one in service["authorization_response"][name]["patterns"]]


def _http_filters(file: str) -> list[dict[str, Any]]:
    listener = _read("envoy", file)["static_resources"]["listeners"][0]
    return list(listener["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"])


def _read(gateway: str, file: str) -> dict[str, Any]:
    return dict(yaml.safe_load((GATES / gateway / file).read_text()))


def _all_of(value: object, name: str) -> list[str]:
    """Every text called ``name`` in ``value``, however deep."""
    if isinstance(value, list):
        return [found for one in value for found in _all_of(one, name)]
    if not isinstance(value, dict):
        return []
    here = [value[name]] if isinstance(value.get(name), str) else []
    return here + [found for one in value.values() for found in _all_of(one, name)]


def _renamed(text: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
