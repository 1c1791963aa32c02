"""``waitroom doctor`` on real servers: what may lose a line is found, and how to mend it said."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from store.redis_servers import Server, cluster, replica, sentinels, server, until
from waitroom.cli.doctor_redis import examine_redis, judge
from waitroom.cli.finding import Finding
from waitroom.settings import Settings
from waitroom.store import StoreOptions
from waitroom.store.redis_facts import Facts, NodeFacts, SentinelFacts
from waitroom.store.redis_url import parse

PASSWORD = "open-sesame"


def found(settings: Settings) -> dict[str, Finding]:
    """The findings by what they are about; the gravest of each."""
    return gravest(examine_redis(settings))


def gravest(findings: Iterator[Finding]) -> dict[str, Finding]:
    """One for each thing, the gravest."""
    order = ["ok", "warn", "fail"]
    return {f.what: f for f in sorted(findings, key=lambda f: order.index(f.level))}


@pytest.mark.parametrize(
    ("config", "what", "level", "words"),
    [
        ({"appendonly": "yes"}, "persistence", "ok", "flushed every second"),
        ({"appendonly": "yes", "appendfsync": "always"}, "persistence", "ok", "each write"),
        ({"appendonly": "yes", "appendfsync": "no"}, "persistence", "warn", "30 s"),
        ({"save": "60 1000"}, "persistence", "warn", "snapshots only"),
        ({}, "persistence", "fail", "restart loses all"),
        ({"maxmemory-policy": "allkeys-lru", "maxmemory": "100mb"}, "eviction", "fail", "allkeys"),
        ({"maxmemory-policy": "noeviction", "maxmemory": "100000000"}, "eviction", "ok", "100 MB"),
        ({}, "server", "ok", "Redis 7."),
    ],
)
def test_configurations(
    tmp_path: Path, config: Mapping[str, str], what: str, level: str, words: str
) -> None:
    """Each way of running is judged for what it can lose; whatever is not well says how to mend."""
    with server(tmp_path, config) as one:
        finding = found(Settings(store=one.url))[what]
    assert finding.level == level
    assert words in finding.found
    assert bool(finding.fix) == (level != "ok")


def test_replicas(tmp_path: Path) -> None:
    """Joins that wait for replicas fail the check until these are connected; one is no primary."""
    with server(tmp_path / "primary") as one:
        settings = Settings(store=one.url, join_durability="replicated")
        assert found(settings)["replicas"].level == "fail"
        with replica(one, tmp_path / "replica") as other:
            assert found(settings)["replicas"].level == "warn"  # refused, but counted
            one.call("CONFIG", "SET", "min-replicas-to-write", "1")
            assert found(settings)["replicas"].level == "ok"
            assert found(replace(settings, join_replicas=2))["replicas"].level == "fail"
            assert "takes no writes" in found(Settings(store=other.url))["role"].found


def test_who_may_not_come_in(tmp_path: Path) -> None:
    """A wrong password and a silent address are told apart, and no password is repeated."""
    with server(tmp_path, {"requirepass": PASSWORD}) as one:
        settings = Settings(store=one.url)
        assert "refused the user or password" in found(settings)["server"].found
        wrong = found(replace(settings, store_password=PASSWORD + "!"))
        assert wrong["server"].level == "fail"
        assert PASSWORD not in repr(wrong)
        (tmp_path / "password").write_text(PASSWORD + "\n")
        right = found(replace(settings, store_password_file=str(tmp_path / "password")))
        assert right["server"].level == "ok"
    gone = found(settings)["server"]
    assert (gone.level, "cannot be reached" in gone.found) == ("fail", True)
    missing = found(replace(settings, store_password_file=str(tmp_path / "nowhere")))
    assert "nowhere" in missing["server"].found


def test_a_user_who_may_not_ask_everything(tmp_path: Path) -> None:
    """What the ACL forbids to tell is not guessed."""
    user = f"user line on >{PASSWORD} ~* +@all -config -time"
    with server(tmp_path, lines=[user]) as one:
        told = found(Settings(store=one.url, store_user="line", store_password=PASSWORD))
    assert told["server"].level == "ok"
    assert "does not tell" in told["persistence"].found
    assert "clock and store" not in told


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Server, list[Server]]]:
    """A primary with a replica and three Sentinels."""
    with (
        server(tmp_path / "primary", {"appendonly": "yes"}) as one,
        replica(one, tmp_path / "replica"),
        sentinels(one, tmp_path) as three,
    ):
        yield one, three


def test_sentinels(watched: tuple[Server, list[Server]]) -> None:
    """All Sentinels are asked, and the primary they name; too few of them is a failure."""
    primary, three = watched

    def url(*nodes: Server) -> str:
        return "redis+sentinel://" + ",".join(f"127.0.0.1:{n.port}" for n in nodes) + "/line"

    told = found(Settings(store=url(*three)))
    assert told["Sentinels"].level == "ok"
    assert "3 of 3" in told["Sentinels"].found
    assert str(primary.port) in told["server"].found
    assert "min-replicas-to-write" in told["replicas"].fix
    assert found(Settings(store=url(three[0])))["Sentinels"].level == "fail"
    three[2].kill()
    told = found(Settings(store=url(*three)))
    assert (told["Sentinels"].level, told["server"].level) == ("ok", "fail")
    other = Settings(store=url(*three).replace("/line", "/other"))
    assert found(other)["server"].level == "fail"


def test_cluster(tmp_path: Path) -> None:
    """Every primary of a cluster is asked, whichever node was named."""
    with cluster(tmp_path) as nodes:
        settings = Settings(store=f"redis+cluster://127.0.0.1:{nodes[1].port}")
        findings = list(examine_redis(settings))
        versions = [f.found for f in findings if f.what == "server"]
        assert len(versions) == len(nodes)
        assert gravest(iter(findings))["cluster"].level == "ok"
        nodes[1].call("CLUSTER", "DELSLOTS", 8_000)
        until(lambda: found(settings)["cluster"].level == "fail", "a slot is missed")


def test_something_else_listens() -> None:
    """A server that is no Redis is a failure, not a stack trace."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=_answer_oddly, args=(listener,))
        answering.start()
        told = found(Settings(store=f"redis://127.0.0.1:{listener.getsockname()[1]}"))
        answering.join(timeout=10)
    assert told["server"].level == "fail"


