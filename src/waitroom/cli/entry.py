"""Which commands there are, and how one ends: exit codes and error lines.

A command is named here and imported when it is asked for, so that small ones start fast: most of
what the larger ones need takes longer to import than the small ones take to run.

What must change with it: ``docs/cli.md`` (a test compares the two), and the first line of what a
command says of itself (a test compares that too).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from cyclopts import App, CycloptsError

from waitroom import __version__
from waitroom.errors import (
    ClientExists,
    ClientUnknown,
    EntryUnknown,
    EventExists,
    EventNotFound,
    EventUnknown,
    KeyUnknown,
    OperatorError,
    StoreUnavailable,
    SubscriptionUnknown,
    Unavailable,
    WaitroomError,
)

USAGE = 2  # exit codes, after the shell's custom and sysexits.h
INTERRUPTED = 130
TRY_LATER = 75  # EX_TEMPFAIL

# What helps after an error whose own words are for callers of the API too.
NEXT: Final[dict[type[WaitroomError], str]] = {
    EventNotFound: "Those there are: waitroom event list.",
    EventUnknown: "Those there are: waitroom event list.",
    EventExists: "To change it: waitroom event set.",
    ClientUnknown: "Those there are: waitroom clients list EVENT.",
    ClientExists: "To change it: waitroom clients change.",
    KeyUnknown: "Those there are: waitroom keys list.",
    SubscriptionUnknown: "Those there are: waitroom subscription list.",
    EntryUnknown: "Those there are: waitroom log list EVENT.",
}


class Command(NamedTuple):
    """A command, or a group of them: its name, where it is, and what ``--help`` says of it."""

    name: str
    found_in: str
    help: str


COMMANDS: Final = (
    Command("serve", "serve:serve", "Run both planes on this machine, until Ctrl-C or SIGTERM."),
    Command("public", "serve:public", "Run the public plane only: visitors, gates, OIDC clients."),
    Command(
        "control",
        "serve:control",
        "Run the control plane only: private API, control panel, API documentation.",
    ),
    Command(
        "demo",
        "demo:demo",
        "Try it all out: both planes, a sample event and a sample shop; data in ./waitroom-demo.",
    ),
    Command("event", "events:events", "Create, look at and change events."),
    Command(
        "advance",
        "events:advance",
        "Let N more in; a negative N takes back those who have not come yet.",
    ),
    Command("watch", "watch:watch", "Watch the numbers of an event, live, until q or Ctrl-C."),
    Command(
        "clients",
        "clients:clients",
        "The OpenID Connect clients of an event: load balancers, sites.",
    ),
    Command(
        "knownuser",
        "clients:knownuser",
        "The Queue-it account whose connectors guard the site.",
    ),
    Command("keys", "keys:keys", "Make, list and revoke API keys; rotate the signing key."),
    Command(
        "panel",
        "panel:panel",
        "Print a link into the control panel: good for one log-in within five minutes.",
    ),
    Command(
        "subscription",
        "subscriptions:subscription",
        "Who is told of events: webhooks, streams, buses.",
    ),
    Command("events", "tail:events", "Watch what happens, live."),
    Command("log", "log:logs", "Read the audit logs, check that nobody altered them, undo."),
    Command(
        "store",
        "store:store",
        "Copy all that a store holds, dump it to a file, load it from one.",
    ),
    Command(
        "restore-counters",
        "restore:restore_counters",
        "Bring back a line after its store was lost, or raise its counters. Nothing is lowered.",
    ),
    Command(
        "config",
        "inspect:config",
        "Show the settings in effect and where each came from; secrets are not shown.",
    ),
    Command(
        "healthcheck",
        "inspect:healthcheck",
        "Ask a plane on this machine whether it is ready; exit code 0 if so, else 1.",
    ),
    Command(
        "doctor",
        "doctor:doctor",
        "Check secret, store, clock, ports and public URL; exit code 1 if something fails.",
    ),
    Command(
        "completion",
        "completion:completion",
        "Print what makes a shell complete commands and flags: bash, zsh or fish.",
    ),
)


def application() -> App:
    """The tree of commands."""
    app = App(
        name="waitroom",
        help="A virtual waiting room: a fair line in front of a site that is about to be overrun.",
        version=__version__,
        help_format="plaintext",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    for command in COMMANDS:
        app.command(f"waitroom.cli.{command.found_in}", name=command.name, help=command.help)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        result = application()(list(sys.argv[1:] if arguments is None else arguments))
    except CycloptsError as error:
        return _fail(_mistyped(error), USAGE)
    except WaitroomError as error:
        return _fail(_told(error), _exit_code(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # who read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a file that this user may not read, a full disk
        return _fail(f"{error.filename or 'system'}: {error.strerror}", 1)
    return result if isinstance(result, int) else 0


def _mistyped(error: CycloptsError) -> str:
    """In our words; the list of some commands that comes with an unknown one is in the help."""
    said = str(error).partition(" Available commands:")[0]
    return f"{said if said.endswith('?') else said.rstrip('.') + '.'} Try --help."


def _told(error: WaitroomError) -> str:
    if isinstance(error, StoreUnavailable):
        return f"{error} ({error.detail})"
    if type(error) in NEXT:
        return f"{str(error).rstrip('.')}. {NEXT[type(error)]}"
    return str(error)


def _exit_code(error: WaitroomError) -> int:
    if isinstance(error, OperatorError):
        return error.exit_code
    return TRY_LATER if isinstance(error, Unavailable) else 1


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"waitroom: error: {' '.join(sentence.split())}\n")
    return code
