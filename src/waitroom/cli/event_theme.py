"""``waitroom event theme``: how an event's waiting-room page is dressed.

What belongs here: that command, reading its files, and telling of a theme. What must change with
it: ``core/theme.py`` (a part of a theme is a flag here), ``docs/theming.md``, ``docs/cli.md``.
"""

from __future__ import annotations

import mimetypes
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from waitroom.cli.flags import Given, Json, on_store
from waitroom.cli.output import say, say_json, say_table
from waitroom.cli.who import deed
from waitroom.core.limits import MAX_THEME
from waitroom.core.logos import TYPES
from waitroom.core.theme import PLAIN, Theme, check_theme
from waitroom.errors import CallerError, InvalidSetting

if TYPE_CHECKING:
    from waitroom.runtime import Runtime

_FILES: Final = ("logo", "css", "template")
_LONG: Final = 60  # characters of a part that are shown
# Those that the system's table may lack, or name otherwise.
_ENDINGS: Final = {".webp": "image/webp", ".avif": "image/avif", ".svg": "image/svg+xml"}

EventId = Annotated[str, Parameter(name="EVENT", help="The event.")]


def _help(text: str) -> Parameter:
    return Parameter(help=text)


@dataclass(frozen=True, kw_only=True)
class ThemeFlags:
    """Parts of a theme; None: not given. An empty text takes a part off."""

    name: Annotated[str | None, _help("Whose room it is, as visitors know you.")] = None
    accent: Annotated[str | None, _help("Colour of buttons and links, #rrggbb.")] = None
    accent_dark: Annotated[
        str | None, _help("The same for dark screens; derived if not given.")
    ] = None
    background: Annotated[str | None, _help("Colour behind the card, #rrggbb.")] = None
    background_dark: Annotated[
        str | None, _help("The same for dark screens; derived if not given.")
    ] = None
    logo: Annotated[
        str | None, _help("An image file: PNG, JPEG, WebP, GIF, AVIF or SVG, up to 256 KiB.")
    ] = None
    css: Annotated[str | None, _help("A file of CSS that comes after ours, up to 64 KiB.")] = None
    template: Annotated[
        str | None, _help("An HTML file with {{ head }} and {{ room }} in it, up to 64 KiB.")
    ] = None

    def parts(self) -> dict[str, str]:
        """What was given, by the names of ``Theme``; files are read.

        Raises:
            CallerError: a file cannot be read, or is not what it should be.
        """
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {
            name: _read(name, Path(value)) if name in _FILES and value else value
            for name, value in given.items()
        }


Options = Annotated[ThemeFlags, Parameter(name="*")]


def theme(
    event_id: EventId,
    /,
    *,
    options: Options | None = None,
    clear: Annotated[
        bool, Parameter(negative="", help="Take the whole theme off first: our own looks.")
    ] = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Dress the waiting-room page of an event: what is given changes, the rest stays.

    Without any of these, show how it is dressed.
    """
    parts = options.parts() if options else {}

    async def done(runtime: Runtime) -> Theme:
        service = runtime.service
        worn = PLAIN if clear else await service.theme(event_id)
        if not parts and not clear:
            return worn
        new = check_theme(msgspec.structs.replace(worn, **parts))
        await service.set_theme(event_id, new, deed("theme"))
        return new

    _tell(event_id, on_store(flags, done), json=json, changed=bool(parts) or clear)


def _tell(event_id: str, worn: Theme, *, json: bool, changed: bool) -> None:
    if json:
        say_json(worn)
    elif not changed:
        say_table(("", event_id), _rows(worn))
    elif worn == PLAIN:
        say(f"Event {event_id} wears no theme.")
    else:
        on = ", ".join(name for name, value in msgspec.structs.asdict(worn).items() if value)
        say(f"Event {event_id} wears a theme ({on}). Visitors see it with their next page.")


def _rows(worn: Theme) -> Iterator[tuple[str, str]]:
    for name, value in msgspec.structs.asdict(worn).items():
        size = f"… ({len(value)} characters)" if len(value) > _LONG else ""
        yield name, (" ".join(value[:_LONG].split()) + size) or "ours"


def _read(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_THEME + 1)
    except OSError as error:
        raise CallerError(f"{path} cannot be read: {error.strerror}.") from None
    if name == "logo":
        return _as_url(path, content)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise CallerError(f"{path} is not text in UTF-8.") from None


def _as_url(path: Path, image: bytes) -> str:
    guessed = _ENDINGS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    if guessed not in TYPES:
        raise InvalidSetting("logo", f"wanted a file of one of {', '.join(TYPES)}")
    return f"data:{guessed};base64,{b64encode(image).decode()}"
