"""Images in data URLs: what is in them, by their first bytes.

What belongs here: taking a data URL apart, and telling images from what only claims to be one.
Pure. What an image is drawn from is not looked at: it is only ever shown as an image, and served so
that nothing in it can run (``public/themes.py``).
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final, NamedTuple

from waitroom.errors import InvalidSetting

MAX_LOGO: Final = 256 * 1024  # bytes of the image
_URL: Final = re.compile(r"data:(image/[a-z+]+)(?:;charset=utf-8)?;base64,([A-Za-z0-9+/]+=*)")

# How images begin (WHATWG MIME Sniffing, section 6.1; AVIF: ISO/IEC 14496-12, section 4.3).
_BEGINS: Final = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBPVP", re.DOTALL),
    "image/avif": re.compile(rb".{4}ftypavi[fs]", re.DOTALL),
    "image/svg+xml": re.compile(
        rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?"
        rb"(?:<!--(?:(?!-->).){0,2000}-->\s*|<!DOCTYPE\s[^>\[]{0,200}>\s*){0,5}<svg[\s>]",
        re.DOTALL | re.IGNORECASE,
    ),
}
TYPES: Final = tuple(_BEGINS)


class Logo(NamedTuple):
    """An image: its media type, and its bytes."""

    media_type: str
    content: bytes


def check_logo(url: str) -> Logo:
    """The image in a data URL.

    Raises:
        InvalidSetting: it is too large, not a data URL in Base64, or not an image of its type.
    """
    if len(url) > MAX_LOGO * 4 // 3 + 100:
        raise InvalidSetting("logo", f"wanted at most {MAX_LOGO} bytes")
    found = _URL.fullmatch(url)
    if not found or found[1] not in _BEGINS:
        raise InvalidSetting("logo", "wanted a data URL in Base64 of one of " + ", ".join(TYPES))
    try:
        content = b64decode(found[2], validate=True)
    except ValueError:
        raise InvalidSetting("logo", "wanted Base64 after the comma") from None
    if len(content) > MAX_LOGO:
        raise InvalidSetting("logo", f"wanted at most {MAX_LOGO} bytes")
    if not _BEGINS[found[1]].match(content):
        raise InvalidSetting("logo", f"this is not an image of the type {found[1]}")
    return Logo(found[1], content)
