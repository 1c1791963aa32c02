"""A gate that goes by Queue-it's tokens and cookies, for sites that keep them while they move.

What belongs here: one pure decision, as ``decide.py`` is for our own tokens, and the connectors'
cookie. Made to stand beside connectors: it believes the cookies they set, and they believe its.
What must change with it: ``docs/queue-it.md`` and ``tests/knownuser/``.

Where you can choose, take ``WaitroomMiddleware`` instead: its key is public, so that no site can
forge a token, and its codes work once.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from waitroom.authorizer.facts import cookies_named
from waitroom.authorizer.knownuser import PARAMETER, REASONS, KnownUserToken, signature, verify
from waitroom.authorizer.urls import return_url, site_url, without
from waitroom.errors import TokenRefused

COOKIE: Final = "QueueITAccepted-SDFrts345E-V3"
MAX_COOKIE: Final = 1024  # characters
# The cookie's hash is over its values put together without a separator. They are read in forms of
# which nothing can be moved from one value to the next.
_FORMS: Final = {
    "QueueId": re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|", re.ASCII),
    "FixedValidityMins": re.compile(r"[0-9]{0,7}", re.ASCII),
    "RedirectType": re.compile(r"[a-z]{1,32}", re.ASCII),
    "IssueTime": re.compile(r"[0-9]{10}", re.ASCII),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUserGate:
    """One gate. ``customer_id``, ``queue_event_id``, ``secret_key``: as the connectors have them.

    ``room_url``: base URL of the waiting room. ``site_url``: origin of the site as visitors see it.
    ``cookie_minutes``: how long a cookie lasts whose token does not say.
    """

    customer_id: str
    queue_event_id: str
    secret_key: str = field(repr=False)
    room_url: str
    site_url: str
    cookie_minutes: int = 20

    @property
    def cookie_name(self) -> str:
        """Name of the connectors' cookie."""
        return f"{COOKIE}_{self.queue_event_id}"


@dataclass(frozen=True, slots=True)
class Stay:
    """Let the request pass."""

    queue_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keep:
    """Set the cookie ``value`` (``Path=/``) for ``max_age`` seconds and go to ``location``."""

    value: str = field(repr=False)
    max_age: int
    location: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leave:
    """Go to the waiting room at ``location``; ``reason`` if a token was refused."""

    location: str = field(repr=False)
    reason: str = ""


def decide_known_user(
    gate: KnownUserGate, *, path: str, query: str, cookies: Iterable[str], now: int
) -> Stay | Keep | Leave:
    """Decide on a page request (GET). ``path`` and ``query`` as sent, ``cookies``: the headers.

    A good cookie counts before a token, as in the connectors: a bad token in the address does not
    turn somebody out who is in.
    """
    token, rest = without(PARAMETER, query)
    for value in cookies_named(gate.cookie_name, cookies):
        found = _read_cookie(gate, value, now)
        if found is not None:
            return Stay(found)
    reason = ""
    if token:
        try:
            said = verify(token, gate.secret_key, queue_event_id=gate.queue_event_id, now=now)
        except TokenRefused as refused:
            reason = refused.reason
        else:
            if _fits(said):
                minutes = said.cookie_minutes or gate.cookie_minutes
                back = site_url(gate.site_url, path, rest)
                return Keep(_cookie(gate, said, now), 60 * minutes, back)
            reason = "claims"
    return Leave(_to_the_room(gate, return_url(gate.site_url, path, rest), reason), reason)


def _to_the_room(gate: KnownUserGate, back: str, reason: str) -> str:
    names = {"c": gate.customer_id, "e": gate.queue_event_id, "t": back}
    word = next((word for word, ours in REASONS.items() if ours == reason), "hash")
    where = f"error/{word}/" if reason else ""
    return f"{gate.room_url.rstrip('/')}/{where}?{urlencode(names)}"


def _fits(said: KnownUserToken) -> bool:
    """Whether its cookie could be read again; else the visitor would go round in circles."""
    given = {"QueueId": said.queue_id, "RedirectType": said.redirect_type.lower()}
    return all(_FORMS[name].fullmatch(value) for name, value in given.items())


def _cookie(gate: KnownUserGate, said: KnownUserToken, now: int) -> str:
    values = {
        "EventId": gate.queue_event_id.lower(),
        "QueueId": said.queue_id,
        "FixedValidityMins": str(said.cookie_minutes or ""),
        "RedirectType": said.redirect_type.lower(),
        "IssueTime": str(now),
    }
    given = {name: value for name, value in values.items() if value}
    text = "&".join(f"{name}={value}" for name, value in given.items())
    return quote(f"{text}&Hash={_hash(gate, given)}", safe="")


def _hash(gate: KnownUserGate, values: dict[str, str]) -> str:
    parts = (values.get(name, "") for name in _FORMS)
    return signature(gate.secret_key, gate.queue_event_id.lower() + "".join(parts))


def _read_cookie(gate: KnownUserGate, value: str, now: int) -> str | None:
    """The queue ID of a cookie that holds at ``now``; one bound to an address is not believed."""
    plain = unquote(value)
    if len(plain) > MAX_COOKIE or not plain.isascii():
        return None
    said = dict(parse_qsl(plain))
    if said.get("EventId", "").lower() != gate.queue_event_id.lower() or said.get("Hip"):
        return None
    if not all(form.fullmatch(said.get(name, "")) for name, form in _FORMS.items()):
        return None
    if not hmac.compare_digest(_hash(gate, said).encode(), said.get("Hash", "").encode()):
        return None
    minutes = int(said.get("FixedValidityMins") or gate.cookie_minutes)
    ends = int(said["IssueTime"]) + 60 * minutes
    return said.get("QueueId", "") if now <= ends else None
