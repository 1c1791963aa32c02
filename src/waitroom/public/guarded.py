"""The events that gateways ask about: what each said last, and the gates made of it.

What belongs here: the settings a check goes by, and going on without the store. A gate that went
down with the store would take the site with it, and a signature can be checked without: so the
last that is known of an event counts for as long as the store does not answer. What must change
with it: ``docs/forward-auth.md``.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final
from urllib.parse import quote

from waitroom.authorizer import Gate
from waitroom.core.model import Event
from waitroom.core.returns import is_allowed_return, origin_of
from waitroom.errors import EventUnknown, StoreUnavailable
from waitroom.service import Service
from waitroom.settings import Settings
from waitroom.views import EventView

MAX_EVENTS: Final = 1_024
MAX_SITES: Final = 256  # spellings of a site remembered for an event; strangers may make some up
PATIENCE: Final = 0.3  # s for the store to answer when an event is known already
AWAY: Final = 1.0  # s for which nobody waits for a store that did not answer


class Guarded:
    """One event as a gate sees it. ``is_away``: the store did not answer just now."""

    __slots__ = (
        "_away_until",
        "_base",
        "_event",
        "_gates",
        "_issuer",
        "_origins",
        "_sites",
        "view",
    )

    def __init__(self, view: EventView, base: str, issuer: str) -> None:
        self._base = base
        self._issuer = issuer
        self._away_until = 0.0
        self.view = view
        self._take_over(view.snapshot.event)

    def learn(self, view: EventView) -> None:
        """Go by ``view`` from now on."""
        self.view = view
        self._away_until = 0.0
        if view.snapshot.event != self._event:
            self._take_over(view.snapshot.event)

    @property
    def is_away(self) -> bool:
        return monotonic() < self._away_until

    def leave_alone(self) -> None:
        """The store does not answer: for a moment nobody shall wait for it."""
        self._away_until = monotonic() + AWAY

    def gate(self, scheme: str, host: str) -> Gate | None:
        """The gate of the site at ``scheme://host``, if the event has that; else of its first.

        A site that has its TLS ended in front of the gateway is known by its host. None: the event
        names no site, so there is none to send anybody back to.
        """
        if (scheme, host) not in self._sites:
            if len(self._sites) >= MAX_SITES:
                self._sites.clear()
            origin = self._origin(scheme, host)
            self._sites[scheme, host] = self._gate_of(origin) if origin else None
        return self._sites[scheme, host]

    def gate_of_room(self) -> Gate:
        """A gate that checks tokens for a site that nobody named; sends nobody anywhere but to the
        room."""
        return self._gate_of(origin_of(self._base) or "http://localhost")

    def may_return(self, url: str) -> bool:
        """Whether the room would send somebody back to ``url``."""
        return is_allowed_return(url, [*self._event.return_urls, self._event.target_url])

    def _take_over(self, event: Event) -> None:
        self._event = event
        urls = [*event.return_urls, event.target_url]
        self._origins = list(dict.fromkeys(one for url in urls if (one := origin_of(url))))
        self._gates: dict[str, Gate] = {}
        self._sites: dict[tuple[str, str], Gate | None] = {}

    def _origin(self, scheme: str, host: str) -> str:
        first = next(iter(self._origins), "")
        claimed = origin_of(f"{scheme or 'https'}://{host}") if host else None
        if claimed is None or claimed in self._origins:
            return claimed or first
        place = _place(claimed)
        return next((one for one in self._origins if _place(one) == place), first)

    def _gate_of(self, origin: str) -> Gate:
        gate = self._gates.get(origin)
        if gate is None:
            event_id = self._event.event_id
            issuer = self._event.issuer or self._issuer
            gate = self._gates[origin] = Gate(
                event_id=event_id,
                issuer=issuer,
                room_url=f"{self._base}/enter/{quote(event_id, safe='')}",
                redeem_url=f"{self._base}/api/redeem",
                site_url=origin,
            )
        return gate


def _place(origin: str) -> str:
    return origin.partition("://")[2]


class GuardedEvents:
    """The events that were asked about lately."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self._known: dict[str, Guarded] = {}

    async def at(self, event_id: str) -> Guarded:
        """What to go by for ``event_id``.

        Raises ``InvalidField``, ``EventUnknown``, and ``StoreUnavailable`` if this process has not
        heard of the event since it was started.
        """
        view = self._service.views.peek(event_id)
        known = self._known.get(event_id)
        if view is not None and known is not None and known.view is view:
            return known
        if view is None:
            view = await self._look(event_id, known)
        if known is None:
            return self._begin(event_id, view)
        if known.view is not view:
            known.learn(view)
        return known

    async def newer(self, known: Guarded) -> bool:
        """Look at the store anew; whether it is another epoch now."""
        before = known.view
        try:
            async with asyncio.timeout(PATIENCE):
                known.learn(await self._service.views.newer(before.snapshot.event.event_id))
        except (TimeoutError, StoreUnavailable, EventUnknown):
            return False
        return known.view.seal is not before.seal

    async def _look(self, event_id: str, known: Guarded | None) -> EventView:
        if known is None:
            return await self._service.view(event_id)
        if known.is_away:
            return known.view
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._service.views.get(event_id)
        except EventUnknown:
            self._known.pop(event_id, None)
            raise
        except (TimeoutError, StoreUnavailable):
            known.leave_alone()
            return known.view

    def _begin(self, event_id: str, view: EventView) -> Guarded:
        if len(self._known) >= MAX_EVENTS:
            del self._known[next(iter(self._known))]
        issuer = self._settings.issuer(event_id)
        known = self._known[event_id] = Guarded(view, self._settings.public_base, issuer)
        return known
