"""The camera: pages of a size and a scheme, and pictures of them in a folder.

What belongs here: what all pictures have in common.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 860}
PATIENCE: Final = 30_000  # ms
QUALITY: Final = 88  # of WebP; letters stay sharp, at half of what a PNG takes
SETTLED: Final = 600  # ms for what fades in


@dataclass(frozen=True)
class Camera:
    """Takes pictures into ``folder``."""

    browser: Browser
    folder: Path

    @contextmanager
    def page(self, size: dict[str, int], scheme: str = "light", **options: Any) -> Iterator[Page]:
        """A page of a browser of its own. ``options`` are those of a browser's context."""
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]  # a TypedDict of the same shape
            color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
            **{
                "locale": "en-GB",
                "reduced_motion": "reduce",
                "timezone_id": "Europe/Berlin",
                **options,
            },
        )
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        context.close()

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """A picture of what is seen; with ``whole``, of the page to its end."""
        page.wait_for_timeout(SETTLED)
        session = page.context.new_cdp_session(page)
        metrics = session.send("Page.getLayoutMetrics")
        size = metrics["cssContentSize" if whole else "cssVisualViewport"]
        clip = {"x": 0, "y": 0, "scale": 1, **_extent(size)}
        shot = session.send(
            "Page.captureScreenshot",
            {"format": "webp", "quality": QUALITY, "captureBeyondViewport": whole, "clip": clip},
        )
        (self.folder / f"{name}.webp").write_bytes(b64decode(shot["data"]))
        print(f"{name}.webp")  # noqa: T201 - a script for people


def _extent(size: dict[str, float]) -> dict[str, float]:
    """Width and height, whichever of the two ways they are named."""
    if "width" in size:
        return {"width": size["width"], "height": size["height"]}
    return {"width": size["clientWidth"], "height": size["clientHeight"]}
