"""Whatever a stranger sends, the gate opens for good tokens only and leads nowhere but to the room.

Each row is an attack; what must change with it: the table in ``docs/forward-auth.md``.
"""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest

from waitroom.core.claims import token_claims
from waitroom.core.model import Place, Session, SigningKey
from waitroom.errors import SecretMissing, StoreUnavailable, WaitroomError
from waitroom.public.forwarded import MAX_URI, Trust
from waitroom.tokens.sign import sign_tokens

from .desk import ENTER, EVENT, SHOP, STRANGER, Desk, Headers, desk, reason, returns_to, value


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# --- who is believed


async def test_forwarding_headers_of_a_stranger(gate: Desk) -> None:
    """A stranger who speaks as a gateway does is told to go to the room, and to no return URL."""
    for more in (
        [(b"x-original-url", b"https://shop.example/checkout")],
        [(b"x-forwarded-for", b"127.0.0.1"), (b"forwarded", b"for=127.0.0.1")],
    ):
        reply = await gate.ask(client=STRANGER, more=more)
        assert value(reply, "location") == ENTER
    reply = await gate.ask(client=STRANGER, check=f"/verify/{EVENT}/checkout")
    assert value(reply, "location") == ENTER


async def test_a_code_in_a_strangers_header(gate: Desk) -> None:
    """A stranger's forwarded URI is not read, so no code in it is used up."""
    request_id, _ = await gate.admit()
    uri = await gate.code_for(request_id)
    assert value(await gate.ask(uri, client=STRANGER), "location") == ENTER
    assert value(await gate.ask(uri), "set-cookie")


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("::ffff:10.2.0.1", False),
        ("fd00::1", True),
        ("fe80::1%eth0", False),
        ("::a01:203", False),
        ("", False),
        ("unix:", False),
        ("10.1.2.3.4", False),
        ("0x0a010203", False),
    ],
)
def test_peers(peer: str, trusted: bool) -> None:
    """A peer is a gateway if its address lies in a network, also as IPv4 within IPv6."""
    trust = Trust(("10.1.0.0/16", "fd00::/8"))
    assert [trust((peer, "1")) for _ in range(2)] == [trusted, trusted]
    assert Trust(("::ffff:10.1.0.0/112",))((peer, "1")) is (trusted and "10" in peer)
    assert not trust(None)
    assert not Trust(())((peer, "1"))


# --- where visitors are led

HOSTS = [
    "evil.example",
    "shop.example.evil.example",
    "evil.example#shop.example",
    "shop.example@evil.example",
    "shop.example:443@evil.example",
    "evil.example\\shop.example",
    "shop。example",
    "sh\u200eop.example",
    "shop.example:99999",
    "",
    "[::1",
    "x" * 9000,
]


async def test_host_tricks(gate: Desk) -> None:
    """A host that is not of the event's sites is not returned to, whatever it looks like."""
    for host in (name.encode() for name in HOSTS):
        for more in (
            [(b"x-forwarded-host", host), (b"x-forwarded-uri", b"/checkout")],
            [(b"x-original-url", b"https://" + host + b"/checkout")],
        ):
            reply = await gate.ask(bare=True, more=more)
            assert reply.status == 303, more
            assert returns_to(reply).removeprefix(SHOP) in {"", "/", "/checkout"}, more


PATHS = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "@evil.example",
    ".evil.example",
    ":99@evil.example/",
    "/%2e%2e//evil.example",
    "/..;/evil",
    "/%00",
    "/\x00",
    "/\u202egpj.exe",
    "/a b\tc",
    "/a#@evil.example",
    "?return=https://evil.example",
    "/checkout?return=https://evil.example&x=//evil",
    "",
    "*",
    "/" + "a" * 2500,
    "/" + "%" * 8000,
    "/" + "a" * MAX_URI,
]


@pytest.mark.parametrize("deny", ["redirect", "status"])
async def test_path_tricks(gate: Desk, deny: str) -> None:
    """Whatever the URI is, the visitor goes to the room, which returns to the shop's own origin."""
    for path in PATHS:
        reply = await gate.ask(path.encode(), query=f"deny={deny}")
        assert reply.status == {"redirect": 303, "status": 401}[deny], path
        back = returns_to(reply)
        assert back == "" or back.startswith(f"{SHOP}/"), path
        assert all(32 <= byte < 127 for _, v in reply.headers for byte in v), path


async def test_path_tricks_with_a_token(gate: Desk) -> None:
    """Nor does a good token in the URI lead anywhere but to the shop's own origin."""
    _, token = await gate.admit()
    for path in PATHS:
        mark = "&" if "?" in path else "?"
        reply = await gate.ask(f"{path}{mark}waitroom_token={token}".encode())
        location = value(reply, "location")
        assert reply.status == 303, path
        assert token not in location, path
        assert location == ENTER or location.startswith((f"{SHOP}/", f"{ENTER}?")), path
        assert all(32 <= byte < 127 for _, v in reply.headers for byte in v), path


