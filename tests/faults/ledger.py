"""What visitors were told, and whether it holds together. Pure: no network, no clock.

What belongs here: the promises that the faults must not break, each as a function from what was
recorded to the cases that break it. What must change with it: ``test_ledger.py``. All times are
seconds of one monotonic clock.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple

STALE: Final = 2.0  # s: how old what a worker shows may be when the store is slow (design.md)
STANDSTILL: Final = 0.5  # s without a join on a host, while many a second are asked for


class Ticket(NamedTuple):
    """An answer to a join."""

    sent: float
    received: float
    host: str
    position: int
    request_id: str


class Shown(NamedTuple):
    """Counters that a visitor saw; ``wire`` tells connections, and so workers, apart."""

    sent: float
    received: float
    visitor: int
    wire: int
    epoch: int
    queue: int
    serving: int


class Token(NamedTuple):
    """A token that was given to the holder of ``ticket``."""

    sent: float
    received: float
    ticket: Ticket
    text: str


class Step(NamedTuple):
    """The operator asked for the line to move by ``by``; whether it worked is another matter."""

    sent: float
    by: int


class Failure(NamedTuple):
    """A request that was not answered as it should be: ``what`` is a status or an error's name."""

    at: float
    host: str
    call: str
    what: str


# What a visitor may be told while something is broken: come again, or nothing at all.
EXCUSED: Final = ("503 ", "ConnectionRefused", "ConnectionReset", "BrokenPipe", "TimeoutError")


@dataclass
class Ledger:
    """All that happened to the visitors of one event."""

    tickets: list[Ticket] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def total(self) -> int:
        """The highest that the serving counter may be."""
        return sum(step.by for step in self.steps)


def broken(kept: Ledger, apart: float = STALE) -> dict[str, list[object]]:
    """Whatever breaks a promise, by the promise; workers may be ``apart`` seconds apart."""
    return {
        "went back": [*went_back(kept.shown, apart)],
        "beyond what was asked for": [*shown_too_much(kept)],
        "token too early": [*too_early(kept, apart)],
        "overtaken": [*overtaken(kept.tickets)],
        "told wrong": [one for one in kept.failures if not one.what.startswith(EXCUSED)],
    }


def duplicates(tickets: Iterable[Ticket]) -> list[int]:
    """Positions that were given to more than one visitor."""
    times = Counter(ticket.position for ticket in tickets)
    return [position for position, count in times.items() if count > 1]


def epochs(shown: Iterable[Shown]) -> set[int]:
    """The lines that were shown; more than one means that the line began anew."""
    return {one.epoch for one in shown}


def went_back(shown: Sequence[Shown], apart: float = STALE) -> list[tuple[Shown, str]]:
    """Counters that were lower than what the same visitor had seen before.

    On one connection: than any earlier answer, since one worker never goes back. On another:
    than any answer that the visitor had ``apart`` seconds or more before asking.
    """
    found: list[tuple[Shown, str]] = []
    by_visitor = sorted(shown, key=lambda one: (one.visitor, one.sent))
    for _, answers in groupby(by_visitor, key=lambda one: one.visitor):
        found += _went_back_for(list(answers), apart)
    return found


def _went_back_for(answers: list[Shown], apart: float) -> list[tuple[Shown, str]]:
    found = []
    last: dict[int, Shown] = {}
    highest = (0, 0)
    settled = 0  # how many answers were ``apart`` seconds old when the present one was asked for
    for now in answers:
        while answers[settled].received <= now.sent - apart:
            old = answers[settled]
            highest = (max(highest[0], old.queue), max(highest[1], old.serving))
            settled += 1
        before = last.get(now.wire, now)
        if now.queue < before.queue or now.serving < before.serving:
            found.append((now, f"the same worker showed {before.queue}, {before.serving}"))
        elif now.queue < highest[0] or now.serving < highest[1]:
            found.append((now, f"{highest} was shown {apart} s earlier"))
        last[now.wire] = now
    return found


def shown_too_much(ledger: Ledger) -> list[Shown]:
    """Serving counters above all that the operator had asked for until then."""
    asked = _Running(ledger.steps)
    return [one for one in ledger.shown if one.serving > asked.until(one.received)]


def too_early(ledger: Ledger, apart: float = STALE) -> list[Token]:
    """Tokens for positions above the counter.

    Above what the operator had asked for until then, or above what was shown to anybody who asked
    ``apart`` seconds later.
    """
    asked = _Running(ledger.steps)
    later = sorted(ledger.shown, key=lambda one: one.sent)
    times = [one.sent for one in later]
    lowest = [one.serving for one in later]
    for n in range(len(lowest) - 2, -1, -1):  # the lowest from there on
        lowest[n] = min(lowest[n], lowest[n + 1])

    def is_early(token: Token) -> bool:
        if token.ticket.position > asked.until(token.received):
            return True
        after = bisect.bisect_left(times, token.received + apart)
        return after < len(lowest) and token.ticket.position > lowest[after]

    return [token for token in ledger.tokens if is_early(token)]


class _Running:
    """The sum of the steps that were asked for until a time."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._times = [step.sent for step in steps]
        self._sums = [0]
        for step in steps:
            self._sums.append(self._sums[-1] + step.by)

    def until(self, time: float) -> int:
        return self._sums[bisect.bisect_right(self._times, time)]


def overtaken(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Who asked after another was answered, and yet got a lower position."""
    answered = sorted(tickets, key=lambda ticket: ticket.received)
    found, highest, settled = [], 0, 0
    for ticket in sorted(tickets, key=lambda one: one.sent):
        while answered[settled].received < ticket.sent:
            highest = max(highest, answered[settled].position)
            settled += 1
        if ticket.position < highest:
            found.append(ticket)
    return found


def back_at(ledger: Ledger, since: float, now: float, hosts: Sequence[str]) -> float | None:
    """When service was back for good: the end of the last error or standstill.

    From then on, for a second or more, nobody met an error and every host of ``hosts`` has given
    out places. None: not yet.
    """
    calm = max([since, *(f.at for f in ledger.failures if f.at >= since)])
    for host in hosts:
        answered = [t.received for t in ledger.tickets if t.host == host and t.received >= since]
        if not answered or now - answered[-1] > STANDSTILL:
            return None
        pairs = zip([since, *answered], answered, strict=False)
        calm = max([calm, *(after for before, after in pairs if after - before > STANDSTILL)])
    return calm if now >= calm + 1.0 else None
