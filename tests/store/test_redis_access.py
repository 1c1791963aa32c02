"""Getting in: TLS with a private authority, an ACL user with the least rights, refusals."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import pytest
from contract import StoreContract
from redis_servers import LOOPBACK, Server, ask, server
from redis_tls import Certificates, make_certificates

from ports import free_port
from scene import SALE, open_event
from waitroom.errors import BadConfiguration, OperatorError, StoreRefused, StoreUnavailable
from waitroom.store import Store, StoreOptions, open_store
from waitroom.store.redis_acl import rules

PASSWORD: Final = "p:w@d/#%é <secret>"
ADMIN: Final = "admin"
HALL_MARK: Final = "secret>"  # a piece of the password that nothing else contains


class Guarded(NamedTuple):
    """A server that lets in nobody but our user; the port with TLS, and one without."""

    secure: int
    plain: int
    files: Certificates

    @property
    def url(self) -> str:
        """As our user reaches it."""
        return f"rediss://{LOOPBACK}:{self.secure}"

    def options(self, **changes: str) -> StoreOptions:
        """How our user gets in."""
        words = {
            "user": "waitroom",
            "password": PASSWORD,
            "ca_file": str(self.files.authority),
            **changes,
        }
        return StoreOptions(failover_gap=0, **words)  # type: ignore[arg-type] # all are text

    def as_admin(self, *words: str) -> Any:
        """The answer to one command."""
        return ask(LOOPBACK, self.plain, words, password=ADMIN)[0]


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """One for all tests."""
    directory = tmp_path_factory.mktemp("guarded")
    found = Guarded(free_port(), free_port(), make_certificates(directory / "tls"))
    digest = hashlib.sha256(PASSWORD.encode()).hexdigest()
    users = directory / "users.acl"
    users.write_text(
        f"user default on >{ADMIN} ~* &* +@all\nuser waitroom on #{digest} {rules('waitroom')}\n"
    )
    config = {**found.files.config(found.secure), "port": found.plain, "aclfile": str(users)}
    with server(directory / "server", config, port=found.plain):
        yield found


Opener = Callable[[StoreOptions], Store]


@pytest.fixture
async def opener(guarded: Guarded) -> AsyncIterator[Callable[..., Store]]:
    """Opens stores and closes them in the end."""
    stores: list[Store] = []

    def opens(options: StoreOptions, url: str = guarded.url) -> Store:
        stores.append(open_store(url, options))
        return stores[-1]

    yield opens
    for store in stores:
        await store.close()


class TestLeastPrivilege(StoreContract):
    """The contract, over TLS, as the user that the documentation describes."""

    LEAVES_ROWS = False

    @pytest.fixture
    def url(self, guarded: Guarded) -> str:
        """A server with nothing in it."""
        guarded.as_admin("FLUSHALL")
        return guarded.url

    @pytest.fixture
    def opened(self, guarded: Guarded, opener: Callable[..., Store]) -> Callable[[str], Store]:
        """As our user."""
        return lambda url: opener(guarded.options(), url)


async def refusal_of(store: Store) -> OperatorError:
    """What the first verb says to the operator; the password is in none of it."""
    with pytest.raises(OperatorError) as refused:
        await store.is_claimed()
    assert HALL_MARK not in str(refused.value) + repr(store)
    return refused.value


async def test_a_wrong_password_is_the_operators_affair(guarded: Guarded, opener: Opener) -> None:
    """The first verb says so and names the settings; likewise without one or with a wrong user."""
    for changes in ({"password": PASSWORD + "x"}, {"user": "nobody"}, {"user": "", "password": ""}):
        error = await refusal_of(opener(guarded.options(**changes)))
        assert isinstance(error, BadConfiguration)
        assert "refused the user or password" in str(error)


async def test_a_strange_certificate_is_the_operators_affair(
    guarded: Guarded, opener: Callable[..., Store]
) -> None:
    """One that an unknown authority signed, and one that is for another host."""
    unknown = await refusal_of(opener(guarded.options(ca_file="")))
    other = await refusal_of(opener(guarded.options(), f"rediss://localhost:{guarded.secure}"))
    for error in (unknown, other):
        assert isinstance(error, BadConfiguration)
        assert "certificate" in str(error)
    missing = await refusal_of(opener(guarded.options(ca_file="/nowhere/ca.pem")))
    assert "store_ca_file" in str(missing)


@pytest.mark.parametrize("swapped", [True, False])
async def test_tls_where_there_is_none_and_none_where_there_is(
    guarded: Guarded, opener: Callable[..., Store], swapped: bool
) -> None:
    """Out of reach; the detail for the log has no credentials."""
    port = guarded.plain if swapped else guarded.secure
    scheme = "rediss" if swapped else "redis"
    store = opener(guarded.options(), f"{scheme}://{LOOPBACK}:{port}")
    with pytest.raises(StoreUnavailable) as refused:
        await store.is_claimed()
    assert HALL_MARK not in refused.value.detail


async def test_a_password_that_changes_later_is_an_outage(guarded: Guarded, opener: Opener) -> None:
    """A store that worked before is out of reach, and works again with the old password."""
    store = opener(guarded.options())
    await store.ping()
    guarded.as_admin("ACL", "SETUSER", "waitroom", "off")
    guarded.as_admin("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    try:
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await store.ping()
    finally:
        guarded.as_admin("ACL", "SETUSER", "waitroom", "on")
    await store.ping()


async def test_a_command_that_is_forbidden_is_an_outage(guarded: Guarded, opener: Opener) -> None:
    """The detail says what the server said."""
    store = opener(guarded.options())
    await store.ping()
    guarded.as_admin("ACL", "SETUSER", "waitroom", "-hincrby")
    try:
        with pytest.raises(StoreUnavailable) as refused:
            await store.ping()
    finally:
        guarded.as_admin("ACL", "SETUSER", "waitroom", "+hincrby")
    assert "NOPERM" in refused.value.detail


@asynccontextmanager
async def impostor(answer: bytes) -> AsyncIterator[str]:
    """Something that answers everything with ``answer``; its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(answer)
        writer.close()

    listening = await asyncio.start_server(serve, LOOPBACK, 0)
    async with listening:
        yield f"redis://{LOOPBACK}:{listening.sockets[0].getsockname()[1]}"


