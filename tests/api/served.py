"""A waiting room of real processes on free loopback ports: both planes, several workers.

What belongs here: starting, knowing when it is ready, stopping by pid. Every site has a directory
of its own; its log is kept in a file for the tests that read it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from ports import free_port
from waiting import wait_until_sync
from waitroom.runtime import open_runtime
from waitroom.settings import Settings

STOP: Final = 15.0  # s it gets to stop before it is killed
START: Final = 90.0  # s both planes get to be ready, on a machine that is busy with other tests


@dataclass
class Site:
    """A running waiting room. ``public`` and ``control`` are clients of its planes."""

    settings: Settings
    admin_key: str
    log: Path
    public: httpx.Client
    control: httpx.Client
    process: subprocess.Popen[bytes]

    @property
    def public_url(self) -> str:
        """Base URL of the public plane."""
        return f"http://{self.settings.public_bind}"

    @property
    def control_url(self) -> str:
        """Base URL of the control plane."""
        return f"http://{self.settings.control_bind}"

    # --- what most tests do on their way to what they are about

    def event(self, **settings: Any) -> str:
        """Create an event that no other test knows; its ID."""
        event_id = settings.pop("event_id", None) or f"e-{uuid.uuid4().hex[:12]}"
        made = self.control.post("/api/events", json={"event_id": event_id, **settings})
        assert made.status_code == 201, made.text
        return str(event_id)

    def join(self, event_id: str) -> dict[str, Any]:
        """A new place: the answer of ``assign_queue_num``."""
        answer = self.public.post("/api/assign_queue_num", json={"event_id": event_id})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def advance(self, event_id: str, by: object, **headers: str) -> httpx.Response:
        """Move the serving counter."""
        asked = {"event_id": event_id, "increment_by": by}
        return self.control.post("/api/increment_serving_counter", json=asked, headers=headers)

    def token(self, event_id: str, request_id: str) -> httpx.Response:
        """Ask for the tokens of a place, as a visitor."""
        asked = {"event_id": event_id, "request_id": request_id}
        return self.public.post("/api/generate_token", json=asked)

    def admitted(self, event_id: str) -> str:
        """Join, be called, get tokens; the request ID."""
        place = self.join(event_id)
        assert self.advance(event_id, 1).status_code == 200
        answer = self.token(event_id, place["api_request_id"])
        assert answer.status_code == 200, answer.text
        return str(place["api_request_id"])

    def shown(self, event_id: str, name: str = "serving_num") -> dict[str, Any]:
        """One of the calls about an event that everybody shares."""
        answer = self.public.get(f"/api/{name}", params={"event_id": event_id})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def key(self, *scopes: str, sigv4: bool = False) -> dict[str, Any]:
        """A new credential, as it is shown once."""
        asked = {"scopes": list(scopes), "sigv4": sigv4, "name": "of a test"}
        made = self.control.post("/api/keys", json=asked)
        assert made.status_code == 201, made.text
        return dict(made.json())


def free_binds(count: int) -> list[str]:
    """Loopback addresses with ports that were free a moment ago."""
    return [f"127.0.0.1:{free_port()}" for _ in range(count)]


async def first_key(settings: Settings) -> str:
    """An admin key, made as ``waitroom keys create`` makes it."""
    async with open_runtime(settings) as runtime:
        new = await runtime.api_keys.create("tests", ["admin"])
        assert new is not None
        return new.key


def start(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    """``waitroom serve`` on ``settings``. Its output goes to ``log``."""
    flags = [
        f"--data-dir={settings.data_dir}",
        f"--public-bind={settings.public_bind}",
        f"--control-bind={settings.control_bind}",
        f"--public-url={settings.public_url}",
        f"--workers={settings.workers}",
        f"--algorithm={settings.algorithm}",
        f"--log-format={settings.log_format}",
        *(f"--control-origins={origin}" for origin in settings.control_origins),
        *(f"--trusted-proxies={network}" for network in settings.trusted_proxies),
    ]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WAITROOM_")}
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "waitroom", "serve", *flags],
            env=ours,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it, gently first."""
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP)


def is_ready(client: httpx.Client) -> bool:
    """Whether a plane answers that it can do its work."""
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _until_ready(site: Site) -> None:
    wait_until_sync(
        lambda: is_ready(site.public) and is_ready(site.control),
        description=f"both planes are ready; {site.log} may say why not",
        timeout=START,
    )


@contextmanager
def away(site: Site) -> Iterator[None]:
    """A waiting room that others share is down while the block lasts, whatever becomes of it."""
    stop(site.process)
    try:
        yield
    finally:
        site.process = start(site.settings, site.log)
        _until_ready(site)


@contextmanager
def served(data_dir: Path, *, workers: int = 2, **others: Any) -> Iterator[Site]:
    """A waiting room in ``data_dir`` for as long as the block lasts."""
    public_bind, control_bind = free_binds(2)
    settings = Settings(
        data_dir=data_dir,
        public_bind=public_bind,
        control_bind=control_bind,
        workers=workers,
        log_format="json",
        **others,
    )
    admin_key = asyncio.run(first_key(settings))
    log = data_dir.parent / f"{data_dir.name}.log"
    with ExitStack() as stack:
        bearer = {"authorization": f"Bearer {admin_key}"}
        public = stack.enter_context(
            httpx.Client(base_url=f"http://{public_bind}", timeout=30, verify=False)
        )
        control = stack.enter_context(
            httpx.Client(
                base_url=f"http://{control_bind}", timeout=10, headers=bearer, verify=False
            )
        )
        site = Site(settings, admin_key, log, public, control, start(settings, log))
        stack.callback(lambda: stop(site.process))  # it may be another one by then
        _until_ready(site)
        yield site
