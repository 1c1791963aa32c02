"""The other ways out: a Redis stream, an EventBridge bus, standard output."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from moto import mock_aws

from events.scene import BASE, LOOPBACK, NOW, SALE, Scene
from store.redis_servers import Server, server
from waitroom.core.facts import Fact
from waitroom.errors import DeliveryFailed, InvalidField
from waitroom.events import eventbridge, stdout, stream
from waitroom.events.cloudevent import Message, Messages
from waitroom.events.eventbridge import EventBridge
from waitroom.events.stdout import Stdout
from waitroom.events.stream import RedisStream
from waitroom.events.subscriptions import Wanted
from waitroom.outgoing import Guard, networks_of
from waitroom.views import Seals

GUARD = Guard(networks_of(LOOPBACK))


def messages(secret: bytes, count: int) -> list[Message]:
    """So many, in order."""
    made = Messages(Seals(secret), BASE)
    data: dict[str, int | str] = {"previous": 1, "current": 2, "slot": ""}
    return [
        made.of(SALE, Fact(seq=n, at=NOW, type="serving_counter_changed", epoch=1, data=data))
        for n in range(count)
    ]


# --- Redis


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is not the store."""
    with server(tmp_path_factory.mktemp("stream")) as one:
        yield one


async def asked(one: Server, *words: str | int) -> Any:
    """The answer to one command."""
    host, port = "127.0.0.1", int(one.url.rpartition(":")[2].partition("/")[0])
    wire = await asyncio.open_connection(host, port)
    try:
        [answer] = await stream._answers(wire, [words])
        return answer
    finally:
        wire[1].close()
        await wire[1].wait_closed()


@pytest.fixture
async def there(redis: Server) -> Server:
    """It, empty."""
    await asked(redis, "FLUSHALL")
    return redis


async def test_entries_of_a_stream(world: Scene, there: Server) -> None:
    """In order, each with its ID, type and event, and the whole CloudEvent."""
    await world.planes[0].subscriptions.add(Wanted(kind="redis_stream", url=there.url))
    expected = await world.happen(25)
    await world.deliver()
    entries = [dict(zip(f[::2], f[1::2], strict=True)) for _, f in
               await asked(there, "XRANGE", "waitroom", "-", "+")]  # fmt: skip
    assert [one[b"id"].decode() for one in entries] == expected
    assert entries[0][b"type"] == b"serving_counter_changed"
    assert entries[0][b"event_id"] == SALE.encode()
    assert json.loads(entries[0][b"event"])["id"] == expected[0]


async def test_a_stream_that_breaks_is_joined_again(secret: bytes, there: Server) -> None:
    """A connection that the server has closed is a failure once, and then there is another."""
    sink = RedisStream(there.url, "s", GUARD)
    assert await sink.send(messages(secret, 3)) == 3
    await asked(there, "CLIENT", "KILL", "TYPE", "normal")
    with pytest.raises(DeliveryFailed):
        await sink.send(messages(secret, 1))
    assert await sink.send(messages(secret, 1)) == 1
    assert await asked(there, "XLEN", "s") == 4
    await sink.close()


async def test_what_a_server_refuses(secret: bytes, there: Server) -> None:
    """A key of another kind, a password that is wrong: failures that repeat nothing secret."""
    await asked(there, "SET", "s", "text")
    sink = RedisStream(there.url, "s", GUARD)
    with pytest.raises(DeliveryFailed, match="WRONGTYPE"):
        await sink.send(messages(secret, 2))
    await sink.close()
    with_password = there.url.replace("redis://", "redis://:hush-hush@")
    sink = RedisStream(with_password, "s", GUARD)
    with pytest.raises(DeliveryFailed) as refused:
        await sink.send(messages(secret, 1))
    assert "hush" not in str(refused.value)
    await sink.close()


async def test_a_server_that_is_not_there_or_private(secret: bytes, there: Server) -> None:
    """Both are failures."""
    with pytest.raises(DeliveryFailed, match="Nobody"):
        await RedisStream("redis://127.0.0.1:1", "s", GUARD).send(messages(secret, 1))
    with pytest.raises(DeliveryFailed, match="public"):
        await RedisStream(there.url, "s", Guard()).send(messages(secret, 1))


