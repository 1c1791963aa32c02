"""HTTP requests to servers that an operator named: which addresses may be asked, and for how long.

What belongs here: the HTTP client of webhooks, and the rule which addresses are connected to
(against server-side request forgery). A name is resolved here, each address is judged, and the
connection goes to exactly an address that passed: a name that resolves differently the next moment
(DNS rebinding) changes nothing. Redirects are answers, never followed; proxies and
credentials of the environment are not used. What must change with it: ``docs/subscriptions.md``.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Final, NamedTuple, TypeVar

import httpcore

from waitroom.core.returns import is_absolute_web_url
from waitroom.errors import BadConfiguration, NoAnswer

T = TypeVar("T")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[list[str]]]

CONNECTIONS: Final = 500  # at once; whoever asks in between waits within its own time
IDLE_CONNECTIONS: Final = 100
IDLE_SECONDS: Final = 15.0
LOOKUPS: Final = 64  # names being resolved at once
MAX_ADDRESSES: Final = 8  # of a name that are tried

# IANA's registries of special-purpose addresses, and multicast: all that is not global unicast.
# IPv4 addresses in IPv6 ones (mapped, NAT64) are not in 2000::/3, and so refused with the rest.
_SPECIAL: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            # Within 2000::/3, which is all of global unicast that IPv6 has.
            "2001::/23",  # Teredo, ORCHID and other protocols
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address in disguise
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)
_GLOBAL_6: Final = ipaddress.ip_network("2000::/3")


def networks_of(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks written as CIDR, such as ``10.1.0.0/16``.

    Raises:
        BadConfiguration: one is not; names it.
    """
    try:
        return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise BadConfiguration(f"delivery_networks: {error}") from None


class Heard(NamedTuple):
    """An answer. ``body`` is cut off at the limit (``is_cut``); ``seconds`` until it was read."""

    status: int
    body: bytes
    is_cut: bool
    seconds: float


class Guard:
    """Which addresses may be connected to: global unicast, and those in ``networks``."""

    def __init__(self, networks: Iterable[Network] = (), resolve: Resolve | None = None) -> None:
        self._networks = tuple(networks)
        self._resolve = resolve or _Resolver()

    def allows(self, address: Address) -> bool:
        """Whether ``address`` may be connected to."""
        if any(address in network for network in self._networks):
            return True
        is_special = any(address in network for network in _SPECIAL)
        return not is_special and (address.version == 4 or address in _GLOBAL_6)

    def refuses(self, host: str) -> bool:
        """Whether ``host`` is an address, and none that may be connected to."""
        address = _address(host)
        return address is not None and not self.allows(address)

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of ``host`` that may be connected to, at least one.

        Raises ``NoAnswer``: it has none.
        """
        literal = _address(host)
        if literal is not None:
            found: list[Address | None] = [literal]
        else:
            found = [_address(text) for text in await self._resolve(host, port)]
        allowed = [str(one) for one in found if one is not None and self.allows(one)]
        if not allowed:
            raise NoAnswer(
                "address",
                f"{host[:200]} is at no public address; delivery_networks names private ones that"
                " may be asked.",
            )
        return list(dict.fromkeys(allowed))[:MAX_ADDRESSES]


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


class _Resolver:
    """Resolves names apart from everybody else's threads: a name server may hang for long."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(LOOKUPS)

    async def __call__(self, host: str, port: int) -> list[str]:
        async with self._free:
            try:
                found = await apart(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError):  # the latter if a label is empty or too long
                raise NoAnswer("name", f"The name {host[:200]} has no address.") from None
        return [str(sockaddr[0]) for *_, sockaddr in found]


async def apart(work: Callable[[], T]) -> T:
    """What ``work`` returns, done in a thread of its own that holds up nobody, not even the exit.

    Whoever stops waiting leaves it behind; so ``work`` should end by itself some time.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if done.done():  # nobody waits any more
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type] # None only if T is

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, result, failure)

    threading.Thread(target=run, daemon=True, name="apart").start()
    return await done


class _Network(httpcore.AsyncNetworkBackend):
    """Connects to addresses that the guard lets pass, and to nothing else."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's own word
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that answers; a silent one does not use up the time."""
        addresses = await self._guard.addresses(host, port)
        each = None if timeout is None else timeout / len(addresses)
        for left in range(len(addresses), 0, -1):
            try:
                return await self._inner.connect_tcp(
                    addresses[-left], port, each, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if left == 1:
                    raise
        raise AssertionError("there is at least one address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Outgoing:
    """The client. Answers are read up to a size and within a time, headers and all.

    ``networks``: as ``Guard``. ``tls``: other than the system's authorities.
    """

    def __init__(
        self,
        networks: Iterable[Network] = (),
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        connections: int = CONNECTIONS,
    ) -> None:
        self.guard = Guard(networks, resolve)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=connections,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_Network(self.guard),
        )

    async def __aenter__(self) -> Outgoing:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        seconds: float,
        max_bytes: int,
    ) -> Heard:
        """The answer, of whatever status, as soon as ``max_bytes`` of its body or all are read.

        ``seconds``: for everything together, so that an answer in drips ends too.

        Raises ``NoAnswer``: there was none in that time, or the address may not be asked.
        """
        if not is_absolute_web_url(url):
            raise NoAnswer("url", "This is not an absolute http(s) URL.")
        begun = monotonic()
        try:
            async with asyncio.timeout(seconds):
                status, body, is_cut = await self._ask(method, url, headers, content, max_bytes)
        except (TimeoutError, httpcore.TimeoutException):
            raise NoAnswer("timeout", f"There was no answer within {seconds:g} s.") from None
        except httpcore.ConnectError as error:
            raise _not_connected(error) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            said = f"The connection broke, or it was no HTTP: {type(error).__name__}."
            raise NoAnswer("protocol", said) from None
        return Heard(status, body, is_cut, monotonic() - begun)

    async def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        content: bytes,
        max_bytes: int,
    ) -> tuple[int, bytes, bool]:
        # An answer must not be packed: a few kilobytes can unpack to gigabytes.
        ours = [("user-agent", "Waitroom"), ("accept-encoding", "identity")]
        asked = [*ours, *(headers or {}).items()]
        body = bytearray()
        async with self._pool.stream(
            method, url.partition("#")[0], headers=asked, content=content or None
        ) as answer:
            async for part in answer.aiter_stream():
                body += part
                if len(body) > max_bytes:
                    break  # leaving the block closes the connection: the rest is not read
        return answer.status, bytes(body[:max_bytes]), len(body) > max_bytes


def _not_connected(error: BaseException) -> NoAnswer:
    """The difference between nobody there and a certificate that is not good."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer("tls", f"The certificate is not good: {cause.verify_message}.")
        if isinstance(cause, ssl.SSLError):
            return NoAnswer("tls", "There was no TLS connection to be had.")
        cause = cause.__cause__ or cause.__context__
    return NoAnswer("connect", "Nobody answers at that address and port.")
