"""Clients of an event on both stores: kept apart under races, undone like any setting."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from audit.conftest import whole_log
from waitroom.changes import TRIES
from waitroom.clients import KNOWN_USER, ClientDirectory
from waitroom.core.audit import Deed
from waitroom.core.clients import MAX_ADDRESSES, MAX_CLIENTS, OidcClient
from waitroom.core.model import Event, HandOver
from waitroom.errors import (
    ClientExists,
    ClientUnknown,
    EventChanged,
    EventNotFound,
    InvalidSetting,
    NotUndoable,
    StoreUnavailable,
)
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.undo import undo

ME = Deed(by="abc", source="10.0.0.1", action="add_client")
BACK = "https://shop.example/oauth2/idpresponse"


def client(name: str, *uris: str) -> OidcClient:
    """One that is asked for."""
    return OidcClient(client_id=name, redirect_uris=uris or (BACK,))


@pytest.fixture
async def directory(service: Service, secret: bytes) -> ClientDirectory:
    """The clients of an event that is there."""
    await service.create_event(Event(event_id="sale"), ME)
    return ClientDirectory(service, secret)


async def names(directory: ClientDirectory) -> list[str]:
    """The IDs of the clients."""
    return [one.client_id for one in await directory.every("sale")]


async def test_racing_additions_lose_nothing(service: Service, directory: ClientDirectory) -> None:
    """Ten administrators add one each while the line moves: all are there, each entered once."""

    async def add(n: int) -> None:
        await directory.add("sale", client(f"c{n}"), ME, public=n % 2 == 1)

    moves = (service.advance("sale", 1) for _ in range(30))
    await asyncio.gather(*(add(n) for n in range(10)), *moves)
    assert await names(directory) == [f"c{n}" for n in range(10)]
    entries = [one for one in await whole_log(service.store, "sale") if one.action == "add_client"]
    assert len(entries) == 1 + 10  # the first made the event
    sizes = [len(msgspec.json.decode(one.after).get("oidc_clients", ())) for one in entries[1:]]
    assert sizes == list(range(1, 11))


async def test_racing_additions_of_one_client(directory: ClientDirectory) -> None:
    """One is added, and its secret is the one that was shown; the others hear that it is there."""
    adds = (directory.add("sale", client("one"), ME, public=False) for _ in range(8))
    done = await asyncio.gather(*adds, return_exceptions=True)
    [made] = [one for one in done if not isinstance(one, ClientExists)]
    assert not isinstance(made, BaseException)
    [stored] = await directory.every("sale")
    assert stored.secret_digest == hashlib.sha256(made.secret.encode()).hexdigest()


async def test_removing_and_adding_at_once(directory: ClientDirectory) -> None:
    """What is removed is gone, what is added and changed is there."""
    for name in ("a", "b", "c"):
        await directory.add("sale", client(name), ME, public=False)
    await asyncio.gather(
        directory.remove("sale", "a", ME),
        directory.add("sale", client("d"), ME, public=True),
        directory.change("sale", "b", ME, redirect_uris=["https://b.example/x"]),
        directory.new_secret("sale", "c", ME),
    )
    assert await names(directory) == ["b", "c", "d"]
    changed = (await directory.every("sale"))[0]
    assert changed.redirect_uris == ("https://b.example/x",)


async def test_an_event_that_changes_every_time(
    service: Service, directory: ClientDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many tries the administrator is told to ask again; nothing was added."""
    real, moves = service.snapshot, 0

    async def overtaken(event_id: str) -> Any:
        nonlocal moves
        at = await real(event_id)
        moves += 1
        await service.store.advance(event_id, 1, service.now())
        return at

    monkeypatch.setattr(service, "snapshot", overtaken)
    with pytest.raises(EventChanged):
        await directory.add("sale", client("late"), ME, public=False)
    assert moves >= TRIES
    monkeypatch.undo()
    assert await names(directory) == []


