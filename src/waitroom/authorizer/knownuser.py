"""Queue-it's KnownUser tokens, version 3: made for and checked as the published connectors do.

What belongs here: the form of the token and nothing else; the standard library is enough. Checked
against ``@queue-it/connector-javascript`` 5 (``queueitHelpers.js``, ``userInQueueService.js``).
What must change with it: ``docs/queue-it.md`` and ``tests/knownuser/``.

A token is ``name_value`` pairs between tildes, ``e_sale~q_<id>~ts_1700000000~rt_queue~h_<hash>``:
``e`` event, ``q`` queue ID, ``ts`` the last second it is good for (epoch s), ``ce`` whether the
connector's cookie may be extended, ``cv`` minutes that cookie is fixed to, ``rt`` why the visitor
was let through, ``hip`` a hashed address, ``h`` HMAC-SHA256 (hex) of all the rest under a key that
the room and the site share. Whoever has that key can make tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from waitroom.errors import BadConfiguration, TokenRefused

PARAMETER: Final = "queueittoken"
"""Query parameter in which connectors look for a token."""

TOKEN_LIFETIME: Final = 120
"""Seconds a token we make is good for: a redirect, and two clocks that differ. Nothing keeps it
from being used twice meanwhile, so no longer than that."""

MAX_TOKEN: Final = 1024
"""Longest token that is looked at, in characters. Real ones have under 300."""

REASONS: Final = {
    "hash": "signature",
    "eventid": "audience",
    "timestamp": "expired",
    "ip": "claims",
    "qidlimit": "claims",
    "connector/sessionstate": "claims",
}
"""A connector's word for why it refuses a token (in ``/error/<word>/``), and ours."""

_VALUE: Final = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)  # "_" and "~" are the form's own
_VISIBLE: Final = re.compile(r"[!-~]+", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{1,11}", re.ASCII)
_MINUTES: Final = re.compile(r"[0-9]{1,7}", re.ASCII)
_MAX_MINUTES: Final = 10 * 366 * 24 * 60
# Signed by Queue-it for its own diagnosis of a connector; it says nothing about the visitor.
_DEBUG: Final = "debug"


@dataclass(frozen=True, slots=True)
class KnownUserToken:
    """What a believed token says.

    ``valid_until``: its last second (epoch s). ``cookie_minutes``: how long the connector's cookie
    is fixed to; None: as the site's own configuration says, and it may be extended. ``queue_id``
    names one visitor and may be empty; log its first 8 characters at most.
    """

    queue_event_id: str
    queue_id: str = field(repr=False)
    valid_until: int
    cookie_minutes: int | None
    redirect_type: str


def make(
    queue_event_id: str,
    secret_key: str,
    *,
    queue_id: str,
    now: int,
    valid_minutes: int | None = None,
    redirect_type: str = "queue",
) -> str:
    """A token that connectors of ``queue_event_id`` accept until ``now + TOKEN_LIFETIME`` (s).

    ``valid_minutes``: 1 or more, how long the connector's cookie lasts; None: as the site says.

    Raises:
        BadConfiguration: a value does not fit the form, or there is no key.
    """
    named = {"event": queue_event_id, "queue ID": queue_id, "redirect type": redirect_type}
    for name, value in named.items():
        if not _VALUE.fullmatch(value) or value == _DEBUG:
            raise BadConfiguration(f"KnownUser: the {name} has to be 1 to 64 of A-Z a-z 0-9 . -")
    if valid_minutes is not None and not 1 <= valid_minutes <= _MAX_MINUTES:
        raise BadConfiguration(f"KnownUser: {valid_minutes} minutes, wanted 1 to {_MAX_MINUTES}")
    fixed = [] if valid_minutes is None else [f"cv_{valid_minutes}"]
    text = "~".join(
        [
            f"e_{queue_event_id}",
            f"q_{queue_id}",
            f"ts_{now + TOKEN_LIFETIME}",
            f"ce_{'true' if valid_minutes is None else 'false'}",
            *fixed,
            f"rt_{redirect_type}",
        ]
    )
    return f"{text}~h_{signature(secret_key, text)}"


def verify(
    token: str, secret_key: str, *, queue_event_id: str, now: float, client_ip: str = ""
) -> KnownUserToken:
    """What ``token`` says, if it is one of ``queue_event_id`` and good at ``now`` (epoch s).

    As in the connectors: pairs may come in any order, of two alike the last counts, unknown ones
    and what is no pair are passed over, and a hashed address counts only if ``client_ip`` is given.

    Raises:
        TokenRefused: ``malformed``, ``signature``, ``audience``, ``expired`` or ``claims``.
        BadConfiguration: there is no key.
    """
    if len(token) > MAX_TOKEN or not _VISIBLE.fullmatch(token):
        raise TokenRefused("malformed", "This is not a KnownUser token.")
    said = _pairs(token)
    given = said.get("h", "")
    expected = signature(secret_key, token.replace(f"~h_{given}", "", 1))
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise TokenRefused("signature", "The KnownUser token's hash is not ours.")
    if said.get("e") != queue_event_id:
        raise TokenRefused("audience", "The KnownUser token is for another event.")
    believed = _read(said)
    if now > believed.valid_until:
        raise TokenRefused("expired", "The KnownUser token has expired.")
    if client_ip and said.get("hip"):
        bound = signature(secret_key, client_ip).encode()
        if not hmac.compare_digest(bound, said["hip"].encode()):
            raise TokenRefused("claims", "The KnownUser token is for another address.")
    return believed


def signature(secret_key: str, text: str) -> str:
    """HMAC-SHA256 of ``text`` in lower-case hex. Raises ``BadConfiguration`` without a key."""
    if not secret_key:  # anyone can sign with an empty key
        raise BadConfiguration("KnownUser: there is no secret key")
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _pairs(token: str) -> dict[str, str]:
    split = (part.split("_") for part in token.split("~"))
    return {pair[0]: pair[1] for pair in split if len(pair) == 2}


def _read(said: dict[str, str]) -> KnownUserToken:
    until, minutes, redirect_type = said.get("ts", ""), said.get("cv", ""), said.get("rt", "")
    if not _TIME.fullmatch(until) or redirect_type.lower() == _DEBUG:
        raise TokenRefused("claims", "The KnownUser token lets nobody in.")
    fixed = int(minutes) if _MINUTES.fullmatch(minutes) else 0
    return KnownUserToken(
        queue_event_id=said["e"],
        queue_id=said.get("q", ""),
        valid_until=int(until),
        cookie_minutes=fixed or None,
        redirect_type=redirect_type,
    )
