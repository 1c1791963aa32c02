"""Counting in one process, and adding up several."""

from __future__ import annotations

import pytest

from waitroom.observe.catalogue import BY_NAME, METRICS
from waitroom.observe.meter import BOUNDS, SECONDS, SIZES, Meter, Numbers, cumulative, total

REQUESTS = "waitroom_http_requests"
TOOK = "waitroom_http_request_duration_seconds"


def test_requests_are_counted_by_route_method_and_status() -> None:
    """Each combination by itself; durations by route, whatever came of the request."""
    meter = Meter("public")
    meter.request("/api/status", "GET", 200, 0.0002)
    meter.request("/api/status", "GET", 304, 0.3)
    meter.request("/api/status", "GET", 200, 0.0007)
    found = meter.numbers()
    assert found.counters[REQUESTS] == {
        ("public", "/api/status", "GET", "200"): 2,
        ("public", "/api/status", "GET", "304"): 1,
    }
    cell = found.histograms[TOOK]["public", "/api/status"]
    assert total(cell) == 3
    assert cell[-1] == pytest.approx(0.3009)


def test_a_made_up_method_adds_no_label() -> None:
    """Whatever strangers write there is one label, so that they cannot fill the memory."""
    meter = Meter("public")
    for n in range(100):
        meter.request("other", f"M{n}", 404, 0.001)
    assert meter.numbers().counters[REQUESTS] == {("public", "other", "other", "404"): 100}
    assert len(meter.requests) == 1


def test_buckets_are_cumulative_and_end_in_all() -> None:
    """A value on a bound belongs to it (le: less or equal); one above all bounds counts in +Inf."""
    meter = Meter()
    for value in (0.0005, 0.00051, 100.0):
        meter.observe(TOOK, value, "public", "/")
    buckets = dict(cumulative(TOOK, meter.numbers().histograms[TOOK]["public", "/"]))
    assert len(buckets) == len(SECONDS) + 1
    assert buckets["0.0005"] == 1
    assert buckets["0.001"] == 2
    assert buckets["10.0"] == 2
    assert buckets["+Inf"] == 3


def test_batches_have_buckets_of_sizes() -> None:
    """How many joined at once is no time."""
    meter = Meter()
    meter.observe("waitroom_join_batch_size", 4000)
    cell = meter.numbers().histograms["waitroom_join_batch_size"][()]
    assert dict(cumulative("waitroom_join_batch_size", cell))["4000.0"] == 1
    assert len(cell) == len(SIZES) + 2


def test_the_numbers_are_a_copy() -> None:
    """Who has them is not surprised by what is counted later."""
    meter = Meter("public")
    meter.request("/", "GET", 200, 0.1)
    meter.count("waitroom_joins", by=3)
    before = meter.numbers()
    meter.request("/", "GET", 200, 0.1)
    meter.count("waitroom_joins", by=3)
    assert before.counters["waitroom_joins"] == {(): 3}
    assert total(before.histograms[TOOK]["public", "/"]) == 1


def test_adding_up_changes_only_the_sum() -> None:
    """What one process counted stays its own."""
    one, other = Numbers(), Numbers(histograms={TOOK: {("public", "/"): [1.0, 2.0]}})
    one.add(other)
    one.add(other)
    assert one.histograms[TOOK]["public", "/"] == [2.0, 4.0]
    assert other.histograms[TOOK]["public", "/"] == [1.0, 2.0]


def test_the_catalogue_is_in_order() -> None:
    """Names are unique, prefixed and of base units; what has buckets of its own is a histogram."""
    assert len(BY_NAME) == len(METRICS)
    for metric in METRICS:
        assert metric.name.startswith("waitroom_")
        assert not metric.name.endswith(("_total", "_count", "_sum", "_milliseconds"))
        assert metric.text.endswith(".")
    assert all(BY_NAME[name].kind == "histogram" for name in BOUNDS)
