"""Each query of the dashboard, asked of a Prometheus that scrapes a running Waitroom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from cli.running import Waitroom
from observe.running import DEPLOYED, Prometheus, prometheus
from ports import free_port
from waiting import wait_until_sync
from waitroom.observe.catalogue import METRICS

pytestmark = pytest.mark.slow

DASHBOARD: Final = json.loads((DEPLOYED / "grafana-dashboard.json").read_text(encoding="utf-8"))
# What Grafana puts in the place of its variables.
FILLED_IN: Final = {"$__rate_interval": "10s", "$event": ".*"}


def queries() -> list[str]:
    """Every expression of every panel, as Grafana sends it."""
    found = [t["expr"] for panel in DASHBOARD["panels"] for t in panel.get("targets", ())]
    for variable, value in FILLED_IN.items():
        found = [expression.replace(variable, value) for expression in found]
    return found


class Crowd:
    """A deployment with one event in which there is something of everything to see."""

    def __init__(self, deployment: Waitroom, admin_key: str, metrics: int) -> None:
        self.deployment = deployment
        self.key = admin_key
        self.metrics = metrics
        self.public = httpx.Client(base_url=f"http://127.0.0.1:{deployment.public}", timeout=20)
        self.control = httpx.Client(
            base_url=f"http://127.0.0.1:{deployment.control}",
            timeout=20,
            headers={"authorization": f"Bearer {admin_key}"},
        )

    def begin(self) -> None:
        """An event with an inlet, gates of which one is in alarm, a probe, a cap, a subscriber."""
        health = f"http://127.0.0.1:{self.deployment.public}/healthz"
        made = self.control.post(
            "/api/events",
            json={
                "event_id": "sale",
                "inlet": {"kind": "rate", "per_minute": 120},
                "max_active": 1000,
                "gates": [
                    {"kind": "http", "url": health, "interval": 1},
                    {"kind": "alertmanager", "unknown": "go"},
                ],
                "probe": {"kind": "http", "url": health},
            },
        )
        assert made.status_code == 201, made.text
        told = self.control.post("/api/subscriptions", json={"kind": "stdout"})
        assert told.status_code in {200, 201}, told.text

    def move(self) -> None:
        """A little of everything that visitors and operators do."""
        for _ in range(8):
            place = self._post("assign_queue_num", event_id="sale")
            self._post("generate_token", event_id="sale", request_id=place["api_request_id"])
        self.public.get("/api/status", params={"event_id": "sale"})
        self.public.get("/api/status", params={"event_id": "no such"})
        self.public.get("/nothing")
        one = {"event_id": "sale", "increment_by": 1}
        assert self.control.post("/api/increment_serving_counter", json=one).status_code == 200

    def _post(self, call: str, **asked: str) -> Any:
        return self.public.post(f"/api/{call}", json=asked).json()

    def close(self) -> None:
        """Let go of both planes."""
        self.public.close()
        self.control.close()


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has seen traffic for some seconds, through the listener's own port too."""
    home = tmp_path_factory.mktemp("watched")
    deployment, metrics = Waitroom(home), free_port()
    deployment.environ["WAITROOM_METRICS_BIND"] = f"127.0.0.1:{metrics}"
    try:
        deployment.start("serve", "--workers", "2")
        key = re.search(r"wr_\w{12}_[\w-]+", deployment.said())
        assert key is not None
        crowd = Crowd(deployment, key[0], metrics)
        crowd.begin()
        target = f"127.0.0.1:{deployment.control}"
        with prometheus(home, target, crowd.key) as found:
            wait_until_sync(
                lambda: _move_and_look(crowd, found),
                description="every query has data",
                timeout=60.0,
            )
            yield found
        crowd.close()
    finally:
        deployment.stop()


def _move_and_look(crowd: Crowd, found: Prometheus) -> bool:
    crowd.move()
    return not _empty(found)


def _empty(found: Prometheus) -> list[str]:
    return [one for one in queries() if not found.samples(one)]


@pytest.mark.parametrize("expression", queries())
def test_a_query_has_data(scraped: Prometheus, expression: str) -> None:
    """It parses, and there is something to draw."""
    assert scraped.samples(expression)


def test_every_metric_is_seen(scraped: Prometheus) -> None:
    """All of the catalogue arrive at a real Prometheus, under the names that it has."""
    seen = set(scraped.get("label/__name__/values"))
    wanted = {f"{m.name}_bucket" if m.kind == "histogram" else m.exposed for m in METRICS}
    assert sorted(wanted - seen) == []


def test_every_metric_is_drawn() -> None:
    """What is worth counting is worth a look: no metric is in no panel."""
    drawn = " ".join(queries())
    assert [metric.name for metric in METRICS if metric.name not in drawn] == []


def test_no_rule_is_broken(scraped: Prometheus) -> None:
    """The alert rules are evaluated without an error against real data."""
    groups = scraped.get("rules")["groups"]
    assert groups
    for group in groups:
        for rule in group["rules"]:
            assert rule["health"] in {"ok", "unknown"}, rule


def test_panels_are_told_apart() -> None:
    """IDs are unique, and each panel asks the data source that was chosen."""
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            assert target["datasource"]["uid"] == "${datasource}"
