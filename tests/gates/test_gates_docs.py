"""``docs/gates.md`` and the files it speaks of say what is so."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import msgspec
import pytest

from programs import require
from waitroom.control.gates.alertmanager import MAX_ALERTS
from waitroom.core.gates import (
    MAX_CHECK_INTERVAL,
    MAX_CHECK_SECONDS,
    AlertmanagerGate,
    CloudwatchGate,
    Gate,
    HttpGate,
    HttpProbe,
    PrometheusGate,
    PrometheusProbe,
    check_gates,
)

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
GATES, PROBES = TEXT.split("\n## Gates\n")[1].split("\n## Probes\n")
KINDS: Final = [
    (GATES, HttpGate),
    (GATES, PrometheusGate),
    (GATES, AlertmanagerGate),
    (GATES, CloudwatchGate),
    (PROBES, HttpProbe),
    (PROBES, PrometheusProbe),
]


def shown(default: object) -> str:
    """A default as the tables have it."""
    if default is msgspec.NODEFAULT or default == "":
        return ""
    return f"`{default}`" if isinstance(default, str) else str(default)


@pytest.mark.parametrize(("part", "kind"), KINDS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_field_is_documented(part: str, kind: type[msgspec.Struct]) -> None:
    """Each kind's table has its fields, in order, with their defaults."""
    heading = f"\n### `{kind.__struct_config__.tag}`\n"
    section = part.partition(heading)[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", section, flags=re.MULTILINE)
    fields = [(f.name, shown(f.default)) for f in msgspec.structs.fields(kind)]
    assert [(name, default.strip()) for name, default in rows] == fields


def test_the_ranges_are_those_of_the_code() -> None:
    """Numbers that the page repeats."""
    assert f"1 to {MAX_CHECK_INTERVAL}" in TEXT
    assert f"0.001 to {MAX_CHECK_SECONDS:g}" in TEXT
    assert f"{MAX_ALERTS} firing alerts are remembered" in TEXT


def test_the_example_is_acceptable() -> None:
    """It can be set as it stands."""
    example = re.search(r"```json\n(\[.*?\])\n```", TEXT, flags=re.DOTALL)
    assert example is not None
    check_gates(msgspec.json.decode(example[1], type=tuple[Gate, ...]), None)
    assert len(json.loads(example[1])) == 3


def test_the_example_of_alertmanager() -> None:
    """Alertmanager's own tool accepts the file."""
    file = ROOT / "deploy" / "monitoring" / "alertmanager.yml"
    checked = subprocess.run(
        [require("amtool"), "check-config", str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
