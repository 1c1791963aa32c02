"""What a private call is: what its handler gets, and the statuses that many share.

What belongs here: the shape that the tables of calls (``api.py``, ``api_*.py``) are written in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from waitroom.apikeys import ApiKeys, Caller
from waitroom.clients import ClientDirectory
from waitroom.control.gates.watch import GateWatch
from waitroom.control.numbers import Observer
from waitroom.core.audit import Deed
from waitroom.endpoints import Endpoint
from waitroom.events.subscriptions import Subscriptions
from waitroom.http import MAX_BODY
from waitroom.service import Service


@dataclass(frozen=True)
class Control:
    """What the handlers work with."""

    service: Service
    api_keys: ApiKeys
    observer: Observer
    gates: GateWatch | None = None
    subscriptions: Subscriptions | None = None
    clients: ClientDirectory | None = None


@dataclass(frozen=True)
class Request:
    """One authorised request: who, what, and the path's parameters."""

    caller: Caller
    asked: Any
    path: Mapping[str, str]
    idempotency_key: str | None
    source: str  # address of the caller
    is_check: bool = False  # only to say whether it would be done

    def deed(self, action: str) -> Deed:
        """What the audit log is to say of this request."""
        return Deed(by=self.caller.key_id, source=self.source, action=action)


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Endpoint):
    """A private call: who has ``scope`` may make it.

    ``may_check``: with ``check=1`` in the query it says whether it would be done, and does nothing.
    ``strict``: unknown fields are refused within the objects of its body (``inner``), or at its top
    as well (``whole``); see ``strict.py``. ``max_body`` in bytes.
    """

    answer: Callable[[Control, Request], Awaitable[object]]
    strict: Literal["", "inner", "whole"] = ""
    max_body: int = MAX_BODY
    may_check: bool = False


class Message(msgspec.Struct, frozen=True):
    """A plain sentence."""

    message: str


EVENT: Final = {400: "the event is unknown, or a field is missing or not of the form"}
FOUND: Final = {404: "there is no such event"}
SETTING: Final = {422: "a setting is not acceptable"}
PLACE: Final = EVENT | {404: "the request ID is not of this event, or from before a reset"}
# What an operator may change of an event without being an administrator.
OPERATED: Final = frozenset({"state", "message", "inlet"})
