"""What a process remembers of lines, when that is ahead of a store, and that all agree at last."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.model import Counters, Event, Floor, Pause, Snapshot, State, Step
from waitroom.core.recollection import (
    LEAST_GAP,
    MAX_AGE,
    Growth,
    Recollection,
    Recollections,
    first_seen,
)

NOW = 1_800_000_000
SALE = Event(event_id="sale")


def line(queue: int = 100, serving: int = 50, **facts: object) -> Snapshot:
    """The event as a store may say it is."""
    told = Snapshot(
        event=SALE,
        epoch=NOW - 900,
        counters=Counters(queue=queue, serving=serving),
        last=Step(NOW - 9, serving),
        revision=7,
        source="a",
    )
    return msgspec.structs.replace(told, **facts)


def restored(at: Snapshot | None, told: Snapshot) -> Snapshot:
    """What a store makes of ``restore``, said in the plainest way."""
    if at is None or at.epoch < told.epoch:
        return told
    if at.epoch > told.epoch:
        return at
    newer = told if told.revision > at.revision else at
    counters = Counters(
        queue=max(at.counters.queue, told.counters.queue),
        serving=max(at.counters.serving, told.counters.serving),
    )
    return msgspec.structs.replace(newer, counters=counters, source=at.source)


KNOWN = first_seen(line(), NOW)


# --- when to restore, and what


@pytest.mark.parametrize(
    "seen",
    [
        line(),
        line(queue=101),
        line(serving=60, revision=8),
        line(serving=10, revision=8),  # an operator's negative step
        line(serving=60, revision=8, source="b"),
        line(queue=0, serving=0, epoch=NOW, revision=8),  # a reset
        line(queue=0, serving=0, epoch=NOW, revision=0, source="b"),  # made anew
        line(source="b"),
    ],
    ids=["same", "joins", "step", "step back", "failover", "reset", "new event", "nothing lost"],
)
def test_what_is_no_loss(seen: Snapshot) -> None:
    """The store went on as it may."""
    assert KNOWN.behind(seen, NOW) is None


def test_a_lost_reset() -> None:
    """Of a lower epoch: the whole line as it is remembered."""
    assert KNOWN.behind(line(queue=900, epoch=NOW - 999, revision=6), NOW) == line()


def test_lost_joins() -> None:
    """The queue is raised to the floor; nothing else of what the store says is touched."""
    known = KNOWN.with_floor(Floor(NOW - 900, 130))
    seen = line(queue=120, serving=40, revision=8)
    assert known.behind(seen, NOW) == line(queue=130, serving=40, revision=8)


def test_lost_moves_and_settings() -> None:
    """Of a lower revision: settings, state, pauses and the higher of the counters."""
    paused = msgspec.structs.replace(SALE, state=State.PAUSED)
    known = first_seen(line(event=paused, pauses=(Pause(NOW),)), NOW)
    told = known.behind(line(queue=130, serving=20, revision=5), NOW)
    assert told == line(queue=130, serving=50, event=paused, pauses=(Pause(NOW),))


def test_a_lower_revision_with_a_higher_counter() -> None:
    """A negative step that was lost does not take back who was called again."""
    told = KNOWN.behind(line(serving=70, revision=6), NOW)
    assert told is not None
    assert (told.counters.serving, told.revision) == (70, 7)


def test_lost_moves_that_new_ones_hide() -> None:
    """From another source a lower serving counter is a loss, whatever the revision."""
    seen = line(serving=30, revision=9, source="b")
    told = KNOWN.behind(seen, NOW)
    assert told is not None
    assert (told.counters, told.revision) == (line(serving=50).counters, 9)


def test_a_loss_is_not_learned() -> None:
    """Reading what is behind does not change what is remembered, until it is put right."""
    for seen in (
        line(serving=20, revision=5),
        line(serving=20, revision=9, source="b"),
        line(epoch=NOW - 999),
    ):
        known = KNOWN.with_line(seen, NOW + 1)
        assert known.line == KNOWN.line
        assert known.behind(seen, NOW + 1) is not None


def test_what_was_put_right_is_learned() -> None:
    """Then the next step back, from the new source, is an operator's again."""
    known = KNOWN.with_line(line(serving=50, revision=9, source="b"), NOW)
    assert known.behind(line(serving=20, revision=10, source="b"), NOW) is None


def test_a_floor_outlives_what_is_read() -> None:
    """Answers to joins may come before and after readings of the same moment."""
    known = KNOWN.with_floor(Floor(NOW - 900, 130)).with_line(line(queue=110), NOW)
    assert known.floor == 130
    assert known.with_floor(Floor(NOW - 900, 120)).floor == 130
    assert known.with_line(line(queue=140), NOW).floor == 140


def test_a_floor_of_a_later_epoch() -> None:
    """A join may be the first to hear of a reset; if that is lost then, the event begins anew."""
    known = KNOWN.with_floor(Floor(NOW, 3))
    assert (known.epoch, known.floor, known.line) == (NOW, 3, None)
    told = known.behind(line(revision=7), NOW)
    assert told is not None
    assert (told.epoch, told.counters, told.revision) == (NOW, Counters(queue=3), 8)
    assert known.if_lost(10, NOW) is None
    assert KNOWN.with_floor(Floor(NOW - 999, 500)) is KNOWN


def test_what_is_too_old_is_not_used() -> None:
    """A store may have forgotten by then that the event was deleted."""
    seen = line(queue=1, serving=0, revision=0)
    assert KNOWN.behind(seen, NOW + MAX_AGE) is not None
    assert KNOWN.behind(seen, NOW + MAX_AGE + 1) is None
    assert KNOWN.if_lost(10, NOW + MAX_AGE) is not None
    assert KNOWN.if_lost(10, NOW + MAX_AGE + 1) is None


