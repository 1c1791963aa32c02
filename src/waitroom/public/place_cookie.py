"""The cookie in which a browser keeps its place in an event's line, one for all of its tabs.

What belongs here: its name, reading it and writing it. ``/enter`` sets it, the room page keeps it
in step with its own storage (``web/static/place.js``), ``/authorize`` and the room read it. The
request ID in it is a bearer secret: the cookie is for the waiting room's own host and no other.
What must change with it: ``docs/hand-over.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from waitroom.core.ticket import REQUEST_ID

MAX_AGE: Final = 7 * 86_400  # seconds; a line that is longer has a page that is kept open
MAX_CANDIDATES: Final = 3  # more of one name means that somebody plants them
MAX_READ: Final = 16 * 1024  # characters of cookies that are looked at; HTTP servers allow less


def name(event_id: str, *, secure: bool) -> str:
    """What the cookie of ``event_id`` is called.

    ``secure``: visitors reach the public plane over https. Then no sibling domain can plant it
    (RFC 6265bis, section 4.1.3.2).
    """
    return f"__Host-waitroom_place_{event_id}" if secure else f"waitroom_place_{event_id}"


def candidates(cookie_headers: Iterable[str], event_id: str, *, secure: bool) -> list[str]:
    """The request IDs in the ``Cookie`` headers of a request: at most 3, each once.

    They have the form of one; whether they are places of the event's line is to be seen.
    """
    wanted = name(event_id, secure=secure)
    found: dict[str, None] = {}
    for pair in "; ".join(cookie_headers)[:MAX_READ].split(";"):
        key, _, value = pair.strip().partition("=")
        if key == wanted and REQUEST_ID.fullmatch(value):
            found[value] = None
    return list(found)[:MAX_CANDIDATES]


def cookies_of(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """The ``Cookie`` headers among the ``headers`` of an ASGI scope, as text."""
    return [value.decode("latin-1") for key, value in headers if key == b"cookie"]


def set_cookie(event_id: str, request_id: str, *, secure: bool) -> str:
    """The value of ``Set-Cookie`` that keeps a place.

    Not ``HttpOnly``: the room page keeps its own storage in step with it. ``Lax``: visitors come
    from the site, which is another one.
    """
    flag = "; Secure" if secure else ""
    its_name = name(event_id, secure=secure)
    return f"{its_name}={request_id}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax{flag}"


def drop_cookie(event_id: str, *, secure: bool) -> str:
    """The value of ``Set-Cookie`` that makes a browser forget its place."""
    flag = "; Secure" if secure else ""
    return f"{name(event_id, secure=secure)}=; Path=/; Max-Age=0; SameSite=Lax{flag}"
