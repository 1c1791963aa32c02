"""Which commands there are, and how one ends: exit codes and error lines.

What must change with it: ``docs/cli.md`` (a test compares the two).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from waitroom import __version__
from waitroom.cli import (
    clients,
    demo,
    doctor,
    events,
    inspect,
    keys,
    log,
    panel,
    restore,
    serve,
    store,
    subscriptions,
    tail,
)
from waitroom.errors import OperatorError, StoreUnavailable, Unavailable, WaitroomError

USAGE = 2  # exit codes, after the shell's custom and sysexits.h
INTERRUPTED = 130
TRY_LATER = 75  # EX_TEMPFAIL


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
    for group in (
        serve,
        demo,
        events,
        clients,
        keys,
        panel,
        subscriptions,
        tail,
        log,
        store,
        restore,
        inspect,
        doctor,
    ):
        group.add_to(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        result = application()(list(sys.argv[1:] if arguments is None else arguments))
    except CycloptsError as error:
        return _fail(f"{str(error).rstrip('.')}. Try --help.", USAGE)
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


def _told(error: WaitroomError) -> str:
    return f"{error} ({error.detail})" if isinstance(error, StoreUnavailable) else str(error)


def _exit_code(error: WaitroomError) -> int:
    if isinstance(error, OperatorError):
        return error.exit_code
    return TRY_LATER if isinstance(error, Unavailable) else 1


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"waitroom: error: {' '.join(sentence.split())}\n")
    return code