async def test_a_server_that_hangs(secret: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes no longer than a sink may."""
    monkeypatch.setattr(stream, "SECONDS", 0.2)
    held: list[asyncio.StreamWriter] = []

    def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    listening = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    sink = RedisStream(f"redis://127.0.0.1:{port}", "s", GUARD)
    with pytest.raises(DeliveryFailed, match="within"):
        await sink.send(messages(secret, 1))
    listening.close()
    for writer in held:
        writer.transport.abort()


@pytest.mark.parametrize("url", ["", "http://a", "redis://", "redis+cluster://a", "redis://a:x"])
def test_urls_of_no_single_server(url: str) -> None:
    """The field is named, and nothing of a URL is repeated that could be a password."""
    with pytest.raises(InvalidField, match="url") as refused:
        stream.target_of(url)
    assert "sqlite" not in str(refused.value)


# --- EventBridge


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cloud that is none, with a queue behind the bus."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield boto3.client("events", region_name="eu-central-1")


async def test_events_on_a_bus(world: Scene, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source, type and detail are those of the system we replace; moto takes them."""
    sent: list[dict[str, Any]] = []
    put = EventBridge._put

    def kept(self: EventBridge, entries: list[dict[str, Any]]) -> dict[str, Any]:
        sent.extend(entries)
        return put(self, entries)

    monkeypatch.setattr(EventBridge, "_put", kept)
    await world.planes[0].subscriptions.add(Wanted(kind="eventbridge", region="eu-central-1"))
    expected = await world.happen(25)
    await world.deliver()
    assert [one["Resources"] for one in sent] == [[one] for one in expected]
    assert {one["Source"] for one in sent} == {"custom.waitingroom"}
    assert {one["DetailType"] for one in sent} == {"serving_counter_changed"}
    assert json.loads(sent[0]["Detail"])["event_id"] == SALE
    [lane] = await world.store.lanes(SALE)
    assert lane.failures == 0


async def test_a_bus_that_takes_some(secret: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is behind the first refusal is told again."""
    answers = [{"Entries": [{"EventId": "1"}, {"ErrorCode": "Throttled"}, {"EventId": "3"}]}]
    monkeypatch.setattr(EventBridge, "_put", lambda *_: answers[0])
    assert await EventBridge("default", "").send(messages(secret, 3)) == 1
    answers[0] = {"Entries": [{"ErrorCode": "Throttled"}]}
    with pytest.raises(DeliveryFailed, match="Throttled"):
        await EventBridge("default", "").send(messages(secret, 3))


NOWHERE = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent"}


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A process that was told nothing of any cloud."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


ARN = "arn:aws:events:eu-west-1:123456789012:event-bus/sales"


@pytest.mark.parametrize(
    ("asked", "environ", "good"),
    [
        ({}, {}, False),
        ({"bus": "sales"}, {}, False),
        ({"bus": "arn:aws:events"}, {}, False),
        ({"region": "eu-west-1\n"}, {}, False),
        ({"region": "not one"}, {"AWS_DEFAULT_REGION": "eu-west-1"}, False),
        ({}, {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_PROFILE": "lost"}, False),
        ({"region": "eu-west-1"}, {}, True),
        ({"bus": ARN}, {"AWS_PROFILE": "lost"}, True),
        ({}, {"AWS_DEFAULT_REGION": "eu-west-1"}, True),
    ],
)
async def test_a_bus_without_a_region(
    world: Scene,
    nowhere: pytest.MonkeyPatch,
    asked: dict[str, str],
    environ: dict[str, str],
    good: bool,
) -> None:
    """Is refused when it is subscribed, not when somebody waits for its events."""
    for name, value in environ.items():
        nowhere.setenv(name, value)
    wanted = Wanted(kind="eventbridge", **asked)  # type: ignore[arg-type]
    if good:
        await world.planes[0].subscriptions.add(wanted)
        return
    with pytest.raises(InvalidField, match="region"):
        await world.planes[0].subscriptions.add(wanted)
    assert await world.planes[0].subscriptions.every() == []


def test_the_region_of_an_arn(nowhere: pytest.MonkeyPatch) -> None:
    """Is where its events are sent, unless another is named."""
    nowhere.setenv("AWS_DEFAULT_REGION", "us-east-1")
    found = [eventbridge._client(EventBridge(*one)._region) for one in ((ARN, ""), ("sales", ""))]
    assert [one.meta.region_name for one in found] == ["eu-west-1", "us-east-1"]
    for one in found:
        one.close()


async def test_no_credentials(secret: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are a failure like others, by name."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    sink = EventBridge("default", "eu-central-1")
    with pytest.raises(DeliveryFailed, match="NoCredentials"):
        await sink.send(messages(secret, 1))
    await sink.close()


async def test_a_bus_that_hangs(secret: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds up its own thread, and nobody's exit."""
    free = threading.Event()
    monkeypatch.setattr(eventbridge, "SECONDS", 0.05)
    monkeypatch.setattr(EventBridge, "_put", lambda *_: free.wait(5))
    with pytest.raises(DeliveryFailed, match="within"):
        await EventBridge("default", "").send(messages(secret, 1))
    free.set()


# --- standard output


async def test_lines_of_json(world: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """One for each message, in order."""
    await world.planes[0].subscriptions.add(Wanted(kind="stdout"))
    expected = await world.happen(12)
    await world.deliver()
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == expected


async def test_a_pipe_that_nobody_reads(
    secret: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a failure, again and again, and never two lines at once; then it goes on."""
    free, written = threading.Event(), []

    def write(text: str) -> None:
        free.wait(5)
        written.append(text)

    sink = Stdout(write)
    with monkeypatch.context() as impatient:
        impatient.setattr(stdout, "SECONDS", 0.05)
        for _ in range(2):
            with pytest.raises(DeliveryFailed, match="Nobody reads"):
                await sink.send(messages(secret, 1))
    free.set()
    assert sink._writing is not None
    await sink._writing
    assert await sink.send(messages(secret, 2)) == 2
    assert len(written) == 2
    await sink.close()
