"""Colours: how well one is seen on another, and shades that are seen well enough.

What belongs here: sums over ``#rrggbb``. Pure. Source of the rules: WCAG 2.2, "relative luminance",
"contrast ratio" and success criterion 1.4.3 (4.5 to 1 for text).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

FORM: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
ENOUGH: Final = 4.5  # of contrast, for text of any size (WCAG 2.2, 1.4.3)
_STEPS: Final = 200  # of a way from one colour to another


class Colour(NamedTuple):
    """Red, green and blue in sRGB, each 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """From 0 (black) to 1 (white); WCAG 2.2, "relative luminance"."""
        red, green, blue = (_linear(part / 255) for part in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


BLACK: Final = Colour(0, 0, 0)
WHITE: Final = Colour(255, 255, 255)


def parsed(text: str) -> Colour:
    """The colour that ``#rrggbb`` names. Raises ``ValueError``."""
    if not FORM.fullmatch(text):
        raise ValueError("wanted #rrggbb")
    return Colour(*(int(text[i : i + 2], 16) for i in (1, 3, 5)))


def contrast(one: Colour, other: Colour) -> float:
    """From 1 (the same) to 21 (black and white); WCAG 2.2, "contrast ratio"."""
    dark, light = sorted((one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """``one`` with a ``share`` (0 to 1) of ``other`` in it."""
    return Colour(*(round(a + (b - a) * share) for a, b in zip(one, other, strict=True)))


def readable(colour: Colour, on: Colour, least: float = ENOUGH) -> Colour:
    """The shade nearest to ``colour`` that has a contrast of ``least`` on ``on``, or the best.

    It is ``colour`` with as little black or white in it as will do.
    """
    for step in range(_STEPS + 1):
        for end in (BLACK, WHITE) if on.luminance > 0.18 else (WHITE, BLACK):
            shade = mixed(colour, end, step / _STEPS)
            if contrast(shade, on) >= least:
                return shade
    return max(BLACK, WHITE, key=lambda end: contrast(end, on))


def tinted(card: Colour, colour: Colour, share: float) -> Colour:
    """``card`` with up to ``share`` of ``colour``: as much as leaves ``colour`` readable on it."""
    for step in range(20, 0, -1):
        tint = mixed(card, colour, share * step / 20)
        if contrast(tint, colour) >= ENOUGH:
            return tint
    return card
