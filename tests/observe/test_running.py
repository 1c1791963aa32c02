"""Metrics of a running deployment: several processes, one of which is killed."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cli.running import Waitroom, workers
from ports import free_port
from waiting import wait_until_sync
from waitroom.observe import shared

JOINS = "waitroom_joins_total"
PUBLIC = "waitroom.public.app:create_app"
CONTROL = "waitroom.control.app:create_app"


@dataclass
class Deployed:
    """A deployment that runs, its admin key and the address of its listener."""

    waitroom: Waitroom
    key: str
    metrics: int

    def api(self, method: str, path: str, key: str = "", **asked: object) -> httpx.Response:
        """A call of the control plane."""
        headers = {"authorization": f"Bearer {key or self.key}"}
        url = f"http://127.0.0.1:{self.waitroom.control}{path}"
        with httpx.Client(timeout=20) as client:
            return client.request(method, url, headers=headers, json=asked or None)

    def join(self, many: int) -> None:
        """So many visitors, each on a connection of its own, so that all workers get some."""
        url = f"http://127.0.0.1:{self.waitroom.public}/api/assign_queue_num"
        for _ in range(many):
            assert httpx.post(url, json={"event_id": "sale"}, timeout=20).status_code == 200

    def scrape(self) -> dict[str, float]:
        """What the listener tells: name and labels as one text, and the value."""
        answer = httpx.get(f"http://127.0.0.1:{self.metrics}/metrics", timeout=20)
        assert answer.status_code == 200
        return {
            sample.name + "".join(f" {v}" for _, v in sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    def wait_for(self, name: str, value: float) -> None:
        """Until a metric has that value; processes tell theirs once a second."""
        wait_until_sync(lambda: self.scrape().get(name) == value, description=f"{name} is {value}")


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    """Both planes, two workers, a listener, one event."""
    waitroom, metrics = Waitroom(tmp_path), free_port()
    waitroom.environ["WAITROOM_METRICS_BIND"] = f"127.0.0.1:{metrics}"
    try:
        waitroom.start("serve", "--workers", "2")
        assert f"http://127.0.0.1:{metrics}/metrics" in waitroom.said()
        key = re.search(r"wr_\w{12}_[\w-]+", waitroom.said())
        assert key is not None
        deployed = Deployed(waitroom, key[0], metrics)
        assert deployed.api("POST", "/api/events", event_id="sale").status_code == 201
        yield deployed
    finally:
        waitroom.stop()


@pytest.mark.slow
def test_all_processes_count_and_none_is_forgotten(deployed: Deployed) -> None:
    """Joins of both workers are added up; kill -9 of a worker takes none of them away."""
    server = deployed.waitroom.started[0]
    deployed.wait_for("waitroom_processes public", 2)
    deployed.join(30)
    deployed.wait_for(JOINS, 30)
    deployed.wait_for("waitroom_event_queue sale", 30)
    victims = workers(server, PUBLIC)
    assert len(victims) == 2
    victims[0].send_signal(signal.SIGKILL)
    wait_until_sync(
        lambda: (
            {p.pid for p in workers(server, PUBLIC)} - {p.pid for p in victims}
            and len(workers(server, PUBLIC)) == 2
        ),
        description="another worker takes its place",
    )
    assert deployed.scrape()[JOINS] == 30
    deployed.join(5)
    deployed.wait_for(JOINS, 35)
    assert deployed.scrape()["waitroom_http_requests_total POST public /api/assign_queue_num 200"]


@pytest.mark.slow
def test_while_the_control_plane_is_away_the_processes_are_told(deployed: Deployed) -> None:
    """The listener answers by itself; the events are back when the control plane is."""
    deployed.wait_for("waitroom_processes public", 2)
    deployed.wait_for("waitroom_event_queue sale", 0)
    [worker] = workers(deployed.waitroom.started[0], CONTROL)
    worker.suspend()  # not even the kernel closes its socket
    try:
        told = deployed.scrape()
        assert "waitroom_event_queue sale" not in told
        assert told["waitroom_processes public"] == 2
    finally:
        worker.resume()
    deployed.wait_for("waitroom_store_up", 1)


@pytest.mark.slow
def test_the_control_plane_asks_for_a_key_that_may_read(deployed: Deployed) -> None:
    """None and bad ones 401, another scope 403; the directory goes when the deployment does."""
    url = f"http://127.0.0.1:{deployed.waitroom.control}/metrics"
    assert httpx.get(url).status_code == 401
    assert deployed.api("GET", "/metrics", key="wr_none_none").status_code == 401
    session = deployed.api("POST", "/api/keys", scopes=["session"], name="x").json()["key"]
    assert deployed.api("GET", "/metrics", key=session).status_code == 403
    read = deployed.api("POST", "/api/keys", scopes=["read"], name="prometheus").json()["key"]
    answer = deployed.api("GET", "/metrics", key=read)
    assert answer.status_code == 200
    assert "waitroom_event_queue" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert deployed.api("POST", "/metrics", key=read, x=1).status_code == 405
    assert read not in answer.text
    directory = _directory_of(deployed)
    assert directory.is_dir()
    deployed.waitroom.stop()
    assert not directory.exists()


def _directory_of(deployed: Deployed) -> Path:
    [worker] = workers(deployed.waitroom.started[0], CONTROL)
    return Path(psutil.Process(worker.pid).environ()[shared.VARIABLE])
