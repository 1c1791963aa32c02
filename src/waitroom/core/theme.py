"""How an operator dresses the waiting-room page of an event.

What belongs here: what a theme is, what of it is acceptable, and its colours as a stylesheet. Pure.
What must change with it: ``docs/theming.md``, the panel's theme form, ``public/themes.py`` (what
pages load of it), ``web/static/room.css`` (whose custom properties are set here).

A theme is kept whole under its version, a hash of it: so an event's settings stay small, a page and
its parts always fit together, and caches may keep the parts for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import msgspec

from waitroom.core.colours import (
    BLACK,
    ENOUGH,
    FORM,
    WHITE,
    Colour,
    contrast,
    mixed,
    parsed,
    readable,
    tinted,
)
from waitroom.core.limits import MAX_THEME
from waitroom.core.logos import check_logo
from waitroom.errors import InvalidSetting

MAX_NAME: Final = 100  # characters
MAX_CSS: Final = 64 * 1024  # bytes
MAX_TEMPLATE: Final = 64 * 1024  # bytes
DARK_CARD: Final = Colour(0x17, 0x1E, 0x1C)  # --card of web/static/room.css on dark screens
_INKS: Final = (Colour(0x1C, 0x24, 0x22), Colour(0xED, 0xF1, 0xEF))  # its --ink, light and dark
_WELL: Final = 6.0  # of contrast, of what is derived: nobody chose it to be darker
VARIABLES: Final = ("head", "room", "title", "name", "event_id", "lang", "logo", "nonce")
_ONCE: Final = ("head", "room")  # the page is none without them
VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z_]+)\s*\}\}", re.ASCII)
_VERSION: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """What visitors see of the operator. Everything empty: our own looks.

    Colours are ``#rrggbb``; those for dark screens are derived where they are not given. ``logo``
    is a data URL of a PNG, JPEG, WebP, GIF, AVIF or SVG image. ``css`` comes after our stylesheet.
    ``template`` is an HTML page with ``{{ head }}`` and ``{{ room }}`` in it (docs/theming.md).
    """

    name: str = ""
    accent: str = ""
    accent_dark: str = ""
    background: str = ""
    background_dark: str = ""
    logo: str = ""
    css: str = ""
    template: str = ""


PLAIN: Final = Theme()


def encode_theme(theme: Theme) -> bytes:
    """The theme as it is kept; equal themes are equal bytes."""
    return msgspec.json.encode(theme, order="deterministic")


def decode_theme(kept: bytes) -> Theme:
    """What was kept. Raises ``ValueError`` if it is no theme."""
    return msgspec.json.decode(kept, type=Theme)


def is_version(text: str) -> bool:
    """Whether ``text`` may be the version of a theme."""
    return _VERSION.fullmatch(text) is not None


def version_of(kept: bytes) -> str:
    """The version of what is kept: 64 bits of its hash, in hex."""
    return sha256(kept).hexdigest()[:16]


# --- what is acceptable


def check_theme(theme: Theme) -> Theme:
    """Return ``theme`` if all of it is acceptable.

    Raises:
        InvalidSetting: names the field, what was found, and what would do.
    """
    _check_texts(theme)
    for field in ("accent", "accent_dark", "background", "background_dark"):
        if (value := getattr(theme, field)) and not FORM.fullmatch(value):
            raise InvalidSetting(field, "wanted #rrggbb, or nothing for ours")
    _check_accent("accent", theme.accent, WHITE, "the white card")
    _check_accent("accent_dark", theme.accent_dark, DARK_CARD, f"the dark card ({DARK_CARD})")
    _check_background("background", theme.background)
    _check_background("background_dark", theme.background_dark)
    if theme.logo:
        check_logo(theme.logo)
    if theme.template:
        _check_template(theme.template)
    if len(encode_theme(theme)) > MAX_THEME:
        raise InvalidSetting("theme", f"wanted at most {MAX_THEME} bytes in all")
    return theme


def _check_texts(theme: Theme) -> None:
    if len(theme.name) > MAX_NAME or "\n" in theme.name:
        raise InvalidSetting("name", f"wanted one line of at most {MAX_NAME} characters")
    for field, most in (("css", MAX_CSS), ("template", MAX_TEMPLATE)):
        if len(getattr(theme, field).encode(errors="replace")) > most:
            raise InvalidSetting(field, f"wanted at most {most} bytes")
    for field in ("name", "css", "template"):
        if _UNFIT.search(getattr(theme, field)):
            raise InvalidSetting(field, "wanted text without control characters")


def _check_accent(field: str, value: str, card: Colour, where: str) -> None:
    if not value:
        return
    found = contrast(parsed(value), card)
    if found < ENOUGH:
        raise InvalidSetting(
            field,
            f"{value} has a contrast of {_told(found)} on {where}; wanted {ENOUGH} or more,"
            f" such as {readable(parsed(value), card)}",
        )


def _check_background(field: str, value: str) -> None:
    if not value:
        return
    ground = parsed(value)
    found = contrast(_ink_on(ground), ground)
    if found < ENOUGH:
        raise InvalidSetting(
            field,
            f"text on {value} has a contrast of {_told(found)} at the most; wanted {ENOUGH} or"
            f" more, such as {_readable_ground(ground)}",
        )


def _told(found: float) -> str:
    return f"{int(found * 100) / 100:.2f}"  # never rounded up to what is wanted


def _ink_on(ground: Colour) -> Colour:
    return max(_INKS, key=lambda ink: contrast(ink, ground))


def _readable_ground(ground: Colour) -> Colour:
    """The nearest shade, lighter or darker, on which one of our inks is read well."""
    for step in range(201):
        for end in (WHITE, BLACK):
            shade = mixed(ground, end, step / 200)
            if contrast(_ink_on(shade), shade) >= ENOUGH:
                return shade
    return WHITE


def _check_template(template: str) -> None:
    found = VARIABLE.findall(template)
    for name in _ONCE:
        if found.count(name) != 1:
            raise InvalidSetting("template", f"wanted {{{{ {name} }}}} in it once")
    for name in found:
        if name not in VARIABLES:
            known = ", ".join(VARIABLES)
            raise InvalidSetting("template", f"{{{{ {name[:64]} }}}} is none of {known}")
    if "{%" in template:
        raise InvalidSetting("template", "wanted variables only: there are no {% statements %}")


# --- what it looks like


def stylesheet(theme: Theme) -> str:
    """The theme's colours as custom properties for both schemes, then the operator's own CSS.

    A colour that is not of the form is left out: nothing of it gets into the stylesheet.
    """
    light, dark = "".join(_light(theme)), "".join(_dark(theme))
    sheet = f":root {{\n{light}}}\n" if light else ""
    if dark:
        sheet += f"@media (prefers-color-scheme: dark) {{\n:root {{\n{dark}}}\n}}\n"
    return sheet + theme.css


def _light(theme: Theme) -> Iterator[str]:
    if accent := _colour(theme.accent):
        yield from _accented(accent, WHITE, BLACK)
    if ground := _colour(theme.background):
        yield from _grounded(ground)


def _dark(theme: Theme) -> Iterator[str]:
    given, light = _colour(theme.accent_dark), _colour(theme.accent)
    if accent := given or (light and readable(light, DARK_CARD, _WELL)):
        yield from _accented(accent, DARK_CARD, WHITE)
    given, light = _colour(theme.background_dark), _colour(theme.background)
    if ground := given or (light and _darkened(light)):
        yield from _grounded(ground)


def _colour(text: str) -> Colour | None:
    return parsed(text) if FORM.fullmatch(text) else None


def _darkened(ground: Colour) -> Colour:
    """For dark screens: nearly black, of the same hue; what is dark already stays."""
    return ground if ground.luminance < DARK_CARD.luminance else mixed(ground, BLACK, 0.93)


def _accented(accent: Colour, card: Colour, stronger: Colour) -> Iterator[str]:
    strong = mixed(accent, stronger, 0.2)
    ends = (WHITE, mixed(accent, BLACK, 0.85))
    on_accent = max(ends, key=lambda end: min(contrast(end, accent), contrast(end, strong)))
    yield f"  --accent: {accent};\n  --accent-strong: {strong};\n"
    yield f"  --on-accent: {readable(on_accent, accent)};\n"
    yield f"  --tint: {tinted(card, accent, 0.1)};\n  --track: {mixed(card, accent, 0.18)};\n"


def _grounded(ground: Colour) -> Iterator[str]:
    ink = _ink_on(ground)
    soft = readable(mixed(ink, ground, 0.3), ground)
    yield f"  --ground: {ground};\n  --on-ground: {ink};\n  --on-ground-soft: {soft};\n"
