"""The configuration of one gate: which event, which paths, where the waiting room is.

What belongs here: values that are fixed for the life of the process, checked once when they are
given. What must change with it: the table in ``docs/authorizer.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from waitroom.authorizer.paths import is_plain
from waitroom.errors import BadConfiguration

_EVENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# A cookie's name is a token of RFC 9110, section 5.6.2; a parameter's name shall need no encoding.
_COOKIE_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VISIBLE = re.compile(r"[!-~]+")
_PARAMETER = re.compile(r"[A-Za-z0-9._~-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate in front of one site for one event. Raises ``BadConfiguration`` on a bad value.

    ``event_id``, ``issuer``: what a token's ``aud`` and ``iss`` have to be.
    ``room_url``: absolute URL of the waiting-room page of the event.
    ``site_url``: origin of the protected site as visitors see it, ``https://shop.example``. Return
    URLs are built from it and never from the ``Host`` header, which is the visitor's to choose.
    ``protected``, ``exempt``: path prefixes that end at a ``/`` or at the path's end: ``/checkout``
    is also ``/checkout/pay`` and not ``/checkouts``. Case counts. An exempt prefix beats a
    protected one. The default protects everything.
    ``cookie_name``: default ``waitroom_<event_id>``. With ``host_cookie`` (https only) it gets the
    prefix ``__Host-``, so that no sibling domain can set it (RFC 6265bis, section 4.1.3.2).
    ``parameter``: query parameter in which the room hands a token over.
    ``nbf_leeway``: seconds (0 to 60) this gate's clock may be behind the issuer's. Without any, a
    token that is one second old to the issuer is from the future to a slow clock.
    """

    event_id: str
    issuer: str
    room_url: str
    site_url: str
    protected: tuple[str, ...] = ("/",)
    exempt: tuple[str, ...] = ()
    cookie_name: str = ""
    host_cookie: bool = False
    parameter: str = "waitroom_token"
    nbf_leeway: float = 5

    @classmethod
    def of_event(cls, event_id: str, *, waitroom_url: str, site_url: str, **more: Any) -> Gate:
        """The gate of an event whose waiting room is at ``waitroom_url`` (its public plane's URL).

        Knows where Waitroom puts an event's issuer and page. ``more``: any field of ``Gate``.
        """
        room = waitroom_url.rstrip("/")
        return cls(
            event_id=event_id,
            issuer=f"{room}/oidc/{quote(event_id, safe='')}",
            room_url=f"{room}/room/{quote(event_id, safe='')}",
            site_url=site_url,
            **more,
        )

    def __post_init__(self) -> None:
        _need(_EVENT_ID.fullmatch(self.event_id), "event_id", self.event_id, "1-64 of A-Za-z0-9._-")
        _need(_absolute(self.issuer), "issuer", self.issuer, "the URL in the tokens' claim 'iss'")
        _need(_absolute(self.room_url), "room_url", self.room_url, "an absolute http(s) URL")
        _need(_origin(self.site_url), "site_url", self.site_url, "an origin: https://shop.example")
        _need(self.protected, "protected", self.protected, "at least one path prefix")
        for prefix in (*self.protected, *self.exempt):
            _need(is_plain(prefix), "a path prefix", prefix, "a plain path: /checkout")
        _need(_PARAMETER.fullmatch(self.parameter), "parameter", self.parameter, "A-Za-z0-9._~-")
        _need(0 <= self.nbf_leeway <= 60, "nbf_leeway", self.nbf_leeway, "0 to 60 seconds")
        secure = not self.host_cookie or self.secure
        _need(secure, "host_cookie", self.host_cookie, "false for a site_url of http://")
        name = self.cookie_name or f"waitroom_{self.event_id}"
        _need(_COOKIE_NAME.fullmatch(name), "cookie_name", name, "a cookie name")
        # A frozen value is settled here and nowhere else.
        settle = object.__setattr__
        settle(self, "cookie_name", f"__Host-{name}" if self.host_cookie else name)
        settle(self, "site_url", self.site_url.rstrip("/"))

    @property
    def secure(self) -> bool:
        """Is the site served over https, so that its cookies can be ``Secure``?"""
        return self.site_url.lower().startswith("https://")


def _need(fine: object, name: str, value: object, wanted: str) -> None:
    if not fine:
        raise BadConfiguration(f"Gate: {name} is {value!a}, wanted: {wanted}")


def _absolute(url: str) -> bool:
    """An http(s) URL with a host, no credentials, and nothing that a header could not carry."""
    if not _VISIBLE.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _origin(url: str) -> bool:
    return _absolute(url) and urlsplit(url)[2:] in {("", "", ""), ("/", "", "")}
