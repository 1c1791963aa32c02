"""Every value of an inlet, a gate and a probe has a range, and a refusal names it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from waitroom.core.gates import (
    MAX_GATES,
    AlertmanagerGate,
    CloudwatchGate,
    Gate,
    GateState,
    HttpGate,
    HttpProbe,
    PrometheusGate,
    PrometheusProbe,
    gate_name,
    holds,
)
from waitroom.core.inlet_kinds import (
    MAX_RAMP,
    Adaptive,
    Inlet,
    Manual,
    MaxSize,
    Periodic,
    Rate,
    Target,
    size_of,
)
from waitroom.core.limits import MAX_INTERVAL, MAX_POSITION, MAX_TEXT, MAX_TIME
from waitroom.core.model import Event, check_event
from waitroom.errors import InvalidSetting

URL = "http://10.0.0.7:9090"
PROBE = HttpProbe(url=URL)


def event(**settings: Any) -> Event:
    """An event with a probe, but for these settings."""
    return Event(**{"event_id": "sample", "probe": PROBE, **settings})


ADAPTIVE: dict[str, Any] = {"floor": 10, "ceiling": 100}

GOOD: list[Inlet] = [
    Manual(),
    Periodic(increment=1, interval=1, max_lead=0),
    Periodic(increment=MAX_POSITION, interval=MAX_INTERVAL, start=1, end=2, max_lead=MAX_POSITION),
    MaxSize(size=1),
    Rate(per_minute=1),
    Rate(per_minute=MAX_POSITION, ramp_up=MAX_RAMP, start=MAX_TIME - 1, end=MAX_TIME),
    Target(size=MAX_POSITION, max_lead=0),
    Adaptive(floor=1, ceiling=1),
    Adaptive(floor=1, ceiling=MAX_POSITION, latency=3600, errors=0, decrease=0.01, interval=1),
]

BAD: list[tuple[Inlet, str]] = [
    (Periodic(increment=0), "inlet.increment"),
    (Periodic(increment=MAX_POSITION + 1), "inlet.increment"),
    (Periodic(increment=1, interval=0), "inlet.interval"),
    (Periodic(increment=1, interval=MAX_INTERVAL + 1), "inlet.interval"),
    (Periodic(increment=1, start=-1), "inlet.start"),
    (Periodic(increment=1, start=10, end=10), "inlet.end"),
    (Periodic(increment=1, max_lead=-1), "inlet.max_lead"),
    (MaxSize(size=0), "inlet.size"),
    (MaxSize(size=1, max_lead=MAX_POSITION + 1), "inlet.max_lead"),
    (Rate(per_minute=0), "inlet.per_minute"),
    (Rate(per_minute=10**400), "inlet.per_minute"),
    (Rate(per_minute=1, ramp_up=-1), "inlet.ramp_up"),
    (Rate(per_minute=1, ramp_up=MAX_RAMP + 1), "inlet.ramp_up"),
    (Rate(per_minute=1, start=9, end=8), "inlet.end"),
    (Target(size=-5), "inlet.size"),
    (Adaptive(floor=0, ceiling=1), "inlet.floor"),
    (Adaptive(floor=2, ceiling=1), "inlet.ceiling"),
    (Adaptive(**ADAPTIVE, latency=0), "inlet.latency"),
    (Adaptive(**ADAPTIVE, latency=math.nan), "inlet.latency"),
    (Adaptive(**ADAPTIVE, latency=math.inf), "inlet.latency"),
    (Adaptive(**ADAPTIVE, errors=1.01), "inlet.errors"),
    (Adaptive(**ADAPTIVE, errors=math.nan), "inlet.errors"),
    (Adaptive(**ADAPTIVE, decrease=1), "inlet.decrease"),
    (Adaptive(**ADAPTIVE, decrease=0), "inlet.decrease"),
    (Adaptive(**ADAPTIVE, increase=0), "inlet.increase"),
    (Adaptive(**ADAPTIVE, interval=0), "inlet.interval"),
]


@pytest.mark.parametrize("inlet", GOOD, ids=repr)
def test_an_inlet_within_its_ranges_is_accepted(inlet: Inlet) -> None:
    """Both ends of each range belong to it."""
    assert check_event(event(inlet=inlet)).inlet == inlet


@pytest.mark.parametrize(("inlet", "field"), BAD, ids=repr)
def test_an_inlet_out_of_range_is_refused_by_name(inlet: Inlet, field: str) -> None:
    """The refusal names the field and says what was wanted."""
    with pytest.raises(InvalidSetting, match=f"^{field}: wanted ") as refused:
        check_event(event(inlet=inlet))
    assert refused.value.field == field


def test_an_adaptive_inlet_needs_a_probe() -> None:
    """Without one it could only guess how the site is."""
    with pytest.raises(InvalidSetting, match=r"^inlet: wanted a probe"):
        check_event(event(inlet=Adaptive(**ADAPTIVE), probe=None))


@pytest.mark.parametrize(
    ("inlet", "max_active", "cap"),
    [
        (Manual(), 0, 0),
        (Manual(), 7, 7),
        (Target(size=5), 0, 5),
        (Target(size=5), 7, 5),
        (MaxSize(size=9), 7, 7),
    ],
)
def test_the_lower_cap_holds(inlet: Inlet, max_active: int, cap: int) -> None:
    """The cap at the door is the inlet's size or ``max_active``, whichever is lower."""
    assert event(inlet=inlet, max_active=max_active).cap == cap
    assert size_of(inlet) in {0, 5, 9}


