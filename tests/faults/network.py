"""Hosts that a test can cut off from each other: network namespaces, or loopback without root.

What belongs here: making them, moving this process among them, cutting and mending cables, and
leaving nothing behind. All of it lies in namespaces of our own, the bridge too, so no packet
leaves the machine and nothing outside changes. What must change with it: ``deployment.py``.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

HOSTS: Final = ("a", "b", "c", "d", "e")  # two of workers, three of Redis and Sentinel
VISITORS: Final = "v"  # where this process goes: reaches all hosts
_PREFIX: Final = "waitroom-faults"
_CLONE_NEWNET: Final = 0x40000000  # setns(2)
_NOBODY: Final = "02:00:00:00:00:fe"  # a hardware address that no host has


class Network(Protocol):
    """Hosts with an address each."""

    can_cut: bool

    def address(self, host: str) -> str:
        """The IPv4 address of a host."""

    def command(self, host: str, command: Sequence[str]) -> list[str]:
        """``command`` as it is run on a host."""

    def cut(self, here: Collection[str], there: Collection[str]) -> None:
        """From now on no packet between ``here`` and ``there`` arrives; nobody is told so."""

    def mend(self) -> None:
        """Undo all cuts."""


class Loopback:
    """All hosts are addresses of this machine; they cannot be cut off from each other."""

    can_cut = False

    def address(self, host: str) -> str:
        """One of 127/8 for each host; the process ID keeps two runs apart."""
        pid = os.getpid()
        return f"127.{64 + (pid >> 8) % 64}.{pid % 256}.{1 + HOSTS.index(host)}"

    def command(self, host: str, command: Sequence[str]) -> list[str]:
        """``command`` as it stands."""
        del host
        return list(command)

    def cut(self, here: Collection[str], there: Collection[str]) -> None:
        """Not possible."""
        raise NotImplementedError("cutting hosts off takes root")

    def mend(self) -> None:
        """Nothing was cut."""


class Namespaces:
    """Each host is a network namespace with a cable to one bridge."""

    can_cut = True

    def __init__(self) -> None:
        self._cut: set[tuple[str, str]] = set()

    def address(self, host: str) -> str:
        """An address that exists only within these namespaces."""
        return f"10.77.0.{10 + (*HOSTS, VISITORS).index(host)}"

    def command(self, host: str, command: Sequence[str]) -> list[str]:
        """``command`` in the namespace; the process is the command's own, not a parent of it."""
        return ["ip", "netns", "exec", _name(host), *command]

    def cut(self, here: Collection[str], there: Collection[str]) -> None:
        """Send what goes between them to a hardware address that nobody has.

        Unlike a blackhole route, that is silent: the sender sees what an unplugged switch shows.
        """
        for one, other in ((x, y) for x in here for y in there if x != y):
            for host, peer in ((one, other), (other, one)):
                wrong = ("lladdr", _NOBODY, "nud", "permanent", "dev", "eth0")
                _ip("-n", _name(host), "neigh", "replace", self.address(peer), *wrong)
                self._cut.add((host, peer))

    def mend(self) -> None:
        """Let the hosts find each other's hardware address again."""
        while self._cut:
            host, peer = self._cut.pop()
            _ip("-n", _name(host), "neigh", "del", self.address(peer), "dev", "eth0")

    def build(self) -> None:
        """Make bridge, hosts and cables."""
        bridge = _name("net")
        _ip("netns", "add", bridge)
        _ip("-n", bridge, "link", "add", "bridge", "type", "bridge")
        _ip("-n", bridge, "link", "set", "bridge", "up")
        for host in (*HOSTS, VISITORS):
            self._plug_in(host, bridge)

    def _plug_in(self, host: str, bridge: str) -> None:
        name, cable = _name(host), f"to-{host}"
        _ip("netns", "add", name)
        peer = ("peer", "name", "eth0", "netns", name)
        _ip("-n", bridge, "link", "add", cable, "type", "veth", *peer)
        _ip("-n", bridge, "link", "set", cable, "master", "bridge", "up")
        _ip("-n", name, "addr", "add", f"{self.address(host)}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        _ip("-n", name, "link", "set", "lo", "up")


@contextmanager
def network() -> Iterator[Network]:
    """Hosts, for as long as this lasts; the calling thread is on the network of the visitors."""
    with ExitStack() as stack:
        stack.callback(_remove, os.getpid())
        found = _built()
        if found.can_cut:
            stack.enter_context(_visiting(_name(VISITORS)))
        yield found


def _built() -> Network:
    """Namespaces if we may make them; root in a container often may not."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return Loopback()
    sweep()
    namespaces = Namespaces()
    try:
        namespaces.build()
    except subprocess.CalledProcessError:
        return Loopback()
    return namespaces


def sweep() -> None:
    """Remove the namespaces of runs that were killed before they could do so."""
    for pid in {pid for pid, _ in _ours() if not Path(f"/proc/{pid}").exists()}:
        _remove(pid)


@contextmanager
def _visiting(name: str) -> Iterator[None]:
    """Sockets that this thread makes, and processes that it starts, are on that network."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        away = os.open(f"/run/netns/{name}", os.O_RDONLY)
        try:
            _enter(away)
            yield
        finally:
            _enter(home)
            os.close(away)
    finally:
        os.close(home)


def _enter(handle: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _name(part: str) -> str:
    return f"{_PREFIX}-{os.getpid()}-{part}"


def _ours() -> list[tuple[int, str]]:
    """Process ID and name of each namespace that a run of these tests has made."""
    names = [path.name for path in Path("/run/netns").glob(f"{_PREFIX}-*")]
    found = [re.fullmatch(rf"{_PREFIX}-(\d+)-\w+", name) for name in names]
    return [(int(match[1]), match[0]) for match in found if match]


def _remove(pid: int) -> None:
    """Remove the namespaces of one run, and what still runs in them if the run was killed."""
    for owner, name in _ours():
        if owner == pid:
            with suppress(subprocess.CalledProcessError):  # the next run sweeps
                for left in {*map(int, _ip("netns", "pids", name).split())} - {os.getpid()}:
                    with suppress(ProcessLookupError):
                        os.kill(left, signal.SIGKILL)
                _ip("netns", "del", name)


def _ip(*arguments: str) -> str:
    command = ["ip", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=10)
    return done.stdout
