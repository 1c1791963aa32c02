"""Gates and probes of a waiting room that runs, as an operator sees them."""

from __future__ import annotations

from typing import Any

import pytest

from api.served import Site, free_binds
from waiting import wait_until_sync

from .conftest import inlet

RATE = {"kind": "rate", "per_minute": 600}


def gates(site: Site, event_id: str) -> list[tuple[str, str, bool]]:
    """Name, state and whether it holds, of each gate."""
    return [(g["name"], g["state"], g["holds"]) for g in inlet(site, event_id)["gates"]]


def test_a_line_behind_a_gate(site: Site) -> None:
    """A site that is well lets it move; one that does not answer stops it; hands always move it."""
    well = {"kind": "http", "url": f"{site.control_url}/readyz", "interval": 1}
    away = {"kind": "http", "url": f"http://{free_binds(1)[0]}/", "interval": 1}
    event_id = site.event(inlet=RATE, gates=[well])
    site.join(event_id)
    wait_until_sync(
        lambda: gates(site, event_id) == [("1-http", "ok", False)], description="the gate is ok"
    )
    wait_until_sync(lambda: site.shown(event_id)["serving_counter"], description="the line moves")
    site.control.patch(f"/api/events/{event_id}", json={"gates": [well, away]})
    wait_until_sync(
        lambda: gates(site, event_id) == [("1-http", "ok", False), ("2-http", "alarm", True)],
        description="the second gate is in alarm",
    )
    assert inlet(site, event_id)["holding"]
    before = site.advance(event_id, 0).json()["serving_num"]
    assert site.advance(event_id, 3).json()["serving_num"] == before + 3
    site.control.patch(f"/api/events/{event_id}", json={"gates": []})
    assert not inlet(site, event_id)["holding"]


def test_a_broken_query_is_no_secret(site: Site) -> None:
    """A server that is no Prometheus: the line waits, and the reason is to be seen."""
    broken = {"kind": "prometheus", "url": site.control_url, "query": "up", "threshold": 0}
    event_id = site.event(inlet=RATE, gates=[broken])
    wait_until_sync(
        lambda: "not its JSON" in inlet(site, event_id)["gates"][0]["detail"],
        description="the reason is shown",
    )
    assert gates(site, event_id) == [("1-prometheus", "unknown", True)]
    assert inlet(site, event_id)["holding"]


def test_a_probe(site: Site) -> None:
    """What it measures is shown beside the inlet that goes by it."""
    probe = {"kind": "http", "url": f"{site.control_url}/readyz", "interval": 1, "window": 1}
    adaptive = {"kind": "adaptive", "floor": 60, "ceiling": 600}
    event_id = site.event(inlet=adaptive, probe=probe)
    wait_until_sync(
        lambda: inlet(site, event_id)["probe"]["latency"], description="the probe has measured"
    )
    assert inlet(site, event_id)["probe"]["errors"] == 0


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"gates": [{"kind": "http", "url": "ftp://shop.example"}]}, "gates[0].url"),
        ({"gates": [{"kind": "http", "url": "http://me:pw@shop.example/"}]}, "gates[0].url"),
        ({"gates": [{"kind": "http", "url": "http://a/", "interval": 0}]}, "gates[0].interval"),
        ({"gates": [{"kind": "http", "url": "http://a/", "latency": 31}]}, "gates[0].latency"),
        ({"gates": [{"kind": "http", "url": "http://a/", "status": 99}]}, "gates[0].status"),
        (
            {"gates": [{"kind": "prometheus", "url": "http://a/", "query": "", "threshold": 1}]},
            "gates[0].query",
        ),
        ({"gates": [{"kind": "cloudwatch", "alarm": ""}]}, "gates[0].alarm"),
        ({"gates": [{"kind": "alertmanager"}] * 9}, "gates"),
        ({"probe": {"kind": "prometheus", "url": "http://a/"}}, "probe.latency"),
        ({"probe": {"kind": "http", "url": "http://a/", "window": 0}}, "probe.window"),
        ({"inlet": {"kind": "adaptive", "floor": 1, "ceiling": 2}}, "inlet"),
    ],
)
def test_what_is_not_acceptable(site: Site, settings: dict[str, Any], field: str) -> None:
    """It is refused with the field and what was wanted, and the event stays as it was."""
    event_id = site.event()
    answer = site.control.patch(f"/api/events/{event_id}", json=settings)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"].startswith(f"{field}: wanted ")


def test_who_may_set_gates(site: Site) -> None:
    """They make this server send requests: an operator's key is not enough."""
    event_id = site.event()
    bearer = {"authorization": f"Bearer {site.key('operate')['key']}"}
    every: tuple[dict[str, Any], ...] = ({"gates": []}, {"probe": None})
    for changes in every:
        answer = site.control.patch(f"/api/events/{event_id}", json=changes, headers=bearer)
        assert answer.status_code == 403
