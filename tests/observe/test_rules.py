"""The alert rules: each fires when it should, and not otherwise."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from observe.running import DEPLOYED
from programs import require
from waitroom.observe.catalogue import METRICS

RULES = (DEPLOYED / "waitroom.rules.yml").read_text(encoding="utf-8")
ALERTS = re.findall(r"^ +- alert: (\w+)$", RULES, flags=re.MULTILINE)


def promtool(*arguments: str) -> str:
    """What it says; fails the test if it is not content."""
    ran = subprocess.run(
        [require("promtool"), *arguments],
        cwd=DEPLOYED,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_each_rule_does_what_its_test_says() -> None:
    """``waitroom.rules.test.yml``, run by Prometheus's own tool."""
    assert "SUCCESS" in promtool("test", "rules", "waitroom.rules.test.yml")


def test_the_configuration_is_one(tmp_path: Path) -> None:
    """Prometheus takes the example as it stands, given a key where it says."""
    key = tmp_path / "key"
    key.write_text("wr_x_y")
    config = (DEPLOYED / "prometheus.yml").read_text(encoding="utf-8")
    made = tmp_path / "prometheus.yml"
    made.write_text(config.replace("/etc/prometheus/waitroom-key", str(key)))
    (tmp_path / "waitroom.rules.yml").write_text(RULES)
    assert f"{len(ALERTS)} rules found" in promtool("check", "config", str(made))


@pytest.mark.parametrize("alert", ALERTS)
def test_each_rule_is_tested_both_ways(alert: str) -> None:
    """Once where it is to be silent, once where it is to fire."""
    tests = (DEPLOYED / "waitroom.rules.test.yml").read_text(encoding="utf-8")
    expected = re.findall(rf"alertname: {alert}\n +exp_alerts:(.*)", tests)
    assert " []" in expected, "silent"
    assert "" in expected, "firing"


def test_rules_name_metrics_that_exist() -> None:
    """A name that nothing has would never fire."""
    exposed = {metric.exposed for metric in METRICS}
    named = {
        re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"\bwaitroom_\w+", RULES)
    }
    assert named <= exposed
