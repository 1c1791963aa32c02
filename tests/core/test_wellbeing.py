"""How an event does at a glance: what an operator is told, and what is no reason to worry."""

from __future__ import annotations

import msgspec
import pytest
from inlet_line import NOW, at

from waitroom.core.by_second import GATE_NOTE, GateNote
from waitroom.core.estimate import Change
from waitroom.core.gates import GateState, GateView
from waitroom.core.inlet_kinds import Inlet, Manual, MaxSize, Periodic, Rate
from waitroom.core.model import Pause, Snapshot, State, Step
from waitroom.core.wellbeing import FULL_FOR, QUIET, SOON, Health, Seen, span, wellbeing

HOLDS = GateView(name="1-http", state=GateState.ALARM, holds=True, since=NOW - 90)
UNKNOWN = GateView(name="2-http", state=GateState.UNKNOWN, holds=False)
RATE = Rate(per_minute=60)


def line(
    inlet: Inlet = RATE,
    *,
    waiting: int = 100,
    moved: int | None = 1,
    state: State = State.OPEN,
    pauses: tuple[Pause, ...] = (),
    **settings: object,
) -> Snapshot:
    """A line that moved so many seconds ago (None: never)."""
    found = at(inlet, queue=waiting + 10, serving=10, state=state, pauses=pauses)
    last = None if moved is None else Step(NOW - moved, 10)
    event = msgspec.structs.replace(found.event, **settings)
    return msgspec.structs.replace(found, event=event, last=last)


def told(snapshot: Snapshot, seen: Seen = Seen()) -> tuple[Health, list[str]]:  # noqa: B008 - frozen
    """The health and the codes."""
    found = wellbeing(snapshot, seen, NOW)
    return found.health, [one.code for one in found.why]


def test_a_long_line_that_moves() -> None:
    """Many who wait are no trouble."""
    assert told(line(waiting=10**6)) == (Health.GOOD, [])


def test_nobody_is_called_though_people_wait() -> None:
    """Bad of an inlet that should, a warning of one that waits for somebody; the text says both
    numbers."""
    assert told(line(moved=QUIET + 2)) == (Health.BAD, ["nobody_called"])
    for inlet in (Manual(), MaxSize(size=5)):
        assert told(line(inlet, moved=QUIET + 1)) == (Health.WARN, ["nobody_called"])
    assert told(line(moved=QUIET)) == (Health.GOOD, [])
    assert told(line(waiting=0, moved=9_999)) == (Health.GOOD, [])
    why = wellbeing(line(Manual(), moved=None), Seen(), NOW).why
    assert [one.text for one in why] == ["Nobody was called yet; 100 are still to be called."]


def test_an_inlet_that_means_to_wait() -> None:
    """What it plans is not counted against it: an hour between steps, a start to come, a ramp."""
    hourly = Periodic(increment=5, interval=3_600)
    assert told(line(hourly, moved=3_600)) == (Health.GOOD, [])
    assert told(line(hourly, moved=3_600 + QUIET + 1)) == (Health.BAD, ["nobody_called"])
    assert told(line(Rate(per_minute=6, start=NOW + 60), moved=9_999)) == (Health.GOOD, [])
    assert told(line(Rate(per_minute=6, ramp_up=600, start=NOW), moved=500)) == (Health.GOOD, [])


def test_what_stood_still_on_purpose() -> None:
    """After a pause, or after a gate opened, the quiet begins anew."""
    resumed = line(moved=9_999, pauses=(Pause(NOW - 9_000, NOW - 5),))
    assert told(resumed) == (Health.GOOD, [])
    note = msgspec.json.encode(GateNote("open", NOW - 5)).decode()
    opened = msgspec.structs.replace(line(moved=9_999), notes={GATE_NOTE: note})
    assert told(opened) == (Health.GOOD, [])


def test_a_pause() -> None:
    """A warning while people wait, with how long; none of an empty line."""
    paused = line(state=State.PAUSED, moved=9_999, pauses=(Pause(NOW - 720),))
    assert told(paused) == (Health.WARN, ["paused"])
    assert wellbeing(paused, Seen(), NOW).why[0].text == "Paused for 12 min, and people wait."
    empty = msgspec.structs.replace(
        paused, counters=msgspec.structs.replace(paused.counters, queue=0, serving=0)
    )
    assert told(empty) == (Health.GOOD, [])


@pytest.mark.parametrize(
    ("waiting", "health"), [(100, Health.BAD), (0, Health.WARN)], ids=["a crowd", "nobody"]
)
def test_a_gate_that_holds(waiting: int, health: Health) -> None:
    """Bad while people wait; the quiet that follows from it is not told as well."""
    seen = Seen(gates=(HOLDS, UNKNOWN))
    codes = ["held", "gate_unknown"]
    assert told(line(waiting=waiting, moved=9_999), seen) == (health, codes)
    why = wellbeing(line(waiting=waiting), seen, NOW).why
    assert why[0].text == "The line is held for 1 min by 1-http."


def test_a_full_site() -> None:
    """Only when it has been so for long, and only of those that have a cap."""
    full = line(max_active=50, moved=9_999)
    since = NOW - FULL_FOR
    assert told(full, Seen(active=50, full_since=since)) == (Health.WARN, ["full"])
    assert told(full, Seen(active=50, full_since=since + 1)) == (Health.GOOD, [])
    assert told(full, Seen(active=49))[1] == ["nobody_called"]


def test_waits_that_grow() -> None:
    """What visitors are told of a slower line, operators are told too."""
    seen = Seen(changed=Change("slower", NOW - 60))
    assert told(line(), seen) == (Health.WARN, ["slower"])
    assert told(line(), Seen(changed=Change("faster", NOW - 60))) == (Health.GOOD, [])


def test_work_that_fails() -> None:
    """Bad, before all else."""
    health, codes = told(line(state=State.PAUSED, pauses=(Pause(NOW),)), Seen(failed=True))
    assert (health, codes) == (Health.BAD, ["store", "paused"])


def test_an_opening_to_come() -> None:
    """News in its last hour; a warning if the state would not let anybody in then."""
    soon = NOW + SOON
    assert told(line(waiting=0, opens_at=soon)) == (Health.GOOD, ["opens_soon"])
    assert told(line(waiting=0, opens_at=soon + 1)) == (Health.GOOD, [])
    assert told(line(waiting=0, opens_at=NOW)) == (Health.GOOD, [])
    closed = line(waiting=0, opens_at=soon, state=State.CLOSED)
    assert told(closed) == (Health.WARN, ["opens_closed"])


def test_sold_out() -> None:
    """Nothing is asked of a line that has come to its end."""
    assert told(line(state=State.SOLD_OUT, moved=9_999)) == (Health.GOOD, ["sold_out"])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (11_100, "3 h 5 min"),
        (200_000, "2 days"),
    ],
)
def test_spans(seconds: int, words: str) -> None:
    """Rounded down, in the largest unit that says enough."""
    assert span(seconds) == words
