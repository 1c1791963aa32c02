"""``waitroom doctor``: what may go wrong here, found before a crowd does.

What belongs here: one function per thing to look at, each saying how to mend what it finds. Nothing
is made or changed, except that an existing store is brought to this version's schema, as any
command does. What must change with it: ``docs/cli.md``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from waitroom.cli.doctor_redis import examine_redis
from waitroom.cli.finding import Finding
from waitroom.cli.flags import Given, Json, loaded
from waitroom.cli.output import say_json, say_table
from waitroom.cli.ports import claim, fetch, is_loopback
from waitroom.errors import OperatorError, StoreUnavailable, WaitroomError
from waitroom.observe.tracing import check_traceable
from waitroom.runtime import Runtime, open_runtime, store_exists
from waitroom.secret import load_secret
from waitroom.settings import Settings
from waitroom.store import is_embedded, path_of
from waitroom.store.sqlite_file import migrations

LITTLE_SPACE: Final = 1_000_000_000  # bytes: a busy event's day is some 100 MB
NO_SPACE: Final = 50_000_000
YEARS: Final = range(2025, 2100)
CLOCK_SLACK: Final = 5  # s by which another machine's clock may be ahead of ours
PATIENCE: Final = 2.0


def doctor(*, json: Json = False, flags: Given | None = None) -> int:
    """Check secret, store, clock, ports and public URL; exit code 1 if something fails."""
    findings = list(examine(loaded(flags).settings))
    if json:
        say_json([asdict(finding) for finding in findings])
    else:
        say_table(("", "what", "found", "what to do"), [_cells(f) for f in findings])
    return int(any(finding.level == "fail" for finding in findings))


def _cells(finding: Finding) -> tuple[str, str, str, str]:
    return finding.level, finding.what, finding.found, finding.fix


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one thing after the other."""
    exists = _store_exists(settings)
    yield _secret(settings, exists)
    yield from _store(settings, exists)
    yield _year()
    yield _port("public plane", settings.public_bind, "--public-bind")
    yield _port("control plane", settings.control_bind, "--control-bind")
    if settings.metrics_bind:
        yield _port("metrics", settings.metrics_bind, "--metrics-bind")
    if settings.otlp_endpoint:
        yield _traces(settings.otlp_endpoint)
    yield _public_url(settings)


def _store_exists(settings: Settings) -> bool | None:
    """Whether the store is in use; None if it cannot be asked."""
    try:
        return asyncio.run(store_exists(settings))
    except WaitroomError:
        return None


def _secret(settings: Settings, exists: bool | None) -> Finding:
    made_by_us = not settings.secret and not settings.secret_file
    if made_by_us and not exists and not (settings.data_dir / "secret").exists():
        if exists is None:
            found = f"none in {settings.data_dir}; whether the store has one cannot be asked"
            return Finding("warn", "secret", found, "Mend what is said of the store, look again.")
        return Finding("ok", "secret", f"will be made at the first start, in {settings.data_dir}")
    try:
        load_secret(settings, store_exists=True)
    except OperatorError as error:
        return Finding("fail", "secret", str(error), "The secret was made at the first start.")
    if settings.secret:
        return Finding("ok", "secret", "given as a setting")
    path = Path(settings.secret_file) if settings.secret_file else settings.data_dir / "secret"
    if path.stat().st_mode & 0o077:
        return Finding("warn", "secret", f"{path} is open to others", f"chmod 600 {path}")
    return Finding("ok", "secret", f"in {path}")


def _store(settings: Settings, exists: bool | None) -> Iterator[Finding]:
    if is_embedded(settings.store_url):
        yield _space(path_of(settings.store_url))
    else:
        yield from examine_redis(settings)
    if exists is False:
        yield Finding("ok", "store", f"nobody has used {settings.shown_store} yet")
        return
    try:
        yield from asyncio.run(_open_store(settings))
    except StoreUnavailable as error:
        yield Finding("fail", "store", f"{error} ({error.detail})", "Is it up, and writable?")
    except WaitroomError as error:
        yield Finding("fail", "store", str(error), "See docs/errors.md about " + error.code)


