"""Starting the site behind the published connector, and stopping it by pid."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from ports import free_port
from programs import missing, require
from waiting import wait_until_sync

CUSTOMER: Final = "ticketania"
QUEUE_EVENT: Final = "spring2027"
SECRET_KEY: Final = "a954ae93-6c36-4d49-9edd-f1ca7cbf3b43-0001"
COOKIE: Final = f"QueueITAccepted-SDFrts345E-V3_{QUEUE_EVENT}"
_HERE: Final = Path(__file__).parent
_CONNECTOR: Final = _HERE.parent / "peers/node_modules/@queue-it/connector-javascript"


@dataclass
class ConnectorSite:
    """A running site; ``visitor()`` is a browser without cookies that follows nothing."""

    url: str

    def visitor(self) -> httpx.Client:
        """Somebody who comes to the site."""
        return httpx.Client(base_url=self.url, timeout=10)


@contextmanager
def connector_site(room: str, log: Path, port: int = 0, **more: Any) -> Iterator[ConnectorSite]:
    """The site for as long as the block lasts; its connector's queue domain is ``room``."""
    node = require("node")
    if not _CONNECTOR.is_dir():
        missing("the connector is not installed: npm ci in tests/peers")
    port = port or free_port()
    settings = {"customer": CUSTOMER, "event": QUEUE_EVENT, "key": SECRET_KEY, "room": room}
    said = json.dumps({"port": port, **settings, **more})
    with log.open("wb") as output:
        process = subprocess.Popen(
            [node, str(_HERE / "site.mjs"), said], stdout=output, stderr=output
        )
    try:
        site = ConnectorSite(f"http://127.0.0.1:{port}")
        with site.visitor() as client:
            wait_until_sync(lambda: _answers(client), description=f"node listens; see {log}")
        yield site
    finally:
        process.terminate()
        process.wait(10)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code == 200
    except httpx.TransportError:
        return False
