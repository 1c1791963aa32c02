"""The way through the provider: what a client gets, and what a visitor goes through for it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from oidc.scene import (
    APP_BACK,
    BACK,
    BASE,
    CHALLENGE,
    OUT,
    SECRET,
    SHOP,
    VERIFIER,
    Scene,
    answer_in,
    basic,
    opened,
    payload,
)
from waitroom.errors import StoreUnavailable

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_whole_way(scene: Scene) -> None:
    """From the line to the client with a code, from that to tokens, from those to the claims."""
    sale = await scene.event()
    visitor = await scene.waiting(sale)
    to_room = await scene.authorize(sale)
    assert to_room.status_code == 303
    assert to_room.headers["location"].startswith(f"{BASE}/room/{sale}?authorization=")
    sealed = answer_in(to_room.headers["location"])["authorization"]
    await scene.runtime.service.advance(sale, 1)
    location = await scene.provider.resume(sale, visitor, sealed)
    back = answer_in(location)
    assert location.startswith(BACK + "&code=")
    assert (back["state"], back["iss"]) == ("the state", f"{BASE}/oidc/{sale}")
    tokens = (await scene.exchange(sale, back["code"])).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "openid"
    assert tokens["expires_in"] == 3600
    assert "refresh_token" not in tokens
    info = (await scene.user_info(sale, tokens["access_token"])).json()
    assert info["sub"] == visitor
    assert (info["event_id"], info["queue_position"]) == (sale, 1)


async def test_what_an_id_token_says(scene: Scene) -> None:
    """Issuer, audience, nonce, times and ``at_hash`` as the standard wants them, and our claims."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    admitted_at = scene.clock.now
    scene.clock.now += 7
    tokens = await scene.tokens(sale, visitor)
    jwks = (await scene.http.get(f"/oidc/{sale}/.well-known/jwks.json")).json()
    read = jwt.decode(tokens["id_token"], KeySet.import_key_set(jwks))
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()
    assert read.claims == {
        "iss": f"{BASE}/oidc/{sale}",
        "sub": visitor,
        "aud": "shop",
        "iat": scene.clock.now,
        "exp": admitted_at + 3600,
        "auth_time": admitted_at,
        "nonce": "the nonce",
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        "queue_position": 1,
        "token_use": "id",
    }


