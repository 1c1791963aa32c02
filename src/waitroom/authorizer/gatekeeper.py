"""Asks for the decision and fetches what it takes: newer keys, the token behind a code.

What belongs here: the order of these steps, once for all wrappers. What is decided stands in
``decide.py``. What must change with it: ``docs/authorizer.md``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from waitroom.authorizer.decide import Redeem, Redeemed, Verdict, decide
from waitroom.authorizer.facts import Request
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.keys import JwksCache
from waitroom.authorizer.redeemer import Redeemer
from waitroom.tokens.verify import KeySet


class Gatekeeper:
    """Decides on requests to one site. Thread-safe.

    ``keys`` defaults to the JWKS of the gate's issuer, ``redeem`` to the gate's ``redeem_url``.
    ``clock`` gives epoch seconds. Nothing is fetched before the first token or code.
    """

    def __init__(
        self,
        gate: Gate,
        keys: JwksCache | None = None,
        redeem: Redeemer | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.gate = gate
        self.keys = keys or JwksCache(f"{gate.issuer}/.well-known/jwks.json")
        self._redeemer = redeem or Redeemer(gate)
        self._clock = clock

    def ask(self, request: Request) -> Verdict:
        """Decide, blocking where something has to be fetched."""
        inquiry = _Inquiry(self.gate, request, self.keys.cached(), self._clock)
        while (verdict := inquiry.verdict) is None:
            if inquiry.code:
                inquiry.learn_redeemed(self._redeemer.redeem(inquiry.code))
            else:
                inquiry.learn_keys(self.keys.newer())
        return verdict

    async def ask_async(self, request: Request) -> Verdict:
        """``ask`` for asyncio."""
        inquiry = _Inquiry(self.gate, request, self.keys.cached(), self._clock)
        while (verdict := inquiry.verdict) is None:
            if inquiry.code:
                inquiry.learn_redeemed(await self._redeemer.redeem_async(inquiry.code))
            else:
                inquiry.learn_keys(await self.keys.newer_async())
        return verdict


class _Inquiry:
    """One request on its way to a ``verdict``: newer keys once, before the code or after it.

    Without a verdict it wants ``code`` redeemed or, if that is empty, newer keys.
    """

    __slots__ = (
        "_clock",
        "_gate",
        "_has_newer",
        "_keys",
        "_redeemed",
        "_request",
        "code",
        "verdict",
    )

    def __init__(
        self, gate: Gate, request: Request, keys: KeySet | None, clock: Callable[[], float]
    ) -> None:
        self._gate, self._request, self._clock = gate, request, clock
        self._keys, self._has_newer = keys, False
        self._redeemed: Redeemed | None = None
        self._decide()

    def learn_keys(self, keys: KeySet | None) -> None:
        self._keys, self._has_newer = keys, True
        self._decide()

    def learn_redeemed(self, redeemed: Redeemed) -> None:
        self._redeemed = redeemed
        self._decide()

    def _decide(self) -> None:
        self.code: str = ""
        self.verdict: Verdict | None = None
        decision = decide(self._gate, self._request, self._keys, self._clock(), self._redeemed)
        if decision.newer_keys_may_help and not self._has_newer:
            return
        if isinstance(decision, Redeem):
            self.code = decision.code
        else:
            self.verdict = decision
