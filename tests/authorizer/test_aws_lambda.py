"""The Lambda authorizer: events as AWS documents them, and what API Gateway makes of answers."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from waitroom.authorizer import aws_lambda
from waitroom.authorizer.aws_lambda import LambdaAuthorizer, Unauthorized
from waitroom.errors import BadConfiguration, KeysUnavailable

from . import made
from .doubles import Room

EVENTS = Path(__file__).parent / "api_gateway"
API = "arn:aws:execute-api:us-east-1:123456789012:abcdef123"
COOKIE = f"waitroom_{made.EVENT}"
KINDS = ["token", "request_1_0", "request_2_0"]


def authorizer(room: Room | None = None) -> LambdaAuthorizer:
    """The authorizer of the sample event."""
    keys = (room or Room("rsa")).keys()
    return LambdaAuthorizer(made.EVENT, made.ISSUER, keys=keys, clock=lambda: made.NOW)


def event(kind: str, token: str) -> dict[str, Any]:
    """The example of AWS's documentation, with ``Authorization: Bearer``."""
    document: dict[str, Any] = json.loads((EVENTS / f"{kind}.json").read_text(encoding="utf-8"))
    if kind == "token":
        return document | {"authorizationToken": f"Bearer {token}"}
    name = "authorization" if kind == "request_2_0" else "Authorization"
    return document | {"headers": {**document["headers"], name: f"Bearer {token}"}}


