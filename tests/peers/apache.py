"""Debian's Apache with mod_auth_openidc on the recipe of ``deploy/gates/apache/``, before a shop.

What belongs here: the parts of a server configuration that any site has already, filling in the
marked places of the recipe, starting and stopping. What must change with it:
``deploy/gates/apache/README.md``.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from peers.visitors import Client
from programs import missing, require
from waiting import wait_until_sync

RECIPE: Final = Path(__file__).parents[2] / "deploy" / "gates" / "apache" / "waitroom.conf"
MODULES: Final = Path("/usr/lib/apache2/modules")
STOP: Final = 15.0  # s
NEEDED: Final = (
    "mpm_event",
    "alias",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_openidc",
    "headers",
    "log_config",
    "proxy",
    "proxy_http",
    "setenvif",
)


class ShopPage(BaseHTTPRequestHandler):
    """The site behind Apache: a page that shows what Apache says of the visitor."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Any page."""
        said = {k: v for k, v in self.headers.items() if k.lower().startswith(("x-wait", "oidc"))}
        rows = "".join(f"<dt>{html.escape(k)}<dd>{html.escape(v)}" for k, v in said.items())
        cookies = html.escape(self.headers.get("Cookie", ""))
        page = (
            f"<!doctype html><title>Shop</title><h1>Checkout</h1><p id=path>{self.path}</p>"
            f"<dl>{rows}</dl><p>Cookies: <span id=cookies>{cookies}</span></p>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""


@contextmanager
def shop() -> Iterator[str]:
    """The shop, running; its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), ShopPage)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Apache:
    """A running Apache. ``url``: of the site. ``log``: its complaints. ``access``: its requests."""

    url: str
    log: Path
    access: Path


def filled_in(directory: Path, client: Client, site: str) -> str:
    """The recipe with the marked places changed, and nothing else."""
    recipe = RECIPE.read_text()
    places = {
        "https://queue.example/oidc/my-event": client.issuer,
        "https://shop.example": site,
        "WAITROOM_CLIENT_ID shop": f"WAITROOM_CLIENT_ID {client.client_id}",
        "/etc/apache2/waitroom-secrets.conf": str(directory / "secrets.conf"),
    }
    for placeholder, value in places.items():
        before, marked, after = re.split(r"(?s)(# -+ change here\n.*# -+ to here\n)", recipe)
        assert placeholder in marked, placeholder
        recipe = before + marked.replace(placeholder, value) + after
    (directory / "secrets.conf").touch(mode=0o600)
    (directory / "secrets.conf").write_text(
        f"Define WAITROOM_CLIENT_SECRET {client.secret}\n"
        "Define WAITROOM_COOKIE_SECRET a-passphrase-of-the-tests\n"
    )
    return recipe


def configuration(directory: Path, port: int, behind: str) -> str:
    """What a site has already: a virtual host that hands on to the shop."""
    modules = [name for name in NEEDED if (MODULES / f"mod_{name}.so").exists()]
    lines = [
        *(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules),
        f"ServerRoot {directory}",
        f"DefaultRuntimeDir {directory}",
        f"PidFile {directory}/apache.pid",
        f"ErrorLog {directory}/error.log",
        f'CustomLog {directory}/access.log "%u %>s %r"',
        f"Listen 127.0.0.1:{port}",
        "ServerName 127.0.0.1",
        *(["User www-data", "Group www-data"] if os.geteuid() == 0 else []),
        "StartServers 1",
        f"<VirtualHost 127.0.0.1:{port}>",
        f"Include {directory}/waitroom.conf",
        f"ProxyPass / {behind}/",
        "</VirtualHost>",
    ]
    return "\n".join(lines) + "\n"


@contextmanager
def apache(directory: Path, client: Client, port: int) -> Iterator[Apache]:
    """Apache on ``port``, before a shop, with ``client`` as its relying party."""
    program = require("apache2")
    if not (MODULES / "mod_auth_openidc.so").exists():
        missing("libapache2-mod-auth-openidc is not installed")
    running = Apache(f"http://127.0.0.1:{port}", directory / "error.log", directory / "access.log")
    with ExitStack() as stack:
        behind = stack.enter_context(shop())
        (directory / "waitroom.conf").write_text(filled_in(directory, client, running.url))
        (directory / "apache.conf").write_text(configuration(directory, port, behind))
        process = subprocess.Popen(
            [program, "-D", "FOREGROUND", "-f", str(directory / "apache.conf")],
            stdin=subprocess.DEVNULL,
        )
        stack.callback(stop, process)
        wait_until_sync(
            lambda: process.poll() is not None or (directory / "apache.pid").exists(),
            description=f"Apache runs; {running.log} may say why not",
        )
        assert process.poll() is None, "Apache says above what is wrong"
        yield running


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it with all of its children."""
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP)
