"""The shop behind its gate: settings from the environment, the parts put together.

Run it from the directory ``examples``, with the settings of ``shop/README.md``::

    granian --interface asgi --factory shop.app:create_app --port 8090

What belongs here: configuration and wiring. Nothing happens at import.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from shop.api import API
from shop.orders import Orders, Sessions
from shop.pages import PAGES, SECURITY_HEADERS, show_error
from shop.watching import Inside, Outside
from waitroom.authorizer import Gate, JwksCache, WaitroomMiddleware
from waitroom.authorizer.asgi import App
from waitroom.errors import BadConfiguration

MAX_BODY = 16 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """The shop's settings, each an environment variable ``SHOP_<NAME>``."""

    event_id: str
    room_url: str
    redeem_url: str
    issuer: str
    jwks_url: str
    site_url: str
    control_url: str
    api_key: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read them; the API key is read from the file ``SHOP_API_KEY_FILE``.

        Raises ``BadConfiguration`` with the name of what is missing.
        """
        return cls(
            event_id=_set(environment, "SHOP_EVENT_ID"),
            room_url=_set(environment, "SHOP_ROOM_URL"),
            redeem_url=_set(environment, "SHOP_REDEEM_URL"),
            issuer=_set(environment, "SHOP_ISSUER"),
            jwks_url=_set(environment, "SHOP_JWKS_URL"),
            site_url=_set(environment, "SHOP_SITE_URL"),
            control_url=_set(environment, "SHOP_CONTROL_URL").rstrip("/"),
            api_key=_read(Path(_set(environment, "SHOP_API_KEY_FILE"))),
        )


def create_app(settings: Settings | None = None, keys: JwksCache | None = None) -> App:
    """The ASGI application: the shop with the gate in front of it, watched from both sides."""
    settings = settings or Settings.of(os.environ)
    gate = Gate(
        event_id=settings.event_id,
        issuer=settings.issuer,
        room_url=settings.room_url,
        redeem_url=settings.redeem_url,
        site_url=settings.site_url,
        protected=("/search", "/layaway", "/checkout", "/receipt", "/api"),
    )
    shop = Inside(cast("App", _shop(settings, gate)))
    gated = WaitroomMiddleware(shop, gate=gate, keys=keys or JwksCache(settings.jwks_url))
    return Outside(gated, gate)


def _shop(settings: Settings, gate: Gate) -> Litestar:
    sessions = Sessions(settings.control_url, settings.api_key, settings.event_id)
    return Litestar(
        route_handlers=[*PAGES, *API],
        state=State({"orders": Orders(), "sessions": sessions, "site_url": gate.site_url}),
        template_config=TemplateConfig(
            directory=Path(__file__).parent / "templates", engine=JinjaTemplateEngine
        ),
        exception_handlers={HTTPException: show_error},
        response_headers=SECURITY_HEADERS,
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,  # logs are the business of whoever runs the shop
    )


def _set(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise BadConfiguration(f"{name} is not set; see examples/shop/README.md")
    return value


def _read(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise BadConfiguration(f"SHOP_API_KEY_FILE: {path} cannot be read") from error
    if not key.isprintable() or not key:
        raise BadConfiguration(f"SHOP_API_KEY_FILE: {path} does not hold a key")
    return key
