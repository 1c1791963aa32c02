"""The waiting room as a gate sees it, without a network: keys, codes, how often it is asked."""

from __future__ import annotations

import json
from typing import Any

from waitroom.authorizer import Gate, JwksCache, Redeemer

from . import made


class Room:
    """Keys of ``kinds`` (none: out of reach) and ``codes`` with the tokens behind them."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.codes: dict[str, str] = {}
        self.fetches = 0
        self.redeemed: list[str] = []
        self.is_away = False
        self.now = 0.0

    def fetch(self, url: str, timeout: float) -> bytes:
        """Answer for the key set."""
        self.fetches += 1
        if not self.kinds:
            raise OSError("down")
        return json.dumps(made.jwks(*self.kinds)).encode()

    def post(self, url: str, body: bytes, timeout: float) -> tuple[int, bytes]:
        """Answer for a code; each is good once."""
        asked: dict[str, Any] = json.loads(body)
        self.redeemed.append(asked["code"])
        if self.is_away:
            raise OSError("down")
        token = self.codes.pop(asked["code"], None)
        if token is None or asked["site_url"] != made.SITE:
            return 400, b'{"code": "code_refused"}'
        return 200, json.dumps({"access_token": token}).encode()

    def keys(self) -> JwksCache:
        """A cache of its keys, without threads."""
        return JwksCache(
            made.ISSUER, fetch=self.fetch, start=lambda work: work(), clock=lambda: self.now
        )

    def redeemer(self, gate: Gate) -> Redeemer:
        """Redeems its codes."""
        return Redeemer(gate, post=self.post, clock=lambda: self.now)
