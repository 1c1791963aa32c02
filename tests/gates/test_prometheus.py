"""The gate and the probe that ask Prometheus: the real one, and servers that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from api.served import free_binds
from waitroom.control.gates import prometheus
from waitroom.control.gates.asking import Asking
from waitroom.control.gates.prometheus import PrometheusCheck, PrometheusMeasurement, query_url
from waitroom.core.gates import GateState, PrometheusGate, PrometheusProbe

from . import programs
from .sites import Answer, LoopbackSite, closes, hangs, raw, says

OK, ALARM, UNKNOWN = GateState.OK, GateState.ALARM, GateState.UNKNOWN

Compared = Literal[">", ">=", "<", "<=", "==", "!="]

NAN = "vector(0) / vector(0)"
NAN_AND_FIVE = f'label_replace({NAN}, "which", "nan", "", "") or vector(5)'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus."""
    with programs.prometheus(tmp_path_factory.mktemp("prometheus")) as url:
        yield url


@pytest.mark.parametrize(
    ("query", "alarm_if", "threshold", "state"),
    [
        ("vector(1)", ">", 0.5, ALARM),
        ("vector(1)", ">", 1, OK),
        ("vector(1)", ">=", 1, ALARM),
        ("vector(1)", "<", 1, OK),
        ("vector(1)", "<=", 1, ALARM),
        ("vector(1)", "==", 1, ALARM),
        ("vector(1)", "!=", 1, OK),
        ("scalar(vector(3))", ">", 2, ALARM),
        ("vector(1) / 0", ">", 100, ALARM),
        ("-vector(1) / 0", ">", 100, OK),
        ('label_replace(vector(9), "a", "b", "", "") or vector(1)', ">", 5, ALARM),
        (NAN, ">", 0, UNKNOWN),
        (NAN, "!=", 0, UNKNOWN),
        (NAN_AND_FIVE, ">", 4, ALARM),
        (NAN_AND_FIVE, ">", 6, UNKNOWN),
        ("vector(1) > 2", ">", 0, UNKNOWN),
        ("nothing_by_this_name", ">", 0, UNKNOWN),
        ("((", ">", 0, UNKNOWN),
        ('"text"', ">", 0, UNKNOWN),
        ("nothing_by_this_name[1m]", ">", 0, UNKNOWN),
        ("vector(1) # a comment + a & and a %26", ">", 0.5, ALARM),
    ],
)
async def test_what_a_query_says(
    server: str, asking: Asking, query: str, alarm_if: Compared, threshold: float, state: GateState
) -> None:
    """Any sample beyond the threshold is an alarm; no number, or one that is none, is unknown."""
    gate = PrometheusGate(url=server, query=query, alarm_if=alarm_if, threshold=threshold)
    found = await PrometheusCheck(gate, asking)()
    assert found.state is state, found
    assert found.detail


async def test_a_wrong_query_is_explained(server: str, asking: Asking) -> None:
    """The server's own words are shown, so that an operator can mend the query."""
    found = await PrometheusCheck(PrometheusGate(url=server, query="sum(", threshold=0), asking)()
    assert "parse error" in found.detail


async def test_a_probe_reads_two_queries(server: str, asking: Asking) -> None:
    """Latency and error share, the worst of several samples; either may be left out."""
    worst = 'label_replace(vector(0.3), "a", "b", "", "") or vector(0.1)'
    both = PrometheusProbe(url=server, latency=worst, errors="vector(0.02)")
    found = await PrometheusMeasurement(both, asking)()
    assert found == (OK, "", 0.3, 0.02, 0)
    found = await PrometheusMeasurement(PrometheusProbe(url=server, latency=worst), asking)()
    assert found == (OK, "", 0.3, None, 0)


