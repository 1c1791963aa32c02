"""``docs/monitoring.md`` keeps up with what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from observe.test_rules import ALERTS, RULES
from waitroom.observe import events
from waitroom.observe.catalogue import METRICS, Metric

PAGE = (Path(__file__).parents[2] / "docs" / "monitoring.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, flags=re.MULTILINE))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_documented_as_it_is(metric: Metric) -> None:
    """Kind, labels and text of the page are the catalogue's."""
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    assert ROWS[metric.exposed] == f"{metric.kind} | {labels} | {metric.text}"


def test_nothing_else_is_documented() -> None:
    """A metric that is gone is gone from the page too; so is an alert."""
    named = set(re.findall(r"\bwaitroom_\w+", PAGE)) | {n for n in ROWS if n[0] == "w"}
    assert named <= {metric.exposed for metric in METRICS} | {"waitroom_store_up"}
    assert {name for name in ROWS if name.startswith("Waitroom")} == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_is_documented_with_its_severity(alert: str) -> None:
    """And with what to do about it."""
    rule = RULES.partition(f"- alert: {alert}\n")[2].partition("- alert:")[0]
    severity = re.search(r"severity: (\w+)", rule)
    assert severity is not None
    said, _, what = ROWS[alert].partition(" | ")
    assert said == severity[1]
    assert len(what) > 30


def test_limits_on_the_page_are_the_codes() -> None:
    """Numbers that operators plan by."""
    assert f"Beyond {events.MOST_EVENTS:,} events" in PAGE
    assert f"for the {events.MOST_WAITS} busiest" in PAGE
