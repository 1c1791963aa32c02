"""How a line moves by itself, over HTTP: the inlet, what is refused of it, and exit messages."""

from collections.abc import Sequence
from typing import Any, Final

import httpx
import pytest

from api.served import Site
from api.test_private import FORGED, TOP, counters, is_error

KINDS: Final[list[dict[str, Any]]] = [
    {"kind": "manual"},
    {"kind": "periodic", "increment": 5, "interval": 60, "start": 0, "end": 0, "max_lead": None},
    {"kind": "max_size", "size": 100, "max_lead": 3},
    {"kind": "rate", "per_minute": 90, "ramp_up": 0, "start": 0, "end": 0, "max_lead": None},
    {"kind": "target", "size": 100, "max_lead": None},
]
ADAPTIVE: Final[dict[str, Any]] = {"kind": "adaptive", "floor": 60, "ceiling": 600}
PROBE: Final[dict[str, Any]] = {"kind": "http", "url": "http://127.0.0.1:9/"}


def put(site: Site, event: str, inlet: object) -> httpx.Response:
    """Replace the inlet."""
    return site.control.put(f"/api/events/{event}/inlet", json=inlet)


def exits(site: Site, event: str, message: object, **headers: str) -> httpx.Response:
    """Send an exit message."""
    return site.control.post(f"/api/events/{event}/exits", json=message, headers=headers)


def admitted(site: Site, event: str, count: int) -> list[str]:
    """That many visitors with tokens, in an event that calls nobody by itself."""
    places = [site.join(event)["api_request_id"] for _ in range(count)]
    site.advance(event, count)
    for place in places:
        assert site.token(event, place).status_code == 200
    return places


# --- the inlet


@pytest.mark.parametrize("inlet", KINDS, ids=lambda inlet: inlet["kind"])
def test_an_inlet_of_each_kind(site: Site, event: str, inlet: dict[str, Any]) -> None:
    """Replaced as a whole, shown as it is, the same in the event's settings."""
    answer = put(site, event, inlet)
    assert answer.status_code == 200, answer.text
    assert answer.json()["inlet"] == inlet
    assert site.control.get(f"/api/events/{event}/inlet").json()["inlet"] == inlet
    assert site.control.get(f"/api/events/{event}").json()["inlet"] == inlet


def test_what_an_inlet_goes_by(site: Site) -> None:
    """State, rate, how many are in and may be, gates, probe."""
    event = site.event(inlet=KINDS[3], max_active=40)
    at = site.control.get(f"/api/events/{event}/inlet").json()
    assert at == {
        "event_id": event,
        "inlet": KINDS[3],
        "state": "open",
        "holding": False,
        "gates": [],
        "probe": None,
        "rate_per_minute": 90.0,
        "active": 0,
        "held": 0,
        "cap": 40,
        "served_per_second": at["served_per_second"],
    }
    put(site, event, KINDS[4])
    assert site.control.get(f"/api/events/{event}/inlet").json()["rate_per_minute"] is None
    site.control.patch(f"/api/events/{event}", json={"max_active": 0})
    assert counters(site, event)["cap"] == 100


def test_gates_are_shown_with_the_inlet(site: Site) -> None:
    """A gate that nobody has heard from yet is unknown, and holds if it says so."""
    gates = [{"kind": "alertmanager", "unknown": "hold"}, {"kind": "alertmanager"}]
    event = site.event(gates=gates)
    at = site.control.get(f"/api/events/{event}/inlet").json()
    names = [(gate["name"], gate["state"], gate["holds"]) for gate in at["gates"]]
    assert names == [("1-alertmanager", "unknown", True), ("2-alertmanager", "unknown", False)]
    assert at["holding"] is True


def test_an_adaptive_inlet_needs_a_probe(site: Site, event: str) -> None:
    """422 without; with one, its rate begins at the floor and the probe is shown."""
    assert is_error(put(site, event, ADAPTIVE), 422, "invalid_setting")
    site.control.patch(f"/api/events/{event}", json={"probe": PROBE})
    answer = put(site, event, ADAPTIVE).json()
    assert answer["rate_per_minute"] == 60.0
    assert set(answer["probe"]) == {"latency", "errors"}
    assert is_error(
        site.control.patch(f"/api/events/{event}", json={"probe": None}), 422, "invalid_setting"
    )


