"""The rules of the line, against the plainest way to say them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.core import rules
from waitroom.core.inlet_kinds import Inlet, Manual, MaxSize, Target
from waitroom.core.limits import MAX_COUNTER
from waitroom.core.model import (
    Counters,
    Event,
    Pause,
    Place,
    Session,
    SessionStatus,
    Snapshot,
    State,
    Step,
)
from waitroom.errors import (
    EventClosed,
    EventNotOpen,
    EventPaused,
    EventSoldOut,
    LineSoldOut,
    NotYet,
    PlaceExpired,
    SessionEnded,
)

HORIZON = 120  # seconds that the drawn stories last
moments = st.integers(0, HORIZON)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Pause, ...]:
    """Pauses that do not overlap, as a store records them; the last may still be going on."""
    edges = sorted(draw(st.lists(moments, unique=True, max_size=9)))
    ended = [Pause(edges[i], edges[i + 1]) for i in range(0, len(edges) - 1, 2)]
    going_on = [Pause(edges[-1])] if len(edges) % 2 else []
    return (*ended, *going_on)


def is_paused(second: int, pauses: tuple[Pause, ...]) -> bool:
    """Whether the event was paused in the second that begins at ``second``."""
    return any(p.start <= second and (p.end is None or second < p.end) for p in pauses)


def seconds_left(since: int, now: int, period: int, pauses: tuple[Pause, ...]) -> int:
    """``rules.remaining``, counted second by second."""
    return period - sum(not is_paused(second, pauses) for second in range(since, now))


def event(**settings: object) -> Event:
    """An event whose places expire after 30 seconds, unless said otherwise."""
    chosen = {"event_id": "sample", "queue_position_expiry_period": 30} | settings
    return Event(**chosen)  # type: ignore[arg-type]  # settings of many types


@given(moments, moments, st.integers(1, HORIZON), stories())
def test_time_stands_still_in_pauses(
    first: int, second: int, period: int, pauses: tuple[Pause, ...]
) -> None:
    """The seconds left are those of the period less those in which one could have come in."""
    since, now = sorted((first, second))
    counted = seconds_left(since, now, period, pauses)
    assert rules.remaining(since, now, period, pauses) == counted


@given(moments, st.integers(1, HORIZON), stories())
def test_what_has_expired_stays_expired(since: int, period: int, pauses: tuple[Pause, ...]) -> None:
    """The seconds left never grow while time goes on, and lose at most one a second."""
    left = [rules.remaining(since, now, period, pauses) for now in range(since, HORIZON + 1)]
    assert all(before - after in {0, 1} for before, after in pairwise(left))


@given(moments, st.integers(1, HORIZON), stories())
def test_what_has_run_out_ends_at_one_moment(
    now: int, period: int, pauses: tuple[Pause, ...]
) -> None:
    """Of all that began up to it nothing is left, of all that began later something."""
    last = rules.run_out_until(now, period, pauses)
    begun = range(-HORIZON - 1, HORIZON + 1)
    assert [rules.remaining(since, now, period, pauses) <= 0 for since in begun] == [
        since <= last for since in begun
    ]


def test_pauses_that_overlap_count_once() -> None:
    """Two clocks may have written down one time twice; no more of it is lost by that."""
    pauses = (Pause(10, 30), Pause(20, 40))
    assert rules.run_out_until(50, 10, pauses) == 40
    assert rules.run_out_until(50, 11, pauses) == 9


@given(st.integers(1, 500), st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_who_goes_on_asking_is_held_from_the_last_time(period: int, waits: list[int]) -> None:
    """It is written down now and then; what counts is never earlier than the last asking."""
    now, asked_at = 0, None
    for wait in waits:
        now += wait
        if rules.asks_anew(asked_at, now, period):
            asked_at = now
        assert asked_at is not None
        assert now <= rules.held_since(asked_at, period) <= now + period // 10


def test_asking_is_written_down_once_in_a_tenth() -> None:
    """Who asks each second of 100 leaves a record each 11 seconds."""
    asked_at, written = None, []
    for now in range(35):
        if rules.asks_anew(asked_at, now, 100):
            asked_at = now
            written.append(now)
    assert written == [0, 11, 22, 33]


def test_a_place_that_found_the_site_full_has_its_time_from_then_on() -> None:
    """Whatever a sweep went over; but not for ever."""
    since = rules.takeable_since(event(), 1_000, 1_010, held_at=1_050)
    assert since == 1_053
    held = {"pauses": (), "expired_up_to": 9, "held_at": 1_050}
    assert not rules.has_expired(event(), 5, since, 1_082, **held)  # type: ignore[arg-type]
    assert rules.has_expired(event(), 5, since, 1_083, **held)  # type: ignore[arg-type]
    assert rules.takeable_since(event(), 1_000, 1_010, held_at=None) == 1_010
    assert rules.takeable_since(event(), 1_000, 2_000, held_at=1_050) == 2_000


def _left(inlet: Inlet, state: State = State.OPEN, queue: int = 50, serving: int = 20) -> Snapshot:
    counters = Counters(queue=queue, serving=serving)
    return Snapshot(event=event(inlet=inlet, state=state), epoch=1, counters=counters)


@pytest.mark.parametrize(
    ("at", "marked", "exited", "active", "by"),
    [
        (_left(MaxSize(size=10)), 3, None, 5, 3),
        (_left(MaxSize(size=10)), 3, 4, 5, 4),
        (_left(MaxSize(size=10)), 3, 0, 5, 0),
        (_left(MaxSize(size=10)), 9, None, 5, 5),
        (_left(MaxSize(size=10)), 0, 2**63 - 1, 5, 5),
        (_left(MaxSize(size=10)), 3, None, 12, 0),
        (_left(MaxSize(size=10), serving=55), 9, None, 0, 5),
        (_left(MaxSize(size=10, max_lead=0), serving=50), 9, None, 0, 0),
        (_left(MaxSize(size=10, max_lead=2), serving=50), 9, None, 0, 2),
        (_left(MaxSize(size=10), serving=99), 9, None, 0, 0),
        (_left(MaxSize(size=10), State.CLOSED), 3, None, 5, 3),
        (_left(MaxSize(size=10), State.PAUSED), 3, None, 5, 0),
        (_left(MaxSize(size=10), State.SOLD_OUT), 3, None, 5, 0),
        (_left(Manual()), 3, 3, 0, 0),
        (_left(Target(size=10)), 3, 3, 0, 0),
    ],
)
def test_an_exit_message_moves_the_line(
    at: Snapshot, marked: int, exited: int | None, active: int, by: int
) -> None:
    """As many as left, as there is room for, as the lead allows; never back, not while paused."""
    assert rules.exit_step(at, marked, exited, active) == by


@pytest.mark.parametrize(("now", "expired"), [(1_029, False), (1_030, True), (1_031, True)])
def test_a_place_lasts_its_period_to_the_second(now: int, expired: bool) -> None:
    """Called at 1,000 with 30 seconds: good in 1,029, gone at 1,030."""
    answer = rules.has_expired(event(), 5, 1_000, now, pauses=(), expired_up_to=4)
    assert answer is expired


def test_a_pause_extends_a_place() -> None:
    """A called place outlives a pause of any length by what it had left."""
    pauses = (Pause(1_010, 9_010),)
    assert not rules.has_expired(event(), 5, 1_000, 9_029, pauses=pauses, expired_up_to=0)
    assert rules.has_expired(event(), 5, 1_000, 9_030, pauses=pauses, expired_up_to=0)


def test_a_swept_place_is_expired_whatever_the_clock_says() -> None:
    """Positions up to the watermark were counted as expired, and do not come back to life."""
    assert rules.has_expired(event(), 4, 1_000, 1_000, pauses=(), expired_up_to=4)
    assert not rules.has_expired(event(), 5, 1_000, 1_000, pauses=(), expired_up_to=4)


def test_without_expiry_nothing_expires() -> None:
    """An event that does not expire places keeps even those a sweep had passed."""
    patient = event(queue_position_expiry=False)
    assert not rules.has_expired(patient, 4, 0, 10**9, pauses=(), expired_up_to=9)


@pytest.mark.parametrize(("entry", "step", "since"), [(10, 20, 20), (20, 10, 20), (7, 7, 7)])
def test_the_time_runs_when_both_are_there(entry: int, step: int, since: int) -> None:
    """A visitor who comes late to a line that waits for people has the whole period."""
    assert rules.eligible_since(entry, step) == since


@given(st.integers(1, 50), st.integers(0, 50), st.sampled_from(State))
def test_exactly_the_called_places_are_let_in(position: int, serving: int, state: State) -> None:
    """Not one beyond the serving counter, and nobody while it is paused or sold out."""
    if position <= serving and state in {State.OPEN, State.CLOSED}:
        rules.check_called(event(state=state), position, serving)
        return
    with pytest.raises(NotYet) as held:
        rules.check_called(event(state=state), position, serving)
    why = EventPaused if state is State.PAUSED else LineSoldOut
    assert isinstance(held.value, why) is (position <= serving)


@given(st.sampled_from(State), st.integers(0, 50), st.integers(0, 50))
def test_exactly_a_line_that_is_open_takes_newcomers(state: State, opens: int, now: int) -> None:
    """Paused or not; before its opening they hear how long it takes."""
    at = event(state=state, opens_at=opens)
    if state in {State.CLOSED, State.SOLD_OUT}:
        with pytest.raises(EventClosed if state is State.CLOSED else EventSoldOut):
            rules.check_takes(at, now)
    elif now < opens:
        with pytest.raises(EventNotOpen) as refused:
            rules.check_takes(at, now)
        assert refused.value.retry_after == opens - now
    else:
        rules.check_takes(at, now)


@pytest.mark.parametrize("status", list(SessionStatus))
def test_a_finished_session_yields_no_token(status: SessionStatus) -> None:
    """Completed and abandoned sessions are over; an active one may be asked for again."""
    session = Session(Place(1, 0), 10, 20, "", status)
    if status is SessionStatus.ACTIVE:
        rules.check_session_active(session)
        return
    with pytest.raises(SessionEnded):
        rules.check_session_active(session)


def test_an_expired_place_is_refused() -> None:
    """The refusal has its own error, apart from not being called yet."""
    rules.check_not_expired(False)
    with pytest.raises(PlaceExpired):
        rules.check_not_expired(True)


@pytest.mark.parametrize(
    ("serving", "by", "after"),
    [
        (0, 0, 0),
        (5, 3, 8),
        (5, -3, 2),
        (5, -6, 0),
        (0, -(2**63), 0),
        (5, 2**63 - 1, MAX_COUNTER),
        (MAX_COUNTER, 1, MAX_COUNTER),
        (MAX_COUNTER, -MAX_COUNTER, 0),
    ],
)
def test_the_counter_stays_in_its_bounds(serving: int, by: int, after: int) -> None:
    """Any increment of 64 bits leaves a counter that a store can hold, and none below 0."""
    assert rules.advanced(serving, by) == after


NOW = 10_000


@pytest.mark.parametrize(
    ("anchor", "last", "rate"),
    [
        (None, None, 0.0),
        (Step(NOW - 300, 100), Step(NOW, 400), 1.0),
        (Step(NOW - 5_000, 100), Step(NOW - 1, 700), 2.0),
        (Step(NOW - 5_000, 100), Step(NOW - 5_000, 100), 0.0),
        (Step(NOW - 400, 500), Step(NOW, 100), 0.0),
        (Step(NOW - 100, 50), Step(NOW, 500), 5.0),
        (Step(NOW, 50), Step(NOW, 50), 5.0),
        (Step(NOW + 3, 50), Step(NOW + 3, 50), 5.0),
    ],
    ids=[
        "never served",
        "a step a window ago",
        "a line that slept before the window",
        "nothing within the window",
        "the counter was taken back",
        "younger than the window",
        "a single step just made",
        "a clock that is behind",
    ],
)
def test_the_rate_is_that_of_the_window(
    anchor: Step | None, last: Step | None, rate: float
) -> None:
    """Positions per second over five minutes; a lone first step is spread over ten seconds."""
    assert rules.served_per_second(anchor, last, NOW) == rate


steps = st.none() | st.builds(Step, moments, st.integers(0, MAX_COUNTER))


@given(steps, steps, moments)
def test_the_rate_is_never_negative(anchor: Step | None, last: Step | None, now: int) -> None:
    """Whatever the steps and the clock: a number to divide by, or 0."""
    assert rules.served_per_second(anchor, last, now) >= 0


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(State)), max_size=30))
def test_the_record_of_pauses_tells_the_story(changes: list[tuple[int, State]]) -> None:
    """Second by second, the record says paused exactly when nobody was let in."""
    pauses: tuple[Pause, ...] = ()
    state, now, states = State.OPEN, 0, []
    for wait, new in changes:
        states += [state] * wait
        now += wait
        pauses = rules.pauses_after(pauses, state, new, now)
        state = new
    states += [state] * 3
    told = [is_paused(second, pauses) for second in range(len(states))]
    assert told == [state in {State.PAUSED, State.SOLD_OUT} for state in states]


def test_the_record_of_pauses_is_bounded() -> None:
    """The newest 200 pauses are kept, however often an operator toggles."""
    pauses: tuple[Pause, ...] = ()
    for start in range(0, 1_000, 2):
        pauses = rules.pauses_after(pauses, State.OPEN, State.PAUSED, start)
        pauses = rules.pauses_after(pauses, State.PAUSED, State.OPEN, start + 1)
    assert pauses == tuple(Pause(start, start + 1) for start in range(600, 1_000, 2))
