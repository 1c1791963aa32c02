"""``waitroom store ...``: copy a store, dump it to a file, load it from one.

What belongs here: one function per command, and what it tells. None of them needs the deployment
secret: what is sealed stays sealed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import structlog
from cyclopts import App, Parameter

from waitroom.cli.flags import Given, Json, loaded
from waitroom.cli.output import say, say_json, say_table
from waitroom.cli.progress import counting
from waitroom.errors import BadConfiguration, StoreRefused
from waitroom.settings import Settings
from waitroom.settings_check import password_in_url, user_in_url
from waitroom.store import Store, StoreOptions, copying, is_embedded, open_store, path_of
from waitroom.store.copying import Copied
from waitroom.store.dumpfile import read_dump
from waitroom.store.tally import KINDS

store = App(name="store", help="Copy all that a store holds, dump it to a file, load it from one.")

Force = Annotated[
    bool, Parameter(negative="", help="Replace what is in the target; it is removed first.")
]

log = structlog.get_logger("waitroom")


@store.command(name="copy")
def copy_store(
    source: Annotated[str, Parameter(name="FROM", help="URL of the store to read.")],
    target: Annotated[str, Parameter(name="TO", help="URL of the store to fill.")],
    /,
    *,
    force: Force = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Copy all of one store to another, and check the copy by reading it back."""
    settings = loaded(flags).settings
    for url in (source, target):
        if password_in_url(url):
            log.warning(
                "a password on the command line can be read by every user of this machine while"
                " this runs; --store-password-file FILE keeps it to itself"
            )
    copied = asyncio.run(_copied(settings, source, target, force))
    _warn(copied, source)
    _tell(copied, json=json, checked=True)


async def _copied(settings: Settings, source_url: str, target_url: str, force: bool) -> Copied:
    async with _existing(settings, source_url) as source, _opened(settings, target_url) as target:
        if await copying.is_same(source_url, source, target_url, target):
            raise BadConfiguration("FROM and TO are the same store; nothing was changed.")
        with counting("Copying, then reading it back", "records") as passed:
            return await copying.copy(source, target, force=force, passed=passed)


@store.command
def dump(
    file: Annotated[Path, Parameter(name="FILE", help="Packed if its name ends in .gz.")],
    /,
    *,
    force: Annotated[
        bool, Parameter(negative="", help="Replace the file if there is one.")
    ] = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Write all of the store to one file, mode 0600. Works while the planes run."""
    if file.exists() and not force:
        raise StoreRefused(f"{file} exists already; --force replaces it.")
    settings = loaded(flags).settings

    async def dumped() -> Copied:
        async with _existing(settings, settings.store_url) as source:
            with counting("Writing", "records") as passed:
                return await copying.dump(source, file, passed)

    copied = asyncio.run(dumped())
    _warn(copied, settings.store_url)
    _tell(copied, json=json, checked=False)


@store.command
def load(
    file: Annotated[Path, Parameter(name="FILE", help="A file that dump has written.")],
    /,
    *,
    force: Force = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Fill the store from a dump file, and check it by reading it back."""
    settings = loaded(flags).settings
    found = read_dump(file)  # before a store is made for it

    async def filled() -> Copied:
        async with _opened(settings, settings.store_url) as target:
            with counting("Filling the store, then reading it back", "records") as passed:
                return await copying.load(found, target, force=force, passed=passed)

    _tell(asyncio.run(filled()), json=json, checked=True)


@asynccontextmanager
async def _opened(settings: Settings, url: str) -> AsyncIterator[Store]:
    opened = open_store(url, _options(settings, url))
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def _existing(settings: Settings, url: str) -> AsyncIterator[Store]:
    """The store at ``url``, which must be one of Waitroom's and in use."""
    if is_embedded(url) and not path_of(url).exists():
        raise StoreRefused(f"There is no store at {path_of(url)}.")
    async with _opened(settings, url) as opened:
        if not await opened.is_claimed():
            raise StoreRefused(f"There is nothing of Waitroom at {_shown(url)}.")
        yield opened


def _shown(url: str) -> str:
    """Without credentials."""
    if is_embedded(url):
        return str(path_of(url))
    from waitroom.store.redis_url import parse  # noqa: PLC0415 - only the chosen backend

    return parse(url, StoreOptions()).shown


def _options(settings: Settings, url: str) -> StoreOptions:
    """As set, but a URL goes by the user and the password that it names: stores may have others."""
    options = settings.store_options
    if password_in_url(url):
        return replace(options, user="", password="")
    if user_in_url(url):
        return replace(options, user="")
    return options


def _warn(copied: Copied, source_url: str) -> None:
    """Say what to make of a copy of lines that were moving."""
    if not copied.moved:
        return
    log.warning(
        "the source went on while it was read; "
        + (
            "the copy is of the moment when reading began, what came later is not in it"
            if is_embedded(source_url)
            else "it was read piece by piece, so parts of a line may be from different moments"
        )
        + ": if this is to move a deployment, stop the planes and run it again",
        events=", ".join(copied.moved[:20]),
    )


def _tell(copied: Copied, *, json: bool, checked: bool) -> None:
    contents, shortened = copied.contents, copied.fingerprint[:8]
    if json:
        say_json(
            {
                "counts": contents.counts,
                "digest": contents.digest,
                "secret_fingerprint": shortened,
                "moved": copied.moved,
            }
        )
        return
    say_table(
        ("kind", "read", "written and read back")[: 2 + checked],
        ((kind.replace("_", " "), *([contents.counts[kind]] * (1 + checked))) for kind in KINDS),
    )
    say(f"SHA-256 {contents.digest}" + " on both sides" * checked)
    say(
        "The deployment secret is not in it and is needed to use it: keep a copy apart"
        f" (fingerprint {shortened}...)."
    )