def test_a_ramp_begins_now(site: Site, event: str) -> None:
    """A ramp without a start begins when it is set."""
    now = counters(site, event)["now"]
    inlet = put(site, event, {"kind": "rate", "per_minute": 60, "ramp_up": 300}).json()["inlet"]
    assert 0 <= inlet["start"] - now <= 5
    made = site.event(inlet={"kind": "rate", "per_minute": 60, "ramp_up": 300})
    assert site.control.get(f"/api/events/{made}").json()["inlet"]["start"] >= now


BAD_INLETS: Final[list[tuple[object, str, int]]] = [
    ({"kind": "target", "sise": 5}, "size", 400),
    ({"kind": "target", "size": 5, "sise": 5}, "sise", 422),
    ({"kind": "manual", "increment": 5}, "increment", 422),
    ({"kind": "rate", "per_minute": 60, "ramp-up": 5}, "ramp-up", 422),
    ({"kind": "rate", "per_minute": 60, "x" * 9000: 5}, "xxx", 422),
    ({"kind": "target", "size": 0}, "inlet.size", 422),
    ({"kind": "target", "size": 10**400}, "inlet.size", 422),
    ({"kind": "target", "size": "5"}, "size", 400),
    ({"kind": "target", "size": 5.0}, "size", 400),
    ({"kind": "target", "size": True}, "size", 400),
    ({"kind": "periodic", "increment": 5, "interval": 0}, "inlet.interval", 422),
    ({"kind": "rate", "per_minute": 60, "start": 9, "end": 9}, "inlet.end", 422),
    ({"kind": "rate", "per_minute": 60, "max_lead": -1}, "inlet.max_lead", 422),
    ({"kind": "turnstile"}, "kind", 400),
    ({"size": 5}, "kind", 400),
    ({}, "kind", 400),
]


@pytest.mark.parametrize(("inlet", "field", "status"), BAD_INLETS, ids=lambda v: ascii(v)[:50])
def test_inlets_that_are_refused(
    site: Site, event: str, inlet: object, field: str, status: int
) -> None:
    """422 for what is not acceptable or misspelt, 400 for the wrong type; the field is named."""
    code = {422: "invalid_setting", 400: "invalid_field"}[status]
    answer = put(site, event, inlet)
    assert is_error(answer, status, code)
    assert answer.json()["error"].startswith(field), answer.text
    assert len(answer.json()["error"]) < 300
    for change in (
        site.control.patch(f"/api/events/{event}", json={"inlet": inlet}),
        site.control.post("/api/events", json={"event_id": event + "-new", "inlet": inlet}),
    ):
        assert is_error(change, status, code)
        assert (
            change.json()["error"].removeprefix("inlet.").startswith(field.removeprefix("inlet."))
        )
    assert site.control.get(f"/api/events/{event}").json()["inlet"] == {"kind": "manual"}


@pytest.mark.parametrize("inlet", [[], "manual", 5, None, [{"kind": "manual"}]], ids=ascii)
def test_bodies_that_are_no_inlet(site: Site, event: str, inlet: object) -> None:
    """400 for what is no object."""
    assert put(site, event, inlet).status_code == 400
    assert put(site, event, inlet).json()["code"] in {"invalid_body", "invalid_field"}


BAD_NESTED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"gates": [PROBE, {**PROBE, "uri": "x"}]}, "gates[1].uri"),
    ({"gates": [{"kind": "alertmanager", "url": "http://a.example/"}]}, "gates[0].url"),
    ({"gates": [{**PROBE, "latency": 0}]}, "gates[0].latency"),
    ({"gates": [{**PROBE, "url": "ftp://a/"}]}, "gates[0].url"),
    ({"gates": [PROBE] * 9}, "gates"),
    ({"probe": {**PROBE, "windw": 3}}, "probe.windw"),
    ({"probe": {"kind": "prometheus", "url": "http://a.example/"}}, "probe.latency"),
    ({"max_active": -1}, "max_active"),
    ({"max_active": 2**40}, "max_active"),
]


