"""One fault under load: calm, strike, back, calm again, then every promise is checked.

What belongs here: the course of a trial and the row that it leaves in the table of
``docs/scaling.md``. The promises themselves are in ``ledger.py``.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import psutil

from faults import ledger as promises
from faults.crowd import Crowd
from faults.deployment import CONTROL, PUBLIC, ROOMS, Deployment
from faults.http1 import Connection
from faults.ledger import Ledger, Step, Ticket, Token
from waiting import wait_until
from waitroom.errors import TokenRefused
from waitroom.tokens.verify import KeySet, verify

EVENT: Final = "sale"
CALM: Final = 2.0  # s of load before the fault and after it
BACK: Final = 10.0  # s within which service must be back, on a machine that is ours
# Processes that start need the processors; those that other tests take, they wait for.
OURS: Final = 60.0  # % of the processors that are in use while our load is all there is: about 40
BUSY: Final = 3  # times as long may it take on a machine that is busy otherwise
LOOK: Final = 0.1  # s between two looks at whether service is back
OPENERS: Final = 8  # connections over which tickets are opened, spread over all workers
HEADING: Final = (
    "fault",
    "durability",
    "joins before",
    "during",
    "after",
    "errors seen by clients",
    "back after",
    "duplicates",
)


class Row(NamedTuple):
    """What a fault did, for people."""

    fault: str
    durability: str
    before: int
    during: int
    after: int
    errors: str
    back: str
    duplicates: int


@dataclass
class Scene:
    """A deployment with one event, and what its visitors were given in all trials."""

    deployment: Deployment
    durability: str
    key: str
    rows: list[Row]
    tickets: list[Ticket] = field(default_factory=list)
    asked: int = 0  # steps of the operator, summed up
    epochs: set[int] = field(default_factory=set)

    @asynccontextmanager
    async def trial(
        self,
        fault: str,
        *,
        all_tickets: bool = False,
        spared: Collection[str] = (),
        apart: float = promises.STALE,
    ) -> AsyncIterator[Trial]:
        """Load before, during and after what the body does; then everything is checked.

        ``all_tickets``: not only those of this trial are to open, but all that were ever given.
        ``spared``: promises that this fault may break. ``apart``: seconds by which workers may be.
        """
        kept = Ledger(steps=[Step(0.0, self.asked)])
        try:
            async with self._crowd(kept):
                psutil.cpu_percent()
                await _calm()
                busy = psutil.cpu_percent() > OURS or "PYTEST_XDIST_WORKER" in os.environ
                trial = Trial(fault, kept, BACK * (BUSY if busy else 1))
                yield trial
                await _calm()
        finally:  # the next trial shall not fail for what this one left
            self.tickets += kept.tickets
            self.asked = kept.total()
            self.epochs |= promises.epochs(kept.shown)
            await asyncio.to_thread(self.deployment.heal)
        twice = promises.duplicates(self.tickets)
        self.rows.append(trial.row(self.durability, len(twice)))
        print(as_markdown([self.rows[-1]]))  # noqa: T201 - for `pytest -rP`
        broken: dict[str, Sequence[object]] = {
            **promises.broken(kept, apart),
            "given twice": twice,
            "began anew": sorted(self.epochs)[1:],
            "lost": await self._lost(self.tickets if all_tickets else kept.tickets),
            "bad token": await self._bad_tokens(kept.tokens),
        }
        assert kept.tickets
        assert kept.tokens
        cases = ((what, x) for what, x in broken.items() if x and what not in spared)
        said = "\n".join(f"{what}: {len(x)}, as {str(x[:3])[:500]}" for what, x in cases)
        assert not said, said

    def _crowd(self, kept: Ledger) -> Crowd:
        addresses = {host: self.deployment.network.address(host) for host in ROOMS}
        return Crowd(
            EVENT,
            {host: (address, PUBLIC) for host, address in addresses.items()},
            {host: (address, CONTROL) for host, address in addresses.items()},
            self.key,
            kept,
        )

    async def _lost(self, tickets: Sequence[Ticket]) -> list[object]:
        """Tickets that do not open, on whatever host, with the number they were given with."""
        shares = [tickets[n::OPENERS] for n in range(OPENERS)]
        found = await asyncio.gather(*(self._open(n, share) for n, share in enumerate(shares)))
        return [case for cases in found for case in cases]

    async def _open(self, number: int, tickets: Sequence[Ticket]) -> list[object]:
        wire = Connection(self.deployment.network.address(ROOMS[number % len(ROOMS)]), PUBLIC)
        wrong: list[object] = []
        for ticket in tickets:
            query = f"event_id={EVENT}&request_id={ticket.request_id}"
            answer = await wire.ask("GET", f"/api/queue_num?{query}")
            if answer.status != 200 or answer.body["queue_number"] != ticket.position:
                wrong.append((ticket.position, answer))
        wire.close()
        return wrong

    async def _bad_tokens(self, tokens: Sequence[Token]) -> list[object]:
        """Tokens that a gate refuses, or that do not say the place they were made for."""
        wire = Connection(self.deployment.network.address(ROOMS[0]), PUBLIC)
        answer = await wire.ask("GET", f"/oidc/{EVENT}/.well-known/jwks.json")
        wire.close()
        keys = KeySet.from_jwks(answer.body)
        issuer = f"http://room.example/oidc/{EVENT}"
        bad: list[object] = []
        for token in tokens:
            try:
                said = verify(token.text, keys, event_id=EVENT, issuer=issuer, now=time.time())
            except TokenRefused as error:
                bad.append((token.ticket.position, error.reason))
                continue
            if (said.queue_position, said.request_id) != token.ticket[-2:]:
                bad.append((token.ticket.position, said.queue_position))
        return bad


class Trial:
    """The course of one fault; service must be back ``limit`` seconds after it."""

    def __init__(self, fault: str, ledger: Ledger, limit: float) -> None:
        self.fault = fault
        self.back_at: float | None = None
        self._limit = limit
        self._looked_at = 0.0
        self._ledger = ledger
        self._struck = self._since = time.monotonic()
        self._took = 0.0

    @property
    def soon(self) -> int:
        """The highest position that is given out within ``CALM`` s, if people join as they do."""
        tickets = self._ledger.tickets
        recent = sum(ticket.received >= time.monotonic() - CALM for ticket in tickets)
        return max((ticket.position for ticket in tickets), default=0) + recent

    async def strike(self, blow: Callable[[], object]) -> None:
        """The fault happens now; it is from the blow's beginning that service must be back soon."""
        self._struck = self._since = time.monotonic()
        await asyncio.to_thread(blow)

    async def lasts(self, seconds: float) -> None:
        """Return ``seconds`` after the strike."""
        end = self._struck + seconds
        await wait_until(lambda: time.monotonic() >= end, description="it lasts", timeout=60)

    async def then(self, what: Callable[[], object]) -> None:
        """Something else happens, and it is from now on that service must be back soon."""
        await asyncio.to_thread(what)
        self._since = time.monotonic()

    async def back(self, hosts: Sequence[str] = ROOMS) -> None:
        """Return when nobody meets an error any more and ``hosts`` give out places."""

        found: list[float] = []

        def is_back() -> bool:
            now = time.monotonic()
            if now - self._looked_at > LOOK:
                self._looked_at = now
                at = promises.back_at(self._ledger, self._since, now, hosts)
                found.extend([] if at is None else [at])
            return bool(found)

        await wait_until(is_back, description="service is back", timeout=self._limit + 5)
        self.back_at = found[0]
        self._took = max(self._took, self.back_at - self._since)
        assert self._took < self._limit, f"service was back after {self._took:.1f} s"

    def row(self, durability: str, duplicates: int) -> Row:
        """What happened, as it stands in the documentation."""
        back = self.back_at or self._struck
        times = [ticket.received for ticket in self._ledger.tickets]
        errors = Counter(
            failure.what.partition(" ")[0].removesuffix("Error")
            for failure in self._ledger.failures
            if failure.at >= self._struck
        )
        return Row(
            self.fault,
            durability,
            sum(self._struck - CALM <= at < self._struck for at in times),
            sum(self._struck <= at < back for at in times),
            sum(back <= at < back + CALM for at in times),
            ", ".join(f"{count} x {what}" for what, count in errors.most_common()) or "none",
            f"{self._took:.1f} s",
            duplicates,
        )


async def _calm() -> None:
    """Load, and nothing else, for a while."""
    end = time.monotonic() + CALM
    await wait_until(lambda: time.monotonic() >= end, description="some load")


def as_markdown(rows: Sequence[Row]) -> str:
    """The table of ``docs/scaling.md``."""
    lines = [HEADING, tuple("---" for _ in HEADING), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def operator_key(deployment: Deployment) -> str:
    """A key that may move the line, made as operators make it."""
    made = json.loads(deployment.run("keys", "create", "--scope", "operate", "--json"))
    return str(made["key"])
