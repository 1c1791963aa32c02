"""The recipes of deploy/gates as an operator runs them: copied, changed where they say, started.

What belongs here: for each recipe which places are changed, and how its program is told to stay
within a directory. What must change with it: the marked places of the recipes.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ports import LOOPBACK, free_port
from programs import require
from waiting import wait_until_sync

GATES: Final = Path(__file__).parents[2] / "deploy" / "gates"
START: Final = 30.0  # seconds until it listens, on a busy machine
STOP: Final = 10.0


@dataclass(frozen=True)
class Between:
    """What a gateway stands between, and how it is set. Ports are of the loopback."""

    waitroom: int
    site: int
    event_id: str
    session: bool = False
    fail_open: bool = False


def changed(text: str, *changes: tuple[str, str]) -> str:
    """``text`` with each place changed; each must be there exactly once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(directory: Path, between: Between) -> Iterator[int]:
    """The recipe ``nginx``; its port."""
    changes = [
        ("server 127.0.0.1:8080;", f"server {LOOPBACK}:{between.waitroom};"),
        ("server 127.0.0.1:3000;", f"server {LOOPBACK}:{between.site};"),
        ("default my-event;", f"default {between.event_id};"),
    ]
    if between.session:
        changes.append(('default "deny=status";', 'default "deny=status&session=1";'))
    if between.fail_open:
        changes.append(("return 503;                     # fail open: return 204;", "return 204;"))
    recipe = changed((GATES / "nginx" / "waitroom.conf").read_text(), *changes)
    with _nginx(directory, recipe) as port:
        yield port


@contextmanager
def nginx_cache(directory: Path, waitroom: int) -> Iterator[int]:
    """The recipe ``nginx-cache``; its port."""
    recipe = changed(
        (GATES / "nginx-cache" / "waitroom-cache.conf").read_text(),
        ("server 127.0.0.1:8080;", f"server {LOOPBACK}:{waitroom};"),
        ("/var/cache/nginx/waitroom", str(directory / "cache")),
    )
    with _nginx(directory, recipe) as port:
        yield port


@contextmanager
def _nginx(directory: Path, recipe: str) -> Iterator[int]:
    port = free_port()
    recipe = changed(recipe, ("listen 80;", f"listen {LOOPBACK}:{port};"))
    (directory / "recipe.conf").write_text(recipe)
    temporary = "".join(
        f"{name}_temp_path {directory / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Its workers would not be let into a directory of root's as another user.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (directory / "nginx.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {directory / 'nginx.pid'};\n"
        f"error_log {directory / 'error.log'} warn;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {directory / 'recipe.conf'};\n}}\n"
    )
    command = [require("nginx"), "-e", str(directory / "error.log")]
    command += ["-c", str(directory / "nginx.conf")]
    with _running(command, directory, port):
        yield port


@contextmanager
def haproxy(directory: Path, between: Between) -> Iterator[int]:
    """The recipe ``haproxy``; its port."""
    port = free_port()
    told = {
        "WAITROOM": f"{LOOPBACK}:{between.waitroom}",
        "WAITROOM_INNER": f"abns@waitroom-{port}",
        "WAITROOM_EVENT": between.event_id,
        "WAITROOM_LUA": str(GATES / "haproxy" / "waitroom.lua"),
        "SITE": f"{LOOPBACK}:{between.site}",
        "LISTEN": f"{LOOPBACK}:{port}",
    }
    if between.session:
        told["WAITROOM_CHECK"] = "deny=redirect&session=1"
    recipe = (GATES / "haproxy" / "haproxy.cfg").read_text()
    if between.fail_open:
        closed = "acl let_in var(txn.waitroom) -m str passed\n"
        recipe = changed(recipe, (closed, ""), ("# Fail open: acl", "acl"))
    (directory / "haproxy.cfg").write_text(recipe)
    command = [require("haproxy"), "-db", "-f", str(directory / "haproxy.cfg")]
    with _running(command, directory, port, told):
        yield port


@contextmanager
def caddy(directory: Path, between: Between) -> Iterator[int]:
    """The recipe ``caddy``; its port."""
    port = free_port()
    told = {
        "LISTEN": f"http://:{port}",
        "WAITROOM": f"{LOOPBACK}:{between.waitroom}",
        "WAITROOM_EVENT": between.event_id,
        "SITE": f"{LOOPBACK}:{between.site}",
        "HOME": str(directory),
        "XDG_DATA_HOME": str(directory / "data"),
        "XDG_CONFIG_HOME": str(directory / "config"),
    }
    if between.session:
        told["WAITROOM_CHECK"] = "deny=redirect&session=1"
    recipe = (GATES / "caddy" / "Caddyfile").read_text()
    if between.fail_open:
        recipe = changed(recipe, ("# Fail open: reverse_proxy", "reverse_proxy"))
    options = f"{{\n\tadmin off\n\tdefault_bind {LOOPBACK}\n}}\n"
    (directory / "Caddyfile").write_text(options + recipe)
    command = [require("caddy"), "run", "--adapter", "caddyfile"]
    command += ["--config", str(directory / "Caddyfile")]
    with _running(command, directory, port, told):
        yield port


@contextmanager
def varnish(directory: Path, waitroom: int) -> Iterator[int]:
    """The recipe ``varnish``; its port."""
    port = free_port()
    recipe = changed(
        (GATES / "varnish" / "waitroom.vcl").read_text(),
        ('.host = "127.0.0.1";', f'.host = "{LOOPBACK}";'),
        ('.port = "8080";', f'.port = "{waitroom}";'),
    )
    (directory / "waitroom.vcl").write_text(recipe)
    require("gcc")  # it compiles what it is told
    command = [require("varnishd"), "-F", "-j", "none", "-n", str(directory / "work")]
    command += ["-a", f"{LOOPBACK}:{port}", "-T", "none", "-s", "malloc,16m"]
    command += ["-p", "thread_pools=1", "-p", "thread_pool_min=20"]
    with _running([*command, "-f", str(directory / "waitroom.vcl")], directory, port):
        yield port


GATEWAYS: Final[Mapping[str, Callable[[Path, Between], AbstractContextManager[int]]]] = {
    "nginx": nginx,
    "haproxy": haproxy,
    "caddy": caddy,
}
CACHES: Final[Mapping[str, Callable[[Path, int], AbstractContextManager[int]]]] = {
    "nginx-cache": nginx_cache,
    "varnish": varnish,
}


@contextmanager
def _running(
    command: list[str], directory: Path, port: int, told: Mapping[str, str] | None = None
) -> Iterator[None]:
    """The program until the block ends; what it says is in ``directory/log``."""
    log = directory / "log"
    ours = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={**ours, **(told or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

    def listens() -> bool:
        assert process.poll() is None, f"{command[0]} ended: {log.read_text(errors='replace')}"
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, port)) == 0

    try:
        wait_until_sync(listens, description=f"{command[0]} listens; see {log}", timeout=START)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP)