async def test_the_access_token_is_the_session_s_own(scene: Scene) -> None:
    """A gate accepts it like any other of this visitor."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    own = await scene.runtime.service.admit(sale, visitor)
    got = await scene.tokens(sale, visitor)
    assert payload(got["access_token"]) == payload(own.access_token)


async def test_the_answer_is_put_behind_the_query(scene: Scene) -> None:
    """Also where that is empty."""
    ways = {"": "?code=", "?": "?code=", "?a=b": "?a=b&code=", "?a&": "?a&code="}
    for end, wanted in ways.items():
        uri = f"https://shop.example/there{end}"
        client = msgspec.structs.replace(SHOP, redirect_uris=(uri,))
        sale = await scene.event(oidc_clients=(client,))
        answer = await scene.authorize(sale, await scene.admitted(sale), redirect_uri=uri)
        assert answer.headers["location"].startswith(f"https://shop.example/there{wanted}")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_is_served_passes_straight_through(scene: Scene, method: str) -> None:
    """An admitted place in the cookie: back with a code at once, no page in between."""
    sale = await scene.event()
    answer = await scene.authorize(sale, await scene.admitted(sale), method=method)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(BACK)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_whose_turn_it_is_passes_too(scene: Scene) -> None:
    """A place that was called is admitted on the way; one that waits goes to the room."""
    sale = await scene.event()
    called, waiting = await scene.called(sale), await scene.waiting(sale)
    assert "code=" in (await scene.authorize(sale, called)).headers["location"]
    assert "/room/" in (await scene.authorize(sale, waiting)).headers["location"]
    assert "code=" in (await scene.authorize(sale, waiting, called)).headers["location"]


@pytest.mark.parametrize("state", ["a b+c&d=e%f", "\r\nSet-Cookie: x=1", "ü\u202e\0", "x" * 2048])
async def test_the_state_comes_back_as_it_was(scene: Scene, state: str) -> None:
    """Byte for byte, whatever it is; it cannot end the header it travels in."""
    sale = await scene.event()
    location = (await scene.authorize(sale, await scene.admitted(sale), state=state)).headers[
        "location"
    ]
    assert answer_in(location)["state"] == state
    assert location.isascii()
    assert location.isprintable()


async def test_a_state_that_is_no_text_comes_back_too(scene: Scene) -> None:
    """Bytes that are not UTF-8 are carried as they are, also through the room."""
    sale = await scene.event()
    visitor = await scene.called(sale)
    query = f"response_type=code&client_id=app&redirect_uri={APP_BACK}&scope=openid&state=%FF%00a"
    query += f"&code_challenge={CHALLENGE}&code_challenge_method=S256"
    room = await scene.http.get(f"/oidc/{sale}/authorize?{query}")
    sealed = answer_in(room.headers["location"])["authorization"]
    assert "&state=%FF%00a&" in await scene.provider.resume(sale, visitor, sealed)


@pytest.mark.parametrize("nonce", ["n" * 512, "ü\u202e", "a b+c"])
async def test_the_nonce_comes_back_as_it_was(scene: Scene, nonce: str) -> None:
    """In the ID token, unaltered."""
    sale = await scene.event()
    code = await scene.code(sale, await scene.admitted(sale), nonce=nonce)
    got = (await scene.exchange(sale, code)).json()
    assert payload(got["id_token"])["nonce"] == nonce


@pytest.mark.parametrize("way", ["basic", "encoded", "post", "public"])
async def test_every_way_to_authenticate(scene: Scene, way: str) -> None:
    """The three that discovery names; Basic also with every byte form-encoded (RFC 6749, 2.3.1)."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    if way == "public":
        pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        code = await scene.code(sale, visitor, client_id="app", redirect_uri=APP_BACK, **pkce)
        answer = await scene.exchange(
            sale, code, auth=None, client_id="app", redirect_uri=APP_BACK, code_verifier=VERIFIER
        )
    else:
        code = await scene.code(sale, visitor)
        encoded = basic("%73hop", "%73" * 43)
        answer = await {
            "basic": lambda: scene.exchange(sale, code),
            "encoded": lambda: scene.exchange(sale, code, auth=encoded),
            "post": lambda: scene.exchange(
                sale, code, auth=None, client_id="shop", client_secret=SECRET
            ),
        }[way]()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_other_scopes_and_unknown_parameters_do_no_harm(scene: Scene) -> None:
    """What is granted is ``openid``; what we do not know is ignored, even twice."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor, scope="profile openid email", acr_values="x", display="")
    assert (await scene.exchange(sale, code)).json()["scope"] == "openid"
    twice = f"/oidc/{sale}/authorize?resource=a&resource=b&client_id=shop&redirect_uri={BACK}"
    assert (await scene.http.get(twice)).status_code == 303


async def test_a_client_that_has_forgotten_asks_anew(scene: Scene) -> None:
    """After its ``state_lifetime`` a visitor begins at the target, and then passes straight on."""
    forgetful = msgspec.structs.replace(SHOP, state_lifetime=840)
    sale = await scene.event(oidc_clients=(forgetful,), target_url="https://shop.example/start")
    visitor = await scene.admitted(sale)
    sealed = answer_in((await scene.authorize(sale)).headers["location"])["authorization"]
    scene.clock.now += 839
    assert "code=" in await scene.provider.resume(sale, visitor, sealed)
    scene.clock.now += 1
    assert await scene.provider.resume(sale, visitor, sealed) == "https://shop.example/start"
    assert "code=" in (await scene.authorize(sale, visitor)).headers["location"]
    await scene.runtime.service.change_event(sale, {"target_url": ""})
    await scene.runtime.service.views.newer(sale)
    assert "code=" in await scene.provider.resume(sale, visitor, sealed)


# --- prompt, max_age and hints


async def test_silently_only_with_an_admitted_place(scene: Scene) -> None:
    """``prompt=none`` shows no page, admits nobody, and says that nobody is there."""
    sale = await scene.event()
    called = await scene.called(sale)
    for places in ([], [called]):
        answer = await scene.authorize(sale, *places, prompt="none")
        assert answer_in(answer.headers["location"])["error"] == "login_required"
    assert not await scene.is_open(sale, called)
    visitor = await scene.admitted(sale)
    answer = await scene.authorize(sale, visitor, prompt="none")
    assert "code" in answer_in(answer.headers["location"])


@pytest.mark.parametrize("prompt", ["login", "consent", "select_account", "login consent"])
async def test_who_is_to_be_asked_is_asked(scene: Scene, prompt: str) -> None:
    """The room page shows Continue instead of going on by itself; the time is that of the click."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    answer = await scene.authorize(sale, visitor, prompt=prompt)
    sealed = answer_in(answer.headers["location"])["authorization"]
    asked = await scene.provider.look(sale, sealed)
    assert asked is not None
    assert asked.ask
    assert (asked.client_id, asked.goes_to) == ("shop", "https://shop.example")
    scene.clock.now += 5
    code = answer_in(await scene.provider.resume(sale, visitor, sealed))["code"]
    said = payload((await scene.exchange(sale, code)).json()["id_token"])
    assert said["auth_time"] == scene.clock.now


