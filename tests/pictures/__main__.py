"""Takes the pictures: ``scripts/screenshots [--to FOLDER] [room plain panel shop watch]``.

What belongs here: which pictures there are to be had, the browser, the waiting room that is started
for them. What must change with it: the pictures that the docs show, and which .gitignore keeps.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from api.served import Site, served
from pictures import panel, room, shop, watch
from pictures.camera import Camera
from waitroom.core.inlet_kinds import Rate
from waitroom.core.model import Event
from waitroom.settings import Settings
from web.panel.past import Past, give

FOLDER: Final = Path(__file__).parents[2] / "docs/images"
CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TITLE: Final = "Nordlicht: the farewell concert"
PAST: Final = Past(crowd=260, called=45, steps=80)  # an hour of a line that grows, and ebbs

OF_A_SITE: Final[dict[str, Callable[[Camera, Site], None]]] = {
    "panel": panel.shoot,  # first, while there are no other events than these
    "watch": watch.shoot,
    "room": room.shoot,
    "plain": room.shoot_plain,
}


@contextmanager
def deployment(where: Path) -> Iterator[Site]:
    """A waiting room with a line that has some time behind it, and other events beside it."""
    launch = Event(event_id="launch", title=TITLE, inlet=Rate(per_minute=60), max_active=600)
    settings, now = Settings(data_dir=where), int(time.time())
    asyncio.run(give(settings, launch, PAST, now))
    asyncio.run(watch.rush(settings, now))
    with served(where, workers=1) as site:
        site.event(event_id="spring-sale", title="Spring sale")
        site.event(event_id="gala", title="Gala at the old opera", state="sold_out")
        site.event(event_id="vaccine", title="Vaccination, district north", opens_at=now + 3 * 3600)
        said = {"message": "Doors open at 19:00. **Two tickets** a person."}
        site.control.patch("/api/events/launch", json=said).raise_for_status()
        site.advance("launch", 10)
        yield site


def main() -> None:
    """Take the pictures that are asked for."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    names = [*OF_A_SITE, "shop"]
    parser.add_argument(
        "of", nargs="*", help=f"what of ({', '.join(names)}; all, if none is named)"
    )
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER")
    asked = parser.parse_args()
    wanted = asked.of or names
    if unknown := set(wanted) - set(names):
        parser.error(f"there are no pictures of {', '.join(unknown)}")
    asked.to.mkdir(parents=True, exist_ok=True)
    of_a_site = [name for name in OF_A_SITE if name in wanted]
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        where = Path(made)
        # Before the browser: its driver keeps a loop running in this thread.
        site = stack.enter_context(deployment(where / "data")) if of_a_site else None
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        camera = Camera(browser, asked.to)
        for name in of_a_site:
            assert site is not None
            OF_A_SITE[name](camera, site)
        if "shop" in wanted:
            shop.shoot(camera, where / "demo")
        browser.close()


if __name__ == "__main__":
    main()