def _answer_oddly(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(1_000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


NODE = NodeFacts(
    address="h:6379",
    server="Redis",
    version="7.0.15",
    role="master",
    maxmemory=0,
    maxmemory_policy="noeviction",
    aof=True,
    appendfsync="everysec",
    rdb=True,
    replicas=1,
    min_replicas=1,
    clock_ahead=0.0,
    round_trip=0.0002,
)
SENTINEL = SentinelFacts(address="s:26379", primary="h:6379", quorum=2, others=2, replicas=1)


def judged(
    node: NodeFacts = NODE,
    url: str = "redis://localhost",
    told: list[SentinelFacts] | None = None,
    password: str = "",
) -> dict[str, Finding]:
    """What is said of one server with such facts."""
    options = StoreOptions(password=password)
    facts = Facts(nodes=[node], sentinels=told or [])
    return gravest(judge(Settings(store=url), parse(url, options), facts))


@pytest.mark.parametrize(
    ("server_name", "version", "level"),
    [
        ("Redis", "6.2.14", "fail"),
        ("Redis", "7.0.0", "ok"),
        ("Redis", "8.2", "ok"),
        ("Redis", "10.0.1", "ok"),
        ("Valkey", "1.0", "ok"),
        ("Valkey", "8.1.0", "ok"),
    ],
)
def test_versions(server_name: str, version: str, level: str) -> None:
    """Redis from 7.0 on, Valkey any."""
    node = replace(NODE, server=server_name, version=version)
    assert judged(node)["server"].level == level


def test_distances() -> None:
    """A slow way is a warning, clocks that differ by over two seconds are one, either way."""
    assert judged(replace(NODE, round_trip=0.05))["server"].level == "warn"
    assert "clock and store" not in judged(replace(NODE, clock_ahead=1.9))
    for ahead in (2.1, -2.1):
        assert judged(replace(NODE, clock_ahead=ahead))["clock and store"].level == "warn"


def test_the_way_to_another_machine() -> None:
    """Over a network, TLS and a password are asked for; on this machine neither."""
    assert "way to the store" not in judged()
    assert "way to the store" not in judged(url="redis://[::1]")
    told = list(
        judge(
            Settings(store="redis://line.example"),
            parse("redis://line.example", StoreOptions()),
            Facts(nodes=[NODE]),
        )
    )
    assert [f.found for f in told if f.what == "way to the store"] == [
        "no TLS to line.example",
        "no password for line.example",
    ]
    safe = judged(url="rediss://line.example", password=PASSWORD)
    assert "way to the store" not in safe


@pytest.mark.parametrize(
    ("told", "level", "words"),
    [
        ([SENTINEL, SENTINEL, SENTINEL], "ok", "3 of 3"),
        ([SENTINEL, replace(SENTINEL, primary="other:6379")], "fail", "different primaries"),
        ([SENTINEL], "fail", "1 of 3"),
        ([replace(SENTINEL, others=1)] * 2, "warn", "only 2"),
        ([replace(SENTINEL, replicas=0)] * 3, "fail", "no replica"),
    ],
)
def test_what_sentinels_say(told: list[SentinelFacts], level: str, words: str) -> None:
    """They must be enough, agree, and have somebody to promote."""
    finding = judged(url="redis+sentinel://localhost/line", told=told)["Sentinels"]
    assert finding.level == level
    assert words in finding.found


def test_it_is_done_soon(tmp_path: Path) -> None:
    """A server that does not answer holds the report up for some seconds at most."""
    with server(tmp_path) as one:
        one.pause()
        began = time.monotonic()
        told = found(Settings(store=one.url))
        one.resume()
    assert told["server"].level == "fail"
    assert time.monotonic() - began < 6
