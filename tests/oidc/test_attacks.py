"""What the provider must not fall for: a row for each attack."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry, serialize_compact

from oidc.scene import (
    APP,
    APP_BACK,
    BACK,
    BASE,
    CHALLENGE,
    FORM,
    OTHER_BACK,
    OTHER_OUT,
    OUT,
    SECRET,
    SHOP,
    VERIFIER,
    Scene,
    answer_in,
    basic,
    payload,
)
from waitroom.codes import codes_of
from waitroom.core.codes import Code
from waitroom.core.model import SessionStatus
from waitroom.errors import OidcRefused, SessionEnded

pytestmark = pytest.mark.asyncio(loop_scope="module")

S256: Final = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
AS_APP: Final = {"client_id": "app", "redirect_uri": APP_BACK}
OTHER_AUTH: Final = basic("other", "o" * 43)


def row(name: str, *values: object) -> Any:
    """A row of a table, named."""
    return pytest.param(*values, id=name)


# --- the authorization request

REDIRECT_URIS: Final = [
    row("missing", None),
    row("empty", ""),
    row("another site", "https://evil.example/"),
    row("another client's", OTHER_BACK),
    row("trailing slash", "https://shop.example/cb/"),
    row("path below", "https://shop.example/cb/../evil"),
    row("case of host", "https://Shop.example/cb"),
    row("case of path", "https://shop.example/CB"),
    row("case of scheme", "HTTPS://shop.example/cb"),
    row("plain http", "http://shop.example/cb"),
    row("userinfo", "https://shop.example@evil.example/cb"),
    row("empty userinfo", "https://@shop.example/cb"),
    row("default port", "https://shop.example:443/cb"),
    row("another port", "https://shop.example:8443/cb"),
    row("encoded", "https://shop.example/%63b"),
    row("encoded whole", "https%3A%2F%2Fshop.example%2Fcb"),
    row("extra query", "https://shop.example/cb?next=https://evil.example"),
    row("query left out", "https://shop.example/oidc/back"),
    row("fragment", "https://shop.example/cb#evil"),
    row("empty fragment", "https://shop.example/cb#"),
    row("dot at the end of the host", "https://shop.example./cb"),
    row("subdomain", "https://shop.example.evil.example/cb"),
    row("prefix", "https://shop.example/cbevil"),
    row("backslash", "https://shop.example\\@evil.example/cb"),
    row("blank in front", " https://shop.example/cb"),
    row("newline behind", "https://shop.example/cb\n"),
    row("NUL", "https://shop.example/cb\0"),
    row("right to left", "https://shop.example/cb\u202e"),
    row("full-width dot", "https://shop\uff0eexample/cb"),
    row("javascript", "javascript:alert(1)"),
    row("no scheme", "//shop.example/cb"),
    row("list", "https://shop.example/cb https://evil.example/"),
]


@pytest.mark.parametrize("uri", REDIRECT_URIS)
async def test_a_redirect_uri_is_compared_letter_by_letter(scene: Scene, uri: str | None) -> None:
    """Anything else gets a page, even from an admitted visitor, and is not repeated on it."""
    sale = await scene.event()
    answer = await scene.authorize(sale, await scene.admitted(sale), redirect_uri=uri)
    _assert_page(answer)
    assert uri in (None, "") or uri not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "[::1]", "127.1", "0x7f.1", "0.0.0.0"])
async def test_one_loopback_is_not_another(scene: Scene, host: str) -> None:
    """An app that registered 127.0.0.1 gets its codes there, whatever else leads to the machine."""
    sale = await scene.event()
    uri = APP_BACK.replace("127.0.0.1", host)
    answer = await scene.authorize(
        sale, await scene.admitted(sale), client_id="app", redirect_uri=uri, **S256
    )
    _assert_page(answer)


PAGES: Final = [
    row("no client", {"client_id": None}),
    row("unknown client", {"client_id": "nobody"}),
    row("client in another case", {"client_id": "Shop"}),
    row("client with NUL", {"client_id": "shop\0"}),
    row("markup", {"client_id": "<script>alert(1)</script>"}),
    row("state too long", {"state": "x" * 2049}),
    row("state too long in bytes", {"state": "ü" * 1025}),
    row("query too long", {"other": "x" * 8192}),
    row("too many", {f"p{n}": "1" for n in range(32)}),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("changed", PAGES)
async def test_who_cannot_be_told_by_redirect_sees_a_page(
    scene: Scene, changed: dict[str, Any], method: str
) -> None:
    """400, nobody is sent anywhere, nothing that was sent is repeated."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    answer = await scene.authorize(sale, visitor, method=method, **changed)
    _assert_page(answer)


