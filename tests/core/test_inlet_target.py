"""A target calls as many as are free, more for those who do not come, fewer when it cannot know."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inlet_line import CROWD, NOW, Line, at

from waitroom.core import turnout
from waitroom.core.gates import Health
from waitroom.core.inlet import Slot, due, needs_occupancy, per_minute
from waitroom.core.inlet_kinds import Manual, MaxSize, Rate, Target
from waitroom.core.model import Cohort, Occupancy, State
from waitroom.core.turnout import AGES, Turnover, expected_share, to_call, turnover

INLET = Target(size=100)
NOBODY = (Cohort(0, 0),) * (len(AGES) + 1)


def full(
    active: int = 0, held: int = 0, cohorts: dict[int, tuple[int, int]] | None = None
) -> Occupancy:
    """How full a site is; ``cohorts`` by the age that bounds them (0: all before)."""
    by_bound = [*AGES, 0]
    found = list(NOBODY)
    for bound, (called, shown) in (cohorts or {}).items():
        found[by_bound.index(bound)] = Cohort(called, shown)
    return Occupancy(active=active, held=held, cohorts=tuple(found))


def calls(occupancy: Occupancy, queue: int = CROWD, serving: int = 0) -> int:
    """How many it calls then."""
    return sum(slot.by for slot in due(at(INLET, queue, serving), NOW, occupancy=occupancy))


# --- how many


@pytest.mark.parametrize(
    ("occupancy", "called"),
    [
        (full(), 100),
        (full(active=60), 40),
        (full(active=60, held=10), 30),
        (full(active=100), 0),
        (full(active=250), 0),
        (full(active=100, held=5), 0),
        (full(cohorts={5: (100, 0)}), 0),
        (full(active=30, cohorts={5: (100, 30)}), 0),
        (full(active=30, cohorts={60: (40, 30)}), 60),
    ],
)
def test_it_fills_up_to_its_size(occupancy: Occupancy, called: int) -> None:
    """Active, at the door, or called and expected: all of them count."""
    assert calls(occupancy) == called


def test_the_step_holds_only_where_it_was_worked_out_for() -> None:
    """It names the second and the counter, and what it remembers of those who left."""
    [slot] = due(at(INLET, serving=77), NOW, occupancy=full(active=40))
    assert slot == Slot(f"target:{NOW}", 60, 77, turnout.noted(Turnover(-40, NOW)))


def test_places_called_ahead_are_expected_in_full() -> None:
    """Who joins will go straight in, so nothing is called for them twice."""
    assert calls(full(), queue=0, serving=0) == 100
    assert calls(full(), queue=0, serving=100) == 0
    assert calls(full(active=20), queue=50, serving=110) == 20


def test_the_share_that_does_not_come_is_called_on_top() -> None:
    """As it was of late among those who had the time; more as the evidence is older."""
    young = full(cohorts={60: (1_000, 100)})
    assert expected_share(young.cohorts) == 1
    settled = full(cohorts={120: (2_000, 1_400), 300: (4_000, 2_800), 900: (9_000, 6_300)})
    assert expected_share(settled.cohorts) == pytest.approx(0.7, abs=0.01)
    on_their_way = {5: (20, 0)}
    coming = full(50, 0, on_their_way | {900: (9_000, 6_300)})
    assert calls(coming) == 100 - 50 - 14


@pytest.mark.parametrize(("bound", "least"), [(60, 1.0), (120, 0.6), (300, 0.4), (900, 0.2)])
def test_if_nobody_comes_it_believes_that_slowly(bound: int, least: float) -> None:
    """The share is never taken for less than the age of the evidence allows."""
    nobody = {age: (10**6, 0) for age in AGES if age <= bound}
    assert expected_share(full(cohorts=nobody).cohorts) == pytest.approx(least, abs=0.001)
    assert calls(full(cohorts={bound: (1_000, 0)})) == 0


def test_what_was_long_ago_is_a_first_guess_only() -> None:
    """All of the time before speaks for 0.6 at least, and for nothing once there is news."""
    assert expected_share(full(cohorts={0: (10**6, 0)}).cohorts) == 0.6
    assert expected_share(full(cohorts={0: (10**6, 7 * 10**5)}).cohorts) == pytest.approx(
        0.7, abs=0.001
    )
    news = {0: (10**6, 0), 900: (9_000, 9_000)}
    assert expected_share(full(cohorts=news).cohorts) == pytest.approx(1, abs=0.01)


def test_the_size_lowered_or_the_line_moved_by_hand_calls_nobody() -> None:
    """Until those who are there have left, and those who were called have come or not."""
    assert calls(full(active=300)) == 0
    assert calls(full(active=10, cohorts={10: (50_000, 0)})) == 0


def test_those_who_leave_meanwhile_are_replaced_ahead() -> None:
    """Two leave a second, who is called takes ten seconds to come: twenty more are called."""
    curve = {5: (10, 0), 10: (10, 0), 20: (20, 20), 40: (40, 40), 60: (40, 40), 900: (600, 600)}
    here = full(80, 0, curve)
    still, moving = to_call(100, here, 0, 0.0), to_call(100, here, 0, 2.0)
    assert still == 0
    assert moving - still == 20 + 4  # and by how much that varies
    assert to_call(100, here, 0, 1e9) <= 200


# --- how many leave


def test_turnover_is_an_average_of_the_last_minute() -> None:
    """Two a second for minutes are two; an hour of nothing is nothing."""
    known = turnover({}, 0, NOW)
    for second in range(1, 301):
        known = turnover(turnout.noted(known), 2 * second, NOW + second)
    assert known.per_second == pytest.approx(2, abs=0.02)
    assert turnover(turnout.noted(known), 600, NOW + 4_000).per_second < 0.001


def test_those_admitted_between_two_readings_do_not_end_what_is_known() -> None:
    """Who came in after the tokens were counted, but before the active were, seems not to leave."""
    known = turnover({}, 100, NOW)
    for second in range(1, 301):
        between = 3 * (second % 2)  # people who were admitted just then
        known = turnover(turnout.noted(known), 100 + second - between, NOW + second)
    assert known.per_second == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "{",
        "[]",
        '{"ended":"1","at":1}',
        f'{{"ended":9,"at":{NOW + 60},"per_second":1}}',
        f'{{"ended":99,"at":{NOW - 9},"per_second":1}}',
        f'{{"ended":9,"at":{NOW - 9},"per_second":1e300}}',
        f'{{"ended":9,"at":{NOW - 9},"per_second":-1}}',
    ],
)
def test_a_note_that_cannot_be_begins_anew(note: str) -> None:
    """Broken, of the future, from before a reset, or of more than ever left."""
    assert turnover({"turnover": note}, 50, NOW) == Turnover(50, NOW)


# --- when


def test_nothing_is_asked_or_called_where_nothing_may_move() -> None:
    """Paused, held, dealt with, no room, or another inlet: the store is not asked."""
    assert needs_occupancy(at(INLET), NOW, None)
    assert needs_occupancy(at(INLET), NOW, NOW - 1)
    assert not needs_occupancy(at(INLET), NOW, NOW)
    for state in (State.PAUSED, State.SOLD_OUT):
        assert not needs_occupancy(at(INLET, state=state), NOW, None)
    assert not needs_occupancy(at(INLET), NOW, None, Health(holds=True))
    assert not needs_occupancy(at(INLET, queue=5, serving=105), NOW, None)
    for inlet in (Manual(), MaxSize(size=5), Rate(per_minute=5)):
        assert not needs_occupancy(at(inlet), NOW, None)
    assert due(at(INLET), NOW) == []
    assert due(at(INLET), NOW, NOW, occupancy=full()) == []
    assert due(at(INLET), NOW, health=Health(holds=True), occupancy=full()) == []
    assert due(at(INLET, state=State.PAUSED), NOW, occupancy=full()) == []


@pytest.mark.parametrize("inlet", [Manual(), MaxSize(size=5)])
def test_what_moves_by_hand_or_by_messages_is_never_due(inlet: Manual | MaxSize) -> None:
    """Neither is moved by the time."""
    assert due(at(inlet), NOW, occupancy=full()) == []
    assert per_minute(at(inlet), NOW) is None
    assert per_minute(at(INLET), NOW) is None


cohorts = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(
    lambda pair: Cohort(max(pair), min(pair))
)
occupancies = st.builds(
    Occupancy,
    active=st.integers(0, 10**5),
    held=st.integers(0, 10**5),
    cohorts=st.lists(cohorts, min_size=len(AGES) + 1, max_size=len(AGES) + 1).map(tuple),
)


@given(
    st.integers(1, 10**5),
    occupancies,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.none() | st.integers(0, 10**5),
    st.none() | st.text() | st.builds(Turnover, st.integers(), st.integers(), st.floats()),
)
def test_whatever_it_sees_it_stays_within_bounds(
    size: int,
    occupancy: Occupancy,
    queue: int,
    serving: int,
    lead: int | None,
    note: str | Turnover | None,
) -> None:
    """Never more at once than its size three times over, never beyond ``max_lead``, no error."""
    inlet = Target(size=size, max_lead=lead)
    text = msgspec.json.encode(note).decode() if isinstance(note, Turnover) else note
    notes = {} if text is None else {"turnover": text}
    line = Line(inlet, queue=queue, serving=serving, notes=notes)
    line.look(0, None, occupancy=occupancy)
    line.look(0, None, occupancy=occupancy)
    moved = line.serving - serving
    assert 0 <= moved <= 3 * size
    assert moved == 0 or line.serving <= queue + (size if lead is None else lead)
    assert 0 < expected_share(occupancy.cohorts) <= 1
