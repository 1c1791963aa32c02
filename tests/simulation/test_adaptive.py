"""A site that gets slower as it fills, and an adaptive inlet that finds the rate it can bear."""

from __future__ import annotations

from statistics import mean
from typing import Final

from world import People, Site

from store.scene import measured
from waitroom.core.aimd import remembered
from waitroom.core.gates import Health
from waitroom.core.inlet_kinds import Adaptive
from waitroom.core.model import Event

HOUR: Final = 3_600
INLET: Final = Adaptive(floor=30, ceiling=3_000, latency=1.0, errors=0.05, increase=20)
REQUESTS: Final = 12  # each visitor's, within a minute of coming in


class Shop:
    """A server with a queue: it does so many requests a second; the others wait, or are refused.

    The latency is that of a queue with random arrivals (M/M/1: 1 / (capacity - load), Kleinrock,
    "Queueing Systems", 1975, section 3.2) and what stands in it takes its time.
    """

    def __init__(self, capacity: float) -> None:
        self.capacity = capacity
        self.backlog = 0.0
        self.arrivals: list[float] = []
        self.heard = Health()

    def second(self, admitted: int) -> Health:
        """One second in which so many came in; what a probe of the last ten finds."""
        self.arrivals = [*self.arrivals[-59:], float(admitted)]
        load = sum(self.arrivals) / 60 * REQUESTS
        self.backlog = max(0.0, self.backlog + load - self.capacity)
        refused = max(0.0, self.backlog - 30 * self.capacity)
        self.backlog -= refused
        spare = max(self.capacity - load, 0.05 * self.capacity)
        latency = 1 / spare + self.backlog / self.capacity
        self.heard = Health(latency=latency, errors=refused / load if load else 0.0)
        return self.heard


class Run:
    """An hour or more of both."""

    def __init__(self) -> None:
        event = Event(event_id="sale", inlet=INLET, queue_position_expiry=False)
        people = People(lambda _: 1.0, lambda _: 300.0)
        self.site = Site(event, people, waiting=10**7)
        self.shop = Shop(capacity=100.0)
        self.rates: list[int] = []
        self.latencies: list[float] = []

    def run(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds):
            tokens = self.site.tokens
            self.site.second(health=self.shop.heard)
            health = self.shop.second(self.site.tokens - tokens)
            self.rates.append(remembered(self.site.notes, INLET).per_minute)
            self.latencies.append(health.latency or 0.0)


def test_it_finds_what_the_site_can_bear_and_stays_there() -> None:
    """100 requests a second are 500 visitors a minute: near that, and seldom slow."""
    run = Run()
    run.run(4 * HOUR)
    late = run.rates[HOUR:]
    let_in = sum(run.site.calls[HOUR:]) / (3 * 60)
    slow = sum(latency > 1 for latency in run.latencies[HOUR:]) / (3 * HOUR)
    measured("let in per minute, of 500", f"{let_in:.0f}; slow {slow:.0%} of the time")
    assert 300 < let_in < 500
    assert max(late) < 800
    assert slow < 0.2


def test_a_sick_site_slows_it_and_it_recovers() -> None:
    """A quarter of the capacity for an hour, then all of it again."""
    run = Run()
    run.run(2 * HOUR)
    before = mean(run.rates[-HOUR:])
    run.shop.capacity = 25.0
    run.run(HOUR)
    sick = mean(run.rates[-HOUR // 2 :])
    run.shop.capacity = 100.0
    run.run(2 * HOUR)
    after = mean(run.rates[-HOUR:])
    assert sick < before / 2
    assert sick > INLET.floor
    assert after > 0.9 * before


def test_a_site_that_is_down_gets_the_floor_and_no_more() -> None:
    """No answer but errors: within two minutes only as many come in as the floor says."""
    run = Run()
    run.run(2 * HOUR)
    run.shop.heard = Health(latency=None, errors=1.0)
    called = run.site.serving
    for _ in range(120):
        run.site.second(health=run.shop.heard)
    assert remembered(run.site.notes, INLET).per_minute == INLET.floor
    assert run.site.serving - called < 400
