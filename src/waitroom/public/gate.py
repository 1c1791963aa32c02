"""``/verify/{event_id}``: the gate for gateways that ask before they let a request through.

What belongs here: the steps from a gateway's question to its answer. What is decided stands in
``authorizer/decide.py``, what a gateway says of the request in ``forwarded.py``, what is known of
an event in ``guarded.py``. What must change with it: ``docs/forward-auth.md``, ``deploy/gates/``,
``tests/gate_check/``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs, urlsplit

from waitroom.authorizer import Gate, Request
from waitroom.authorizer.answers import answer
from waitroom.authorizer.decide import HandOver, Pass, Redirect, Refuse, Tidy
from waitroom.core.model import check_event_id
from waitroom.handover import HandOvers
from waitroom.http import Reply, Scope
from waitroom.public.forwarded import (
    Asked,
    Forwarded,
    Found,
    Trust,
    cookies,
    read_check,
    read_forwarded,
    sorted_out,
    texts,
)
from waitroom.public.guarded import Guarded
from waitroom.public.inquiry import Inquiry, Means
from waitroom.runtime import Runtime

MAX_KNOWN_CHECKS: Final = 1_024  # spellings of a check remembered; bounds what strangers add


class ForwardAuth:
    """Answers the checks of gateways."""

    def __init__(self, runtime: Runtime, hand_overs: HandOvers) -> None:
        self._means = Means(runtime, hand_overs)
        self._events = self._means.events
        self._trusts = Trust(runtime.settings.trusted_proxies)
        self._checks: dict[tuple[bytes, bytes], Asked] = {}

    async def answer(self, scope: Scope) -> Reply:
        """The answer to one check.

        Raises ``InvalidField`` (event ID, options), ``EventUnknown``, ``Unavailable``.
        """
        asked = self._asked(scope["raw_path"], scope["query_string"])
        known = await self._events.at(asked.event_id)
        found = sorted_out(scope["headers"])
        told, is_told = Forwarded(scope["method"]), False
        if self._trusts(scope["client"]):
            told = read_forwarded(found, asked, scope["method"], scope["query_string"])
            is_told = told.path != ""
        gate = known.gate(told.scheme, told.host)
        if gate is None:
            gate, is_told = known.gate_of_room(), False
        request = _request(told, found, is_told=is_told)
        inquiry = Inquiry(self._means, known, gate, request, session=asked.session)
        verdict = await inquiry.verdict()
        if isinstance(verdict, Pass):
            return inquiry.passed()
        if isinstance(verdict, Redirect):
            verdict = _to_room(gate, known, verdict, is_told=is_told)
        return _as_reply(gate, verdict, by_status=asked.by_status)

    def _asked(self, raw_path: bytes, query: bytes) -> Asked:
        asked = self._checks.get((raw_path, query))
        if asked is None:
            asked = read_check(raw_path, query)
            if asked.rest is not None:
                return asked  # the visitor's own path: there is no end of those
            check_event_id(asked.event_id)  # so that what is remembered is short
            if len(self._checks) >= MAX_KNOWN_CHECKS:
                self._checks.clear()
            self._checks[raw_path, query] = asked
        return asked


def _request(told: Forwarded, found: Found, *, is_told: bool) -> Request:
    # As routed it is "/", which is protected: which paths are, is up to the gateway.
    return Request(
        method=told.method,
        path=told.path if is_told else "/",
        routed_path="/",
        query=told.query if is_told else "",
        authorization=texts(found, b"authorization"),
        cookies=cookies(found),
        accept=",".join(texts(found, b"accept")),
        fetch_mode=",".join(texts(found, b"sec-fetch-mode")),
    )


def _to_room(gate: Gate, known: Guarded, decision: Redirect, *, is_told: bool) -> Redirect:
    """To the room, with where to return to only if that was told and the room would go there."""
    if is_told:
        back = parse_qs(urlsplit(decision.location).query).get("return", [""])[0]
        if known.may_return(back):
            return decision
    why = "" if decision.reason == "no_token" else f"?refused={decision.reason}"
    return replace(decision, location=f"{gate.room_url}{why}")


def _as_reply(
    gate: Gate, verdict: HandOver | Tidy | Redirect | Refuse, *, by_status: bool
) -> Reply:
    made = answer(gate, verdict)
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in made.headers]
    if not (by_status and made.status == 303):
        return Reply(made.status, headers, made.body)
    # nginx takes 401 for "no", and anything but 2xx, 401 and 403 for a failure of ours.
    told = [(b"x-waitroom-location" if n == b"location" else n, value) for n, value in headers]
    return Reply(401, [*told, (b"www-authenticate", b"Bearer")], made.body)
