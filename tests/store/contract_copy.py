"""What a store promises of being copied: CopyVerbs."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from scene import HOUR, ISSUER, NOW, SALE, admit, line_of, open_event, snapshot
from waitroom.core.audit import Deed, LogEntry
from waitroom.core.facts import OUTBOX, DeadLetter, Fact, Lane, Subscription
from waitroom.core.limits import MAX_COUNTER, MAX_POSITION
from waitroom.core.model import (
    Advance,
    ApiKey,
    Arrival,
    Counters,
    Event,
    Pause,
    Place,
    Sample,
    Session,
    SessionStatus,
    SigningKey,
    Snapshot,
    State,
    Step,
)
from waitroom.core.theme import Theme, encode_theme, version_of
from waitroom.errors import EventNotFound, SiteFull, StoreUnavailable
from waitroom.store import Store
from waitroom.store.records import (
    ArrivalPoints,
    Credential,
    DeadLetters,
    Deployment,
    Facts,
    GivenUp,
    Held,
    KeptTheme,
    Lanes,
    Line,
    LogEntries,
    Record,
    RingKey,
    RowsOfEvent,
    Samples,
    ServingSteps,
    Sessions,
    Slots,
    Subscribed,
    Themes,
    UsedCodes,
)
from waitroom.store.soundness import Soundness
from waitroom.store.tally import Contents, tally

MANY = 2_500  # rows of each kind: more than two of the chunks that stores read in
KEY = SigningKey(kid="k1", algorithm="RS256", created_at=NOW, sealed=b"\x00\xff sealed")
BEARER = ApiKey(
    key_id="a1", name="Büro, 2. OG", scopes=("read", "operate"), created_at=NOW, digest=b"\x01" * 32
)
REVOKED = ApiKey(
    key_id="a2", name="", scopes=(), created_at=NOW, revoked_at=NOW + 9, sealed=b"\xff\x00"
)
HOOK = Subscription(
    subscription_id="s1",
    kind="webhook",
    target="https://hook.example/ä",
    event_id=SALE,
    types=("event_reset",),
    created_at=NOW,
    until=NOW + 9,
    sealed=b"\x00\xff sealed",
)
TAIL = Subscription(subscription_id="s2", kind="tail", target="")
DEED = Deed(by='cli:"Ünal"', source="local", action="undo 17")


def everything() -> list[Record]:
    """Records of all kinds with the odd values in them, in order."""
    return [
        Deployment(fingerprint="f" * 32, last_epoch=NOW + 10),
        RingKey(KEY),
        RingKey(msgspec.structs.replace(KEY, kid="k2", created_at=NOW - 5)),
        Credential(BEARER),
        Credential(REVOKED),
        Subscribed(HOOK),
        Subscribed(TAIL),
        LogEntries("", (entry(1, "aa"), entry(2))),
        *_paused_line(),
        Line(Snapshot(event=Event(event_id="new"), epoch=NOW + 10, counters=Counters())),
        *_long_line(),
        LogEntries("gone", (entry(7, "cc"), entry(8))),
    ]


def entry(seq: int, seal: str = "") -> LogEntry:
    """An entry of a log."""
    before, after = '{"title":"\\"日本\\""}', "null"
    who = {"by": DEED.by, "source": DEED.source, "action": DEED.action}
    return LogEntry(seq=seq, at=NOW + seq, before=before, after=after, seal=seal, **who)


def theme(kept_at: int, **fields: str) -> KeptTheme:
    """A theme as it is kept."""
    kept = encode_theme(Theme(**fields))
    return KeptTheme(version_of(kept), kept_at, kept)


def fact(seq: int) -> Fact:
    """A fact of an outbox."""
    data: dict[str, int | str] = {"previous": MAX_COUNTER - 1, "current": MAX_COUNTER, "slot": "ä"}
    return Fact(seq=seq, at=NOW, type="serving_counter_changed", epoch=7, data=data)


def _paused_line() -> list[Record]:
    """An event that is paused, with numbers as large as they get."""
    themes = (theme(NOW, name="Größe", css='/* " */ ' * 9_999), theme(NOW + 1, accent="#123456"))
    event = Event(
        event_id="big.paused_1-2",
        theme=themes[1].version,
        opens_at=NOW + 5,
        title="Größe – 日本 🎟 :{}\n\t\\\"'",
        state=State.PAUSED,
        queue_position_expiry=False,
        return_urls=("https://shop.example/", "https://b.example/x"),
        allowed_origins=(),
    )
    counters = Counters(
        queue=MAX_POSITION,
        serving=MAX_COUNTER,
        tokens=1,
        abandoned=1,
        expired=3,
        expired_up_to=MAX_COUNTER,
        given_up=2,
    )
    notes = {"gate": '{"state":"ok"}', "outbox": "1", "rate": "größer\n"}
    pauses = (Pause(NOW, NOW + 5), Pause(NOW + 50))
    place = Place(MAX_POSITION, NOW)
    ended = Session(place, NOW + 2, NOW + HOUR, ISSUER + ":a:b", SessionStatus.ABANDONED)
    steps = (Step(NOW, MAX_COUNTER - 1), Step(NOW + 1, MAX_COUNTER))  # one and the same as a double
    line = Snapshot(
        event=event,
        epoch=7,
        counters=counters,
        pauses=pauses,
        revision=MAX_COUNTER,
        notes=notes,
    )
    lane = Lane(subscription_id="s1", cursor=5, failures=2, failed_at=NOW, retry_at=NOW + 1)
    letters = [
        DeadLetter(subscription_id=name, fact=fact(seq), died_at=NOW, failures=9, error="ä\n")
        for seq, name in ((3, "s1"), (3, "s2"), (10, "a"))
    ]
    return [
        Line(line),
        ArrivalPoints(event.event_id, (Arrival(NOW, MAX_POSITION),)),
        ServingSteps(event.event_id, steps),
        Sessions(event.event_id, (ended,)),
        Slots(event.event_id, (("key:a:b {}|~", NOW),)),
        Held(event.event_id, ((9, NOW), (10, NOW - 1), (MAX_POSITION - 1, NOW + 5))),
        GivenUp(event.event_id, (1, 20, MAX_POSITION)),
        UsedCodes(event.event_id, (("-_aZ", NOW), ("x" * 16, NOW + 120))),
        Samples(event.event_id, (Sample(NOW, 0, 0, 0, 0, 0), Sample(NOW + 15, *[MAX_COUNTER] * 5))),
        Themes(event.event_id, themes),
        Facts(event.event_id, (fact(NOW * 1_000), fact(NOW * 1_000 + 1))),
        Lanes(event.event_id, (lane, Lane(subscription_id="s2"))),
        DeadLetters(event.event_id, tuple(letters)),
        LogEntries(event.event_id, (entry(4, "aa"), entry(5))),
    ]


def _long_line() -> list[Record]:
    """An event with more rows of each kind than are read at once."""
    counters = Counters(queue=MANY, serving=MANY, tokens=MANY, completed=MANY // 2, expired=0)
    line = Snapshot(event=Event(event_id=SALE), epoch=NOW, counters=counters, revision=3)
    sessions = [
        Session(Place(n, NOW + n), NOW + n, NOW + n + HOUR, ISSUER, SessionStatus(n % 2))
        for n in range(1, MANY + 1)
    ]
    slots = [(f"slot {n:05}", NOW - n) for n in range(MANY)]
    return [
        Line(line),
        ArrivalPoints(SALE, tuple(Arrival(NOW + n, n) for n in range(1, MANY + 1))),
        ServingSteps(SALE, tuple(Step(NOW + n, n) for n in range(1, MANY + 1))),
        Sessions(SALE, tuple(sessions)),
        Slots(SALE, tuple(slots)),
        Held(SALE, tuple((n, NOW + n % 7) for n in range(MANY + 1, 2 * MANY))),
        GivenUp(SALE, tuple(range(2 * MANY, 3 * MANY))),
        UsedCodes(SALE, tuple((f"code {n:05}", NOW + n % 7) for n in range(MANY))),
        Samples(SALE, tuple(Sample(NOW + n, n, n, 0, 0, 1) for n in range(MANY))),
        Facts(SALE, tuple(fact(n) for n in range(NOW, NOW + MANY))),
        LogEntries(SALE, tuple(entry(n, "ab" if n % 3 else "") for n in range(1, MANY))),
    ]


async def records_of(store: Store) -> list[Record]:
    """All records of ``store``."""
    return [record async for record in store.records()]


async def contents_of(store: Store) -> Contents:
    """Counts and digest of what is in ``store``."""
    return tally(await records_of(store))


async def a_running_sale(store: Store) -> None:
    """A line with all that verbs can put into it."""
    await store.claim_secret("f" * 32)
    await store.add_signing_key(KEY)
    for key in (BEARER, REVOKED):
        await store.add_api_key(key)
    await store.add_subscription(HOOK)
    await store.add_entry("", DEED, "{}", NOW)
    epoch = await open_event(store, title="日本", max_active=2)
    await store.note(SALE, {OUTBOX: "1", "gate": "x", "alerts": "y"})
    first, second, third, fourth, *_rest = await line_of(store, 20)
    await store.advance(SALE, 5, NOW + 1, slot="12:00", deed=DEED)
    await admit(store, epoch, first, NOW + 2)
    await admit(store, epoch, second, NOW + 3)
    with pytest.raises(SiteFull):
        await admit(store, epoch, third, NOW + 3)
    await store.give_up(SALE, epoch, fourth, NOW + 3)
    await store.redeem(SALE, epoch, "used", NOW + 120, NOW + 3)
    await store.sample(SALE, epoch, Sample(NOW + 3, 2, 0, 0, 1, 2))
    worn = theme(NOW, name="日本")
    await store.keep_theme(SALE, worn.version, worn.theme, NOW)
    lane = await store.take_lane(SALE, "s1", "plane", NOW, 9)
    assert lane is not None
    letter = DeadLetter(subscription_id="s1", fact=fact(3), died_at=NOW, failures=1, error="x")
    await store.keep_lane(SALE, lane, letter)
    await store.seal(SALE, {1: "aa"})
    await store.create_event(Event(event_id="gone"), NOW, DEED)
    await store.delete_event("gone")
    await store.finish(SALE, epoch, second, SessionStatus.COMPLETED, NOW + 3)
    await store.change_event(SALE, {"state": State.PAUSED}, NOW + 4)


class CopyContract:
    """Out as records and in again, here and elsewhere."""

    async def test_an_untouched_store_is_empty(self, store: Store) -> None:
        """It has one record: that it is nobody's."""
        assert await store.is_empty()
        assert await records_of(store) == [Deployment("", 0)]

    async def test_everything_comes_out_as_it_was_put(self, store: Store) -> None:
        """Row by row, in order, in pieces of at most 1,000; the digest says the same."""
        await store.put(everything())
        found = await records_of(store)
        assert tally(found) == tally(everything())
        soundness = Soundness()
        for record in found:
            soundness.check(record)
            assert not _has_rows(record) or len(msgspec.structs.astuple(record)[-1]) <= 1_000
        assert joined_up(found) == everything()

    async def test_putting_twice_is_putting_once(self, store: Store) -> None:
        """A copy may be begun anew over what is there."""
        await store.put(everything())
        await store.put(everything())
        assert await contents_of(store) == tally(everything())

    async def test_an_event_is_put_in_the_place_of_another(self, store: Store) -> None:
        """Nothing of the one that was there is left: no session, no step, no slot, no fact."""
        await a_running_sale(store)
        wanted: list[Record] = [
            Deployment("f" * 32, NOW + 99),
            Line(Snapshot(event=Event(event_id=SALE), epoch=NOW + 99, counters=Counters())),
        ]
        await store.put(wanted)
        found = await records_of(store)
        assert found[0] == wanted[0]
        assert [r for r in found if SALE in msgspec.json.encode(r).decode()][-1] == wanted[1]
        assert [type(r) for r in found if getattr(r, "event_id", None) == SALE] == []

    async def test_what_verbs_wrote_moves_to_another_store_and_back(
        self, store: Store, opened: Callable[[str], Store], tmp_path: Path
    ) -> None:
        """The same snapshot, curves, keys; and the same digest on either store."""
        await a_running_sale(store)
        before = msgspec.structs.replace(await snapshot(store), source="")
        curves, contents = await store.curves(SALE, 0, 100), await contents_of(store)
        other = opened(f"sqlite://{tmp_path}/other.db")
        await other.put(await records_of(store))
        assert await contents_of(other) == contents
        await store.clear()
        await store.put(await records_of(other))
        assert await contents_of(store) == contents
        assert msgspec.structs.replace(await snapshot(store), source="") == before
        assert await store.curves(SALE, 0, 100) == curves
        assert await store.api_keys() == [BEARER, REVOKED]
        assert await store.signing_keys() == [KEY]
        assert not await store.claim_secret("another")
        assert await store.subscriptions() == [HOOK]
        assert [found.seal for found in await store.log(SALE, 0, 9)] == ["aa"]
        assert [len(await store.log(name, 0, 9)) for name in ("", "gone")] == [1, 1]

    async def test_the_line_goes_on_where_it_was(
        self, store: Store, opened: Callable[[str], Store], tmp_path: Path
    ) -> None:
        """Places, sessions, slots, ends and epochs hold; a paused event is still paused."""
        other = opened(f"sqlite://{tmp_path}/other.db")
        await a_running_sale(other)
        await store.put(await records_of(other))
        at = await snapshot(other)
        place, session = Place(1, NOW), Session(Place(1, NOW), NOW + 2, NOW + 2 + HOUR, ISSUER)
        assert await admit(store, at.epoch, place, NOW + 50) == session
        assert await store.advance(SALE, 5, NOW + 50, slot="12:00") == Advance(5, 5)
        assert (await store.join(SALE, 1, NOW + 50)).first > at.counters.queue
        assert await store.active_sessions(SALE, NOW + 50) == 1
        assert (await store.occupancy(SALE, NOW + 50, ())).held == 1
        third = await store.standing(SALE, at.epoch, Place(3, NOW), NOW + 50)
        fourth = await store.standing(SALE, at.epoch, Place(4, NOW), NOW + 50)
        assert (third.held_at, fourth.given_up) == (NOW + 3, True)
        assert await store.expired_sessions(SALE, NOW + 2 * HOUR, 9, None) == (
            at.epoch,
            [Place(1, NOW), Place(2, NOW)],
        )
        [lane] = await store.lanes(SALE)
        assert (lane.owner, lane.leased_until) == ("", 0)
        assert await store.samples(SALE, 0, 9) == [Sample(NOW + 3, 2, 0, 0, 1, 2)]
        worn = theme(NOW, name="日本")
        assert await store.theme(SALE, worn.version) == worn.theme
        told = await store.facts(SALE, 0, 99)
        await store.tell(SALE, "waiting_room_metrics", {}, NOW - 100, "m")
        assert (await store.facts(SALE, told[-1].seq, 9))[0].seq > told[-1].seq
        opened_again = await store.change_event(SALE, {"state": State.OPEN}, NOW + 60)
        assert opened_again.pauses == (Pause(NOW + 4, NOW + 60),)
        assert await open_event(store, "later") > at.epoch

    async def test_a_fact_goes_behind_what_was_told_before_the_copy(self, store: Store) -> None:
        """All had been told and dropped; the clock there was ahead. Only the lane knows of it."""
        await open_event(store)
        await store.note(SALE, {OUTBOX: "1"})
        lane = await store.take_lane(SALE, "s1", "plane", NOW, 9)
        assert lane is not None
        told = msgspec.structs.replace(lane, cursor=(NOW + HOUR) * 10**6)
        assert await store.keep_lane(SALE, told)
        await store.put(await records_of(store))
        await store.advance(SALE, 1, NOW)
        [after] = await store.facts(SALE, 0, 9)
        assert after.seq > told.cursor

    async def test_clearing_leaves_nothing(self, store: Store) -> None:
        """The store is as if it had never been used, and can be."""
        await store.put(everything())
        await a_running_sale_over(store)
        await store.clear()
        assert await store.is_empty()
        assert await records_of(store) == [Deployment("", 0)]
        assert await store.event_ids() == []
        assert not await store.is_claimed()
        await a_running_sale(store)

    @pytest.mark.parametrize("number", [0, 1, 3, 5, 8])
    async def test_anything_makes_a_store_not_empty(self, store: Store, number: int) -> None:
        """A fingerprint alone, a signing key, a credential, a subscription or an event."""
        await store.put([everything()[number]])
        assert not await store.is_empty()

    async def test_rows_need_their_event(self, store: Store) -> None:
        """They are not taken in for an event that is not there; nothing is changed."""
        with pytest.raises(EventNotFound):
            await store.put([ArrivalPoints("nobody", (Arrival(NOW, 1),))])
        assert await store.is_empty()

    async def test_a_closed_store_is_not_copied(self, store: Store) -> None:
        """It says that it is out of reach, to reading and to writing."""
        await store.close()
        with pytest.raises(StoreUnavailable):
            await records_of(store)
        for verb in (store.put([]), store.is_empty(), store.clear()):
            with pytest.raises(StoreUnavailable):
                await verb


async def a_running_sale_over(store: Store) -> None:
    """Deleted, reset and changed: what verbs leave behind."""
    await store.reset_event(SALE, NOW)
    await line_of(store, 3, called=2)
    await store.advance(SALE, 1, NOW, slot="left")
    await store.delete_event("new")
    await store.ping()


def _has_rows(record: Record) -> bool:
    return isinstance(record, RowsOfEvent)


def joined_up(records: list[Record]) -> list[Record]:
    """``records`` with rows that follow each other in one record."""
    whole: list[Record] = []
    for record in records:
        last = whole[-1] if whole else None
        if _has_rows(record) and type(last) is type(record):
            name, rows = record.__struct_fields__
            if getattr(last, name) == getattr(record, name):
                both = (*getattr(last, rows), *getattr(record, rows))
                whole[-1] = msgspec.structs.replace(record, **{rows: both})
                continue
        whole.append(record)
    return whole
