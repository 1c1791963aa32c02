"""``waitroom restore-counters``: brings back a line that the store has lost, or lost the end of.

What belongs here: the flags of that command, and what is printed. What it does is in
``bring_back.py``.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
from cyclopts import Parameter

from waitroom.cli.bring_back import Change, Restored, bring_back
from waitroom.cli.flags import Given, Json, Yes, loaded, number
from waitroom.cli.lost_lines import Wanted
from waitroom.cli.output import confirm, say, say_json, say_table
from waitroom.core.limits import MAX_COUNTER, MAX_POSITION
from waitroom.core.model import Snapshot, check_event_id
from waitroom.core.ticket import check_request_id
from waitroom.errors import CallerError, InvalidField

TOMORROW: Final = 86_400  # s; an epoch is a time, and no later one could ever be below a slip
# Half of what fits into a ticket. A slip must not use up the places: nothing lowers it again, and
# of a place beyond the last one no request ID opens.
MOST_PLACES: Final = MAX_POSITION // 2
MAX_LINE: Final = 256  # characters of standard input in which a request ID must be

log = structlog.get_logger("waitroom")


def restore_counters(
    event_id: Annotated[
        str | None, Parameter(name="ID", help="The event; with --from, all if none is named.")
    ] = None,
    /,
    *,
    epoch: Annotated[
        int | None,
        number("Epoch of the line: the second in which it began (Unix time)."),
    ] = None,
    queue: Annotated[
        int | None,
        number("Places given out, or more: newcomers get the next ones."),
    ] = None,
    serving: Annotated[int | None, number("Up to which place people were let in.")] = None,
    request_id: Annotated[
        str | None,
        Parameter(
            allow_leading_hyphen=True,
            help="A visitor's request ID, or - to read it from standard input: says which epoch it"
            " was, and that so many places were given out.",
        ),
    ] = None,
    from_: Annotated[
        Path | None,
        Parameter(name="--from", help="A dump, or the last-seen.jsonl of a control plane."),
    ] = None,
    yes: Yes = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Bring back a line after its store was lost, or raise its counters. Nothing is lowered."""
    settings = loaded(flags).settings
    now = int(time.time())
    wanted = _checked(
        Wanted(
            event_id=event_id,
            epoch=epoch,
            queue=queue or 0,
            serving=serving or 0,
            request_id=_request_id(request_id) if request_id else "",
            file=from_,
        ),
        now,
    )
    done = asyncio.run(
        bring_back(settings, wanted, lambda question: confirm(question, yes), now),
    )
    if json:
        say_json(_facts(done))
    else:
        _tell(done)


def _request_id(given: str) -> str:
    if given == "-":
        return check_request_id(sys.stdin.readline(MAX_LINE).strip())
    log.warning(
        "whoever has a request ID has the place: this one is now in the history of the shell;"
        " --request-id - reads it from standard input"
    )
    return check_request_id(given)


def _checked(wanted: Wanted, now: int) -> Wanted:
    ranges = (
        ("--epoch", wanted.epoch, 1, now + TOMORROW),
        ("--queue", wanted.queue, 0, MOST_PLACES),
        ("--serving", wanted.serving, 0, MAX_COUNTER),
    )
    for name, value, least, most in ranges:
        if value is not None and not least <= value <= most:
            raise InvalidField(name, f"wanted {least} to {most}")
    said = [wanted.epoch, wanted.queue, wanted.serving, wanted.request_id]
    if wanted.event_id is not None:
        check_event_id(wanted.event_id)
    elif wanted.file is None:
        raise CallerError("Say which event to restore, or --from FILE for all that are in it.")
    elif any(said):
        raise CallerError("Say which event --epoch, --queue, --serving and --request-id are of.")
    if wanted.file is None and not any(said):
        raise CallerError(
            "Say what to restore: --from FILE, --request-id, --queue, --serving or --epoch."
        )
    return wanted


def _tell(done: Restored) -> None:
    say_table(
        ("event", "", "before", "after"),
        (row for change in done.changes for row in _rows(change)),
    )
    for change in done.changes:
        if change.note:
            say(f"{change.after.event.event_id} is {change.note}.")
    if done.ring or done.credentials:
        say(f"Put back: {done.ring} signing keys, {done.credentials} API keys.")
    if any(_counters(change.before) != _counters(change.after) for change in done.changes):
        say("If more places were given out than is shown, raise that with --queue before others")
        say("get them: a number too high costs nobody a place, one too low gives places twice.")


def _rows(change: Change) -> Iterator[tuple[str, str, object, object]]:
    before, after = _counters(change.before), _counters(change.after)
    for name, value in after.items():
        yield change.after.event.event_id, name, before.get(name, "-"), value


def _counters(snapshot: Snapshot | None) -> dict[str, int]:
    if snapshot is None:
        return {}
    return {
        "epoch": snapshot.epoch,
        "queue": snapshot.counters.queue,
        "serving": snapshot.counters.serving,
    }


def _facts(done: Restored) -> dict[str, Any]:
    return {
        "events": [
            {
                "event_id": change.after.event.event_id,
                "before": _counters(change.before) or None,
                "after": _counters(change.after),
                "note": change.note,
            }
            for change in done.changes
        ],
        "signing_keys": done.ring,
        "api_keys": done.credentials,
    }