@pytest.mark.parametrize(
    "twice", ["client_id", "redirect_uri", "state", "nonce", "scope", "code_challenge", "prompt"]
)
async def test_a_parameter_twice_is_refused(scene: Scene, twice: str) -> None:
    """Whoever reads the first and whoever reads the last would differ (RFC 6749, section 3.1)."""
    sale = await scene.event()
    good = f"response_type=code&client_id=shop&redirect_uri={BACK}&scope=openid"
    for pair in (f"&{twice}=x&{twice}=x", f"&{twice}=&{twice}="):
        _assert_page(await scene.http.get(f"/oidc/{sale}/authorize?{good}{pair}"))


async def test_a_form_of_another_kind_is_refused(scene: Scene) -> None:
    """Only the form encoding can be sent to /authorize by POST."""
    sale = await scene.event()
    where = f"/oidc/{sale}/authorize"
    _assert_page(await scene.http.post(where, json={"client_id": "shop"}))
    _assert_page(await scene.http.post(where))


async def test_the_client_of_another_event_is_unknown(scene: Scene) -> None:
    """Clients are an event's own."""
    sale = await scene.event(oidc_clients=(APP,))
    _assert_page(await scene.authorize(sale, await scene.admitted(sale)))
    missing = await scene.authorize("no-such-event")
    assert missing.status_code == 404


def _assert_page(answer: httpx.Response) -> None:
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


