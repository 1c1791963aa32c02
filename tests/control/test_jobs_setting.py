"""An operator sets the inlet, over the private API or from the command line; the line moves."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.served import Site, served
from cli.running import Waitroom
from waiting import wait_until_sync

MANUAL = {"kind": "manual"}
EACH_SECOND = {"kind": "periodic", "increment": 4, "interval": 1, "start": 0, "end": 0}
EACH_SECOND_SHOWN = {**EACH_SECOND, "max_lead": None}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One waiting room for all; each test has an event of its own."""
    folder = tmp_path_factory.mktemp("inlets")
    with served(folder / "data", workers=1, algorithm="ES256") as site:
        yield site


def change(site: Site, event: str, **settings: Any) -> httpx.Response:
    """An operator's PATCH."""
    return site.control.patch(f"/api/events/{event}", json=settings)


def serving(site: Site, event: str) -> int:
    """The counter as the control plane tells it."""
    return int(site.control.get(f"/api/events/{event}/counters").json()["serving_counter"])


def test_an_event_is_manual_unless_it_says_something_else(site: Site) -> None:
    """What is shown of it says so; one that is created with an inlet keeps it."""
    plain, moving = site.event(), site.event(inlet=EACH_SECOND)
    assert site.control.get(f"/api/events/{plain}").json()["inlet"] == MANUAL
    assert site.control.get(f"/api/events/{moving}").json()["inlet"] == EACH_SECOND_SHOWN


def test_an_inlet_is_replaced_as_a_whole(site: Site) -> None:
    """What is not said has its default; other settings stay."""
    event = site.event(title="Sale", inlet={"kind": "periodic", "increment": 3, "interval": 9})
    changed = change(site, event, inlet={"kind": "periodic", "increment": 5, "end": 100}).json()
    assert changed["inlet"] == {**EACH_SECOND_SHOWN, "increment": 5, "interval": 60, "end": 100}
    assert changed["title"] == "Sale"
    assert change(site, event, inlet=MANUAL).json()["inlet"] == MANUAL


@pytest.mark.parametrize(
    ("inlet", "status", "field"),
    [
        (None, 400, "inlet"),
        ("periodic", 400, "inlet"),
        ({}, 400, "inlet.kind"),
        ({"kind": "hourly"}, 400, "inlet.kind"),
        ({"kind": 1}, 400, "inlet.kind"),
        ({"kind": "periodic"}, 400, "inlet.increment"),
        ({"kind": "periodic", "increment": "5"}, 400, "inlet.increment"),
        ({"kind": "periodic", "increment": 1.5}, 400, "inlet.increment"),
        ({"kind": "periodic", "increment": 0}, 422, "inlet.increment"),
        ({"kind": "periodic", "increment": 10**30}, 422, "inlet.increment"),
        ({"kind": "periodic", "increment": 1, "interval": 0}, 422, "inlet.interval"),
        ({"kind": "periodic", "increment": 1, "interval": 86_401}, 422, "inlet.interval"),
        ({"kind": "periodic", "increment": 1, "start": -1}, 422, "inlet.start"),
        ({"kind": "periodic", "increment": 1, "start": 9, "end": 9}, 422, "inlet.end"),
    ],
)
def test_an_inlet_that_cannot_be_is_refused_by_field(
    site: Site, inlet: object, status: int, field: str
) -> None:
    """400 for what is mistyped, 422 for what is out of range; the inlet stays as it was."""
    event = site.event()
    answer = change(site, event, inlet=inlet)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].startswith(f"{field}: ")
    assert site.control.get(f"/api/events/{event}").json()["inlet"] == MANUAL


def test_an_operator_may_set_the_inlet(site: Site) -> None:
    """With the scope ``operate``, as the counter may be moved by hand; not with ``read``."""
    event = site.event()
    url = f"{site.control_url}/api/events/{event}"
    for scope, status in (("operate", 200), ("read", 403)):
        bearer = {"authorization": f"Bearer {site.key(scope)['key']}"}
        answer = httpx.patch(url, json={"inlet": EACH_SECOND}, headers=bearer)
        assert answer.status_code == status


def test_the_line_moves_and_stops_as_it_is_told(site: Site) -> None:
    """It begins when the inlet is set, and nobody more is let in when it is manual again."""
    event = site.event()
    for _ in range(50):
        site.public.post("/api/assign_queue_num", json={"event_id": event})
    change(site, event, inlet=EACH_SECOND)
    wait_until_sync(lambda: serving(site, event) >= 8, description="two steps were made")
    assert change(site, event, inlet=MANUAL).json()["inlet"] == MANUAL
    changed = time.monotonic()
    wait_until_sync(lambda: time.monotonic() > changed + 1, description="the change holds")
    stopped = serving(site, event)
    assert stopped % 4 == 0
    wait_until_sync(lambda: time.monotonic() > changed + 2.5, description="a step would be made")
    assert serving(site, event) == stopped


def test_the_command_line_sets_it(tmp_path: Path) -> None:
    """``event create`` and ``event set``; parts of an inlet need its kind; ``show`` shows it."""
    waitroom = Waitroom(tmp_path)
    made = waitroom.json("event", "create", "sale", "--inlet=periodic", "--inlet-increment=5")
    assert made["inlet"] == {**EACH_SECOND_SHOWN, "increment": 5, "interval": 60}
    parts = ("--inlet-interval=1", "--inlet-start=7", "--inlet-end=9")
    changed = waitroom.json(
        "event", "set", "sale", "--inlet=periodic", "--inlet-increment=4", *parts
    )
    assert changed["inlet"] == {**EACH_SECOND_SHOWN, "start": 7, "end": 9}
    assert "increment=4 interval=1 start=7 end=9" in waitroom.run("event", "show", "sale").stdout
    assert waitroom.json("event", "set", "sale", "--title=x")["inlet"] == changed["inlet"]
    assert waitroom.json("event", "set", "sale", "--inlet=manual")["inlet"] == MANUAL
    for wrong, said in (
        (("--inlet-interval=1",), "needs --inlet periodic"),
        (("--inlet=manual", "--inlet-increment=1"), "needs --inlet periodic"),
        (("--inlet=periodic",), "needs --inlet-increment"),
        (("--inlet=periodic", "--inlet-increment=0"), "inlet.increment: wanted 1 to"),
    ):
        refused = waitroom.run("event", "set", "sale", *wrong)
        assert refused.returncode != 0
        assert said in refused.stderr
