"""``waitroom watch``: the numbers of one event, live, as the control panel shows them.

What belongs here: looking again and again, and ending. How it looks is ``watch_shown.py``. What
must change with it: ``control/numbers.py`` (what there is to show), ``docs/cli.md``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import tty
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import structlog
from cyclopts import Parameter
from rich.live import Live

from waitroom.cli.flags import Given, Json, on_store
from waitroom.cli.output import console
from waitroom.cli.watch_shown import WINDOW, Look, as_line, picture
from waitroom.control.numbers import Observer
from waitroom.core.by_second import gate_note
from waitroom.core.model import check_event_id
from waitroom.errors import InvalidField, StoreUnavailable, Unavailable
from waitroom.logs import Outage

if TYPE_CHECKING:
    from waitroom.runtime import Runtime

SHORTEST: Final = 0.5  # s between looks: each is some reads of the store
LONGEST: Final = 3_600.0
MAX_POINTS: Final = 2 * WINDOW + 1  # a curve has one point a second at most

log = structlog.get_logger("waitroom")


def watch(
    event_id: Annotated[str, Parameter(name="EVENT", help="The event.")],
    /,
    *,
    interval: Annotated[float, Parameter(help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, Parameter(negative="", help="Look once and end.")] = False,
    json: Json = False,
    flags: Given | None = None,
) -> int:
    """Watch the numbers of an event, live, until q or Ctrl-C.

    Where the output is no terminal, each look is one line; with --json, one line of JSON.
    """
    if not SHORTEST <= interval <= LONGEST:
        raise InvalidField("--interval", f"wanted {SHORTEST} to {LONGEST:.0f} seconds")
    check_event_id(event_id)

    async def done(runtime: Runtime) -> None:
        looks = _looks(runtime, event_id, interval, once=once)
        async with aclosing(looks):
            if json or once or not sys.stdout.isatty():
                await _print(looks, json=json, as_picture=sys.stdout.isatty())
            else:
                await _until_told(_show(looks, interval))

    with suppress(KeyboardInterrupt):  # that is how it ends
        on_store(flags, done)
    return 0


async def _looks(
    runtime: Runtime, event_id: str, interval: float, *, once: bool
) -> AsyncGenerator[Look, None]:
    """What is found each ``interval`` seconds. While the store is away: the last look, in doubt.

    Raises ``EventNotFound`` if the event is gone, and at the first look what it meets.
    """
    observer = Observer(runtime.service)
    last: Look | None = None
    while True:
        try:
            last = await _look(runtime, observer, event_id)
        except Unavailable as error:
            if last is None:
                raise
            last = last.doubted(str(error))
        yield last
        if once:
            return
        await asyncio.sleep(interval)


async def _look(runtime: Runtime, observer: Observer, event_id: str) -> Look:
    """The numbers and the course of the last minutes. Raises ``EventNotFound``, ``Unavailable``."""
    service = runtime.service
    at = await service.snapshot(event_id)
    service.estimates.of(service.view_of(at))  # whoever asks has it worked out ...
    await service.estimates.look()  # ... and here no task does that
    numbers = await observer.numbers(event_id)
    since = numbers.now - 2 * WINDOW  # what was before the window says where it began
    try:
        arrivals, steps = await runtime.store.curves(event_id, since, MAX_POINTS)
    except TimeoutError:
        raise StoreUnavailable("no answer in time") from None
    # The gates are asked by the control planes, which note whether the line is held.
    note = gate_note(at.notes)
    inlet = msgspec.structs.replace(numbers.inlet, holding=note.state == "holds")
    return Look(
        msgspec.structs.replace(numbers, inlet=inlet),
        note,
        [(one.second, one.queue) for one in arrivals],
        [(one.issued_at, one.serving) for one in steps],
        len(at.event.gates),
    )


async def _print(looks: AsyncGenerator[Look, None], *, json: bool, as_picture: bool) -> None:
    outage = Outage(log, "the store is out of reach")
    async for look in looks:
        if look.trouble:
            outage.goes_on(look.trouble)
            continue
        outage.is_over()
        if json:
            sys.stdout.write(msgspec.json.encode(look.numbers).decode() + "\n")
        elif as_picture:
            console().print(picture(look, console()))
        else:
            sys.stdout.write(as_line(look) + "\n")
        sys.stdout.flush()


async def _show(looks: AsyncGenerator[Look, None], interval: float) -> None:
    """Draw each look over the one before; the last one stays on the screen."""
    screen, look = console(), None
    try:
        with Live(console=screen, screen=True, auto_refresh=False) as live:
            async for look in looks:
                live.update(picture(look, screen, interval), refresh=True)
    finally:
        if look is not None:
            screen.print(picture(look, screen))


async def _until_told(work: Coroutine[None, None, None]) -> None:
    """Run ``work`` until it ends, q is pressed, or a signal comes."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(work)
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    with _keys(loop, task), suppress(asyncio.CancelledError):
        await task


@contextmanager
def _keys(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> Iterator[None]:
    """Keys come one by one and unseen meanwhile; q ends ``task``."""
    if not sys.stdin.isatty():
        yield
        return

    def read() -> None:
        if os.read(sys.stdin.fileno(), 1) in {b"q", b"Q", b""}:  # or the terminal is gone
            task.cancel()

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    loop.add_reader(sys.stdin, read)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin)
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
