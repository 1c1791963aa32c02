"""Commands start fast, since they import no more than they need, and help says what they do."""

from __future__ import annotations

import subprocess
import sys
from inspect import getdoc

import pytest

from waitroom.cli.entry import COMMANDS, Command, application

# What takes long to import, and only some commands need.
HEAVY = {"asyncio", "httpcore", "structlog", "joserfc", "rich.pretty", "waitroom.runtime"}


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a process has after it ran that command."""
    code = (
        "import sys; from waitroom.cli import main; main(sys.argv[1:]);"
        " print('\\n', *sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(ran.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [("--version",), ("--help",)])
def test_the_version_costs_next_to_nothing(arguments: tuple[str, ...]) -> None:
    """Neither it nor the list of commands brings along what only some commands need."""
    loaded = loaded_by(*arguments)
    assert "waitroom.cli.entry" in loaded
    assert not loaded & HEAVY
    assert not {name for name in loaded if name.startswith("waitroom.cli.")} - {
        "waitroom.cli.entry"
    }


def test_help_opens_no_store() -> None:
    """The help of a command on events needs none of what would do the work."""
    loaded = loaded_by("event", "--help")
    assert "waitroom.cli.events" in loaded
    assert not loaded & {"waitroom.runtime", "waitroom.service", "structlog", "joserfc", "httpcore"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_list_of_commands_says_what_each_says_of_itself(command: Command) -> None:
    """What stands in the table is the beginning of what the command itself has as its help."""
    app = application()[command.name]
    assert app.help == command.help
    if app.default_command is not None:
        said = " ".join((getdoc(app.default_command) or "").split("\n\n")[0].split())
        assert said == command.help