@pytest.mark.parametrize(
    "more",
    [
        [(b"x-forwarded-uri", b"/elsewhere")],
        [(b"x-original-uri", b"/elsewhere")],
        [(b"x-original-url", b"https://evil.example/elsewhere")],
    ],
    ids=["twice", "uri", "url"],
)
async def test_two_uris(gate: Desk, more: Headers) -> None:
    """A gateway that passes on what a visitor sent beside its own says two things: none counts."""
    assert value(await gate.ask(more=more), "location") == ENTER


async def test_a_list_of_hosts(gate: Desk) -> None:
    """Of a list, only what the gateway itself put at its end counts."""
    await gate.event("two", return_urls=(f"{SHOP}/", "https://other.example/"))
    for host in ("other.example, shop.example", "evil.example,shop.example"):
        reply = await gate.ask(host=host, check="/verify/two")
        assert "shop.example" in value(reply, "location")
        assert "other" not in value(reply, "location")
    reply = await gate.ask(
        host="other.example", check="/verify/two", more=[(b"x-forwarded-host", b"shop.example")]
    )
    assert "shop.example" in value(reply, "location")


async def test_method_override(gate: Desk) -> None:
    """Only the gateway's word says what the method is; a POST is never sent elsewhere."""
    override = [(b"x-http-method-override", b"GET"), (b"x-method-override", b"GET")]
    assert (await gate.ask(method="POST", more=override)).status == 401
    said_twice = [(b"x-forwarded-method", b"POST")]
    assert (await gate.ask(more=said_twice)).status == 303  # of two words neither: the check's GET


# --- what counts as a token


async def test_a_token_on_a_post_is_not_kept(gate: Desk) -> None:
    """The token in the query of a POST counts for that request; a redirect would lose the body."""
    _, token = await gate.admit()
    reply = await gate.ask(f"/checkout?waitroom_token={token}", method="POST")
    assert (reply.status, value(reply, "set-cookie")) == (200, "")


async def test_a_code_works_once(gate: Desk) -> None:
    """A replayed code is as good as none: to the room, or on with the cookie that is there."""
    request_id, token = await gate.admit()
    uri = await gate.code_for(request_id)
    assert value(await gate.ask(uri), "set-cookie")
    again = await gate.ask(uri)
    assert (again.status, reason(again)) == (303, "code_refused")
    assert "waitroom_code" not in value(again, "location")
    kept = await gate.ask(uri, cookie=token)
    assert (kept.status, value(kept, "location")) == (303, f"{SHOP}/checkout")
    assert not value(kept, "set-cookie")


async def test_a_code_for_another_site(gate: Desk) -> None:
    """A code is for the site it was made for: another site of the same event cannot use it."""
    sites = (f"{SHOP}/", "https://other.example/")
    await gate.runtime.service.change_event(EVENT, {"return_urls": sites})
    await gate.runtime.service.views.newer(EVENT)
    request_id, _ = await gate.admit()
    uri = await gate.code_for(request_id)
    assert reason(await gate.ask(uri, host="other.example")) == "code_refused"
    assert value(await gate.ask(uri), "set-cookie")


async def test_another_events_token(gate: Desk) -> None:
    """A token of one event opens no other."""
    await gate.event("other")
    _, token = await gate.admit("other")
    assert reason(await gate.ask(cookie=token)) == "audience"


async def test_another_tokens_use(gate: Desk) -> None:
    """A refresh or id token is no access token."""
    joined = await gate.runtime.service.join(EVENT)
    await gate.runtime.service.advance(EVENT, 1)
    tokens = await gate.runtime.service.admit(EVENT, joined.request_id)
    for other in (tokens.refresh_token, tokens.id_token):
        assert reason(await gate.ask(cookie=other)) == "token_use"


async def test_another_epoch(gate: Desk) -> None:
    """A token of before a reset is refused, although it was remembered and its signature holds."""
    _, token = await gate.admit()
    assert (await gate.ask(cookie=token)).status == 200
    await gate.runtime.service.reset(EVENT)
    await gate.runtime.service.views.newer(EVENT)
    assert reason(await gate.ask(cookie=token)) == "reset"
    assert reason(await gate.ask(cookie=token, query="session=1")) == "reset"


async def test_an_epoch_not_heard_of_yet(gate: Desk) -> None:
    """A token of after a reset counts at once, also here where the reset is not known yet."""
    await gate.ask()
    before = gate.runtime.service.views.peek(EVENT)
    await gate.runtime.service.reset(EVENT)
    await gate.runtime.service.views.newer(EVENT)
    _, token = await gate.admit()
    assert before is not None
    before.taken = float("inf")  # as fresh as can be
    gate.runtime.service.views._views[EVENT] = before
    assert (await gate.ask(cookie=token)).status == 200


