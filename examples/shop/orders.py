"""What the shop knows: who bought what, and how it tells the waiting room that somebody is done.

Orders are held in memory of one process. A real shop has a database with a unique index on the
request ID; the rule it keeps is the same: one session, one purchase.
"""

from __future__ import annotations

import http.client
import json
import logging
import secrets
import urllib.error
import urllib.request
from collections import OrderedDict
from dataclasses import dataclass

from waitroom.authorizer import Claims

log = logging.getLogger("shop")

MAX_TICKETS = 4
MAX_ORDERS = 100_000
COMPLETED = 1  # the status of a session that has done what it came for


@dataclass(frozen=True, slots=True)
class Receipt:
    """One purchase. ``queue_position`` is the buyer's place in the line of this event."""

    order_number: str
    tickets: int
    queue_position: int


class Orders:
    """Purchases by request ID, the oldest forgotten beyond ``MAX_ORDERS``."""

    def __init__(self) -> None:
        self._placed: OrderedDict[str, Receipt] = OrderedDict()

    def place(self, buyer: Claims, tickets: int) -> tuple[Receipt, bool]:
        """Buy, or find what this session has bought already; True if it is new.

        Looking and placing happen without giving up the event loop, so a double click is one order.
        """
        known = self.of(buyer)
        if known is not None:
            return known, False
        receipt = Receipt(secrets.token_hex(4).upper(), tickets, buyer.queue_position)
        self._placed[buyer.request_id] = receipt
        if len(self._placed) > MAX_ORDERS:
            self._placed.popitem(last=False)
        return receipt, True

    def of(self, buyer: Claims) -> Receipt | None:
        """The receipt of this session, if it has bought."""
        return self._placed.get(buyer.request_id)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirect; the status then counts as an error."""


class Sessions:
    """The waiting room's control plane, as far as the shop needs it."""

    def __init__(self, control_url: str, api_key: str, event_id: str) -> None:
        self._url = f"{control_url}/api/update_session"
        self._api_key = api_key
        self._event_id = event_id
        # No proxy of the environment and no redirect gets to see the key.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())

    def complete(self, request_id: str) -> bool:
        """Say that this session is done, so that its slot can go to the next in line.

        Blocks for up to some seconds. A failure is logged and False: the purchase stands, and the
        session ends by itself when its token expires.
        """
        body = {"event_id": self._event_id, "request_id": request_id, "status": COMPLETED}
        request = urllib.request.Request(  # noqa: S310 - the operator's own setting
            self._url,
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._api_key}", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=5) as reply:
                reply.read(1024)
                return True
        except (OSError, ValueError, http.client.HTTPException) as error:
            # HTTPError is an OSError; its text holds the status and no header of ours.
            log.warning("Session %s... is not marked completed: %s", request_id[:8], error)
            return False
