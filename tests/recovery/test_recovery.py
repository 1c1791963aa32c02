"""A store that has lost something gets it back from whoever remembers it."""

import asyncio
from collections.abc import Callable, Collection

import msgspec
import pytest
from faulty import NOW, SALE, FaultyStore
from structlog.testing import capture_logs

from waitroom.apikeys import ENDED_PREFIX, LINK_PREFIX
from waitroom.core.facts import Subscription
from waitroom.core.model import ApiKey, Event, Floor, SigningKey, Snapshot, State
from waitroom.core.recollection import LEAST_GAP
from waitroom.errors import StoreUnavailable
from waitroom.recovery import Belongings, Recovery
from waitroom.store import Store

Empty = Callable[[str], Store]


async def under_way(store: FaultyStore, *memories: Recovery, event_id: str = SALE) -> int:
    """An event with ten in line and three called, as all ``memories`` have seen it; its epoch."""
    epoch = (await store.inner.create_event(Event(event_id=event_id), NOW)).epoch
    await store.inner.join(event_id, 10, NOW)
    await store.inner.advance(event_id, 3, NOW)
    for memory in memories:
        await memory.snapshots([event_id], NOW)
    return epoch


async def test_a_store_in_order_is_left_alone(faulty: FaultyStore, recovery: Recovery) -> None:
    """Whatever is done and read at the same time, nothing is restored and nothing said."""
    epoch = await under_way(faulty, recovery)

    async def join() -> None:
        for _ in range(30):
            given = await faulty.inner.join(SALE, 3, NOW)
            recovery.seen.given_out(SALE, Floor(epoch, given.first + 2), NOW)

    async def operate() -> None:
        for by in (5, -4, 2, -1) * 5:
            await faulty.inner.advance(SALE, by, NOW)
            await faulty.inner.change_event(SALE, {"title": str(by)}, NOW)

    async def read() -> None:
        for _ in range(40):
            await recovery.snapshots([SALE], NOW)

    with capture_logs() as said:
        await asyncio.gather(join(), join(), operate(), read(), read(), read())
        await faulty.inner.reset_event(SALE, NOW)
        assert (await recovery.snapshots([SALE], NOW))[SALE].counters.queue == 0
    assert (faulty.asked["restore"], faulty.asked["lost"], said) == (0, 0, [])


