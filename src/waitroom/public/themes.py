"""How an event's pages are dressed: what the theme's parts are, where they are, and serving them.

What belongs here: themes as pages need them, kept for a while, and their two files. Under a version
there is always the same, so browsers and caches keep the files for ever. What must change with it:
``core/theme.py``, ``docs/theming.md``.

A theme that cannot be read, for whatever reason, is as good as none: a waiting room in our own
looks is better than no waiting room.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from hashlib import sha256
from time import monotonic
from typing import Final, NamedTuple

import structlog
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from waitroom.core.logos import Logo, check_logo
from waitroom.core.model import Event, check_event_id
from waitroom.core.theme import Theme, decode_theme, is_version, stylesheet
from waitroom.errors import CallerError, NotFound, StoreUnavailable
from waitroom.logs import Seldom
from waitroom.pages import CONTENT_SECURITY_POLICY, AnyRequest
from waitroom.store import Store

MOST: Final = 32  # themes kept by a worker: 16 MiB of them if each is as large as can be
MOST_READ: Final = 32  # files that are looked for at once: strangers may ask for any version
PATIENCE: Final = 1.0  # s that a page waits for its theme
AGAIN: Final = 5.0  # s after which a theme that could not be read is asked for again
FOR_EVER: Final = "public, max-age=31536000, immutable"  # RFC 8246
# An SVG may have scripts in it. Opened by itself it can run none, nor load anything.
LOGO_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

log = structlog.get_logger("waitroom.public")
_warn = Seldom(log.warning)


class Dress(NamedTuple):
    """A theme as pages need it; a part that it does not have is empty, or None.

    ``logo`` and ``stylesheet`` are URLs on the public plane, without its host.
    """

    name: str = ""
    logo: str = ""
    stylesheet: str = ""
    template: str | None = None


PLAIN: Final = Dress()


class _Parts(NamedTuple):
    """What is made of a theme once."""

    dress: Dress
    stylesheet: bytes
    logo: Logo | None


class Themes:
    """The themes of the events that are being looked at."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[str, str], _Parts] = {}
        # Up to when (monotonic) it is not asked for.
        self._lacking: dict[tuple[str, str], float] = {}
        self._asked: dict[tuple[str, str], asyncio.Task[_Parts | None]] = {}

    async def of(self, event: Event) -> Dress:
        """How the pages of ``event`` are dressed; plain if it has no theme that can be read."""
        if not event.theme:
            return PLAIN
        with suppress(StoreUnavailable):
            parts = await self.parts(event.event_id, event.theme)
            return PLAIN if parts is None else parts.dress
        return PLAIN

    async def parts(self, event_id: str, version: str) -> _Parts | None:
        """What is made of that theme; None if there is none such.

        Raises:
            StoreUnavailable: it cannot be read for the moment.
        """
        key = event_id, version
        parts = self._kept.get(key)
        if parts is not None or self._lacking.get(key, 0.0) > monotonic():
            return parts
        task = self._asked.get(key)
        if task is None:  # who comes meanwhile waits for the same answer
            task = self._asked[key] = asyncio.create_task(self._read(key))
            task.add_done_callback(lambda read: self._done(key, read))
        return await asyncio.shield(task)

    async def file(self, event_id: str, version: str) -> _Parts | None:
        """As ``parts``, for who only names them: at most ``MOST_READ`` of them wait for the store,
        where they would stand before visitors. Raises ``StoreUnavailable`` beyond that as well."""
        key = event_id, version
        if key not in self._kept and key not in self._asked and len(self._asked) >= MOST_READ:
            raise StoreUnavailable("too many themes are being looked for")
        return await self.parts(event_id, version)

    def _done(self, key: tuple[str, str], read: asyncio.Task[_Parts | None]) -> None:
        del self._asked[key]
        if not read.cancelled():
            read.exception()  # nobody may be left to hear of it

    async def _read(self, key: tuple[str, str]) -> _Parts | None:
        try:
            async with asyncio.timeout(PATIENCE):
                kept = await self._store.theme(*key)
            parts = None if kept is None else _parts(*key, decode_theme(kept))
        except (TimeoutError, StoreUnavailable):
            self._miss(key)
            raise StoreUnavailable("a theme could not be read in time") from None
        except ValueError as error:
            _warn("a theme is not to be read", event_id=key[0], version=key[1], detail=str(error))
            parts = None
        if parts is None:
            self._miss(key)
            return None
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = parts
        return parts

    def _miss(self, key: tuple[str, str]) -> None:
        while len(self._lacking) >= MOST:
            del self._lacking[next(iter(self._lacking))]
        self._lacking[key] = monotonic() + AGAIN


def _parts(event_id: str, version: str, theme: Theme) -> _Parts:
    sheet, logo = stylesheet(theme).encode(), None
    with suppress(CallerError):
        logo = check_logo(theme.logo) if theme.logo else None
    base = f"/theme/{event_id}/{version}"
    dress = Dress(
        name=theme.name,
        logo=f"{base}/logo" if logo else "",
        stylesheet=f"{base}/style.css" if sheet else "",
        template=theme.template or None,
    )
    return _Parts(dress, sheet, logo)


# --- its files


def handlers(themes: Themes) -> list[ControllerRouterHandler]:
    """The stylesheet and the logo of a theme, by its version."""

    @get("/theme/{event_id:str}/{version:str}/style.css", include_in_schema=False)
    async def style(request: AnyRequest) -> Response[bytes]:
        """The theme's colours, then the operator's CSS."""
        parts = await _asked(themes, request)
        return _file(parts.stylesheet, "text/css", CONTENT_SECURITY_POLICY)

    @get("/theme/{event_id:str}/{version:str}/logo", include_in_schema=False)
    async def logo(request: AnyRequest) -> Response[bytes]:
        """The operator's logo, as it was given to us."""
        found = (await _asked(themes, request)).logo
        if found is None:
            raise NotFound
        return _file(found.content, found.media_type, LOGO_POLICY)

    return [style, logo]


async def _asked(themes: Themes, request: AnyRequest) -> _Parts:
    """Raises ``NotFound``, whose answer no cache keeps: the version may come back with a backup."""
    event_id, version = (str(request.path_params[name]) for name in ("event_id", "version"))
    try:
        check_event_id(event_id)
    except CallerError:
        raise NotFound from None
    parts = await themes.file(event_id, version) if is_version(version) else None
    if parts is None:
        raise NotFound
    return parts


def _file(content: bytes, media_type: str, security: str) -> Response[bytes]:
    headers = {  # the framework adds that text is UTF-8
        "cache-control": FOR_EVER,
        "content-security-policy": security,
        "etag": f'"{sha256(content).hexdigest()[:16]}"',
        "cross-origin-resource-policy": "cross-origin",
    }
    return Response(content, media_type=media_type, headers=headers)