async def test_nobody_is_asked_without_need(scene: Scene) -> None:
    """Who comes out of the line goes on by themselves."""
    sale = await scene.event()
    answer = await scene.authorize(sale)
    asked = await scene.provider.look(sale, answer_in(answer.headers["location"])["authorization"])
    assert asked is not None
    assert not asked.ask


@pytest.mark.parametrize(
    ("age", "max_age", "passes"), [(60, "60", True), (61, "60", False), (0, "0", False)]
)
async def test_a_place_shown_too_long_ago_is_shown_again(
    scene: Scene, age: int, max_age: str, passes: bool
) -> None:
    """``max_age`` counts from the admission; 0 always asks. Silently there is no way then."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    scene.clock.now += age
    answer = await scene.authorize(sale, visitor, max_age=max_age)
    given = answer_in(answer.headers["location"])
    assert ("code" in given) is passes
    if not passes:
        asked = await scene.provider.look(sale, given["authorization"])
        assert asked is not None
        assert asked.ask
        silent = await scene.authorize(sale, visitor, max_age=max_age, prompt="none")
        assert answer_in(silent.headers["location"])["error"] == "login_required"


async def test_a_hint_names_the_visitor_who_is_meant(scene: Scene) -> None:
    """Another one gets ``login_required``: silently at once, else when they come from the room."""
    sale = await scene.event()
    meant, other = await scene.admitted(sale), await scene.admitted(sale)
    hint = (await scene.tokens(sale, meant))["id_token"]
    assert "code=" in (await scene.authorize(sale, meant, id_token_hint=hint)).headers["location"]
    both = await scene.authorize(sale, other, meant, id_token_hint=hint, prompt="none")
    assert "code=" in both.headers["location"]
    silent = await scene.authorize(sale, other, id_token_hint=hint, prompt="none")
    assert answer_in(silent.headers["location"])["error"] == "login_required"
    room = await scene.authorize(sale, other, id_token_hint=hint)
    sealed = answer_in(room.headers["location"])["authorization"]
    assert answer_in(await scene.provider.resume(sale, other, sealed))["error"] == "login_required"
    assert "code" in answer_in(await scene.provider.resume(sale, meant, sealed))


async def test_languages_are_passed_on_to_the_room(scene: Scene) -> None:
    """Well-formed tags only; ``login_hint`` means nothing to a line."""
    sale = await scene.event()
    asked = "fr-CA <script> de \r\n x_y en"
    answer = await scene.authorize(sale, ui_locales=asked, login_hint="me@example.com")
    assert answer_in(answer.headers["location"])["ui_locales"] == "fr-CA de en"
    room = await scene.http.get(answer.headers["location"])
    assert (room.status_code, room.headers["cache-control"]) == (200, "no-store")


# --- what comes after


async def test_a_session_can_be_extended_where_the_event_allows_it(scene: Scene) -> None:
    """By a refresh token, up to the event's limit; the new ID token keeps ``auth_time``."""
    sale = await scene.event(refresh_period=3600)
    visitor = await scene.admitted(sale)
    began = scene.clock.now
    first = await scene.tokens(sale, visitor)
    scene.clock.now += 3000
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await scene.token(sale, **again)).json()
    said = payload(second["id_token"])
    assert payload(second["access_token"])["exp"] == said["exp"] == began + 3000 + 3600
    assert (said["auth_time"], said["iat"]) == (began, scene.clock.now)
    assert "nonce" not in said
    assert (await scene.user_info(sale, second["access_token"])).status_code == 200
    scene.clock.now += 3000
    third = (await scene.token(sale, **again | {"refresh_token": second["refresh_token"]})).json()
    assert payload(third["access_token"])["exp"] == began + 7200
    scene.clock.now = began + 7200
    over = await scene.token(sale, **again | {"refresh_token": third["refresh_token"]})
    assert over.json()["error"] == "invalid_grant"


