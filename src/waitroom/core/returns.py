"""Where the waiting room may send a visitor on to: only where the event's operator said.

What belongs here: reading a URL strictly enough that our reading and a browser's cannot differ.
Browsers repair what RFC 3986 forbids (WHATWG URL: backslashes become slashes, tabs and newlines
vanish, ``https:host`` is completed), so everything that would need repair is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

MAX_URL: Final = 2_048
# RFC 3986 characters only. No backslash, no space, no control character, nothing beyond ASCII.
_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
# A name or address and perhaps a port, to the last character: urlsplit finds the host ``::1`` in
# ``[::1]evil`` and in ``evil[::1]`` alike. Underscores are in names that containers go by.
_AUTHORITY: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
# An encoded slash is a slash to some servers, so a dot segment may end in one.
_DOT_SEGMENT: Final = re.compile(r"(?:^|/|%2f|%5c)(?:\.|%2e){1,2}(?:/|;|%2f|%5c|$)", re.IGNORECASE)


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL or not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    return parts if host and _AUTHORITY.fullmatch(parts.netloc) else None


def is_absolute_web_url(url: str) -> bool:
    """Whether ``url`` is an absolute http(s) URL of at most 2,048 characters, as it should be."""
    return _split(url) is not None


def origin_of(url: str) -> str | None:
    """The origin of ``url`` as browsers write it (RFC 6454, section 6.2): in lower case, without
    the scheme's own port. None if ``url`` is not an absolute http(s) URL as it should be."""
    parts = _split(url)
    if parts is None:
        return None
    scheme, host, port = _origin(parts)
    name = f"[{host}]" if ":" in host else host
    own_port = port == (443 if scheme == "https" else 80)
    return f"{scheme}://{name}" if own_port else f"{scheme}://{name}:{port}"


def lies_in_domain(url: str, domain: str) -> bool:
    """Whether the host of ``url`` is ``domain`` (in lower case) or one below it (RFC 6265, section
    5.1.3), so that a cookie for ``domain`` reaches it."""
    parts = _split(url)
    host = (parts.hostname or "").lower() if parts else ""
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def is_allowed_return(url: str, allowed: Iterable[str]) -> bool:
    """Whether ``url`` lies under one of the ``allowed`` URLs.

    Under means: same scheme, host and port, and the path equals the allowed one or goes on behind
    it at a ``/``. The query and fragment of ``url`` are free. Dot segments are refused, since they
    would climb out.
    """
    asked = _split(url)
    if asked is None or _DOT_SEGMENT.search(asked.path):
        return False
    return any(_is_under(asked, _split(entry)) for entry in allowed)


def _is_under(asked: SplitResult, entry: SplitResult | None) -> bool:
    if entry is None or _origin(asked) != _origin(entry):
        return False
    root = entry.path.rstrip("/")
    return asked.path in {root, entry.path} or asked.path.startswith(root + "/")


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    port = parts.port  # 0 is a port of its own, however useless
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), port
