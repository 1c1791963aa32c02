"""The gate that goes by an alarm of Amazon CloudWatch.

What belongs here: asking for the alarm's state with boto3, in threads since boto3 waits.
It is an optional part (``pip install 'waitroom[server,aws]'``) and imported when first needed.
Trouble with asking says nothing about the site: unknown, with the reason.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Final

from waitroom.control.gates.finding import Finding, alarm, excerpt, unknown, well
from waitroom.core.gates import CloudwatchGate
from waitroom.outgoing import apart

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
SECONDS: Final = 10.0  # that one look may take, credentials included
THREADS: Final = 4
MISSING: Final = "needs boto3: pip install 'waitroom[server,aws]'"


class CloudWatch:
    """Asks CloudWatch; one client per region, which may be used by several threads."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(THREADS)
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()  # making one is not safe in two threads at once

    async def look(self, gate: CloudwatchGate) -> Finding:
        """The state of the gate's alarm."""
        try:
            async with asyncio.timeout(SECONDS), self._free:
                return await apart(lambda: self._ask(gate))
        except TimeoutError:
            return unknown(f"CloudWatch: no answer within {SECONDS:g} s")

    def _ask(self, gate: CloudwatchGate) -> Finding:
        try:
            from botocore.exceptions import (  # type: ignore[import-untyped] # noqa: PLC0415
                BotoCoreError,
                ClientError,
            )
        except ModuleNotFoundError:
            return unknown(MISSING)
        try:
            # Composite alarms are left out of the answer unless they are asked for.
            found = self._client(gate.region).describe_alarms(
                AlarmNames=[gate.alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
            )
        except (BotoCoreError, ClientError) as error:
            self._clients.pop(gate.region, None)  # a new one looks for credentials anew
            return unknown(f"CloudWatch: {excerpt(str(error))}")
        except ModuleNotFoundError:
            return unknown(MISSING)
        return finding(gate, found)

    def _client(self, region: str) -> Any:
        with self._making:
            if region not in self._clients:
                self._clients[region] = _new_client(region)
            return self._clients[region]


class CloudwatchCheck:
    """Asks one ``CloudwatchGate``."""

    def __init__(self, gate: CloudwatchGate, cloudwatch: CloudWatch) -> None:
        self._gate = gate
        self._cloudwatch = cloudwatch

    async def __call__(self) -> Finding:
        """Ask once."""
        return await self._cloudwatch.look(self._gate)


def finding(gate: CloudwatchGate, answer: dict[str, Any]) -> Finding:
    """What DescribeAlarms says of the gate's alarm."""
    alarms = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    found = next((one for one in alarms if one.get("AlarmName") == gate.alarm), None)
    if found is None:
        return unknown("CloudWatch: there is no alarm of this name in this account and region")
    detail = f"CloudWatch: {excerpt(str(found.get('StateReason', '')))}"
    match found.get("StateValue"):
        case "OK":
            return well(detail)
        case "ALARM":
            return alarm(detail)
        case _:
            return unknown(detail)


def _new_client(region: str) -> Any:
    # Optional, slow to import, and without types.
    import boto3  # type: ignore[import-untyped] # noqa: PLC0415
    from botocore.config import Config  # type: ignore[import-untyped] # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1},  # the next look is the retry
        proxies={},  # none of the environment
    )
    # A session of its own: the one that boto3 shares is not safe in two threads.
    return boto3.session.Session().client("cloudwatch", region_name=region or None, config=config)
