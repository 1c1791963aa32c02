"""Alerts over the real private API: hand-made messages, and those of Debian's Alertmanager."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.served import Site
from waiting import wait_until_sync
from waitroom.control.api_gates import MAX_MESSAGE

from . import programs
from .conftest import inlet

# As the documentation of Alertmanager has it, with what later versions and Grafana add.
MESSAGE = {
    "version": "4",
    "groupKey": '{}:{alertname="CheckoutSlow"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "waitroom",
    "groupLabels": {"alertname": "CheckoutSlow"},
    "commonLabels": {"alertname": "CheckoutSlow", "severity": "page"},
    "commonAnnotations": None,
    "externalURL": "http://alertmanager.example:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "CheckoutSlow", "instance": "shop-1", "severity": "page"},
            "annotations": {"summary": "The checkout takes long"},
            "startsAt": "2026-11-21T10:00:00.123Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example:9090/graph?g0.expr=up",
            "fingerprint": "1a30ba71cca2921f",
            "values": {"B": 44.2},
        }
    ],
}
GATED = [{"kind": "alertmanager", "alertname": "CheckoutSlow"}]


def post(site: Site, event_id: str, message: object, **headers: str) -> httpx.Response:
    """A message, as Alertmanager sends it."""
    return site.control.post(f"/api/events/{event_id}/alerts", json=message, headers=headers)


def resolved(message: dict[str, Any]) -> dict[str, Any]:
    """The message that says that it is over."""
    alerts = [{**alert, "status": "resolved"} for alert in message["alerts"]]
    return {**message, "status": "resolved", "alerts": alerts}


def test_an_alert_holds_the_line(site: Site) -> None:
    """From the message that it fires to the one that it is over, an inlet makes no step."""
    event_id = site.event(gates=GATED, inlet={"kind": "periodic", "increment": 5, "interval": 1})
    assert inlet(site, event_id)["gates"][0]["state"] == "unknown"
    answer = post(site, event_id, MESSAGE)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"event_id": event_id, "firing": 1, "more": False}
    shown = inlet(site, event_id)
    assert (shown["holding"], shown["gates"][0]["state"]) == (True, "alarm")
    assert (
        shown["gates"][0]["detail"] == "CheckoutSlow is firing (alert:1a30ba71cca2921f; 1 in all)"
    )
    assert post(site, event_id, MESSAGE).json()["firing"] == 1
    assert post(site, event_id, resolved(MESSAGE)).json()["firing"] == 0
    shown = inlet(site, event_id)
    assert (shown["holding"], shown["gates"][0]["state"]) == (False, "ok")
    site.join(event_id)
    wait_until_sync(
        lambda: site.shown(event_id)["serving_counter"] > 0, description="the line moves"
    )


def test_an_event_without_such_a_gate(site: Site) -> None:
    """The message is taken, and known to a gate that is set later."""
    event_id = site.event()
    assert post(site, event_id, MESSAGE).status_code == 200
    set_ = site.control.patch(f"/api/events/{event_id}", json={"gates": GATED})
    assert set_.status_code == 200, set_.text
    assert inlet(site, event_id)["gates"][0]["state"] == "alarm"


def test_a_large_message(site: Site) -> None:
    """Up to 256 KiB, here and nowhere else."""
    event_id = site.event()
    alerts = [
        {"status": "firing", "fingerprint": f"{n:x}", "labels": {}, "annotations": {"a": "x" * 90}}
        for n in range(1_200)
    ]
    message = {**MESSAGE, "alerts": alerts}
    assert 100_000 < len(json.dumps(message)) < MAX_MESSAGE
    answer = post(site, event_id, message)
    assert answer.json() == {"event_id": event_id, "firing": 50, "more": True}
    large = post(site, event_id, {**message, "receiver": "x" * MAX_MESSAGE})
    assert large.status_code == 400
    assert large.json()["code"] == "invalid_body"
    elsewhere = site.control.post("/api/events", json={"event_id": "e", "title": "x" * 20_000})
    assert elsewhere.json()["code"] == "invalid_body"


def test_many_messages_at_once(site: Site) -> None:
    """However they race, no more alerts are remembered than may be."""
    event_id = site.event(gates=GATED)
    body = [
        {**MESSAGE, "groupKey": str(n), "alerts": [{"status": "firing", "fingerprint": f"{n:x}"}]}
        for n in range(120)
    ]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda message: post(site, event_id, message), body))
    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.json()["firing"] for answer in answers) == 50
    again = post(site, event_id, body[0])
    assert again.json() == {"event_id": event_id, "firing": 50, "more": True}


@pytest.mark.parametrize(
    ("alert", "field"),
    [
        ({"fingerprint": 5}, "alerts[0].fingerprint"),
        ({"fingerprint": ""}, "alerts[0].fingerprint"),
        ({"fingerprint": "more"}, "alerts[0].fingerprint"),
        ({"fingerprint": "1A"}, "alerts[0].fingerprint"),
        ({"fingerprint": "1a\n"}, "alerts[0].fingerprint"),
        ({"fingerprint": "a" * 65}, "alerts[0].fingerprint"),
        ({"status": "pending"}, "alerts[0].status"),
        ({"status": None}, "alerts[0].status"),
        ({"labels": {"alertname": 5}}, "alerts[0].labels[...]"),
        ({"labels": []}, "alerts[0].labels"),
    ],
)
def test_a_message_that_is_not_of_the_form(
    site: Site, alert: dict[str, object], field: str
) -> None:
    """It is refused with the field named, and nothing of it is taken."""
    event_id = site.event(gates=GATED)
    message: dict[str, Any] = {**MESSAGE, "alerts": [{**MESSAGE["alerts"][0], **alert}]}  # type: ignore[index]
    answer = post(site, event_id, message)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "invalid_field"
    assert answer.json()["error"].startswith(f"{field.partition('[...]')[0]}")
    assert inlet(site, event_id)["gates"][0]["state"] == "unknown"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"{", b'{"alerts":{}}', b'{"alerts":[5]}'])
def test_what_is_no_message(site: Site, body: bytes) -> None:
    """It is refused as any other body."""
    answer = site.control.post(f"/api/events/{site.event()}/alerts", content=body)
    assert answer.status_code == 400


def test_who_may_tell(site: Site) -> None:
    """A key that may operate; others learn nothing, not even whether the event is there."""
    event_id = site.event()
    for scope, status in (("operate", 200), ("session", 403), ("read", 403)):
        bearer = f"Bearer {site.key(scope)['key']}"
        assert post(site, event_id, MESSAGE, authorization=bearer).status_code == status
    assert post(site, event_id, MESSAGE, authorization="Bearer none").status_code == 401
    assert post(site, "nowhere", MESSAGE).status_code == 404


def configuration(site: Site, event_id: str, key_file: Path) -> str:
    """Alertmanager's, as ``docs/gates.md`` has it, in less of a hurry to wait."""
    return f"""
route:
  receiver: waitroom
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: waitroom
    webhook_configs:
      - url: {site.control_url}/api/events/{event_id}/alerts
        send_resolved: true
        http_config:
          authorization:
            credentials_file: {key_file}
"""


def test_the_real_alertmanager(site: Site, tmp_path: Path) -> None:
    """Configured as documented, it tells of an alert, and that it is over."""
    event_id = site.event(gates=GATED)
    key_file = tmp_path / "key"
    key_file.write_text(site.key("operate")["key"], encoding="utf-8")
    with programs.alertmanager(tmp_path, configuration(site, event_id, key_file)) as url:
        alert = {"labels": {"alertname": "CheckoutSlow"}}
        for state, extra in (("alarm", {}), ("ok", {"endsAt": "2020-01-01T00:00:00Z"})):
            sent = httpx.post(f"{url}/api/v2/alerts", json=[{**alert, **extra}], trust_env=False)
            assert sent.status_code == 200, sent.text
            wait_until_sync(
                lambda: inlet(site, event_id)["gates"][0]["state"] == state,  # noqa: B023
                description=f"the gate is {state}",
            )
