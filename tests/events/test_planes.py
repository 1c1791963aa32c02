"""Real planes as real processes: the calls, the commands, and a plane that is killed mid-way."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from cli.running import Waitroom, family
from events.scene import OK, Received, endpoint
from ports import free_port
from waiting import wait_until, wait_until_sync
from waitroom.events.turn import LEASE
from waitroom.store import open_store

SECRET = "a secret of the tests of 32 characters or more"
PATIENCE = 60.0  # s; a lease has to end before another plane goes on


def deployment(home: Path, *, store: str = "") -> Waitroom:
    """One whose webhooks may reach loopback."""
    home.mkdir()
    environ = {"WAITROOM_DELIVERY_NETWORKS": "127.0.0.0/8", "WAITROOM_SECRET": SECRET}
    if store:
        environ["WAITROOM_STORE"] = store
    return Waitroom(home, environ=environ)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waitroom]:
    """A control plane with the event ``sale``."""
    one = deployment(tmp_path_factory.mktemp("plane") / "home")
    assert one.run("event", "create", "sale").returncode == 0
    try:
        one.start("control")
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="module")
def admin(plane: Waitroom) -> Iterator[httpx.Client]:
    """The private API with all scopes."""
    key = plane.json("keys", "create", "--scope", "admin")["key"]
    bearer = {"authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{plane.control}/api", headers=bearer, timeout=20
    ) as client:
        yield client


def subscribed(admin: httpx.Client, **wanted: Any) -> dict[str, Any]:
    """A new subscription as it is shown once."""
    answer = admin.post("/subscriptions", json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


HOSTILE: list[tuple[dict[str, Any], int, str]] = [
    ({}, 400, "kind"),
    ({"kind": "carrier pigeon"}, 400, "kind"),
    ({"kind": "tail"}, 400, "kind"),
    ({"kind": "webhook"}, 400, "url"),
    ({"kind": "webhook", "url": "ftp://a.example/"}, 400, "url"),
    ({"kind": "webhook", "url": "http://u:p@a.example/"}, 400, "url"),
    ({"kind": "webhook", "url": "http://169.254.169.254/latest"}, 422, "url"),
    ({"kind": "webhook", "url": "http://[::1]/"}, 422, "url"),
    ({"kind": "webhook", "url": "http://10.0.0.1/"}, 422, "url"),
    ({"kind": "webhook", "url": "http://a.example/" + "x" * 5_000}, 400, "url"),
    ({"kind": "webhook", "url": "http://a.example/", "secret": "short"}, 400, "secret"),
    ({"kind": "webhook", "url": "http://a.example/", "types": ["nonsense"]}, 400, "types"),
    ({"kind": "webhook", "url": "http://a.example/", "types": "all"}, 400, "types"),
    ({"kind": "webhook", "url": "http://a.example/", "event_id": "../x"}, 400, "event_id"),
    ({"kind": "webhook", "url": "http://a.example/", "event_id": "nobody"}, 404, "nobody"),
    ({"kind": "webhook", "url": "http://a.example/", "tpyes": []}, 422, "tpyes"),
    ({"kind": "stdout", "url": "http://a.example/"}, 400, "url"),
    ({"kind": "stdout", "secret": "whsec_"}, 400, "secret"),
    ({"kind": "redis_stream", "url": "http://a.example/"}, 400, "url"),
    ({"kind": "redis_stream", "url": "redis://10.0.0.1"}, 422, "url"),
    ({"kind": "redis_stream", "url": "redis://a.example", "stream": "a\nb"}, 400, "stream"),
    ({"kind": "eventbridge", "bus": ""}, 400, "bus"),
]


@pytest.mark.parametrize(("asked", "code", "named"), HOSTILE)
def test_what_is_refused(admin: httpx.Client, asked: dict[str, Any], code: int, named: str) -> None:
    """With the field, and nothing is subscribed."""
    answer = admin.post("/subscriptions", json=asked)
    assert (answer.status_code, named in answer.json()["error"]) == (code, True), answer.text
    assert admin.get("/subscriptions").json() == []


@pytest.mark.parametrize("name", ["sub_0", "%00", "a" * 128, "..%2f..", "sub_é"])
def test_subscriptions_that_are_none(admin: httpx.Client, name: str) -> None:
    """404, whatever the name and the call."""
    assert admin.delete(f"/subscriptions/{name}").status_code == 404
    assert admin.get(f"/subscriptions/{name}/dead_letters").status_code == 404
    asked = {"event_id": "sale", "seq": 2**62}
    assert admin.post(f"/subscriptions/{name}/replay", json=asked).status_code == 404


def test_only_administrators(plane: Waitroom, admin: httpx.Client) -> None:
    """Other scopes neither see nor change who is told."""
    key = plane.json("keys", "create", "--scope", "operate", "--scope", "read")["key"]
    bearer = {"authorization": f"Bearer {key}"}
    assert admin.get("/subscriptions", headers=bearer).status_code == 403
    assert admin.post("/subscriptions", headers=bearer, json={"kind": "stdout"}).status_code == 403


async def test_from_the_call_to_the_receiver(plane: Waitroom, admin: httpx.Client) -> None:
    """Subscribed by the API, told within seconds, shown without secrets, entered into the log."""
    async with endpoint() as site:
        url = f"{site.url}?key=hush"
        made = await asyncio.to_thread(subscribed, admin, kind="webhook", url=url)
        name = made["subscription_id"]
        try:
            asked = {"event_id": "sale", "increment_by": 1}
            moved = await asyncio.to_thread(admin.post, "/increment_serving_counter", json=asked)
            assert moved.status_code == 200
            await wait_until(lambda: site.received, description="the receiver is told")
            assert site.received[0].path == "/hook?key=hush"
            [shown] = (await asyncio.to_thread(admin.get, "/subscriptions")).json()
            assert shown["target"] == f"{site.url}?..."
            listed = await asyncio.to_thread(plane.run, "subscription", "list", "--json")
            for text in (json.dumps(shown), listed.stdout, (plane.home / "stderr").read_text()):
                assert made["secret"] not in text
                assert "hush" not in text
        finally:
            ended = await asyncio.to_thread(admin.delete, f"/subscriptions/{name}")
        assert ended.status_code == 200
        log = (await asyncio.to_thread(admin.get, "/log")).json()
        actions = [entry["action"] for entry in (log if isinstance(log, list) else log["entries"])]
        assert actions[-2:] == ["subscribe", "unsubscribe"]


async def test_the_commands(plane: Waitroom, tmp_path: Path) -> None:
    """Each kind is added, listed and removed; a secret of one's own is taken from a file."""
    file = tmp_path / "secret"
    file.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")

    def all_of_them() -> None:
        add = ("subscription", "add")
        own = plane.json(*add, "webhook", "https://a.example/", "--secret-file", str(file))
        assert own["secret"] == file.read_text().strip()
        plane.json(*add, "redis-stream", "redis://:hush@127.0.0.1:1/2", "--event", "sale")
        plane.json(*add, "eventbridge", "--bus", "b", "--region", "eu-central-1")
        plane.json(*add, "stdout", "--type", "event_reset", "--type", "token_generated")
        listed = plane.json("subscription", "list")
        assert {one["kind"] for one in listed} == {
            "webhook", "redis_stream", "eventbridge", "stdout"
        }  # fmt: skip
        assert "hush" not in plane.run("subscription", "list").stdout
        for one in listed:
            assert plane.run("subscription", "remove", one["subscription_id"]).returncode == 0
        refused = plane.run(*add, "webhook", "http://10.0.0.1/")
        assert refused.returncode == 1
        assert "delivery_networks" in refused.stderr
        nobody = plane.run("subscription", "dead-letters", "sub_0")
        assert (nobody.returncode, "no subscription" in nobody.stderr) == (1, True)
        assert plane.run("subscription", "replay", "sub_0").returncode == 1

    await asyncio.to_thread(all_of_them)


