"""Where Queue-it's connectors send visitors: the addresses they build, answered by this room.

What belongs here: reading those addresses and leading on to ``/enter``; what a visitor is told and
where they may be sent is decided there. What must change with it: ``docs/queue-it.md``,
``observe/requests.py`` (the routes) and ``tests/knownuser/``.

The addresses are those of ``userInQueueService`` in ``@queue-it/connector-javascript`` 5 and in the
connectors of the 3 series: ``/?c=<customer>&e=<event>&t=<return>`` to wait,
``/error/<why>/?...`` when a token was refused, ``/cancel/...`` when the site ends a session.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Final
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from litestar import get
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from waitroom.authorizer.knownuser import PARAMETER, REASONS
from waitroom.authorizer.urls import without
from waitroom.core.model import SessionStatus
from waitroom.core.returns import MAX_URL
from waitroom.errors import (
    CallerError,
    EventUnknown,
    NotFound,
    ReturnUrlRefused,
    StoreUnavailable,
    Unavailable,
)
from waitroom.pages import AnyRequest
from waitroom.public.sorry import sorry
from waitroom.queue_ids import QueueIds
from waitroom.runtime import Runtime
from waitroom.service import Service

REMEMBERED: Final = 5.0  # s for which the events' accounts are kept: how soon a change is heard of
AGAIN: Final = 1.0  # s after which a store that did not answer at first is asked again
MAX_CANCELLED: Final = 20  # places that one cancellation may name


class Accounts:
    """Which event stands for an event of a Queue-it account.

    All are read at once and kept for ``REMEMBERED`` seconds, so that strangers who ask for events
    that are not there do not load the store.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[tuple[str, str], str] | None = None
        self._good_until = float("-inf")
        self._reading = asyncio.Lock()

    async def event_of(self, customer_id: str, queue_event_id: str) -> str:
        """The ID of the event; of two that claim it, the one of the same name, else the first.

        Raises ``EventUnknown``, and ``Unavailable`` if the accounts could not be read so far.
        """
        # While one reads, the others go by what was so a moment ago, if anything is known.
        if monotonic() >= self._good_until and not (self._known and self._reading.locked()):
            async with self._reading:
                if monotonic() >= self._good_until:
                    await self._renew()
        if self._known is None:  # who waits while somebody reads in vain does not read as well
            raise StoreUnavailable("the events' accounts could not be read")
        event_id = self._known.get((customer_id, queue_event_id))
        if event_id is None:
            raise EventUnknown(queue_event_id)
        return event_id

    async def _renew(self) -> None:
        """Read again. If the store cannot be asked, what was known goes on to count."""
        with suppress(Unavailable):
            self._known = await self._read()
        self._good_until = monotonic() + (AGAIN if self._known is None else REMEMBERED)

    async def _read(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for event in await self._service.events():
            if (known := event.knownuser) is None:
                continue
            claim = (known.customer_id, known.queue_event_id)
            if claim not in found or event.event_id == known.queue_event_id:
                found[claim] = event.event_id
        return found


class Cancellations:
    """Sessions that the site ends, through the visitor's browser."""

    def __init__(self, runtime: Runtime, accounts: Accounts) -> None:
        self._service = runtime.service
        self._secret = runtime.secret
        self._accounts = accounts

    async def cancel(self, customer_id: str, rooms: str, asked: str) -> str:
        """End the sessions in ``rooms`` (``event~queueID_event~queueID``); where to go on to.

        A queue ID can be neither guessed nor made up, so who has one is the visitor or the site.
        Raises ``EventUnknown``, ``ReturnUrlRefused``.
        """
        first = ""
        for room in rooms.split("_")[:MAX_CANCELLED]:
            queue_event_id, _, queue_id = room.partition("~")
            with suppress(EventUnknown):
                event_id = await self._accounts.event_of(customer_id, queue_event_id)
                first = first or event_id
                await self._end(event_id, queue_id)
        if not first:
            raise EventUnknown(rooms)
        return await self._service.return_url(first, asked)

    async def _end(self, event_id: str, queue_id: str) -> None:
        request_id = QueueIds(self._secret, event_id).opened(queue_id)
        if request_id is not None:
            with suppress(CallerError):  # not a place here, or its session has ended already
                await self._service.finish(event_id, request_id, SessionStatus.COMPLETED)


def handlers(runtime: Runtime) -> list[ControllerRouterHandler]:
    """The addresses of Queue-it that connectors lead visitors to."""
    accounts = Accounts(runtime.service)
    cancellations = Cancellations(runtime, accounts)

    async def enter(request: AnyRequest, refused: str = "") -> Redirect | Template:
        query = request.query_params
        customer_id, queue_event_id = query.get("c", ""), query.get("e", "")
        try:
            event_id = await accounts.event_of(customer_id, queue_event_id)
            return _lead(_entrance(event_id, query.get("t", ""), refused))
        except (CallerError, Unavailable) as error:
            return sorry(request, error)

    async def cancelled(
        request: AnyRequest, customer_id: str, rooms: str, asked: str
    ) -> Redirect | Template:
        try:
            return _lead(await cancellations.cancel(customer_id, rooms, asked))
        except (CallerError, Unavailable) as error:
            return sorry(request, error)

    @get("/", include_in_schema=False)
    async def wait(request: AnyRequest) -> Redirect | Template:
        """Somebody whom a connector sends to wait."""
        if "c" not in request.query_params or "e" not in request.query_params:
            raise NotFound
        return await enter(request)

    @get(["/error/{why:str}", "/error/{where:str}/{why:str}"], include_in_schema=False)
    async def refused(request: AnyRequest) -> Redirect | Template:
        """Somebody whose token a connector did not believe."""
        given = request.path_params
        why = "/".join(str(given[name]) for name in ("where", "why") if name in given)
        return await enter(request, REASONS.get(why, "malformed"))

    @get("/cancel/multiple/{customer_id:str}", include_in_schema=False)
    async def cancel_several(request: AnyRequest) -> Redirect | Template:
        """Somebody whose sessions the site ends, as connectors of the 5 series say it."""
        query = request.query_params
        customer_id = str(request.path_params["customer_id"])
        return await cancelled(request, customer_id, query.get("wrl", ""), query.get("r", ""))

    @get(
        ["/cancel/{customer_id:str}/{room:str}", "/cancel/{customer_id:str}/{room:str}/{who:str}"],
        include_in_schema=False,
    )
    async def cancel_one(request: AnyRequest) -> Redirect | Template:
        """The same, as connectors of the 3 and 4 series say it. Without an ID, nobody's ends."""
        given = {name: str(value) for name, value in request.path_params.items()}
        room = f"{given['room']}~{given.get('who', '')}"
        asked = request.query_params.get("r", "")
        return await cancelled(request, given["customer_id"], room, asked)

    return [wait, refused, cancel_several, cancel_one]


def _entrance(event_id: str, asked: str, refused: str) -> str:
    """The path of ``/enter`` for ``event_id``. It decides whether ``asked`` may be returned to."""
    if len(asked) > MAX_URL:
        raise ReturnUrlRefused
    said = {"return": _without_token(asked), "refused": refused}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"/enter/{quote(event_id, safe='')}{f'?{query}' if query else ''}"


def _without_token(url: str) -> str:
    """``url`` without a token from before, which some sites leave in what they ask to return to."""
    with suppress(ValueError):
        parts = urlsplit(url)
        _token, rest = without(PARAMETER, parts.query)
        if rest != parts.query:
            return urlunsplit(parts._replace(query=rest))
    return url


def _lead(location: str) -> Redirect:
    if not location:  # the event names no target
        raise ReturnUrlRefused
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Redirect(location, status_code=303, headers=headers)
