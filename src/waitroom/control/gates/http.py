"""The gate and the probe that ask the site itself over HTTP.

What belongs here: what an answer, or none, says about the site.
"""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from statistics import median
from typing import Final

from waitroom.control.gates.asking import Asking, NotAsked, Silence
from waitroom.control.gates.finding import Finding, alarm, unknown, well
from waitroom.core.gates import GateState, HttpGate, HttpProbe
from waitroom.outgoing import Heard

FEW: Final = 3  # answers below which a probe says nothing: one slow answer is no measurement


class HttpCheck:
    """Asks one ``HttpGate``."""

    def __init__(self, gate: HttpGate, asking: Asking) -> None:
        self._gate = gate
        self._asking = asking

    async def __call__(self) -> Finding:
        """Ask once. A site that does not answer in time is in alarm."""
        gate = self._gate
        try:
            answer = await self._asking.get(gate.url, gate.latency)
        except Silence as none:
            return alarm(str(none))
        except NotAsked as error:
            return unknown(str(error))
        words = f"{_status(answer)} after {answer.seconds:.3f} s"
        wanted = answer.status == gate.status if gate.status else 200 <= answer.status < 400
        return well(words) if wanted and answer.seconds <= gate.latency else alarm(words)


class HttpMeasurement:
    """Asks one ``HttpProbe`` and remembers its last answers.

    An answer that did not come in time counts as one after ``timeout``, or a site that loses half
    of its requests would look quick; one that could not be had at all has no latency.
    """

    def __init__(self, probe: HttpProbe, asking: Asking) -> None:
        self._probe = probe
        self._asking = asking
        self._failed: deque[bool] = deque(maxlen=probe.window)
        self._seconds: deque[float | None] = deque(maxlen=probe.window)

    async def __call__(self) -> Finding:
        """Ask once; what the last answers say together."""
        probe = self._probe
        try:
            answer = await self._asking.get(probe.url, probe.timeout)
            self._add(answer.seconds, failed=answer.status >= 500)
            detail = _status(answer)
        except Silence as none:
            self._add(probe.timeout if none.is_late else None, failed=True)
            detail = str(none)
        except NotAsked as error:
            return unknown(str(error))
        return self._reading(detail)

    def _add(self, seconds: float | None, *, failed: bool) -> None:
        self._seconds.append(seconds)
        self._failed.append(failed)

    def _reading(self, detail: str) -> Finding:
        if len(self._failed) < min(FEW, self._probe.window):
            return Finding(GateState.OK, "too few answers so far")
        seconds = [s for s in self._seconds if s is not None]
        return Finding(
            GateState.OK,
            detail,
            latency=median(seconds) if seconds else None,
            errors=sum(self._failed) / len(self._failed),
        )


def _status(answer: Heard) -> str:
    try:
        return f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:  # a number without a name
        return str(answer.status)
