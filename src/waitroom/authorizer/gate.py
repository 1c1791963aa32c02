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
from waitroom.authorizer.urls import is_absolute, plain_origin, site_name
from waitroom.errors import BadConfiguration

_EVENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# A cookie's name is a token of RFC 9110, section 5.6.2; a parameter's name shall need no encoding.
_COOKIE_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_PARAMETER = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_METHOD = re.compile(r"[A-Z]{1,32}")
_PRODUCT = re.compile(r"[A-Za-z_-]{1,64}")  # RFC 9309, section 2.2.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate in front of one site for one event. Raises ``BadConfiguration`` on a bad value.

    ``event_id``, ``issuer``: what a token's ``aud`` and ``iss`` have to be.
    ``room_url``: absolute URL where the waiting room takes visitors in for the event.
    ``redeem_url``: where one-time codes are redeemed. Empty: codes of a URL are taken off it and
    count for nothing.
    ``site_url``: origin of the protected site as visitors see it, ``https://shop.example``. Return
    URLs are built from it and never from the ``Host`` header, which is the visitor's to choose.
    ``hosts``: names (``shop.example``, ``shop.example:8443``) under which this site may be asked
    for; a request with another ``Host``, or none, is refused. Empty: any one name.
    ``protected``, ``exempt``: path prefixes that end at a ``/`` or at the path's end: ``/checkout``
    is also ``/checkout/pay`` and not ``/checkouts``. An exempt prefix beats a protected one. The
    default protects everything. ``case_sensitive``: does the site tell ``/Checkout`` from
    ``/checkout``?
    ``exempt_methods``: pass without a token on every path, ``("OPTIONS",)`` for preflights.
    ``health_checks``: exact paths that pass for GET and HEAD, under whatever ``Host``.
    ``crawlers``: names that pass with GET and HEAD if ``User-Agent`` has them, ``("Googlebot",)``.
    Anybody can send such a header.
    ``cookie_name``: default ``waitroom_<event_id>``. With ``host_cookie`` (https only) it gets the
    prefix ``__Host-``, so that no sibling domain can set it (RFC 6265bis, section 4.1.3.2).
    ``parameter``, ``code_parameter``: query parameters in which the room hands over a token, or a
    one-time code for one.
    ``nbf_leeway``: seconds (0 to 60) this gate's clock may be behind the issuer's. Without any, a
    token that is one second old to the issuer is from the future to a slow clock.
    """

    event_id: str
    issuer: str
    room_url: str
    site_url: str
    redeem_url: str = ""
    hosts: tuple[str, ...] = ()
    protected: tuple[str, ...] = ("/",)
    exempt: tuple[str, ...] = ()
    case_sensitive: bool = True
    exempt_methods: tuple[str, ...] = ()
    health_checks: tuple[str, ...] = ()
    crawlers: tuple[str, ...] = ()
    cookie_name: str = ""
    host_cookie: bool = False
    parameter: str = "waitroom_token"
    code_parameter: str = "waitroom_code"
    nbf_leeway: float = 5

    @classmethod
    def of_event(cls, event_id: str, *, waitroom_url: str, site_url: str, **more: Any) -> Gate:
        """The gate of an event whose waiting room is at ``waitroom_url`` (its public plane's URL).

        Knows where Waitroom puts what belongs to an event. ``more``: any field of ``Gate``.
        """
        room = waitroom_url.rstrip("/")
        event = quote(event_id, safe="")
        places = {
            "issuer": f"{room}/oidc/{event}",
            "room_url": f"{room}/enter/{event}",
            "redeem_url": f"{room}/api/redeem",
        }
        return cls(event_id=event_id, site_url=site_url, **(places | more))

    def __post_init__(self) -> None:
        _need(_EVENT_ID.fullmatch(self.event_id), "event_id", self.event_id, "1-64 of A-Za-z0-9._-")
        self._check_addresses()
        self._check_rules()
        _need(0 <= self.nbf_leeway <= 60, "nbf_leeway", self.nbf_leeway, "0 to 60 seconds")
        secure = not self.host_cookie or self.secure
        _need(secure, "host_cookie", self.host_cookie, "false for a site_url of http://")
        name = self.cookie_name or f"waitroom_{self.event_id}"
        _need(_COOKIE_NAME.fullmatch(name), "cookie_name", name, "a cookie name")
        # A frozen value is settled here and nowhere else.
        settle = object.__setattr__
        settle(self, "cookie_name", f"__Host-{name}" if self.host_cookie else name)
        settle(self, "site_url", plain_origin(self.site_url))
        settle(self, "hosts", tuple(site_name(self.site_url, host) for host in self.hosts))

    def _check_addresses(self) -> None:
        _need(is_absolute(self.issuer), "issuer", self.issuer, "the URL in the tokens' claim 'iss'")
        _need(is_absolute(self.room_url), "room_url", self.room_url, "an absolute http(s) URL")
        redeems = not self.redeem_url or is_absolute(self.redeem_url)
        _need(redeems, "redeem_url", self.redeem_url, "an absolute http(s) URL")
        _need(_origin(self.site_url), "site_url", self.site_url, "an origin: https://shop.example")
        for host in _several(self.hosts, "hosts"):
            named = "/" not in host and _origin(f"http://{host}")
            _need(named, "a name of hosts", host, "a host: shop.example")

    def _check_rules(self) -> None:
        _need(self.protected, "protected", self.protected, "at least one path prefix")
        for prefix in (*_several(self.protected, "protected"), *_several(self.exempt, "exempt")):
            _need(is_plain(prefix), "a path prefix", prefix, "a plain path: /checkout")
        for path in _several(self.health_checks, "health_checks"):
            _need(is_plain(path), "a path of health_checks", path, "a plain path: /healthz")
        for method in _several(self.exempt_methods, "exempt_methods"):
            _need(_METHOD.fullmatch(method), "exempt_methods", method, "a method: OPTIONS")
        for name in _several(self.crawlers, "crawlers"):
            _need(_PRODUCT.fullmatch(name), "crawlers", name, "letters, _ and -: Googlebot")
        for name in (self.parameter, self.code_parameter):
            _need(_PARAMETER.fullmatch(name), "parameter", name, "A-Za-z0-9._~-")
        _need(self.parameter != self.code_parameter, "parameter", self.parameter, "two names")

    @property
    def secure(self) -> bool:
        """Is the site served over https, so that its cookies can be ``Secure``?"""
        return self.site_url.lower().startswith("https://")


def _several(values: tuple[str, ...], name: str) -> tuple[str, ...]:
    """A string would be taken for its letters: ``("/static")`` is one, for want of a comma."""
    _need(not isinstance(values, str), name, values, "a tuple: ('/checkout',)")
    return values


def _need(fine: object, name: str, value: object, wanted: str) -> None:
    if not fine:
        raise BadConfiguration(f"Gate: {name} is {value!a}, wanted: {wanted}")


def _origin(url: str) -> bool:
    return is_absolute(url) and urlsplit(url)[2:] in {("", "", ""), ("/", "", "")}
