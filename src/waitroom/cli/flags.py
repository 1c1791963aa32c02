"""The flags that many commands share, made from the one table of settings.

What belongs here: a flag for each setting, and what a command does first: settings, log, store.
Secrets have no flag, because every user of a machine can read command lines.

What opens a store is imported where it is opened: it takes longer than all the rest of a command,
and ``--help`` and a mistyped line have no need of it.
"""

# No `from __future__ import annotations`: the class made below takes the annotations as they are.
import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields, make_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from cyclopts import Group, Parameter, Token

from waitroom.errors import StoreUnavailable
from waitroom.settings import DATA_DIR, Loaded, Settings, load
from waitroom.settings_check import password_in_url

if TYPE_CHECKING:
    from waitroom.runtime import Runtime

T = TypeVar("T")

GROUP: Final = Group("Settings", sort_key=10)


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What was said about settings on the command line; ``_all_flags`` adds one per setting."""

    config: Annotated[
        Path | None,
        Parameter(group=GROUP, help="TOML file of settings. Default: ./waitroom.toml if there."),
    ] = None


def _all_flags() -> type[Flags]:
    made = make_dataclass(
        "AllFlags",
        [_flag(f) for f in fields(Settings) if not f.metadata["secret"]],
        bases=(Flags,),
        frozen=True,
        kw_only=True,
    )
    made.__module__ = __name__  # or Cyclopts takes it for a class of the standard library
    return made


def _flag(setting: Field[Any]) -> tuple[str, Any, Any]:
    shown = setting.metadata["help"] + (
        f" Default: {_plain(setting.default)}." * bool(_plain(setting.default))
    )
    return (
        setting.name,
        Annotated[str | None, Parameter(group=GROUP, help=shown)],
        field(default=None),
    )


def _plain(default: object) -> str:
    return ",".join(default) if isinstance(default, tuple) else str(default)


if TYPE_CHECKING:
    Given = Flags
else:
    Given = Annotated[_all_flags(), Parameter(name="*")]


def number(help: str, **more: Any) -> Parameter:  # noqa: A002 - Cyclopts' own word
    """The parameter of a whole number: 1.5 is refused, where Cyclopts alone would round it."""
    return Parameter(help=help, converter=_whole, **more)


def _whole(_type: object, tokens: Sequence[Token]) -> int:
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"wanted a whole number, not {tokens[0].value[:40]!a}") from None


Json = Annotated[bool, Parameter(negative="", help="Print JSON.")]
Yes = Annotated[bool, Parameter(negative="", help="Do not ask.")]


def loaded(flags: Flags | None) -> Loaded:
    """The settings of this command. From here on the log is set up.

    Raises:
        BadConfiguration: as ``settings.load``.
    """
    import structlog  # noqa: PLC0415 - see the top

    from waitroom import logs  # noqa: PLC0415 - see the top

    given = {f.name: getattr(flags, f.name) for f in fields(flags)} if flags is not None else {}
    config = given.pop("config", None)
    found = load(given, os.environ, config)
    logs.set_up(found.settings.log_format)
    if found.sources["store"].startswith("flag") and password_in_url(found.settings.store):
        structlog.get_logger("waitroom").warning(
            "the password in --store can be read by every user of this machine while this runs;"
            " --store-password-file FILE keeps it to itself"
        )
    return found


def which_store(settings: Settings) -> str:
    """The flag that makes another command find this store; empty if it needs none.

    A password is not part of it, even if it came in the URL.
    """
    if settings.store:
        return f" --store {settings.shown_store}"
    return "" if settings.data_dir == DATA_DIR else f" --data-dir {settings.data_dir}"


def on_store(
    flags: Flags | None, work: "Callable[[Runtime], Awaitable[T]]", *, may_make: bool = False
) -> T:
    """What ``work`` returns, done on the store itself, whether a server runs or not.

    Only a command that ``may_make`` something begins a deployment where there is none: in the wrong
    directory, the others would look at a new and empty one.

    Raises:
        StoreRefused: there is no store yet.
        OperatorError, Unavailable: as ``open_runtime``; and what ``work`` raises.
    """
    from waitroom.runtime import open_runtime  # noqa: PLC0415 - see the top

    settings = loaded(flags).settings

    async def done() -> T:
        async with open_runtime(settings, may_make=may_make) as runtime:
            result = await work(runtime)
            with suppress(StoreUnavailable, TimeoutError):  # the deed is done and entered
                await runtime.service.audit.seal_marked()
            return result

    return asyncio.run(done())
