"""Pictures of what operators see in the control panel."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect

from api.served import Site
from pictures.camera import DESK, PHONE, Camera

COMING_IN: Final = 1_500  # ms for the first numbers, the chart and the preview
TABS: Final = ("settings", "look", "connect", "log", "end")


def shoot(camera: Camera, site: Site) -> None:
    """The log-in, every tab, and the two that are looked at most also dark and on a phone."""
    with camera.page(DESK, base_url=site.control_url) as page:
        page.goto("/")
        camera.take(page, "panel-login")
        _sign_in(page, site)
        _take(camera, page, "#", "overview")
        _take(camera, page, "#event/launch", "live")
        camera.take(page, "panel-live-whole", whole=True)
        for tab in TABS:
            _take(camera, page, f"#event/launch/{tab}", tab, whole=True)
        _take(camera, page, "#deployment", "deployment", whole=True)
    for size, scheme, name in ((DESK, "dark", "dark"), (PHONE, "light", "phone")):
        with camera.page(size, scheme, base_url=site.control_url) as page:
            _sign_in(page, site)
            _take(camera, page, "#", f"overview-{name}")
            _take(camera, page, "#event/launch", f"live-{name}", whole=size is PHONE)


def _sign_in(page: Page, site: Site) -> None:
    answer = page.context.request.post(
        "/session", data={"key": site.admin_key}, headers={"Origin": site.control_url}
    )
    assert answer.status == 200, answer.text()
    page.goto("/")


def _take(camera: Camera, page: Page, where: str, name: str, *, whole: bool = False) -> None:
    page.goto(f"/{where}")
    expect(page.locator("[data-link=live]")).to_be_visible()
    page.wait_for_timeout(COMING_IN)
    camera.take(page, f"panel-{name}", whole=whole)
