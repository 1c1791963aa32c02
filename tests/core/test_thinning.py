"""A long curve as few points: its ends, its steps, its height."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from waitroom.core.model import Step
from waitroom.core.thinning import thinned

curves = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1_000)), max_size=300)


def grown(moves: list[tuple[int, int]]) -> list[Step]:
    """A curve that grows by these gaps and gains."""
    curve: list[Step] = []
    second = serving = 0
    for gap, gain in moves:
        second, serving = second + gap + 1, serving + gain
        curve.append(Step(second, serving))
    return curve


def second(step: Step) -> int:
    """When it was."""
    return step.issued_at


@settings(max_examples=60)
@given(curves, st.integers(10, 80))
def test_few_points_and_both_ends(moves: list[tuple[int, int]], most: int) -> None:
    """No more than were asked for, all of them from the curve, in its order, with its ends."""
    curve = grown(moves)
    kept = thinned(curve, most, second)
    assert len(kept) <= most
    assert sorted(set(kept), key=second) == kept
    assert set(kept) <= set(curve)
    assert kept[:1] == curve[:1]
    assert kept[-1:] == curve[-1:]
    if len(curve) <= most:
        assert kept == curve


@settings(max_examples=60)
@given(curves, st.integers(10, 80))
def test_the_shape(moves: list[tuple[int, int]], most: int) -> None:
    """Drawn as steps, the curve is off by no more than what one slice of time holds."""
    curve = grown(moves)
    kept = thinned(curve, most, second)
    if len(curve) <= most:
        return
    length = (curve[-1].issued_at - curve[0].issued_at) / ((most - 2) // 2)
    for before, after in pairwise(kept):
        between = [one for one in curve if before.issued_at < one.issued_at < after.issued_at]
        assert not between or after.issued_at - before.issued_at <= length + 1


def test_a_jump_stays_a_jump() -> None:
    """A thousand who are let in at once after an hour are no slope."""
    curve = [Step(1_000, 1), *(Step(4_600 + n, 1_000 + n) for n in range(600))]
    kept = thinned(curve, 20, second)
    assert kept[:2] == curve[:2]


def test_a_whole_day() -> None:
    """The most points that a chart asks for, of a day in which each second somebody came."""
    day = [Step(n, 7 * n) for n in range(86_400)]
    assert len(thinned(day, 400, second)) in range(390, 401)
