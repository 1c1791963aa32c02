"""Health gates and probes: what an operator asks about the site before more are let in.

What belongs here: frozen values, their ranges, and what several states make together. Asking is
done in ``control/gates/``. What must change with it: ``docs/inlets.md``.

A gate is ``ok``, in ``alarm`` or ``unknown``. Any gate in alarm holds the inlet; so does one that
is unknown, if it says ``unknown: hold``. Moves by hand pass: an operator knows why.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, Literal

import msgspec

from waitroom.core.limits import MAX_TEXT
from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import InvalidSetting

MAX_GATES: Final = 8
MAX_CHECK_INTERVAL: Final = 3_600  # seconds
MAX_CHECK_SECONDS: Final = 30.0  # that one check may take

OnUnknown = Literal["hold", "go"]


class HttpGate(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="http"):
    """``ok`` if a GET of ``url`` answers 200 to 399 (or exactly ``status``) within ``latency`` s.

    Asked every ``interval`` seconds. No answer at all is an alarm: a site that does not answer is
    not well. Redirects are not followed.
    """

    url: str
    status: int = 0
    latency: float = 2.0
    interval: int = 5
    unknown: OnUnknown = "hold"


class PrometheusGate(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="prometheus"):
    """``alarm`` if any sample of ``query`` compares to ``threshold`` as ``alarm_if`` says.

    ``url`` is the server's, without ``/api/v1``. No sample, an error or no answer: ``unknown``.
    """

    url: str
    query: str
    threshold: float
    alarm_if: Literal[">", ">=", "<", "<=", "==", "!="] = ">"
    interval: int = 15
    unknown: OnUnknown = "hold"


class AlertmanagerGate(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="alertmanager"
):
    """``alarm`` while an alert that Alertmanager sent (``POST events/{id}/alerts``) is firing.

    ``alertname``: only alerts of that name; empty: any. ``unknown`` until the first message.
    """

    alertname: str = ""
    unknown: OnUnknown = "go"


class CloudwatchGate(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="cloudwatch"):
    """As the CloudWatch alarm ``alarm`` is: OK, ALARM, or INSUFFICIENT_DATA, which is unknown.

    Credentials are those of the process. An empty ``region``: the process's.
    """

    alarm: str
    region: str = ""
    interval: int = 30
    unknown: OnUnknown = "hold"


Gate = HttpGate | PrometheusGate | AlertmanagerGate | CloudwatchGate


class HttpProbe(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="http"):
    """Measures the site by a GET of ``url`` every ``interval`` seconds.

    Latency is the median of the last ``window`` answers; errors the share of them that were 5xx,
    later than ``timeout`` seconds or none.
    """

    url: str
    interval: int = 1
    timeout: float = 5.0
    window: int = 20


class PrometheusProbe(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="prometheus"
):
    """Reads the site's latency (seconds) and error share (0 to 1) from two queries.

    Either may be empty: then it is not known and does not count.
    """

    url: str
    latency: str = ""
    errors: str = ""
    interval: int = 10


Probe = HttpProbe | PrometheusProbe


class GateState(StrEnum):
    """What a gate says."""

    OK = "ok"
    ALARM = "alarm"
    UNKNOWN = "unknown"


class GateView(msgspec.Struct, frozen=True, kw_only=True):
    """A gate as it is shown: ``name`` tells it from the event's others, ``since`` in epoch s."""

    name: str
    state: GateState
    holds: bool
    detail: str = ""
    since: int = 0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the site at one moment: an input of the inlets.

    ``holds``: a gate holds the line. ``alarm``: a gate is in alarm, not merely unknown. ``latency``
    in seconds and ``errors`` as a share 0 to 1, from the probe; None: not known.
    """

    holds: bool = False
    alarm: bool = False
    latency: float | None = None
    errors: float | None = None


WELL: Final = Health()


def gate_name(index: int, gate: Gate) -> str:
    """The name of the ``index``-th gate of an event: ``1-http``."""
    kind: str = gate.__struct_config__.tag  # type: ignore[assignment] # each has a text as its tag
    return f"{index + 1}-{kind}"


def holds(gate: Gate, state: GateState) -> bool:
    """Whether ``gate`` in ``state`` holds the inlet."""
    if state is GateState.UNKNOWN:
        return gate.unknown == "hold"
    return state is GateState.ALARM


def check_gates(gates: tuple[Gate, ...], probe: Probe | None) -> None:
    """Pass if every value is acceptable.

    Raises:
        InvalidSetting: one is not; names it (``gates[0].url``) and what was wanted.
    """
    if len(gates) > MAX_GATES:
        raise InvalidSetting("gates", f"wanted at most {MAX_GATES}")
    for index, gate in enumerate(gates):
        _check(f"gates[{index}]", gate)
    if probe is not None:
        _check("probe", probe)
        if isinstance(probe, PrometheusProbe) and not (probe.latency or probe.errors):
            raise InvalidSetting("probe.latency", "wanted a query here or in errors")


def _check(name: str, one: Gate | Probe) -> None:
    url = getattr(one, "url", None)
    if url is not None and not is_absolute_web_url(url):
        raise InvalidSetting(f"{name}.url", "wanted an absolute http(s) URL without a user name")
    for field, low, high in (
        ("interval", 1, MAX_CHECK_INTERVAL),
        ("latency", 0.001, MAX_CHECK_SECONDS),
        ("timeout", 0.001, MAX_CHECK_SECONDS),
        ("window", 1, 1_000),
    ):
        value = getattr(one, field, None)
        if isinstance(value, int | float) and not low <= value <= high:
            raise InvalidSetting(f"{name}.{field}", f"wanted {low} to {high}")
    _check_rest(name, one)


def _check_rest(name: str, one: Gate | Probe) -> None:
    status = getattr(one, "status", 0)
    if status != 0 and not 100 <= status <= 599:
        raise InvalidSetting(f"{name}.status", "wanted 100 to 599, or 0 for any from 200 to 399")
    if isinstance(one, PrometheusGate) and not math.isfinite(one.threshold):
        raise InvalidSetting(f"{name}.threshold", "wanted a finite number")
    for field in ("query", "alarm", "alertname", "region", "latency", "errors"):
        text = getattr(one, field, None)
        if isinstance(text, str) and (len(text) > MAX_TEXT or not _is_plain(text)):
            raise InvalidSetting(f"{name}.{field}", f"wanted up to {MAX_TEXT} printable characters")
    for field in ("query", "alarm"):
        if getattr(one, field, "wanted") == "":
            raise InvalidSetting(f"{name}.{field}", "wanted a text")


def _is_plain(text: str) -> bool:
    return all(c.isprintable() or c in "\n\t" for c in text)
