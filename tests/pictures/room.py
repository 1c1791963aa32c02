"""Pictures of what visitors see: every state of the page, and the page without JavaScript."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from api.served import Site
from pictures.camera import DESK, PHONE, Camera
from web.scenes import SCENES, TITLE, open_stage

EVENT: Final = "concert"  # nobody is in its line: what is shown is what the scenes say
DRESSED: Final = "dressed"
LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 48" width="200" height="48">'
    '<circle cx="24" cy="24" r="20" fill="#7c3aed"/><path d="M14 30l10-16 10 16z" fill="#fff"/>'
    '<text x="56" y="32" font-family="sans-serif" font-size="24" font-weight="700" fill="#7c3aed">'
    "Moonlight</text></svg>"
)
THEME: Final = {
    "name": "Moonlight Tickets",
    "accent": "#7c3aed",
    "background": "#ede9fe",
    "logo": f"data:image/svg+xml;base64,{b64encode(LOGO.encode()).decode()}",
    "css": ".room { border-radius: 0; } .room .button { border-radius: 999px; }",
}


def shoot(camera: Camera, site: Site) -> None:
    """Every state on a phone; some of them sharper, dark, from right to left, or dressed."""
    for event_id in (EVENT, DRESSED):
        site.event(event_id=event_id, title=TITLE)
    site.control.put(f"/api/events/{DRESSED}/theme", json=THEME).raise_for_status()
    _all_states(camera, site)
    for name, scene, language, scheme, event_id in (
        ("phone", "waiting", "en-GB", "light", EVENT),
        ("dark", "waiting", "en-GB", "dark", EVENT),
        ("turn-dark", "turn", "en-GB", "dark", EVENT),
        ("arabic", "waiting", "ar", "light", EVENT),
        ("german", "waiting", "de", "light", EVENT),
        ("hebrew", "early", "he", "light", EVENT),
        ("dressed", "waiting", "en-GB", "light", DRESSED),
        ("dressed-dark", "waiting", "en-GB", "dark", DRESSED),
    ):
        with camera.page(PHONE, scheme, base_url=site.public_url, device_scale_factor=2) as page:
            open_stage(page, f"/room/{event_id}")
            page.evaluate("sayIn", language)
            page.evaluate("show", SCENES[scene])
            camera.take(page, f"room-{name}")
    with camera.page(DESK, base_url=site.public_url) as page:
        open_stage(page, f"/room/{EVENT}")
        page.evaluate("show", SCENES["waiting"])
        camera.take(page, "room-wide")


def _all_states(camera: Camera, site: Site) -> None:
    with camera.page(PHONE, base_url=site.public_url) as page:
        open_stage(page, f"/room/{EVENT}")
        for name, scene in SCENES.items():
            page.evaluate("show", scene)
            camera.take(page, f"room-{name}", whole=True)
        for panel in ("call", "device", "leave"):
            page.evaluate("show", {**SCENES["waiting"], "panel": panel})
            camera.take(page, f"room-waiting-{panel}", whole=True)


def shoot_plain(camera: Camera, site: Site) -> None:
    """The page without JavaScript, and those that say why there is no room."""
    event_id = site.event(title=TITLE, message="Two tickets a person.")
    place = f"/enter/{event_id}"
    site.join(event_id)
    with camera.page(PHONE, base_url=site.public_url, java_script_enabled=False) as page:
        for name, address in (
            ("waiting", f"{place}?plain=1&still=1"),
            ("leave", f"{place}?plain=1&still=1&do=leave"),
            ("waiting-arabic", f"{place}?plain=1&still=1&lang=ar"),
            ("sorry", "/room/no-such-event"),
            ("oidc", "/oidc/launch/authorize"),
        ):
            page.goto(address)
            camera.take(page, f"plain-{name}", whole=True)