async def test_forged_tokens(tmp_path: Path) -> None:
    """alg none, HS256 with the public key, another key under our kid: none passes."""
    async with desk(tmp_path / "data", algorithm="RS256") as gate:
        _, token = await gate.admit()
        head, payload, _ = token.split(".")
        ours = json.loads(base64.urlsafe_b64decode(head + "=="))
        jwks = gate.runtime.keys.jwks
        for changed in ({}, {"alg": "none"}, {"alg": "HS256"}, {"kid": "../../x"}):
            text = f"{b64(json.dumps(ours | changed).encode())}.{payload}"
            for mac in (b"", b"x" * 256, hmac.digest(jwks, text.encode(), "sha256")):
                forged = f"{text}.{b64(mac)}"
                assert (await gate.ask(cookie=forged)).status == 303
                assert (await gate.ask(bearer=forged)).status == 303
        assert (await gate.ask(cookie=token)).status == 200


async def test_a_request_id_that_nobody_made(gate: Desk) -> None:
    """Signed by us but for no place of this line: refused, since no place is sealed in it."""
    now = int(gate.clock.now)
    made = Session(Place(1, now), now, now + 60, issuer="https://queue.example/oidc/sale")
    claims = token_claims(EVENT, "0123abcd-0123-0123-0123-0123456789ab", made)
    token = sign_tokens(gate.runtime.keys.signing(now), claims)[0]
    assert reason(await gate.ask(cookie=token)) == "reset"


@pytest.mark.parametrize("bad", ["", "x", "a.b.c", "." * 9000, "=" * 9000, '"', "\xff"])
async def test_cookie_tossing(gate: Desk, bad: str) -> None:
    """Of cookies of our name that were planted, up to two before the good one lock nobody out."""
    _, token = await gate.admit()
    name = f"waitroom_{EVENT}"
    for planted in (f"{bad}; {name}={token}", f"{bad}; {name}=y; {name}={token}"):
        assert (await gate.ask(cookie=planted)).status == 200
    four = f"{bad}1; {name}=y; {name}=z; {name}={token}"
    assert (await gate.ask(cookie=four)).status == 303


@pytest.mark.parametrize(
    "more",
    [
        [(b"cookie", b"a=b; " * 8000)],
        [(b"cookie", b";" * 40_000)],
        [(b"authorization", b"Bearer " + b"x" * 9000)],
        [(b"authorization", b"Bearer \xff\x00"), (b"authorization", b"Basic x")],
        [(b"accept", b"," * 9000)],
        [(b"x-forwarded-uri", b"\xff" * 9000)],
        [(b"x-forwarded-method", b"G" * 9000)],
        [(b"x-forwarded-proto", b"javascript")],
    ],
    ids=["cookies", "crumbs", "bearer", "two", "accept", "uri", "method", "proto"],
)
async def test_too_much_of_everything(gate: Desk, more: Headers) -> None:
    """Headers beyond measure are refused as if they were not there; nothing breaks."""
    reply = await gate.ask(more=more)
    assert reply.status in {303, 401}
    assert len(value(reply, "location")) < 8 * 1024


async def test_two_bearers(gate: Desk) -> None:
    """Authorization sent twice does not count: gateways differ on which of the two they read."""
    _, token = await gate.admit()
    twice: dict[str, Any] = {"more": [(b"authorization", f"Bearer {token}".encode())]}
    assert (await gate.ask(bearer=token, **twice)).status == 303


async def test_made_up_kids(gate: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tokens name keys that are not known, the store's ring is looked at once."""
    _, token = await gate.admit()
    _, payload, signature = token.split(".")
    looks = 0
    signing_keys = gate.runtime.store.signing_keys

    async def counted() -> list[SigningKey]:
        nonlocal looks
        looks += 1
        return await signing_keys()

    monkeypatch.setattr(gate.runtime.store, "signing_keys", counted)
    monkeypatch.setattr("waitroom.public.inquiry.RING_FLOOR", 1e9)
    gate.gate._means._looked_at = float("-inf")
    background = 2  # the ring is looked at every two seconds anyway
    for n in range(1_000):
        head = b64(json.dumps({"alg": "ES256", "typ": "JWT", "kid": f"k{n}"}).encode())
        reply = await gate.ask(cookie=f"{head}.{payload}.{signature}")
        assert reason(reply) == "unknown_key"
    assert 1 <= looks <= 1 + background


@pytest.mark.parametrize("trouble", [StoreUnavailable("away"), SecretMissing("another secret")])
async def test_a_made_up_kid_while_the_ring_cannot_be_read(
    gate: Desk, monkeypatch: pytest.MonkeyPatch, trouble: WaitroomError
) -> None:
    """It is not known, and that is all that a stranger hears."""
    _, token = await gate.admit()
    look = AsyncMock(side_effect=trouble)
    monkeypatch.setattr(gate.runtime.store, "signing_keys", look)
    head = b64(json.dumps({"alg": "ES256", "typ": "JWT", "kid": "k"}).encode())
    made_up = f"{head}.{token.partition('.')[2]}"
    assert reason(await gate.ask(cookie=made_up)) == "unknown_key"
    look.assert_awaited()
    assert (await gate.ask(cookie=token)).status == 200