def bulk(text: str) -> bytes:
    """As the protocol writes it."""
    return b"$%d\r\n%s\r\n" % (len(text), text.encode())


async def test_a_server_that_is_too_old_is_refused(opener: Callable[..., Store]) -> None:
    """The version it has and the one that is wanted are named."""
    info = bulk("# Server\r\nredis_version:6.2.14\r\nrun_id:abc\r\n")
    async with impostor(info + bulk("role:master\r\n")) as url:
        store = opener(StoreOptions(), url)
        error = await refusal_of(store)
        assert isinstance(error, StoreRefused)
        assert "6.2.14" in str(error)
        assert "7.0" in str(error)
        await store.close()


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 99, b"$-9\r\n"])
async def test_what_does_not_speak_the_protocol_is_out_of_reach(
    opener: Callable[..., Store], answer: bytes
) -> None:
    """Whatever it says."""
    async with impostor(answer) as url:
        store = opener(StoreOptions(), url)
        with pytest.raises(StoreUnavailable):
            await store.is_claimed()
        await store.close()


async def test_a_replica_is_out_of_reach(opener: Callable[..., Store]) -> None:
    """A primary is wanted, and the detail says what was found."""
    info = bulk("# Server\r\nredis_version:7.2.0\r\nrun_id:abc\r\n")
    async with impostor(info + bulk("role:slave\r\n")) as url:
        store = opener(StoreOptions(), url)
        with pytest.raises(StoreUnavailable) as refused:
            await store.is_claimed()
        assert "replica" in refused.value.detail
        await store.close()


async def test_what_belongs_to_something_else_is_refused(
    redis_server: Server, request: pytest.FixtureRequest, opener: Callable[..., Store]
) -> None:
    """A key of ours that holds something else; another prefix is the way out."""
    redis_server.call("FLUSHALL")
    request.addfinalizer(lambda: redis_server.call("FLUSHALL"))
    redis_server.call("SET", "waitroom:{@}:deployment", "not ours")
    error = await refusal_of(opener(StoreOptions(), redis_server.url))
    assert isinstance(error, StoreRefused)
    assert "prefix" in str(error)
    other = opener(StoreOptions(), f"{redis_server.url}?prefix=ours")
    assert not await other.is_claimed()
    await open_event(other)
    assert await other.event_ids() == [SALE]


def test_without_the_driver_it_says_what_to_install() -> None:
    """The error is the operator's, and names the extra."""
    program = (
        "import sys; sys.modules['hiredis'] = None\n"
        "from waitroom.errors import DependencyMissing\n"
        "from waitroom.store import open_store\n"
        "try:\n"
        "    open_store('redis://:geheim@shop.example')\n"
        "except DependencyMissing as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        env=dict(os.environ),
    )
    assert "waitroom[server,redis]" in done.stdout
    assert "redis://shop.example:6379" in done.stdout
    assert "geheim" not in done.stdout
