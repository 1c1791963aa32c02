"""What cannot work is said in one line, with an exit code of its own."""

import socket
import subprocess

import pytest

from cli.running import Waitroom

LONG = "another secret of at least 32 characters"


def refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Pass if it ended with ``code`` and one line on stderr that holds ``words``."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("waitroom: error: ")
    assert all(word in lines[0] for word in words), lines[0]


def test_taken_port(waitroom: Waitroom) -> None:
    """A port in use is named, even if its owner would share it, and nothing is made."""
    with socket.create_server(("127.0.0.1", waitroom.public), reuse_port=True):
        done = waitroom.run("serve")
    refused(done, 69, f"127.0.0.1:{waitroom.public}", "--public-bind")
    assert not (waitroom.home / "waitroom-data").exists()


def test_missing_secret(waitroom: Waitroom) -> None:
    """A store without its secret is not opened with a new one."""
    waitroom.run("event", "create", "sale")
    (waitroom.home / "waitroom-data" / "secret").unlink()
    refused(waitroom.run("serve"), 77, "secret", "missing", "WAITROOM_SECRET_FILE")


def test_secret_file_to_nothing(waitroom: Waitroom) -> None:
    """A secret file that was named must be there."""
    waitroom.environ["WAITROOM_SECRET_FILE"] = "nowhere"
    refused(waitroom.run("serve"), 77, "nowhere")


def test_wrong_secret(waitroom: Waitroom) -> None:
    """A store made with one secret is refused with another, which is not printed."""
    waitroom.run("event", "create", "sale")
    waitroom.environ["WAITROOM_SECRET"] = LONG
    done = waitroom.run("serve")
    refused(done, 77, "not the one that this store was made with")
    assert LONG not in done.stderr + done.stdout


def test_unwritable_directory(waitroom: Waitroom) -> None:
    """A data directory that cannot be made is named."""
    (waitroom.home / "file").write_text("in the way")
    refused(waitroom.run("serve", "--data-dir", "file/data"), 73, "file/data")


def test_corrupt_store(waitroom: Waitroom) -> None:
    """A file that is no database is left alone."""
    waitroom.run("event", "create", "sale")
    path = waitroom.home / "waitroom-data" / "waitroom.db"
    for leftover in path.parent.glob("waitroom.db-*"):
        leftover.unlink()
    path.write_bytes(b"no database" * 1000)
    refused(waitroom.run("serve"), 65, "waitroom.db")
    assert path.read_bytes() == b"no database" * 1000


def test_unknown_key_in_toml(waitroom: Waitroom) -> None:
    """A misspelt setting is an error, not a silent default."""
    (waitroom.home / "waitroom.toml").write_text("worker = 2\n")
    refused(waitroom.run("config"), 78, "waitroom.toml", "worker")


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--workers", "many"),
        ("--workers", "0"),
        ("--public-bind", "here"),
        ("--public-url", "queue.example"),
        ("--algorithm", "HS256"),
        ("--log-format", "xml"),
    ],
)
def test_bad_value(waitroom: Waitroom, flag: str, value: str) -> None:
    """A value out of range names its setting and its flag."""
    refused(waitroom.run("config", flag, value), 78, flag.strip("-").replace("-", "_"), flag)


@pytest.mark.parametrize("line", ["nope", "config --nope", "advance", "advance sale many"])
def test_usage(waitroom: Waitroom, line: str) -> None:
    """A command line that makes no sense ends with 2."""
    refused(done := waitroom.run(*line.split()), 2, " Try --help.")
    assert ".." not in done.stderr


def test_the_secret_has_no_flag(waitroom: Waitroom) -> None:
    """Nobody can put the secret onto a command line that others can read."""
    refused(waitroom.run("config", "--secret", LONG), 2, "--secret")


def test_caller_errors(waitroom: Waitroom) -> None:
    """What the store refuses is one line and 1."""
    waitroom.run("event", "create", "sale")
    refused(waitroom.run("event", "create", "sale"), 1, "sale", "exists", "waitroom event set")
    refused(waitroom.run("event", "show", "other"), 1, "other", "waitroom event list")
    refused(waitroom.run("event", "delete", "sale"), 1, "--yes")
    refused(waitroom.run("event", "set", "sale", "--target-url", "javascript:x"), 1, "target_url")
    refused(waitroom.run("keys", "revoke", "other"), 1, "other", "waitroom keys list")
    refused(waitroom.run("keys", "create", "--scope", "all"), 1, "scopes")
