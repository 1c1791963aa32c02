"""Whom outgoing requests may reach, and how much of an answer is put up with."""

import asyncio
import ipaddress
import tracemalloc
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from events.scene import LOOPBACK, Endpoint, Received, Scene, endpoint, hang, status
from waitroom.errors import BadConfiguration, NoAnswer
from waitroom.outgoing import Guard, Outgoing, Resolve, apart, networks_of


@pytest.fixture
async def strict() -> AsyncIterator[Outgoing]:
    """One that may reach no private address."""
    async with Outgoing() as outgoing:
        yield outgoing


@pytest.fixture
async def local() -> AsyncIterator[Outgoing]:
    """One that may reach loopback."""
    async with Outgoing(networks_of(LOOPBACK)) as outgoing:
        yield outgoing


@pytest.fixture
async def site() -> AsyncIterator[Endpoint]:
    """Somebody on loopback."""
    async with endpoint() as one:
        yield one


PRIVATE = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[64:ff9b::a00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
)


@pytest.mark.parametrize("host", PRIVATE)
async def test_private_addresses_are_refused(strict: Outgoing, site: Endpoint, host: str) -> None:
    """However they are spelled; nobody is connected to."""
    with pytest.raises(NoAnswer) as refused:
        await strict.request("POST", f"http://{host}:{site.port}/", seconds=5, max_bytes=10)
    # A system without IPv6, or that does not read such a number, finds no address at all.
    assert refused.value.reason in {"address", "name"}
    assert site.received == []


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_pass(text: str) -> None:
    """Global unicast of either kind."""
    assert Guard().allows(ipaddress.ip_address(text))


def resolving_to(*answers: list[str]) -> Resolve:
    """A name server that answers so in turn, and then as the last time."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def test_a_name_that_resolves_to_a_private_address(site: Endpoint) -> None:
    """Is refused, as is one whose every address is."""
    async with Outgoing(resolve=resolving_to(["127.0.0.1", "::1", "10.0.0.1"])) as outgoing:
        with pytest.raises(NoAnswer, match="delivery_networks"):
            await outgoing.request(
                "GET", f"http://shop.example:{site.port}/", seconds=5, max_bytes=10
            )
    assert site.received == []


async def test_what_was_judged_is_what_is_connected_to(site: Endpoint) -> None:
    """A name server that answers differently the second time is not asked a second time."""
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with Outgoing(networks_of(["127.0.0.1/32"]), resolve=rebinding) as outgoing:
        url = f"http://shop.example:{site.port}/"
        heard = await outgoing.request("GET", url, seconds=5, max_bytes=10)
    assert (heard.status, asked) == (204, ["shop.example"])
    assert site.received[0].headers["host"] == f"shop.example:{site.port}"


async def test_only_the_addresses_that_may_be(site: Endpoint) -> None:
    """Of a name with several, those that may not be asked are left out."""
    resolve = resolving_to(["10.0.0.1", "127.0.0.1"])
    async with Outgoing(networks_of(LOOPBACK), resolve=resolve) as outgoing:
        url = f"http://shop.example:{site.port}/"
        assert (await outgoing.request("GET", url, seconds=5, max_bytes=10)).status == 204


async def test_redirects_are_answers(local: Outgoing, site: Endpoint) -> None:
    """Nobody is led anywhere else."""
    site.answer = status(302, f"Location: {site.url}/elsewhere")
    assert (await local.request("GET", site.url, seconds=5, max_bytes=10)).status == 302
    assert len(site.received) == 1


async def drip(_: Received, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_headers(_: Received, writer: asyncio.StreamWriter) -> None:
    """Headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: of them\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("answer", [hang, drip, drip_headers])
async def test_time_is_limited(local: Outgoing, site: Endpoint, answer: object) -> None:
    """For everything together, however busy the other side seems."""
    site.answer = answer  # type: ignore[assignment]
    begun = monotonic()
    with pytest.raises(NoAnswer, match="within") as ended:
        await local.request("GET", site.url, seconds=0.3, max_bytes=100_000)
    assert ended.value.reason == "timeout"
    assert monotonic() - begun < 3


async def large(_: Received, writer: asyncio.StreamWriter) -> None:
    """Ten megabytes."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n")
    for _chunk in range(160):
        writer.write(b"x" * 65_536)
        await writer.drain()


async def test_size_is_limited(local: Outgoing, site: Endpoint) -> None:
    """Of ten megabytes, only what was asked for is read and kept."""
    site.answer = large
    tracemalloc.start()
    heard = await local.request("GET", site.url, seconds=5, max_bytes=1_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (heard.status, len(heard.body), heard.is_cut) == (200, 1_000, True)
    assert peak < 3_000_000  # both sides are in this process
    site.answer = status(204)
    assert (await local.request("GET", site.url, seconds=5, max_bytes=10)).status == 204


async def test_nobody_there(local: Outgoing) -> None:
    """Says so."""
    with pytest.raises(NoAnswer) as refused:
        await local.request("GET", "http://127.0.0.1:1/", seconds=5, max_bytes=10)
    assert refused.value.reason == "connect"


@pytest.mark.parametrize("url", ["ftp://a/", "http://u:p@a/", "//a", "http://a b/", "file:///x"])
async def test_other_urls(local: Outgoing, url: str) -> None:
    """Are none that we ask."""
    with pytest.raises(NoAnswer) as refused:
        await local.request("GET", url, seconds=5, max_bytes=10)
    assert refused.value.reason == "url"


async def test_something_else_than_http(local: Outgoing, site: Endpoint) -> None:
    """Is no answer."""

    async def nonsense(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    site.answer = nonsense
    with pytest.raises(NoAnswer) as refused:
        await local.request("GET", site.url, seconds=5, max_bytes=10)
    assert refused.value.reason == "protocol"


def test_networks_are_checked() -> None:
    """What is no network is named."""
    with pytest.raises(BadConfiguration, match=r"10\.0\.0\.0/99"):
        networks_of(["10.0.0.0/99"])


async def test_apart_tells_of_failures() -> None:
    """What goes wrong in the thread is raised where it is waited for."""

    def fail() -> None:
        raise ValueError("as the test wants it")

    with pytest.raises(ValueError, match="as the test"):
        await apart(fail)


async def test_a_literal_is_judged_when_it_is_subscribed(world: Scene) -> None:
    """The guard of a plane with networks lets those pass and no others."""
    guard = Guard(networks_of(["10.1.0.0/16"]))
    assert not guard.refuses("10.1.2.3")
    assert guard.refuses("10.2.0.1")
    assert not guard.refuses("shop.example")  # a name is judged when it is connected to
