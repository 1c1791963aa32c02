"""The control panel: choosing how the line moves, and what its gates say."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .test_panel import panel  # noqa: F401 - the fixture
from .world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATH = "/api/events/launch/inlet"


def set_by_panel(world: World) -> list[dict[str, object]]:
    """The inlets that the panel has sent."""
    return [asked.body for asked in world.asked if (asked.method, asked.path) == ("PUT", PATH)]


def test_an_inlet_is_chosen_by_what_it_does(panel: Page, world: World) -> None:  # noqa: F811
    """Its fields come with values to begin with; what is sent is the inlet as a whole."""
    panel.get_by_label("The line moves").select_option(label="Keep the site full")
    panel.get_by_label("At once on the site").fill("250")
    expect(panel.get_by_text("Not saved yet.")).to_be_visible()
    panel.get_by_role("button", name="Set", exact=True).click()
    expect(panel.get_by_text("Saved. It holds within a second.")).to_be_visible()
    assert set_by_panel(world) == [{"kind": "target", "size": 250}]
    expect(panel.get_by_text("250 people are kept on the site.")).to_be_visible()
    expect(panel.get_by_text("On the site now: 0 of at most 250.")).to_be_visible()


def test_every_kind_can_be_set(panel: Page, world: World) -> None:  # noqa: F811
    """Each kind of the model is offered, and goes out with fields of that kind alone."""
    kinds = ["periodic", "rate", "target", "max_size", "adaptive", "manual"]
    for count, kind in enumerate(kinds, start=1):
        panel.get_by_label("The line moves").select_option(kind)
        panel.get_by_role("button", name="Set", exact=True).click()
        expect(panel.get_by_text("Saved. It holds within a second.")).to_be_visible()
        assert len(set_by_panel(world)) == count
    assert set_by_panel(world) == [
        {"kind": "periodic", "increment": 10, "interval": 60, "start": 0, "end": 0},
        {"kind": "rate", "per_minute": 60, "ramp_up": 0, "start": 0, "end": 0},
        {"kind": "target", "size": 100},
        {"kind": "max_size", "size": 100},
        {
            "kind": "adaptive",
            "floor": 10,
            "ceiling": 600,
            "latency": 1,
            "errors": 0.05,
            "increase": 10,
            "decrease": 0.5,
            "interval": 10,
        },
        {"kind": "manual"},
    ]


def test_a_refused_value_is_told_at_its_field(panel: Page, world: World) -> None:  # noqa: F811
    """The server's word stands at the field it is about, and what was typed stays."""
    panel.get_by_label("The line moves").select_option("target")
    field = panel.get_by_label("At once on the site")
    field.fill("0")
    panel.get_by_role("button", name="Set", exact=True).click()
    expect(panel.get_by_text("wanted 1 to 1099511627775")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("0")
    assert world.events["launch"]["inlet"] == {"kind": "manual"}


def test_what_is_typed_outlives_a_change_by_somebody_else(
    panel: Page,  # noqa: F811
    world: World,
) -> None:
    """An inlet set elsewhere is shown, and does not take what is being typed away."""
    panel.get_by_label("The line moves").select_option("rate")
    panel.get_by_label("Let in", exact=False).last.fill("45")
    world.events["launch"]["inlet"] = {"kind": "periodic", "increment": 7, "interval": 30}
    expect(panel.get_by_text("7 people are let in every 30 seconds.")).to_be_visible()
    world.events["launch"]["inlet"] = {"kind": "periodic", "increment": 7, "interval": 1}
    expect(panel.get_by_text("7 people are let in every second.")).to_be_visible()
    expect(panel.get_by_label("The line moves")).to_have_value("rate")


def test_gates_are_seen_at_a_glance(panel: Page, world: World) -> None:  # noqa: F811
    """A gate in alarm says so in words, with what it found, and that the line is held."""
    world.gates = [
        {
            "name": "1-http",
            "state": "alarm",
            "holds": True,
            "detail": "It answered 500.",
            "since": 1,
        },
        {"name": "2-prometheus", "state": "ok", "holds": False, "detail": "", "since": 1},
    ]
    gates = panel.get_by_role("list", name="Health gates")
    expect(gates.get_by_text("Alarm")).to_be_visible()
    expect(gates.get_by_text("It answered 500. The line is held.")).to_be_visible()
    expect(panel.get_by_text("Held: a gate says that the site is not well.")).to_be_visible()
    world.gates = []
    expect(gates).to_be_hidden()
