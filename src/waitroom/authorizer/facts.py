"""The facts of a request that count at the gate, and what it offers to be let through.

What belongs here: reading what a wrapper took from its framework; pure. What is made of it stands
in ``decide.py``. What must change with it: each wrapper (``asgi.py``, ``wsgi.py``,
``aws_lambda.py``), which fill a ``Request``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from waitroom.authorizer.gate import Gate
from waitroom.authorizer.paths import is_protected
from waitroom.authorizer.urls import site_name

MAX_COOKIES = 3
"""Cookies of our name that are looked at. More than one means that somebody plants them."""

SAFE_METHODS = ("GET", "HEAD")
"""Methods whose answer may be a redirect: nothing is lost by it."""

_MAX_AGENT = 1024  # characters of User-Agent that are searched for a crawler's name
_CODE = re.compile(r"[A-Za-z0-9_-]{80,1024}")
Source = Literal["bearer", "handover", "cookie"]


@dataclass(slots=True)  # frozen, making one would take three times as long, at each request
class Request:
    """The facts of a request that count. Strings hold the bytes as received (latin-1).

    ``path`` as sent, still percent-encoded; ``routed_path`` as the site's router will see it.
    ``query`` without the ``?``. ``authorization``, ``cookies``, ``hosts``: every header of that
    name. ``fetch_mode`` is ``Sec-Fetch-Mode``. What can hold a token is not shown in ``repr``.
    """

    method: str
    path: str
    routed_path: str
    query: str = field(default="", repr=False)
    authorization: tuple[str, ...] = field(default=(), repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)
    accept: str = ""
    fetch_mode: str = ""
    hosts: tuple[str, ...] = ()
    user_agent: str = ""


class Offer(NamedTuple):
    """A token that a request brought, and where it was."""

    source: Source
    token: str


def has_code_form(code: str) -> bool:
    """Could the waiting room have made this one-time code? Others are not worth a request."""
    return _CODE.fullmatch(code) is not None


def is_health_check(gate: Gate, request: Request) -> bool:
    """Exactly one of the paths named for it, as sent and as routed, without a body."""
    return (
        request.path in gate.health_checks
        and request.routed_path in gate.health_checks
        and request.method in SAFE_METHODS
    )


def is_for_this_site(gate: Gate, request: Request) -> bool:
    """One Host at most (RFC 9112, section 3.2), and with ``gate.hosts`` one of the site's names."""
    if len(request.hosts) != 1:
        return not (request.hosts or gate.hosts)
    host = request.hosts[0]
    return "," not in host and (not gate.hosts or site_name(gate.site_url, host) in gate.hosts)


def is_open(gate: Gate, request: Request) -> bool:
    """Does it need no token? The paths as sent and as routed must both be open, or its method."""
    if request.method in gate.exempt_methods:
        return True
    if gate.crawlers and request.method in SAFE_METHODS and _is_crawler(gate, request):
        return True
    rules = (gate.protected, gate.exempt, gate.case_sensitive)
    return not (is_protected(request.routed_path, *rules) or is_protected(request.path, *rules))


def navigates(request: Request) -> bool:
    """Is a person waiting for a page? Browsers say so; without their word ``Accept`` has to do."""
    if request.method not in SAFE_METHODS:
        return False
    if request.fetch_mode:
        return request.fetch_mode.strip().lower() == "navigate"
    return "text/html" in request.accept.lower()


def bearer(request: Request) -> list[Offer]:
    """The bearer token (RFC 6750, section 2.1), unless the header is there twice.

    Authorization may not be repeated (RFC 9110, section 5.3); proxies differ on which one counts.
    """
    if len(request.authorization) != 1:
        return []
    scheme, _, token = request.authorization[0].strip().partition(" ")
    token = token.strip()
    return [Offer("bearer", token)] if token and scheme.lower() == "bearer" else []


def cookies(gate: Gate, request: Request) -> list[Offer]:
    """Cookies of our name."""
    return [Offer("cookie", token) for token in cookies_named(gate.cookie_name, request.cookies)]


def cookies_named(wanted: str, headers: Iterable[str]) -> list[str]:
    """The values of cookies of that name: each once, in the order sent, at most ``MAX_COOKIES``.

    What the other cookies look like does not matter; they are not ours.
    """
    seen: list[str] = []
    for header in headers:
        for pair in header.split(";"):
            name, _, value = pair.partition("=")
            if name.lstrip() != wanted:
                continue
            value = value.strip().strip('"')
            if value and value not in seen and len(seen) < MAX_COOKIES:
                seen.append(value)
    return seen


def _is_crawler(gate: Gate, request: Request) -> bool:
    """A product token of RFC 9309, section 2.2.1, standing by itself. Anybody can write it."""
    words = re.split(r"[^a-z_-]+", request.user_agent[:_MAX_AGENT].lower())
    return any(name.lower() in words for name in gate.crawlers)