async def test_the_end_of_a_line_comes_back(
    faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """After a failover to a store that lacks the last writes; before anybody is shown it."""
    early = await under_way(faulty)
    replica = empty("replica")
    await replica.restore(await faulty.line(), NOW)
    await faulty.inner.join(SALE, 5, NOW)
    await faulty.inner.advance(SALE, 4, NOW)
    await faulty.inner.change_event(SALE, {"state": State.CLOSED, "title": "late"}, NOW)
    before = (await recovery.snapshots([SALE], NOW))[SALE]
    faulty.inner = replica
    with capture_logs() as said:
        found = (await recovery.snapshots([SALE], NOW))[SALE]
        await recovery.snapshots([SALE], NOW)
    assert (found.epoch, found.counters, found.event) == (early, before.counters, before.event)
    assert (found.pauses, found.revision) == (before.pauses, before.revision)
    assert await faulty.line() == found
    [entry] = said
    assert (entry["log_level"], entry["event_id"]) == ("warning", SALE)
    assert entry["before"] == {"epoch": early, "queue": 10, "serving": 3, "revision": 1}
    assert entry["after"] == {"epoch": early, "queue": 15, "serving": 7, "revision": 3}


async def test_a_line_that_was_lost_whole_comes_back(
    faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """In its epoch, with a gap for what others gave out unseen; it goes on behind that."""
    epoch = await under_way(faulty, recovery)
    faulty.inner = empty("second")
    with capture_logs() as said:
        found = await recovery.snapshots([SALE], NOW)
    assert (found[SALE].epoch, found[SALE].counters.serving) == (epoch, 3)
    assert (await faulty.inner.join(SALE, 1, NOW)).first == 10 + LEAST_GAP + 1
    assert [(entry["event_id"], entry["before"]) for entry in said] == [(SALE, None)]


async def test_no_gap_if_none_is_wanted(faulty: FaultyStore, empty: Empty) -> None:
    """With ``failover_gap`` 0 the queue comes back as it was seen."""
    recovery = Recovery(faulty.store, lambda: NOW, failover_gap=0)
    await under_way(faulty, recovery)
    faulty.inner = empty("second")
    assert (await recovery.snapshots([SALE], NOW))[SALE].counters.queue == 10


async def test_what_was_deleted_stays_away(faulty: FaultyStore, recovery: Recovery) -> None:
    """It is forgotten; an event made anew under its ID is another."""
    await under_way(faulty, recovery)
    await faulty.inner.delete_event(SALE)
    faulty.deleted.add(SALE)
    assert await recovery.snapshots([SALE], NOW) == {}
    assert SALE not in recovery.seen
    await faulty.inner.create_event(Event(event_id=SALE), NOW)
    assert (await recovery.snapshots([SALE], NOW))[SALE].counters.queue == 0
    assert faulty.asked["restore"] == 0


async def test_what_is_deleted_while_it_is_brought_back_stays_away(
    faulty: FaultyStore, recovery: Recovery
) -> None:
    """Between the look that found it behind and the repair of it."""
    await under_way(faulty, recovery)
    known = await faulty.line()
    recovery.seen.witness(msgspec.structs.replace(known, revision=known.revision + 1), NOW)

    async def too_late(line: Snapshot, now: int, *, unless_deleted: bool) -> Snapshot:
        del faulty.instead["restore"]
        await faulty.inner.delete_event(SALE)
        faulty.deleted.add(SALE)
        return await faulty.restore(line, now, unless_deleted=True)

    faulty.instead["restore"] = too_late
    assert await recovery.snapshots([SALE], NOW) == {}
    assert await faulty.inner.event_ids() == []
    assert SALE not in recovery.seen


async def test_what_another_worker_has_just_brought_back(
    faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """It is there again between two looks: neither unknown nor forgotten, and raised if need be."""
    epoch = await under_way(faulty, recovery)
    recovery.seen.given_out(SALE, Floor(epoch, 50), NOW)
    before = await faulty.line()
    faulty.inner = empty("second")

    async def back(event_ids: Collection[str]) -> set[str]:
        await faulty.inner.restore(before, NOW)
        return set()

    faulty.lost = back  # type: ignore[method-assign]
    found = await recovery.snapshots([SALE], NOW)
    assert (found[SALE].epoch, found[SALE].counters.queue) == (epoch, 50)
    assert SALE in recovery.seen


async def test_who_was_never_there_is_not_asked_after(
    faulty: FaultyStore, recovery: Recovery
) -> None:
    """Strangers who make up event IDs cost nothing more."""
    assert await recovery.snapshots(["nobody"], NOW) == {}
    assert (faulty.asked["lost"], len(recovery.seen.event_ids())) == (0, 0)


async def test_what_cannot_be_put_back_is_not_shown(
    faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """Rather nothing than counters that went back; it is put right as soon as that can be done."""
    await under_way(faulty, recovery)
    replica = empty("replica")
    behind = await faulty.line()
    counters = msgspec.structs.replace(behind.counters, queue=4)
    await replica.restore(msgspec.structs.replace(behind, counters=counters), NOW)
    faulty.inner = replica
    faulty.fails = {"restore"}
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await recovery.snapshots([SALE], NOW)
    faulty.fails = set()
    assert (await recovery.snapshots([SALE], NOW))[SALE].counters.queue == 10


async def test_what_never_can_be_put_back_does_not_stop_the_rest(
    faulty: FaultyStore, recovery: Recovery, empty: Empty
) -> None:
    """Another event has the epoch: said once as an error, and then what there is counts."""
    epoch = await under_way(faulty, recovery)
    faulty.inner = empty("second")
    assert (await faulty.inner.create_event(Event(event_id="other"), epoch)).epoch == epoch
    with capture_logs() as said:
        for _ in range(3):
            assert set(await recovery.snapshots([SALE, "other"], NOW)) == {"other"}
    assert [entry["log_level"] for entry in said] == ["error"]


async def test_all_heal_at_once(faulty: FaultyStore, empty: Empty) -> None:
    """Workers with different memories end at the highest, and nothing is left to do."""
    workers = [Recovery(faulty.store, lambda: NOW, failover_gap=0) for _ in range(4)]
    epoch = await under_way(faulty, workers[0])
    await faulty.inner.advance(SALE, 5, NOW)
    await workers[1].snapshots([SALE], NOW)
    await faulty.inner.change_event(SALE, {"title": "late"}, NOW)
    await workers[2].snapshots([SALE], NOW)
    workers[3].seen.given_out(SALE, Floor(epoch, 40), NOW)
    faulty.inner = empty("second")
    await asyncio.gather(*(worker.snapshots([SALE], NOW) for worker in workers))
    await asyncio.gather(*(worker.snapshots([SALE], NOW) for worker in workers))
    at = await faulty.line()
    assert (at.counters.queue, at.counters.serving, at.event.title) == (40, 8, "late")
    restored = faulty.asked["restore"]
    await asyncio.gather(*(worker.snapshots([SALE], NOW) for worker in workers))
    assert faulty.asked["restore"] == restored


async def test_one_look_for_all_who_wonder(faulty: FaultyStore, recovery: Recovery) -> None:
    """However many were told that there is no such event, the store is asked once."""
    await under_way(faulty, recovery)
    asked = faulty.asked["snapshots"]
    assert all(await asyncio.gather(*(recovery.look(SALE) for _ in range(500))))
    assert faulty.asked["snapshots"] == asked + 1
    assert not await recovery.look("nobody")


async def test_a_look_that_fails_is_told_to_all(faulty: FaultyStore, recovery: Recovery) -> None:
    """And the next one begins anew."""
    await under_way(faulty, recovery)
    faulty.fails = {"all"}
    told = await asyncio.gather(*(recovery.look(SALE) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [StoreUnavailable] * 3
    faulty.fails = set()
    assert await recovery.look(SALE)


async def test_a_control_plane_knows_all_events(faulty: FaultyStore, empty: Empty) -> None:
    """Also those that nobody asks for; a public worker those that it was asked for."""
    control, public = (Recovery(faulty.store, lambda: NOW, failover_gap=0) for _ in range(2))
    for event_id in ("a", "b"):
        await under_way(faulty, event_id=event_id)
    await public.snapshots(["b"], NOW)
    await public.look_at_all(everything=False)
    assert (public.seen.event_ids(), public.knows_all) == (["b"], False)
    await control.look_at_all(everything=True)
    assert (control.seen.event_ids(), control.knows_all) == (["a", "b"], True)
    faulty.inner = empty("second")
    await control.look_at_all(everything=True)
    assert await faulty.inner.event_ids() == ["a", "b"]


async def test_an_event_that_fell_off_the_list(faulty: FaultyStore, recovery: Recovery) -> None:
    """It is there and not listed: put back by restoring what it is."""
    await under_way(faulty, recovery)

    async def nothing() -> list[str]:
        return []

    faulty.instead["event_ids"] = nothing
    before = await faulty.line()
    await recovery.look_at_all(everything=True)
    assert (faulty.asked["restore"], await faulty.line()) == (1, before)


# --- keys and credentials

RING = SigningKey(kid="k1", algorithm="ES256", created_at=NOW, sealed=b"sealed")
OLDER = SigningKey(kid="k0", algorithm="ES256", created_at=NOW - 9, sealed=b"sealed too")
CREDENTIAL = ApiKey(key_id="a", name="", scopes=("read",), created_at=NOW, digest=b"d")
REVOKED = ApiKey(
    key_id="b", name="", scopes=("read",), created_at=NOW, digest=b"e", revoked_at=NOW + 1
)


async def furnished(store: Store) -> None:
    """A claimed store with keys and credentials, one of them revoked."""
    await store.claim_secret("ours")
    for ring in (RING, OLDER):
        await store.add_signing_key(ring)
    for credential in (CREDENTIAL, REVOKED):
        await store.add_api_key(credential)


async def test_keys_come_back_to_an_emptied_store(faulty: FaultyStore, empty: Empty) -> None:
    """The claim, the ring, the credentials; what was revoked stays so, whoever was first."""
    belongings = Belongings(faulty.store, "ours")
    await furnished(faulty.inner)
    await belongings.look()
    faulty.inner = empty("second")
    await faulty.inner.add_api_key(msgspec.structs.replace(REVOKED, revoked_at=None))
    with capture_logs() as said:
        await belongings.look()
        await belongings.look()
    assert await faulty.inner.signing_keys() == [RING, OLDER]
    assert await faulty.inner.api_keys() == [CREDENTIAL, REVOKED]
    assert not await faulty.inner.claim_secret("theirs")
    assert [entry["log_level"] for entry in said] == ["warning"]


async def test_subscriptions_come_back_to_an_emptied_store(
    faulty: FaultyStore, empty: Empty
) -> None:
    """As keys do; one that was ended before stays so, and nobody's tail is begun anew."""
    belongings = Belongings(faulty.store, "ours")
    await furnished(faulty.inner)
    webhook = Subscription(subscription_id="s1", kind="webhook", target="s1", sealed=b"sealed")
    ended = msgspec.structs.replace(webhook, subscription_id="s2")
    tail = Subscription(subscription_id="t1", kind="tail", target="t1", sealed=b"sealed")
    for one in (webhook, ended, tail):
        await faulty.inner.add_subscription(one)
    await belongings.look()
    await faulty.inner.remove_subscription("s2")
    await belongings.look()
    faulty.inner = empty("second")
    await belongings.look()
    assert await faulty.inner.subscriptions() == [webhook]


async def test_keys_that_were_removed_stay_away(faulty: FaultyStore) -> None:
    """A key that was taken off the ring, and a credential that was revoked a moment ago."""
    belongings = Belongings(faulty.store, "ours")
    await furnished(faulty.inner)
    await belongings.look()
    await faulty.inner.remove_signing_key("k0")
    await faulty.inner.revoke_api_key("a", NOW + 5)
    await belongings.look()
    assert await faulty.inner.signing_keys() == [RING]
    assert set(belongings.ring) == {"k1"}
    assert belongings.credentials["a"].revoked_at == NOW + 5


async def test_what_a_session_left_behind_is_not_kept_for_ever(
    faulty: FaultyStore, empty: Empty
) -> None:
    """What is removed with time is not remembered, and does not come back; what is left does."""
    belongings = Belongings(faulty.store, "ours")
    await furnished(faulty.inner)
    marks = [
        ApiKey(key_id=f"{kind}1", name="", scopes=(), created_at=NOW)
        for kind in (LINK_PREFIX, ENDED_PREFIX)
    ]
    for one in marks:
        await faulty.inner.add_api_key(one)
    await belongings.look()
    await faulty.inner.remove_api_key(marks[0].key_id)
    await belongings.look()
    assert {one.key_id for one in marks} & belongings.credentials.keys() == {marks[1].key_id}
    faulty.inner = empty("second")
    await belongings.look()
    assert {one.key_id for one in await faulty.inner.api_keys()} == {"a", "b", marks[1].key_id}


async def test_a_revocation_that_was_lost_is_done_again(faulty: FaultyStore, empty: Empty) -> None:
    """A store that went back to a moment before it has its keys, and one credential too many."""
    belongings = Belongings(faulty.store, "ours")
    await furnished(faulty.inner)
    await faulty.inner.revoke_api_key("a", NOW + 5)
    await belongings.look()
    faulty.inner = empty("second")
    await furnished(faulty.inner)
    with capture_logs() as said:
        await belongings.look()
        await belongings.look()
    found = await faulty.inner.api_key("a")
    assert found is not None
    assert found.revoked_at == NOW + 5
    assert [entry["log_level"] for entry in said] == ["warning"]


async def test_another_deployments_store_is_left_alone(faulty: FaultyStore, empty: Empty) -> None:
    """Who claimed the emptied store in between has it; the log says so."""
    belongings = Belongings(faulty.store, "ours")
    await furnished(faulty.inner)
    await belongings.look()
    faulty.inner = empty("second")
    await faulty.inner.claim_secret("theirs")
    with capture_logs() as said:
        await belongings.look()
    assert await faulty.inner.signing_keys() == []
    assert [entry["log_level"] for entry in said] == ["error"]


async def test_who_remembers_nothing_puts_nothing_back(faulty: FaultyStore) -> None:
    """A plane that has just started on an empty store leaves it empty."""
    await Belongings(faulty.store, "ours").look()
    assert not await faulty.inner.is_claimed()
