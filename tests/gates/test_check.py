"""Checks that run again and again: shared, bounded in number, ended when nobody wants them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from waiting import wait_until
from waitroom.control.gates import check
from waitroom.control.gates.asking import Asking
from waitroom.control.gates.check import FORGET, Check, Checks
from waitroom.control.gates.finding import Finding, unknown, well
from waitroom.core.gates import (
    CloudwatchGate,
    GateState,
    HttpGate,
    HttpProbe,
    PrometheusGate,
    PrometheusProbe,
)
from waitroom.outgoing import Heard

from .pacer import Pacer
from .sites import LoopbackSite, hangs, in_turn, says

NOW = 1_800_000_000.0
OK, ALARM, UNKNOWN = GateState.OK, GateState.ALARM, GateState.UNKNOWN


@pytest.fixture
def pacer() -> Pacer:
    """Time that passes when the test says so."""
    return Pacer(NOW)


@pytest.fixture
async def checks(asking: Asking, pacer: Pacer) -> AsyncIterator[Checks]:
    """The checks of one plane; they end with the test."""
    checks = Checks(asking, pacer.clock, pacer.pause)
    yield checks
    await checks.stop()


async def test_asked_once_for_all(checks: Checks, pacer: Pacer, shop: LoopbackSite) -> None:
    """A thousand events with the same gate are one request, whatever unknown means to each."""
    url = shop.at("/", says(200))
    for _ in range(500):
        checks.want(HttpGate(url=url))
        checks.want(HttpGate(url=url, unknown="go"))
    await pacer.rest(1)
    assert (len(checks), shop.asked) == (1, ["/"])
    assert checks.want(HttpGate(url=url)).found(NOW).state is OK
    await pacer.go_on()
    assert shop.asked == ["/"] * 2


async def test_what_differs_is_asked_for_itself(checks: Checks, shop: LoopbackSite) -> None:
    """Another threshold of latency is another question; a gate is no probe."""
    url = shop.at("/", says(200))
    checks.want(HttpGate(url=url))
    checks.want(HttpGate(url=url, latency=1))
    checks.want(HttpProbe(url=url))
    assert len(checks) == 3


async def test_it_is_asked_again_after_its_interval(
    checks: Checks, pacer: Pacer, shop: LoopbackSite
) -> None:
    """Roughly: a tenth more or less, so that many planes do not ask in step."""
    checks.want(HttpGate(url=shop.at("/", says(200)), interval=100))
    await pacer.rest(1)
    for _ in range(20):
        await pacer.go_on()
    assert all(88 < pause < 110 for pause in pacer.pauses)
    assert len(set(pacer.pauses)) > 1


async def test_what_nobody_wants_ends(checks: Checks, pacer: Pacer, shop: LoopbackSite) -> None:
    """Ten seconds after it was wanted last a check is gone, and asks no more."""
    wanted, other = HttpGate(url=shop.at("/a", says(200))), HttpGate(url=shop.at("/b", says(200)))
    checks.want(wanted)
    checks.want(other)
    await pacer.rest(2)
    for _ in range(FORGET + 1):
        checks.want(wanted)
        checks.look_round()
    assert checks.get(wanted) is not None
    assert checks.get(other) is None
    await wait_until(lambda: pacer_rests(pacer) == 1, description="the other one has ended")
    await pacer.go_on()
    assert shop.asked.count("/b") == 1


def pacer_rests(pacer: Pacer) -> int:
    """How many checks wait for their next turn."""
    return sum(not future.done() for future in pacer._waiting)


async def test_looking_is_not_wanting(checks: Checks, shop: LoopbackSite) -> None:
    """What shows a check does not keep it going."""
    gate = HttpGate(url=shop.at("/", says(200)))
    checks.want(gate)
    for _ in range(FORGET + 1):
        checks.get(gate)
        checks.look_round()
    assert len(checks) == 0


async def test_unknown_before_and_after(checks: Checks, pacer: Pacer, shop: LoopbackSite) -> None:
    """A finding counts for three intervals and the time one asking may take, no longer."""
    kept = checks.want(HttpGate(url=shop.at("/", says(200)), interval=5, latency=2))
    assert kept.found(NOW) == unknown("not asked yet")
    assert not kept.is_settled(NOW)
    await pacer.rest(1)
    assert kept.is_settled(NOW)
    assert kept.found(NOW + 17).state is OK
    late = kept.found(NOW + 18)
    assert (late.state, late.since) == (UNKNOWN, int(NOW) + 17)
    await pacer.go_on(30)
    assert kept.found(pacer.now).state is OK


async def test_a_clock_that_was_put_back(checks: Checks, pacer: Pacer, shop: LoopbackSite) -> None:
    """Something found an hour from now says nothing about the present."""
    kept = checks.want(HttpGate(url=shop.at("/", says(200))))
    await pacer.rest(1)
    assert kept.found(NOW - 1).state is OK
    assert kept.found(NOW - 3_600).state is UNKNOWN
    await pacer.go_on(-3_600)
    assert kept.found(NOW - 3_600).state is OK


async def test_since_when(checks: Checks, pacer: Pacer, shop: LoopbackSite) -> None:
    """The time of the change is kept while the state stays the same."""
    answers = in_turn(says(200), says(200), says(500), says(502), says(200))
    kept = checks.want(HttpGate(url=shop.at("/", answers)))
    await pacer.rest(1)
    found = [kept.found(pacer.now)]
    for _ in range(4):
        await pacer.go_on(10)
        found.append(kept.found(pacer.now))
    assert [f.since - int(NOW) for f in found] == [0, 0, 20, 20, 40]


async def test_an_error_of_ours_ends_nothing(pacer: Pacer) -> None:
    """A check that raises is unknown, is told of in the log, and is asked again."""
    answers: list[Exception | Finding] = [ValueError("oops"), well("fine")]

    async def ask() -> Finding:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    one = Check(HttpGate(url="http://shop.example/"), ask, NOW)
    with capture_logs() as logged:
        await one.look(pacer.clock)
    assert one.found(NOW) == unknown("the check failed (ValueError)")._replace(since=int(NOW))
    assert [entry["event"] for entry in logged] == [
        "a health check failed",
        "a health check says nothing",
    ]
    await one.look(pacer.clock)
    assert one.found(NOW).state is OK


async def test_what_says_nothing_is_told_of_once(
    checks: Checks, pacer: Pacer, shop: LoopbackSite
) -> None:
    """A broken query warns when that begins and when it is over, not each time; and the URL's path
    and query stay out of the log."""
    bad, good = (
        says(500),
        says(200, b'{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}'),
    )
    shop.at("/secret/api/v1/query", in_turn(bad, bad, bad, good))
    with capture_logs() as logged:
        checks.want(PrometheusGate(url=f"{shop.origin}/secret", query="up", threshold=5))
        await pacer.rest(1)
        for _ in range(4):
            await pacer.go_on(15)
    assert [entry["event"] for entry in logged] == [
        "a health check says nothing",
        "over: a health check says nothing",
    ]
    assert {entry["check"] for entry in logged} == {f"prometheus {shop.origin}"}
    assert "secret" not in str(logged)


class CountedAsking(Asking):
    """Counts how many ask at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once = 0
        self.most = 0

    async def get(self, url: str, seconds: float) -> Heard:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            return await super().get(url, seconds)
        finally:
            self.at_once -= 1