def test_tail_ends_cleanly(plane: Waitroom, admin: httpx.Client) -> None:
    """It prints a line for what happens; after Ctrl-C the exit code is 0 and nothing is left."""
    out = plane.home / "tail"
    with out.open("w") as stdout:
        process = subprocess.Popen(
            [sys.executable, "-m", "waitroom", "events", "tail", "sale"],
            cwd=plane.home,
            env=plane.environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        wait_until_sync(
            lambda: admin.get("/subscriptions").json() or process.poll() is not None,
            description="it is subscribed",
            timeout=PATIENCE,
        )
        asked = {"event_id": "sale", "increment_by": 7}
        assert admin.post("/increment_serving_counter", json=asked).status_code == 200
        wait_until_sync(out.read_text, description="it is shown", timeout=PATIENCE)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(5)
    assert (process.returncode, errors) == (0, "")
    assert " sale serving_counter_changed previous=" in out.read_text()
    assert admin.get("/subscriptions").json() == []


@pytest.mark.slow
async def test_a_plane_is_killed_while_it_delivers(tmp_path: Path) -> None:
    """SIGKILL between two messages: the other plane tells the rest, in order; nothing is lost."""
    one = deployment(tmp_path / "one", store=f"sqlite://{tmp_path}/line.db")
    other = deployment(tmp_path / "other", store=f"sqlite://{tmp_path}/line.db")

    async def slow(_: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(OK)

    async with endpoint(slow) as site:
        try:
            assert (await asyncio.to_thread(one.run, "event", "create", "sale")).returncode == 0
            await asyncio.to_thread(one.json, "subscription", "add", "webhook", site.url)
            expected = await asyncio.to_thread(_happen, one, 60)
            server = await asyncio.to_thread(one.start, "control")
            await wait_until(lambda: len(site.received) > 5, description="it delivers")
            for process in (psutil.Process(server.pid), *family(server)):
                process.kill()
            await asyncio.to_thread(server.wait, 5)
            told = len(site.ids)
            await asyncio.to_thread(other.start, "control")
            await wait_until(
                lambda: set(site.ids) >= set(expected),
                description="everything is told",
                timeout=LEASE + PATIENCE,
            )
        finally:
            await asyncio.to_thread(one.stop)
            await asyncio.to_thread(other.stop)
    assert 5 < told < 60
    repeated = [name for name, times in Counter(site.ids).items() if times > 1]
    assert len(repeated) <= 25  # what was taken and not yet written down
    rest = site.ids[told:]
    assert rest == expected[-len(rest) :]


def _happen(one: Waitroom, times: int) -> list[str]:
    """So many facts, by this process itself; the IDs of their messages."""

    async def work() -> list[str]:
        store = open_store(one.environ["WAITROOM_STORE"])
        try:
            for _ in range(times):
                await store.advance("sale", 1, int(time.time()))
            return [f"sale-{fact.seq}" for fact in await store.facts("sale", 0, 1_000)]
        finally:
            await store.close()

    return asyncio.run(work())


def test_a_receiver_that_refuses_is_shown(plane: Waitroom, admin: httpx.Client) -> None:
    """``free_port`` is nobody's: a delivery fails, and the log of the plane says it once."""
    made = subscribed(admin, kind="webhook", url=f"http://127.0.0.1:{free_port()}/")
    asked = {"event_id": "sale", "increment_by": 1}
    assert admin.post("/increment_serving_counter", json=asked).status_code == 200
    log = plane.home / "stderr"
    wait_until_sync(
        lambda: made["subscription_id"] in log.read_text() and "delivery failed" in log.read_text(),
        description="the log says it",
    )
    assert admin.delete(f"/subscriptions/{made['subscription_id']}").status_code == 200