def is_allowed(policy: dict[str, Any], arn: str) -> bool:
    """What API Gateway decides for a method by a policy (here: one statement)."""
    (statement,) = policy["policyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    return statement["Effect"] == "Allow" and fnmatchcase(arn, statement["Resource"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_is_that_of_the_authorizer_of_before(kind: str) -> None:
    """Same members, same principal; what is new is the context."""
    policy = authorizer().answer(event(kind, made.token()))
    assert set(policy) == {"principalId", "policyDocument", "context"}
    assert policy["principalId"] == made.REQUEST_ID
    assert policy["policyDocument"]["Version"] == "2012-10-17"
    assert policy["context"] == {
        "event_id": made.EVENT,
        "request_id": made.REQUEST_ID,
        "queue_position": 7,
        "issued_at": made.ISSUED,
        "expires_at": made.EXPIRES,
    }
    assert all(isinstance(value, str | int) for value in policy["context"].values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "method",
    [
        "test/GET/request",
        "test/POST/orders/7/pay",
        "prod/DELETE/",
        "$default/$default",
        "x/$connect",
    ],
)
def test_a_kept_policy_is_good_for_every_method(kind: str, method: str) -> None:
    """API Gateway goes by the policy of one call for the next: it must not deny other methods."""
    assert is_allowed(authorizer().answer(event(kind, made.token())), f"{API}/{method}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_is_for_its_own_api(kind: str) -> None:
    """Neither another API of the account nor one whose name begins alike."""
    policy = authorizer().answer(event(kind, made.token()))
    for arn in (f"{API}4/test/GET/", API.replace("abcdef123", "x") + "/test/GET/"):
        assert not is_allowed(policy, arn)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "changed", [{"exp": made.ISSUED + 1}, {"aud": "other"}, {"token_use": "id"}, {"iss": "x"}]
)
def test_a_token_that_will_never_be_good_is_denied(kind: str, changed: dict[str, Any]) -> None:
    """A policy that denies (403) may be kept for this token; it says nothing of the visitor."""
    policy = authorizer().answer(event(kind, made.token(**changed)))
    assert not is_allowed(policy, f"{API}/test/GET/request")
    assert policy["principalId"] == "denied"
    assert policy["context"] == {}
    assert made.REQUEST_ID not in json.dumps(policy)


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_that_may_be_good_in_a_moment_is_401(kind: str) -> None:
    """An unknown key, a slow clock: API Gateway must not keep that, so it is an error."""
    for token in (made.token("rsa-other"), made.token(nbf=int(made.NOW) + 60)):
        with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
            authorizer().answer(event(kind, token))


@pytest.mark.parametrize("kind", KINDS)
def test_no_keys_is_an_error(kind: str) -> None:
    """Without keys nothing is allowed and nothing is denied for longer than this call."""
    with pytest.raises(KeysUnavailable):
        authorizer(Room()).answer(event(kind, made.token()))


@pytest.mark.parametrize(
    "changed",
    [
        {"authorizationToken": ""},
        {"authorizationToken": None},
        {"methodArn": ""},
        {"methodArn": None},
        {"methodArn": "nonsense"},
        {"type": "REQUEST"},
        {"type": "REQUEST", "headers": None, "multiValueHeaders": None, "cookies": None},
    ],
)
def test_events_without_a_token_are_401(changed: dict[str, Any]) -> None:
    """No token, or none that API Gateway would send this way."""
    with pytest.raises(Unauthorized):
        authorizer().answer(event("token", made.token()) | changed)


def test_the_token_alone_will_do() -> None:
    """The authorizer of before took a bare token; clients of it go on working."""
    bare = event("token", "") | {"authorizationToken": made.token()}
    assert is_allowed(authorizer().answer(bare), f"{API}/test/GET/")


def test_other_places_for_the_token() -> None:
    """REQUEST events have cookies and a query besides."""
    token = made.token()
    one = event("request_1_0", "") | {"headers": {"Cookie": f"a=b; {COOKIE}={token}"}}
    two = event("request_2_0", "") | {"headers": {}, "cookies": ["a=b", f"{COOKIE}={token}"]}
    three = event("request_1_0", "") | {
        "headers": {},
        "queryStringParameters": {"waitroom_token": token},
    }
    four = event("request_2_0", "") | {"headers": {}, "rawQueryString": f"waitroom_token={token}"}
    for given in (one, two, three, four):
        assert is_allowed(authorizer().answer(given), f"{API}/test/GET/")


def test_codes_are_left_alone() -> None:
    """An authorizer can set no cookie, so it spends no code: 401, and the room is not asked."""
    given = event("request_2_0", "") | {
        "headers": {},
        "rawQueryString": f"waitroom_code={made.CODE}",
    }
    with pytest.raises(Unauthorized):
        authorizer().answer(given)


def test_keys_are_kept_between_invocations() -> None:
    """A thousand events cost one fetch, made-up kids included."""
    room = Room("rsa")
    warm = authorizer(room)
    for number in range(500):
        warm.answer(event("token", made.token()))
        header = made.b64(json.dumps({"alg": "RS256", "kid": f"made-up-{number}"}))
        with pytest.raises(Unauthorized):
            warm.answer(event("token", f"{header}.{made.token().split('.', 1)[1]}"))
    assert room.fetches == 1


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The handler reads them when it first runs, and then not again."""
    monkeypatch.setenv("WAITROOM_EVENT_ID", made.EVENT)
    monkeypatch.setenv("WAITROOM_ISSUER", made.ISSUER)
    monkeypatch.setenv("WAITROOM_JWKS_URL", "http://127.0.0.1:1/jwks.json")
    aws_lambda._authorizer.cache_clear()
    with pytest.raises(KeysUnavailable):
        aws_lambda.handler(event("token", made.token()), object())
    monkeypatch.delenv("WAITROOM_ISSUER")
    assert aws_lambda._authorizer()._keeper.keys.url == "http://127.0.0.1:1/jwks.json"
    aws_lambda._authorizer.cache_clear()


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "WAITROOM_EVENT_ID"),
        ({"WAITROOM_EVENT_ID": "a"}, "WAITROOM_ISSUER"),
        ({"WAITROOM_EVENT_ID": "a", "WAITROOM_ISSUER": "x"}, "url|issuer"),
    ],
)
def test_bad_settings_are_named(environment: dict[str, str], named: str) -> None:
    """What is missing or wrong is said by name."""
    with pytest.raises(BadConfiguration, match=named):
        LambdaAuthorizer.of(environment)


@pytest.mark.parametrize("kind", KINDS)
def test_no_event_is_ever_told(
    kind: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the log nor the output of the function has a token, good or bad, or a request ID."""
    good, bad = made.token(), made.token(aud="other")
    with caplog.at_level(logging.DEBUG):
        authorizer().answer(event(kind, good))
        authorizer().answer(event(kind, bad))
        for refusing in (authorizer(Room()), authorizer()):
            with pytest.raises((KeysUnavailable, Unauthorized)) as refused:
                refusing.answer(event(kind, made.token("rsa-other")))
            assert "eyJ" not in repr(refused.value)
    told = "".join(capfd.readouterr()) + caplog.text
    assert not any(secret in told for secret in (good, bad, made.REQUEST_ID, "eyJ"))


def test_nothing_happens_at_import() -> None:
    """Without any settings the module can be imported, and opens no connection."""
    code = (
        "import socket, sys\n"
        "def no(*_, **__): sys.exit('a connection at import')\n"
        "socket.socket.connect = socket.getaddrinfo = no\n"
        "import waitroom.authorizer.aws_lambda\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