async def test_so_many_at_once(
    pacer: Pacer, shop: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many hang, those that ask are bounded in number, and those that hung wait for each
    other only."""
    monkeypatch.setattr(check, "SLOW", 0.05)
    shop.at("/", hangs)
    async with CountedAsking() as asking:
        checks = Checks(asking, pacer.clock, pacer.pause)
        for n in range(100):
            checks.want(HttpProbe(url=f"{shop.origin}/?{n}", timeout=0.1))
        await pacer.rest(100)
        assert asking.most == check.AT_ONCE
        asking.most = 0
        again = asyncio.create_task(pacer.go_on())
        await wait_until(lambda: asking.at_once, description="those that hung are asked again")
        good = checks.want(HttpGate(url=shop.at("/good", says(200))))
        await wait_until(lambda: good.is_settled(NOW), description="the good one is asked")
        assert not again.done()
        assert asking.most <= check.SLOW_AT_ONCE + 1
        again.cancel()
        await checks.stop()


async def test_stopping_ends_what_hangs(asking: Asking, pacer: Pacer, shop: LoopbackSite) -> None:
    """A plane that stops does not wait for anybody's answer."""
    checks = Checks(asking, pacer.clock, pacer.pause)
    checks.want(HttpGate(url=shop.at("/", hangs), latency=30))
    await wait_until(lambda: shop.asked, description="it was asked")
    await asyncio.wait_for(checks.stop(), 1)
    await wait_until(lambda: not shop.at_once, description="the connection is closed")


@pytest.mark.parametrize(
    ("what", "seconds", "called"),
    [
        (
            HttpGate(url="https://a.example:8443/x?key=1", latency=3),
            3,
            "http https://a.example:8443",
        ),
        (HttpProbe(url="http://a.example/", timeout=4), 4, "http http://a.example"),
        (PrometheusGate(url="http://p/", query="up", threshold=1), 10, "prometheus http://p"),
        (PrometheusProbe(url="http://p/", errors="up"), 10, "prometheus http://p"),
        (CloudwatchGate(alarm="slow"), 10, "cloudwatch slow"),
    ],
)
def test_how_long_and_what_it_is_called(what: check.Asked, seconds: float, called: str) -> None:
    """Each kind has its time limit and a name without anything secret."""
    assert check.allowed_seconds(what) == seconds
    assert check.label(what) == called