@pytest.mark.parametrize(
    ("latency", "errors", "read"),
    [
        ("((", "vector(0.5)", (None, 0.5)),
        ("vector(0.5)", NAN, (0.5, None)),
        ("-vector(1)", "vector(5)", (None, None)),
        ("vector(1) / 0", "vector(1)", (None, 1.0)),
        (NAN_AND_FIVE, "", (None, None)),
    ],
)
async def test_a_probe_that_knows_half(
    server: str, asking: Asking, latency: str, errors: str, read: tuple[float | None, float | None]
) -> None:
    """A query that fails, or gives what cannot be, is not known, and the other one still is."""
    probe = PrometheusProbe(url=server, latency=latency, errors=errors)
    found = await PrometheusMeasurement(probe, asking)()
    assert found.state is UNKNOWN
    assert (found.latency, found.errors) == read
    assert found.detail.split(": ")[0] in {"latency", "errors"}


def vector(*values: Any) -> bytes:
    """A good answer with these samples."""
    elements = [{"metric": {}, "value": [1, value]} for value in values]
    return reply({"resultType": "vector", "result": elements})


def reply(data: object, status: str = "success") -> bytes:
    """An answer with this in it."""
    return json.dumps({"status": status, "data": data}).encode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(200, b"<html>"), "not its JSON"),
        (says(200, b"[]"), "not its JSON"),
        (says(200, b"[" * 60_000), "not its JSON"),
        (says(200, b"\xff\xfe"), "not its JSON"),
        (says(200, vector(1)), "not its JSON"),
        (says(200, vector("a lot")), "not its JSON"),
        (says(200, reply({"resultType": "scalar", "result": 1})), "not its JSON"),
        (says(200, reply({"resultType": "vector"})), "no sample"),
        (says(200, reply({"resultType": "x\x1b[2J"})), "gives a x [2J"),
        (says(200, reply(None)), "without a reason"),
        (says(200, reply({"resultType": "vector", "result": [{"histogram": []}]})), "histogram"),
        (says(503, b'{"status":"error","error":"too\\nbusy\\u001b[31m"}'), "too busy [31m"),
        (says(200, vector(*["1"] * 5_000)), "64 KiB"),
        (says(302, location="/"), "not its JSON"),
        (says(502, b"<html>" + b"x" * 5_000), "502, and not its JSON"),
        (closes, "connection broke"),
        (hangs, "within 0.2 s"),
        (raw(b"\r\n\r\n"), "no HTTP"),
    ],
)
async def test_a_server_that_is_not_well(
    shop: LoopbackSite,
    asking: Asking,
    answer: Answer,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That says nothing about the site: unknown, and why, in a few printable characters."""
    if answer is hangs:  # the others have their time: an answer that is late is another finding
        monkeypatch.setattr(prometheus, "SECONDS", 0.2)
    shop.at("/api/v1/query", answer)
    gate = PrometheusGate(url=shop.origin, query="up", threshold=0)
    found = await PrometheusCheck(gate, asking)()
    assert found.state is UNKNOWN
    assert words in found.detail
    assert found.detail.isprintable()
    assert len(found.detail) < 300


async def test_nobody_there(asking: Asking) -> None:
    """A Prometheus that is away is unknown, not an alarm of the site."""
    gate = PrometheusGate(url=f"http://{free_binds(1)[0]}", query="up", threshold=0)
    assert (await PrometheusCheck(gate, asking)()).state is UNKNOWN


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://p:9090", "http://p:9090/api/v1/query?query=a%2Bb&timeout=10s"),
        ("http://p:9090/", "http://p:9090/api/v1/query?query=a%2Bb&timeout=10s"),
        ("https://p/prom/", "https://p/prom/api/v1/query?query=a%2Bb&timeout=10s"),
        ("https://p/?t=1#x", "https://p/api/v1/query?t=1&query=a%2Bb&timeout=10s"),
    ],
)
def test_where_it_is_asked(url: str, asked: str) -> None:
    """The query API lies below the server's URL, whose path and parameters are kept."""
    assert query_url(url, "a+b") == asked
