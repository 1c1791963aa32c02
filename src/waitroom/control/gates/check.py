"""Checks that run again and again: each distinct one once, however many events go by it.

What belongs here: when a check is asked and for how long what it found counts. What it asks is in
the files of the kinds.

A thousand events behind one Prometheus gate are one request each interval, not a thousand. A check
begins when it is first wanted, and ends when nobody has wanted it for ``FORGET`` looks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from msgspec import structs

from waitroom.control.gates import cloudwatch, prometheus
from waitroom.control.gates.asking import Asking, shown
from waitroom.control.gates.cloudwatch import CloudWatch, CloudwatchCheck
from waitroom.control.gates.finding import Finding, unknown
from waitroom.control.gates.http import HttpCheck, HttpMeasurement
from waitroom.control.gates.prometheus import PrometheusCheck, PrometheusMeasurement
from waitroom.core.gates import (
    CloudwatchGate,
    GateState,
    HttpGate,
    HttpProbe,
    PrometheusGate,
    PrometheusProbe,
)
from waitroom.logs import Outage

AT_ONCE: Final = 48  # checks that ask at the same time
SLOW_AT_ONCE: Final = 16  # of those that took long the last time: they wait for each other only
SLOW: Final = 1.0  # s
FORGET: Final = 10  # looks, a second apart, after which what nobody wants ends
JITTER: Final = 0.1  # of the interval, either way: checks of many planes are not to march in step

Asked = HttpGate | PrometheusGate | CloudwatchGate | HttpProbe | PrometheusProbe
Ask = Callable[[], Awaitable[Finding]]
Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger("waitroom.control")


class Check:
    """One check and what it found last. ``unwanted`` counts looks since somebody wanted it."""

    def __init__(self, what: Asked, ask: Ask, began_at: float) -> None:
        self.interval = what.interval
        self.unwanted = 0
        self.seconds = 0.0  # that the last asking took
        self._ask = ask
        # Beyond this age (s) a finding says nothing about the present any more.
        self._lasts = 3 * what.interval + allowed_seconds(what)
        self._found: Finding | None = None
        self._at = began_at  # of the finding; before the first, when the check began
        self._trouble = Outage(log.bind(check=label(what)), "a health check says nothing")

    def found(self, now: float) -> Finding:
        """What was found last, if that counts at ``now`` (epoch s).

        A clock that was put back or forward makes a finding too old, until the next one.
        """
        if self._found is None:
            return unknown("not asked yet")
        if abs(now - self._at) > self._lasts:
            late = unknown(f"no result for more than {self._lasts:.0f} s")
            return late._replace(since=int(self._at + self._lasts))
        return self._found

    def is_settled(self, now: float) -> bool:
        """Whether it has found something, or ought to have by ``now``."""
        return self._found is not None or abs(now - self._at) > self._lasts

    async def look(self, clock: Callable[[], float]) -> None:
        """Ask once. An error of ours is a finding too: nothing ends the asking."""
        begun = asyncio.get_running_loop().time()
        try:
            found = await self._ask()
        except Exception as error:  # this check must outlive whatever happens
            log.exception("a health check failed", error=str(error))
            found = unknown(f"the check failed ({type(error).__name__})")
        self.seconds = asyncio.get_running_loop().time() - begun
        self._keep(found, clock())
        if found.state is GateState.UNKNOWN:
            self._trouble.goes_on(found.detail)
        else:
            self._trouble.is_over()

    def _keep(self, found: Finding, now: float) -> None:
        before = self._found
        is_same = before is not None and before.state is found.state
        since = before.since if before is not None and is_same else int(now)
        self._found, self._at = found._replace(since=found.since or since), now


class Checks:
    """All checks of one control plane.

    ``pause`` is how the time between two askings passes; tests put another in its place.
    """

    def __init__(
        self, asking: Asking, clock: Callable[[], float], pause: Pause = asyncio.sleep
    ) -> None:
        self._asking = asking
        self._cloudwatch = CloudWatch()
        self._clock = clock
        self._pause = pause
        self._checks: dict[Asked, Check] = {}
        self._tasks: dict[Asked, asyncio.Task[None]] = {}
        self._lane = asyncio.Semaphore(AT_ONCE)
        self._slow_lane = asyncio.Semaphore(SLOW_AT_ONCE)

    def __len__(self) -> int:
        return len(self._checks)

    def want(self, what: Asked) -> Check:
        """The check of ``what``, begun if it was not."""
        what = asked(what)
        check = self._checks.get(what)
        if check is None:
            ask = asking_of(what, self._asking, self._cloudwatch)
            check = self._checks[what] = Check(what, ask, self._clock())
            self._tasks[what] = asyncio.create_task(self._run(check), name=f"check-{label(what)}")
        check.unwanted = 0
        return check

    def get(self, what: Asked) -> Check | None:
        """The check of ``what`` if it runs; that does not count as wanting it."""
        return self._checks.get(asked(what))

    def look_round(self) -> None:
        """To be called each second: ends what nobody wants any more."""
        for what, check in list(self._checks.items()):
            check.unwanted += 1
            if check.unwanted > FORGET:
                del self._checks[what]
                self._tasks.pop(what).cancel()

    async def stop(self) -> None:
        """End all of them."""
        tasks = list(self._tasks.values())
        self._checks.clear()
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, check: Check) -> None:
        while True:
            async with self._slow_lane if check.seconds > SLOW else self._lane:
                await check.look(self._clock)
            spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
            await self._pause(max(0.0, check.interval * spread - check.seconds))


def asked(what: Asked) -> Asked:
    """The same for two gates that differ in no more than what an unknown state means."""
    match what:
        case HttpGate(unknown="go") | PrometheusGate(unknown="go") | CloudwatchGate(unknown="go"):
            return structs.replace(what, unknown="hold")
        case _:
            return what


def asking_of(what: Asked, asking: Asking, cloud: CloudWatch) -> Ask:
    """What asks ``what`` once."""
    match what:
        case HttpGate():
            return HttpCheck(what, asking)
        case PrometheusGate():
            return PrometheusCheck(what, asking)
        case CloudwatchGate():
            return CloudwatchCheck(what, cloud)
        case HttpProbe():
            return HttpMeasurement(what, asking)
        case PrometheusProbe():
            return PrometheusMeasurement(what, asking)


def allowed_seconds(what: Asked) -> float:
    """How long one asking may take."""
    match what:
        case HttpGate():
            return what.latency
        case HttpProbe():
            return what.timeout
        case CloudwatchGate():
            return cloudwatch.SECONDS
        case _:
            return prometheus.SECONDS


def label(what: Asked) -> str:
    """What the log calls it: nothing secret, so no path and no query of a URL."""
    if isinstance(what, CloudwatchGate):
        return f"cloudwatch {what.alarm[:64]}"
    return f"{what.__struct_config__.tag} {shown(what.url)}"
