"""How an operator dresses the waiting-room page of an event.

What belongs here: what a theme is, and what of it is acceptable. Pure. What must change with it:
``docs/theming.md``, the panel's theme form, ``public/themes.py`` (what pages load of it).

A theme is kept whole under its version, a hash of it: so an event's settings stay small, a page and
its parts always fit together, and caches may keep the parts for ever.
"""

from __future__ import annotations

import msgspec


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