# --- the gap


def grown(*queues: int, step: int = 1) -> Recollection:
    """A line of which so long a queue was seen every ``step`` seconds."""
    known = first_seen(line(queue=0), NOW)
    for second, queue in enumerate(queues, start=1):
        known = known.with_line(line(queue=queue), NOW + second * step)
    return known


def test_a_line_without_a_rush_has_the_least_gap() -> None:
    """And none if none is wanted."""
    known = grown(10, 20, 30)
    assert known.gap(10) == LEAST_GAP
    assert known.gap(0) == 0
    told = known.if_lost(10, NOW + 3)
    assert told is not None
    assert told.counters == Counters(queue=30 + LEAST_GAP, serving=50)


def test_the_gap_is_that_of_the_rush() -> None:
    """The peak of the last minute or two, times the seconds; it does not last longer."""
    rush = grown(0, 400, 800, 810, 820)
    assert rush.gap(10) == 4_000
    assert rush.gap(3) == 1_200
    later = rush
    for second in (60, 120, 180):
        later = later.with_line(line(queue=820), NOW + second)
        assert later.gap(10) == (4_000 if second == 60 else LEAST_GAP)


def test_one_jump_is_no_rush() -> None:
    """The gap after one loss does not make the next gap larger."""
    assert grown(10, 20, 5_020, 5_030, 5_040).gap(10) == LEAST_GAP


def test_growth_is_per_second() -> None:
    """However seldom or often the queue is looked at; a clock that is put back adds nothing."""
    assert grown(800, 1_600, 2_400, step=2).gap(10) == 4_000
    once = Growth(NOW, 0, NOW).seen(500, NOW)
    assert once == Growth(NOW, 0, NOW)
    assert once.seen(500, NOW - 60) == once


# --- many processes


moments = st.builds(
    lambda epoch, queue, serving, revision, source: line(
        queue, serving, epoch=NOW + epoch, revision=revision, source=source
    ),
    st.sampled_from([0, 0, 0, 1]),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 4),
    st.sampled_from("ab"),
)


@given(st.lists(moments, min_size=1, max_size=4), st.none() | moments, st.integers(0, 30))
def test_all_end_at_the_highest(seen: list[Snapshot], store: Snapshot | None, gap: int) -> None:
    """Processes that remember different moments heal a store, in any order, to the same end.

    That is the highest epoch, and of it the highest queue and revision; then nobody has anything
    left to restore.
    """
    known = [first_seen(moment, NOW) for moment in seen]
    ends = set()
    for order in permutations(known):
        at = store
        for one in [*order, *order]:  # each more than once: others have raised it meanwhile
            step = one.if_lost(gap, NOW) if at is None else one.behind(at, NOW)
            at = at if step is None else restored(at, step)
        assert at is not None
        assert [one.behind(at, NOW) for one in order] == [None] * len(order)
        ends.add((at.epoch, at.counters.queue if store else 0, at.revision))
    everything = [*seen, *([store] if store else [])]
    epoch = max(moment.epoch for moment in everything)
    latest = [moment for moment in everything if moment.epoch == epoch]
    queue = max(moment.counters.queue for moment in latest) if store else 0
    assert ends == {(epoch, queue, max(moment.revision for moment in latest))}


@given(st.lists(moments, min_size=1, max_size=5))
def test_repairs_never_lower_anything(seen: list[Snapshot]) -> None:
    """Whatever is remembered and whatever is found, nothing that a store says goes down."""
    at = seen[0]
    for moment in seen[1:]:
        told = first_seen(moment, NOW).behind(at, NOW)
        if told is not None:
            after = restored(at, told)
            assert after.epoch >= at.epoch
            if after.epoch == at.epoch:
                assert after.counters.queue >= at.counters.queue
                assert after.counters.serving >= at.counters.serving
                assert after.revision >= at.revision
            at = after


# --- memory


def test_memory_has_a_bound() -> None:
    """The event that was longest not heard of goes first; deleted ones are forgotten."""
    memory = Recollections(most=3)
    for event_id in ("a", "b", "c"):
        memory.witness(line(event=Event(event_id=event_id)), NOW)
    memory.witness(line(event=Event(event_id="a")), NOW + 1)
    memory.given_out("d", Floor(NOW, 1), NOW)
    assert memory.event_ids() == ["c", "a", "d"]
    memory.forget("c")
    memory.forget("never known")
    assert "c" not in memory
    assert memory.recall(["a", "c"]).keys() == {"a"}


def test_memory_tells_floors() -> None:
    """Of what was read, given out, or proven by a ticket, the highest."""
    memory = Recollections()
    assert memory.floor("sale") is None
    memory.given_out("sale", Floor(NOW, 2), NOW)
    memory.witness(line(queue=5, epoch=NOW), NOW)
    assert memory.floor("sale") == Floor(NOW, 5)
    memory.given_out("sale", Floor(NOW, 9), NOW)
    memory.witness(line(queue=7, epoch=NOW), NOW)
    assert memory.floor("sale") == Floor(NOW, 9)
    assert [one.counters.queue for one in memory.lines(0, NOW)] == [9]
    assert [one.counters.queue for one in memory.lines(10, NOW)] == [9 + LEAST_GAP]
    assert memory.lines(10, NOW + MAX_AGE + 1) == []


def test_what_is_learned_during_a_reading_does_not_count() -> None:
    """What was recalled before it stays as it was."""
    memory = Recollections()
    memory.witness(line(), NOW)
    before = memory.recall(["sale"])
    memory.given_out("sale", Floor(NOW - 900, 500), NOW)
    assert before["sale"].behind(line(), NOW) is None
    assert memory.recall(["sale"])["sale"].behind(line(), NOW) is not None