@pytest.mark.parametrize("verb", ["add", "remove"])
async def test_a_lost_answer_is_no_second_time(
    service: Service, directory: ClientDirectory, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """The store did it, and a driver that heard nothing tried again: it is done, and no error."""
    await directory.add("sale", client("old"), ME, public=False)
    real = service.store.change_event

    async def repeated(*given: Any, **more: Any) -> Any:
        await real(*given, **more)
        return await real(*given, **more)

    monkeypatch.setattr(service.store, "change_event", repeated)
    if verb == "add":
        await directory.add("sale", client("new"), ME, public=True)
        assert await names(directory) == ["new", "old"]
    else:
        await directory.remove("sale", "old", ME)
        assert await names(directory) == []


async def test_what_is_not_there(directory: ClientDirectory) -> None:
    """An unknown event or client; a client that is there already."""
    await directory.add("sale", client("one"), ME, public=True)
    with pytest.raises(ClientExists):
        await directory.add("sale", client("one"), ME, public=True)
    for work in (
        directory.change("sale", "two", ME, redirect_uris=[BACK]),
        directory.remove("sale", "two", ME),
        directory.new_secret("sale", "two", ME),
    ):
        with pytest.raises(ClientUnknown):
            await work
    for elsewhere in (
        directory.every("tour"),
        directory.add("tour", client("one"), ME, public=True),
        directory.clear_known_user("tour", ME),
        directory.set_known_user("tour", "acme", "sale1", "key", ME),
    ):
        with pytest.raises(EventNotFound):
            await elsewhere
    with pytest.raises(InvalidSetting, match="client_id"):
        await directory.new_secret("sale", "one", ME)


async def test_there_is_an_end_to_clients(directory: ClientDirectory) -> None:
    """Of clients, and of the characters in their addresses: a log has them all in each entry."""
    long = "https://shop.example/" + "x" * 1_000
    await directory.add("sale", client("c0", *(f"{long}{n}" for n in range(15))), ME, public=True)
    with pytest.raises(InvalidSetting, match=f"redirect_uris.*{MAX_ADDRESSES}"):
        await directory.add("sale", client("c1", long + "a", long + "b"), ME, public=True)
    for n in range(1, MAX_CLIENTS):
        await directory.add("sale", client(f"c{n}", "https://a.example/"), ME, public=True)
    with pytest.raises(InvalidSetting, match=f"at most {MAX_CLIENTS}"):
        await directory.add("sale", client("more", "https://a.example/"), ME, public=True)


async def _add(directory: ClientDirectory) -> None:
    await directory.add("sale", client("two"), ME, public=False)


async def _change(directory: ClientDirectory) -> None:
    await directory.change("sale", "one", ME, redirect_uris=["https://b.example/"])


async def _remove(directory: ClientDirectory) -> None:
    await directory.remove("sale", "one", ME)


async def _secret(directory: ClientDirectory) -> None:
    await directory.new_secret("sale", "one", ME)


async def _account(directory: ClientDirectory) -> None:
    await directory.set_known_user("sale", "acme", "sale1", "another-key", ME)


async def _no_account(directory: ClientDirectory) -> None:
    await directory.clear_known_user("sale", ME)


@pytest.mark.parametrize("deed", [_add, _change, _remove, _secret, _account, _no_account])
async def test_each_of_them_can_be_undone(
    service: Service, directory: ClientDirectory, deed: Callable[[ClientDirectory], Any]
) -> None:
    """All is as it was, secrets too: what was entered at a load balancer holds again."""
    await directory.add("sale", client("one"), ME, public=False)
    await directory.set_known_user("sale", "acme", "sale0", "a-key", ME)
    before = (await service.snapshot("sale")).event
    await deed(directory)
    assert (await service.snapshot("sale")).event != before
    end = await service.audit.end("sale")
    await undo(service, "sale", end, ME)
    assert (await service.snapshot("sale")).event == before


async def test_undoing_loses_nothing_that_is_added_meanwhile(
    service: Service, directory: ClientDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its look and its step somebody adds a client: then it is not undone."""
    await directory.add("sale", client("one"), ME, public=False)
    end, real = await service.audit.end("sale"), service.change_event

    async def late(*given: Any, **more: Any) -> Any:
        monkeypatch.undo()
        await directory.add("sale", client("two"), ME, public=False)
        return await real(*given, **more)

    monkeypatch.setattr(service, "change_event", late)
    with pytest.raises(NotUndoable, match="changed again since"):
        await undo(service, "sale", end, ME)
    assert await names(directory) == ["one", "two"]


async def test_the_account(service: Service, directory: ClientDirectory, secret: bytes) -> None:
    """Its key is sealed for its event, and it stays while visitors are handed over with it."""
    await directory.set_known_user("sale", "acme", "sale-1", "k" * 72, ME)
    known = (await service.snapshot("sale")).event.knownuser
    assert known is not None
    vault = Vault(secret, KNOWN_USER)
    assert vault.open(bytes.fromhex(known.sealed), "sale") == b"k" * 72
    await service.change_event("sale", {"hand_over": HandOver.KNOWNUSER})
    with pytest.raises(InvalidSetting, match="hand_over"):
        await directory.clear_known_user("sale", ME)
    await service.change_event("sale", {"hand_over": HandOver.CODE})
    await directory.clear_known_user("sale", ME)
    end = await service.audit.end("sale")
    await directory.clear_known_user("sale", ME)  # there is none: nothing is entered
    assert await service.audit.end("sale") == end


@pytest.mark.parametrize(
    ("field", "account"),
    [
        ("customer_id", ("ac me", "sale1", "key")),
        ("queue_event_id", ("acme", "sale_1", "key")),
        ("queue_event_id", ("acme", "", "key")),
        ("secret_key", ("acme", "sale1", "")),
        ("secret_key", ("acme", "sale1", "k" * 257)),
        ("secret_key", ("acme", "sale1", "schlüssel")),
        ("secret_key", ("acme", "sale1", "a key\n")),
    ],
)
async def test_an_account_that_is_none(
    directory: ClientDirectory, field: str, account: tuple[str, str, str]
) -> None:
    """The field is named; the key is not repeated."""
    with pytest.raises(InvalidSetting, match=field) as refused:
        await directory.set_known_user("sale", *account, ME)
    assert "schl" not in str(refused.value)


async def test_a_store_that_is_away(
    service: Service, directory: ClientDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said, and not tried again and again."""
    asked = 0

    async def away(*_given: Any, **_more: Any) -> Any:
        nonlocal asked
        asked += 1
        raise StoreUnavailable("away")

    monkeypatch.setattr(service.store, "change_event", away)
    with pytest.raises(StoreUnavailable):
        await directory.add("sale", client("one"), ME, public=False)
    assert asked == 1