async def test_a_refresh_token_ends_with_the_session_it_came_with(scene: Scene) -> None:
    """Though the session goes on by the next one; one of a client with a secret is good till then.

    With short sessions it works from half of its life on, not only after a minute.
    """
    sale = await scene.event(validity_period=60, refresh_period=3600)
    first = await scene.tokens(sale, await scene.admitted(sale))
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    scene.clock.now += 29
    assert (await scene.token(sale, **again)).json()["expires_in"] == 31
    scene.clock.now += 1
    second = (await scene.token(sale, **again)).json()
    assert second["expires_in"] == 60
    scene.clock.now += 30
    assert (await scene.token(sale, **again)).json()["error"] == "invalid_grant"
    assert (await scene.user_info(sale, second["access_token"])).status_code == 200


async def test_refreshing_in_a_loop_changes_nothing(scene: Scene) -> None:
    """Within a minute the same tokens come back, so that a loop makes no writes."""
    sale = await scene.event(refresh_period=3600)
    first = await scene.tokens(sale, await scene.admitted(sale))
    scene.clock.now += 59
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await scene.token(sale, **again, scope="openid")).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] == first["access_token"]
    scene.clock.now += 1
    third = (await scene.token(sale, **again)).json()
    assert third["refresh_token"] != first["refresh_token"]
    assert third["expires_in"] == 3600


@pytest.mark.parametrize("public", [True, False])
async def test_a_public_client_s_refresh_token_is_good_once(scene: Scene, public: bool) -> None:
    """Used again it has been stolen, so the session ends; a secret proves whose it is otherwise."""
    sale = await scene.event(refresh_period=3600)
    visitor = await scene.admitted(sale)
    who: dict[str, str | None] = {"auth": ""}
    if public:
        pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        code = await scene.code(sale, visitor, client_id="app", redirect_uri=APP_BACK, **pkce)
        who = {"auth": None, "client_id": "app"}
        answer = await scene.exchange(
            sale, code, **who, redirect_uri=APP_BACK, code_verifier=VERIFIER
        )
        first = answer.json()["refresh_token"]
    else:
        first = (await scene.tokens(sale, visitor))["refresh_token"]
    scene.clock.now += 100
    again = {"grant_type": "refresh_token", "refresh_token": first}
    assert (await scene.token(sale, **who, **again)).status_code == 200
    scene.clock.now += 1000  # long after one-time codes are forgotten
    second = await scene.token(sale, **who, **again)
    assert second.status_code == (400 if public else 200)
    assert await scene.is_open(sale, visitor) is not public


