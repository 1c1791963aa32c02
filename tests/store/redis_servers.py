"""Real Redis servers on free ports of the loopback: alone, with replicas, sentinels, as a cluster.

Each is a context manager that returns when the server answers and leaves nothing behind. A server
keeps its port and its directory, so that it can be killed and started again.
"""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import hiredis

from ports import free_port
from programs import require

LOOPBACK: Final = "127.0.0.1"
SERVICE: Final = "line"  # the name under which sentinels know the primary
READY: Final = 20.0  # seconds within which a server must answer
_GLANCE: Final = 0.02
_SLOTS: Final = 16_384

# Nothing is written to the disk unless a test wants it; a replica need not wait for others.
IN_MEMORY: Final[dict[str, str | int]] = {
    "save": '""',
    "appendonly": "no",
    "repl-diskless-sync-delay": 0,
}


def ask(
    host: str,
    port: int,
    *commands: Sequence[str | bytes | int],
    password: str = "",
    user: str = "default",
    timeout: float = READY,
) -> list[Any]:
    """The answers to ``commands``, pipelined over a connection of their own; text is decoded.

    Raises:
        OSError: nobody answers.
        hiredis.ReplyError: the first command that was refused.
    """
    login = [("AUTH", user, password)] if password else []
    words: list[tuple[Any, ...]] = [tuple(c) for c in [*login, *commands]]
    reader = hiredis.Reader(encoding="utf-8", errors="replace")
    answers: list[Any] = []
    with socket.create_connection((host, port), timeout=timeout) as wire:
        wire.sendall(b"".join(hiredis.pack_command(command) for command in words))
        while len(answers) < len(words):
            if (answer := reader.gets()) is not False:
                if isinstance(answer, hiredis.ReplyError):
                    raise answer
                answers.append(answer)
                continue
            data = wire.recv(65_536)
            if not data:
                raise ConnectionResetError("the server closed the connection")
            reader.feed(data)
    return answers[len(login) :]


class Server:
    """One redis-server process (or sentinel), started from a configuration file of its own."""

    def __init__(
        self,
        directory: Path,
        config: Mapping[str, str | int],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        sentinel: bool = False,
        within: Sequence[str] = (),
        lines: Sequence[str] = (),
        ready: Callable[[], object] | None = None,
    ) -> None:
        self._ready = ready or self.answers
        self.host = host
        self.port = port or free_port()
        self.directory = directory
        self.sentinel = sentinel
        self.within = tuple(within)
        self.config: dict[str, str | int] = {
            "port": self.port,
            "bind": host,
            "dir": str(directory),
            **config,
        }
        self.lines = tuple(lines)
        self.process: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._write_config()

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"

    def _write_config(self) -> None:
        options = [f"{name} {value}" for name, value in self.config.items()]
        self.file.write_text("\n".join([*options, *self.lines]) + "\n")

    @property
    def file(self) -> Path:
        """Its configuration; a sentinel writes what it learns into it."""
        return self.directory / "redis.conf"

    @property
    def log(self) -> str:
        """What it said."""
        return (self.directory / "log").read_text(errors="replace")

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self.process is not None, f"{self} does not run"
        return self.process.pid

    @property
    def url(self) -> str:
        """As an operator writes it."""
        return f"redis://{self.host}:{self.port}"

    def start(self) -> None:
        """Start it, again after ``kill`` or ``stop``; returns when it answers."""
        command = [*self.within, "redis-server", str(self.file)]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command + ["--sentinel"] * self.sentinel, stdout=log, stderr=log
            )
        until(self._ready, f"{self} answers")

    def answers(self) -> bool:
        """Whether it answers, if only that it wants a password."""
        assert self.process is None or self.process.poll() is None, f"{self} ended: {self.log}"
        try:
            ask(self.host, self.port, ("PING",), timeout=1.0)
        except hiredis.ReplyError as error:
            return not str(error).startswith("LOADING")
        except OSError:
            return False
        return True

    def call(self, *words: str | bytes | int) -> Any:
        """The answer to one command, asked as the default user."""
        return ask(self.host, self.port, words)[0]

    def info(self, section: str) -> dict[str, str]:
        """INFO as a table."""
        text = str(self.call("INFO", section))
        pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
        return {name: value.strip() for name, _, value in pairs}

    @property
    def run_id(self) -> str:
        """Of the running process."""
        return self.info("server")["run_id"]

    def kill(self) -> None:
        """SIGKILL; nothing happens if it does not run."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: it saves what it is configured to save."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def pause(self) -> None:
        """SIGSTOP: connections stay, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)


