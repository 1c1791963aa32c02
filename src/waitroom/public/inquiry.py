"""One check on its way to a verdict, and what it may have to fetch for that.

What belongs here: the order of the steps: decide, look for newer keys or a newer epoch, redeem a
one-time code, look at the session. What is decided stands in ``authorizer/decide.py``; all that it
needs is in this process or in the store, so nothing here speaks HTTP. What must change with it:
``docs/forward-auth.md``.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final

import structlog

from waitroom.authorizer import Gate, Request
from waitroom.authorizer.decide import (
    Decision,
    HandOver,
    Pass,
    PassUnprotected,
    Redeem,
    Redeemed,
    Redirect,
    Refuse,
    Tidy,
    decide,
)
from waitroom.errors import (
    CodeRefused,
    SecretMissing,
    StoreUnavailable,
    Unauthorized,
    Unavailable,
)
from waitroom.handover import HandOvers
from waitroom.http import Reply
from waitroom.logs import Seldom
from waitroom.public.guarded import Guarded, GuardedEvents
from waitroom.public.open_sessions import OpenSessions, Standing
from waitroom.public.verified import Judge, Memory
from waitroom.runtime import Runtime

RING_FLOOR: Final = 1.0  # s between two looks at the key ring for a kid that is not known
_MAX_TOKENS: Final = 8  # tokens that one request can offer, and one more

log = structlog.get_logger("waitroom.public")
_warn = Seldom(log.warning)


class Means:
    """What checks are answered with; one for all of a process."""

    def __init__(self, runtime: Runtime, hand_overs: HandOvers) -> None:
        self._runtime = runtime
        self._hand_overs = hand_overs
        self._looked_at = float("-inf")
        self.clock = runtime.service.clock
        self.events = GuardedEvents(runtime.service, runtime.settings)
        self.sessions = OpenSessions(runtime.service)
        self.memory = Memory(runtime.keys)

    async def newer_keys(self) -> None:
        """Look at the key ring, if it is time: another process may have signed with a new key."""
        now = monotonic()
        if now - self._looked_at < RING_FLOOR:
            return
        self._looked_at = now
        try:
            async with asyncio.timeout(RING_FLOOR):
                await self._runtime.load_keys()
        except (TimeoutError, StoreUnavailable, SecretMissing):  # the last is logged by the watch
            return

    async def redeem(self, gate: Gate, code: str) -> Redeemed:
        """What becomes of a one-time code."""
        try:
            token, _ = await self._hand_overs.redeem(gate.event_id, code, gate.site_url)
        except (CodeRefused, Unavailable) as error:
            return error
        return token


class Inquiry:
    """One request on its way to a verdict. ``session``: it must be open still."""

    __slots__ = (
        "_gate",
        "_judge",
        "_known",
        "_means",
        "_redeemed",
        "_request",
        "_session",
        "_stands",
    )

    def __init__(
        self, means: Means, known: Guarded, gate: Gate, request: Request, *, session: bool
    ) -> None:
        self._means = means
        self._session = session
        self._known = known
        self._gate = gate
        self._request = request
        self._judge = Judge(means.memory, known.view)
        self._redeemed: Redeemed | None = None
        self._stands: Standing = "open"

    async def verdict(self) -> Pass | HandOver | Tidy | Redirect | Refuse:
        """Decide, and see to what a decision asks for."""
        decision = self._decide()
        if not isinstance(decision, Pass):
            decision = await self._with_news(decision)
        if isinstance(decision, Redeem):
            self._redeemed = await self._means.redeem(self._gate, decision.code)
            decision = self._decide()
        if self._session:
            decision = await self._with_session(decision)
        if isinstance(decision, Redeem | PassUnprotected):
            # No gate made here has open paths, and what was redeemed is at hand.
            return Refuse(Unauthorized("This needs a token of the waiting room."))
        return decision

    def passed(self) -> Reply:
        """The 200 for the token that the verdict was about."""
        found = self._judge.verified
        assert found is not None  # noqa: S101 - no ``Pass`` without it
        if not self._session:
            return found.reply
        standing = (b"x-waitroom-session", self._stands.encode())
        return Reply(200, [*found.reply.headers, standing], b"")

    def _decide(self) -> Decision:
        keys = self._means.memory.keys()
        now = self._means.clock()
        return decide(self._gate, self._request, keys, now, self._redeemed, self._judge)

    async def _with_news(self, decision: Decision) -> Decision:
        """A token may be of a key or an epoch that this process has not heard of yet."""
        if decision.newer_keys_may_help:
            await self._means.newer_keys()
            decision = self._decide()
        behind = self._judge.behind and not self._known.is_away
        if behind and await self._means.events.newer(self._known):
            self._judge = Judge(self._means.memory, self._known.view)
            decision = self._decide()
        return decision

    async def _with_session(self, decision: Decision) -> Decision:
        for _ in range(_MAX_TOKENS):
            if not isinstance(decision, Pass | HandOver | Tidy):
                break
            self._stands = await self._standing(decision.claims.request_id)
            if self._stands != "ended":
                break
            self._judge.ended += (self._judge.token,)
            decision = self._decide()
        return decision

    async def _standing(self, request_id: str) -> Standing:
        if self._known.is_away:
            return "unknown"
        snapshot = self._known.view.snapshot
        event_id = snapshot.event.event_id
        standing = await self._means.sessions.standing(event_id, snapshot.epoch, request_id)
        if standing == "unknown":
            self._known.leave_alone()
            _warn("sessions cannot be looked at; tokens count without", event_id=event_id)
        return standing
