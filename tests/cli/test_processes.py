"""The processes of a deployment: they start, are replaced, and end together."""

import json
import re
import signal
import stat
import threading
import time
import urllib.request

import pytest

from cli.running import Waitroom, family, is_gone, workers
from waiting import wait_until_sync

PUBLIC = "waitroom.public"
KEY = re.compile(r"wr_[0-9a-f]{12}_[\w-]{43}")


def test_first_start_and_the_second(waitroom: Waitroom) -> None:
    """The admin key is printed at the first start, to stdout, and never again."""
    first = waitroom.start("serve")
    assert len(KEY.findall(waitroom.said())) == 1
    assert f"http://127.0.0.1:{waitroom.control}/docs" in waitroom.said()
    assert waitroom.run("healthcheck").returncode == 0
    assert waitroom.run("healthcheck", "--plane", "control").returncode == 0
    assert waitroom.run("doctor").returncode == 0  # the taken ports are our own
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=10) == 0
    waitroom.start("serve")
    assert not KEY.findall(waitroom.said())
    assert not KEY.findall((waitroom.home / "stderr").read_text())


@pytest.mark.parametrize("plane", ["public", "control"])
def test_one_plane(waitroom: Waitroom, plane: str) -> None:
    """A plane can be run alone; the other's port stays free."""
    waitroom.start(plane)
    ours, other = waitroom.public, waitroom.control
    if plane == "control":
        ours, other = other, ours
    assert waitroom.get(ours, "/readyz") == 200
    assert waitroom.get(other, "/readyz") == 0


def _join(port: int) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/assign_queue_num", b'{"event_id":"sale"}'
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        number: int = json.load(answer)["queue_number"]
        return number


def test_stopping_loses_nothing(waitroom: Waitroom) -> None:
    """SIGTERM amid joins: what was acknowledged is in the store; exit code 0 within 10 s."""
    waitroom.run("event", "create", "sale")
    server = waitroom.start("serve")
    given: list[int] = []

    def keep_joining() -> None:
        while True:
            try:
                given.append(_join(waitroom.public))
            except OSError:
                return

    joiners = [threading.Thread(target=keep_joining) for _ in range(8)]
    for joiner in joiners:
        joiner.start()
    wait_until_sync(lambda: len(given) > 200, description="people join")
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=12) == 0
    assert time.monotonic() - began < 10
    for joiner in joiners:
        joiner.join(timeout=12)
    assert len(set(given)) == len(given)
    assert waitroom.json("event", "show", "sale")["counters"]["queue"] >= max(given)


def test_a_killed_worker_is_replaced(waitroom: Waitroom) -> None:
    """After kill -9 of a worker another takes its place and answers."""
    server = waitroom.start("serve")
    (victim,) = workers(server, PUBLIC)
    victim.kill()
    wait_until_sync(
        lambda: (
            any(worker.pid != victim.pid for worker in workers(server, PUBLIC))
            and waitroom.get(waitroom.public, "/readyz") == 200
        ),
        description="a new worker answers",
    )


def test_a_killed_plane_is_started_again(waitroom: Waitroom) -> None:
    """After kill -9 of a plane its workers are gone and the plane is back; the log says so."""
    server = waitroom.start("serve")
    (worker,) = workers(server, PUBLIC)
    plane = worker.parent()
    assert plane is not None
    plane.kill()
    wait_until_sync(lambda: is_gone(worker), description="the orphan is gone")
    wait_until_sync(
        lambda: waitroom.get(waitroom.public, "/readyz") == 200, description="the plane is back"
    )
    assert "starting it again" in (waitroom.home / "stderr").read_text()


def test_nothing_outlives_the_supervisor(waitroom: Waitroom) -> None:
    """After kill -9 of the supervisor no process is left, and a successor can start at once."""
    server = waitroom.start("serve")
    children = family(server)
    assert len(children) >= 4
    server.kill()
    server.wait(timeout=5)
    wait_until_sync(lambda: all(map(is_gone, children)), description="all are gone")
    waitroom.start("serve")
    assert waitroom.get(waitroom.public, "/readyz") == 200


def test_demo(waitroom: Waitroom) -> None:
    """The demo's shop, panel and waiting room answer; the shop's key is its own and replaced."""
    arguments = ("demo", "--shop-bind", f"127.0.0.1:{waitroom.shop}")

    def has_said_all() -> bool:
        return "Ctrl-C ends all of it" in waitroom.said()

    server = waitroom.start(*arguments)
    wait_until_sync(has_said_all, description="all links are printed")
    for host, port, path in (
        ("localhost", waitroom.shop, "/"),  # another than the room's, so it gets no cookies of it
        ("127.0.0.1", waitroom.control, "/"),
        ("127.0.0.1", waitroom.public, "/room/sample"),
    ):
        assert f"http://{host}:{port}{path}" in waitroom.said()
        assert waitroom.get(port, path) == 200
    assert f":{waitroom.control}/#login=" in waitroom.said()
    key_file = waitroom.home / "waitroom-demo" / "shop-key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_text()
    server.terminate()
    assert server.wait(timeout=12) == 0
    waitroom.start(*arguments)
    wait_until_sync(has_said_all, description="all links are printed")
    assert key_file.read_text() != before
    assert "waitroom panel --data-dir waitroom-demo" in waitroom.said()
    keys = waitroom.json("keys", "list", "--data-dir", "waitroom-demo")["api_keys"]
    shops = [key["revoked_at"] is None for key in keys if key["name"] == "demo shop"]
    assert shops == [False, True]
