"""The load test of the system we replace, its five steps, for ten thousand visitors.

Each visitor joins, asks for the number until it is there, asks for the serving number until it is
reached, looks now and then at how many wait, and takes the token; an operator moves the line on.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import pytest

from api.served import Site, served
from api.wire import Wire, wires
from waitroom.tokens.verify import KeySet, verify

VISITORS: Final = 10_000
CONNECTIONS: Final = 64
STEP: Final = 500  # visitors that the operator lets in at a time
SAMPLED: Final = 200  # tokens that are verified


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A waiting room of its own."""
    with served(tmp_path_factory.mktemp("load") / "data") as site:
        yield site


@dataclass
class Visitor:
    """What one visitor saw. ``asked`` and ``answered`` are monotonic seconds."""

    request_id: str
    position: int
    asked: float
    answered: float
    token: str = ""


@dataclass
class Run:
    """The crowd of one run."""

    event: str
    visitors: list[Visitor] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)

    async def get(self, wire: Wire, name: str, **params: str) -> dict[str, Any]:
        """A GET; anything but 200 is noted."""
        status, said = await wire.get(f"/api/{name}", event_id=self.event, **params)
        if status != 200:
            self.errors.append((name, status, said))
        return dict(said)

    async def join(self, wire: Wire) -> Visitor:
        """Steps one and two: join, and ask for the number until it is given."""
        asked = time.monotonic()
        status, said = await wire.post("/api/assign_queue_num", {"event_id": self.event})
        answered = time.monotonic()
        assert status == 200, said
        number = await self.get(wire, "queue_num", request_id=said["api_request_id"])
        visitor = Visitor(said["api_request_id"], number["queue_number"], asked, answered)
        self.visitors.append(visitor)
        return visitor

    async def wait_and_enter(self, wire: Wire, mine: list[Visitor]) -> None:
        """Steps three to five, for all who share this connection: wait, look, take the token."""
        mine = sorted(mine, key=lambda visitor: visitor.position)
        while mine:
            serving = (await self.get(wire, "serving_num"))["serving_counter"]
            await self.get(wire, "waiting_num")
            while mine and mine[0].position <= serving:
                visitor = mine.pop(0)
                asked = {"event_id": self.event, "request_id": visitor.request_id}
                status, said = await wire.post("/api/generate_token", asked)
                if status != 200:
                    self.errors.append(("generate_token", status, said))
                visitor.token = said.get("access_token", "")

    async def one_connection(self, wire: Wire, count: int) -> None:
        """The whole way of ``count`` visitors."""
        await self.wait_and_enter(wire, [await self.join(wire) for _ in range(count)])


async def let_in(wire: Wire, run: Run, key: str) -> None:
    """The operator: whenever the last step is used up, the next."""
    bearer = {"authorization": f"Bearer {key}"}
    for _ in range(0, VISITORS, STEP):
        asked = {"event_id": run.event, "increment_by": STEP}
        status, said = await wire.post("/api/increment_serving_counter", asked, bearer)
        assert status == 200, said
        while sum(bool(visitor.token) for visitor in run.visitors) < said["serving_num"]:
            assert not run.errors
            await asyncio.sleep(0.01)


@pytest.mark.slow
@pytest.mark.xdist_group("crowd")
async def test_ten_thousand_visitors(site: Site) -> None:
    """No error, no duplicate, no gap, no inversion; everybody has a token, and tokens verify."""
    run = Run(site.event())
    shares = [VISITORS // CONNECTIONS + (i < VISITORS % CONNECTIONS) for i in range(CONNECTIONS)]
    async with (
        wires(site.public_url, CONNECTIONS) as crowd,
        wires(site.control_url, 1) as [control],
        asyncio.timeout(150),
    ):
        ways = [run.one_connection(wire, n) for wire, n in zip(crowd, shares, strict=True)]
        await asyncio.gather(let_in(control, run, site.admin_key), *ways)
    assert run.errors == []
    in_order = sorted(run.visitors, key=lambda visitor: visitor.position)
    assert [visitor.position for visitor in in_order] == list(range(1, VISITORS + 1))
    assert inversions(in_order) == []
    assert all(visitor.token for visitor in in_order)
    verify_some(site, run.event, in_order)
    at = site.control.get(f"/api/events/{run.event}/counters").json()
    assert (at["queue_counter"], at["token_counter"], at["waiting_num"]) == (VISITORS, VISITORS, 0)


def inversions(in_order: list[Visitor]) -> list[tuple[int, int]]:
    """Pairs of positions where the later place was answered before the earlier was asked for."""
    earliest_answer = float("inf")
    found: list[tuple[int, int]] = []
    for later, earlier in pairwise(reversed(in_order)):
        earliest_answer = min(earliest_answer, later.answered)
        if earliest_answer < earlier.asked:
            found.append((earlier.position, later.position))
    return found


def verify_some(site: Site, event: str, visitors: list[Visitor]) -> None:
    """Tokens of every so many visitors hold, and say who they are for."""
    keys = KeySet.from_jwks(site.public.get(f"/oidc/{event}/.well-known/jwks.json").json())
    issuer = f"{site.public_url}/oidc/{event}"
    now = time.time()
    for visitor in visitors[:: VISITORS // SAMPLED]:
        claims = verify(visitor.token, keys, event_id=event, issuer=issuer, now=now)
        assert claims.queue_position == visitor.position
        assert claims.request_id == visitor.request_id
