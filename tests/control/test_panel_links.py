"""One-time links into the panel: five minutes, once, with the scopes they were made with."""

from __future__ import annotations

import asyncio

import pytest
from planes import NOW, Plane

from waitroom.apikeys import KEPT, SESSION_SECONDS, ApiKeys, Caller
from waitroom.errors import InvalidField, Unauthorized
from waitroom.panel_links import LINK_SECONDS, PanelLinks


@pytest.fixture
def links(plane: Plane, secret: bytes) -> PanelLinks:
    """Those of one plane."""
    return PanelLinks(plane.store, secret, lambda: plane.time)


@pytest.fixture
def keys(plane: Plane, secret: bytes) -> ApiKeys:
    """The keys beside them."""
    return ApiKeys(plane.store, secret, lambda: plane.time)


async def test_a_link(plane: Plane, links: PanelLinks, keys: ApiKeys) -> None:
    """Whoever takes it has a session with its scopes, which ends when it is revoked."""
    link, code = links.make(["session", "read", "read"], "cli:me")
    assert link.scopes == ("read", "session")
    assert await plane.store.api_keys() == []  # making one stores nothing
    caller = await links.take(code)
    assert caller == Caller(link.key_id, "one-time link of cli:me", ("read", "session"))
    cookie = keys.open_session(caller)
    assert await keys.by_session(cookie) == caller
    await keys.revoke(link.key_id)
    with pytest.raises(Unauthorized):
        await keys.by_session(cookie)


async def test_once(links: PanelLinks) -> None:
    """Of many who bring it at once one is let in; whoever comes later is not."""
    _, code = links.make(["admin"], "cli:me")
    came = await asyncio.gather(*(links.take(code) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Caller) for one in came) == 1
    assert sum(isinstance(one, Unauthorized) for one in came) == 7
    with pytest.raises(Unauthorized, match="has been used"):
        await links.take(code)


async def test_five_minutes(plane: Plane, links: PanelLinks) -> None:
    """Then it is void; one from the future as well, but for clocks that differ a little."""
    _, code = links.make(["admin"], "cli:me")
    for late in (LINK_SECONDS, -61):
        plane.time = NOW + late
        with pytest.raises(Unauthorized, match="not valid any more"):
            await links.take(code)
    plane.time = NOW + LINK_SECONDS - 1
    assert await links.take(code)


async def test_what_is_no_link(plane: Plane, links: PanelLinks) -> None:
    """Forged, altered or of another deployment: refused, and nothing is stored."""
    _, code = links.make(["read"], "cli:me")
    _, foreign = PanelLinks(plane.store, b"x" * 40, lambda: plane.time).make(["admin"], "cli:me")
    for bad in ("", "x", code[:-1], code + "A", code[::-1], foreign, "A" * 20_000, "é"):
        with pytest.raises(Unauthorized, match="not valid any more"):
            await links.take(bad)
    assert await plane.store.api_keys() == []


async def test_what_it_leaves_behind_opens_nothing(links: PanelLinks, keys: ApiKeys) -> None:
    """Its credential is no bearer key and no key to sign with."""
    link, code = links.make(["admin"], "cli:me")
    await links.take(code)
    for key in (link.key_id, f"wr_{link.key_id}_", f"wr_{link.key_id}_{code}"):
        with pytest.raises(Unauthorized):
            await keys.by_bearer(key)
    with pytest.raises(Unauthorized):
        await keys.signing_secret(link.key_id)


async def test_listed_while_it_matters(plane: Plane, links: PanelLinks, keys: ApiKeys) -> None:
    """Beside the keys, so that it can be revoked, until no session of it can be open."""
    made = await keys.create("mine", ["read"])
    link, code = links.make(["admin"], "cli:me")
    await links.take(code)
    assert made is not None
    assert {key.key_id for key in await keys.list()} == {made.key_id, link.key_id}
    plane.time += SESSION_SECONDS
    assert {key.key_id for key in await keys.list()} == {made.key_id}


async def test_a_session_that_is_ended(plane: Plane, links: PanelLinks, keys: ApiKeys) -> None:
    """Its cookie is good for nothing any more; others of the same key and second go on."""
    made = await keys.create("mine", ["read"])
    assert made is not None
    mine = await keys.by_bearer(made.key)
    _, code = links.make(["admin"], "cli:me")
    for caller in (mine, await links.take(code)):
        ended, other = keys.open_session(caller), keys.open_session(caller)
        await keys.end_session(ended)
        await keys.end_session(ended)
        for late in (0, SESSION_SECONDS - 1):
            plane.time = NOW + late
            with pytest.raises(Unauthorized, match="has ended"):
                await keys.by_session(ended)
            assert await keys.by_session(other) == caller
        plane.time = NOW
    assert len(await keys.list()) == 2  # the marks are no keys


async def test_what_is_no_session_ends_nothing(plane: Plane, keys: ApiKeys) -> None:
    """A cookie that is forged or past its time leaves no mark."""
    cookie = keys.open_session(Caller("k", "", ("read",)))
    plane.time += SESSION_SECONDS
    for bad in ("", "x", "..", cookie[:-1], cookie, "é" + cookie, cookie + "\udc80"):
        with pytest.raises(Unauthorized):
            await keys.end_session(bad)
    assert await plane.store.api_keys() == []


async def test_what_stays_behind_is_swept(plane: Plane, links: PanelLinks, keys: ApiKeys) -> None:
    """Taken links and ended sessions go as others come, past their time; keys stay for good."""
    made = await keys.create("mine", ["read"])
    assert made is not None
    cookies = []
    for late in (0, KEPT, KEPT + 1):
        plane.time = NOW + late
        caller = await links.take(links.make(["admin"], "cli:me")[1])
        cookies.append(keys.open_session(caller))
        await keys.end_session(cookies[-1])
        left = {key.key_id.partition("-")[0] for key in await plane.store.api_keys()}
        assert left == {made.key_id, "link", "ended"}
        assert len(await plane.store.api_keys()) == (3 if late == 0 else 5)
    plane.time += SESSION_SECONDS - 1
    with pytest.raises(Unauthorized):  # as long as it could be one, it is known that it is none
        await keys.by_session(cookies[-1])


@pytest.mark.parametrize("scopes", [[], ["all"], ["read", ""]])
def test_scopes_that_are_none(links: PanelLinks, scopes: list[str]) -> None:
    """Refused when the link is made."""
    with pytest.raises(InvalidField):
        links.make(scopes, "cli:me")
