"""What a gateway is told: to let a request through, to send the visitor elsewhere, or no."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from waitroom.core.model import Session, SessionStatus
from waitroom.errors import EventUnknown, InvalidField, StoreUnavailable
from waitroom.public import guarded

from .desk import EVENT, SHOP, STRANGER, Desk, desk, reason, returns_to, value


async def test_a_good_token_passes_and_is_told_about(gate: Desk) -> None:
    """200 without a body, with what the token says, never to be stored."""
    request_id, token = await gate.admit()
    for reply in (await gate.ask(cookie=token), await gate.ask(bearer=token)):
        assert (reply.status, reply.content) == (200, b"")
        assert value(reply, "x-waitroom-event-id") == EVENT
        assert value(reply, "x-waitroom-request-id") == request_id
        assert value(reply, "x-waitroom-queue-position") == "1"
        assert int(value(reply, "x-waitroom-expires-at")) == gate.clock.now + 3600
        assert value(reply, "cache-control") == "no-store"


async def test_a_page_without_a_token_leads_to_the_room(gate: Desk) -> None:
    """303 to the room, which knows the whole address to come back to."""
    reply = await gate.ask("/checkout?size=1&size=2")
    assert reply.status == 303
    assert returns_to(reply) == f"{SHOP}/checkout?size=1&size=2"
    assert value(reply, "cache-control") == "no-store"


async def test_a_call_without_a_token_is_refused(gate: Desk) -> None:
    """What is no page gets 401 and no location, however the gateway wants to be told."""
    for query in ("", "deny=status"):
        reply = await gate.ask(query=query, accept="application/json")
        assert reply.status == 401
        assert value(reply, "www-authenticate") == "Bearer"
        assert not value(reply, "location") + value(reply, "x-waitroom-location")


async def test_denied_by_status(gate: Desk) -> None:
    """For gateways that know 2xx and 401 only: 401, and where to in a header of its own."""
    reply = await gate.ask(query="deny=status")
    assert (reply.status, value(reply, "www-authenticate")) == (401, "Bearer")
    assert returns_to(reply) == f"{SHOP}/checkout"
    assert not value(reply, "location")


@pytest.mark.parametrize("deny", ["redirect", "status"])
async def test_a_code_becomes_a_cookie(gate: Desk, deny: str) -> None:
    """A one-time code in the forwarded URI is redeemed: the cookie, and the URI without it."""
    request_id, token = await gate.admit()
    uri = await gate.code_for(request_id, "/checkout?size=1")
    reply = await gate.ask(uri, query=f"deny={deny}")
    assert reply.status == {"redirect": 303, "status": 401}[deny]
    where = "location" if deny == "redirect" else "x-waitroom-location"
    assert value(reply, where) == f"{SHOP}/checkout?size=1"
    cookie = value(reply, "set-cookie")
    assert cookie.startswith(f"waitroom_{EVENT}={token}; ")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


async def test_behind_the_path(gate: Desk) -> None:
    """A gateway that puts the visitor's path behind ours: method, host and query are theirs."""
    asked: dict[str, Any] = {"bare": True, "more": [(b"host", b"shop.example")]}
    reply = await gate.ask(check=f"/verify/{EVENT}/check%2Fout", query="a=1&deny=status", **asked)
    assert reply.status == 303
    assert returns_to(reply) == f"{SHOP}/check%2Fout?a=1&deny=status"
    reply = await gate.ask(check=f"/verify/{EVENT};deny=status/checkout", **asked)
    assert reply.status == 401
    assert returns_to(reply) == f"{SHOP}/checkout"
    reply = await gate.ask(check=f"/verify/{EVENT}/checkout", method="POST", **asked)
    assert reply.status == 401


