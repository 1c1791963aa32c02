"""The example of an inlet of one's own, run as its page says: two of it move the line as one."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from api.served import Site, served

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "inlet_custom.py"
NOON: Final = 1_800_000_000 // 86_400 * 86_400 + 12 * 3_600


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room."""
    with served(tmp_path_factory.mktemp("custom") / "data", workers=1, algorithm="ES256") as site:
        yield site


@pytest.fixture
def custom(site: Site, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example, with a key of the scopes that it asks for."""
    monkeypatch.setenv("WAITROOM_KEY", str(site.key("read", "operate")["key"]))
    spec = importlib.util.spec_from_file_location("inlet_custom", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_second_moves_the_line_once(site: Site, custom: ModuleType) -> None:
    """However often it is run for a second; nobody at night, and never ahead of the queue twice."""
    event = site.event()
    for _ in range(12):
        site.public.post("/api/assign_queue_num", json={"event_id": event})
    assert custom.step(site.control_url, event, NOON - 8 * 3_600) == 0
    assert [custom.step(site.control_url, event, NOON) for _ in range(3)] == [5, 5, 5]
    assert custom.step(site.control_url, event, NOON + 1) == 10
    served = [custom.step(site.control_url, event, NOON + second) for second in (2, 3, 4)]
    assert served == [15, 17, 17]


def test_it_is_as_short_as_it_is_said_to_be() -> None:
    """Thirty lines of code, beside its docstrings and blank lines."""
    text = EXAMPLE.read_text(encoding="utf-8").split('"""', 2)[2]
    lines = [line.strip() for line in text.splitlines()]
    assert len([line for line in lines if line and not line.startswith('"""')]) <= 30
