"""A deployment on five hosts: what runs where, and how it is killed and brought back.

What belongs here: the layout. Hosts a and b have a public plane of two workers and a control plane
each; c, d and e a Redis and a Sentinel each. What must change with it: ``docs/scaling.md``, which
recommends this layout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from faults.network import Network
from faults.plane import Plane
from store.redis_servers import Server, until
from waitroom.store.dumpfile import read_dump
from waitroom.store.records import Line

PUBLIC: Final = 8080
CONTROL: Final = 8081
ROOMS: Final = ("a", "b")  # hosts of the planes
STORES: Final = ("c", "d", "e")  # hosts of Redis and Sentinel
SERVICE: Final = "line"
KEEP_LAST: Final = {"appendonly": "yes", "appendfsync": "everysec", "repl-diskless-sync-delay": "0"}
# With 1 s, a Sentinel that is late once takes the newly made primary for dead as well; after two
# failovers in a row ten seconds pass until a replica follows again.
DOWN_AFTER: Final = 2000  # ms


class Deployment:
    """All of it. ``more`` are settings of the planes by their environment variables."""

    def __init__(self, network: Network, home: Path, more: dict[str, str]) -> None:
        self.network = network
        self._home = home
        self._more = more
        (home / "secret").write_text("the deployment secret of the fault tests, long enough\n")
        self.planes = [
            Plane(host, name, (network.address(host), port), home)
            for host in ROOMS
            for name, port in (("public", PUBLIC), ("control", CONTROL))
        ]
        first = STORES[0]
        self.stores = {host: self._store(host, None if host == first else first) for host in STORES}
        self.sentinels = {host: self._sentinel(host) for host in STORES}

    def _store(self, host: str, follows: str | None) -> Server:
        address = self.network.address(host)
        mine = {"protected-mode": "no", "save": '""', "replica-announce-ip": address}
        if follows is not None:
            mine["replicaof"] = f"{self.network.address(follows)} 6379"
        return Server(
            self._home / f"redis-{host}",
            {**mine, **KEEP_LAST},
            host=address,
            port=6379,
            within=self.network.command(host, []),
        )

    def _sentinel(self, host: str) -> Server:
        lines = [
            f"sentinel monitor {SERVICE} {self.network.address(STORES[0])} 6379 2",
            f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}",
            f"sentinel failover-timeout {SERVICE} 4000",
            f"sentinel announce-ip {self.network.address(host)}",
        ]
        return Server(
            self._home / f"sentinel-{host}",
            {"protected-mode": "no"},
            host=self.network.address(host),
            port=26379,
            sentinel=True,
            within=self.network.command(host, []),
            lines=lines,
        )

    @property
    def store_url(self) -> str:
        """As an operator writes it."""
        nodes = ",".join(f"{self.network.address(host)}:26379" for host in STORES)
        return f"redis+sentinel://{nodes}/{SERVICE}"

    def environ(self, host: str) -> dict[str, str]:
        """What commands on ``host`` are told."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith("WAITROOM_")}
        address = self.network.address(host)
        ours = {
            "WAITROOM_STORE": self.store_url,
            "WAITROOM_SECRET_FILE": str(self._home / "secret"),
            "WAITROOM_DATA_DIR": str(self._home / host),
            "WAITROOM_PUBLIC_BIND": f"{address}:{PUBLIC}",
            "WAITROOM_CONTROL_BIND": f"{address}:{CONTROL}",
            "WAITROOM_PUBLIC_URL": "http://room.example",
            "WAITROOM_WORKERS": "2",
            "WAITROOM_ALGORITHM": "ES256",
            "WAITROOM_LOG_FORMAT": "json",
        }
        return plain | ours | self._more

    def run(self, *arguments: str) -> str:
        """What a command prints that is run on the first host and works."""
        done = subprocess.run(
            self.network.command(ROOMS[0], [sys.executable, "-m", "waitroom", *arguments]),
            env=self.environ(ROOMS[0]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    # --- who is who

    def primary(self) -> str:
        """The host of the primary, as most Sentinels say."""
        said = [self._primary_by(host) for host in STORES]
        return max(STORES, key=lambda host: said.count(self.network.address(host)))

    def _primary_by(self, host: str) -> str:
        try:
            return str(self.sentinels[host].call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[0])
        except OSError:
            return ""

    def plane(self, host: str, name: str = "public") -> Plane:
        """One of them."""
        return next(plane for plane in self.planes if (plane.host, plane.name) == (host, name))

    # --- coming up and going down

    def start_stores(self) -> None:
        """Start whatever Redis and Sentinel does not run; wait until they are whole."""
        for server in (*self.stores.values(), *self.sentinels.values()):
            if server.process is None:
                server.start()
        until(self._is_whole, "Redis and Sentinel are whole", timeout=40)

    def start(self) -> None:
        """Start whatever does not run."""
        self.start_stores()
        for plane in self.planes:
            if not plane.runs:
                plane.start(self.network, self.environ(plane.host))

    def heal(self) -> None:
        """Mend the network, start what was killed, wait until everything is as in the beginning."""
        self.network.mend()
        primary = self.network.address(self.primary()) if self._any_sentinel() else ""
        for host, server in self.stores.items():
            if server.process is None and primary and self.network.address(host) != primary:
                _follow(server, primary)
        self.start()
        until(self._is_served, "all planes are ready", timeout=40)

    def _any_sentinel(self) -> bool:
        return any(sentinel.process for sentinel in self.sentinels.values())

    def _is_whole(self) -> bool:
        known = [_known(self.sentinels[host]) for host in STORES]
        if len({(one["ip"], one["flags"]) for one in known}) > 1 or known[0]["flags"] != "master":
            return False
        primary = next(h for h in STORES if self.network.address(h) == known[0]["ip"])
        told = self.stores[primary].info("replication")
        states = [text for name, text in told.items() if name.startswith("slave")]
        followers = len(STORES) - 1
        return (
            told["role"] == "master"
            and sum("state=online" in state for state in states) == followers
            and all(one["num-other-sentinels"] == str(followers) for one in known)
            and all(one["num-slaves"] == str(followers) for one in known)
            and all(self._follows(host) for host in STORES if host != primary)
        )

    def _follows(self, host: str) -> bool:
        return self.stores[host].info("replication").get("master_link_status") == "up"

    def _is_served(self) -> bool:
        for plane in self.planes:
            if not plane.runs:  # it could not reach the store when it was started
                plane.start(self.network, self.environ(plane.host))
        return all(plane.is_ready for plane in self.planes)

    def kill_host(self, host: str) -> None:
        """Kill all that runs on ``host``."""
        for plane in self.planes:
            if plane.host == host:
                plane.kill()
        if host in self.stores:
            self.stores[host].kill()
            self.sentinels[host].kill()

    def lose_everything(self) -> None:
        """Kill everything, and remove what Redis has on its disks."""
        self.kill_all()
        for server in self.stores.values():
            shutil.rmtree(server.directory / "appendonlydir")

    def last_seen(self) -> list[tuple[Path, int]]:
        """What the control planes wrote down, the newest first: the file and its longest queue."""
        files = [self._home / host / "last-seen.jsonl" for host in ROOMS]
        there = [file for file in files if file.exists()]
        newest = sorted(there, key=lambda file: file.stat().st_mtime, reverse=True)
        return [(file, _queue_in(file)) for file in newest]

    def kill_all(self, hosts: Sequence[str] = (*ROOMS, *STORES)) -> None:
        """Kill everything."""
        for host in hosts:
            self.kill_host(host)


def _queue_in(file: Path) -> int:
    lines = (one.line for one in read_dump(file) if isinstance(one, Line))
    return max((line.counters.queue for line in lines), default=0)


def _follow(server: Server, primary: str) -> None:
    """Bring a node back as a replica at once; Sentinel would take ten seconds to do so."""
    lines = server.file.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("replicaof")]
    server.file.write_text("\n".join([*kept, f"replicaof {primary} 6379"]) + "\n")


def _known(sentinel: Server) -> dict[str, str]:
    flat = sentinel.call("SENTINEL", "MASTER", SERVICE)
    return dict(zip(flat[::2], flat[1::2], strict=True))
