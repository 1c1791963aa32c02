"""The flags that say how a line moves by itself: each with its kind, and gates from a file."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from cli.running import Waitroom
from waitroom.cli.inlets import KINDS, InletFlags
from waitroom.core.inlet_kinds import Inlet, Rate, Target
from waitroom.errors import CallerError

GATES: Final = [{"kind": "alertmanager", "alertname": "Down"}]
PROBE: Final = {"kind": "http", "url": "http://127.0.0.1:9/healthz"}


def test_every_kind_has_its_flags() -> None:
    """Each kind of inlet is there by its name, and each of its fields is a flag."""
    tags = {str(made.__struct_config__.tag): made for made in Inlet.__args__}
    assert tags == KINDS
    wanted = {f"inlet_{name}" for made in tags.values() for name in made.__struct_fields__}
    flags = {name for name in InletFlags.__dataclass_fields__ if name.startswith("inlet_")}
    assert flags == wanted


def test_an_inlet_from_flags() -> None:
    """What is given is in it, the rest is at its default."""
    flags = InletFlags(inlet="rate", inlet_per_minute=120, inlet_ramp_up=300)
    assert flags.moves() == {"inlet": Rate(per_minute=120, ramp_up=300)}
    assert InletFlags(inlet="target", inlet_size=5).moves() == {"inlet": Target(size=5)}
    assert InletFlags(max_active=0, metrics_events=False).moves() == {
        "max_active": 0,
        "metrics_events": False,
    }
    assert InletFlags().moves() == {}


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"inlet_size": 5}, "--inlet-size needs --inlet max_size or target."),
    ({"inlet": "rate", "inlet_size": 5}, "--inlet-size needs --inlet max_size or target."),
    ({"inlet": "rate"}, "--inlet rate needs --inlet-per-minute."),
    ({"inlet": "adaptive", "inlet_floor": 5}, "--inlet adaptive needs --inlet-ceiling."),
    ({"inlet": "manual", "inlet_max_lead": 0}, "--inlet-max-lead needs --inlet periodic or"),
    (
        {"inlet": "target", "inlet_size": 5, "inlet_ramp_up": 1},
        "--inlet-ramp-up needs --inlet rate.",
    ),
]


@pytest.mark.parametrize(("given", "said"), REFUSED, ids=lambda v: ascii(v)[:40])
def test_flags_that_do_not_go_together(given: dict[str, Any], said: str) -> None:
    """The sentence names the flag and what it needs."""
    with pytest.raises(CallerError) as refused:
        InletFlags(**given).moves()
    assert str(refused.value).startswith(said)


def test_set_and_shown(waitroom: Waitroom) -> None:
    """Inlet, cap, gates and probe are set and shown, for programs and for people."""
    (waitroom.home / "gates.json").write_text(json.dumps(GATES))
    (waitroom.home / "probe.json").write_text(json.dumps(PROBE))
    waitroom.run("event", "create", "sale", "--inlet", "max_size", "--inlet-size", "50")
    both = ("--gates", "gates.json", "--probe", "probe.json")
    adaptive = ("--inlet", "adaptive", "--inlet-floor", "60", "--inlet-ceiling", "600")
    parts = ("--inlet-latency", "0.5", "--inlet-decrease", "0.8")
    changed = waitroom.json("event", "set", "sale", *both, *adaptive, *parts, "--max-active", "40")
    assert changed["gates"][0] == {**GATES[0], "unknown": "go"}
    assert changed["probe"]["url"] == PROBE["url"]
    assert (changed["inlet"]["latency"], changed["inlet"]["decrease"]) == (0.5, 0.8)
    facts = waitroom.json("event", "show", "sale")
    assert facts["occupancy"] == {"active": 0, "held": 0, "cap": 40}
    shown = waitroom.run("event", "show", "sale").stdout
    for text in ("adaptive floor=60", "1-alertmanager alertname=Down", "http url=http://", "held"):
        assert text in shown
    (waitroom.home / "gates.json").write_text("[]")
    (waitroom.home / "probe.json").write_text("null")
    cleared = waitroom.json("event", "set", "sale", *both, "--inlet", "manual")
    assert (cleared["gates"], cleared["probe"]) == ([], None)


BAD_FILES: Final[list[tuple[str, str, str]]] = [
    ("--gates", "[", "--gates: wanted JSON"),
    ("--gates", "{}", "--gates: wanted a JSON list"),
    ("--gates", '[{"kind": "door"}]', "--gates [0].kind: 'door' is none of http,"),
    ("--gates", '[{"kind": "http"}]', "--gates [0].url: missing"),
    ("--gates", '[{"kind": "alertmanager", "alert": ""}]', "--gates [0].alert: is none of"),
    ("--gates", "[" + " " * 70_000 + "]", "--gates: wanted at most"),
    ("--gates", "[" * 50_000, "--gates [0]: wanted object"),
    ("--probe", '{"kind": "http", "url": "http://a/", "every": 1}', "--probe every: is none of"),
    ("--probe", "[]", "--probe: wanted a JSON object, or null"),
]


@pytest.mark.parametrize(("flag", "text", "said"), BAD_FILES, ids=lambda v: ascii(v)[:30])
def test_files_that_are_refused(tmp_path: Path, flag: str, text: str, said: str) -> None:
    """The sentence names the flag and the field."""
    path = tmp_path / "file.json"
    path.write_text(text)
    given: dict[str, Any] = {flag.removeprefix("--"): path}
    with pytest.raises(CallerError) as refused:
        InletFlags(**given).moves()
    assert str(refused.value).startswith(said)


def test_a_setting_that_is_refused(waitroom: Waitroom) -> None:
    """Exit code 1, and one line that names the field."""
    waitroom.run("event", "create", "sale")
    (waitroom.home / "file.json").write_text('[{"kind": "http", "url": "ftp://x"}]')
    done = waitroom.run("event", "set", "sale", "--gates", "file.json")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "gates[0].url: wanted" in done.stderr


def test_a_file_that_is_not_there(waitroom: Waitroom) -> None:
    """Exit code 1, naming flag and file; standard input is read once at most."""
    waitroom.run("event", "create", "sale")
    done = waitroom.run("event", "set", "sale", "--gates", "nowhere.json")
    assert (done.returncode, "--gates: nowhere.json: No such file" in done.stderr) == (1, True)
    assert waitroom.run("event", "set", "sale", "--gates", "-").returncode == 1  # empty: no JSON
    done = waitroom.run("event", "set", "sale", "--gates", "-", "--probe", "-")
    assert "need a file each" in done.stderr


def test_all_facts_are_json(waitroom: Waitroom) -> None:
    """``event list`` and ``show`` tell of an inlet as the HTTP interface does."""
    waitroom.run("event", "create", "sale", "--inlet", "target", "--inlet-size", "5")
    [listed] = waitroom.json("event", "list")
    assert listed["inlet"] == msgspec.to_builtins(Target(size=5))
