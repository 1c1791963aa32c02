"""What a gateway says about the request that it asks us about, and whether it is believed.

What belongs here: which peers are trusted, reading their headers and the address of the check
itself, pure. What is made of it stands in ``gate.py``. What must change with it: the table in
``docs/forward-auth.md``, ``tests/gate_check/``.

A header counts only from a peer within ``trusted_proxies``. A gateway that adds its own beside one
that the visitor sent says two things, and then neither counts: no visitor shall be able to choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from waitroom.errors import InvalidField

MAX_URI: Final = 8 * 1024
"""Longest forwarded URI that is read, in bytes; of a longer one we know as much as of none."""

MAX_COOKIES: Final = 32 * 1024
"""Bytes in Cookie headers that are read: four times what servers take from a browser."""

_MAX_OPTIONS: Final = 256  # bytes of query of the check itself
_MAX_PEERS: Final = 1024  # addresses whose trust is remembered
_OPTIONS: Final = {"deny": ("redirect", "status"), "session": ("0", "1")}
_ABSOLUTE: Final = re.compile(r"(https?)://([^/?#]*)([/?].*)?", re.DOTALL | re.IGNORECASE)
_URIS: Final = (b"x-original-url", b"x-original-uri", b"x-forwarded-uri")
_METHODS: Final = (b"x-original-method", b"x-forwarded-method")
_READ: Final = frozenset(
    {
        *_URIS,
        *_METHODS,
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"host",
        b"authorization",
        b"cookie",
        b"accept",
        b"sec-fetch-mode",
    }
)

Found = dict[bytes, list[bytes]]


class Asked(msgspec.Struct, frozen=True):
    """One check: of which event, and how the answer shall be.

    ``rest``: the visitor's path where a gateway puts it behind ours (Envoy); None: it does not.
    ``by_status``: 401 instead of redirects. ``session``: look whether the session is still open.
    """

    event_id: str
    rest: str | None = None
    by_status: bool = False
    session: bool = False


class Forwarded(NamedTuple):
    """The visitor's request as far as a trusted gateway told; texts hold bytes (latin-1).

    ``path`` empty: not told. ``scheme`` and ``host`` empty: not told.
    """

    method: str
    path: str = ""
    query: str = ""
    scheme: str = ""
    host: str = ""


class Trust:
    """Whether a peer is one of the gateways in ``networks`` (CIDR)."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ip_network(text, strict=False) for text in networks]
        self._known: dict[str, bool] = {}

    def __call__(self, client: Any) -> bool:
        """``client``: a scope's, (host, port) or None."""
        if not client or not self._networks:
            return False
        peer = client[0]
        known = self._known.get(peer)
        if known is None:
            if len(self._known) >= _MAX_PEERS:
                self._known.clear()
            known = self._known[peer] = self._look(peer)
        return known

    def _look(self, peer: str) -> bool:
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:  # a Unix socket has no address
            return False
        # A socket for both families shows a peer of IPv4 as ::ffff:10.0.0.1 (RFC 4291, 2.5.5.2).
        if isinstance(address, IPv6Address):
            other = address.ipv4_mapped or address
        else:
            other = IPv6Address(f"::ffff:{address}")
        return any(address in network or other in network for network in self._networks)


def read_check(raw_path: bytes, query: bytes) -> Asked:
    """The check behind ``/verify/``: ``{event_id}``, or ``{event_id}/{path of the visitor's}``.

    Options stand in the query, and behind the event's ID (``;session=1``) where the query is the
    visitor's. One that is not known is refused: a slip of the pen must not open a gate.

    Raises:
        InvalidField: names the option.
    """
    segment, slash, rest = raw_path.removeprefix(b"/verify/").partition(b"/")
    event_id, _, behind = segment.decode("latin-1").partition(";")
    if slash:
        return _asked(event_id, "/" + rest.decode("latin-1"), _options(behind, ";"))
    if len(query) > _MAX_OPTIONS:
        raise InvalidField("query", f"wanted at most {_MAX_OPTIONS} bytes")
    options = _options(behind, ";") + _options(query.decode("latin-1"), "&")
    return _asked(event_id, None, options)


def _options(text: str, separator: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, separator=separator) if text else []


def _asked(event_id: str, rest: str | None, options: list[tuple[str, str]]) -> Asked:
    chosen = dict(options)
    for name, value in options:
        if name not in _OPTIONS:
            raise InvalidField(name[:64], "there are the options deny and session")
        if value not in _OPTIONS[name] or len(chosen) < len(options):
            raise InvalidField(name, f"wanted once, and one of: {', '.join(_OPTIONS[name])}")
    by_status = chosen.get("deny") == "status"
    return Asked(event_id, rest, by_status=by_status, session=chosen.get("session") == "1")


def sorted_out(headers: Iterable[tuple[bytes, bytes]]) -> Found:
    """The headers that we read, by name."""
    found: Found = {}
    for name, value in headers:
        if name in _READ:
            if name in found:
                found[name].append(value)
            else:
                found[name] = [value]
    return found


def read_forwarded(found: Found, asked: Asked, method: str, query: bytes) -> Forwarded:
    """What a trusted gateway says. ``method`` and ``query`` are those of the check itself."""
    scheme, host = _last(found, b"x-forwarded-proto").lower(), _last(found, b"x-forwarded-host")
    if asked.rest is not None:  # it is the visitor's request that we see, but for the path
        uri = f"{asked.rest}?{query.decode('latin-1')}" if query else asked.rest
        host = host or _last(found, b"host")
    else:
        method = _agreed(found, _METHODS) or method
        targets = [_target(one) for name in _URIS if name in found for one in found[name]]
        uri = targets[0][2] if targets else ""
        # X-Original-URL is looked at first, and has the whole address.
        if targets and targets[0][1]:
            scheme, host, _ = targets[0]
        if len(targets) > 1 and any(target != uri for _, _, target in targets):
            uri = ""  # they differ: none counts
    if len(uri) > MAX_URI:
        uri = ""
    path, _, rest = uri.partition("?")
    return Forwarded(method, path, rest, scheme, host)


def _last(found: Found, name: bytes) -> str:
    """The entry of a list that the nearest proxy added, which is the last; empty: none.

    Two headers of one name are a list as well (RFC 9110, section 5.3).
    """
    values = found.get(name)
    return values[-1].decode("latin-1").rpartition(",")[2].strip() if values else ""


def _target(raw: bytes) -> tuple[str, str, str]:
    """Scheme, host and target of a URI, absolute or not; an empty target if it is none."""
    uri = raw.decode("latin-1")
    if uri.startswith("/"):
        return "", "", uri
    absolute = _ABSOLUTE.fullmatch(uri)
    if absolute is None:
        return "", "", ""
    rest = absolute[3] or "/"
    rest = rest if rest.startswith("/") else f"/{rest}"
    return absolute[1].lower(), absolute[2], rest


def _agreed(found: Found, names: tuple[bytes, ...]) -> str:
    """What all of these headers say alike; empty if there are none, or they differ."""
    said = [value for name in names if name in found for value in found[name]]
    if not said or said.count(said[0]) < len(said):
        return ""
    return said[0].decode("latin-1")


def texts(found: Found, name: bytes) -> tuple[str, ...]:
    """Every header of that name."""
    values = found.get(name)
    if values is None:
        return ()
    return tuple([value.decode("latin-1") for value in values])


def cookies(found: Found) -> tuple[str, ...]:
    """The Cookie headers; none if they are larger than any browser's."""
    values = texts(found, b"cookie")
    return values if sum(map(len, values)) <= MAX_COOKIES else ()
