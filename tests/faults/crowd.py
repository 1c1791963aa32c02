"""The visitors: they join, poll and fetch tokens, without a pause, whatever happens to the servers.

What belongs here: what each visitor does and what goes into the ledger. The checks are in
``ledger.py``. A balancer stands between them and the hosts, as in front of every such deployment.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final

from faults.http1 import Answer, Connection
from faults.ledger import Failure, Ledger, Shown, Step, Ticket, Token

JOINERS: Final = 8
STEADY_POLLERS: Final = 4  # each stays on its host, and so with one worker
RESTLESS_POLLERS: Final = 2  # each asks the two hosts in turn
TOKEN_TAKERS: Final = 4
PAUSE: Final = 0.05  # s between two requests of a visitor
STRIDE: Final = 20  # positions that the operator calls at once
OPERATOR_PAUSE: Final = 0.2  # s
EARLY: Final = 10  # positions by which visitors ask for their token too early
HEALTH: Final = 0.25  # s between two looks of the balancer

_wires = itertools.count(1)


class Balancer:
    """Knows which hosts answer at all, as the load balancer in front of them does."""

    def __init__(self, addresses: Mapping[str, tuple[str, int]]) -> None:
        self._addresses = addresses
        self._down: set[str] = set()

    def pick(self, home: str) -> str:
        """``home``, or another host if that one is down; ``home`` if all are."""
        up = [host for host in self._addresses if host not in self._down]
        return home if home in up or not up else up[0]

    def connect(self, host: str) -> Connection:
        """A connection to ``host``."""
        return Connection(*self._addresses[host])

    async def watch(self) -> None:
        """Look after the hosts until cancelled."""
        while True:
            for host in self._addresses:
                (self._down.discard if await self._answers(host) else self._down.add)(host)
            await asyncio.sleep(HEALTH)

    async def _answers(self, host: str) -> bool:
        wire = self.connect(host)
        try:
            async with asyncio.timeout(2.5):
                return (await wire.ask("GET", "/healthz")).status == 200
        except OSError:
            return False
        finally:
            wire.close()


class Visitor:
    """Somebody whose home is one host; what goes wrong is entered into the ledger."""

    def __init__(self, crowd: Crowd, home: str) -> None:
        self.home = home
        self.host = home
        self.wire = 0  # the connection of the last answer
        self._crowd = crowd
        self._connections: dict[str, tuple[Connection, int]] = {}

    async def ask(
        self, method: str, path: str, body: object = None, *, good: tuple[int, ...] = (200,)
    ) -> Answer | None:
        """The answer if its status is ``good``; None if it is not, or there is none."""
        self.host = self._crowd.balancer.pick(self.home)
        connection, self.wire = self._connection()
        try:
            answer = await connection.ask(method, path, body)
        except OSError as error:
            self._fail(path, type(error).__name__)
            return None
        if answer.status in good:
            return answer
        code = answer.body.get("code") if isinstance(answer.body, dict) else "?"
        self._fail(path, f"{answer.status} {code}")
        return None

    def _connection(self) -> tuple[Connection, int]:
        known = self._connections.get(self.host)
        if known is None or not known[0].is_open:
            if known is not None:
                known[0].close()
            known = self._connections[self.host] = (
                self._crowd.balancer.connect(self.host),
                next(_wires),
            )
        return known

    def _fail(self, path: str, what: str) -> None:
        call = path.partition("?")[0].removeprefix("/api/")
        self._crowd.ledger.failures.append(Failure(time.monotonic(), self.host, call, what))

    def close(self) -> None:
        """Hang up everywhere."""
        for connection, _ in self._connections.values():
            connection.close()


class Crowd:
    """Everybody, for as long as the context lasts. ``key`` is of the scope ``operate``."""

    def __init__(
        self,
        event_id: str,
        public: Mapping[str, tuple[str, int]],
        control: Mapping[str, tuple[str, int]],
        key: str,
        ledger: Ledger,
    ) -> None:
        self.ledger = ledger
        self.balancer = Balancer(public)
        self._event_id = event_id
        self._hosts = list(public)
        self._control = control
        self._key = key
        self._serving = 0
        self._uncalled: deque[Ticket] = deque()
        self._visitors: list[Visitor] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def __aenter__(self) -> Crowd:
        roles: list[tuple[int, Callable[[Visitor, int], Coroutine[Any, Any, None]]]] = [
            (JOINERS, self._join),
            (STEADY_POLLERS, self._poll),
            (RESTLESS_POLLERS, self._poll_here_and_there),
            (TOKEN_TAKERS, self._fetch_tokens),
        ]
        for count, role in roles:
            for n in range(count):
                visitor = Visitor(self, self._hosts[n % len(self._hosts)])
                self._visitors.append(visitor)
                self._tasks.append(asyncio.create_task(role(visitor, len(self._visitors))))
        self._tasks.append(asyncio.create_task(self._operate()))
        self._watch = asyncio.create_task(self.balancer.watch())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Everybody finishes what they began; so no answer is missed."""
        self._stopping = True
        self._watch.cancel()
        done = await asyncio.gather(*self._tasks, self._watch, return_exceptions=True)
        for visitor in self._visitors:
            visitor.close()
        broken = [e for e in done if isinstance(e, Exception)]
        if broken:
            raise ExceptionGroup("visitors broke", broken)

    async def _join(self, visitor: Visitor, _number: int) -> None:
        while not self._stopping:
            await asyncio.sleep(PAUSE)
            sent = time.monotonic()
            body = {"event_id": self._event_id}
            answer = await visitor.ask("POST", "/api/assign_queue_num", body)
            if answer is not None:
                given = answer.body["queue_number"], answer.body["api_request_id"]
                ticket = Ticket(sent, time.monotonic(), visitor.host, *given)
                self.ledger.tickets.append(ticket)
                self._uncalled.append(ticket)

    async def _poll(self, visitor: Visitor, number: int) -> None:
        while not self._stopping:
            await asyncio.sleep(PAUSE)
            await self._look(visitor, number)

    async def _poll_here_and_there(self, visitor: Visitor, number: int) -> None:
        for visitor.home in itertools.cycle(self._hosts):
            await asyncio.sleep(PAUSE)
            await self._look(visitor, number)
            if self._stopping:
                return

    async def _look(self, visitor: Visitor, number: int) -> None:
        sent = time.monotonic()
        answer = await visitor.ask("GET", f"/api/status?event_id={self._event_id}")
        if answer is None:
            return
        said = answer.body
        counters = said["epoch"], said["queue_counter"], said["serving_counter"]
        self.ledger.shown.append(Shown(sent, time.monotonic(), number, visitor.wire, *counters))
        self._serving = max(self._serving, counters[2])

    async def _fetch_tokens(self, visitor: Visitor, _number: int) -> None:
        while not self._stopping:
            await asyncio.sleep(PAUSE)
            if self._uncalled and self._uncalled[0].position <= self._serving + EARLY:
                await self._fetch_token(visitor, self._uncalled.popleft())

    async def _fetch_token(self, visitor: Visitor, ticket: Ticket) -> None:
        sent = time.monotonic()
        body = {"event_id": self._event_id, "request_id": ticket.request_id}
        answer = await visitor.ask("POST", "/api/generate_token", body, good=(200, 202))
        if answer is None or answer.status == 202:
            self._uncalled.appendleft(ticket)
            return
        text = answer.body["access_token"]
        self.ledger.tokens.append(Token(sent, time.monotonic(), ticket, text))

    async def _operate(self) -> None:
        """Call the next few, over either control plane; nothing that failed is tried again."""
        wires = itertools.cycle([Connection(*at) for at in self._control.values()])
        path = "/api/increment_serving_counter"
        while not self._stopping:
            await asyncio.sleep(OPERATOR_PAUSE)
            by = self._stride()
            self.ledger.steps.append(Step(time.monotonic(), by))
            body = {"event_id": self._event_id, "increment_by": by}
            with suppress(OSError):
                await (wire := next(wires)).ask("POST", path, body, bearer=self._key)
                wire.close()

    def _stride(self) -> int:
        """A few, or as many as lie between the counter and the next visitor: gaps are no-shows."""
        ahead = self._uncalled[0].position - self._serving if self._uncalled else 0
        return max(STRIDE, ahead) if ahead > 5 * STRIDE else STRIDE