def until(predicate: Callable[[], object], description: str, timeout: float = READY) -> None:
    """Return as soon as ``predicate()`` is true.

    Raises:
        AssertionError: it was not within ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    nothing = threading.Event()
    while not predicate():
        assert time.monotonic() < deadline, f"waited {timeout} s in vain: {description}"
        nothing.wait(_GLANCE)


@contextmanager
def server(
    directory: Path,
    config: Mapping[str, str | int] | None = None,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    within: Sequence[str] = (),
    lines: Sequence[str] = (),
    ready: Callable[[], object] | None = None,
) -> Iterator[Server]:
    """A server that answers. ``within``: words before its command, like ``ip netns exec NAME``.

    ``lines`` are lines of the configuration whose names come more than once (``user``). ``ready``
    is for a server that does not answer everybody: with TLS, or out of this process's reach.
    """
    require("redis-server")
    one = Server(
        directory,
        {**IN_MEMORY, **(config or {})},
        host=host,
        port=port,
        within=within,
        lines=lines,
        ready=ready,
    )
    try:
        one.start()
        yield one
    finally:
        one.kill()


@contextmanager
def replica(
    primary: Server,
    directory: Path,
    config: Mapping[str, str | int] | None = None,
    *,
    host: str = LOOPBACK,
    within: Sequence[str] = (),
) -> Iterator[Server]:
    """A replica that is in step with ``primary``."""
    follow: dict[str, str | int] = {"replicaof": f"{primary.host} {primary.port}", **(config or {})}
    with server(directory, follow, host=host, within=within) as one:
        until(lambda: one.info("replication").get("master_link_status") == "up", "replica in step")
        yield one


def until_in_step(primary: Server, *replicas: Server) -> None:
    """Return when the replicas have all that the primary has written by now."""
    wanted = int(primary.info("replication")["master_repl_offset"])

    def has_it(one: Server) -> bool:
        return int(one.info("replication").get("slave_repl_offset", 0)) >= wanted

    until(lambda: all(has_it(one) for one in replicas), "replicas in step")


@contextmanager
def sentinels(
    primary: Server,
    directory: Path,
    *,
    count: int = 3,
    service: str = SERVICE,
    hosts: Sequence[str] = (),
    withins: Sequence[Sequence[str]] = (),
) -> Iterator[list[Server]]:
    """Sentinels that know the primary, its replicas and one another.

    They take a primary for dead after 1 s of silence, and a majority of them must.
    """
    lines = [
        f"sentinel monitor {service} {primary.host} {primary.port} {count // 2 + 1}",
        f"sentinel down-after-milliseconds {service} 1000",
        f"sentinel failover-timeout {service} 4000",
    ]
    with ExitStack() as stack:
        found = []
        for n in range(count):
            one = Server(
                directory / f"sentinel-{n}",
                {},
                host=hosts[n] if hosts else LOOPBACK,
                sentinel=True,
                within=withins[n] if withins else (),
                lines=lines,
            )
            stack.callback(one.kill)
            one.start()
            found.append(one)
        until(lambda: all(_knows_all(one, service, count) for one in found), "sentinels agree")
        yield found


def _knows_all(one: Server, service: str, count: int) -> bool:
    flat = one.call("SENTINEL", "MASTER", service)
    known = dict(zip(flat[::2], flat[1::2], strict=True))
    return int(known["num-other-sentinels"]) == count - 1 and int(known["num-slaves"]) >= 1


def primary_of(sentinel: Server, service: str = SERVICE) -> tuple[str, int]:
    """Where that sentinel says the primary is."""
    host, port = sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", service)
    return str(host), int(port)


@contextmanager
def cluster(directory: Path, primaries: int = 3, replicas: int = 0) -> Iterator[list[Server]]:
    """A cluster that serves all slots: its primaries first, then ``replicas`` for each of them."""
    with ExitStack() as stack:
        nodes = [
            stack.enter_context(server(directory / f"node-{n}", _node()))
            for n in range(primaries * (1 + replicas))
        ]
        share = -(-_SLOTS // primaries)
        for n, node in enumerate(nodes):
            if n < primaries:
                last = min((n + 1) * share, _SLOTS) - 1
                node.call("CLUSTER", "ADDSLOTSRANGE", n * share, last)
            if n:
                bus = nodes[0].config["cluster-port"]
                node.call("CLUSTER", "MEET", LOOPBACK, nodes[0].port, bus)
        until(lambda: all(_is_whole(node, len(nodes)) for node in nodes), "the cluster is whole")
        for n, node in enumerate(nodes[primaries:]):
            node.call("CLUSTER", "REPLICATE", nodes[n % primaries].call("CLUSTER", "MYID"))
        for node in nodes[primaries:]:
            until(lambda node=node: _follows(node), "cluster replicas in step")  # type: ignore[misc]
        yield nodes


def _node() -> dict[str, str | int]:
    return {
        "cluster-enabled": "yes",
        "cluster-port": free_port(),
        "cluster-node-timeout": 2000,
    }


def _is_whole(node: Server, count: int) -> bool:
    info = str(node.call("CLUSTER", "INFO"))
    return "cluster_state:ok" in info and f"cluster_known_nodes:{count}" in info


def _follows(node: Server) -> bool:
    return node.info("replication").get("master_link_status") == "up"
