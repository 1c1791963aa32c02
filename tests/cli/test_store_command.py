"""``waitroom store``: a running event moves house, and backups can be restored."""

import json
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.running import Waitroom
from cli.test_refusals import refused
from store.redis_servers import Server, server

PASSWORD = "correct-horse-battery"


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Server]:
    """A server with a password, as one should have."""
    with server(tmp_path / "redis", lines=[f"user default on >{PASSWORD} ~* &* +@all"]) as one:
        yield one


def asked(port: int, path: str, body: object = None) -> dict[str, Any]:
    """The JSON that the public plane answers."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", data, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def joined(waitroom: Waitroom) -> tuple[str, int]:
    """Request ID and position of somebody who joins."""
    given = asked(waitroom.public, "/api/assign_queue_num", {"event_id": "sale"})
    return given["api_request_id"], given["queue_number"]


def stop(waitroom: Waitroom) -> None:
    """Stop the server that was started last, as an operator does."""
    waitroom.started[-1].send_signal(signal.SIGTERM)
    assert waitroom.started[-1].wait(timeout=12) == 0


def test_a_running_event_moves_to_redis(waitroom: Waitroom, redis_server: Server) -> None:
    """Stop, copy, start with --store: places, tokens, keys and the secret stay good."""
    waitroom.run("event", "create", "sale")
    waitroom.start("serve")
    visitors = [joined(waitroom) for _ in range(5)]
    waitroom.run("advance", "sale", "1")
    first = {"event_id": "sale", "request_id": visitors[0][0]}
    token = asked(waitroom.public, "/api/generate_token", first)
    keys = asked(waitroom.public, "/api/public_key?event_id=sale")
    stop(waitroom)

    password = waitroom.home / "password"
    password.write_text(PASSWORD + "\n")
    waitroom.environ["WAITROOM_STORE_PASSWORD_FILE"] = str(password)
    source = f"sqlite://{waitroom.home}/waitroom-data/waitroom.db"
    copied = waitroom.run("store", "copy", source, redis_server.url)
    assert copied.returncode == 0, copied.stderr
    assert "on both sides" in copied.stdout
    assert "secret is not in it" in copied.stdout

    waitroom.start("serve", "--store", redis_server.url)
    for request_id, position in visitors:
        place = asked(waitroom.public, f"/api/queue_num?event_id=sale&request_id={request_id}")
        assert place["queue_number"] == position
    assert joined(waitroom)[1] > 5
    again = asked(waitroom.public, "/api/generate_token", first)
    assert claims(again["id_token"]) == claims(token["id_token"])
    assert asked(waitroom.public, "/api/public_key?event_id=sale") == keys


def claims(token: str) -> str:
    """Head and claims of a token; its signature may be another each time."""
    return token.rpartition(".")[0]


def test_a_backup_restores_all(waitroom: Waitroom, tmp_path: Path) -> None:
    """Into an empty directory, with the secret beside it; the file is its owner's alone."""
    waitroom.run("event", "create", "sale", "--title", "日本")
    waitroom.run("advance", "sale", "5")
    key = waitroom.json("keys", "create", "--scope", "read")["key"]
    before = [waitroom.json("event", "list"), waitroom.json("keys", "list")]
    dumped = waitroom.json("store", "dump", "backup.gz")
    backup = waitroom.home / "backup.gz"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert key.encode() not in backup.read_bytes()
    data = waitroom.home / "waitroom-data"
    secret = (data / "secret").read_bytes()
    shutil.rmtree(data)
    assert waitroom.json("store", "load", "backup.gz") == dumped
    refused(waitroom.run("event", "list"), 77, "secret")
    (data / "secret").write_bytes(secret)
    assert [waitroom.json("event", "list"), waitroom.json("keys", "list")] == before


def test_a_dump_can_be_made_of_a_server_that_runs(waitroom: Waitroom) -> None:
    """It goes on; a later join is not in the file, which is no error."""
    waitroom.run("event", "create", "sale")
    waitroom.start("serve")
    joined(waitroom)
    assert waitroom.json("store", "dump", "backup.jsonl")["moved"] == []
    joined(waitroom)
    loaded = waitroom.json("store", "load", "backup.jsonl", "--data-dir", "other")
    assert loaded["counts"]["events"] == loaded["counts"]["arrivals"] == 1


