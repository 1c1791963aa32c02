"""What ``/enter`` and the waiting room without JavaScript have in common: what a request asks for,
who counts as a visitor, and the way on.

What belongs here: reading a request, and redirects. What must change with it:
``docs/hand-over.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from waitroom.errors import PlaceExpired, PlaceGivenUp, SessionEnded, TicketUnknown
from waitroom.handover import Onward
from waitroom.http import NO_STORE, NOSNIFF, Headers, Reply, Scope, header

BEGINS: Final = "/enter/"
ROUNDS: Final = 3  # straight passes of one browser within ROUNDS_SECONDS; beyond it, the page
ROUNDS_SECONDS: Final = 60

GONE: Final = (TicketUnknown, PlaceExpired, PlaceGivenUp, SessionEnded)


class Asked(msgspec.Struct, frozen=True):
    """What stands in the query. ``refused``: why a gate sent the visitor back with a token.

    The others are of the page without JavaScript: ``plain`` asks for it, ``authorization`` as in
    the room page, ``lang`` or ``ui_locales`` in that language, ``tried``: a place was given before,
    ``still``: the page does not load itself again, ``do``: what the visitor wants.
    """

    return_url: str = msgspec.field(default="", name="return")
    refused: str = ""
    plain: str = ""
    authorization: str = ""
    lang: str = ""
    ui_locales: str = ""
    tried: str = ""
    still: str = ""
    do: str = ""


def is_prefetch(scope: Scope) -> bool:
    """Whether the browser only fetches ahead, and the visitor may never come.

    ``Sec-Purpose`` (Fetch standard) and its forerunners.
    """
    asked = (header(scope, name) for name in (b"sec-purpose", b"purpose", b"x-moz"))
    return any(value is not None and b"prefetch" in value.lower() for value in asked)


def is_visit(scope: Scope) -> bool:
    """Whether somebody goes here, rather than a page fetching or framing it, or a HEAD looking.

    ``Sec-Fetch-Dest`` (Fetch Metadata, section 2.1); who does not send it is believed.
    """
    looks = scope.get("asked_method", scope["method"]) == "HEAD"  # http.py: pass_on
    return not looks and header(scope, b"sec-fetch-dest") in {None, b"document"}


def is_own_form(scope: Scope, own_origin: str) -> bool:
    """Whether a form was sent from a page of ours, by what no other page can make a browser say.

    ``Sec-Fetch-Site`` (Fetch Metadata, section 2.4), else ``Origin`` (Fetch standard, section 3.2).
    Browsers of before 2018 send neither; those that keep ``SameSite`` show no place from elsewhere.
    """
    site, origin = header(scope, b"sec-fetch-site"), header(scope, b"origin")
    if site is not None:
        return site == b"same-origin"
    if origin is None:
        return True
    there = origin.decode("latin-1")
    host = (header(scope, b"host") or b"").decode("latin-1")
    return there in {own_origin, f"http://{host}", f"https://{host}"}


def see_other(location: str, *cookies: str) -> Reply:
    """303: go there with GET (RFC 9110, section 15.4.4). The location is ASCII: it was checked."""
    headers: Headers = [
        (b"location", location.encode("ascii")),
        *((b"set-cookie", cookie.encode("ascii")) for cookie in cookies),
        NO_STORE,
        NOSNIFF,
        (b"referrer-policy", b"no-referrer"),
        (b"content-length", b"0"),
    ]
    return Reply(303, headers, b"")


def sent_on(event_id: str, onward: Onward, cookies: Sequence[str], kept: str) -> Reply:
    """303 to the site, with what the visitor carries along; ``kept`` sets the place cookie."""
    more = () if onward.cookie is None else (onward.cookie,)
    counted = f"{_rounds_cookie(event_id)}={_rounds(cookies, event_id) + 1}"
    limits = f"; Path={BEGINS}{event_id}; Max-Age={ROUNDS_SECONDS}; HttpOnly; SameSite=Lax"
    return see_other(onward.location, kept, counted + limits, *more)


def went_round(cookies: Sequence[str], event_id: str) -> bool:
    """Whether this browser was sent straight on too often of late.

    A site that keeps no cookie sends its visitors back for ever; after some rounds the page shows,
    where going on is the visitor's to decide.
    """
    return _rounds(cookies, event_id) >= ROUNDS


def _rounds_cookie(event_id: str) -> str:
    return f"waitroom_rounds_{event_id}"


def _rounds(cookies: Sequence[str], event_id: str) -> int:
    wanted = _rounds_cookie(event_id) + "="
    pairs = [pair.strip() for pair in "; ".join(cookies).split(";")]
    values = [pair.removeprefix(wanted) for pair in pairs if pair.startswith(wanted)]
    return max((int(v) for v in values if len(v) == 1 and v in "0123456789"), default=0)
