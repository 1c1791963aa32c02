"""A disk that is full under a running server: refused in the contract's words, then it goes on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.served import Site, served
from waiting import wait_until_sync

SIZE = 2 * 1024 * 1024  # bytes: room for a store and some commits


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk; the test is skipped where it cannot be mounted, but not in CI as root."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = f"cannot mount a small disk here: {done.stderr.strip()}"
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(why)
        pytest.skip(why)
    yield path
    subprocess.run(["umount", "-l", path], check=True)


@pytest.fixture
def site(disk: Path, tmp_path: Path) -> Iterator[Site]:
    """A waiting room whose store lies on the small disk, and its log elsewhere."""
    link = tmp_path / "data"
    link.symlink_to(disk, target_is_directory=True)
    with served(link) as site:
        yield site


def fill(disk: Path) -> Path:
    """Leave not one byte free; the file to delete to have it back."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for chunk in (4096, 1):
            try:
                while file.write(b"x" * chunk):
                    pass
            except OSError:
                continue
    return ballast


def is_outage(answer: httpx.Response) -> bool:
    """Whether this is the contract's answer to a store out of reach."""
    if answer.status_code != 503:
        return False
    assert answer.json()["code"] in {"store_unavailable", "unavailable"}
    assert int(answer.headers["retry-after"]) >= 1
    assert set(answer.json()) == {"error", "code"}
    assert "sqlite" not in answer.text.lower()
    return True


def test_a_full_disk(site: Site, disk: Path) -> None:
    """Joins, tokens and increments are 503; reading goes on; afterwards no place is given twice."""
    event = site.event()
    places = [site.join(event) for _ in range(5)]
    ballast = fill(disk)
    asked: dict[str, Any] = {"event_id": event}

    def join() -> httpx.Response:
        answer = site.public.post("/api/assign_queue_num", json=asked)
        if answer.status_code == 200:  # what room there was is used up first
            places.append(answer.json())
        return answer

    wait_until_sync(lambda: is_outage(join()), description="the disk is full")
    assert is_outage(site.advance(event, 1))
    for plane in (site.public, site.control):  # each remembers for a second that all was well
        wait_until_sync(
            lambda plane=plane: is_outage(plane.get("/readyz")),  # type: ignore[misc]
            description="no longer ready",
        )
    assert site.public.get("/healthz").status_code == 200
    assert site.shown(event)["serving_counter"] == 0
    known = {**asked, "request_id": places[0]["api_request_id"]}
    assert site.public.get("/api/queue_num", params=known).status_code == 200
    ballast.unlink()
    wait_until_sync(lambda: join().status_code == 200, description="joins go on")
    assert site.advance(event, 1).json() == {"serving_num": 1}
    assert site.token(event, places[0]["api_request_id"]).status_code == 200
    numbers = [place["queue_number"] for place in places]
    assert len(set(numbers)) == len(numbers)
    assert "Traceback" not in site.log.read_text()
