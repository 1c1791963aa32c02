"""Pictures of the sample shop, at which ``waitroom demo`` lets a visitor in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from api.served import START, stop
from pictures.camera import DESK, PHONE, Camera
from ports import free_port
from waiting import wait_until_sync

KEY: Final = re.compile(r"wr_[0-9a-f]{12}_[\w-]+")


def shoot(camera: Camera, where: Path) -> None:
    """The front page, and the way from the reservation to the receipt."""
    with _demo(where) as (site, control, key):
        for size, name in ((PHONE, "phone"), (DESK, "wide")):  # a bar stays at the phone's foot
            with camera.page(size, base_url=site) as page:
                page.goto("/")
                camera.take(page, f"shop-home-{name}")
                page.get_by_role("link", name="Get tickets").click()
                page.wait_for_url("**/room/sample?**")
                page.locator("#number").wait_for()
                _let_in(control, key)
                page.wait_for_url(f"{site}/search")
                camera.take(page, f"shop-search-{name}")
                page.get_by_role("button", name="Reserve").click()
                camera.take(page, f"shop-checkout-{name}")
                page.get_by_role("button", name="Buy tickets").click()
                page.wait_for_url("**/receipt")
                camera.take(page, f"shop-receipt-{name}")


def _let_in(control: str, key: str) -> None:
    asked = {"event_id": "sample", "increment_by": 1}
    answer = httpx.post(
        f"{control}/api/increment_serving_counter",
        json=asked,
        headers={"authorization": f"Bearer {key}"},
    )
    answer.raise_for_status()


@contextmanager
def _demo(where: Path) -> Iterator[tuple[str, str, str]]:
    """A demo on free ports: the shop, the control plane, an admin key."""
    room, control, shop = (f"127.0.0.1:{free_port()}" for _ in range(3))
    where.mkdir()
    told = where / "told"
    flags = ["--data-dir", str(where / "data"), "--public-bind", room]
    flags += ["--control-bind", control, "--shop-bind", shop]
    command = [sys.executable, "-m", "waitroom", "demo", *flags]
    with told.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        urls = [f"http://{room}/readyz", f"http://{control}/readyz", f"http://{shop}/"]
        wait_until_sync(
            lambda: all(map(_answers, urls)), description="the demo runs", timeout=START
        )
        found = KEY.search(told.read_text())
        assert found, told.read_text()
        yield f"http://{shop.replace('127.0.0.1', 'localhost')}", f"http://{control}", found[0]
    finally:
        stop(process)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False
