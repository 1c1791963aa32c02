"""``waitroom demo``: everything at once, with a sample event and a shop behind the gate.

What belongs here: what a demo has besides ``waitroom serve``. The shop is in ``examples/shop``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from waitroom.apikeys import NewKey
from waitroom.cli.flags import Given, loaded, which_store
from waitroom.cli.output import say, say_link
from waitroom.cli.panel import link_into_panel
from waitroom.cli.ports import claim, is_loopback, reachable
from waitroom.cli.serve import (
    CONTROL,
    PUBLIC,
    bare_environment,
    control_link,
    first_admin_key,
    plane_parts,
    public_link,
    show_first_key,
    supervise,
)
from waitroom.core.model import Event
from waitroom.errors import BadConfiguration, DependencyMissing, DirectoryUnwritable
from waitroom.runtime import Runtime, ensure_event, open_runtime
from waitroom.settings import Loaded, Settings
from waitroom.supervisor import Part

DATA_DIR: Final = Path("waitroom-demo")
EVENT: Final = "sample"
SHOP_KEY: Final = "demo shop"
EXAMPLES: Final = Path(__file__).resolve().parents[3] / "examples"


def demo(
    *,
    shop_bind: Annotated[
        str, Parameter(help="Address and port of the sample shop.")
    ] = "127.0.0.1:8082",
    flags: Given | None = None,
) -> None:
    """Try it all out: both planes, a sample event and a sample shop; data in ./waitroom-demo."""
    if not (EXAMPLES / "shop" / "app.py").is_file():
        raise DependencyMissing(
            "The sample shop is not here: waitroom demo needs a checkout of the source, with"
            f" {EXAMPLES / 'shop'} in it. waitroom serve runs without."
        )
    settings = _settings(loaded(flags))
    shop_at = claim(shop_bind, "--shop-bind")
    parts = plane_parts(settings, (PUBLIC, CONTROL))
    shop_url = _shop_url(shop_bind)
    first_key, panel = asyncio.run(_prepare(settings, shop_url))
    environ = {**bare_environment(), **_shop_environment(settings, shop_url)}
    shop = Part(
        name="shop",
        target="shop.app:create_app",
        bind=shop_at,
        ready_path="/",
        environ=environ,
    )
    if first_key is not None:
        show_first_key(first_key, settings)
    supervise(settings, [*parts, shop], lambda: _show_links(settings, shop_url, panel))


def _settings(found: Loaded) -> Settings:
    settings = found.settings
    if settings.store and not settings.store.startswith("sqlite:"):
        raise BadConfiguration("store: the demo uses the embedded store; leave --store away")
    if found.sources["data_dir"] == "default":
        settings = replace(settings, data_dir=DATA_DIR)
    return settings


def _shop_url(bind: str) -> str:
    """Where the browser finds the shop: by name, while the waiting room goes by its number.

    Browsers send cookies to a host whatever the port, and the place in line is such a cookie. On
    two hosts, as it is in earnest, the shop does not get to see it.
    """
    found = reachable(bind)
    host, _, port = found.rpartition(":")
    return f"http://localhost:{port}" if is_loopback(host) else f"http://{found}"


async def _prepare(settings: Settings, shop_url: str) -> tuple[NewKey | None, str]:
    """The first admin key, if it was made now, and a link into the control panel."""
    async with open_runtime(settings) as runtime:
        first_key = await first_admin_key(runtime)
        await _sample_event(runtime, shop_url)
        _write_down(_key_file(settings), await _shop_key(runtime))
        return first_key, await link_into_panel(runtime, ["admin"])


async def _sample_event(runtime: Runtime, shop_url: str) -> None:
    """The event is as its operator left it, but leads to where the shop is this time."""
    leads_to = {"target_url": f"{shop_url}/", "return_urls": (f"{shop_url}/",)}
    await ensure_event(runtime, Event(event_id=EVENT, title="Sample sale"))
    await runtime.service.change_event(EVENT, leads_to)


async def _shop_key(runtime: Runtime) -> str:
    """A key with which the shop reports sessions; the one of the previous demo is revoked."""
    for key in await runtime.api_keys.list():
        if key.name == SHOP_KEY and key.revoked_at is None:
            await runtime.api_keys.revoke(key.key_id)
    made = await runtime.api_keys.create(SHOP_KEY, ["session"])
    return made.key if made is not None else ""


def _key_file(settings: Settings) -> Path:
    return (settings.data_dir / "shop-key").absolute()


def _write_down(path: Path, key: str) -> None:
    try:
        path.unlink(missing_ok=True)  # so that its mode is ours, whatever lay there
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DirectoryUnwritable(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w") as file:
        file.write(key + "\n")


def _shop_environment(settings: Settings, shop_url: str) -> Mapping[str, str]:
    return {
        "PYTHONPATH": str(EXAMPLES),
        "SHOP_EVENT_ID": EVENT,
        "SHOP_ROOM_URL": f"{public_link(settings)}/enter/{EVENT}",
        "SHOP_REDEEM_URL": f"{public_link(settings)}/api/redeem",
        "SHOP_ISSUER": settings.issuer(EVENT),
        "SHOP_JWKS_URL": f"{public_link(settings)}/oidc/{EVENT}/.well-known/jwks.json",
        "SHOP_SITE_URL": shop_url,
        "SHOP_CONTROL_URL": control_link(settings),
        "SHOP_API_KEY_FILE": str(_key_file(settings)),
    }


def _room(settings: Settings) -> str:
    return f"{public_link(settings)}/room/{EVENT}"


def _show_links(settings: Settings, shop_url: str, panel: str) -> None:
    where = which_store(settings)
    say("", "Waitroom is ready. Open these, best side by side:", "")
    say_link(
        "Shop",
        f"{shop_url}/",
        "Be a visitor: press Get tickets, and the gate sends you to the waiting room and back.",
    )
    say()
    say_link("Waiting room", _room(settings), "What visitors see while they wait.")
    say()
    say_link(
        "Control panel",
        panel,
        "Be the operator: choose the event, and let people in. This link logs you in once,",
        f"within five minutes. For another: waitroom panel{where}",
    )
    say("", f"In numbers: waitroom watch {EVENT}{where}. Ctrl-C ends all of it.", "")
