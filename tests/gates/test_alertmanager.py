"""What messages of Alertmanager leave behind, and what that says to a gate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.control.gates.alertmanager import (
    HEARD,
    MAX_ALERTS,
    MAX_GROUPS,
    MAX_NAME,
    MORE,
    PREFIX,
    Alert,
    AlertMessage,
    enter,
    state_of,
)
from waitroom.core.gates import AlertmanagerGate, GateState

NOW = 1_800_000_000
ANY = AlertmanagerGate()

Notes = dict[str, str]


def alert(number: int, name: str = "Down", status: Any = "firing") -> Alert:
    """An alert of its own fingerprint."""
    return Alert(status, f"{number:x}", {"alertname": name})


def message(*alerts: Alert, group: str = "{}", truncated: int = 0) -> AlertMessage:
    """What Alertmanager says of a group."""
    return AlertMessage(list(alerts), group, truncated)


def after(notes: Mapping[str, str], *messages: AlertMessage, now: int = NOW) -> Notes:
    """The notes once the messages were taken, one after the other."""
    kept = dict(notes)
    for one in messages:
        for name, text in enter(one, kept, now).items():
            if text is None:
                kept.pop(name, None)
            else:
                kept[name] = text
    return kept


def state(notes: Mapping[str, str], name: str = "") -> GateState:
    """What a gate for alerts of ``name`` says."""
    return state_of(AlertmanagerGate(alertname=name), notes).state


def test_unknown_until_the_first_message() -> None:
    """Silence may mean that nothing fires, or that nobody is there to say so."""
    assert state({}) is GateState.UNKNOWN
    assert state(after({}, message())) is GateState.OK


def test_firing_and_resolved() -> None:
    """An alert that fires is an alarm until it is resolved; another one is another one."""
    notes = after({}, message(alert(1), alert(2)))
    found = state_of(ANY, notes)
    assert (found.state, found.since) == (GateState.ALARM, NOW)
    assert found.detail == "Down is firing (alert:1; 2 in all)"
    notes = after(notes, message(alert(1, status="resolved"), alert(2)))
    assert state(notes) is GateState.ALARM
    assert state(after(notes, message(alert(2, status="resolved")))) is GateState.OK


def test_a_gate_for_one_name() -> None:
    """Alerts of other names are not its business."""
    notes = after({}, message(alert(1, "DiskFull")))
    assert state(notes, "DiskFull") is GateState.ALARM
    assert state(notes, "Down") is GateState.OK
    assert state(notes) is GateState.ALARM


def test_an_alert_without_a_name() -> None:
    """It counts for a gate that takes any, and for no other."""
    notes = after({}, message(Alert("firing", "1")))
    assert state(notes) is GateState.ALARM
    assert state(notes, "Down") is GateState.OK


def test_the_same_again() -> None:
    """A message that comes twice changes nothing but when Alertmanager was heard last."""
    first = message(alert(1), alert(2, status="resolved"))
    once = after({}, first)
    again = after(once, first, now=NOW + 60)
    assert {n for n in again if again[n] != once.get(n)} == {HEARD}


def test_an_alert_twice_in_a_message() -> None:
    """Resolved and firing at once: it fires."""
    both = (alert(1, status="resolved"), alert(1))
    for alerts in (both, both[::-1]):
        assert state(after({}, message(*alerts))) is GateState.ALARM
        assert state(after(after({}, message(alert(1))), message(*alerts))) is GateState.ALARM


def test_no_more_than_so_many_are_remembered() -> None:
    """Beyond the limit every gate is in alarm: the one left out might be the one it waits for."""
    many = [alert(n) for n in range(MAX_ALERTS + 5)]
    notes = after({}, message(*many))
    assert sum(name.startswith(PREFIX) for name in notes) == MAX_ALERTS + 1
    assert state(notes, "SomethingElse") is GateState.ALARM
    gone = [msgspec.structs.replace(one, status="resolved") for one in many]
    assert after(notes, message(*gone)).keys() == {HEARD}


def test_a_group_that_fits_again() -> None:
    """Once a group's message could be remembered as a whole, nothing of it is in doubt."""
    full = message(*(alert(n) for n in range(MAX_ALERTS)), group="a")
    notes = after({}, full, message(alert(99, "Other"), group="b"))
    assert MORE in notes
    notes = after(notes, message(alert(0, status="resolved"), group="a"))
    assert MORE in notes  # nothing was said of b
    notes = after(notes, message(alert(99, "Other"), group="b"))
    assert MORE not in notes
    assert state(notes, "Other") is GateState.ALARM


