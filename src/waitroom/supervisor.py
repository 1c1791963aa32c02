"""The processes of a deployment on one machine: started, watched, started again, stopped together.

What belongs here: the life of processes. A plane is a process of its own in which the HTTP server
(Granian) keeps the workers; ``python -m waitroom.supervisor`` is such a process. Nothing here may
outlive what started it: after kill -9 of a parent its children are gone as well.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from waitroom import logs
from waitroom.observe import shared
from waitroom.settings import Settings, address, load

SETTINGS_VARIABLE: Final = "WAITROOM_PROCESS_SETTINGS"
PARENT_VARIABLE: Final = "WAITROOM_PROCESS_PARENT"

FIRST_PAUSE: Final = 0.2  # s before a process that died is started again
LAST_PAUSE: Final = 1.0  # s, the most that doubling the pause leads to
STEADY: Final = 30.0  # s a process must live for its next death to count as the first
WORKER_GRACE: Final = 8  # s a worker gets to answer what it has begun
GRACE: Final = 9.0  # s a plane gets to stop; all must be over within 10
TIDY_EVERY: Final = 60.0  # s between two looks at what dead workers have counted
RESPAWN_AFTER: Final = 0.1  # s the server waits between two workers that it replaces
BACKLOG: Final = 2048  # connections the kernel holds for a worker that is busy
# Connections that a worker holds open at once. Browsers keep theirs open between two polls, and a
# crowd's are idle nearly always: the server's own default (the backlog) would let idle ones shut
# newcomers out.
MAX_CONNECTIONS: Final = 16_384
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)

log = structlog.get_logger("waitroom")


# --- what a child is told


def settings_for_children(settings: Settings) -> dict[str, str]:
    """The environment variables from which a child process knows ``settings``.

    The secret is among them only if it was itself a setting; a secret in a file stays there.
    """
    values = {f.name: getattr(settings, f.name) for f in fields(settings)}
    return {SETTINGS_VARIABLE: msgspec.json.encode(values, enc_hook=str).decode()}


def settings_of_process() -> Settings:
    """The settings that this process was started with.

    Without a supervisor they are read from the environment and ``waitroom.toml``.

    Raises:
        BadConfiguration: as ``settings.load``.
    """
    told = os.environ.get(SETTINGS_VARIABLE)
    if told is None:
        return load({}, os.environ).settings
    return load(msgspec.json.decode(told), {}, Path(os.devnull)).settings


def die_with_parent() -> None:
    """From now on, be killed when the process that started this one dies, however it dies.

    Does nothing in a process that neither a supervisor nor a server started. Linux only: elsewhere
    a child outlives a parent that was killed with SIGKILL.
    """
    parent = multiprocessing.parent_process()
    expected = parent.pid if parent is not None else int(os.environ.get(PARENT_VARIABLE, "0"))
    if not expected or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != expected:  # it died before we asked to be told
        os._exit(1)


# --- a plane's process


def serve(target: str, bind: str, workers: int, log_format: str) -> None:
    """Serve the application that ``target`` ("module:factory") makes, until SIGTERM or SIGINT."""
    # The server is not needed by those who import this module for its functions.
    from granian.constants import HTTPModes, Interfaces, Loops  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    host, port = address(bind)
    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        http=HTTPModes.auto,
        websockets=False,
        backlog=BACKLOG,
        backpressure=min(MAX_CONNECTIONS, _allow_many_files() // 2),
        log_level=LogLevels.warning,
        log_dictconfig=logs.logging_config(log_format),
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_AFTER,
        workers_kill_timeout=WORKER_GRACE,
    ).serve(target_loader=partial(_load_application, target, log_format), wrap_loader=False)


def _load_application(target: str, log_format: str) -> Any:
    """Runs in each worker, before anything else of ours does."""
    die_with_parent()
    logs.set_up(log_format)
    module, _, factory = target.partition(":")
    return getattr(import_module(module), factory)()


def _allow_many_files() -> int:
    """Raise this process's limit of open files as far as it may go; the limit then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MAX_CONNECTIONS
    ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < ceiling:
        resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
    return ceiling


# --- all of them together


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process to be kept running: what it serves, and where."""

    name: str
    target: str
    bind: str
    workers: int = 1
    ready_path: str = "/readyz"  # answers 200 once it can do its work
    environ: Mapping[str, str] = field(repr=False)  # all of it; may hold the secret

    def command(self, log_format: str) -> list[str]:
        """The command line; nothing secret is on it, since anybody may read that."""
        own = [self.target, self.bind, str(self.workers), log_format]
        return [sys.executable, "-m", "waitroom.supervisor", *own]


class Supervisor:
    """Keeps ``parts`` running until SIGTERM, SIGINT or SIGHUP, and then stops them gently."""

    def __init__(self, parts: Sequence[Part], log_format: str) -> None:
        self._parts = parts
        self._log_format = log_format
        self._stopping = asyncio.Event()
        self._metrics: Path | None = None

    async def run(self, once_started: Callable[[], Any]) -> None:
        """Return when a signal came and every part has ended, 10 s after it at the latest.

        ``once_started`` makes an awaitable that may take its time; it is cancelled at the end.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup has us ignore SIGHUP on purpose; shells ignore SIGINT for jobs unasked.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._stopping.set)
        with shared.private_directory() as self._metrics:
            beside = [asyncio.ensure_future(once_started()), asyncio.ensure_future(self._tidy())]
            await asyncio.gather(*(self._keep(part) for part in self._parts))
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _tidy(self) -> None:
        while self._metrics is not None:
            await asyncio.sleep(TIDY_EVERY)
            try:
                await asyncio.to_thread(shared.compact, self._metrics)
            except OSError as error:
                log.warning("metrics of dead workers cannot be put together", error=str(error))

    async def _keep(self, part: Part) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run_once(part)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            log.error("a process died; starting it again", part=part.name, code=code, after=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(LAST_PAUSE, pause * 2)

    async def _run_once(self, part: Part) -> int:
        """Run ``part`` until it dies or is to stop; its exit code.

        It is in a process group of its own, so that Ctrl-C reaches it through us and only once.
        """
        child = await asyncio.create_subprocess_exec(
            *part.command(self._log_format),
            env={**part.environ, **self._told()},
            stdin=asyncio.subprocess.DEVNULL,
            process_group=0,
        )
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            await self._stop(part, child, ended)
        return await ended

    def _told(self) -> dict[str, str]:
        told = {PARENT_VARIABLE: str(os.getpid())}
        return told if self._metrics is None else {**told, shared.VARIABLE: str(self._metrics)}

    async def _stop(
        self, part: Part, child: asyncio.subprocess.Process, ended: asyncio.Task[int]
    ) -> None:
        with suppress(ProcessLookupError):  # it has just ended by itself
            child.terminate()
        done, _ = await asyncio.wait({ended}, timeout=GRACE)
        if not done:
            log.warning("a process did not stop in time and is killed", part=part.name)
            with suppress(ProcessLookupError):
                child.kill()


def _main(arguments: Sequence[str]) -> None:
    die_with_parent()
    target, bind, workers, log_format = arguments
    logs.set_up(log_format)
    serve(target, bind, int(workers), log_format)


if __name__ == "__main__":
    _main(sys.argv[1:])
