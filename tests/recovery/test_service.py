"""Visitors and operators while the store has lost something: nobody is told what is not so."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from faulty import NOW, SALE, FaultyStore

from waiting import wait_until
from waitroom import patience as patience_module
from waitroom.core.model import Event, SessionStatus
from waitroom.errors import EventNotFound, EventUnknown, StoreUnavailable, TicketUnknown
from waitroom.secret import Vault
from waitroom.service import Service
from waitroom.store import Store
from waitroom.tokens.keys import KeyRing, new_signing_key

Empty = Callable[[str], Store]


@pytest.fixture
async def service(faulty: FaultyStore, secret: bytes) -> AsyncIterator[Service]:
    """The use-cases of one worker, with an event and ten in line."""
    vault = Vault(secret, "signing keys")
    keys = KeyRing(vault)
    keys.update([new_signing_key("EdDSA", vault, NOW)])
    service = Service(
        faulty.store, keys, secret, issuer_of=lambda name: f"http://a/{name}", clock=lambda: NOW
    )
    await faulty.inner.create_event(Event(event_id=SALE), NOW)
    service.views.start()
    yield service
    await service.close()


async def in_line(service: Service, people: int) -> list[str]:
    """The request IDs of so many visitors."""
    joined = await asyncio.gather(*(service.join(SALE) for _ in range(people)))
    return [one.request_id for one in joined]


async def rolled_back(faulty: FaultyStore, empty: Empty) -> Store:
    """A replica that is as the store is now, and hears of nothing more."""
    replica = empty("replica")
    await replica.restore(await faulty.line(), NOW)
    return replica


async def test_a_ticket_proves_a_roll_back(
    service: Service, faulty: FaultyStore, secret: bytes, empty: Empty
) -> None:
    """A worker that knew nothing of those places raises the counter when one of them is shown."""
    replica = await rolled_back(faulty, empty)
    *_, last = await in_line(service, 30)
    faulty.inner = replica
    other = Service(
        faulty.store, service.keys, secret, issuer_of=lambda name: name, clock=lambda: NOW
    )
    other.views.start()
    assert (await other.view(SALE)).snapshot.counters.queue == 0
    assert (await other.position(SALE, last)).queue_number == 30
    await other.views.newer(SALE)
    assert (await other.join(SALE)).position == 31
    assert (await replica.snapshots([SALE], NOW))[SALE].counters.queue == 31
    await other.close()


async def test_a_ticket_above_a_stale_view_proves_nothing(
    service: Service, faulty: FaultyStore
) -> None:
    """Places that another worker gave out a moment ago are no loss."""
    await service.view(SALE)
    *_, last = await in_line(service, 30)
    for _ in range(5):
        assert (await service.position(SALE, last)).queue_number == 30
        await service.views.newer(SALE)
    assert faulty.asked["restore"] == 0


async def test_who_is_called_is_let_in_after_a_loss(
    service: Service, faulty: FaultyStore, empty: Empty
) -> None:
    """Tokens, times and marks: the line that was lost whole is brought back for whoever asks."""
    first, second, _ = await in_line(service, 3)
    await service.advance(SALE, 2)
    await service.views.newer(SALE)
    faulty.inner = empty("second")
    assert (await service.admit(SALE, first)).access_token
    faulty.inner = empty("third")
    assert await service.expires_in(SALE, second) > 0
    faulty.inner = empty("fourth")
    assert (await service.advance(SALE, 1)).current == 3
    await service.admit(SALE, second)
    assert (await service.finish(SALE, second, SessionStatus.COMPLETED)).place.position == 2


async def test_counters_do_not_go_back_for_a_visitor(
    service: Service, faulty: FaultyStore, empty: Empty
) -> None:
    """Whatever becomes of the store, what is shown is at least what was shown."""
    replica = await rolled_back(faulty, empty)
    await in_line(service, 20)
    await service.advance(SALE, 5)
    before = (await service.views.newer(SALE)).snapshot.counters
    for store in (replica, empty("second")):
        faulty.inner = store
        after = (await service.views.newer(SALE)).snapshot.counters
        assert (after.queue >= before.queue, after.serving) == (True, before.serving)


async def test_what_was_deleted_is_unknown(service: Service, faulty: FaultyStore) -> None:
    """Its request IDs open nowhere, and operators do not find it."""
    [place] = await in_line(service, 1)
    await service.view(SALE)
    await faulty.inner.delete_event(SALE)
    faulty.deleted.add(SALE)
    for asking in (service.admit(SALE, place), service.advance(SALE, 1), service.reset(SALE)):
        with pytest.raises(EventUnknown):
            await asking
    with pytest.raises(EventNotFound):
        await service.snapshot(SALE)


async def test_a_ticket_from_before_a_reset_stays_void(
    service: Service, faulty: FaultyStore
) -> None:
    """Also for a worker that has not heard of the reset yet."""
    [place] = await in_line(service, 1)
    await service.view(SALE)
    await faulty.inner.reset_event(SALE, NOW)
    with pytest.raises(TicketUnknown):
        await service.admit(SALE, place)
    assert faulty.asked["restore"] == 0


async def test_a_store_that_hangs_holds_nobody(
    service: Service, faulty: FaultyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question ends in time, and one refresh at a time is on its way."""
    [place] = await in_line(service, 1)
    await service.view(SALE)
    faulty.answers.clear()
    with monkeypatch.context() as impatient:
        impatient.setattr(patience_module, "PATIENCE", 0.05)
        for asking in (
            service.admit(SALE, place),
            service.expires_in(SALE, place),
            service.advance(SALE, 1),
            service.snapshot(SALE),
            service.events(),
            service.active_tokens(SALE),
            service.check_store(),
        ):
            with pytest.raises(StoreUnavailable):
                await asking
    faulty.answers.set()
    await wait_until(lambda: service.views.peek(SALE), description="snapshots are read again")
    assert (await service.advance(SALE, 1)).current == 1