def test_alerts_that_alertmanager_left_out() -> None:
    """A receiver with ``max_alerts`` says how many it kept to itself: that is an alarm."""
    notes = after({}, message(alert(1), truncated=3))
    assert state(notes, "Other") is GateState.ALARM
    assert state(after(notes, message(alert(1))), "Other") is GateState.OK


def test_more_groups_than_are_remembered() -> None:
    """What is in doubt of groups beyond the limit is over when no alert is left."""
    full = [alert(n) for n in range(MAX_ALERTS)]
    notes = after({}, message(*full, group="full"))
    over = [message(alert(1_000 + n), group=f"g{n}") for n in range(MAX_GROUPS + 5)]
    notes = after(notes, *over)
    assert len(notes[MORE]) < 1_000
    notes = after(notes, *(message(group=one.group_key) for one in over))
    assert state(notes, "Other") is GateState.ALARM
    gone = [msgspec.structs.replace(one, status="resolved") for one in full]
    assert after(notes, message(*gone, group="full")).keys() == {HEARD}


def test_a_person_says_that_nothing_fires() -> None:
    """Where Alertmanager will never say it, a message without anything forgets all alerts."""
    notes = after({}, message(*(alert(n) for n in range(60)), group="a"))
    assert state(notes) is GateState.ALARM
    assert after(notes, message(group="")).keys() == {HEARD}


def test_long_names() -> None:
    """They are cut in the notes, and a gate for the whole name hears of it."""
    name = "n" * (MAX_NAME + 500)
    notes = after({}, message(alert(1, name)))
    assert all(len(text) < MAX_NAME + 100 for text in notes.values())
    assert state(notes, name) is GateState.ALARM


@pytest.mark.parametrize("text", ["", "{", "[]", '{"alertname": 5}', "[" * 5_000, '"\\ud800"'])
def test_a_note_that_cannot_be_read(text: str) -> None:
    """It is taken for an alert of any name, and the next message gets rid of it."""
    notes = after({}, message()) | {f"{PREFIX}1": text, MORE: text}
    assert state(notes, "Down") is GateState.ALARM
    assert state(after(notes, message(alert(1, status="resolved")))) is GateState.OK


groups = st.integers(0, 24)
numbers = st.integers(0, 90)
# A message of a group: which of its alerts fire (the others are resolved).
told = st.lists(st.tuples(groups, st.sets(numbers, max_size=60)), max_size=30)


@given(told)
def test_what_fires_is_never_overlooked(history: list[tuple[int, set[int]]]) -> None:
    """Whatever is told in whatever order: an alert that fires is an alarm to a gate for its name,
    and once nothing fires, so is nothing."""
    firing: dict[int, set[int]] = {}
    notes: Notes = {}
    for group, now_firing in history:
        before = firing.get(group, set())
        notes = after(notes, of_group(group, now_firing, before - now_firing))
        firing[group] = now_firing
        for name in (f"g{g}n{n}" for g, found in firing.items() for n in found):
            assert state(notes, name) is GateState.ALARM
        assert sum(n.startswith(PREFIX) for n in notes) <= MAX_ALERTS + 1
    for group, left in firing.items():
        notes = after(notes, of_group(group, set(), left))
    if history:
        assert state(notes) is GateState.OK


def of_group(group: int, firing: set[int], resolved: set[int]) -> AlertMessage:
    """What Alertmanager says of one group whose alerts have names of their own."""

    def one(number: int, status: Any) -> Alert:
        return Alert(status, f"{group * 1_000 + number:x}", {"alertname": f"g{group}n{number}"})

    alerts = [one(n, "firing") for n in sorted(firing)]
    return message(*alerts, *(one(n, "resolved") for n in sorted(resolved)), group=str(group))


def test_the_notes_are_small() -> None:
    """They are read with every snapshot of the event, each second."""
    notes = after({}, message(*(alert(n, "n" * 5_000) for n in range(500)), group="g" * 10_000))
    assert len(json.dumps(notes)) < 20_000
