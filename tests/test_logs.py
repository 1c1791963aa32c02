"""What the log shows, and what it must not."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, cast

from waitroom import logs
from waitroom.logs import Seldom

FAILS = """
import structlog
from waitroom import logs
logs.set_up({format!r})
def work(password):
    raise ValueError("no luck")
try:
    work("hunter2" * 3)
except ValueError:
    structlog.get_logger("waitroom").exception("it failed")
"""


def test_a_crowd_fills_one_line_a_second() -> None:
    """The first is said at once, the others are counted in the next line."""
    now, said = [100.0], []
    seldom = Seldom(lambda event, **facts: said.append((event, facts)), clock=lambda: now[0])
    for _ in range(500):
        seldom("answered 503", path="/api/status")
    now[0] += 1.0
    seldom("answered 503", path="/api/status")
    facts = {"path": "/api/status"}
    assert said == [
        ("answered 503", {"times": 1, **facts}),
        ("answered 503", {"times": 500, **facts}),
    ]


def test_tracebacks_do_not_show_variables() -> None:
    """A stack trace says where it happened and not with which secret, in both formats."""
    for chosen in ("console", "json"):
        ran = subprocess.run(
            [sys.executable, "-c", FAILS.format(format=chosen)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert "no luck" in ran.stderr
        assert "hunter2hunter2" not in ran.stderr
        if chosen == "json":
            assert json.loads(ran.stderr)["event"] == "it failed"


def test_an_outage_is_told_when_it_begins_and_when_it_is_over() -> None:
    """And once a minute in between, however often it is noticed."""
    said: list[tuple[str, dict[str, object]]] = []
    now = 100.0

    class Log:
        def warning(self, event: str, **facts: object) -> None:
            said.append((event, facts))

    outage = logs.Outage(cast("Any", Log()), "the store is away", lambda: now)
    outage.is_over()
    for _ in range(130):
        outage.goes_on("refused")
        now += 1.0
    outage.is_over()
    outage.is_over()
    assert [event for event, _ in said] == ["the store is away"] * 3 + ["over: the store is away"]
    assert [facts["seconds"] for _, facts in said] == [0, 60, 120, 130]