@pytest.mark.parametrize(
    "told",
    [
        [(b"x-original-url", b"https://shop.example/checkout?a=1")],
        [(b"x-original-uri", b"/checkout?a=1"), (b"x-original-method", b"GET")],
        [(b"x-forwarded-uri", b"https://shop.example/checkout?a=1")],
    ],
    ids=["url", "uri", "absolute"],
)
async def test_other_names_for_the_uri(gate: Desk, told: list[tuple[bytes, bytes]]) -> None:
    """Each way in which gateways name what the visitor asked for is understood."""
    reply = await gate.ask(bare=True, more=told)
    assert returns_to(reply) == f"{SHOP}/checkout?a=1"


async def test_several_sites(gate: Desk) -> None:
    """Of an event with several sites, the one that was asked for is returned to."""
    await gate.runtime.service.change_event(
        EVENT, {"return_urls": (f"{SHOP}/", "https://other.example:8443/")}
    )
    await gate.runtime.service.views.newer(EVENT)
    for host, origin in [
        ("OTHER.example:8443", "https://other.example:8443"),
        ("shop.example:443", SHOP),
        ("elsewhere.example", SHOP),
    ]:
        assert returns_to(await gate.ask(host=host)) == f"{origin}/checkout"
    # TLS that ends in front of the gateway does not make another site of it.
    assert returns_to(await gate.ask(proto="http")) == f"{SHOP}/checkout"


async def test_only_where_the_room_would_go(tmp_path: Path) -> None:
    """A path that the event does not return to is left out, rather than leading to an error."""
    async with desk(tmp_path / "data") as gate:
        await gate.event("narrow", return_urls=(f"{SHOP}/tickets",), target_url="")
        for uri, back in [("/tickets/1", f"{SHOP}/tickets/1"), ("/checkout", "")]:
            reply = await gate.ask(uri, check="/verify/narrow")
            location = value(reply, "location")
            assert location.startswith("https://queue.example/enter/narrow")
            assert ("return=" in location) == bool(back)


async def test_options_are_read_strictly(gate: Desk) -> None:
    """A slip of the pen in an option fails at once, and opens nothing."""
    for query in (
        "sesion=1",
        "deny=maybe",
        "session=1&session=0",
        "session",
        "session=1" + "&" * 300,
    ):
        with pytest.raises(InvalidField):
            await gate.ask(query=query)
    with pytest.raises(InvalidField):
        await gate.ask(check=f"/verify/{EVENT};sesion=1/checkout", bare=True)


async def test_events_that_are_not_there(gate: Desk) -> None:
    """An event that nobody made, and what cannot be an ID, are errors of the gateway's."""
    with pytest.raises(EventUnknown):
        await gate.ask(check="/verify/nothing")
    for bad in ("", "..", "%73ale", "a" * 65, "a\0"):
        with pytest.raises(InvalidField):
            await gate.ask(check=f"/verify/{bad}")


@pytest.mark.parametrize("status", [SessionStatus.COMPLETED, SessionStatus.ABANDONED])
async def test_a_session_that_ended(gate: Desk, status: SessionStatus) -> None:
    """With session=1 a token counts while its session is open; without, until it expires."""
    request_id, token = await gate.admit()
    reply = await gate.ask(cookie=token, query="session=1")
    assert (reply.status, value(reply, "x-waitroom-session")) == (200, "open")
    await gate.runtime.service.finish(EVENT, request_id, status)
    gate.gate._means.sessions._asked.clear()  # a second later
    refused = await gate.ask(cookie=token, query="session=1")
    assert (refused.status, reason(refused)) == (303, "session_ended")
    assert (await gate.ask(cookie=token)).status == 200


async def test_another_open_session_counts(gate: Desk) -> None:
    """A planted token of a session that ended does not hide a good one behind it."""
    ended, planted = await gate.admit()
    _, token = await gate.admit()
    await gate.runtime.service.finish(EVENT, ended, SessionStatus.COMPLETED)
    reply = await gate.ask(cookie=f"{planted}; waitroom_{EVENT}={token}", query="session=1")
    assert (reply.status, value(reply, "x-waitroom-queue-position")) == (200, "2")


