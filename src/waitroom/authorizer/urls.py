"""Which URLs a gate takes, and those it writes: to the site, to the room, without a token.

What belongs here: pure rules on URLs, so that no request can make a gate send a visitor elsewhere.
What must change with it: ``tests/authorizer/test_urls.py``.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_plus, urlsplit

MAX_RETURN = 2048
"""Longest return URL in characters. Of a longer one the query is given up, then the path."""

# What is kept as it came: visible ASCII. Browsers send "|" or "{" in a query as they are.
_QUERY_KEPT = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")
_PATH_KEPT = _QUERY_KEPT.replace("?", "").replace("\\", "")
_VISIBLE = re.compile(r"[!-~]+")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def is_absolute(url: str) -> bool:
    """An http(s) URL with a host, no credentials, and nothing that a header could not carry."""
    if not _VISIBLE.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def plain_origin(url: str) -> str:
    """An origin as everybody writes it: lower case, no default port, no slash at its end."""
    scheme, _, host = url.rstrip("/").lower().partition("://")
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS[scheme])}"


def site_name(origin: str, host: str) -> str:
    """A ``Host`` header in one spelling, for a site with the scheme of ``origin``."""
    scheme = urlsplit(origin).scheme
    name, colon, port = host.strip().lower().removesuffix(_DEFAULT_PORTS[scheme]).partition(":")
    # "shop.example." is the same host to a resolver.
    return f"{name.removesuffix('.')}{colon}{port}"


def site_url(origin: str, path: str, query: str) -> str:
    """The request's URL on the site's own ``origin``, whatever tricks ``path`` plays.

    The origin is always written out: a ``Location`` of ``//evil.example`` alone would leave the
    site, and ``@evil.example`` after an origin without a slash would change the host. Strings hold
    bytes as received (latin-1); bytes that are not visible ASCII come out percent-encoded.
    """
    rooted = path if path.startswith("/") else "/"
    url = origin + quote(rooted, safe=_PATH_KEPT, encoding="latin-1")
    return f"{url}?{quote(query, safe=_QUERY_KEPT, encoding='latin-1')}" if query else url


def return_url(origin: str, path: str, query: str) -> str:
    """Where the room shall send the visitor back to: ``site_url`` of at most ``MAX_RETURN``."""
    candidates = (site_url(origin, path, query), site_url(origin, path, ""))
    return next((url for url in candidates if len(url) <= MAX_RETURN), f"{origin}/")


def room_url(room: str, back: str, refused: str = "") -> str:
    """The page ``room`` with where to return to and, if a token was refused, the reason.

    The room page counts how often it sent somebody on, so that nobody goes in circles for ever.
    """
    mark = "&" if "?" in room else "?"
    why = f"&refused={refused}" if refused else ""
    return f"{room}{mark}return={quote(back, safe='')}{why}"


def without(parameter: str, query: str) -> tuple[str, str]:
    """The value of ``parameter`` and ``query`` without it; the rest byte for byte and in order.

    The name is recognised however it is encoded. Of several the last counts: the room appends its
    own. The value is "" if there is none.
    """
    if parameter not in query and "%" not in query:
        return "", query
    parts = query.split("&")
    ours = [unquote_plus(part.partition("=")[0]) == parameter for part in parts]
    if not any(ours):
        return "", query
    values = [part.partition("=")[2] for part, is_ours in zip(parts, ours, strict=True) if is_ours]
    kept = [part for part, is_ours in zip(parts, ours, strict=True) if not is_ours]
    return unquote_plus(values[-1]), "&".join(kept)
