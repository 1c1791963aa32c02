"""Several machines on one Redis: who may begin, who needs the secret, where passwords show."""

import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from cli.running import Waitroom, family
from cli.test_refusals import refused
from ports import free_port
from store.redis_servers import Server, server

PASSWORD = "open-sesame-4711"
KEY = re.compile(r"wr_[0-9a-f]{12}_[\w-]{43}")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    """A real server with a password."""
    with server(tmp_path / "redis", {"requirepass": PASSWORD}) as one:
        yield one


@pytest.fixture
def machines(tmp_path: Path, redis: Server) -> Iterator[tuple[Waitroom, Waitroom]]:
    """Two machines on one Redis; each has a directory of its own, the password from a file."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    pair = Waitroom(tmp_path / "a"), Waitroom(tmp_path / "b")
    for machine in pair:
        machine.home.mkdir()
        machine.environ["WAITROOM_STORE"] = redis.url
        machine.environ["WAITROOM_STORE_PASSWORD_FILE"] = str(tmp_path / "password")
    yield pair
    for machine in pair:
        machine.stop()


def test_the_second_machine_needs_the_secret(machines: tuple[Waitroom, Waitroom]) -> None:
    """The first makes it; the second is told what to copy, makes none, and runs with the copy."""
    first, second = machines
    first.start("serve")
    assert len(KEY.findall(first.said())) == 1
    refused(second.run("public"), 77, "secret", "Copy", "WAITROOM_SECRET_FILE")
    refused(second.run("event", "list"), 77, "secret")
    assert not (second.home / "waitroom-data").exists()
    second.environ["WAITROOM_SECRET_FILE"] = str(first.home / "waitroom-data" / "secret")
    second.start("public")
    assert second.get(second.public, "/readyz") == 200
    assert first.run("event", "create", "sale").returncode == 0
    assert second.json("event", "list")[0]["event_id"] == "sale"
    assert second.run("doctor").returncode == 1  # a Redis that keeps nothing
    second.environ["WAITROOM_SECRET_FILE"] = str(_other_secret(second))
    refused(second.run("event", "list"), 77, "not the one")


def test_two_machines_begin_at_once(machines: tuple[Waitroom, Waitroom]) -> None:
    """Exactly one has the store; the other is told so and is left without a secret that is none."""
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda machine: machine.run("event", "create", "sale"), machines))
    assert sorted(one.returncode for one in done) == [0, 77]
    for machine, one in zip(machines, done, strict=True):
        assert (machine.home / "waitroom-data" / "secret").exists() == (one.returncode == 0)


def _other_secret(machine: Waitroom) -> Path:
    path = machine.home / "other"
    path.write_text("another secret of at least 32 characters\n")
    return path


def test_only_some_commands_begin_a_deployment(machines: tuple[Waitroom, Waitroom]) -> None:
    """Looking at a Redis that nobody has used begins nothing there."""
    machine, _ = machines
    refused(machine.run("event", "list"), 65, "There is no store at redis://127.0.0.1:")
    assert not (machine.home / "waitroom-data").exists()
    assert machine.run("event", "create", "sale").returncode == 0
    assert machine.run("event", "list").returncode == 0


@pytest.mark.parametrize("command", ["serve", "public", "control", "event list"])
def test_a_store_that_is_not_up(waitroom: Waitroom, command: str) -> None:
    """Whoever starts it is told at once to try again later."""
    port = free_port()
    done = waitroom.run(*command.split(), "--store", f"redis://127.0.0.1:{port}")
    refused(done, 75, f"127.0.0.1:{port}")
    assert not (waitroom.home / "waitroom-data").exists()


def test_a_password_on_the_command_line(waitroom: Waitroom, redis: Server) -> None:
    """It works and is warned of once; no child's command line has it, and nothing prints it."""
    url = f"redis://:{PASSWORD}@127.0.0.1:{redis.port}"
    shown = waitroom.run("config", "--store", url)
    assert shown.stderr.count("--store-password-file") == 1
    plane = waitroom.start("serve", "--store", url)
    children = family(plane)
    assert len(children) >= 4
    assert PASSWORD not in repr([_command_line(child) for child in children])
    assert f"--store redis://127.0.0.1:{redis.port}" in waitroom.said()
    bad = waitroom.run("doctor", "--store", url.replace(PASSWORD, PASSWORD + "!"))
    plane.send_signal(signal.SIGTERM)
    assert plane.wait(timeout=12) == 0
    log = (waitroom.home / "stderr").read_text()
    assert log.count("--store-password-file") == 1
    assert PASSWORD not in log + waitroom.said() + shown.stdout + shown.stderr
    assert PASSWORD not in bad.stdout + bad.stderr


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_a_wrong_password(waitroom: Waitroom, redis: Server) -> None:
    """It is refused in one line that names the settings, not the password."""
    waitroom.environ["WAITROOM_STORE"] = f"redis://:{PASSWORD}!@127.0.0.1:{redis.port}"
    done = waitroom.run("event", "list")
    refused(done, 78, "--store-password-file")
    assert PASSWORD not in done.stderr


def test_a_bad_url(waitroom: Waitroom) -> None:
    """What was wanted is said; what was given may hold a password."""
    done = waitroom.run("config", "--store", f"redis:/{PASSWORD}@host")
    refused(done, 78, "store: not a URL", "flag --store", "redis://HOST")
    assert PASSWORD not in done.stderr


def test_the_driver_is_missing(waitroom: Waitroom) -> None:
    """Without it the sentence says what to install, and the doctor as well."""
    blocked = waitroom.home / "blocked"
    (blocked / "hiredis").mkdir(parents=True)
    (blocked / "hiredis" / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'hiredis'\", name='hiredis')\n"
    )
    waitroom.environ["PYTHONPATH"] = str(blocked)
    waitroom.environ["WAITROOM_STORE"] = "redis://127.0.0.1:1"
    refused(waitroom.run("event", "list"), 69, "pip install 'waitroom[server,redis]'")
    assert "waitroom[server,redis]" in waitroom.run("doctor").stdout