@pytest.mark.parametrize(("change", "field"), BAD_NESTED, ids=lambda v: ascii(v)[:50])
def test_gates_and_probes_that_are_refused(
    site: Site, event: str, change: dict[str, Any], field: str
) -> None:
    """422 that names the field; the event stays as it is."""
    before = site.control.get(f"/api/events/{event}").json()
    answer = site.control.patch(f"/api/events/{event}", json=change)
    assert is_error(answer, 422, "invalid_setting")
    assert answer.json()["error"].startswith(f"{field}: "), answer.text
    assert site.control.get(f"/api/events/{event}").json() == before


def test_unknown_fields_at_the_top_are_ignored(site: Site, event: str) -> None:
    """By contract, since clients of another version may send more."""
    change = {"titel": "x", "title": "y", "oauth": {"a": 1}}
    assert site.control.patch(f"/api/events/{event}", json=change).json()["title"] == "y"


@pytest.mark.parametrize("setting", ["gates", "probe", "max_active", "metrics_events"])
def test_settings_of_administrators(site: Site, event: str, setting: str) -> None:
    """An operator sets the inlet; what stands beside it needs ``admin``."""
    operator = {"authorization": f"Bearer {site.key('operate')['key']}"}
    values: dict[str, Any] = {"gates": [], "probe": None, "max_active": 5, "metrics_events": True}
    value = values[setting]
    path = f"/api/events/{event}"
    answer = site.control.patch(path, json={setting: value}, headers=operator)
    assert is_error(answer, 403, "forbidden")
    answer = site.control.put(path + "/inlet", json={"kind": "manual"}, headers=operator)
    assert answer.status_code == 200
    assert site.control.patch(path, json={setting: value}).json()[setting] == value


def test_inlets_of_no_event(site: Site) -> None:
    """404."""
    assert is_error(put(site, "nobody", {"kind": "manual"}), 404, "event_not_found")
    answer = site.control.get("/api/events/nobody/inlet")
    assert is_error(answer, 404, "event_not_found")
    assert is_error(exits(site, "nobody", {}), 404, "event_not_found")


# --- exit messages


# size, tokens, message (indices of visitors), then what is answered: updated, skipped, increment
EXITS: Final[list[tuple[int, int, dict[str, Any], tuple[int, int, int]]]] = [
    (10, 3, {}, (0, 0, 0)),
    (10, 3, {"completed": [0, 1], "abandoned": [2]}, (3, 0, 3)),  # by those really marked
    (10, 3, {"exited": 2}, (0, 0, 2)),  # by what is said
    (10, 3, {"exited": 1, "completed": [0, 1, 2]}, (3, 0, 1)),  # that wins over the marked
    (10, 3, {"exited": 0, "completed": [0]}, (1, 0, 0)),
    (10, 3, {"exited": 50}, (0, 0, 7)),  # never above what is free
    (10, 3, {"exited": 50, "completed": [0]}, (1, 0, 8)),  # free after the marking
    (2, 3, {"exited": 5}, (0, 0, 0)),  # fuller than full: never back
    (10, 3, {"exited": -5}, (0, 0, 0)),
    (10, 3, {"exited": -TOP - 1, "completed": [0]}, (1, 0, 0)),
    (10, 3, {"exited": TOP}, (0, 0, 7)),
    (10, 3, {"completed": [0, 0, 0]}, (1, 2, 1)),  # once, however often it is named
    (10, 3, {"completed": [0], "abandoned": [0, 1]}, (2, 1, 2)),
    (10, 3, {"completed": [FORGED, 0]}, (1, 1, 1)),  # a place of no line is passed over
]


@pytest.mark.parametrize(("size", "tokens", "message", "wanted"), EXITS, ids=ascii)
def test_exit_messages(
    site: Site,
    event: str,
    size: int,
    tokens: int,
    message: dict[str, Any],
    wanted: tuple[int, int, int],
) -> None:
    """The rule of the contract, with nobody counted twice and no capacity made up."""
    places = admitted(site, event, tokens)
    inlet = {"kind": "max_size", "size": size, "max_lead": 1_000}
    assert put(site, event, inlet).status_code == 200
    answer = exits(site, event, _named(message, places))
    updated, skipped, by = wanted
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "event_id": event,
        "updated": updated,
        "skipped": skipped,
        "increment_by": by,
        "serving_num": tokens + by,
    }
    at = counters(site, event)
    assert at["active_tokens"] == tokens - updated
    assert at["completed_sessions"] + at["abandoned_sessions"] == updated


