"""What a Redis or Valkey URL says; usable without the driver.

What belongs here: the forms of the URL. What must change with it: ``docs/settings.md``.

``redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=PREFIX]``, with ``rediss`` for TLS, and
``valkey``, ``valkeys`` for the same. ``redis+sentinel://HOST:PORT,HOST:PORT/SERVICE[/DATABASE]``
names the sentinels and what they call the primary (TLS is then for them too);
``redis+cluster://HOST:PORT,HOST:PORT`` names some nodes of a cluster.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote

from waitroom.errors import BadConfiguration
from waitroom.store import StoreOptions

SERVER_PORT: Final = 6379
SENTINEL_PORT: Final = 26379
DEFAULT_PREFIX: Final = "waitroom"
MAX_URL: Final = 2_000  # characters

_SCHEME: Final = re.compile(r"(redis|valkey)(s?)(?:\+(sentinel|cluster))?", re.ASCII)
_HOST_NAME: Final = re.compile(r"(?!-)[A-Za-z0-9._-]{1,253}", re.ASCII)
_PREFIX: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_SERVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,5}", re.ASCII)
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

Address = tuple[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where the store is and how to get in.

    ``addresses``: of the server, of sentinels, or of some nodes of the cluster. ``service``: what
    the sentinels call the primary. ``shown``: the URL without credentials, for people and logs.
    """

    kind: Literal["single", "sentinel", "cluster"]
    addresses: tuple[Address, ...]
    service: str = ""
    database: int = 0
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    prefix: str = DEFAULT_PREFIX
    shown: str = ""


def parse(url: str, options: StoreOptions) -> Target:
    """The target that ``url`` names; user and password of ``options`` win over those in it.

    Raises:
        BadConfiguration: it is not of the form. Says what was wanted, and repeats nothing of the
            URL but its scheme: any other part may be a password that was mistyped.
    """
    name, found, rest = url.partition("://")
    scheme = _SCHEME.fullmatch(name)
    if not found or scheme is None or len(url) > MAX_URL:
        said = ascii(name[:32]) if found else "not a URL"
        raise BadConfiguration(
            f"store: {said}; wanted sqlite:///PATH, redis://HOST or valkey://HOST, with TLS"
            " rediss:// or valkeys://, or redis+sentinel://HOST,HOST/SERVICE or"
            " redis+cluster://HOST,HOST"
        )
    kind: Literal["single", "sentinel", "cluster"] = scheme[3] or "single"  # type: ignore[assignment]
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    credentials, _, hosts = authority.rpartition("@")
    user, password = _login(credentials, options)
    service, database = _path(kind, path)
    prefix = _prefix(query)
    addresses = _addresses(hosts, kind)
    shown = f"{name}://{','.join(map(spelled, addresses))}"
    shown += f"/{service}" * bool(service) + f"/{database}" * bool(database)
    shown += f"?prefix={prefix}" * (prefix != DEFAULT_PREFIX)
    return Target(
        kind=kind,
        addresses=addresses,
        service=service,
        database=database,
        tls=bool(scheme[2]),
        user=user,
        password=password,
        prefix=prefix,
        shown=shown,
    )


def spelled(address: Address) -> str:
    """``host:port``, with an IPv6 address in brackets."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _wanted(part: str, what: str) -> BadConfiguration:
    return BadConfiguration(f"store: the {part} in the URL: wanted {what}")


def _login(credentials: str, options: StoreOptions) -> tuple[str, str]:
    malformed = _wanted("user and password", "printable characters, others percent-encoded")
    if _ESCAPE.search(credentials) or any(not " " < c < "\x7f" for c in credentials):
        raise malformed
    try:
        user, _, password = (unquote(part, errors="strict") for part in credentials.partition(":"))
    except UnicodeDecodeError:
        raise malformed from None
    user, password = options.user or user, options.password or password
    if user and not password:
        raise _wanted("user and password", "both, as USER:PASSWORD@, or the password in a file")
    return user, password


def _path(kind: str, path: str) -> tuple[str, int]:
    """The service and the number of the database."""
    parts = path.split("/") if path else []
    service = ""
    if kind == "sentinel":
        service = parts.pop(0) if parts else ""
        if not _SERVICE.fullmatch(service):
            raise _wanted("path", "/SERVICE, the name by which the sentinels know the primary")
    if not parts or parts == [""]:
        return service, 0
    if kind == "cluster":
        raise _wanted("path", "nothing: a cluster has no numbered databases")
    if len(parts) > 1 or not _NUMBER.fullmatch(parts[0]):
        raise _wanted("path", "at most the number of a database")
    return service, int(parts[0])


def _prefix(query: str) -> str:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError:
        raise _wanted("query", "prefix=PREFIX or nothing") from None
    if any(name != "prefix" for name, _ in pairs) or len(pairs) > 1:
        raise _wanted("query", "prefix=PREFIX or nothing")
    prefix = pairs[0][1] if pairs else DEFAULT_PREFIX
    if not _PREFIX.fullmatch(prefix):
        raise _wanted("prefix", "1 to 64 of A-Z a-z 0-9 . _ : -")
    return prefix


def _addresses(hosts: str, kind: str) -> tuple[Address, ...]:
    port = SENTINEL_PORT if kind == "sentinel" else SERVER_PORT
    addresses = tuple(_address(part, port) for part in hosts.split(","))
    if kind == "single" and len(addresses) > 1:
        raise _wanted(
            "host", "one; several are for redis+sentinel:// and redis+cluster://, not for redis://"
        )
    return addresses


def _address(text: str, default_port: int) -> Address:
    bracketed, closed, rest = text.partition("]")
    if text.startswith("[") and closed:
        host, colon, port = _ip6(bracketed[1:]), rest[:1], rest[1:]
        if colon not in {"", ":"}:
            raise _wanted("host", "HOST or HOST:PORT, an IPv6 address in brackets")
    else:
        host, colon, port = text.partition(":")
        if not _HOST_NAME.fullmatch(host):
            raise _wanted("host", "HOST or HOST:PORT, an IPv6 address in brackets")
    if not colon:
        return host, default_port
    if not _NUMBER.fullmatch(port) or not 1 <= int(port) <= 65_535:
        raise _wanted("port", "a number from 1 to 65535")
    return host, int(port)


def _ip6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise _wanted("host", "an IPv6 address in the brackets") from None
