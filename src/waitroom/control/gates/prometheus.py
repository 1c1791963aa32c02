"""The gate and the probe that ask a Prometheus server (or what speaks its query API).

What belongs here: the instant query (https://prometheus.io/docs/prometheus/latest/querying/api/)
and what its answer says about the site. Trouble with asking says nothing about the site: a server
that is away, a query that is wrong and an empty answer are all unknown, each with its reason.
"""

from __future__ import annotations

import asyncio
import math
import operator
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from waitroom.control.gates.asking import Asking, NotAsked, Silence
from waitroom.control.gates.finding import Finding, alarm, excerpt, unknown, well
from waitroom.core.gates import GateState, PrometheusGate, PrometheusProbe

SECONDS: Final = 10.0  # that one query may take

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


class NoSamples(Exception):
    """The query gave no number; ``str()`` says why, fit to show."""


class _Element(msgspec.Struct, frozen=True):
    value: tuple[float, str] | None = None  # a native histogram has none


class _Data(msgspec.Struct, frozen=True, rename="camel"):
    result_type: str
    result: msgspec.Raw = msgspec.Raw(b"[]")


class _Reply(msgspec.Struct, frozen=True):
    status: str
    data: _Data | None = None
    error: str = ""


_REPLY: Final = msgspec.json.Decoder(_Reply)
_SCALAR: Final = msgspec.json.Decoder(tuple[float, str])
_VECTOR: Final = msgspec.json.Decoder(list[_Element])


class PrometheusCheck:
    """Asks one ``PrometheusGate``."""

    def __init__(self, gate: PrometheusGate, asking: Asking) -> None:
        self._gate = gate
        self._asking = asking

    async def __call__(self) -> Finding:
        """Ask once. A sample that is not a number hides nothing: any other may be an alarm."""
        gate = self._gate
        try:
            samples = await query(self._asking, gate.url, gate.query)
        except NoSamples as none:
            return unknown(str(none))
        is_bad = _COMPARE[gate.alarm_if]
        numbers = [sample for sample in samples if not math.isnan(sample)]
        bad = [sample for sample in numbers if is_bad(sample, gate.threshold)]
        if bad:
            return alarm(f"{bad[0]:g} {gate.alarm_if} {gate.threshold:g} ({len(bad)} of them)")
        if len(numbers) < len(samples):
            return unknown("a sample is not a number (NaN)")
        return well(f"{len(samples)} samples, the first is {samples[0]:g}")


class PrometheusMeasurement:
    """Asks the two queries of one ``PrometheusProbe``; of several samples the worst counts."""

    def __init__(self, probe: PrometheusProbe, asking: Asking) -> None:
        self._probe = probe
        self._asking = asking

    async def __call__(self) -> Finding:
        """Ask once. One query that fails does not take the other's answer away."""
        probe = self._probe
        (latency, why), (errors, why_not) = await asyncio.gather(
            self._worst(probe.latency, "latency", math.inf), self._worst(probe.errors, "errors", 1)
        )
        trouble = "; ".join(filter(None, (why, why_not)))
        state = GateState.UNKNOWN if trouble else GateState.OK
        return Finding(state, trouble, latency=latency, errors=errors)

    async def _worst(self, text: str, name: str, highest: float) -> tuple[float | None, str]:
        """The largest sample within 0 to ``highest``, or None and what is wrong."""
        if not text:
            return None, ""
        try:
            samples = await query(self._asking, self._probe.url, text)
        except NoSamples as none:
            return None, f"{name}: {none}"
        worst = max(samples, key=lambda sample: math.inf if math.isnan(sample) else sample)
        if not (0 <= worst <= highest and math.isfinite(worst)):  # NaN fails
            return None, f"{name}: {worst:g} is not {_wanted(highest)}"
        return worst, ""


def _wanted(highest: float) -> str:
    return "a share from 0 to 1" if highest == 1 else "a number of seconds"


async def query(asking: Asking, url: str, text: str) -> list[float]:
    """The samples of the instant query ``text`` at the present time; at least one.

    Raises:
        NoSamples: there are none.
    """
    try:
        answer = await asking.get(query_url(url, text), SECONDS)
    except (Silence, NotAsked) as error:
        raise NoSamples(f"Prometheus: {error}") from None
    if answer.is_cut:
        raise NoSamples("Prometheus: more than 64 KiB of samples; aggregate in the query")
    try:
        reply = _REPLY.decode(answer.body)
        return _samples(reply)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, ValueError):
        raise NoSamples(f"Prometheus: {answer.status}, and not its JSON") from None


def query_url(url: str, text: str) -> str:
    """Where the query is asked; a path and parameters that ``url`` has are kept."""
    parts = urlsplit(url)
    asked = urlencode({"query": text, "timeout": f"{SECONDS:g}s"})
    return urlunsplit(
        parts._replace(
            path=parts.path.rstrip("/") + "/api/v1/query",
            query=f"{parts.query}&{asked}" if parts.query else asked,
            fragment="",
        )
    )


def _samples(reply: _Reply) -> list[float]:
    if reply.status != "success" or reply.data is None:
        raise NoSamples(f"Prometheus: {excerpt(reply.error) or 'an error without a reason'}")
    match reply.data.result_type:
        case "scalar":
            return [float(_SCALAR.decode(reply.data.result)[1])]
        case "vector":
            found = _VECTOR.decode(reply.data.result)
        case other:
            raise NoSamples(f"wanted a vector or a scalar, the query gives a {excerpt(other)}")
    if not found:
        raise NoSamples("no sample; a comparison belongs into the gate, not into the query")
    values = [element.value for element in found if element.value is not None]
    if len(values) < len(found):
        raise NoSamples("a sample is a histogram; wanted numbers")
    return [float(value) for _, value in values]