def test_what_is_there_is_kept(waitroom: Waitroom) -> None:
    """A file or a store with something in it is replaced only with --force."""
    waitroom.run("event", "create", "sale")
    assert waitroom.run("store", "dump", "a.jsonl").returncode == 0
    waitroom.run("event", "create", "later")
    refused(waitroom.run("store", "dump", "a.jsonl"), 65, "a.jsonl", "--force")
    refused(waitroom.run("store", "load", "a.jsonl"), 65, "not empty", "--force")
    assert len(waitroom.json("event", "list")) == 2
    assert waitroom.run("store", "load", "a.jsonl", "--force").returncode == 0
    assert [event["event_id"] for event in waitroom.json("event", "list")] == ["sale"]
    assert waitroom.run("store", "dump", "a.jsonl", "--force").returncode == 0


def test_no_store_to_read(waitroom: Waitroom, tmp_path: Path) -> None:
    """Where nothing is, nothing is made, on neither side; an unused store is nothing either."""
    here, there = f"sqlite://{tmp_path}/here.db", f"sqlite://{tmp_path}/there.db"
    refused(waitroom.run("store", "copy", here, there), 65, "here.db")
    refused(waitroom.run("store", "dump", "a.jsonl"), 65, "waitroom.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "here.db").touch()
    refused(waitroom.run("store", "copy", here, there), 65, "nothing of Waitroom", "here.db")
    assert not (tmp_path / "there.db").exists()


def test_a_store_is_not_copied_onto_itself(waitroom: Waitroom) -> None:
    """Whatever --force says: it would be emptied first."""
    waitroom.run("event", "create", "sale")
    url = f"sqlite://{waitroom.home}/waitroom-data/waitroom.db"
    (waitroom.home / "link").symlink_to(waitroom.home / "waitroom-data")
    for other in (url, f"sqlite://{waitroom.home}/link/waitroom.db"):
        refused(waitroom.run("store", "copy", url, other, "--force"), 78, "same store")
    assert len(waitroom.json("event", "list")) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["line 1", "not a dump file"]),
        (b"\0\xff\n" * 9, ["line 1", "not a dump file"]),
        (b'{"waitroom":"dump","version":7}\n', ["line 1", "newer"]),
        (b'{"waitroom":"dump","version":1}\n', ["line 2", "cut short"]),
        (b"\x1f\x8b\x08garbage", ["damaged"]),
    ],
)
def test_a_bad_file(waitroom: Waitroom, content: bytes, words: list[str]) -> None:
    """One line that names it, the line in it and the reason; no store is made for it."""
    (waitroom.home / "bad").write_bytes(content)
    refused(waitroom.run("store", "load", "bad"), 65, "bad", *words)
    assert [path.name for path in waitroom.home.iterdir()] == ["bad"]


def test_odd_names(waitroom: Waitroom) -> None:
    """No pipes, no directories, no URL of something else; a missing file is named."""
    waitroom.run("event", "create", "sale")
    refused(waitroom.run("store", "dump", "-"), 2, "-")
    refused(waitroom.run("store", "dump", "."), 65, "exists")
    refused(waitroom.run("store", "dump", "/dev/null", "--force"), 65, "ordinary file")
    refused(waitroom.run("store", "dump", "no/where"), 73, "no/where")
    refused(waitroom.run("store", "load", "missing", "--force"), 65, "missing")
    refused(waitroom.run("store", "copy", "ftp://a", "sqlite:///b"), 78, "store")


def test_credentials_are_not_shown(waitroom: Waitroom, redis_server: Server) -> None:
    """A URL goes by its own before those of the settings; no message repeats them."""
    waitroom.run("event", "create", "sale")
    waitroom.environ["WAITROOM_STORE_PASSWORD"] = "of-another-server"
    source = f"sqlite://{waitroom.home}/waitroom-data/waitroom.db"
    host = f"127.0.0.1:{redis_server.port}"
    done = [
        waitroom.run("store", "copy", f"redis://default:{PASSWORD}@{host}", source),
        waitroom.run("store", "copy", source, f"redis://default:{PASSWORD}@{host}"),
        waitroom.run("store", "copy", source, f"redis://{host}"),
    ]
    assert [each.returncode for each in done] == [65, 0, 78]
    assert "nothing of Waitroom" in done[0].stderr
    for each in done:
        assert PASSWORD not in each.stdout + each.stderr
        assert "of-another-server" not in each.stdout + each.stderr
    waitroom.environ["WAITROOM_STORE_PASSWORD"] = PASSWORD
    waitroom.environ["WAITROOM_STORE_USER"] = "of-another-server"
    named = waitroom.run("store", "copy", source, f"redis://default@{host}", "--force")
    assert named.returncode == 0  # the user in the URL, with the password of the settings