async def test_a_page_of_assets_costs_one_read(gate: Desk, monkeypatch: Any) -> None:
    """Fifty checks of one visitor at once share one look at the session."""
    _, token = await gate.admit()
    reads = 0
    service = gate.runtime.service
    session = service.session

    async def counted(event_id: str, request_id: str) -> Session:
        nonlocal reads
        reads += 1
        return await session(event_id, request_id)

    monkeypatch.setattr(service, "session", counted)
    asked = [gate.ask(cookie=token, query="session=1") for _ in range(50)]
    assert {reply.status for reply in await asyncio.gather(*asked)} == {200}
    assert reads == 1


async def test_without_the_store(gate: Desk, monkeypatch: Any) -> None:
    """A store that does not answer takes no site with it: the signature still counts."""
    _, token = await gate.admit()
    assert (await gate.ask(cookie=token)).status == 200
    service = gate.runtime.service

    async def away(*_: object) -> Session:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(service.views, "peek", lambda _event_id: None)
    monkeypatch.setattr(service.views, "get", away)
    monkeypatch.setattr(service, "session", away)
    reply = await gate.ask(cookie=token, query="session=1")
    assert (reply.status, value(reply, "x-waitroom-session")) == (200, "unknown")
    assert (await gate.ask(cookie="x" * 20)).status == 303
    gate.gate._means.events._known.clear()
    with pytest.raises(StoreUnavailable):  # never heard of since the start: nothing to go by
        await gate.ask(cookie=token)


async def test_nobody_waits_twice_for_a_store_that_hangs(gate: Desk, monkeypatch: Any) -> None:
    """Of a store that hangs the first checks wait a moment; those after them do not at all."""
    _, token = await gate.admit()
    assert (await gate.ask(cookie=token)).status == 200
    waited = 0

    async def hangs(_event_id: str) -> None:
        nonlocal waited
        waited += 1
        await asyncio.Event().wait()

    monkeypatch.setattr(guarded, "PATIENCE", 0.01)
    monkeypatch.setattr(gate.runtime.service.views, "peek", lambda _event_id: None)
    monkeypatch.setattr(gate.runtime.service.views, "get", hangs)
    for _ in range(5):
        assert (await gate.ask(cookie=token)).status == 200
    assert waited == 1


async def test_what_was_verified_is_forgotten_in_time(gate: Desk) -> None:
    """A token that was remembered ends at its very second, and with its key."""
    _, token = await gate.admit()
    assert (await gate.ask(cookie=token)).status == 200
    gate.clock.now += 3599.9
    assert (await gate.ask(cookie=token)).status == 200
    gate.clock.now += 0.1
    assert reason(await gate.ask(cookie=token)) == "expired"
    memory, keys = gate.gate._means.memory, gate.runtime.keys
    keys.jwks = bytes(bytearray(keys.jwks))  # the ring was read anew
    assert memory.keys()
    assert memory.find(token) is None


async def test_memory_is_bounded(gate: Desk, monkeypatch: Any) -> None:
    """However many tokens come by, no more are kept than there is room for."""
    monkeypatch.setattr("waitroom.public.verified.MAX_VERIFIED", 3)
    tokens = [(await gate.admit())[1] for _ in range(5)]
    for token in tokens:
        assert (await gate.ask(cookie=token)).status == 200
    assert list(gate.gate._means.memory._verified) == tokens[2:]


async def test_no_trust_no_return(gate: Desk) -> None:
    """A peer that is no gateway of ours is told about its own token, and led to the room alone."""
    _, token = await gate.admit()
    assert (await gate.ask(cookie=token, client=STRANGER)).status == 200
    reply = await gate.ask(client=STRANGER)
    assert (reply.status, value(reply, "location")) == (303, "https://queue.example/enter/sale")