GOOD_GATES: list[Gate] = [
    HttpGate(url=URL),
    HttpGate(url=URL, status=204, latency=0.001, interval=3600, unknown="go"),
    PrometheusGate(url=URL, query="up == 0\n", threshold=-1e300),
    AlertmanagerGate(),
    CloudwatchGate(alarm="site slow (p99)", region="eu-central-1"),
]

BAD_GATES: list[tuple[Gate, str]] = [
    (HttpGate(url="ftp://site"), "url"),
    (HttpGate(url="http://user:password@site/"), "url"),
    (HttpGate(url="http://site/\r\nX: y"), "url"),
    (HttpGate(url=URL, status=99), "status"),
    (HttpGate(url=URL, status=600), "status"),
    (HttpGate(url=URL, latency=0), "latency"),
    (HttpGate(url=URL, latency=math.nan), "latency"),
    (HttpGate(url=URL, interval=0), "interval"),
    (PrometheusGate(url="", query="up", threshold=1), "url"),
    (PrometheusGate(url=URL, query="", threshold=1), "query"),
    (PrometheusGate(url=URL, query="u" * (MAX_TEXT + 1), threshold=1), "query"),
    (PrometheusGate(url=URL, query="up\x00", threshold=1), "query"),
    (PrometheusGate(url=URL, query="up\u202e", threshold=1), "query"),
    (PrometheusGate(url=URL, query="up", threshold=math.inf), "threshold"),
    (AlertmanagerGate(alertname="a\x1b[31m"), "alertname"),
    (CloudwatchGate(alarm=""), "alarm"),
    (CloudwatchGate(alarm="a", interval=3601), "interval"),
]


@pytest.mark.parametrize("gate", GOOD_GATES, ids=repr)
def test_a_gate_within_its_ranges_is_accepted(gate: Gate) -> None:
    """What an operator would set passes."""
    assert check_event(event(gates=(gate,))).gates == (gate,)


@pytest.mark.parametrize(("gate", "field"), BAD_GATES, ids=repr)
def test_a_gate_out_of_range_is_refused_by_name(gate: Gate, field: str) -> None:
    """The refusal says which gate, which field, and what was wanted."""
    gates = (HttpGate(url=URL), gate)
    with pytest.raises(InvalidSetting, match=rf"^gates\[1\]\.{field}: wanted "):
        check_event(event(gates=gates))


def test_gates_are_few() -> None:
    """More than eight are refused."""
    assert check_event(event(gates=(HttpGate(url=URL),) * MAX_GATES))
    with pytest.raises(InvalidSetting, match=r"^gates: wanted at most 8"):
        check_event(event(gates=(HttpGate(url=URL),) * (MAX_GATES + 1)))


@pytest.mark.parametrize(
    ("probe", "field"),
    [
        (HttpProbe(url="site"), "url"),
        (HttpProbe(url=URL, timeout=31), "timeout"),
        (HttpProbe(url=URL, window=0), "window"),
        (HttpProbe(url=URL, interval=0), "interval"),
        (PrometheusProbe(url=URL), "latency"),
        (PrometheusProbe(url=URL, errors="\x07"), "errors"),
    ],
    ids=repr,
)
def test_a_probe_out_of_range_is_refused_by_name(
    probe: HttpProbe | PrometheusProbe, field: str
) -> None:
    """As a gate."""
    with pytest.raises(InvalidSetting, match=rf"^probe\.{field}: wanted "):
        check_event(event(probe=probe))


def test_what_holds_the_line() -> None:
    """An alarm always; what is unknown as the gate says."""
    hold, go = HttpGate(url=URL), HttpGate(url=URL, unknown="go")
    assert [holds(hold, state) for state in GateState] == [False, True, True]
    assert [holds(go, state) for state in GateState] == [False, True, False]
    assert gate_name(1, AlertmanagerGate()) == "2-alertmanager"