@pytest.mark.parametrize("way", ["header", "form"])
async def test_both_ways_to_ask_for_the_claims(scene: Scene, way: str) -> None:
    """The token in a header, by GET and POST, or in a form."""
    sale = await scene.event(allowed_origins=("https://shop.example",))
    access = (await scene.tokens(sale, await scene.admitted(sale)))["access_token"]
    where = f"/oidc/{sale}/userInfo"
    origin = {"origin": "https://shop.example"}
    if way == "form":
        answer = await scene.http.post(where, data={"access_token": access}, headers=origin)
    else:
        bearer = {"authorization": f"bearer {access}"} | origin
        assert (await scene.http.post(where, headers=bearer)).status_code == 200
        answer = await scene.http.get(where, headers=bearer)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["cache-control"] == "no-store"


async def test_other_origins_may_not_read_the_claims(scene: Scene) -> None:
    """The event's allowed origins hold here too; a preflight tells what may be sent."""
    sale = await scene.event(allowed_origins=("https://shop.example",))
    where = f"/oidc/{sale}/userInfo"
    answer = await scene.http.get(where, headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
    preflight = await scene.http.options(where)
    assert "authorization" in preflight.headers["access-control-allow-headers"]


async def test_a_token_of_another_issuer_is_still_the_visitor_s(scene: Scene) -> None:
    """An event may name another issuer for its access tokens; the provider's own name stays."""
    sale = await scene.event(issuer="https://id.example/x")
    tokens = await scene.tokens(sale, await scene.admitted(sale))
    assert payload(tokens["access_token"])["iss"] == "https://id.example/x"
    assert payload(tokens["id_token"])["iss"] == f"{BASE}/oidc/{sale}"
    assert (await scene.user_info(sale, tokens["access_token"])).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_end_of_a_session(scene: Scene, method: str) -> None:
    """An ID token, even an expired one, ends the session; then back to where the client said."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    tokens = await scene.tokens(sale, visitor)
    scene.clock.now += 4000
    given = {"id_token_hint": tokens["id_token"], "state": "s&1", "client_id": "shop"}
    given["post_logout_redirect_uri"] = OUT
    where = f"/oidc/{sale}/end_session"
    for _ in range(2):  # the second time it has ended already
        answer = await (
            scene.http.get(where, params=given)
            if method == "GET"
            else scene.http.post(where, data=given)
        )
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{OUT}?state=s%261"
    assert (await scene.runtime.service.snapshot(sale)).counters.completed == 1


async def test_the_end_without_a_way_back(scene: Scene) -> None:
    """A small page says that it is over."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    hint = (await scene.tokens(sale, visitor))["id_token"]
    answer = await scene.http.get(f"/oidc/{sale}/end_session", params={"id_token_hint": hint})
    assert answer.status_code == 200
    assert "Your visit has ended" in answer.text
    assert not await scene.is_open(sale, visitor)


# --- what it says of itself


async def test_discovery_says_what_is_so(scene: Scene) -> None:
    """Every endpoint it names answers; refreshing is named only where it is allowed."""
    sale, longer = await scene.event(), await scene.event(refresh_period=60)
    where = "/oidc/{}/.well-known/openid-configuration"
    answer = await scene.http.get(where.format(sale))
    told = answer.json()
    assert told["issuer"] == f"{BASE}/oidc/{sale}"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert told["id_token_signing_alg_values_supported"] == ["ES256"]
    assert told["grant_types_supported"] == ["authorization_code"]
    assert told["request_uri_parameter_supported"] is False
    more = (await scene.http.get(where.format(longer))).json()
    assert more["grant_types_supported"] == ["authorization_code", "refresh_token"]
    for name in ("authorization", "token", "userinfo", "end_session"):
        found = await scene.http.options(told[f"{name}_endpoint"].removeprefix(BASE))
        assert found.status_code == 204
    assert (await scene.http.get(told["jwks_uri"])).json()["keys"]


async def test_old_keys_verify_after_a_rotation(scene: Scene) -> None:
    """Both are in the key set; what the old one signed is believed, what comes is the new one's."""
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    old = await scene.tokens(sale, visitor)
    scene.clock.now += 10
    await scene.runtime.add_signing_key(begins_at=scene.clock.now)
    await scene.runtime.load_keys()
    new = await scene.tokens(sale, visitor)
    assert new["id_token"].split(".")[0] != old["id_token"].split(".")[0]
    jwks = (await scene.http.get(f"/oidc/{sale}/.well-known/jwks.json")).json()
    for token in (old["id_token"], new["id_token"]):
        assert jwt.decode(token, KeySet.import_key_set(jwks)).claims["sub"] == visitor
    assert (await scene.user_info(sale, old["access_token"])).status_code == 200
    answer = await scene.authorize(sale, visitor, id_token_hint=old["id_token"])
    assert "code=" in answer.headers["location"]


@pytest.mark.parametrize(("algorithm", "hashed"), [("RS256", "sha256"), ("EdDSA", "sha512")])
async def test_the_hash_is_that_of_the_algorithm(
    tmp_path: Path, algorithm: str, hashed: str
) -> None:
    """``at_hash`` with other keys: SHA-256 for RSA, SHA-512 for Ed25519; discovery names both."""
    async with opened(tmp_path / "data", algorithm=algorithm) as scene:
        sale = await scene.event()
        tokens = await scene.tokens(sale, await scene.admitted(sale))
        where = f"/oidc/{sale}/.well-known/openid-configuration"
        told = (await scene.http.get(where)).json()
    digest = hashlib.new(hashed, tokens["access_token"].encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    assert payload(tokens["id_token"])["at_hash"] == half
    assert told["id_token_signing_alg_values_supported"] == [algorithm]


# --- while the store does not answer


async def test_without_a_store_nobody_is_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visitor goes to the room, which tries again; a silent request and a client are told so.

    The code stays good: it is used up last.
    """
    sale = await scene.event()
    visitor = await scene.admitted(sale)
    code = await scene.code(sale, visitor)

    async def gone(*_values: object, **_named: object) -> None:
        raise StoreUnavailable("as the test wants it")

    for verb in ("standing", "redeem"):
        with monkeypatch.context() as broken:
            broken.setattr(scene.runtime.service.store, verb, gone)
            answer = await scene.exchange(sale, code)
            assert answer.status_code == 503
            assert answer.json()["error"] == "temporarily_unavailable"
            assert answer.headers["retry-after"]
            if verb == "standing":
                assert "/room/" in (await scene.authorize(sale, visitor)).headers["location"]
                silent = await scene.authorize(sale, visitor, prompt="none")
                told = answer_in(silent.headers["location"])
                assert told["error"] == "temporarily_unavailable"
    with monkeypatch.context() as broken:
        broken.setattr(scene.runtime.service, "view", gone)
        page = await scene.authorize(sale, visitor)
        assert page.status_code == 503
        assert page.headers["refresh"] == page.headers["retry-after"]
        assert page.headers["retry-after"]
        room = await scene.http.get(f"/room/{sale}")
        assert (room.status_code, "refresh" in room.headers) == (503, True)
        bye = await scene.http.get(f"/oidc/{sale}/end_session", params={"id_token_hint": "x"})
        assert (bye.status_code, "refresh" in bye.headers) == (503, True)
        sent = await scene.http.post(f"/oidc/{sale}/end_session", data={"state": "x"})
        assert (sent.status_code, sent.json()["code"]) == (503, "store_unavailable")
    assert (await scene.exchange(sale, code)).status_code == 200