REDIRECTS: Final = [
    row("no type", {"response_type": None}, "invalid_request"),
    row("implicit", {"response_type": "token"}, "unsupported_response_type"),
    row("hybrid", {"response_type": "code id_token"}, "unsupported_response_type"),
    row("fragment", {"response_mode": "fragment"}, "invalid_request"),
    row("form_post", {"response_mode": "form_post"}, "invalid_request"),
    row("request object", {"request": "e30.e30."}, "request_not_supported"),
    row("request by URI", {"request_uri": BASE}, "request_uri_not_supported"),
    row("registration", {"registration": "{}"}, "registration_not_supported"),
    row("no scope", {"scope": None}, "invalid_scope"),
    row("another scope", {"scope": "profile"}, "invalid_scope"),
    row("scope in another case", {"scope": "OpenID"}, "invalid_scope"),
    row("scope in part", {"scope": "openid2"}, "invalid_scope"),
    row("nonce too long", {"nonce": "n" * 513}, "invalid_request"),
    row("plain by name", {"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "i_r"),
    row("plain by default", {"code_challenge": CHALLENGE}, "i_r"),
    row("method in another case", {**S256, "code_challenge_method": "s256"}, "i_r"),
    row("method alone", {"code_challenge_method": "S256"}, "i_r"),
    row("short challenge", {**S256, "code_challenge": "x"}, "i_r"),
    row("long challenge", {**S256, "code_challenge": "x" * 44}, "i_r"),
    row("challenge with NUL", {**S256, "code_challenge": "x" * 42 + "\0"}, "i_r"),
    row("public without PKCE", {**AS_APP}, "invalid_request"),
    row("public with an empty challenge", {**AS_APP, "code_challenge": ""}, "invalid_request"),
    row("none and login", {"prompt": "none login"}, "invalid_request"),
    row("unknown prompt", {"prompt": "create"}, "invalid_request"),
    row("max_age in words", {"max_age": "soon"}, "invalid_request"),
    row("negative max_age", {"max_age": "-1"}, "invalid_request"),
    row("max_age in other digits", {"max_age": "\u0661"}, "invalid_request"),
    row("endless max_age", {"max_age": "9" * 11}, "invalid_request"),
    row("hint that is none", {"id_token_hint": "x.y.z"}, "invalid_request"),
]


@pytest.mark.parametrize(("changed", "error"), REDIRECTS)
async def test_the_client_is_told_by_redirect(
    scene: Scene, changed: dict[str, Any], error: str
) -> None:
    """With the standard's word, the state and the issuer; no code comes with it."""
    sale = await scene.event()
    answer = await scene.authorize(sale, await scene.admitted(sale), **changed)
    assert answer.status_code == 303
    told = answer_in(answer.headers["location"])
    assert answer.headers["location"].startswith(changed.get("redirect_uri") or BACK)
    assert told["error"] == ("invalid_request" if error == "i_r" else error)
    assert told["state"] == "the state"
    assert told["iss"] == f"{BASE}/oidc/{sale}"
    assert "code" not in told
    assert told["error_description"].isprintable()


COOKIES: Final = [
    row("made up", lambda _mine: "0123abcd-0123-0123-0123-0123456789ab"),
    row("not of the form", lambda _mine: "1"),
    row("one letter other", lambda mine: mine[:-1] + ("0" if mine[-1] != "0" else "1")),
    row("upper case", lambda mine: mine.upper().replace("0", "A")),
]


@pytest.mark.parametrize("of", COOKIES)
async def test_a_place_that_is_none_passes_nobody(scene: Scene, of: Callable[[str], str]) -> None:
    """Such a cookie is as good as none."""
    sale = await scene.event()
    answer = await scene.authorize(sale, of(await scene.admitted(sale)))
    assert "/room/" in answer.headers["location"]


async def test_a_cookie_without_its_prefix_is_not_read(scene: Scene) -> None:
    """Over https, since a sibling domain can plant a cookie without the prefix."""
    sale = await scene.event()
    cookie = {"cookie": f"waitroom_place_{sale}={await scene.admitted(sale)}"}
    query = {"response_type": "code", "client_id": "shop", "redirect_uri": BACK, "scope": "openid"}
    answer = await scene.http.get(f"/oidc/{sale}/authorize", params=query, headers=cookie)
    assert "/room/" in answer.headers["location"]


async def test_sealed_requests_are_ours_and_of_the_day(scene: Scene) -> None:
    """Altered, of another event, over a day old, of a client or an address that is gone: none."""
    sale, other = await scene.event(), await scene.event()
    visitor = await scene.admitted(sale)
    answer = await scene.authorize(sale)
    sealed = answer_in(answer.headers["location"])["authorization"]
    assert await scene.provider.look(sale, sealed)
    for bad in ("", "x", sealed[:-1], sealed + "A", sealed[::-1], sealed * 9):
        assert await scene.provider.look(sale, bad) is None
        with pytest.raises(OidcRefused):
            await scene.provider.resume(sale, visitor, bad)
    assert await scene.provider.look(other, sealed) is None
    await scene.runtime.service.change_event(sale, {"oidc_clients": (APP,)})
    await scene.runtime.service.views.newer(sale)
    assert await scene.provider.look(sale, sealed) is None
    moved = msgspec.structs.replace(SHOP, redirect_uris=SHOP.redirect_uris[1:])
    await scene.runtime.service.change_event(sale, {"oidc_clients": (moved,)})
    await scene.runtime.service.views.newer(sale)
    assert await scene.provider.look(sale, sealed) is None
    await scene.runtime.service.change_event(sale, {"oidc_clients": (SHOP,)})
    await scene.runtime.service.views.newer(sale)
    scene.clock.now += 86_400
    assert await scene.provider.look(sale, sealed) is None


async def test_whose_session_is_over_does_not_come_back(scene: Scene) -> None:
    """They would be sent to the client and back for ever."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    sealed = answer_in((await scene.authorize(sale)).headers["location"])["authorization"]
    scene.clock.now += 3600
    assert "/room/" in (await scene.authorize(sale, visitor)).headers["location"]
    with pytest.raises(SessionEnded):
        await scene.provider.resume(sale, visitor, sealed)


# --- the token request


async def test_a_code_is_good_once(scene: Scene) -> None:
    """The second time its rightful client shows it, the session ends."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor)
    first = (await scene.exchange(sale, code)).json()
    again = await scene.exchange(sale, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert not await scene.is_open(sale, visitor)
    assert (await scene.user_info(sale, first["access_token"])).status_code == 401
    assert (await scene.exchange(sale, await _sealed(scene, sale, visitor))).status_code == 400


async def test_a_code_raced_for_is_good_once(scene: Scene) -> None:
    """Of many at once, one gets tokens, and the session ends."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor)
    answers = await asyncio.gather(*(scene.exchange(sale, code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert not await scene.is_open(sale, visitor)


async def test_a_refresh_token_raced_for_is_good_once(scene: Scene) -> None:
    """A public client's, of which nobody knows whose it is."""
    sale = await scene.event(refresh_period=3600)
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor, **AS_APP, **S256)
    answer = await scene.exchange(sale, code, auth=None, **AS_APP, code_verifier=VERIFIER)
    scene.clock.now += 60
    given = {"grant_type": "refresh_token", "client_id": "app"}
    given["refresh_token"] = answer.json()["refresh_token"]
    answers = await asyncio.gather(*(scene.token(sale, auth=None, **given) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert not await scene.is_open(sale, visitor)


async def test_a_thief_cannot_end_the_session(scene: Scene) -> None:
    """Who shows a used code without being its client learns nothing and ends nothing."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor)
    assert (await scene.exchange(sale, code)).status_code == 200
    for auth in (basic("shop", "wrong"), OTHER_AUTH):
        assert (await scene.exchange(sale, code, auth=auth)).status_code in (400, 401)
    assert await scene.is_open(sale, visitor)


GRANTS: Final = [
    row("another client, same address", {"auth": OTHER_AUTH}, "invalid_grant"),
    row("public client", {"auth": None, "client_id": "app"}, "invalid_grant"),
    row("another address", {"redirect_uri": "https://shop.example/cb"}, "invalid_grant"),
    row("no address", {"redirect_uri": None}, "invalid_request"),
    row("superfluous verifier", {"code_verifier": VERIFIER}, "invalid_grant"),
    row("no grant type", {"grant_type": None}, "invalid_request"),
    row("password", {"grant_type": "password"}, "unsupported_grant_type"),
    row("client credentials", {"grant_type": "client_credentials"}, "unsupported_grant_type"),
    row("refresh not allowed", {"grant_type": "refresh_token"}, "unsupported_grant_type"),
    row("no code", {"code": None}, "invalid_request"),
    row("empty code", {"code": ""}, "invalid_request"),
    row("made-up code", {"code": "A" * 200}, "invalid_grant"),
    row("code with NUL", {"code": "A\0"}, "invalid_grant"),
    row("code right to left", {"code": "\u202eA"}, "invalid_grant"),
    row("endless code", {"code": "A" * 9000}, "invalid_grant"),
    row("wrong secret", {"auth": basic("shop", "t" * 43)}, "invalid_client"),
    row("no secret", {"auth": basic("shop", "")}, "invalid_client"),
    row("endless secret", {"auth": basic("shop", "s" * 5000)}, "invalid_client"),
    row("secret and more", {"auth": basic("shop", SECRET + "x")}, "invalid_client"),
    row("secret with NUL", {"auth": basic("shop", SECRET + "\0")}, "invalid_client"),
    row("another client's secret", {"auth": basic("shop", "o" * 43)}, "invalid_client"),
    row("the stored digest", {"auth": basic("shop", SHOP.secret_digest)}, "invalid_client"),
    row("unknown client", {"auth": basic("nobody", SECRET)}, "invalid_client"),
    row("no client", {"auth": None}, "invalid_client"),
    row("ID alone", {"auth": None, "client_id": "shop"}, "invalid_client"),
    row("public with a secret", {"auth": basic("app", SECRET)}, "invalid_client"),
    row("bearer", {"auth": f"Bearer {SECRET}"}, "invalid_client"),
    row("by another scheme", {"auth": f"Digest {basic('shop', SECRET)[6:]}"}, "invalid_client"),
    row("not base64", {"auth": "Basic %%%"}, "invalid_client"),
    row("no colon", {"auth": "Basic c2hvcA=="}, "invalid_client"),
    row("assertion", {"auth": None, "client_assertion": "e30.e30."}, "invalid_client"),
    row("assertion and secret", {"client_assertion": "e30.e30."}, "invalid_client"),
    row("kind of assertion", {"client_assertion_type": "x"}, "invalid_client"),
    row("two ways", {"client_id": "shop", "client_secret": SECRET}, "invalid_request"),
    row("two names", {"client_id": "other"}, "invalid_request"),
]


@pytest.mark.parametrize(("changed", "error"), GRANTS)
async def test_a_token_request_is_refused(
    scene: Scene, changed: dict[str, Any], error: str
) -> None:
    """With the standard's word; the code stays good for its rightful client."""
    sale = await scene.event()
    code = await scene.code(sale, await scene.admitted(sale))
    answer = await scene.exchange(sale, **({"code": code} | changed))
    basic_used = changed.get("auth", "") is not None
    assert answer.json()["error"] == error
    assert answer.status_code == (401 if error == "invalid_client" and basic_used else 400)
    assert ("www-authenticate" in answer.headers) is (answer.status_code == 401)
    assert answer.headers["cache-control"] == "no-store"
    assert "token" not in answer.json()
    assert (await scene.exchange(sale, code)).status_code == 200


@pytest.mark.parametrize(
    "verifier",
    [
        row("missing", None),
        row("foreign", "w" * 43),
        row("the challenge itself", CHALLENGE),
        row("short", "v" * 42),
        row("long", "v" * 129),
        row("cut by NUL", VERIFIER + "\0"),
    ],
)
async def test_a_code_needs_its_verifier(scene: Scene, verifier: str | None) -> None:
    """Without the one that fits the challenge, a stolen code is worth nothing."""
    sale = await scene.event()
    code = await scene.code(sale, await scene.admitted(sale), **S256)
    answer = await scene.exchange(sale, code, code_verifier=verifier)
    assert answer.json()["error"] == "invalid_grant"
    assert (await scene.exchange(sale, code, code_verifier=VERIFIER)).status_code == 200


async def test_a_verifier_is_what_the_standard_says(scene: Scene) -> None:
    """43 to 128 of its characters: a short one is not taken though it fits, nor what is no text."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    for verifier in ("v" * 42, "v" * 129, "v" * 42 + "!"):
        digest = hashlib.sha256(verifier.encode()).digest()
        code = await scene.code(sale, visitor, **S256 | {"code_challenge": _b64(digest)})
        answer = await scene.exchange(sale, code, code_verifier=verifier)
        assert answer.json()["error"] == "invalid_grant"
    form = f"grant_type=authorization_code&code={code}&redirect_uri={quote(BACK, safe='')}"
    headers = {"content-type": FORM, "authorization": basic("shop", SECRET)}
    content = f"{form}&code_verifier={'%FF' * 43}"
    answer = await scene.http.post(f"/oidc/{sale}/token", content=content, headers=headers)
    assert answer.json()["error"] == "invalid_grant"


async def _sealed(scene: Scene, sale: str, visitor: str, **changed: Any) -> str:
    """A code as the provider makes it, with something changed."""
    epoch = (await scene.runtime.service.snapshot(sale)).epoch
    made: dict[str, Any] = {
        "issued_at": scene.clock.now,
        "epoch": epoch,
        "request_id": visitor,
        "goes_to": BACK,
        "client_id": "shop",
        "scope": "openid",
    } | changed
    return codes_of(scene.runtime.secret).seal(Code(**made), sale)


@pytest.mark.parametrize(
    "changed",
    [
        row("of a gate", {"client_id": ""}),
        row("of another client", {"client_id": "other"}),
        row("a minute old", {"issued_at": -60}),
        row("from the future", {"issued_at": 61}),
        row("of another epoch", {"epoch": 5}),
        row("of a place that is none", {"request_id": "0123abcd-0123-0123-0123-0123456789ab"}),
    ],
)
async def test_codes_that_are_ours_and_not_for_this(scene: Scene, changed: dict[str, Any]) -> None:
    """Well sealed, and still refused; just inside each bound they are good."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    told = dict(changed)
    if "issued_at" in told:
        told["issued_at"] += scene.clock.now
    answer = await scene.exchange(sale, await _sealed(scene, sale, visitor, **told))
    assert answer.json()["error"] == "invalid_grant"
    for age in (59, -60):
        good = await _sealed(scene, sale, visitor, issued_at=scene.clock.now - age)
        assert (await scene.exchange(sale, good)).status_code == 200


async def test_a_public_client_s_code_without_a_challenge_is_worth_nothing(scene: Scene) -> None:
    """Such as one from before the client lost its secret."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await _sealed(scene, sale, visitor, client_id="app", goes_to=APP_BACK)
    answer = await scene.exchange(sale, code, auth=None, **AS_APP)
    assert answer.json()["error"] == "invalid_grant"


async def test_another_event_s_code_is_worth_nothing(scene: Scene) -> None:
    """Though client, secret and address are the same."""
    sale, other = await scene.event(), await scene.event()
    code = await scene.code(sale, await scene.admitted(sale))
    assert (await scene.exchange(other, code)).json()["error"] == "invalid_grant"


async def test_nothing_from_before_a_reset_is_good(scene: Scene) -> None:
    """Neither code nor access token nor refresh token, and an ID token ends nobody's session."""
    sale = await scene.event(refresh_period=60)
    visitor = await scene.admitted(sale)
    tokens, code = await scene.tokens(sale, visitor), await scene.code(sale, visitor)
    await scene.runtime.service.reset(sale)
    await scene.runtime.service.views.newer(sale)
    assert (await scene.exchange(sale, code)).json()["error"] == "invalid_grant"
    assert (await scene.user_info(sale, tokens["access_token"])).status_code == 401
    given = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await scene.token(sale, **given)).json()["error"] == "invalid_grant"
    newcomer = await scene.admitted(sale)
    hint = {"id_token_hint": tokens["id_token"]}
    assert (await scene.http.get(f"/oidc/{sale}/end_session", params=hint)).status_code == 200
    assert await scene.is_open(sale, newcomer)


@pytest.mark.parametrize("status", [SessionStatus.COMPLETED, SessionStatus.ABANDONED])
async def test_a_code_of_a_session_that_ended_is_worth_nothing(
    scene: Scene, status: SessionStatus
) -> None:
    """However the visit ended in between."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor)
    await scene.runtime.service.finish(sale, visitor, status)
    assert (await scene.exchange(sale, code)).json()["error"] == "invalid_grant"


async def test_refresh_tokens_that_do_not_count(scene: Scene) -> None:
    """Another client's, the API's, another event's, a code, and an expired one."""
    sale, other = await scene.event(refresh_period=9999), await scene.event(refresh_period=9999)
    visitor = await scene.admitted(sale)
    ours = (await scene.tokens(sale, visitor))["refresh_token"]
    api = (await scene.runtime.service.admit(sale, visitor)).refresh_token
    code = await scene.code(sale, visitor)
    given = {"grant_type": "refresh_token"}
    for event_id, auth, token in (
        (sale, OTHER_AUTH, ours),
        (sale, "", api),
        (sale, "", code),
        (other, "", ours),
    ):
        answer = await scene.token(event_id, auth=auth, refresh_token=token, **given)
        assert answer.json()["error"] == "invalid_grant"
    wider = await scene.token(sale, refresh_token=ours, scope="openid email", **given)
    assert wider.json()["error"] == "invalid_scope"
    assert (await scene.exchange(sale, ours)).json()["error"] == "invalid_grant"
    scene.clock.now += 3600
    late = await scene.token(sale, refresh_token=ours, **given)
    assert late.json()["error"] == "invalid_grant"


FORMS: Final = [
    row("JSON", "application/json", b'{"grant_type": "authorization_code"}'),
    row("no type", "", b"grant_type=authorization_code"),
    row("multipart", "multipart/form-data; boundary=x", b"--x--"),
    row("too large", FORM, b"a=" + b"x" * 16_384),
    row("too many", FORM, b"&".join(b"p%d=1" % n for n in range(33))),
    row("code twice", FORM, b"grant_type=authorization_code&code=a&code=b"),
    row("empty twice", FORM, b"client_id=&client_id="),
    row("empty", FORM, b""),
    row("not text", FORM, b"grant_type=%FF%00&code=\xff\x00"),
]


@pytest.mark.parametrize(("kind", "body"), FORMS)
async def test_a_form_that_cannot_be_read(scene: Scene, kind: str, body: bytes) -> None:
    """400 with the standard's word, whatever was sent."""
    sale = await scene.event()
    headers = {"content-type": kind, "authorization": basic("shop", SECRET)}
    answer = await scene.http.post(f"/oidc/{sale}/token", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_request", "unsupported_grant_type")


async def test_a_good_form_under_another_name_is_refused(scene: Scene) -> None:
    """A page of another site can send text/plain unasked, so nothing but the form's type counts."""
    sale = await scene.event()
    code = await scene.code(sale, await scene.admitted(sale))
    form = f"grant_type=authorization_code&code={code}&redirect_uri={quote(BACK, safe='')}"
    headers = {"content-type": "text/plain", "authorization": basic("shop", SECRET)}
    answer = await scene.http.post(f"/oidc/{sale}/token", content=form, headers=headers)
    assert answer.json()["error"] == "invalid_request"
    headers["content-type"] = f"{FORM.upper()} ;charset=UTF-8"
    answer = await scene.http.post(f"/oidc/{sale}/token", content=form, headers=headers)
    assert answer.status_code == 200


async def test_credentials_in_the_address_do_not_count(scene: Scene) -> None:
    """Addresses are logged (RFC 6749, section 2.3.1)."""
    sale = await scene.event()
    query = {"client_id": "shop", "client_secret": SECRET}
    code = await scene.code(sale, await scene.admitted(sale))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    answer = await scene.http.post(f"/oidc/{sale}/token", params=query, data=form)
    assert answer.json()["error"] == "invalid_client"
    assert (await scene.http.get(f"/oidc/{sale}/token", params=query)).status_code == 405


async def test_made_up_codes_cost_no_write_and_no_signature(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a client may try as often as they like."""
    sale = await scene.event(refresh_period=60)
    signed: list[object] = []
    for name in ("sign_claims", "sign_tokens"):
        monkeypatch.setattr(f"waitroom.signing.{name}", lambda *claims: signed.append(claims))
    path = str(scene.runtime.settings.data_dir / "waitroom.db")
    watcher = sqlite3.connect(path)
    try:
        before = watcher.execute("PRAGMA data_version").fetchone()
        for n in range(50):
            await scene.exchange(sale, f"{n:0200d}")
            await scene.token(sale, grant_type="refresh_token", refresh_token=f"{n:0200d}")
        assert watcher.execute("PRAGMA data_version").fetchone() == before
    finally:
        watcher.close()
    assert not signed


# --- tokens that come back


def _b64(value: bytes | str) -> str:
    data = value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _with_header(token: str, **changed: object) -> str:
    head = token.split(".", maxsplit=1)[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))) | changed
    return ".".join([_b64(json.dumps(header)), *token.split(".")[1:]])


def _unsigned(scene: Scene, token: str) -> str:
    return _with_header(token, alg="none").rpartition(".")[0] + "."


def _with_public_key(scene: Scene, token: str) -> str:
    key = ECKey.import_key(scene.runtime.keys.signing(scene.clock.now).public_jwk)
    text = _with_header(token, alg="HS256").rpartition(".")[0]
    return f"{text}.{_b64(hmac.digest(key.as_pem(private=False), text.encode(), 'sha256'))}"


def _by_a_stranger(scene: Scene, token: str, **header: object) -> str:
    stranger = ECKey.generate_key("P-256")
    kid = scene.runtime.keys.signing(scene.clock.now).kid
    head = {"alg": "ES256", "typ": "JWT", "kid": kid} | {
        name: stranger.as_dict(private=False) if value == "mine" else value
        for name, value in header.items()
    }
    registry = JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return serialize_compact(head, json.dumps(payload(token)), stranger, registry=registry)


def _resigned(**changed: object) -> Callable[[Scene, str], str]:
    def make(scene: Scene, token: str) -> str:
        said = payload(token) | changed
        return scene.signed({name: value for name, value in said.items() if value is not None})

    return make


FORGED: Final = [
    row("empty", lambda _scene, _token: ""),
    row("not a token", lambda _scene, _token: "x.y.z"),
    row("NUL", lambda _scene, token: token + "\0"),
    row("right to left", lambda _scene, token: token + "\u202e"),
    row("endless", lambda _scene, token: token + "A" * 7500),
    row("alg none", _unsigned),
    row("HS256 by the public key", _with_public_key),
    row("another algorithm", lambda _scene, token: _with_header(token, alg="RS256")),
    row("signature cut", lambda _scene, token: token.rpartition(".")[0] + "."),
    row("altered", lambda _scene, token: _with_header(token, x=1)),
    row("stranger's key", _by_a_stranger),
    row("key in the header", lambda scene, token: _by_a_stranger(scene, token, jwk="mine")),
    row("key by URL", lambda scene, token: _by_a_stranger(scene, token, jku=f"{BASE}/evil")),
    row("kid of a path", lambda scene, token: _by_a_stranger(scene, token, kid="../../dev/null")),
    row("kid of SQL", lambda scene, token: _by_a_stranger(scene, token, kid="' OR 1=1 --")),
    row("kid of no text", lambda scene, token: _by_a_stranger(scene, token, kid="\0")),
    row("critical extension", lambda _scene, token: _with_header(token, crit=["x"])),
    row("another issuer", _resigned(iss="https://evil.example")),
    row("no issuer", _resigned(iss=None)),
    row("audience as a list", _resigned(aud=["shop"])),
    row("no audience", _resigned(aud=None)),
    row("another use", _resigned(token_use="refresh")),
    row("no use", _resigned(token_use=None)),
]
ONLY_ACCESS: Final = [
    row("expired at the second", _resigned(exp=1_800_000_000)),
    row("not valid yet", _resigned(nbf=4_000_000_000)),
    row("no end", _resigned(exp=None)),
    row("a place that is none", _resigned(sub="0123abcd-0123-0123-0123-0123456789ab")),
    row("an ID token", _resigned(token_use="id", aud="shop")),
    row("an ID token of the API", _resigned(token_use="id")),
]


@pytest.mark.parametrize("forge", FORGED + ONLY_ACCESS)
async def test_an_access_token_that_is_none(
    scene: Scene, forge: Callable[[Scene, str], str]
) -> None:
    """401 with the reason in the header, or as if there were none."""
    sale = await scene.event()
    access = (await scene.tokens(sale, await scene.admitted(sale)))["access_token"]
    forged = forge(scene, access)
    data = {"access_token": forged}
    answer = await scene.http.post(f"/oidc/{sale}/userInfo", data=data)
    assert answer.status_code == 401
    assert ('error="invalid_token"' in answer.headers["www-authenticate"]) is (forged != "")
    assert (await scene.user_info(sale, access)).status_code == 200


@pytest.mark.parametrize("forge", FORGED)
async def test_a_hint_that_is_none_ends_nothing(
    scene: Scene, forge: Callable[[Scene, str], str]
) -> None:
    """Whoever has no ID token of the visitor cannot log them out."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    hint = (await scene.tokens(sale, visitor))["id_token"]
    data = {"id_token_hint": forge(scene, hint), "post_logout_redirect_uri": OUT}
    _assert_page(await scene.http.post(f"/oidc/{sale}/end_session", data=data))
    assert await scene.is_open(sale, visitor)


async def test_an_access_token_is_good_until_its_second(scene: Scene) -> None:
    """And not a second longer."""
    sale = await scene.event()
    access = (await scene.tokens(sale, await scene.admitted(sale)))["access_token"]
    scene.clock.now = payload(access)["exp"] - 1
    assert (await scene.user_info(sale, access)).status_code == 200
    scene.clock.now += 1
    assert (await scene.user_info(sale, access)).status_code == 401


async def test_another_event_s_tokens_open_nothing(scene: Scene) -> None:
    """Neither claims nor the end of a session; nor do the other kinds of token."""
    sale, other = await scene.event(), await scene.event()
    visitor = await scene.admitted(sale)
    tokens = await scene.tokens(sale, visitor)
    api = await scene.runtime.service.admit(sale, visitor)
    assert (await scene.user_info(other, tokens["access_token"])).status_code == 401
    for token in (tokens["id_token"], api.refresh_token, api.id_token):
        assert (await scene.user_info(sale, token)).status_code == 401
    for where, token in (
        (other, tokens["id_token"]),
        (sale, tokens["access_token"]),
        (sale, api.id_token),
    ):
        answer = await scene.http.get(f"/oidc/{where}/end_session", params={"id_token_hint": token})
        _assert_page(answer)
    assert await scene.is_open(sale, visitor)


LOGOUTS: Final = [
    row("no hint", {"id_token_hint": ""}),
    row("another way back", {"post_logout_redirect_uri": "https://evil.example/"}),
    row("way back and more", {"post_logout_redirect_uri": OUT + "/"}),
    row("the redirect URI", {"post_logout_redirect_uri": BACK}),
    row("another client's way back", {"post_logout_redirect_uri": OTHER_OUT}),
    row("another client", {"client_id": "other"}),
]


@pytest.mark.parametrize("changed", LOGOUTS)
async def test_a_logout_that_is_refused_does_nothing(scene: Scene, changed: dict[str, str]) -> None:
    """A page, and the session goes on."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    given = {"id_token_hint": (await scene.tokens(sale, visitor))["id_token"]} | changed
    _assert_page(await scene.http.get(f"/oidc/{sale}/end_session", params=given))
    assert await scene.is_open(sale, visitor)


async def test_one_access_token_in_one_way(scene: Scene) -> None:
    """Two, or one in the query, are refused (RFC 6750, section 2; RFC 9700, section 4.3.2)."""
    sale = await scene.event()
    access = (await scene.tokens(sale, await scene.admitted(sale)))["access_token"]
    where, bearer = f"/oidc/{sale}/userInfo", {"authorization": f"Bearer {access}"}
    twice = [("authorization", f"Bearer {access}")] * 2
    for answer in (
        await scene.http.get(where, params={"access_token": access}),
        await scene.http.get(where, params={"access_token": access}, headers=bearer),
        await scene.http.post(where, data={"access_token": access}, headers=bearer),
        await scene.http.get(where, headers=twice),
    ):
        assert answer.status_code == 400
        assert 'error="invalid_request"' in answer.headers["www-authenticate"]
    for headers in ({}, {"authorization": basic("shop", access)}, {"authorization": access}):
        none = await scene.http.get(where, headers=headers)
        assert none.status_code == 401
        assert none.headers["www-authenticate"] == 'Bearer realm="waitroom"'


# --- headers of strangers

SMUGGLED: Final = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-prefix": "/evil",
    "forwarded": "host=evil.example;proto=http",
    "x-original-url": "/oidc/evil",
    "x-rewrite-url": "/oidc/evil",
    "x-http-method-override": "DELETE",
    "x-waitroom-request-id": "0123abcd-0123-0123-0123-0123456789ab",
}


@pytest.mark.parametrize("headers", [SMUGGLED, {"host": "evil.example"}], ids=["many", "host"])
async def test_headers_of_strangers_change_nothing(scene: Scene, headers: dict[str, str]) -> None:
    """Neither the issuer, nor where anything is, nor where a visitor is sent."""
    sale = await scene.event()
    where = f"/oidc/{sale}/.well-known/openid-configuration"
    plain = (await scene.http.get(where)).content
    assert (await scene.http.get(where, headers=headers)).content == plain
    query = {"response_type": "code", "client_id": "shop", "redirect_uri": BACK, "scope": "openid"}
    answer = await scene.http.get(f"/oidc/{sale}/authorize", params=query, headers=headers)
    assert answer.headers["location"].startswith(f"{BASE}/room/{sale}?")


async def test_two_authorization_headers_are_refused(scene: Scene) -> None:
    """The one that a proxy checked may be the other one."""
    sale = await scene.event()
    code = await scene.code(sale, await scene.admitted(sale))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    headers = [("authorization", basic("shop", SECRET)), ("authorization", OTHER_AUTH)]
    answer = await scene.http.post(f"/oidc/{sale}/token", data=form, headers=headers)
    assert answer.json()["error"] == "invalid_request"


async def test_nothing_secret_is_logged(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    """No code, token, secret or request ID, on the good way and on bad ones."""
    sale = await scene.event(refresh_period=60)
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor)
    tokens = (await scene.exchange(sale, code)).json()
    await scene.exchange(sale, code)
    await scene.exchange(sale, code, auth=basic("shop", SECRET + "x"))
    await scene.user_info(sale, tokens["access_token"])
    await scene.http.get(
        f"/oidc/{sale}/end_session", params={"id_token_hint": tokens["id_token"] + "x"}
    )
    said = "".join(capfd.readouterr())
    for secret in (visitor, code, SECRET, *(tokens[name] for name in tokens if "_token" in name)):
        assert secret not in said
    for thing in (scene.provider, codes_of(scene.runtime.secret).open(code, sale)):
        assert visitor not in repr(thing)
