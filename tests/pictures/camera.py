"""The camera: pages of a size and a scheme, and pictures of them in a folder.

What belongs here: what all pictures have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 860}
PATIENCE: Final = 30_000  # ms
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
            **{"locale": "en-GB", "timezone_id": "Europe/Berlin", **options},
        )
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        context.close()

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """A picture of what is seen; with ``whole``, of the page to its end."""
        page.wait_for_timeout(SETTLED)
        page.screenshot(path=self.folder / f"{name}.png", full_page=whole, animations="disabled")
        print(f"{name}.png")  # noqa: T201 - a script for people