def _named(message: dict[str, Any], places: Sequence[str]) -> dict[str, Any]:
    """The message with request IDs for the numbers in its lists."""
    return {
        field: [places[one] if isinstance(one, int) else one for one in said]
        if isinstance(said, list)
        else said
        for field, said in message.items()
    }


@pytest.mark.parametrize("inlet", [KINDS[0], KINDS[4]], ids=lambda inlet: inlet["kind"])
def test_exits_beside_other_inlets(site: Site, event: str, inlet: dict[str, Any]) -> None:
    """Sessions are marked; the line is moved by a max-size inlet alone."""
    places = admitted(site, event, 2)
    if inlet["kind"] == "manual":
        put(site, event, inlet)
    answer = exits(site, event, {"exited": 5, "completed": places}).json()
    assert (answer["updated"], answer["increment_by"]) == (2, 0)


def test_exits_while_paused(site: Site, event: str) -> None:
    """Sessions are marked, and the line stands still."""
    places = admitted(site, event, 2)
    put(site, event, {"kind": "max_size", "size": 10, "max_lead": 1_000})
    site.control.patch(f"/api/events/{event}", json={"state": "paused"})
    answer = exits(site, event, {"completed": places}).json()
    assert (answer["updated"], answer["increment_by"], answer["serving_num"]) == (2, 0, 2)


def test_a_repeated_exit_message(site: Site, event: str) -> None:
    """With one Idempotency-Key the line moves once; exits and increments do not share keys."""
    put(site, event, {"kind": "max_size", "size": 100, "max_lead": 1_000})
    key = {"idempotency-key": "exit-1"}
    assert exits(site, event, {"exited": 3}, **key).json()["increment_by"] == 3
    assert exits(site, event, {"exited": 3}, **key).json()["increment_by"] == 0
    assert site.advance(event, 5, **key).json() == {"serving_num": 8}


def test_a_message_from_before_a_reset(site: Site, event: str) -> None:
    """Its request IDs are void: they are passed over, on any worker and at once."""
    places = admitted(site, event, 2)
    site.control.post("/api/reset_initial_state", json={"event_id": event})
    answer = exits(site, event, {"completed": places, "exited": 1})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["updated"], answer.json()["skipped"]) == (0, 2)


BAD_EXITS: Final[list[tuple[dict[str, Any], str]]] = [
    ({"exited": "3"}, "exited"),
    ({"exited": 1.0}, "exited"),
    ({"exited": True}, "exited"),
    ({"exited": 10**400}, "exited"),
    ({"exited": -(10**400)}, "exited"),
    ({"exited": TOP + 1}, "exited"),
    ({"completed": FORGED}, "completed"),
    ({"completed": None}, "completed"),
    ({"abandoned": {}}, "abandoned"),
    ({"completed": [0, 1, "x"]}, "completed[2]"),
    ({"completed": [0], "abandoned": [1, ""]}, "abandoned[1]"),
    ({"completed": [0, "\u0661" * 36]}, "completed[1]"),
    ({"completed": [0, ["a"]]}, "completed[1]"),
    ({"completed": [0, None]}, "completed[1]"),
    ({"abandoned": [7.5]}, "abandoned[0]"),
]


@pytest.mark.parametrize(("message", "field"), BAD_EXITS, ids=lambda v: ascii(v)[:40])
def test_exit_messages_that_are_refused(
    site: Site, event: str, message: dict[str, Any], field: str
) -> None:
    """400 that names the field and where in it; nothing of the message was done."""
    places = admitted(site, event, 2)
    put(site, event, {"kind": "max_size", "size": 10, "max_lead": 1_000})
    answer = exits(site, event, _named(message, places))
    assert is_error(answer, 400, "invalid_field")
    assert answer.json()["error"].startswith(f"{field}: "), answer.text
    at = counters(site, event)
    assert (at["active_tokens"], at["serving_counter"]) == (2, 2)


def test_four_hundred_request_ids(site: Site, event: str) -> None:
    """As many as a body holds are 200 if they are of the form; more than 16 KiB are 400."""
    put(site, event, {"kind": "max_size", "size": 10})
    answer = exits(site, event, {"completed": [FORGED] * 400})
    assert (answer.status_code, answer.json()["skipped"]) == (200, 400)
    assert is_error(exits(site, event, {"completed": [FORGED] * 500}), 400, "invalid_body")