async def _open_store(settings: Settings) -> list[Finding]:
    async with open_runtime(settings) as runtime:
        await runtime.service.check_store()
        count = len(await runtime.store.event_ids())
        ahead = await _newest(runtime) - int(time.time())
    return [
        Finding("ok", "store", f"opens and can be written{_schema(settings)}, {count} events"),
        Finding("ok", "clock and store", "nothing in the store is from the future")
        if ahead <= CLOCK_SLACK
        else Finding(
            "fail",
            "clock and store",
            f"this clock is {ahead} s behind the newest entry of the store",
            "Set the clock (timedatectl set-ntp true); places would expire late.",
        ),
    ]


def _schema(settings: Settings) -> str:
    return f", schema {len(migrations())}" * is_embedded(settings.store_url)


async def _newest(runtime: Runtime) -> int:
    """The newest time in the store, in epoch seconds. Signing keys may rightly lie ahead."""
    ids = await runtime.store.event_ids()
    snapshots = await runtime.store.snapshots(ids, runtime.service.now())
    steps = [s.last.issued_at for s in snapshots.values() if s.last is not None]
    made = [key.created_at for key in await runtime.api_keys.list()]
    return max([0, *steps, *made])


def _space(path: Path) -> Finding:
    existing = next(parent for parent in path.absolute().parents if parent.is_dir())
    free = shutil.disk_usage(existing).free
    found = f"{free / 1e9:.1f} GB free at {existing}"
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding("fail", "disk", f"{existing} cannot be written", "Choose another --data-dir")
    if free < NO_SPACE:
        return Finding("fail", "disk", found, "Free some space: without it nobody can join.")
    if free < LITTLE_SPACE:
        return Finding("warn", "disk", found, "Free some space before a large event.")
    return Finding("ok", "disk", found)


def _year() -> Finding:
    now = datetime.now(UTC)
    if now.year in YEARS:
        return Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")
    return Finding("fail", "clock", f"it is the year {now.year}?", "Set the clock.")


def _port(what: str, bind: str, flag: str) -> Finding:
    try:
        claim(bind, flag, patience=0)
    except OperatorError as error:
        if _is_ours(bind):
            return Finding("ok", what, f"a Waitroom answers at {bind}")
        return Finding("fail", what, str(error), "See who listens: ss -ltnp")
    return Finding("ok", what, f"{bind} is free; no server runs there")


def _is_ours(bind: str) -> bool:
    try:
        status, body = fetch(bind, "/healthz", PATIENCE)
        return status == 200 and msgspec.json.decode(body) == {"status": "ok"}
    except (OSError, msgspec.DecodeError):
        return False


def _traces(endpoint: str) -> Finding:
    try:
        check_traceable(endpoint)
    except OperatorError as error:
        return Finding("fail", "traces", "a library is missing", str(error))
    parts = urlsplit(endpoint)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError as error:
        fix = "Traces are lost meanwhile; requests are answered all the same."
        return Finding("warn", "traces", f"nobody answers at {host}:{port} ({error})", fix)
    return Finding("ok", "traces", f"somebody listens at {host}:{port}")


def _public_url(settings: Settings) -> Finding:
    parts = urlsplit(settings.public_base)
    host = parts.hostname or ""
    if not settings.public_url and host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        fix = "Set --public-url to the URL that visitors use; it is in every token."
        return Finding("warn", "public URL", f"{settings.public_base} leads nowhere", fix)
    if parts.scheme != "https" and not is_loopback(host):
        fix = "Put TLS in front and set --public-url https://..."
        return Finding("warn", "public URL", f"{settings.public_base} is not https", fix)
    if not is_loopback(host):
        return Finding("ok", "public URL", settings.public_base)
    fix = "Set --public-url before people from elsewhere are to wait here."
    return Finding("ok", "public URL", f"{settings.public_base}, for this machine only", fix)
